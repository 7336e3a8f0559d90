//! `copydesk validate`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared::{self, Offsets};
use crate::dataset;
use crate::formats::ReadOptions;
use crate::model::figures::counted;

/// Check records against their format and a schema
///
/// Reports each problem with its file and line. Faults (E…) keep a record out of a dataset;
/// warnings (W…) do not.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk validate train.jsonl --schema news\n  train.jsonl:7: E012 the region nav 2..7 overlaps the region body 0..3"
)]
pub(super) struct Args {
    /// JSONL files, folders, globs, or - for standard input; gzip is decompressed
    #[arg(required = true, value_name = "FILE")]
    files: Vec<OsString>,
    /// Also check the labels against this schema: news, conll, or a TOML file
    #[arg(long, value_name = "NAME|FILE")]
    schema: Option<PathBuf>,
    /// Also report labels that are valid but look like mistakes: text outside all regions, ragged
    /// edges, entities where none are expected, a name with two labels, a name tagged in one place
    /// only; within a record and across records (files are read twice)
    #[arg(long, alias = "doctor")]
    lint: bool,
    /// The unit of offsets in the records
    #[arg(long, value_enum, default_value_t, value_name = "UNIT")]
    offsets: Offsets,
    /// Print the problems and their counts as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: Args, console: &mut Console) -> Result<Ended> {
    let inputs = shared::existing(&args.files)?;
    let schema = args
        .schema
        .as_deref()
        .map(|name| shared::schema(name, None))
        .transpose()?;
    let read = ReadOptions {
        offsets: args.offsets.unit(),
        ..ReadOptions::default()
    };
    console.start("records");
    let cancel = cancel_on_signal();
    if args.json {
        console.problems_are_json(&cancel)?;
    } else {
        console.problems_are_data(&cancel);
    }
    let report = dataset::validate(&inputs, schema.as_ref(), &read, args.lint, console, &cancel)?;
    console.clear();
    console.check()?;
    if console.stdout_closed() {
        return Ok(Ended::Well);
    }
    if args.json {
        let fields = [
            ("records", report.records.into()),
            ("faults", report.faults.into()),
            ("warnings", report.warnings.into()),
            ("stopped", report.cancelled.into()),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value));
        console.end_json(&fields.into_iter().collect())?;
    }
    if report.not_compared {
        console.message("warning: names were not compared across records, because a pipe can be read only once\nhint: name a file instead of -");
    }
    if report.too_many_names {
        console
            .message("warning: there are too many names to compare; the last ones were left out");
    }
    let stopped = if report.cancelled { "stopped: " } else { "" };
    console.message(&format!(
        "{stopped}{}: {}, {}",
        counted(report.records, "record", "records"),
        counted(report.faults, "fault", "faults"),
        counted(report.warnings, "warning", "warnings")
    ));
    Ok(match report {
        _ if report.cancelled => Ended::Stopped,
        _ if report.faults > 0 => Ended::BadInput,
        _ => Ended::Well,
    })
}
