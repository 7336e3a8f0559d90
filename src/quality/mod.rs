//! How good the labels are, how many, and what they took: statistics, scores and effort; agreement and the doctor
//! with their own issues. Pure.

pub mod align;
pub mod carry;
pub mod doctor;
pub mod effort;
pub mod names;
pub mod near;
pub mod plot;
pub mod score;
pub mod split;
pub mod statistics;

pub use carry::{Carried, carry};
pub use effort::Effort;
pub use score::{RegionView, Score, score};
pub use statistics::{LabelCount, Statistics};
