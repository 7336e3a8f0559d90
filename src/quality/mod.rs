//! How good the labels are, and how many: statistics now, agreement and the doctor with their own issues. Pure.

pub mod statistics;

pub use statistics::{LabelCount, Statistics};
