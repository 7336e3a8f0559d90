//! Evaluate: how right the suggestions are, on articles that people labelled.

use anyhow::Result;

use super::gold::Gold;
use super::progress::{CancelFlag, Progress};
use super::train::{labels_of, regions_of, schema_of};
use crate::extract::RegionModel;
use crate::model::{Annotation, Label, Region, Status, Text};
use crate::quality::{RegionView, Score, score};

/// Which labels count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Story, comment and the rest, on which all agree: what the gold calls `related` is nav, its other labels are
    /// not counted, and whatever else was found is nav.
    #[default]
    Core,
    /// Every label as it stands.
    Full,
}

/// How right the regions of some articles are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scores {
    /// Of all of them together.
    pub score: Score,
    /// How many they are.
    pub articles: u64,
}

impl Scores {
    /// Counts one article. Both lists are sorted and disjoint; what no region holds is nav.
    ///
    /// # Errors
    /// If they are not, or do not fit the text.
    pub fn add(
        &mut self,
        text: &Text,
        gold: &[Region],
        found: &[Region],
        view: View,
    ) -> Result<()> {
        let nav = Label::new("nav")?;
        let core = ["body", "comment", "nav"];
        let kept = |regions: &[Region]| -> Result<Annotation> {
            let regions = regions
                .iter()
                .filter(|region| view == View::Full || region.label != *"related")
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
        if view == View::Core {
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
        self.score
            .merge(&score(text, &kept(gold)?, &kept(found)?, region_view));
        self.articles += 1;
        Ok(())
    }
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// Of articles labelled as bare text.
    pub texts: Scores,
    /// Of articles labelled as pages: the gold of each block is that of most of its words.
    pub pages: Scores,
    /// Somebody stopped it.
    pub cancelled: bool,
}

/// Labels the gold's articles with a model and compares.
///
/// # Errors
/// If regions do not fit their text.
pub fn evaluate(
    gold: &[Gold],
    model: &RegionModel,
    view: View,
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
            let found = reading.suggest(model, &schema);
            evaluation.texts.add(text, regions, &found, view)?;
            if let Some(reading) = gold.read_page() {
                let found = reading.suggest(model, &schema);
                let example = gold.example(&reading, &labels);
                let known = regions_of(&reading, &example, &labels);
                evaluation.pages.add(&reading.text, &known, &found, view)?;
            }
        }
        progress.advance(done as u64 + 1, 0);
    }
    Ok(evaluation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    fn scores(gold: &str, found: &str, view: View) -> Score {
        let (gold, found) = (
            notation::parse(gold).unwrap(),
            notation::parse(found).unwrap(),
        );
        let mut scores = Scores::default();
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
        let core = scores(gold, found, View::Core);
        assert_eq!(core.region_chars.macro_f1(), Some(1.0));
        assert_eq!(core.region_chars.0.len(), 2);
        let full = scores(gold, found, View::Full);
        assert!(full.region_chars.macro_f1() < Some(0.5));
    }
}
