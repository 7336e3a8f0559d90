//! From what a person wants to the transaction that does it.
//!
//! Each method of [`Scope`] looks at the article, the annotation and the schema, and changes nothing.
//! What a person asks for wins over what is there: an overlapped region is cut back, an overlapped entity gives way.
//! What remains of a suggestion that was cut is still a suggestion; what a person asked for is a person's.

mod care;
mod follow;
mod places;
mod remarks;

use std::fmt;
use std::ops::Range;

use super::segment;
use super::{Edit, Transaction};
use crate::model::{
    Annotation, AnnotationError, Article, BytePos, Entity, Label, Nesting, Provenance, Region,
    Remark, Schema, Signature, Span, Status, Text,
};

pub use care::Care;
pub use places::{NamePlace, PlacesPlan};

/// Which end of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edge {
    /// Where it begins.
    Start,
    /// Where it ends.
    End,
}

/// Why something cannot be done here. Shown to the annotator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// There is nothing but white space.
    NothingThere,
    /// The label is not in the schema, or is disabled.
    UnknownLabel(Label),
    /// Nothing would change.
    NothingToDo,
    /// The text has that entity label already.
    AlreadyTagged(Label),
    /// There is no region at the caret.
    NoRegion,
    /// There is no entity at the caret.
    NoEntity,
    /// A region cannot be cut at its own edge.
    SplitAtEdge,
    /// There is no region before this one.
    NoRegionBefore,
    /// The edge would meet the other edge.
    WouldVanish,
    /// These words do not occur further on.
    NoFurtherOccurrence(String),
    /// The remark is gone.
    NoRemark,
    /// An entity would reach over the edge of a region.
    AcrossRegions,
    /// The annotation is not as the plan took it to be.
    Misfit(AnnotationError),
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingThere => write!(f, "No text here to label."),
            Self::UnknownLabel(label) => {
                write!(f, "The schema has no enabled label {label}.")
            }
            Self::NothingToDo => write!(f, "Nothing to change."),
            Self::AlreadyTagged(label) => write!(f, "Already tagged {label}."),
            Self::NoRegion => write!(f, "No region at the caret."),
            Self::NoEntity => write!(f, "No entity at the caret."),
            Self::SplitAtEdge => write!(
                f,
                "To split a region, put the caret between two of its words."
            ),
            Self::NoRegionBefore => {
                write!(f, "No region above to merge with.")
            }
            Self::WouldVanish => write!(f, "Nothing would be left of it. Use Delete to remove it."),
            Self::NoFurtherOccurrence(words) => write!(f, "No later occurrences of “{words}”."),
            Self::NoRemark => write!(f, "The remark no longer exists."),
            Self::AcrossRegions => write!(f, "The entity would cross the edge of a region."),
            Self::Misfit(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PlanError {}

/// What plans are made from.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The article.
    pub article: &'a Article,
    /// Its annotation as it stands.
    pub annotation: &'a Annotation,
    /// The labels that can be used.
    pub schema: &'a Schema,
}

type Plan = Result<Transaction, PlanError>;

