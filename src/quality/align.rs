//! What two texts have in common, token by token: one text that two sites print, each with words of its own before, after and
//! in between.
//!
//! Runs of tokens that each text holds once are anchors, of which the longest ascending row is kept (B. Cohen's patience
//! diff); around them equal tokens are taken as far as they go, and what lies between is aligned in the same way by shorter
//! runs. Takes time in proportion to the texts, however different they are.

use std::collections::HashMap;
use std::ops::Range;

use crate::model::{BytePos, Span, Text};
use crate::tag;

/// The lengths of the runs that are looked for, one after the other.
const RUNS: [usize; 4] = [8, 4, 2, 1];

/// A text in tokens.
pub struct Tokens<'t> {
    /// Their places, in order.
    pub spans: Vec<Span>,
    words: Vec<&'t str>,
}

impl<'t> Tokens<'t> {
    /// The tagger's tokens of a text.
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

    /// The tokens that share a character with a span.
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

/// For each token of `a` its place in `b`, where it has one: equal words, ascending in both.
#[must_use]
pub fn align(a: &Tokens<'_>, b: &Tokens<'_>) -> Vec<Option<usize>> {
    let mut places = vec![None; a.words.len()];
    let whole = (0..a.words.len(), 0..b.words.len());
    fill(&a.words, &b.words, whole, &RUNS, &mut places);
    places
}

fn fill(
    a: &[&str],
    b: &[&str],
    (mut of_a, mut of_b): (Range<usize>, Range<usize>),
    runs: &[usize],
    places: &mut [Option<usize>],
) {
    let same = |i: usize, j: usize| a.get(i).is_some_and(|word| b.get(j) == Some(word));
    while !of_a.is_empty() && !of_b.is_empty() && same(of_a.start, of_b.start) {
        places[of_a.start] = Some(of_b.start);
        (of_a.start, of_b.start) = (of_a.start + 1, of_b.start + 1);
    }
    while !of_a.is_empty() && !of_b.is_empty() && same(of_a.end - 1, of_b.end - 1) {
        (of_a.end, of_b.end) = (of_a.end - 1, of_b.end - 1);
        places[of_a.end] = Some(of_b.end);
    }
    let Some((&run, shorter)) = runs.split_first().filter(|_| !of_a.is_empty()) else {
        return;
    };
    let (mut at, mut beside) = (of_a.start, of_b.start);
    for (i, j) in anchors(a, b, &of_a, &of_b, run) {
        if i < at || j < beside {
            continue; // within what the last one grew to
        }
        let (mut first, mut second) = (i, j);
        while first > at && second > beside && same(first - 1, second - 1) {
            (first, second) = (first - 1, second - 1);
        }
        fill(a, b, (at..first, beside..second), shorter, places);
        while first < of_a.end && second < of_b.end && same(first, second) {
            places[first] = Some(second);
            (first, second) = (first + 1, second + 1);
        }
        (at, beside) = (first, second);
    }
    fill(a, b, (at..of_a.end, beside..of_b.end), shorter, places);
}

/// Where runs of so many tokens begin that both stretches hold once: the longest row that ascends in both.
fn anchors(
    a: &[&str],
    b: &[&str],
    of_a: &Range<usize>,
    of_b: &Range<usize>,
    run: usize,
) -> Vec<(usize, usize)> {
    // Of each run where it begins; `None` from the second time on.
    fn once<'w, 't>(
        words: &'w [&'t str],
        of: &Range<usize>,
        run: usize,
    ) -> HashMap<&'w [&'t str], Option<usize>> {
        let mut found = HashMap::new();
        let stretch = words.get(of.clone()).unwrap_or_default();
        for (index, window) in stretch.windows(run).enumerate() {
            let place = found.entry(window).or_insert(Some(of.start + index));
            if *place != Some(of.start + index) {
                *place = None;
            }
        }
        found
    }
    let in_b = once(b, of_b, run);
    let mut pairs: Vec<(usize, usize)> = once(a, of_a, run)
        .into_iter()
        .filter_map(|(window, place)| Some((place?, (*in_b.get(window)?)?)))
        .collect();
    pairs.sort_unstable();
    ascending(&pairs)
}

/// The longest row of pairs, sorted by the first, that ascends in the second too (patience sorting).
fn ascending(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The last pair of the best row of each length, and for each pair the one before it.
    let mut tops: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (index, (_, j)) in pairs.iter().enumerate() {
        let pile = tops.partition_point(|top| pairs[*top].1 < *j);
        before.push(pile.checked_sub(1).map(|under| tops[under]));
        if pile == tops.len() {
            tops.push(index);
        } else {
            tops[pile] = index;
        }
    }
    let mut row = Vec::with_capacity(tops.len());
    let mut at = tops.last().copied();
    while let Some(index) = at {
        row.push(pairs[index]);
        at = before[index];
    }
    row.reverse();
    row
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
