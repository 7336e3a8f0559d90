//! Invertible changes. An idea from helix: refuse what does not fit, and compute the inverse exactly.

use crate::model::{Annotation, AnnotationError, Entity, Region, Remark, Status, Text};

/// The smallest change to an annotation. It says all that is needed to take it back.
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
        /// What it must be before.
        from: Status,
        /// What it is after.
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
}

impl Edit {
    /// The change that takes this one back.
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
        }
    }
}

/// The changes of one user action, in order; done and undone as one.
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

    /// The transaction that takes this one back.
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
}
