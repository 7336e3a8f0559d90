//! `copydesk split-work`.

use std::path::PathBuf;

use anyhow::Result;

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared;
use crate::dataset::Dataset;
use crate::dataset::maintenance::split_work::{WorkSplit, split_work};
use crate::model::figures::{counted, number};

/// Split the articles of a dataset among annotators: one dataset a person, to work without a server
///
/// Each dataset has the labels, guidelines, suggestions and models of DATASET, and nobody's work
/// but its annotator's. The same dataset and names always give the same split. `copydesk merge`
/// puts the work together again.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk split-work news.copydesk --annotators ada,ben,cleo --overlap 2 --out packs/\n  # when they are done:\n  copydesk merge team.copydesk packs/*.copydesk && copydesk agreement team.copydesk"
)]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// Who gets a dataset
    #[arg(long, required = true, value_delimiter = ',', value_name = "NAME")]
    annotators: Vec<String>,
    /// How many annotators get each article
    #[arg(long, default_value_t = 2, value_name = "N")]
    overlap: usize,
    /// The folder in which the datasets are made, NAME.copydesk for each annotator
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    let dataset = Dataset::open_to_read(&args.dataset)?;
    let split = WorkSplit {
        annotators: args.annotators.clone(),
        overlap: args.overlap,
    };
    console.start("articles");
    let cancel = cancel_on_signal();
    let made = split_work(dataset.store(), &args.out, &split, console, &cancel);
    console.clear();
    let stopped = "stopped; no dataset was made";
    let Some(packs) = shared::unless_stopped(made, console, stopped)? else {
        return Ok(Ended::Stopped);
    };
    let mut out = String::new();
    for pack in &packs {
        out.push_str(&format!(
            "{}\t{}\t{}\n",
            pack.annotator,
            number(pack.articles),
            pack.path.display()
        ));
    }
    console.data(&out)?;
    console.message(&format!(
        "made {}; each article went to {}",
        counted(packs.len() as u64, "dataset", "datasets"),
        counted(args.overlap as u64, "annotator", "annotators")
    ));
    Ok(Ended::Well)
}
