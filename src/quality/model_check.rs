//! Labels that out-of-fold models doubt: confident learning (Northcutt, Jiang and Chuang 2021).
//!
//! Each label that a person gave is held against the probabilities of a model that has not seen its
//! article. A label is doubted if the model is more confident of another one than it usually is of
//! that one: each label has its own threshold, the mean probability of the places that were given
//! it. So a label that the model hardly knows is neither doubted nor proposed. Doubts are ranked by
//! their normalised margin: the probability of the given label minus that of the other one.

/// What a model thinks of one place: the index of the label that it was given, and the probability
/// of each label.
#[derive(Clone, Debug, PartialEq)]
pub struct Opinion {
    /// The index of the given label.
    pub given: usize,
    /// The probability of each label.
    pub probabilities: Vec<f64>,
}

impl Opinion {
    /// The probability of the given label.
    #[must_use]
    pub fn self_confidence(&self) -> f64 {
        self.of(self.given)
    }

    /// The probability of a label; 0 for one that is not known.
    #[must_use]
    pub fn of(&self, label: usize) -> f64 {
        self.probabilities.get(label).copied().unwrap_or(0.0)
    }

    /// The most probable label; of equal ones, the first.
    #[must_use]
    pub fn most_probable(&self) -> usize {
        let mut best = 0;
        for label in 1..self.probabilities.len() {
            if self.of(label) > self.of(best) {
                best = label;
            }
        }
        best
    }
}

/// The highest threshold. Where models are nearly always sure of a label, half of what they are sure
/// of is below the mean.
const MOST_THRESHOLD: f64 = 0.95;

/// The mean self-confidence of each label.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thresholds {
    sums: Vec<(f64, u64)>,
}

impl Thresholds {
    /// Counts the confidence of a model in a label that was given.
    pub fn add(&mut self, given: usize, confidence: f64) {
        if self.sums.len() <= given {
            self.sums.resize(given + 1, (0.0, 0));
        }
        self.sums[given].0 += confidence;
        self.sums[given].1 += 1;
    }

    /// The threshold of a label; `None` for one that was never given.
    #[must_use]
    pub fn of(&self, label: usize) -> Option<f64> {
        let (sum, count) = self.sums.get(label)?;
        (*count > 0).then(|| (sum / *count as f64).min(MOST_THRESHOLD))
    }

    /// The number of places that were given a label.
    #[must_use]
    pub fn count(&self, label: usize) -> u64 {
        self.sums.get(label).map_or(0, |(_, count)| *count)
    }

    /// The label that a model is confident of instead of the given one; `None` if it does not doubt
    /// the given one.
    #[must_use]
    pub fn doubted(&self, opinion: &Opinion) -> Option<usize> {
        let confident = |label: &usize| {
            let threshold = self.of(*label);
            threshold.is_some_and(|threshold| opinion.of(*label) >= threshold)
        };
        let all = 0..opinion.probabilities.len();
        let best = all
            .filter(confident)
            .min_by(|one, other| opinion.of(*other).total_cmp(&opinion.of(*one)))?;
        let is_other = best != opinion.given && opinion.of(best) > opinion.self_confidence();
        is_other.then_some(best)
    }
}

/// What speaks for and against a label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// The probability that the models give to the given label.
    pub given_probability: f64,
    /// The probability that they give to the other one.
    pub thought_probability: f64,
    /// Other places with the same words that have the given label.
    pub alike: u32,
    /// Other places with the same words.
    pub places: u32,
    /// Other places that are labelled as the models would label this one.
    pub as_thought: u32,
    /// Other places with the words that the models would label.
    pub places_of_thought: u32,
}

/// How much the opinion of the models counts, as a number of other places.
const PRIOR: f64 = 0.3;
/// Margins are kept this far from 0 and 1: models are too sure of themselves.
const EDGE: f64 = 1e-3;
/// A rate that leaves a score as it is.
const TYPICAL_RATE: f64 = 0.0125;

impl Evidence {
    /// The probability of the given label: that of the models as a prior, and other places.
    #[must_use]
    pub fn given(&self) -> f64 {
        blend(self.given_probability, self.alike, self.places)
    }

