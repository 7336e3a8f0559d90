//! The languages of the shipped tagger, with its measured quality in each.
//!
//! A language is added to [`SUPPORTED`] once `scripts/tagger-measure` has its figures. They are the
//! one place from which `copydesk languages` and the window take them.

use super::lexicon;
use super::model::TagModel;

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
    /// The headline F1 of exact spans in per cent, rounded.
    #[must_use]
    pub fn f1(&self) -> u8 {
        self.figures
            .first()
            .map_or(0, |figure| figure.f1.round() as u8)
    }

    /// The size of its weights and word lists in bytes.
    #[must_use]
    pub fn pack_size(&self) -> usize {
        let weights = TagModel::pack_size(self.tag);
        weights.unwrap_or(0) + lexicon::pack_size(self.tag).unwrap_or(0)
    }
}

/// The languages that the shipped model was trained and measured for, by their tags.
pub const SUPPORTED: &[Support] = &[
    Support {
        tag: "ar",
        code: "ara",
        name: "Arabic",
        is_detected: true,
        figures: &[figure("written for Copydesk", "news", 222, 60.3)],
    },
    Support {
        tag: "cs",
        code: "ces",
        name: "Czech",
        is_detected: true,
        figures: &[figure("written for Copydesk", "news", 264, 68.4)],
    },
    Support {
        tag: "da",
        code: "dan",
        name: "Danish",
        is_detected: true,
        figures: &[figure("Universal NER, DDT", "news", 2456, 79.1)],
    },
    Support {
        tag: "de",
        code: "deu",
        name: "German",
        is_detected: true,
        figures: &[
            figure("written for Copydesk", "news", 318, 77.8),
            figure("GermEval 2014", "encyclopedia and news", 4969, 73.0),
            figure("Universal NER, PUD", "encyclopedia", 658, 70.0),
        ],
    },
    Support {
        tag: "el",
        code: "ell",
        name: "Greek",
        is_detected: true,
        figures: &[figure("written for Copydesk", "news", 254, 76.7)],
    },
    Support {
        tag: "en",
        code: "eng",
        name: "English",
        is_detected: true,
        figures: &[
            figure("written for Copydesk", "news", 1671, 87.4),
            figure("Re-DocRED", "encyclopedia", 11752, 81.1),
            figure("Broad Twitter Corpus", "tweets", 11968, 66.3),
            figure("CrossNER, politics", "encyclopedia", 5409, 86.8),
            figure("Universal NER, EWT", "web", 5619, 79.2),
            figure("GUM 11, other than news", "mixed", 2203, 76.5),
            figure("Wikigold", "encyclopedia", 2100, 79.0),
            figure("WNUT 2017", "tweets", 1914, 60.5),
        ],
    },
    Support {
        tag: "es",
        code: "spa",
        name: "Spanish",
        is_detected: true,
        figures: &[figure("written for Copydesk", "news", 664, 84.5)],
    },
    Support {
        tag: "et",
        code: "est",
        name: "Estonian",
        is_detected: true,
        figures: &[figure("EstNER", "news", 2610, 70.5)],
    },
    Support {
        tag: "fi",
        code: "fin",
        name: "Finnish",
        is_detected: true,
        figures: &[figure("Turku NER", "mixed", 6537, 72.0)],
    },
    Support {
        tag: "fr",
        code: "fra",
        name: "French",
        is_detected: true,
        figures: &[figure("written for Copydesk", "news", 629, 73.5)],
    },
    Support {
        tag: "hi",
        code: "hin",
        name: "Hindi",
        is_detected: true,
        figures: &[figure("HiNER", "news and travel", 20684, 87.7)],
    },
    Support {
        tag: "hr",
        code: "hrv",
        name: "Croatian",
        is_detected: true,
        figures: &[figure("Universal NER, SET", "news", 8289, 78.5)],
    },
    Support {
        tag: "hu",
        code: "hun",
        name: "Hungarian",
        is_detected: true,
        figures: &[figure("NerKor", "mixed", 27872, 81.5)],
    },
    Support {
        tag: "id",
        code: "ind",
        name: "Indonesian",
        is_detected: true,
        figures: &[figure("NERGrit", "news and web", 4877, 72.5)],
    },
    Support {
        tag: "it",
        code: "ita",
        name: "Italian",
        is_detected: true,
        figures: &[figure("written for Copydesk", "news", 482, 79.4)],
    },
    Support {
        tag: "ja",
        code: "jpn",
        name: "Japanese",
        is_detected: true,
        figures: &[figure("Stockmark", "encyclopedia", 8380, 66.9)],
    },
    Support {
        tag: "kk",
        code: "kaz",
        name: "Kazakh",
        is_detected: true,
        figures: &[figure("KazNERD", "news", 6322, 85.0)],
    },
    Support {
        tag: "ko",
        code: "kor",
        name: "Korean",
        is_detected: true,
        figures: &[figure("KLUE", "news and reviews", 5978, 65.4)],
    },
    Support {
        tag: "nl",
        code: "nld",
        name: "Dutch",
        is_detected: true,
        figures: &[figure("written for Copydesk", "news", 583, 80.0)],
    },
    Support {
        tag: "pl",
        code: "pol",
        name: "Polish",
        is_detected: true,
        figures: &[
            figure("written for Copydesk", "news", 287, 74.0),
            figure("KPWr", "mixed", 2075, 61.5),
        ],
    },
    Support {
        tag: "pt",
        code: "por",
        name: "Portuguese",
        is_detected: true,
        figures: &[figure("Universal NER, Bosque", "news", 8076, 79.4)],
    },
    Support {
        tag: "ro",
        code: "ron",
        name: "Romanian",
        is_detected: true,
        figures: &[figure("RONEC", "news", 6343, 74.9)],
    },
    Support {
        tag: "ru",
        code: "rus",
        name: "Russian",
        is_detected: true,
        figures: &[
            figure("FactRuEval 2016", "news", 4880, 83.4),
            figure("Universal NER, PUD", "encyclopedia", 768, 54.7),
        ],
    },
    Support {
        tag: "sk",
        code: "slk",
        name: "Slovak",
        is_detected: true,
        figures: &[figure("Universal NER, SNK", "mixed", 2634, 82.2)],
    },
    Support {
        tag: "sl",
        code: "slv",
        name: "Slovenian",
        is_detected: true,
        figures: &[figure("SSJ", "mixed", 288, 14.5)],
    },
    Support {
        tag: "sr",
        code: "srp",
        name: "Serbian",
        is_detected: false,
        figures: &[figure("Universal NER, SET", "news", 4305, 85.8)],
    },
    Support {
        tag: "sv",
        code: "swe",
        name: "Swedish",
        is_detected: true,
        figures: &[figure("Universal NER, Talbanken", "non-fiction", 774, 75.4)],
    },
    Support {
        tag: "th",
        code: "tha",
        name: "Thai",
        is_detected: true,
        figures: &[figure("ThaiNER", "news and web", 10931, 67.2)],
    },
    Support {
        tag: "tr",
        code: "tur",
        name: "Turkish",
        is_detected: true,
        figures: &[figure("Turkish Wiki NER", "encyclopedia", 23460, 68.2)],
    },
    Support {
        tag: "uk",
        code: "ukr",
        name: "Ukrainian",
        is_detected: true,
        figures: &[figure("written for Copydesk", "news", 197, 75.6)],
    },
    Support {
        tag: "vi",
        code: "vie",
        name: "Vietnamese",
        is_detected: true,
        figures: &[figure("written for Copydesk", "news", 262, 71.1)],
    },
    Support {
        tag: "zh",
        code: "cmn",
        name: "Chinese",
        is_detected: true,
        figures: &[figure("Universal NER, GSDSIMP", "encyclopedia", 5575, 60.8)],
    },
];

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
