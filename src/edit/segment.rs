//! Where graphemes, words and sentences begin and end, and spans widened to them.
//!
//! Unicode Standard Annex 29, by `unicode-segmentation`, with what an annotator means by a word or a sentence on top:
//! see [`word_at`] and [`sentence_at`]. None of them looks further than a few kilobytes, so that a line without a space
//! costs no more than another.

mod sentences;
mod words;

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation as _};

use crate::model::{BytePos, Span, Text};

pub use self::sentences::{
    next_sentence_end, next_sentence_start, prev_sentence_start, sentence_at,
};
use self::words::is_unspaced;
pub use self::words::{
    next_word_end, next_word_start, prev_word_end, prev_word_start, word_at, words_of,
};

/// Whether a user sees a border between two characters at `pos`.
#[must_use]
pub fn is_grapheme_boundary(text: &str, pos: usize) -> bool {
    text.is_char_boundary(pos)
        && GraphemeCursor::new(pos, text.len(), true)
            .is_boundary(text, 0)
            .unwrap_or(true)
}

/// The last grapheme boundary at or before `pos`.
#[must_use]
pub fn floor_grapheme(text: &str, pos: usize) -> usize {
    let mut pos = pos.min(text.len());
    while !text.is_char_boundary(pos) {
        pos -= 1;
    }
    if is_grapheme_boundary(text, pos) {
        return pos;
    }
    prev_grapheme(text, pos)
}

/// The next grapheme boundary after `pos`, or the end. `pos` must be a character boundary.
#[must_use]
pub fn next_grapheme(text: &str, pos: usize) -> usize {
    GraphemeCursor::new(pos.min(text.len()), text.len(), true)
        .next_boundary(text, 0)
        .ok()
        .flatten()
        .unwrap_or(text.len())
}

/// The last grapheme boundary before `pos`, or the start. `pos` must be a character boundary.
#[must_use]
pub fn prev_grapheme(text: &str, pos: usize) -> usize {
    GraphemeCursor::new(pos.min(text.len()), text.len(), true)
        .prev_boundary(text, 0)
        .ok()
        .flatten()
        .unwrap_or(0)
}

/// The span widened so that it cuts no grapheme.
#[must_use]
pub fn snap_to_graphemes(text: &Text, span: Span) -> Span {
    let string = text.as_str();
    let start = floor_grapheme(string, span.start().index());
    let end = if is_grapheme_boundary(string, span.end().index()) {
        span.end().index()
    } else {
        next_grapheme(string, span.end().index())
    };
    text.span(BytePos::from_index(start), BytePos::from_index(end))
        .unwrap_or(span)
}

/// The span on grapheme boundaries, without white space at its edges; `None` if nothing else is in it.
/// A space that a mark or joiner clings to is part of its grapheme and stays.
#[must_use]
pub fn tidy(text: &Text, span: Span) -> Option<Span> {
    let span = snap_to_graphemes(text, span);
    text.trim(span)?;
    let words = text.slice(span);
    let blank = |grapheme: &str| grapheme.chars().all(char::is_whitespace);
    let lead: usize = words
        .graphemes(true)
        .take_while(|g| blank(g))
        .map(str::len)
        .sum();
    let tail: usize = words
        .graphemes(true)
        .rev()
        .take_while(|g| blank(g))
        .map(str::len)
        .sum();
    text.span(
        BytePos::from_index(span.start().index() + lead),
        BytePos::from_index(span.end().index() - tail),
    )
    .ok()
}

/// Whether no letter or digit continues the words at `start..end`. Scripts written without spaces have no such border.
#[must_use]
pub(crate) fn is_whole_word(text: &str, start: usize, end: usize) -> bool {
    let continues = |outer: Option<char>, inner: Option<char>| match (outer, inner) {
        (Some(outer), Some(inner)) => {
            outer.is_alphanumeric()
                && inner.is_alphanumeric()
                && !is_unspaced(outer)
                && !is_unspaced(inner)
        }
        _ => false,
    };
    let words = &text[start..end];
    !continues(text[..start].chars().next_back(), words.chars().next())
        && !continues(text[end..].chars().next(), words.chars().next_back())
        && is_grapheme_boundary(text, start)
        && is_grapheme_boundary(text, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_one_grapheme() {
        let text = "👨‍👩‍👧 e\u{301}";
        assert!(!is_grapheme_boundary(text, 4));
        assert_eq!(floor_grapheme(text, 7), 0);
        assert_eq!(next_grapheme(text, 0), "👨‍👩‍👧".len());
        assert_eq!(floor_grapheme(text, text.len() - 2), text.len() - 3);
    }
}
