//! A model that learns while annotators tag a dataset, with the dataset's own labels.
//!
//! It always starts from the base model's weights and trains on the articles that it remembers, in
//! the order of their numbers. So the same articles give the same weights, in whatever order they
//! were added, changed or removed, and what the base model knows is never lost.

pub mod by_language;
mod hyperparameters;
mod labels;
#[cfg(test)]
mod tests;
mod titles;

use std::ops::Range;
use std::sync::Arc;

use hyperparameters::{FROM_BASE, FROM_NOTHING};

use super::Roles;
use super::features::bias_row;
use super::features::candidates::CandidateFilter;
use super::features::plain_words::PlainWord;
use super::find::find_in;
use super::gazetteer::{ConfirmedName, Gazetteer, LABEL_CODES, confirmed_in};
use super::judge::{SpanShares, judge_in};
use super::labels::Mapping;
use super::model::{MAX_TYPES, TagModel, tag_of};
use super::pieces;
use super::rules::RuleKind;
use super::titles::Titles;
use super::training::{GoldName, Hyperparameters, TaggedArticle, TrainingExample};
use super::words::Words;
use crate::learn::perceptron::Perceptron;
use crate::learn::perceptron::subset::RowSubset;
use crate::learn::perceptron::train::{StepSize, Trainer};
use crate::model::{Entity, Label, Region, Rng, Schema, Text};

/// The number of articles to train on. Of more, it is the last half of them and others at regular
/// distances.
const MAX_REPLAYED: usize = 200;

/// The number of uses from which a label is learnt: rules no longer find it, and it is told apart
/// from others of the same type.
const USES_UNTIL_LEARNT: u32 = 40;

/// The negative bias of a label that the base model does not know.
const NEW_LABEL_PENALTY: f32 = 5.0;

/// The negative bias of such a label while nobody has used it, so that no labelling has it.
const UNUSED_LABEL_PENALTY: f32 = 1000.0;

/// An article with the names that annotators tagged in it.
#[derive(Clone, Debug)]
struct KnownArticle {
    /// Its place in the order of all articles.
    number: i64,
    text: String,
    pieces: Vec<Range<usize>>,
    names: Vec<GoldName>,
    /// What follows from the names and from the articles before it; `None` if one of those changed.
    derived: Option<Derived>,
}

/// What follows from an article and those before it.
#[derive(Clone, Debug)]
struct Derived {
    /// Its features, as [`OnlineTagger::rows`] numbers them.
    example: TrainingExample,
    /// Its names.
    confirmed: Vec<ConfirmedName>,
    /// The untagged occurrences of names of articles before it.
    untagged: Vec<String>,
    /// The words that its names add to the candidates.
    candidates: Vec<u64>,
    /// The words that its names with labels of the dataset's own add.
    plain: Vec<PlainWord>,
}

/// A model that learns while annotators tag a dataset.
#[derive(Clone, Debug)]
pub struct OnlineTagger {
    labels: Vec<Label>,
    /// For each label, the base model's type for it.
    base_types: Vec<Option<usize>>,
    /// The tags of the labels that the base model does not know, as bits.
    new_tags: u64,
    /// The base model with the dataset's labels as types.
    start: Arc<TagModel>,
    model: Arc<TagModel>,
    /// The articles by rising number. Those that are derived come first.
    articles: Vec<KnownArticle>,
    /// The number of articles that are derived.
    derived: usize,
    /// The rows of weights that the derived articles use, and some that removed ones used.
    rows: RowSubset,
    /// The names of the derived articles.
    gazetteer: Gazetteer,
    /// The candidates of the base model and of the derived articles.
    candidates: CandidateFilter,
    /// The names that suggestions use: those of all articles, or the previous ones until all
    /// articles are derived.
    known_names: Arc<Gazetteer>,
    /// The labels that rules find until they are learnt.
    ruled: Vec<(RuleKind, Label)>,
    /// Which labels are persons and which are bodies.
    roles: Roles,
    /// Whether annotators tag the titles before names.
    keeps_titles: bool,
    /// Whether articles have changed since the weights were trained.
    is_stale: bool,
}

