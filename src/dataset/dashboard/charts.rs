//! The charts of the dashboard, each with what is behind its marks.

use std::collections::BTreeMap;

use super::{Behind, Facts};
use crate::dataset::day::Day;
use crate::model::figures::{count, number};
use crate::model::{Rgb, Schema};
use crate::quality::plot::{Axis, Chart, Marks, PALETTE, Series, figure};
use crate::store::{LabelKind, LabelOutcome, SiteScore};

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

const NOTHING_DONE: &str = "No article is done yet. Each that is done (Ctrl+Enter) counts here.";
const NO_TIME: &str = "No time was measured yet. It is, from now on, while articles are open.";
const NO_GUESS: &str = "No done article began with suggestions. Where one does, they are compared with what became of them.";
const NO_SITE: &str = "No done article that began with suggestions says from which site it is.";
const NO_ENTITY_GUESS: &str = "No model suggested entities in the articles that are done.";

/// All cards, in the order in which they are shown.
#[must_use]
pub fn cards(facts: &Facts, schema: &Schema) -> Vec<Card> {
    let periods = Periods::of(facts);
    vec![
        Card {
            title: "Progress",
            help: "Articles done, by day and annotator. An article that two annotators have done counts for both.",
            plots: vec![progress(facts, &periods)],
        },
        Card {
            title: "The models' guesses",
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

// -- time along the bottom -------------------------------------------------------------------

/// Days, weeks or months, whichever there is room for.
struct Periods {
    ends: Vec<(Day, Day)>,
    word: &'static str,
}

impl Periods {
    fn of(facts: &Facts) -> Self {
        let done = facts.done.iter().map(|fact| fact.day);
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

fn progress(facts: &Facts, periods: &Periods) -> Plot {
    let mut bars = vec![vec![0.0; periods.ends.len()]; facts.annotators.len()];
    for fact in &facts.done {
        let bar = bars.get_mut(fact.annotator).zip(periods.place(fact.day));
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
    let summary = match best {
        Some((most, day)) if most > 0.0 => format!(
            "{} done by {}; most in one {}: {most:.0}, {} {}.",
            count(facts.done.len(), "article"),
            count(shown.len(), "annotator"),
            periods.word,
            if periods.word == "day" { "on" } else { "from" },
            day.long(),
        ),
        _ => NOTHING_DONE.to_owned(),
    };
    let behind = shown
        .iter()
        .map(|(name, _)| {
            let ends = periods.ends.iter();
            ends.map(|(from, to)| Behind::Days {
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

fn pace(facts: &Facts, periods: &Periods, by_hour: bool) -> Plot {
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
        if measured.contains_key(&(fact.annotator, fact.day))
            && let Some(sum) = periods.place(fact.day).and_then(|at| done.get_mut(at))
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
    let behind = periods.ends.iter().map(|(from, to)| Behind::Days {
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

// -- scores ----------------------------------------------------------------------------------

/// The mean of the last articles, and over how many.
pub(super) fn last_mean(scores: impl Iterator<Item = f64>) -> Option<(f64, usize)> {
    const LAST: usize = 20;
    let scores: Vec<f64> = scores.collect();
    let last = scores.get(scores.len().saturating_sub(LAST)..)?;
    (!last.is_empty()).then(|| (last.iter().sum::<f64>() / last.len() as f64, last.len()))
}

/// In which tenth a score lies: 0 to 9, and 10 for all right.
pub(super) fn tenth(score: f64) -> u8 {
    (score.clamp(0.0, 1.0) * 10.0 + 1e-9).floor() as u8
}

fn curve(facts: &Facts) -> Plot {
    let of = |kind: LabelKind| -> Vec<[f64; 2]> {
        let score = |(at, fact): (usize, &super::Fact)| {
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
    let behind = (0..all.div_ceil(stretch)).map(|at| Behind::Order {
        from: at * stretch,
        to: ((at + 1) * stretch).min(all) - 1,
    });
    Plot {
        tab: "Curve",
        chart: Chart {
            name: "scores",
            title: "The models' guesses before correction".to_owned(),
            summary: if summary.is_empty() {
                NO_GUESS.to_owned()
            } else {
                format!("{summary}.")
            },
            x: Axis {
                title: "articles in the order in which they were done".to_owned(),
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

fn spread(facts: &Facts, kind: LabelKind) -> Plot {
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
                .map(|tenth| Behind::Score {
                    kind,
                    from: tenth,
                    to: tenth,
                })
                .collect(),
        ],
        chart: Chart {
            name,
            title: format!("How well {what} were guessed"),
            summary: if scores.is_empty() {
                empty.to_owned()
            } else {
                format!(
                    "In {right:.0} of {} all {what} were guessed right.",
                    count(scores.len(), "article")
                )
            },
            x: Axis {
                title: "F1 of the guess, per cent".to_owned(),
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

// -- sites -----------------------------------------------------------------------------------

fn sites(facts: &Facts, exact: bool) -> Plot {
    let share = |score: &SiteScore| {
        let hits = if exact {
            score.by_spans
        } else {
            score.by_chars
        };
        hits.hits as f64 / hits.gold.max(1) as f64
    };
    let mut shown: Vec<&SiteScore> = facts.sites.iter().collect();
    shown.sort_by(|a, b| (b.articles, &a.site).cmp(&(a.articles, &b.site)));
    shown.truncate(MOST_LABELS);
    let (tab, name, title, what) = if exact {
        (
            "Regions",
            "site-regions",
            "Regions right, by site",
            "regions",
        )
    } else {
        (
            "Characters",
            "site-characters",
            "Characters right, by site",
            "characters",
        )
    };
    let worst = shown.iter().min_by(|a, b| share(a).total_cmp(&share(b)));
    let summary = match worst {
        None => NO_SITE.to_owned(),
        Some(worst) => format!(
            "{}; the fewest {what} were right on {}: {} in {}.",
            count(facts.sites.len(), "site"),
            worst.site,
            figure(share(worst), true),
            count(
                usize::try_from(worst.articles).unwrap_or(usize::MAX),
                "article"
            ),
        ),
    };
    Plot {
        tab,
        behind: vec![
            shown
                .iter()
                .map(|score| Behind::Site(score.site.clone()))
                .collect(),
        ],
        chart: Chart {
            name,
            title: title.to_owned(),
            summary,
            x: Axis {
                names: shown
                    .iter()
                    .map(|score| format!("{} ({})", score.site, number(score.articles)))
                    .collect(),
                ..Axis::default()
            },
            y: Axis {
                title: format!("{what} right"),
                percent: true,
                at_least: 1.0,
                ..Axis::default()
            },
            series: vec![Series {
                name: String::new(),
                color: REGIONS,
                style: 0,
                // A site on which nothing was right has a bar, too: it is what one looks for.
                marks: Marks::Rows(
                    shown
                        .iter()
                        .map(|score| (share(score).max(0.001), REGIONS))
                        .collect(),
                ),
            }],
        },
        empty: NO_SITE,
    }
}

// -- labels ----------------------------------------------------------------------------------

#[derive(Clone, Copy, PartialEq)]
enum Measure {
    Entities,
    Characters,
    Regions,
    Edits,
    Minutes,
}

fn labels(facts: &Facts, schema: &Schema, measure: Measure) -> Plot {
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
            "No entity is tagged in the articles that are done.",
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
            "No label was edited in the articles that are done.",
        ),
        Measure::Minutes => (
            "Time",
            "label-time",
            "Minutes by label",
            "minutes",
            "No label was edited in the articles that are done.",
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
                .map(|sum| Behind::Label {
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

// -- effort ----------------------------------------------------------------------------------

/// Where the buckets of time begin, in seconds.
const SECONDS: [i64; 9] = [0, 15, 30, 60, 120, 240, 480, 900, 1800];
/// Where the buckets of edits begin.
const EDITS: [u64; 8] = [0, 1, 3, 6, 11, 21, 41, 81];

/// A stretch of time in words: `30–60 s`, `2–4 min`.
pub(super) fn time_words(from_ms: i64, to_ms: i64) -> String {
    let (from, to) = (from_ms / 1000, to_ms / 1000);
    match (from, to) {
        (0, to) if to <= 60 => format!("under {to} s"),
        (from, _) if to_ms == i64::MAX => format!("over {} min", from / 60),
        (from, to) if to <= 60 => format!("{from}–{to} s"),
        (from, to) => format!("{}–{} min", from / 60, to / 60),
    }
}

/// A number of edits in words: `3–5`.
pub(super) fn edit_words(from: u64, to: u64) -> String {
    match (from, to) {
        (from, u64::MAX) => format!("over {}", from.saturating_sub(1)),
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from}–{to}"),
    }
}

fn time_needed(facts: &Facts) -> Plot {
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
            behind: Behind::Time { from_ms, to_ms },
        }
    });
    histogram(
        ("Time", "effort-time", "Time per article"),
        ("time", summary, NO_TIME),
        bins,
    )
}

fn edits_needed(facts: &Facts) -> Plot {
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
            behind: Behind::Edits { from, to },
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
    behind: Behind,
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
