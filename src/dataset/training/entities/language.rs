//! Whether the tagger supports the language of an article.

use crate::model::{Article, Region, Schema};
use crate::tag::{languages, pieces};

/// The length of the sample from which the language is detected, in bytes.
const ENOUGH: usize = 4096;

/// Returns the English name of an article's language if the shipped tagger does not support it.
///
/// The language is that of the text in which entities are tagged, or of the whole text if there is
/// none.
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
