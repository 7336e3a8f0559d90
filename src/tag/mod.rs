//! The tagger: text in, entities out.
//!
//! In reading order: [`tokens`] and [`sentences`] cut a text, [`lexicon`] is what is known of words beforehand, [`words`] what
//! can be said of each by itself, [`features`] what a model is told, [`model`] the model and its file, [`find`] what it makes
//! of a text, [`labels`] its types as a dataset's labels, [`lesson`] how it is trained, [`learner`] how it
//! goes on learning in one dataset, [`names`] the names that were confirmed there.

pub mod features;
pub mod find;
pub mod labels;
pub mod learner;
pub mod lesson;
pub mod lexicon;
pub mod model;
pub mod names;
pub mod sentences;
pub mod tokens;
pub mod words;

use std::ops::Range;

use crate::model::{BytePos, Entity, Provenance, Region, Schema, Score, Text};

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
    find(model, text.as_str(), pieces)
        .into_iter()
        .filter_map(|found| {
            let span = text
                .span(
                    BytePos::from_index(found.bytes.start),
                    BytePos::from_index(found.bytes.end),
                )
                .ok()?;
            Some(Entity {
                span,
                label: mapping.label(found.kind, text.slice(span))?.clone(),
                provenance: Provenance::Tagger(Score::new(found.score)),
            })
        })
        .collect()
}

/// Where entities are tagged: the regions whose label says so, or all of the text where nothing is a region.
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
                .is_some_and(|label| label.tag_entities)
        })
        .map(|region| region.span.range())
        .collect()
}
