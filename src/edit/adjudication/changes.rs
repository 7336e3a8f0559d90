//! What adjudication changed, and the transaction that brings a result about.

use std::collections::HashSet;

use super::decision::Decision;
use super::place::{LabelledSpan, PlaceId};
use crate::edit::{Edit, Transaction};
use crate::model::Annotation;

/// A place where an annotator's version was not chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdjudicatedChange {
    /// Where.
    pub place: PlaceId,
    /// What the annotator had there.
    pub before: Vec<LabelledSpan>,
    /// What the result has there.
    pub after: Vec<LabelledSpan>,
    /// The decision, with who had what, how it came about and why.
    pub decision: Decision,
}

/// What was changed of one annotator's work, in the order of the decisions.
#[must_use]
pub fn changes_of(annotator: &str, decisions: &[Decision]) -> Vec<AdjudicatedChange> {
    let change = |decision: &Decision| {
        let version = decision.place.version_of(annotator)?;
        let before = &decision.place.versions.get(version)?.spans;
        let after = decision.spans()?;
        (before.as_slice() != after).then(|| AdjudicatedChange {
            place: decision.id(),
            before: before.clone(),
            after: after.to_vec(),
            decision: decision.clone(),
        })
    };
    decisions.iter().filter_map(change).collect()
}

/// The transaction that gives an annotation the labels of another. Status and remarks stay.
#[must_use]
pub fn labels_transaction(from: &Annotation, to: &Annotation) -> Transaction {
    let mut edits = Vec::new();
    let key_of = |span, label, provenance| (span, label, provenance);
    let regions = |of: &'_ Annotation| -> HashSet<_> {
        let keys = of.regions().iter();
        keys.map(|one| key_of(one.span, one.label.clone(), one.provenance))
            .collect()
    };
    let entities = |of: &'_ Annotation| -> HashSet<_> {
        let keys = of.entities().iter();
        keys.map(|one| key_of(one.span, one.label.clone(), one.provenance))
            .collect()
    };
    let (old_regions, new_regions) = (regions(from), regions(to));
    let (old_entities, new_entities) = (entities(from), entities(to));
    for one in from.regions() {
        if !new_regions.contains(&key_of(one.span, one.label.clone(), one.provenance)) {
            edits.push(Edit::RemoveRegion(one.clone()));
        }
    }
    for one in from.entities() {
        if !new_entities.contains(&key_of(one.span, one.label.clone(), one.provenance)) {
            edits.push(Edit::RemoveEntity(one.clone()));
        }
    }
    for one in to.regions() {
        if !old_regions.contains(&key_of(one.span, one.label.clone(), one.provenance)) {
            edits.push(Edit::AddRegion(one.clone()));
        }
    }
    for one in to.entities() {
        if !old_entities.contains(&key_of(one.span, one.label.clone(), one.provenance)) {
            edits.push(Edit::AddEntity(one.clone()));
        }
    }
    Transaction { edits }
}
