//! Sentences, as a reader means them.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::tokens::is_initials;
use super::{floor_grapheme, tidy, work};
use crate::model::{BytePos, Span, Text};

/// So far around a place the sentence is looked for, in bytes.
const REACH: usize = 8192;

/// The sentence at `pos`: the one that holds it, or else the one that ends there; without white
/// space at its edges. A sentence never goes beyond its line. `None` on an empty line.
///
/// Unicode's rules take a point before a capital for an end. Here "Mr. Smith", "J. K. Rowling",
/// "the U.S. Army", "e.g. Paris", "No. 5" and "Oct. 3" go on, and so does `“Go!” he said`.
#[must_use]
pub fn sentence_at(text: &Text, pos: BytePos) -> Option<Span> {
    let string = text.as_str();
    let at = floor_grapheme(string, pos.index());
    let sentences = around(string, at);
    let last = sentences.last()?.clone();
    let holds = sentences
        .into_iter()
        .find(|sentence| sentence.contains(&at));
    span(text, &holds.unwrap_or(last))
}

/// The next place where a sentence begins, going forward from `pos`; never beyond `limit`.
#[must_use]
pub fn next_sentence_start(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    forward(text, pos, limit, |sentence| sentence.start())
}

/// The next place where a sentence ends, going forward from `pos`; never beyond `limit`.
#[must_use]
pub fn next_sentence_end(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    forward(text, pos, limit, |sentence| sentence.end())
}

fn forward(text: &Text, pos: BytePos, limit: BytePos, edge: impl Fn(Span) -> BytePos) -> BytePos {
    let string = text.as_str();
    let mut at = floor_grapheme(string, pos.index());
    while at < limit.index() {
        let sentences = around(string, at);
        let end = sentences.last().map_or(at, |last| last.end);
        let edges = sentences.iter().filter_map(|s| span(text, s)).map(&edge);
        if let Some(found) = edges.filter(|found| *found > pos).min() {
            return found.min(limit);
        }
        // On to the next line, or beyond what was looked at.
        at = match string[end.max(at)..].chars().next() {
            Some(c) => end.max(at) + c.len_utf8(),
            None => break,
        };
    }
    limit
}

/// The last place where a sentence begins, going back from `pos`; never before `limit`.
#[must_use]
pub fn prev_sentence_start(text: &Text, pos: BytePos, limit: BytePos) -> BytePos {
    let string = text.as_str();
    let mut at = floor_grapheme(string, pos.index());
    while at > limit.index() {
        let sentences = around(string, at);
        let begin = sentences.first().map_or(at, |first| first.start);
        let starts = sentences
            .iter()
            .filter_map(|s| span(text, s))
            .map(Span::start);
        if let Some(found) = starts.filter(|found| *found < pos).max() {
            return found.max(limit);
        }
        at = match string[..begin.min(at)].chars().next_back() {
            Some(c) => begin.min(at) - c.len_utf8(),
            None => break,
        };
    }
    limit
}

fn span(text: &Text, bytes: &Range<usize>) -> Option<Span> {
    let span = text.span(
        BytePos::from_index(bytes.start),
        BytePos::from_index(bytes.end),
    );
    tidy(text, span.ok()?)
}

/// The sentences of the line at `at`, with the white space after each; of a long line, those near
/// `at`.
fn around(string: &str, at: usize) -> Vec<Range<usize>> {
    let near = string.floor_char_boundary(at.saturating_sub(REACH));
    let far = string.floor_char_boundary(at + REACH).max(at);
    // A border is looked for only where no line ends: it may be far back in a run of marks.
    let from = match string[near..at].rfind('\n') {
        Some(line) => near + line + 1,
        None => floor_grapheme(string, near),
    };
    let to = match string[at..far].find('\n') {
        Some(line) => at + line,
        None => floor_grapheme(string, far).max(at),
    };
    work::count(to - from);
    let mut sentences: Vec<Range<usize>> = Vec::new();
    let mut goes_on = false;
    for (start, piece) in string[from..to].split_sentence_bound_indices() {
        let range = from + start..from + start + piece.len();
        match sentences.last_mut() {
            Some(last) if goes_on || continues(&string[last.clone()], piece) => {
                last.end = range.end;
            }
            _ => sentences.push(range),
        }
        // White space alone is no sentence.
        goes_on = sentences
            .last()
            .is_some_and(|last| string[last.clone()].trim().is_empty());
    }
    sentences
}

