//! Whether entities are suggested for an article's language.

use crate::model::{Article, Region, Schema};
use crate::tag::{languages, pieces};

/// So much of the text in which entities are tagged tells the language, in bytes.
const ENOUGH: usize = 4096;

/// The language of an article, in English, if the shipped tagger does not know it: of the text in which entities are tagged, or
/// of all of it where that is nothing.
#[must_use]
pub fn unsupported_language(
    article: &Article,
    regions: &[Region],
    schema: &Schema,
) -> Option<&'static str> {
    let string = article.text.as_str();
    let mut sample = String::new();
    for piece in pieces(&article.text, regions, schema) {
        let words = string.get(piece).unwrap_or_default();
        sample.push_str(&words[..words.floor_char_boundary(ENOUGH)]);
        sample.push('\n');
        if sample.len() >= ENOUGH {
            break;
        }
    }
    let sample = if sample.trim().is_empty() {
        string
    } else {
        &sample
    };
    languages::unsupported(sample, &article.meta.language)
}
