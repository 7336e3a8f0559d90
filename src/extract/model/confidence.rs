//! How sure a suggestion is: the chance that a block's label is right, fitted on sites that the
//! model has not seen.
//!
//! The sequence model's own probabilities are too sure of themselves: they multiply what neighbours
//! say as if each spoke for itself. A logistic regression for each label (Platt 1999, with a few
//! more inputs) maps them, with how the block sounds, where it is and how sure the model is of the
//! blocks around it, to the chance that a label was right on held-out sites. Most suggestions are right, so that the unsure ones are not
//! those that are wrong more often than not, but the least certain part of all: the chance under
//! which a fixed share of the characters of held-out sites lies becomes the score under which
//! suggestions are shown as unsure, and the chances below and above it are spread evenly over the
//! scores below and above.

use super::voice::Voice;
use crate::extract::features::surface::SurfaceFeatures;
use crate::learn::bytes::{take, take_array, take_finite};
use crate::learn::math::{exp, ln};

/// Number of inputs.
const INPUTS: usize = 14;

/// The labels that are told apart; any other counts as the last one.
const LABELS: [&str; 3] = ["body", "comment", "nav"];

/// The first bytes of this part of a model's file.
const MAGIC: &[u8; 8] = b"cdconf\0\x02";

/// The labels of an article's blocks and how sure the model is of each block.
pub(crate) struct LabelledBlocks {
    labels: Vec<usize>,
    /// The probabilities of [`LABELS`].
    shares: Vec<[f64; LABELS.len()]>,
    /// One minus the probability of the likeliest label.
    doubts: Vec<f64>,
    /// The mean doubt of all characters.
    doubt: f64,
    /// Characters of the run of blocks with one label that each block is in.
    run_lengths: Vec<usize>,
}

impl LabelledBlocks {
    /// Gathers the labels, as [`number_of`] numbers them, the probabilities of `body` and `comment`
    /// and the characters of all blocks.
    pub(crate) fn new(labels: Vec<usize>, shares: &[[f64; 2]], characters: &[usize]) -> Self {
        let shares: Vec<[f64; LABELS.len()]> = shares
            .iter()
            .map(|[body, comment]| [*body, *comment, (1.0 - body - comment).max(0.0)])
            .collect();
        let doubts: Vec<f64> = shares
            .iter()
            .map(|shares| 1.0 - shares.iter().fold(0.0, |most: f64, share| most.max(*share)))
            .collect();
        let all: usize = characters.iter().sum();
        let doubtful = doubts.iter().zip(characters);
        let doubtful: f64 = doubtful.map(|(doubt, count)| doubt * *count as f64).sum();
        let mut run_lengths = Vec::with_capacity(labels.len());
        for run in labels.chunk_by(|one, other| one == other) {
            let start = run_lengths.len();
            let length = characters[start..start + run.len()].iter().sum();
            run_lengths.resize(start + run.len(), length);
        }
        Self {
            labels,
            shares,
            doubts,
            doubt: doubtful / all.max(1) as f64,
            run_lengths,
        }
    }

    /// Returns the inputs about the surroundings of a block: how probable its label is two blocks
    /// away, how sure the model is nearby and of the whole article, and how long the run of its
    /// label is.
    fn inputs(&self, at: usize) -> [f64; 4] {
        /// How far nearby reaches.
        const NEAR: usize = 4;

        let label = self.labels[at];
        let share = |at: Option<usize>| {
            let shares = at.and_then(|at| self.shares.get(at));
            shares.map_or(1.0 / 3.0, |shares| shares[label])
        };
        let near = &self.doubts[at.saturating_sub(NEAR)..self.doubts.len().min(at + NEAR + 1)];
        [
            (share(at.checked_sub(2)) + share(Some(at + 2))) / 2.0,
            near.iter().sum::<f64>() / near.len() as f64 * 5.0,
            ln(self.doubt + 0.003),
            ln(self.run_lengths[at] as f64 + 1.0) / 5.0,
        ]
    }
}

