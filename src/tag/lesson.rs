//! Articles that people tagged, as one learns from them, and learning from many at once.

use std::collections::BTreeMap;
use std::ops::Range;

use super::agree::Spot;
use super::features::{Gate, Reading};
use super::find::{bytes_of, spots};
use super::lexicon::Lexicon;
use super::model::{TagModel, tag_of};
use super::names::{Names, named};
use super::words::Words;
use crate::learn::chain::{Chain, Rows, Step, Trainer};
use crate::model::Rng;

/// A name that a person tagged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Where it is, in bytes.
    pub bytes: Range<usize>,
    /// Its type, by its number.
    pub kind: usize,
}

/// The words of an article with the tags that they should have.
pub struct Tagged {
    pub(super) words: Words,
    pub(super) tags: Vec<u8>,
}

impl Tagged {
    /// Reads the pieces of a text in which names were tagged. A name that begins or ends within a word is widened to it; of names
    /// that share words, the first and longest is learnt.
    #[must_use]
    pub fn new(text: &str, pieces: &[Range<usize>], names: &[Named]) -> Self {
        let words = Words::read(text, pieces, Lexicon::shipped());
        let mut tags = vec![0; words.all.len()];
        let mut sorted: Vec<&Named> = names.iter().collect();
        sorted.sort_by_key(|name| (name.bytes.start, std::cmp::Reverse(name.bytes.end)));
        for name in sorted {
            let from = words
                .all
                .partition_point(|word| word.bytes.end <= name.bytes.start);
            let to = words
                .all
                .partition_point(|word| word.bytes.start < name.bytes.end);
            if from < to && tags[from..to].iter().all(|tag| *tag == 0) {
                for (nth, tag) in tags[from..to].iter_mut().enumerate() {
                    *tag = tag_of(name.kind, nth == 0);
                }
            }
        }
        Self { words, tags }
    }

    /// Small words and signs inside names, each as often as it is in one.
    fn inner(&self, counts: &mut BTreeMap<u64, usize>) {
        for (word, tag) in self.words.all.iter().zip(&self.tags) {
            if *tag != 0 && !word.is_large() {
                *counts.entry(word.lower).or_default() += 1;
            }
        }
    }

    /// Lets all small words and signs that are inside names through a gate. Returns those that it did not let through before.
    pub(super) fn open(&self, gate: &mut Gate) -> Vec<u64> {
        let mut opened = Vec::new();
        for (word, tag) in self.words.all.iter().zip(&self.tags) {
            if *tag != 0 && !word.is_large() && !gate.has(word.lower) {
                gate.add(word.lower);
                opened.push(word.lower);
            }
        }
        opened
    }

    /// As rows of features for models with two to the power of `bits` rows.
    #[must_use]
    pub fn lesson(&self, gate: &Gate, bits: u32) -> Lesson {
        let reading = Reading::new(&self.words);
        let mut sentences = Vec::new();
        for (nth, range) in self.words.sentences.iter().enumerate() {
            let mut rows = Rows::default();
            reading.features(nth, gate, bits, &mut rows);
            if rows.features.is_empty() {
                continue;
            }
            rows.features.shrink_to_fit();
            let tags = learnable(&self.tags[range.clone()], &rows);
            sentences.push((rows, tags));
        }
        Lesson { sentences }
    }
}

/// The tags without names of which the model is not shown every word.
fn learnable(tags: &[u8], rows: &Rows) -> Vec<u8> {
    let mut kept = tags.to_vec();
    let mut at = 0;
    while at < kept.len() {
        if kept[at] == 0 {
            at += 1;
            continue;
        }
        let later = kept[at] + kept[at] % 2;
        let mut end = at + 1;
        while end < kept.len() && kept[end] == later {
            end += 1;
        }
        if (at..end).any(|nth| rows.of(nth).is_empty()) {
            kept[at..end].fill(0);
        }
        at = end;
    }
    // A name that goes on after a sentence's end begins anew there.
    if let Some(first) = kept.first_mut()
        && *first != 0
        && first.is_multiple_of(2)
    {
        *first -= 1;
    }
    kept
}

/// The sentences of an article that have something to learn from.
#[derive(Clone, Debug, Default)]
pub struct Lesson {
    sentences: Vec<(Rows, Vec<u8>)>,
}

impl Lesson {
    /// How many words a model is shown.
    #[must_use]
    pub fn shown(&self) -> usize {
        self.sentences
            .iter()
            .map(|(rows, _)| {
                (0..rows.len())
                    .filter(|nth| !rows.of(*nth).is_empty())
                    .count()
            })
            .sum()
    }

    /// Goes over it once.
    pub fn teach(&self, trainer: &mut Trainer) {
        for (rows, tags) in &self.sentences {
            trainer.learn(rows, tags);
        }
    }
}

/// How to learn from many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The number of rows of weights is two to the power of this.
    pub bits: u32,
    /// How often each sentence is gone over.
    pub rounds: usize,
    /// How many models are trained, each in another order, and taken together.
    pub runs: usize,
    /// By how much a right labelling must be better than a wrong one, for each word that is wrong.
    pub margin: f32,
    /// What is added to that for a word of a name that was missed.
    pub missed: f32,
    /// The largest change of a weight at once.
    pub step: f32,
    /// By which the orders are made.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bits: 17,
            rounds: 4,
            runs: 3,
            margin: 15.0,
            missed: 5.0,
            step: 0.1,
            seed: 1,
        }
    }
}