/// Whether what Unicode takes for two sentences is one.
fn continues(before: &str, after: &str) -> bool {
    let first = after.chars().find(|c| c.is_alphanumeric());
    let Some(first) = first else {
        // Only signs, as a quote that was left over.
        return after.trim().chars().all(|c| !c.is_alphanumeric());
    };
    if first.is_lowercase() {
        return true; // `“Go!” he said`
    }
    let words = before.trim_end();
    if words.ends_with(['」', '』']) && matches!(first, 'ぁ'..='ゖ') {
        return true; // 「行け。」と言った
    }
    let Some(words) = words.strip_suffix('.') else {
        return false;
    };
    let last = words
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '“' | '"' | '„' | '«' | '/'))
        .next()
        .unwrap_or_default();
    let next: &str = after
        .trim_start_matches(|c: char| !c.is_alphanumeric())
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    if !last.is_empty() && last.chars().all(char::is_numeric) {
        // German's "3. Oktober".
        return last.len() <= 2 && MONTHS_AFTER_DAY.contains(&next);
    }
    let mut letters = last.chars();
    if let (Some(only), None) = (letters.next(), letters.next()) {
        // An initial, "George W. Bush", but not "than I. He".
        return only.is_uppercase() && !(only == 'I' && after_small_word(words));
    }
    let lower = last.to_lowercase();
    if ALWAYS.contains(&lower.as_str()) {
        return true;
    }
    if BEFORE_NUMBERS.contains(&lower.as_str()) {
        return first.is_numeric();
    }
    let abbreviated = is_initials(last)
        || last.split('-').all(|part| part.chars().count() == 1)
        || BEFORE_NAMES.contains(&lower.as_str())
        || has_no_vowel(last);
    abbreviated && first.is_uppercase() && !STARTERS.contains(&next)
}

/// Whether the word before the last one begins with a small letter.
fn after_small_word(words: &str) -> bool {
    let mut words = words.split_whitespace().rev();
    words
        .nth(1)
        .is_some_and(|word| word.starts_with(char::is_lowercase))
}

/// "Mr", "Hr", "Sgt", "Str": a capital and up to three small letters, none of which could be spoken
/// as a word.
fn has_no_vowel(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && (2..=4).contains(&word.chars().count())
        && letters.all(|c| c.is_ascii_lowercase() && !"aeiouy".contains(c))
        && !word.starts_with(['A', 'E', 'I', 'O', 'U', 'Y'])
}

/// After these no sentence ends.
const ALWAYS: [&str; 36] = [
    "mr", "mrs", "ms", "dr", "prof", "messrs", "mme", "mlle", "st", "gen", "sen", "rep", "gov",
    "lt", "col", "capt", "cmdr", "maj", "sgt", "adm", "rev", "hon", "pres", "sra", "dña", "vs",
    "cf", "ca", "bzw", "z.b", "d.h", "e.g", "i.e", "mt", "ft", "hl",
];

/// After these a sentence goes on if a name follows.
const BEFORE_NAMES: [&str; 13] = [
    "inc", "corp", "co", "ltd", "bros", "jr", "sr", "dept", "univ", "ave", "blvd", "assn", "ph.d",
];

/// After these a sentence goes on if a number follows.
const BEFORE_NUMBERS: [&str; 23] = [
    "no", "nos", "nr", "art", "arts", "fig", "figs", "vol", "pp", "ch", "sec", "par", "jan", "feb",
    "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov",
];

/// What follows the number of a day where its point belongs to it.
const MONTHS_AFTER_DAY: [&str; 14] = [
    "Januar",
    "Jänner",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
    "Jahrhundert",
];

