//! A model that goes on learning from what people tag in one dataset, with the dataset's own labels, and can forget again.
//!
//! It always begins from the base's weights and goes over the articles that it remembers, in the order of their numbers. The same
//! articles give the same weights, in whatever order they were taken in, changed or forgotten, and what the base knows is never lost.

use std::ops::Range;
use std::sync::Arc;

use super::features::Gate;
use super::find::find_in;
use super::labels::{Mapping, ungoverned_words};
use super::lesson::{Lesson, Named, Tagged};
use super::lexicon::{Lexicon, part};
use super::model::{TagModel, grammar, tag_of};
use super::names::{Counted, Names, TOLD, named};
use super::rules::Kind;
use super::words::Words;
use super::{features, pieces};
use crate::learn::chain::{Chain, Step, Trainer};
use crate::model::{Entity, Label, Region, Rng, Schema, Text};

/// How the weights are changed. Found by comparing on streams of several kinds: docs/tagger.md.
struct Manner {
    /// So many words in all are gone over after each article, so that learning stays within a tenth of a second...
    words: usize,
    /// ... and each article at most so often.
    rounds: usize,
    margin: f32,
    missed: f32,
    step: f32,
    /// What the base says counts in the average as so many sentences do.
    base: f32,
}

/// Where the base knows the labels: it is to stay, and to be put right.
const ON: Manner = Manner {
    words: 60_000,
    rounds: 6,
    margin: 15.0,
    missed: 2.0,
    step: 0.3,
    base: 1000.0,
};

/// Where it knows none of them: names are missed first of all, and what is there can be gone over more often.
const ANEW: Manner = Manner {
    words: 100_000,
    rounds: 12,
    margin: 3.0,
    missed: 20.0,
    step: 1.0,
    base: 0.0,
};

/// So many articles are gone over after each one; of more, the last half of them and others spread evenly.
const REPLAYED: usize = 200;

/// Rules find what a label is for until so many were tagged with it, and labels of one type are alike until each was used so often.
const RULED: u32 = 40;

/// What a tag of an unknown label that somebody uses is held back by.
const HELD_BACK: f32 = 5.0;

/// What it is held back by until then: no reading has it.
const SHUT_OUT: f32 = 1000.0;

/// What the lexicon says about towns and seas counts this much.
const GOVERNED: f32 = 1.0;

/// An article with what a person tagged in it.
#[derive(Clone, Debug)]
struct Learnt {
    /// The place of the article in the order in which all are learnt.
    number: i64,
    text: String,
    pieces: Vec<Range<usize>>,
    names: Vec<Named>,
    /// What follows from these and from the articles before it; `None` if one of those changed.
    derived: Option<Derived>,
}

/// What an article teaches, given those before it.
#[derive(Clone, Debug)]
struct Derived {
    lesson: Lesson,
    counted: Vec<Counted>,
    /// Known names that stood in it untagged.
    plain: Vec<String>,
    /// Small words inside its names that no article before it has.
    opened: Vec<u64>,
}

/// A model that goes on learning.
#[derive(Clone, Debug)]
pub struct Learner {
    labels: Vec<Label>,
    /// For each of them the base's type that it is a kind of, if it knows it.
    kinds: Vec<Option<usize>>,
    /// The tags of those that the base does not know, as bits.
    new_tags: u64,
    /// The base, for the dataset's labels.
    start: Arc<TagModel>,
    model: Arc<TagModel>,
    /// By rising number. Those that are derived come first.
    articles: Vec<Learnt>,
    /// How many articles are derived: the names and the gate are those of these.
    derived: usize,
    names: Names,
    gate: Gate,
    /// The names of all articles, as suggestions see them: those of before until all articles are derived.
    shown: Arc<Names>,
    /// Labels that rules find, until enough is learnt.
    ruled: Vec<(Kind, Label)>,
}

