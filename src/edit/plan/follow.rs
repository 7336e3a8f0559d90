//! Suggested entities follow the labels of regions: where a region begins to be tagged, the tagger
//! is asked; where it no longer is, what nobody has confirmed goes.

use super::Scope;
use crate::edit::{Edit, Transaction};
use crate::model::{Entity, Provenance, Region, Span};

impl Scope<'_> {
    /// What removes the suggested entities that a change of regions leaves in text where none are
    /// tagged. What a person has confirmed stays.
    pub(super) fn orphaned(&self, transaction: &Transaction) -> Vec<Edit> {
        let mut gone: Vec<&Entity> = Vec::new();
        for region in new_regions(transaction).filter(|region| !self.tags_in(region)) {
            let here = self.annotation.entities_in(region.span);
            for entity in here.filter(|entity| entity.provenance.is_suggestion()) {
                if !gone.contains(&entity) {
                    gone.push(entity);
                }
            }
        }
        gone.into_iter()
            .map(|entity| Edit::RemoveEntity(entity.clone()))
            .collect()
    }

    /// The text that a change of regions opens for entities: in regions where they are tagged, and
    /// that was in none of these before.
    #[must_use]
    pub fn newly_tagged(&self, transaction: &Transaction) -> Vec<Span> {
        let mut opened = Vec::new();
        for region in new_regions(transaction).filter(|region| self.tags_in(region)) {
            let mut rest = Some(region.span);
            let before = self.annotation.regions_in(region.span).iter();
            for old in before.filter(|old| self.tags_in(old)) {
                let Some(span) = rest else { break };
                opened.extend(span.before(old.span.start()));
                rest = span.from(old.span.end());
            }
            opened.extend(rest);
        }
        opened
    }

    /// Puts suggestions into text that was opened for entities, as far as it still is and nothing
    /// is tagged there by now. Empty if nothing is to be done.
    #[must_use]
    pub fn suggest(&self, entities: Vec<Entity>) -> Transaction {
        let mut edits: Vec<Edit> = Vec::new();
        let mut end = None;
        for entity in entities {
            let regions = self.annotation.regions_in(entity.span);
            let is_open = regions
                .iter()
                .any(|region| self.tags_in(region) && region.span.contains(entity.span));
            let is_free = self.annotation.entities_in(entity.span).next().is_none();
            let is_offered = self
                .schema
                .entity(entity.label.as_str())
                .is_some_and(|label| label.enabled);
            let is_next = end.is_none_or(|end| end <= entity.span.start());
            let is_guess = matches!(
                entity.provenance,
                Provenance::Tagger(_) | Provenance::Suggester(..)
            );
            if is_open && is_free && is_offered && is_next && is_guess {
                end = Some(entity.span.end());
                edits.push(Edit::AddEntity(entity));
            }
        }
        Transaction { edits }
    }

    /// Whether entities are tagged in a region.
    fn tags_in(&self, region: &Region) -> bool {
        self.schema
            .region(region.label.as_str())
            .is_none_or(|label| label.tag_entities)
    }
}

fn new_regions(transaction: &Transaction) -> impl Iterator<Item = &Region> {
    transaction.edits.iter().filter_map(|edit| match edit {
        Edit::AddRegion(region) => Some(region),
        _ => None,
    })
}
