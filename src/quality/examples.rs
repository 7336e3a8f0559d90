//! What has a label, in words: the names that most often have an entity label.

use std::collections::BTreeMap;

use crate::model::{Annotation, Label, Text};

/// So many different names of a label are counted; those that come later only if they are known.
const NAMES: usize = 5_000;
/// Longer names are no examples, in characters.
const CHARS: usize = 60;

/// The names of each entity label, with how often they have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examples(BTreeMap<Label, BTreeMap<Box<str>, u64>>);

impl Examples {
    /// Adds the entities of an article that a person vouches for.
    pub fn add(&mut self, text: &Text, annotation: &Annotation) {
        for entity in annotation.entities() {
            let words = text.slice(entity.span).trim();
            if !entity.provenance.is_suggestion() && words.chars().nth(CHARS).is_none() {
                self.count(&entity.label, words, 1);
            }
        }
    }

    /// Adds what was gathered elsewhere.
    pub fn merge(&mut self, other: Self) {
        for (label, names) in other.0 {
            for (words, count) in names {
                self.count(&label, &words, count);
            }
        }
    }

    fn count(&mut self, label: &Label, words: &str, more: u64) {
        let names = match self.0.get_mut(label) {
            Some(names) => names,
            None => self.0.entry(label.clone()).or_default(),
        };
        if let Some(count) = names.get_mut(words) {
            *count += more;
        } else if names.len() < NAMES {
            names.insert(words.into(), more);
        }
    }

    /// The most frequent names of a label, most frequent first, at most so many.
    #[must_use]
    pub fn of(&self, label: &Label, most: usize) -> Vec<(&str, u64)> {
        let names = self.0.get(label).into_iter().flatten();
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
    }
}
