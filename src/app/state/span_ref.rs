//! A region or an entity of an annotation, whichever it is.

use crate::model::{Entity, Label, Provenance, Region, Span};

/// A region or an entity, such as one that the models are unsure of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpanRef {
    /// A region.
    Region(Region),
    /// An entity.
    Entity(Entity),
}

impl SpanRef {
    /// Where it is.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Region(region) => region.span,
            Self::Entity(entity) => entity.span,
        }
    }

    /// What it is.
    #[must_use]
    pub fn label(&self) -> &Label {
        match self {
            Self::Region(region) => &region.label,
            Self::Entity(entity) => &entity.label,
        }
    }

    /// Who put it there.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        match self {
            Self::Region(region) => region.provenance,
            Self::Entity(entity) => entity.provenance,
        }
    }
}
