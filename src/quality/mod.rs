//! How good the labels are, how many, and what they took: statistics, scores and effort; agreement and the doctor
//! with their own issues. Pure.

pub mod doctor;
pub mod effort;
pub mod near;
pub mod plot;
pub mod score;
pub mod split;
pub mod statistics;

pub use effort::Effort;
pub use score::{RegionView, Score, score};
pub use statistics::{LabelCount, Statistics};