/// Returns the number of a label in [`LABELS`].
pub(crate) fn number_of(label: &str) -> usize {
    let label = LABELS.iter().position(|known| *known == label);
    label.unwrap_or(LABELS.len() - 1)
}

/// What is known of one labelled block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    label: usize,
    inputs: [f64; INPUTS],
}

impl Evidence {
    /// Gathers what is known of the block at `at`, of which the label has `probability`; `side` is
    /// where the block is from the story: before 0, in it 1, behind it 2.
    pub(crate) fn new(
        blocks: &LabelledBlocks,
        at: usize,
        probability: f64,
        surface: &SurfaceFeatures,
        voice: Voice,
        side: usize,
    ) -> Self {
        let label = blocks.labels[at];
        let [two_away, doubt_nearby, doubt, run_length] = blocks.inputs(at);
        let (comment, furniture) = (f64::from(voice.comment), f64::from(voice.furniture));
        let agrees = match label {
            0 => -comment.max(furniture),
            1 => comment - furniture.max(0.0),
            _ => furniture - comment.max(0.0),
        };
        let agrees = agrees.clamp(-4.0, 4.0);
        let flag = |holds: bool| f64::from(u8::from(holds));
        let odds = log_odds(probability);
        Self {
            label,
            inputs: [
                1.0,
                odds,
                odds.max(3.0) - 3.0,
                agrees,
                agrees.min(0.0) * flag(surface.prose),
                flag(surface.prose),
                ln(surface.words as f64 + 1.0) / 4.0,
                flag(side == 0),
                flag(side == 2),
                flag(side == 2 && surface.prose),
                two_away,
                doubt_nearby,
                doubt,
                run_length,
            ],
        }
    }
}

/// The logarithm of the odds, within what can be told apart.
fn log_odds(probability: f64) -> f64 {
    let probability = probability.clamp(5e-4, 1.0 - 5e-4);
    ln(probability / (1.0 - probability))
}

/// Maps what is known of a block to how sure its label is.
#[derive(Clone, Debug, PartialEq)]
pub struct Confidence {
    weights: [[f32; INPUTS]; LABELS.len()],
    /// The chance under which a suggestion is unsure.
    limit: f32,
    /// The score that this chance is given.
    threshold: f32,
}

/// A block of held-out sites: what was known of it, whether its label was right, and how many
/// characters it has.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// What was known.
    pub evidence: Evidence,
    /// Whether the label was right.
    pub is_right: bool,
    /// Characters, white space aside.
    pub characters: u32,
}

impl Confidence {
    /// Returns the chance that the label is right.
    #[must_use]
    pub fn chance(&self, evidence: &Evidence) -> f64 {
        let weights = &self.weights[evidence.label];
        let sum: f64 = weights
            .iter()
            .zip(&evidence.inputs)
            .map(|(weight, input)| f64::from(*weight) * input)
            .sum();
        1.0 / (1.0 + exp(-sum))
    }

    /// Returns the score of a suggestion, from 0 to 1.
    #[must_use]
    pub fn score(&self, evidence: &Evidence) -> f64 {
        let chance = self.chance(evidence);
        let (limit, threshold) = (f64::from(self.limit), f64::from(self.threshold));
        if chance < limit {
            threshold * chance / limit
        } else {
            threshold + (1.0 - threshold) * (chance - limit) / (1.0 - limit)
        }
    }

    /// Fits to outcomes on held-out sites, so that at most `flagged` of all characters score under
    /// `threshold`.
    ///
    /// Each label's weights minimise the logistic loss with a small L2 penalty by Newton's method,
    /// a block counting by the square root of its length. Returns `None` without outcomes.
    #[must_use]
    pub fn fit(outcomes: &[Outcome], flagged: f64, threshold: f64) -> Option<Self> {
        let mut confidence = Self {
            weights: [[0.0; INPUTS]; LABELS.len()],
            limit: 0.5,
            threshold: threshold as f32,
        };
        for label in 0..LABELS.len() {
            let own: Vec<&Outcome> = outcomes
                .iter()
                .filter(|outcome| outcome.evidence.label == label)
                .collect();
            confidence.weights[label] = fit_one(&own).map(|weight| weight as f32);
        }
        let mut chances: Vec<(f64, u32)> = outcomes
            .iter()
            .map(|outcome| (confidence.chance(&outcome.evidence), outcome.characters))
            .collect();
        chances.sort_by(|one, other| one.0.total_cmp(&other.0));
        let all: u64 = chances.iter().map(|(_, count)| u64::from(*count)).sum();
        let mut so_far = 0_u64;
        confidence.limit = chances
            .iter()
            .find(|(_, count)| {
                so_far += u64::from(*count);
                so_far as f64 > flagged * all as f64
            })
            .map(|(chance, _)| chance.clamp(0.05, 0.99) as f32)?;
        Some(confidence)
    }

