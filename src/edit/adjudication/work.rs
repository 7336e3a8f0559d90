//! All places of an article with the decisions on them.

mod own;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::changes::labels_transaction;
use super::decision::{Choice, Decision, DecisionChange, How, InputRevision, Threshold};
use super::place::{AdjudicationInput, LabelledSpan, Place, PlaceId, find_places};
use super::reconcile::{Reconciled, fitted, reconcile};
use super::resolve::{Chosen, Resolved, Unresolved, annotation, by_agreement, revisions};
use super::same::{same_as, translate};
use crate::edit::{Edit, LabelKind, Transaction};
use crate::model::{Annotation, Schema, Span, Text};

/// An article in adjudication.
///
/// The labels of all decisions together always fit: a decision that does not is refused and changes
/// nothing.
#[derive(Clone, Debug)]
pub struct Adjudication {
    text: Text,
    schema: Arc<Schema>,
    inputs: Vec<AdjudicationInput>,
    revisions: Arc<[InputRevision]>,
    places: Vec<Place>,
    decisions: Vec<Option<Decision>>,
}

impl Adjudication {
    /// Starts without decisions. The inputs can be in any order.
    #[must_use]
    pub fn new(text: Text, schema: Arc<Schema>, mut inputs: Vec<AdjudicationInput>) -> Self {
        inputs.sort_by(|a, b| a.annotator.cmp(&b.annotator));
        let places = find_places(&text, &inputs);
        Self {
            revisions: revisions(&inputs),
            decisions: vec![None; places.len()],
            text,
            schema,
            inputs,
            places,
        }
    }

    /// Resumes with earlier decisions, of which only those on changed places are lost. The second
    /// value lists these.
    #[must_use]
    pub fn resume(
        text: Text,
        schema: Arc<Schema>,
        inputs: Vec<AdjudicationInput>,
        decisions: &[Decision],
    ) -> (Self, Reconciled) {
        let mut work = Self::new(text, schema, inputs);
        let reconciled = reconcile(&work.text, decisions, &work.places);
        for decision in &reconciled.kept {
            let at = work.place_for(decision.place.kind, decision.place.span);
            if let (Some(place), Some(slot)) = (work.places.get(at), work.decisions.get_mut(at)) {
                let mut decision = decision.clone();
                decision.place = place.clone();
                *slot = Some(decision);
            }
        }
        (work, reconciled)
    }

    /// The article's text.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The inputs, in the order of the annotators' names.
    #[must_use]
    pub fn inputs(&self) -> &[AdjudicationInput] {
        &self.inputs
    }

    /// The inputs' names and revisions, in the order of the names.
    #[must_use]
    pub fn revisions(&self) -> &Arc<[InputRevision]> {
        &self.revisions
    }

    /// All places in reading order, those on which all agree as well.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The number of the place with this name.
    #[must_use]
    pub fn find(&self, id: PlaceId) -> Option<usize> {
        let found = self
            .places
            .binary_search_by_key(&(id.span, id.kind), |place| (place.span, place.kind));
        found.ok()
    }

    /// The decision on a place: the one that was made, or else that of all annotators who agree.
    #[must_use]
    pub fn decision(&self, at: usize) -> Option<Decision> {
        let made = self.decisions.get(at)?;
        made.clone().or_else(|| {
            let place = self.places.get(at)?;
            place
                .is_unanimous()
                .then(|| by_agreement(place.clone(), &self.revisions))
        })
    }

    /// The decision that was made on a place, without the agreement of all.
    #[must_use]
    pub fn made(&self, at: usize) -> Option<&Decision> {
        self.decisions.get(at)?.as_ref()
    }

    /// All decisions that were made, in reading order: what is to be stored.
    pub fn all_made(&self) -> impl Iterator<Item = &Decision> {
        self.decisions.iter().flatten()
    }

    /// Whether a place is not decided.
    #[must_use]
    pub fn is_open(&self, at: usize) -> bool {
        let undecided = self.decisions.get(at).is_some_and(Option::is_none);
        undecided && self.places.get(at).is_some_and(|one| !one.is_unanimous())
    }

    /// The numbers of the places that are not decided, in reading order.
    pub fn open(&self) -> impl Iterator<Item = usize> {
        (0..self.places.len()).filter(|at| self.is_open(*at))
    }

