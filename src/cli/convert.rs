//! `copydesk convert`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared::{self, InputOptions, Offsets, UnitOption};
use super::token_options::TokenOptions;
use crate::dataset::{
    self, ConvertOptions, ConvertReport, Destination, Selection, SplitBy, SplitOptions, Task,
};
use crate::formats::{EntityRegions, Tokenizer, WriteOptions};
use crate::model::figures::counted;
use crate::model::{Label, Status};
use crate::quality::split::Shares;

/// Turn files of one format into another, without a dataset
///
/// Streaming, on all cores, in constant memory. What the target cannot hold is counted and told. Labels pass as they are,
/// and nothing is suggested.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk convert admin.jsonl --from doccano --input-offsets utf16 --to spacy --out train.spacy\n  zcat records.jsonl.gz | copydesk convert - --from jsonl --to conll > train.conll"
)]
pub(super) struct Args {
    /// Files, folders (walked), globs, or - for standard input; gzip is read through
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<OsString>,
    #[command(flatten)]
    input: InputOptions,
    /// The format to write
    #[arg(long, default_value = "jsonl", value_parser = shared::written_formats())]
    to: String,
    /// The file or folder to write, or - for standard output
    #[arg(long, default_value = "-", value_name = "PATH")]
    out: PathBuf,
    /// The unit in which the records written count
    #[arg(long, value_enum, default_value_t, value_name = "UNIT")]
    offsets: Offsets,
    /// How text is cut into tokens, where the format has tokens: tagger, spacy-like, whitespace, treebank, or a model's
    /// tokenizer.json
    #[arg(long, default_value_t, value_name = "NAME|FILE", value_parser = dataset::tokenizer)]
    tokenizer: Tokenizer,
    #[command(flatten)]
    tokens: TokenOptions,
    /// What a record is made of; blocks are written as jsonl, csv, parquet and spacy
    #[arg(long, value_enum, default_value_t, value_name = "UNIT")]
    unit: UnitOption,
    /// In which regions entities are annotated, and the order of labels where the format numbers them: a TOML file, or a shipped
    /// schema: news, conll
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// The folder in which the pages lie that the articles were read from, for html-regions. A page is found by the article's
    /// source or id, and taken only if it still reads the same
    #[arg(long, value_name = "FOLDER")]
    pages: Option<PathBuf>,
    /// Write no scores: take what models suggested for what people did
    #[arg(long)]
    no_scores: bool,
    /// Mend the edges of spans that cut a sign or hold white space
    #[arg(long)]
    repair: bool,
    /// Refuse to write what the format cannot hold, instead of telling what is lost
    #[arg(long)]
    strict: bool,
    /// Only records with one of these: todo, started, done, skipped, flagged; or any
    #[arg(long, default_value = "any", value_delimiter = ',', value_name = "STATUS", value_parser = shared::status)]
    status: Vec<Option<Status>>,
    /// Only one kind of labels
    #[arg(long, value_enum, value_name = "TASK")]
    task: Option<shared::Task>,
    /// What labels become, such as PERSON=PER,GPE=LOC; OLD= leaves its spans out; region:OLD=NEW or entity:OLD=NEW for one kind
    #[arg(long, value_delimiter = ',', value_name = "OLD=NEW", value_parser = Selection::rule)]
    labels: Vec<Rule>,
    /// Write a folder of parts, such as train=0.8,dev=0.1,test=0.1, with no near-duplicates in two of them; reads the input twice
    #[arg(long, value_name = "SHARES", value_parser = Shares::parse)]
    split: Option<Shares>,
    /// What goes into one part together: each article for itself, or all of a site or of a day
    #[arg(long, default_value = "article", value_name = "WHAT", requires = "split", value_parser = shared::split_by)]
    split_by: SplitBy,
    /// Another number gives another split
    #[arg(long, default_value_t = 0, value_name = "N", requires = "split")]
    seed: u64,
    /// How many threads work [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = super::shared::jobs)]
    jobs: usize,
}

/// What a label becomes: see [`Selection::labels`].
type Rule = ((Option<Task>, Label), Option<Label>);

pub(super) fn run(args: Args, console: &mut Console) -> Result<Ended> {
    if args.split.is_some() && args.out.as_os_str() == "-" {
        return Err(super::usage("--split writes a folder: name it with --out"));
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
            statuses: shared::statuses(&args.status),
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
    shared::tell_losses(console, to, &report.losses);
    shared::tell_left(console, &args.out, &report.left);
    let mut parts = vec![format!(
        "converted {}{}",
        counted(report.records, "record", "records"),
        shared::in_windows(report.records, report.windows)
    )];
    if report.repaired > 0 {
        parts.push(format!(
            "{} mended",
            counted(report.repaired, "span", "spans")
        ));
    }
    tell_selected(&report, &options.take, &mut parts);
    if report.parts.len() > 1 {
        console.say(&shared::balance(&report.parts));
    }
    for (task, label) in options.take.labels.keys() {
        if !report.selected.met.contains(&(*task, label.clone())) {
            console.say(&format!(
                "warning: nothing has the label {label} of --labels"
            ));
        }
    }
    shared::tell_faults(&mut parts, report.refused, report.warnings);
    console.say(&parts.join("; "));
    Ok(if report.refused > 0 {
        Ended::BadInput
    } else {
        Ended::Well
    })
}

/// What the options left out and changed, for the last line.
fn tell_selected(report: &ConvertReport, take: &Selection, parts: &mut Vec<String>) {
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
        "of another status left out",
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
        "left out that another one equals under the new label",
    );
    tell(
        report.in_no_part,
        "record",
        "records",
        "in no part, near to what is in another",
    );
}
