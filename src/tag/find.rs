//! Finding names in a text with a model, each with the probability that it is right.

use std::ops::Range;

use super::features::ArticleContext;
use super::label_consistency::{Mention, make_consistent};
use super::model::{Calibration, TagModel, tag_of};
use super::words::Words;
use super::{Roles, confirmed_names, missed_names, short_forms};
use crate::learn::math;
use crate::learn::perceptron::marginals::Marginals;
use crate::learn::perceptron::{FeatureRows, Scratch};

/// A name that a model found in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundName {
    /// Its span, in bytes.
    pub bytes: Range<usize>,
    /// Its type, as an index into the model's types.
    pub kind: usize,
    /// The probability that it is right, from 0 to 1. `docs/tagger.md` says how reliable it is.
    pub score: f64,
}

/// Finds the names in the `pieces` of a text, in order and without overlaps.
///
/// Each piece is read by itself, but names in one of them help to find those in the others.
#[must_use]
pub fn find(model: &TagModel, text: &str, pieces: &[Range<usize>]) -> Vec<FoundName> {
    find_in(model, &Words::read(text, pieces, model.lexicon()), &[])
}

/// Finds the names among words, and where the model finds nothing, the names that annotators are
/// sure to tag again.
pub(super) fn find_in(model: &TagModel, words: &Words, certain: &[Mention]) -> Vec<FoundName> {
    let mut mentions = mentions(model, words);
    make_consistent(words, &mut mentions);
    confirmed_names::complete(words, &mut mentions);
    missed_names::add(words, certain, &mut mentions);
    let persons = Roles::of(&model.types).persons;
    short_forms::follow(words, &persons, &mut mentions);
    mentions
        .into_iter()
        .map(|mention| FoundName {
            bytes: bytes_of(words, &mention),
            kind: mention.kind,
            score: mention.score,
        })
        .collect()
}

/// The span of a mention in the text.
pub(super) fn bytes_of(words: &Words, mention: &Mention) -> Range<usize> {
    let (first, last) = (mention.words.start, mention.words.end - 1);
    words.all[first].bytes.start..words.all[last].bytes.end
}

/// Finds the mentions of names in each sentence by itself.
pub(super) fn mentions(model: &TagModel, words: &Words) -> Vec<Mention> {
    let mut found = Vec::new();
    if model.types.is_empty() {
        return found;
    }
    let context = ArticleContext::new(words);
    let mut sentence = Sentence::default();
    for (nth, range) in words.sentences.iter().enumerate() {
        context.features(
            nth,
            &model.candidates,
            model.weights.bits(),
            &mut sentence.rows,
        );
        if !sentence.rows.features.is_empty() {
            sentence.find(model, range.start, &mut found);
        }
    }
    found
}

/// The memory for the work on one sentence.
#[derive(Default)]
pub(super) struct Sentence {
    pub(super) rows: FeatureRows,
    pub(super) scratch: Scratch,
    pub(super) tags: Vec<u8>,
    pub(super) marginals: Marginals,
    sibling_tags: Vec<u8>,
}

impl Sentence {
    /// Finds the mentions in the sentence whose first word is `offset`.
    fn find(&mut self, model: &TagModel, offset: usize, found: &mut Vec<Mention>) {
        model.weights.score(&self.rows, &mut self.scratch);
        model
            .weights
            .best(&self.rows, &mut self.scratch, &mut self.tags);
        let mut at = 0;
        // The end of the stretch of candidates whose marginals are known.
        let mut known_to = 0;
        while at < self.tags.len() {
            let tag = self.tags[at];
            if tag == 0 {
                at += 1;
                continue;
            }
            let kind = usize::from(tag - 1) / 2;
            let later = tag + tag % 2;
            let mut end = at + 1;
            while end < self.tags.len() && self.tags[end] == later {
                end += 1;
            }
            if at >= known_to {
                known_to = self.find_marginals(model, at, end);
            }
            let share = self.share(model, at..end, kind);
            found.push(Mention {
                words: offset + at..offset + end,
                kind,
                score: model.calibration.score(share),
            });
            at = end;
        }
    }

    /// Finds the marginals of the stretch of candidates around these words. Returns its end.
    pub(super) fn find_marginals(&mut self, model: &TagModel, from: usize, to: usize) -> usize {
        let length = self.tags.len();
        let start = (0..from)
            .rev()
            .find(|&before| self.rows.of(before).is_empty())
            .map_or(0, |gap| gap + 1);
        let end = (to..length)
            .find(|&after| self.rows.of(after).is_empty())
            .unwrap_or(length);
        model.weights.marginals(
            start,
            end,
            length,
            model.calibration.inverse_temperature,
            &self.scratch,
            &mut self.marginals,
        );
        end
    }

    /// The share of all labellings in which these words are a name of this type.
    fn share(&mut self, model: &TagModel, range: Range<usize>, kind: usize) -> f64 {
        let own = &self.tags[range.clone()];
        let mut share = self
            .marginals
            .of(range.start, own, 1 << tag_of(kind, false));
        // Types of one group share weights: the odds of one are their odds together, divided among
        // them.
        let mut siblings = 1.0;
        for sibling in model.siblings_of(kind) {
            self.sibling_tags.clear();
            let tags = range.clone().map(|nth| tag_of(sibling, nth == range.start));
            self.sibling_tags.extend(tags);
            let later = tag_of(sibling, false);
            share += self
                .marginals
                .of(range.start, &self.sibling_tags, 1 << later);
            siblings += 1.0;
        }
        share / (share + siblings * (1.0 - share))
    }
}

impl Calibration {
    /// The probability that a name is right to which the model gives this share of all labellings.
    #[must_use]
    pub fn score(&self, share: f64) -> f64 {
        let odds = log_odds(share) * f64::from(self.slope) + f64::from(self.shift);
        1.0 / (1.0 + math::exp(-odds))
    }

    /// Fits the curve to names that the model has not seen: for each its share, and whether it was
    /// right (Platt 1999).
    #[must_use]
    pub fn fitted(inverse_temperature: f32, cases: &[(f64, bool)]) -> Self {
        let (mut slope, mut shift) = (1.0_f64, 0.0_f64);
        // Newton's method with two unknowns. The small constants on the diagonal bound the fit for
        // few or clear cases.
        for _ in 0..30 {
            let (mut by_slope, mut by_shift) = (0.0, 0.0);
            let (mut ss, mut sb, mut bb) = (1e-3, 0.0, 1e-3);
            for &(share, right) in cases {
                let x = log_odds(share);
                let guess = 1.0 / (1.0 + math::exp(-(x * slope + shift)));
                let miss = f64::from(u8::from(right)) - guess;
                let weight = guess * (1.0 - guess);
                by_slope += miss * x;
                by_shift += miss;
                ss += weight * x * x;
                sb += weight * x;
                bb += weight;
            }
            let det = ss * bb - sb * sb;
            if det.abs() < 1e-9 {
                break;
            }
            slope += (by_slope * bb - by_shift * sb) / det;
            shift += (by_shift * ss - by_slope * sb) / det;
        }
        Self {
            inverse_temperature,
            slope: slope.clamp(0.05, 5.0) as f32,
            shift: shift.clamp(-5.0, 5.0) as f32,
        }
    }
}

fn log_odds(share: f64) -> f64 {
    let share = share.clamp(1e-6, 1.0 - 1e-6);
    math::ln(share) - math::ln(1.0 - share)
}
