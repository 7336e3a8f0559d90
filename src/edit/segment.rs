//! Where words and graphemes begin and end, and spans widened to them.
//!
//! Unicode Standard Annex 29, by `unicode-segmentation`.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation as _};

use crate::model::{BytePos, Span, Text};

/// How far around a position the word search looks, in bytes, so that a line without a space costs no more than another.
const WINDOW: usize = 4096;

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

/// A character that joins two halves of a name when it stands between letters: "Jean-Luc", "O’Brien", "U.S".
fn joins(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '\'' | '’' | '.' | '·' | '&' | '_')
}

/// The word at `pos`: the one that holds it, or else the one that ends there. `None` between spaces.
///
/// Letters joined by a hyphen, an apostrophe or a point are one word, as an annotator means them
/// ("Jean-Luc", "O'Brien", "U.S."); a possessive `'s` is left outside, since a name ends before it.
#[must_use]
pub fn word_at(text: &Text, pos: BytePos) -> Option<Span> {
    let string = text.as_str();
    let at = floor_grapheme(string, pos.index());
    let (from, to) = window(string, at);
    let words: Vec<(usize, usize)> = string[from..to]
        .split_word_bound_indices()
        .filter(|(_, word)| word.chars().any(char::is_alphanumeric))
        .map(|(start, word)| (from + start, from + start + word.len()))
        .collect();
    let index = words
        .iter()
        .position(|&(start, end)| start <= at && at < end)
        .or_else(|| words.iter().position(|&(_, end)| end == at))?;
    let (mut first, mut last) = (index, index);
    let joined = |a: usize, b: usize| {
        let mut between = string[words[a].1..words[b].0].chars();
        matches!((between.next(), between.next()), (Some(c), None) if joins(c))
    };
    while first > 0 && joined(first - 1, first) {
        first -= 1;
    }
    while last + 1 < words.len() && joined(last, last + 1) {
        last += 1;
    }
    let start = words[first].0;
    let mut end = words[last].1;
    let word = &string[start..end];
    for possessive in ["'s", "’s", "'S", "’S"] {
        if let Some(stem) = word.strip_suffix(possessive)
            && at < start + stem.len() + 1
        {
            end = start + stem.len();
        }
    }
    if string[end..].starts_with('.') && is_abbreviation(&string[start..end]) {
        end += 1;
    }
    text.span(BytePos::from_index(start), BytePos::from_index(end))
        .ok()
}

/// "U.S", "a.m": single letters with points between, so that the last point belongs to it.
fn is_abbreviation(word: &str) -> bool {
    word.contains('.') && word.split('.').all(|part| part.chars().count() == 1)
}

/// A stretch around `at` on character boundaries, cut at white space where there is some.
fn window(string: &str, at: usize) -> (usize, usize) {
    let mut from = at.saturating_sub(WINDOW);
    while !string.is_char_boundary(from) {
        from -= 1;
    }
    let mut to = (at + WINDOW).min(string.len());
    while !string.is_char_boundary(to) {
        to += 1;
    }
    let line_start = string[from..at].rfind('\n').map_or(from, |i| from + i + 1);
    let line_end = string[at..to].find('\n').map_or(to, |i| at + i);
    (line_start, line_end)
}

/// The next place where a word ends, going forward from `pos`; never beyond `limit`.
#[must_use]
pub fn next_word_end(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    let string = text.as_str();
    let mut at = pos.index();
    while at < limit.index() {
        at = next_grapheme(string, at);
        if let Some(word) = word_at(text, BytePos::from_index(at))
            && word.end() > pos
            && word.end() <= limit
        {
            return word.end();
        }
    }
    limit
}

/// The next place where a word begins, going forward from `pos`; never beyond `limit`.
#[must_use]
pub fn next_word_start(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    let string = text.as_str();
    let mut at = match word_at(text, pos) {
        Some(word) if word.contains_pos(pos) => word.end().index(),
        _ => pos.index(),
    };
    while at < limit.index() {
        let here = BytePos::from_index(at);
        if let Some(word) = word_at(text, here)
            && word.start() > pos
            && word.contains_pos(here)
        {
            return word.start().min(limit);
        }
        at = next_grapheme(string, at);
    }
    limit
}

/// The last place where a word begins, going back from `pos`; never before `limit`.
#[must_use]
pub fn prev_word_start(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    let string = text.as_str();
    let mut at = pos.index();
    while at > limit.index() {
        at = prev_grapheme(string, at);
        if let Some(word) = word_at(text, BytePos::from_index(at))
            && word.start() < pos
            && word.start() >= limit
        {
            return word.start();
        }
    }
    limit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(marked: &str) -> String {
        let at = marked.find('|').unwrap_or(0);
        let text = Text::new(&marked.replace('|', ""));
        word_at(&text, BytePos::from_index(at))
            .map_or(String::new(), |span| text.slice(span).to_owned())
    }

    #[test]
    fn a_word_is_what_an_annotator_means_by_it() {
        assert_eq!(word("in Je|an-Luc's house"), "Jean-Luc");
        assert_eq!(word("Mr O'Br|ien's hat"), "O'Brien");
        assert_eq!(word("the |U.S. said"), "U.S.");
        assert_eq!(word("in Paris|."), "Paris");
        assert_eq!(word("AT&|T rose"), "AT&T");
        assert_eq!(word("no | word"), "");
        assert_eq!(word("Zürich|er See"), "Züricher");
    }

    #[test]
    fn the_caret_steps_from_word_to_word() {
        let text = Text::new("“Ada” Lovelace, spoke.");
        let mut at = BytePos(0);
        let mut words = Vec::new();
        while at < text.end() {
            at = next_word_start(&text, at, text.end());
            words.extend(
                word_at(&text, at)
                    .filter(|w| w.start() == at)
                    .map(|w| text.slice(w).to_owned()),
            );
        }
        assert_eq!(words, ["Ada", "Lovelace", "spoke"]);
    }

    #[test]
    fn words_step_forward_and_back_within_a_block() {
        let text = Text::new("Ada Lovelace spoke.");
        let at = |n| BytePos(n);
        assert_eq!(next_word_end(&text, at(0), text.end()), at(3));
        assert_eq!(next_word_end(&text, at(3), text.end()), at(12));
        assert_eq!(next_word_end(&text, at(18), text.end()), at(19));
        assert_eq!(prev_word_start(&text, at(19), at(0)), at(13));
        assert_eq!(prev_word_start(&text, at(13), at(0)), at(4));
        assert_eq!(prev_word_start(&text, at(4), at(4)), at(4));
    }

    #[test]
    fn a_family_is_one_grapheme() {
        let text = "👨‍👩‍👧 e\u{301}";
        assert!(!is_grapheme_boundary(text, 4));
        assert_eq!(floor_grapheme(text, 7), 0);
        assert_eq!(next_grapheme(text, 0), "👨‍👩‍👧".len());
        assert_eq!(floor_grapheme(text, text.len() - 2), text.len() - 3);
    }
}
