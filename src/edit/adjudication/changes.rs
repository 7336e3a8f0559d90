//! What adjudication changed, and the transaction that brings a result about.

use std::collections::HashSet;

use super::decision::{Decision, DecisionChange};
use super::place::{LabelledSpan, PlaceId};
use crate::edit::{Edit, Transaction, plan};
use crate::model::{Annotation, Entity, Region};

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

/// The transaction that gives an annotation the labels of another. Status and remarks stay, and so
/// do spans that have their label already, whoever put them there.
#[must_use]
pub fn labels_transaction(from: &Annotation, to: &Annotation) -> Transaction {
    let region = |one: &Region| (one.span, one.label.clone());
    let entity = |one: &Entity| (one.span, one.label.clone());
    let old_regions: HashSet<_> = from.regions().iter().map(region).collect();
    let new_regions: HashSet<_> = to.regions().iter().map(region).collect();
    let old_entities: HashSet<_> = from.entities().iter().map(entity).collect();
    let new_entities: HashSet<_> = to.entities().iter().map(entity).collect();
    let mut edits = Vec::new();
    let gone = from.regions().iter();
    let gone = gone.filter(|one| !new_regions.contains(&region(one)));
    edits.extend(gone.cloned().map(Edit::RemoveRegion));
    let gone = from.entities().iter();
    let gone = gone.filter(|one| !new_entities.contains(&entity(one)));
    edits.extend(gone.cloned().map(Edit::RemoveEntity));
    let new = to.regions().iter();
    let new = new.filter(|one| !old_regions.contains(&region(one)));
    edits.extend(new.cloned().map(Edit::AddRegion));
    let new = to.entities().iter();
    let new = new.filter(|one| !old_entities.contains(&entity(one)));
    edits.extend(new.cloned().map(Edit::AddEntity));
    Transaction { edits }
}

/// The transaction with which a history begins whose annotation came whole, with its decisions.
#[must_use]
pub fn start_with_decisions(annotation: &Annotation, decisions: &[Decision]) -> Transaction {
    let mut transaction = plan::start_from(annotation);
    let decided = decisions.iter().map(|decision| {
        Edit::Decide(Box::new(DecisionChange {
            place: decision.id(),
            from: None,
            to: Some(decision.clone()),
        }))
    });
    transaction.edits.extend(decided);
    transaction
}