impl OnlineTagger {
    /// Starts from a base model, with the labels of a schema.
    #[must_use]
    pub fn new(base: &TagModel, schema: &Schema) -> Self {
        let labels: Vec<Label> = schema
            .entities()
            .iter()
            .map(|label| label.label.clone())
            .take(MAX_TYPES)
            .collect();
        let mapping = Mapping::new(&base.types, schema);
        let mut start = labels::with_labels(base, &labels, &mapping);
        // What the base model learnt about confirmed names of a type is true of the label of that
        // type.
        let base_types: Vec<Option<usize>> =
            labels.iter().map(|label| mapping.kind(label)).collect();
        let codes = base_types.iter().enumerate().map(|(nth, kind)| {
            let code = kind.unwrap_or(base.types.len() + nth);
            code.min(LABEL_CODES - 1) as u16
        });
        let gazetteer = Gazetteer::with_label_codes(codes.collect());
        for (nth, kind) in base_types.iter().enumerate() {
            if kind.is_some() {
                labels::trust_confirmed(&mut start.weights, nth, &gazetteer);
            }
        }
        let start = Arc::new(start);
        let new_tags = base_types
            .iter()
            .enumerate()
            .filter(|(_, kind)| kind.is_none())
            .fold(0, |bits, (nth, _)| {
                bits | 1 << tag_of(nth, true) | 1 << tag_of(nth, false)
            });
        let unknown = String::new();
        let base_types_names: Vec<&String> = base_types
            .iter()
            .map(|kind| kind.map_or(&unknown, |kind| &base.types[kind]))
            .collect();
        let mut tagger = Self {
            model: Arc::clone(&start),
            candidates: start.candidates.clone(),
            rows: RowSubset::new(start.weights.bits()),
            start,
            base_types,
            new_tags,
            labels,
            articles: Vec::new(),
            derived: 0,
            known_names: Arc::new(gazetteer.clone()),
            gazetteer,
            roles: Roles::of(base_types_names),
            ruled: mapping.ruled().to_vec(),
            keeps_titles: false,
            is_stale: false,
        };
        tagger.refit();
        tagger
    }

    /// Starts from weights of zero, with the labels of a schema.
    #[must_use]
    pub fn from_nothing(schema: &Schema) -> Self {
        Self::new(
            &TagModel::new(Vec::new(), Hyperparameters::default().bits),
            schema,
        )
    }

    /// The current model. Its types are the schema's labels.
    #[must_use]
    pub fn model(&self) -> &Arc<TagModel> {
        &self.model
    }

    /// The confirmed names, with the number of uses of each of the [`labels`](Self::labels).
    #[must_use]
    pub fn gazetteer(&self) -> &Gazetteer {
        &self.known_names
    }

    /// The labels, in the order of the model's types.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// The number of articles that it learns from.
    #[must_use]
    pub fn articles(&self) -> usize {
        self.articles.len()
    }

    /// Learns the entities in these pieces of an article. They replace those of the article with
    /// the same number.
    pub fn learn(
        &mut self,
        number: i64,
        text: &Text,
        pieces: Vec<Range<usize>>,
        entities: &[Entity],
    ) {
        self.put(number, text, pieces, entities);
        self.refit();
    }

    /// Adds an article without learning from it: [`derive_next`](Self::derive_next) makes its names
    /// known, and [`refit`](Self::refit) trains on it. Returns false if nothing of it has changed.
    pub fn put(
        &mut self,
        number: i64,
        text: &Text,
        pieces: Vec<Range<usize>>,
        entities: &[Entity],
    ) -> bool {
        let names: Vec<GoldName> = entities
            .iter()
            .filter_map(|entity| {
                Some(GoldName {
                    bytes: entity.span.range(),
                    kind: self
                        .labels
                        .iter()
                        .position(|label| *label == entity.label)?,
                })
            })
            .collect();
        let at = self.articles.partition_point(|known| known.number < number);
        let is_known = self.articles.get(at).is_some_and(|known| {
            known.number == number
                && known.text == text.as_str()
                && known.pieces == pieces
                && known.names == names
        });
        if is_known {
            return false;
        }
        self.forget(number);
        self.underive(at);
        let article = KnownArticle {
            number,
            text: text.as_str().to_owned(),
            pieces,
            names,
            derived: None,
        };
        self.articles.insert(at, article);
        true
    }

    /// Removes an article. The next [`refit`](Self::refit) trains without it. Returns whether it
    /// was known.
    pub fn forget(&mut self, number: i64) -> bool {
        let at = self.articles.partition_point(|known| known.number < number);
        let is_known = self
            .articles
            .get(at)
            .is_some_and(|known| known.number == number);
        if is_known {
            self.underive(at);
            self.articles.remove(at);
        }
        is_known
    }

