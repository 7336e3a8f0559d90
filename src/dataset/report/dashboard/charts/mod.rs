//! The charts of the dashboard, each with what is behind its marks.

mod effort;
mod labels;
mod scores;
mod sites;
mod time;

use super::{Behind, Facts};
use crate::model::{Rgb, Schema};
use crate::quality::plot::{Chart, PALETTE};
use crate::store::LabelKind;

pub(super) use effort::{edit_words, time_words};
use effort::{edits_needed, time_needed};
use labels::{Measure, labels};
use scores::{curve, spread};
pub(super) use scores::{last_mean, tenth};
use sites::sites;
use time::{Periods, pace, progress};

/// So many dots are drawn at most; of more articles, every so-manieth is.
const MOST_DOTS: usize = 1_500;
/// So many points a line has at most.
const MOST_POINTS: usize = 400;
/// So many bars stand side by side at most: then days become weeks, and weeks months.
const MOST_BARS: i32 = 42;
/// So many labels are shown.
const MOST_LABELS: usize = 16;
/// The colour of a label that the schema does not know.
const UNKNOWN: Rgb = Rgb(128, 128, 128);
const REGIONS: Rgb = PALETTE[0];
const ENTITIES: Rgb = PALETTE[5];

/// A chart, and what is behind each of its marks.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// The word by which it is chosen among those of its card.
    pub tab: &'static str,
    /// What is drawn.
    pub chart: Chart,
    /// By series and place; dots and lines have one row, of stretches of the bottom axis.
    pub behind: Vec<Vec<Behind>>,
    /// What is to be said if there is nothing to draw.
    pub empty: &'static str,
}

/// Some charts of one matter, one of which is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// What the matter is.
    pub title: &'static str,
    /// What it tells, for who wonders.
    pub help: &'static str,
    /// The charts.
    pub plots: Vec<Plot>,
}

const NOTHING_DONE: &str = "No finished articles yet. Finish one with Ctrl+Enter.";
const NO_TIME: &str = "No time measured yet.";
const NO_GUESS: &str = "No finished article started from suggestions yet.";
const NO_SITE: &str = "No finished article names its site.";
const NO_ENTITY_GUESS: &str = "No entities were suggested in the finished articles.";

/// All cards, in the order in which they are shown.
#[must_use]
pub fn cards(facts: &Facts, schema: &Schema) -> Vec<Card> {
    let periods = Periods::of(facts);
    vec![
        Card {
            title: "Progress",
            help: "Articles done, by day and annotator. An article done by two annotators counts for both.",
            plots: vec![progress(facts, &periods)],
        },
        Card {
            title: "Suggestions",
            help: "What the models suggested when an article was first opened, compared with the article when it was done: regions by characters (the mean of the labels' F1), entities by exact spans (F1). The line is the mean of the articles before.",
            plots: vec![
                curve(facts),
                spread(facts, LabelKind::Region),
                spread(facts, LabelKind::Entity),
            ],
        },
        Card {
            title: "Sites",
            help: "How much of what the models suggested on a site's pages was right: characters with the right label, and regions with the right start, end and label, of those that the done articles have. The sites with most articles.",
            plots: vec![sites(facts, false), sites(facts, true)],
        },
        Card {
            title: "Labels",
            help: "What the articles that are done hold; each annotator's work counts.",
            plots: vec![
                labels(facts, schema, Measure::Entities),
                labels(facts, schema, Measure::Characters),
                labels(facts, schema, Measure::Regions),
            ],
        },
        Card {
            title: "Pace",
            help: "Articles done for each hour of work, and minutes for each article. Pauses over half a minute are no work.",
            plots: vec![pace(facts, &periods, true), pace(facts, &periods, false)],
        },
        Card {
            title: "Effort per article",
            help: "How many articles took how long, and how many edits.",
            plots: vec![time_needed(facts), edits_needed(facts)],
        },
        Card {
            title: "Effort per label",
            help: "Edits that were about a label, and the time before each, back to the edit before, pauses left out.",
            plots: vec![
                labels(facts, schema, Measure::Edits),
                labels(facts, schema, Measure::Minutes),
            ],
        },
    ]
}
