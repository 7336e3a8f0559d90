//! Evaluates suggested regions on articles that people labelled.

use anyhow::Result;

use super::gold::Gold;
use super::labels::{labels_of, regions_of, schema_of};
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::dataset::transfer::predictions::{Fit, Predictions};
use crate::extract::RegionModel;
use crate::model::{Annotation, Label, Region, Status, Text};
use crate::quality::{Mistake, RegionView, Score, region_mistakes, score};

/// Which labels count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScoredLabels {
    /// Story, comment and the rest, on which all agree: what the gold calls `related` is nav, its
    /// other labels are not counted, and whatever else was found is nav.
    #[default]
    Core,
    /// Every label, unchanged.
    Full,
}

/// How right the regions of some articles are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionScores {
    /// Of all of them together.
    pub score: Score,
    /// How many they are.
    pub articles: u64,
}

impl RegionScores {
    /// Scores one article. Both lists are sorted and disjoint; text in no region counts as nav.
    ///
    /// # Errors
    /// If they are not, or do not fit the text.
    pub fn add(
        &mut self,
        text: &Text,
        gold: &[Region],
        found: &[Region],
        view: ScoredLabels,
    ) -> Result<Vec<Mistake>> {
        let nav = Label::new("nav")?;
        let core = ["body", "comment", "nav"];
        let kept = |regions: &[Region]| -> Result<Annotation> {
            let regions = regions
                .iter()
                .filter(|region| view == ScoredLabels::Full || region.label != *"related")
                .filter_map(|region| {
                    let span = text.trim(region.span)?;
                    Some(Region {
                        span,
                        ..region.clone()
                    })
                })
                .collect();
            Ok(Annotation::from_parts(
                text,
                regions,
                Vec::new(),
                Status::Done,
                Vec::new(),
            )?)
        };
        let mut skip: Vec<Label> = Vec::new();
        if view == ScoredLabels::Core {
            let labels = gold.iter().chain(found).map(|region| &region.label);
            skip = labels
                .filter(|label| !core.contains(&label.as_str()))
                .cloned()
                .collect();
            skip.sort_unstable();
            skip.dedup();
        }
        let region_view = RegionView {
            default: Some(&nav),
            skip: &skip,
        };
        let (gold, found) = (kept(gold)?, kept(found)?);
        self.score.merge(&score(text, &gold, &found, region_view));
        self.articles += 1;
        Ok(region_mistakes(text, &gold, &found, region_view))
    }
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// Of articles labelled as bare text.
    pub texts: RegionScores,
    /// Of articles labelled as pages: the gold of each block is that of most of its words.
    pub pages: RegionScores,
    /// What is wrong in articles labelled as bare text, in the order of the gold.
    pub errors: Vec<Error>,
    /// How predictions fit the gold.
    pub fit: Fit,
    /// Somebody stopped it.
    pub cancelled: bool,
}

/// A stretch with another label than is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The article's place among the gold.
    pub article: usize,
    /// What is wrong.
    pub mistake: Mistake,
}

/// What is measured.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    /// A model of regions.
    Model(&'a RegionModel),
    /// What somebody predicted for the texts.
    Predictions(&'a Predictions),
}

/// Compares the suggestions of a model, or given predictions, with the gold.
///
/// # Errors
/// If regions do not fit their text.
pub fn evaluate(
    gold: &[Gold],
    source: Source<'_>,
    view: ScoredLabels,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Evaluation> {
    let labels = labels_of(gold);
    let schema = schema_of(&labels)?;
    let mut evaluation = Evaluation::default();
    progress.expect(gold.len() as u64);
    for (done, gold) in gold.iter().enumerate() {
        if cancel.is_cancelled() {
            evaluation.cancelled = true;
            break;
        }
        if let (Some(reading), Some((text, regions))) = (gold.read_text(), &gold.labelled) {
            let found = match source {
                Source::Model(model) => reading.suggest(model, &schema),
                Source::Predictions(predictions) => {
                    let found = predictions.of(&gold.id, text, &mut evaluation.fit);
                    found.map_or_else(Vec::new, |found| found.regions().to_vec())
                }
            };
            let mistakes = evaluation.texts.add(text, regions, &found, view)?;
            evaluation
                .errors
                .extend(mistakes.into_iter().map(|mistake| Error {
                    article: done,
                    mistake,
                }));
            if let (Source::Model(model), Some(reading)) = (source, gold.read_page()) {
                let found = reading.suggest(model, &schema);
                let example = gold.example(&reading, &labels);
                let known = regions_of(&reading, &example, &labels);
                evaluation.pages.add(&reading.text, &known, &found, view)?;
            }
        }
        progress.advance(done as u64 + 1, 0);
    }
    if let Source::Predictions(predictions) = source {
        let known = gold.iter();
        let known = known.filter_map(|gold| Some((gold.id.as_str(), &gold.labelled.as_ref()?.0)));
        predictions.count_unknown(known, &mut evaluation.fit);
    }
    Ok(evaluation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    fn scores(gold: &str, found: &str, view: ScoredLabels) -> Score {
        let (gold, found) = (
            notation::parse(gold).unwrap(),
            notation::parse(found).unwrap(),
        );
        let mut scores = RegionScores::default();
        scores
            .add(
                &gold.text,
                gold.annotation.regions(),
                found.annotation.regions(),
                view,
            )
            .unwrap();
        scores.score
    }

    #[test]
    fn the_core_leaves_out_what_people_disagree_on() {
        let gold = "title| Storm\nbody| One.\nrelated| Fog\n";
        let found = "body| Storm\nbody| One.\nad| Fog\n";
        let core = scores(gold, found, ScoredLabels::Core);
        assert_eq!(core.region_chars.macro_f1(), Some(1.0));
        assert_eq!(core.region_chars.0.len(), 2);
        let full = scores(gold, found, ScoredLabels::Full);
        assert!(full.region_chars.macro_f1() < Some(0.5));
    }
}
