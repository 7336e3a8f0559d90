//! The commands: each parses its arguments, calls a use case of [`crate::dataset`] and prints. No
//! other module prints.
//!
//! Data goes to standard output, messages and progress to standard error. The exit code is 0 if all
//! is well, 1 if the run failed, 2 for wrong usage, 3 if it finished but some input was bad. A
//! closed output pipe is not a failure.

mod adjudicate;
mod agreement;
mod completions;
mod console;
mod convert;
mod copy;
mod dedupe;
mod evaluate;
mod export;
mod figures_json;
mod generate;
mod history;
mod import;
mod languages;
mod lint;
mod log;
mod merge;
mod mistakes;
mod mode;
mod open;
mod prelabel;
mod reference;
mod schema;
mod shared;
mod simulate;
mod split_work;
mod stats;
mod suggesters;
mod tables;
#[cfg(feature = "postgres")]
mod team;
mod token_options;
mod train;
mod validate;
mod values;

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::model::figures;
use console::Console;

/// Label news articles: regions such as story, comments and navigation, and named entities.
///
/// Without a command, Copydesk opens the window: with the dataset, file or folder PATH, or with the
/// welcome screen.
///
/// Exit codes: 0 success; 1 failure; 2 wrong usage; 3 finished, but some input was bad (each fault
/// is named, the rest is done).
#[derive(Debug, Parser)]
#[command(
    name = "copydesk",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Example:\n  copydesk import news.copydesk articles/ && copydesk news.copydesk\n\n`copydesk COMMAND --help` shows examples of a command."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// A dataset, or a file or folder of articles, to open
    path: Option<PathBuf>,
    #[command(flatten)]
    window: open::Options,
    #[command(flatten)]
    log: log::LogOptions,
}

#[derive(Debug, Subcommand)]
enum Command {
    Open(open::Args),
    Import(import::Args),
    Prelabel(prelabel::Args),
    Export(export::Args),
    Convert(convert::Args),
    Copy(copy::Args),
    Dedupe(dedupe::Args),
    Validate(validate::Args),
    Lint(lint::Args),
    Train(train::Args),
    Evaluate(evaluate::Args),
    Simulate(simulate::Args),
    Stats(stats::Args),
    Agreement(agreement::Args),
    Adjudicate(adjudicate::Args),
    SplitWork(split_work::Args),
    Merge(merge::Args),
    #[cfg(feature = "postgres")]
    Team(team::Args),
    History(history::Args),
    Schema(schema::Args),
    Mode(mode::Args),
    Languages(languages::Args),
    Suggesters(suggesters::Args),
    Completions(completions::Args),
    Generate(generate::Args),
}

/// What `main` does after the arguments were handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// End with this code.
    Exit(u8),
    /// Open the window.
    Window {
        /// A dataset, or a file or folder of articles, if one was named.
        path: Option<PathBuf>,
        /// The annotator's name, if given.
        annotator: Option<String>,
        /// The annotator whose labels are reviewed, if given.
        review: Option<String>,
        /// Whether the window is opened to decide between annotators.
        adjudicates: bool,
        /// The file to which a script wants the positions of widgets written.
        probe: Option<PathBuf>,
    },
}

/// The outcome of a command that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// Everything worked.
    Well,
    /// Some input was bad; each fault was reported.
    BadInput,
    /// The user stopped it.
    Stopped,
}

/// Runs the command line and returns what `main` does next.
pub fn run(words: impl IntoIterator<Item = OsString>) -> Next {
    let mut console = Console::new();
    let words: Vec<OsString> = words.into_iter().collect();
    let cli = match Cli::try_parse_from(&words) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output, mistakes to standard error; clap knows which.
            return match error.print() {
                _ if error.use_stderr() => Next::Exit(2),
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    console.message(&format!("error: cannot write to standard output: {error}"));
                    Next::Exit(1)
                }
                _ => Next::Exit(0),
            };
        }
    };
    if let Err(error) = cli.log.start() {
        console.error(&error);
        return Next::Exit(1);
    }
    let words: Vec<OsString> = words.iter().map(|word| without_password(word)).collect();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), ?words, "started");
    let Some(command) = cli.command else {
        let args = open::Args {
            path: cli.path,
            options: cli.window,
        };
        return open::check(args, &mut console);
    };
    let ended = match command {
        Command::Open(args) => return open::check(args, &mut console),
        Command::Import(args) => import::run(args, &mut console),
        Command::Prelabel(args) => prelabel::run(args, &mut console),
        Command::Export(args) => export::run(args, &mut console),
        Command::Convert(args) => convert::run(args, &mut console),
        Command::Copy(args) => copy::run(&args, &mut console),
        Command::Dedupe(args) => dedupe::run(&args, &mut console),
        Command::Validate(args) => validate::run(args, &mut console),
        Command::Lint(args) => lint::run(&args, &mut console),
        Command::Train(args) => train::run(&args, &mut console),
        Command::Evaluate(args) => evaluate::run(&args, &mut console),
        Command::Simulate(args) => simulate::run(&args, &mut console),
        Command::SplitWork(args) => split_work::run(&args, &mut console),
        Command::Merge(args) => merge::run(&args, &mut console),
        #[cfg(feature = "postgres")]
        Command::Team(args) => team::run(&args, &mut console),
        Command::Agreement(args) => agreement::run(&args, &mut console),
        Command::Adjudicate(args) => adjudicate::run(&args, &mut console),
        Command::Stats(args) => stats::run(&args, &mut console),
        Command::History(args) => history::run(&args, &mut console),
        Command::Schema(args) => schema::run(args, &mut console),
        Command::Mode(args) => mode::run(&args, &mut console),
        Command::Languages(args) => languages::run(&args, &mut console),
        Command::Suggesters(args) => suggesters::run(args, &mut console),
        Command::Completions(args) => completions::run(&args, &mut Cli::command(), &mut console),
        Command::Generate(args) => generate::run(&args, Cli::command(), &mut console),
    };
    console.clear();
    let next = next_after(ended, &mut console);
    tracing::info!(?next, "ended");
    next
}

