//! The best labels of a sequence (Viterbi's algorithm) and their probabilities (the
//! forward-backward algorithm).

use super::super::lattice::Lattice;
use super::super::math::exp;
use super::super::{Features, Prediction, Sink};
use super::{MAX_LABELS, Model, Sequence};

impl Model {
    /// The score of each label for each item by itself, row by row. `more` holds further features
    /// of the items.
    fn scores(&self, items: &[Features], more: &[Features]) -> Vec<f64> {
        // The compiler unrolls loops over a known number of labels.
        match self.labels.len() {
            2 => self.scores_of::<2>(items, more),
            3 => self.scores_of::<3>(items, more),
            4 => self.scores_of::<4>(items, more),
            5 => self.scores_of::<5>(items, more),
            6 => self.scores_of::<6>(items, more),
            7 => self.scores_of::<7>(items, more),
            8 => self.scores_of::<8>(items, more),
            _ => self.scores_of_any(items, more),
        }
    }

    fn scores_of<const LABELS: usize>(&self, items: &[Features], more: &[Features]) -> Vec<f64> {
        let (rows, _) = self.weights.as_chunks::<LABELS>();
        let rows = &rows[..self.features.min(rows.len())];
        let mut scores = Vec::with_capacity(items.len() * LABELS);
        let none = Features::default();
        for (at, features) in items.iter().enumerate() {
            let mut sums = [0.0_f32; LABELS];
            for part in [features, more.get(at).unwrap_or(&none)] {
                for &(feature, value) in part.as_slice() {
                    if let Some(weights) = rows.get(feature as usize) {
                        for label in 0..LABELS {
                            sums[label] += weights[label] * value;
                        }
                    }
                }
            }
            scores.extend_from_slice(&sums.map(f64::from));
        }
        scores
    }

    fn scores_of_any(&self, items: &[Features], more: &[Features]) -> Vec<f64> {
        let count = self.labels.len();
        let mut scores = vec![0.0; items.len() * count];
        let mut sums = [0.0_f32; MAX_LABELS];
        for (at, (row, features)) in scores.chunks_exact_mut(count).zip(items).enumerate() {
            sums.fill(0.0);
            for (feature, value) in features
                .iter()
                .chain(more.get(at).into_iter().flat_map(Features::iter))
            {
                for (sum, weight) in sums.iter_mut().zip(self.weights_of(feature)) {
                    *sum += weight * value;
                }
            }
            for (score, sum) in row.iter_mut().zip(sums) {
                *score = f64::from(sum);
            }
        }
        scores
    }

    /// The kinds of the transitions; unknown kinds count as the last one.
    fn known_edges(&self, sequence: &Sequence) -> Vec<u8> {
        let mut edges = sequence.edges.clone();
        edges.resize(sequence.items.len(), 0);
        self.hold_edges(&mut edges);
        edges
    }

    fn hold_edges(&self, edges: &mut [u8]) {
        let last = u8::try_from(self.edges - 1).unwrap_or(u8::MAX);
        edges.iter_mut().for_each(|edge| *edge = (*edge).min(last));
    }

    /// The probability of each label for each item, row by row.
    #[must_use]
    pub fn marginals(&self, sequence: &Sequence) -> Vec<f64> {
        self.marginals_of(
            &self.scores(&sequence.items, &[]),
            &self.known_edges(sequence),
        )
    }

    fn marginals_of(&self, scores: &[f64], edges: &[u8]) -> Vec<f64> {
        let factors = |weights: &[f32]| -> Vec<f64> {
            weights
                .iter()
                .map(|weight| exp(f64::from(*weight)))
                .collect()
        };
        let (steps, start, end) = self.tail();
        let lattice = Lattice {
            labels: self.labels.len(),
            scores,
            steps: &factors(steps),
            start: &factors(start),
            end: &factors(end),
            edges,
        };
        lattice.sum(None, |_, _, _, _| {}).shares
    }

    /// Labels a sequence. Each score is the probability of the label.
    #[must_use]
    pub fn label(&self, sequence: &Sequence) -> Labelling {
        self.label_with(sequence, &[])
    }

