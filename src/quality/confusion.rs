//! What models suggested against what a person made of it: which label was taken for which.

use std::collections::BTreeMap;

use super::agreement::stretches;
use super::score::entity_mistakes;
use crate::model::{Annotation, Label, Text};

/// The most examples of a confusion that are kept.
const EXAMPLES: usize = 3;
/// Longer words are cut, in characters.
const CHARS: usize = 60;

/// The label of the gold and the label of the suggestion; `None` for no label.
pub type Cell = (Option<Label>, Option<Label>);

/// Suggestions counted by their labels and by the right ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    /// Annotations that were compared.
    pub annotations: u64,
    /// Characters that are not white space, by the labels of their regions.
    pub regions: BTreeMap<Cell, u64>,
    /// Entities; one with other edges counts by its label.
    pub entities: BTreeMap<Cell, u64>,
    examples: BTreeMap<Cell, Vec<Box<str>>>,
}

impl Confusion {
    /// Compares what was suggested of an article with what a person made of it.
    pub fn add(&mut self, text: &Text, gold: &Annotation, guess: &Annotation) {
        self.annotations += 1;
        for (labels, chars) in stretches(text, &[("gold", gold), ("guess", guess)]) {
            if let [gold, guess] = labels[..]
                && (gold.is_some() || guess.is_some())
            {
                let cell = (gold.cloned(), guess.cloned());
                *self.regions.entry(cell).or_default() += chars;
            }
        }
        let guessed = guess.entities();
        for entity in gold.entities() {
            let is_same = |other: &&crate::model::Entity| {
                other.span == entity.span && other.label == entity.label
            };
            if guessed.iter().find(is_same).is_some() {
                let cell = (Some(entity.label.clone()), Some(entity.label.clone()));
                *self.entities.entry(cell).or_default() += 1;
            }
        }
        for mistake in entity_mistakes(gold, guess) {
            let bytes = mistake.bytes();
            let label = |side: Option<crate::quality::score::Side>| side.map(|side| side.label);
            let cell = (label(mistake.gold), label(mistake.guess));
            *self.entities.entry(cell.clone()).or_default() += 1;
            if cell.0 != cell.1 {
                let words = text.as_str().get(bytes).unwrap_or_default();
                self.keep(cell, [short(words)]);
            }
        }
    }

    fn keep(&mut self, cell: Cell, words: impl IntoIterator<Item = Box<str>>) {
        let kept = self.examples.entry(cell).or_default();
        for words in words {
            if kept.len() < EXAMPLES && !kept.contains(&words) {
                kept.push(words);
            }
        }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: Self) {
        self.annotations += other.annotations;
        for (mine, theirs) in [
            (&mut self.regions, other.regions),
            (&mut self.entities, other.entities),
        ] {
            for (cell, count) in theirs {
                *mine.entry(cell).or_default() += count;
            }
        }
        for (cell, words) in other.examples {
            self.keep(cell, words);
        }
    }

    /// Returns the entities that were confused most often.
    #[must_use]
    pub fn worst_entities(&self, most: usize) -> Vec<(&Cell, u64, &[Box<str>])> {
        let wrong = self.entities.iter().filter(|((a, b), _)| a != b);
        let mut wrong: Vec<_> = wrong
            .map(|(cell, count)| {
                let examples = self.examples.get(cell).map_or(&[][..], Vec::as_slice);
                (cell, *count, examples)
            })
            .collect();
        wrong.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        wrong.truncate(most);
        wrong
    }
}

/// The beginning of some words, on one line.
pub(super) fn short(words: &str) -> Box<str> {
    // What is beyond all need is not looked at.
    let words: Vec<&str> = words.split_whitespace().take(CHARS).collect();
    let words = words.join(" ");
    match words.char_indices().nth(CHARS) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default()).into(),
        None => words.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    fn cell(gold: &str, guess: &str) -> Cell {
        (Label::new(gold).ok(), Label::new(guess).ok())
    }

    #[test]
    fn labels_are_counted_by_what_they_were_taken_for() {
        let gold = notation::parse(
            "nav| Home\nbody| The {ORG Bank of {GPE Malta}} met {PERSON Ada}, {PERSON Bo}.",
        )
        .unwrap();
        let guess = notation::parse(
            "nav| Home\ncomment| The {GPE Bank of Malta} met {PERSON Ada}, Bo{GPE .}",
        )
        .unwrap();
        assert_eq!(gold.text.as_str(), guess.text.as_str());
        let mut one = Confusion::default();
        one.add(&gold.text, &gold.annotation, &guess.annotation);
        let mut twice = one.clone();
        twice.merge(one);
        assert_eq!(twice.annotations, 2);
        assert_eq!(twice.regions[&cell("nav", "nav")], 8);
        assert!(twice.regions[&cell("body", "comment")] > 20);
        assert_eq!(twice.entities[&cell("PERSON", "PERSON")], 2);
        assert_eq!(twice.entities[&cell("ORG", "GPE")], 2);
        assert_eq!(twice.entities[&cell("PERSON", "")], 2);
        assert_eq!(twice.entities[&cell("", "GPE")], 2);
        let worst = twice.worst_entities(9);
        let examples: Vec<&str> = worst
            .iter()
            .flat_map(|one| one.2)
            .map(|one| &**one)
            .collect();
        assert!(
            examples.contains(&"Bank of Malta") && examples.contains(&"Bo"),
            "{examples:?}"
        );
        let all: u64 = twice.entities.values().sum();
        assert_eq!(all, 2 * 5);
    }
}
