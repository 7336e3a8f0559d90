//! Suggestions for an article that is being opened, for text opened for entities, and for articles
//! that come next.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use super::{AT_ONCE, Learner, WAITED, WAITED_FOR};
use crate::dataset::session::channels::SuggestionUpdate;
use crate::dataset::session::messages::{Loaded, Opened, Reply};
use crate::dataset::session::starting_point::start_entry;
use crate::dataset::session::unopened::Models;
use crate::dataset::suggesters::SuggesterPlan;
use crate::dataset::training::entities::online_trainer::OnlineEntityTrainer;
use crate::dataset::training::learning;
use crate::edit::{History, Session};
use crate::model::{Annotation, Article, StartedFrom};
use crate::quality::Effort;
use crate::store::{ArticleKey, Revision, StoreError, Suggestions};

impl Learner {
    /// Trains on what was just done, if it is little, and replies with the article and its newest
    /// suggestions.
    pub(super) fn open(&mut self, mut loaded: Box<Loaded>, update: SuggestionUpdate) {
        let key = loaded.key;
        let is_short = loaded.session.article().text.len() <= AT_ONCE;
        if let (SuggestionUpdate::Refresh(revision), true) = (update, is_short) {
            self.learn_before_opening();
            let article = Arc::clone(loaded.session.article());
            let guess = loaded.session.annotation();
            if let Ok(Some(better)) = self.better_guess(key, &article, guess, revision) {
                self.suggest(Suggestions {
                    key,
                    expected: revision,
                    annotation: better.clone(),
                });
                let from = StartedFrom::Suggestions {
                    revision: revision.0 + 1,
                };
                let start = start_entry(&article, &better, from.clone(), (self.setup.now_ms)());
                let history = History::replay([start]);
                loaded.begun_from = Some(from);
                loaded.effort = Effort::of(history.entries());
                loaded.session = Session::new(article, better, history);
            }
            self.fresh.insert(key, self.version);
        }
        let article = loaded.session.article();
        if self.setup.schema.is_blind(&article.id)
            && learning::is_guess(loaded.session.annotation())
        {
            let (article, nothing) = (Arc::clone(article), Annotation::default());
            let from = StartedFrom::Nothing;
            let start = start_entry(&article, &nothing, from.clone(), (self.setup.now_ms)());
            loaded.session = Session::new(article, nothing, History::replay([start]));
            loaded.effort = Effort::default();
            loaded.begun_from = Some(from);
            loaded.is_blind = true;
        }
        self.setup.replies.send(Reply::Loaded(loaded));
    }

    /// Suggests entities in text that was just opened for them.
    ///
    /// Where somebody else has worked on the article, the shipped model is used, since the trained
    /// one may know that person's labels.
    pub(super) fn suggest_within(&self, opened: &Opened) {
        let (me, store) = (&self.setup.annotator, &self.setup.store);
        let stored = store.annotations(&opened.article, opened.key);
        let is_mine_alone = stored.is_ok_and(|stored| {
            stored
                .iter()
                .all(|one| one.owner.is_nobody() || one.owner.is(me))
        });
        let work = || {
            let shipped;
            let model = if is_mine_alone {
                &self.entities
            } else {
                let schema = Arc::clone(&self.setup.schema);
                shipped = OnlineEntityTrainer::new(schema, self.setup.tag);
                &shipped
            };
            model.suggest_within(&opened.article, &opened.regions, &opened.within)
        };
        let entities = catch_unwind(AssertUnwindSafe(work)).unwrap_or_default();
        self.setup.replies.send(Reply::Tagged(opened.key, entities));
    }

    /// Trains on what was just done, as far as it takes no noticeable time.
    fn learn_before_opening(&mut self) {
        if !self.setup.learn {
            return;
        }
        // Names that were just confirmed are known at once; the tagger's weights follow when nobody
        // waits. The first name in a language waits for its weights to be read, which must
        // not take the time that the extractor has.
        let begin = Instant::now();
        while (self.is_stale || self.entities.waiting() > 0)
            && self.entities.waiting() <= WAITED_FOR
            && begin.elapsed() < WAITED
        {
            if self.learn_next().is_err() {
                return;
            }
        }
        self.train_regions_before_opening();
    }

    fn train_regions_before_opening(&mut self) {
        let begin = Instant::now();
        while !self.regions.is_settled() && self.regions.to_read() <= WAITED_FOR {
            // What would not be ready in time is not waited for.
            let spent = begin.elapsed().as_secs_f64();
            let expected = spent / self.regions.progress().max(f64::MIN_POSITIVE);
            let is_slow =
                spent > 0.02 && self.regions.progress() > 0.0 && expected > WAITED.as_secs_f64();
            if is_slow || begin.elapsed() >= WAITED || self.train_regions().is_err() {
                break;
            }
        }
    }

    /// Returns the suggestions that the models make now, if they differ.
    fn better_guess(
        &self,
        key: ArticleKey,
        article: &Article,
        guess: &Annotation,
        revision: Revision,
    ) -> Result<Option<Annotation>, StoreError> {
        let (store, schema) = (&*self.setup.store, &*self.setup.schema);
        let plan = SuggesterPlan::load(store)?;
        let models = Models {
            regions: self.setup.learn.then_some(&self.regions),
            entities: self.setup.tag.then_some(&self.entities),
            schema,
            plan: &plan,
        };
        let work = || -> Result<Option<Annotation>, StoreError> {
            let suggested = models.suggest(store, key, article, guess, revision)?;
            Ok(suggested.map(|suggested| suggested.annotation))
        };
        let better = catch_unwind(AssertUnwindSafe(work)).unwrap_or(Ok(None))?;
        Ok(better.filter(|better| better != guess))
    }

    /// Renews the suggestions of an article, if nobody has touched it.
    pub(super) fn refresh(&mut self, key: ArticleKey) -> Result<(), StoreError> {
        let article = self.setup.store.article(key)?;
        let stored = self.setup.store.annotations(&article, key)?;
        self.fresh.insert(key, self.version);
        let [guess] = &stored[..] else {
            return Ok(()); // a person is at work
        };
        if let Some(annotation) =
            self.better_guess(key, &article, &guess.annotation, guess.revision)?
        {
            self.suggest(Suggestions {
                key,
                expected: guess.revision,
                annotation,
            });
        }
        Ok(())
    }
}
