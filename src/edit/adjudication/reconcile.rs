//! Which decisions hold after an annotator has changed something.

use std::collections::HashMap;

use super::decision::{Choice, Decision};
use super::place::{Place, PlaceId};
use super::same::translate;
use crate::model::Text;

/// A place that has to be decided again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reopened {
    /// The place as it is now.
    pub place: PlaceId,
    /// The earlier decisions on it and on places that overlap it.
    pub before: Vec<Decision>,
}

/// What has become of earlier decisions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Decisions that hold. Their places are the present ones.
    pub kept: Vec<Decision>,
    /// Places that have to be decided again, in reading order.
    pub reopened: Vec<Reopened>,
    /// Decisions that are no longer needed, because all annotators agree there now.
    pub settled: Vec<Decision>,
}

/// Fits earlier decisions to the places of changed inputs: only decisions on changed places are
/// lost.
///
/// A decision holds if its place has the same span, and every annotator of then has the same
/// version as then. An annotator who joins may have any of these versions, if the choice was not
/// made by a rule that counts annotators.
#[must_use]
pub fn reconcile(text: &Text, decisions: &[Decision], places: &[Place]) -> Reconciled {
    let mut by_id: HashMap<PlaceId, &Decision> =
        decisions.iter().map(|one| (one.id(), one)).collect();
    let mut reconciled = Reconciled::default();
    let mut changed: Vec<&Place> = Vec::new();
    for place in places {
        let Some(decision) = by_id.get(&place.id()) else {
            if !place.is_unanimous() {
                changed.push(place);
            }
            continue;
        };
        if let Some(kept) = fitted(text, decision, place) {
            by_id.remove(&place.id());
            reconciled.kept.push(kept);
        } else if !place.is_unanimous() {
            changed.push(place);
        }
    }
    // In the order of the decisions, so that the outcome does not depend on chance.
    for decision in decisions {
        if !by_id.contains_key(&decision.id()) {
            continue;
        }
        let overlaps = |place: &&&Place| {
            place.kind == decision.place.kind && place.span.overlaps(decision.place.span)
        };
        let reopened: Vec<_> = changed.iter().filter(overlaps).collect();
        let is_own_place = decision.place.is_without_spans();
        if !reopened.is_empty() {
            reconciled
                .reopened
                .extend(reopened.into_iter().map(|place| Reopened {
                    place: place.id(),
                    before: vec![decision.clone()],
                }));
        } else if is_own_place && !places.iter().any(|place| overlaps(&&place)) {
            reconciled.kept.push(decision.clone());
        } else {
            reconciled.settled.push(decision.clone());
        }
    }
    let order = |id: PlaceId| (id.span, id.kind);
    reconciled.kept.sort_by_key(|one| order(one.id()));
    reconciled.reopened.sort_by_key(|one| order(one.place));
    reconciled.reopened.dedup_by(|next, last| {
        let is_same = next.place == last.place;
        if is_same {
            last.before.append(&mut next.before);
        }
        is_same
    });
    reconciled
}

/// The decision on the place as it is now, if it holds.
pub(super) fn fitted(text: &Text, decision: &Decision, place: &Place) -> Option<Decision> {
    let before = &decision.place;
    if before == place {
        return Some(decision.clone());
    }
    let has_same_voters = before.versions.iter().all(|version| {
        place
            .version_with(&version.spans)
            .and_then(|at| place.versions.get(at))
            .is_some_and(|now| {
                let mut names = version.annotators.iter();
                names.all(|name| now.annotators.contains(name))
            })
    });
    if !has_same_voters || before.versions.len() != place.versions.len() {
        return None;
    }
    let choice = match &decision.choice {
        Choice::Majority { threshold } => {
            let winner = place.majority(*threshold)?;
            let spans = &place.versions.get(winner)?.spans;
            (decision.spans()? == spans.as_slice()).then(|| decision.choice.clone())?
        }
        choice => translate(text, choice, before, place)?,
    };
    Some(Decision {
        place: place.clone(),
        choice,
        ..decision.clone()
    })
}
