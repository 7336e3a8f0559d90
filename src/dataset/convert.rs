//! Convert: from any format to any other without a dataset, streaming, on all cores, in constant memory.
//!
//! Nothing is suggested and nothing is checked against a schema: labels pass as they are. What the target cannot hold is
//! counted on the way and told at the end, since the input may be a pipe that cannot be read twice.

use std::sync::Arc;

use anyhow::Result;

use super::inputs::{Batch, Input, Inputs, Item};
use super::intake;
use super::pipeline::{End, all_cores, ordered};
use super::progress::{CancelFlag, Progress, tell};
use super::writing::{Destination, Encoded, Encoding, Outgoing, Strict, write_to};
use crate::formats::{Capabilities, Format, Losses, Problem, ReadOptions, WriteOptions, native};
use crate::quality::lint;

/// How to convert.
#[derive(Clone)]
pub struct ConvertOptions {
    /// The format of all inputs; `None` finds out for each.
    pub from: Option<&'static dyn Format>,
    /// The format that is written.
    pub to: &'static dyn Format,
    /// How records are read.
    pub read: ReadOptions,
    /// How records are written.
    pub write: WriteOptions,
    /// Whether to mend edges that cut a sign or hold white space.
    pub repair: bool,
    /// Whether to stop at what the format cannot hold.
    pub strict: bool,
    /// How many threads work; 0: one for each core.
    pub jobs: usize,
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConvertReport {
    /// Records written.
    pub records: u64,
    /// Records and files that were refused, each told.
    pub refused: u64,
    /// Things that were told besides.
    pub warnings: u64,
    /// Spans whose edges were mended.
    pub repaired: u64,
    /// Bytes written, of what is one stream.
    pub bytes: u64,
    /// What the format cannot hold.
    pub losses: Losses,
    /// Files of the folder that are not from an export, or were changed since, and that were left as they are.
    pub left: Vec<String>,
    /// Somebody stopped it.
    pub cancelled: bool,
}

/// Reads records and writes them in another format.
///
/// # Errors
/// If the target cannot be written, [`super::Cancelled`], or [`Strict`]; a file or folder is then as it was.
pub fn convert(
    inputs: &[Input],
    destination: Destination<'_>,
    options: &ConvertOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<ConvertReport> {
    let encoding = Encoding::new(options.to, options.write.clone());
    let names = [String::new()];
    let (mut report, put) = write_to(destination, &encoding, None, &names, |sink| {
        let mut inputs = Inputs::new(inputs, options.from, options.read.bounds);
        let jobs = if options.jobs == 0 {
            all_cores()
        } else {
            options.jobs
        };
        let read = Arc::new(options.read.clone());
        // The native record holds everything, so that there is nothing to look for.
        let holds_all = options.to == (&native::Jsonl as &dyn Format)
            && options.to.capabilities() == Capabilities::EVERYTHING;
        let repair = options.repair;
        let workers: Vec<_> = (0..jobs)
            .map(|_| {
                let (read, encoding) = (Arc::clone(&read), encoding.clone());
                move |item: Item| work(item, &read, &encoding, holds_all, repair)
            })
            .collect();
        let mut report = ConvertReport::default();
        let end = ordered(
            move || inputs.next(),
            workers,
            cancel,
            |worked: Worked| {
                for problem in &worked.problems {
                    tell(problem, progress, &mut report.refused, &mut report.warnings);
                }
                if options.strict && !worked.losses.is_empty() {
                    return Err(Strict {
                        format: options.to.name(),
                        losses: worked.losses,
                    }
                    .into());
                }
                report.losses.append(worked.losses);
                report.records += worked.records;
                report.repaired += worked.repaired;
                sink.take(worked.encoded)?;
                progress.advance(report.records, worked.bytes_read);
                Ok(())
            },
        )?;
        if end == End::Cancelled {
            return Err(super::Cancelled.into());
        }
        Ok(report)
    })?;
    report.records = put.records;
    report.bytes = put.bytes;
    report.left = put.left;
    Ok(report)
}

#[derive(Default)]
struct Worked {
    encoded: Encoded,
    losses: Losses,
    problems: Vec<Problem>,
    records: u64,
    repaired: u64,
    bytes_read: u64,
}

fn work(
    item: Item,
    read: &ReadOptions,
    encoding: &Encoding,
    holds_all: bool,
    repair: bool,
) -> Worked {
    let Batch {
        origin,
        pieces,
        bytes_read,
    } = match item {
        Item::Batch(batch) => batch,
        Item::Problem(problem) => {
            return Worked {
                problems: vec![problem],
                ..Worked::default()
            };
        }
    };
    let mut worked = Worked {
        bytes_read,
        ..Worked::default()
    };
    for piece in pieces {
        let line = piece.line;
        let (made, warnings) = intake::pass(piece, &origin.name, origin.format, read);
        let place = |fault| Problem {
            source: origin.name.clone(),
            line,
            fault,
        };
        worked.problems.extend(warnings.into_iter().map(place));
        match made {
            Err(fault) => worked.problems.push(place(fault)),
            Ok(passed) => {
                let mut annotation = passed.annotation;
                if repair {
                    let (better, changed) = lint::repaired(&passed.article.text, &annotation);
                    annotation = better;
                    worked.repaired += changed;
                }
                let outgoing = Outgoing {
                    article: passed.article,
                    annotation,
                    annotator: passed.annotator,
                    updated_at_ms: passed.updated_at_ms,
                };
                if !holds_all {
                    let view = outgoing.view();
                    worked
                        .losses
                        .look(encoding.format, &view, &encoding.options);
                }
                worked.records += 1;
                worked.encoded.add(encoding, 0, outgoing);
            }
        }
    }
    worked
}
