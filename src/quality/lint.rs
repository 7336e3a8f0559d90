//! The lint: labels that are valid but look like mistakes. Each finding has a span; [`repaired`]
//! makes the safe repairs (of edges). The window's check before Done and `validate --lint` both ask
//! [`lint`].

mod kind;

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::edit::segment;
use crate::model::{Annotation, BytePos, Label, Schema, Span, Status, Text};

pub use kind::Lint;

/// An entity with more characters than this is hardly one.
const LONG_ENTITY_CHARS: usize = 120;
/// The most untagged places of a name that are reported.
const MISSED_TOLD: usize = 3;
/// The most different names of an article that are searched in it.
const NAMES: usize = 4000;

/// A label that looks like a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The kind.
    pub lint: Lint,
    /// Where.
    pub span: Span,
    /// What is labelled there, or with what it is labelled elsewhere; `None` where nothing is.
    pub label: Option<Label>,
    /// More, for people; may be empty.
    pub detail: String,
}

/// Checks the labels of an article. `schema` says in which regions entities are tagged; without
/// one, in all. Text without a region and unsure suggestions are findings only in an annotation
/// that is done.
#[must_use]
pub fn lint(text: &Text, annotation: &Annotation, schema: Option<&Schema>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |lint, span, label: Option<&Label>, detail: String| {
        found.push(Finding {
            lint,
            span,
            label: label.cloned(),
            detail,
        });
    };
    edges(text, annotation, &mut add);
    let tagged = Tagged::new(annotation, schema);
    for entity in annotation.entities() {
        if is_long(text.slice(entity.span)) {
            add(Lint::Long, entity.span, Some(&entity.label), String::new());
        }
        if !tagged.holds(entity.span) {
            add(
                Lint::Outside,
                entity.span,
                Some(&entity.label),
                String::new(),
            );
        } else if reaches_over(annotation, entity.span) {
            add(
                Lint::OverEdge,
                entity.span,
                Some(&entity.label),
                String::new(),
            );
        }
    }
    names(text, annotation, &tagged, &mut add);
    if let Some(schema) = schema {
        switched_off(annotation, schema, &mut add);
    }
    if annotation.status() == Status::Done {
        unlabelled(text, annotation, &mut add);
        unsure(annotation, &mut add);
    }
    found.sort_by_key(|finding| (finding.span, finding.lint));
    found
}

/// What the check before Done finds in an annotation that is about to be marked done: what [`lint`]
/// finds in it as it would be then, with its suggestions confirmed, and of that the lints that are
/// checked.
#[must_use]
pub fn before_done(text: &Text, annotation: &Annotation, schema: Option<&Schema>) -> Vec<Finding> {
    let tagged = Tagged::new(annotation, schema);
    // Suggestions where none are tagged go with Done.
    let entities = annotation.entities().iter();
    let kept = entities
        .filter(|entity| !entity.provenance.is_suggestion() || tagged.holds(entity.span))
        .cloned();
    let done = Annotation::from_parts(
        text,
        annotation.regions().to_vec(),
        kept.collect(),
        Status::Done,
        Vec::new(),
    );
    // What was sound stays sound with less in it.
    let Ok(done) = done else { return Vec::new() };
    let mut found = lint(text, &done, schema);
    found.retain(|finding| finding.lint.is_checked_before_done());
    found
}

/// Spans that cut a sign, or have white space or stray punctuation at their edges.
fn edges(
    text: &Text,
    annotation: &Annotation,
    add: &mut impl FnMut(Lint, Span, Option<&Label>, String),
) {
    let regions = annotation
        .regions()
        .iter()
        .map(|r| (r.span, &r.label, false));
    let entities = annotation
        .entities()
        .iter()
        .map(|e| (e.span, &e.label, true));
    for (span, label, is_entity) in regions.chain(entities) {
        let lint = if segment::snap_to_graphemes(text, span) != span {
            Lint::CutSign
        } else if segment::tidy(text, span) != Some(span) {
            Lint::EdgeSpace
        } else if is_entity && segment::trim_to_name(text, span) != Some(span) {
            Lint::EdgeMark
        } else {
            continue;
        };
        add(lint, span, Some(label), String::new());
    }
}

/// Whether a span is partly in a region and partly not.
fn reaches_over(annotation: &Annotation, span: Span) -> bool {
    // They do not overlap, so a region that holds the span is the only one in it.
    let first = annotation.regions_in(span).first();
    first.is_some_and(|region| !region.span.contains(span))
}

fn switched_off(
    annotation: &Annotation,
    schema: &Schema,
    add: &mut impl FnMut(Lint, Span, Option<&Label>, String),
) {
    let mut add = |span, label| add(Lint::LabelOff, span, Some(label), String::new());
    for region in annotation.regions() {
        let known = schema.region(region.label.as_str());
        if known.is_some_and(|known| !known.enabled) {
            add(region.span, &region.label);
        }
    }
    for entity in annotation.entities() {
        let known = schema.entity(entity.label.as_str());
        if known.is_some_and(|known| !known.enabled) {
            add(entity.span, &entity.label);
        }
    }
}

