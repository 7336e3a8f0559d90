//! The edges of found names: titles before a person's name and words that open a sentence are cut
//! off, and parts that particles and hyphens join are put together.

use std::ops::Range;

use super::find::FoundName;
use super::lexicon::{Lexicon, WordHash, part};
use super::titles::Titles;
use super::words::{Word, Words, shape};

/// Particles that join the parts of a person's name, and hardly anything else that follows a name.
/// In order.
const JOINING: [&str; 11] = [
    "bin", "bint", "de la", "de las", "de los", "ibn", "van", "van de", "van den", "van der",
    "von der",
];

/// Particles that join two parts of a name if both were found to be a person's. In order.
const WEAKLY_JOINING: [&str; 9] = ["da", "das", "de", "del", "della", "di", "do", "dos", "du"];

/// Common words that also begin names, as in "De Gaulle". In order.
const BEGINNING: [&str; 30] = [
    "abu", "al", "ben", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos",
    "du", "el", "ibn", "la", "las", "le", "les", "lo", "los", "o", "san", "ten", "ter", "van",
    "von", "zu",
];

/// Which of a model's types are persons.
pub(super) type Persons = [bool];

/// Corrects the edges of names, which are in order and do not overlap, before and after.
///
/// Without `titles`, those before a name stay. A title that is part of a confirmed name stays, too.
pub(super) fn correct(
    text: &str,
    words: &Words,
    lexicon: &Lexicon,
    titles: Option<&Titles>,
    persons: &Persons,
    found: &mut Vec<FoundName>,
) {
    let is_person = |name: &FoundName| persons.get(name.kind) == Some(&true);
    for name in found.iter_mut().filter(|name| is_person(name)) {
        name.bytes = without_opener(text, words, &name.bytes);
        if let Some(titles) = titles {
            name.bytes = without_titles(text, words, titles, &name.bytes);
        }
    }
    let mut at = 0;
    while at < found.len() {
        if is_person(&found[at]) {
            extend_back(text, lexicon, found, at);
            let next = found.get(at + 1).cloned();
            match join(
                text,
                lexicon,
                &found[at].bytes,
                next.as_ref().map(|next| (&next.bytes, is_person(next))),
            ) {
                Joined::Next(end) => {
                    found[at].bytes.end = end;
                    let next = found.remove(at + 1);
                    found[at].score = found[at].score.min(next.score);
                    continue;
                }
                Joined::Free(end) => {
                    found[at].bytes.end = end;
                    continue;
                }
                Joined::Nothing => {}
            }
        }
        at += 1;
    }
}

/// Whether a name of a person begins with a title that is followed by a name.
pub(super) fn has_title(titles: &Titles, name: &str) -> bool {
    name.split_once(char::is_whitespace)
        .is_some_and(|(first, rest)| titles.has(first) && begins_name(rest))
}

/// Whether the words before a place of the text end with a title.
pub(super) fn follows_title(titles: &Titles, before: &str) -> bool {
    let before = before.trim_end_matches(' ');
    let last = before.rsplit(char::is_whitespace).next();
    last.is_some_and(|last| titles.has(last))
}

fn begins_name(rest: &str) -> bool {
    let first = rest.trim_start().chars().next();
    first.is_some_and(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()))
}

fn word_at(words: &Words, start: usize) -> Option<&Word> {
    let nth = words
        .all
        .binary_search_by_key(&start, |word| word.bytes.start);
    nth.ok().map(|nth| &words.all[nth])
}

/// A name without the titles before it.
fn without_titles(text: &str, words: &Words, titles: &Titles, name: &Range<usize>) -> Range<usize> {
    let mut start = name.start;
    // A confirmed name keeps what the annotator tagged.
    while word_at(words, start).is_none_or(|word| word.gazetteer == 0) {
        let Some((first, rest)) = text[start..name.end].split_once(char::is_whitespace) else {
            break;
        };
        if !titles.has(first) || !begins_name(rest) {
            break;
        }
        start = name.end - rest.trim_start().len();
    }
    start..name.end
}

/// A name without the common word before it that is only capitalised because it opens a sentence.
fn without_opener(text: &str, words: &Words, name: &Range<usize>) -> Range<usize> {
    let own = &text[name.clone()];
    let (Some(word), Some((first, rest))) = (
        word_at(words, name.start),
        own.split_once(char::is_whitespace),
    ) else {
        return name.clone();
    };
    // Not "II." of "II. Erzsébet".
    let is_word = first.chars().all(char::is_alphabetic) && word.shape & shape::ALL_CAPITALS == 0;
    let is_opener = word.first
        && is_word
        && word.gazetteer == 0
        && word.names | word.stem == 0
        && word.known.rarity == 1
        && matches!(word.known.capital_rate, 1 | 2)
        && BEGINNING
            .binary_search(&first.to_lowercase().as_str())
            .is_err();
    if is_opener && begins_name(rest) {
        name.end - rest.trim_start().len()..name.end
    } else {
        name.clone()
    }
}

