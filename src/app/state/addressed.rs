//! What the keys act on in the open article.

use super::article::OpenArticle;
use super::focus::{Addressed, Target};
use super::span_ref::SpanRef;
use crate::edit::Edge;
use crate::model::{Entity, Region, Span};

impl OpenArticle {
    /// The entity that the keys act on: the shortest at the caret, or the one that is selected.
    #[must_use]
    pub fn entity(&self) -> Option<&Entity> {
        let annotation = self.session.annotation();
        match self.selected() {
            Some(span) => annotation
                .entities()
                .iter()
                .find(|entity| entity.span == span),
            None => annotation.entity_at(self.selection.head),
        }
    }

    /// The region that was chosen as such, if it is still there.
    #[must_use]
    pub fn chosen_region(&self) -> Option<&Region> {
        let Target::Region(chosen) = &self.focus.target else {
            return None;
        };
        let regions = self.session.annotation().regions();
        regions.iter().find(|region| *region == chosen)
    }

    /// Whether whole blocks are selected.
    #[must_use]
    pub fn has_blocks(&self) -> bool {
        self.focus.target == Target::Blocks && !self.blocks().is_empty()
    }

    /// What the keys that remove and that move edges act on. The screen draws a ring around it.
    #[must_use]
    pub fn addressed(&self) -> Option<Addressed> {
        if let Some(region) = self.chosen_region() {
            return Some(Addressed::Region(region.clone()));
        }
        let blocks = self.blocks();
        let several = self.has_blocks() && blocks.len() > 1;
        match self.entity() {
            Some(entity) if !several => Some(Addressed::Entity(entity.clone())),
            _ if self.has_blocks() => Some(Addressed::Blocks(blocks)),
            _ => None,
        }
    }

    /// The region whose edge the keys move: the one that was chosen, or the one that begins or ends
    /// in the selected blocks.
    #[must_use]
    pub fn region_with_edge(&self, edge: Edge) -> Option<&Region> {
        if let Some(region) = self.chosen_region() {
            return Some(region);
        }
        let hull = self.blocks_span().filter(|_| self.has_blocks())?;
        let regions = self.session.annotation().regions_in(hull);
        match edge {
            Edge::Start => regions
                .first()
                .filter(|region| region.span.start() >= hull.start()),
            Edge::End => regions
                .last()
                .filter(|region| region.span.end() <= hull.end()),
        }
    }

    /// From the first of the selected blocks to the last.
    #[must_use]
    pub fn blocks_span(&self) -> Option<Span> {
        let blocks = self.article().blocks.get(self.blocks())?;
        Some(blocks.first()?.span.cover(blocks.last()?.span))
    }

    /// The suggestion that `Enter` confirms and `Delete` rejects: the current entity, or the region
    /// that was chosen by itself or with its block.
    #[must_use]
    pub fn suggestion(&self) -> Option<SpanRef> {
        let found = match self.addressed()? {
            Addressed::Entity(entity) => SpanRef::Entity(entity),
            Addressed::Region(region) => SpanRef::Region(region),
            Addressed::Blocks(_) => SpanRef::Region(self.region()?.clone()),
        };
        found.provenance().is_suggestion().then_some(found)
    }

    /// The entity at the caret, or else the region there: what is asked about, not what is changed.
    #[must_use]
    pub fn here(&self) -> Option<SpanRef> {
        let region = self.chosen_region().cloned().map(SpanRef::Region);
        let entity = || self.entity().cloned().map(SpanRef::Entity);
        let around = || self.region().cloned().map(SpanRef::Region);
        region.or_else(entity).or_else(around)
    }

    /// The region at the caret, or else the first one of its block.
    #[must_use]
    pub fn region(&self) -> Option<&Region> {
        let annotation = self.session.annotation();
        self.chosen_region()
            .or_else(|| annotation.region_at(self.selection.head))
            .or_else(|| {
                let block = self.article().blocks.get(self.block)?;
                annotation.regions_in(block.span).first()
            })
    }
}
