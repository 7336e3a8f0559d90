//! Label consistency within an article: the same words are the same name in all places, or in none
//! of them, if the model is sure enough (one sense per discourse; Gale, Church and Yarowsky 1992).

use std::ops::Range;

use super::features::ByHash;
use super::words::{Word, Words};

/// A mention of a name among the words of an article.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mention {
    /// The range of its words.
    pub words: Range<usize>,
    /// Its type, as an index into the model's types.
    pub kind: usize,
    /// The probability that it is right, from 0 to 1.
    pub score: f64,
}

/// The least mean score over all places at which the words become a name in each of them.
const EVERYWHERE: f64 = 0.4;

/// The mean score below which the words become a name in none of them, unless they were found in
/// all.
const NOWHERE: f64 = 0.2;

/// All occurrences of the same words, some of which are mentions.
struct Name {
    /// The first mention.
    words: Range<usize>,
    /// For each type of the mentions, the sum of their scores.
    kinds: Vec<(usize, f64)>,
    /// The number of mentions.
    mentions: usize,
    /// The other occurrences.
    others: Vec<usize>,
}

impl Name {
    /// The type with the highest sum; of equals, the first.
    fn kind(&self) -> usize {
        let first = self.kinds[0];
        let most = self.kinds[1..].iter().fold(
            first,
            |most, kind| if kind.1 > most.1 { *kind } else { most },
        );
        most.0
    }

    /// The mean score over all occurrences.
    fn mean(&self) -> f64 {
        let sum: f64 = self.kinds.iter().map(|(_, score)| score).sum();
        sum / (self.mentions + self.others.len()) as f64
    }
}

/// The names of an article.
#[derive(Default)]
struct Names {
    all: Vec<Name>,
    /// The names by the hash of their first word.
    by_first_word: ByHash<Vec<usize>>,
    /// For each mention, its name.
    of_mentions: Vec<usize>,
}

impl Names {
    /// Groups mentions by their words.
    fn of(words: &Words, mentions: &[Mention]) -> Self {
        let mut names = Self::default();
        for mention in mentions {
            let name = names.number_of(words, mention);
            names.of_mentions.push(name);
            let name = &mut names.all[name];
            name.mentions += 1;
            match name
                .kinds
                .iter_mut()
                .find(|(kind, _)| *kind == mention.kind)
            {
                Some((_, sum)) => *sum += mention.score,
                None => name.kinds.push((mention.kind, mention.score)),
            }
        }
        names
    }

    /// The index of the name of a mention, which is added if it is new.
    fn number_of(&mut self, words: &Words, mention: &Mention) -> usize {
        let own = &words.all[mention.words.clone()];
        let same = self.by_first_word.entry(own[0].form).or_default();
        let known = same
            .iter()
            .find(|name| are_same(&words.all[self.all[**name].words.clone()], own));
        if let Some(name) = known {
            return *name;
        }
        same.push(self.all.len());
        self.all.push(Name {
            words: mention.words.clone(),
            kinds: Vec::new(),
            mentions: 0,
            others: Vec::new(),
        });
        self.all.len() - 1
    }

    /// Finds the occurrences of names that are no mentions.
    fn find_others(&mut self, words: &Words, taken: &[bool]) {
        let all = &words.all;
        for sentence in &words.sentences {
            for at in sentence.clone().filter(|at| !taken[*at]) {
                for &name in self.by_first_word.get(&all[at].form).into_iter().flatten() {
                    let name = &mut self.all[name];
                    let end = at + name.words.len();
                    if end <= sentence.end
                        && !taken[at..end].contains(&true)
                        && are_same(&all[name.words.clone()], &all[at..end])
                    {
                        name.others.push(at);
                    }
                }
            }
        }
    }
}

/// Makes the mentions of an article consistent. They are in order and do not overlap, before and
/// after.
pub(super) fn make_consistent(words: &Words, mentions: &mut Vec<Mention>) {
    let mut taken = vec![false; words.all.len()];
    for mention in mentions.iter() {
        taken[mention.words.clone()].fill(true);
    }
    let mut names = Names::of(words, mentions);
    names.find_others(words, &taken);
    let mut of_mentions = names.of_mentions.iter();
    mentions.retain_mut(|mention| {
        let Some(name) = of_mentions.next().map(|name| &names.all[*name]) else {
            return true;
        };
        mention.kind = name.kind();
        name.others.is_empty() || name.mean() >= NOWHERE
    });
    // Of names that share words, the longer one comes first.
    names
        .all
        .sort_by_key(|name| std::cmp::Reverse(name.words.len()));
    let before = mentions.len();
    for name in names.all.iter().filter(|name| name.mean() >= EVERYWHERE) {
        for &at in &name.others {
            let place = at..at + name.words.len();
            if !taken[place.clone()].contains(&true) {
                taken[place.clone()].fill(true);
                mentions.push(Mention {
                    words: place,
                    kind: name.kind(),
                    score: name.mean(),
                });
            }
        }
    }
    if mentions.len() > before {
        mentions.sort_by_key(|mention| mention.words.start);
    }
}

/// Whether two runs of words are written alike.
fn are_same(one: &[Word], other: &[Word]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|(one, other)| one.form == other.form)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::lexicon::Lexicon;

    const TEXT: &str =
        "Gozo Star sank. Nobody saw Gozo Star sink. Star Gozo is another. The Gozo Star Line wept.";

    /// The names after they are made consistent, from ranges of words, types and scores.
    fn consistent(mentions: &[(usize, usize, usize, f64)]) -> Vec<(String, usize)> {
        let words = Words::read(TEXT, &[0..TEXT.len()], Lexicon::shipped());
        let mut mentions: Vec<Mention> = mentions
            .iter()
            .map(|&(start, end, kind, score)| Mention {
                words: start..end,
                kind,
                score,
            })
            .collect();
        make_consistent(&words, &mut mentions);
        mentions
            .iter()
            .map(|mention| {
                let bytes = words.all[mention.words.start].bytes.start
                    ..words.all[mention.words.end - 1].bytes.end;
                (
                    format!("{}@{}", &TEXT[bytes.clone()], bytes.start),
                    mention.kind,
                )
            })
            .collect()
    }

    #[test]
    fn a_sure_name_is_one_everywhere() {
        assert_eq!(
            consistent(&[(0, 2, 3, 0.9), (6, 8, 3, 0.8)]),
            [
                ("Gozo Star@0".to_owned(), 3),
                ("Gozo Star@27".to_owned(), 3),
                ("Gozo Star@69".to_owned(), 3)
            ]
        );
        // A longer name stays whole.
        assert_eq!(
            consistent(&[(0, 2, 3, 0.9), (16, 19, 1, 0.8)]),
            [
                ("Gozo Star@0".to_owned(), 3),
                ("Gozo Star@27".to_owned(), 3),
                ("Gozo Star Line@69".to_owned(), 1)
            ]
        );
    }

    #[test]
    fn a_doubtful_name_is_dropped_and_one_type_wins() {
        assert_eq!(consistent(&[(0, 2, 3, 0.3)]), []);
        assert_eq!(
            consistent(&[(0, 2, 3, 0.5), (6, 8, 1, 0.9), (16, 18, 3, 0.3)]),
            [
                ("Gozo Star@0".to_owned(), 1),
                ("Gozo Star@27".to_owned(), 1),
                ("Gozo Star@69".to_owned(), 1)
            ]
        );
        // In between, each place is left as it is.
        assert_eq!(
            consistent(&[(0, 2, 3, 0.9)]),
            [("Gozo Star@0".to_owned(), 3)]
        );
    }
}
