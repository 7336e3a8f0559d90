//! Sequence labelling: features of items in, a label with a score for each item out, and training.
//!
//! This layer knows nothing of articles and touches no file. It has two models:
//!
//! - [`crf`], a conditional random field over weighted features. The extractor labels blocks with
//!   it.
//! - [`perceptron`], an averaged structured perceptron over hashed features. The tagger labels
//!   words with it.
//!
//! [`math`] has exponentials that are the same on every machine, `lattice` the sum over all
//! labellings, and `bytes` the numbers and texts of model files.

pub(crate) mod bytes;
pub mod crf;
mod lattice;
pub mod math;
pub mod perceptron;

pub use crf::Example;
pub use crf::train::{TrainOptions, Training, train};
pub use crf::{Model, Sequence};

/// The features of one item: their numbers, each with a value.
///
/// The caller chooses the numbers; a number means the same feature for every item and every
/// sequence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features(Vec<(u32, f32)>);

impl Features {
    /// An empty list with room for `count` features.
    #[must_use]
    pub fn with_capacity(count: usize) -> Self {
        Self(Vec::with_capacity(count))
    }

    /// Adds features with their values.
    pub fn extend(&mut self, features: impl Iterator<Item = (u32, f32)>) {
        self.0.extend(features);
    }

    /// The number of features.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no features.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Removes all features after the first `count`.
    pub fn truncate(&mut self, count: usize) {
        self.0.truncate(count);
    }

    /// The features in the order in which they were added.
    pub(crate) fn as_slice(&self) -> &[(u32, f32)] {
        &self.0
    }

    /// The features in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (u32, f32)> + '_ {
        self.0.iter().copied()
    }
}

/// Receives the features of an item one by one: [`Features`] stores them, [`crf::Votes`] adds up
/// their weights.
pub trait Sink {
    /// Receives one feature. A value of zero has no effect.
    fn push(&mut self, feature: u32, value: f32);
}

impl Sink for Features {
    #[inline]
    fn push(&mut self, feature: u32, value: f32) {
        if value != 0.0 {
            self.0.push((feature, value));
        }
    }
}

/// The predicted label of an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The label, as an index into the model's labels.
    pub label: usize,
    /// Its probability, from 0 to 1.
    pub score: f64,
}

/// Labels the items of a sequence, with all of them in view.
pub trait SequenceLabeller {
    /// Returns one prediction for each item, in order.
    fn label(&self, sequence: &[Features]) -> Vec<Prediction>;
}
