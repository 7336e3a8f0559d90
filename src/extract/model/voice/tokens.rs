//! Features of a text for the voice model: words, pairs of words, endings, marks and style, each
//! hashed to a bucket.

use super::BUCKET_BITS;
use crate::extract::features::char_kind::{CharKind, is_unspaced};
use crate::extract::features::count::{CharClass, CountedWords, Counts};
use crate::extract::features::surface::SurfaceFeatures;

/// The longest part of a block that is listened to, in bytes. A voice is plain by then.
const REACH: usize = 700;

/// The fewest letters of a word that can tell one story from another.
const TELLING: usize = 5;

/// What kind of feature a hash is of.
#[derive(Clone, Copy)]
#[repr(u64)]
enum Kind {
    Word = 1,
    Pair,
    Ending,
    Start,
    Style,
}

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// Where every text begins.
const BEGINNING: u64 = 0x1234_5678_9abc_def1;

#[inline]
fn mix(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(23) ^ value).wrapping_mul(MULTIPLIER)
}

#[inline]
fn bucket(kind: Kind, hash: u64) -> u32 {
    (mix(hash, kind as u64) >> (64 - BUCKET_BITS)) as u32
}

/// The factor by which the sum over a text's features is multiplied, so that long texts do not
/// shout.
pub(super) fn scale(count: u32) -> f32 {
    1.0 / (count.max(4) as f32).sqrt()
}

/// Calls `see` with the bucket of each feature of a text's words; adds hashes of words that are
/// rare enough to tell one story from another to `names`.
#[inline]
pub(super) fn each(block: &str, see: impl FnMut(u32), names: &mut Vec<u32>) {
    let mut tokens = Tokens {
        before: BEGINNING,
        see,
        names,
    };
    for (word, counts) in CountedWords::of(head(block)) {
        let is_letters = |counts: Counts| counts.of_kind(CharClass::Letter) == word.len();
        if counts.is_some_and(is_letters) {
            tokens.ascii_word(word.as_bytes()); // most words
        } else {
            tokens.word(word);
        }
    }
    (tokens.see)(bucket(Kind::Pair, mix(tokens.before, BEGINNING)));
}

/// What is done with the words of a text.
struct Tokens<'a, See> {
    /// The hash of the word or mark before.
    before: u64,
    see: See,
    names: &'a mut Vec<u32>,
}