impl Learner {
    /// Goes on from a model, with the labels of a schema.
    #[must_use]
    pub fn new(base: &TagModel, schema: &Schema) -> Self {
        let labels: Vec<Label> = schema
            .entities()
            .iter()
            .map(|label| label.label.clone())
            .take(super::model::MAX_TYPES)
            .collect();
        let mapping = Mapping::new(&base.types, schema);
        let start = Arc::new(spread(base, &labels, &mapping));
        // What the base learnt of confirmed names of a type holds for the label that the type is mapped to.
        let kinds: Vec<Option<usize>> = labels.iter().map(|label| mapping.kind(label)).collect();
        let told_as = kinds.iter().enumerate().map(|(nth, kind)| {
            let number = kind.unwrap_or(base.types.len() + nth);
            number.min(TOLD - 1) as u16
        });
        let names = Names::told_as(told_as.collect());
        let new_tags = kinds
            .iter()
            .enumerate()
            .filter(|(_, kind)| kind.is_none())
            .fold(0, |bits, (nth, _)| {
                bits | 1 << tag_of(nth, true) | 1 << tag_of(nth, false)
            });
        let mut learner = Self {
            model: Arc::clone(&start),
            gate: start.gate.clone(),
            start,
            kinds,
            new_tags,
            labels,
            articles: Vec::new(),
            derived: 0,
            shown: Arc::new(names.clone()),
            names,
            ruled: mapping.ruled().to_vec(),
        };
        learner.refit();
        learner
    }

    /// Begins from nothing, with the labels of a schema.
    #[must_use]
    pub fn from_nothing(schema: &Schema) -> Self {
        Self::new(
            &TagModel::new(Vec::new(), super::lesson::Options::default().bits),
            schema,
        )
    }

    /// The model as it is by now; its types are the schema's labels.
    #[must_use]
    pub fn model(&self) -> &Arc<TagModel> {
        &self.model
    }

