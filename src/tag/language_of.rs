//! The language whose model suggests entities in a text.

use std::ops::Range;
use std::sync::LazyLock;

use whatlang::{Detector, Lang, detect};

use super::language_codes::{SAMPLE, TAGS};
use super::lexicon::LANGUAGES;
use crate::model::Text;

/// The languages that are hard to tell apart: where the page declares one of a group, a detected
/// one of the same group does not count.
const ALIKE: [&[&str]; 6] = [
    &["hr", "sr", "bs", "sl"],
    &["da", "nb", "no", "nn", "sv"],
    &["cs", "sk"],
    &["id", "ms", "jv"],
    &["ru", "uk", "bg", "mk", "be", "kk"],
    &["es", "pt", "it", "ca", "gl", "ro", "fr"],
];

/// Letters that only Kazakh and a few languages like it have, which `whatlang` does not know.
const KAZAKH: [char; 8] = ['қ', 'ғ', 'ұ', 'ң', 'ө', 'ү', 'ә', 'һ'];

/// Detects one of the languages that have a model.
static KNOWN: LazyLock<Detector> = LazyLock::new(|| {
    let all = Lang::all().iter().copied();
    let known = all.filter(|lang| {
        let tag = tag_of(*lang);
        tag == "en" || LANGUAGES.contains(&tag)
    });
    Detector::with_allowlist(known.collect())
});

/// The BCP 47 tag of a language.
fn tag_of(lang: Lang) -> &'static str {
    let code = lang.code();
    let known = TAGS.iter().find(|(iso, _)| *iso == code);
    known.map_or(code, |(_, tag)| tag)
}

/// The number of letters up to which a text without a declared language is too short to be sure of
/// it.
const SHORT: usize = 30;

/// The length of a text, in letters, from which its language is sure however it is declared.
const SURE: usize = 400;

/// Returns the BCP 47 tag of the language in which entities are suggested in a text: the detected
/// one, or the one that the page declares where the text is short or the two are alike. "" if
/// nothing is known.
#[must_use]
pub fn language_of(text: &str, declared: &str) -> &'static str {
    let primary = declared.split(['-', '_']).next().unwrap_or_default();
    let declared = match primary.to_ascii_lowercase().as_str() {
        "en" => Some("en"),
        "no" | "nn" => Some("nb"),
        primary => LANGUAGES.iter().copied().find(|known| *known == primary),
    };
    let sample = &text[..text.floor_char_boundary(SAMPLE)];
    let letters = |most: usize| {
        let letters = sample.chars().filter(|c| c.is_alphabetic());
        letters.take(most).count()
    };
    if let Some(declared) = declared
        && letters(SURE) < SURE
    {
        return declared;
    }
    let is_kazakh = is_kazakh(sample);
    let Some(found) = detect(sample) else {
        return declared.unwrap_or_default();
    };
    let detected = if is_kazakh {
        "kk"
    } else {
        tag_of(found.lang())
    };
    let Some(declared) = declared else {
        // Of a headline in Latin letters, the language is a guess.
        let is_short = letters(SHORT) < SHORT;
        return if found.is_reliable() || is_kazakh {
            detected
        } else if is_short && sample.is_ascii() {
            "en"
        } else {
            // In doubt, one of the languages with a model.
            KNOWN
                .detect(sample)
                .map_or(detected, |found| tag_of(found.lang()))
        };
    };
    if are_alike(declared, detected) || !found.is_reliable() {
        declared
    } else {
        detected
    }
}

fn is_kazakh(sample: &str) -> bool {
    sample.chars().filter(|c| KAZAKH.contains(c)).count() * 100 > sample.chars().count()
}

/// Whether two languages are hard to tell apart.
pub(super) fn are_alike(one: &str, other: &str) -> bool {
    let mut groups = ALIKE.iter();
    groups.any(|group| group.contains(&one) && group.contains(&other))
}

/// Detects the language of a text by its letters alone. Returns its tag, and whether that is sure.
pub(super) fn detected_in(text: &str) -> Option<(&'static str, bool)> {
    let found = detect(text)?;
    Some(match is_kazakh(text) {
        true => ("kk", true),
        false => (tag_of(found.lang()), found.is_reliable()),
    })
}

/// The language of the pieces of a text.
pub(super) fn language_in(text: &Text, declared: &str, pieces: &[Range<usize>]) -> &'static str {
    let all = text.as_str();
    let mut sample = String::new();
    for piece in pieces {
        let words = all.get(piece.clone()).unwrap_or_default();
        sample.push_str(&words[..words.floor_char_boundary(SAMPLE - sample.len().min(SAMPLE))]);
        sample.push('\n');
        if sample.len() >= SAMPLE {
            break;
        }
    }
    language_of(&sample, declared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_and_the_declared_language_decide_together() {
        let german = "Die Fähre nach Gozo blieb am Dienstag im Hafen, weil der Wind zu stark war.";
        assert_eq!(language_of(german, ""), "de");
        assert_eq!(language_of(german, "de-AT"), "de");
        // Two sentences are not enough to contradict the page.
        assert_eq!(language_of(german, "nl"), "nl");
        assert_eq!(language_of(&german.repeat(20), "en"), "de");
        let norwegian =
            "Ferja til Gozo ble liggende i havn på tirsdag fordi vinden var for sterk. ";
        assert_eq!(language_of(&norwegian.repeat(20), "da"), "da");
        assert_eq!(language_of(&norwegian.repeat(20), "no"), "nb");
        assert_eq!(language_of("Storm over Gozo", ""), "en");
        assert_eq!(language_of("12:30", "fr"), "fr");
        assert_eq!(language_of("", ""), "");
        assert_eq!(
            language_of(
                "Бүгін Алматыда жаңа мектеп ашылды, деп хабарлады қала әкімдігі.",
                ""
            ),
            "kk"
        );
    }
}
