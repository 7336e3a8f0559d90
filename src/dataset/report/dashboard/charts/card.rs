//! A card of the dashboard, and what its charts share.

use crate::dataset::report::dashboard::drill_down::DrillDown;
use crate::model::Rgb;
use crate::quality::plot::{Chart, PALETTE};

/// How many dots are drawn at most; of more articles, a regular sample is drawn.
pub(super) const MOST_DOTS: usize = 1_500;
/// How many points a line has at most.
pub(super) const MOST_POINTS: usize = 400;
/// How many bars are drawn at most; beyond that, days become weeks, and weeks months.
pub(super) const MOST_BARS: i32 = 42;
/// How many labels are shown.
pub(super) const MOST_LABELS: usize = 16;
/// The colour of a label that the schema does not know.
pub(super) const UNKNOWN: Rgb = Rgb(128, 128, 128);
pub(super) const REGIONS: Rgb = PALETTE[0];
pub(super) const ENTITIES: Rgb = PALETTE[5];

/// A chart, and the articles behind each of its marks.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// The word by which it is chosen among those of its card.
    pub tab: &'static str,
    /// What is drawn.
    pub chart: Chart,
    /// By series and place; dots and lines have one row, of stretches of the bottom axis.
    pub behind: Vec<Vec<DrillDown>>,
    /// What is to be said if there is nothing to draw.
    pub empty: &'static str,
}

/// Some charts of one matter, one of which is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// What the matter is.
    pub title: &'static str,
    /// An explanation, shown as a tooltip.
    pub help: &'static str,
    /// The charts.
    pub plots: Vec<Plot>,
}

pub(super) const NOTHING_DONE: &str = "No finished articles yet. Finish one with Ctrl+Enter.";
pub(super) const NO_TIME: &str = "No time measured yet.";
pub(super) const NO_GUESS: &str = "No finished article started from suggestions yet.";
pub(super) const NO_SITE: &str = "No finished article names its site.";
pub(super) const NO_ENTITY_GUESS: &str = "No entities were suggested in the finished articles.";
