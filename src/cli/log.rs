//! The log: what the program does and how long it takes, so that somebody can see why it hangs.
//!
//! It is off unless asked for. It holds paths, ids, names and times, and never the text of an
//! article.

use std::fs::OpenOptions;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Mutex;

use anyhow::{Context as _, Result};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

/// The environment variable that replaces `--log`.
const VARIABLE: &str = "COPYDESK_LOG";

// Options of every command. No doc comment: it would become the first line of their help. Their
// names are those of no other argument, because clap keeps the values of global options by name
// alone.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Log")]
pub(super) struct LogOptions {
    /// Log what the program does, to standard error: error, warn, info, debug or trace, or levels
    /// for parts of it, such as info,copydesk::store=trace; never the text of an article [default:
    /// COPYDESK_LOG, else nothing]
    #[arg(long, value_name = "LEVEL|FILTER", global = true, value_parser = filter, hide_short_help = true)]
    log: Option<Targets>,
    /// Append the log to this file instead; without --log, at the level debug
    #[arg(long, value_name = "FILE", global = true, hide_short_help = true)]
    log_file: Option<PathBuf>,
}

impl LogOptions {
    /// Starts the log, if it is wanted.
    ///
    /// # Errors
    /// If the file cannot be written, or the environment has a filter that is none.
    pub(super) fn start(self) -> Result<()> {
        let Some(filter) = self.filter_or_default()? else {
            return Ok(());
        };
        let writer = match &self.log_file {
            None => BoxMakeWriter::new(std::io::stderr),
            Some(path) => {
                let file = OpenOptions::new().create(true).append(true).open(path);
                let file = file.with_context(|| format!("cannot write {}", path.display()))?;
                BoxMakeWriter::new(Mutex::new(file))
            }
        };
        let layer = tracing_subscriber::fmt::layer()
            .with_writer(writer)
            .with_ansi(false)
            .with_thread_names(true)
            // A span without its end is where it hangs.
            .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
            .log_internal_errors(false);
        let subscriber = tracing_subscriber::registry().with(filter).with(layer);
        // Only tests start it twice in a process.
        let _already_started = tracing::subscriber::set_global_default(subscriber);
        Ok(())
    }

    fn filter_or_default(&self) -> Result<Option<Targets>> {
        if let Some(filter) = &self.log {
            return Ok(Some(filter.clone()));
        }
        match std::env::var(VARIABLE) {
            Ok(words) if !words.is_empty() => filter(&words)
                .map(Some)
                .map_err(|error| anyhow::anyhow!("{VARIABLE}: {error}")),
            _ if self.log_file.is_some() => Ok(Some(of_copydesk(LevelFilter::DEBUG))),
            _ => Ok(None),
        }
    }
}

/// Reads a level, which is that of Copydesk itself, or a list of targets with levels.
fn filter(words: &str) -> Result<Targets, String> {
    if let Ok(level) = LevelFilter::from_str(words) {
        return Ok(of_copydesk(level));
    }
    let wrong = |part: &str, why: &str| {
        let levels = "hint: levels are error, warn, info, debug, trace";
        format!("{part:?} is neither a level nor a filter{why}\n{levels}")
    };
    // A misspelt level would be taken for the name of a crate, of which everything is logged.
    for part in words.split(',') {
        let is_plain = !part.contains('=') && LevelFilter::from_str(part).is_err();
        if is_plain && !part.starts_with("copydesk") {
            return Err(wrong(part, ""));
        }
    }
    Targets::from_str(words).map_err(|error| wrong(words, &format!(": {error}")))
}

/// Copydesk at this level, and of other crates what goes wrong.
fn of_copydesk(level: LevelFilter) -> Targets {
    let others = level.min(LevelFilter::WARN);
    Targets::new()
        .with_default(others)
        .with_target("copydesk", level)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_level_is_that_of_copydesk_alone() {
        let debug = filter("debug").unwrap();
        assert!(debug.would_enable("copydesk::store", &Level::DEBUG));
        assert!(!debug.would_enable("zbus::connection", &Level::INFO));
        assert!(debug.would_enable("zbus::connection", &Level::WARN));
        assert!(
            !filter("off")
                .unwrap()
                .would_enable("copydesk", &Level::ERROR)
        );
    }

    #[test]
    fn parts_can_have_levels() {
        let parts = filter("info,copydesk::store=trace").unwrap();
        assert!(parts.would_enable("copydesk::store::sqlite", &Level::TRACE));
        assert!(!parts.would_enable("copydesk::dataset", &Level::DEBUG));
        for wrong in ["copydesk=loud", "loud", "info,loud"] {
            assert!(filter(wrong).unwrap_err().contains("hint: "), "{wrong}");
        }
    }
}
