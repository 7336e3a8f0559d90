//! Training a model on many tagged articles.

use std::collections::BTreeMap;
use std::ops::Range;

use super::features::ArticleContext;
use super::features::candidates::CandidateFilter;
use super::features::plain_words::{PlainWord, PlainWords};
use super::find::{bytes_of, mentions};
use super::gazetteer::{Gazetteer, confirmed_in};
use super::label_consistency::Mention;
use super::lexicon::Lexicon;
use super::model::{TagModel, grammar, names_in, tag_of};
use super::words::Words;
use crate::learn::perceptron::subset::RowSubset;
use crate::learn::perceptron::train::{StepSize, Trainer};
use crate::learn::perceptron::{FeatureRows, Perceptron};
use crate::model::Rng;

/// A name that an annotator tagged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldName {
    /// Its span, in bytes.
    pub bytes: Range<usize>,
    /// Its type, as an index into the model's types.
    pub kind: usize,
}

/// The words of an article with their right tags.
pub struct TaggedArticle {
    pub(super) words: Words,
    pub(super) tags: Vec<u8>,
}

impl TaggedArticle {
    /// Reads the pieces of a text in which names were tagged.
    ///
    /// A name that begins or ends within a word is widened to it. Of names that share words, the
    /// first and longest counts.
    #[must_use]
    pub fn new(text: &str, pieces: &[Range<usize>], names: &[GoldName], lexicon: &Lexicon) -> Self {
        let words = Words::read(text, pieces, lexicon);
        let mut tags = vec![0; words.all.len()];
        let mut sorted: Vec<&GoldName> = names.iter().collect();
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

    /// The hashes of uncapitalised words and signs inside names, once for each occurrence.
    fn inner_words(&self) -> impl Iterator<Item = u64> + '_ {
        let tagged = self.words.all.iter().zip(&self.tags);
        tagged
            .filter(|(word, tag)| **tag != 0 && !word.is_capitalised())
            .map(|(word, _)| word.lower)
    }

    /// Adds all uncapitalised words and signs inside names to the candidates. Returns those that
    /// are new.
    pub(super) fn add_candidates(&self, candidates: &mut CandidateFilter) -> Vec<u64> {
        let mut added = Vec::new();
        for word in self.inner_words() {
            if !candidates.contains(word) {
                candidates.add(word);
                added.push(word);
            }
        }
        added
    }

    /// Adds the plain words of all names with these tags, given as bits. Returns those that are
    /// new.
    pub(super) fn add_plain_words(&self, tags: u64, plain: &mut PlainWords) -> Vec<PlainWord> {
        names_in(&self.tags)
            .filter(|name| tags >> self.tags[name.start] & 1 == 1)
            .flat_map(|name| PlainWords::of_name(&self.words.all[name]))
            .filter(|word| plain.add(*word))
            .collect()
    }

    /// Makes the features of all sentences for a model with 2^`bits` rows.
    #[must_use]
    pub fn example(&self, candidates: &CandidateFilter, bits: u32) -> TrainingExample {
        let context = ArticleContext::new(&self.words);
        let mut sentences = Vec::new();
        for (nth, range) in self.words.sentences.iter().enumerate() {
            let mut rows = FeatureRows::default();
            context.features(nth, candidates, bits, &mut rows);
            if rows.features.is_empty() {
                continue;
            }
            rows.features.shrink_to_fit();
            let tags = learnable(&self.tags[range.clone()], &rows);
            sentences.push((rows, tags));
        }
        TrainingExample { sentences }
    }
}

/// The tags without names of which a word is no candidate.
fn learnable(tags: &[u8], rows: &FeatureRows) -> Vec<u8> {
    let mut kept = tags.to_vec();
    for name in names_in(tags) {
        if name.clone().any(|nth| rows.of(nth).is_empty()) {
            kept[name].fill(0);
        }
    }
    // A name that continues after the end of a sentence begins again there.
    if let Some(first) = kept.first_mut()
        && *first != 0
        && first.is_multiple_of(2)
    {
        *first -= 1;
    }
    kept
}

/// An article that a model trains on: the features and right tags of its sentences.
#[derive(Clone, Debug, Default)]
pub struct TrainingExample {
    sentences: Vec<(FeatureRows, Vec<u8>)>,
}