    /// Reverts what follows from the articles from `to` on.
    fn underive(&mut self, to: usize) {
        self.is_stale = true;
        let from = to.min(self.derived);
        for article in self.articles[from..self.derived].iter_mut().rev() {
            if let Some(derived) = article.derived.take() {
                self.gazetteer.uncount(&derived.confirmed);
                self.gazetteer.count_untagged(&derived.untagged, -1);
                for word in derived.candidates {
                    self.candidates.remove(word);
                }
                for word in derived.plain {
                    self.candidates.plain.remove(word);
                }
            }
        }
        self.derived = from;
    }

    /// Removes the article that would be derived next.
    pub fn leave_out(&mut self) {
        if self.derived < self.articles.len() {
            self.articles.remove(self.derived);
            self.is_stale = true;
        }
    }

    /// The number of articles that are not derived yet.
    #[must_use]
    pub fn to_derive(&self) -> usize {
        self.articles.len() - self.derived
    }

    /// Derives what follows from the next article. After the last one, suggestions use the names of
    /// all articles.
    pub fn derive_next(&mut self) {
        if let Some(article) = self.articles.get_mut(self.derived) {
            let mut tagged = TaggedArticle::new(
                &article.text,
                &article.pieces,
                &article.names,
                self.start.lexicon(),
            );
            // With the names of the articles before it, as when suggestions were made for it.
            self.gazetteer.mark(&article.text, &mut tagged.words.all);
            let candidates = tagged.add_candidates(&mut self.candidates);
            let plain = tagged.add_plain_words(self.new_tags, &mut self.candidates.plain);
            let mut example = tagged.example(&self.candidates, self.start.weights.bits());
            example.renumber(&mut self.rows);
            let (words, tags) = (&tagged.words.all, &tagged.tags);
            let untagged = self.gazetteer.untagged(&article.text, words, tags);
            let confirmed = confirmed_in(&article.text, words, tags);
            self.gazetteer.count_untagged(&untagged, 1);
            self.gazetteer.count(&confirmed);
            article.derived = Some(Derived {
                example,
                confirmed,
                untagged,
                candidates,
                plain,
            });
            self.derived += 1;
        }
        if self.to_derive() == 0 {
            self.known_names = Arc::new(self.gazetteer.clone());
        }
    }

    /// Trains the weights again, if an article was added, changed or removed since the last time.
    pub fn refit_if_stale(&mut self) {
        if self.is_stale {
            self.refit();
        }
    }

    /// Trains the weights again, on all articles.
    pub fn refit(&mut self) {
        while self.to_derive() > 0 {
            self.derive_next();
        }
        self.is_stale = false;
        self.known_names = Arc::new(self.gazetteer.clone());
        self.keeps_titles = self.tags_titles();
        let uses = self.uses();
        let start = self.initial_weights(&uses);
        let weights = if self.articles.is_empty() {
            start
        } else {
            self.trained(start)
        };
        self.model = Arc::new(TagModel {
            language: self.start.language.clone(),
            types: self.start.types.clone(),
            weights,
            candidates: self.candidates.clone(),
            calibration: self.start.calibration,
            type_groups: self.type_groups(&uses),
        });
    }

    /// Trains weights on the articles.
    fn trained(&self, mut weights: Perceptron) -> Perceptron {
        let knows_none = self.base_types.iter().all(Option::is_none);
        let options = if knows_none {
            &FROM_NOTHING
        } else {
            &FROM_BASE
        };
        let mut trainer = Trainer::new(weights.gather(&self.rows));
        trainer.before = options.base;
        trainer.new_tags = self.new_tags;
        trainer.margin = options.margin;
        trainer.missed = options.missed;
        (trainer.missed_new, trainer.new_step) = (options.missed_new, options.new_step);
        trainer.step = StepSize::Fading(options.step);
        let mut examples: Vec<&TrainingExample> = self
            .replayed()
            .filter_map(|at| Some(&self.articles[at].derived.as_ref()?.example))
            .collect();
        let words: usize = examples.iter().map(|example| example.candidates()).sum();
        let rounds = (options.words / words.max(1)).clamp(1, options.rounds);
        let mut rng = Rng::new(1);
        for _ in 0..rounds {
            rng.shuffle(&mut examples);
            for example in &examples {
                example.train(&mut trainer);
            }
        }
        weights.put_back(&self.rows, &trainer.averaged());
        weights
    }

