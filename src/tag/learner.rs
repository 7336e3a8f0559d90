//! A model that goes on learning from what people tag in one dataset, with the dataset's own labels, and can forget again.
//!
//! It always begins from the base's weights and goes over the articles that it remembers, so that the same articles in the same
//! order give the same weights, what is forgotten leaves no trace, and what the base knows is never lost.

use std::ops::Range;
use std::sync::Arc;

use super::find::find_in;
use super::labels::{Mapping, ungoverned_words};
use super::lesson::{Dice, Lesson, Named, Tagged};
use super::lexicon::{Lexicon, part};
use super::model::{TagModel, grammar, tag_of};
use super::names::{Names, TOLD};
use super::rules::Kind;
use super::words::Words;
use super::{features, pieces};
use crate::learn::chain::{Chain, Step, Trainer};
use crate::model::{Entity, Label, Region, Schema, Text};

/// How the saved bytes begin; the last one is the version of what follows.
const MAGIC: &[u8; 8] = b"cdlrn\0\0\x01";

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
    base: 500.0,
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

/// An article that was learnt.
#[derive(Clone, Debug)]
struct Learnt {
    id: String,
    text: String,
    pieces: Vec<Range<usize>>,
    names: Vec<Named>,
    lesson: Lesson,
    /// Known names that stood in it untagged when it was learnt.
    plain: Vec<String>,
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
    articles: Vec<Learnt>,
    names: Names,
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
            start,
            kinds,
            new_tags,
            labels,
            articles: Vec::new(),
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
        &self.names
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

    /// Learns what a person tagged in an article; what was learnt of the same id before is forgotten.
    pub fn learn(
        &mut self,
        id: &str,
        text: &Text,
        regions: &[Region],
        schema: &Schema,
        entities: &[Entity],
    ) {
        self.learn_in(id, text, pieces(text, regions, schema), entities);
    }

    /// The same in these pieces of the text.
    pub fn learn_in(
        &mut self,
        id: &str,
        text: &Text,
        pieces: Vec<Range<usize>>,
        entities: &[Entity],
    ) {
        self.take(id, text, pieces, entities);
        self.refit();
    }

    /// Takes articles in without learning, for many at once; [`Learner::refit`] learns.
    pub fn take(&mut self, id: &str, text: &Text, pieces: Vec<Range<usize>>, entities: &[Entity]) {
        self.drop_article(id);
        let names = entities
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
        self.add(id.to_owned(), text.as_str().to_owned(), pieces, names);
    }

    fn add(&mut self, id: String, text: String, pieces: Vec<Range<usize>>, names: Vec<Named>) {
        let mut tagged = Tagged::new(&text, &pieces, &names);
        // As it was seen before anybody tagged it: with the names that were known then.
        self.names.mark(&text, &mut tagged.words.all);
        let model = Arc::make_mut(&mut self.model);
        tagged.open(&mut model.gate);
        let lesson = tagged.lesson(&model.gate, model.chain.bits());
        let plain = self.names.plain(&text, &tagged.words.all, &tagged.tags);
        self.names.count_plain(&plain, 1);
        self.names.count(&text, &tagged.words.all, &tagged.tags, 1);
        self.articles.push(Learnt {
            id,
            text,
            pieces,
            names,
            lesson,
            plain,
        });
    }

    /// Forgets an article, and all that was learnt from it. Whether it was known.
    pub fn forget(&mut self, id: &str) -> bool {
        let known = self.drop_article(id);
        if known {
            self.refit();
        }
        known
    }

    fn drop_article(&mut self, id: &str) -> bool {
        let Some(at) = self.articles.iter().position(|article| article.id == id) else {
            return false;
        };
        let gone = self.articles.remove(at);
        let tagged = Tagged::new(&gone.text, &gone.pieces, &gone.names);
        self.names
            .count(&gone.text, &tagged.words.all, &tagged.tags, -1);
        self.names.count_plain(&gone.plain, -1);
        true
    }

    /// Finds the weights anew from all that is remembered.
    pub fn refit(&mut self) {
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
        let gate = self.model.gate.clone();
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
            .map(|at| self.articles[*at].lesson.shown())
            .sum();
        let rounds = (manner.words / shown.max(1)).clamp(1, manner.rounds);
        let mut dice = Dice::new(1);
        for _ in 0..rounds {
            dice.shuffle(&mut replayed);
            for at in &replayed {
                self.articles[*at].lesson.teach(&mut trainer);
            }
        }
        self.model = Arc::new(TagModel {
            types: self.start.types.clone(),
            chain: trainer.averaged(),
            gate,
            calibration: self.start.calibration,
            alike,
        });
    }

