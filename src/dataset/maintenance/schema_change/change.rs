//! A change of the schema, and whether it is possible.

use anyhow::{Result, bail};

use crate::edit::{LabelKind, Relabel};
use crate::model::{Label, Schema};

/// Another schema, with what becomes of the labels that it renames or no longer has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaChange {
    /// The schema as it shall be.
    pub schema: Schema,
    /// Which labels take their spans to another name, and which go with their spans. A label that
    /// the schema no longer has and that is not named here keeps its spans.
    pub relabel: Relabel,
    /// The schema that it was made from; if the dataset has another one by now, the change is
    /// refused. `None`: whatever it has.
    pub based_on: Option<Box<Schema>>,
}

impl SchemaChange {
    /// Makes a change that renames no label.
    #[must_use]
    pub fn to(schema: Schema) -> Self {
        Self {
            schema,
            relabel: Relabel::default(),
            based_on: None,
        }
    }

    /// Checks that labels are renamed to existing labels, and that no removed label remains.
    ///
    /// # Errors
    /// With a message for people.
    pub fn check(&self) -> Result<()> {
        for ((kind, from), to) in &self.relabel.moved {
            if !has(&self.schema, *kind, to) {
                bail!(
                    "{from} cannot be renamed to {to}: the new schema has no label {to}\nhint: add {to} to the schema, or choose another label"
                );
            }
            if self.relabel.removed.contains(&(*kind, from.clone())) {
                bail!("{from} cannot be both renamed and removed\nhint: choose one of the two");
            }
            let taken_along = self.relabel.moved.contains_key(&(*kind, to.clone()));
            if has(&self.schema, *kind, from) && !self.takes_place(*kind, from) && !taken_along {
                bail!(
                    "{from} cannot be renamed to {to}: the new schema still has {from}\nhint: remove {from} from the schema"
                );
            }
        }
        for (kind, label) in &self.relabel.removed {
            if has(&self.schema, *kind, label) {
                bail!(
                    "{label} cannot be removed: the new schema still has it\nhint: remove {label} from the schema"
                );
            }
        }
        Ok(())
    }

    /// Returns whether annotations that were done under the old schema may lack labels now: a label
    /// is new or enabled, or entities are tagged in other regions. A renamed label is not new.
    #[must_use]
    pub fn outdates(&self, old: &Schema) -> bool {
        let is_new = |kind: LabelKind, label: &Label| {
            is_on(&self.schema, kind, label.as_str()) == Some(true)
                && is_on(old, kind, label.as_str()) != Some(true)
                && !self.takes_over(kind, label)
        };
        let is_tagged_anew = |label: &Label, tags: bool| {
            old.region(label.as_str())
                .is_some_and(|before| before.tag_entities != tags)
        };
        self.schema.regions().iter().any(|region| {
            is_new(LabelKind::Region, &region.label)
                || region.enabled && is_tagged_anew(&region.label, region.tag_entities)
        }) || self
            .schema
            .entities()
            .iter()
            .any(|entity| is_new(LabelKind::Entity, &entity.label))
    }

    /// Returns whether spans of another label are renamed to this one.
    fn takes_over(&self, kind: LabelKind, label: &Label) -> bool {
        let mut moved = self.relabel.moved.iter();
        moved.any(|((of, _), to)| *of == kind && to == label)
    }

    /// Returns whether another label takes this name.
    fn takes_place(&self, kind: LabelKind, label: &Label) -> bool {
        self.relabel
            .moved
            .iter()
            .any(|((of, _), to)| *of == kind && to == label)
    }
}

pub(super) fn has(schema: &Schema, kind: LabelKind, label: &Label) -> bool {
    is_on(schema, kind, label.as_str()).is_some()
}

/// Returns whether a label is enabled; `None` if the schema has none of that name.
pub(super) fn is_on(schema: &Schema, kind: LabelKind, label: &str) -> Option<bool> {
    match kind {
        LabelKind::Region => schema.region(label).map(|region| region.enabled),
        LabelKind::Entity => schema.entity(label).map(|entity| entity.enabled),
    }
}
