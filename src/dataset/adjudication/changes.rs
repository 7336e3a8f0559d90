//! What adjudication changed of one annotator's work, for that annotator.

use std::sync::Arc;

use anyhow::Result;

use crate::dataset::io::article_reader::collect_articles;
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::edit::adjudication::{AdjudicatedChange, changes_of, decisions_in};
use crate::model::{Article, Status};
use crate::store::{ArticleKey, Store, StoreError, StoredAnnotation};

/// An adjudicated article with what was changed of one annotator's work.
#[derive(Clone, Debug)]
pub struct ChangedArticle {
    /// Its number.
    pub key: ArticleKey,
    /// The article.
    pub article: Arc<Article>,
    /// Who adjudicated it.
    pub adjudicator: String,
    /// The changes, in reading order; possibly none.
    pub changes: Vec<AdjudicatedChange>,
}

/// Lists the finished adjudications of articles of which `annotator`'s work was an input, in the
/// order of the articles, with what they changed of it.
///
/// # Errors
/// If the dataset cannot be read, or it was cancelled.
pub fn changes_for(
    store: &dyn Store,
    annotator: &str,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Vec<ChangedArticle>> {
    let keys = store.with_status(Status::Done)?;
    debug_assert!(keys.is_sorted(), "in the order of the articles");
    let name = annotator.to_owned();
    collect_articles(store, keys, progress, cancel, move |store, key| {
        let article = Arc::new(store.article(key)?);
        let stored = store.annotations(&article, key)?;
        Ok(of_article(store, key, &article, &stored, &name)?)
    })
}

/// What the newest finished adjudication of an article changed of an annotator's work; `None` if
/// there is none, or the work was no input of it.
///
/// # Errors
/// If the history cannot be read.
pub fn of_article(
    store: &dyn Store,
    key: ArticleKey,
    article: &Arc<Article>,
    stored: &[StoredAnnotation],
    annotator: &str,
) -> Result<Option<ChangedArticle>, StoreError> {
    let finished = stored.iter().filter(|one| {
        one.started_from.is_adjudication() && one.annotation.status() == Status::Done
    });
    let Some(newest) = finished.max_by_key(|one| one.seq) else {
        return Ok(None);
    };
    let history = store.history(article, key, newest.owner.as_str())?;
    let decisions = decisions_in(&history);
    let is_input = newest.started_from.people().any(|name| name == annotator)
        || decisions
            .iter()
            .any(|one| one.place.version_of(annotator).is_some());
    Ok(is_input.then(|| ChangedArticle {
        key,
        article: Arc::clone(article),
        adjudicator: newest.owner.as_str().to_owned(),
        changes: changes_of(annotator, &decisions),
    }))
}