impl Scope<'_> {
    fn text(&self) -> &Text {
        &self.article.text
    }

    /// Labels a stretch of text. Regions in the way are cut back or go.
    /// A neighbour that a person gave the same label becomes one with it, unless the label's regions stay separate.
    ///
    /// # Errors
    /// If the span is blank, the label unknown, or the region there already.
    pub fn label_span(&self, span: Span, label: &Label) -> Plan {
        self.label_spans(&[span], label)
    }

    /// Labels whole blocks (indices into the article's blocks). They make one region,
    /// or one each if the label's regions stay separate.
    ///
    /// # Errors
    /// If there is no such block, the label is unknown, or the regions are there already.
    pub fn label_blocks(&self, blocks: Range<usize>, label: &Label) -> Plan {
        let blocks = self.article.blocks.get(blocks).unwrap_or_default();
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else {
            return Err(PlanError::NothingThere);
        };
        if self.stays_separate(label) {
            let spans: Vec<Span> = blocks.iter().map(|block| block.span).collect();
            self.label_spans(&spans, label)
        } else {
            self.label_spans(&[first.span.cover(last.span)], label)
        }
    }

    /// Labels everything from `pos` to the end of the article, as [`Scope::label_blocks`] does.
    ///
    /// # Errors
    /// As [`Scope::label_blocks`].
    pub fn label_from(&self, pos: BytePos, label: &Label) -> Plan {
        let tail = |span: Span| {
            span.from(pos)
                .and_then(|span| segment::tidy(self.text(), span))
        };
        let spans: Vec<Span> = if self.stays_separate(label) {
            self.article
                .blocks
                .iter()
                .filter_map(|block| tail(block.span))
                .collect()
        } else {
            self.text().whole().and_then(tail).into_iter().collect()
        };
        self.label_spans(&spans, label)
    }

    fn stays_separate(&self, label: &Label) -> bool {
        self.schema
            .region(label.as_str())
            .is_some_and(|region| region.separate)
    }

    /// `spans` are sorted and do not overlap.
    fn label_spans(&self, spans: &[Span], label: &Label) -> Plan {
        if !self
            .schema
            .region(label.as_str())
            .is_some_and(|region| region.enabled)
        {
            return Err(PlanError::UnknownLabel(label.clone()));
        }
        let text = self.text();
        let mut new: Vec<Region> = spans
            .iter()
            .filter_map(|&span| segment::tidy(text, span))
            .map(|span| Region {
                span,
                label: label.clone(),
                provenance: Provenance::Person,
            })
            .collect();
        let (Some(first), Some(last)) = (new.first(), new.last()) else {
            return Err(PlanError::NothingThere);
        };
        let hull = first.span.cover(last.span);
        let mut old: Vec<Region> = self.annotation.regions_in(hull).to_vec();
        old.retain(|region| new.iter().any(|n| n.span.overlaps(region.span)));
        let mut kept = Vec::new();
        for region in &old {
            let mut rest = vec![region.span];
            for n in &new {
                rest = rest
                    .into_iter()
                    .flat_map(|span| {
                        if span.overlaps(n.span) {
                            [span.before(n.span.start()), span.from(n.span.end())]
                        } else {
                            [Some(span), None]
                        }
                    })
                    .flatten()
                    .collect();
            }
            kept.extend(
                rest.into_iter()
                    .filter_map(|span| segment::tidy(text, span))
                    .map(|span| Region {
                        span,
                        ..region.clone()
                    }),
            );
        }
        if !self.stays_separate(label)
            && let [only] = new.as_mut_slice()
        {
            // A person's own neighbours of the same label, whole or cut just now, become one with it.
            kept.retain(|region| !self.joins(region, only));
            for region in self.annotation.regions() {
                if !old.contains(region) && self.joins(region, only) {
                    old.push(region.clone());
                }
            }
            for region in &old {
                if region.label == only.label && region.provenance == Provenance::Person {
                    only.span = only.span.cover(region.span);
                }
            }
        }
        kept.extend(new);
        self.replace_regions(old, kept)
    }

    /// Whether two regions of one label, both a person's, have nothing but white space between them.
    fn joins(&self, a: &Region, b: &Region) -> bool {
        if a.label != b.label
            || a.provenance != Provenance::Person
            || b.provenance != Provenance::Person
        {
            return false;
        }
        let (first, second) = if a.span.start() <= b.span.start() {
            (a, b)
        } else {
            (b, a)
        };
        self.text()
            .as_str()
            .get(first.span.end().index()..second.span.start().index())
            .is_none_or(|between| between.chars().all(char::is_whitespace))
    }

    /// Takes `old` away and puts `new` in, leaving what is in both. Suggested entities go with it where none are tagged any more.
    fn replace_regions(&self, old: Vec<Region>, new: Vec<Region>) -> Plan {
        let mut transaction = self.replace_regions_alone(old, new)?;
        let orphaned = self.orphaned(&transaction);
        transaction.edits.extend(orphaned);
        Ok(transaction)
    }

    fn replace_regions_alone(&self, mut old: Vec<Region>, mut new: Vec<Region>) -> Plan {
        new.retain(|region| {
            let stays = old.iter().position(|o| o == region);
            if let Some(at) = stays {
                old.remove(at);
            }
            stays.is_none()
        });
        if old.is_empty() && new.is_empty() {
            return Err(PlanError::NothingToDo);
        }
        old.sort_by_key(|region| region.span);
        new.sort_by_key(|region| region.span);
        Ok(Transaction {
            edits: old
                .into_iter()
                .map(Edit::RemoveRegion)
                .chain(new.into_iter().map(Edit::AddRegion))
                .collect(),
        })
    }

    /// Cuts the region at `pos` in two.
    ///
    /// # Errors
    /// If there is no region, or one part would be blank.
    pub fn split_region(&self, pos: BytePos) -> Plan {
        let pos = BytePos::from_index(segment::floor_grapheme(self.text().as_str(), pos.index()));
        let region = self.annotation.region_at(pos).ok_or(PlanError::NoRegion)?;
        let part = |span: Option<Span>| span.and_then(|span| segment::tidy(self.text(), span));
        let (Some(before), Some(after)) =
            (part(region.span.before(pos)), part(region.span.from(pos)))
        else {
            return Err(PlanError::SplitAtEdge);
        };
        let parts = [before, after].map(|span| Region {
            span,
            label: region.label.clone(),
            provenance: Provenance::Person,
        });
        self.replace_regions(vec![region.clone()], parts.into())
    }

    /// Makes the region at `pos` one with the region before it, under that one's label.
    ///
    /// # Errors
    /// If there is no region at `pos`, or none before it.
    pub fn merge_with_previous(&self, pos: BytePos) -> Plan {
        let region = self.annotation.region_at(pos).ok_or(PlanError::NoRegion)?;
        let at = self
            .annotation
            .regions()
            .partition_point(|r| r.span < region.span);
        let before = at
            .checked_sub(1)
            .and_then(|at| self.annotation.regions().get(at))
            .ok_or(PlanError::NoRegionBefore)?;
        let merged = Region {
            span: before.span.cover(region.span),
            label: before.label.clone(),
            provenance: Provenance::Person,
        };
        self.replace_regions(vec![before.clone(), region.clone()], vec![merged])
    }

    /// Moves an edge of a region; neighbours in the way are cut back or go.
    ///
    /// # Errors
    /// If the region is not there, nothing of it would be left, or nothing would change.
    pub fn move_region_edge(&self, region: &Region, edge: Edge, to: BytePos) -> Plan {
        if !self.annotation.regions().contains(region) {
            return Err(PlanError::NoRegion);
        }
        let span = self.moved(region.span, edge, to)?;
        let mut old = vec![region.clone()];
        let mut new = vec![Region {
            span,
            label: region.label.clone(),
            provenance: Provenance::Person,
        }];
        for other in self.annotation.regions_in(span) {
            if other == region {
                continue;
            }
            old.push(other.clone());
            let rest = [other.span.before(span.start()), other.span.from(span.end())];
            new.extend(
                rest.into_iter()
                    .flatten()
                    .filter_map(|s| segment::tidy(self.text(), s))
                    .map(|span| Region {
                        span,
                        ..other.clone()
                    }),
            );
        }
        self.replace_regions(old, new)
    }

    fn moved(&self, span: Span, edge: Edge, to: BytePos) -> Result<Span, PlanError> {
        let text = self.text();
        let to = BytePos::from_index(segment::floor_grapheme(text.as_str(), to.index()));
        let (start, end) = match edge {
            Edge::Start => (to, span.end()),
            Edge::End => (span.start(), to),
        };
        let moved = text
            .span(start, end)
            .map_err(|_empty| PlanError::WouldVanish)?;
        let moved = segment::tidy(text, moved).ok_or(PlanError::WouldVanish)?;
        if moved == span {
            Err(PlanError::NothingToDo)
        } else {
            Ok(moved)
        }
    }

    /// Removes the region at `pos`; its text is then in no region.
    ///
    /// # Errors
    /// If there is none.
    pub fn remove_region(&self, pos: BytePos) -> Plan {
        let region = self.annotation.region_at(pos).ok_or(PlanError::NoRegion)?;
        self.replace_regions(vec![region.clone()], Vec::new())
    }

    /// Tags a stretch of text. Entities that would cross it, or overlap it where the schema is flat, give way;
    /// the same span with another label gets this one.
    ///
    /// # Errors
    /// If the span is blank, the label unknown, or the entity there already.
    pub fn tag(&self, span: Span, label: &Label) -> Plan {
        self.check_entity_label(label)?;
        let text = self.text();
        let span = segment::tidy(text, span).ok_or(PlanError::NothingThere)?;
        let edits = self.tag_edits(span, label);
        if edits.is_empty() {
            return Err(PlanError::AlreadyTagged(label.clone()));
        }
        Ok(Transaction { edits })
    }

    fn check_entity_label(&self, label: &Label) -> Result<(), PlanError> {
        if self
            .schema
            .entity(label.as_str())
            .is_some_and(|entity| entity.enabled)
        {
            Ok(())
        } else {
            Err(PlanError::UnknownLabel(label.clone()))
        }
    }

    fn tag_edits(&self, span: Span, label: &Label) -> Vec<Edit> {
        let new = Entity {
            span,
            label: label.clone(),
            provenance: Provenance::Person,
        };
        let mut edits: Vec<Edit> = Vec::new();
        for old in self.annotation.entities_in(span) {
            if *old == new
                || (old.span == span
                    && old.label == *label
                    && matches!(old.provenance, Provenance::Import | Provenance::Colleague))
            {
                return Vec::new();
            }
            let in_the_way = self.schema.nesting() == Nesting::Flat
                || old.span.crosses(span)
                || old.span == span;
            if in_the_way {
                edits.push(Edit::RemoveEntity(old.clone()));
            }
        }
        edits.push(Edit::AddEntity(new));
        edits
    }

    /// Gives an entity another label.
    ///
    /// # Errors
    /// If it is not there, the label is unknown, or it has that label and a person vouched for it.
    pub fn retag(&self, entity: &Entity, label: &Label) -> Plan {
        self.check_entity_label(label)?;
        if !self.annotation.entities().contains(entity) {
            return Err(PlanError::NoEntity);
        }
        if entity.label == *label && !entity.provenance.is_suggestion() {
            return Err(PlanError::AlreadyTagged(label.clone()));
        }
        let mut edits = vec![Edit::RemoveEntity(entity.clone())];
        let same = |old: &Entity| old.span == entity.span && old.label == *label && old != entity;
        if let Some(old) = self
            .annotation
            .entities_in(entity.span)
            .find(|old| same(old))
        {
            edits.push(Edit::RemoveEntity(old.clone()));
        }
        edits.push(Edit::AddEntity(Entity {
            span: entity.span,
            label: label.clone(),
            provenance: Provenance::Person,
        }));
        Ok(Transaction { edits })
    }

    /// Removes an entity.
    ///
    /// # Errors
    /// If it is not there.
    pub fn remove_entity(&self, entity: &Entity) -> Plan {
        if !self.annotation.entities().contains(entity) {
            return Err(PlanError::NoEntity);
        }
        Ok(Transaction {
            edits: vec![Edit::RemoveEntity(entity.clone())],
        })
    }

    /// Moves an edge of an entity; others give way as in [`Scope::tag`].
    ///
    /// # Errors
    /// If it is not there, nothing of it would be left, or nothing would change.
    pub fn move_entity_edge(&self, entity: &Entity, edge: Edge, to: BytePos) -> Plan {
        if !self.annotation.entities().contains(entity) {
            return Err(PlanError::NoEntity);
        }
        let span = self.moved(entity.span, edge, to)?;
        let mut edits = vec![Edit::RemoveEntity(entity.clone())];
        edits.extend(
            self.tag_edits(span, &entity.label)
                .into_iter()
                .filter(|edit| {
                    *edit != Edit::RemoveEntity(entity.clone()) // it went already
                }),
        );
        Ok(Transaction { edits })
    }

    /// Where the entity's words stand again after it, as whole words, in regions where entities are tagged,
    /// and where no person has tagged anything that would cross them.
    #[must_use]
    pub fn further_occurrences(&self, entity: &Entity) -> Vec<Span> {
        let text = self.text();
        let needle = text.slice(entity.span);
        let from = entity.span.end().index();
        let Some(rest) = text.as_str().get(from..) else {
            return Vec::new();
        };
        // What no machine proposed: by start, with the furthest end so far, so that each look-up is a binary search.
        let mut kept: Vec<(BytePos, BytePos)> = Vec::new();
        for old in self.annotation.entities() {
            if !old.provenance.is_suggestion() {
                let furthest = kept.last().map_or(old.span.end(), |(_, end)| *end);
                kept.push((old.span.start(), furthest.max(old.span.end())));
            }
        }
        let is_free = |span: Span| {
            let before = kept.partition_point(|(start, _)| *start < span.end());
            before
                .checked_sub(1)
                .and_then(|last| kept.get(last))
                .is_none_or(|(_, furthest)| *furthest <= span.start())
        };
        rest.match_indices(needle)
            .map(|(at, _)| (from + at, from + at + needle.len()))
            .filter(|&(start, end)| segment::is_whole_word(text.as_str(), start, end))
            .filter_map(|(start, end)| {
                text.span(BytePos::from_index(start), BytePos::from_index(end))
                    .ok()
            })
            .filter(|&span| self.may_tag(span))
            .filter(|&span| is_free(span))
            .collect()
    }

    fn may_tag(&self, span: Span) -> bool {
        !self.is_across(span)
            && self.annotation.regions_in(span).iter().all(|region| {
                self.schema
                    .region(region.label.as_str())
                    .is_none_or(|label| label.tag_entities)
            })
    }

    /// Tags every further occurrence of the entity's words with its label.
    /// What a person tagged there already stays as it is; suggestions give way.
    ///
    /// # Errors
    /// If it is not there, or there is nothing further to tag.
    pub fn tag_everywhere(&self, entity: &Entity) -> Plan {
        if !self.annotation.entities().contains(entity) {
            return Err(PlanError::NoEntity);
        }
        let mut edits = Vec::new();
        if entity.provenance.is_suggestion() {
            edits.extend(confirm_entity(entity));
        }
        let occurrences = self.further_occurrences(entity);
        if occurrences.is_empty() {
            let words = self.text().slice(entity.span).to_owned();
            return Err(PlanError::NoFurtherOccurrence(words));
        }
        let mut removed: Vec<Edit> = Vec::new();
        for span in occurrences {
            for edit in self.tag_edits(span, &entity.label) {
                // One suggestion may lie under two occurrences, and goes once.
                if matches!(edit, Edit::RemoveEntity(_)) {
                    if removed.contains(&edit) || edits.contains(&edit) {
                        continue;
                    }
                    removed.push(edit.clone());
                }
                edits.push(edit);
            }
        }
        Ok(Transaction { edits })
    }

    /// Confirms the suggested region at `pos`.
    ///
    /// # Errors
    /// If there is none, or a person vouched for it already.
    pub fn confirm_region(&self, region: &Region) -> Plan {
        if !self.annotation.regions().contains(region) {
            return Err(PlanError::NoRegion);
        }
        if !region.provenance.is_suggestion() {
            return Err(PlanError::NothingToDo);
        }
        Ok(Transaction {
            edits: confirm_region(region).into(),
        })
    }

    /// Confirms a suggested entity.
    ///
    /// # Errors
    /// If it is not there, or a person vouched for it already.
    pub fn confirm_entity(&self, entity: &Entity) -> Plan {
        if !self.annotation.entities().contains(entity) {
            return Err(PlanError::NoEntity);
        }
        if !entity.provenance.is_suggestion() {
            return Err(PlanError::NothingToDo);
        }
        Ok(Transaction {
            edits: confirm_entity(entity).into(),
        })
    }

    /// Vouches for everything that is still a suggestion and marks the article done. Suggested entities in regions where none are
    /// tagged go instead.
    /// Neighbouring regions of one label, at least one of them a suggestion, become one,
    /// so that the saved regions do not depend on how the models cut theirs.
    ///
    /// # Errors
    /// If it is done already and nothing in it is a suggestion.
    pub fn done(&self) -> Plan {
        let mut merged: Vec<(Region, bool)> = Vec::new(); // the region, and whether it holds a suggestion
        for region in self.annotation.regions() {
            let suggested = region.provenance.is_suggestion();
            let vouched = Region {
                provenance: if suggested {
                    Provenance::Person
                } else {
                    region.provenance
                },
                ..region.clone()
            };
            if let Some((last, last_suggested)) = merged.last_mut()
                && (suggested || *last_suggested)
                && !self.stays_separate(&vouched.label)
                && last.label == vouched.label
                && self.text().as_str()[last.span.end().index()..vouched.span.start().index()]
                    .chars()
                    .all(char::is_whitespace)
            {
                last.span = last.span.cover(vouched.span);
                last.provenance = Provenance::Person;
                *last_suggested |= suggested;
            } else {
                merged.push((vouched, suggested));
            }
        }
        let new: Vec<Region> = merged.into_iter().map(|(region, _)| region).collect();
        let mut edits = match self.replace_regions_alone(self.annotation.regions().to_vec(), new) {
            Ok(transaction) => transaction.edits,
            Err(_) => Vec::new(),
        };
        for entity in self.annotation.entities() {
            if !entity.provenance.is_suggestion() {
                continue;
            }
            if self.may_tag(entity.span) {
                edits.extend(confirm_entity(entity));
            } else {
                edits.push(Edit::RemoveEntity(entity.clone()));
            }
        }
        edits.extend(self.status_edit(Status::Done));
        if edits.is_empty() {
            return Err(PlanError::NothingToDo);
        }
        Ok(Transaction { edits })
    }

    /// As [`Scope::done`], but an article that is done already is marked so once more, which its history then says.
    ///
    /// # Errors
    /// None; the signature is that of the other plans.
    pub fn done_again(&self) -> Plan {
        let mut transaction = match self.done() {
            Err(PlanError::NothingToDo) => Transaction::default(),
            other => other?,
        };
        if self.annotation.status() == Status::Done {
            transaction.edits.push(Edit::SetStatus {
                from: Status::Done,
                to: Status::Done,
            });
        }
        Ok(transaction)
    }

    fn status_edit(&self, to: Status) -> Option<Edit> {
        let from = self.annotation.status();
        (from != to).then_some(Edit::SetStatus { from, to })
    }

    /// Sets the status, and nothing else.
    ///
    /// # Errors
    /// If it has that status already.
    pub fn set_status(&self, to: Status) -> Plan {
        let edit = self.status_edit(to).ok_or(PlanError::NothingToDo)?;
        Ok(Transaction { edits: vec![edit] })
    }

    /// Marks the article flagged, with what should be looked at; an empty remark is left out.
    ///
    /// # Errors
    /// If it is flagged already and no remark is given.
    pub fn flag(&self, remark: &str, written: Option<Signature>) -> Plan {
        let mut edits: Vec<Edit> = self.status_edit(Status::Flagged).into_iter().collect();
        let remark = remark.trim();
        if !remark.is_empty() {
            edits.push(Edit::AddRemark {
                index: self.annotation.remarks().len(),
                remark: Remark {
                    written,
                    ..Remark::new(None, remark)
                },
            });
        }
        if edits.is_empty() {
            return Err(PlanError::NothingToDo);
        }
        Ok(Transaction { edits })
    }
}

