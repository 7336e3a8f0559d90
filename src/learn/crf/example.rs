//! Labelled sequences to train on.

use super::Sequence;

/// A sequence with the labels that its items may have.
#[derive(Clone, Debug, Default)]
pub struct Example {
    /// The items.
    pub sequence: Sequence,
    /// For each item, the labels that it may have, as bits: one bit where the label is known, all
    /// where it is not.
    pub allowed: Vec<u16>,
    /// For each item, the extra cost of a wrong label, such as its length. May be empty.
    pub costs: Vec<f32>,
}
