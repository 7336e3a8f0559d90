//! Where an entity may lie: no loose punctuation at its edges, and within one region, unless the
//! person says otherwise.

use std::ops::Range;

use super::{Edge, Plan, PlanError, Scope};
use crate::edit::segment;
use crate::model::{BytePos, Entity, Region, Span};

/// How exactly a person chose the span of an entity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Care {
    /// The edges are meant exactly: they were chosen by character.
    pub exact: bool,
    /// The entity may reach over the edge of a region.
    pub across: bool,
}

impl Scope<'_> {
    /// The span that an entity gets when a person selects this one.
    ///
    /// # Errors
    /// If nothing but white space and punctuation is there, or it reaches over the edge of a region
    /// and nobody said that it may.
    pub fn entity_span(&self, span: Span, care: Care) -> Result<Span, PlanError> {
        let text = self.text();
        let span = if care.exact {
            segment::tidy(text, span)
        } else {
            segment::trim_to_name(text, span)
        };
        let span = span.ok_or(PlanError::NothingThere)?;
        if care.across || !self.is_across(span) {
            Ok(span)
        } else {
            Err(PlanError::AcrossRegions)
        }
    }

    /// Whether a span lies in a region and reaches out of it.
    #[must_use]
    pub fn is_across(&self, span: Span) -> bool {
        let regions = self.annotation.regions_in(span);
        regions.iter().any(|region| !region.span.contains(span))
    }

    /// Returns the edge of an entity after a move to `to`.
    ///
    /// # Errors
    /// If nothing of the entity would be left, or it would newly reach over the edge of a region
    /// and nobody said that it may.
    pub fn entity_edge(
        &self,
        entity: &Entity,
        edge: Edge,
        to: BytePos,
        care: Care,
    ) -> Result<BytePos, PlanError> {
        let text = self.text();
        let (start, end) = match edge {
            Edge::Start => (to, entity.span.end()),
            Edge::End => (entity.span.start(), to),
        };
        let moved = text
            .span(start, end)
            .map_err(|_empty| PlanError::WouldVanish)?;
        let within = if care.exact {
            segment::tidy(text, moved)
        } else {
            segment::trim_to_name(text, moved)
        };
        let within = within.ok_or(PlanError::WouldVanish)?;
        // The edge that nobody moves stays where it is, even where it was chosen by character.
        let (to, moved) = match edge {
            Edge::Start => (within.start(), text.span(within.start(), end)),
            Edge::End => (within.end(), text.span(start, within.end())),
        };
        let moved = moved.map_err(|_empty| PlanError::WouldVanish)?;
        if !care.across && self.is_across(moved) && !self.is_across(entity.span) {
            return Err(PlanError::AcrossRegions);
        }
        Ok(to)
    }

    /// Where an edge of an entity goes instead of into the middle of another entity: to the far
    /// side of that one, so that a name is taken in whole or not at all.
    #[must_use]
    pub fn beyond_whole_entities(&self, entity: &Entity, edge: Edge, to: BytePos) -> BytePos {
        let mut to = to;
        for other in self.annotation.entities() {
            let is_neighbour =
                !other.span.contains(entity.span) && !entity.span.contains(other.span);
            let cuts = other.span.start() < to && to < other.span.end();
            if is_neighbour && cuts {
                to = match edge {
                    Edge::Start => other.span.start().min(to),
                    Edge::End => other.span.end().max(to),
                };
            }
        }
        to
    }

    /// Takes the label off whole blocks (indices into the article's blocks); what lies outside of
    /// them keeps it.
    ///
    /// # Errors
    /// If there is no such block, or no region in them.
    pub fn unlabel_blocks(&self, blocks: Range<usize>) -> Plan {
        let blocks = self.article.blocks.get(blocks).unwrap_or_default();
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else {
            return Err(PlanError::NothingThere);
        };
        let hull = first.span.cover(last.span);
        let old: Vec<Region> = self.annotation.regions_in(hull).to_vec();
        if old.is_empty() {
            return Err(PlanError::NoRegion);
        }
        let mut left = Vec::new();
        for region in &old {
            let rest = [
                region.span.before(hull.start()),
                region.span.from(hull.end()),
            ];
            left.extend(
                rest.into_iter()
                    .flatten()
                    .filter(|rest| *rest != region.span)
                    .filter_map(|span| segment::tidy(self.text(), span))
                    .map(|span| Region {
                        span,
                        ..region.clone()
                    }),
            );
        }
        self.replace_regions(old, left)
    }
}
