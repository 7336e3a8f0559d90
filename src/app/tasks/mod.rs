//! Work on threads: it takes values and returns an outcome, and never sees the `State`.

pub(crate) mod background;
pub(crate) mod export_planner;
pub(crate) mod jobs;
pub(crate) mod occurrences;
pub(crate) mod path_listings;
pub mod save_chart;
pub(crate) mod token_alignment;
