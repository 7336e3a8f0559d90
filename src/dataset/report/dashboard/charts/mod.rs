//! The charts of the dashboard, each with the articles behind its marks.

mod card;
mod effort;
mod labels;
mod scores;
mod sites;
mod time;

pub use card::{Card, Plot};
use effort::{edits_needed, time_needed};
use labels::{Measure, labels};
pub(super) use scores::last_mean;
use scores::{curve, spread};
use sites::sites;
use time::{Periods, pace, progress};

use super::counts::DatasetCounts;
use crate::model::Schema;
use crate::store::LabelKind;

/// All cards, in the order in which they are shown.
#[must_use]
pub fn cards(facts: &DatasetCounts, schema: &Schema) -> Vec<Card> {
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
