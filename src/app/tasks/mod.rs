//! Work on threads: it takes values and returns an outcome, and never sees the `State`.

pub(crate) mod article_check;
pub(crate) mod background;
pub(crate) mod export_planner;
pub(crate) mod file_dialogs;
pub(crate) mod jobs;
pub(crate) mod occurrences;
pub(crate) mod path_listings;
#[cfg(all(unix, not(target_os = "macos")))]
mod portal;
mod programs;
pub mod save_chart;
pub(crate) mod snapshot;
pub(crate) mod token_alignment;
