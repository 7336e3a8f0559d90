//! Plans: from an intended change to the transaction that makes it.
//!
//! Each method of [`Scope`] reads the article, the annotation and the schema, and changes nothing.
//! A new label wins over existing ones: an overlapped region is shortened, an overlapped entity is
//! removed. The rest of a shortened suggestion is still a suggestion; a new label is a person's.

mod care;
mod entities;
mod follow;
mod places;
mod regions;
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

/// An end of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edge {
    /// The start.
    Start,
    /// The end.
    End,
}

/// Why a change is not possible here. Shown to the annotator.
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

/// The article, annotation and schema for which plans are made.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The article.
    pub article: &'a Article,
    /// Its current annotation.
    pub annotation: &'a Annotation,
    /// The labels that can be used.
    pub schema: &'a Schema,
}

type Plan = Result<Transaction, PlanError>;

impl Scope<'_> {
    fn text(&self) -> &Text {
        &self.article.text
    }

    /// Confirms the suggested region at `pos`.
    ///
    /// # Errors
    /// If there is none, or a person has confirmed it.
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
    /// If it is not there, or a person has confirmed it.
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

    /// Vouches for everything that is still a suggestion and marks the article done. Suggested
    /// entities in regions where none are tagged go instead. Neighbouring regions of one label, at
    /// least one of them a suggestion, become one, so that the saved regions do not depend on how
    /// the models cut theirs.
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

    /// As [`Scope::done`], but an article that is done already is marked so once more, which its
    /// history then says.
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

/// The transaction that puts all of an annotation's regions, entities and remarks, and its status,
/// into an empty one: how a history begins when there are suggestions, or another's work to start
/// from.
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
