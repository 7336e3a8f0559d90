//! `copydesk open`.

use std::path::PathBuf;

use super::Next;
use super::console::Console;

/// Open the window: with a dataset, or with a file or folder of articles (made into a dataset beside it)
#[derive(Debug, Default, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk open news.copydesk\n  copydesk open articles/     # makes articles.copydesk beside the folder\n  copydesk news.copydesk --annotator maria"
)]
pub(super) struct Args {
    /// A dataset, or a file or folder of articles
    pub(super) path: Option<PathBuf>,
    #[command(flatten)]
    pub(super) options: Options,
}

// The options of the window, with and without the word `open`. No doc comment: it would become the help's first line.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Options {
    /// Under which name you annotate; else the one from the settings
    #[arg(long, value_name = "NAME")]
    pub(super) annotator: Option<String>,
    /// Review this annotator's labels: start from them, whatever the dataset's mode is (see `copydesk mode`)
    #[arg(long, value_name = "NAME", requires = "path")]
    pub(super) review: Option<String>,
    /// Write to this file what stands where on the screen, for scripts that drive the window
    #[arg(long, value_name = "FILE", hide = true)]
    pub(super) probe: Option<PathBuf>,
}

/// Says at once, where the command was given, that there is nothing to open; all else the window says.
pub(super) fn check(args: Args, console: &mut Console) -> Next {
    if let Some(path) = &args.path
        && !path.exists()
    {
        console.say(&format!(
            "error: there is no file, folder or command of that name: {}",
            path.display()
        ));
        return Next::Exit(1);
    }
    Next::Window {
        path: args.path,
        annotator: args.options.annotator,
        review: args.options.review,
        probe: args.options.probe,
    }
}
