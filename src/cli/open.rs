//! `copydesk open`.

use std::path::PathBuf;

use super::Next;
use super::console::Console;

/// Open a dataset, a file or folder of articles, or a team, in the window
///
/// For articles, a dataset is created beside them. For the address of a team, your file is opened in
/// the data folder; it is made with the first articles of the queue, and exchanged with the team
/// while the window is open.
#[derive(Debug, Default, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk open news.copydesk\n  copydesk open articles/     # creates articles.copydesk beside the folder\n  copydesk news.copydesk --annotator maria\n  copydesk open postgres://ada@db.example.org/gold"
)]
pub(super) struct Args {
    /// A dataset, a file or folder of articles, or the address of a team:
    /// postgres://NAME@HOST/DATABASE
    pub(super) path: Option<PathBuf>,
    #[command(flatten)]
    pub(super) options: Options,
}

// The options of the window, with and without the word `open`. No doc comment: it would become the
// help's first line.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Options {
    /// Your name as an annotator [default: the name in the settings]
    #[arg(long, value_name = "NAME")]
    pub(super) annotator: Option<String>,
    /// Start from the labels of this annotator, whatever the mode of the dataset (see `copydesk
    /// mode`)
    #[arg(long, value_name = "NAME", requires = "path")]
    pub(super) review: Option<String>,
    /// What you do in the window: annotate, or adjudicate between annotators
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "ROLE",
        conflicts_with = "review"
    )]
    pub(super) role: Role,
    /// Write the positions of widgets to this file, for scripts that drive the window
    #[arg(long, value_name = "FILE", hide = true)]
    pub(super) probe: Option<PathBuf>,
}

/// What somebody does in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Role {
    /// Label articles
    #[default]
    Annotator,
    /// Decide between the annotations of others
    Adjudicator,
}

/// Reports a missing path on the terminal; the window reports everything else.
pub(super) fn check(args: Args, console: &mut Console) -> Next {
    let address = args.path.as_ref().and_then(|path| path.to_str());
    if let Some(words) = address.filter(|words| is_team_address(words)) {
        if let Err(error) = check_team_address(words) {
            console.message(&format!("error: {error}"));
            return Next::Exit(1);
        }
    } else if let Some(path) = &args.path
        && !path.exists()
    {
        console.message(&format!(
            "error: there is no file, folder or command named {}\nhint: `copydesk --help` lists the commands",
            path.display()
        ));
        return Next::Exit(1);
    }
    Next::Window {
        path: args.path,
        annotator: args.options.annotator,
        review: args.options.review,
        adjudicates: args.options.role == Role::Adjudicator,
        probe: args.options.probe,
    }
}

#[cfg(feature = "postgres")]
fn is_team_address(words: &str) -> bool {
    crate::dataset::team::ServerAddress::is_address(words)
}

/// Reports a bad address on the terminal, without repeating it: it may hold a password.
#[cfg(feature = "postgres")]
fn check_team_address(words: &str) -> anyhow::Result<()> {
    crate::dataset::team::ServerAddress::parse(words)?;
    Ok(())
}

#[cfg(not(feature = "postgres"))]
fn is_team_address(_words: &str) -> bool {
    false
}

#[cfg(not(feature = "postgres"))]
fn check_team_address(_words: &str) -> anyhow::Result<()> {
    Ok(())
}
