//! Words as an annotator means them.

use std::ops::Range;

use super::tokens::{Word, words_in};
use super::{floor_grapheme, work};
use crate::model::{BytePos, Span, Text};

/// The longest run without white space that is handled at once. Longer runs are cut at multiples of
/// this.
const LONGEST: usize = 2048;

/// The word at `pos`: the one that holds it, or else the one that ends there. `None` between words.
///
/// A word is what one would tag with one stroke:
///
/// - Parts of a name stay together: "Jean-Luc", "Coca-Cola", "O'Brien", "L'Oréal", "AT&T",
///   "al-Assad", "Aix-en-Provence".
/// - What only leans on a name stays outside: the `'s` of "O'Brien's", the "led" of "U.S.-led", the
///   "based" of "UK-based", the "pro" of "pro-Russian", the "l'" of "l'Élysée", the Hebrew prefix
///   of "ו-BBC".
/// - The last point belongs to "U.S.", "p.m.", "Inc." and "Jr.", and to no other word.
/// - An amount has its sign, "€5m", "3.5%"; an address is whole, "e-mail@x.org"; so are "#MeToo"
///   and "@user".
/// - Chinese, Japanese, Thai, Lao, Khmer and Burmese, which are written without spaces, are cut by
///   dictionary or model.
#[must_use]
pub fn word_at(text: &Text, pos: BytePos) -> Option<Span> {
    let string = text.as_str();
    let at = floor_grapheme(string, pos.index());
    let holds = |at: usize| {
        let words = words_in(string, stretch(string, at)?);
        words.into_iter().find(|word| word.bytes.contains(&at))
    };
    let ends = || {
        let before = string[..at].chars().next_back()?;
        let words = words_in(string, stretch(string, at - before.len_utf8())?);
        words.into_iter().find(|word| word.bytes.end == at)
    };
    let word = holds(at).or_else(ends)?;
    span(text, &word.bytes)
}

/// All words of a span, in order; those that reach over its edges are left out. For short spans:
/// its cost grows with them.
#[must_use]
pub fn words_of(text: &Text, within: Span) -> Vec<Span> {
    let string = text.as_str();
    let mut words = Vec::new();
    let mut at = within.start().index();
    while let Some(next) = next_stretch(string, at, within.end().index()) {
        words.extend(
            words_in(string, next.clone())
                .iter()
                .filter_map(|word| span(text, &word.bytes))
                .filter(|word| within.contains(*word)),
        );
        at = next.end;
    }
    words
}

/// The next place where a word ends, going forward from `pos`; never beyond `limit`.
#[must_use]
pub fn next_word_end(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    let string = text.as_str();
    let (mut at, limit_at) = (floor_grapheme(string, pos.index()), limit.index());
    while let Some(next) = next_stretch(string, at, limit_at) {
        let ends = |word: Word| (word.bytes.end > pos.index()).then_some(word.bytes.end);
        if let Some(end) = words_in(string, next.clone()).into_iter().find_map(ends) {
            return BytePos::from_index(end.min(limit_at));
        }
        at = next.end;
    }
    limit
}

/// The next place where a word begins, going forward from `pos`; never beyond `limit`.
#[must_use]
pub fn next_word_start(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    let string = text.as_str();
    let (mut at, limit_at) = (floor_grapheme(string, pos.index()), limit.index());
    while let Some(next) = next_stretch(string, at, limit_at) {
        let begins = |word: Word| {
            (word.bytes.start > pos.index() && !word.clings).then_some(word.bytes.start)
        };
        if let Some(start) = words_in(string, next.clone()).into_iter().find_map(begins) {
            return BytePos::from_index(start.min(limit_at));
        }
        at = next.end;
    }
    limit
}

/// The last place where a word begins, going back from `pos`; never before `limit`.
#[must_use]
pub fn prev_word_start(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    let string = text.as_str();
    let mut at = floor_grapheme(string, pos.index());
    while at > limit.index() {
        let before = string[..at].trim_end();
        let Some(last) = before.char_indices().next_back().map(|(last, _)| last) else {
            break;
        };
        let Some(piece) = stretch(string, last) else {
            break;
        };
        let begins = |word: &Word| word.bytes.start < pos.index() && !word.clings;
        let words = words_in(string, piece.clone());
        if let Some(word) = words.iter().rev().find(|word| begins(word)) {
            return BytePos::from_index(word.bytes.start.max(limit.index()));
        }
        at = piece.start;
    }
    limit
}

/// The last place where a word ends, going back from `pos`; never before `limit`.
#[must_use]
pub fn prev_word_end(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    let string = text.as_str();
    let mut at = floor_grapheme(string, pos.index());
    while at > limit.index() {
        let before = string[..at].trim_end();
        let Some(last) = before.char_indices().next_back().map(|(last, _)| last) else {
            break;
        };
        let Some(piece) = stretch(string, last) else {
            break;
        };
        let words = words_in(string, piece.clone());
        let ends = |word: &&Word| word.bytes.end < pos.index();
        if let Some(word) = words.iter().rev().find(ends) {
            return BytePos::from_index(word.bytes.end.max(limit.index()));
        }
        at = piece.start;
    }
    limit
}

fn span(text: &Text, bytes: &Range<usize>) -> Option<Span> {
    text.span(
        BytePos::from_index(bytes.start),
        BytePos::from_index(bytes.end),
    )
    .ok()
}

/// The first stretch that ends after `at` and begins before `limit`.
fn next_stretch(string: &str, at: usize, limit: usize) -> Option<Range<usize>> {
    let rest = string.get(at..limit)?;
    let ahead = rest.find(|c: char| !c.is_whitespace())?;
    stretch(string, at + ahead)
}

/// The characters around `at` up to the next white space on both sides, or a piece of them: the
/// same piece from wherever in it one looks. `None` on white space and at the end. `at` is a
/// character boundary.
fn stretch(string: &str, at: usize) -> Option<Range<usize>> {
    if string[at..].chars().next().is_none_or(char::is_whitespace) {
        return None;
    }
    let from = string.floor_char_boundary(at.saturating_sub(LONGEST));
    let to = string.floor_char_boundary(at + LONGEST).max(at);
    let before = string[from..at].rfind(char::is_whitespace).map(|space| {
        let wide = string[from + space..]
            .chars()
            .next()
            .map_or(1, char::len_utf8);
        from + space + wide
    });
    let after = string[at..to]
        .find(char::is_whitespace)
        .map(|space| at + space);
    work::count(after.unwrap_or(to) - before.unwrap_or(from));
    let start = before.or((from == 0).then_some(0));
    let end = after.or((to == string.len()).then_some(to));
    if let (Some(start), Some(end)) = (start, end)
        && end - start <= LONGEST
    {
        return Some(start..end);
    }
    let cut = |nth: usize| floor_grapheme(string, (nth * LONGEST).min(string.len()));
    // A cut is moved back to a border, beyond `at` if a grapheme is long.
    let mut nth = at / LONGEST;
    while cut(nth + 1) <= at {
        nth += 1;
    }
    let piece = cut(nth)..cut(nth + 1);
    let start = start.map_or(piece.start, |start| start.max(piece.start));
    let end = end.map_or(piece.end, |end| end.min(piece.end));
    (start <= at && at < end).then_some(start..end)
}

#[cfg(test)]
mod tests;