/// So many articles a model learns to remember names over.
const REMEMBERED: usize = 200;

/// One article in so many is told of them.
const TOLD: usize = 3;

/// Tells some of the articles which names were confirmed in those before them, as a [`super::Learner`] will, so that a model learns how
/// far such names can be trusted; in the rest it learns to do without.
pub fn recall<'a>(articles: impl Iterator<Item = (&'a str, &'a mut Tagged)>, seed: u64) {
    let mut names = Names::default();
    let mut rng = Rng::new(seed);
    for (nth, (text, tagged)) in articles.enumerate() {
        if nth % REMEMBERED == 0 {
            names = Names::default();
        }
        let plain = names.plain(text, &tagged.words.all, &tagged.tags);
        if rng.below(TOLD) == 0 {
            names.mark(text, &mut tagged.words.all);
        }
        names.count_plain(&plain, 1);
        names.count(&named(text, &tagged.words.all, &tagged.tags));
    }
}

/// The words that a model should look at, though they are not written large: those seen at least `often` inside names.
#[must_use]
pub fn gate(tagged: &[Tagged], often: usize) -> Gate {
    let mut counts = BTreeMap::new();
    for tagged in tagged {
        tagged.inner(&mut counts);
    }
    Gate::new(
        counts
            .into_iter()
            .filter(|(_, count)| *count >= often)
            .map(|(word, _)| word),
    )
}

/// One model's weights, trained in the order that `run` makes.
#[must_use]
pub fn train(types: usize, lessons: &[&Lesson], options: &Options, run: usize) -> Chain {
    let mut trainer = Trainer::new(Chain::new(super::model::grammar(types), options.bits));
    trainer.margin = options.margin;
    trainer.missed = options.missed;
    trainer.step = Step::Fitting(options.step);
    let mut order: Vec<(u32, u32)> = Vec::new();
    for (nth, lesson) in lessons.iter().enumerate() {
        order.extend((0..lesson.sentences.len()).map(|sentence| (nth as u32, sentence as u32)));
    }
    let mut rng = Rng::new(options.seed.wrapping_add(run as u64));
    for _ in 0..options.rounds {
        rng.shuffle(&mut order);
        for &(lesson, sentence) in &order {
            let (rows, tags) = &lessons[lesson as usize].sentences[sentence as usize];
            trainer.learn(rows, tags);
        }
    }
    trainer.averaged()
}

/// Several models' weights as one model's.
#[must_use]
pub fn together(chains: Vec<Chain>) -> Option<Chain> {
    let count = chains.len() as f32;
    let mut chains = chains.into_iter();
    let mut sum = chains.next()?;
    for chain in chains {
        sum.add(&chain);
    }
    sum.scale(1.0 / count);
    Some(sum)
}

/// For each of several models, and each name that it finds in the article before names agree: its score, and whether a person had
/// tagged it so.
#[must_use]
pub fn seen(
    models: &[TagModel],
    text: &str,
    pieces: &[Range<usize>],
    names: &[Named],
) -> Vec<Vec<(f64, bool)>> {
    let words = Words::read(text, pieces, Lexicon::shipped());
    let of_model = |model| {
        let is_right = |spot: &Spot| {
            let bytes = bytes_of(&words, spot);
            names
                .iter()
                .any(|name| name.bytes == bytes && name.kind == spot.kind)
        };
        spots(model, &words)
            .iter()
            .map(|spot| (spot.score, is_right(spot)))
            .collect()
    };
    models.iter().map(of_model).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(text: &str, name: &str, kind: usize) -> Tagged {
        let names: Vec<Named> = text
            .match_indices(name)
            .map(|(start, _)| Named {
                bytes: start..start + name.len(),
                kind,
            })
            .collect();
        Tagged::new(text, &[0..text.len()], &names)
    }

    fn told(tagged: &Tagged) -> usize {
        tagged
            .words
            .all
            .iter()
            .filter(|word| word.told != 0)
            .count()
    }

    #[test]
    fn some_articles_are_told_of_the_names_before_them_and_none_of_its_own() {
        let text = "On Friday Demosisto met again.";
        let mut articles: Vec<Tagged> = (0..REMEMBERED + 1)
            .map(|_| tagged(text, "Demosisto", 1))
            .collect();
        recall(articles.iter_mut().map(|article| (text, article)), 1);
        assert_eq!(told(&articles[0]), 0);
        let all: usize = articles[..REMEMBERED].iter().map(told).sum();
        assert!((40..100).contains(&all), "about a third: {all}");
        // Then a new dataset begins.
        assert_eq!(told(&articles[REMEMBERED]), 0);
    }

    #[test]
    fn few_sentences_teach_a_model_what_they_say() {
        let text = "Maria Borg left. Nobody saw Maria Borg. The port was closed.";
        let tagged = [tagged(text, "Maria Borg", 0)];
        let gate = gate(&tagged, 2);
        let options = Options {
            bits: 12,
            ..Options::default()
        };
        let lesson = tagged[0].lesson(&gate, options.bits);
        let model = TagModel {
            types: vec!["PER".to_owned()],
            chain: train(1, &[&lesson], &options, 0),
            gate,
            calibration: super::super::model::Calibration::default(),
            alike: Vec::new(),
        };
        let found = super::super::find(&model, text, &[0..text.len()]);
        let found: Vec<&str> = found
            .iter()
            .map(|found| &text[found.bytes.clone()])
            .collect();
        assert_eq!(found, ["Maria Borg", "Maria Borg"]);
    }
}
