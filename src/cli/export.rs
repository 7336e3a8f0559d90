//! `copydesk export`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared::{self, Offsets, UnitOption};
use super::tables;
use super::token_options::TokenOptions;
use super::values;
use crate::dataset::{
    self, Annotators, Dataset, ExportOptions, ExportReport, SplitBy, SplitOptions,
};
use crate::formats::{OutputShape, Tokenizer, WriteOptions};
use crate::model::figures::counted;
use crate::model::{Label, Status};
use crate::quality::split::Shares;

/// Export the annotations of a dataset
///
/// Takes the newest annotation of each article, or with `--status any` the suggestions where there
/// is none. The output is written to a temporary file or folder and then renamed, so that it is
/// never incomplete.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk export news.copydesk --out train.jsonl\n  copydesk export news.copydesk --status any | jq -r .id\n  copydesk export news.copydesk --format spacy --split train=0.8,dev=0.1,test=0.1 --out corpus"
)]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// The output format
    #[arg(long, default_value = "jsonl", value_parser = shared::written_formats())]
    format: String,
    /// The file or folder to write, or - for standard output
    #[arg(long, default_value = "-", value_name = "FILE")]
    out: PathBuf,
    /// Export articles with these statuses: todo, started, done, skipped, flagged, or any
    #[arg(long, default_value = "done", value_delimiter = ',', value_name = "STATUS", value_parser = values::status)]
    status: Vec<Option<Status>>,
    /// Whose annotation to take if an article has several: adjudicated-or-newest, newest,
    /// adjudicated, all (one record each), or an annotator's name
    #[arg(long, default_value_t, value_name = "WHO")]
    annotators: Annotators,
    /// Export the work of this annotator only
    #[arg(long, value_name = "NAME", hide = true, conflicts_with = "annotators")]
    annotator: Option<String>,
    /// Export regions with these labels and the entities inside them
    #[arg(long, value_delimiter = ',', value_name = "LABEL", value_parser = |word: &str| Label::new(word))]
    regions: Option<Vec<Label>>,
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
    /// The folder of the original pages, for html-regions. A page is found by the source or id of
    /// its article, and used only if its text is unchanged
    #[arg(long, value_name = "FOLDER")]
    pages: Option<PathBuf>,
    /// Write a folder of parts, such as train=0.8,dev=0.1,test=0.1. Near-duplicates never go into
    /// different parts, and an article stays in its part when others are added
    #[arg(long, value_name = "SHARES", requires = "out", value_parser = Shares::parse)]
    split: Option<Shares>,
    /// What stays together in one part: article (nothing), site or date
    #[arg(long, default_value = "article", value_name = "WHAT", requires = "split", value_parser = values::split_by)]
    split_by: SplitBy,
    /// Seed of the split
    #[arg(long, default_value_t = 0, value_name = "N", requires = "split")]
    seed: u64,
    /// Fail if the format cannot hold everything, instead of reporting what is lost
    #[arg(long)]
    strict: bool,
    /// Also write a dataset card, README.md, with the header for the Hugging Face Hub, into the
    /// folder
    #[arg(long)]
    card: bool,
    /// Write the scores of suggestions; the default unless only done articles are exported
    #[arg(long)]
    scores: bool,
}

pub(super) fn run(args: Args, console: &mut Console) -> Result<Ended> {
    let statuses = values::statuses(&args.status);
    let files = [Some(&args.dataset), args.pages.as_ref()];
    shared::check_output(&args.out, [], files)?;
    let dataset = Dataset::open_to_read(&args.dataset)?;
    if let Some(labels) = &args.regions {
        check_regions(&dataset, labels)?;
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
        // A done article is confirmed as a whole; elsewhere the score marks what nobody has
        // confirmed.
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
            "--card needs a folder, and {} is written as one file\nhint: add --split, or use `copydesk stats --card`",
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
    report_export(&report, &options, &args.out, console);
    Ok(Ended::Well)
}

/// Checks that the schema has these region labels.
fn check_regions(dataset: &Dataset, labels: &[Label]) -> Result<()> {
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
            "the dataset has no region label {unknown}\nhint: it has {}",
            known.join(", ")
        );
    }
    Ok(())
}

/// Reports what was exported, and what was not.
fn report_export(
    report: &ExportReport,
    options: &ExportOptions,
    out: &Path,
    console: &mut Console,
) {
    let mut parts = vec![format!(
        "exported {}{}",
        counted(report.records, "record", "records"),
        shared::in_windows(report.records, report.windows)
    )];
    if report.entities_left_out > 0 {
        let entities = counted(report.entities_left_out, "entity", "entities");
        parts.push(format!("left out {entities} outside these regions"));
    }
    if report.in_no_part > 0 {
        parts.push(format!(
            "{} in no part, because of near-duplicates in others",
            counted(report.in_no_part, "article", "articles")
        ));
    }
    if report.parts.len() > 1 {
        console.message(&tables::balance(&report.parts));
    }
    if report.passed_over > 0 {
        console.message(&format!(
            "warning: {} by several annotators; the newest annotation of each was exported\n\
             hint: --annotators all exports every annotation, --annotators NAME those of one annotator",
            counted(
                report.passed_over,
                "article was labelled",
                "articles were labelled"
            )
        ));
    }
    if report.records == 0 && options.statuses == [Status::Done] {
        parts.push("no article is done yet (--status any exports all)".into());
    }
    shared::report_losses(console, options.format, &report.losses);
    shared::report_kept_files(console, out, &report.left);
    console.message(&parts.join("; "));
}