    /// Writes this part of a model's file for the kind of source named.
    pub(crate) fn write(&self, kind: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&[kind.len() as u8]);
        out.extend_from_slice(kind.as_bytes());
        for number in self
            .weights
            .iter()
            .flatten()
            .chain([&self.limit, &self.threshold])
        {
            out.extend_from_slice(&number.to_le_bytes());
        }
    }

    /// Reads this part from the front of `bytes`, with the kind of source; `None` if something else
    /// comes next.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(crate) fn read(bytes: &mut &[u8]) -> Result<Option<(String, Self)>, String> {
        let Some(mut rest) = bytes.strip_prefix(MAGIC) else {
            return Ok(None);
        };
        let [length] = take_array(&mut rest)?;
        let kind = String::from_utf8_lossy(take(&mut rest, usize::from(length))?).into_owned();
        let mut weights = [[0.0; INPUTS]; LABELS.len()];
        for weight in weights.iter_mut().flatten() {
            *weight = take_finite(&mut rest)?;
        }
        let (limit, threshold) = (take_finite(&mut rest)?, take_finite(&mut rest)?);
        let is_share = |number: f32| number > 0.0 && number < 1.0;
        if !is_share(limit) || !is_share(threshold) {
            return Err("the model's confidence is out of range".to_owned());
        }
        *bytes = rest;
        let confidence = Self {
            weights,
            limit,
            threshold,
        };
        Ok(Some((kind, confidence)))
    }
}

/// How much a block counts: long ones more, but not in proportion, since their characters are right
/// or wrong together.
fn weight_of(outcome: &Outcome) -> f64 {
    f64::from(outcome.characters).sqrt() / 10.0
}

/// The L2 penalty of [`fit_one`], in examples.
const PENALTY: f64 = 2.0;

/// What [`fit_one`] minimises.
fn loss(outcomes: &[&Outcome], weights: &[f64; INPUTS]) -> f64 {
    let penalty: f64 = weights.iter().map(|weight| weight * weight).sum();
    let losses = outcomes.iter().map(|outcome| {
        let sum: f64 = weights
            .iter()
            .zip(&outcome.evidence.inputs)
            .map(|(w, x)| w * x)
            .sum();
        let margin = if outcome.is_right { sum } else { -sum };
        // ln(1 + e^-margin), where that is a number.
        let own = if margin < -30.0 {
            -margin
        } else {
            ln(1.0 + exp(-margin))
        };
        weight_of(outcome) * own
    });
    losses.sum::<f64>() + PENALTY * penalty / 2.0
}

/// Weights of a logistic regression by Newton's method, each step halved until it helps.
fn fit_one(outcomes: &[&Outcome]) -> [f64; INPUTS] {
    let mut weights = [0.0; INPUTS];
    let mut best = loss(outcomes, &weights);
    for _ in 0..30 {
        let mut slope = [0.0; INPUTS];
        let mut curve = [[0.0; INPUTS]; INPUTS];
        for outcome in outcomes {
            let inputs = &outcome.evidence.inputs;
            let sum: f64 = weights.iter().zip(inputs).map(|(w, x)| w * x).sum();
            let chance = 1.0 / (1.0 + exp(-sum));
            let weight = weight_of(outcome);
            let miss = f64::from(u8::from(outcome.is_right)) - chance;
            for row in 0..INPUTS {
                slope[row] += weight * miss * inputs[row];
                for column in 0..=row {
                    curve[row][column] +=
                        weight * chance * (1.0 - chance) * inputs[row] * inputs[column];
                }
            }
        }
        for at in 0..INPUTS {
            slope[at] -= PENALTY * weights[at];
            curve[at][at] += PENALTY;
        }
        let step = solve(curve, slope);
        let mut share = 1.0;
        let next = loop {
            let mut next = weights;
            for (weight, step) in next.iter_mut().zip(step) {
                *weight += share * step;
            }
            let reached = loss(outcomes, &next);
            if reached < best {
                best = reached;
                break Some(next);
            }
            share /= 2.0;
            if share < 1e-4 {
                break None;
            }
        };
        match next {
            Some(next) => weights = next,
            None => break,
        }
    }
    weights
}

