//! Evaluate: how right the suggestions are, on articles that people labelled.

use anyhow::Result;

use super::gold::Gold;
use super::progress::{CancelFlag, Progress};
use super::train::{labels_of, regions_of, schema_of};
use crate::extract::RegionModel;
use crate::quality::{RegionScores, View};

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// Of articles labelled as bare text.
    pub texts: RegionScores,
    /// Of articles labelled as pages: the gold of each block is that of most of its words.
    pub pages: RegionScores,
    /// Somebody stopped it.
    pub cancelled: bool,
}

/// Labels the gold's articles with a model and compares.
///
/// # Errors
/// Never yet; the type leaves room.
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
            evaluation.texts.add_article(text, regions, &found, view);
            if let Some(reading) = gold.read_page() {
                let found = reading.suggest(model, &schema);
                let example = gold.example(&reading, &labels);
                let known = regions_of(&reading, &example, &labels);
                evaluation
                    .pages
                    .add_article(&reading.text, &known, &found, view);
            }
        }
        progress.advance(done as u64 + 1, 0);
    }
    Ok(evaluation)
}