    /// Labels a sequence whose items have `more` features, in the same order.
    #[must_use]
    pub fn label_with(&self, sequence: &Sequence, more: &[Features]) -> Labelling {
        let scores = self.scores(&sequence.items, more);
        self.label_scored(&scores, &self.known_edges(sequence))
    }

    /// Adds up the scores of the labels of one item. `None` if `ROOM` does not fit the number of
    /// labels: 4 for up to four labels, 8 for five to eight.
    #[must_use]
    pub fn votes<const ROOM: usize>(&self) -> Option<Votes<'_, ROOM>> {
        let labels = self.labels.len();
        let fits = match ROOM {
            4 => (1..=4).contains(&labels),
            8 => (5..=8).contains(&labels),
            _ => false,
        };
        // Each row is read as `ROOM` weights, so that no loop is needed. The sums after the last
        // label are ignored, and after the last row come the weights of the transitions.
        let end = self.features.checked_sub(1)? * labels + ROOM;
        Some(Votes {
            weights: self.weights.get(..end).filter(|_| fits)?,
            labels,
            sums: [0.0; ROOM],
        })
    }

    /// The probability of each label for each item, row by row, as [`Model::marginals`] returns it
    /// for the same features in the same order.
    #[must_use]
    pub fn marginals_by_votes(&self, scores: &[f64], mut edges: Vec<u8>) -> Vec<f64> {
        edges.resize(scores.len() / self.labels.len(), 0);
        self.hold_edges(&mut edges);
        self.marginals_of(scores, &edges)
    }

    /// Labels items whose scores [`Model::votes`] added up, row by row. `edges` are those of
    /// [`Sequence::edges`].
    ///
    /// The result is that of [`Model::label`] for the same features in the same order.
    #[must_use]
    pub fn label_by_votes(&self, scores: &[f64], mut edges: Vec<u8>) -> Labelling {
        edges.resize(scores.len() / self.labels.len(), 0);
        self.hold_edges(&mut edges);
        self.label_scored(scores, &edges)
    }

    fn label_scored(&self, scores: &[f64], edges: &[u8]) -> Labelling {
        let marginals = self.marginals_of(scores, edges);
        let count = self.labels.len();
        let predictions = self
            .best(scores, edges)
            .into_iter()
            .enumerate()
            .map(|(at, label)| Prediction {
                label,
                score: marginals.get(at * count + label).copied().unwrap_or(0.0),
            })
            .collect();
        Labelling {
            predictions,
            marginals,
        }
    }

    /// The labelling with the highest score; of equals, the one with lower label numbers.
    fn best(&self, scores: &[f64], edges: &[u8]) -> Vec<usize> {
        // The compiler unrolls loops over a known number of labels.
        match self.labels.len() {
            3 => self.best_in::<3>(scores, edges),
            4 => self.best_in::<4>(scores, edges),
            6 => self.best_in::<6>(scores, edges),
            5..=8 => self.best_in::<8>(scores, edges),
            _ => self.best_in::<MAX_LABELS>(scores, edges),
        }
    }

    #[allow(
        clippy::needless_range_loop,
        reason = "indices show that all rows are walked through together"
    )]
    fn best_in<const ROOM: usize>(&self, scores: &[f64], edges: &[u8]) -> Vec<usize> {
        let count = self.labels.len();
        let (steps, start, end) = self.tail();
        // Labels that fill up a row are never the best.
        let row = |weights: &[f32]| {
            let mut row = [f64::NEG_INFINITY; ROOM];
            let known = row.iter_mut().zip(weights);
            known.for_each(|(value, weight)| *value = f64::from(*weight));
            row
        };
        let steps: Vec<[f64; ROOM]> = steps.chunks_exact(count).map(row).collect();
        let end = row(end);
        let mut from: Vec<[u8; ROOM]> = Vec::with_capacity(edges.len());
        let mut sums = row(start);
        for (at, (scores, edge)) in scores.chunks_exact(count).zip(edges).enumerate() {
            let mut own = [f64::NEG_INFINITY; ROOM];
            own[..count].copy_from_slice(scores);
            let mut best = [0_u8; ROOM];
            if at == 0 {
                for label in 0..ROOM {
                    sums[label] += own[label];
                }
                from.push(best);
                continue;
            }
            let steps = &steps[usize::from(*edge) * count..][..count];
            let mut next = [f64::NEG_INFINITY; ROOM];
            for (before, steps) in steps.iter().enumerate() {
                for label in 0..ROOM {
                    let sum = sums[before] + steps[label];
                    if sum > next[label] {
                        (best[label], next[label]) = (before as u8, sum);
                    }
                }
            }
            // Only differences matter. Without this, sums over a million items would lose them.
            let mut most = f64::NEG_INFINITY;
            for label in 0..ROOM {
                next[label] += own[label];
                most = most.max(next[label]);
            }
            for label in 0..ROOM {
                sums[label] = next[label] - most;
            }
            from.push(best);
        }
        let (mut label, mut most) = (0, f64::NEG_INFINITY);
        for candidate in 0..count {
            let sum = sums[candidate] + end[candidate];
            if sum > most {
                (label, most) = (candidate, sum);
            }
        }
        let mut labels = vec![0; from.len()];
        for (slot, from) in labels.iter_mut().zip(&from).rev() {
            *slot = label;
            label = usize::from(from[label]);
        }
        labels
    }
}

