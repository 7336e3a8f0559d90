//! Words by which names without capitals are found, such as dates and diseases.
//!
//! The shipped models know people, bodies and places, which have capitals in most scripts. For a
//! label of the dataset's own that does not hold: after "lunedì" and "3 maggio" were tagged, "lunedì"
//! is a candidate wherever it is, and any number of one digit beside "maggio".

use super::ByHash;
use crate::tag::words::{Word, shape};

/// A word of a confirmed name that makes others candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainWord {
    /// A word that is a candidate wherever it is, by the hash of its lower case.
    Anywhere(u64),
    /// A number that is a candidate beside such a word or a capitalised one, by its pattern.
    Number(u32),
}

/// The words by which names without capitals are found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlainWords {
    anywhere: ByHash<()>,
    numbers: ByHash<()>,
}

impl PlainWords {
    /// The words of a confirmed name to add.
    ///
    /// Of a name without capitals it is the first and the last word with letters: those between
    /// may be "of" or "de". Numbers are added from every name.
    pub fn of_name(name: &[Word]) -> Vec<PlainWord> {
        let is_plain = |word: &&Word| word.shape & shape::LOWERCASE != 0;
        let mut found = Vec::new();
        if !name.iter().any(Word::is_capitalised) {
            let first = name.iter().find(is_plain);
            let last = name.iter().rfind(is_plain);
            found.extend(first.map(|word| PlainWord::Anywhere(word.lower)));
            found.extend(last.map(|word| PlainWord::Anywhere(word.lower)));
        }
        let numbers = name.iter().filter(|word| is_number(word));
        found.extend(numbers.map(|word| PlainWord::Number(word.pattern)));
        found
    }

    /// Adds a word. Returns whether it is new.
    pub fn add(&mut self, word: PlainWord) -> bool {
        match word {
            PlainWord::Anywhere(lower) => self.anywhere.insert(lower, ()),
            PlainWord::Number(pattern) => self.numbers.insert(u64::from(pattern), ()),
        }
        .is_none()
    }

    /// Removes a word.
    pub fn remove(&mut self, word: PlainWord) {
        match word {
            PlainWord::Anywhere(lower) => self.anywhere.remove(&lower),
            PlainWord::Number(pattern) => self.numbers.remove(&u64::from(pattern)),
        };
    }

    /// Whether a word is a candidate wherever it is.
    pub(super) fn accepts(&self, word: &Word) -> bool {
        !self.anywhere.is_empty() && self.anywhere.contains_key(&word.lower)
    }

    /// Whether a word is a number with the pattern of one that was seen in names.
    pub(super) fn has_number_like(&self, word: &Word) -> bool {
        is_number(word)
            && !self.numbers.is_empty()
            && self.numbers.contains_key(&u64::from(word.pattern))
    }
}

fn is_number(word: &Word) -> bool {
    word.shape & shape::DIGIT != 0 && word.shape & shape::LOWERCASE == 0 && !word.is_capitalised()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::lexicon::Lexicon;
    use crate::tag::words::Words;

    fn words(text: &str) -> Vec<Word> {
        let lexicon = Lexicon::of("it").unwrap();
        Words::read(text, &[0..text.len()], lexicon).all
    }

    #[test]
    fn a_date_makes_its_month_a_candidate_everywhere_and_numbers_beside_it() {
        let date = words("3 maggio del 2020");
        let found = PlainWords::of_name(&date);
        let (anywhere, number) = (
            |nth: usize| PlainWord::Anywhere(date[nth].lower),
            |nth: usize| PlainWord::Number(date[nth].pattern),
        );
        assert_eq!(found, [anywhere(1), anywhere(2), number(0), number(3)]);

        let mut plain = PlainWords::default();
        assert!(plain.add(anywhere(1)) && !plain.add(anywhere(1)) && plain.add(number(0)));
        let others = words("Il 7 maggio 1999 e altro");
        let accepted: Vec<bool> = others.iter().map(|word| plain.accepts(word)).collect();
        assert_eq!(accepted, [false, false, true, false, false, false]);
        let numbers = others.iter().map(|word| plain.has_number_like(word));
        let numbers: Vec<bool> = numbers.collect();
        assert_eq!(numbers, [false, true, false, false, false, false]);
        plain.remove(anywhere(1));
        plain.remove(number(0));
        assert_eq!(plain, PlainWords::default());
    }

    #[test]
    fn a_name_with_capitals_adds_its_numbers_alone() {
        let name = words("Gruppo dei 7");
        let found = PlainWords::of_name(&name);
        assert_eq!(found, [PlainWord::Number(name[2].pattern)]);
    }
}
