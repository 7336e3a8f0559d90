//! The names that people confirmed in a dataset: how often as which label, and how often the same words were no name.

use std::collections::BTreeMap;

use super::words::{Word, shape};

/// The longest name that is kept, in words.
const LONGEST: usize = 8;

/// So many labels can be told apart.
pub(super) const TOLD: usize = 63;

/// What a name was taken for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// For each label, by its number, how often.
    pub counts: Vec<u32>,
    /// How often the same words stood in an article untagged.
    pub plain: u32,
}

impl Entry {
    /// How often it was a name.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// The label that it has most often, by its number; of two, the first.
    #[must_use]
    pub fn most(&self) -> Option<usize> {
        let most = self.counts.iter().max().filter(|most| **most > 0)?;
        self.counts.iter().position(|count| count == most)
    }

    /// Whether it has always been one and the same.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.plain == 0 && self.counts.iter().filter(|count| **count > 0).count() == 1
    }

    fn is_empty(&self) -> bool {
        self.plain == 0 && self.counts.iter().all(|count| *count == 0)
    }
}

/// One place of an article where a name was tagged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    name: String,
    kind: usize,
    /// The form of its first word.
    begins: u64,
}

/// The names of an article, in order; those of many words are left out.
pub(super) fn named(text: &str, words: &[Word], tags: &[u8]) -> Vec<Counted> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if tags[at] == 0 {
            at += 1;
            continue;
        }
        let later = tags[at] + tags[at] % 2;
        let mut end = at + 1;
        while end < words.len() && tags[end] == later {
            end += 1;
        }
        if end - at <= LONGEST {
            found.push(Counted {
                name: text[words[at].bytes.start..words[end - 1].bytes.end].to_owned(),
                kind: usize::from(tags[at] - 1) / 2,
                begins: words[at].form,
            });
        }
        at = end;
    }
    found
}

/// Names with what they were taken for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    entries: BTreeMap<String, Entry>,
    /// How often each word begins a name.
    begins: BTreeMap<u64, u32>,
    /// For each label, by its number, as what a model is told of it; a label beyond them by its own number.
    told_as: Vec<u16>,
}

impl Names {
    /// No names yet, of labels that a model is told of by these numbers, each below 63.
    pub(super) fn told_as(numbers: Vec<u16>) -> Self {
        Self {
            told_as: numbers,
            ..Self::default()
        }
    }

    /// All names in the order of their characters.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries
            .iter()
            .filter(|(_, entry)| entry.total() > 0)
            .map(|(name, entry)| (name.as_str(), entry))
    }

    /// What these very characters were taken for.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name).filter(|entry| entry.total() > 0)
    }

    /// Counts the names of an article.
    pub(super) fn count(&mut self, names: &[Counted]) {
        for counted in names {
            let entry = self.entries.entry(counted.name.clone()).or_default();
            if entry.counts.len() <= counted.kind {
                entry.counts.resize(counted.kind + 1, 0);
            }
            entry.counts[counted.kind] = entry.counts[counted.kind].saturating_add(1);
            let begins = self.begins.entry(counted.begins).or_default();
            *begins = begins.saturating_add(1);
        }
    }

    /// Takes back what [`Names::count`] counted, without a trace.
    pub(super) fn uncount(&mut self, names: &[Counted]) {
        for counted in names {
            if let Some(entry) = self.entries.get_mut(&counted.name) {
                if let Some(count) = entry.counts.get_mut(counted.kind) {
                    *count = count.saturating_sub(1);
                }
                while entry.counts.last() == Some(&0) {
                    entry.counts.pop();
                }
                if entry.is_empty() {
                    self.entries.remove(&counted.name);
                }
            }
            if let Some(begins) = self.begins.get_mut(&counted.begins) {
                *begins = begins.saturating_sub(1);
                if *begins == 0 {
                    self.begins.remove(&counted.begins);
                }
            }
        }
    }

    /// Counts where known names stand untagged; `by` is 1, or -1 to take back these same places.
    pub(super) fn count_plain(&mut self, plain: &[String], by: i32) {
        for name in plain {
            if let Some(entry) = self.entries.get_mut(name) {
                entry.plain = entry.plain.saturating_add_signed(by);
                if entry.is_empty() {
                    self.entries.remove(name);
                }
            }
        }
    }

    /// The known names that stand in an article where nobody tagged anything.
    pub(super) fn plain(&self, text: &str, words: &[Word], tags: &[u8]) -> Vec<String> {
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

    /// Marks the words that are parts of known names.
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
            let pure = u64::from(entry.counts[kind]) * 10 / u64::from(total + entry.plain).max(1);
            let number = self.told_as.get(kind).copied().unwrap_or(kind as u16);
            let told = 1 + number + (pure.min(10) as u16) / 3 * 64 + (total.min(4) as u16) * 256;
            for (nth, word) in words[at..end].iter_mut().enumerate() {
                word.told = told;
                word.told_later = nth > 0;
            }
            at = end;
        }
    }

    /// The longest known name that begins at a word: where it ends.
    fn longest(&self, text: &str, words: &[Word], at: usize) -> Option<(usize, &Entry)> {
        let first = &words[at];
        if first.shape & shape::SIGN != 0
            || self.begins.get(&first.form).is_none_or(|count| *count == 0)
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