/// The stretches with letters or digits that lie in no region. Where there is no region at all but
/// there are entities, regions are not what was labelled.
fn unlabelled(
    text: &Text,
    annotation: &Annotation,
    add: &mut impl FnMut(Lint, Span, Option<&Label>, String),
) {
    if annotation.regions().is_empty() && !annotation.entities().is_empty() {
        return;
    }
    let ends = annotation.regions().iter().map(|region| region.span);
    let mut from = BytePos(0);
    let mut gap = |to: BytePos, from: BytePos| {
        let Some(span) = text.span(from, to).ok().and_then(|gap| text.trim(gap)) else {
            return;
        };
        if text.slice(span).contains(char::is_alphanumeric) {
            add(Lint::NoRegion, span, None, String::new());
        }
    };
    for span in ends {
        gap(span.start(), from);
        from = span.end();
    }
    gap(text.end(), from);
}

fn unsure(annotation: &Annotation, add: &mut impl FnMut(Lint, Span, Option<&Label>, String)) {
    for region in annotation.regions() {
        if region.provenance.is_unsure() {
            add(
                Lint::Unsure,
                region.span,
                Some(&region.label),
                String::new(),
            );
        }
    }
    for entity in annotation.entities() {
        if entity.provenance.is_unsure() {
            add(
                Lint::Unsure,
                entity.span,
                Some(&entity.label),
                String::new(),
            );
        }
    }
}

/// Whether words are too long for an entity; only so much of them is looked at.
fn is_long(words: &str) -> bool {
    words.chars().nth(LONG_ENTITY_CHARS).is_some()
}

/// The regions of an article in which entities are tagged.
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

    /// Whether entities are tagged where a span lies: in one of its regions, or anywhere if there
    /// are no regions.
    pub(super) fn holds(&self, span: Span) -> bool {
        let regions = self.annotation.regions();
        let from = regions.partition_point(|region| region.span.end() <= span.start());
        let to = regions.partition_point(|region| region.span.start() < span.end());
        regions.is_empty() || self.before.get(from) < self.before.get(to)
    }
}

/// The text of an article that is inside an entity.
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
    add: &mut impl FnMut(Lint, Span, Option<&Label>, String),
) {
    let mut by_words: BTreeMap<&str, BTreeMap<&Label, (usize, Span)>> = BTreeMap::new();
    let short = annotation
        .entities()
        .iter()
        .filter(|entity| !is_long(text.slice(entity.span)));
    for entity in short {
        let labels = by_words.entry(text.slice(entity.span).trim()).or_default();
        labels.entry(&entity.label).or_insert((0, entity.span)).0 += 1;
    }
    let mut sought: Vec<(&str, &Label)> = Vec::new();
    for (words, labels) in by_words.iter().take(NAMES) {
        let Some((usual, (most, _))) = labels.iter().max_by_key(|(_, (count, _))| *count) else {
            continue;
        };
        let mut places: BTreeMap<Span, usize> = BTreeMap::new();
        for (_, place) in labels.values() {
            *places.entry(*place).or_default() += 1;
        }
        for (label, (count, span)) in labels {
            // One within the other has the same words only if both are the same span: two labels on
            // purpose.
            let twin = places.get(span).is_some_and(|labels| *labels > 1);
            if label != usual && !twin {
                add(
                    Lint::TwoLabels,
                    *span,
                    Some(label),
                    format!("{count} times, but {most} times {usual}"),
                );
            }
        }
        // Lower case, or a single letter, is hardly a name.
        if words.chars().count() >= 2 && words.starts_with(char::is_uppercase) {
            sought.push((words, usual));
        }
    }
    missed(text, &Covered::new(annotation), tagged, &sought, add);
}

/// Finds untagged places of names that are tagged elsewhere, except inside longer names.
fn missed(
    text: &Text,
    covered: &Covered<'_>,
    tagged: &Tagged<'_>,
    sought: &[(&str, &Label)],
    add: &mut impl FnMut(Lint, Span, Option<&Label>, String),
) {
    let patterns = sought.iter().map(|(words, _)| *words);
    let finder = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(patterns);
    // So many names that no finder can be made of them are not looked for.
    let Ok(finder) = finder else { return };
    let mut told = vec![0; sought.len()];
    for found in finder.find_iter(text.as_str()) {
        let (Some(count), Some((_, label))) = (
            told.get_mut(found.pattern().as_usize()),
            sought.get(found.pattern().as_usize()),
        ) else {
            continue;
        };
        let (start, end) = (found.start(), found.end());
        let Ok(span) = text.span(BytePos::from_index(start), BytePos::from_index(end)) else {
            continue;
        };
        if *count < MISSED_TOLD
            && !covered.overlaps(span)
            && segment::is_whole_word(text.as_str(), start, end)
            && !goes_on(text.as_str(), end)
            && tagged.holds(span)
        {
            *count += 1;
            add(Lint::Missed, span, Some(label), String::new());
        }
    }
}

/// Whether a name goes on after `end` with another large word, as "Malta" does in "Malta
/// Independent" and in "Malta-Gipfel".
fn goes_on(string: &str, end: usize) -> bool {
    let rest = &string[end..];
    let next = rest.strip_prefix([' ', '\u{a0}', '-', '‑']);
    next.is_some_and(|next| next.starts_with(char::is_uppercase))
}

/// The annotation with spans that cut no sign and have no white space at their edges, and how many
/// were changed. Where that would make two overlap, cross or be the same, nothing is changed.
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
mod tests;
