//! A name that annotators confirmed is not cut: a mention that is a part of one becomes the whole name.

use std::ops::Range;

use super::gazetteer::is_pure;
use super::label_consistency::Mention;
use super::words::Words;

/// Completes mentions that are a part of a confirmed name whose words were nearly always that name.
/// Mentions are in order and do not overlap, before and after. Those in one name become one, with
/// the type and score of the surest.
pub(super) fn complete(words: &Words, mentions: &mut Vec<Mention>) {
    let mut completed: Vec<Mention> = Vec::with_capacity(mentions.len());
    for mut mention in mentions.drain(..) {
        if let Some(whole) = confirmed_around(words, &mention.words)
            && whole.start <= mention.words.start
            && mention.words.end <= whole.end
        {
            mention.words = whole;
        }
        match completed.last_mut() {
            Some(last) if mention.words.start < last.words.end => {
                if last.words == mention.words && last.score < mention.score {
                    *last = mention;
                }
            }
            _ => completed.push(mention),
        }
    }
    *mentions = completed;
}

/// The words of the confirmed name that the first of these words is in.
fn confirmed_around(words: &Words, part: &Range<usize>) -> Option<Range<usize>> {
    let is_later = |at: usize| words.all.get(at).is_some_and(|word| word.in_gazetteer_name);
    if !is_pure(words.all.get(part.start)?.gazetteer) {
        return None;
    }
    let start = (0..=part.start).rev().find(|at| !is_later(*at))?;
    let end = (start + 1..words.all.len()).find(|at| !is_later(*at));
    Some(start..end.unwrap_or(words.all.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::gazetteer::{Gazetteer, confirmed_in};
    use crate::tag::lexicon::Lexicon;

    const TEXT: &str = "Zorblax Quandry Works met. Then Zorblax left with Ada.";

    /// The mentions, by their words, after the first two words were confirmed as a name, and were
    /// untagged elsewhere as often as said.
    fn completed(untagged: usize, mentions: &[(Range<usize>, f64)]) -> Vec<Range<usize>> {
        let lexicon = Lexicon::of("en").unwrap();
        let name = "Zorblax Quandry";
        let known = Words::read(name, &[0..name.len()], lexicon);
        let mut gazetteer = Gazetteer::default();
        gazetteer.count(&confirmed_in(name, &known.all, &[1, 2]));
        gazetteer.count_untagged(&vec![name.to_owned(); untagged], 1);
        let mut words = Words::read(TEXT, &[0..TEXT.len()], lexicon);
        gazetteer.mark(TEXT, &mut words.all);
        let mut mentions: Vec<Mention> = mentions
            .iter()
            .map(|(words, score)| Mention {
                words: words.clone(),
                kind: 0,
                score: *score,
            })
            .collect();
        complete(&words, &mut mentions);
        mentions.into_iter().map(|mention| mention.words).collect()
    }

    #[test]
    fn a_part_of_a_confirmed_name_becomes_the_whole_name() {
        assert_eq!(completed(0, &[(0..1, 0.4)]), [0..2]);
        assert_eq!(completed(0, &[(1..2, 0.4)]), [0..2]);
        assert_eq!(completed(0, &[(0..1, 0.4), (1..2, 0.6)]), [0..2], "once");
        assert_eq!(completed(0, &[(0..2, 0.4)]), [0..2]);
    }

    #[test]
    fn longer_names_other_places_and_doubtful_names_stay() {
        assert_eq!(completed(0, &[(0..3, 0.4)]), [0..3], "a longer name");
        assert_eq!(completed(0, &[(1..3, 0.4)]), [1..3], "it goes beyond");
        assert_eq!(completed(0, &[(6..7, 0.4)]), [6..7], "one word alone");
        assert_eq!(completed(2, &[(0..1, 0.4)]), [0..1], "often no name");
    }
}