    /// The probability of the other label.
    #[must_use]
    pub fn thought(&self) -> f64 {
        blend(
            self.thought_probability,
            self.as_thought,
            self.places_of_thought,
        )
    }
}

fn blend(prior: f64, with: u32, of: u32) -> f64 {
    (PRIOR * prior + f64::from(with)) / (PRIOR + f64::from(of))
}

/// How doubtful a label is, from 0 to 1.
///
/// It grows with the normalised margin and with `support`, the number of other places that side with
/// the models where none sides with the given label. It is lower the more often the models differ
/// from people in the same way: `rate` is the share of the labels in whose place they would put the
/// same other label. Rare differences are slips, frequent ones are what the models cannot tell.
#[must_use]
pub fn doubt(evidence: &Evidence, rate: f64, support: u32) -> f64 {
    let margin = (1.0 - (evidence.given() - evidence.thought())) / 2.0;
    let margin = margin.clamp(EDGE, 1.0 - EDGE);
    let rarity = (TYPICAL_RATE / rate.max(EDGE)).sqrt();
    let odds = margin / (1.0 - margin) * rarity * f64::from(support + 1);
    // The square root spreads scores that would all be near 1.
    let odds = odds.sqrt();
    odds / (1.0 + odds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opinion(given: usize, probabilities: [f64; 3]) -> Opinion {
        Opinion {
            given,
            probabilities: probabilities.to_vec(),
        }
    }

    #[test]
    fn a_label_is_doubted_if_the_model_is_as_sure_of_another_one_as_it_usually_is() {
        let mut thresholds = Thresholds::default();
        for (given, confidence) in [(0, 0.9), (0, 0.7), (1, 0.5), (1, 0.3)] {
            thresholds.add(given, confidence);
        }
        assert_eq!(thresholds.doubted(&opinion(1, [0.85, 0.1, 0.05])), Some(0));
        // Sure enough for the second label, but not for the first.
        assert_eq!(thresholds.doubted(&opinion(1, [0.6, 0.4, 0.0])), None);
        assert_eq!(thresholds.doubted(&opinion(0, [0.45, 0.55, 0.0])), Some(1));
        // It agrees.
        assert_eq!(thresholds.doubted(&opinion(0, [0.9, 0.1, 0.0])), None);
    }

    #[test]
    fn a_label_that_nobody_uses_is_never_proposed() {
        let mut thresholds = Thresholds::default();
        thresholds.add(0, 0.8);
        assert_eq!(thresholds.of(2), None);
        assert_eq!(thresholds.doubted(&opinion(0, [0.0, 0.0, 1.0])), None);
    }

    #[test]
    fn doubts_are_ranked_by_their_margin_and_by_how_rare_they_are() {
        let sure = Evidence {
            given_probability: 0.1,
            thought_probability: 0.9,
            alike: 0,
            places: 0,
            as_thought: 0,
            places_of_thought: 0,
        };
        let unsure = Evidence {
            given_probability: 0.4,
            ..sure
        };
        assert!(doubt(&sure, 0.01, 0) > doubt(&unsure, 0.01, 0));
        assert!(doubt(&sure, 0.01, 0) > doubt(&sure, 0.1, 0));
        assert!((0.0..=1.0).contains(&doubt(&sure, 0.0, 0)));
    }

    #[test]
    fn other_places_with_the_same_words_count() {
        let alone = Evidence {
            given_probability: 0.1,
            thought_probability: 0.9,
            alike: 0,
            places: 0,
            as_thought: 0,
            places_of_thought: 0,
        };
        let alike = Evidence {
            alike: 4,
            places: 4,
            places_of_thought: 4,
            ..alone
        };
        assert!(alike.given() > alike.thought(), "a custom, not a slip");
        let otherwise = Evidence {
            places: 4,
            as_thought: 4,
            places_of_thought: 4,
            ..alone
        };
        assert!(doubt(&otherwise, 0.01, 4) > doubt(&alone, 0.01, 0));
    }
}
