//! Converts records from any format to any other without a dataset: streaming, on all cores, in
//! constant memory.
//!
//! Nothing is suggested and nothing is checked against a schema: labels pass as they are. What the
//! target cannot hold is counted on the way and reported at the end, since the input may be a pipe
//! that cannot be read twice.

use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::selection::{Selected, Selection};
use crate::dataset::io::article_builder::{self, Passed};
use crate::dataset::io::inputs::{Batch, Input, Inputs, Item};
use crate::dataset::io::ordered::{End, ordered, workers};
use crate::dataset::io::progress::{
    CancelFlag, Cancelled, Progress, refuse_lost_labels, report_problem,
};
use crate::dataset::maintenance::near_duplicates::{Looked, SplitOptions, assign};
use crate::dataset::report::part_count::PartCount;
use crate::dataset::transfer::record_writer::{
    Destination, Encoded, Encoding, Outgoing, Strict, write_to,
};
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
    /// Which records and labels are taken.
    pub take: Selection,
    /// Into which parts; `None`: all in one. The input is then read twice.
    pub split: Option<SplitOptions>,
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
    /// Records and files that were rejected, each reported.
    pub refused: u64,
    /// Warnings, each reported.
    pub warnings: u64,
    /// Spans whose edges were mended.
    pub repaired: u64,
    /// What was left out and renamed because the options say so.
    pub selected: Selected,
    /// Records that are in no part, because they are near-duplicates of records in another.
    pub in_no_part: u64,
    /// What is in each part, if there are parts.
    pub parts: Vec<PartCount>,
    /// Bytes written, of what is one stream.
    pub bytes: u64,
    /// What the format cannot hold.
    pub losses: Losses,
    /// Files of the folder that are not from an export, or were changed since, and that were left
    /// as they are.
    pub left: Vec<String>,
    /// Somebody stopped it.
    pub cancelled: bool,
}

impl ConvertReport {
    /// Adds a batch, and returns what is to be written of it.
    fn add(
        &mut self,
        worked: Worked,
        options: &ConvertOptions,
        progress: &mut dyn Progress,
    ) -> Result<Encoded> {
        for problem in &worked.problems {
            refuse_lost_labels(problem)?;
            report_problem(problem, progress, &mut self.refused, &mut self.warnings);
        }
        if options.strict && !worked.losses.is_empty() {
            return Err(Strict {
                format: options.to.spec().name,
                losses: worked.losses,
            }
            .into());
        }
        self.losses.append(worked.losses);
        self.records += worked.records;
        self.repaired += worked.repaired;
        self.selected.append(worked.selected);
        self.in_no_part += worked.in_no_part;
        for (sum, part) in self.parts.iter_mut().zip(worked.parts) {
            sum.add(part);
        }
        Ok(worked.encoded)
    }
}