/// What a name is joined with.
enum Joined {
    Nothing,
    /// The next name, up to this byte.
    Next(usize),
    /// A word that is no name by itself, up to this byte.
    Free(usize),
}

/// Looks after a person's name for particles or a hyphen with another part of it.
fn join(
    text: &str,
    lexicon: &Lexicon,
    name: &Range<usize>,
    next: Option<(&Range<usize>, bool)>,
) -> Joined {
    let rest = &text[name.end..];
    let (start, is_strong) = if let Some(after) = rest.strip_prefix('-') {
        let part = word_of(after);
        let is_name = is_listed(lexicon, part) && begins_name(part);
        (is_name.then_some(name.end + 1), true)
    } else {
        after_particles(&text[name.clone()], rest, name.end)
    };
    let Some(start) = start else {
        return Joined::Nothing;
    };
    let end = start + word_of(&text[start..]).len();
    match next {
        Some((next, true)) if next.start == start => Joined::Next(next.end),
        Some((next, _)) if next.start < end => Joined::Nothing,
        _ if is_strong && end > start => Joined::Free(end),
        _ => Joined::Nothing,
    }
}

/// The place of the capitalised word after particles, and whether they join names alone.
fn after_particles(name: &str, rest: &str, offset: usize) -> (Option<usize>, bool) {
    let Some(after) = rest.strip_prefix(' ') else {
        return (None, false);
    };
    let next = after
        .split(' ')
        .take(4)
        .scan(0, |at, word| {
            let start = *at;
            *at += word.len() + 1;
            Some((start, word))
        })
        .find(|(_, word)| begins_name(word));
    let Some((start, word)) = next.filter(|(start, _)| *start > 0) else {
        return (None, false);
    };
    let particles = &after[..start - 1];
    // "Otto von Bismarck", but "Bücher Peter Handkes von Suhrkamp".
    let is_strong =
        JOINING.binary_search(&particles).is_ok() || (particles == "von" && !name.contains(' '));
    let joins = is_strong || particles == "von" || WEAKLY_JOINING.binary_search(&particles).is_ok();
    let is_word = word_of(word).chars().count() > 1;
    ((joins && is_word).then_some(offset + 1 + start), is_strong)
}

/// Takes in "al-" and the listed first part of a hyphenated name before it.
fn extend_back(text: &str, lexicon: &Lexicon, found: &mut [FoundName], at: usize) {
    let start = found[at].bytes.start;
    let Some(before) = text[..start].strip_suffix('-') else {
        return;
    };
    let part_start = before
        .char_indices()
        .rev()
        .find(|(_, c)| !c.is_alphabetic())
        .map_or(0, |(at, c)| at + c.len_utf8());
    let part = &before[part_start..];
    let is_free = at == 0 || found[at - 1].bytes.end <= part_start;
    // Not the last part of a longer compound.
    let is_whole = !before[..part_start].ends_with(['-', '\'', '’']);
    let is_article = ["al", "el", "Al", "El"].contains(&part);
    if is_free && is_whole && (is_article || (begins_name(part) && is_listed(lexicon, part))) {
        found[at].bytes.start = part_start;
    }
}

/// The letters at the start of a text.
fn word_of(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphabetic());
    &text[..end.unwrap_or(text.len())]
}

