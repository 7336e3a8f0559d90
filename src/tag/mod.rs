//! The tagger: text in, entities out.
//!
//! In reading order:
//!
//! - [`tokens`] and [`sentences`] cut a text.
//! - [`lexicon`] is what the program knows of words beforehand, [`words`] what it knows of each
//!   word of an article.
//! - [`features`] turns words into features, and [`model`] holds the weights for them.
//! - [`mod@find`] finds names with a model, `label_consistency` makes the mentions of one name
//!   agree, `confirmed_names` completes names that annotators confirmed, `missed_names` adds those that
//!   the model misses, and `short_forms` finds the last names of persons.
//! - `name_edges` cuts `titles` off and joins the parts of persons' names, and `acronyms` makes
//!   acronyms the same name as their long form.
//! - `language_of` detects the language of an article, and `language_by_block` that of blocks in
//!   other languages.
//! - [`labels`] maps a model's types to a dataset's labels. [`languages`] says which languages a
//!   model is for, and how good it is in each.
//! - [`training`] trains a model, [`online`] one that learns while annotators work, with a
//!   [`gazetteer`] of the names that they confirmed.
//! - [`rules`] finds dates, sums of money, percentages and peoples.

mod acronyms;
mod confirmed_names;
pub mod features;
pub mod find;
pub mod gazetteer;
mod judge;
mod label_consistency;
pub mod labels;
mod language_by_block;
mod language_codes;
mod language_of;
pub mod languages;
pub mod lexicon;
mod missed_names;
pub mod model;
mod name_edges;
pub mod online;
pub mod rules;
pub mod sentences;
pub mod shipped;
mod short_forms;
mod support;
mod titles;
pub mod tokens;
pub mod training;
pub mod words;

use std::ops::Range;

use lexicon::Lexicon;
use titles::Titles;
use words::Words;

use crate::model::{BytePos, Entity, Label, Provenance, Region, Schema, Score, Text};

pub use find::{FoundName, find};
pub use judge::SpanShares;
pub use labels::Mapping;
pub use language_by_block::{PiecesIn, by_language};
pub use language_of::language_of;
pub use model::TagModel;
pub use online::OnlineTagger;
pub use online::by_language::OnlineTaggers;
pub use shipped::Models;

/// Suggests entities in the regions where the schema asks for some, or in the whole text if it has
/// no regions.
///
/// They are in order and do not overlap.
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

/// Suggests entities in these pieces of the text, which are ranges of bytes.
#[must_use]
pub fn suggest_in(
    model: &TagModel,
    mapping: &Mapping,
    text: &Text,
    pieces: &[Range<usize>],
) -> Vec<Entity> {
    let words = Words::read(text.as_str(), pieces, model.lexicon());
    let mut found = find::find_in(model, &words, &[]);
    let roles = Roles::of(&model.types);
    let titles = Titles::of(&model.language);
    roles.correct(text.as_str(), &words, model.lexicon(), titles, &mut found);
    let label =
        |found: &FoundName| mapping.label(found.kind, text.as_str().get(found.bytes.clone())?);
    entities(text, &words, &found, label, mapping.ruled())
}

/// Which of a model's types are persons and which are bodies.
#[derive(Clone, Debug, Default)]
struct Roles {
    persons: Vec<bool>,
    bodies: Vec<bool>,
}

impl Roles {
    /// The roles of types with these names.
    fn of<'a>(types: impl IntoIterator<Item = &'a String>) -> Self {
        let mut roles = Self::default();
        for kind in types {
            roles
                .persons
                .push(matches!(kind.as_str(), "PER" | "PERSON"));
            roles.bodies.push(kind == "ORG");
        }
        roles
    }

    /// Corrects the edges of persons' names, and gives acronyms of bodies their type. Without
    /// `titles`, those before a name stay.
    fn correct(
        &self,
        text: &str,
        words: &Words,
        lexicon: &Lexicon,
        titles: Option<&Titles>,
        found: &mut Vec<FoundName>,
    ) {
        name_edges::correct(text, words, lexicon, titles, &self.persons, found);
        acronyms::follow(text, words, &self.bodies, found);
    }
}

/// Turns the names that a model found into entities, and adds those that rules find elsewhere.
fn entities<'a>(
    text: &Text,
    words: &Words,
    found: &[FoundName],
    label: impl Fn(&FoundName) -> Option<&'a Label>,
    ruled: &[(rules::RuleKind, Label)],
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
    let kinds: Vec<rules::RuleKind> = ruled.iter().map(|(kind, _)| *kind).collect();
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

/// The pieces of a text in which entities are tagged: the regions whose label says so, or the whole
/// text if it has no regions.
///
/// Entities are also tagged in regions whose label the schema does not know.
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
