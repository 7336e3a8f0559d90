//! A linear-chain conditional random field: each feature of an item speaks for or against each label, each step
//! from label to label has a weight that depends on what kind of step it is.
//!
//! The best labelling is found by Viterbi's algorithm; the score of a verdict is the probability of its label over
//! all labellings, by the forward-backward algorithm (Lafferty, McCallum, Pereira 2001).

use super::lattice::Lattice;
use super::math::exp;
use super::{Features, Sink, Verdict};

/// A row of items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    /// What is known of each item.
    pub items: Vec<Features>,
    /// What kind of step leads to each item, from 0; that of the first is not looked at.
    pub edges: Vec<u8>,
}

/// The most labels a model may have: masks of labels are 16 bits.
pub const MAX_LABELS: usize = 16;

/// The weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// What the labels are called, in the order of the weights.
    pub(super) labels: Vec<String>,
    /// How many features there are: those with a higher number say nothing.
    pub(super) features: usize,
    /// How many kinds of steps there are.
    pub(super) edges: usize,
    /// All weights: for each feature and label; for each kind of step, label before and label; for each label at the
    /// start; for each label at the end.
    pub(super) weights: Vec<f32>,
}

impl Model {
    /// A model that prefers nothing.
    ///
    /// # Panics
    /// If there are no labels or more than [`MAX_LABELS`], or no kind of step.
    #[must_use]
    pub fn new(labels: &[&str], features: usize, edges: usize) -> Self {
        assert!((1..=MAX_LABELS).contains(&labels.len()) && edges > 0);
        let count = labels.len();
        Self {
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            features,
            edges,
            weights: vec![0.0; Self::size(count, features, edges)],
        }
    }

    pub(super) fn size(labels: usize, features: usize, edges: usize) -> usize {
        features * labels + edges * labels * labels + 2 * labels
    }

    /// What the labels are called, in the order of the verdicts' numbers.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Sets what a feature says for a label; both are held to those that there are.
    pub fn set_weight(&mut self, feature: u32, label: usize, weight: f32) {
        let count = self.labels.len();
        let at = feature as usize * count + label;
        if (feature as usize) < self.features && label < count {
            self.weights[at] = weight;
        }
    }

    /// Sets what speaks for a label after another, whatever kind of step it is.
    pub fn set_step(&mut self, from: usize, label: usize, weight: f32) {
        let count = self.labels.len();
        if from < count && label < count {
            for kind in 0..self.edges {
                self.weights[self.features * count + (kind * count + from) * count + label] =
                    weight;
            }
        }
    }

    /// How many features the model was made for.
    #[must_use]
    pub fn features(&self) -> usize {
        self.features
    }

    /// How many kinds of steps the model was made for.
    #[must_use]
    pub fn edges(&self) -> usize {
        self.edges
    }

    /// What a feature says for each label.
    #[must_use]
    pub fn weights_of(&self, feature: u32) -> &[f32] {
        let count = self.labels.len();
        let from = feature as usize * count;
        if feature as usize >= self.features {
            return &[];
        }
        self.weights.get(from..from + count).unwrap_or_default()
    }

    /// What a step of this kind from a label says for each label.
    #[must_use]
    pub fn step(&self, edge: u8, from: usize) -> &[f32] {
        let count = self.labels.len();
        let kind = usize::from(edge).min(self.edges - 1);
        let (steps, _, _) = self.tail();
        let at = (kind * count + from) * count;
        steps.get(at..at + count).unwrap_or_default()
    }

