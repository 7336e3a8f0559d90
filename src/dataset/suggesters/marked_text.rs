//! Text with marks, as language models write it, aligned to the text of an article.
//!
//! Two kinds of marks are read: `[Angela Merkel](PERSON)` and `<PERSON>Angela Merkel</PERSON>`. Only
//! labels that the dataset knows make a mark; all other brackets are text. A model may have changed
//! the text a little. So its words are aligned with the article's, and a mark counts only if each of
//! its words is aligned and nothing lies between them in the article.

use std::fmt;
use std::ops::Range;

use crate::extract::align_words;
use crate::model::{BytePos, Span, Text, printable};

/// The share of the article's words that the marked text must hold.
const ENOUGH: f64 = 0.5;
/// How many words of a mark a message shows, in characters.
const SHOWN: usize = 60;

/// What marked text says of an article.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct AlignedMarks {
    /// The spans with their labels.
    pub(super) spans: Vec<(Span, String)>,
    /// Why marks were refused.
    pub(super) refused: Vec<String>,
}

/// The marked text is not the text of the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OtherText {
    found: usize,
    of: usize,
}

impl fmt::Display for OtherText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "its marked text is not the article's: it has {} of {} words",
            self.found, self.of
        )
    }
}

/// Aligns marked text with the text of an article.
///
/// # Errors
/// If less than half of the article's words are in it.
pub(super) fn align(marked: &str, text: &Text, labels: &[&str]) -> Result<AlignedMarks, OtherText> {
    let (plain, marks) = parse(marked, labels);
    let (from, to) = (tokens(&plain), tokens(text.as_str()));
    // For each word of the article its word in the marked text, and the other way round.
    let matches = align_words(
        from.iter().map(|range| &plain[range.clone()]),
        to.iter().map(|range| &text.as_str()[range.clone()]),
    );
    let found = matches.iter().flatten().count();
    if (found as f64) < ENOUGH * to.len() as f64 {
        return Err(OtherText {
            found,
            of: to.len(),
        });
    }
    let mut place_of: Vec<Option<usize>> = vec![None; from.len()];
    for (place, matched) in matches.iter().enumerate() {
        if let Some(slot) = matched.and_then(|at| place_of.get_mut(at)) {
            *slot = Some(place);
        }
    }
    let mut aligned = AlignedMarks::default();
    for (range, label) in marks {
        match project(&range, &from, &to, &place_of, text) {
            Some(span) => aligned.spans.push((span, label)),
            None => {
                let words = plain.get(range).unwrap_or_default();
                let words: String = words.chars().take(SHOWN).collect();
                aligned.refused.push(format!(
                    "the words \"{}\" of a mark are not in the article at that place",
                    printable::line(&words)
                ));
            }
        }
    }
    Ok(aligned)
}

/// Projects a range of the plain text onto the article, if its words follow each other there.
fn project(
    range: &Range<usize>,
    from: &[Range<usize>],
    to: &[Range<usize>],
    place_of: &[Option<usize>],
    text: &Text,
) -> Option<Span> {
    let first = from.partition_point(|token| token.end <= range.start);
    let last = from.partition_point(|token| token.start < range.end);
    // A mark that begins or ends inside a token of letters has no edge in the article.
    if first >= last || from[first].start < range.start || from[last - 1].end > range.end {
        return None;
    }
    let place = place_of[first]?;
    let follows = |(nth, at): (usize, usize)| place_of[at] == Some(place + nth);
    if !(first..last).enumerate().all(follows) {
        return None;
    }
    let start = to.get(place)?.start;
    let end = to.get(place + (last - first) - 1)?.end;
    let pos = |at: usize| u32::try_from(at).ok().map(BytePos);
    text.span(pos(start)?, pos(end)?).ok()
}

