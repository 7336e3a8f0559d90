//! `copydesk export`.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared::{self, Offsets, UnitOption};
use super::token_options::TokenOptions;
use crate::dataset::{self, Annotators, Dataset, ExportOptions, SplitBy, SplitOptions};
use crate::formats::{OutputShape, Tokenizer, WriteOptions};
use crate::model::figures::counted;
use crate::model::{Label, Status};
use crate::quality::split::Shares;

/// Write a dataset's records
///
/// A file or folder is written beside its place and renamed, so that there is never half of it. Of each article the newest
/// annotation by a person is taken, or with --status any, where nobody has touched it, what the models suggest.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk export news.copydesk --out train.jsonl\n  copydesk export news.copydesk --status any | jq -r .id\n  copydesk export news.copydesk --format spacy --split train=0.8,dev=0.1,test=0.1 --out corpus"
)]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// The format
    #[arg(long, default_value = "jsonl", value_parser = shared::written_formats())]
    format: String,
    /// The file to write, or - for standard output
    #[arg(long, default_value = "-", value_name = "FILE")]
    out: PathBuf,
    /// Only articles with one of these: todo, started, done, skipped, flagged; or any
    #[arg(long, default_value = "done", value_delimiter = ',', value_name = "STATUS", value_parser = shared::status)]
    status: Vec<Option<Status>>,
    /// Whose work, where an article has that of several: adjudicated-or-newest, newest, adjudicated, all (a record for each), or
    /// an annotator's name
    #[arg(long, default_value_t, value_name = "WHO")]
    annotators: Annotators,
    /// Only this annotator's work, whatever the name
    #[arg(long, value_name = "NAME", hide = true, conflicts_with = "annotators")]
    annotator: Option<String>,
    /// Only regions with these labels, and the entities in them
    #[arg(long, value_delimiter = ',', value_name = "LABEL", value_parser = |word: &str| Label::new(word))]
    regions: Option<Vec<Label>>,
    /// The unit in which the records count
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
    /// The folder in which the pages lie that the articles were read from, for html-regions. A page is found by the article's
    /// source or id, and taken only if it still reads the same
    #[arg(long, value_name = "FOLDER")]
    pages: Option<PathBuf>,
    /// Write a folder of parts, such as train=0.8,dev=0.1,test=0.1: no near-duplicates in two of them, and an article stays
    /// in its part when others are added
    #[arg(long, value_name = "SHARES", requires = "out", value_parser = Shares::parse)]
    split: Option<Shares>,
    /// What goes into one part together: each article for itself, or all of a site or of a day
    #[arg(long, default_value = "article", value_name = "WHAT", requires = "split", value_parser = shared::split_by)]
    split_by: SplitBy,
    /// Another number gives another split
    #[arg(long, default_value_t = 0, value_name = "N", requires = "split")]
    seed: u64,
    /// Refuse to write what the format cannot hold, instead of telling what is lost
    #[arg(long)]
    strict: bool,
    /// Also write the dataset's card, README.md, into the folder: what is in it, with the header that the Hugging Face hub
    /// reads
    #[arg(long)]
    card: bool,
    /// Give what no person has vouched for its score; always so unless only done articles are exported
    #[arg(long)]
    scores: bool,
}

pub(super) fn run(args: Args, console: &mut Console) -> Result<Ended> {
    let statuses = shared::statuses(&args.status);
    let files = [Some(&args.dataset), args.pages.as_ref()];
    shared::check_output(&args.out, [], files)?;
    let dataset = Dataset::open_to_read(&args.dataset)?;
    if let Some(labels) = &args.regions {
        let schema = dataset.store().schema()?;
        if let Some(unknown) = labels
            .iter()
            .find(|label| schema.region(label.as_str()).is_none())
        {
            let known: Vec<&str> = schema
                .regions()
                .iter()
                .map(|region| region.label.as_str())
                .collect();
            bail!(
                "the dataset has no region label {unknown}, only {}",
                known.join(", ")
            );
        }
    }
    let format = shared::written(&args.format, args.unit)?;
    let write = args.tokens.apply(
        format,
        WriteOptions {
            tokenizer: args.tokenizer.clone(),
            ..WriteOptions::default()
        },
    )?;
    let options = ExportOptions {
        format,
        tokenizer: args.tokenizer,
        pages: shared::pages(format, args.pages.as_deref())?,
        strict: args.strict,
        split: args.split.map(|shares| SplitOptions {
            shares,
            seed: args.seed,
            by: args.split_by,
        }),
        // What is done is vouched for as a whole; of anything else a reader must be able to tell who says so.
        scores: args.scores || statuses != [Status::Done],
        statuses,
        annotators: args.annotator.map_or(args.annotators, Annotators::Named),
        regions: args.regions,
        offsets: args.offsets.unit(),
        card: args.card,
        outside: write.outside,
        windows: write.windows,
        stride: write.stride,
        jobs: 0,
    };
    if options.card && options.split.is_none() && format.spec().shape == OutputShape::Stream {
        bail!(
            "--card writes into a folder, and {} is one file: split the dataset, or write `copydesk stats --card`",
            format.spec().name
        );
    }
    let cancel = cancel_on_signal();
    let to_stdout = args.out.as_os_str() == "-";
    let exported = if to_stdout {
        let mut out = Console::stream();
        dataset::export_to_stream(dataset.store(), &mut out, &options, console, &cancel).and_then(
            |report| {
                std::io::Write::flush(&mut out).context("cannot write to standard output")?;
                Ok(report)
            },
        )
    } else {
        console.start("articles");
        dataset::export_to_file(dataset.store(), &args.out, &options, console, &cancel)
    };
    console.clear();
    let stopped = if to_stdout {
        "stopped"
    } else {
        "stopped; nothing was written"
    };
    let Some(report) = shared::unless_stopped(exported, console, stopped)? else {
        return Ok(Ended::Stopped);
    };
    let mut parts = vec![format!(
        "exported {}{}",
        counted(report.records, "record", "records"),
        shared::in_windows(report.records, report.windows)
    )];
    if report.entities_left_out > 0 {
        let entities = counted(report.entities_left_out, "entity", "entities");
        parts.push(format!("{entities} outside these regions left out"));
    }
    if report.in_no_part > 0 {
        parts.push(format!(
            "{} in no part, near to what is in another",
            counted(report.in_no_part, "article", "articles")
        ));
    }
    if report.parts.len() > 1 {
        console.say(&shared::balance(&report.parts));
    }
    if report.passed_over > 0 {
        console.say(&format!(
            "warning: {} by several annotators: of each, the newest was taken\n\
             hint: --annotators all writes a record for each, --annotators NAME one annotator's",
            counted(
                report.passed_over,
                "article was labelled",
                "articles were labelled"
            )
        ));
    }
    if report.records == 0 && options.statuses == [Status::Done] {
        parts.push("no article is done yet; --status any exports all".into());
    }
    shared::tell_losses(console, format, &report.losses);
    shared::tell_left(console, &args.out, &report.left);
    console.say(&parts.join("; "));
    Ok(Ended::Well)
}
