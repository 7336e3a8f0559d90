//! The doctor: labels that are sound, and yet look like slips of the hand. Each finding has a place, and where there is a safe
//! repair (edges alone), [`repaired`] makes it.

use std::collections::BTreeMap;

use crate::edit::segment;
use crate::model::{Annotation, BytePos, Label, Schema, Span, Text};

/// An entity with more characters than this is hardly one.
const LONG_ENTITY_CHARS: usize = 120;
/// So many places of a name that is tagged elsewhere are told.
const MISSED_TOLD: usize = 3;
/// So many different names of an article are looked for elsewhere in it.
const NAMES: usize = 1000;

/// What a finding is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sign {
    /// A span begins or ends inside what a reader sees as one sign.
    CutSign,
    /// A span has white space at its edges.
    EdgeSpace,
    /// The same words have two labels in one article.
    TwoLabels,
    /// A name is tagged here, and not there.
    Missed,
    /// An entity lies in no region in which entities are tagged.
    Outside,
    /// An entity is too long to be one.
    Long,
    /// A name has another label than in most other articles: see [`super::names`].
    OddLabel,
    /// A name that other articles have tagged is not tagged.
    MissedName,
}

/// Something that looks like a slip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub sign: Sign,
    /// Where.
    pub span: Span,
    /// What is labelled there, or with what it is labelled elsewhere.
    pub label: Label,
    /// More, for people; may be empty.
    pub more: String,
}

/// Looks at the labels of an article. `schema` says in which regions entities are tagged; without one, in all.
#[must_use]
pub fn look(text: &Text, annotation: &Annotation, schema: Option<&Schema>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |sign, span, label: &Label, more: String| {
        found.push(Finding {
            sign,
            span,
            label: label.clone(),
            more,
        });
    };
    let regions = annotation.regions().iter().map(|r| (r.span, &r.label));
    let entities = annotation.entities().iter().map(|e| (e.span, &e.label));
    for (span, label) in regions.chain(entities) {
        if segment::snap_to_graphemes(text, span) != span {
            add(Sign::CutSign, span, label, String::new());
        } else if segment::tidy(text, span) != Some(span) {
            add(Sign::EdgeSpace, span, label, String::new());
        }
    }
    for entity in annotation.entities() {
        if text.slice(entity.span).chars().count() > LONG_ENTITY_CHARS {
            add(Sign::Long, entity.span, &entity.label, String::new());
        }
        if !annotation.regions().is_empty() && !is_tagged_in(annotation, schema, entity.span) {
            add(Sign::Outside, entity.span, &entity.label, String::new());
        }
    }
    names(text, annotation, schema, &mut add);
    found.sort_by_key(|finding| (finding.span, finding.sign));
    found
}

/// Whether entities are tagged where a span lies.
pub(super) fn is_tagged_in(annotation: &Annotation, schema: Option<&Schema>, span: Span) -> bool {
    annotation.regions_in(span).iter().any(|region| {
        let known = schema.and_then(|schema| schema.region(region.label.as_str()));
        known.is_none_or(|known| known.tag_entities)
    })
}

