//! Compares blocks with the page's title.

use std::collections::HashSet;

use super::char_kind::CharKind;

/// The longest block whose words are compared with lists, in bytes.
pub(crate) const SHORT: usize = 400;

/// The longest title that blocks are compared with, in words.
const MAX_TITLE_WORDS: usize = 60;

/// The words of a title, each once.
pub(crate) struct Title {
    words: Vec<String>,
    /// Their first letters and lengths as a bit set, to skip most words of a page.
    signs: u64,
}

fn title_words(title: &str) -> impl Iterator<Item = &str> {
    title
        .split(|c: char| !CharKind::of(c).is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(MAX_TITLE_WORDS)
}

impl Title {
    pub(crate) fn new(title: &str) -> Self {
        let mut words: Vec<String> = title_words(title).map(str::to_lowercase).collect();
        words.sort_unstable();
        words.dedup();
        let signs = words
            .iter()
            .map(|word| sign_of(word.as_bytes()))
            .fold(0, std::ops::BitOr::bitor);
        Self { words, signs }
    }

    /// Returns true if a short block repeats the title: most of its words are the title's, and at
    /// least three or all of those.
    pub(crate) fn is_said_by(&self, block: &str) -> bool {
        let title = self.words.len();
        if block.len() > SHORT || title == 0 {
            return false;
        }
        // The title's words in the block, usually too few to go on, and signs of other words.
        let (mut found, mut others) = (0_u64, 0_u64);
        let mut may_be_title = |sign: u64, is_ascii: bool, is_known: &dyn Fn(&String) -> bool| {
            if self.signs & sign != 0 || !is_ascii {
                let at = self.words.iter().position(is_known);
                found |= at.map_or(0, |at| 1 << at);
            } else {
                others |= sign;
            }
            // With so many other words, the title's cannot be most of them.
            others.count_ones() as usize * 4 <= title
        };
        let is_short_of_others = if block.is_ascii() {
            // The same words, without asking what each letter is.
            let is_mark = |byte: &u8| !byte.is_ascii_alphanumeric();
            let words = block
                .as_bytes()
                .split(is_mark)
                .filter(|word| !word.is_empty());
            words.take(MAX_TITLE_WORDS).all(|word| {
                may_be_title(sign_of(word), true, &|known| {
                    word.eq_ignore_ascii_case(known.as_bytes())
                })
            })
        } else {
            title_words(block).all(|word| {
                may_be_title(sign_of(word.as_bytes()), word.is_ascii(), &|known| {
                    is_in_lower_case(word, known)
                })
            })
        };
        if !is_short_of_others {
            return false;
        }
        let shared = found.count_ones() as usize;
        if shared < 3.min(title) || shared * 10 < title * 4 {
            return false;
        }
        let words: HashSet<String> = title_words(block).map(str::to_lowercase).collect();
        shared * 10 >= words.len() * 8
    }
}

/// A bit for a word's first byte and length, the same for capitals and small letters of one byte.
fn sign_of(word: &[u8]) -> u64 {
    word.first().map_or(0, |byte| {
        let sign = u32::from(byte.to_ascii_lowercase()).wrapping_mul(5) + word.len() as u32;
        1 << (sign & 63)
    })
}

/// Whether a word in lower case is `lower`.
fn is_in_lower_case(word: &str, lower: &str) -> bool {
    if word.is_ascii() {
        return word.eq_ignore_ascii_case(lower);
    }
    let first = word
        .chars()
        .next()
        .and_then(|first| first.to_lowercase().next());
    first == lower.chars().next() && word.to_lowercase() == lower
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same, with all words in lower case.
    fn is_said_plainly(title: &str, block: &str) -> bool {
        let lower =
            |text: &str| -> HashSet<String> { title_words(text).map(str::to_lowercase).collect() };
        let (title, words) = (lower(title), lower(block));
        let shared = title.intersection(&words).count();
        !title.is_empty()
            && shared >= 3.min(title.len())
            && shared * 10 >= title.len() * 4
            && shared * 10 >= words.len() * 8
    }

    proptest::proptest! {
        #[test]
        fn titles_are_recognised_early_and_late(
            title in "((the|Ferry|sails|AT|noon|für|Über|x1)[ ,.]){0,8}",
            block in "((The|ferry|Sails|at|noon|Für|ÜBER|X1|and|no|more|trains|ends|é)[ ,.!]{1,2}){0,12}",
        ) {
            proptest::prop_assert_eq!(Title::new(&title).is_said_by(&block), is_said_plainly(&title, &block));
        }
    }
}
