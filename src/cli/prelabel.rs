//! `copydesk prelabel`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ValueEnum;

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared::{self, InputOptions, Offsets};
use crate::dataset::{self, Input, PrelabelOptions};
use crate::model::figures::counted;

/// Suggest regions as a filter, without a dataset: articles in, records with scores out
///
/// Records come out in the order of the input, one for each that goes in, in constant memory. A bad record gives a
/// record that says why in "error", is named on standard error, and the exit code is 3.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk prelabel articles/ > records.jsonl\n  zcat pages.jsonl.gz | copydesk prelabel - --from jsonl | gzip > labelled.jsonl.gz"
)]
pub(super) struct Args {
    /// Files, folders (walked), globs, or - for standard input; gzip is read through
    #[arg(default_value = "-", value_name = "INPUT")]
    inputs: Vec<OsString>,
    #[command(flatten)]
    input: InputOptions,
    /// What to suggest
    #[arg(long, value_enum, default_value_t)]
    only: Only,
    /// The labels to use: news, conll, or a TOML file
    #[arg(long, value_name = "NAME|FILE", default_value = "news")]
    schema: PathBuf,
    /// The unit in which the records count
    #[arg(long, value_enum, default_value_t, value_name = "UNIT")]
    offsets: Offsets,
    /// The model to suggest with, as `copydesk train` makes it [default: the one that comes with the program]
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// How many threads work [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    jobs: usize,
}

/// What to suggest.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Only {
    /// Which text is story, comment or navigation
    #[default]
    Regions,
}

pub(super) fn run(args: Args, console: &mut Console) -> Result<Ended> {
    let Only::Regions = args.only;
    let inputs: Vec<Input> = args.inputs.iter().map(|word| Input::new(word)).collect();
    let schema = shared::schema(Path::new(&args.schema), None)?;
    let options = PrelabelOptions {
        format: args.input.format(),
        read: args.input.read(),
        offsets: args.offsets.unit(),
        jobs: args.jobs,
        model: shared::model(args.model.as_deref())?,
    };
    let cancel = cancel_on_signal();
    let report = dataset::prelabel(
        &inputs,
        &schema,
        &options,
        &mut Console::stream(),
        console,
        &cancel,
    )?;
    if report.cancelled {
        console.say(&format!(
            "stopped after {}",
            counted(report.records, "record", "records")
        ));
        return Ok(Ended::Stopped);
    }
    if report.bad + report.unreadable > 0 {
        let mut parts = vec![format!(
            "{} in and out",
            counted(report.records, "record", "records")
        )];
        if report.bad > 0 {
            parts.push(format!(
                "{} bad",
                counted(report.bad, "of them is", "of them are")
            ));
        }
        if report.unreadable > 0 {
            parts.push(format!(
                "{} could not be read",
                counted(report.unreadable, "input", "inputs")
            ));
        }
        console.say(&parts.join("; "));
        return Ok(Ended::BadInput);
    }
    Ok(Ended::Well)
}