/// The tokens of a text: runs of letters and digits, and every other character that is no space.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens: Vec<Range<usize>> = Vec::new();
    let mut is_word = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let is_mark = is_combining(c);
        match tokens.last_mut() {
            Some(last) if last.end == at && (is_mark || (is_word && c.is_alphanumeric())) => {
                last.end = end;
            }
            _ if c.is_whitespace() => is_word = false,
            _ => {
                tokens.push(at..end);
                is_word = c.is_alphanumeric();
            }
        }
    }
    tokens
}

/// Whether a character belongs to the one before it: accents that are characters of their own, and
/// what joins emoji.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// A mark in the marked text: its two signs, and the label.
struct Signs {
    open: Range<usize>,
    close: Range<usize>,
    label: String,
}

type PlainMark = (Range<usize>, String);

/// Takes the signs out, and returns the plain text with the ranges that were marked.
fn parse(marked: &str, labels: &[&str]) -> (String, Vec<PlainMark>) {
    let signs = find_signs(marked, labels);
    let mut cuts: Vec<Range<usize>> = signs
        .iter()
        .flat_map(|sign| [sign.open.clone(), sign.close.clone()])
        .collect();
    cuts.sort_by_key(|cut| cut.start);
    let mut plain = String::with_capacity(marked.len());
    // Where each cut is in the plain text.
    let mut places: Vec<(usize, usize)> = Vec::with_capacity(cuts.len());
    let mut end = 0;
    for cut in cuts {
        plain.push_str(marked.get(end..cut.start).unwrap_or_default());
        places.push((cut.start, plain.len()));
        end = cut.end;
    }
    plain.push_str(marked.get(end..).unwrap_or_default());
    let place = |start: usize| {
        let at = places.binary_search_by_key(&start, |(start, _)| *start);
        at.ok()
            .and_then(|at| places.get(at))
            .map(|(_, place)| *place)
    };
    let mut marks = Vec::with_capacity(signs.len());
    for sign in signs {
        if let (Some(from), Some(to)) = (place(sign.open.start), place(sign.close.start)) {
            let range = trimmed(&plain, from..to);
            if !range.is_empty() {
                marks.push((range, sign.label));
            }
        }
    }
    marks.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    (plain, marks)
}

/// A range without the white space at its edges.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let words = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (words.len() - words.trim_start().len());
    start..start + words.trim().len()
}

