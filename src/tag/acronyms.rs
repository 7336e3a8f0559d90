//! Acronyms with their long form: "European Central Bank (ECB)" makes "ECB" a name of the same type
//! in the whole article.

use std::ops::Range;

use super::find::FoundName;
use super::words::Words;

/// The largest number of letters of an acronym.
const LONGEST: usize = 9;

/// Gives the acronyms of found bodies their type wherever they are. Names are in order and do not
/// overlap, before and after.
pub(super) fn follow(text: &str, words: &Words, bodies: &[bool], found: &mut Vec<FoundName>) {
    let known = acronyms(text, bodies, found);
    for (acronym, kind, score) in known {
        for word in &words.all {
            if text.get(word.bytes.clone()) != Some(acronym) {
                continue;
            }
            let at = found.partition_point(|name| name.bytes.end <= word.bytes.start);
            match found.get_mut(at) {
                Some(name) if name.bytes == word.bytes => {
                    if name.kind != kind && name.score <= score {
                        name.kind = kind;
                    }
                }
                Some(name) if name.bytes.start < word.bytes.end => {}
                _ => found.insert(
                    at,
                    FoundName {
                        bytes: word.bytes.clone(),
                        kind,
                        score,
                    },
                ),
            }
        }
    }
}

/// The acronyms in brackets after a body's name, or before it if the name is in
/// brackets, with the type and score of the name.
fn acronyms<'a>(text: &'a str, bodies: &[bool], found: &[FoundName]) -> Vec<(&'a str, usize, f64)> {
    let bodies = found
        .iter()
        .filter(|name| bodies.get(name.kind) == Some(&true));
    bodies
        .filter_map(|name| {
            let range = after(text, &name.bytes).or_else(|| before(text, &name.bytes))?;
            let acronym = &text[range];
            let long = &text[name.bytes.clone()];
            abbreviates(acronym, long).then_some((acronym, name.kind, name.score))
        })
        .collect()
}

/// The word in brackets after a name.
fn after(text: &str, name: &Range<usize>) -> Option<Range<usize>> {
    let rest = &text[name.end..];
    let inside = rest
        .strip_prefix(" (")
        .or_else(|| rest.strip_prefix(" („"))?;
    let start = text.len() - inside.len();
    let length = inside.find(|c: char| !c.is_alphanumeric())?;
    let closes = inside[length..].starts_with([')', ',', ';', '“', '”']);
    closes.then_some(start..start + length)
}

/// The word before the bracket that a name is in.
fn before(text: &str, name: &Range<usize>) -> Option<Range<usize>> {
    let head = text[..name.start].strip_suffix(" (")?;
    if !text[name.end..].starts_with([')', ',']) {
        return None;
    }
    let start = head
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric())
        .last()?
        .0;
    Some(start..head.len())
}

/// Whether an acronym is made of letters of a longer name, in their order, from its first letter.
fn abbreviates(acronym: &str, long: &str) -> bool {
    let capitals = acronym.chars().filter(|c| c.is_uppercase()).count();
    let letters = acronym.chars().count();
    if capitals < 2
        || capitals * 2 < letters
        || letters > LONGEST
        || !long.contains([' ', '-']) && letters < 3
    {
        return false;
    }
    let mut rest = long.chars().flat_map(char::to_lowercase);
    let mut wanted = acronym.chars().flat_map(char::to_lowercase);
    let first = wanted.next();
    // "the European Central Bank": the first letter begins one of the first words.
    let begins = long
        .split([' ', '-'])
        .take(2)
        .any(|word| word.chars().flat_map(char::to_lowercase).next() == first);
    begins && {
        let from_first = rest.by_ref().find(|c| Some(*c) == first).is_some();
        from_first && wanted.all(|c| rest.any(|other| other == c))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::lexicon::Lexicon;

    /// The names after the acronyms are followed, with their types: 1 is a body.
    fn followed(text: &str, names: &[(&str, usize)]) -> Vec<(String, usize)> {
        let words = Words::read(text, &[0..text.len()], Lexicon::shipped());
        let mut from = 0;
        let mut found: Vec<FoundName> = names
            .iter()
            .map(|(name, kind)| {
                let start = from + text[from..].find(name).unwrap();
                from = start + name.len();
                FoundName {
                    bytes: start..from,
                    kind: *kind,
                    score: 0.8,
                }
            })
            .collect();
        follow(text, &words, &[false, true, false], &mut found);
        assert!(found.is_sorted_by_key(|name| name.bytes.start));
        found
            .iter()
            .map(|name| (text[name.bytes.clone()].to_owned(), name.kind))
            .collect()
    }

    fn names(all: &[(&str, usize)]) -> Vec<(String, usize)> {
        all.iter()
            .map(|(name, kind)| ((*name).to_owned(), *kind))
            .collect()
    }

    #[test]
    fn a_reader_finds_the_acronym_in_the_whole_article() {
        let text = "ECB: no cut. The European Central Bank (ECB) met. Later the ECB said so.";
        assert_eq!(
            followed(text, &[("European Central Bank", 1)]),
            names(&[
                ("ECB", 1),
                ("European Central Bank", 1),
                ("ECB", 1),
                ("ECB", 1)
            ])
        );
    }

    #[test]
    fn an_acronym_that_was_taken_for_a_place_becomes_a_body() {
        let text = "Die Deutsche Lebens-Rettungs-Gesellschaft (DLRG) warnt. In DLRG-Nähe: DLRG.";
        let found = [("Deutsche Lebens-Rettungs-Gesellschaft", 1), ("DLRG", 2)];
        let after = followed(text, &found);
        assert_eq!(after[1], ("DLRG".to_owned(), 1));
        assert!(after.iter().all(|(_, kind)| *kind == 1), "{after:?}");
    }

    #[test]
    fn the_long_form_may_be_in_the_brackets() {
        let text = "L'ONU (Organisation des Nations unies) vote. L’ONU part.";
        let after = followed(text, &[("Organisation des Nations unies", 1)]);
        assert!(after.contains(&("ONU".to_owned(), 1)), "{after:?}");
    }

    #[test]
    fn other_words_in_brackets_are_no_acronyms() {
        for text in [
            "The European Central Bank (Frankfurt) met. Frankfurt slept.",
            "The European Central Bank (USA) met. USA slept.",
            "The European Central Bank (2020) met.",
            "The European Central Bank (",
        ] {
            let found = [("European Central Bank", 1)];
            assert_eq!(followed(text, &found), names(&found), "{text}");
        }
        // Persons have none.
        let text = "Jean-Paul Belmondo (JPB) left. JPB won.";
        assert_eq!(followed(text, &[("Jean-Paul Belmondo", 0)]).len(), 1);
    }
}
