//! The names that annotators confirmed in a dataset: how often with which label, and how often the
//! same words were untagged.

use std::collections::BTreeMap;

use super::label_consistency::Mention;
use super::model::names_in;
use super::words::{Word, shape};

/// The longest name that is remembered, in words.
const LONGEST: usize = 8;

/// How often a name has to be confirmed until annotators are sure to tag it again.
const LEAST_CONFIRMED: u64 = 5;

/// The number of label codes that a feature can hold.
pub(super) const LABEL_CODES: usize = 63;

/// The labels of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// For each label, how often the name has it.
    pub counts: Vec<u32>,
    /// How often the same words were in an article untagged.
    pub untagged: u32,
}

impl Entry {
    /// How often the words were a name.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// The most frequent label, as an index; of equals, the first.
    #[must_use]
    pub fn most(&self) -> Option<usize> {
        let most = self.counts.iter().max().filter(|most| **most > 0)?;
        self.counts.iter().position(|count| count == most)
    }

    /// Whether the words always had the same label.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.untagged == 0 && self.counts.iter().filter(|count| **count > 0).count() == 1
    }

    /// The label that annotators are sure to give these words again, as an index, with the share of
    /// their occurrences that had it. `None` if too few had it.
    #[must_use]
    pub fn certain(&self) -> Option<(usize, f64)> {
        let kind = self.most()?;
        let (own, total) = (u64::from(self.counts[kind]), u64::from(self.total()));
        let all = total + u64::from(self.untagged);
        let is_certain = total >= LEAST_CONFIRMED && 2 * own > total && 10 * total >= 9 * all;
        is_certain.then(|| (kind, own as f64 / (all + 1) as f64))
    }

    fn is_empty(&self) -> bool {
        self.untagged == 0 && self.counts.iter().all(|count| *count == 0)
    }
}

/// A tagged name in an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ConfirmedName {
    name: String,
    kind: usize,
    /// The hash of its first word.
    first_word: u64,
}

/// The tagged names of an article, in order, except the longest ones.
pub(super) fn confirmed_in(text: &str, words: &[Word], tags: &[u8]) -> Vec<ConfirmedName> {
    names_in(tags)
        .filter(|name| name.len() <= LONGEST)
        .map(|name| ConfirmedName {
            name: text[words[name.start].bytes.start..words[name.end - 1].bytes.end].to_owned(),
            kind: usize::from(tags[name.start] - 1) / 2,
            first_word: words[name.start].form,
        })
        .collect()
}

/// The value for features of a confirmed name: its label's code, how pure it is in tenths, and how
/// often the name has it.
fn feature_value(code: u16, pure: u16, total: u16) -> u16 {
    1 + code + pure.min(10) / 3 * 64 + total.min(4) * 256
}

/// Whether a value for features is of a name that its words nearly always were, with one label.
pub(super) fn is_pure(value: u16) -> bool {
    value != 0 && (value - 1) / 64 % 4 == 3
}

/// Confirmed names with their labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gazetteer {
    entries: BTreeMap<String, Entry>,
    /// How often each word begins a name.
    first_words: BTreeMap<u64, u32>,
    /// For each label its code in features. A label without one has its own index.
    label_codes: Vec<u16>,
}

impl Gazetteer {
    /// An empty gazetteer with these codes of labels, each below [`LABEL_CODES`].
    pub(super) fn with_label_codes(label_codes: Vec<u16>) -> Self {
        Self {
            label_codes,
            ..Self::default()
        }
    }

    /// The value for features of a name that was confirmed so often, always with this label.
    pub(super) fn code_of_sure(&self, label: usize, times: u16) -> u16 {
        feature_value(self.label_code(label), 10, times)
    }

    fn label_code(&self, label: usize) -> u16 {
        self.label_codes.get(label).copied().unwrap_or(label as u16)
    }

