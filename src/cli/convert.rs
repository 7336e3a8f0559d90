//! `copydesk convert`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared::{self, InputOptions, Offsets, UnitOption};
use super::tables;
use super::token_options::TokenOptions;
use super::values;
use crate::dataset::{
    self, ConvertOptions, ConvertReport, Destination, Selection, SplitBy, SplitOptions, Task,
};
use crate::formats::{EntityRegions, Tokenizer, WriteOptions};
use crate::model::figures::counted;
use crate::model::{Label, Status};
use crate::quality::split::Shares;

/// Convert files from one format to another, without a dataset
///
/// Streams on all cores in constant memory. Labels are kept as they are and nothing is suggested.
/// Whatever the target format cannot hold is counted and reported.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk convert admin.jsonl --from doccano --input-offsets utf16 --to spacy --out train.spacy\n  zcat records.jsonl.gz | copydesk convert - --from jsonl --to conll > train.conll"
)]
pub(super) struct Args {
    /// Files, folders, globs, or - for standard input; gzip is decompressed
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<OsString>,
    #[command(flatten)]
    input: InputOptions,
    /// The output format
    #[arg(long, default_value = "jsonl", value_parser = shared::written_formats())]
    to: String,
    /// The file or folder to write, or - for standard output
    #[arg(long, default_value = "-", value_name = "PATH")]
    out: PathBuf,
    /// The unit of offsets in the output
    #[arg(long, value_enum, default_value_t, value_name = "UNIT")]
    offsets: Offsets,
    /// The tokenizer, for formats with tokens: tagger, spacy-like, whitespace, treebank, or the
    /// tokenizer.json of a model
    #[arg(long, default_value_t, value_name = "NAME|FILE", value_parser = dataset::tokenizer)]
    tokenizer: Tokenizer,
    #[command(flatten)]
    tokens: TokenOptions,
    /// What one record holds; blocks can be written as jsonl, csv, parquet and spacy
    #[arg(long, value_enum, default_value_t, value_name = "UNIT")]
    unit: UnitOption,
    /// The schema, which gives the regions with entities and the numbers of labels: news, conll, or
    /// a TOML file
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// The folder of the original pages, for html-regions. A page is found by the source or id of
    /// its article, and used only if its text is unchanged
    #[arg(long, value_name = "FOLDER")]
    pages: Option<PathBuf>,
    /// Write no scores: treat suggestions as human annotations
    #[arg(long)]
    no_scores: bool,
    /// Repair spans whose edges split a character or include white space
    #[arg(long)]
    repair: bool,
    /// Fail if the format cannot hold everything, instead of reporting what is lost
    #[arg(long)]
    strict: bool,
    /// Convert records with these statuses: todo, started, done, skipped, flagged, or any
    #[arg(long, default_value = "any", value_delimiter = ',', value_name = "STATUS", value_parser = values::status)]
    status: Vec<Option<Status>>,
    /// Convert only regions or only entities
    #[arg(long, value_enum, value_name = "TASK")]
    task: Option<shared::Task>,
    /// Rename labels, such as PERSON=PER,GPE=LOC. OLD= removes a label; region:OLD=NEW or
    /// entity:OLD=NEW renames one kind
    #[arg(long, value_delimiter = ',', value_name = "OLD=NEW", value_parser = Selection::rule)]
    labels: Vec<Rule>,
    /// Write a folder of parts, such as train=0.8,dev=0.1,test=0.1. Near-duplicates never go into
    /// different parts; the input is read twice
    #[arg(long, value_name = "SHARES", value_parser = Shares::parse)]
    split: Option<Shares>,
    /// What stays together in one part: article (nothing), site or date
    #[arg(long, default_value = "article", value_name = "WHAT", requires = "split", value_parser = values::split_by)]
    split_by: SplitBy,
    /// Seed of the split
    #[arg(long, default_value_t = 0, value_name = "N", requires = "split")]
    seed: u64,
    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = values::jobs)]
    jobs: usize,
}

/// What a label becomes: see [`Selection::labels`].
type Rule = ((Option<Task>, Label), Option<Label>);

