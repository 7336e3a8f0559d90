//! What the tagger learns from a dataset: the names in its done articles, with its own labels.
//!
//! The tagger's learner finds its weights anew from the articles that it remembers, in a tenth of a second, and forgets one
//! without a trace; so nothing of it is kept: it is made again from the lessons when the window opens.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use super::learning::MOST_BYTES;
use crate::model::{Article, Entity, Nesting, Region, Schema, Status, figures};
use crate::store::{Lesson, Store, StoreError};
use crate::tag::{Learner, TagModel, pieces};

/// No more than so many lessons are remembered: the newest. The learner goes over two hundred of them.
const MOST_NAMED: usize = 300;

/// The entity model as a dataset has it.
pub struct EntityPupil {
    schema: Arc<Schema>,
    /// `None` where it is not wanted, or the schema has no entity label switched on.
    learner: Option<Learner>,
    taken: Vec<Lesson>,
    queue: VecDeque<Lesson>,
    is_stale: bool,
}

impl EntityPupil {
    /// One that has learnt nothing yet. Where it is not wanted, nothing is loaded.
    #[must_use]
    pub fn new(schema: Arc<Schema>, wanted: bool) -> Self {
        let wants = wanted && schema.entities().iter().any(|label| label.enabled);
        Self {
            learner: wants.then(|| Learner::new(TagModel::shipped(), &schema)),
            schema,
            taken: Vec::new(),
            queue: VecDeque::new(),
            is_stale: false,
        }
    }

    /// Forgets all.
    pub fn forget(&mut self) {
        *self = Self::new(Arc::clone(&self.schema), self.learner.is_some());
    }

    /// Forgets what is no longer so, and notes what is to be learnt. True if something was forgotten.
    pub fn catch_up(&mut self, now: &[Lesson]) -> bool {
        let Some(learner) = &mut self.learner else {
            return false;
        };
        let newest = &now[now.len().saturating_sub(MOST_NAMED)..];
        let wanted: HashSet<&Lesson> = newest.iter().collect();
        let (stay, gone): (Vec<Lesson>, Vec<Lesson>) = self
            .taken
            .drain(..)
            .partition(|lesson| wanted.contains(lesson));
        self.taken = stay;
        for lesson in &gone {
            learner.forget(&lesson.key.to_string());
        }
        let taken: HashSet<&Lesson> = self.taken.iter().collect();
        let new = newest.iter().filter(|lesson| !taken.contains(lesson));
        self.queue = new.cloned().collect();
        !gone.is_empty()
    }

    /// Whether there is something to learn.
    #[must_use]
    pub fn has_to_learn(&self) -> bool {
        self.is_stale || !self.queue.is_empty()
    }

    /// How many lessons wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Takes in one lesson: from now on its names are known.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn take(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        let Some(lesson) = self.queue.front().cloned() else {
            return Ok(());
        };
        let article = match store.article(lesson.key) {
            Err(StoreError::NoSuchArticle(_)) => None,
            article => Some(article?),
        };
        if let (Some(article), Some(learner)) = (article, &mut self.learner)
            && article.text.len() <= MOST_BYTES
        {
            let stored = store.annotations(&article, lesson.key)?;
            let of_lesson = stored.iter().find(|stored| {
                stored.annotator == lesson.annotator
                    && stored.revision == lesson.revision
                    && stored.annotation.status() == Status::Done
            });
            if let Some(of_lesson) = of_lesson {
                let annotation = &of_lesson.annotation;
                let pieces = pieces(&article.text, annotation.regions(), &self.schema);
                let id = lesson.key.to_string();
                learner.take(&id, &article.text, pieces, annotation.entities());
                self.is_stale = true;
            }
        }
        self.leave_out();
        Ok(())
    }

    /// Counts the next lesson as learnt.
    pub fn leave_out(&mut self) {
        self.taken.extend(self.queue.pop_front());
    }

    /// Finds the weights anew from all that was taken in.
    pub fn refit(&mut self) {
        if let Some(learner) = &mut self.learner {
            learner.refit();
        }
        self.is_stale = false;
    }

    /// The entities that the model suggests for an article with these regions, of labels that are switched on; `None` where
    /// the schema wants none, or the article is too long to be looked at.
    #[must_use]
    pub fn suggest(&self, article: &Article, regions: &[Region]) -> Option<Vec<Entity>> {
        let learner = self.learner.as_ref()?;
        if article.text.len() > MOST_BYTES {
            return None;
        }
        let mut entities = learner.suggest(&article.text, regions, &self.schema);
        entities.retain(|entity| {
            let label = self.schema.entity(entity.label.as_str());
            label.is_some_and(|label| label.enabled)
        });
        debug_assert!(self.schema.nesting() == Nesting::Nested || are_apart(&entities));
        Some(entities)
    }

    /// What is known of these very words from the done articles, in a sentence.
    #[must_use]
    pub fn known(&self, words: &str) -> String {
        let entry = self.learner.as_ref().and_then(|learner| {
            let entry = learner.names().get(words)?;
            let counts = learner.labels().iter().zip(&entry.counts);
            let said: Vec<String> = counts
                .filter(|(_, count)| **count > 0)
                .map(|(label, count)| format!("{label} {}", times(*count)))
                .collect();
            Some((said, entry.plain))
        });
        match entry {
            None => "Nobody has tagged these words in a done article of this dataset.".to_owned(),
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
