//! Annotations of each annotator, with revisions and histories.

use crate::edit::Entry;
use crate::model::Article;
use crate::store::{
    ArticleKey, ChangeSeq, Commit, FinishedAnnotation, PastEntry, Result, Revision,
    StoredAnnotation, Suggestions,
};

/// Keeps annotations with their revisions and histories.
pub trait AnnotationStore {
    /// Returns all annotations of an article: first the suggestions, even if empty, then those of
    /// people, by name.
    ///
    /// # Errors
    /// If there is no such article, or it is damaged.
    fn annotations(&self, article: &Article, key: ArticleKey) -> Result<Vec<StoredAnnotation>>;

    /// Returns the history of one annotator for an article, oldest first.
    ///
    /// # Errors
    /// If there is no such article, or it is damaged.
    fn history(&self, article: &Article, key: ArticleKey, annotator: &str) -> Result<Vec<Entry>>;

    /// Returns the histories of all annotators of an article, in the order in which they were
    /// written.
    ///
    /// # Errors
    /// If there is no such article, or it is damaged.
    fn timeline(&self, article: &Article, key: ArticleKey) -> Result<Vec<PastEntry>>;

    /// Writes a change; it is synced when this returns.
    ///
    /// # Errors
    /// [`StoreError::Conflict`](crate::store::StoreError::Conflict) if the annotation is no longer at the expected revision; anything
    /// the disk says.
    fn commit(&mut self, commit: &Commit<'_>, at_ms: i64) -> Result<Revision>;

    /// Writes several changes in one synced transaction. Returns their range in the stream of
    /// changes: after the first position, up to the second.
    ///
    /// # Errors
    /// [`StoreError::Conflict`](crate::store::StoreError::Conflict) if one of the annotations is no longer at the expected revision;
    /// anything the disk says. Nothing has changed then.
    fn commit_all(&mut self, commits: &[Commit<'_>], at_ms: i64) -> Result<(ChangeSeq, ChangeSeq)>;

    /// Replaces the suggestions of articles that nobody has started, in one transaction, and
    /// returns these articles. Articles that somebody has started or imported work for, and those
    /// whose suggestions have changed, are left alone.
    ///
    /// # Errors
    /// If they cannot be written; then none of them was.
    fn suggest(&mut self, suggestions: &[Suggestions]) -> Result<Vec<ArticleKey>>;

    /// Whether an annotation was marked done before the labels changed: see
    /// [`Filter::outdated`](crate::store::Filter::outdated).
    ///
    /// # Errors
    /// If it cannot be read.
    fn is_outdated(&self, key: ArticleKey, annotator: &str) -> Result<bool>;

    /// Returns at most `most` done annotations of people that were committed after `after_ms`:
    /// highest article number first, then by annotator.
    ///
    /// # Errors
    /// If they cannot be read.
    fn finished_annotations(&self, after_ms: i64, most: usize) -> Result<Vec<FinishedAnnotation>>;
}
