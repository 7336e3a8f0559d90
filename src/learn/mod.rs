//! Labelling sequences: numbers about a row of things in, a label with a score for each out, and how that is learnt.
//!
//! This layer knows no article and no region, and touches no file. The extractor turns blocks into [`Features`] and asks
//! whichever [`SequenceLabeller`] it was given.
//!
//! In reading order: [`crf`] labels with a model, [`file`](mod@file) writes and reads one, [`train`] makes one from examples,
//! [`online`] stores how far a dataset's own model is from the shipped one, `lattice` is the sum over all labellings behind both, [`math`] the same
//! exponentials on every machine.

pub mod chain;
mod chain_file;
pub mod crf;
pub mod file;
mod lattice;
pub mod math;
pub mod online;
pub mod train;

pub use crf::{Model, Sequence};
pub use train::{Example, TrainOptions, Training};

/// What is known about one item of a sequence: sparse, named by number, each with a weight.
///
/// The numbers are the asker's: the same number means the same feature for every item and every sequence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features(Vec<(u32, f32)>);

impl Features {
    /// None yet, with room for so many.
    #[must_use]
    pub fn with_capacity(count: usize) -> Self {
        Self(Vec::with_capacity(count))
    }

    /// Adds features with their weights.
    pub fn extend(&mut self, features: impl Iterator<Item = (u32, f32)>) {
        self.0.extend(features);
    }

    /// How many features there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes away all features but the first ones.
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

/// Takes what is seen of an item while it is being seen: [`Features`] keep it, a [`crf::Votes`] only sums up what it says.
pub trait Sink {
    /// Takes a feature; one that is zero says nothing and is left out.
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

/// The label that an item deserves, by number, and how sure the labeller is, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// Which of the labels that the labeller was made for.
    pub label: usize,
    /// From 0 to 1.
    pub score: f64,
}

/// Something that labels the items of a sequence, seeing all of them at once.
pub trait SequenceLabeller {
    /// One verdict for each item, in order.
    fn label(&self, sequence: &[Features]) -> Vec<Verdict>;
}