    /// How often each label was used.
    fn used(&self) -> Vec<u32> {
        let mut used = vec![0_u32; self.labels.len()];
        for (_, entry) in self.names.iter() {
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
        self.names.mark(text.as_str(), &mut words.all);
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

    /// What was learnt, as bytes; the base is not in them.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        put(&mut out, self.labels.len());
        for label in &self.labels {
            put_text(&mut out, label.as_str());
        }
        put(&mut out, self.articles.len());
        for article in &self.articles {
            put_text(&mut out, &article.id);
            put_text(&mut out, &article.text);
            put(&mut out, article.pieces.len());
            for piece in &article.pieces {
                put(&mut out, piece.start);
                put(&mut out, piece.end);
            }
            put(&mut out, article.names.len());
            for name in &article.names {
                put(&mut out, name.bytes.start);
                put(&mut out, name.bytes.end);
                put(&mut out, name.kind);
            }
        }
        out
    }

    /// Goes on where [`Learner::save`] was called: the same model as then, from the same base. Labels that the schema lacks by now
    /// are left out.
    ///
    /// # Errors
    /// What is wrong with the bytes, for people.
    pub fn load(base: &TagModel, schema: &Schema, bytes: &[u8]) -> Result<Self, String> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(
            "what was learnt is of another version of this program; it will be learnt anew",
        )?;
        let mut learner = Self::new(base, schema);
        learner
            .read(&mut rest)
            .ok_or("what was learnt ends too early or is damaged")?;
        learner.refit();
        Ok(learner)
    }

    fn read(&mut self, bytes: &mut &[u8]) -> Option<()> {
        let count = take(bytes)?;
        let mut kinds = Vec::new();
        for _ in 0..count {
            let name = take_text(bytes)?;
            kinds.push(self.labels.iter().position(|label| *label == *name));
        }
        for _ in 0..take(bytes)? {
            let (id, text) = (take_text(bytes)?.to_owned(), take_text(bytes)?.to_owned());
            let mut pieces = Vec::new();
            for _ in 0..take(bytes)? {
                pieces.push(take(bytes)?..take(bytes)?);
            }
            let mut names = Vec::new();
            for _ in 0..take(bytes)? {
                let (range, kind) = (take(bytes)?..take(bytes)?, take(bytes)?);
                text.get(range.clone())?;
                if let Some(kind) = *kinds.get(kind)? {
                    names.push(Named { bytes: range, kind });
                }
            }
            self.add(id, text, pieces, names);
        }
        bytes.is_empty().then_some(())
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

fn put(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn take(bytes: &mut &[u8]) -> Option<usize> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    usize::try_from(u32::from_le_bytes(*number)).ok()
}

fn take_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let length = take(bytes)?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;
    use crate::tag::labels::tests::schema;

    fn teach(learner: &mut Learner, id: &str, marked: &str) {
        let document = notation::parse(marked).unwrap();
        let all = vec![0..document.text.len()];
        learner.learn_in(id, &document.text, all, document.annotation.entities());
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
            teach(&mut learner, &nth.to_string(), marked);
        }
        assert_eq!(tagged(&learner, text), ["SHIP Gozo Star"]);
        let entry = learner.names().get("Gozo Star").unwrap();
        assert_eq!((entry.counts[1], entry.is_sure()), (3, true));

        let again = Learner::load(TagModel::shipped(), &schema, &learner.save()).unwrap();
        assert_eq!(again.model(), learner.model());
        assert_eq!(again.names(), learner.names());
        for nth in 0..3 {
            assert!(learner.forget(&nth.to_string()));
        }
        assert!(!learner.forget("0"));
        assert_eq!(tagged(&learner, text), before);
        assert_eq!(learner.names().iter().count(), 0);
    }

    #[test]
    fn what_was_saved_is_checked() {
        let schema = schema(&["PER"]);
        let mut learner = Learner::from_nothing(&schema);
        teach(&mut learner, "a", "body| So {PER Ada} spoke.\n");
        let bytes = learner.save();
        for end in 0..bytes.len() {
            let none = TagModel::new(Vec::new(), 10);
            assert!(Learner::load(&none, &schema, &bytes[..end]).is_err());
        }
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
