//! From decisions to an annotation.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::decision::{Choice, Decision, How, InputRevision};
use super::place::{AdjudicationInput, LabelledSpan, Place, PlaceId, find_places};
use crate::edit::LabelKind;
use crate::model::{
    Annotation, AnnotationError, Entity, Label, Nesting, Provenance, Region, Schema, Status, Text,
};

/// Why decisions do not give an annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// These places are not decided.
    Open(Vec<PlaceId>),
    /// This place is decided twice.
    DecidedTwice(PlaceId),
    /// The inputs have changed at this place since the decision.
    Changed(PlaceId),
    /// This place has no such version: no majority, no agreement of all, or not as many versions.
    NoSuchVersion(PlaceId),
    /// The schema has no such label.
    NoSuchLabel {
        /// Where.
        place: PlaceId,
        /// The label.
        label: Label,
    },
    /// The schema does not allow an entity inside another.
    Nested(PlaceId),
    /// The chosen spans do not fit beside those of other places.
    DoesNotFit {
        /// Where, as far as it is known.
        place: Option<PlaceId>,
        /// Why.
        error: AnnotationError,
    },
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(places) if places.len() == 1 => f.write_str("one place is not decided"),
            Self::Open(places) => write!(f, "{} places are not decided", places.len()),
            Self::DecidedTwice(place) => write!(f, "{place} is decided twice"),
            Self::Changed(place) => write!(f, "an annotator has changed {place}"),
            Self::NoSuchVersion(place) => write!(f, "{place} has no such version"),
            Self::NoSuchLabel { place, label } => {
                write!(f, "{place}: the schema has no label {label}")
            }
            Self::Nested(place) => {
                write!(
                    f,
                    "{place}: the schema allows no entity inside another entity"
                )
            }
            Self::DoesNotFit {
                place: Some(place),
                error,
            } => write!(f, "{place}: {error}"),
            Self::DoesNotFit { place: None, error } => error.fmt(f),
        }
    }
}

impl std::error::Error for Unresolved {}

impl fmt::Display for PlaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            LabelKind::Region => "regions",
            LabelKind::Entity => "entities",
        };
        write!(f, "the {what} at {:?}", self.span)
    }
}

/// The result of an adjudication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The labels, without a status or remarks.
    pub annotation: Annotation,
    /// One decision for each place, in reading order. Places on which all agree have
    /// [`Choice::Unanimous`].
    pub decisions: Vec<Decision>,
}

/// Makes an annotation of the inputs by these decisions.
///
/// Places on which all agree need no decision, but can have one. A decision with the adjudicator's
/// own spans can be on a place where nobody has anything.
///
/// # Errors
/// If a place is not decided, or a decision does not fit the inputs, the schema or another
/// decision.
pub fn resolve(
    text: &Text,
    schema: &Schema,
    inputs: &[AdjudicationInput],
    decisions: &[Decision],
) -> Result<Resolved, Unresolved> {
    let revisions = revisions(inputs);
    let mut by_id: HashMap<PlaceId, &Decision> = HashMap::new();
    for decision in decisions {
        if by_id.insert(decision.id(), decision).is_some() {
            return Err(Unresolved::DecidedTwice(decision.id()));
        }
    }
    let (mut all, mut open) = (Vec::new(), Vec::new());
    for place in find_places(text, inputs) {
        match by_id.remove(&place.id()) {
            Some(decision) if decision.place == place => all.push(decision.clone()),
            Some(_) => return Err(Unresolved::Changed(place.id())),
            None if place.is_unanimous() => all.push(by_agreement(place, &revisions)),
            None => open.push(place.id()),
        }
    }
    // In the order in which they were given, so that the error does not depend on chance.
    for decision in decisions {
        if let Some(decision) = by_id.get(&decision.id()) {
            if !decision.place.is_without_spans() {
                return Err(Unresolved::Changed(decision.id()));
            }
            all.push((*decision).clone());
        }
    }
    if !open.is_empty() {
        return Err(Unresolved::Open(open));
    }
    all.sort_by_key(|decision| (decision.place.span, decision.place.kind));
    let chosen: Vec<Chosen<'_>> = all.iter().map(Chosen::by).collect::<Result<_, _>>()?;
    Ok(Resolved {
        annotation: annotation(text, schema, &chosen)?,
        decisions: all,
    })
}