/// What rather begins a sentence than goes on with a name.
const STARTERS: [&str; 48] = [
    "The", "A", "An", "This", "That", "These", "Those", "He", "She", "It", "They", "We", "You",
    "His", "Her", "Its", "Their", "Our", "There", "Here", "In", "On", "At", "For", "From", "By",
    "But", "And", "Or", "So", "If", "When", "While", "As", "After", "Before", "However", "Many",
    "Some", "Most", "Der", "Die", "Das", "Le", "La", "Les", "El", "Los",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::segment::is_grapheme_boundary;
    use proptest::prelude::*;

    fn sentences(string: &str) -> Vec<String> {
        let text = Text::new(string);
        let mut found: Vec<String> = Vec::new();
        let mut at = BytePos(0);
        while let Some(sentence) = sentence_at(&text, at) {
            found.push(text.slice(sentence).to_owned());
            let next = next_sentence_start(&text, at, text.end());
            if next >= text.end() {
                break;
            }
            at = next;
        }
        found
    }

    #[test]
    fn a_sentence_ends_where_a_reader_says() {
        for one in [
            "Mr. Smith met Dr. Jones in St. Louis.",
            "George W. Bush and J. K. Rowling spoke.",
            "The U.S. Army said so.",
            "He saw many towns, e.g. Paris and Rome.",
            "Chanel No. 5 is sold out.",
            "On Oct. 3 he left.",
            "Apple Inc. Chief Tim Cook spoke.",
            "“Go!” he said.",
            "Am 3. Oktober wird gefeiert.",
            "Er sprach mit Hr. Meier.",
            "It costs 3.5 million.",
            "「行け。」と彼は言った。",
        ] {
            assert_eq!(sentences(one), [one]);
        }
        for two in [
            ["He lives in the U.S.", "The army left."],
            ["It was 2019.", "Trump won."],
            ["“Go!”", "He left."],
            ["Is it so?", "Yes."],
            ["He is older than I.", "She left."],
            ["He left (at last).", "She stayed."],
            ["她走了。", "他来了。"],
            ["He said no.", "They left."],
        ] {
            let separator = if two[0].ends_with('。') { "" } else { " " };
            assert_eq!(sentences(&two.join(separator)), two);
        }
        assert_eq!(
            sentences("A headline\n\nFirst. Second.\n"),
            ["A headline", "First.", "Second."]
        );
    }

    #[test]
    fn the_caret_steps_from_sentence_to_sentence() {
        let text = Text::new("One two. Three.\nFour five.");
        let (start, end) = (BytePos(0), text.end());
        assert_eq!(next_sentence_start(&text, start, end), BytePos(9));
        assert_eq!(next_sentence_start(&text, BytePos(9), end), BytePos(16));
        assert_eq!(next_sentence_end(&text, start, end), BytePos(8));
        assert_eq!(next_sentence_end(&text, BytePos(8), end), BytePos(15));
        assert_eq!(next_sentence_end(&text, BytePos(15), end), end);
        assert_eq!(prev_sentence_start(&text, end, start), BytePos(16));
        assert_eq!(prev_sentence_start(&text, BytePos(16), start), BytePos(9));
        assert_eq!(prev_sentence_start(&text, BytePos(9), start), start);
    }

    #[test]
    fn a_sentence_without_end_costs_no_more_than_another() {
        let text = Text::new(&"a".repeat(200_000));
        let middle = BytePos(100_000);
        assert!(sentence_at(&text, middle).is_some());
        assert!(next_sentence_start(&text, middle, text.end()) > middle);
        assert!(prev_sentence_start(&text, middle, BytePos(0)) < middle);
    }

    proptest! {
        /// Steps arrive, sentences cut no grapheme and no step misses the start of a line.
        #[test]
        fn sentences_are_sound_in_any_text(string in "([A-Za-z.!?\"“” \n]|\\PC|U\\.S\\. |Mr\\. ){0,40}") {
            let text = Text::new(&string);
            let mut at = BytePos(0);
            while at < text.end() {
                if let Some(sentence) = sentence_at(&text, at) {
                    prop_assert!(!text.slice(sentence).contains('\n'));
                    prop_assert!(is_grapheme_boundary(text.as_str(), sentence.start().index()));
                    prop_assert!(is_grapheme_boundary(text.as_str(), sentence.end().index()));
                }
                let next = next_sentence_start(&text, at, text.end());
                prop_assert!(next > at);
                at = next;
            }
            while at > BytePos(0) {
                let next = prev_sentence_start(&text, at, BytePos(0));
                prop_assert!(next < at);
                at = next;
            }
        }
    }
}
