//! Opens an article for the window.

use std::sync::Arc;

use super::Writer;
use crate::dataset::session::channels::SuggestionUpdate;
use crate::dataset::session::messages::Loaded;
use crate::dataset::session::rescue::Opened;
use crate::dataset::session::starting_point::{StartingPoint, start_entry, starting_point};
use crate::edit::{History, Session};
use crate::model::{Annotation, StartedFrom};
use crate::quality::Effort;
use crate::store::{ArticleKey, Revision, StoreError, StoredAnnotation};

impl Writer {
    /// An article for the window; with what may become of its suggestions if the annotator starts from them.
    pub(super) fn load(
        &mut self,
        key: ArticleKey,
    ) -> Result<(Loaded, Option<SuggestionUpdate>), StoreError> {
        let store = match &self.rescue {
            Some(copy) if copy.only.is_none() => &*copy.store,
            _ => &*self.store,
        };
        let article = Arc::new(store.article(key)?);
        // What was only looked at need not be kept.
        self.opened.retain(|_, known| !known.entries.is_empty());
        let stored = store.annotations(&article, key)?;
        let active_ms = store.time_on(key, &self.annotator)? + self.outcomes.unwritten_time(key);
        let own = stored
            .iter()
            .find(|stored| stored.owner.is(&self.annotator));
        // Changes that wait are the annotator's work as much as those that are saved.
        let mut waiting = self.waiting.iter().filter(|save| save.key == key);
        let newest = waiting.clone().next_back();
        if own.is_some() || newest.is_some() {
            let on_disk = own.map_or(Revision(0), |own| own.revision);
            let mut entries = match own {
                Some(_) => store.history(&article, key, &self.annotator)?,
                None => Vec::new(),
            };
            let begins = waiting.by_ref().filter(|save| save.expected >= on_disk);
            entries.extend(begins.flat_map(|save| save.entries.iter().cloned()));
            let annotation = match (newest, own) {
                (Some(save), _) => (*save.annotation).clone(),
                (None, own) => own.map(|own| own.annotation.clone()).unwrap_or_default(),
            };
            let revision = newest.map_or(on_disk, |save| Revision(save.expected.0 + 1));
            self.opened.insert(
                key,
                Opened {
                    article: Arc::clone(&article),
                    suggestions: suggestions_of(&stored),
                    entries: entries.clone(),
                    annotation: annotation.clone(),
                },
            );
            let history = History::replay(entries);
            let loaded = Loaded {
                key,
                is_blind: false,
                is_outdated: store.is_outdated(key, &self.annotator)?,
                effort: Effort::of(history.entries()),
                session: Session::new(article, annotation, history),
                revision,
                on_disk,
                begun_from: None,
                imported_by: Vec::new(),
                active_ms,
            };
            return Ok((loaded, None));
        }
        let StartingPoint {
            annotation,
            from,
            imported_by,
        } = starting_point(&article, &stored, &self.annotator, &self.mode);
        let start = start_entry(&article, &annotation, from.clone(), (self.now_ms)());
        let history = History::replay([start]);
        let update = match (&from, stored.first()) {
            (StartedFrom::Person { .. }, _) => None,
            // Better suggestions might have learnt from what colleagues did here.
            (_, Some(suggestions)) if stored.len() == 1 => {
                Some(SuggestionUpdate::Refresh(suggestions.revision))
            }
            _ => Some(SuggestionUpdate::Keep),
        };
        self.opened.insert(
            key,
            Opened {
                article: Arc::clone(&article),
                suggestions: suggestions_of(&stored),
                entries: Vec::new(),
                annotation: Annotation::default(),
            },
        );
        let loaded = Loaded {
            key,
            is_blind: false,
            is_outdated: false,
            effort: Effort::of(history.entries()),
            session: Session::new(article, annotation, history),
            revision: Revision(0),
            on_disk: Revision(0),
            begun_from: Some(from),
            imported_by,
            active_ms,
        };
        Ok((loaded, update))
    }
}

/// The suggestions among the annotations of an article.
fn suggestions_of(stored: &[StoredAnnotation]) -> Annotation {
    stored
        .iter()
        .find(|stored| stored.owner.is_nobody())
        .map(|stored| stored.annotation.clone())
        .unwrap_or_default()
}
