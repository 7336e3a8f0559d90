//! `copydesk open`.

use std::path::PathBuf;

use super::Next;
use super::console::Console;

/// Open the window: with a dataset, or with a file or folder of articles (made into a dataset beside it)
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk open news.copydesk\n  copydesk open articles/     # makes articles.copydesk beside the folder"
)]
pub(super) struct Args {
    /// A dataset, or a file or folder of articles
    pub(super) path: Option<PathBuf>,
}

/// Says at once, where the command was given, that there is nothing to open; all else the window says.
pub(super) fn check(path: Option<PathBuf>, console: &mut Console) -> Next {
    if let Some(path) = &path
        && !path.exists()
    {
        console.say(&format!(
            "error: there is no file, folder or command of that name: {}",
            path.display()
        ));
        return Next::Exit(1);
    }
    Next::Window(path)
}
