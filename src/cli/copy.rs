//! `copydesk copy`.

use std::path::PathBuf;

use anyhow::Result;

use super::Ended;
use super::console::Console;
use crate::dataset::Dataset;

/// Copy a dataset into a new file, also while windows and commands work on it
///
/// The copy holds everything that was saved when it was begun, and is one file. Copying the file by other means is safe
/// only while nobody has the dataset open.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copydesk copy news.copydesk backup/news-monday.copydesk")]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// The file to make; its name ends in .copydesk
    target: PathBuf,
    /// Replace the target if it is a dataset that nobody has open
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    Dataset::copy(&args.dataset, &args.target, args.replace)?;
    console.say(&format!("made the copy {}", args.target.display()));
    Ok(Ended::Well)
}