fn is_listed(lexicon: &Lexicon, word: &str) -> bool {
    lexicon.name(WordHash::lower(word)) & (part::FIRST | part::LAST) != 0
        && lexicon.word(WordHash::lower(word)).rarity != 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is suggested in a text where a model found these persons. `+` is before a name that an
    /// annotator confirmed.
    fn corrected(language: &str, text: &str, names: &[&str]) -> Vec<String> {
        let lexicon = Lexicon::of(language).unwrap();
        let mut words = Words::read(text, &[0..text.len()], lexicon);
        let mut found = Vec::new();
        let mut from = 0;
        for name in names {
            let own = name.trim_start_matches('+');
            let start = from + text[from..].find(own).unwrap();
            from = start + own.len();
            if own != *name {
                let range = start..from;
                let inside = |word: &&mut Word| range.contains(&word.bytes.start);
                for word in words.all.iter_mut().filter(inside) {
                    word.gazetteer = 1;
                }
            }
            found.push(FoundName {
                bytes: start..from,
                kind: 0,
                score: 0.9,
            });
        }
        correct(
            text,
            &words,
            lexicon,
            Titles::of(language),
            &[true],
            &mut found,
        );
        found
            .iter()
            .map(|name| text[name.bytes.clone()].to_owned())
            .collect()
    }

    #[test]
    fn a_reader_gets_the_name_and_not_the_title() {
        for (language, text, found, name) in [
            (
                "de",
                "Am Montag sprach Verkehrsminister Volker Wissing in Kiel.",
                "Verkehrsminister Volker Wissing",
                "Volker Wissing",
            ),
            (
                "de",
                "Bundeskanzlerin Dr. Merkel kam.",
                "Bundeskanzlerin Dr. Merkel",
                "Merkel",
            ),
            (
                "fr",
                "Le Président Emmanuel Macron part.",
                "Président Emmanuel Macron",
                "Emmanuel Macron",
            ),
            ("fr", "Selon Mme Dupont, rien.", "Mme Dupont", "Dupont"),
            (
                "es",
                "La Ministra Ana Ruiz llega.",
                "Ministra Ana Ruiz",
                "Ana Ruiz",
            ),
            (
                "cs",
                "Premiér Petr Novák odjel.",
                "Premiér Petr Novák",
                "Petr Novák",
            ),
            (
                "pl",
                "Prezydenta Jana Kowalskiego nie było.",
                "Prezydenta Jana Kowalskiego",
                "Jana Kowalskiego",
            ),
            (
                "ru",
                "Президент Иван Петров уехал.",
                "Президент Иван Петров",
                "Иван Петров",
            ),
            (
                "el",
                "Ο Πρωθυπουργός Νίκος Παππάς μίλησε.",
                "Πρωθυπουργός Νίκος Παππάς",
                "Νίκος Παππάς",
            ),
            (
                "en",
                "Then President Ann Lee left.",
                "President Ann Lee",
                "Ann Lee",
            ),
            // A title without a name after it is left as it is.
            (
                "de",
                "Der Bundeskanzler kam.",
                "Bundeskanzler",
                "Bundeskanzler",
            ),
            (
                "en",
                "Nobody saw Angela Minister.",
                "Angela Minister",
                "Angela Minister",
            ),
        ] {
            assert_eq!(corrected(language, text, &[found]), [name], "{text}");
        }
    }

    #[test]
    fn a_confirmed_name_keeps_the_title_that_its_annotator_tagged() {
        let text = "Bundeskanzler Scholz kam.";
        let name = "Bundeskanzler Scholz";
        assert_eq!(corrected("de", text, &[name]), ["Scholz"]);
        assert_eq!(corrected("de", text, &["+Bundeskanzler Scholz"]), [name]);
    }

    #[test]
    fn words_that_open_a_sentence_are_no_part_of_a_name() {
        assert_eq!(
            corrected("de", "Und Merkel kam.", &["Und Merkel"]),
            ["Merkel"]
        );
        assert_eq!(
            corrected("fr", "Avec Macron, rien.", &["Avec Macron"]),
            ["Macron"]
        );
        // Particles are part of it.
        let particle = "De Gaulle left.";
        assert_eq!(corrected("en", particle, &["De Gaulle"]), ["De Gaulle"]);
    }

    #[test]
    fn rulers_keep_their_number() {
        for (language, text, name) in [
            ("hu", "II. Erzsébet meghalt.", "II. Erzsébet"),
            ("hu", "IV. Károly elment.", "IV. Károly"),
            ("tr", "XIV. Louis öldü.", "XIV. Louis"),
            ("tr", "II. Mehmet geldi.", "II. Mehmet"),
        ] {
            assert_eq!(corrected(language, text, &[name]), [name]);
        }
    }

    #[test]
    fn particles_and_hyphens_join_the_parts_of_a_name() {
        for (language, text, found, names) in [
            (
                "de",
                "Nun kam Ursula von der Leyen an.",
                &["Ursula", "Leyen"][..],
                &["Ursula von der Leyen"][..],
            ),
            (
                "nl",
                "Daar liep Piet van Dijk weg.",
                &["Piet"],
                &["Piet van Dijk"],
            ),
            (
                "es",
                "Habló Juan de la Cruz ayer.",
                &["Juan", "Cruz"],
                &["Juan de la Cruz"],
            ),
            ("ar", "met bin Laden", &["Laden"], &["Laden"]),
            ("en", "So said Bashar al-Assad.", &["Assad"], &["al-Assad"]),
            ("fr", "Ici, Jean-Luc partit.", &["Luc"], &["Jean-Luc"]),
            // A place after "de", and a compound with a name, are no part of it.
            ("es", "Habló Juan de Sevilla.", &["Juan"], &["Juan"]),
            (
                "pt",
                "Vieram Ana e Maria.",
                &["Ana", "Maria"],
                &["Ana", "Maria"],
            ),
            ("de", "Da gab Müller den Text ab.", &["Müller"], &["Müller"]),
            ("de", "Die Merkel-Regierung kam.", &["Merkel"], &["Merkel"]),
            (
                "de",
                "Nun spielt Peter von gestern.",
                &["Peter"],
                &["Peter"],
            ),
        ] {
            assert_eq!(corrected(language, text, found), names, "{text}");
        }
    }

    #[test]
    fn lists_of_words_are_in_order() {
        assert!(JOINING.is_sorted() && WEAKLY_JOINING.is_sorted() && BEGINNING.is_sorted());
    }

    #[test]
    fn titles_inside_and_before_names_are_told_apart() {
        let german = Titles::of("de").unwrap();
        assert!(has_title(german, "Minister Wissing") && !has_title(german, "Volker Wissing"));
        assert!(!has_title(german, "Minister"));
        assert!(follows_title(german, "sagte Minister ") && !follows_title(german, "sagte "));
    }
}
