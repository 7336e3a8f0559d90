//! Whether a run of words with capitals is a name: what is known of its words beforehand, and what
//! the text around it shows.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::Word;
use super::words;
use crate::edit::segment::{self, work};

/// Bytes on each side of a piece that are searched for its words.
const AROUND: usize = 16 << 10;
/// A text is German if so much of its words are among the commonest German ones.
const GERMAN_SHARE: f64 = 0.1;

/// Knowledge of words, such as a lexicon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WordFacts {
    /// From 1, hardly ever, to 7, always written with a capital; 0: nobody knows.
    pub large: u8,
    /// From 1, very common, to 8; 0: not among the words.
    pub rare: u8,
    /// Whether it is a first name.
    pub given: bool,
    /// Whether it is a town, a country or another place.
    pub place: bool,
    /// Whether it is in any list of names.
    pub name: bool,
}

/// Something that knows words beforehand.
pub trait Knowledge {
    /// Returns what is known of a word.
    fn of(&self, word: &str) -> WordFacts;
}

/// Knows no word: for tests, and where nothing is at hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoKnowledge;

impl Knowledge for NoKnowledge {
    fn of(&self, _word: &str) -> WordFacts {
        WordFacts::default()
    }
}

/// One who judges the names of a piece of text.
pub(super) struct Judge<'a, K> {
    string: &'a str,
    /// The piece and what is near it.
    near: &'a str,
    knowledge: &'a K,
    german: OnceCell<bool>,
    /// What was asked before. Each word is searched once, however often it occurs.
    lower: HashMap<&'a str, bool>,
    before: HashMap<&'a str, Before>,
}

/// What precedes a word nearby.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    /// Somewhere a determiner: it is a noun.
    determiner: bool,
    /// Somewhere a first name: it is a surname.
    given: bool,
}

impl<'a, K: Knowledge> Judge<'a, K> {
    pub(super) fn around(string: &'a str, from: usize, to: usize, knowledge: &'a K) -> Self {
        let from = string.floor_char_boundary(from.saturating_sub(AROUND));
        let to = string.floor_char_boundary(to + AROUND);
        Self {
            string,
            near: &string[from..to],
            knowledge,
            german: OnceCell::new(),
            lower: HashMap::new(),
            before: HashMap::new(),
        }
    }

