//! Charts with time along the bottom: progress and pace.

use std::collections::{BTreeMap, BTreeSet};

use super::card::{MOST_BARS, NO_TIME, NOTHING_DONE, Plot};
use crate::dataset::report::calendar::Day;
use crate::dataset::report::dashboard::counts::DatasetCounts;
use crate::dataset::report::dashboard::drill_down::DrillDown;
use crate::model::figures::count;
use crate::quality::plot::{Axis, Chart, Marks, PALETTE, Series, figure};

/// Days, weeks or months, whichever there is room for.
pub(super) struct Periods {
    ends: Vec<(Day, Day)>,
    word: &'static str,
}

impl Periods {
    pub(super) fn of(facts: &DatasetCounts) -> Self {
        let done = facts.done.iter().filter_map(|fact| fact.day);
        let days: Vec<Day> = done
            .chain(facts.time.iter().map(|(_, day, _)| *day))
            .collect();
        let (Some(&first), Some(&last)) = (days.iter().min(), days.iter().max()) else {
            return Self {
                ends: Vec::new(),
                word: "day",
            };
        };
        let (word, begin): (_, fn(Day) -> Day) = if last.0 - first.0 < MOST_BARS {
            ("day", |day| day)
        } else if last.0 - first.0 < MOST_BARS * 7 {
            ("week", Day::week)
        } else {
            ("month", Day::month)
        };
        let mut ends = Vec::new();
        let mut from = begin(first);
        while from <= last {
            let to = match word {
                "day" => from,
                "week" => Day(from.0 + 6),
                _ => from.end_of_month(),
            };
            ends.push((from, to));
            from = Day(to.0 + 1);
        }
        // A clock that was wrong by decades must not make thousands of bars: the newest are kept.
        let too_many = ends.len().saturating_sub(120);
        ends.drain(..too_many);
        Self { ends, word }
    }

    fn place(&self, day: Day) -> Option<usize> {
        let at = self.ends.partition_point(|(_, to)| *to < day);
        self.ends
            .get(at)
            .is_some_and(|(from, _)| *from <= day)
            .then_some(at)
    }

    fn axis(&self) -> Axis {
        Axis {
            title: String::new(),
            names: self.ends.iter().map(|(from, _)| from.short()).collect(),
            ..Axis::default()
        }
    }
}

