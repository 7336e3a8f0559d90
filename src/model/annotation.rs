//! One annotator's work on one article.
//!
//! An annotation never holds overlapping regions, crossing entities or a span outside the text.

use std::fmt;

use super::label::Label;
use super::offset::{BytePos, Span};
use super::provenance::Provenance;
use super::remark::Remark;
use super::status::Status;
use super::text::Text;

/// A span with a region label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The labelled text.
    pub span: Span,
    /// `body`, `comment`, `nav`, or another label of the schema.
    pub label: Label,
    /// Who put it there.
    pub provenance: Provenance,
}

/// A span with an entity label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// The labelled text.
    pub span: Span,
    /// `PERSON`, `ORG`, `GPE`, or another label of the schema.
    pub label: Label,
    /// Who put it there.
    pub provenance: Provenance,
}

/// Why a change does not fit an annotation, which is left unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnnotationError {
    /// The span ends outside the text or inside a character.
    OutsideText(Span),
    /// The span holds nothing but white space.
    Blank(Span),
    /// The region would overlap another.
    RegionOverlap {
        /// The new one.
        new: Region,
        /// The existing one.
        old: Region,
    },
    /// The entity would cross another.
    EntityCrosses {
        /// The new one.
        new: Entity,
        /// The existing one.
        old: Entity,
    },
    /// The span has this label already.
    DuplicateEntity(Entity),
    /// The region to be removed is not there.
    NoSuchRegion(Region),
    /// The entity to be removed is not there.
    NoSuchEntity(Entity),
    /// The status differs from the one that the change expects.
    StatusDiffers {
        /// The expected status.
        expected: Status,
        /// The actual status.
        found: Status,
    },
    /// The remark to be removed is not there.
    NoSuchRemark,
}

impl fmt::Display for AnnotationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutsideText(span) => write!(f, "the span {span:?} does not fit the text"),
            Self::Blank(span) => write!(f, "the span {span:?} holds nothing but white space"),
            Self::RegionOverlap { new, old } => write!(
                f,
                "the {} region {:?} would overlap the {} region {:?}",
                new.label, new.span, old.label, old.span
            ),
            Self::EntityCrosses { new, old } => write!(
                f,
                "the {} entity {:?} would cross the {} entity {:?}",
                new.label, new.span, old.label, old.span
            ),
            Self::DuplicateEntity(entity) => {
                write!(f, "{:?} is tagged {} already", entity.span, entity.label)
            }
            Self::NoSuchRegion(region) => {
                write!(
                    f,
                    "there is no {} region at {:?}",
                    region.label, region.span
                )
            }
            Self::NoSuchEntity(entity) => {
                write!(
                    f,
                    "there is no {} entity at {:?}",
                    entity.label, entity.span
                )
            }
            Self::StatusDiffers { expected, found } => write!(
                f,
                "the status is {}, not {}",
                found.as_str(),
                expected.as_str()
            ),
            Self::NoSuchRemark => write!(f, "there is no such remark"),
        }
    }
}

impl std::error::Error for AnnotationError {}

/// One annotator's regions, entities, status and remarks for one article.
///
/// Regions are sorted and never overlap; entities are sorted by start, then longest first, and
/// never cross. [`Annotation::from_parts`] builds one; only a transaction of [`crate::edit`]
/// changes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotation {
    regions: Vec<Region>,
    entities: Vec<Entity>,
    status: Status,
    remarks: Vec<Remark>,
}

impl Annotation {
    /// Builds an annotation from parts in any order, in O(n log n).
    ///
    /// # Errors
    /// If a span is outside the text or blank, regions overlap, entities cross, or an entity is
    /// there twice.
    pub fn from_parts(
        text: &Text,
        mut regions: Vec<Region>,
        mut entities: Vec<Entity>,
        status: Status,
        remarks: Vec<Remark>,
    ) -> Result<Self, AnnotationError> {
        regions.sort_by_key(|region| region.span);
        entities.sort_by(|a, b| (a.span, &a.label).cmp(&(b.span, &b.label)));
        for region in &regions {
            check_span(text, region.span)?;
        }
        for pair in regions.windows(2) {
            if let [old, new] = pair
                && old.span.overlaps(new.span)
            {
                return Err(AnnotationError::RegionOverlap {
                    new: new.clone(),
                    old: old.clone(),
                });
            }
        }
        let mut open: Vec<&Entity> = Vec::new();
        for entity in &entities {
            check_span(text, entity.span)?;
            while open
                .last()
                .is_some_and(|top| top.span.end() <= entity.span.start())
            {
                open.pop();
            }
            // The entities around the last one were checked before; an equal one is next to it.
            if let Some(&old) = open.last() {
                if old.span.crosses(entity.span) {
                    return Err(AnnotationError::EntityCrosses {
                        new: entity.clone(),
                        old: old.clone(),
                    });
                }
                if (old.span, &old.label) == (entity.span, &entity.label) {
                    return Err(AnnotationError::DuplicateEntity(entity.clone()));
                }
            }
            open.push(entity);
        }
        for remark in &remarks {
            if let Some(span) = remark.at
                && !text.holds(span)
            {
                return Err(AnnotationError::OutsideText(span));
            }
        }
        Ok(Self {
            regions,
            entities,
            status,
            remarks,
        })
    }

    /// The regions, sorted by start; no two overlap.
    #[must_use]
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The entities, sorted by start, then longest first; no two cross.
    #[must_use]
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// The remarks, in the order in which they were made.
    #[must_use]
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// Returns the region that contains the character at `pos`.
    #[must_use]
    pub fn region_at(&self, pos: BytePos) -> Option<&Region> {
        let after = self
            .regions
            .partition_point(|region| region.span.start() <= pos);
        let region = self.regions.get(after.checked_sub(1)?)?;
        region.span.contains_pos(pos).then_some(region)
    }

