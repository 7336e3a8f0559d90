//! The tagger: text in, entities out.
//!
//! In reading order: [`tokens`] and [`sentences`] cut a text, [`lexicon`] is what is known of words beforehand, [`words`] what
//! can be said of each by itself, [`features`] what a model is told, [`model`] the model and its file, [`mod@find`] what it makes
//! of a text, `agree` how the places of one name agree, [`labels`] its types as a dataset's labels, [`languages`] which languages it is for, [`lesson`] how it is trained, [`learner`] how it
//! goes on learning in one dataset, [`names`] the names that were confirmed there, [`rules`] what rules
//! find better.

mod agree;
pub mod features;
pub mod find;
pub mod labels;
pub mod languages;
pub mod learner;
pub mod lesson;
pub mod lexicon;
pub mod model;
pub mod names;
pub mod rules;
pub mod sentences;
pub mod tokens;
pub mod words;

use std::ops::Range;

use lexicon::Lexicon;
use words::Words;

use crate::model::{BytePos, Entity, Label, Provenance, Region, Schema, Score, Text};

pub use find::{Found, find};
pub use labels::Mapping;
pub use learner::Learner;
pub use model::TagModel;

/// The entities that a model sees in the regions where the schema wants some, or in all of the text where there are no
/// regions; in order, none overlapping.
#[must_use]
pub fn suggest(
    model: &TagModel,
    mapping: &Mapping,
    text: &Text,
    regions: &[Region],
    schema: &Schema,
) -> Vec<Entity> {
    suggest_in(model, mapping, text, &pieces(text, regions, schema))
}

/// The same in these pieces of the text, ranges of bytes.
#[must_use]
pub fn suggest_in(
    model: &TagModel,
    mapping: &Mapping,
    text: &Text,
    pieces: &[Range<usize>],
) -> Vec<Entity> {
    let words = Words::read(text.as_str(), pieces, Lexicon::shipped());
    let found = find::find_in(model, &words);
    let label = |found: &Found| mapping.label(found.kind, text.as_str().get(found.bytes.clone())?);
    entities(text, &words, &found, label, mapping.ruled())
}

/// What a model found, and what rules find where it found nothing, as entities.
fn entities<'a>(
    text: &Text,
    words: &Words,
    found: &[Found],
    label: impl Fn(&Found) -> Option<&'a Label>,
    ruled: &[(rules::Kind, Label)],
) -> Vec<Entity> {
    let entity = |bytes: &Range<usize>, label: &Label, score: f64| {
        let at = BytePos::from_index;
        Some(Entity {
            span: text.span(at(bytes.start), at(bytes.end)).ok()?,
            label: label.clone(),
            provenance: Provenance::Tagger(Score::new(score)),
        })
    };
    let mut all: Vec<Entity> = found
        .iter()
        .filter_map(|found| entity(&found.bytes, label(found)?, found.score))
        .collect();
    if ruled.is_empty() {
        return all;
    }
    let kinds: Vec<rules::Kind> = ruled.iter().map(|(kind, _)| *kind).collect();
    for (bytes, kind) in rules::find(text.as_str(), words, &kinds) {
        let next = found.partition_point(|found| found.bytes.end <= bytes.start);
        let is_free = found
            .get(next)
            .is_none_or(|found| found.bytes.start >= bytes.end);
        if let Some((_, label)) = ruled.iter().find(|(ruled, _)| *ruled == kind)
            && is_free
        {
            all.extend(entity(&bytes, label, kind.score()));
        }
    }
    all.sort_by_key(|entity| entity.span);
    all
}

/// Where entities are tagged: the regions whose label says so, or all of the text where nothing is a region.
///
/// A label that the schema does not know says nothing against entities, here as everywhere else.
#[must_use]
pub fn pieces(text: &Text, regions: &[Region], schema: &Schema) -> Vec<Range<usize>> {
    if regions.is_empty() {
        return vec![0..text.len()];
    }
    regions
        .iter()
        .filter(|region| {
            schema
                .region(region.label.as_str())
                .is_none_or(|label| label.tag_entities)
        })
        .map(|region| region.span.range())
        .collect()
}
