//! Online models for a dataset whose articles may be in several languages: one for each language
//! with finished articles.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::OnlineTagger;
use crate::model::{Entity, Region, Schema, Text};
use crate::tag::language_of::language_in;
use crate::tag::model::TagModel;
use crate::tag::pieces;

/// Online models by language. Each starts from the shipped model of its language and learns from
/// the articles in it.
#[derive(Clone, Debug)]
pub struct OnlineTaggers {
    schema: Arc<Schema>,
    taggers: BTreeMap<&'static str, OnlineTagger>,
    /// The language of each article, by its number.
    languages: BTreeMap<i64, &'static str>,
    /// Models of languages without articles, made when they are first needed.
    cold: Arc<Mutex<BTreeMap<&'static str, Arc<OnlineTagger>>>>,
}

impl OnlineTaggers {
    /// Starts without articles, with the labels of a schema.
    #[must_use]
    pub fn new(schema: Arc<Schema>) -> Self {
        Self {
            schema,
            taggers: BTreeMap::new(),
            languages: BTreeMap::new(),
            cold: Arc::default(),
        }
    }

    /// Adds an article, whose page declares a language or "", without learning from it: see
    /// [`OnlineTagger::put`].
    pub fn put(
        &mut self,
        number: i64,
        text: &Text,
        declared: &str,
        pieces: Vec<Range<usize>>,
        entities: &[Entity],
    ) -> bool {
        let language = language_in(text, declared, &pieces);
        let before = self.languages.insert(number, language);
        if before.is_some_and(|before| before != language) {
            self.remove(number, before);
        }
        let schema = &self.schema;
        let tagger = self
            .taggers
            .entry(language)
            .or_insert_with(|| OnlineTagger::new(TagModel::of(language), schema));
        tagger.put(number, text, pieces, entities)
    }

    /// Removes an article: see [`OnlineTagger::forget`].
    pub fn forget(&mut self, number: i64) -> bool {
        let language = self.languages.remove(&number);
        self.remove(number, language)
    }

    fn remove(&mut self, number: i64, language: Option<&'static str>) -> bool {
        let tagger = language.and_then(|language| self.taggers.get_mut(language));
        tagger.is_some_and(|tagger| tagger.forget(number))
    }

    /// The number of articles that are not derived yet.
    #[must_use]
    pub fn to_derive(&self) -> usize {
        self.taggers.values().map(OnlineTagger::to_derive).sum()
    }

    /// Derives what follows from the next article: see [`OnlineTagger::derive_next`].
    pub fn derive_next(&mut self) {
        if let Some(tagger) = self.next_to_derive() {
            tagger.derive_next();
        }
    }

    /// Removes the article that would be derived next.
    pub fn leave_out(&mut self) {
        if let Some(tagger) = self.next_to_derive() {
            tagger.leave_out();
        }
    }

    fn next_to_derive(&mut self) -> Option<&mut OnlineTagger> {
        self.taggers
            .values_mut()
            .find(|tagger| tagger.to_derive() > 0)
    }

    /// Trains the weights of each language whose articles have changed again.
    pub fn refit(&mut self) {
        for tagger in self.taggers.values_mut() {
            tagger.refit_if_stale();
        }
    }

    /// The model of the language with the most articles. `None` if there are none.
    #[must_use]
    pub fn most_used(&self) -> Option<&OnlineTagger> {
        let taggers = self.taggers.values();
        taggers
            .filter(|tagger| tagger.articles() > 0)
            .max_by_key(|tagger| tagger.articles())
    }

    /// All models, by the tags of their languages.
    pub fn iter(&self) -> impl Iterator<Item = &OnlineTagger> {
        self.taggers.values()
    }

    /// Suggests entities in the regions where the schema asks for some.
    #[must_use]
    pub fn suggest(&self, text: &Text, declared: &str, regions: &[Region]) -> Vec<Entity> {
        self.suggest_in(text, declared, &pieces(text, regions, &self.schema))
    }

    /// Suggests entities in these pieces of the text.
    #[must_use]
    pub fn suggest_in(&self, text: &Text, declared: &str, pieces: &[Range<usize>]) -> Vec<Entity> {
        self.with(text, declared, pieces, |tagger| {
            tagger.suggest_in(text, pieces)
        })
    }

    /// Uses the model for these pieces of a text.
    pub fn with<T>(
        &self,
        text: &Text,
        declared: &str,
        pieces: &[Range<usize>],
        work: impl FnOnce(&OnlineTagger) -> T,
    ) -> T {
        let language = language_in(text, declared, pieces);
        if let Some(tagger) = self.taggers.get(language) {
            return work(tagger);
        }
        let mut cold = self.cold.lock().unwrap_or_else(PoisonError::into_inner);
        let tagger = cold
            .entry(language)
            .or_insert_with(|| Arc::new(OnlineTagger::new(TagModel::of(language), &self.schema)));
        let tagger = Arc::clone(tagger);
        drop(cold);
        work(&tagger)
    }
}