    /// The number of the place with this name, which is added if no annotator has anything there.
    pub fn place_for(&mut self, kind: LabelKind, span: Span) -> usize {
        let span = self.text.trim(span).unwrap_or(span);
        let found = self
            .places
            .binary_search_by_key(&(span, kind), |place| (place.span, place.kind));
        found.unwrap_or_else(|at| {
            let place = Place::without_spans(kind, span, &self.inputs);
            self.places.insert(at, place);
            self.decisions.insert(at, None);
            at
        })
    }

    /// Decides a place, or decides it anew.
    ///
    /// # Errors
    /// If the choice does not fit; nothing has changed then.
    pub fn decide(
        &mut self,
        at: usize,
        choice: Choice,
        how: How,
        reason: Option<String>,
    ) -> Result<(), Unresolved> {
        let Some(place) = self.places.get(at) else {
            return Ok(());
        };
        let decision = Decision {
            place: place.clone(),
            choice: self.canonical(choice),
            how,
            reason: reason.filter(|reason| !reason.trim().is_empty()),
            inputs: self.revisions.clone(),
        };
        self.put(vec![(at, Some(decision))])
    }

    /// Takes the decision on a place back: it is open again, or goes by the agreement of all.
    ///
    /// # Errors
    /// If what all annotators have there does not fit beside the adjudicator's own spans; nothing
    /// has changed then.
    pub fn take_back(&mut self, at: usize) -> Result<(), Unresolved> {
        self.put(vec![(at, None)])
    }

    /// Replaces the decision on a place by an earlier one, for undo.
    ///
    /// # Errors
    /// If it does not fit; nothing has changed then.
    pub fn restore(&mut self, at: usize, decision: Option<Decision>) -> Result<(), Unresolved> {
        let fits = decision
            .as_ref()
            .is_none_or(|decision| self.places.get(at) == Some(&decision.place));
        if !fits {
            let id = self.places.get(at).map(Place::id);
            return id.map_or(Ok(()), |id| Err(Unresolved::Changed(id)));
        }
        self.put(vec![(at, decision)])
    }

    /// The numbers of the other places like this one.
    #[must_use]
    pub fn same_as(&self, at: usize) -> Vec<usize> {
        same_as(&self.text, &self.places, at)
    }

    /// Decides all other places like this one in the same way, unless they are decided already.
    /// Returns the numbers of those that are decided by this; a place where the choice does not fit
    /// stays open.
    pub fn decide_same(&mut self, at: usize) -> Vec<usize> {
        let Some(decision) = self.decision(at) else {
            return Vec::new();
        };
        let choice = match (&decision.choice, decision.version()) {
            (Choice::Unanimous | Choice::Majority { .. }, Some(version)) => {
                Choice::Version(version)
            }
            (choice, _) => choice.clone(),
        };
        let mut decided = Vec::new();
        for like in self.same_as(at) {
            let Some(place) = self.places.get(like).filter(|_| self.made(like).is_none()) else {
                continue;
            };
            if let Some(choice) = translate(&self.text, &choice, &decision.place, place) {
                let made = Decision {
                    place: place.clone(),
                    choice: self.canonical(choice),
                    how: How::SameAs(decision.place.span),
                    reason: decision.reason.clone(),
                    inputs: self.revisions.clone(),
                };
                decided.push((like, Some(made)));
            }
        }
        self.put_what_fits(decided)
    }

    /// Decides all open places on which more than `threshold` of the annotators agree. Returns
    /// their numbers.
    pub fn decide_by_majority(&mut self, threshold: Threshold) -> Vec<usize> {
        let open: Vec<usize> = self.open().collect();
        let decided = open.into_iter().filter_map(|at| {
            let place = self.places.get(at)?;
            place.majority(threshold)?;
            let decision = Decision {
                place: place.clone(),
                choice: Choice::Majority { threshold },
                how: How::ByRule,
                reason: None,
                inputs: self.revisions.clone(),
            };
            Some((at, Some(decision)))
        });
        let decided: Vec<_> = decided.collect();
        self.put_what_fits(decided)
    }

    /// The labels of all that is decided, without those of open places.
    ///
    /// # Errors
    /// Never after a method of this type; the labels of decisions fit together.
    pub fn so_far(&self) -> Result<Annotation, Unresolved> {
        let mut chosen = Vec::with_capacity(self.places.len());
        for (place, made) in self.places.iter().zip(&self.decisions) {
            match made {
                Some(decision) => chosen.push(Chosen::by(decision)?),
                None => chosen.extend(Chosen::by_agreement(place)),
            }
        }
        annotation(&self.text, &self.schema, &chosen)
    }

