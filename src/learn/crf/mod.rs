//! A linear-chain conditional random field (Lafferty, McCallum and Pereira 2001): each feature of
//! an item has a weight for each label, and each transition between labels has a weight that
//! depends on its kind.
//!
//! [`labelling`] finds the best labels and their probabilities, [`train`](mod@train) learns weights
//! from examples, `file` reads and writes a model, and [`delta`] stores how a model differs from
//! another.

pub mod delta;
mod descent;
mod example;
mod file;
pub mod labelling;
pub mod train;

pub use example::Example;

use super::Features;
pub use labelling::{Both, Labelling, Votes};

/// A sequence of items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    /// The features of each item.
    pub items: Vec<Features>,
    /// The kind of the transition that leads to each item, from 0. The first one has no effect.
    pub edges: Vec<u8>,
}

/// The largest number of labels of a model: masks of labels have 16 bits.
pub const MAX_LABELS: usize = super::lattice::MAX_LABELS;

/// The weights of a conditional random field.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The names of the labels, in the order of the weights.
    labels: Vec<String>,
    /// The number of features. Features with higher numbers have no weights.
    features: usize,
    /// The number of kinds of transitions.
    edges: usize,
    /// All weights: for each feature and label; for each kind of transition, label before and
    /// label; for each label at the start; for each label at the end.
    weights: Vec<f32>,
}

impl Model {
    /// A model whose weights are all zero.
    ///
    /// # Panics
    /// Panics if there are no labels or more than [`MAX_LABELS`], or no kind of transition.
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

    fn size(labels: usize, features: usize, edges: usize) -> usize {
        features * labels + edges * labels * labels + 2 * labels
    }

    /// The names of the labels. A [`Prediction`](super::Prediction) holds an index into them.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Sets the weight of a feature for a label. Unknown features and labels have no effect.
    pub fn set_weight(&mut self, feature: u32, label: usize, weight: f32) {
        let count = self.labels.len();
        let at = feature as usize * count + label;
        if (feature as usize) < self.features && label < count {
            self.weights[at] = weight;
        }
    }

    /// Sets the weight of the transition from one label to another, for all kinds of transitions.
    pub fn set_step(&mut self, from: usize, label: usize, weight: f32) {
        let count = self.labels.len();
        if from < count && label < count {
            for kind in 0..self.edges {
                self.weights[self.features * count + (kind * count + from) * count + label] =
                    weight;
            }
        }
    }

    /// The number of features.
    #[must_use]
    pub fn features(&self) -> usize {
        self.features
    }

    /// The number of kinds of transitions.
    #[must_use]
    pub fn edges(&self) -> usize {
        self.edges
    }

    /// The weights of a feature, one for each label.
    #[must_use]
    pub fn weights_of(&self, feature: u32) -> &[f32] {
        let count = self.labels.len();
        let from = feature as usize * count;
        if feature as usize >= self.features {
            return &[];
        }
        self.weights.get(from..from + count).unwrap_or_default()
    }

    /// Returns true if some of these features have a weight other than zero.
    #[must_use]
    pub fn has_weights(&self, features: std::ops::Range<usize>) -> bool {
        let count = self.labels.len();
        let (from, to) = (features.start, features.end.min(self.features));
        let weights = self.weights.get(from * count..to * count);
        // Bits without the sign: many weights at once.
        let mut parts = weights.unwrap_or_default().chunks(256);
        parts.any(|part| part.iter().fold(0, |bits, w| bits | w.to_bits() << 1) != 0)
    }

    /// The weights of the transitions of a kind from a label, one for each label.
    #[must_use]
    pub fn step(&self, edge: u8, from: usize) -> &[f32] {
        let count = self.labels.len();
        let kind = usize::from(edge).min(self.edges - 1);
        let (steps, _, _) = self.tail();
        let at = (kind * count + from) * count;
        steps.get(at..at + count).unwrap_or_default()
    }

    /// The weights after those of the features: of the transitions, of the start and of the end.
    fn tail(&self) -> (&[f32], &[f32], &[f32]) {
        let count = self.labels.len();
        let (_, tail) = self.weights.split_at(self.features * count);
        let (steps, ends) = tail.split_at(self.edges * count * count);
        let (start, end) = ends.split_at(count);
        (steps, start, end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Sink as _;
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
}
