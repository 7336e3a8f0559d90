//! Notices what other programs and jobs write to the dataset.

use std::sync::Arc;

use super::Writer;
use crate::dataset::session::channels::ToLearner;
use crate::dataset::session::messages::Reply;
use crate::store::{ArticleKey, Revision, StoreError};

impl Writer {
    /// Reports changes by others to the window; returns whether there were any.
    pub(super) fn poll_changes(&mut self) -> bool {
        if !self.is_in_place() {
            return false;
        }
        // A poll that fails says nothing: the next save or load will, if it matters.
        let Ok(version) = self.store.data_version() else {
            return false;
        };
        if self.version.replace(version) == Some(version) {
            return false;
        }
        if let Ok(schema) = self.store.schema()
            && schema != self.schema
        {
            self.schema = schema.clone();
            self.to_learner(ToLearner::Schema(Arc::new(schema.clone())));
            self.replies.send(Reply::SchemaChanged(Box::new(schema)));
        }
        let Ok(mut changes) = self.store.changes_since(self.seen) else {
            return false;
        };
        // They come in portions; a schema that changes may touch more articles than one has.
        while let Some(last) = changes.last().map(|change| change.seq) {
            match self.store.changes_since(last) {
                Ok(more) if !more.is_empty() => changes.extend(more),
                _ => break,
            }
        }
        self.outcomes.changed(&changes);
        if !changes.is_empty() {
            self.to_learner(ToLearner::Changed);
        }
        let newest = changes.last().map(|change| change.seq);
        let quiet = std::mem::take(&mut self.quiet);
        changes.retain(|change| {
            !quiet
                .iter()
                .any(|(after, upto)| *after < change.seq && change.seq <= *upto)
        });
        self.seen = newest.unwrap_or(self.seen);
        if changes.is_empty() {
            return false;
        }
        let mut keys: Vec<ArticleKey> = changes.iter().map(|change| change.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut own: Vec<ArticleKey> = changes
            .iter()
            .filter(|change| change.annotator == self.annotator)
            .map(|change| change.key)
            .collect();
        own.sort_unstable();
        own.dedup();
        let revision_of = |key: ArticleKey| -> Result<Option<Revision>, StoreError> {
            let article = self.store.article(key)?;
            let stored = self.store.annotations(&article, key)?;
            Ok(stored
                .iter()
                .find(|stored| stored.owner.is(&self.annotator))
                .map(|stored| stored.revision))
        };
        // What this session did itself is no news, unless somebody went on from there.
        own.retain(|key| match self.own.get(key) {
            Some(mine) => !matches!(revision_of(*key), Ok(Some(now)) if now == *mine),
            None => true,
        });
        let mine = |key: &ArticleKey| self.own.contains_key(key) && !own.contains(key);
        keys.retain(|key| {
            !mine(key)
                || changes
                    .iter()
                    .any(|change| change.key == *key && change.annotator != self.annotator)
        });
        let news = !keys.is_empty();
        if news {
            self.replies.send(Reply::ChangedElsewhere { keys, own });
        }
        news
    }
}
