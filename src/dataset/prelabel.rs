//! The extractor as a filter: records in, native records with scores out, in input order, in constant memory.
//!
//! One record in is one record out: a bad one gives a record that says why in `error`, so that no engine that runs
//! this can lose one without noticing.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::inputs::{Batch, Input, Inputs, Item};
use super::intake;
use super::pipeline::{End, all_cores, ordered};
use super::progress::{CancelFlag, Progress};
use crate::extract::RegionModel;
use crate::formats::{Format, Problem, ReadOptions, RecordView, WriteOptions, native};
use crate::model::Schema;

/// How to prelabel.
#[derive(Clone)]
pub struct PrelabelOptions {
    /// The format of all inputs; `None` finds out for each.
    pub format: Option<&'static dyn Format>,
    /// How records are read.
    pub read: ReadOptions,
    /// The unit in which the output counts.
    pub offsets: crate::formats::OffsetUnit,
    /// How many threads work; 0: one for each core.
    pub jobs: usize,
    /// What suggests regions.
    pub model: Arc<RegionModel>,
}

impl Default for PrelabelOptions {
    fn default() -> Self {
        Self {
            format: None,
            read: ReadOptions::default(),
            offsets: crate::formats::OffsetUnit::default(),
            jobs: 0,
            model: Arc::new(RegionModel::shipped().clone()),
        }
    }
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrelabelReport {
    /// Records read, good or bad.
    pub records: u64,
    /// Those that were bad and became error records.
    pub bad: u64,
    /// Files and folders that could not be read, of which there is no record.
    pub unreadable: u64,
    /// Somebody stopped it.
    pub cancelled: bool,
}

/// Reads articles and writes records.
///
/// # Errors
/// If `out` cannot be written, or, which is a fault of the program, if another number of records came out than went in.
pub fn prelabel(
    inputs: &[Input],
    schema: &Schema,
    options: &PrelabelOptions,
    out: &mut dyn Write,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<PrelabelReport> {
    let schema = Arc::new(schema.clone());
    let mut inputs = Inputs::new(inputs, options.format, options.read.bounds);
    let jobs = if options.jobs == 0 {
        all_cores()
    } else {
        options.jobs
    };
    let workers: Vec<_> = (0..jobs)
        .map(|_| {
            let schema = Arc::clone(&schema);
            let options = options.clone();
            move |item: Item| work(item, &options, &schema)
        })
        .collect();
    let mut report = PrelabelReport::default();
    let mut came_out = 0;
    let end = ordered(
        move || inputs.next(),
        workers,
        cancel,
        |worked| {
            for problem in &worked.problems {
                progress.problem(problem);
            }
            report.records += worked.records;
            report.bad += worked.bad;
            report.unreadable += worked.unreadable;
            came_out += memchr::memchr_iter(b'\n', &worked.lines).count() as u64;
            // Flushed each time: who waits at the other end of a pipe gets what is ready.
            out.write_all(&worked.lines)
                .and_then(|()| out.flush())
                .context("cannot write the records")?;
            progress.advance(report.records, worked.bytes_read);
            Ok(())
        },
    )?;
    anyhow::ensure!(
        came_out == report.records,
        "{} records went in, but {came_out} came out; this is a fault of the program",
        report.records
    );
    report.cancelled = end == End::Cancelled;
    Ok(report)
}

#[derive(Default)]
struct Worked {
    lines: Vec<u8>,
    problems: Vec<Problem>,
    records: u64,
    bad: u64,
    unreadable: u64,
    bytes_read: u64,
}

fn work(item: Item, options: &PrelabelOptions, schema: &Schema) -> Worked {
    let Batch {
        origin,
        pieces,
        bytes_read,
    } = match item {
        Item::Batch(batch) => batch,
        Item::Problem(problem) => {
            return Worked {
                unreadable: u64::from(problem.fault.code.is_fault()),
                problems: vec![problem],
                ..Worked::default()
            };
        }
    };
    let write = WriteOptions {
        offsets: options.offsets,
        scores: true,
        ..WriteOptions::default()
    };
    let mut worked = Worked {
        bytes_read,
        ..Worked::default()
    };
    for piece in pieces {
        let taken = intake::take(
            piece,
            &origin.name,
            origin.format,
            &options.read,
            schema,
            &options.model,
        );
        worked.records += 1;
        let place = |fault| Problem {
            source: origin.name.clone(),
            line: taken.line,
            fault,
        };
        worked
            .problems
            .extend(taken.warnings.into_iter().map(place));
        match taken.outcome {
            Ok(intake) => {
                let view = RecordView {
                    article: &intake.article,
                    annotation: &intake.annotation,
                    annotator: &intake.annotator,
                    updated_at_ms: intake.updated_at_ms,
                };
                native::Jsonl.write(&view, &write, &mut worked.lines);
            }
            Err(refused) => {
                worked.bad += 1;
                native::write_error(&refused.id, &origin.name, &refused.fault, &mut worked.lines);
                worked.problems.push(place(refused.fault));
            }
        }
    }
    worked
}