    /// The number of uses of each label.
    fn uses(&self) -> Vec<u32> {
        let mut uses = vec![0_u32; self.labels.len()];
        for (_, entry) in self.known_names.iter() {
            for (uses, count) in uses.iter_mut().zip(&entry.counts) {
                *uses = uses.saturating_add(*count);
            }
        }
        uses
    }

    /// The weights that training starts from: labels that the base model does not know have a
    /// negative bias.
    fn initial_weights(&self, uses: &[u32]) -> Perceptron {
        let mut weights = self.start.weights.clone();
        if self.base_types.iter().all(Option::is_none) {
            return weights;
        }
        let bias = bias_row(weights.bits());
        for (at, kind) in self.base_types.iter().enumerate() {
            if kind.is_none() {
                let penalty = if uses[at] > 0 {
                    NEW_LABEL_PENALTY
                } else {
                    UNUSED_LABEL_PENALTY
                };
                for first in [true, false] {
                    weights.shift(bias, usize::from(tag_of(at, first)), -penalty);
                }
            }
        }
        weights
    }

    /// The groups of the labels: labels of one type of the base model are one group until each of
    /// them is learnt.
    fn type_groups(&self, uses: &[u32]) -> Vec<usize> {
        let is_told_apart = |kind: &Option<usize>| {
            let same = self.base_types.iter().zip(uses);
            let uses = same
                .filter(|(other, _)| *other == kind)
                .map(|(_, uses)| uses);
            uses.min()
                .is_some_and(|fewest| *fewest >= USES_UNTIL_LEARNT)
        };
        self.base_types
            .iter()
            .enumerate()
            .map(|(at, kind)| match kind {
                Some(kind_of) if !is_told_apart(kind) => *kind_of,
                _ => MAX_TYPES + at,
            })
            .collect()
    }

    /// The articles to train on.
    fn replayed(&self) -> impl Iterator<Item = usize> {
        let count = self.articles.len();
        let recent = if count > MAX_REPLAYED {
            MAX_REPLAYED / 2
        } else {
            count
        };
        let (older, others) = (count - recent, count.min(MAX_REPLAYED) - recent);
        (0..others)
            .map(move |nth| nth * older / others)
            .chain(older..count)
    }

    /// Suggests entities in the regions where the schema asks for some.
    #[must_use]
    pub fn suggest(&self, text: &Text, regions: &[Region], schema: &Schema) -> Vec<Entity> {
        self.suggest_in(text, &pieces(text, regions, schema))
    }

    /// Suggests entities in these pieces of the text.
    #[must_use]
    pub fn suggest_in(&self, text: &Text, pieces: &[Range<usize>]) -> Vec<Entity> {
        let mut words = Words::read(text.as_str(), pieces, self.start.lexicon());
        self.known_names.mark(text.as_str(), &mut words.all);
        let certain = self.known_names.certain(text.as_str(), &words.all);
        let mut found = find_in(&self.model, &words, &certain);
        let lexicon = self.start.lexicon();
        let titles = Titles::of(&self.start.language).filter(|_| !self.keeps_titles);
        self.roles
            .correct(text.as_str(), &words, lexicon, titles, &mut found);
        let ruled: Vec<_> = self
            .ruled
            .iter()
            .filter(|(_, label)| !self.is_learnt(label))
            .cloned()
            .collect();
        super::entities(
            text,
            &words,
            &found,
            |found| self.labels.get(found.kind),
            &ruled,
        )
    }

    /// Judges spans within these pieces of the text, given in bytes; the types are
    /// [`labels`](Self::labels).
    #[must_use]
    pub fn judge(
        &self,
        text: &Text,
        pieces: &[Range<usize>],
        spans: &[Range<usize>],
    ) -> Vec<Option<SpanShares>> {
        let mut words = Words::read(text.as_str(), pieces, self.start.lexicon());
        self.known_names.mark(text.as_str(), &mut words.all);
        judge_in(&self.model, &words, spans)
    }

    /// Whether rules find this label, and the model does not know it yet.
    #[must_use]
    pub fn is_ruled(&self, label: &Label) -> bool {
        let ruled = self.ruled.iter().any(|(_, ruled)| ruled == label);
        ruled && !self.is_learnt(label)
    }

    /// Whether a label was used so often that the model finds it better than rules.
    fn is_learnt(&self, label: &Label) -> bool {
        let place = self.labels.iter().position(|other| other == label);
        place.is_some_and(|place| self.uses()[place] >= USES_UNTIL_LEARNT)
    }
}
