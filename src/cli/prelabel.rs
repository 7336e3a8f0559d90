//! `copydesk prelabel`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::Result;

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared::{self, InputOptions, Offsets};
use crate::dataset::transfer::external_suggester::Helper;
use crate::dataset::{self, PrelabelOptions};
use crate::formats::metadata::suggested_by::{SuggestedBy, SuggestedTask};
use crate::model::figures::counted;

/// Suggest regions and entities as a filter, without a dataset: articles in, records with scores out
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
    /// What to suggest [default: both]. Entities alone are looked for in the regions that come with a record, in all of a text
    /// without regions, and in what is the article on a page
    #[arg(long, alias = "only", value_enum, value_name = "TASK")]
    task: Option<shared::Task>,
    /// The labels to use: news, conll, or a TOML file
    #[arg(long, value_name = "NAME|FILE", default_value = "news")]
    schema: PathBuf,
    /// The unit in which the records count
    #[arg(long, value_enum, default_value_t, value_name = "UNIT")]
    offsets: Offsets,
    /// The model to suggest with, as `copydesk train` makes it; give it twice for one of regions and one of entities [default: those
    /// that come with the program]
    #[arg(long, value_name = "FILE")]
    model: Vec<PathBuf>,
    /// Another name for --model where it is one of entities
    #[arg(long, value_name = "FILE", hide = true)]
    tagger: Option<PathBuf>,
    /// A command that suggests entities in place of the model: it reads records, one a line, and prints for each, at once, one
    /// with the same "id" and its "entities"
    #[arg(long, value_name = "COMMAND", conflicts_with = "tagger")]
    suggest_with: Option<String>,
    /// How many seconds that command has for each record, before it is ended
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    patience: u64,
    /// How many threads work [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = super::shared::jobs)]
    jobs: usize,
}

pub(super) fn run(args: Args, console: &mut Console) -> Result<Ended> {
    let inputs = shared::existing(&args.inputs)?;
    let schema = shared::schema(Path::new(&args.schema), None)?;
    let (regions, model_of_tags) = shared::models(&args.model)?;
    let tagger = match &args.tagger {
        Some(path) => shared::tagger(Some(path))?,
        None => model_of_tags,
    };
    let (mut regions_by, mut entities_by) = (
        SuggestedBy::shipped(SuggestedTask::Regions),
        SuggestedBy::shipped(SuggestedTask::Entities),
    );
    for path in args.model.iter().chain(&args.tagger) {
        let by = dataset::model_in_file(path)?;
        match by.task {
            SuggestedTask::Regions => regions_by = by,
            SuggestedTask::Entities => entities_by = by,
        }
    }
    if let Some(command) = &args.suggest_with {
        entities_by = SuggestedBy {
            task: SuggestedTask::Entities,
            name: command.clone(),
            version: String::new(),
        };
    }
    let options = PrelabelOptions {
        format: args.input.format(),
        read: args.input.read(),
        offsets: args.offsets.unit(),
        jobs: args.jobs,
        model: regions,
        regions: args.task != Some(shared::Task::Entities),
        helper: match &args.suggest_with {
            Some(command) if args.task != Some(shared::Task::Regions) => {
                let patience = std::time::Duration::from_secs(args.patience.max(1));
                Some(Arc::new(Mutex::new(Helper::start(command, patience)?)))
            }
            _ => None,
        },
        regions_by,
        entities_by,
        tagger: (args.task != Some(shared::Task::Regions)).then_some(tagger),
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
