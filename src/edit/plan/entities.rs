//! Plans for entities: tag, retag, move an edge, remove, tag everywhere.

use super::*;

impl Scope<'_> {
    /// Tags a stretch of text. Entities that would cross it, or overlap it where the schema is
    /// flat, give way; the same span with another label gets this one.
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

    pub(super) fn check_entity_label(&self, label: &Label) -> Result<(), PlanError> {
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

    pub(super) fn tag_edits(&self, span: Span, label: &Label) -> Vec<Edit> {
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

    /// Changes the label of an entity.
    ///
    /// # Errors
    /// If it is not there, the label is unknown, or it has that label and a person confirmed it.
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

    /// Returns the later occurrences of the entity's words, as whole words, in regions with
    /// entities, and where no person has tagged anything that would cross them.
    #[must_use]
    pub fn further_occurrences(&self, entity: &Entity) -> Vec<Span> {
        let text = self.text();
        let needle = text.slice(entity.span);
        let from = entity.span.end().index();
        let Some(rest) = text.as_str().get(from..) else {
            return Vec::new();
        };
        // What no machine proposed: by start, with the furthest end so far, so that each look-up is
        // a binary search.
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

    pub(super) fn may_tag(&self, span: Span) -> bool {
        !self.is_across(span)
            && self.annotation.regions_in(span).iter().all(|region| {
                self.schema
                    .region(region.label.as_str())
                    .is_none_or(|label| label.tag_entities)
            })
    }

    /// Tags every further occurrence of the entity's words with its label.
    /// Entities of a person stay as they are; suggestions are replaced.
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
}
