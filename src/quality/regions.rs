//! How right region labels are: per label precision, recall and F1, by characters and by exact spans.
//!
//! White space is never counted, and what no region holds has the default label. A span is a longest run of one
//! label over the counted characters; it is right only if start, end and label are.

use std::collections::{BTreeMap, HashSet};

use crate::model::{Region, Text};

/// What counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Story, comment and the rest, on which all agree: what the gold calls `related` is nav, its other labels are
    /// not counted, and whatever else was found is nav.
    #[default]
    Core,
    /// Every label as it stands.
    Full,
}

/// Label of what no region holds.
pub const DEFAULT: &str = "nav";

const CORE: [&str; 3] = ["body", "comment", "nav"];

/// How much there is of a label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// In the gold.
    pub gold: u64,
    /// Found.
    pub found: u64,
    /// Found, and in the gold.
    pub both: u64,
}

impl Tally {
    /// The share of what was found that is right.
    #[must_use]
    pub fn precision(self) -> f64 {
        if self.found > 0 {
            self.both as f64 / self.found as f64
        } else {
            f64::from(u8::from(self.gold == 0))
        }
    }

    /// The share of the gold that was found.
    #[must_use]
    pub fn recall(self) -> f64 {
        if self.gold > 0 {
            self.both as f64 / self.gold as f64
        } else {
            f64::from(u8::from(self.found == 0))
        }
    }

    /// The harmonic mean of both.
    #[must_use]
    pub fn f1(self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        if precision + recall > 0.0 {
            2.0 * precision * recall / (precision + recall)
        } else {
            0.0
        }
    }

    fn add(&mut self, other: Self) {
        self.gold += other.gold;
        self.found += other.found;
        self.both += other.both;
    }
}

/// Tallies by label.
pub type Tallies = BTreeMap<String, Tally>;

/// The mean F1 of the labels that the gold has.
#[must_use]
pub fn macro_f1(tallies: &Tallies) -> f64 {
    let known: Vec<f64> = tallies
        .values()
        .filter(|tally| tally.gold > 0)
        .map(|tally| tally.f1())
        .collect();
    known.iter().sum::<f64>() / known.len().max(1) as f64
}

/// The F1 of all labels together.
#[must_use]
pub fn micro_f1(tallies: &Tallies) -> f64 {
    let mut all = Tally::default();
    tallies.values().for_each(|tally| all.add(*tally));
    all.f1()
}

/// How right the regions of some articles are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionScores {
    /// Characters by label.
    pub characters: Tallies,
    /// Exact spans by label.
    pub spans: Tallies,
    /// Articles counted.
    pub articles: u64,
    /// Those of them in which every counted character is right.
    pub perfect: u64,
}

impl RegionScores {
    /// Counts one article. Both lists are sorted and disjoint.
    pub fn add_article(&mut self, text: &Text, gold: &[Region], found: &[Region], view: View) {
        let mut right = true;
        // Runs of equal labels over counted characters: from, to, label.
        let (mut gold_runs, mut found_runs) = (Runs::default(), Runs::default());
        let (mut gold_labels, mut found_labels) = (Painted::new(gold), Painted::new(found));
        let mut counted = 0_u64;
        for (at, c) in text.as_str().char_indices() {
            let (mut gold, mut found) = (gold_labels.at(at), found_labels.at(at));
            if c.is_whitespace() {
                continue;
            }
            if view == View::Core {
                if gold == "related" {
                    gold = DEFAULT;
                }
                if !CORE.contains(&gold) {
                    continue;
                }
                if !CORE.contains(&found) {
                    found = DEFAULT;
                }
            }
            right &= gold == found;
            gold_runs.see(counted, gold);
            found_runs.see(counted, found);
            self.count(gold, found, gold == found);
            counted += 1;
        }
        let (gold_runs, found_runs) = (gold_runs.done(counted), found_runs.done(counted));
        for run in &gold_runs {
            self.spans.entry(run.2.to_owned()).or_default().gold += 1;
        }
        let known: HashSet<&(u64, u64, &str)> = gold_runs.iter().collect();
        for run in &found_runs {
            let tally = self.spans.entry(run.2.to_owned()).or_default();
            tally.found += 1;
            tally.both += u64::from(known.contains(run));
        }
        self.articles += 1;
        self.perfect += u64::from(right);
    }

