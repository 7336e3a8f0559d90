//! The entity model of one dataset, which learns the names in its finished articles, with its own
//! labels.
//!
//! [`OnlineTagger`] trains on all articles that it remembers in a tenth of a second. So the model
//! is not stored: it is trained again when the window opens.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crate::dataset::training::learning::{
    FinishedArticle, MOST_BYTES, agreed_pieces, finished_versions, group,
};
use crate::model::{Article, Entity, Nesting, Region, Schema, Span, figures};
use crate::store::{ArticleKey, FinishedAnnotation, Store, StoreError};
use crate::tag::{OnlineTagger, OnlineTaggers};

/// The largest number of articles to learn from: those with the highest numbers.
const MOST_NAMED: usize = 300;
/// The length up to which a whole article is read when part of it becomes text with entities, in
/// bytes.
const WHOLE_BYTES: usize = 256 << 10;

/// The entity model of a dataset.
pub struct OnlineEntityTrainer {
    schema: Arc<Schema>,
    /// `None` if it is not wanted or the schema has no entity label switched on.
    tagger: Option<OnlineTaggers>,
    /// The finished articles, of which some may have to be read.
    finished: Vec<FinishedArticle>,
    to_read: BTreeMap<ArticleKey, FinishedArticle>,
    is_stale: bool,
}

impl OnlineEntityTrainer {
    /// A trainer without articles. If it is not wanted, no model is loaded.
    #[must_use]
    pub fn new(schema: Arc<Schema>, wanted: bool) -> Self {
        let wants = wanted && schema.entities().iter().any(|label| label.enabled);
        Self {
            tagger: wants.then(|| OnlineTaggers::new(Arc::clone(&schema))),
            schema,
            finished: Vec::new(),
            to_read: BTreeMap::new(),
            is_stale: false,
        }
    }

    /// Removes all articles.
    pub fn forget(&mut self) {
        *self = Self::new(Arc::clone(&self.schema), self.tagger.is_some());
    }

    /// Notes which annotations are finished now. Returns whether articles were removed.
    pub fn catch_up(&mut self, now: &[FinishedAnnotation]) -> bool {
        let Some(tagger) = &mut self.tagger else {
            return false;
        };
        let mut now = group(now.to_vec());
        now.drain(..now.len().saturating_sub(MOST_NAMED));
        let still: HashSet<ArticleKey> = now.iter().map(|article| article.key).collect();
        let mut has_forgotten = false;
        for article in &self.finished {
            if !still.contains(&article.key) {
                self.to_read.remove(&article.key);
                has_forgotten |= tagger.forget(article.key.0);
            }
        }
        self.is_stale |= has_forgotten;
        let known: HashSet<&FinishedArticle> = self.finished.iter().collect();
        for article in now.iter().filter(|article| !known.contains(article)) {
            self.to_read.insert(article.key, article.clone());
        }
        self.finished = now;
        has_forgotten
    }

    /// The number of articles that it learns from.
    #[must_use]
    pub fn articles(&self) -> usize {
        self.finished.len()
    }

    /// Whether the model has to train again.
    #[must_use]
    pub fn has_to_learn(&self) -> bool {
        self.is_stale || self.waiting() > 0
    }