/// The scores of the labels of one item, added up while its features arrive, so that they need not
/// be stored.
#[derive(Clone, Debug)]
pub struct Votes<'a, const ROOM: usize> {
    /// The weights of the features, and as many after them as the last row lacks.
    weights: &'a [f32],
    labels: usize,
    sums: [f32; ROOM],
}

impl<const ROOM: usize> Votes<'_, ROOM> {
    /// Appends the scores to `rows` and starts with the next item.
    pub fn take(&mut self, rows: &mut Vec<f64>) {
        let sums = std::mem::replace(&mut self.sums, [0.0; ROOM]);
        rows.extend(sums.iter().take(self.labels).map(|sum| f64::from(*sum)));
    }

    /// Returns the sums and starts with the next item.
    pub fn pause(&mut self) -> [f32; ROOM] {
        std::mem::replace(&mut self.sums, [0.0; ROOM])
    }

    /// Goes on with the sums of an item that was paused.
    pub fn resume(&mut self, sums: [f32; ROOM]) {
        self.sums = sums;
    }
}

/// Passes each feature to two receivers, so that it is computed once for both.
#[derive(Debug)]
pub struct Both<'a, A, B>(pub &'a mut A, pub &'a mut B);

impl<A: Sink, B: Sink> Sink for Both<'_, A, B> {
    #[inline(always)] // as in `Votes`
    fn push(&mut self, feature: u32, value: f32) {
        self.0.push(feature, value);
        self.1.push(feature, value);
    }
}

impl<const ROOM: usize> Sink for Votes<'_, ROOM> {
    #[inline(always)] // a tenth of the time of all labelling: callers push some 120 features an item
    fn push(&mut self, feature: u32, value: f32) {
        let from = feature as usize * self.labels;
        let rest = self.weights.get(from..).unwrap_or_default();
        if let Some(weights) = rest.first_chunk::<ROOM>() {
            #[allow(
                clippy::needless_range_loop,
                reason = "a zip is not unrolled and takes twice the instructions"
            )]
            for label in 0..ROOM {
                self.sums[label] += weights[label] * value;
            }
        }
    }
}

