//! How good the labels are, how many, and what they took: statistics, scores and effort, agreement, the lint, and
//! what two texts have in common. Pure.

pub mod agreement;
pub mod align;
pub mod carry;
pub mod confusion;
pub mod effort;
pub mod examples;
pub mod lint;
pub mod names;
pub mod near;
pub mod plot;
pub mod score;
pub mod split;
pub mod statistics;
pub mod word_facts;

pub use agreement::Agreement;
pub use carry::{Carried, carry};
pub use confusion::Confusion;
pub use effort::Effort;
pub use examples::Examples;
pub use score::{Mistake, MistakeKind, RegionView, Score, entity_mistakes, region_mistakes, score};
pub use statistics::{LabelCount, Statistics};
