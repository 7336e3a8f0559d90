//! Counts of right and wrong spans or characters, and the figures made of them.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::model::Label;

/// Counts of right, guessed and gold characters or spans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Suggested and right.
    pub hits: u64,
    /// Suggested.
    pub guessed: u64,
    /// In the gold.
    pub gold: u64,
}

impl Counts {
    /// The share of the guesses that is right; 0 if nothing was guessed.
    #[must_use]
    pub fn precision(self) -> f64 {
        share(self.hits, self.guessed)
    }

    /// The share of what is there that was found; 0 if nothing is.
    #[must_use]
    pub fn recall(self) -> f64 {
        share(self.hits, self.gold)
    }

    /// The harmonic mean of both; `None` if nothing was guessed and nothing is there.
    #[must_use]
    pub fn f1(self) -> Option<f64> {
        let both = self.guessed + self.gold;
        (both > 0).then(|| share(2 * self.hits, both))
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.hits += other.hits;
        self.guessed += other.guessed;
        self.gold += other.gold;
    }
}

pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// One way of counting, label by label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(pub BTreeMap<Label, Counts>);

impl Tally {
    /// All labels taken together.
    #[must_use]
    pub fn micro(&self) -> Counts {
        let mut sum = Counts::default();
        for counts in self.0.values() {
            sum += *counts;
        }
        sum
    }

    /// The mean of the labels' F1, over those that are there to be found; `None` if none is.
    #[must_use]
    pub fn macro_f1(&self) -> Option<f64> {
        let there: Vec<f64> = self
            .0
            .values()
            .filter(|counts| counts.gold > 0)
            .filter_map(|counts| counts.f1())
            .collect();
        (!there.is_empty()).then(|| there.iter().sum::<f64>() / there.len() as f64)
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (label, counts) in &other.0 {
            self.add(label, *counts);
        }
    }

    /// Adds to one label.
    pub fn add(&mut self, label: &Label, counts: Counts) {
        match self.0.get_mut(label) {
            Some(sum) => *sum += counts,
            None => {
                self.0.insert(label.clone(), counts);
            }
        }
    }
}

/// The fewest edits from a guess to what is right, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    /// Spans that nothing guessed is paired with.
    pub add: u64,
    /// Guessed spans that nothing right is paired with.
    pub delete: u64,
    /// Same bounds, other label.
    pub relabel: u64,
    /// Same label, overlapping, other bounds.
    pub boundary: u64,
}

impl Edits {
    /// All of them, each counted as one.
    #[must_use]
    pub fn total(self) -> u64 {
        self.add + self.delete + self.relabel + self.boundary
    }
}

impl AddAssign for Edits {
    fn add_assign(&mut self, other: Self) {
        self.add += other.add;
        self.delete += other.delete;
        self.relabel += other.relabel;
        self.boundary += other.boundary;
    }
}
