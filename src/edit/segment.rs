//! Where graphemes, words and sentences begin and end, and spans widened to them.
//!
//! Unicode Standard Annex 29, by `unicode-segmentation`, with what an annotator means by a word or
//! a sentence on top: see [`word_at`] and [`sentence_at`]. None of them looks further than a few
//! kilobytes, so that a line without a space costs no more than another.

mod edges;
mod sentences;
#[cfg(test)]
mod tests;
mod tokens;
mod words;

use unicode_segmentation::GraphemeCursor;

use crate::model::{BytePos, Span, Text};

pub use self::edges::trim_to_name;
pub use self::sentences::{
    next_sentence_end, next_sentence_start, prev_sentence_start, sentence_at,
};
#[cfg(test)]
pub(in crate::edit) use self::tests::paragraphs;
use self::tokens::is_unspaced;
pub use self::words::{
    next_word_end, next_word_start, prev_word_end, prev_word_start, word_at, words_of,
};

/// The most bytes of a grapheme, and of the text before a boundary on which it can depend. A longer
/// run of marks, joiners or flags is cut, so that looking for a border costs the same in any text.
const LONGEST_GRAPHEME: usize = 4096;

/// Whether a user sees a border between two characters at `pos`.
///
/// Unicode's rules, except inside a run of thousands of bytes without a border: there a border is
/// at each multiple of `LONGEST_GRAPHEME`.
#[must_use]
pub fn is_grapheme_boundary(text: &str, pos: usize) -> bool {
    text.is_char_boundary(pos) && (is_natural_boundary(text, pos) || is_forced_boundary(text, pos))
}

/// Unicode's rules, which look at most [`LONGEST_GRAPHEME`] bytes back. `pos` is a character
/// boundary.
fn is_natural_boundary(text: &str, pos: usize) -> bool {
    let from = text.floor_char_boundary(pos.saturating_sub(LONGEST_GRAPHEME));
    let near = &text[from..];
    work::count(1);
    GraphemeCursor::new(pos - from, near.len(), true)
        .is_boundary(near, 0)
        .unwrap_or(true)
}

/// Whether `pos` is where a run without natural borders is cut.
fn is_forced_boundary(text: &str, pos: usize) -> bool {
    let nth = pos.div_ceil(LONGEST_GRAPHEME);
    if nth == 0 || text.floor_char_boundary(nth * LONGEST_GRAPHEME) != pos {
        return false;
    }
    let mut at = pos;
    while let Some(before) = char_before(text, at)
        && pos - before < LONGEST_GRAPHEME
    {
        if is_natural_boundary(text, before) {
            return false;
        }
        at = before;
    }
    true
}

/// Returns the start of the character before `pos`, which is a character boundary.
fn char_before(text: &str, pos: usize) -> Option<usize> {
    (pos > 0).then(|| text.floor_char_boundary(pos - 1))
}

/// The last grapheme boundary at or before `pos`.
#[must_use]
pub fn floor_grapheme(text: &str, pos: usize) -> usize {
    let pos = text.floor_char_boundary(pos);
    if is_grapheme_boundary(text, pos) {
        return pos;
    }
    prev_grapheme(text, pos)
}

/// The next grapheme boundary after `pos`, or the end. `pos` must be a character boundary.
#[must_use]
pub fn next_grapheme(text: &str, pos: usize) -> usize {
    let mut at = pos.min(text.len());
    while at < text.len() {
        at = text.ceil_char_boundary(at + 1);
        if is_grapheme_boundary(text, at) {
            break;
        }
    }
    at
}

/// The last grapheme boundary before `pos`, or the start. `pos` must be a character boundary.
#[must_use]
pub fn prev_grapheme(text: &str, pos: usize) -> usize {
    let mut at = pos.min(text.len());
    while let Some(before) = char_before(text, at) {
        at = before;
        if is_grapheme_boundary(text, at) {
            break;
        }
    }
    at
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

/// The span on grapheme boundaries, without white space at its edges; `None` if nothing else is in
/// it. A space that a mark or joiner clings to is part of its grapheme and stays.
#[must_use]
pub fn tidy(text: &Text, span: Span) -> Option<Span> {
    let span = snap_to_graphemes(text, span);
    let string = text.as_str();
    let words = text.slice(span);
    if words.trim_start().is_empty() {
        return None;
    }
    let is_border = |at: usize| is_grapheme_boundary(string, at);
    let (mut start, mut end) = (span.start().index(), span.end().index());
    let mut at = start;
    for c in words.chars().take_while(|c| c.is_whitespace()) {
        at += c.len_utf8();
        if is_border(at) {
            start = at;
        }
    }
    at = end;
    for c in words.chars().rev().take_while(|c| c.is_whitespace()) {
        at -= c.len_utf8();
        if is_border(at) {
            end = at;
        }
    }
    text.span(BytePos::from_index(start), BytePos::from_index(end))
        .ok()
}

/// Whether no letter or digit continues the words at `start..end`. Scripts written without spaces
/// have no such border.
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

/// Counts the work that is done, for the tests that bound it: bytes that are searched, borders that
/// are looked up.
pub(in crate::edit) mod work {
    #[cfg(test)]
    thread_local! {
        static DONE: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    /// Adds so much work. Does nothing outside of tests.
    pub(in crate::edit) fn count(_work: usize) {
        #[cfg(test)]
        DONE.set(DONE.get() + _work);
    }

    /// Returns the amount of work on this thread since the last call.
    #[cfg(test)]
    pub(in crate::edit) fn take() -> usize {
        DONE.take()
    }
}