    /// The number of articles that have to be read or derived.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let to_derive = self.tagger.as_ref().map_or(0, OnlineTaggers::to_derive);
        self.to_read.len() + to_derive
    }

    /// Reads or derives one article. After the last one, suggestions use the names of all articles.
    ///
    /// # Errors
    /// Returns an error if the dataset cannot be read.
    pub fn take(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        let Some(tagger) = &mut self.tagger else {
            self.to_read.clear();
            return Ok(());
        };
        let Some((_, finished)) = self.to_read.first_key_value() else {
            tagger.derive_next();
            return Ok(());
        };
        let key = finished.key.0;
        match finished_versions(store, finished)? {
            Some((article, versions)) if !versions.is_empty() => {
                let pieces = agreed_pieces(&article, &versions, &self.schema);
                let entities = versions[0].entities();
                self.is_stale |= tagger.put(
                    key,
                    &article.text,
                    &article.meta.language,
                    &pieces,
                    entities,
                );
            }
            _ => self.is_stale |= tagger.forget(key),
        }
        self.to_read.pop_first();
        Ok(())
    }

    /// Removes the next article, because reading or deriving it failed.
    pub fn leave_out(&mut self) {
        if self.to_read.pop_first().is_none()
            && let Some(tagger) = &mut self.tagger
        {
            tagger.leave_out();
        }
    }

    /// Trains the model again on all articles.
    pub fn refit(&mut self) {
        if let Some(tagger) = &mut self.tagger {
            tagger.refit();
        }
        self.is_stale = false;
    }

    /// The model of the language with the most finished articles. `None` if there are none.
    #[must_use]
    pub fn tagger(&self) -> Option<&OnlineTagger> {
        self.tagger.as_ref()?.most_used()
    }

    /// Uses the model of each language of an article whose entities are in these pieces, with the
    /// pieces in that language. Not called if nothing is suggested.
    pub fn with_taggers(
        &self,
        article: &Article,
        pieces: &[Range<usize>],
        work: impl FnMut(&OnlineTagger, &[Range<usize>]),
    ) {
        if let Some(tagger) = &self.tagger {
            tagger.with_each(&article.text, &article.meta.language, pieces, work);
        }
    }

    /// Suggests entities for an article with these regions, with labels that are switched on.
    ///
    /// `None` if the schema asks for none or the article is too long.
    #[must_use]
    pub fn suggest(&self, article: &Article, regions: &[Region]) -> Option<Vec<Entity>> {
        let tagger = self.tagger.as_ref()?;
        if article.text.len() > MOST_BYTES {
            return None;
        }
        let mut entities = tagger.suggest(&article.text, &article.meta.language, regions);
        entities.retain(|entity| {
            let label = self.schema.entity(entity.label.as_str());
            label.is_some_and(|label| label.enabled)
        });
        debug_assert!(self.schema.nesting() == Nesting::Nested || are_apart(&entities));
        Some(entities)
    }

    /// Suggests entities within these spans, which are in order, for an article with these regions.
    ///
    /// Of a long article, only the spans are read. Of others, all pieces with entities are read,
    /// since names help each other.
    #[must_use]
    pub fn suggest_within(
        &self,
        article: &Article,
        regions: &[Region],
        within: &[Span],
    ) -> Vec<Entity> {
        let Some(tagger) = &self.tagger else {
            return Vec::new();
        };
        let mut entities = if article.text.len() <= WHOLE_BYTES {
            tagger.suggest(&article.text, &article.meta.language, regions)
        } else {
            let mut room = MOST_BYTES;
            let fits = within.iter().take_while(|span| {
                let fits = span.len() <= room;
                room = room.saturating_sub(span.len());
                fits
            });
            let pieces: Vec<_> = fits.map(|span| span.range()).collect();
            tagger.suggest_in(&article.text, &article.meta.language, &pieces)
        };
        entities.retain(|entity| within.iter().any(|span| span.contains(entity.span)));
        entities
    }

    /// Says in a sentence how the finished articles label these words.
    #[must_use]
    pub fn known(&self, words: &str) -> String {
        let mut taggers = self.tagger.iter().flat_map(OnlineTaggers::iter);
        let entry = taggers.find_map(|tagger| {
            let entry = tagger.gazetteer().get(words)?;
            let counts = tagger.labels().iter().zip(&entry.counts);
            let said: Vec<String> = counts
                .filter(|(_, count)| **count > 0)
                .map(|(label, count)| format!("{label} {}", times(*count)))
                .collect();
            Some((said, entry.untagged))
        });
        match entry {
            None => "No finished article of this dataset has these words tagged.".to_owned(),
            Some((said, 0)) => format!("In done articles they were tagged {}.", said.join(", ")),
            Some((said, plain)) => format!(
                "In done articles they were tagged {}, and left untagged in {}.",
                said.join(", "),
                figures::count(plain as usize, "article")
            ),
        }
    }
}

fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        count => format!("{} times", figures::number(count.into())),
    }
}

fn are_apart(entities: &[Entity]) -> bool {
    entities
        .windows(2)
        .all(|pair| pair[0].span.end() <= pair[1].span.start())
}
