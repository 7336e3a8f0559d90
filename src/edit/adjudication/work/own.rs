//! Labels that the adjudicator changed by hand, taken over as decisions.

use std::collections::{BTreeMap, BTreeSet};

use super::super::decision::{Choice, How};
use super::super::place::{LabelledSpan, Place, PlaceId, labelled_spans};
use super::super::resolve::Unresolved;
use super::Adjudication;
use crate::edit::LabelKind;
use crate::model::{Annotation, Span};

/// The adjudicator's own versions, by the span of their place.
type OwnVersions = BTreeMap<Span, Vec<LabelledSpan>>;

impl Adjudication {
    /// Takes over labels that the adjudicator changed by hand: `after` is the annotation of what
    /// was decided so far, with the changes. Each place at which something changed gets the
    /// adjudicator's own version; a span that overlaps no disputed place makes a place. Returns the
    /// places.
    ///
    /// # Errors
    /// If a change does not fit beside decisions on other places; nothing has changed then.
    pub fn take_over(&mut self, after: &Annotation) -> Result<Vec<PlaceId>, Unresolved> {
        let before = self.so_far()?;
        let undo = (self.places.clone(), self.decisions.clone());
        let mut changed = Vec::new();
        for kind in [LabelKind::Region, LabelKind::Entity] {
            let set = |of: &Annotation| -> BTreeSet<LabelledSpan> {
                labelled_spans(&self.text, of, kind).into_iter().collect()
            };
            let (old, new) = (set(&before), set(after));
            let own = self.own_versions(kind, &old, &new);
            let ids = own.keys().map(|&span| PlaceId { kind, span });
            changed.extend(ids.clone());
            // First without what is gone, so that there is room for what is new.
            for only_old in [true, false] {
                for (id, spans) in ids.clone().zip(own.values()) {
                    let spans = spans
                        .iter()
                        .filter(|span| !only_old || old.contains(span))
                        .cloned()
                        .collect();
                    if let Err(error) = self.decide_as_own(id, spans) {
                        (self.places, self.decisions) = undo;
                        return Err(error);
                    }
                }
            }
        }
        Ok(changed)
    }

    /// What the adjudicator has at each place at which something changed.
    fn own_versions(
        &mut self,
        kind: LabelKind,
        old: &BTreeSet<LabelledSpan>,
        new: &BTreeSet<LabelledSpan>,
    ) -> OwnVersions {
        let mut own = OwnVersions::new();
        if old == new {
            return own;
        }
        for at in 0..self.places.len() {
            let Some(decision) = self.decision(at).filter(|one| one.place.kind == kind) else {
                continue;
            };
            let spans = decision.spans().unwrap_or_default();
            let kept: Vec<LabelledSpan> = spans
                .iter()
                .filter(|span| !old.contains(span) || new.contains(span))
                .cloned()
                .collect();
            if kept.len() < spans.len() {
                own.insert(decision.place.span, kept);
            }
        }
        for added in new.difference(old) {
            let span = self.span_of_place_for(kind, added.span, &own);
            let at = self.place_for(kind, span);
            let decided = self.decision(at);
            let spans = own.entry(span).or_insert_with(|| {
                let decided = decided.as_ref().and_then(|decision| decision.spans());
                decided.unwrap_or_default().to_vec()
            });
            spans.push(added.clone());
        }
        own
    }

    /// The span of the place that a new span belongs to: one at which something else is changed, a
    /// place of the very same text, a disputed place that it overlaps, or else its own.
    fn span_of_place_for(&self, kind: LabelKind, span: Span, own: &OwnVersions) -> Span {
        let changed = own.keys().find(|place| place.overlaps(span)).copied();
        let same = self.find(PlaceId { kind, span }).map(|_| span);
        let is_disputed = |place: &&Place| {
            let is_contested = !place.is_unanimous() || place.is_without_spans();
            place.kind == kind && place.span.overlaps(span) && is_contested
        };
        let disputed = || self.places.iter().find(is_disputed);
        changed
            .or(same)
            .or_else(|| disputed().map(|place| place.span))
            .unwrap_or(span)
    }

    fn decide_as_own(&mut self, id: PlaceId, spans: Vec<LabelledSpan>) -> Result<(), Unresolved> {
        let at = self.place_for(id.kind, id.span);
        let reason = self.made(at).and_then(|made| made.reason.clone());
        // What a version says already is that version.
        let choice = Choice::Own(spans);
        let mut choice = self.canonical(choice);
        if let Choice::Own(spans) = &choice
            && let Some(version) = self.places.get(at).and_then(|one| one.version_with(spans))
        {
            choice = Choice::Version(version);
        }
        self.decide(at, choice, How::ByHand, reason)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::super::tests::schema;
    use super::*;
    use crate::edit::adjudication::AdjudicationInput;
    use crate::model::{Nesting, notation};

    /// The articles of ada and ben.
    fn desk(ada: &str, ben: &str) -> Adjudication {
        let input = |name: &str, marked: &str| AdjudicationInput {
            annotator: name.into(),
            revision: 1,
            annotation: annotation(marked),
        };
        let text = notation::parse(ada).unwrap().text;
        let inputs = vec![input("ada", ada), input("ben", ben)];
        Adjudication::new(text, Arc::clone(&schema(Nesting::Flat)), inputs)
    }

    fn annotation(marked: &str) -> Annotation {
        notation::parse(marked).unwrap().annotation
    }

    fn printed(work: &Adjudication) -> String {
        let printed = notation::print(&work.text, &work.so_far().unwrap(), None);
        printed.trim_end().to_owned()
    }

    fn choices(work: &Adjudication) -> Vec<Choice> {
        work.all_made().map(|made| made.choice.clone()).collect()
    }

    #[test]
    fn an_edit_at_a_place_is_an_own_version_or_that_of_an_annotator() {
        let mut work = desk(
            "body| {PERSON Ada} met {ORG Port of Oslo}.",
            "body| {PERSON Ada} met Port of {GPE Oslo}.",
        );
        assert_eq!(work.open().count(), 1);
        let mine = "body| {PERSON Ada} met {GPE Port of Oslo}.";
        assert_eq!(work.take_over(&annotation(mine)).unwrap().len(), 1);
        assert_eq!(work.open().count(), 0);
        assert_eq!(printed(&work), mine);
        let bens = "body| {PERSON Ada} met Port of {GPE Oslo}.";
        work.take_over(&annotation(bens)).unwrap();
        assert_eq!(choices(&work), [Choice::Version(1)]);
        assert_eq!(work.take_over(&annotation(bens)).unwrap(), []);
    }

    #[test]
    fn removing_what_all_have_is_nobodys_version_and_a_new_name_makes_a_place() {
        let both = "body| {PERSON Ada} met Ben in Oslo.";
        let mut work = desk(both, both);
        let mine = "body| Ada met Ben in {GPE Oslo}.";
        work.take_over(&annotation(mine)).unwrap();
        let choices = choices(&work);
        assert_eq!(choices[0], Choice::Nobody);
        assert!(matches!(&choices[1], Choice::Own(spans) if spans.len() == 1));
        assert_eq!(printed(&work), mine);
    }

    #[test]
    fn an_edge_between_two_regions_moves_for_both() {
        let both = "body| One.\nnav| Two.\nbody| Three.";
        let mut work = desk(both, both);
        let mine = "body| One.\n+   | Two.\nnav| Three.";
        work.take_over(&annotation(mine)).unwrap();
        let wanted = notation::parse(mine).unwrap();
        let wanted = notation::print(&wanted.text, &wanted.annotation, None);
        assert_eq!(printed(&work), wanted.trim_end());
    }
}
