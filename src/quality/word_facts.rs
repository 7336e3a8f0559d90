//! What the shipped lexicon knows of words, for hops from name to name.

use crate::edit::names::{Knowledge, WordFacts};
use crate::tag::lexicon::{Lexicon, WordHash, part};

/// The shipped lexicon as knowledge of words.
#[derive(Clone, Copy, Debug)]
pub struct LexiconFacts(&'static Lexicon);

impl LexiconFacts {
    /// Reads the lexicon at the first call, which takes some hundredths of a second.
    #[must_use]
    pub fn shipped() -> Self {
        Self(Lexicon::shipped())
    }
}

impl Knowledge for LexiconFacts {
    fn of(&self, word: &str) -> WordFacts {
        let hash = WordHash::lower(word);
        let (known, lists) = (self.0.word(hash), self.0.name(hash));
        WordFacts {
            large: known.capital_rate,
            rare: known.rarity,
            given: lists & part::FIRST != 0,
            place: lists & (part::CITY | part::COUNTRY | part::REGION) != 0,
            name: lists & !part::DEMONYM != 0,
        }
    }
}
