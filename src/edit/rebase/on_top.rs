//! Own changes on another copy, as far as they fit.

use crate::edit::{Edit, Transaction};
use crate::model::{Annotation, Entity, Region, Remark, Span, Status, Text};

/// The other copy with own changes on it.
pub(super) struct OnTop<'a> {
    text: &'a Text,
    annotation: Annotation,
    /// What a person put into the other copy. It stays, whatever was made and unmade here.
    new_regions: Vec<Region>,
    new_entities: Vec<Entity>,
    new_remarks: Vec<Remark>,
    /// Remarks that were made in both copies alike.
    shared_remarks: Vec<Remark>,
    /// What did not fit.
    pub(super) left_out: Vec<Edit>,
}

/// What becomes of one change.
enum Fate {
    /// It is made, perhaps in other words, and with suggestions taken out of its way.
    Made(Vec<Edit>),
    /// It is so already.
    IsSo,
    /// The other copy has something else there.
    Clashes,
}

impl<'a> OnTop<'a> {
    pub(super) fn new(text: &'a Text, at_base: &Annotation, other: &Annotation) -> Self {
        let is_new = |one: &&Entity| {
            !one.provenance.is_suggestion() && at_base.entity(one.span, &one.label).is_none()
        };
        let mut old = at_base.remarks().to_vec();
        let mut new_remarks = other.remarks().to_vec();
        new_remarks.retain(|one| match old.iter().position(|known| known == one) {
            Some(at) => {
                old.remove(at);
                false
            }
            None => true,
        });
        Self {
            text,
            new_regions: other
                .regions()
                .iter()
                .filter(|one| !one.provenance.is_suggestion())
                .filter(|one| !at_base.regions().iter().any(|old| is_alike(old, one)))
                .cloned()
                .collect(),
            new_entities: other.entities().iter().filter(is_new).cloned().collect(),
            new_remarks,
            shared_remarks: Vec::new(),
            annotation: other.clone(),
            left_out: Vec::new(),
        }
    }

    /// Makes the changes of a transaction that fit. Changes of spans that overlap belong together:
    /// they are made all, or none of them. Returns what was made.
    pub(super) fn put(&mut self, wanted: &Transaction, is_missed: bool) -> Transaction {
        let mut made = Vec::new();
        for part in parts(wanted) {
            match self.put_part(&part) {
                Some(edits) => made.extend(edits),
                None if is_missed => self.left_out.extend(what_is_missed(part)),
                None => {}
            }
        }
        Transaction { edits: made }
    }

    /// Makes all of a part, or nothing.
    fn put_part(&mut self, part: &[&Edit]) -> Option<Vec<Edit>> {
        let mut made: Vec<Edit> = Vec::new();
        for wanted in part {
            let is_done = match self.fate(wanted) {
                Fate::IsSo => true,
                Fate::Clashes => false,
                Fate::Made(edits) => {
                    let one = Transaction { edits };
                    let is_done = one.apply(self.text, &mut self.annotation).is_ok();
                    if is_done {
                        made.extend(one.edits);
                    }
                    is_done
                }
            };
            if !is_done {
                let back = Transaction { edits: made }.inverse();
                let undone = back.apply(self.text, &mut self.annotation);
                debug_assert_eq!(undone, Ok(()), "what was made has an inverse");
                return None;
            }
        }
        Some(made)
    }

    fn fate(&mut self, wanted: &Edit) -> Fate {
        match wanted {
            Edit::AddRegion(region) => self.fate_of_new_region(region),
            Edit::RemoveRegion(region) => match self.annotation.regions_in(region.span) {
                [] => Fate::IsSo,
                [there] if is_alike(there, region) => {
                    match self.new_regions.iter().any(|new| is_alike(new, region)) {
                        true => Fate::IsSo,
                        false => Fate::Made(vec![Edit::RemoveRegion(there.clone())]),
                    }
                }
                _ => Fate::Clashes,
            },
            Edit::AddEntity(entity) => self.fate_of_new_entity(entity),
            Edit::RemoveEntity(entity) => {
                match self.annotation.entity(entity.span, &entity.label) {
                    Some(there) if self.is_new(there) => Fate::IsSo,
                    Some(there) => Fate::Made(vec![Edit::RemoveEntity(there.clone())]),
                    None if self.has_new_entity_on(entity.span) => Fate::Clashes,
                    None => Fate::IsSo,
                }
            }
            Edit::SetStatus { from, to } => self.fate_of_status(*from, *to),
            Edit::AddRemark { index, remark } => {
                let same = self.new_remarks.iter().position(|one| one == remark);
                if let Some(same) = same {
                    self.shared_remarks.push(self.new_remarks.remove(same));
                    return Fate::IsSo;
                }
                let index = (*index).min(self.annotation.remarks().len());
                let remark = remark.clone();
                Fate::Made(vec![Edit::AddRemark { index, remark }])
            }
            Edit::RemoveRemark { index, remark } => {
                let shared = self.shared_remarks.iter().position(|one| one == remark);
                if let Some(shared) = shared {
                    self.new_remarks.push(self.shared_remarks.remove(shared));
                    return Fate::IsSo;
                }
                let remarks = self.annotation.remarks();
                let is_there = remarks.get(*index) == Some(remark);
                let found = match is_there {
                    true => Some(*index),
                    false => remarks.iter().position(|one| one == remark),
                };
                found.map_or(Fate::IsSo, |index| {
                    let remark = remark.clone();
                    Fate::Made(vec![Edit::RemoveRemark { index, remark }])
                })
            }
            Edit::Renamed { .. } => Fate::IsSo,
            Edit::Decide(_) => Fate::Made(vec![wanted.clone()]),
        }
    }

