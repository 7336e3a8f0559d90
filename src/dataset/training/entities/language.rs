//! The language of an article, and whether the tagger supports it.

use crate::dataset::training::learning::MOST_BYTES;
use crate::model::{Article, Region, Schema};
use crate::tag::{by_language, language_of, languages, pieces};

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
    let sample = sample(article, regions, schema);
    languages::unsupported(&sample, &article.meta.language)
}

/// Returns what the shipped tagger can do in an article's language, by the text or else by what the
/// article declares. `None` if the language is not supported or not known.
#[must_use]
pub fn supported_language(
    article: &Article,
    regions: &[Region],
    schema: &Schema,
) -> Option<&'static languages::Support> {
    let sample = sample(article, regions, schema);
    if unsupported_language(article, regions, schema).is_some() {
        return None;
    }
    languages::support(language_of(&sample, &article.meta.language))
}

/// Returns the English names of the languages, other than the main one, in which blocks of an
/// article are written.
#[must_use]
pub fn other_languages(
    article: &Article,
    regions: &[Region],
    schema: &Schema,
) -> Vec<&'static str> {
    if article.text.len() > MOST_BYTES {
        return Vec::new();
    }
    let pieces = pieces(&article.text, regions, schema);
    let all = by_language(&article.text, &article.meta.language, &pieces);
    let others = all.iter().skip(1);
    let known = others.filter_map(|one| languages::support(one.language));
    known.map(|language| language.name).collect()
}

/// The beginning of the text in which entities are tagged, or of the whole text if there is none.
fn sample(article: &Article, regions: &[Region], schema: &Schema) -> String {
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
    if sample.trim().is_empty() {
        return string[..string.floor_char_boundary(ENOUGH)].to_owned();
    }
    sample
}
