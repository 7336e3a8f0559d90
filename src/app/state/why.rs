//! Why a region or an entity has its label.

use super::span_ref::SpanRef;
use crate::dataset::training::explain::Reasons;
use crate::store::ArticleKey;

/// Why a region or an entity has its label: what is known here, and what the models say once they
/// have answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The article.
    pub key: ArticleKey,
    /// Its version when that was asked: a change makes the answer old.
    pub version: u64,
    /// The region or entity.
    pub of: SpanRef,
    /// Who labelled it, in a sentence.
    pub who: String,
    /// What the models say.
    pub reasons: Option<Reasons>,
}
