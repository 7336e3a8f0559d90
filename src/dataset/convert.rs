//! Convert: from any format to any other without a dataset, streaming, on all cores, in constant memory.
//!
//! Nothing is suggested and nothing is checked against a schema: labels pass as they are. What the target cannot hold is
//! counted on the way and told at the end, since the input may be a pipe that cannot be read twice.

use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::inputs::{Batch, Input, Inputs, Item};
use super::intake;
use super::pipeline::{End, all_cores, ordered};
use super::progress::{CancelFlag, Progress, tell};
use super::writing::{Destination, Encoded, Encoding, Outgoing, Strict, write_to};
use crate::formats::{Format, Labels, Losses, Problem, ReadOptions, WriteOptions, windows};
use crate::model::Schema;
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
    /// Whose labels come first where a format numbers them.
    pub schema: Option<Schema>,
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
    /// Articles written.
    pub records: u64,
    /// Records of which they are made; more than articles where these are cut into windows.
    pub windows: u64,
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
    let mut encoding = Encoding::new(options.to, options.write.clone());
    let mut copies = Vec::new();
    let mut inputs = inputs.to_vec();
    if options.to.numbers_labels() {
        // Labels are numbered by their names and not by who comes first, so all are read before the first is written.
        for input in &mut inputs {
            if let Some((again, copy)) = input.kept().context("cannot keep what is read")? {
                *input = again;
                copies.push(copy);
            }
        }
        encoding = encoding.with_labels(labels(&inputs, options, cancel)?);
    }
    let names = [String::new()];
    let (mut report, put) = write_to(
        destination,
        &encoding,
        options.schema.as_ref(),
        &names,
        |sink| {
            let mut inputs = Inputs::new(&inputs, options.from, options.read.bounds);
            let jobs = if options.jobs == 0 {
                all_cores()
            } else {
                options.jobs
            };
            let read = Arc::new(options.read.clone());
            // The native record holds everything, so that there is nothing to look for.
            let holds_all = encoding.holds_all();
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
        },
    )?;
    report.records = put.records;
    report.windows = put.windows;
    report.bytes = put.bytes;
    report.left = put.left;
    Ok(report)
}

/// The labels of all records that can be read.
fn labels(inputs: &[Input], options: &ConvertOptions, cancel: &CancelFlag) -> Result<Labels> {
    let mut inputs = Inputs::new(inputs, options.from, options.read.bounds);
    let jobs = match options.jobs {
        0 => all_cores(),
        jobs => jobs,
    };
    let read = Arc::new(options.read.clone());
    let workers = (0..jobs).map(|_| {
        let read = Arc::clone(&read);
        move |item: Item| {
            let mut labels = Labels::default();
            if let Item::Batch(Batch { origin, pieces, .. }) = item {
                for piece in pieces {
                    let (made, _) = intake::pass(piece, &origin.name, origin.format, &read);
                    if let Ok(passed) = made {
                        labels.add(&passed.annotation);
                    }
                }
            }
            labels
        }
    });
    let mut all = Labels::default();
    let end = ordered(
        move || inputs.next(),
        workers.collect(),
        cancel,
        |labels: Labels| {
            all.append(labels);
            Ok(())
        },
    )?;
    if end == End::Cancelled {
        return Err(super::Cancelled.into());
    }
    Ok(all)
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
                    windows::count_losses(
                        encoding.format,
                        &view,
                        &encoding.options,
                        &mut worked.losses,
                    );
                }
                worked.records += 1;
                worked.encoded.add(encoding, 0, outgoing);
            }
        }
    }
    worked
}