/// Reads records and writes them in another format.
///
/// # Errors
/// If the target cannot be written, [`Cancelled`], or [`Strict`]; a file or folder is then as it
/// was.
pub fn convert(
    inputs: &[Input],
    destination: Destination<'_>,
    options: &ConvertOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<ConvertReport> {
    let _span = tracing::info_span!("convert", inputs = inputs.len()).entered();
    let mut encoding = Encoding::new(options.to, options.write.clone());
    let mut copies = Vec::new();
    let mut inputs = inputs.to_vec();
    if options.to.spec().numbers_labels || options.split.is_some() {
        // Labels are numbered by their names and not by who comes first, and near-duplicates go
        // into one part: so all are read before the first is written.
        for input in &mut inputs {
            if let Some((again, copy)) = input.kept().context("cannot keep what is read")? {
                *input = again;
                copies.push(copy);
            }
        }
    }
    if options.to.spec().numbers_labels {
        encoding = encoding.with_labels(labels(&inputs, options, cancel)?);
    }
    let split = match &options.split {
        None => None,
        Some(how) => Some(Arc::new(parts_of(&inputs, options, how, cancel)?)),
    };
    let names = match &options.split {
        None => vec![String::new()],
        Some(how) => how.shares.names(),
    };
    let (mut report, put) = write_to(
        destination,
        &encoding,
        options.schema.as_ref(),
        &names,
        |sink| {
            let mut inputs = Inputs::new(&inputs, options.from, options.read.bounds);
            // The native record holds everything, so that there is nothing to look for.
            let holds_all = encoding.holds_all();
            let how = How {
                read: options.read.clone(),
                encoding: encoding.clone(),
                holds_all,
                repair: options.repair,
                take: options.take.clone(),
                split: split.clone(),
            };
            let workers = workers(options.jobs, move |item| work(item, &how));
            let mut report = ConvertReport::default();
            if split.is_some() {
                report.parts = names.iter().map(|name| PartCount::named(name)).collect();
            }
            let end = ordered(
                move || inputs.next(),
                workers,
                cancel,
                |worked: Worked| {
                    let bytes_read = worked.bytes_read;
                    sink.take(report.add(worked, options, progress)?)?;
                    progress.advance(report.records, bytes_read);
                    Ok(())
                },
            )?;
            if end == End::Cancelled {
                return Err(Cancelled.into());
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

/// Collects the labels of all records that can be read.
fn labels(inputs: &[Input], options: &ConvertOptions, cancel: &CancelFlag) -> Result<Labels> {
    let mut inputs = Inputs::new(inputs, options.from, options.read.bounds);
    let (read, take) = (options.read.clone(), options.take.clone());
    let workers = workers(options.jobs, move |item: Item| {
        let mut labels = Labels::default();
        let mut uncounted = Selected::default();
        if let Item::Batch(Batch { origin, pieces, .. }) = item {
            for piece in pieces {
                let (made, _) = article_builder::pass(piece, &origin.name, origin.format, &read);
                let taken = made.ok().and_then(|passed| {
                    take.of(&passed.article.text, &passed.annotation, &mut uncounted)
                });
                if let Some(taken) = taken {
                    labels.add(&taken);
                }
            }
        }
        labels
    });
    let mut all = Labels::default();
    let end = ordered(
        move || inputs.next(),
        workers,
        cancel,
        |labels: Labels| {
            all.append(labels);
            Ok(())
        },
    )?;
    if end == End::Cancelled {
        return Err(Cancelled.into());
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
    selected: Selected,
    in_no_part: u64,
    parts: Vec<PartCount>,
    bytes_read: u64,
}

/// Options shared by the workers.
struct How {
    read: ReadOptions,
    encoding: Encoding,
    holds_all: bool,
    repair: bool,
    take: Selection,
    /// The part of each piece, by its number; `None` where it is in none.
    split: Option<Arc<Vec<Option<usize>>>>,
}

/// Assigns each piece of the input to a part. Reads all input once, to find near-duplicates.
fn parts_of(
    inputs: &[Input],
    options: &ConvertOptions,
    how: &SplitOptions,
    cancel: &CancelFlag,
) -> Result<Vec<Option<usize>>> {
    let mut source = Inputs::new(inputs, options.from, options.read.bounds);
    let (read, by) = (options.read.clone(), how.by);
    let workers = workers(options.jobs, move |item: Item| -> Vec<Option<Looked>> {
        let Item::Batch(batch) = item else {
            return Vec::new();
        };
        let origin = &batch.origin;
        let look = |piece| {
            let (passed, _) = article_builder::pass(piece, &origin.name, origin.format, &read);
            passed.ok().map(|passed| Looked::at(&passed.article, by))
        };
        batch.pieces.into_iter().map(look).collect()
    });
    let mut places: Vec<bool> = Vec::new();
    let mut all: Vec<Looked> = Vec::new();
    let end = ordered(
        move || source.next(),
        workers,
        cancel,
        |looked: Vec<Option<Looked>>| {
            places.extend(looked.iter().map(Option::is_some));
            all.extend(looked.into_iter().flatten());
            Ok(())
        },
    )?;
    if end == End::Cancelled {
        return Err(Cancelled.into());
    }
    let mut parts = assign(all, how).into_iter();
    Ok(places
        .into_iter()
        .map(|is_there| is_there.then(|| parts.next().flatten()).flatten())
        .collect())
}

fn work(item: Item, how: &How) -> Worked {
    let Batch {
        origin,
        pieces,
        before,
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
    for (number, piece) in (before..).zip(pieces) {
        let line = piece.line;
        let (made, warnings) = article_builder::pass(piece, &origin.name, origin.format, &how.read);
        let place = |fault| Problem {
            source: origin.name.clone(),
            line,
            fault,
        };
        worked.problems.extend(warnings.into_iter().map(place));
        match made {
            Err(fault) => worked.problems.push(place(fault)),
            Ok(passed) => worked.add(number, passed, how),
        }
    }
    worked
}

impl Worked {
    /// Encodes a record, by its number over all inputs, if it is taken.
    fn add(&mut self, number: u64, passed: Passed, how: &How) {
        let mut annotation = passed.annotation;
        if !how.take.is_everything() {
            let text = &passed.article.text;
            let Some(taken) = how.take.of(text, &annotation, &mut self.selected) else {
                return;
            };
            annotation = taken;
        }
        let part = match &how.split {
            None => Some(0),
            Some(parts) => usize::try_from(number)
                .ok()
                .and_then(|number| parts.get(number).copied().flatten()),
        };
        let Some(part) = part else {
            self.in_no_part += 1;
            return;
        };
        if how.split.is_some() {
            if self.parts.len() <= part {
                self.parts.resize_with(part + 1, PartCount::default);
            }
            if let Some(count) = self.parts.get_mut(part) {
                count.count(&annotation);
            }
        }
        if how.repair {
            let (better, changed) = lint::repaired(&passed.article.text, &annotation);
            annotation = better;
            self.repaired += changed;
        }
        let outgoing = Outgoing {
            article: passed.article,
            annotation,
            annotator: passed.annotator,
            updated_at_ms: passed.updated_at_ms,
            others: Vec::new(),
        };
        if !how.holds_all {
            let (format, options) = (how.encoding.format, &how.encoding.options);
            windows::count_losses(format, &outgoing.view(), options, &mut self.losses);
        }
        self.records += 1;
        self.encoded.add(&how.encoding, part, outgoing);
    }
}
