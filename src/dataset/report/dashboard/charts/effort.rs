//! Histograms of the time and the edits that articles took.

use super::card::{NO_TIME, NOTHING_DONE, Plot};
use crate::dataset::report::dashboard::counts::DatasetCounts;
use crate::dataset::report::dashboard::drill_down::{DrillDown, edit_words, time_words};
use crate::model::figures::count;
use crate::quality::plot::{Axis, Chart, Marks, PALETTE, Series, figure};

/// The lower bounds of the buckets of time, in seconds.
const SECONDS: [i64; 9] = [0, 15, 30, 60, 120, 240, 480, 900, 1800];
/// The lower bounds of the buckets of edits.
const EDITS: [u64; 8] = [0, 1, 3, 6, 11, 21, 41, 81];

pub(super) fn time_needed(facts: &DatasetCounts) -> Plot {
    let mut times: Vec<i64> = facts.done.iter().map(|fact| fact.active_ms).collect();
    times.retain(|ms| *ms > 0);
    times.sort_unstable();
    let summary = match times.get(times.len() / 2) {
        None => NO_TIME.to_owned(),
        Some(median) => format!(
            "Half of {} took less than {} seconds.",
            count(times.len(), "article"),
            figure((*median as f64 / 1000.0).round(), false)
        ),
    };
    let bins = SECONDS.iter().enumerate().map(|(at, from)| {
        let from_ms = from * 1000;
        let to_ms = SECONDS.get(at + 1).map_or(i64::MAX, |to| to * 1000);
        Bin {
            name: time_words(from_ms, to_ms),
            articles: times
                .iter()
                .filter(|ms| (from_ms..to_ms).contains(*ms))
                .count(),
            behind: DrillDown::Time { from_ms, to_ms },
        }
    });
    histogram(
        ("Time", "effort-time", "Time per article"),
        ("time", summary, NO_TIME),
        bins,
    )
}

pub(super) fn edits_needed(facts: &DatasetCounts) -> Plot {
    let mut edits: Vec<u64> = facts.done.iter().map(|fact| fact.edits).collect();
    edits.sort_unstable();
    let summary = match edits.get(edits.len() / 2) {
        None => NOTHING_DONE.to_owned(),
        Some(median) => format!(
            "Half of {} took no more than {}.",
            count(edits.len(), "article"),
            count(usize::try_from(*median).unwrap_or(usize::MAX), "edit")
        ),
    };
    let bins = EDITS.iter().enumerate().map(|(at, from)| {
        let (from, to) = (*from, EDITS.get(at + 1).map_or(u64::MAX, |to| to - 1));
        Bin {
            name: edit_words(from, to),
            articles: edits.iter().filter(|n| (from..=to).contains(*n)).count(),
            behind: DrillDown::Edits { from, to },
        }
    });
    histogram(
        ("Edits", "effort-edits", "Edits per article"),
        ("edits", summary, NOTHING_DONE),
        bins,
    )
}

/// One bar of a histogram.
struct Bin {
    name: String,
    articles: usize,
    behind: DrillDown,
}

fn histogram(
    (tab, name, title): (&'static str, &'static str, &str),
    (unit, summary, empty): (&str, String, &'static str),
    bins: impl Iterator<Item = Bin>,
) -> Plot {
    let (mut names, mut bars, mut behind) = (Vec::new(), Vec::new(), Vec::new());
    for bin in bins {
        names.push(bin.name);
        bars.push(bin.articles as f64);
        behind.push(bin.behind);
    }
    Plot {
        tab,
        chart: Chart {
            name,
            title: title.to_owned(),
            summary,
            x: Axis {
                title: unit.to_owned(),
                names,
                ..Axis::default()
            },
            y: Axis {
                title: "articles".to_owned(),
                at_least: 4.0,
                ..Axis::default()
            },
            series: vec![Series {
                name: String::new(),
                color: PALETTE[3],
                style: 0,
                marks: Marks::Bars(bars),
            }],
        },
        behind: vec![behind],
        empty,
    }
}
