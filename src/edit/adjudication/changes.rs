//! What adjudication changed, and the transaction that brings a result about.

use std::cmp::Ordering;

use super::decision::{Decision, DecisionChange};
use super::place::{LabelledSpan, PlaceId};
use crate::edit::{Edit, Transaction, plan};
use crate::model::{Annotation, Label, Span};

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
    let regions = difference(from.regions(), to.regions(), |one| (one.span, &one.label));
    let entities = difference(from.entities(), to.entities(), |one| (one.span, &one.label));
    let mut edits = Vec::new();
    edits.extend(regions.gone.into_iter().map(Edit::RemoveRegion));
    edits.extend(entities.gone.into_iter().map(Edit::RemoveEntity));
    edits.extend(regions.new.into_iter().map(Edit::AddRegion));
    edits.extend(entities.new.into_iter().map(Edit::AddEntity));
    Transaction { edits }
}

/// What one sorted list has and another has not.
struct Difference<T> {
    gone: Vec<T>,
    new: Vec<T>,
}

/// Compares two lists that are sorted by `key`.
fn difference<'a, T: Clone>(
    from: &'a [T],
    to: &'a [T],
    key: impl Fn(&'a T) -> (Span, &'a Label),
) -> Difference<T> {
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    let (mut old, mut now) = (from.iter().peekable(), to.iter().peekable());
    loop {
        let order = match (old.peek(), now.peek()) {
            (Some(old), Some(now)) => key(old).cmp(&key(now)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return Difference { gone, new },
        };
        match order {
            Ordering::Less => gone.extend(old.next().cloned()),
            Ordering::Greater => new.extend(now.next().cloned()),
            Ordering::Equal => {
                old.next();
                now.next();
            }
        }
    }
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