    /// What speaks for each label of each item by itself, row by row. `more` holds further features of the items.
    fn scores(&self, items: &[Features], more: &[Features]) -> Vec<f64> {
        // The compiler makes straight code of a known number of labels.
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

    /// The weights behind those of the features: of the steps, the start and the end.
    fn tail(&self) -> (&[f32], &[f32], &[f32]) {
        let count = self.labels.len();
        let (_, tail) = self.weights.split_at(self.features * count);
        let (steps, ends) = tail.split_at(self.edges * count * count);
        let (start, end) = ends.split_at(count);
        (steps, start, end)
    }

    /// The kinds of steps, held to those that there are.
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

    /// The probability of each label for each item, over all labellings; row by row.
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

    /// The best labelling as a whole; each score is the probability of the label.
    #[must_use]
    pub fn label(&self, sequence: &Sequence) -> Labelling {
        self.label_with(sequence, &[])
    }

    /// The best labelling of a sequence whose items have `more` features besides, in the same order.
    #[must_use]
    pub fn label_with(&self, sequence: &Sequence, more: &[Features]) -> Labelling {
        let scores = self.scores(&sequence.items, more);
        self.label_scored(&scores, &self.known_edges(sequence))
    }

    /// Sums up what speaks for each label of one item; `None` if there is not the right room for its labels: four hold up to
    /// four, eight from five to eight.
    #[must_use]
    pub fn votes<const ROOM: usize>(&self) -> Option<Votes<'_, ROOM>> {
        let labels = self.labels.len();
        let fits = match ROOM {
            4 => (1..=4).contains(&labels),
            8 => (5..=8).contains(&labels),
            _ => false,
        };
        // Always as many weights as there is room for, so that no loop is needed: what lies behind a shorter row is summed up
        // for nobody, and behind the last row are the weights of the steps.
        let end = self.features.checked_sub(1)? * labels + ROOM;
        Some(Votes {
            weights: self.weights.get(..end).filter(|_| fits)?,
            labels,
            sums: [0.0; ROOM],
        })
    }

    /// The best labelling of items for whose labels so much speaks, row by row, as [`Model::votes`] sums it up; `edges` are
    /// those of [`Sequence::edges`]. It is the one that [`Model::label`] finds for the same features in the same order.
    #[must_use]
    pub fn label_by_votes(&self, scores: &[f64], mut edges: Vec<u8>) -> Labelling {
        edges.resize(scores.len() / self.labels.len(), 0);
        self.hold_edges(&mut edges);
        self.label_scored(scores, &edges)
    }

    fn label_scored(&self, scores: &[f64], edges: &[u8]) -> Labelling {
        let marginals = self.marginals_of(scores, edges);
        let count = self.labels.len();
        let verdicts = self
            .best(scores, edges)
            .into_iter()
            .enumerate()
            .map(|(at, label)| Verdict {
                label,
                score: marginals.get(at * count + label).copied().unwrap_or(0.0),
            })
            .collect();
        Labelling {
            verdicts,
            marginals,
        }
    }

    /// The labelling for which most is said, by Viterbi's algorithm; of equals the one with lower numbers.
    fn best(&self, scores: &[f64], edges: &[u8]) -> Vec<usize> {
        let count = self.labels.len();
        let items = edges.len();
        let (steps, start, end) = self.tail();
        let mut from: Vec<u8> = vec![0; items * count];
        let mut sums = vec![0.0; count];
        let mut next = vec![0.0; count];
        for at in 0..items {
            let row = &scores[at * count..(at + 1) * count];
            if at == 0 {
                for label in 0..count {
                    sums[label] = f64::from(start[label]) + row[label];
                }
                continue;
            }
            let size = count * count;
            let kind = usize::from(edges[at]);
            let steps = &steps[kind * size..(kind + 1) * size];
            for label in 0..count {
                let (mut best, mut best_sum) = (0, f64::NEG_INFINITY);
                for (before, sum) in sums.iter().enumerate() {
                    let sum = sum + f64::from(steps[before * count + label]);
                    if sum > best_sum {
                        (best, best_sum) = (before, sum);
                    }
                }
                next[label] = best_sum + row[label];
                from[at * count + label] = best as u8;
            }
            // Only differences count, and sums over a million items would else lose them.
            let most = next.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            for (sum, next) in sums.iter_mut().zip(&next) {
                *sum = next - most;
            }
        }
        let mut labels = vec![0; items];
        let mut label = 0;
        let mut most = f64::NEG_INFINITY;
        for (candidate, sum) in sums.iter().enumerate() {
            let sum = sum + f64::from(end[candidate]);
            if sum > most {
                (label, most) = (candidate, sum);
            }
        }
        for at in (0..items).rev() {
            labels[at] = label;
            label = usize::from(from[at * count + label]);
        }
        labels
    }
}

/// What speaks for each label of one item, summed up while its features come: for who labels once and keeps no features.
#[derive(Clone, Debug)]
pub struct Votes<'a, const ROOM: usize> {
    /// Those of the features, and as many behind them as the last row lacks.
    weights: &'a [f32],
    labels: usize,
    sums: [f32; ROOM],
}

