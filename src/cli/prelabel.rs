//! `copydesk prelabel`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::Result;

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared::{self, InputOptions, Offsets};
use super::values;
use crate::dataset::suggesters::{Launch, Limits, SuggesterProcess};
use crate::dataset::{self, PrelabelOptions};
use crate::formats::metadata::suggested_by::{SuggestedBy, SuggestedTask};
use crate::model::figures::counted;

/// Suggest regions and entities for articles, without a dataset
///
/// Reads articles and writes records with scores: one for each input, in the same order, in
/// constant memory. For a bad input the field "error" of its record gives the reason, the fault is
/// reported on standard error, and the exit code is 3.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk prelabel articles/ > records.jsonl\n  zcat pages.jsonl.gz | copydesk prelabel - --from jsonl | gzip > labelled.jsonl.gz"
)]
pub(super) struct Args {
    /// Files, folders, globs, or - for standard input; gzip is decompressed
    #[arg(default_value = "-", value_name = "INPUT")]
    inputs: Vec<OsString>,
    #[command(flatten)]
    input: InputOptions,
    /// What to suggest [default: both]. With `entities`, the regions of the record are used; a text
    /// without regions is read as a whole, and of a page the article
    #[arg(long, alias = "only", value_enum, value_name = "TASK")]
    task: Option<shared::Task>,
    /// The schema: news, conll, or a TOML file
    #[arg(long, value_name = "NAME|FILE", default_value = "news")]
    schema: PathBuf,
    /// The unit of offsets in the output
    #[arg(long, value_enum, default_value_t, value_name = "UNIT")]
    offsets: Offsets,
    /// A model made by `copydesk train`; repeat the option for a region and an entity model
    /// [default: the built-in models]
    #[arg(long, value_name = "FILE")]
    model: Vec<PathBuf>,
    /// An entity model; use --model instead
    #[arg(long, value_name = "FILE", hide = true)]
    tagger: Option<PathBuf>,
    /// A command that suggests entities instead of the model: it reads one record per line and at
    /// once prints one with the same "id" and its "entities"
    #[arg(long, value_name = "COMMAND", conflicts_with = "tagger")]
    suggest_with: Option<String>,
    /// Seconds that this command may take for each record before it is stopped
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    patience: u64,
    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = values::jobs)]
    jobs: usize,
}

/// How long an answer of another program may be, in bytes.
const LONGEST_ANSWER: u64 = 256 << 20;

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
                let labels = schema.entities().iter().filter(|label| label.enabled);
                let labels: Vec<String> = labels.map(|one| one.label.as_str().to_owned()).collect();
                let launch = Launch {
                    command,
                    folder: None,
                    task: SuggestedTask::Entities,
                    labels: &labels,
                    keeps_errors: false,
                    limits: Limits {
                        answer: patience,
                        start: patience,
                        answer_bytes: LONGEST_ANSWER,
                    },
                };
                Some(Arc::new(Mutex::new(SuggesterProcess::start(&launch)?)))
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
        console.message(&format!(
            "stopped after {}",
            counted(report.records, "record", "records")
        ));
        return Ok(Ended::Stopped);
    }
    if report.bad + report.unreadable > 0 {
        let mut parts = vec![format!(
            "{} processed",
            counted(report.records, "record", "records")
        )];
        if report.bad > 0 {
            parts.push(format!("{} bad", counted(report.bad, "is", "are")));
        }
        if report.unreadable > 0 {
            parts.push(format!(
                "{} could not be read",
                counted(report.unreadable, "input", "inputs")
            ));
        }
        console.message(&parts.join("; "));
        return Ok(Ended::BadInput);
    }
    Ok(Ended::Well)
}