/// A labelled sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelling {
    /// One prediction for each item.
    pub predictions: Vec<Prediction>,
    /// The probability of each label for each item, row by row.
    pub marginals: Vec<f64>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{model, sequence};
    use super::*;

    /// The score of a labelling, added up by hand.
    fn score_of(model: &Model, sequence: &Sequence, labels: &[usize]) -> f64 {
        let count = model.labels.len();
        let (steps, start, end) = model.tail();
        let mut sum = f64::from(start[labels[0]]) + f64::from(end[*labels.last().unwrap()]);
        for (at, label) in labels.iter().enumerate() {
            for (feature, value) in sequence.items[at].iter() {
                if let Some(weight) = model.weights_of(feature).get(*label) {
                    sum += f64::from(weight * value);
                }
            }
            if at > 0 {
                let kind = usize::from(sequence.edges[at]).min(model.edges - 1);
                sum += f64::from(steps[(kind * count + labels[at - 1]) * count + label]);
            }
        }
        sum
    }

    fn voted<const ROOM: usize>(model: &Model, sequence: &Sequence) -> Option<Labelling> {
        let mut votes = model.votes::<ROOM>()?;
        let mut scores = Vec::new();
        for features in &sequence.items {
            for (feature, value) in features.iter() {
                votes.push(feature, value);
            }
            votes.take(&mut scores);
        }
        Some(model.label_by_votes(&scores, sequence.edges.clone()))
    }

    fn labellings(labels: usize, items: usize) -> Vec<Vec<usize>> {
        (0..labels.pow(items as u32))
            .map(|mut number| {
                (0..items)
                    .map(|_| {
                        let label = number % labels;
                        number /= labels;
                        label
                    })
                    .collect()
            })
            .collect()
    }

    proptest! {
        #[test]
        fn the_best_labelling_is_the_best_of_all(model in model(), sequence in sequence()) {
            let found: Vec<usize> = model.label(&sequence).predictions.iter().map(|prediction| prediction.label).collect();
            let most = labellings(model.labels.len(), sequence.items.len())
                .iter()
                .map(|labels| score_of(&model, &sequence, labels))
                .fold(f64::NEG_INFINITY, f64::max);
            prop_assert!((score_of(&model, &sequence, &found) - most).abs() < 1e-4);
        }

        #[test]
        fn scores_added_up_one_by_one_give_the_same_labels(model in model(), sequence in sequence()) {
            prop_assert_eq!(voted::<4>(&model, &sequence), Some(model.label(&sequence)));
            prop_assert_eq!(voted::<8>(&model, &sequence), None);
            // More labels: the same weights again.
            let names = ["a", "b", "c", "d", "e", "f"];
            let count = 5 + model.features % 2;
            let mut wide = Model::new(&names[..count], model.features, model.edges);
            let all = model.weights.iter().cycle();
            wide.weights.iter_mut().zip(all).for_each(|(weight, known)| *weight = *known);
            prop_assert_eq!(voted::<8>(&wide, &sequence), Some(wide.label(&sequence)));
        }

        #[test]
        fn an_item_that_was_paused_has_the_same_scores(model in model(), sequence in sequence(), cut in 0..4_usize) {
            let mut votes = model.votes::<4>().unwrap();
            let (mut plain, mut resumed) = (Vec::new(), Vec::new());
            let mut paused = Vec::new();
            for features in &sequence.items {
                let mut other = model.votes::<4>().unwrap();
                for (at, (feature, value)) in features.iter().enumerate() {
                    if at < cut {
                        Both(&mut votes, &mut other).push(feature, value);
                    } else {
                        votes.push(feature, value);
                    }
                }
                votes.take(&mut plain);
                paused.push(other.pause());
            }
            for (features, sums) in sequence.items.iter().zip(paused) {
                votes.resume(sums);
                features.iter().skip(cut).for_each(|(feature, value)| votes.push(feature, value));
                votes.take(&mut resumed);
            }
            prop_assert_eq!(plain, resumed);
        }

        #[test]
        fn scores_are_probabilities_over_all_labellings(model in model(), sequence in sequence()) {
            let count = model.labels.len();
            let marginals = model.marginals(&sequence);
            for row in marginals.chunks(count) {
                prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            }
            let all = labellings(count, sequence.items.len());
            let weights: Vec<f64> = all.iter().map(|labels| score_of(&model, &sequence, labels).exp()).collect();
            let total: f64 = weights.iter().sum();
            for (at, row) in marginals.chunks(count).enumerate() {
                for (label, share) in row.iter().enumerate() {
                    let with: f64 = all.iter().zip(&weights)
                        .filter(|(labels, _)| labels[at] == label)
                        .map(|(_, weight)| weight)
                        .sum();
                    prop_assert!((with / total - share).abs() < 1e-4);
                }
            }
        }
    }

    #[test]
    fn an_empty_sequence_has_no_labels() {
        let model = Model::new(&["a", "b"], 3, 1);
        assert!(model.label(&Sequence::default()).predictions.is_empty());
    }
}
