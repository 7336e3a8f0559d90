//! Measures labels: statistics, scores, effort, agreement, the lint, and the common tokens of two
//! texts. Pure.

pub mod agreement;
pub mod align;
pub mod confusion;
pub mod effort;
pub mod examples;
pub mod lint;
pub mod model_check;
pub mod names;
pub mod near;
pub mod plot;
pub mod project_labels;
pub mod score;
pub mod split;
pub mod statistics;
pub mod word_facts;

pub use agreement::Agreement;
pub use confusion::Confusion;
pub use effort::Effort;
pub use examples::Examples;
pub use project_labels::{Projection, project_labels};
pub use score::{Mistake, MistakeKind, RegionView, Score, entity_mistakes, region_mistakes, score};
pub use statistics::{AnnotatorWork, LabelCount, Statistics};
