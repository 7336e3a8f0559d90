//! Validate: records checked against the format and, if one is given, a schema; each fault named by line.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Result;

use super::import::unknown_labels;
use super::inputs::{Input, Inputs, Item};
use super::pipeline::{End, all_cores, ordered};
use super::progress::{self, CancelFlag, Progress};
use crate::formats::{
    Code, Content, Fault, Format as _, OffsetUnit, Piece, Problem, ReadOptions, native,
};
use crate::model::{Schema, Text};
use crate::quality::doctor::{self, Finding, Sign};

/// What a check found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ValidateReport {
    /// Records looked at.
    pub records: u64,
    /// Faults told.
    pub faults: u64,
    /// Warnings told.
    pub warnings: u64,
    /// Somebody stopped it.
    pub cancelled: bool,
}

/// What a worker makes of a record.
struct Checked {
    line: Option<u64>,
    faults: Vec<Fault>,
    /// Hashes of the id and of the content of a sound record that has an id.
    identity: Option<(u64, u64)>,
    id: String,
}

/// Checks records.
///
/// # Errors
/// If the system gives no threads; what is wrong with the input is told, not an error.
pub fn validate(
    inputs: &[Input],
    schema: Option<&Schema>,
    read: &ReadOptions,
    with_doctor: bool,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<ValidateReport> {
    let schema = Arc::new(schema.cloned());
    let mut inputs = Inputs::new(inputs, Some(&native::Jsonl), read.bounds);
    let read = Arc::new(read.clone());
    let workers: Vec<_> = (0..all_cores())
        .map(|_| {
            let schema = Arc::clone(&schema);
            let read = Arc::clone(&read);
            move |item: Item| match item {
                Item::Problem(problem) => Err(problem),
                Item::Batch(batch) => {
                    let checked: Vec<Checked> = batch
                        .pieces
                        .into_iter()
                        .map(|piece| check(piece, &read, schema.as_ref().as_ref(), with_doctor))
                        .collect();
                    Ok((batch.origin.name.clone(), checked, batch.bytes_read))
                }
            }
        })
        .collect();
    let mut report = ValidateReport::default();
    // Sixteen bytes a record, so that ids are compared over files of any number of records.
    let mut seen: HashMap<u64, u64> = HashMap::new();
    let end = ordered(
        move || inputs.next(),
        workers,
        cancel,
        |worked| {
            let mut tell = |problem: &Problem, report: &mut ValidateReport| {
                progress::tell(problem, progress, &mut report.faults, &mut report.warnings);
            };
            match worked {
                Err(problem) => tell(&problem, &mut report),
                Ok((source, checked, bytes)) => {
                    for mut record in checked {
                        report.records += 1;
                        if let Some((id, content)) = record.identity {
                            let first = *seen.entry(id).or_insert(content);
                            if first != content {
                                let message =
                                    format!("the id {} belongs to another text already", record.id);
                                record.faults.push(Fault::new(Code::IdTaken, message));
                            }
                        }
                        for fault in record.faults {
                            let problem = Problem {
                                source: source.clone(),
                                line: record.line,
                                fault,
                            };
                            tell(&problem, &mut report);
                        }
                    }
                    progress.advance(report.records, bytes);
                }
            }
            Ok(())
        },
    )?;
    report.cancelled = end == End::Cancelled;
    Ok(report)
}

/// A finding of the doctor's for people, with its place in the unit of the file.
fn told(text: &Text, finding: &Finding, unit: OffsetUnit) -> Fault {
    let (code, what) = match finding.sign {
        Sign::CutSign => (Code::CutSign, "begins or ends inside one sign"),
        Sign::EdgeSpace => (Code::EdgeSpace, "has white space at its edges"),
        Sign::TwoLabels => (Code::TwoLabels, "has another label elsewhere"),
        Sign::Missed => (
            Code::Missed,
            "is tagged elsewhere in the article, but not here",
        ),
        Sign::Outside => (
            Code::OutsideTagged,
            "lies in no region in which entities are tagged",
        ),
        Sign::Long => (Code::LongEntity, "is long for an entity"),
    };
    let words: String = text.slice(finding.span).chars().take(60).collect();
    let more = if finding.more.is_empty() {
        String::new()
    } else {
        format!(" ({})", finding.more)
    };
    Fault::new(
        code,
        format!(
            "{} {}..{} {words:?} {what}{more}",
            finding.label,
            unit.of(text, finding.span.start()),
            unit.of(text, finding.span.end())
        ),
    )
}

fn check(piece: Piece, read: &ReadOptions, schema: Option<&Schema>, with_doctor: bool) -> Checked {
    let mut checked = Checked {
        line: piece.line,
        faults: Vec::new(),
        identity: None,
        id: String::new(),
    };
    let parsed = match piece
        .bytes
        .and_then(|bytes| native::Jsonl.parse(bytes, read))
    {
        Ok(parsed) => parsed,
        Err(fault) => {
            checked.faults.push(fault);
            return checked;
        }
    };
    checked.faults = parsed.warnings;
    let record = parsed.record;
    if with_doctor && let Content::Text(text, _) = &record.content {
        let found = doctor::look(text, &record.annotation, schema);
        let told = found
            .iter()
            .map(|finding| told(text, finding, read.offsets));
        checked.faults.extend(told);
    }
    match record.id {
        None => checked.faults.push(Fault::new(
            Code::NoId,
            "the record has no id; import makes one from the content",
        )),
        Some(id) => {
            let content = match &record.content {
                Content::Text(text, _) => short_hash(text.as_str().as_bytes()),
                Content::Page(html) => short_hash(html.as_bytes()),
                Content::File(bytes, _) => short_hash(bytes),
            };
            checked.identity = Some((short_hash(id.as_str().as_bytes()), content));
            checked.id = id.to_string();
        }
    }
    if let Some(schema) = schema {
        let mut told = Vec::new();
        for label in unknown_labels(schema, &record.annotation) {
            if !told.contains(&label) {
                told.push(label);
                checked.faults.push(Fault::new(
                    Code::UnknownLabel,
                    format!("the label {label} is not in the schema {}", schema.name()),
                ));
            }
        }
    }
    checked
}

/// Enough to tell ids apart: by chance, two among a million clash once in 37 million files.
fn short_hash(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(first)
}
