//! Which words can be part of a name. The others, which are most, have no features and are never
//! tagged.

use std::ops::Range;

use super::ByHash;
use super::context::{ArticleContext, SentenceCase};
use super::plain_words::PlainWords;
use crate::tag::words::{is_likely_name, shape};

/// Decides which words the model looks at.
///
/// It accepts capitalised words, words in scripts without case, words that the lexicon or the
/// dataset knows as names, and words that were seen inside names, such as "of" and "&", next to a
/// capitalised one. A dataset's [`PlainWords`] count as capitalised.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CandidateFilter {
    /// The hashes of words in lower case, and of signs, that were seen inside names.
    inner: ByHash<()>,
    /// The words by which names without capitals are found.
    pub plain: PlainWords,
}

impl CandidateFilter {
    /// A filter with these words, by the hashes of their lower case.
    pub fn new(words: impl IntoIterator<Item = u64>) -> Self {
        Self {
            inner: words.into_iter().map(|word| (word, ())).collect(),
            plain: PlainWords::default(),
        }
    }

    /// Adds a word.
    pub fn add(&mut self, word: u64) {
        self.inner.insert(word, ());
    }

    /// Whether a word was added.
    pub fn contains(&self, word: u64) -> bool {
        self.inner.contains_key(&word)
    }

    /// Removes a word.
    pub fn remove(&mut self, word: u64) {
        self.inner.remove(&word);
    }

    /// The words that were added, in any order.
    pub fn words(&self) -> impl Iterator<Item = u64> + '_ {
        self.inner.keys().copied()
    }

    /// Whether the word `at` of a sentence is a candidate.
    pub(super) fn accepts(
        &self,
        context: &ArticleContext,
        at: usize,
        sentence: &Range<usize>,
        case: SentenceCase,
    ) -> bool {
        const NAME_LIKE: u8 = shape::CAPITALISED | shape::CASELESS | shape::CAMEL;

        let all = &context.words.all;
        let word = &all[at];
        let is_inner = || self.contains(word.lower) || self.plain.has_number_like(word);
        if word.shape & (NAME_LIKE | shape::ALL_CAPITALS) != 0
            || word.gazetteer != 0
            || self.plain.accepts(word)
        {
            return true;
        }
        // "Ka-ki": the word that a hyphen joins to a capitalised one, and the hyphen.
        let is_glued =
            |at: usize| at > sentence.start && all[at - 1].bytes.end == all[at].bytes.start;
        let follows_capital = |at: usize| at > sentence.start && all[at - 1].is_capitalised();
        let is_hyphenated = word.sign != b'-'
            && is_glued(at)
            && all[at - 1].sign == b'-'
            && is_glued(at - 1)
            && follows_capital(at - 1);
        let is_hyphen = word.sign == b'-' && is_glued(at) && follows_capital(at);
        if is_hyphenated || is_hyphen {
            return true;
        }
        if matches!(word.sign, b'.' | b',') && !is_inner() {
            return false;
        }
        if case == SentenceCase::Lower && (is_likely_name(word) || is_inner()) {
            return true;
        }
        if is_likely_name(word) && word.shape & shape::SIGN == 0 {
            return true;
        }
        // A word that was seen inside names, up to two words from a capitalised one.
        let is_name_like =
            |at: usize| all[at].shape & NAME_LIKE != 0 || self.plain.accepts(&all[at]);
        is_inner()
            && ((at > sentence.start && is_name_like(at - 1))
                || (at + 1 < sentence.end && is_name_like(at + 1))
                || (at > sentence.start + 1 && is_name_like(at - 2))
                || (at + 2 < sentence.end && is_name_like(at + 2)))
    }
}