    fn count(&mut self, gold: &str, found: &str, both: bool) {
        // Nearly always there already: no string is made for it.
        for (label, change) in [
            (
                gold,
                Tally {
                    gold: 1,
                    found: 0,
                    both: u64::from(both),
                },
            ),
            (
                found,
                Tally {
                    gold: 0,
                    found: 1,
                    both: 0,
                },
            ),
        ] {
            match self.characters.get_mut(label) {
                Some(tally) => tally.add(change),
                None => {
                    self.characters.insert(label.to_owned(), change);
                }
            }
        }
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        for (own, others) in [
            (&mut self.characters, &other.characters),
            (&mut self.spans, &other.spans),
        ] {
            for (label, tally) in others {
                own.entry(label.clone()).or_default().add(*tally);
            }
        }
        self.articles += other.articles;
        self.perfect += other.perfect;
    }
}

/// The labels of a text's characters, asked for at rising places.
struct Painted<'a> {
    regions: &'a [Region],
    next: usize,
}

impl<'a> Painted<'a> {
    fn new(regions: &'a [Region]) -> Self {
        Self { regions, next: 0 }
    }

    fn at(&mut self, at: usize) -> &'a str {
        while self
            .regions
            .get(self.next)
            .is_some_and(|region| region.span.end().index() <= at)
        {
            self.next += 1;
        }
        self.regions
            .get(self.next)
            .filter(|region| region.span.start().index() <= at)
            .map_or(DEFAULT, |region| region.label.as_str())
    }
}

#[derive(Default)]
struct Runs<'a> {
    runs: Vec<(u64, u64, &'a str)>,
    open: Option<(u64, &'a str)>,
}

impl<'a> Runs<'a> {
    fn see(&mut self, at: u64, label: &'a str) {
        match self.open {
            Some((_, open)) if open == label => {}
            Some((from, open)) => {
                self.runs.push((from, at, open));
                self.open = Some((at, label));
            }
            None => self.open = Some((at, label)),
        }
    }

    fn done(mut self, end: u64) -> Vec<(u64, u64, &'a str)> {
        if let Some((from, label)) = self.open {
            self.runs.push((from, end, label));
        }
        self.runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    fn scores(gold: &str, found: &str, view: View) -> RegionScores {
        let (gold, found) = (
            notation::parse(gold).unwrap(),
            notation::parse(found).unwrap(),
        );
        assert_eq!(gold.text.as_str(), found.text.as_str());
        let mut scores = RegionScores::default();
        scores.add_article(
            &gold.text,
            gold.annotation.regions(),
            found.annotation.regions(),
            view,
        );
        scores
    }

    #[test]
    fn characters_and_spans_are_counted() {
        let gold = "nav| Home\nbody| One two.\nbody| Three.\ncomment| Four!\n";
        let found = "nav| Home\nbody| One two.\nnav| Three.\ncomment| Four!\n";
        let scores = scores(gold, found, View::Core);
        let body = scores.characters["body"];
        assert_eq!((body.gold, body.found, body.both), (13, 7, 7));
        let nav = scores.characters["nav"];
        assert_eq!((nav.gold, nav.found, nav.both), (4, 10, 4));
        assert_eq!(
            scores.spans["comment"],
            Tally {
                gold: 1,
                found: 1,
                both: 1
            }
        );
        assert_eq!(
            scores.spans["body"],
            Tally {
                gold: 1,
                found: 1,
                both: 0
            }
        );
        assert_eq!((scores.articles, scores.perfect), (1, 0));
        assert!((body.f1() - 0.7).abs() < 1e-9);
    }

    #[test]
    fn the_core_leaves_out_what_people_disagree_on() {
        let gold = "title| Storm\nbody| One.\nrelated| Fog\n";
        let found = "body| Storm\nbody| One.\nad| Fog\n";
        let core = scores(gold, found, View::Core);
        assert_eq!((core.perfect, core.characters.len()), (1, 2));
        let full = scores(gold, found, View::Full);
        assert_eq!(full.perfect, 0);
        assert_eq!(
            full.characters["title"],
            Tally {
                gold: 5,
                found: 0,
                both: 0
            }
        );
    }
}
