//! Training examples made from gold records.

use super::gold::Gold;
use crate::dataset::io::progress::CancelFlag;
use crate::extract::model::voice::VoiceModel;
use crate::extract::{ArticleKind, FeaturizedArticle};
use crate::learn::Example;

/// An article, as text or as page.
pub(super) struct GoldExample {
    /// The place of its gold record.
    pub(super) gold: usize,
    pub(super) is_composed: bool,
    /// Measured with: all of it is labelled, and it is read as it was labelled.
    pub(super) is_measured: bool,
    pub(super) reading: FeaturizedArticle,
    pub(super) example: Example,
}

impl GoldExample {
    pub(super) fn is_page(&self) -> bool {
        self.reading.is_page
    }

    /// Returns true if the weights for a kind learn from it. Those for texts of either length learn
    /// from all texts.
    pub(super) fn trains(&self, kind: ArticleKind) -> bool {
        self.is_page() == kind.is_page()
    }
}

/// Makes the examples of all gold records.
pub(super) fn gold_examples(
    gold: &[Gold],
    labels: &[String],
    voices: &[VoiceModel],
    cancel: &CancelFlag,
) -> Vec<GoldExample> {
    let mut examples = Vec::new();
    for (at, gold) in gold.iter().enumerate() {
        if cancel.is_cancelled() {
            break;
        }
        let voice = gold.fold.and_then(|fold| voices.get(fold));
        let mut add = |reading: FeaturizedArticle, is_measured: bool| {
            let reading = match voice {
                Some(voice) => reading.with_voice_model(voice),
                None => reading,
            };
            let example = gold.example(&reading, labels);
            examples.push(GoldExample {
                gold: at,
                is_composed: gold.is_composed,
                is_measured: is_measured && !gold.is_composed,
                reading,
                example,
            });
        };
        if let Some(reading) = gold.read_text() {
            add(reading, true);
        }
        if let Some(reading) = gold.read_page() {
            // The page's own layout without its markup: people paste that.
            let as_text = FeaturizedArticle::of_text(reading.text.clone());
            let flattened = reading.flattened();
            add(reading, true);
            // Most pages declare no story. A model that has only seen what it declares beside the
            // rest would lean on it.
            if let Some(silent) = gold.read_silent_page() {
                add(silent, false);
            }
            if gold.is_whole() {
                add(as_text, false);
                if let Some(glued) = gold.read_glued() {
                    add(glued, false);
                }
                add(flattened, false);
            }
        }
    }
    examples
}