/// Returns an argument for the log: of an address only the place, because somebody may have written
/// a password into it.
fn without_password(word: &OsStr) -> OsString {
    let words = word.to_string_lossy();
    match words.split_once("://") {
        Some((scheme, rest)) if scheme.starts_with("postgres") => {
            let place = rest.rsplit('@').next().unwrap_or_default();
            let place = place.split('?').next().unwrap_or_default();
            format!("{scheme}://…@{place}").into()
        }
        _ => word.to_owned(),
    }
}

/// How the program ends after a command.
fn next_after(ended: anyhow::Result<Ended>, console: &mut Console) -> Next {
    match ended {
        Ok(Ended::Well) => Next::Exit(0),
        Ok(Ended::BadInput) => Next::Exit(3),
        Ok(Ended::Stopped) => Next::Exit(1),
        Err(error) if is_broken_pipe(&error) => Next::Exit(0),
        Err(error) if error.is::<clap::Error>() => {
            // If this fails, the error cannot be reported either.
            let _ = error.downcast_ref::<clap::Error>().map(clap::Error::print);
            Next::Exit(2)
        }
        Err(error) => {
            console.error(&error);
            Next::Exit(1)
        }
    }
}

/// Returns a usage error in clap's format; the exit code is 2.
fn usage(message: &str) -> anyhow::Error {
    let kind = clap::error::ErrorKind::MissingRequiredArgument;
    Cli::command().error(kind, message).into()
}

/// Reports an error from outside the commands, such as a window that could not be opened.
pub fn report_error(error: &anyhow::Error) {
    Console::new().error(error);
}

/// Reports how many changes were discarded when the window closed.
pub fn report_discarded(changes: usize) {
    let changes = figures::counted(changes as u64, "change", "changes");
    Console::new().message(&format!("discarded {changes} that could not be saved"));
}

/// Reports that this build has no window.
pub fn no_window() {
    Console::new().message("error: this build has no window (it was built without the feature `app`)\nhint: the commands work; see copydesk --help");
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_argument_has_the_name_of_a_global_option() {
        fn names(command: &clap::Command, found: &mut Vec<String>) {
            for command in command.get_subcommands() {
                let arguments = command.get_arguments();
                found.extend(arguments.map(|argument| argument.get_id().to_string()));
                names(command, found);
            }
        }
        let command = Cli::command();
        let globals = command.get_arguments().filter(|one| one.is_global_set());
        let globals: Vec<String> = globals.map(|one| one.get_id().to_string()).collect();
        assert_eq!(globals, ["log", "log_file"]);
        let mut others = Vec::new();
        names(&command, &mut others);
        assert!(others.contains(&"file".to_owned()), "{others:?}");
        assert!(globals.iter().all(|global| !others.contains(global)));
    }

    #[test]
    fn a_path_without_a_command_takes_the_options_of_open() {
        let read = |words: &[&str]| {
            let words = ["copydesk"].iter().chain(words);
            Cli::try_parse_from(words)
                .map(|cli| (cli.path, cli.window.annotator, cli.command.is_some()))
        };
        let news = Some(PathBuf::from("news.copydesk"));
        let maria = Some("maria".to_owned());
        let named = (news.clone(), maria.clone(), false);
        for words in [
            &["news.copydesk", "--annotator", "maria"],
            &["--annotator", "maria", "news.copydesk"],
        ] {
            assert_eq!(read(words).unwrap(), named, "{words:?}");
        }
        assert_eq!(
            read(&["--annotator", "maria"]).unwrap(),
            (None, maria, false)
        );
        assert_eq!(read(&["news.copydesk"]).unwrap(), (news, None, false));
        let opened = read(&["open", "news.copydesk", "--annotator", "maria"]);
        assert_eq!(opened.unwrap(), (None, None, true));
        // The name is of the window, not of what another command would do.
        assert!(read(&["--annotator", "maria", "stats", "news.copydesk"]).is_err());
    }

    #[test]
    fn the_log_holds_no_password_of_an_address() {
        for (word, logged) in [
            ("postgres://ada:s3cret@db/gold", "postgres://…@db/gold"),
            (
                "postgresql://ada:s3@cret@db/gold?password=s3cret",
                "postgresql://…@db/gold",
            ),
            ("news.copydesk", "news.copydesk"),
            ("https://site.example/?a=b", "https://site.example/?a=b"),
        ] {
            assert_eq!(without_password(OsStr::new(word)), logged);
        }
    }

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_explains_itself_with_an_example() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            let after = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                after.contains("copydesk "),
                "{} has no example",
                command.get_name()
            );
        }
    }
}