impl TrainingExample {
    /// The number of words that are candidates.
    #[must_use]
    pub fn candidates(&self) -> usize {
        self.sentences
            .iter()
            .map(|(rows, _)| {
                (0..rows.len())
                    .filter(|nth| !rows.of(*nth).is_empty())
                    .count()
            })
            .sum()
    }

    /// Adds the rows of the features to a subset of rows, and refers to that from then on.
    pub fn renumber(&mut self, subset: &mut RowSubset) {
        for (rows, _) in &mut self.sentences {
            subset.renumber(rows);
        }
    }

    /// Trains on all sentences once.
    pub fn train(&self, trainer: &mut Trainer) {
        for (rows, tags) in &self.sentences {
            trainer.learn(rows, tags);
        }
    }
}

/// The hyperparameters of training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hyperparameters {
    /// The logarithm to base 2 of the number of rows of weights.
    pub bits: u32,
    /// The number of passes over all sentences.
    pub rounds: usize,
    /// The number of models that are trained, each in another order, and averaged.
    pub runs: usize,
    /// The score that the right tags must have more than wrong ones, for each wrong word.
    pub margin: f32,
    /// The addition to the margin for each missed word of a name.
    pub missed: f32,
    /// The largest change of a weight at once.
    pub step: f32,
    /// The seed of the orders.
    pub seed: u64,
}

impl Default for Hyperparameters {
    fn default() -> Self {
        Self {
            bits: 17,
            rounds: 12,
            runs: 1,
            margin: 15.0,
            missed: 5.0,
            step: 0.03,
            seed: 1,
        }
    }
}

/// The number of articles whose names are remembered together.
const REMEMBERED: usize = 200;

/// One article in this many is marked with the names of earlier ones.
const MARKED: usize = 3;

/// Marks, in one article of three, the names that were confirmed in earlier articles, as a
/// [`super::OnlineTagger`] will.
///
/// So a model learns how far such names can be trusted, and in the other articles how to do without
/// them.
pub fn mark_known_names<'a>(
    articles: impl Iterator<Item = (&'a str, &'a mut TaggedArticle)>,
    seed: u64,
) {
    let mut gazetteer = Gazetteer::default();
    let mut rng = Rng::new(seed);
    for (nth, (text, tagged)) in articles.enumerate() {
        if nth % REMEMBERED == 0 {
            gazetteer = Gazetteer::default();
        }
        let untagged = gazetteer.untagged(text, &tagged.words.all, &tagged.tags);
        if rng.below(MARKED) == 0 {
            gazetteer.mark(text, &mut tagged.words.all);
        }
        gazetteer.count_untagged(&untagged, 1);
        gazetteer.count(&confirmed_in(text, &tagged.words.all, &tagged.tags));
    }
}

/// The candidates for names: besides capitalised words, those that are inside names at least
/// `often` times.
#[must_use]
pub fn candidate_filter(tagged: &[TaggedArticle], often: usize) -> CandidateFilter {
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for word in tagged.iter().flat_map(TaggedArticle::inner_words) {
        *counts.entry(word).or_default() += 1;
    }
    CandidateFilter::new(
        counts
            .into_iter()
            .filter(|(_, count)| *count >= often)
            .map(|(word, _)| word),
    )
}

/// An article to train on, and how often it is read in each pass.
pub type WeightedExample<'a> = (&'a TrainingExample, u32);

