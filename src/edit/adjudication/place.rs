//! Places: where annotations of one article agree, and where they differ.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use crate::edit::LabelKind;
use crate::model::{Annotation, Label, Span, Text};

/// One annotator's finished work on the article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdjudicationInput {
    /// Whose it is.
    pub annotator: Arc<str>,
    /// Its revision.
    pub revision: i64,
    /// The annotation.
    pub annotation: Annotation,
}

/// A span with its label, whoever put it there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelledSpan {
    /// The labelled text, without white space at its edges.
    pub span: Span,
    /// Its label.
    pub label: Label,
}

/// What one or several annotators have at a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    /// Whose version it is, in the order of their names.
    pub annotators: Vec<Arc<str>>,
    /// The spans, sorted; empty where these annotators have nothing.
    pub spans: Vec<LabelledSpan>,
}

/// The name of a place: no two places of an article share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlaceId {
    /// Whether regions or entities are compared.
    pub kind: LabelKind,
    /// The text that its spans cover.
    pub span: Span,
}

/// A stretch of text with what each annotator has there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Whether regions or entities are compared.
    pub kind: LabelKind,
    /// The smallest span that covers the spans of all versions.
    pub span: Span,
    /// The versions, most annotators first; never empty.
    pub versions: Vec<Version>,
}

impl Place {
    /// A place at which no annotator has anything, for a span that the adjudicator adds.
    #[must_use]
    pub fn without_spans(kind: LabelKind, span: Span, inputs: &[AdjudicationInput]) -> Self {
        let mut annotators: Vec<_> = inputs.iter().map(|own| own.annotator.clone()).collect();
        annotators.sort();
        let spans = Vec::new();
        Self {
            kind,
            span,
            versions: vec![Version { annotators, spans }],
        }
    }

    /// The name of the place.
    #[must_use]
    pub fn id(&self) -> PlaceId {
        PlaceId {
            kind: self.kind,
            span: self.span,
        }
    }

    /// Whether all annotators have the same here.
    #[must_use]
    pub fn is_unanimous(&self) -> bool {
        self.versions.len() == 1
    }

    /// Whether no annotator has anything here.
    #[must_use]
    pub fn is_without_spans(&self) -> bool {
        self.versions.iter().all(|version| version.spans.is_empty())
    }

    /// The number of annotators.
    #[must_use]
    pub fn voters(&self) -> usize {
        self.versions.iter().map(|one| one.annotators.len()).sum()
    }

    /// The number of the version that an annotator has.
    #[must_use]
    pub fn version_of(&self, annotator: &str) -> Option<usize> {
        self.versions
            .iter()
            .position(|version| version.annotators.iter().any(|name| **name == *annotator))
    }

    /// The number of the version that has these spans.
    #[must_use]
    pub fn version_with(&self, spans: &[LabelledSpan]) -> Option<usize> {
        self.versions
            .iter()
            .position(|version| version.spans == spans)
    }
}

/// A labelled span with the numbers of the inputs that have it.
struct Item {
    labelled: LabelledSpan,
    holders: Vec<usize>,
}

/// Lists all places of an article in reading order, those on which all agree as well.
///
/// Spans are compared without white space at their edges. A span that all inputs have is a place of
/// its own, unless the others at exactly its place differ; the rest are joined where they overlap.
/// So the versions of two places never overlap each other, and any choice of versions gives a valid
/// annotation. The order of the inputs does not matter. Takes O(n log n) for n spans.
#[must_use]
pub fn find_places(text: &Text, inputs: &[AdjudicationInput]) -> Vec<Place> {
    let mut order: Vec<&AdjudicationInput> = inputs.iter().collect();
    order.sort_by_key(|input| &input.annotator);
    let mut places = Vec::new();
    for kind in [LabelKind::Region, LabelKind::Entity] {
        let mut found: Vec<(LabelledSpan, usize)> = Vec::new();
        for (holder, input) in order.iter().enumerate() {
            let mut own = labelled_spans(text, &input.annotation, kind);
            // White space at an edge can be all that tells two spans apart.
            own.sort();
            own.dedup();
            found.extend(own.into_iter().map(|labelled| (labelled, holder)));
        }
        found.sort();
        places.extend(places_of(kind, &order, items(found)));
    }
    places.sort_by_key(|place| (place.span, place.kind));
    places
}

/// The regions or the entities of an annotation, without white space at their edges.
pub(super) fn labelled_spans(
    text: &Text,
    annotation: &Annotation,
    kind: LabelKind,
) -> Vec<LabelledSpan> {
    let labelled = |span, label: &Label| LabelledSpan {
        span: text.trim(span).unwrap_or(span),
        label: label.clone(),
    };
    match kind {
        LabelKind::Region => {
            let regions = annotation.regions().iter();
            regions.map(|one| labelled(one.span, &one.label)).collect()
        }
        LabelKind::Entity => {
            let entities = annotation.entities().iter();
            entities.map(|one| labelled(one.span, &one.label)).collect()
        }
    }
}

/// Puts equal spans together.
fn items(sorted: Vec<(LabelledSpan, usize)>) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for (labelled, holder) in sorted {
        match items.last_mut() {
            Some(last) if last.labelled == labelled => last.holders.push(holder),
            _ => items.push(Item {
                labelled,
                holders: vec![holder],
            }),
        }
    }
    items
}

/// The places of one kind from all its spans in order.
fn places_of(kind: LabelKind, inputs: &[&AdjudicationInput], items: Vec<Item>) -> Vec<Place> {
    let (shared, disputed): (Vec<Item>, Vec<Item>) = items
        .into_iter()
        .partition(|item| item.holders.len() == inputs.len());
    let mut groups: Vec<(Span, Vec<Item>)> = Vec::new();
    for item in disputed {
        let span = item.labelled.span;
        match groups.last_mut() {
            Some((cover, members)) if cover.overlaps(span) => {
                *cover = cover.cover(span);
                members.push(item);
            }
            _ => groups.push((span, vec![item])),
        }
    }
    let mut by_span: HashMap<Span, usize> = groups
        .iter()
        .enumerate()
        .map(|(at, (span, _))| (*span, at))
        .collect();
    for item in shared {
        let at = *by_span.entry(item.labelled.span).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, members)) => members.push(item),
            None => groups.push((item.labelled.span, vec![item])),
        }
    }
    let place = |(span, members): (Span, Vec<Item>)| Place {
        kind,
        span,
        versions: versions(inputs, members),
    };
    groups.into_iter().map(place).collect()
}

/// What each input has of a place, equal versions as one.
fn versions(inputs: &[&AdjudicationInput], members: Vec<Item>) -> Vec<Version> {
    let mut spans_of: Vec<Vec<LabelledSpan>> = vec![Vec::new(); inputs.len()];
    for Item { labelled, holders } in members {
        for holder in holders {
            if let Some(spans) = spans_of.get_mut(holder) {
                spans.push(labelled.clone());
            }
        }
    }
    let mut versions: Vec<Version> = Vec::new();
    for (input, mut spans) in inputs.iter().zip(spans_of) {
        spans.sort();
        match versions.iter_mut().find(|version| version.spans == spans) {
            Some(version) => version.annotators.push(input.annotator.clone()),
            None => versions.push(Version {
                annotators: vec![input.annotator.clone()],
                spans,
            }),
        }
    }
    // Of equally many, what is there comes before nothing.
    let order = |version: &Version| (Reverse(version.annotators.len()), version.spans.is_empty());
    versions.sort_by(|a, b| (order(a), &a.spans).cmp(&(order(b), &b.spans)));
    versions
}
