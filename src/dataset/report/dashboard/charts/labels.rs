//! Sums by label.

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

pub(super) fn labels(facts: &DatasetCounts, schema: &Schema, measure: Measure) -> Plot {
    let value = |sum: &LabelOutcome| match measure {
        Measure::Entities | Measure::Regions => sum.spans as f64,
        Measure::Characters => sum.chars as f64,
        Measure::Edits => sum.edits as f64,
        Measure::Minutes => sum.active_ms as f64 / 60_000.0,
    };
    let wanted = |sum: &&LabelOutcome| match measure {
        Measure::Entities => sum.kind == LabelKind::Entity,
        Measure::Characters | Measure::Regions => sum.kind == LabelKind::Region,
        Measure::Edits | Measure::Minutes => true,
    };
    let mut sums: Vec<&LabelOutcome> = facts.labels.iter().filter(wanted).collect();
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
    let (tab, name, title, unit, empty) = match measure {
        Measure::Entities => (
            "Entities",
            "entities",
            "Entities by label",
            "entities",
            "No entities in the finished articles.",
        ),
        Measure::Characters => (
            "Characters",
            "characters",
            "Characters by region label",
            "characters",
            NOTHING_DONE,
        ),
        Measure::Regions => (
            "Regions",
            "regions",
            "Regions by label",
            "regions",
            NOTHING_DONE,
        ),
        Measure::Edits => (
            "Edits",
            "label-edits",
            "Edits by label",
            "edits",
            "No label was edited in the finished articles.",
        ),
        Measure::Minutes => (
            "Time",
            "label-time",
            "Minutes by label",
            "minutes",
            "No label was edited in the finished articles.",
        ),
    };
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