    /// What a person labelled takes the place of suggestions.
    fn fate_of_new_region(&self, region: &Region) -> Fate {
        let there = self.annotation.regions_in(region.span);
        let gives_way = |one: &&Region| {
            let is_machines = one.provenance.is_suggestion() && !region.provenance.is_suggestion();
            is_machines && region.span.contains(one.span)
        };
        match there {
            [one] if is_alike(one, region) && !gives_way(&one) => Fate::IsSo,
            all if all.iter().all(|one| gives_way(&one)) => {
                let removed = all.iter().cloned().map(Edit::RemoveRegion);
                Fate::Made(removed.chain([Edit::AddRegion(region.clone())]).collect())
            }
            _ => Fate::Clashes,
        }
    }

    fn fate_of_new_entity(&self, entity: &Entity) -> Fate {
        let is_persons = !entity.provenance.is_suggestion();
        let gives_way = |one: &&Entity| {
            let is_in_the_way = one.span == entity.span || one.span.crosses(entity.span);
            is_persons && one.provenance.is_suggestion() && is_in_the_way
        };
        let same = self.annotation.entity(entity.span, &entity.label);
        if same.is_some_and(|one| !gives_way(&one)) {
            return Fate::IsSo;
        }
        let mut there = self.annotation.entities_in(entity.span);
        if there.any(|one| one.span == entity.span && self.is_new(one) && !gives_way(&one)) {
            return Fate::Clashes;
        }
        let there = self.annotation.entities_in(entity.span);
        let removed = there.filter(gives_way).cloned().map(Edit::RemoveEntity);
        Fate::Made(removed.chain([Edit::AddEntity(entity.clone())]).collect())
    }

    fn has_new_entity_on(&self, span: Span) -> bool {
        let mut there = self.annotation.entities_in(span);
        there.any(|one| self.is_new(one))
    }

    fn is_new(&self, one: &Entity) -> bool {
        let is_it = |new: &Entity| new.span == one.span && new.label == one.label;
        self.new_entities.iter().any(is_it)
    }

    /// An article that was finished in one copy is finished.
    fn fate_of_status(&self, from: Status, to: Status) -> Fate {
        let now = self.annotation.status();
        let is_begun = |status: Status| matches!(status, Status::Todo | Status::Started);
        if now == to || (is_begun(from) && is_begun(to)) {
            Fate::IsSo
        } else if now == from || is_begun(now) {
            Fate::Made(vec![Edit::SetStatus { from: now, to }])
        } else {
            Fate::Clashes
        }
    }
}

fn is_alike(a: &Region, b: &Region) -> bool {
    (a.span, &a.label) == (b.span, &b.label)
}

/// Spans that overlap, and the edits of them with their places in the transaction.
type Part<'a> = (Vec<Span>, Vec<(usize, &'a Edit)>);

/// The changes of a transaction that belong together: those of spans that overlap.
fn parts(transaction: &Transaction) -> Vec<Vec<&Edit>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for (place, edit) in transaction.edits.iter().enumerate() {
        let Some(span) = span_of(edit) else {
            // Edits of remarks and of the status have no span: each is a part by itself.
            parts.push((Vec::new(), vec![(place, edit)]));
            continue;
        };
        let touches = |part: &Part<'_>| part.0.iter().any(|other| other.overlaps(span));
        let (mut joined, rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(touches);
        parts = rest;
        joined.push((vec![span], vec![(place, edit)]));
        let (mut spans, mut edits) = (Vec::new(), Vec::new());
        for (its_spans, its_edits) in joined {
            spans.extend(its_spans);
            edits.extend(its_edits);
        }
        edits.sort_by_key(|(place, _)| *place);
        parts.push((spans, edits));
    }
    parts.sort_by_key(|(_, edits)| edits.first().map(|(place, _)| *place));
    let edits_of = |(_, edits): (_, Vec<(usize, _)>)| edits.into_iter().map(|(_, edit)| edit);
    parts
        .into_iter()
        .map(|part| edits_of(part).collect())
        .collect()
}

fn span_of(edit: &Edit) -> Option<Span> {
    match edit {
        Edit::AddRegion(region) | Edit::RemoveRegion(region) => Some(region.span),
        Edit::AddEntity(entity) | Edit::RemoveEntity(entity) => Some(entity.span),
        _ => None,
    }
}

/// What a person misses of a part that was not made: what it would have added, or else removed.
fn what_is_missed(part: Vec<&Edit>) -> Vec<Edit> {
    let adds = |edit: &&Edit| matches!(edit, Edit::AddRegion(_) | Edit::AddEntity(_));
    let any_added = part.iter().any(adds);
    let missed = part.into_iter().filter(|edit| !any_added || adds(edit));
    missed.cloned().collect()
}