pub(super) fn progress(facts: &DatasetCounts, periods: &Periods) -> Plot {
    let mut bars = vec![vec![0.0; periods.ends.len()]; facts.annotators.len()];
    for fact in &facts.done {
        let place = fact.day.and_then(|day| periods.place(day));
        let bar = bars.get_mut(fact.annotator).zip(place);
        if let Some(count) = bar.and_then(|(bars, at)| bars.get_mut(at)) {
            *count += 1.0;
        }
    }
    let mut shown: Vec<(String, Vec<f64>)> = facts.annotators.iter().cloned().zip(bars).collect();
    shown.retain(|(_, bars)| bars.iter().any(|count| *count > 0.0));
    let best = periods
        .ends
        .iter()
        .enumerate()
        .map(|(at, (from, _))| {
            let sum: f64 = shown.iter().filter_map(|(_, bars)| bars.get(at)).sum();
            (sum, *from)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let annotators: BTreeSet<usize> = facts.done.iter().map(|fact| fact.annotator).collect();
    let undated = facts.done.iter().filter(|fact| fact.day.is_none()).count();
    let summary = match best {
        Some((most, day)) if most > 0.0 => format!(
            "{} finished by {}; most in one {}: {most:.0}, {} {}{}.",
            count(facts.done.len(), "annotation"),
            count(annotators.len(), "annotator"),
            periods.word,
            if periods.word == "day" { "on" } else { "from" },
            day.long(),
            match undated {
                0 => String::new(),
                _ => format!("; {undated} without a date"),
            },
        ),
        _ => NOTHING_DONE.to_owned(),
    };
    let behind = shown
        .iter()
        .map(|(name, _)| {
            let ends = periods.ends.iter();
            ends.map(|(from, to)| DrillDown::Days {
                annotator: Some(name.clone()),
                from: *from,
                to: *to,
            })
            .collect()
        })
        .collect();
    let series = shown
        .into_iter()
        .enumerate()
        .map(|(at, (name, bars))| Series {
            name,
            color: PALETTE[at % PALETTE.len()],
            style: at,
            marks: Marks::Bars(bars),
        })
        .collect();
    Plot {
        tab: "",
        chart: Chart {
            name: "progress",
            title: format!("Articles done by {}", periods.word),
            summary,
            x: periods.axis(),
            y: Axis {
                title: "articles".to_owned(),
                at_least: 4.0,
                ..Axis::default()
            },
            series,
        },
        behind,
        empty: NOTHING_DONE,
    }
}

pub(super) fn pace(facts: &DatasetCounts, periods: &Periods, by_hour: bool) -> Plot {
    let places = periods.ends.len();
    let (mut done, mut hours) = (vec![0.0; places], vec![0.0; places]);
    // Only who was measured counts: imported work took no time here.
    let measured: BTreeMap<(usize, Day), i64> = facts
        .time
        .iter()
        .map(|(who, day, ms)| ((*who, *day), *ms))
        .collect();
    for ((who, day), ms) in &measured {
        if let Some(sum) = periods.place(*day).and_then(|at| hours.get_mut(at)) {
            *sum += *ms as f64 / 3_600_000.0;
        }
        let _ = who;
    }
    for fact in &facts.done {
        if let Some(day) = fact.day
            && measured.contains_key(&(fact.annotator, day))
            && let Some(sum) = periods.place(day).and_then(|at| done.get_mut(at))
        {
            *sum += 1.0;
        }
    }
    let bars: Vec<f64> = done
        .iter()
        .zip(&hours)
        .map(|(done, hours)| match by_hour {
            true if *hours > 0.0 => done / hours,
            false if *done > 0.0 => hours * 60.0 / done,
            _ => 0.0,
        })
        .collect();
    let (all, time) = (done.iter().sum::<f64>(), hours.iter().sum::<f64>());
    let summary = if all > 0.0 && time > 0.0 {
        format!(
            "{} articles an hour, {} minutes an article, over {} hours of work.",
            figure((all / time * 10.0).round() / 10.0, false),
            figure((time * 600.0 / all).round() / 10.0, false),
            figure((time * 10.0).round() / 10.0, false),
        )
    } else {
        NO_TIME.to_owned()
    };
    let behind = periods.ends.iter().map(|(from, to)| DrillDown::Days {
        annotator: None,
        from: *from,
        to: *to,
    });
    Plot {
        tab: if by_hour { "An hour" } else { "An article" },
        behind: vec![behind.collect()],
        chart: Chart {
            name: if by_hour { "pace" } else { "minutes" },
            title: if by_hour {
                format!("Articles an hour, by {}", periods.word)
            } else {
                format!("Minutes an article, by {}", periods.word)
            },
            summary,
            x: periods.axis(),
            y: Axis {
                title: if by_hour {
                    "articles an hour"
                } else {
                    "minutes an article"
                }
                .to_owned(),
                at_least: 4.0,
                ..Axis::default()
            },
            series: vec![Series {
                name: String::new(),
                color: PALETTE[2],
                style: 0,
                marks: Marks::Bars(bars),
            }],
        },
        empty: NO_TIME,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::report::dashboard::counts::Fact;
    use crate::store::ArticleKey;

    #[test]
    fn annotations_without_a_date_are_counted_with_their_annotators() {
        let fact = |annotator, day| Fact {
            key: ArticleKey(1),
            annotator,
            done_ms: 0,
            day,
            active_ms: 0,
            edits: 0,
            regions: None,
            entities: None,
            scored: false,
        };
        let counts = DatasetCounts {
            annotators: vec!["ada".to_owned(), "ben".to_owned()],
            done: vec![fact(0, Some(Day(20_000))), fact(1, None), fact(1, None)],
            ..DatasetCounts::default()
        };
        let plot = progress(&counts, &Periods::of(&counts));
        assert_eq!(
            plot.chart.summary,
            "3 annotations finished by 2 annotators; most in one day: 1, on 4 October 2024; 2 without a date."
        );
    }
}
