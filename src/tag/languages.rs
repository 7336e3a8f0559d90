//! The detection of a text's language, and whether the shipped tagger supports it.

use whatlang::{Info, Lang, detect};

use super::language_codes::{SAMPLE, TAGS};
use super::language_of::language_of;
pub use super::support::{Figure, SUPPORTED, Support, support};

/// The least number of letters from which a language can be detected.
const LETTERS: usize = 60;

/// Returns the English name of a text's language if the tagger does not support it.
///
/// `None` if it is supported or cannot be detected. `declared` is the BCP 47 tag that the page
/// declares; it decides where the text is too short or its language in doubt.
#[must_use]
pub fn unsupported(text: &str, declared: &str) -> Option<&'static str> {
    if support(language_of(text, declared)).is_some() {
        return None;
    }
    let found = detected_language(text);
    let primary = declared.split(['-', '_']).next().unwrap_or_default();
    let is_declared = SUPPORTED
        .iter()
        .any(|known| known.tag.eq_ignore_ascii_case(primary));
    match found {
        Some(found) if is_supported(found.lang()) => None,
        // A short or mixed text: what it declares is the better guess.
        Some(found) if !found.is_reliable() && (is_declared || primary.is_empty()) => None,
        Some(found) => Some(found.lang().eng_name()),
        None => None,
    }
}

/// Returns the BCP 47 tag of a text's language if it can be detected reliably.
#[must_use]
pub fn detected(text: &str) -> Option<&'static str> {
    let found = detected_language(text).filter(Info::is_reliable)?;
    let code = found.lang().code();
    let known = TAGS.iter().find(|(iso, _)| *iso == code);
    Some(known.map_or(code, |(_, tag)| tag))
}

/// Detects the language of the first part of a text.
fn detected_language(text: &str) -> Option<Info> {
    let sample = &text[..text.floor_char_boundary(SAMPLE)];
    let letters = sample.chars().filter(|c| c.is_alphabetic()).take(LETTERS);
    detect(sample).filter(|_| letters.count() == LETTERS)
}

fn is_supported(lang: Lang) -> bool {
    SUPPORTED.iter().any(|known| known.code == lang.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsupported_languages_are_named() {
        for (text, language) in [
            (
                "The ferry to Gozo stayed in port on Tuesday as winds reached ninety kilometres an hour, the harbour master said.",
                None,
            ),
            (
                "Die Fähre nach Gozo blieb am Dienstag im Hafen, weil der Wind neunzig Stundenkilometer erreichte, sagte der Hafenmeister.",
                None,
            ),
            (
                "Le ferry pour Gozo est resté au port mardi, car le vent atteignait quatre-vingt-dix kilomètres à l’heure, dit le capitaine.",
                None,
            ),
            (
                "ბორანი გოზოსკენ სამშაბათს ნავსადგურში დარჩა, რადგან ქარის სიჩქარემ ოთხმოცდაათ კილომეტრს მიაღწია, თქვა ნავსადგურის უფროსმა.",
                Some("Georgian"),
            ),
            (
                "火曜日、ゴゾ島行きのフェリーは風速が時速九十キロに達したため港にとどまった、と港長は述べた。乗客は宿に戻り、翌朝の便を待つことになった。船会社によると、強風は夜まで続く見込みである。",
                None,
            ),
            ("", None),
            ("12:30", None),
            ("Gozo", None),
        ] {
            assert_eq!(unsupported(text, ""), language, "{text}");
        }
        let german = "Die Fähre nach Gozo blieb am Dienstag im Hafen, weil der Wind neunzig Stundenkilometer erreichte, sagte der Hafenmeister.";
        assert_eq!(detected(german), Some("de"));
        assert_eq!(detected("Gozo, 12:30"), None);
        assert_eq!(unsupported("Ħamrun 3, Gozo 1", "en-GB"), None);
    }
}
