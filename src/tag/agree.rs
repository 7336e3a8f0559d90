//! One article, one meaning: what is a name in one place is the same name wherever the same words stand in the article, if the
//! model is sure enough of it over all of them. (One sense per discourse: Gale, Church and Yarowsky 1992.)

use std::ops::Range;

use super::features::ByHash;
use super::words::{Word, Words};

/// A name among the words of an article.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spot {
    /// Its words, by their numbers.
    pub words: Range<usize>,
    /// Its type, by its number in the model.
    pub kind: usize,
    /// How likely it is right, from 0 to 1.
    pub score: f64,
}

/// Where the scores of a name, shared out over all places where its words stand, are at least this, it is one in each of them ...
const EVERYWHERE: f64 = 0.4;

/// ... and where they are less than this, and it was not taken for one in each, in none.
const NOWHERE: f64 = 0.2;

/// The same words, wherever they stand.
struct Name {
    /// Where they stand first, as a name.
    words: Range<usize>,
    /// For each type that they were found as, the sum of the scores.
    kinds: Vec<(usize, f64)>,
    /// In so many places they are a name.
    tagged: usize,
    /// Where they stand and nothing was found.
    bare: Vec<usize>,
}

impl Name {
    /// The type with most of the scores; of two, the one that was found first.
    fn kind(&self) -> usize {
        let first = self.kinds[0];
        let most = self.kinds[1..].iter().fold(
            first,
            |most, kind| if kind.1 > most.1 { *kind } else { most },
        );
        most.0
    }

    /// The scores, shared out over all places.
    fn share(&self) -> f64 {
        let sum: f64 = self.kinds.iter().map(|(_, score)| score).sum();
        sum / (self.tagged + self.bare.len()) as f64
    }
}

/// Makes the names of an article agree; `spots` are in order and do not overlap, before and after.
pub(super) fn agree(words: &Words, spots: &mut Vec<Spot>) {
    let all = &words.all;
    let mut names: Vec<Name> = Vec::new();
    // For the first word of a name, the names that begin with it.
    let mut begins: ByHash<Vec<usize>> = ByHash::default();
    let mut of_spot = Vec::with_capacity(spots.len());
    let mut taken = vec![false; all.len()];
    for spot in spots.iter() {
        taken[spot.words.clone()].fill(true);
        let same = begins.entry(all[spot.words.start].form).or_default();
        let known = same
            .iter()
            .find(|name| are_same(&all[names[**name].words.clone()], &all[spot.words.clone()]));
        let name = match known {
            Some(name) => *name,
            None => {
                same.push(names.len());
                names.push(Name {
                    words: spot.words.clone(),
                    kinds: Vec::new(),
                    tagged: 0,
                    bare: Vec::new(),
                });
                names.len() - 1
            }
        };
        of_spot.push(name);
        let name = &mut names[name];
        name.tagged += 1;
        match name.kinds.iter_mut().find(|(kind, _)| *kind == spot.kind) {
            Some((_, sum)) => *sum += spot.score,
            None => name.kinds.push((spot.kind, spot.score)),
        }
    }
    for sentence in &words.sentences {
        for at in sentence.clone() {
            if taken[at] {
                continue;
            }
            for &name in begins.get(&all[at].form).into_iter().flatten() {
                let name = &mut names[name];
                let end = at + name.words.len();
                if end <= sentence.end
                    && !taken[at..end].contains(&true)
                    && are_same(&all[name.words.clone()], &all[at..end])
                {
                    name.bare.push(at);
                }
            }
        }
    }
    let mut nth = 0;
    spots.retain_mut(|spot| {
        let name = &names[of_spot[nth]];
        nth += 1;
        spot.kind = name.kind();
        name.bare.is_empty() || name.share() >= NOWHERE
    });
    // Of names that share words, the longer is filled in first.
    names.sort_by_key(|name| std::cmp::Reverse(name.words.len()));
    let before = spots.len();
    for name in names.iter().filter(|name| name.share() >= EVERYWHERE) {
        for &at in &name.bare {
            let place = at..at + name.words.len();
            if !taken[place.clone()].contains(&true) {
                taken[place.clone()].fill(true);
                spots.push(Spot {
                    words: place,
                    kind: name.kind(),
                    score: name.share(),
                });
            }
        }
    }
    if spots.len() > before {
        spots.sort_by_key(|spot| spot.words.start);
    }
}

/// Whether two runs of words are written alike, with the same signs in between.
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

    /// The names after they agree, from places of words, types and scores.
    fn agreed(spots: &[(usize, usize, usize, f64)]) -> Vec<(String, usize)> {
        let words = Words::read(TEXT, &[0..TEXT.len()], Lexicon::shipped());
        let mut spots: Vec<Spot> = spots
            .iter()
            .map(|&(start, end, kind, score)| Spot {
                words: start..end,
                kind,
                score,
            })
            .collect();
        agree(&words, &mut spots);
        spots
            .iter()
            .map(|spot| {
                let bytes = words.all[spot.words.start].bytes.start
                    ..words.all[spot.words.end - 1].bytes.end;
                (
                    format!("{}@{}", &TEXT[bytes.clone()], bytes.start),
                    spot.kind,
                )
            })
            .collect()
    }

    #[test]
    fn what_the_model_is_sure_of_is_a_name_everywhere() {
        assert_eq!(
            agreed(&[(0, 2, 3, 0.9), (6, 8, 3, 0.8)]),
            [
                ("Gozo Star@0".to_owned(), 3),
                ("Gozo Star@27".to_owned(), 3),
                ("Gozo Star@69".to_owned(), 3)
            ]
        );
        // A longer name stays whole.
        assert_eq!(
            agreed(&[(0, 2, 3, 0.9), (16, 19, 1, 0.8)]),
            [
                ("Gozo Star@0".to_owned(), 3),
                ("Gozo Star@27".to_owned(), 3),
                ("Gozo Star Line@69".to_owned(), 1)
            ]
        );
    }

    #[test]
    fn what_it_doubts_everywhere_is_no_name_and_one_type_wins() {
        assert_eq!(agreed(&[(0, 2, 3, 0.3)]), []);
        assert_eq!(
            agreed(&[(0, 2, 3, 0.5), (6, 8, 1, 0.9), (16, 18, 3, 0.3)]),
            [
                ("Gozo Star@0".to_owned(), 1),
                ("Gozo Star@27".to_owned(), 1),
                ("Gozo Star@69".to_owned(), 1)
            ]
        );
        // In between, each place is left as it is.
        assert_eq!(agreed(&[(0, 2, 3, 0.9)]), [("Gozo Star@0".to_owned(), 3)]);
    }
}
