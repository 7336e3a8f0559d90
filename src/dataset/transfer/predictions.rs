//! Predictions to be evaluated: records of any format, matched to the gold by id or text.

use std::collections::HashMap;

use crate::dataset::io::article_builder;
use crate::dataset::io::inputs::{Input, Inputs, Item};
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::formats::{Format, Problem, RawRecord, ReadOptions, native};
use crate::model::{Annotation, Text};

/// What somebody predicted for some articles.
#[derive(Debug, Default)]
pub struct Predictions {
    all: Vec<(Text, Annotation)>,
    by_id: HashMap<String, usize>,
    by_text: HashMap<blake3::Hash, usize>,
}

/// How predictions fit the gold, for the last lines of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// Ids of gold articles without a prediction. They count as predicted empty.
    pub without: Vec<String>,
    /// Ids of gold articles whose prediction is of another text. They count as predicted empty.
    pub other_text: Vec<String>,
    /// How many predictions belong to no article of the gold.
    pub unknown: u64,
}

impl Predictions {
    /// Reads predictions, and returns the number of bad records, each reported. A native record may
    /// leave out its text, which is then that of the gold with its id.
    pub fn read<'a>(
        inputs: &[Input],
        format: Option<&'static dyn Format>,
        options: &ReadOptions,
        gold: impl IntoIterator<Item = (&'a str, &'a str)>,
        progress: &mut dyn Progress,
        cancel: &CancelFlag,
    ) -> (Self, u64) {
        let texts: HashMap<&str, &str> = gold.into_iter().collect();
        let mut inputs = Inputs::new(inputs, format, options.bounds);
        let (mut read, mut bad) = (Self::default(), 0);
        while let Some(item) = inputs.next() {
            if cancel.is_cancelled() {
                break;
            }
            let batch = match item {
                Item::Problem(problem) => {
                    bad += u64::from(problem.fault.code.is_fault());
                    progress.problem(&problem);
                    continue;
                }
                Item::Batch(batch) => batch,
            };
            let origin = &batch.origin;
            for mut piece in batch.pieces {
                if origin.format == (&native::Jsonl as &dyn Format) {
                    piece = with_text(piece, &texts);
                }
                let line = piece.line;
                let (made, warnings) =
                    article_builder::pass(piece, &origin.name, origin.format, options);
                let mut report = |fault: crate::formats::Fault| {
                    bad += u64::from(fault.code.is_fault());
                    progress.problem(&Problem {
                        source: origin.name.clone(),
                        line,
                        fault,
                    });
                };
                warnings.into_iter().for_each(&mut report);
                match made {
                    Ok(passed) => read.add(
                        passed.article.id.as_str(),
                        passed.article.text,
                        passed.annotation,
                    ),
                    Err(fault) => report(fault),
                }
            }
            progress.advance(read.all.len() as u64, batch.bytes_read);
        }
        (read, bad)
    }

    fn add(&mut self, id: &str, text: Text, annotation: Annotation) {
        let at = self.all.len();
        self.by_id.insert(id.to_owned(), at);
        self.by_text
            .insert(blake3::hash(text.as_str().as_bytes()), at);
        self.all.push((text, annotation));
    }

    /// Returns the prediction for a gold article; what does not fit is counted.
    pub(crate) fn of(&self, id: &str, text: &Text, fit: &mut Fit) -> Option<&Annotation> {
        let same = |at: &&usize| self.all.get(**at).is_some_and(|(own, _)| own == text);
        let by_id = self.by_id.get(id);
        let by_text = || {
            let hash = blake3::hash(text.as_str().as_bytes());
            self.by_text.get(&hash)
        };
        if let Some(at) = by_id.filter(same).or_else(|| by_text().filter(same)) {
            return self.all.get(*at).map(|(_, annotation)| annotation);
        }
        let list = if by_id.is_some() {
            &mut fit.other_text
        } else {
            &mut fit.without
        };
        list.push(id.to_owned());
        None
    }

    /// Counts the predictions without a gold article.
    pub(crate) fn count_unknown<'a>(
        &self,
        gold: impl IntoIterator<Item = (&'a str, &'a Text)>,
        fit: &mut Fit,
    ) {
        let mut known = vec![false; self.all.len()];
        for (id, text) in gold {
            let hash = blake3::hash(text.as_str().as_bytes());
            let found = [self.by_id.get(id), self.by_text.get(&hash)];
            for at in found.into_iter().flatten() {
                if let Some(known) = known.get_mut(*at) {
                    *known = true;
                }
            }
        }
        fit.unknown = known.iter().filter(|known| !**known).count() as u64;
    }
}

/// Adds the gold's text to a native record that has none.
fn with_text(piece: RawRecord, texts: &HashMap<&str, &str>) -> RawRecord {
    let filled = piece.bytes.as_ref().ok().and_then(|bytes| {
        let mut record: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(bytes).ok()?;
        if record.contains_key("text") || record.contains_key("html") {
            return None;
        }
        let text = texts.get(record.get("id")?.as_str()?)?;
        record.insert("text".to_owned(), (*text).into());
        serde_json::to_vec(&record).ok()
    });
    match filled {
        Some(bytes) => RawRecord {
            line: piece.line,
            bytes: Ok(bytes),
        },
        None => piece,
    }
}
