//! The open article, as work in the background sees it.

use std::sync::Arc;

use crate::model::{Annotation, Article};
use crate::store::ArticleKey;

/// One version of an article.
pub type VersionId = (ArticleKey, u64);

/// The open article with its annotation, at one version.
#[derive(Clone, Copy)]
pub struct ArticleSnapshot<'a> {
    /// Its number.
    pub key: ArticleKey,
    /// Grows with each change of the annotation.
    pub version: u64,
    /// Its text and blocks.
    pub article: &'a Arc<Article>,
    /// Its labels.
    pub annotation: &'a Annotation,
}

impl ArticleSnapshot<'_> {
    /// Which article it is, and at which version.
    #[must_use]
    pub fn id(&self) -> VersionId {
        (self.key, self.version)
    }
}