    fn word(&self, word: &Word) -> &'a str {
        &self.string[word.start..word.end]
    }

    /// Whether the text near by is German, which writes all nouns large.
    pub(super) fn is_german(&self) -> bool {
        *self.german.get_or_init(|| {
            work::count(self.near.len());
            let (mut all, mut german) = (0_u32, 0_u32);
            for word in self.near.split_whitespace() {
                all += 1;
                german += u32::from(words::is_german(&word.to_lowercase()));
            }
            f64::from(german) > GERMAN_SHARE * f64::from(all)
        })
    }

    /// Whether a small word may join what is before it and after it to one name.
    pub(super) fn joins(&self, before: &Word, joint: &Word, after: Option<&Word>) -> bool {
        if !words::is_within(self.word(joint), self.is_german()) {
            return false;
        }
        // "KPÖ von Bürgermeisterin"
        !self.is_german()
            || after.is_none_or(|after| {
                !after.capital || (!is_acronym(self.word(before)) && !self.is_noun(after))
            })
    }

    /// Whether a word with a capital begins a sentence rather than going on with a name: "Apple
    /// Inc. The company".
    pub(super) fn may_begin_anew(&mut self, word: &Word) -> bool {
        word.first && self.is_the_sentences(word)
    }

    /// Which of the words of a run are a name; `None` if none are.
    pub(super) fn name(&mut self, run: &[Word], before: Option<&Word>) -> Option<(usize, usize)> {
        let (mut first, mut end) = (0, run.len());
        while first < end && (!run[first].capital || self.is_the_sentences(&run[first])) {
            first += 1;
        }
        while first < end && !run[end - 1].capital {
            end -= 1;
        }
        let name = run.get(first..end).filter(|name| !name.is_empty())?;
        let before = before.filter(|_| first == 0);
        let before = before.map(|before| self.word(before).to_lowercase());
        if self.is_german() {
            let cut = self.german(name, &before.unwrap_or_default())?;
            return Some((first + cut, end));
        }
        match name {
            [only] => self.is_name(only).then_some((first, end)),
            _ => Some((first, end)),
        }
    }

    /// Whether the capital of a word is the sentence's that it begins, and not its own.
    fn is_the_sentences(&mut self, word: &Word) -> bool {
        let letters = self.word(word);
        if !word.first || is_acronym(letters) {
            return false;
        }
        words::is_function(&letters.to_lowercase())
            || self.is_common(letters, 4)
            || self.has_lower(word)
    }

    /// Whether a word is known for being written small.
    fn is_common(&self, letters: &str, most: u8) -> bool {
        let facts = self.knowledge.of(letters);
        (1..=most).contains(&facts.large) && facts.rare <= 6 && !facts.place
    }

    /// Whether a single capitalised word is a name in a language that does not capitalise nouns.
    fn is_name(&mut self, word: &Word) -> bool {
        let letters = self.word(word);
        is_acronym(letters)
            || self.knowledge.of(letters).place
            || (!self.is_common(letters, 3) && !self.has_lower(word))
    }

    /// Where the name begins in a run of German nouns and names, by its place in the run.
    fn german(&mut self, run: &[Word], before: &str) -> Option<usize> {
        let mut noun_follows =
            words::is_determiner(before) || (!before.is_empty() && words::is_adjective(before));
        let mut first = 0;
        while let [word, _, ..] = &run[first..] {
            let are_unknown = run.len() - first == 2
                && !noun_follows
                && run[first..].iter().all(|word| self.is_unknown(word));
            if are_unknown || self.is_german_name(word) {
                return Some(first);
            }
            first += 1;
            noun_follows = false;
            while run.get(first).is_some_and(|word| !word.capital) {
                first += 1;
            }
        }
        let word = run.get(first)?;
        let letters = self.word(word);
        if is_acronym(letters) {
            return Some(first);
        }
        let shown = self.before(letters);
        let is_name = shown.given
            || (!noun_follows
                && !shown.determiner
                && (self.is_german_name(word) || self.is_joined(letters)));
        is_name.then_some(first)
    }

    /// Whether a part of "Müller-Berlin" is a name, and the whole is not a noun.
    fn is_joined(&self, letters: &str) -> bool {
        letters.contains('-')
            && !words::ends_like_noun(&letters.to_lowercase())
            && letters.split('-').any(|part| self.is_known_name(part))
    }

    fn is_german_name(&self, word: &Word) -> bool {
        self.is_known_name(self.word(word))
    }

    fn is_known_name(&self, letters: &str) -> bool {
        let lower = letters.to_lowercase();
        if is_acronym(letters) || words::is_date(&lower) {
            return true;
        }
        if words::is_beside_names(&lower) {
            return false;
        }
        let facts = self.knowledge.of(letters);
        // Written large in English texts too, or hardly seen in them.
        let is_large =
            matches!(facts.large, 0 | 5..) || (facts.large == 4 && facts.rare == 8 && facts.place);
        if facts.place && is_large && !words::ends_as_noun(&lower) {
            return true;
        }
        if words::ends_like_noun(&lower) {
            return false;
        }
        let genitive = letters.strip_suffix('s').filter(|stem| stem.len() > 3);
        let of_genitive = genitive
            .map(|stem| self.knowledge.of(stem))
            .unwrap_or_default();
        of_genitive.place || of_genitive.given || (facts.name && is_large)
    }

    fn is_noun(&self, word: &Word) -> bool {
        let letters = self.word(word);
        !is_acronym(letters)
            && !self.is_known_name(letters)
            && words::ends_like_noun(&letters.to_lowercase())
    }

    fn is_unknown(&self, word: &Word) -> bool {
        let letters = self.word(word);
        let lower = letters.to_lowercase();
        word.capital
            && self.knowledge.of(letters).large == 0
            && !words::ends_like_noun(&lower)
            && !words::is_beside_names(&lower)
            && !words::is_function(&lower)
    }

    /// Whether the word also occurs near by without a capital.
    fn has_lower(&mut self, word: &Word) -> bool {
        let near = self.near;
        let word = self.word(word);
        *self.lower.entry(word).or_insert_with(|| {
            let lower = word.to_lowercase();
            work::count(near.len());
            lower != word && occurrences(near, &lower).next().is_some()
        })
    }

    fn before(&mut self, word: &'a str) -> Before {
        if let Some(known) = self.before.get(word) {
            return *known;
        }
        let mut shown = Before::default();
        work::count(self.near.len());
        for at in occurrences(self.near, word) {
            let Some(line) = self.near[..at].strip_suffix([' ', '\u{a0}']) else {
                continue;
            };
            let from = line.rfind(char::is_whitespace).map_or(0, |space| space + 1);
            // A space of more than one byte leaves part of itself before the word.
            let last = line.get(from..).unwrap_or_default();
            shown.determiner |= words::is_determiner(&last.to_lowercase());
            let facts = self.knowledge.of(last);
            shown.given |= facts.given
                && matches!(facts.large, 0 | 5..)
                && last.starts_with(char::is_uppercase)
                && !words::ends_like_noun(&word.to_lowercase());
        }
        self.before.insert(word, shown);
        shown
    }
}

/// Where a word occurs as a whole word.
fn occurrences<'a>(near: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    near.match_indices(word)
        .filter(|(at, hit)| segment::is_whole_word(near, *at, at + hit.len()))
        .map(|(at, _)| at)
}

/// "KPÖ", "UN", "i24NEWS": two capitals at least.
pub(super) fn is_acronym(word: &str) -> bool {
    word.chars().filter(|c| c.is_uppercase()).nth(1).is_some() && !word.contains('-')
}