impl<See: FnMut(u32)> Tokens<'_, See> {
    /// Takes a word or a mark by its hash.
    #[inline]
    fn token(&mut self, hash: u64) {
        (self.see)(bucket(Kind::Word, hash));
        (self.see)(bucket(Kind::Pair, mix(self.before, hash)));
        self.before = hash;
    }

    /// Takes a word with its marks.
    fn word(&mut self, word: &str) {
        let is_alphanumeric = |c: char| CharKind::of(c).is_alphanumeric();
        let core_start = word.find(is_alphanumeric).unwrap_or(word.len());
        let (leading, rest) = word.split_at(core_start);
        let core_end = rest.rfind(is_alphanumeric).map_or(0, |at| {
            at + rest[at..].chars().next().map_or(1, char::len_utf8)
        });
        let (core, trailing) = rest.split_at(core_end);
        if let Some(mark) = leading.chars().next() {
            self.token(mark_hash(mark));
        }
        if !core.is_empty() {
            if core.is_ascii() {
                self.ascii_word(core.as_bytes());
            } else {
                self.any_word(core);
            }
        }
        // "!!!" and "?!" say more than one mark.
        let mut marks = 0;
        for mark in trailing.chars().take(3) {
            marks = mix(marks, mark_hash(mark));
        }
        if marks != 0 {
            self.token(marks);
        }
    }

    #[inline]
    fn ascii_word(&mut self, word: &[u8]) {
        if word[0].is_ascii_digit() {
            // Numbers count by their length alone.
            self.token(mix(BEGINNING, word.len().min(6) as u64));
            return;
        }
        let hash = ascii_hash(word);
        self.token(hash);
        if word.len() >= 4 {
            (self.see)(bucket(Kind::Ending, ascii_hash(&word[word.len() - 3..])));
        }
        if word.len() >= 7 {
            (self.see)(bucket(Kind::Start, ascii_hash(&word[..5])));
        }
        if word.len() >= TELLING {
            self.names.push((hash >> 32) as u32);
        }
    }

    fn any_word(&mut self, word: &str) {
        if word.chars().any(is_unspaced) {
            let mut last = None;
            for c in word.chars() {
                self.token(u64::from(c));
                if let Some(last) = last {
                    self.names.push((mix(last, u64::from(c)) >> 32) as u32);
                }
                last = Some(u64::from(c));
            }
            return;
        }
        let mut letters: [char; 32] = ['\0'; 32];
        let mut count = 0;
        let mut hash = BEGINNING;
        for c in word.chars() {
            let kind = CharKind::of(c);
            let c = match c {
                c if kind.is_uppercase() => c.to_lowercase().next().unwrap_or(c),
                _ if kind.is_numeric() => '0',
                c => c,
            };
            hash = mix(hash, u64::from(c));
            letters[count % 32] = c;
            count += 1;
        }
        self.token(hash);
        let of = |from: usize, to: usize| {
            (from..to).fold(BEGINNING, |hash, at| mix(hash, u64::from(letters[at % 32])))
        };
        if count >= 3 {
            (self.see)(bucket(Kind::Ending, of(count - 2, count)));
        }
        if count >= 5 {
            (self.see)(bucket(Kind::Ending, of(count - 3, count)));
        }
        if count >= 7 {
            (self.see)(bucket(Kind::Start, of(0, 5)));
        }
        if count >= TELLING {
            self.names.push((hash >> 32) as u32);
        }
    }
}

/// Calls `see` with the bucket of each feature of a block's style.
pub(super) fn each_of_style(surface: &SurfaceFeatures, mut see: impl FnMut(u32)) {
    let size = match surface.words {
        0..=2 => 0,
        3..=6 => 1,
        7..=12 => 2,
        13..=25 => 3,
        26..=60 => 4,
        _ => 5,
    };
    let share = |part: usize, of: usize, parts: usize| (part * parts / of.max(1)).min(parts);
    let values: [usize; 12] = [
        surface.first as usize,
        surface.last as usize,
        usize::from(surface.ends)
            + 2 * usize::from(surface.ends_question)
            + 4 * usize::from(surface.ends_dots),
        share(surface.capitalised, surface.cased, 10),
        share(surface.self_words, surface.words, 20).min(6),
        surface.self_words.min(4),
        surface.sentences.min(5),
        surface.commas.min(4),
        surface.digit_percent.min(40) / 5,
        share(surface.small_words, surface.words, 10),
        usize::from(surface.informal)
            + 2 * usize::from(surface.starts_quote)
            + 4 * usize::from(surface.address),
        (surface.characters / surface.words.max(1)).min(12),
    ];
    let mut style = |name: usize, value: usize| {
        see(bucket(Kind::Style, mix(name as u64 + 1, value as u64)));
    };
    style(100, size);
    for (name, value) in values.into_iter().enumerate() {
        style(name, value);
        style(200 + name * 8 + size, value);
    }
}

#[inline]
fn mark_hash(mark: char) -> u64 {
    // Curly and straight quotation marks are a matter of typesetting.
    let mark = match mark {
        '“' | '”' | '„' | '«' | '»' => '"',
        '’' | '‘' => '\'',
        '–' | '—' => '-',
        mark => mark,
    };
    mix(BEGINNING, u64::from(mark))
}

/// Takes eight bytes at a time, in lower case.
#[inline]
fn ascii_hash(word: &[u8]) -> u64 {
    let mut hash = word.len() as u64;
    let mut chunks = word.chunks_exact(8);
    for chunk in &mut chunks {
        let value = chunk.try_into().map_or(0, u64::from_le_bytes);
        hash = mix(hash, value | 0x2020_2020_2020_2020);
    }
    mix(hash, last_bytes(word, chunks.remainder().len()))
}

