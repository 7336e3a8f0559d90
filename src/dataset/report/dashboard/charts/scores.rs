//! Charts of the scores of suggestions: over time, and their distribution.

use super::card::{ENTITIES, MOST_DOTS, MOST_POINTS, NO_ENTITY_GUESS, NO_GUESS, Plot, REGIONS};
use crate::dataset::report::dashboard::counts::{DatasetCounts, Fact};
use crate::dataset::report::dashboard::drill_down::{DrillDown, tenth};
use crate::model::figures::count;
use crate::quality::plot::{Axis, Chart, Marks, Series, figure};
use crate::store::LabelKind;

/// Returns the mean over the last articles, and their number.
pub(in crate::dataset::report::dashboard) fn last_mean(
    scores: impl Iterator<Item = f64>,
) -> Option<(f64, usize)> {
    const LAST: usize = 20;
    let scores: Vec<f64> = scores.collect();
    let last = scores.get(scores.len().saturating_sub(LAST)..)?;
    (!last.is_empty()).then(|| (last.iter().sum::<f64>() / last.len() as f64, last.len()))
}

pub(super) fn curve(facts: &DatasetCounts) -> Plot {
    let of = |kind: LabelKind| -> Vec<[f64; 2]> {
        let score = |(at, fact): (usize, &Fact)| {
            let score = match kind {
                LabelKind::Region => fact.regions,
                LabelKind::Entity => fact.entities,
            };
            score.map(|score| [at as f64 + 1.0, score])
        };
        facts.done.iter().enumerate().filter_map(score).collect()
    };
    let regions = of(LabelKind::Region);
    let entities = of(LabelKind::Entity);
    let mut series = Vec::new();
    let mut summary = String::new();
    for (name, color, style, points) in [
        ("regions", REGIONS, 0, &regions),
        ("entities", ENTITIES, 1, &entities),
    ] {
        let Some((mean, over)) = last_mean(points.iter().map(|[_, score]| *score)) else {
            continue;
        };
        if !summary.is_empty() {
            summary.push_str("; ");
        }
        summary.push_str(&format!(
            "{name}: {} over the last {}",
            figure(mean, true),
            count(over, "article")
        ));
        let every = points.len().div_ceil(MOST_DOTS).max(1);
        series.push(Series {
            name: String::new(),
            color,
            style,
            marks: Marks::Dots(points.iter().copied().step_by(every).collect()),
        });
        series.push(Series {
            name: name.to_owned(),
            color,
            style,
            marks: Marks::Line(moving_mean(points)),
        });
    }
    let all = facts.done.len();
    let stretch = all.div_ceil(40).max(1);
    let behind = (0..all.div_ceil(stretch)).map(|at| DrillDown::Order {
        from: at * stretch,
        to: ((at + 1) * stretch).min(all) - 1,
    });
    Plot {
        tab: "Curve",
        chart: Chart {
            name: "scores",
            title: "Suggestions before correction".to_owned(),
            summary: if summary.is_empty() {
                NO_GUESS.to_owned()
            } else {
                format!("{summary}.")
            },
            x: Axis {
                title: "articles in the order they were finished".to_owned(),
                ..Axis::default()
            },
            y: Axis {
                title: "F1".to_owned(),
                percent: true,
                ..Axis::default()
            },
            series,
        },
        behind: vec![behind.collect()],
        empty: NO_GUESS,
    }
}

/// The mean of each point and those before it, over a twelfth of all, 5 at least.
fn moving_mean(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let window = (points.len() / 12).clamp(5, 500);
    let every = points.len().div_ceil(MOST_POINTS).max(1);
    let mut sum = 0.0;
    let mut line = Vec::new();
    for (at, [x, y]) in points.iter().enumerate() {
        sum += y;
        if let Some([_, old]) = at.checked_sub(window).and_then(|at| points.get(at)) {
            sum -= old;
        }
        if at.is_multiple_of(every) || at + 1 == points.len() {
            line.push([*x, sum / (at + 1).min(window) as f64]);
        }
    }
    line
}

pub(super) fn spread(facts: &DatasetCounts, kind: LabelKind) -> Plot {
    let scores: Vec<f64> = match kind {
        LabelKind::Region => facts.done.iter().filter_map(|fact| fact.regions).collect(),
        LabelKind::Entity => facts.done.iter().filter_map(|fact| fact.entities).collect(),
    };
    let mut bars = vec![0.0; 11];
    for score in &scores {
        if let Some(bar) = bars.get_mut(usize::from(tenth(*score))) {
            *bar += 1.0;
        }
    }
    let right = bars.last().copied().unwrap_or_default();
    let (what, name, color) = match kind {
        LabelKind::Region => ("regions", "spread-regions", REGIONS),
        LabelKind::Entity => ("entities", "spread-entities", ENTITIES),
    };
    let empty = match kind {
        LabelKind::Region => NO_GUESS,
        LabelKind::Entity => NO_ENTITY_GUESS,
    };
    Plot {
        tab: match kind {
            LabelKind::Region => "Regions",
            LabelKind::Entity => "Entities",
        },
        behind: vec![
            (0..11)
                .map(|tenth| DrillDown::Score {
                    kind,
                    from: tenth,
                    to: tenth,
                })
                .collect(),
        ],
        chart: Chart {
            name,
            title: format!("How good the suggested {what} were"),
            summary: if scores.is_empty() {
                empty.to_owned()
            } else {
                format!(
                    "In {right:.0} of {} all suggested {what} were right.",
                    count(scores.len(), "article")
                )
            },
            x: Axis {
                title: "F1 of the suggestions, per cent".to_owned(),
                names: (0..10)
                    .map(|tenth| format!("{}–", tenth * 10))
                    .chain(["100".to_owned()])
                    .collect(),
                ..Axis::default()
            },
            y: Axis {
                title: "articles".to_owned(),
                at_least: 4.0,
                ..Axis::default()
            },
            series: vec![Series {
                name: String::new(),
                color,
                style: 0,
                marks: Marks::Bars(bars),
            }],
        },
        empty,
    }
}
