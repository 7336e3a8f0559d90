//! The dashboard: what was done when and by whom, how good the models' guesses were, and how much
//! work it took.
//!
//! [`DatasetCounts`] gathers the figures from the outcomes that the store keeps, `charts` draws
//! them, and [`DrillDown`] finds the articles behind a mark of a chart.

mod board;
pub mod charts;
mod counts;
mod drill_down;
pub mod totals;

pub(crate) use board::Board;
pub use board::{Dashboard, Flagged, dashboard};
pub use charts::{Card, Plot};
pub use counts::{DatasetCounts, Fact};
pub use drill_down::DrillDown;
pub use totals::{Guesses, Work};

pub use crate::store::LabelKind;
