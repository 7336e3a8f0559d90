//! Short forms of names: the last name of a person alone is that person in the whole article.

use super::features::ByHash;
use super::label_consistency::Mention;
use super::words::{Word, Words, shape};

/// The least score of a whole name from which its last name is followed.
const SURE: f64 = 0.5;

/// The rarity from which a word of a script without case is hardly ever anything but a name.
const RARE: u8 = 6;

/// The rarity from which a word that opens a sentence may be a name although no list has it.
const UNCOMMON: u8 = 3;

/// Finds the last names of persons where they are alone. Mentions are in order and do not overlap,
/// before and after.
///
/// A last name alone that was found as another type, with a lower score, becomes a person.
pub(super) fn follow(words: &Words, persons: &[bool], mentions: &mut Vec<Mention>) {
    let mut known: ByHash<(usize, f64)> = ByHash::default();
    for mention in mentions.iter() {
        let last = &words.all[mention.words.end - 1];
        let is_whole = mention.words.len() > 1 && mention.score >= SURE;
        if is_whole && persons.get(mention.kind) == Some(&true) && may_be_alone(last) {
            let best = known.entry(last.form).or_default();
            if best.1 < mention.score {
                *best = (mention.kind, mention.score);
            }
        }
    }
    if known.is_empty() {
        return;
    }
    let mut taken = vec![false; words.all.len()];
    for mention in mentions.iter_mut() {
        taken[mention.words.clone()].fill(true);
        if mention.words.len() == 1
            && let Some(&(kind, score)) = known.get(&words.all[mention.words.start].form)
            && score > mention.score
        {
            mention.kind = kind;
        }
    }
    let before = mentions.len();
    for at in (0..words.all.len()).filter(|at| !taken[*at]) {
        let word = &words.all[at];
        if let Some(&(kind, score)) = known.get(&word.form)
            && may_be_alone(word)
            && may_open_sentence(word)
        {
            let words = at..at + 1;
            mentions.push(Mention { words, kind, score });
        }
    }
    if mentions.len() > before {
        mentions.sort_by_key(|mention| mention.words.start);
    }
}

/// Whether a word may be a name without others: with a capital, or in a script without case and not
/// common. Characters of tokens may not.
fn may_be_alone(word: &Word) -> bool {
    let is_rare = word.known.rarity == 0 || word.known.rarity >= RARE;
    word.token.is_none()
        && word.bytes.len() > 2
        && word.shape & shape::DIGIT == 0
        && (word.is_capitalised() || (word.shape & shape::CASELESS != 0 && is_rare))
}

/// Whether a word is no common word that is capitalised because it opens its sentence.
fn may_open_sentence(word: &Word) -> bool {
    let is_common = (1..UNCOMMON).contains(&word.known.rarity) && word.names == 0;
    !word.first || !is_common
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::lexicon::Lexicon;

    const PERSONS: [bool; 3] = [true, false, false];

    /// The names with their types after last names are followed. Each of the given ones has a type
    /// and a score.
    fn followed(language: &str, text: &str, names: &[(&str, usize, f64)]) -> Vec<(String, usize)> {
        let words = Words::read(text, &[0..text.len()], Lexicon::of(language).unwrap());
        let mut from = 0;
        let mut mentions: Vec<Mention> = names
            .iter()
            .map(|&(name, kind, score)| {
                let start = from + text[from..].find(name).unwrap();
                from = start + name.len();
                let place = |byte: usize| words.all.partition_point(|word| word.bytes.end <= byte);
                Mention {
                    words: place(start)..place(from - 1) + 1,
                    kind,
                    score,
                }
            })
            .collect();
        follow(&words, &PERSONS, &mut mentions);
        assert!(mentions.is_sorted_by_key(|mention| mention.words.start));
        let text_of = |mention: &Mention| {
            let (first, last) = (mention.words.start, mention.words.end - 1);
            text[words.all[first].bytes.start..words.all[last].bytes.end].to_owned()
        };
        mentions
            .iter()
            .map(|mention| (text_of(mention), mention.kind))
            .collect()
    }

    fn names(all: &[(&str, usize)]) -> Vec<(String, usize)> {
        all.iter()
            .map(|(name, kind)| ((*name).to_owned(), *kind))
            .collect()
    }

    #[test]
    fn a_last_name_alone_is_the_person_in_headline_and_text() {
        let text = "Issahaku sinks Hearts. Baba Issahaku scored. Then Issahaku left.";
        assert_eq!(
            followed("en", text, &[("Baba Issahaku", 0, 0.8)]),
            names(&[("Issahaku", 0), ("Baba Issahaku", 0), ("Issahaku", 0)])
        );
        let text = "قال فواز الحارثي إن الرحلة قصيرة. وأضاف الحارثي أنها مجانية.";
        let found = followed("ar", text, &[("فواز الحارثي", 0, 0.8)]);
        assert_eq!(found.last().unwrap(), &("الحارثي".to_owned(), 0));
    }

    #[test]
    fn the_surer_type_wins() {
        let text = "Neil Dundee spoke. Dundee smiled.";
        let found = [("Neil Dundee", 0, 0.8), ("Dundee", 2, 0.6)];
        assert_eq!(followed("en", text, &found)[1].1, 0);
        let found = [("Neil Dundee", 0, 0.6), ("Dundee", 2, 0.8)];
        assert_eq!(followed("en", text, &found)[1].1, 2);
    }

    #[test]
    fn common_words_and_unsure_names_are_not_followed() {
        let text = "Ann With spoke. With her came others.";
        assert_eq!(followed("en", text, &[("Ann With", 0, 0.8)]).len(), 1);
        let text = "Ann Borg spoke. Then Borg left.";
        assert_eq!(followed("en", text, &[("Ann Borg", 0, 0.4)]).len(), 1);
        // Nor are places and bodies.
        let text = "New Gozo slept. Then Gozo woke.";
        assert_eq!(followed("en", text, &[("New Gozo", 2, 0.9)]).len(), 1);
    }
}
