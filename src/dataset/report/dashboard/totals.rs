//! Totals of the dashboard's figures, for the command line.

use std::collections::BTreeMap;

use super::counts::DatasetCounts;
use crate::dataset::report::calendar::Day;
use crate::quality::score::{Counts, Tally};
use crate::store::LabelKind;
use crate::store::outcome::Hits;

/// What one annotator did, on one day or on all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// Articles done.
    pub done: u64,
    /// Articles done while the time was measured.
    pub timed: u64,
    /// Edits in the articles done.
    pub edits: u64,
    /// Milliseconds of work, on what is done and what is not.
    pub active_ms: i64,
}

impl Work {
    /// Returns the articles done per hour; `None` if no time was measured.
    #[must_use]
    pub fn articles_an_hour(&self) -> Option<f64> {
        (self.active_ms > 0 && self.timed > 0)
            .then(|| self.timed as f64 * 3_600_000.0 / self.active_ms as f64)
    }

    /// Returns the seconds per done article; `None` if no time was measured.
    #[must_use]
    pub fn seconds_an_article(&self) -> Option<f64> {
        (self.active_ms > 0 && self.timed > 0)
            .then(|| self.active_ms as f64 / 1000.0 / self.timed as f64)
    }

    fn add(&mut self, other: Self) {
        self.done += other.done;
        self.timed += other.timed;
        self.edits += other.edits;
        self.active_ms += other.active_ms;
    }
}

/// How good the models' guesses were, over all articles that began with one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Guesses {
    /// How many articles that were.
    pub articles: u64,
    /// Regions by characters.
    pub region_chars: Tally,
    /// Regions by exact spans.
    pub region_spans: Tally,
    /// Entities by exact spans.
    pub entity_spans: Tally,
}

impl DatasetCounts {
    /// Sums by annotator and day, in this order, without annotations that have no day.
    #[must_use]
    pub fn by_day(&self) -> BTreeMap<(&str, Day), Work> {
        let dated = |((name, day), work): ((_, Option<Day>), Work)| Some(((name, day?), work));
        self.with_and_without_day()
            .into_iter()
            .filter_map(dated)
            .collect()
    }

    fn with_and_without_day(&self) -> BTreeMap<(&str, Option<Day>), Work> {
        let name = |at: usize| self.annotators.get(at).map_or("", String::as_str);
        let mut found: BTreeMap<(&str, Option<Day>), Work> = BTreeMap::new();
        for (who, day, active_ms) in &self.time {
            let work = found.entry((name(*who), Some(*day))).or_default();
            work.active_ms += active_ms;
        }
        for fact in &self.done {
            let work = found.entry((name(fact.annotator), fact.day)).or_default();
            work.done += 1;
            work.edits += fact.edits;
            work.timed += u64::from(work.active_ms > 0);
        }
        found
    }

    /// Sums by annotator.
    #[must_use]
    pub fn by_annotator(&self) -> BTreeMap<&str, Work> {
        let mut found: BTreeMap<&str, Work> = BTreeMap::new();
        for ((name, _), work) in self.with_and_without_day() {
            found.entry(name).or_default().add(work);
        }
        found
    }

    /// Sums over all annotators.
    #[must_use]
    pub fn total(&self) -> Work {
        let mut sum = Work::default();
        for work in self.by_annotator().into_values() {
            sum.add(work);
        }
        sum
    }

    /// Sums the scores of the suggestions.
    #[must_use]
    pub fn guesses(&self) -> Guesses {
        let mut guesses = Guesses {
            articles: self.done.iter().filter(|fact| fact.scored).count() as u64,
            ..Guesses::default()
        };
        for sum in &self.labels {
            let add = |tally: &mut Tally, hits: Hits| {
                if hits.guessed + hits.gold > 0 {
                    let counts = Counts {
                        hits: hits.hits,
                        guessed: hits.guessed,
                        gold: hits.gold,
                    };
                    tally.add(&sum.label, counts);
                }
            };
            match sum.kind {
                LabelKind::Region => {
                    add(&mut guesses.region_chars, sum.by_chars);
                    add(&mut guesses.region_spans, sum.by_spans);
                }
                LabelKind::Entity => add(&mut guesses.entity_spans, sum.by_spans),
            }
        }
        guesses
    }
}