/// The last `count` bytes of a word, at most seven, as a number, in lower case.
#[inline]
fn last_bytes(word: &[u8], count: usize) -> u64 {
    if count == 0 {
        return 0;
    }
    let rest = &word[word.len() - count..];
    // Two reads that overlap are as good as one byte at a time.
    let value = match (word.last_chunk::<8>(), rest.first_chunk::<4>()) {
        (Some(all), _) => u64::from_be_bytes(*all),
        (None, Some(first)) => {
            let last = rest.last_chunk::<4>().unwrap_or(first);
            u64::from(u32::from_be_bytes(*first)) << (8 * (count - 4))
                | u64::from(u32::from_be_bytes(*last))
        }
        (None, None) => rest
            .iter()
            .fold(0, |value, byte| value << 8 | u64::from(*byte)),
    };
    (value | 0x2020_2020_2020_2020) & u64::MAX >> (64 - 8 * count)
}

/// The beginning of a text, as far as it is listened to.
fn head(text: &str) -> &str {
    let mut end = text.len().min(REACH);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets(text: &str) -> Vec<u32> {
        let mut found = Vec::new();
        each(text, |bucket| found.push(bucket), &mut Vec::new());
        found
    }

    #[test]
    fn case_and_typesetting_make_no_difference() {
        assert_eq!(buckets("The “Ferry” sails"), buckets("the \"ferry\" SAILS"));
        assert_eq!(buckets("Ärger"), buckets("ärger"));
    }

    #[test]
    fn words_and_marks_do() {
        assert_ne!(buckets("The ferry sails."), buckets("The ferry sails!"));
        assert_ne!(buckets("The ferry sails"), buckets("The ferry sailed"));
    }

    #[test]
    fn telling_words_are_alike_in_any_case() {
        let names = |text: &str| {
            let mut names = Vec::new();
            each(text, |_| {}, &mut names);
            names
        };
        assert_eq!(names("the FERRY in may"), names("a Ferry"));
        assert_eq!(names("渡し船が").len(), 3);
    }

    /// The hash of a word, byte by byte.
    fn plain_hash(word: &[u8]) -> u64 {
        let mut hash = word.len() as u64;
        for chunk in word.chunks(8) {
            let lower = chunk.iter().map(|byte| u64::from(byte | 0x20));
            let value = match chunk.len() {
                8 => lower.rev().fold(0, |value, byte| value << 8 | byte),
                _ => lower.fold(0, |value, byte| value << 8 | byte),
            };
            hash = mix(hash, value);
        }
        if word.len().is_multiple_of(8) {
            hash = mix(hash, 0);
        }
        hash
    }

    proptest::proptest! {
        #[test]
        fn words_have_the_same_hash_eight_bytes_at_a_time(word in "[A-Za-z0-9'-]{1,40}") {
            proptest::prop_assert_eq!(ascii_hash(word.as_bytes()), plain_hash(word.as_bytes()));
        }

        #[test]
        fn words_of_letters_are_read_as_any_word(word in "[A-Za-z]{1,40}") {
            let (mut fast, mut plain) = (Vec::new(), Vec::new());
            let (mut fast_names, mut plain_names) = (Vec::new(), Vec::new());
            Tokens { before: BEGINNING, see: |bucket| fast.push(bucket), names: &mut fast_names }.ascii_word(word.as_bytes());
            Tokens { before: BEGINNING, see: |bucket| plain.push(bucket), names: &mut plain_names }.word(&word);
            proptest::prop_assert_eq!((fast, fast_names), (plain, plain_names));
        }

        #[test]
        fn any_text_is_heard_within_bounds(text in ".{0,200}") {
            let bound = 8 * text.chars().count() + 8;
            proptest::prop_assert!(buckets(&text).len() <= bound);
        }
    }
}
