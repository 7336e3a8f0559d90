//! Standard output and error. Nothing here panics when the other end of a pipe is closed, as
//! `println!` would.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::dataset::{CancelFlag, Progress};
use crate::formats::Problem;
use crate::model::printable;

/// The interval at which the progress bar is redrawn.
const REDRAW: Duration = Duration::from_millis(100);

/// Standard output and standard error of a command.
pub(super) struct Console {
    bar: Option<ProgressBar>,
    /// Set if problems are printed as data; cancelled when the reader closes the pipe.
    problems_to_stdout: Option<CancelFlag>,
    /// Set if problems are printed as a JSON list: how many were printed.
    problems_as_json: Option<u64>,
    stdout_closed: bool,
    /// The hints that were shown: each is shown once.
    hints: BTreeSet<String>,
    /// Why printing a problem as data failed.
    failed: Option<io::Error>,
}

impl Console {
    pub(super) fn new() -> Self {
        Self {
            bar: None,
            problems_to_stdout: None,
            problems_as_json: None,
            stdout_closed: false,
            hints: BTreeSet::new(),
            failed: None,
        }
    }

    /// Starts a progress bar on a terminal; `unit` names what is counted.
    pub(super) fn start(&mut self, unit: &str) {
        if !io::stderr().is_terminal() {
            return;
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(&format!(
            "{{spinner}} {{human_pos}} {unit} ({{elapsed}}) {{msg}}"
        )) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(REDRAW);
        self.bar = Some(bar);
    }

    /// Prints problems to standard output from now on. `cancel` is set when the reader closes the
    /// pipe.
    pub(super) fn problems_are_data(&mut self, cancel: &CancelFlag) {
        self.problems_to_stdout = Some(cancel.clone());
    }

    /// Prints problems as a JSON document that starts with their list; [`Console::end_json`] ends
    /// it.
    pub(super) fn problems_are_json(&mut self, cancel: &CancelFlag) -> Result<()> {
        self.problems_are_data(cancel);
        self.problems_as_json = Some(0);
        self.put("{\"problems\": [")
    }

    /// Ends the list of problems, and the document with these fields.
    pub(super) fn end_json(
        &mut self,
        fields: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<()> {
        let mut end = String::from("\n]");
        for (name, value) in fields {
            end.push_str(&format!(",\n\"{name}\": {value}"));
        }
        self.put(&format!("{end}}}\n"))
    }

    /// Whether the reader has closed standard output.
    pub(super) fn stdout_closed(&self) -> bool {
        self.stdout_closed
    }

    /// Fails if data could not be written, other than to a pipe that its reader closed.
    pub(super) fn check(&mut self) -> Result<()> {
        match self.failed.take() {
            Some(error) => Err(error).context("cannot write to standard output"),
            None => Ok(()),
        }
    }

    /// Prints a message to standard error.
    pub(super) fn message(&self, message: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| to_stderr(message)),
            None => to_stderr(message),
        }
    }

    /// Prints an error with all its causes.
    pub(super) fn error(&self, error: &anyhow::Error) {
        self.message(&format!("error: {error:#}"));
    }

    /// Removes the progress bar.
    pub(super) fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// Prints text or JSON. Control characters are escaped in a way that is valid in JSON.
    pub(super) fn data(&mut self, data: &str) -> Result<()> {
        self.put(&printable::lines(data))
    }

    /// Prints data for programs unchanged; on a terminal, control characters are escaped.
    pub(super) fn raw_data(&mut self, data: &str) -> Result<()> {
        if io::stdout().is_terminal() {
            return self.data(data);
        }
        self.put(data)
    }

    fn put(&mut self, data: &str) -> Result<()> {
        self.clear();
        let mut out = io::stdout().lock();
        out.write_all(data.as_bytes())
            .and_then(|()| out.flush())
            .context("cannot write to standard output")
    }

    /// Returns standard output as a stream, without a progress bar.
    pub(super) fn stream() -> BufWriter<io::StdoutLock<'static>> {
        BufWriter::with_capacity(1 << 16, io::stdout().lock())
    }
}

fn to_stderr(message: &str) {
    // If this fails, it cannot be reported either.
    let _ = writeln!(io::stderr().lock(), "{}", printable::lines(message));
}

impl Progress for Console {
    fn expect(&mut self, articles: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(articles);
            if let Ok(style) =
                ProgressStyle::with_template("{bar:30} {human_pos} of {human_len} ({eta} left)")
            {
                bar.set_style(style);
            }
        }
    }

    fn advance(&mut self, articles: u64, _bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(articles);
        }
    }

    fn problem(&mut self, problem: &Problem) {
        let mut problem = problem.clone();
        problem.fault.hint = problem
            .fault
            .hint
            .filter(|hint| self.hints.insert(hint.clone()));
        let Some(cancel) = &self.problems_to_stdout else {
            return self.message(&problem.to_string());
        };
        let line = match &mut self.problems_as_json {
            None => format!("{problem}\n"),
            Some(count) => {
                let comma = if *count == 0 { "" } else { "," };
                *count += 1;
                let problem = serde_json::json!({
                    "file": problem.source,
                    "line": problem.line,
                    "code": problem.fault.code.as_str(),
                    "message": problem.fault.message,
                });
                format!("{comma}\n{problem}")
            }
        };
        let print = || io::stdout().lock().write_all(line.as_bytes());
        let printed = match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        };
        if let Err(error) = printed {
            if error.kind() == io::ErrorKind::BrokenPipe {
                self.stdout_closed = true;
            } else {
                self.failed.get_or_insert(error);
            }
            cancel.cancel();
        }
    }
}

/// Returns a flag that Ctrl-C and SIGTERM set; a second signal ends the program at once.
pub(super) fn cancel_on_signal() -> CancelFlag {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // Without a handler the signal ends the program at once, which loses nothing that was
        // acknowledged.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 1, Arc::clone(&flag));
        let _ = signal_hook::flag::register(signal, Arc::clone(&flag));
    }
    flag.into()
}
