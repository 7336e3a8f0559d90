//! A copy of a dataset whose file is gone, or takes no changes, with the changes that wait.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};

use super::Save;
use crate::dataset::Dataset;
use crate::edit::Entry;
use crate::model::{Annotation, Article, Schema};
use crate::store::{Added, Commit, NewArticle, Revision, Store, StoreError};

/// An article that was opened in this sitting, with the annotator's work on it.
pub(super) struct Opened {
    pub(super) article: Arc<Article>,
    /// The suggestions, on which annotators start.
    pub(super) suggestions: Annotation,
    /// The annotator's history so far, and what it comes to; empty until the first change.
    pub(super) entries: Vec<Entry>,
    pub(super) annotation: Annotation,
}

/// The articles that were opened in this sitting.
pub(super) type AllOpened = BTreeMap<crate::store::ArticleKey, Opened>;

/// A copy, open for writing.
pub(super) struct Rescue {
    pub(super) store: Box<dyn Store>,
    /// How many articles are in it, if not all.
    pub(super) only: Option<usize>,
}

/// Copies the dataset to `to`. If its file is lost, makes a dataset of the articles that were
/// opened in this sitting.
///
/// # Errors
/// If there is a file of that name, or it cannot be written; nothing is there then.
pub(super) fn copy(
    store: &dyn Store,
    opened: &AllOpened,
    (schema, annotator, now_ms): (&Schema, &str, i64),
    to: &Path,
) -> Result<Rescue> {
    let is_whole = !matches!(
        store.check_place(),
        Err(StoreError::Moved {
            is_whole: false,
            ..
        })
    );
    if is_whole {
        store.copy_to(to)?;
        let store = Dataset::open(to)?.into_store();
        return Ok(Rescue { store, only: None });
    }
    if opened.is_empty() {
        bail!(
            "the dataset's file is gone, and no article was opened in this window, so there is nothing to copy\nhint: restore the file from a backup"
        );
    }
    let mut store = Dataset::create(to, schema)?.into_store();
    for known in opened.values() {
        let text = known.article.text.as_str();
        let new = NewArticle {
            article: (*known.article).clone(),
            content_hash: blake3::hash(text.as_bytes()).to_hex().to_string(),
            kept: Vec::new(),
            suggestions: known.suggestions.clone(),
            imported: None,
        };
        let added = store.add_articles(&[new])?;
        let Some(Added::New(key)) = added.first() else {
            bail!("article {} could not be written", known.article.id);
        };
        if !known.entries.is_empty() {
            let commit = Commit {
                key: *key,
                annotator,
                expected: Revision(0),
                entries: &known.entries,
                annotation: &known.annotation,
            };
            store
                .commit(&commit, now_ms)
                .with_context(|| format!("article {}", known.article.id))?;
        }
    }
    Ok(Rescue {
        store,
        only: Some(opened.len()),
    })
}

/// Writes changes that wait into a complete copy. After an error, changes that are not in it still
/// wait.
pub(super) fn commit_all(
    copy: &mut dyn Store,
    annotator: &str,
    now_ms: i64,
    waiting: &VecDeque<Save>,
) -> Result<(), StoreError> {
    for save in waiting {
        let commit = Commit {
            key: save.key,
            annotator,
            expected: save.expected,
            entries: &save.entries,
            annotation: &save.annotation,
        };
        match copy.commit(&commit, now_ms) {
            Ok(_) => {}
            Err(StoreError::Conflict { .. }) if is_there(copy, annotator, save) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Returns whether a change is in a store already. It may have been written just before the file
/// was lost.
pub(super) fn is_there(store: &dyn Store, annotator: &str, save: &Save) -> bool {
    let stored = store
        .article(save.key)
        .and_then(|article| store.annotations(&article, save.key));
    stored.is_ok_and(|stored| {
        stored.iter().any(|stored| {
            stored.owner.is(annotator)
                && stored.revision == Revision(save.expected.0 + 1)
                && stored.annotation == *save.annotation
        })
    })
}