    /// The result, with one decision for each place.
    ///
    /// # Errors
    /// [`Unresolved::Open`] if a place is not decided.
    pub fn result(&self) -> Result<Resolved, Unresolved> {
        let open: Vec<PlaceId> = self
            .open()
            .filter_map(|at| self.places.get(at).map(Place::id))
            .collect();
        if !open.is_empty() {
            return Err(Unresolved::Open(open));
        }
        let decisions: Vec<Decision> = (0..self.places.len())
            .filter_map(|at| self.decision(at))
            .collect();
        Ok(Resolved {
            annotation: self.so_far()?,
            decisions,
        })
    }

    /// The transaction that brings an adjudicator's annotation and history up to date: the decisions
    /// that differ from those `stored`, and the labels that differ from those of `annotation`.
    ///
    /// # Errors
    /// As [`Adjudication::so_far`].
    pub fn transaction(
        &self,
        annotation: &Annotation,
        stored: &[Decision],
    ) -> Result<Transaction, Unresolved> {
        let mut before: BTreeMap<(Span, LabelKind), &Decision> = stored
            .iter()
            .map(|one| ((one.place.span, one.place.kind), one))
            .collect();
        let mut edits = Vec::new();
        let mut change = |place: PlaceId, from: Option<&Decision>, to: Option<&Decision>| {
            let is_same = match (from, to) {
                // It was fitted to what annotators have changed elsewhere.
                (Some(from), Some(to)) => {
                    from == to || fitted(&self.text, from, &to.place).as_ref() == Some(to)
                }
                (from, to) => from == to,
            };
            if !is_same {
                edits.push(Edit::Decide(Box::new(DecisionChange {
                    place,
                    from: from.cloned(),
                    to: to.cloned(),
                })));
            }
        };
        for decision in self.all_made() {
            let from = before.remove(&(decision.place.span, decision.place.kind));
            change(decision.id(), from, Some(decision));
        }
        for decision in before.into_values() {
            change(decision.id(), Some(decision), None);
        }
        edits.extend(labels_transaction(annotation, &self.so_far()?).edits);
        Ok(Transaction { edits })
    }

    /// Own spans without white space at their edges, in order; no spans are nobody's version.
    fn canonical(&self, choice: Choice) -> Choice {
        let Choice::Own(spans) = choice else {
            return choice;
        };
        let mut spans: Vec<LabelledSpan> = spans
            .into_iter()
            .map(|one| LabelledSpan {
                span: self.text.trim(one.span).unwrap_or(one.span),
                label: one.label,
            })
            .collect();
        spans.sort();
        spans.dedup();
        if spans.is_empty() {
            Choice::Nobody
        } else {
            Choice::Own(spans)
        }
    }

    /// Puts decisions in their places if the labels of all fit together.
    fn put(&mut self, decisions: Vec<(usize, Option<Decision>)>) -> Result<(), Unresolved> {
        let mut before = Vec::with_capacity(decisions.len());
        for (at, decision) in decisions {
            if let Some(slot) = self.decisions.get_mut(at) {
                before.push((at, std::mem::replace(slot, decision)));
            }
        }
        self.check(&before).inspect_err(|_| {
            for (at, decision) in before.into_iter().rev() {
                if let Some(slot) = self.decisions.get_mut(at) {
                    *slot = decision;
                }
            }
        })
    }

    /// Checks that the labels of all decisions fit together, after some have changed.
    fn check(&self, changed: &[(usize, Option<Decision>)]) -> Result<(), Unresolved> {
        // Versions of different places never overlap; only the adjudicator's own spans can.
        if self.all_made().any(Decision::is_own) {
            return self.so_far().map(|_| ());
        }
        let now = changed.iter().filter_map(|(at, _)| self.made(*at));
        for decision in now {
            Chosen::by(decision)?;
        }
        Ok(())
    }

    /// Puts those decisions in their places that fit, and returns their numbers.
    fn put_what_fits(&mut self, decisions: Vec<(usize, Option<Decision>)>) -> Vec<usize> {
        let places: Vec<usize> = decisions.iter().map(|(at, _)| *at).collect();
        if self.put(decisions.clone()).is_ok() {
            return places;
        }
        let fits = decisions.into_iter().filter_map(|(at, decision)| {
            let put = self.put(vec![(at, decision)]);
            put.is_ok().then_some(at)
        });
        fits.collect()
    }
}
