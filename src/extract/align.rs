//! Aligns the words of two texts of one page, to project the labels of one layout onto another.
//!
//! Words are matched in order. A phrase that occurs once in both texts is an anchor; between
//! anchors the search continues with shorter phrases, as in patience diff. Equal words beside a
//! match are matched, too. Time is `n log n` in the number of words.

use std::collections::HashMap;

/// A word and its byte offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlignedWord {
    /// In lower case.
    pub word: String,
    /// In bytes.
    pub start: usize,
}

/// The words of a text: runs of letters and digits.
pub fn words(text: &str) -> Vec<AlignedWord> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(AlignedWord {
                    word: text.get(from..at).unwrap_or_default().to_lowercase(),
                    start: from,
                });
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// For each word of `to`, the index of its match in `from`, if it has one; matches never cross.
pub fn align(from: &[AlignedWord], to: &[AlignedWord]) -> Vec<Option<usize>> {
    align_words(
        from.iter().map(|word| word.word.as_str()),
        to.iter().map(|word| word.word.as_str()),
    )
}

/// For each word of `to`, the index of its match in `from`, if it has one; matches never cross.
pub fn align_words<'w>(
    from: impl IntoIterator<Item = &'w str>,
    to: impl IntoIterator<Item = &'w str>,
) -> Vec<Option<usize>> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut number = |word| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(word).or_insert(next)
    };
    let one: Vec<u32> = from.into_iter().map(&mut number).collect();
    let other: Vec<u32> = to.into_iter().map(&mut number).collect();
    let mut matches = vec![None; other.len()];
    between(&one, &other, (0, 0), LONGEST, &mut matches);
    matches
}

/// The longest anchor phrase, in words; each round halves it.
const LONGEST: usize = 8;

/// Matches the words between two matches; `base` is where the two ranges begin.
fn between(
    one: &[u32],
    other: &[u32],
    base: (usize, usize),
    phrase: usize,
    matches: &mut [Option<usize>],
) {
    let front = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    for step in 0..front {
        matches[base.1 + step] = Some(base.0 + step);
    }
    let (one, other) = (&one[front..], &other[front..]);
    let base = (base.0 + front, base.1 + front);
    let back = one
        .iter()
        .rev()
        .zip(other.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    for step in 1..=back {
        matches[base.1 + other.len() - step] = Some(base.0 + one.len() - step);
    }
    let (one, other) = (&one[..one.len() - back], &other[..other.len() - back]);
    if one.is_empty() || other.is_empty() || phrase == 0 {
        return;
    }
    let anchors = rising(&anchors(one, other, phrase));
    let mut done = (0, 0);
    for anchor in anchors.into_iter().chain([(one.len(), other.len())]) {
        between(
            &one[done.0..anchor.0],
            &other[done.1..anchor.1],
            (base.0 + done.0, base.1 + done.1),
            phrase / 2,
            matches,
        );
        if anchor.1 < other.len() {
            matches[base.1 + anchor.1] = Some(base.0 + anchor.0);
        }
        done = (anchor.0 + 1, anchor.1 + 1);
    }
}

/// The starts of phrases that occur once in both texts, in the order of `other`.
fn anchors(one: &[u32], other: &[u32], phrase: usize) -> Vec<(usize, usize)> {
    /// A phrase that occurs more than once.
    const OFTEN: usize = usize::MAX;
    let places = |words: &[u32]| -> HashMap<Vec<u32>, usize> {
        let mut places = HashMap::new();
        for (at, window) in words.windows(phrase).enumerate() {
            places
                .entry(window.to_vec())
                .and_modify(|place| *place = OFTEN)
                .or_insert(at);
        }
        places
    };
    let (in_one, in_other) = (places(one), places(other));
    other
        .windows(phrase)
        .enumerate()
        .filter_map(|(at, window)| {
            let from = in_one
                .get(window)
                .copied()
                .filter(|place| *place != OFTEN)?;
            (in_other.get(window) == Some(&at)).then_some((from, at))
        })
        .collect()
}

/// The longest subsequence of the pairs in which both numbers increase.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length, the pair with the smallest number that ends an increasing subsequence of
    // that length.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, pair) in pairs.iter().enumerate() {
        let place = ends.partition_point(|end| pairs[*end].0 < pair.0);
        before.push(place.checked_sub(1).map(|place| ends[place]));
        if place == ends.len() {
            ends.push(at);
        } else {
            ends[place] = at;
        }
    }
    let mut row = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(pair) = at {
        row.push(pairs[pair]);
        at = before[pair];
    }
    row.reverse();
    row
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matched(from: &str, to: &str) -> String {
        let (from, to) = (words(from), words(to));
        let matches = align(&from, &to);
        to.iter()
            .zip(matches)
            .map(|(word, at)| match at {
                Some(at) => format!("{}={at}", word.word),
                None => format!("{}?", word.word),
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn words_are_found_again_in_another_layout() {
        assert_eq!(
            matched(
                "Home News\nStorm closes ferry\nThe ferry",
                "Storm closes ferry Home? The ferry"
            ),
            "storm=2 closes=3 ferry=4 home? the=5 ferry=6"
        );
        assert_eq!(matched("a b", "c d"), "c? d?");
        assert_eq!(matched("", "c"), "c?");
    }

    proptest! {
        #[test]
        fn matches_are_equal_words_in_order(from in "[ab cd]{0,60}", to in "[ab cd]{0,60}") {
            let (from, to) = (words(&from), words(&to));
            let matches = align(&from, &to);
            let mut last = None;
            for (word, at) in to.iter().zip(matches) {
                if let Some(at) = at {
                    prop_assert_eq!(&from[at].word, &word.word);
                    prop_assert!(last.is_none_or(|last| last < at));
                    last = Some(at);
                }
            }
        }

        #[test]
        fn a_text_is_found_whole_in_itself(text in "[a-e ]{0,80}") {
            let words = words(&text);
            prop_assert!(align(&words, &words).iter().enumerate().all(|(at, found)| *found == Some(at)));
        }
    }
}
