//! Features of a text for the voice model: words, pairs of words, endings, marks and style, each
//! hashed to a bucket.

use super::BUCKET_BITS;
use crate::extract::features::count::Words;
use crate::extract::features::surface::{SurfaceFeatures, is_unspaced};

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
pub(super) fn each(block: &str, mut see: impl FnMut(u32), names: &mut Vec<u32>) {
    let mut before = BEGINNING;
    let mut token = |hash: u64, see: &mut dyn FnMut(u32)| {
        see(bucket(Kind::Word, hash));
        see(bucket(Kind::Pair, mix(before, hash)));
        before = hash;
    };
    for word in Words::of(head(block)) {
        let core_start = word.find(char::is_alphanumeric).unwrap_or(word.len());
        let (leading, rest) = word.split_at(core_start);
        let core_end = rest.rfind(char::is_alphanumeric).map_or(0, |at| {
            at + rest[at..].chars().next().map_or(1, char::len_utf8)
        });
        let (core, trailing) = rest.split_at(core_end);
        if let Some(mark) = leading.chars().next() {
            token(mark_hash(mark), &mut see);
        }
        if !core.is_empty() {
            if core.is_ascii() {
                ascii_word(core.as_bytes(), names, &mut token, &mut see);
            } else {
                any_word(core, names, &mut token, &mut see);
            }
        }
        // "!!!" and "?!" say more than one mark.
        let mut marks = 0;
        for mark in trailing.chars().take(3) {
            marks = mix(marks, mark_hash(mark));
        }
        if marks != 0 {
            token(marks, &mut see);
        }
    }
    see(bucket(Kind::Pair, mix(before, BEGINNING)));
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
    let mut value = 0;
    for byte in chunks.remainder() {
        value = value << 8 | u64::from(byte | 0x20);
    }
    mix(hash, value)
}

fn ascii_word(
    word: &[u8],
    names: &mut Vec<u32>,
    token: &mut impl FnMut(u64, &mut dyn FnMut(u32)),
    see: &mut impl FnMut(u32),
) {
    if word[0].is_ascii_digit() {
        // Numbers count by their length alone.
        token(mix(BEGINNING, word.len().min(6) as u64), see);
        return;
    }
    let hash = ascii_hash(word);
    token(hash, see);
    if word.len() >= 4 {
        see(bucket(Kind::Ending, ascii_hash(&word[word.len() - 3..])));
    }
    if word.len() >= 7 {
        see(bucket(Kind::Start, ascii_hash(&word[..5])));
    }
    if word.len() >= TELLING {
        names.push((hash >> 32) as u32);
    }
}

fn any_word(
    word: &str,
    names: &mut Vec<u32>,
    token: &mut impl FnMut(u64, &mut dyn FnMut(u32)),
    see: &mut impl FnMut(u32),
) {
    if word.chars().any(is_unspaced) {
        let mut last = None;
        for c in word.chars() {
            token(u64::from(c), see);
            if let Some(last) = last {
                names.push((mix(last, u64::from(c)) >> 32) as u32);
            }
            last = Some(u64::from(c));
        }
        return;
    }
    let mut letters: [char; 32] = ['\0'; 32];
    let mut count = 0;
    let mut hash = BEGINNING;
    for c in word.chars() {
        let c = match c {
            c if c.is_uppercase() => c.to_lowercase().next().unwrap_or(c),
            c if c.is_numeric() => '0',
            c => c,
        };
        hash = mix(hash, u64::from(c));
        letters[count % 32] = c;
        count += 1;
    }
    token(hash, see);
    let of = |from: usize, to: usize| {
        (from..to).fold(BEGINNING, |hash, at| mix(hash, u64::from(letters[at % 32])))
    };
    if count >= 3 {
        see(bucket(Kind::Ending, of(count - 2, count)));
    }
    if count >= 5 {
        see(bucket(Kind::Ending, of(count - 3, count)));
    }
    if count >= 7 {
        see(bucket(Kind::Start, of(0, 5)));
    }
    if count >= TELLING {
        names.push((hash >> 32) as u32);
    }
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

    proptest::proptest! {
        #[test]
        fn any_text_is_heard_within_bounds(text in ".{0,200}") {
            let bound = 8 * text.chars().count() + 8;
            proptest::prop_assert!(buckets(&text).len() <= bound);
        }
    }
}
