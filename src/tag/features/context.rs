//! What features need to know of a whole article: the case of its sentences, runs of capitalised
//! words, occurrences of words and acronyms.

use std::cell::LazyCell;
use std::ops::Range;

use super::ByHash;
use super::sport::sport;
use crate::tag::lexicon::{WordHash, part};
use crate::tag::words::{Word, Words, shape};

/// An article that features are made of.
pub struct ArticleContext<'a> {
    /// Its words.
    pub words: &'a Words,
    /// For each word the run of capitalised words that it is in, which may be empty.
    pub(super) runs: Vec<CapitalRun>,
    /// For each sentence its case.
    pub(super) cases: Vec<SentenceCase>,
    /// The occurrences of words that are capitalised somewhere, by the hash of the word in lower
    /// case.
    pub(super) occurrences: ByHash<Occurrences>,
    /// The names that acronyms represent, by the hash of the acronym.
    pub(super) acronyms: ByHash<Range<u32>>,
    /// How much it is about sport: 0, 1 or 2.
    pub(super) sport: u64,
}

/// A run of capitalised words, with words such as "of" inside it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CapitalRun {
    pub start: u32,
    pub end: u32,
    /// The lists of bodies, teams and peoples that its words are in, and the lists of their
    /// phrases.
    pub lists: u64,
}

impl CapitalRun {
    pub fn is_empty(self) -> bool {
        self.end == self.start
    }

    /// The position of a word in a run of several: first, last or between.
    pub fn position(self, at: usize) -> u64 {
        match at as u32 {
            at if at == self.start => 1,
            at if at + 1 == self.end => 2,
            _ => 3,
        }
    }
}

/// How capitals are used in a sentence. The numbers are part of features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SentenceCase {
    /// As usual.
    Plain,
    /// No word is capitalised.
    Lower,
    /// Nearly all words are capitalised, as in a headline.
    Title,
    /// All letters are capitals.
    Upper,
}

/// The occurrences of a word in an article.
#[derive(Clone, Debug, Default)]
pub(super) struct Occurrences {
    /// How often it is in lower case.
    pub in_lower_case: u16,
    /// How often it is capitalised where neither the start of a sentence nor a headline explains
    /// it.
    pub capitalised: u16,
    /// The first places where it is capitalised.
    at: [u32; FIRST],
    count: u8,
}

/// The number of places that are remembered for each word.
const FIRST: usize = 5;

impl Occurrences {
    /// The first places where the word is capitalised.
    pub fn first(&self) -> impl Iterator<Item = usize> + '_ {
        let places = &self.at[..usize::from(self.count)];
        places.iter().map(|at| *at as usize)
    }

    fn add(&mut self, at: usize) {
        if let Some(place) = self.at.get_mut(usize::from(self.count)) {
            *place = at as u32;
            self.count += 1;
        }
    }
}

impl<'a> ArticleContext<'a> {
    /// Reads an article.
    #[must_use]
    pub fn new(words: &'a Words) -> Self {
        let cases: Vec<SentenceCase> = words
            .sentences
            .iter()
            .map(|sentence| case_of(&words.all[sentence.clone()]))
            .collect();
        Self {
            runs: runs(words),
            occurrences: occurrences(words, &cases),
            acronyms: acronyms(&words.all),
            sport: sport(&words.all),
            cases,
            words,
        }
    }
}

fn occurrences(words: &Words, cases: &[SentenceCase]) -> ByHash<Occurrences> {
    let mut found: ByHash<Occurrences> = ByHash::default();
    if words.sentences.len() < 2 {
        return found;
    }
    for (sentence, case) in words.sentences.iter().zip(cases) {
        for at in sentence.clone() {
            let word = &words.all[at];
            if (word.is_capitalised() || is_rare_without_case(word))
                && word.shape & (shape::SIGN | shape::DIGIT) == 0
            {
                let entry = found.entry(word.lower).or_default();
                if *case == SentenceCase::Plain && !word.first {
                    entry.capitalised = entry.capitalised.saturating_add(1);
                }
                entry.add(at);
            }
        }
    }
    for (sentence, case) in words.sentences.iter().zip(cases) {
        if *case == SentenceCase::Lower {
            continue;
        }
        for word in &words.all[sentence.clone()] {
            if word.shape & shape::LOWERCASE != 0
                && !word.is_capitalised()
                && let Some(entry) = found.get_mut(&word.lower)
            {
                entry.in_lower_case = entry.in_lower_case.saturating_add(1);
            }
        }
    }
    found
}

