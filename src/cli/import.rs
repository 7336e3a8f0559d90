//! `copydesk import`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared::{self, InputOptions};
use super::values;
use crate::dataset;
use crate::dataset::config::built_in_schemas;
use crate::dataset::{Dataset, ImportOptions};
use crate::model::figures::counted;

/// Add articles to a dataset, and create the dataset if it does not exist
///
/// Articles that the dataset already has are not added again. Faults are reported by file and line;
/// everything else is added.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk import news.copydesk articles/ 'more/*.html' records.jsonl.gz\n  zcat dump.gz | copydesk import news.copydesk - --from jsonl"
)]
pub(super) struct Args {
    /// The dataset, a file whose name ends in .copydesk
    dataset: PathBuf,
    /// Files, folders, globs, or - for standard input; gzip is decompressed
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<OsString>,
    #[command(flatten)]
    input: InputOptions,
    /// The schema of a new dataset: news, conll, or a TOML file [default: news]
    #[arg(long, value_name = "NAME|FILE")]
    schema: Option<PathBuf>,
    /// Remove the log (-wal) or journal (-journal) that an earlier dataset of the same name left,
    /// with the edits in it
    #[arg(long)]
    discard_left_log: bool,
    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = values::jobs)]
    jobs: usize,
}

pub(super) fn run(args: Args, console: &mut Console) -> Result<Ended> {
    let inputs = shared::existing(&args.inputs)?;
    if args.dataset.exists() && args.schema.is_some() {
        bail!(
            "the dataset {} exists and keeps its schema\nhint: `copydesk schema set` changes it",
            args.dataset.display()
        );
    }
    if args.discard_left_log {
        for file in Dataset::remove_left(&args.dataset)? {
            console.message(&format!("removed {}", file.display()));
        }
    }
    let (mut dataset, made) = Dataset::open_or_create(&args.dataset, || match &args.schema {
        Some(name) => shared::schema(name, None),
        None => built_in_schemas::news(),
    })?;
    if made {
        console.message(&format!("created the dataset {}", args.dataset.display()));
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
            "{} already in the dataset",
            counted(report.known, "was", "were")
        ));
    }
    if report.new_work > 0 {
        parts.push(format!(
            "{} already in the dataset and got new labels",
            counted(report.new_work, "was", "were")
        ));
    }
    shared::add_faults(&mut parts, report.refused, report.warnings);
    let stopped = if report.cancelled { "stopped: " } else { "" };
    console.message(&format!("{stopped}{}", parts.join("; ")));
    Ok(match report {
        _ if report.cancelled => Ended::Stopped,
        _ if report.refused > 0 => Ended::BadInput,
        _ => Ended::Well,
    })
}