    /// Returns the regions that overlap `span`, in order.
    #[must_use]
    pub fn regions_in(&self, span: Span) -> &[Region] {
        let from = self
            .regions
            .partition_point(|region| region.span.end() <= span.start());
        let to = self
            .regions
            .partition_point(|region| region.span.start() < span.end());
        self.regions.get(from..to).unwrap_or_default()
    }

    /// Returns the shortest entity that contains the character at `pos`.
    #[must_use]
    pub fn entity_at(&self, pos: BytePos) -> Option<&Entity> {
        let after = self
            .entities
            .partition_point(|entity| entity.span.start() <= pos);
        self.entities[..after]
            .iter()
            .rev()
            .find(|entity| entity.span.contains_pos(pos))
    }

    /// Returns the entities that overlap `span`, in order.
    pub fn entities_in(&self, span: Span) -> impl Iterator<Item = &Entity> {
        let to = self
            .entities
            .partition_point(|entity| entity.span.start() < span.end());
        self.entities[..to]
            .iter()
            .filter(move |entity| entity.span.overlaps(span))
    }

    /// Returns the entity with exactly this span and label.
    #[must_use]
    pub fn entity(&self, span: Span, label: &Label) -> Option<&Entity> {
        let found = self
            .entities
            .binary_search_by(|old| (old.span, &old.label).cmp(&(span, label)));
        self.entities.get(found.ok()?)
    }

    /// Adds a region.
    ///
    /// # Errors
    /// If its span is outside the text or blank, or overlaps another region.
    pub(crate) fn add_region(
        &mut self,
        text: &Text,
        region: Region,
    ) -> Result<(), AnnotationError> {
        check_span(text, region.span)?;
        if let Some(old) = self.regions_in(region.span).first() {
            return Err(AnnotationError::RegionOverlap {
                old: old.clone(),
                new: region,
            });
        }
        let at = self.regions.partition_point(|old| old.span < region.span);
        self.regions.insert(at, region);
        Ok(())
    }

    /// Removes exactly this region: span, label and provenance.
    ///
    /// # Errors
    /// If it is not there.
    pub(crate) fn remove_region(&mut self, region: &Region) -> Result<(), AnnotationError> {
        match self
            .regions
            .binary_search_by_key(&region.span, |old| old.span)
        {
            Ok(at) if self.regions[at] == *region => {
                self.regions.remove(at);
                Ok(())
            }
            _ => Err(AnnotationError::NoSuchRegion(region.clone())),
        }
    }

    /// Adds an entity.
    ///
    /// # Errors
    /// If its span is outside the text or blank, crosses another entity, or has the label already.
    pub(crate) fn add_entity(
        &mut self,
        text: &Text,
        entity: Entity,
    ) -> Result<(), AnnotationError> {
        check_span(text, entity.span)?;
        for old in self.entities_in(entity.span) {
            if old.span.crosses(entity.span) {
                return Err(AnnotationError::EntityCrosses {
                    old: old.clone(),
                    new: entity,
                });
            }
            if old.span == entity.span && old.label == entity.label {
                return Err(AnnotationError::DuplicateEntity(entity));
            }
        }
        let at = self
            .entities
            .partition_point(|old| (old.span, &old.label) < (entity.span, &entity.label));
        self.entities.insert(at, entity);
        Ok(())
    }

    /// Removes exactly this entity: span, label and provenance.
    ///
    /// # Errors
    /// If it is not there.
    pub(crate) fn remove_entity(&mut self, entity: &Entity) -> Result<(), AnnotationError> {
        let found = self
            .entities
            .binary_search_by(|old| (old.span, &old.label).cmp(&(entity.span, &entity.label)));
        match found {
            Ok(at) if self.entities[at] == *entity => {
                self.entities.remove(at);
                Ok(())
            }
            _ => Err(AnnotationError::NoSuchEntity(entity.clone())),
        }
    }

    /// Changes the status from `from` to `to`.
    ///
    /// # Errors
    /// If the status is not `from`.
    pub(crate) fn set_status(&mut self, from: Status, to: Status) -> Result<(), AnnotationError> {
        if self.status != from {
            return Err(AnnotationError::StatusDiffers {
                expected: from,
                found: self.status,
            });
        }
        self.status = to;
        Ok(())
    }

    /// The number of open remarks.
    #[must_use]
    pub fn open_remarks(&self) -> usize {
        self.remarks
            .iter()
            .filter(|remark| remark.is_open())
            .count()
    }

    /// Inserts a remark at `index`, or at the end if there are fewer.
    ///
    /// # Errors
    /// If its span is outside the text.
    pub(crate) fn add_remark(
        &mut self,
        text: &Text,
        index: usize,
        remark: Remark,
    ) -> Result<(), AnnotationError> {
        if let Some(span) = remark.at
            && !text.holds(span)
        {
            return Err(AnnotationError::OutsideText(span));
        }
        self.remarks.insert(index.min(self.remarks.len()), remark);
        Ok(())
    }

    /// Removes exactly this remark from `index`.
    ///
    /// # Errors
    /// If it is not there.
    pub(crate) fn remove_remark(
        &mut self,
        index: usize,
        remark: &Remark,
    ) -> Result<(), AnnotationError> {
        if self.remarks.get(index) != Some(remark) {
            return Err(AnnotationError::NoSuchRemark);
        }
        self.remarks.remove(index);
        Ok(())
    }
}

fn check_span(text: &Text, span: Span) -> Result<(), AnnotationError> {
    if !text.holds(span) {
        return Err(AnnotationError::OutsideText(span));
    }
    if text.trim(span).is_none() {
        return Err(AnnotationError::Blank(span));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