/// Whether a word of a script without case, such as Arabic, is so rare that it may be a name.
fn is_rare_without_case(word: &Word) -> bool {
    word.shape & shape::CASELESS != 0
        && word.token.is_none()
        && (word.known.rarity == 0 || word.known.rarity >= 5)
}

/// Finds "World Health Organization (WHO)": for each acronym in brackets, the name before them.
fn acronyms(all: &[Word]) -> ByHash<Range<u32>> {
    let mut found = ByHash::default();
    for at in 1..all.len().saturating_sub(1) {
        if all[at].sign != b'(' || all[at + 1].shape & shape::ALL_CAPITALS == 0 {
            continue;
        }
        let letters = all[at + 1].bytes.len();
        let mut start = at;
        let mut capitalised = 0;
        while start > 0 && capitalised < letters && at - start < 10 {
            start -= 1;
            if all[start].is_capitalised() {
                capitalised += 1;
            } else if all[start].shape & shape::SIGN != 0
                && !matches!(all[start].sign, b'&' | b'-' | b'.')
            {
                start += 1;
                break;
            }
        }
        while start < at && !all[start].is_capitalised() {
            start += 1;
        }
        if capitalised >= 2 && capitalised + 2 >= letters {
            found.insert(all[at + 1].lower, start as u32..at as u32);
        }
    }
    found
}

fn case_of(words: &[Word]) -> SentenceCase {
    let (mut capitalised, mut lower, mut capitals, mut all) = (0, 0, 0, 0);
    for word in words {
        if word.shape & (shape::SIGN | shape::DIGIT) != 0 {
            continue;
        }
        all += 1;
        if word.shape & shape::ALL_CAPITALS != 0 {
            capitals += 1;
        }
        if word.is_capitalised() {
            capitalised += 1;
        } else if word.known.rarity > 1 && word.shape & shape::LOWERCASE != 0 {
            lower += 1;
        }
    }
    if capitalised == 0 {
        SentenceCase::Lower
    } else if capitals * 10 >= all * 7 && all >= 3 {
        SentenceCase::Upper
    } else if all >= 4 && capitalised >= 3 && lower * 5 <= capitalised {
        SentenceCase::Title
    } else {
        SentenceCase::Plain
    }
}

fn runs(words: &Words) -> Vec<CapitalRun> {
    let all = &words.all;
    let joining = LazyCell::new(|| JOINING.map(WordHash::lower));
    let joins =
        |at: usize| joins_names(&all[at], &all[at - 1], || joining.contains(&all[at].lower));
    let mut runs = vec![CapitalRun::default(); all.len()];
    for sentence in &words.sentences {
        let mut at = sentence.start;
        while at < sentence.end {
            if !all[at].is_capitalised() {
                at += 1;
                continue;
            }
            let start = at;
            let mut end = at + 1;
            while end < sentence.end {
                if all[end].is_capitalised() {
                    end += 1;
                    continue;
                }
                // "J. K. Rowling", "Marks & Spencer", "Bank of England", "University of the Arts".
                let mut next = end;
                while next < sentence.end && next - end < 2 && joins(next) {
                    next += 1;
                }
                if next > end && next < sentence.end && all[next].is_capitalised() {
                    end = next + 1;
                } else {
                    break;
                }
            }
            let lists = all[start..end].iter().fold(0, |lists, word| {
                lists
                    | u64::from(word.phrase | word.names & (part::ORG | part::TEAM | part::DEMONYM))
            });
            let run = CapitalRun {
                start: start as u32,
                end: end as u32,
                lists,
            };
            runs[start..end].fill(run);
            at = end;
        }
    }
    runs
}

/// Whether a word or sign may be inside a name, after the word `before`.
fn joins_names(word: &Word, before: &Word, is_joining: impl Fn() -> bool) -> bool {
    match word.sign {
        0 => is_joining(),
        b'&' | b'-' => true,
        b'.' => before.bytes.len() <= 2 && before.bytes.end == word.bytes.start,
        _ => false,
    }
}

/// Words in lower case that are inside names.
const JOINING: [&str; 18] = [
    "of", "the", "de", "la", "del", "van", "von", "der", "den", "bin", "al", "el", "di", "da",
    "du", "y", "for", "des",
];