/// Solves a symmetric, positive definite system, of which the lower half is given, by Cholesky's
/// method.
fn solve(mut lower: [[f64; INPUTS]; INPUTS], mut right: [f64; INPUTS]) -> [f64; INPUTS] {
    for row in 0..INPUTS {
        for column in 0..=row {
            let products: f64 = (0..column)
                .map(|at| lower[row][at] * lower[column][at])
                .sum();
            let rest = lower[row][column] - products;
            lower[row][column] = if row == column {
                rest.max(1e-12).sqrt()
            } else {
                rest / lower[column][column]
            };
        }
    }
    for row in 0..INPUTS {
        let known: f64 = (0..row).map(|at| lower[row][at] * right[at]).sum();
        right[row] = (right[row] - known) / lower[row][row];
    }
    for row in (0..INPUTS).rev() {
        let known: f64 = (row + 1..INPUTS).map(|at| lower[at][row] * right[at]).sum();
        right[row] = (right[row] - known) / lower[row][row];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of 100 characters that claim a probability and are right so often out of ten.
    fn outcomes(claims: &[(f64, usize)]) -> Vec<Outcome> {
        let surface =
            SurfaceFeatures::of("The ferry stays in the harbour until Thursday morning.", 0);
        let mut outcomes = Vec::new();
        for (probability, right) in claims {
            let blocks =
                LabelledBlocks::new(vec![number_of("nav")], &[[1.0 - *probability, 0.0]], &[45]);
            let evidence = Evidence::new(&blocks, 0, *probability, &surface, Voice::default(), 2);
            for number in 0..200 {
                outcomes.push(Outcome {
                    evidence,
                    is_right: number % 10 < *right,
                    characters: 100,
                });
            }
        }
        outcomes
    }

    #[test]
    fn claims_are_held_against_what_was_right() {
        let outcomes = outcomes(&[(0.99, 9), (0.6, 5)]);
        let confidence = Confidence::fit(&outcomes, 0.5, 0.6).unwrap();
        let sure = confidence.chance(&outcomes[0].evidence);
        let unsure = confidence.chance(&outcomes[200].evidence);
        assert!((sure - 0.9).abs() < 0.03, "{sure}");
        assert!((unsure - 0.5).abs() < 0.03, "{unsure}");
        // Half may be flagged: the unsure ones are.
        assert!(confidence.score(&outcomes[200].evidence) < 0.6);
        assert!(confidence.score(&outcomes[0].evidence) >= 0.599);
    }

    #[test]
    fn it_survives_its_file() {
        let confidence = Confidence::fit(&outcomes(&[(0.9, 8)]), 0.1, 0.6).unwrap();
        let mut bytes = Vec::new();
        confidence.write("text", &mut bytes);
        bytes.push(7);
        let mut rest = bytes.as_slice();
        let read = Confidence::read(&mut rest).unwrap();
        assert_eq!(
            (read, rest),
            (Some(("text".to_owned(), confidence)), &[7][..])
        );
        assert!(Confidence::read(&mut &bytes[..20]).is_err());
        assert_eq!(Confidence::read(&mut &b"other"[..]), Ok(None));
    }

    #[test]
    fn nothing_is_fitted_to_nothing() {
        assert_eq!(Confidence::fit(&[], 0.1, 0.6), None);
    }
}
