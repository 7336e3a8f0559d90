//! How far each annotator agrees with a reference: the adjudicated version, or gold.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;

use crate::dataset::ImportOptions;
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::dataset::io::sources::{self, Depth, Faults, WorkSource};
use crate::model::{Annotation, Status, Text};
use crate::quality::agreement::{AgainstReference, Disagreement, FinishedWork, PairSums};

/// Finished annotations that are known to be right, by the text of their articles.
#[derive(Clone, Debug, Default)]
pub struct GoldAnnotations(HashMap<String, Annotation>);

impl GoldAnnotations {
    /// Reads gold from a dataset or a file of records. Of several finished annotations of one text
    /// the adjudicated one counts, or else the newest.
    ///
    /// # Errors
    /// If it cannot be read, or it is cancelled. What is wrong with a record is reported.
    pub fn read(
        source: &WorkSource,
        options: &ImportOptions,
        progress: &mut dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<(Self, Faults)> {
        let mut gold = HashMap::new();
        let mut ranks: HashMap<String, (bool, i64)> = HashMap::new();
        let faults = sources::read(
            std::slice::from_ref(source),
            options,
            Depth::Annotations,
            progress,
            cancel,
            &mut |found| {
                let finished = found.work.into_iter();
                let finished = finished.filter(|one| one.annotation.status() == Status::Done);
                let rank = |adjudicated: bool, at_ms: i64| (adjudicated, at_ms);
                let best =
                    finished.max_by_key(|one| rank(one.started_from.is_adjudication(), one.at_ms));
                if let Some(best) = best {
                    let text = found.article.text.as_str().to_owned();
                    let new = rank(best.started_from.is_adjudication(), best.at_ms);
                    if ranks.get(&text).is_none_or(|old| *old < new) {
                        ranks.insert(text.clone(), new);
                        gold.insert(text, best.annotation);
                    }
                }
                Ok(())
            },
        )?;
        Ok((Self(gold), faults))
    }

    /// The gold of an article.
    #[must_use]
    pub fn of(&self, text: &Text) -> Option<&Annotation> {
        self.0.get(text.as_str())
    }

    /// How many articles it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no article.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// How far annotators agree with a reference. Sums are pooled over articles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quality {
    /// How many articles the reference has.
    pub reference: u64,
    /// Of these, articles that an annotator has done independently.
    pub articles: u64,
    /// Each annotator's figures, by name.
    pub annotators: BTreeMap<String, AnnotatorQuality>,
}

/// How far one annotator agrees with a reference.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnnotatorQuality {
    /// What is counted: the annotator's spans count as guessed, those of the reference as gold.
    pub sums: PairSums,
    /// Where the annotator differs from the reference, by the id of the article; articles without a
    /// difference are left out.
    pub places: Vec<(String, Vec<Disagreement>)>,
}

impl Quality {
    /// Adds an article on which some annotators have finished independent work.
    pub(super) fn add(
        &mut self,
        id: &str,
        text: &Text,
        work: &[FinishedWork<'_>],
        reference: &Annotation,
    ) {
        self.articles += u64::from(!work.is_empty());
        for own in work {
            let against = AgainstReference::measure(text, own.annotation, reference);
            let annotator = self.annotators.entry(own.annotator.to_owned()).or_default();
            annotator.sums.merge(&against.sums);
            if !against.places.is_empty() {
                annotator.places.push((id.to_owned(), against.places));
            }
        }
    }

    /// Adds what was gathered elsewhere against the same reference.
    pub(super) fn merge(&mut self, other: Self) {
        self.articles += other.articles;
        for (name, quality) in other.annotators {
            let annotator = self.annotators.entry(name).or_default();
            annotator.sums.merge(&quality.sums);
            annotator.places.extend(quality.places);
        }
    }
}
