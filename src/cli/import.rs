//! `copydesk import`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared::{self, InputOptions};
use crate::dataset;
use crate::dataset::config::built_in_schemas;
use crate::dataset::{Dataset, ImportOptions};
use crate::model::figures::counted;

/// Add articles to a dataset, which is made if there is none
///
/// Articles that are there already are not added again. What is bad is named by file and line, and the rest is added.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk import news.copydesk articles/ 'more/*.html' records.jsonl.gz\n  zcat dump.gz | copydesk import news.copydesk - --from jsonl"
)]
pub(super) struct Args {
    /// The dataset: a file whose name ends in .copydesk
    dataset: PathBuf,
    /// Files, folders (walked), globs, or - for standard input; gzip is read through
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<OsString>,
    #[command(flatten)]
    input: InputOptions,
    /// The labels of a new dataset: news, conll, or a TOML file [default: news]
    #[arg(long, value_name = "NAME|FILE")]
    schema: Option<PathBuf>,
    /// Remove the log (-wal) or journal (-journal) that an earlier dataset left beside the name of a new one, with the edits
    /// that are in it
    #[arg(long)]
    discard_left_log: bool,
    /// How many threads read [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = super::shared::jobs)]
    jobs: usize,
}

pub(super) fn run(args: Args, console: &mut Console) -> Result<Ended> {
    let inputs = shared::existing(&args.inputs)?;
    if args.dataset.exists() && args.schema.is_some() {
        bail!(
            "the dataset is there already and keeps its labels; `copydesk schema set` changes them"
        );
    }
    if args.discard_left_log {
        for file in Dataset::remove_left(&args.dataset)? {
            console.say(&format!("removed {}", file.display()));
        }
    }
    let (mut dataset, made) = Dataset::open_or_create(&args.dataset, || match &args.schema {
        Some(name) => shared::schema(name, None),
        None => built_in_schemas::news(),
    })?;
    if made {
        console.say(&format!("made the dataset {}", args.dataset.display()));
    }
    let options = ImportOptions {
        format: args.input.format(),
        read: args.input.read(),
        jobs: args.jobs,
    };
    console.start("articles read");
    let cancel = cancel_on_signal();
    let report = dataset::import(dataset.store_mut(), &inputs, &options, console, &cancel)?;
    console.clear();

    let mut parts = vec![format!(
        "added {}",
        counted(report.added, "article", "articles")
    )];
    if report.known > 0 {
        parts.push(format!(
            "{} there already",
            counted(report.known, "was", "were")
        ));
    }
    if report.new_work > 0 {
        parts.push(format!(
            "{} there already and got new labels",
            counted(report.new_work, "was", "were")
        ));
    }
    shared::tell_faults(&mut parts, report.refused, report.warnings);
    let stopped = if report.cancelled { "stopped: " } else { "" };
    console.say(&format!("{stopped}{}", parts.join("; ")));
    Ok(match report {
        _ if report.cancelled => Ended::Stopped,
        _ if report.refused > 0 => Ended::BadInput,
        _ => Ended::Well,
    })
}
