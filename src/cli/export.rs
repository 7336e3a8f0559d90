//! `copydesk export`.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared::{self, Offsets};
use crate::dataset::{self, Cancelled, Dataset, ExportOptions};
use crate::formats::{self, Tokenizer};
use crate::model::figures::counted;
use crate::model::{Label, Status};

/// Write a dataset's records
///
/// A file or folder is written beside its place and renamed, so that there is never half of it. Of each article the newest
/// annotation by a person is taken, or with --status any, where nobody has touched it, what the models suggest.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk export news.copydesk --out train.jsonl\n  copydesk export news.copydesk --status any | jq -r .id"
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
    #[arg(long, default_value = "done", value_delimiter = ',', value_name = "STATUS", value_parser = status)]
    status: Vec<Option<Status>>,
    /// Only this annotator's work
    #[arg(long, value_name = "NAME")]
    annotator: Option<String>,
    /// Only regions with these labels, and the entities in them
    #[arg(long, value_delimiter = ',', value_name = "LABEL", value_parser = |word: &str| Label::new(word))]
    regions: Option<Vec<Label>>,
    /// The unit in which the records count
    #[arg(long, value_enum, default_value_t, value_name = "UNIT")]
    offsets: Offsets,
    /// How text is cut into tokens, where the format has tokens
    #[arg(long, default_value_t, value_name = "NAME", value_parser = shared::tokenizer)]
    tokenizer: Tokenizer,
    /// Refuse to write what the format cannot hold, instead of telling what is lost
    #[arg(long)]
    strict: bool,
    /// Give what no person has vouched for its score; always so unless only done articles are exported
    #[arg(long)]
    scores: bool,
}

/// A status; `None` for any.
fn status(word: &str) -> Result<Option<Status>, String> {
    if word == "any" {
        return Ok(None);
    }
    let known = Status::ALL.map(Status::as_str).join(", ");
    Status::parse(word)
        .map(Some)
        .ok_or_else(|| format!("it is none of {known}, any"))
}

pub(super) fn run(args: Args, console: &mut Console) -> Result<Ended> {
    let statuses: Vec<Status> = if args.status.contains(&None) {
        Vec::new()
    } else {
        args.status.into_iter().flatten().collect()
    };
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
    let format = formats::by_name(&args.format).context("the format is not known")?;
    let options = ExportOptions {
        format,
        tokenizer: args.tokenizer,
        strict: args.strict,
        // What is done is vouched for as a whole; of anything else a reader must be able to tell who says so.
        scores: args.scores || statuses != [Status::Done],
        statuses,
        annotator: args.annotator,
        regions: args.regions,
        offsets: args.offsets.unit(),
        jobs: 0,
    };
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
    let report = match exported {
        Err(error) if error.is::<Cancelled>() => {
            console.say(if to_stdout {
                "stopped"
            } else {
                "stopped; nothing was written"
            });
            return Ok(Ended::Stopped);
        }
        other => other?,
    };
    let mut parts = vec![format!(
        "exported {}",
        counted(report.records, "record", "records")
    )];
    if report.entities_left_out > 0 {
        let entities = counted(report.entities_left_out, "entity", "entities");
        parts.push(format!("{entities} outside these regions left out"));
    }
    if report.records == 0 && options.statuses == [Status::Done] {
        parts.push("no article is done yet; --status any exports all".into());
    }
    shared::tell_losses(console, format, &report.losses);
    console.say(&parts.join("; "));
    Ok(Ended::Well)
}
