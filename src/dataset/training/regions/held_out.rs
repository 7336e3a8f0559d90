//! Scores and suggestions of region models on sites that they have not seen.

use anyhow::Result;

use super::evaluate::{RegionScores, ScoredLabels};
use super::gold::Gold;
use super::gold_examples::GoldExample;
use super::labels::regions_of;
use crate::extract::FeaturizedArticle;
use crate::extract::model::StackedModel;
use crate::model::{Region, Schema};

/// Scores and suggestions on sites that the model has not seen.
#[derive(Default)]
pub struct HeldOut {
    /// Of texts, by view.
    pub texts: [RegionScores; 2],
    /// Of pages, by view.
    pub pages: [RegionScores; 2],
    /// What was suggested, as native records: of texts, of pages.
    pub suggested: [Vec<u8>; 2],
}

pub(super) fn measure(
    example: &GoldExample,
    gold: &Gold,
    model: &StackedModel,
    schema: &Schema,
    held_out: &mut HeldOut,
) -> Result<()> {
    let found = example.reading.suggest_by(model, schema);
    let which = usize::from(example.is_page());
    if gold.is_whole() {
        let known = match &gold.labelled {
            Some((_, regions)) if !example.is_page() => regions.clone(),
            _ => regions_of(&example.reading, &example.example, model.labels()),
        };
        let scores = if example.is_page() {
            &mut held_out.pages
        } else {
            &mut held_out.texts
        };
        for (scores, view) in scores
            .iter_mut()
            .zip([ScoredLabels::Core, ScoredLabels::Full])
        {
            scores.add(&example.reading.text, &known, &found, view)?;
        }
    }
    write_suggested(
        gold,
        &example.reading,
        &found,
        &mut held_out.suggested[which],
    );
    Ok(())
}

fn write_suggested(gold: &Gold, reading: &FeaturizedArticle, found: &[Region], out: &mut Vec<u8>) {
    let regions: Vec<serde_json::Value> = found
        .iter()
        .map(|region| {
            serde_json::json!({
                "start": reading.text.char_of_byte(region.span.start()).0,
                "end": reading.text.char_of_byte(region.span.end()).0,
                "label": region.label.as_str(),
                "score": region.provenance.score().map(crate::model::Score::value),
            })
        })
        .collect();
    let record = serde_json::json!({"id": gold.id, "site": gold.site, "text": reading.text.as_str(), "regions": regions});
    out.extend_from_slice(record.to_string().as_bytes());
    out.push(b'\n');
}
