//! The dataset's own models: what they train on, their snapshots and their suggestions.

use super::{ArticleKey, Revision};
use crate::model::Annotation;

/// The kind of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ModelKind {
    /// The extractor's model.
    Regions,
    /// The tagger's model.
    Entities,
}

/// A finished annotation at a revision, which models train on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FinishedAnnotation {
    /// When it was committed, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The article.
    pub key: ArticleKey,
    /// The name of the annotator.
    pub annotator: String,
    /// Its revision.
    pub revision: Revision,
}

/// The dataset's own copy of a model. It can be trained again from the shipped weights and the
/// finished articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelSnapshot {
    /// The kind of the model.
    pub kind: ModelKind,
    /// The name of the shipped weights that training started from.
    pub base: String,
    /// The annotations that it is trained on, by article and annotator.
    pub trained_on: Vec<FinishedAnnotation>,
    /// The model as bytes.
    pub bytes: Vec<u8>,
}

/// New suggestions for an article that no annotator has touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestions {
    /// The article.
    pub key: ArticleKey,
    /// The revision of the suggestions that they replace.
    pub expected: Revision,
    /// The suggestions, and nothing else.
    pub annotation: Annotation,
}
