//! `copydesk open`.

use std::path::PathBuf;

use super::Next;
use super::console::Console;

/// Open a dataset, or a file or folder of articles, in the window
///
/// For articles, a dataset is created beside them.
#[derive(Debug, Default, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk open news.copydesk\n  copydesk open articles/     # creates articles.copydesk beside the folder\n  copydesk news.copydesk --annotator maria"
)]
pub(super) struct Args {
    /// A dataset, or a file or folder of articles
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
    if let Some(path) = &args.path
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