/// The revisions of the inputs, in the order of their names.
pub(super) fn revisions(inputs: &[AdjudicationInput]) -> Arc<[InputRevision]> {
    let mut revisions: Vec<InputRevision> = inputs
        .iter()
        .map(|input| InputRevision {
            annotator: input.annotator.clone(),
            revision: input.revision,
        })
        .collect();
    revisions.sort_by(|a, b| a.annotator.cmp(&b.annotator));
    revisions.into()
}

/// The decision on a place on which all agree.
pub(super) fn by_agreement(place: Place, inputs: &Arc<[InputRevision]>) -> Decision {
    Decision {
        place,
        choice: Choice::Unanimous,
        how: How::ByRule,
        reason: None,
        inputs: inputs.clone(),
    }
}

/// What is chosen for a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen<'a> {
    place: PlaceId,
    spans: &'a [LabelledSpan],
    /// Whether the spans are the adjudicator's own.
    is_own: bool,
}

impl<'a> Chosen<'a> {
    /// By a decision.
    pub(super) fn by(decision: &'a Decision) -> Result<Self, Unresolved> {
        let place = decision.id();
        let spans = decision.spans().ok_or(Unresolved::NoSuchVersion(place))?;
        Ok(Self {
            place,
            spans,
            is_own: decision.is_own(),
        })
    }

    /// By the agreement of all, if they agree.
    pub(super) fn by_agreement(place: &'a Place) -> Option<Self> {
        let [version] = place.versions.as_slice() else {
            return None;
        };
        Some(Self {
            place: place.id(),
            spans: &version.spans,
            is_own: false,
        })
    }
}

/// The labels that choices give together.
pub(super) fn annotation(
    text: &Text,
    schema: &Schema,
    chosen: &[Chosen<'_>],
) -> Result<Annotation, Unresolved> {
    let (mut regions, mut entities) = (Vec::new(), Vec::new());
    for one in chosen {
        let provenance = if one.is_own {
            check_labels(schema, one)?;
            Provenance::Person
        } else {
            Provenance::Colleague
        };
        for labelled in one.spans {
            let (span, label) = (labelled.span, labelled.label.clone());
            match one.place.kind {
                LabelKind::Region => regions.push(Region {
                    span,
                    label,
                    provenance,
                }),
                LabelKind::Entity => entities.push(Entity {
                    span,
                    label,
                    provenance,
                }),
            }
        }
    }
    let built = Annotation::from_parts(text, regions, entities, Status::default(), Vec::new());
    let annotation = built.map_err(|error| Unresolved::DoesNotFit {
        place: place_of(&error, chosen),
        error,
    })?;
    if schema.nesting() == Nesting::Flat {
        let own = chosen.iter();
        let own = own.filter(|one| one.is_own && one.place.kind == LabelKind::Entity);
        for one in own {
            let mut spans = one.spans.iter();
            if spans.any(|own| annotation.entities_in(own.span).nth(1).is_some()) {
                return Err(Unresolved::Nested(one.place));
            }
        }
    }
    Ok(annotation)
}

fn check_labels(schema: &Schema, chosen: &Chosen<'_>) -> Result<(), Unresolved> {
    let is_known = |label: &Label| match chosen.place.kind {
        LabelKind::Region => schema.region(label.as_str()).is_some(),
        LabelKind::Entity => schema.entity(label.as_str()).is_some(),
    };
    match chosen.spans.iter().find(|one| !is_known(&one.label)) {
        Some(one) => Err(Unresolved::NoSuchLabel {
            place: chosen.place,
            label: one.label.clone(),
        }),
        None => Ok(()),
    }
}

/// The place whose spans an error is about: that of the adjudicator's own spans, if there is one.
fn place_of(error: &AnnotationError, chosen: &[Chosen<'_>]) -> Option<PlaceId> {
    let spans = match error {
        AnnotationError::RegionOverlap { new, old } => vec![new.span, old.span],
        AnnotationError::EntityCrosses { new, old } => vec![new.span, old.span],
        AnnotationError::DuplicateEntity(entity) => vec![entity.span],
        AnnotationError::OutsideText(span) | AnnotationError::Blank(span) => vec![*span],
        AnnotationError::NoSuchRegion(_)
        | AnnotationError::NoSuchEntity(_)
        | AnnotationError::StatusDiffers { .. }
        | AnnotationError::NoSuchRemark => Vec::new(),
    };
    let has = |one: &&Chosen<'_>| one.spans.iter().any(|own| spans.contains(&own.span));
    let found = chosen.iter().rfind(|one| one.is_own && has(one));
    let found = found.or_else(|| chosen.iter().find(has));
    found.map(|one| one.place)
}
