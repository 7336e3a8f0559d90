//! Titles, jobs and forms of address before a person's name, by language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The words, as the file describes them.
const WORDS: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/assets/tagger/titles.txt"
));

/// The largest number of letters of a case ending.
const LONGEST_ENDING: usize = 4;

static ALL: LazyLock<BTreeMap<&'static str, Titles>> = LazyLock::new(|| {
    let lines = WORDS.lines().filter(|line| !line.starts_with('#'));
    let titles = lines.filter_map(|line| {
        let (language, words) = line.split_once(' ')?;
        Some((language, Titles::read(words)))
    });
    titles.collect()
});

/// The titles of a language, in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Titles {
    whole: Vec<&'static str>,
    /// The beginnings of words.
    beginnings: Vec<&'static str>,
    /// The ends of compounds.
    ends: Vec<&'static str>,
}

impl Titles {
    /// The titles of a language, by its primary BCP 47 tag. `None` if there are none.
    pub(super) fn of(language: &str) -> Option<&'static Self> {
        ALL.get(language)
    }

    fn read(words: &'static str) -> Self {
        let mut titles = Self::default();
        for word in words.split_whitespace() {
            match (word.strip_prefix('*'), word.strip_suffix('*')) {
                (Some(end), None) => titles.ends.push(end),
                (None, Some(beginning)) => titles.beginnings.push(beginning),
                (Some(middle), Some(_)) => {
                    let middle = middle.trim_end_matches('*');
                    titles.ends.push(middle);
                    titles.beginnings.push(middle);
                }
                (None, None) => titles.whole.push(word),
            }
        }
        for words in [&mut titles.whole, &mut titles.beginnings, &mut titles.ends] {
            words.sort_unstable();
        }
        titles
    }

    /// Whether a word is a title. A full stop at its end, as in "Dr.", does not count.
    pub(super) fn has(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        let word = lower.trim_end_matches('.');
        let is = |words: &[&str], word: &str| words.binary_search(&word).is_ok();
        if is(&self.whole, word) || is(&self.ends, word) {
            return true;
        }
        let cuts = word.char_indices().map(|(at, _)| at);
        let mut endings = cuts.clone().rev().take(LONGEST_ENDING);
        is(&self.beginnings, word)
            || endings.any(|at| is(&self.beginnings, &word[..at]))
            || cuts.skip(1).any(|at| is(&self.ends, &word[at..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::lexicon;

    #[test]
    fn titles_of_many_languages_are_known_in_their_forms() {
        for (language, title) in [
            ("en", "Dr."),
            ("de", "Verkehrsminister"),
            ("de", "Bundeskanzlerin"),
            ("fr", "Mme"),
            ("es", "Presidenta"),
            ("pl", "Premiera"),
            ("ru", "Президентом"),
            ("uk", "Прем'єр-міністру"),
            ("cs", "Ministryně"),
            ("fi", "Ulkoministeri"),
            ("sv", "Utrikesministern"),
            ("el", "Πρωθυπουργός"),
            ("vi", "Ông"),
        ] {
            assert!(
                Titles::of(language).unwrap().has(title),
                "{language} {title}"
            );
        }
        for (language, name) in [
            ("en", "Angela"),
            ("de", "Merkel"),
            ("de", "Minden"),
            ("pl", "Prezes-Nowak"),
            ("ru", "Мария"),
            ("fr", "Macron"),
        ] {
            assert!(
                !Titles::of(language).unwrap().has(name),
                "{language} {name}"
            );
        }
    }

    #[test]
    fn only_languages_with_a_lexicon_have_titles() {
        for language in ALL.keys() {
            assert!(lexicon::Lexicon::of(language).is_some(), "{language}");
        }
    }
}
