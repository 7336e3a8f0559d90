//! Bar charts of sums by label.

use super::card::{MOST_LABELS, NOTHING_DONE, Plot, UNKNOWN};
use crate::dataset::report::dashboard::counts::DatasetCounts;
use crate::dataset::report::dashboard::drill_down::DrillDown;
use crate::model::Schema;
use crate::quality::plot::{Axis, Chart, Marks, PALETTE, Series, figure};
use crate::store::{LabelKind, LabelOutcome};

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Measure {
    Entities,
    Characters,
    Regions,
    Edits,
    Minutes,
}

impl Measure {
    fn of(self, sum: &LabelOutcome) -> f64 {
        match self {
            Self::Entities | Self::Regions => sum.spans as f64,
            Self::Characters => sum.chars as f64,
            Self::Edits => sum.edits as f64,
            Self::Minutes => sum.active_ms as f64 / 60_000.0,
        }
    }

    fn takes(self, sum: &LabelOutcome) -> bool {
        match self {
            Self::Entities => sum.kind == LabelKind::Entity,
            Self::Characters | Self::Regions => sum.kind == LabelKind::Region,
            Self::Edits | Self::Minutes => true,
        }
    }

    /// The tab, the name of the chart, its title, its unit, and the words if there is nothing to
    /// draw.
    fn words(
        self,
    ) -> (
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        &'static str,
    ) {
        const NO_ENTITIES: &str = "No entities in the finished articles.";
        const NO_EDITS: &str = "No label was edited in the finished articles.";
        match self {
            Self::Entities => (
                "Entities",
                "entities",
                "Entities by label",
                "entities",
                NO_ENTITIES,
            ),
            Self::Characters => (
                "Characters",
                "characters",
                "Characters by region label",
                "characters",
                NOTHING_DONE,
            ),
            Self::Regions => (
                "Regions",
                "regions",
                "Regions by label",
                "regions",
                NOTHING_DONE,
            ),
            Self::Edits => ("Edits", "label-edits", "Edits by label", "edits", NO_EDITS),
            Self::Minutes => (
                "Time",
                "label-time",
                "Minutes by label",
                "minutes",
                NO_EDITS,
            ),
        }
    }
}

pub(super) fn labels(facts: &DatasetCounts, schema: &Schema, measure: Measure) -> Plot {
    let value = |sum: &LabelOutcome| measure.of(sum);
    let mut sums: Vec<&LabelOutcome> = facts
        .labels
        .iter()
        .filter(|sum| measure.takes(sum))
        .collect();
    sums.retain(|sum| value(sum) > 0.0);
    sums.sort_by(|a, b| {
        let order = value(b).total_cmp(&value(a));
        order.then_with(|| (a.kind, &a.label).cmp(&(b.kind, &b.label)))
    });
    let all: f64 = sums.iter().map(|sum| value(sum)).sum();
    sums.truncate(MOST_LABELS);
    let color = |sum: &LabelOutcome| {
        let found = match sum.kind {
            LabelKind::Region => schema.region(sum.label.as_str()).map(|label| label.color),
            LabelKind::Entity => schema.entity(sum.label.as_str()).map(|label| label.color),
        };
        found.unwrap_or(UNKNOWN)
    };
    let (tab, name, title, unit, empty) = measure.words();
    let summary = match sums.first() {
        None => empty.to_owned(),
        Some(most) => format!(
            "{} {unit}; {} of them {} {}.",
            figure(rounded(all), false),
            figure(value(most) / all, true),
            match measure {
                Measure::Entities | Measure::Regions => "are",
                Measure::Characters => "in",
                Measure::Edits | Measure::Minutes => "about",
            },
            most.label,
        ),
    };
    Plot {
        tab,
        behind: vec![
            sums.iter()
                .map(|sum| DrillDown::Label {
                    kind: sum.kind,
                    label: sum.label.clone(),
                })
                .collect(),
        ],
        chart: Chart {
            name,
            title: title.to_owned(),
            summary,
            x: Axis {
                names: sums.iter().map(|sum| sum.label.to_string()).collect(),
                ..Axis::default()
            },
            y: Axis {
                title: unit.to_owned(),
                ..Axis::default()
            },
            series: vec![Series {
                name: String::new(),
                color: PALETTE[0],
                style: 0,
                marks: Marks::Rows(sums.iter().map(|sum| (value(sum), color(sum))).collect()),
            }],
        },
        empty,
    }
}

fn rounded(value: f64) -> f64 {
    if value < 10.0 {
        (value * 10.0).round() / 10.0
    } else {
        value.round()
    }
}
