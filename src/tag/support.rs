//! The languages of the shipped tagger, with its measured quality in each.
//!
//! A language is added to [`SUPPORTED`] once `scripts/tagger-measure` has its figures. They are the
//! one place from which `copydesk languages` and the window take them.

use super::lexicon;

/// A language that the shipped model was trained and measured for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Support {
    /// Its BCP 47 tag, as pages declare it.
    pub tag: &'static str,
    /// Its code in ISO 639-3.
    pub code: &'static str,
    /// Its name in English.
    pub name: &'static str,
    /// Whether texts in it are recognised without a declared language.
    pub is_detected: bool,
    /// What was measured. The first one counts for the language.
    pub figures: &'static [Figure],
}

/// The quality of suggestions on one set of articles that the measured model had not seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// The name of the set.
    pub set: &'static str,
    /// What kind of text it is.
    pub genre: &'static str,
    /// The number of entities.
    pub entities: u32,
    /// F1 of exact spans, in per cent.
    pub f1: f32,
}

impl Support {
    /// F1 of exact spans in per cent, rounded: the figure that stands for the language.
    #[must_use]
    pub fn f1(&self) -> u8 {
        self.figures
            .first()
            .map_or(0, |figure| figure.f1.round() as u8)
    }

    /// The size of its lexicon in bytes.
    #[must_use]
    pub fn pack_size(&self) -> usize {
        lexicon::pack_size(self.tag).unwrap_or(0)
    }
}

/// The languages that the shipped model was trained and measured for, by their tags.
pub const SUPPORTED: &[Support] = &[Support {
    tag: "en",
    code: "eng",
    name: "English",
    is_detected: true,
    figures: &[
        figure("GUM 11, news", "news", 469, 86.0),
        figure("Universal NER, PUD, news", "news", 155, 82.1),
        figure("Universal NER, EWT, dev", "web", 966, 76.1),
        figure("Universal NER, PUD, Wikipedia", "encyclopedia", 676, 72.8),
    ],
}];

const fn figure(set: &'static str, genre: &'static str, entities: u32, f1: f32) -> Figure {
    Figure {
        set,
        genre,
        entities,
        f1,
    }
}

/// What the shipped tagger can do in a language, by its BCP 47 tag, such as `de` or `pt-BR`.
///
/// `None` if it suggests no entities in that language, or nobody measured how good they are.
#[must_use]
pub fn support(tag: &str) -> Option<&'static Support> {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    SUPPORTED
        .iter()
        .find(|known| known.tag.eq_ignore_ascii_case(primary))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_found_by_its_tag() {
        assert_eq!(support("en-GB").map(|known| known.name), Some("English"));
        assert_eq!(support("EN").map(|known| known.tag), Some("en"));
        assert_eq!(support("sw"), None);
        assert_eq!(support(""), None);
    }

    #[test]
    fn every_language_has_a_lexicon_and_figures() {
        for known in SUPPORTED {
            assert!(known.pack_size() > 0, "{}", known.tag);
            assert!(!known.figures.is_empty(), "{}", known.tag);
            let is_percent = |figure: &Figure| (0.0..=100.0).contains(&figure.f1);
            assert!(known.figures.iter().all(is_percent), "{}", known.tag);
        }
        assert!(SUPPORTED.is_sorted_by_key(|known| known.tag));
    }
}