/// The transaction that puts all of an annotation's regions, entities and remarks, and its status, into an empty one:
/// how a history begins when there are suggestions, or another's work to start from.
#[must_use]
pub fn start_from(annotation: &Annotation) -> Transaction {
    let mut edits: Vec<Edit> = Vec::new();
    edits.extend(annotation.regions().iter().cloned().map(Edit::AddRegion));
    edits.extend(annotation.entities().iter().cloned().map(Edit::AddEntity));
    for (index, remark) in annotation.remarks().iter().enumerate() {
        edits.push(Edit::AddRemark {
            index,
            remark: remark.clone(),
        });
    }
    edits.extend(
        (annotation.status() != Status::Todo).then_some(Edit::SetStatus {
            from: Status::Todo,
            to: annotation.status(),
        }),
    );
    Transaction { edits }
}

fn confirm_region(region: &Region) -> [Edit; 2] {
    [
        Edit::RemoveRegion(region.clone()),
        Edit::AddRegion(Region {
            provenance: Provenance::Person,
            ..region.clone()
        }),
    ]
}

fn confirm_entity(entity: &Entity) -> [Edit; 2] {
    [
        Edit::RemoveEntity(entity.clone()),
        Edit::AddEntity(Entity {
            provenance: Provenance::Person,
            ..entity.clone()
        }),
    ]
}

#[cfg(test)]
mod tests;