pub(super) fn run(args: Args, console: &mut Console) -> Result<Ended> {
    if args.split.is_some() && args.out.as_os_str() == "-" {
        return Err(super::usage("--split writes a folder; name it with --out"));
    }
    let inputs = shared::existing(&args.inputs)?;
    shared::check_output(&args.out, &args.inputs, [args.pages.as_ref()])?;
    let to = shared::written(&args.to, args.unit)?;
    let schema = args.schema.as_deref();
    let schema = schema.map(|name| shared::schema(name, None)).transpose()?;
    let write = WriteOptions {
        offsets: args.offsets.unit(),
        scores: !args.no_scores,
        tokenizer: args.tokenizer,
        pages: shared::pages(to, args.pages.as_deref())?,
        entity_regions: schema.as_ref().map(EntityRegions::of),
        ..WriteOptions::default()
    };
    let options = ConvertOptions {
        from: args.input.format(),
        to,
        read: args.input.read(),
        write: args.tokens.apply(to, write)?,
        schema,
        repair: args.repair,
        strict: args.strict,
        take: Selection {
            statuses: values::statuses(&args.status),
            task: args.task.map(|task| match task {
                shared::Task::Regions => Task::Regions,
                shared::Task::Entities => Task::Entities,
            }),
            labels: args.labels.iter().cloned().collect(),
        },
        split: args.split.map(|shares| SplitOptions {
            shares,
            seed: args.seed,
            by: args.split_by,
        }),
        jobs: args.jobs,
    };
    let cancel = cancel_on_signal();
    let converted = if args.out.as_os_str() == "-" {
        let mut out = Console::stream();
        let place = Destination::Stream(&mut out);
        dataset::convert(&inputs, place, &options, console, &cancel).and_then(|report| {
            std::io::Write::flush(&mut out).context("cannot write to standard output")?;
            Ok(report)
        })
    } else {
        console.start("records");
        let place = Destination::Path(&args.out);
        dataset::convert(&inputs, place, &options, console, &cancel)
    };
    console.clear();
    let Some(report) = shared::unless_stopped(converted, console, "stopped")? else {
        return Ok(Ended::Stopped);
    };
    report_conversion(&report, &options, &args.out, console);
    Ok(if report.refused > 0 {
        Ended::BadInput
    } else {
        Ended::Well
    })
}

/// Reports what was converted, and what was not.
fn report_conversion(
    report: &ConvertReport,
    options: &ConvertOptions,
    out: &Path,
    console: &mut Console,
) {
    shared::report_losses(console, options.to, &report.losses);
    shared::report_kept_files(console, out, &report.left);
    let mut parts = vec![format!(
        "converted {}{}",
        counted(report.records, "record", "records"),
        shared::in_windows(report.records, report.windows)
    )];
    if report.repaired > 0 {
        parts.push(format!(
            "{} repaired",
            counted(report.repaired, "span", "spans")
        ));
    }
    add_selection(report, &options.take, &mut parts);
    if report.parts.len() > 1 {
        console.message(&tables::balance(&report.parts));
    }
    for (task, label) in options.take.labels.keys() {
        if !report.selected.met.contains(&(*task, label.clone())) {
            console.message(&format!(
                "warning: no span has the label {label} of --labels"
            ));
        }
    }
    shared::add_faults(&mut parts, report.refused, report.warnings);
    console.message(&parts.join("; "));
}

/// Adds what the options left out and changed to the last line.
fn add_selection(report: &ConvertReport, take: &Selection, parts: &mut Vec<String>) {
    let selected = &report.selected;
    let mut tell = |count: u64, one: &str, many: &str, what: &str| {
        if count > 0 {
            parts.push(format!("{} {what}", counted(count, one, many)));
        }
    };
    tell(
        selected.other_status,
        "record",
        "records",
        "with another status left out",
    );
    let other = match take.task {
        Some(Task::Regions) => ("entity", "entities"),
        _ => ("region", "regions"),
    };
    tell(selected.other_task, other.0, other.1, "left out");
    tell(selected.renamed, "label", "labels", "renamed");
    tell(
        selected.removed,
        "span",
        "spans",
        "removed with their label",
    );
    tell(
        selected.doubled,
        "span",
        "spans",
        "left out as duplicates under the new label",
    );
    tell(
        report.in_no_part,
        "record",
        "records",
        "in no part, because of near-duplicates in others",
    );
}
