//! One name at all its places in an article: where it is not tagged, and other labels for many
//! places at once.

use super::{PlanError, Scope};
use crate::edit::{Edit, Transaction, segment};
use crate::model::{BytePos, Label, Span};

/// A place of a name with its label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamePlace {
    /// Where.
    pub span: Span,
    /// Its label; `None` where it is not tagged.
    pub label: Option<Label>,
}

/// A plan for many places of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlacesPlan {
    /// The change, to be applied as one.
    pub transaction: Transaction,
    /// The number of changed places.
    pub changed: u64,
    /// The number of places that have changed since and are left alone.
    pub gone: u64,
}

impl Scope<'_> {
    /// Returns the untagged places of these words, as whole words, in regions with entities.
    #[must_use]
    pub fn untagged_places(&self, words: &str) -> Vec<Span> {
        if words.is_empty() {
            return Vec::new();
        }
        let text = self.text();
        text.as_str()
            .match_indices(words)
            .map(|(at, _)| (at, at + words.len()))
            .filter(|&(start, end)| segment::is_whole_word(text.as_str(), start, end))
            .filter_map(|(start, end)| {
                text.span(BytePos::from_index(start), BytePos::from_index(end))
                    .ok()
            })
            .filter(|&span| self.may_tag(span))
            .filter(|&span| self.annotation.entities_in(span).next().is_none())
            .collect()
    }

    /// Changes or removes the label of the name at these places. A place that has this label
    /// already stays as it is, and so does one that is not as expected: another label, or an entity
    /// where there was none. No other entity is removed.
    ///
    /// # Errors
    /// If the schema does not have the label, or it is disabled.
    pub fn relabel_places(
        &self,
        places: &[NamePlace],
        to: Option<&Label>,
    ) -> Result<PlacesPlan, PlanError> {
        if let Some(label) = to {
            self.check_entity_label(label)?;
        }
        let mut annotation = self.annotation.clone();
        let mut plan = PlacesPlan::default();
        for place in places {
            let scope = Scope {
                annotation: &annotation,
                ..*self
            };
            match scope.relabel_place(place, to) {
                Ok(edits) if edits.is_empty() => {}
                Ok(edits) => {
                    let step = Transaction { edits };
                    step.apply(self.text(), &mut annotation)
                        .map_err(PlanError::Misfit)?;
                    plan.transaction.edits.extend(step.edits);
                    plan.changed += 1;
                }
                Err(PlanError::AlreadyTagged(_)) => {}
                Err(_) => plan.gone += 1,
            }
        }
        Ok(plan)
    }

    /// Empty where nothing is to be done.
    fn relabel_place(&self, place: &NamePlace, to: Option<&Label>) -> Result<Vec<Edit>, PlanError> {
        let Some(from) = &place.label else {
            let Some(to) = to else { return Ok(Vec::new()) };
            if self.annotation.entities_in(place.span).next().is_some() {
                return Err(PlanError::NoEntity);
            }
            return Ok(self.tag_edits(place.span, to));
        };
        let entity = self
            .annotation
            .entity(place.span, from)
            .ok_or(PlanError::NoEntity)?;
        let plan = match to {
            Some(to) => self.retag(entity, to)?,
            None => self.remove_entity(entity)?,
        };
        Ok(plan.edits)
    }
}
