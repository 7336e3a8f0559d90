//! Validates records against the format and, if one is given, a schema; each fault is reported with
//! its line.
//!
//! The lint compares names over all records, and so reads them twice.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use anyhow::Result;

use super::import::unknown_labels;
use crate::dataset::io::inputs::{Input, Inputs, Item};
use crate::dataset::io::ordered::{End, ordered, workers};
use crate::dataset::io::progress;
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::formats::{
    Code, Content, Fault, Format as _, OffsetUnit, Problem, RawRecord, ReadOptions, native,
};
use crate::model::{Schema, Text};
use crate::quality::lint::{self, Finding, Lint};
use crate::quality::names::{Names, Told, Usage, names_of};

/// What a check found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ValidateReport {
    /// Records looked at.
    pub records: u64,
    /// Faults reported.
    pub faults: u64,
    /// Warnings reported.
    pub warnings: u64,
    /// Names could not be compared between records, since the input can be read only once.
    pub not_compared: bool,
    /// There were more names than are compared; those that came last were not.
    pub too_many_names: bool,
    /// Somebody stopped it.
    pub cancelled: bool,
}

/// A record with its faults.
struct Checked {
    line: Option<u64>,
    faults: Vec<Fault>,
    /// What the lint says when it holds the record against the others, with the words that it is
    /// about.
    odd: Vec<(Lint, String, Fault)>,
    /// Hashes of the id and of the content of a sound record that has an id.
    identity: Option<(u64, u64)>,
    id: String,
}

