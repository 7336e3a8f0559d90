//! Names found in a text by a model, each with how likely it is right.

use std::ops::Range;

use super::agree::{Spot, agree};
use super::features::Reading;
use super::lexicon::Lexicon;
use super::model::{Calibration, TagModel, tag_of};
use super::words::Words;
use crate::learn::chain::{Likely, Rows, Scratch};
use crate::learn::math;

/// A name in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Where it is, in bytes.
    pub bytes: Range<usize>,
    /// Its type, by its number in the model.
    pub kind: usize,
    /// How likely it is right, from 0 to 1: see `docs/tagger.md` for how far that can be trusted.
    pub score: f64,
}

/// The names of a text, in order; none overlap. Only the `pieces` of it are read, each by itself, and what is in one of them
/// helps in the others.
#[must_use]
pub fn find(model: &TagModel, text: &str, pieces: &[Range<usize>]) -> Vec<Found> {
    find_in(model, &Words::read(text, pieces, Lexicon::shipped()))
}

/// The same, in words that were read already.
pub(super) fn find_in(model: &TagModel, words: &Words) -> Vec<Found> {
    let mut spots = spots(model, words);
    agree(words, &mut spots);
    spots
        .into_iter()
        .map(|spot| Found {
            bytes: bytes_of(words, &spot),
            kind: spot.kind,
            score: spot.score,
        })
        .collect()
}

/// Where a name is in the text.
pub(super) fn bytes_of(words: &Words, spot: &Spot) -> Range<usize> {
    words.all[spot.words.start].bytes.start..words.all[spot.words.end - 1].bytes.end
}

/// What the model finds in each sentence by itself; the names need not agree.
pub(super) fn spots(model: &TagModel, words: &Words) -> Vec<Spot> {
    if model.types.is_empty() {
        return Vec::new();
    }
    let reading = Reading::new(words);
    let (mut rows, mut scratch, mut tags) = (Rows::default(), Scratch::default(), Vec::new());
    let mut likely = Likely::default();
    let (mut found, mut twin_tags) = (Vec::new(), Vec::new());
    for (nth, sentence) in words.sentences.iter().enumerate() {
        reading.features(nth, &model.gate, model.chain.bits(), &mut rows);
        if rows.features.is_empty() {
            continue;
        }
        model.chain.score(&rows, &mut scratch);
        model.chain.best(&rows, &mut scratch, &mut tags);
        let mut at = 0;
        let mut known_to = 0;
        while at < tags.len() {
            let tag = tags[at];
            if tag == 0 {
                at += 1;
                continue;
            }
            let kind = usize::from(tag - 1) / 2;
            let later = tag + tag % 2;
            let mut end = at + 1;
            while end < tags.len() && tags[end] == later {
                end += 1;
            }
            if at >= known_to {
                let start = (0..at)
                    .rev()
                    .find(|&before| rows.of(before).is_empty())
                    .map_or(0, |gap| gap + 1);
                known_to = (end..tags.len())
                    .find(|&after| rows.of(after).is_empty())
                    .unwrap_or(tags.len());
                model.chain.likely(
                    start,
                    known_to,
                    tags.len(),
                    model.calibration.heat,
                    &scratch,
                    &mut likely,
                );
            }
            let mut raw = likely.of(at, &tags[at..end], 1 << later);
            // Types that nobody has told apart yet have one type's weights each: the odds of one are their odds together, shared out.
            let mut twins = 1.0;
            for twin in model.twins_of(kind) {
                twin_tags.clear();
                twin_tags.extend((at..end).map(|nth| tag_of(twin, nth == at)));
                raw += likely.of(at, &twin_tags, 1 << tag_of(twin, false));
                twins += 1.0;
            }
            raw /= raw + twins * (1.0 - raw);
            found.push(Spot {
                words: sentence.start + at..sentence.start + end,
                kind,
                score: model.calibration.score(raw),
            });
            at = end;
        }
    }
    found
}

impl Calibration {
    /// How likely a name is right that the model gives this share of all readings.
    #[must_use]
    pub fn score(&self, share: f64) -> f64 {
        let odds = log_odds(share) * f64::from(self.slope) + f64::from(self.shift);
        1.0 / (1.0 + math::exp(-odds))
    }

    /// The curve that fits best what came true: for each name its share of all readings, and whether it was right (Platt 1999).
    #[must_use]
    pub fn fitted(heat: f32, seen: &[(f64, bool)]) -> Self {
        let (mut slope, mut shift) = (1.0_f64, 0.0_f64);
        // Newton's method; two unknowns. A little is added to the diagonal, so that few or clear cases cannot run away.
        for _ in 0..30 {
            let (mut by_slope, mut by_shift) = (0.0, 0.0);
            let (mut ss, mut sb, mut bb) = (1e-3, 0.0, 1e-3);
            for &(share, right) in seen {
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
            heat,
            slope: slope.clamp(0.05, 5.0) as f32,
            shift: shift.clamp(-5.0, 5.0) as f32,
        }
    }
}

fn log_odds(share: f64) -> f64 {
    let share = share.clamp(1e-6, 1.0 - 1e-6);
    math::ln(share) - math::ln(1.0 - share)
}
