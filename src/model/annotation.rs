//! One annotator's work on one article. It cannot hold what the blueprint forbids:
//! overlapping regions, crossing entities, a span that does not fit the text.

use std::fmt;

use super::label::Label;
use super::offset::{BytePos, Span};
use super::provenance::Provenance;
use super::text::Text;

/// A span with a region label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Where.
    pub span: Span,
    /// `body`, `comment`, `nav`, or what the schema adds.
    pub label: Label,
    /// Who put it there.
    pub provenance: Provenance,
}

/// A span with an entity label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Where.
    pub span: Span,
    /// `PERSON`, `ORG`, `GPE`, or what the schema says.
    pub label: Label,
    /// Who put it there.
    pub provenance: Provenance,
}

/// A person's note on an article, or on a place in it, with its answers: a thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remark {
    /// `None`: on the article as a whole.
    pub at: Option<Span>,
    /// What the annotator wrote; not empty.
    pub text: String,
    /// Who wrote it, and when; `None` where nobody noted it, as in files of other tools and older datasets.
    pub written: Option<Signature>,
    /// What was answered, oldest first.
    pub answers: Vec<Answer>,
    /// Who settled it, and when; `None` while it is open.
    pub resolved: Option<Signature>,
}

impl Remark {
    /// A remark without an author or answers.
    #[must_use]
    pub fn new(at: Option<Span>, text: impl Into<String>) -> Self {
        Self {
            at,
            text: text.into(),
            ..Self::default()
        }
    }

    /// Whether nobody has settled it yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.resolved.is_none()
    }

    /// Whether it is more than a place and words.
    #[must_use]
    pub fn is_thread(&self) -> bool {
        self.written.is_some() || !self.answers.is_empty() || self.resolved.is_some()
    }
}

/// Who did something, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// The annotator's name.
    pub by: String,
    /// Milliseconds since 1970, UTC.
    pub at_ms: i64,
}

/// An answer to a remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What it says; not empty.
    pub text: String,
    /// Who wrote it, and when.
    pub written: Signature,
}

/// How far the work on an article is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Nobody has touched it.
    #[default]
    Todo,
    /// Begun.
    Started,
    /// Everything in it is vouched for.
    Done,
    /// Left out on purpose.
    Skipped,
    /// Somebody should look at it; a remark says why.
    Flagged,
}

impl Status {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Todo,
        Self::Started,
        Self::Done,
        Self::Skipped,
        Self::Flagged,
    ];

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_finished(self) -> bool {
        !matches!(self, Self::Todo | Self::Started)
    }

    /// The word in records, commands and on the screen.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::Started => "started",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Flagged => "flagged",
        }
    }

    /// From the word; `None` for any other.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// Why a change does not fit an annotation. The annotation is as it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnnotationError {
    /// The span is not one of the text: beyond its end or inside a character.
    OutsideText(Span),
    /// Nothing but white space would be labelled.
    Blank(Span),
    /// The region would overlap another.
    RegionOverlap {
        /// The one that was to be added.
        new: Region,
        /// The one that is in the way.
        old: Region,
    },
    /// The entity would cross another.
    EntityCrosses {
        /// The one that was to be added.
        new: Entity,
        /// The one that is in the way.
        old: Entity,
    },
    /// The same span has the same label already.
    DuplicateEntity(Entity),
    /// The region to be removed is not there.
    NoSuchRegion(Region),
    /// The entity to be removed is not there.
    NoSuchEntity(Entity),
    /// The status is not what the change was made for.
    StatusDiffers {
        /// What the change expected.
        expected: Status,
        /// What it is.
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
/// Regions are sorted and never overlap; entities are sorted by start, then longest first, and never cross.
/// Only the `edit` module and readers build one; the window changes it through transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotation {
    regions: Vec<Region>,
    entities: Vec<Entity>,
    status: Status,
    remarks: Vec<Remark>,
}

impl Annotation {
    /// From parts in any order, checked as a whole in O(n log n).
    ///
    /// # Errors
    /// The first fault: a span outside the text, a blank region, an overlap, a crossing, an entity twice.
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
            // What holds the last one was checked against the rest already; the same label of the same span is next to it.
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

    /// Sorted by start; no two overlap.
    #[must_use]
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// Sorted by start, then longest first; no two cross.
    #[must_use]
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// How far the work is.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// The annotator's notes, in the order in which they were made.
    #[must_use]
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// The region that holds the character at `pos`.
    #[must_use]
    pub fn region_at(&self, pos: BytePos) -> Option<&Region> {
        let after = self
            .regions
            .partition_point(|region| region.span.start() <= pos);
        let region = self.regions.get(after.checked_sub(1)?)?;
        region.span.contains_pos(pos).then_some(region)
    }

    /// The regions that share at least one byte with `span`, in order.
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

    /// The shortest entity that holds the character at `pos`.
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

    /// The entities that share at least one byte with `span`, in order.
    pub fn entities_in(&self, span: Span) -> impl Iterator<Item = &Entity> {
        let to = self
            .entities
            .partition_point(|entity| entity.span.start() < span.end());
        self.entities[..to]
            .iter()
            .filter(move |entity| entity.span.overlaps(span))
    }

    /// The entity with exactly this span and label.
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
    /// If it does not fit the text, is blank, or overlaps another.
    pub fn add_region(&mut self, text: &Text, region: Region) -> Result<(), AnnotationError> {
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
    pub fn remove_region(&mut self, region: &Region) -> Result<(), AnnotationError> {
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
    /// If it does not fit the text, is blank, crosses another, or is there already.
    pub fn add_entity(&mut self, text: &Text, entity: Entity) -> Result<(), AnnotationError> {
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
    pub fn remove_entity(&mut self, entity: &Entity) -> Result<(), AnnotationError> {
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

    /// Changes the status from what it is known to be.
    ///
    /// # Errors
    /// If it is something else.
    pub fn set_status(&mut self, from: Status, to: Status) -> Result<(), AnnotationError> {
        if self.status != from {
            return Err(AnnotationError::StatusDiffers {
                expected: from,
                found: self.status,
            });
        }
        self.status = to;
        Ok(())
    }

    /// How many remarks nobody has settled yet.
    #[must_use]
    pub fn open_remarks(&self) -> usize {
        self.remarks
            .iter()
            .filter(|remark| remark.is_open())
            .count()
    }

    /// Puts a remark at place `index` of the list (at the end, if there are fewer).
    ///
    /// # Errors
    /// If its span does not fit the text.
    pub fn add_remark(
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

    /// Removes exactly this remark from place `index`.
    ///
    /// # Errors
    /// If another or none stands there.
    pub fn remove_remark(&mut self, index: usize, remark: &Remark) -> Result<(), AnnotationError> {
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