/// Checks records.
///
/// # Errors
/// If the system gives no threads. Faults of the input are reported, not errors.
pub fn validate(
    inputs: &[Input],
    schema: Option<&Schema>,
    read: &ReadOptions,
    with_lint: bool,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<ValidateReport> {
    let mut report = ValidateReport::default();
    let schema = schema.cloned();
    let read = Arc::new(read.clone());
    let mut usage = None;
    if with_lint {
        report.not_compared = !inputs.iter().all(Input::can_be_read_again);
        if !report.not_compared {
            let names = names(inputs, &read, cancel)?;
            report.too_many_names = names.full;
            usage = Some(names.usage());
        }
    }
    let mut inputs = Inputs::new(inputs, Some(&native::Jsonl), read.bounds);
    let workers = workers(0, move |item: Item| match item {
        Item::Problem(problem) => Err(problem),
        Item::Batch(batch) => {
            let check = |piece| check(piece, &read, schema.as_ref(), with_lint, usage.as_ref());
            let checked: Vec<Checked> = batch.pieces.into_iter().map(check).collect();
            Ok((batch.origin.name.clone(), checked, batch.bytes_read))
        }
    });
    let mut reported = Told::default();
    // Sixteen bytes a record, so that ids are compared over files of any number of records.
    let mut seen: HashMap<u64, u64> = HashMap::new();
    let end = ordered(
        move || inputs.next(),
        workers,
        cancel,
        |worked| {
            let mut add = |problem: &Problem, report: &mut ValidateReport| {
                progress::report_problem(
                    problem,
                    progress,
                    &mut report.faults,
                    &mut report.warnings,
                );
            };
            match worked {
                Err(problem) => add(&problem, &mut report),
                Ok((source, checked, bytes)) => {
                    for record in checked {
                        report.records += 1;
                        let line = record.line;
                        for fault in record.all_faults(&mut seen, &mut reported) {
                            let problem = Problem {
                                source: source.clone(),
                                line,
                                fault,
                            };
                            add(&problem, &mut report);
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

impl Checked {
    /// Returns the faults of a record, with those that come from comparing it with the records
    /// before.
    fn all_faults(mut self, seen: &mut HashMap<u64, u64>, reported: &mut Told) -> Vec<Fault> {
        if let Some((id, content)) = self.identity {
            let first = *seen.entry(id).or_insert(content);
            if first != content {
                let message = format!("the id {} belongs to another text already", self.id);
                self.faults.push(Fault::new(Code::IdTaken, message));
            }
        }
        for (lint, words, fault) in self.odd {
            if reported.may_tell(&words, lint) {
                self.faults.push(fault);
            }
        }
        self.faults
    }
}

/// Collects the labels of the names of all records, in a first pass.
fn names(inputs: &[Input], read: &Arc<ReadOptions>, cancel: &CancelFlag) -> Result<Names> {
    let mut inputs = Inputs::new(inputs, Some(&native::Jsonl), read.bounds);
    let read = Arc::clone(read);
    let workers = workers(0, move |item: Item| {
        let mut found = Vec::new();
        if let Item::Batch(batch) = item {
            // Faults of a record are reported by the second pass.
            let pieces = batch
                .pieces
                .into_iter()
                .filter_map(|piece| piece.bytes.ok());
            for parsed in pieces.filter_map(|bytes| native::Jsonl.parse(bytes, &read).ok()) {
                if let Content::Text(text, _) = &parsed.record.content {
                    found.extend(names_of(text, &parsed.record.annotation));
                }
            }
        }
        found
    });
    let mut names = Names::default();
    ordered(
        move || inputs.next(),
        workers,
        cancel,
        |found| {
            names.add(found);
            Ok(())
        },
    )?;
    Ok(names)
}

/// Makes a fault of a finding of the lint, with its place in the unit of the file.
fn fault_of(text: &Text, finding: &Finding, unit: OffsetUnit) -> Fault {
    let code = code_of(finding.lint);
    let label = finding
        .label
        .as_ref()
        .map_or("text", |label| label.as_str());
    let words: String = text.slice(finding.span).chars().take(60).collect();
    let detail = if finding.detail.is_empty() {
        String::new()
    } else {
        format!(" ({})", finding.detail)
    };
    Fault::new(
        code,
        format!(
            "{label} {}..{} {words:?} {}{detail}",
            unit.of(text, finding.span.start()),
            unit.of(text, finding.span.end()),
            finding.lint.what()
        ),
    )
}

/// Returns the problem code of a lint.
fn code_of(lint: Lint) -> Code {
    match lint {
        Lint::NoRegion => Code::NoRegion,
        Lint::Outside => Code::OutsideTagged,
        Lint::OverEdge => Code::OverEdge,
        Lint::CutSign => Code::CutSign,
        Lint::EdgeSpace => Code::EdgeSpace,
        Lint::EdgeMark => Code::EdgeMark,
        Lint::Missed => Code::Missed,
        Lint::LabelOff => Code::LabelOff,
        Lint::Unsure => Code::Unsure,
        Lint::TwoLabels => Code::TwoLabels,
        Lint::Long => Code::LongEntity,
        Lint::OddLabel => Code::OddLabel,
        Lint::MissedName => Code::MissedName,
    }
}

fn check(
    piece: RawRecord,
    read: &ReadOptions,
    schema: Option<&Schema>,
    with_lint: bool,
    others: Option<&Usage>,
) -> Checked {
    let mut checked = Checked {
        line: piece.line,
        faults: Vec::new(),
        odd: Vec::new(),
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
    if with_lint && let Content::Text(text, _) = &record.content {
        let found = lint::lint(text, &record.annotation, schema);
        let faults = found
            .iter()
            .map(|finding| fault_of(text, finding, read.offsets));
        checked.faults.extend(faults);
        if let Some(others) = others {
            let found = others.look(text, &record.annotation, schema).into_iter();
            checked.odd = found
                .map(|finding| {
                    let words = text.slice(finding.span).trim().to_owned();
                    (finding.lint, words, fault_of(text, &finding, read.offsets))
                })
                .collect();
        }
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
        let mut named = BTreeSet::new();
        for label in unknown_labels(schema, &record.annotation) {
            if named.insert(label) {
                checked.faults.push(Fault::new(
                    Code::UnknownLabel,
                    format!("the label {label} is not in the schema {}", schema.name()),
                ));
            }
        }
    }
    checked
}

/// Hashes to tell ids apart: two among a million clash by chance once in 37 million files.
fn short_hash(bytes: &[u8]) -> u64 {
    let hash = blake3::hash(bytes);
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lint_has_one_code_everywhere() {
        for lint in Lint::ALL {
            assert_eq!(lint.code(), code_of(lint).as_str(), "{lint:?}");
        }
    }
}
