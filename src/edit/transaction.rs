//! Invertible changes. An idea from helix: refuse what does not fit, and compute the inverse
//! exactly.

use super::adjudication::DecisionChange;
use super::label_kind::LabelKind;
use crate::model::{Annotation, AnnotationError, Entity, Label, Region, Remark, Status, Text};

/// The smallest change to an annotation, with all that its inverse needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// A region comes.
    AddRegion(Region),
    /// Exactly this region goes.
    RemoveRegion(Region),
    /// An entity comes.
    AddEntity(Entity),
    /// Exactly this entity goes.
    RemoveEntity(Entity),
    /// The status changes.
    SetStatus {
        /// The expected status before.
        from: Status,
        /// The status after.
        to: Status,
    },
    /// A remark comes to place `index` of the list.
    AddRemark {
        /// Its place.
        index: usize,
        /// What it says.
        remark: Remark,
    },
    /// Exactly this remark goes from place `index`.
    RemoveRemark {
        /// Its place.
        index: usize,
        /// What it says.
        remark: Remark,
    },
    /// From here on a label goes by another name. This changes nothing itself: the spans that have
    /// the label now are changed by the edits beside it. It tells the history under which name to
    /// undo what was done before.
    Renamed {
        /// The kind of the label.
        kind: LabelKind,
        /// The old name.
        from: Label,
        /// The new name.
        to: Label,
    },
    /// A decision between annotators is made, replaced or taken back. This changes nothing itself:
    /// the labels that it brings about are the edits beside it.
    Decide(Box<DecisionChange>),
}

impl Edit {
    /// Returns the inverse change.
    #[must_use]
    pub fn inverse(&self) -> Self {
        match self.clone() {
            Self::AddRegion(region) => Self::RemoveRegion(region),
            Self::RemoveRegion(region) => Self::AddRegion(region),
            Self::AddEntity(entity) => Self::RemoveEntity(entity),
            Self::RemoveEntity(entity) => Self::AddEntity(entity),
            Self::SetStatus { from, to } => Self::SetStatus { from: to, to: from },
            Self::AddRemark { index, remark } => Self::RemoveRemark { index, remark },
            Self::RemoveRemark { index, remark } => Self::AddRemark { index, remark },
            Self::Renamed { kind, from, to } => Self::Renamed {
                kind,
                from: to,
                to: from,
            },
            Self::Decide(change) => Self::Decide(Box::new(change.inverse())),
        }
    }

    fn apply(&self, text: &Text, annotation: &mut Annotation) -> Result<(), AnnotationError> {
        match self {
            Self::AddRegion(region) => annotation.add_region(text, region.clone()),
            Self::RemoveRegion(region) => annotation.remove_region(region),
            Self::AddEntity(entity) => annotation.add_entity(text, entity.clone()),
            Self::RemoveEntity(entity) => annotation.remove_entity(entity),
            Self::SetStatus { from, to } => annotation.set_status(*from, *to),
            Self::AddRemark { index, remark } => {
                annotation.add_remark(text, *index, remark.clone())
            }
            Self::RemoveRemark { index, remark } => annotation.remove_remark(*index, remark),
            Self::Renamed { .. } | Self::Decide(_) => Ok(()),
        }
    }
}

/// The changes of one user action, in order, done and undone together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transaction {
    /// The changes, in the order in which they are applied.
    pub edits: Vec<Edit>,
}

impl Transaction {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Returns the inverse transaction.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self {
            edits: self.edits.iter().rev().map(Edit::inverse).collect(),
        }
    }

    /// Applies all of it, or nothing.
    ///
    /// # Errors
    /// If one of its changes does not fit the annotation; the annotation is then as it was.
    pub fn apply(&self, text: &Text, annotation: &mut Annotation) -> Result<(), AnnotationError> {
        for (done, edit) in self.edits.iter().enumerate() {
            if let Err(error) = edit.apply(text, annotation) {
                for edit in self.edits[..done].iter().rev() {
                    let back = edit.inverse().apply(text, annotation);
                    debug_assert_eq!(back, Ok(()), "an applied edit has an inverse that fits");
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// Applies the changes that fit, each by itself, and returns them.
    pub fn apply_what_fits(&self, text: &Text, annotation: &mut Annotation) -> Self {
        Self {
            edits: self
                .edits
                .iter()
                .filter(|edit| edit.apply(text, annotation).is_ok())
                .cloned()
                .collect(),
        }
    }
}
