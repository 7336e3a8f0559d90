//! Online models for a dataset whose articles may be in several languages: one for each language
//! with finished articles.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::OnlineTagger;
use crate::model::{Entity, Region, Schema, Text};
use crate::tag::language_by_block::by_language;
use crate::tag::model::TagModel;
use crate::tag::pieces;

/// Online models by language. Each starts from the shipped model of its language and learns from
/// the articles in it.
#[derive(Clone, Debug)]
pub struct OnlineTaggers {
    schema: Arc<Schema>,
    taggers: BTreeMap<&'static str, OnlineTagger>,
    /// The languages of each article, by its number.
    languages: BTreeMap<i64, Vec<&'static str>>,
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
    /// [`OnlineTagger::put`]. Each language learns from its own blocks.
    pub fn put(
        &mut self,
        number: i64,
        text: &Text,
        declared: &str,
        pieces: &[Range<usize>],
        entities: &[Entity],
    ) -> bool {
        let parts = by_language(text, declared, pieces);
        let is_one = parts.len() == 1;
        let languages: Vec<&'static str> = parts.iter().map(|part| part.language).collect();
        let before = self.languages.insert(number, languages.clone());
        let mut has_changed = false;
        for gone in before.unwrap_or_default() {
            if !languages.contains(&gone) {
                has_changed |= self.remove(number, gone);
            }
        }
        for part in parts {
            let is_inside = |entity: &&Entity| is_one || is_in(&part.pieces, &entity.span.range());
            let entities: Vec<Entity> = entities.iter().filter(is_inside).cloned().collect();
            let schema = &self.schema;
            let tagger = self
                .taggers
                .entry(part.language)
                .or_insert_with(|| OnlineTagger::new(TagModel::of(part.language), schema));
            has_changed |= tagger.put(number, text, part.pieces, &entities);
        }
        has_changed
    }

    /// Removes an article: see [`OnlineTagger::forget`].
    pub fn forget(&mut self, number: i64) -> bool {
        let languages = self.languages.remove(&number).unwrap_or_default();
        let mut was_known = false;
        for language in languages {
            was_known |= self.remove(number, language);
        }
        was_known
    }

    fn remove(&mut self, number: i64, language: &'static str) -> bool {
        let tagger = self.taggers.get_mut(language);
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

    /// Suggests entities in these pieces of the text, in each block by the model of its language.
    #[must_use]
    pub fn suggest_in(&self, text: &Text, declared: &str, pieces: &[Range<usize>]) -> Vec<Entity> {
        let mut entities = Vec::new();
        self.with_each(text, declared, pieces, |tagger, pieces| {
            entities.extend(tagger.suggest_in(text, pieces));
        });
        entities.sort_by_key(|entity| entity.span);
        entities
    }

    /// Uses the model of each language with the pieces of a text that are in it.
    pub fn with_each(
        &self,
        text: &Text,
        declared: &str,
        pieces: &[Range<usize>],
        mut work: impl FnMut(&OnlineTagger, &[Range<usize>]),
    ) {
        for part in by_language(text, declared, pieces) {
            self.with(part.language, |tagger| work(tagger, &part.pieces));
        }
    }

    /// Uses the model of a language.
    fn with(&self, language: &'static str, work: impl FnOnce(&OnlineTagger)) {
        if let Some(tagger) = self.taggers.get(language) {
            return work(tagger);
        }
        let mut cold = self.cold.lock().unwrap_or_else(PoisonError::into_inner);
        let tagger = cold
            .entry(language)
            .or_insert_with(|| Arc::new(OnlineTagger::new(TagModel::of(language), &self.schema)));
        let tagger = Arc::clone(tagger);
        drop(cold);
        work(&tagger);
    }
}

/// Whether one of the pieces holds these bytes.
fn is_in(pieces: &[Range<usize>], bytes: &Range<usize>) -> bool {
    let mut pieces = pieces.iter();
    pieces.any(|piece| piece.start <= bytes.start && bytes.end <= piece.end)
}
