//! Names that annotators confirmed and the model misses: the same words are that name again.

use std::ops::Range;

use super::label_consistency::Mention;
use super::words::{Word, Words, shape};

/// The rarity from which a word that opens a sentence may be a name.
const UNCOMMON: u8 = 3;

/// Adds the names that annotators are sure to tag again where nothing was found. All are in order
/// and do not overlap, before and after.
///
/// A name is not added inside a longer run of capitalised words, which is another name, nor where a
/// sentence begins with a common word.
pub(super) fn add(words: &Words, certain: &[Mention], mentions: &mut Vec<Mention>) {
    if certain.is_empty() {
        return;
    }
    let mut taken = vec![false; words.all.len()];
    for mention in mentions.iter() {
        taken[mention.words.clone()].fill(true);
    }
    let before = mentions.len();
    for name in certain {
        let is_free = !taken[name.words.clone()].contains(&true);
        if is_free && !is_in_longer_run(words, &name.words) && !is_common_opener(words, &name.words)
        {
            mentions.push(name.clone());
        }
    }
    if mentions.len() > before {
        mentions.sort_by_key(|mention| mention.words.start);
    }
}

/// Whether a capitalised word of the same sentence is right before or after these words.
fn is_in_longer_run(words: &Words, name: &Range<usize>) -> bool {
    let sentence = words
        .sentences
        .partition_point(|sentence| sentence.end <= name.start);
    let sentence = words.sentences.get(sentence).cloned().unwrap_or_default();
    let goes_on = |word: &Word| {
        word.is_capitalised() && word.shape & shape::SIGN == 0 && !is_common_first(word)
    };
    let before = name.start.checked_sub(1).filter(|at| *at >= sentence.start);
    let after = Some(name.end).filter(|at| *at < sentence.end);
    [before, after]
        .into_iter()
        .flatten()
        .any(|at| goes_on(&words.all[at]))
}

/// Whether the name is one word that opens its sentence and is common without a capital.
fn is_common_opener(words: &Words, name: &Range<usize>) -> bool {
    name.len() == 1 && is_common_first(&words.all[name.start])
}

fn is_common_first(word: &Word) -> bool {
    word.first && (1..UNCOMMON).contains(&word.known.rarity) && word.names == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::gazetteer::{Gazetteer, confirmed_in};
    use crate::tag::lexicon::Lexicon;

    /// What is added to these mentions of a text, after a name was confirmed and left untagged so
    /// often.
    fn added(
        name: &str,
        (confirmed, untagged): (usize, usize),
        text: &str,
        mentions: &[Range<usize>],
    ) -> Vec<Range<usize>> {
        let lexicon = Lexicon::of("en").unwrap();
        let known = Words::read(name, &[0..name.len()], lexicon);
        let mut tags = vec![2; known.all.len()];
        tags[0] = 1;
        let mut gazetteer = Gazetteer::default();
        for _ in 0..confirmed {
            gazetteer.count(&confirmed_in(name, &known.all, &tags));
        }
        gazetteer.count_untagged(&vec![name.to_owned(); untagged], 1);
        let words = Words::read(text, &[0..text.len()], lexicon);
        let certain = gazetteer.certain(text, &words.all);
        let mention = |words: &Range<usize>| Mention {
            words: words.clone(),
            kind: 0,
            score: 0.5,
        };
        let mut all: Vec<Mention> = mentions.iter().map(mention).collect();
        add(&words, &certain, &mut all);
        assert!(all.is_sorted_by_key(|mention| mention.words.start));
        let all = all.into_iter().map(|mention| mention.words);
        all.filter(|words| !mentions.contains(words)).collect()
    }

    const NONE: [Range<usize>; 0] = [];
    const TEXT: &str = "He left Brandok Trading in May. Brandok Trading sued.";

    #[test]
    fn a_confirmed_name_is_added_where_nothing_was_found() {
        assert_eq!(added("Brandok Trading", (12, 0), TEXT, &[]), [2..4, 7..9]);
        // Not where the model finds it, nor a name that overlaps it.
        for found in [2..4, 0..3] {
            assert_eq!(added("Brandok Trading", (12, 0), TEXT, &[found]), [7..9]);
        }
    }

    #[test]
    fn names_that_annotators_often_leave_are_not_added() {
        assert_eq!(added("Brandok Trading", (4, 0), TEXT, &[]), NONE);
        assert_eq!(added("Brandok Trading", (12, 1), TEXT, &[]).len(), 2);
        assert_eq!(added("Brandok Trading", (12, 2), TEXT, &[]), NONE);
        assert_eq!(added("Brandok Trading", (6, 1), TEXT, &[]), NONE);
    }

    #[test]
    fn other_words_of_the_same_letters_are_not_added() {
        let longer = "He joined Brandok Trading Standards, and then brandok trading.";
        assert_eq!(added("Brandok Trading", (12, 0), longer, &[]), NONE);
        // A magazine, and not the word that opens a question.
        let opener = "Which of them is last? They read Which there.";
        assert_eq!(added("Which", (12, 0), opener, &[]), [8..9]);
    }
}
