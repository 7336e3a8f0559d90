//! What models learn from in a dataset, and what is kept of what they learnt.

use super::{ArticleKey, Revision};
use crate::model::Annotation;

/// Which model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ModelKind {
    /// The extractor's.
    Regions,
    /// The tagger's.
    Entities,
}

/// A done annotation, as it was when a model learnt from it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lesson {
    /// When it was committed, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The article.
    pub key: ArticleKey,
    /// Whose annotation.
    pub annotator: String,
    /// Its revision.
    pub revision: Revision,
}

/// The dataset's own copy of a model. It can be made again from the shipped weights and the done articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learnt {
    /// Of which model.
    pub kind: ModelKind,
    /// Names the shipped weights that it went on from.
    pub base: String,
    /// What it is trained on, by article and annotator.
    pub lessons: Vec<Lesson>,
    /// The model, as it writes itself.
    pub bytes: Vec<u8>,
}

/// New suggestions for an article that no person has touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestions {
    /// The article.
    pub key: ArticleKey,
    /// The revision of the suggestions that they take the place of.
    pub expected: Revision,
    /// They, and nothing else.
    pub annotation: Annotation,
}