    /// All names in the order of their characters.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries
            .iter()
            .filter(|(_, entry)| entry.total() > 0)
            .map(|(name, entry)| (name.as_str(), entry))
    }

    /// The labels of a name, which must match exactly.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name).filter(|entry| entry.total() > 0)
    }

    /// Counts the names of an article.
    pub(super) fn count(&mut self, names: &[ConfirmedName]) {
        for confirmed in names {
            let entry = self.entries.entry(confirmed.name.clone()).or_default();
            if entry.counts.len() <= confirmed.kind {
                entry.counts.resize(confirmed.kind + 1, 0);
            }
            entry.counts[confirmed.kind] = entry.counts[confirmed.kind].saturating_add(1);
            let count = self.first_words.entry(confirmed.first_word).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// Reverts [`Gazetteer::count`] without a trace.
    pub(super) fn uncount(&mut self, names: &[ConfirmedName]) {
        for confirmed in names {
            if let Some(entry) = self.entries.get_mut(&confirmed.name) {
                if let Some(count) = entry.counts.get_mut(confirmed.kind) {
                    *count = count.saturating_sub(1);
                }
                while entry.counts.last() == Some(&0) {
                    entry.counts.pop();
                }
                if entry.is_empty() {
                    self.entries.remove(&confirmed.name);
                }
            }
            if let Some(count) = self.first_words.get_mut(&confirmed.first_word) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    self.first_words.remove(&confirmed.first_word);
                }
            }
        }
    }

    /// Counts untagged occurrences of known names. `by` is 1, or -1 to revert it.
    pub(super) fn count_untagged(&mut self, names: &[String], by: i32) {
        for name in names {
            if let Some(entry) = self.entries.get_mut(name) {
                entry.untagged = entry.untagged.saturating_add_signed(by);
                if entry.is_empty() {
                    self.entries.remove(name);
                }
            }
        }
    }

    /// The untagged occurrences of known names in an article.
    pub(super) fn untagged(&self, text: &str, words: &[Word], tags: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        for at in 0..words.len() {
            if tags[at] == 0
                && let Some((end, _)) = self.longest(text, words, at)
                && tags[at..end].iter().all(|tag| *tag == 0)
            {
                found.push(text[words[at].bytes.start..words[end - 1].bytes.end].to_owned());
            }
        }
        found
    }

    /// Marks the words of known names for the features: the label's code, how pure it is, and how
    /// often the name has it.
    pub(super) fn mark(&self, text: &str, words: &mut [Word]) {
        if self.entries.is_empty() {
            return;
        }
        let mut at = 0;
        while at < words.len() {
            let Some((end, entry)) = self.longest(text, words, at) else {
                at += 1;
                continue;
            };
            let Some(kind) = entry.most() else {
                at = end;
                continue;
            };
            let total = entry.total();
            let pure =
                u64::from(entry.counts[kind]) * 10 / u64::from(total + entry.untagged).max(1);
            let value = feature_value(self.label_code(kind), pure as u16, total.min(4) as u16);
            for (nth, word) in words[at..end].iter_mut().enumerate() {
                word.gazetteer = value;
                word.in_gazetteer_name = nth > 0;
            }
            at = end;
        }
    }

    /// The names among the words that annotators are sure to tag again: see [`Entry::certain`].
    pub(super) fn certain(&self, text: &str, words: &[Word]) -> Vec<Mention> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() && !self.entries.is_empty() {
            let Some((end, entry)) = self.longest(text, words, at) else {
                at += 1;
                continue;
            };
            if let Some((kind, score)) = entry.certain() {
                let words = at..end;
                found.push(Mention { words, kind, score });
            }
            at = end;
        }
        found
    }

    /// The end and the labels of the longest known name that begins at a word.
    fn longest(&self, text: &str, words: &[Word], at: usize) -> Option<(usize, &Entry)> {
        let first = &words[at];
        if first.shape & shape::SIGN != 0
            || self
                .first_words
                .get(&first.form)
                .is_none_or(|count| *count == 0)
        {
            return None;
        }
        let limit = words.len().min(at + LONGEST);
        (at + 1..=limit).rev().find_map(|end| {
            let name = text.get(first.bytes.start..words[end - 1].bytes.end)?;
            let entry = self.get(name)?;
            Some((end, entry))
        })
    }
}