    /// The names that were confirmed, with how often as which of the [`labels`](Self::labels).
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.shown
    }

    /// The labels, in the order of their numbers.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// How many articles it has learnt from.
    #[must_use]
    pub fn learnt(&self) -> usize {
        self.articles.len()
    }

    /// Learns what a person tagged in these pieces of an article; what was learnt of the same number before is forgotten.
    pub fn learn_in(
        &mut self,
        number: i64,
        text: &Text,
        pieces: Vec<Range<usize>>,
        entities: &[Entity],
    ) {
        self.take(number, text, pieces, entities);
        self.refit();
    }

    /// Takes an article in without learning. [`Learner::derive_next`] makes its names known, and [`Learner::refit`] learns. False if
    /// the same was known of it before.
    pub fn take(
        &mut self,
        number: i64,
        text: &Text,
        pieces: Vec<Range<usize>>,
        entities: &[Entity],
    ) -> bool {
        let names: Vec<Named> = entities
            .iter()
            .filter_map(|entity| {
                Some(Named {
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
        self.go_back(at);
        let article = Learnt {
            number,
            text: text.as_str().to_owned(),
            pieces,
            names,
            derived: None,
        };
        self.articles.insert(at, article);
        true
    }

    /// Forgets an article; what was learnt from it goes with the next [`Learner::refit`]. Whether it was known.
    pub fn forget(&mut self, number: i64) -> bool {
        let at = self.articles.partition_point(|known| known.number < number);
        let is_known = self
            .articles
            .get(at)
            .is_some_and(|known| known.number == number);
        if is_known {
            self.go_back(at);
            self.articles.remove(at);
        }
        is_known
    }

    /// Takes back what follows from the articles from `to` on.
    fn go_back(&mut self, to: usize) {
        let from = to.min(self.derived);
        for article in self.articles[from..self.derived].iter_mut().rev() {
            if let Some(derived) = article.derived.take() {
                self.names.uncount(&derived.counted);
                self.names.count_plain(&derived.plain, -1);
                for word in derived.opened {
                    self.gate.remove(word);
                }
            }
        }
        self.derived = from;
    }

    /// Forgets the article that would be derived next.
    pub fn leave_out(&mut self) {
        if self.derived < self.articles.len() {
            self.articles.remove(self.derived);
        }
    }

    /// How many articles have yet to be derived.
    #[must_use]
    pub fn to_derive(&self) -> usize {
        self.articles.len() - self.derived
    }

    /// Works out what the next article teaches, given those before it. After the last one, suggestions know the names of all.
    pub fn derive_next(&mut self) {
        if let Some(article) = self.articles.get_mut(self.derived) {
            let mut tagged = Tagged::new(&article.text, &article.pieces, &article.names);
            // As it was seen before anybody tagged it: with the names of the articles before it.
            self.names.mark(&article.text, &mut tagged.words.all);
            let opened = tagged.open(&mut self.gate);
            let lesson = tagged.lesson(&self.gate, self.start.chain.bits());
            let (words, tags) = (&tagged.words.all, &tagged.tags);
            let plain = self.names.plain(&article.text, words, tags);
            let counted = named(&article.text, words, tags);
            self.names.count_plain(&plain, 1);
            self.names.count(&counted);
            article.derived = Some(Derived {
                lesson,
                counted,
                plain,
                opened,
            });
            self.derived += 1;
        }
        if self.to_derive() == 0 {
            self.shown = Arc::new(self.names.clone());
        }
    }

    /// Finds the weights anew from all that is remembered.
    pub fn refit(&mut self) {
        while self.to_derive() > 0 {
            self.derive_next();
        }
        self.shown = Arc::new(self.names.clone());
        let used = self.used();
        let begun = self.begun(&used);
        let alike = self.alike(&used);
        if self.articles.is_empty() {
            self.model = Arc::new(TagModel {
                chain: begun,
                alike,
                ..TagModel::clone(&self.start)
            });
            return;
        }
        let all = 2 * self.labels.len() as u32;
        let manner = if self.new_tags.count_ones() < all {
            &ON
        } else {
            &ANEW
        };
        let mut trainer = Trainer::new(begun);
        (trainer.before, trainer.new_tags) = (manner.base, self.new_tags);
        trainer.margin = manner.margin;
        trainer.missed = manner.missed;
        trainer.step = Step::Fading(manner.step);
        let mut replayed = self.replayed();
        let shown: usize = replayed
            .iter()
            .filter_map(|at| Some(self.articles[*at].derived.as_ref()?.lesson.shown()))
            .sum();
        let rounds = (manner.words / shown.max(1)).clamp(1, manner.rounds);
        let mut rng = Rng::new(1);
        for _ in 0..rounds {
            rng.shuffle(&mut replayed);
            for at in &replayed {
                if let Some(derived) = &self.articles[*at].derived {
                    derived.lesson.teach(&mut trainer);
                }
            }
        }
        self.model = Arc::new(TagModel {
            types: self.start.types.clone(),
            chain: trainer.averaged(),
            gate: self.gate.clone(),
            calibration: self.start.calibration,
            alike,
        });
    }

    /// How often each label was used.
    fn used(&self) -> Vec<u32> {
        let mut used = vec![0_u32; self.labels.len()];
        for (_, entry) in self.shown.iter() {
            for (used, count) in used.iter_mut().zip(&entry.counts) {
                *used = used.saturating_add(*count);
            }
        }
        used
    }

    /// The weights that learning begins with: labels that the base does not know are held back, those that nobody uses are out.
    fn begun(&self, used: &[u32]) -> Chain {
        let mut chain = self.start.chain.clone();
        if self.kinds.iter().all(Option::is_none) {
            return chain;
        }
        let everywhere = features::everywhere(chain.bits());
        for (at, kind) in self.kinds.iter().enumerate() {
            if kind.is_none() {
                let by = if used[at] > 0 { HELD_BACK } else { SHUT_OUT };
                for first in [true, false] {
                    chain.shift(everywhere, usize::from(tag_of(at, first)), -by);
                }
            }
        }
        chain
    }

    /// The labels' kinds: labels of one type of the base are alike until people have used each of them so often that the model tells
    /// them apart.
    fn alike(&self, used: &[u32]) -> Vec<usize> {
        let is_told_apart = |kind: &Option<usize>| {
            let same = self.kinds.iter().zip(used);
            let fewest = same
                .filter(|(other, _)| *other == kind)
                .map(|(_, used)| used);
            fewest.min().is_some_and(|fewest| *fewest >= RULED)
        };
        self.kinds
            .iter()
            .enumerate()
            .map(|(at, kind)| match kind {
                Some(kind_of) if !is_told_apart(kind) => *kind_of,
                _ => super::model::MAX_TYPES + at,
            })
            .collect()
    }

    /// Which articles are gone over.
    fn replayed(&self) -> Vec<usize> {
        let count = self.articles.len();
        if count <= REPLAYED {
            return (0..count).collect();
        }
        let recent = REPLAYED / 2;
        let (older, others) = (count - recent, REPLAYED - recent);
        (0..others)
            .map(|nth| nth * older / others)
            .chain(older..count)
            .collect()
    }

    /// What it would tag, where the schema wants entities.
    #[must_use]
    pub fn suggest(&self, text: &Text, regions: &[Region], schema: &Schema) -> Vec<Entity> {
        self.suggest_in(text, &pieces(text, regions, schema))
    }

    /// The same in these pieces of the text.
    #[must_use]
    pub fn suggest_in(&self, text: &Text, pieces: &[Range<usize>]) -> Vec<Entity> {
        let mut words = Words::read(text.as_str(), pieces, Lexicon::shipped());
        self.shown.mark(text.as_str(), &mut words.all);
        let found = find_in(&self.model, &words);
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

    /// Whether so many were tagged with a label that the model knows it better than rules.
    fn is_learnt(&self, label: &Label) -> bool {
        let place = self.labels.iter().position(|other| other == label);
        place.is_some_and(|place| self.used()[place] >= RULED)
    }
}

/// A model's types as labels: those that a type is mapped to have its weights, the others what no name has, held back.
fn spread(base: &TagModel, labels: &[Label], mapping: &Mapping) -> TagModel {
    let of: Vec<Option<usize>> = labels.iter().map(|label| mapping.kind(label)).collect();
    let mut tags = vec![0_usize];
    for kind in &of {
        for first in [true, false] {
            tags.push(kind.map_or(0, |kind| usize::from(tag_of(kind, first))));
        }
    }
    let mut chain = Chain::spread(&base.chain, grammar(labels.len()), &tags);
    if let Some((governed, other)) = mapping.governed(labels) {
        let mut prefer = |row: u32, governed_by: f32| {
            for first in [true, false] {
                chain.shift(row, usize::from(tag_of(governed, first)), governed_by);
                chain.shift(row, usize::from(tag_of(other, first)), -governed_by);
            }
        };
        let bits = base.chain.bits();
        for row in features::rows_of_names(part::COUNTRY | part::CITY, bits) {
            prefer(row, GOVERNED / 2.0);
        }
        for word in ungoverned_words() {
            for row in features::rows_of_head(word, bits) {
                prefer(row, -GOVERNED / 2.0);
            }
        }
        prefer(features::everywhere(bits), GOVERNED / 4.0);
    }
    TagModel {
        types: labels
            .iter()
            .map(|label| label.as_str().to_owned())
            .collect(),
        chain,
        gate: base.gate.clone(),
        calibration: base.calibration,
        alike: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;
    use crate::tag::labels::tests::schema;

    fn teach(learner: &mut Learner, number: i64, marked: &str) {
        let document = notation::parse(marked).unwrap();
        let all = vec![0..document.text.len()];
        learner.learn_in(number, &document.text, all, document.annotation.entities());
    }

    fn tagged(learner: &Learner, text: &str) -> Vec<String> {
        let text = Text::new(text);
        learner
            .suggest_in(&text, &[0..text.len()])
            .iter()
            .map(|entity| format!("{} {}", entity.label, text.slice(entity.span)))
            .collect()
    }

    #[test]
    fn a_label_that_nobody_knows_is_learnt_and_forgotten_again() {
        let schema = schema(&["PERSON", "SHIP"]);
        let mut learner = Learner::new(TagModel::shipped(), &schema);
        let text = "On Monday the Gozo Star left the port.";
        let before = tagged(&learner, text);
        assert!(
            !before.iter().any(|found| found.starts_with("SHIP")),
            "{before:?}"
        );
        for (nth, marked) in [
            "body| On Friday the {SHIP Gozo Star} left the port with {PERSON Maria Borg} on board.\n",
            "body| The {SHIP Gozo Star} stayed in port, said {PERSON Karl Vella}.\n",
            "body| On Sunday the {SHIP Sliema Queen} left the port, and the {SHIP Gozo Star} stayed.\n",
        ]
        .iter()
        .enumerate()
        {
            teach(&mut learner, nth as i64, marked);
        }
        assert_eq!(tagged(&learner, text), ["SHIP Gozo Star"]);
        let entry = learner.names().get("Gozo Star").unwrap();
        assert_eq!((entry.counts[1], entry.is_sure()), (3, true));

        for nth in 0..3 {
            assert!(learner.forget(nth));
        }
        assert!(!learner.forget(0));
        learner.refit();
        assert_eq!(tagged(&learner, text), before);
        assert_eq!(learner.names().iter().count(), 0);
    }

    #[test]
    fn the_same_articles_give_the_same_model_in_whatever_order_they_came() {
        let schema = schema(&["PERSON", "SHIP"]);
        let articles = [
            "body| On Friday the {SHIP Gozo Star} left with {PERSON Maria Borg}, and with the {SHIP Queen of Malta}.\n",
            "body| The Gozo Star stayed in port, said {PERSON Karl Vella} of the Queen of Malta.\n",
            "body| {PERSON Maria Borg} wrote that the {SHIP Pride of the Sea} is new.\n",
        ];
        let mut plain = Learner::new(TagModel::shipped(), &schema);
        for (nth, marked) in articles.iter().enumerate() {
            teach(&mut plain, nth as i64, marked);
        }
        let mut other = Learner::new(TagModel::shipped(), &schema);
        teach(&mut other, 2, articles[2]);
        teach(&mut other, 0, articles[1]);
        teach(&mut other, 7, articles[0]);
        teach(&mut other, 1, articles[1]);
        assert!(other.forget(7));
        teach(&mut other, 0, articles[0]);
        assert!(other.model() == plain.model());
        assert_eq!(other.names(), plain.names());
        // The same again is no news.
        let document = notation::parse(articles[1]).unwrap();
        let all = vec![0..document.text.len()];
        assert!(!other.take(1, &document.text, all, document.annotation.entities()));
        assert_eq!(other.to_derive(), 0);
    }

    #[test]
    fn labels_that_nobody_used_yet_take_nothing_from_a_score() {
        let text = Text::new("He flew from Paris to Lisbon and met Maria Borg there.");
        let scores = |labels: &[&str]| -> Vec<f64> {
            Learner::new(TagModel::shipped(), &schema(labels))
                .suggest_in(&text, &[0..text.len()])
                .iter()
                .filter_map(|entity| Some(entity.provenance.score()?.value()))
                .collect()
        };
        let (few, many) = (
            scores(&["PERSON", "ORG", "LOC"]),
            scores(&["PERSON", "ORG", "GPE", "LOC", "SHIP", "LAW", "WORK"]),
        );
        assert_eq!(few.len(), 3, "{few:?}");
        assert_eq!(few.len(), many.len());
        for (few, many) in few.iter().zip(&many) {
            assert!((few - many).abs() < 0.05, "{few} {many}");
        }
    }

    #[test]
    fn towns_and_seas_are_told_apart_where_the_schema_does() {
        let learner = Learner::new(
            TagModel::shipped(),
            &schema(&["PERSON", "ORG", "GPE", "LOC"]),
        );
        let found = tagged(
            &learner,
            "He flew from Paris to France and sailed the Mediterranean Sea.",
        );
        assert!(
            found.contains(&"GPE Paris".to_owned()) && found.contains(&"GPE France".to_owned()),
            "{found:?}"
        );
        assert!(
            found.contains(&"LOC Mediterranean Sea".to_owned()),
            "{found:?}"
        );
    }
}