/// Trains the weights of one model for this number of types. `run` chooses the order of the
/// sentences.
#[must_use]
pub fn train(
    types: usize,
    examples: &[WeightedExample<'_>],
    options: &Hyperparameters,
    run: usize,
) -> Perceptron {
    let start = Perceptron::new(grammar(types), options.bits);
    let options = Hyperparameters {
        seed: options.seed.wrapping_add(run as u64),
        ..*options
    };
    train_from(start, examples, &options)
}

/// Trains weights that begin as `start`. The result is their average over the second half of the
/// passes.
#[must_use]
pub fn train_from(
    start: Perceptron,
    examples: &[WeightedExample<'_>],
    options: &Hyperparameters,
) -> Perceptron {
    let mut trainer = Trainer::new(start);
    trainer.margin = options.margin;
    trainer.missed = options.missed;
    trainer.step = StepSize::Fitting(options.step);
    let mut order: Vec<(u32, u32)> = Vec::new();
    for (nth, (example, weight)) in examples.iter().enumerate() {
        for sentence in 0..example.sentences.len() {
            let reads = (0..*weight).map(|_| (nth as u32, sentence as u32));
            order.extend(reads);
        }
    }
    let mut rng = Rng::new(options.seed);
    for round in 0..options.rounds {
        if round > 0 && round == options.rounds / 2 {
            trainer.restart_average();
        }
        rng.shuffle(&mut order);
        for &(example, sentence) in &order {
            let (rows, tags) = &examples[example as usize].0.sentences[sentence as usize];
            trainer.learn(rows, tags);
        }
    }
    trainer.averaged()
}

/// The mean of several models' weights.
#[must_use]
pub fn average(models: Vec<Perceptron>) -> Option<Perceptron> {
    let count = models.len() as f32;
    let mut models = models.into_iter();
    let mut sum = models.next()?;
    for model in models {
        sum.add(&model);
    }
    sum.scale(1.0 / count);
    Some(sum)
}

/// For each model, the names that it finds in an article before they are made consistent: their
/// scores, and whether an annotator tagged them so.
#[must_use]
pub fn scored_mentions(
    models: &[TagModel],
    text: &str,
    pieces: &[Range<usize>],
    names: &[GoldName],
) -> Vec<Vec<(f64, bool)>> {
    let Some(lexicon) = models.first().map(TagModel::lexicon) else {
        return Vec::new();
    };
    let words = Words::read(text, pieces, lexicon);
    let of_model = |model| {
        let is_right = |mention: &Mention| {
            let bytes = bytes_of(&words, mention);
            names
                .iter()
                .any(|name| name.bytes == bytes && name.kind == mention.kind)
        };
        mentions(model, &words)
            .iter()
            .map(|mention| (mention.score, is_right(mention)))
            .collect()
    };
    models.iter().map(of_model).collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::Calibration;
    use super::*;

    fn tagged(text: &str, name: &str, kind: usize) -> TaggedArticle {
        let names: Vec<GoldName> = text
            .match_indices(name)
            .map(|(start, _)| GoldName {
                bytes: start..start + name.len(),
                kind,
            })
            .collect();
        TaggedArticle::new(text, &[0..text.len()], &names, Lexicon::shipped())
    }

    fn marked(tagged: &TaggedArticle) -> usize {
        let all = tagged.words.all.iter();
        all.filter(|word| word.gazetteer != 0).count()
    }

    #[test]
    fn a_third_of_the_articles_is_marked_with_the_names_of_earlier_ones() {
        let text = "On Friday Demosisto met again.";
        let mut articles: Vec<TaggedArticle> = (0..REMEMBERED + 1)
            .map(|_| tagged(text, "Demosisto", 1))
            .collect();
        mark_known_names(articles.iter_mut().map(|article| (text, article)), 1);
        assert_eq!(marked(&articles[0]), 0);
        let all: usize = articles[..REMEMBERED].iter().map(marked).sum();
        assert!((40..100).contains(&all), "about a third: {all}");
        // Then a new dataset begins.
        assert_eq!(marked(&articles[REMEMBERED]), 0);
    }

    #[test]
    fn a_model_learns_a_name_from_a_few_sentences() {
        let text = "Maria Borg left. Nobody saw Maria Borg. The port was closed.";
        let tagged = [tagged(text, "Maria Borg", 0)];
        let candidates = candidate_filter(&tagged, 2);
        let options = Hyperparameters {
            bits: 12,
            ..Hyperparameters::default()
        };
        let example = tagged[0].example(&candidates, options.bits);
        let model = TagModel {
            language: String::new(),
            types: vec!["PER".to_owned()],
            weights: train(1, &[(&example, 1)], &options, 0),
            candidates,
            calibration: Calibration::default(),
            type_groups: Vec::new(),
        };
        let found = super::super::find(&model, text, &[0..text.len()]);
        let found: Vec<&str> = found
            .iter()
            .map(|found| &text[found.bytes.clone()])
            .collect();
        assert_eq!(found, ["Maria Borg", "Maria Borg"]);
    }
}