/// Finds pairs of signs with a known label. Signs without a partner are text.
fn find_signs(marked: &str, labels: &[&str]) -> Vec<Signs> {
    let known = |name: &str| {
        let name = name.trim();
        let exact = labels.iter().find(|label| **label == name);
        let same = || labels.iter().find(|label| label.eq_ignore_ascii_case(name));
        exact.or_else(same).map(|label| (*label).to_owned())
    };
    let (mut brackets, mut tags): (Vec<usize>, Vec<(Range<usize>, String)>) =
        (Vec::new(), Vec::new());
    let mut signs = Vec::new();
    let mut at = 0;
    while let Some(step) = marked.get(at..).and_then(|rest| rest.find(['[', ']', '<'])) {
        at += step;
        let rest = marked.get(at..).unwrap_or_default();
        let mut next = at + 1;
        if rest.starts_with('[') {
            brackets.push(at);
        } else if rest.starts_with(']') {
            let open = brackets.pop();
            let label = rest
                .strip_prefix("](")
                .and_then(|rest| rest.split_once(')'))
                .and_then(|(name, _)| Some((known(name)?, name.len())));
            if let (Some(open), Some((label, len))) = (open, label) {
                next = at + 2 + len + 1;
                signs.push(Signs {
                    open: open..open + 1,
                    close: at..next,
                    label,
                });
            }
        } else if let Some((name, _)) = rest.get(1..).and_then(|rest| rest.split_once('>')) {
            let end = at + 1 + name.len() + 1;
            if let Some(label) = name.strip_prefix('/').and_then(known) {
                if let Some(open) = tags.iter().rposition(|(_, other)| *other == label) {
                    let (open, label) = tags.swap_remove(open);
                    signs.push(Signs {
                        open,
                        close: at..end,
                        label,
                    });
                    next = end;
                }
            } else if let Some(label) = known(name) {
                tags.push((at..end, label));
                next = end;
            }
        }
        at = next;
    }
    signs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "Angela Merkel met Zoë in Paris.\n\nMerkel [the chancellor] said \"no\".";
    const LABELS: [&str; 3] = ["PERSON", "ORG", "GPE"];

    /// The words of the spans with their labels and places, and the number of refused marks.
    fn read(marked: &str, text: &str) -> (Vec<String>, usize) {
        let text = Text::new(text);
        let aligned = align(marked, &text, &LABELS).unwrap();
        let words = aligned
            .spans
            .iter()
            .map(|(span, label)| format!("{label} {}@{}", text.slice(*span), span.start().0));
        (words.collect(), aligned.refused.len())
    }

    #[test]
    fn both_kinds_of_marks_are_read() {
        for marked in [
            "[Angela Merkel](PERSON) met [Zoë](PERSON) in [Paris](GPE).\n\n[Merkel](PERSON) [the chancellor] said \"no\".",
            "<PERSON>Angela Merkel</PERSON> met <person>Zoë</person> in <GPE>Paris</GPE>.\n\n<PERSON>Merkel</PERSON> [the chancellor] said \"no\".",
        ] {
            let expected = [
                "PERSON Angela Merkel@0",
                "PERSON Zoë@18",
                "GPE Paris@26",
                "PERSON Merkel@34",
            ];
            assert_eq!(read(marked, TEXT), (expected.map(String::from).to_vec(), 0));
        }
    }

    #[test]
    fn brackets_and_tags_that_are_text_stay_text() {
        let text = "See [here](https://a.example) and <b>Ada</b> <PERSON>.";
        let marked = "See [here](https://a.example) and <b>[Ada](PERSON)</b> <PERSON>.";
        assert_eq!(read(marked, text), (vec!["PERSON Ada@37".to_owned()], 0));
    }

    #[test]
    fn small_changes_of_the_text_move_no_mark() {
        // White space, quotation marks and a dropped word.
        let marked = "Angela Merkel met [Zoë](PERSON) in  [Paris](GPE). [Merkel](PERSON) the chancellor said “no”.";
        let expected = ["PERSON Zoë@18", "GPE Paris@26", "PERSON Merkel@34"];
        assert_eq!(read(marked, TEXT), (expected.map(String::from).to_vec(), 0));
    }

    #[test]
    fn a_mark_whose_words_are_not_there_is_refused() {
        let marked = "Angela Merkel met [Zoe](PERSON) in [Paris, France](GPE). Merkel [the chancellor] said \"no\".";
        assert_eq!(read(marked, TEXT), (Vec::new(), 2));
        // The article names her once, and the second mention is made up.
        let text = "Ada met Bob in a small house by the sea and went home again.";
        let marked =
            "[Ada](PERSON) met Bob in a small house by the sea and [Ada](PERSON) went home again.";
        assert_eq!(read(marked, text), (vec!["PERSON Ada@0".to_owned()], 1));
    }

    #[test]
    fn another_text_is_no_answer() {
        let text = Text::new(TEXT);
        let error = align("I cannot do that.", &text, &LABELS).unwrap_err();
        assert!(error.to_string().contains("words"), "{error}");
    }

    #[test]
    fn nested_marks_keep_their_order() {
        let marked = "<ORG>Bank of [Paris](GPE)</ORG> closed.";
        let expected = ["ORG Bank of Paris@0", "GPE Paris@8"];
        let found = read(marked, "Bank of Paris closed.");
        assert_eq!(found, (expected.map(String::from).to_vec(), 0));
    }

    proptest! {
        #[test]
        fn no_marked_text_panics_and_every_span_fits(
            marked in "[a-c \\[\\]()<>/PERSONé🦀\\n]{0,60}",
            text in "[a-c é🦀\\n]{1,30}",
        ) {
            let text = Text::new(&text);
            if let Ok(aligned) = align(&marked, &text, &LABELS) {
                for (span, _) in aligned.spans {
                    prop_assert!(text.holds(span));
                }
            }
        }
    }
}
