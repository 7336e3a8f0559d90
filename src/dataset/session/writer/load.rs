//! Opens an article for the window.

use std::sync::Arc;

use super::Writer;
use crate::dataset::adjudication::{
    ArticleAdjudication, LoadedAdjudication, NotAdjudicated, other_adjudicator,
};
use crate::dataset::session::channels::SuggestionUpdate;
use crate::dataset::session::messages::Loaded;
use crate::dataset::session::rescue::Opened;
use crate::dataset::session::starting_point::{StartingPoint, start_entry, starting_point};
use crate::edit::{History, Session};
use crate::model::{Annotation, Article, StartedFrom};
use crate::quality::Effort;
use crate::store::{ArticleKey, Revision, Store, StoreError, StoredAnnotation};

/// An annotator's work on an article, with the changes that wait for the disk.
struct OwnWork {
    history: History,
    annotation: Annotation,
    revision: Revision,
    /// The revision without the changes that wait.
    on_disk: Revision,
    /// Whether the labels changed since it was done.
    is_outdated: bool,
}

/// An article as it is on disk, with the changes that wait for the disk.
struct FromDisk {
    article: Arc<Article>,
    /// Everybody's annotations.
    stored: Vec<StoredAnnotation>,
    /// The annotator's own work, if any.
    begun: Option<OwnWork>,
    /// How long the annotator has worked on it.
    active_ms: i64,
}

impl Writer {
    /// Opens an article for the window. If the annotator starts from the suggestions, says whether
    /// these may still change.
    pub(super) fn load(
        &mut self,
        key: ArticleKey,
    ) -> Result<(Loaded, Option<SuggestionUpdate>), StoreError> {
        let FromDisk {
            article,
            stored,
            begun,
            active_ms,
        } = self.read_article(key)?;
        let Some(own) = begun else {
            return Ok(self.first_work(key, article, &stored, active_ms));
        };
        let loaded = Loaded {
            key,
            is_blind: false,
            is_outdated: own.is_outdated,
            effort: Effort::of(own.history.entries()),
            session: Session::new(article, own.annotation, own.history),
            revision: own.revision,
            on_disk: own.on_disk,
            begun_from: None,
            imported_by: Vec::new(),
            active_ms,
        };
        Ok((loaded, None))
    }

    /// Opens an article for adjudication, if there is something to adjudicate.
    pub(super) fn load_adjudication(
        &mut self,
        key: ArticleKey,
    ) -> Result<Result<LoadedAdjudication, NotAdjudicated>, StoreError> {
        let FromDisk {
            article,
            stored,
            begun,
            active_ms,
        } = self.read_article(key)?;
        let (revision, on_disk) = match &begun {
            Some(own) => (own.revision, own.on_disk),
            None => Default::default(),
        };
        let before = begun.map_or_else(Default::default, |own| (own.annotation, own.history));
        let opened = ArticleAdjudication::open(
            &article,
            &Arc::new(self.schema.clone()),
            &stored,
            before,
            &self.annotator,
            (self.now_ms)(),
        );
        Ok(opened.map(|article| LoadedAdjudication {
            key,
            article,
            revision,
            on_disk,
            active_ms,
            adjudicated_by: other_adjudicator(&stored, &self.annotator),
        }))
    }

    /// Reads an article with all work on it, and notes it as opened.
    fn read_article(&mut self, key: ArticleKey) -> Result<FromDisk, StoreError> {
        let store = match &self.rescue {
            Some(copy) if copy.only.is_none() => &*copy.store,
            _ => &*self.store,
        };
        let article = Arc::new(store.article(key)?);
        let stored = store.annotations(&article, key)?;
        let own = stored
            .iter()
            .find(|stored| stored.owner.is(&self.annotator));
        let active_ms = store.time_on(key, &self.annotator)? + self.outcomes.unwritten_time(key);
        // Changes that wait are the annotator's work as much as those that are saved.
        let begun = if own.is_some() || self.waiting.iter().any(|save| save.key == key) {
            Some(self.own_work(store, key, &article, own)?)
        } else {
            None
        };
        self.note_opened(key, &article, &stored, begun.as_ref());
        Ok(FromDisk {
            article,
            stored,
            begun,
            active_ms,
        })
    }

    /// Notes what was opened, for the case that the dataset is lost.
    fn note_opened(
        &mut self,
        key: ArticleKey,
        article: &Arc<Article>,
        stored: &[StoredAnnotation],
        begun: Option<&OwnWork>,
    ) {
        // What was only looked at need not be kept.
        self.opened.retain(|_, known| !known.entries.is_empty());
        let (entries, annotation) = match begun {
            Some(own) => (own.history.entries().to_vec(), own.annotation.clone()),
            None => Default::default(),
        };
        let opened = Opened {
            article: Arc::clone(article),
            suggestions: suggestions_of(stored),
            entries,
            annotation,
        };
        self.opened.insert(key, opened);
    }

    /// Reads the annotator's work on an article as it is on disk, and adds the changes that wait.
    fn own_work(
        &self,
        store: &dyn Store,
        key: ArticleKey,
        article: &Article,
        own: Option<&StoredAnnotation>,
    ) -> Result<OwnWork, StoreError> {
        let mut waiting = self.waiting.iter().filter(|save| save.key == key);
        let newest = waiting.clone().next_back();
        let on_disk = own.map_or(Revision(0), |own| own.revision);
        let mut entries = match own {
            Some(_) => store.history(article, key, &self.annotator)?,
            None => Vec::new(),
        };
        let begins = waiting.by_ref().filter(|save| save.expected >= on_disk);
        entries.extend(begins.flat_map(|save| save.entries.iter().cloned()));
        let annotation = match (newest, own) {
            (Some(save), _) => (*save.annotation).clone(),
            (None, own) => own.map(|own| own.annotation.clone()).unwrap_or_default(),
        };
        let revision = newest.map_or(on_disk, |save| Revision(save.expected.0 + 1));
        Ok(OwnWork {
            history: History::replay(entries),
            annotation,
            revision,
            on_disk,
            is_outdated: store.is_outdated(key, &self.annotator)?,
        })
    }

    /// An article on which the annotator has not worked.
    fn first_work(
        &self,
        key: ArticleKey,
        article: Arc<Article>,
        stored: &[StoredAnnotation],
        active_ms: i64,
    ) -> (Loaded, Option<SuggestionUpdate>) {
        let StartingPoint {
            annotation,
            from,
            imported_by,
        } = starting_point(&article, stored, &self.annotator, &self.mode);
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
        (loaded, update)
    }
}

/// Returns the suggestions among the annotations of an article.
fn suggestions_of(stored: &[StoredAnnotation]) -> Annotation {
    stored
        .iter()
        .find(|stored| stored.owner.is_nobody())
        .map(|stored| stored.annotation.clone())
        .unwrap_or_default()
}