/// The same words with two labels, and words that are tagged in one place and not in another.
fn names(
    text: &Text,
    annotation: &Annotation,
    schema: Option<&Schema>,
    add: &mut impl FnMut(Sign, Span, &Label, String),
) {
    let mut by_words: BTreeMap<&str, BTreeMap<&Label, (usize, Span)>> = BTreeMap::new();
    for entity in annotation.entities() {
        let labels = by_words.entry(text.slice(entity.span).trim()).or_default();
        labels.entry(&entity.label).or_insert((0, entity.span)).0 += 1;
    }
    for (words, labels) in by_words.iter().take(NAMES) {
        let Some((usual, (most, _))) = labels.iter().max_by_key(|(_, (count, _))| *count) else {
            continue;
        };
        for (label, (count, span)) in labels {
            // One within the other has the same words only if both are the same span: two labels on purpose.
            let twin = labels.values().any(|(_, other)| other == span)
                && labels.len() > 1
                && labels
                    .iter()
                    .any(|(other, (_, place))| other != label && place == span);
            if label != usual && !twin {
                add(
                    Sign::TwoLabels,
                    *span,
                    label,
                    format!("{count} times, but {most} times {usual}"),
                );
            }
        }
        // Lower case, or a single letter, is hardly a name.
        if words.chars().count() < 2 || !words.starts_with(char::is_uppercase) {
            continue;
        }
        let mut told = 0;
        for (at, _) in text.as_str().match_indices(words) {
            let (start, end) = (
                BytePos::from_index(at),
                BytePos::from_index(at + words.len()),
            );
            let Ok(span) = text.span(start, end) else {
                continue;
            };
            let free = annotation.entities_in(span).next().is_none();
            if free
                && told < MISSED_TOLD
                && segment::is_whole_word(text.as_str(), at, at + words.len())
                && (annotation.regions().is_empty() || is_tagged_in(annotation, schema, span))
            {
                told += 1;
                add(Sign::Missed, span, usual, String::new());
            }
        }
    }
}

/// The annotation with spans that cut no sign and have no white space at their edges, and how many were changed. Where that
/// would make two overlap, cross or be the same, nothing is changed.
#[must_use]
pub fn repaired(text: &Text, annotation: &Annotation) -> (Annotation, u64) {
    let mut changed = 0;
    let mut tidy = |span: Span| {
        let better = segment::tidy(text, span).unwrap_or(span);
        changed += u64::from(better != span);
        better
    };
    let mut regions = annotation.regions().to_vec();
    for region in &mut regions {
        region.span = tidy(region.span);
    }
    let mut entities = annotation.entities().to_vec();
    for entity in &mut entities {
        entity.span = tidy(entity.span);
    }
    if changed == 0 {
        return (annotation.clone(), 0);
    }
    let (status, remarks) = (annotation.status(), annotation.remarks().to_vec());
    match Annotation::from_parts(text, regions, entities, status, remarks) {
        Ok(better) => (better, changed),
        Err(_) => (annotation.clone(), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    fn signs(marked: &str) -> Vec<(Sign, String)> {
        let notated = notation::parse(marked).unwrap();
        let found = look(&notated.text, &notated.annotation, None);
        found
            .into_iter()
            .map(|finding| (finding.sign, notated.text.slice(finding.span).to_owned()))
            .collect()
    }

    #[test]
    fn slips_are_found_where_they_are() {
        assert_eq!(
            signs("body| {GPE Malta} waits. In Malta, {ORG Malta} and {GPE Malta}; Maltasia."),
            [
                (Sign::Missed, "Malta".into()),
                (Sign::TwoLabels, "Malta".into())
            ]
        );
        assert_eq!(
            signs("body| {GPE Malta } waits."),
            [(Sign::EdgeSpace, "Malta ".into())]
        );
        assert_eq!(signs("body| {PERSON Ada} met {ORG {GPE Paris} Club}"), []);
        assert_eq!(signs("body| {PERSON Zoe\u{308}l} waits."), []);
    }

    #[test]
    fn edges_are_mended_and_nothing_else() {
        let text = Text::new("Zoe\u{308} Kral  waits.");
        let span = |start: u32, end: u32| text.span(BytePos(start), BytePos(end)).unwrap();
        let mut annotation = Annotation::default();
        for (start, end, label) in [(0, 3, "PERSON"), (6, 12, "PERSON")] {
            let entity = crate::model::Entity {
                span: span(start, end),
                label: Label::new(label).unwrap(),
                provenance: crate::model::Provenance::Person,
            };
            annotation.add_entity(&text, entity).unwrap();
        }
        let (better, changed) = repaired(&text, &annotation);
        let told: Vec<&str> = better
            .entities()
            .iter()
            .map(|e| text.slice(e.span))
            .collect();
        assert_eq!((told, changed), (vec!["Zoe\u{308}", "Kral"], 2));
        assert_eq!(repaired(&text, &better), (better.clone(), 0));
        assert!(look(&text, &better, None).is_empty());
    }
}
