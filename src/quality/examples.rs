//! What has a label, in words: the names that most often have an entity label, and how regions
//! begin.

use std::collections::BTreeMap;

use super::confusion::short;
use crate::model::{Annotation, Label, Text};

/// The most different names of a label that are counted; later names count only if they are known.
const NAMES: usize = 5_000;
/// Longer names are no examples, in characters.
const CHARS: usize = 60;

/// The most regions of a label that are kept.
const REGIONS: usize = 3;

/// The names of each entity label, with how often they have it, and the beginnings of some regions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examples {
    names: BTreeMap<Label, BTreeMap<Box<str>, u64>>,
    regions: BTreeMap<Label, Vec<Box<str>>>,
}

impl Examples {
    /// Adds the confirmed entities and regions of an article.
    pub fn add(&mut self, text: &Text, annotation: &Annotation) {
        for entity in annotation.entities() {
            let words = text.slice(entity.span).trim();
            if !entity.provenance.is_suggestion() && words.chars().nth(CHARS).is_none() {
                self.count(&entity.label, words, 1);
            }
        }
        for region in annotation.regions() {
            let kept = self.regions.get(&region.label).map_or(0, Vec::len);
            if kept < REGIONS && !region.provenance.is_suggestion() {
                self.keep(&region.label, [short(text.slice(region.span))]);
            }
        }
    }

    fn keep(&mut self, label: &Label, words: impl IntoIterator<Item = Box<str>>) {
        let kept = match self.regions.get_mut(label) {
            Some(kept) => kept,
            None => self.regions.entry(label.clone()).or_default(),
        };
        for words in words {
            if kept.len() < REGIONS && !kept.contains(&words) {
                kept.push(words);
            }
        }
    }

    /// The beginnings of some regions of a label.
    #[must_use]
    pub fn of_region(&self, label: &Label) -> &[Box<str>] {
        self.regions.get(label).map_or(&[], Vec::as_slice)
    }

    /// Adds what was gathered elsewhere.
    pub fn merge(&mut self, other: Self) {
        for (label, names) in other.names {
            for (words, count) in names {
                self.count(&label, &words, count);
            }
        }
        for (label, words) in other.regions {
            self.keep(&label, words);
        }
    }

    fn count(&mut self, label: &Label, words: &str, more: u64) {
        let names = match self.names.get_mut(label) {
            Some(names) => names,
            None => self.names.entry(label.clone()).or_default(),
        };
        if let Some(count) = names.get_mut(words) {
            *count += more;
        } else if names.len() < NAMES {
            names.insert(words.into(), more);
        }
    }

    /// Returns the most frequent names of a label, most frequent first.
    #[must_use]
    pub fn of(&self, label: &Label, most: usize) -> Vec<(&str, u64)> {
        let names = self.names.get(label).into_iter().flatten();
        let mut names: Vec<(&str, u64)> = names.map(|(words, count)| (&**words, *count)).collect();
        names.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        names.truncate(most);
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    #[test]
    fn the_most_frequent_come_first() {
        let article = notation::parse(
            "body| {GPE Malta}, {GPE Gozo}, {GPE Malta} and {GPE Comino}; {ORG Malta}",
        )
        .unwrap();
        let mut examples = Examples::default();
        examples.add(&article.text, &article.annotation);
        let mut twice = examples.clone();
        twice.merge(examples);
        let label = |name| Label::new(name).unwrap();
        assert_eq!(twice.of(&label("GPE"), 2), [("Malta", 4), ("Comino", 2)]);
        assert_eq!(twice.of(&label("PERSON"), 2), []);
        assert_eq!(
            twice.of_region(&label("body")),
            [Box::from("Malta, Gozo, Malta and Comino; Malta")]
        );
    }
}
