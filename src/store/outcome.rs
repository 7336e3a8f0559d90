//! Time spent, and the outcomes of done annotations, for the dashboard.
//!
//! An [`Outcome`] is computed from an annotation and its history, and stored so that curves of
//! thousands of articles appear at once. It names the revision for which it holds and can be
//! recomputed at any time.

use super::{ArticleKey, Revision};
pub use crate::edit::LabelKind;
use crate::model::Label;

/// Time is kept by quarters of an hour, in milliseconds: every time zone's days are made of whole
/// ones.
pub const SLOT_MS: i64 = 15 * 60 * 1000;

/// Time that an annotator spent on an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeSpent {
    /// On which article.
    pub key: ArticleKey,
    /// Who; not empty.
    pub annotator: String,
    /// A moment of it, milliseconds since 1970 UTC: says in which quarter of an hour it was.
    pub at_ms: i64,
    /// How long, in milliseconds.
    pub active_ms: i64,
}

/// Counts of right, suggested and gold spans or characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Suggested and right.
    pub hits: u64,
    /// Suggested.
    pub guessed: u64,
    /// In the gold.
    pub gold: u64,
}

impl Hits {
    /// Adds other counts to these.
    pub fn add(&mut self, more: Self) {
        self.hits += more.hits;
        self.guessed += more.guessed;
        self.gold += more.gold;
    }
}

/// The outcome of one label in a done annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelOutcome {
    /// A region's or an entity's.
    pub kind: LabelKind,
    /// The label.
    pub label: Label,
    /// Spans with it.
    pub spans: u64,
    /// Code points in them.
    pub chars: u64,
    /// The models' guess by characters that are not white space; regions only.
    pub by_chars: Hits,
    /// The models' guess by exact spans.
    pub by_spans: Hits,
    /// The annotator's edits that were about it.
    pub edits: u64,
    /// Milliseconds that went into them.
    pub active_ms: i64,
}

/// The models' guess, fixed when the annotator began, against the annotation when it was done: from
/// 0 to 1, `None` where there was nothing to guess and nothing guessed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// Regions by characters, the mean of the labels' F1.
    pub region_chars: Option<f64>,
    /// Regions by exact spans, F1 over all labels.
    pub region_spans: Option<f64>,
    /// Entities by exact spans, F1 over all labels.
    pub entities: Option<f64>,
}

/// The fewest edits from the guess to the annotation: add, delete, relabel, boundary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FewestEdits {
    /// Of regions.
    pub regions: [u64; 4],
    /// Of entities.
    pub entities: [u64; 4],
}

/// The outcome of a done annotation.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Of which article.
    pub key: ArticleKey,
    /// Whose; not empty.
    pub annotator: String,
    /// The revision of the annotation that this is true of.
    pub revision: Revision,
    /// When the annotator began, milliseconds since 1970 UTC.
    pub first_ms: i64,
    /// When it was marked done, in milliseconds since 1970 UTC.
    pub done_ms: i64,
    /// The annotator's edits.
    pub edits: u64,
    /// The scores of the suggestions; `None` if the annotator did not start from any.
    pub scores: Option<Scores>,
    /// What the guess was away from the annotation.
    pub fewest: FewestEdits,
    /// Milliseconds that the annotator spent on it; written by
    /// [`add_time`](super::OutcomeStore::add_time), only read here.
    pub active_ms: i64,
    /// By label. Left empty when many outcomes are read: see
    /// [`label_sums`](super::OutcomeStore::label_sums).
    pub labels: Vec<LabelOutcome>,
}

/// How right the models' guesses at the regions were on the pages of one site, over all outcomes
/// with a guess.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteScore {
    /// The site, as [`ArticleRow::site`](super::ArticleRow::site) has it; never empty.
    pub site: String,
    /// Articles.
    pub articles: u64,
    /// By characters other than white space.
    pub by_chars: Hits,
    /// By exact spans.
    pub by_spans: Hits,
}

impl SiteScore {
    /// Adds the counts of other articles of the site.
    pub fn add(&mut self, more: &Self) {
        self.articles += more.articles;
        self.by_chars.add(more.by_chars);
        self.by_spans.add(more.by_spans);
    }
}

/// A done annotation without an outcome, or with one of an older revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleOutcome {
    /// Of which article.
    pub key: ArticleKey,
    /// Whose.
    pub annotator: String,
    /// Its revision.
    pub revision: Revision,
}
