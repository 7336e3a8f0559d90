//! Options of training the region models.

use crate::extract::model::voice::VoiceModel;
use crate::extract::{ArticleKind, RegionModel};
use crate::learn::TrainOptions;

/// How to train.
#[derive(Clone, Debug)]
pub struct RegionTrainingOptions {
    /// How the weights of each kind are found.
    pub kinds: Kinds<KindOptions>,
    /// In how many parts the sites are dealt out to measure with; each part is labelled by a model
    /// that has not seen it. Under 2: nothing is measured.
    pub folds: usize,
    /// By which the sites are dealt out.
    pub seed: u64,
    /// Features that the model does without, to see what they are worth.
    pub without: Vec<String>,
    /// How many models are trained at once; 0: one for each core.
    pub jobs: usize,
    /// For each fold the voice model that has heard nothing of it; empty: the shipped one for all.
    /// What the shipped one says of the texts that it was fitted to is surer than what it will say
    /// of others.
    pub voices: Vec<VoiceModel>,
    /// The share of all characters of held-out sites that may be suggested as unsure.
    pub unsure: f64,
    /// Models that an earlier run trained from the same gold: those given are not trained again.
    pub trained: TrainedModels,
}

/// Models trained from the whole gold and without each fold.
#[derive(Clone, Debug, Default)]
pub struct TrainedModels {
    /// From all of the gold.
    pub whole: Option<RegionModel>,
    /// Without each fold, by number.
    pub without: Vec<RegionModel>,
}

impl TrainedModels {
    /// Returns the model that leaves out a fold, or the one from all of the gold.
    pub(super) fn get(&self, left_out: Option<usize>) -> Option<&RegionModel> {
        match left_out {
            None => self.whole.as_ref(),
            Some(fold) => self.without.get(fold),
        }
    }
}

/// One value for each kind of article.
#[derive(Clone, Copy, Debug)]
pub struct Kinds<T> {
    /// For pages.
    pub page: T,
    /// For bare texts of whole pages.
    pub long_text: T,
    /// For short bare texts.
    pub short_text: T,
}

impl<T> Kinds<T> {
    pub(super) fn of(&self, kind: ArticleKind) -> &T {
        match kind {
            ArticleKind::Page => &self.page,
            ArticleKind::LongText => &self.long_text,
            ArticleKind::ShortText => &self.short_text,
        }
    }
}

/// How the weights of one kind are found.
#[derive(Clone, Copy, Debug)]
pub struct KindOptions {
    /// The steps of learning.
    pub learn: TrainOptions,
    /// How much more it costs to miss a comment than to see one where there is none: they are few,
    /// and an annotator sooner sees that one is too much than that one is missing.
    pub missed: f64,
    /// The number of passes, 1 or 2: the second one sees what the first took everything for.
    pub passes: usize,
}

/// Returns the default options.
///
/// A page's markup says most, and a plain model keeps to it. In bare text many weak signs have to
/// add up, so that a model may go further from the rules.
#[must_use]
pub fn defaults() -> Kinds<KindOptions> {
    let page = TrainOptions::default();
    Kinds {
        page: KindOptions {
            learn: page,
            missed: 1.3,
            passes: 1,
        },
        long_text: KindOptions {
            learn: TrainOptions {
                l2: 20.0,
                rounds: 25,
                ..page
            },
            missed: 1.3,
            passes: 2,
        },
        short_text: KindOptions {
            learn: TrainOptions {
                l2: 20.0,
                rounds: 25,
                ..page
            },
            missed: 1.3,
            passes: 1,
        },
    }
}
