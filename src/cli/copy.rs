//! `copydesk copy`.

use std::path::PathBuf;

use anyhow::Result;

use super::Ended;
use super::console::Console;
use crate::dataset::Dataset;

/// Copy a dataset to a new file, even while it is in use
///
/// The copy is a single file with everything that was saved when the copy started. Other ways to
/// copy the file are safe only while the dataset is closed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copydesk copy news.copydesk backup/news-monday.copydesk")]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// The new file, whose name ends in .copydesk
    target: PathBuf,
    /// Replace an existing dataset that is not open anywhere
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    Dataset::copy(&args.dataset, &args.target, args.replace)?;
    console.message(&format!("wrote the copy {}", args.target.display()));
    Ok(Ended::Well)
}
