//! The article in work: its annotation, history, undo and redo.

use std::sync::Arc;

use super::history::{Action, Entry, EntryKind, History};
use super::{Selection, Transaction};
use crate::model::{Annotation, AnnotationError, Article, StartedFrom};

/// An article with its annotation and history. Changes only through [`Session::apply`],
/// [`Session::undo`] and [`Session::redo`], each of which gives the entry that the store must keep.
#[derive(Clone, Debug)]
pub struct Session {
    article: Arc<Article>,
    annotation: Annotation,
    history: History,
}

impl Session {
    /// Resumes work with this annotation and history.
    #[must_use]
    pub fn new(article: Arc<Article>, annotation: Annotation, history: History) -> Self {
        Self {
            article,
            annotation,
            history,
        }
    }

    /// The article.
    #[must_use]
    pub fn article(&self) -> &Arc<Article> {
        &self.article
    }

    /// The current annotation.
    #[must_use]
    pub fn annotation(&self) -> &Annotation {
        &self.annotation
    }

    /// The history.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Applies a transaction and appends it to the history.
    ///
    /// # Errors
    /// If it does not fit the annotation; nothing has changed then.
    pub fn apply(
        &mut self,
        action: Action,
        transaction: Transaction,
        before: Selection,
        after: Selection,
        at_ms: i64,
    ) -> Result<Entry, AnnotationError> {
        self.commit(Entry {
            kind: EntryKind::Edit,
            action,
            transaction,
            before,
            after,
            at_ms,
            started_from: StartedFrom::Unknown,
        })
    }

    /// Undoes the newest edit that was not undone; `None` if there is none.
    /// The selection to return to is the entry's `after`.
    ///
    /// # Errors
    /// If the history does not fit the annotation, which no sequence of calls brings about.
    pub fn undo(
        &mut self,
        selection: Selection,
        at_ms: i64,
    ) -> Option<Result<Entry, AnnotationError>> {
        let edit = self.history.next_undo()?;
        let (transaction, renamed) = self.history.undo_transaction()?;
        let entry = Entry {
            kind: EntryKind::Undo,
            action: edit.action,
            transaction,
            before: selection,
            after: edit.before,
            at_ms,
            started_from: StartedFrom::Unknown,
        };
        Some(self.commit_over_renames(entry, renamed))
    }

    /// Redoes the last undone edit; `None` if there is none.
    ///
    /// # Errors
    /// If the history does not fit the annotation, which no sequence of calls brings about.
    pub fn redo(
        &mut self,
        selection: Selection,
        at_ms: i64,
    ) -> Option<Result<Entry, AnnotationError>> {
        let edit = self.history.next_redo()?;
        let (transaction, renamed) = self.history.redo_transaction()?;
        let entry = Entry {
            kind: EntryKind::Redo,
            action: edit.action,
            transaction,
            before: selection,
            after: edit.after,
            at_ms,
            started_from: StartedFrom::Unknown,
        };
        Some(self.commit_over_renames(entry, renamed))
    }

    /// Where two labels have become one since, two tags of one name have become one too, and the
    /// second cannot be taken back once more: then as much is taken back as there is.
    fn commit_over_renames(
        &mut self,
        mut entry: Entry,
        renamed: bool,
    ) -> Result<Entry, AnnotationError> {
        if renamed {
            entry.transaction = entry
                .transaction
                .apply_what_fits(&self.article.text, &mut self.annotation.clone());
        }
        self.commit(entry)
    }

    fn commit(&mut self, entry: Entry) -> Result<Entry, AnnotationError> {
        entry
            .transaction
            .apply(&self.article.text, &mut self.annotation)?;
        self.history.push(entry.clone());
        Ok(entry)
    }
}
