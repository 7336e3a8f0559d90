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

/// Makes all cards, in the order in which they are shown.
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
            help: "What the models suggested when an article was first opened, compared with the finished annotation: regions by characters (mean F1 of the labels), entities by exact spans (F1). The line is a moving mean.",
            plots: vec![
                curve(facts),
                spread(facts, LabelKind::Region),
                spread(facts, LabelKind::Entity),
            ],
        },
        Card {
            title: "Sites",
            help: "The share of each site's labels that the models suggested correctly: characters with the right label, and regions with the right start, end and label. The sites with most articles.",
            plots: vec![sites(facts, false), sites(facts, true)],
        },
        Card {
            title: "Labels",
            help: "The labels in done articles; each annotator's work counts.",
            plots: vec![
                labels(facts, schema, Measure::Entities),
                labels(facts, schema, Measure::Characters),
                labels(facts, schema, Measure::Regions),
            ],
        },
        Card {
            title: "Pace",
            help: "Articles done per hour of work, and minutes per article. Pauses over 30 seconds do not count as work.",
            plots: vec![pace(facts, &periods, true), pace(facts, &periods, false)],
        },
        Card {
            title: "Effort per article",
            help: "The distribution of time and edits per article.",
            plots: vec![time_needed(facts), edits_needed(facts)],
        },
        Card {
            title: "Effort per label",
            help: "Edits of each label, and the time spent before each edit, without pauses.",
            plots: vec![
                labels(facts, schema, Measure::Edits),
                labels(facts, schema, Measure::Minutes),
            ],
        },
    ]
}
