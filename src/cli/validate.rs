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

/// Check records against the format and a schema, and name each fault by line
///
/// Faults (E…) would keep a record out of a dataset; warnings (W…) would not.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk validate train.jsonl --schema news\n  train.jsonl:7: E012 the region nav 2..7 overlaps the region body 0..3"
)]
pub(super) struct Args {
    /// JSONL files, folders, globs, or - for standard input; gzip is read through
    #[arg(required = true, value_name = "FILE")]
    files: Vec<OsString>,
    /// Also check that the labels are those of news, conll, or a TOML file
    #[arg(long, value_name = "NAME|FILE")]
    schema: Option<PathBuf>,
    /// Also name labels that are sound and look like slips: text in no region, ragged edges, entities where none are tagged, the
    /// same name with two labels, tagged here and missed there, in one record and over all of them (files are read twice for that)
    #[arg(long, alias = "doctor")]
    lint: bool,
    /// The unit in which the records count
    #[arg(long, value_enum, default_value_t, value_name = "UNIT")]
    offsets: Offsets,
    /// Print the problems and their number as JSON
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
        console.say("names were not compared between records: a pipe can be read only once");
    }
    if report.too_many_names {
        console.say("there are more names than are compared; those that came last were left out");
    }
    let stopped = if report.cancelled { "stopped: " } else { "" };
    console.say(&format!(
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
