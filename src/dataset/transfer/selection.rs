//! Selects what is converted of a record: statuses, kinds of labels, and their names.

use std::collections::BTreeMap;

use crate::model::{Annotation, Entity, Label, Region, Status, Text};

/// One of the two kinds of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    /// Which text is story, comment or navigation.
    Regions,
    /// Who and what is named.
    Entities,
}

/// Which records and labels are taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only records with one of these statuses; empty: all.
    pub statuses: Vec<Status>,
    /// Only this kind of labels; `None`: both.
    pub task: Option<Task>,
    /// What labels become; `None`: their spans are left out. Of one kind, or of both.
    pub labels: BTreeMap<(Option<Task>, Label), Option<Label>>,
}

/// What was left out and changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    /// Records of other statuses.
    pub other_status: u64,
    /// Spans of the other kind.
    pub other_task: u64,
    /// Spans that got another label.
    pub renamed: u64,
    /// Spans whose label was left out.
    pub removed: u64,
    /// Spans that were there twice under the new names.
    pub doubled: u64,
    /// Labels that were named and met.
    pub met: std::collections::BTreeSet<(Option<Task>, Label)>,
}

impl Selected {
    /// Adds the counts of another worker.
    pub fn append(&mut self, other: Self) {
        self.other_status += other.other_status;
        self.other_task += other.other_task;
        self.renamed += other.renamed;
        self.removed += other.removed;
        self.doubled += other.doubled;
        self.met.extend(other.met);
    }
}

/// A rule about labels: which one, of which task, and the label that it gets; without one, it is
/// left out.
pub type LabelRule = ((Option<Task>, Label), Option<Label>);

impl Selection {
    /// Reads `OLD=NEW`, `region:OLD=NEW`, `entity:OLD=NEW`; with nothing after the sign, the label
    /// is left out.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn rule(words: &str) -> Result<LabelRule, String> {
        let Some((old, new)) = words.split_once('=') else {
            return Err(format!("{words:?} is not written OLD=NEW"));
        };
        let (task, old) = match old.split_once(':') {
            Some(("region", name)) => (Some(Task::Regions), name),
            Some(("entity", name)) => (Some(Task::Entities), name),
            _ => (None, old),
        };
        let label = |name: &str| Label::new(name.trim()).map_err(|error| error.to_string());
        let new = match new.trim() {
            "" => None,
            new => Some(label(new)?),
        };
        Ok(((task, label(old)?), new))
    }

    /// Returns whether everything is taken unchanged.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the selected part of an annotation; `None` if the record is left out.
    #[must_use]
    pub fn of(&self, text: &Text, came: &Annotation, count: &mut Selected) -> Option<Annotation> {
        if !(self.statuses.is_empty() || self.statuses.contains(&came.status())) {
            count.other_status += 1;
            return None;
        }
        let mut regions: Vec<Region> = Vec::with_capacity(came.regions().len());
        for region in came.regions() {
            if let Some(label) = self.label(Task::Regions, &region.label, count) {
                regions.push(Region {
                    label,
                    ..region.clone()
                });
            }
        }
        let mut entities: Vec<Entity> = Vec::with_capacity(came.entities().len());
        for entity in came.entities() {
            if let Some(label) = self.label(Task::Entities, &entity.label, count) {
                let is_same = |known: &Entity| known.span == entity.span && known.label == label;
                if entities.iter().rev().take(8).any(is_same) {
                    count.doubled += 1;
                    continue;
                }
                entities.push(Entity {
                    label,
                    ..entity.clone()
                });
            }
        }
        // The same spans, fewer of them, and none twice under one label: always sound.
        let remarks = came.remarks().to_vec();
        let taken = Annotation::from_parts(text, regions, entities, came.status(), remarks);
        Some(taken.unwrap_or_else(|_never| came.clone()))
    }

    fn label(&self, task: Task, label: &Label, count: &mut Selected) -> Option<Label> {
        if self.task.is_some_and(|wanted| wanted != task) {
            count.other_task += 1;
            return None;
        }
        for key in [(Some(task), label.clone()), (None, label.clone())] {
            if let Some(new) = self.labels.get(&key) {
                let changes = new.as_ref() != Some(label);
                count.met.insert(key);
                match new {
                    None => count.removed += 1,
                    Some(_) => count.renamed += u64::from(changes),
                }
                return new.clone();
            }
        }
        Some(label.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    #[test]
    fn labels_are_renamed_merged_and_left_out() {
        let mut selection = Selection::default();
        for rule in ["PERSON=PER", "GPE=LOC", "DATE=", "region:body=story"] {
            let (old, new) = Selection::rule(rule).unwrap();
            selection.labels.insert(old, new);
        }
        let read =
            notation::parse("body| {PERSON Ada} in {GPE Oslo} on {DATE Monday} with {ORG Nordlin}")
                .unwrap();
        let mut count = Selected::default();
        let taken = selection
            .of(&read.text, &read.annotation, &mut count)
            .unwrap();
        let labels: Vec<&str> = taken.entities().iter().map(|e| e.label.as_str()).collect();
        assert_eq!(labels, ["PER", "LOC", "ORG"]);
        assert_eq!(taken.regions()[0].label, *"story");
        assert_eq!((count.renamed, count.removed), (3, 1));
        assert!(Selection::rule("PER").is_err() && Selection::rule("=PER").is_err());

        let only = Selection {
            task: Some(Task::Regions),
            ..Selection::default()
        };
        let taken = only.of(&read.text, &read.annotation, &mut count).unwrap();
        assert!(taken.entities().is_empty() && taken.regions().len() == 1);
        assert_eq!(count.other_task, 4);
        let done = Selection {
            statuses: vec![Status::Done],
            ..Selection::default()
        };
        assert!(
            done.of(&read.text, &Annotation::default(), &mut count)
                .is_none()
        );
    }
}
