//! The common tokens of two texts, such as one agency story on two sites, each with its own words
//! before, after and in between.

use std::ops::Range;

use crate::extract::align_words;
use crate::model::{BytePos, Span, Text};
use crate::tag;

/// The tokens of a text.
pub struct Tokens<'t> {
    /// Their spans, in order.
    pub spans: Vec<Span>,
    words: Vec<&'t str>,
}

impl<'t> Tokens<'t> {
    /// Cuts a text into the tagger's tokens.
    #[must_use]
    pub fn of(text: &'t Text) -> Self {
        let spans = tag::tokens::tokenize(text.as_str()).into_iter();
        let spans: Vec<Span> = spans
            .filter_map(|range| {
                let (start, end) = (
                    BytePos::from_index(range.start),
                    BytePos::from_index(range.end),
                );
                text.span(start, end).ok()
            })
            .collect();
        let words = spans.iter().map(|span| text.slice(*span)).collect();
        Self { spans, words }
    }

    /// Returns the tokens that overlap a span.
    #[must_use]
    pub fn within(&self, span: Span) -> Range<usize> {
        let first = self
            .spans
            .partition_point(|token| token.end() <= span.start());
        let end = self
            .spans
            .partition_point(|token| token.start() < span.end());
        first..end.max(first)
    }
}

/// For each token of `a`, the index of its match in `b`, if it has one: equal words, ascending in
/// both.
#[must_use]
pub fn align(a: &Tokens<'_>, b: &Tokens<'_>) -> Vec<Option<usize>> {
    align_words(b.words.iter().copied(), a.words.iter().copied())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn common(a: &str, b: &str) -> Vec<String> {
        let (a, b) = (Text::new(a), Text::new(b));
        let (a, b) = (Tokens::of(&a), Tokens::of(&b));
        let places = align(&a, &b);
        let common = places
            .iter()
            .enumerate()
            .filter(|(_, place)| place.is_some());
        common.map(|(index, _)| a.words[index].to_owned()).collect()
    }

    #[test]
    fn what_both_print_is_found_around_what_only_one_does() {
        assert_eq!(
            common(
                "Menu Home The ferry was closed on Monday . Ada Borg said so .",
                "Sport Home Menu The ferry to Gozo was closed on Monday . So said Ada Borg . More"
            )
            .join(" "),
            "Home The ferry was closed on Monday . Ada Borg ."
        );
        assert_eq!(common("a b c", "d e f"), Vec::<String>::new());
        assert_eq!(common("", "a"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn pairs_are_equal_and_ascend(
            a in prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "d", "e"]), 0..40),
            b in prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "d", "e"]), 0..40),
        ) {
            let (a, b) = (Text::new(&a.join(" ")), Text::new(&b.join(" ")));
            let (a, b) = (Tokens::of(&a), Tokens::of(&b));
            let places = align(&a, &b);
            let mut last = None;
            for (index, place) in places.iter().enumerate() {
                if let Some(place) = place {
                    prop_assert_eq!(a.words[index], b.words[*place]);
                    prop_assert!(last < Some(*place));
                    last = Some(*place);
                }
            }
            // A text is aligned with itself word by word.
            let itself = align(&a, &a);
            prop_assert!(itself.iter().enumerate().all(|(index, place)| *place == Some(index)));
        }
    }
}