impl<const ROOM: usize> Votes<'_, ROOM> {
    /// Adds the sums to the rows of an earlier item, and begins anew.
    pub fn take(&mut self, rows: &mut Vec<f64>) {
        let sums = std::mem::replace(&mut self.sums, [0.0; ROOM]);
        rows.extend(sums.iter().take(self.labels).map(|sum| f64::from(*sum)));
    }
}

impl<const ROOM: usize> Sink for Votes<'_, ROOM> {
    #[inline(always)] // a tenth of all labelling: see the callers, which push some 120 an item
    fn push(&mut self, feature: u32, value: f32) {
        let from = feature as usize * self.labels;
        let rest = self.weights.get(from..).unwrap_or_default();
        if let Some(weights) = rest.first_chunk::<ROOM>() {
            #[allow(
                clippy::needless_range_loop,
                reason = "a zip is not made straight code of: twice the instructions"
            )]
            for label in 0..ROOM {
                self.sums[label] += weights[label] * value;
            }
        }
    }
}

/// What a model makes of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelling {
    /// One for each item.
    pub verdicts: Vec<Verdict>,
    /// The probability of each label for each item; row by row.
    pub marginals: Vec<f64>,
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub fn model() -> impl Strategy<Value = Model> {
        (1_usize..4, 1_usize..3).prop_flat_map(|(labels, edges)| {
            let names = &["a", "b", "c"][..labels];
            let model = Model::new(names, 5, edges);
            prop::collection::vec(-3.0_f32..3.0, model.weights.len()).prop_map(move |weights| {
                Model {
                    weights,
                    ..model.clone()
                }
            })
        })
    }

    pub fn sequence() -> impl Strategy<Value = Sequence> {
        let item = prop::collection::vec((0_u32..7, -2.0_f32..2.0), 0..4);
        prop::collection::vec((item, 0_u8..4), 1..6).prop_map(|items| {
            let (items, edges) = items.into_iter().unzip();
            let features = |pairs: Vec<(u32, f32)>| {
                let mut features = Features::default();
                for (feature, value) in pairs {
                    features.push(feature, value);
                }
                features
            };
            let items: Vec<Vec<(u32, f32)>> = items;
            Sequence {
                items: items.into_iter().map(features).collect(),
                edges,
            }
        })
    }

    /// What is said for a labelling, added up by hand.
    fn worth(model: &Model, sequence: &Sequence, labels: &[usize]) -> f64 {
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
            let found: Vec<usize> = model.label(&sequence).verdicts.iter().map(|v| v.label).collect();
            let most = labellings(model.labels.len(), sequence.items.len())
                .iter()
                .map(|labels| worth(&model, &sequence, labels))
                .fold(f64::NEG_INFINITY, f64::max);
            prop_assert!((worth(&model, &sequence, &found) - most).abs() < 1e-4);
        }

        #[test]
        fn who_sums_up_while_looking_finds_the_same(model in model(), sequence in sequence()) {
            prop_assert_eq!(voted::<4>(&model, &sequence), Some(model.label(&sequence)));
            prop_assert_eq!(voted::<8>(&model, &sequence), None);
            // More labels: each weight once more, so that all are told apart by their place alone.
            let names = ["a", "b", "c", "d", "e", "f"];
            let count = 5 + model.features % 2;
            let mut wide = Model::new(&names[..count], model.features, model.edges);
            let all = model.weights.iter().cycle();
            wide.weights.iter_mut().zip(all).for_each(|(weight, known)| *weight = *known);
            prop_assert_eq!(voted::<8>(&wide, &sequence), Some(wide.label(&sequence)));
        }

        #[test]
        fn scores_are_probabilities_over_all_labellings(model in model(), sequence in sequence()) {
            let count = model.labels.len();
            let marginals = model.marginals(&sequence);
            for row in marginals.chunks(count) {
                prop_assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            }
            let all = labellings(count, sequence.items.len());
            let weights: Vec<f64> = all.iter().map(|labels| worth(&model, &sequence, labels).exp()).collect();
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
    fn nothing_gives_nothing() {
        let model = Model::new(&["a", "b"], 3, 1);
        assert!(model.label(&Sequence::default()).verdicts.is_empty());
    }
}
