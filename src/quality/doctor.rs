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
    let tagged = Tagged::new(annotation, schema);
    for entity in annotation.entities() {
        if is_long(text.slice(entity.span)) {
            add(Sign::Long, entity.span, &entity.label, String::new());
        }
        if !tagged.holds(entity.span) {
            add(Sign::Outside, entity.span, &entity.label, String::new());
        }
    }
    names(text, annotation, &tagged, &mut add);
    found.sort_by_key(|finding| (finding.span, finding.sign));
    found
}

/// Whether words are too long for an entity; only so much of them is looked at.
fn is_long(words: &str) -> bool {
    words.chars().nth(LONG_ENTITY_CHARS).is_some()
}

/// Where in an article entities are tagged.
pub(super) struct Tagged<'a> {
    annotation: &'a Annotation,
    /// How many of the regions before each are such that entities are tagged in them.
    before: Vec<usize>,
}

impl<'a> Tagged<'a> {
    pub(super) fn new(annotation: &'a Annotation, schema: Option<&Schema>) -> Self {
        let mut before = vec![0];
        let mut count = 0;
        for region in annotation.regions() {
            let known = schema.and_then(|schema| schema.region(region.label.as_str()));
            count += usize::from(known.is_none_or(|known| known.tag_entities));
            before.push(count);
        }
        Self { annotation, before }
    }

    /// Whether entities are tagged where a span lies: in one of its regions, or anywhere if there are no regions.
    pub(super) fn holds(&self, span: Span) -> bool {
        let regions = self.annotation.regions();
        let from = regions.partition_point(|region| region.span.end() <= span.start());
        let to = regions.partition_point(|region| region.span.start() < span.end());
        regions.is_empty() || self.before.get(from) < self.before.get(to)
    }
}

/// What of an article is inside an entity.
pub(super) struct Covered<'a> {
    annotation: &'a Annotation,
    /// Where the entities up to each end, at most.
    ends: Vec<BytePos>,
}

impl<'a> Covered<'a> {
    pub(super) fn new(annotation: &'a Annotation) -> Self {
        let mut last = BytePos(0);
        let ends = annotation.entities().iter().map(|entity| {
            last = last.max(entity.span.end());
            last
        });
        Self {
            ends: ends.collect(),
            annotation,
        }
    }

    /// Whether an entity shares at least one byte with a span.
    pub(super) fn overlaps(&self, span: Span) -> bool {
        let entities = self.annotation.entities();
        let to = entities.partition_point(|entity| entity.span.start() < span.end());
        let end = to.checked_sub(1).and_then(|last| self.ends.get(last));
        end.is_some_and(|end| *end > span.start())
    }
}

/// The same words with two labels, and words that are tagged in one place and not in another.
fn names(
    text: &Text,
    annotation: &Annotation,
    tagged: &Tagged<'_>,
    add: &mut impl FnMut(Sign, Span, &Label, String),
) {
    let covered = Covered::new(annotation);
    let mut by_words: BTreeMap<&str, BTreeMap<&Label, (usize, Span)>> = BTreeMap::new();
    let short = annotation
        .entities()
        .iter()
        .filter(|entity| !is_long(text.slice(entity.span)));
    for entity in short {
        let labels = by_words.entry(text.slice(entity.span).trim()).or_default();
        labels.entry(&entity.label).or_insert((0, entity.span)).0 += 1;
    }
    for (words, labels) in by_words.iter().take(NAMES) {
        let Some((usual, (most, _))) = labels.iter().max_by_key(|(_, (count, _))| *count) else {
            continue;
        };
        let mut places: BTreeMap<Span, usize> = BTreeMap::new();
        for (_, place) in labels.values() {
            *places.entry(*place).or_default() += 1;
        }
        for (label, (count, span)) in labels {
            // One within the other has the same words only if both are the same span: two labels on purpose.
            let twin = places.get(span).is_some_and(|labels| *labels > 1);
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
            if !covered.overlaps(span)
                && segment::is_whole_word(text.as_str(), at, at + words.len())
                && tagged.holds(span)
            {
                told += 1;
                add(Sign::Missed, span, usual, String::new());
                if told == MISSED_TOLD {
                    break;
                }
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
