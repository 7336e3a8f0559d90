//! How good the labels are, and how many: statistics now, agreement and the doctor with their own issues. Pure.

pub mod regions;
pub mod statistics;

pub use regions::{RegionScores, View};
pub use statistics::{LabelCount, Statistics};
