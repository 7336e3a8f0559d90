//! A schema while it is being edited, as it was typed.

use std::collections::BTreeSet;

use super::palette::PALETTE;
use crate::app::views::guidelines::{Relabelled, relabelled};
use crate::edit::LabelKind;
use crate::model::{EntityLabel, Label, Nesting, RegionLabel, Rgb, Schema};

/// A label as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LabelDraft {
    /// Its name in the dataset's schema; `None` for a new one.
    pub was: Option<Label>,
    pub name: String,
    pub color: Rgb,
    pub key: String,
    pub enabled: bool,
    /// Of a region: whether entities are tagged in it.
    pub tag_entities: bool,
    /// Of a region: whether neighbours stay apart.
    pub separate: bool,
    /// Of an entity: which types of the tagger it takes, with commas between.
    pub tagger_types: String,
    pub description: String,
    /// One a line.
    pub examples: String,
}

/// What becomes of the spans of a label that was taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The label stays, switched off, and they keep it.
    SwitchOff,
    /// They get this label.
    Move(String),
    /// They go.
    Remove,
}

/// A label of the dataset that was taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gone {
    pub kind: LabelKind,
    pub label: LabelDraft,
    pub fate: Fate,
}

/// A schema as it was typed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draft {
    pub name: String,
    pub nested: bool,
    /// Per cent of the articles that are shown without suggestions.
    pub blind_percent: f64,
    /// Whether articles can be marked done only if the check finds nothing in them.
    pub require_check: bool,
    pub regions: Vec<LabelDraft>,
    pub entities: Vec<LabelDraft>,
    pub gone: Vec<Gone>,
    pub guidelines: String,
}

fn of_region(region: &RegionLabel) -> LabelDraft {
    LabelDraft {
        was: Some(region.label.clone()),
        name: region.label.to_string(),
        color: region.color,
        key: region.key.map(String::from).unwrap_or_default(),
        enabled: region.enabled,
        tag_entities: region.tag_entities,
        separate: region.separate,
        tagger_types: String::new(),
        description: region.description.clone(),
        examples: region.examples.join("\n"),
    }
}

fn of_entity(entity: &EntityLabel) -> LabelDraft {
    LabelDraft {
        was: Some(entity.label.clone()),
        name: entity.label.to_string(),
        color: entity.color,
        key: entity.key.map(String::from).unwrap_or_default(),
        enabled: entity.enabled,
        tag_entities: false,
        separate: false,
        tagger_types: entity.tagger_types.join(", "),
        description: entity.description.clone(),
        examples: entity.examples.join("\n"),
    }
}

impl Draft {
    /// A schema, as it is.
    pub fn of(schema: &Schema) -> Self {
        Self {
            name: schema.name().to_owned(),
            nested: schema.nesting() == Nesting::Nested,
            blind_percent: schema.blind_share() * 100.0,
            require_check: schema.requires_check(),
            regions: schema.regions().iter().map(of_region).collect(),
            entities: schema.entities().iter().map(of_entity).collect(),
            gone: Vec::new(),
            guidelines: schema.guidelines().to_owned(),
        }
    }

    /// The labels of a shipped schema in the place of those that are there. A label of the same
    /// name is the same label; those that the shipped one has not are switched off where they are
    /// in use.
    pub fn start_from(&mut self, preset: &Schema, dataset: &Schema) {
        let mut new = Self::of(preset);
        for (kind, has) in [
            (
                LabelKind::Region,
                Box::new(|label: &Label| dataset.region(label.as_str()).is_some())
                    as Box<dyn Fn(&Label) -> bool>,
            ),
            (
                LabelKind::Entity,
                Box::new(|label: &Label| dataset.entity(label.as_str()).is_some()),
            ),
        ] {
            for label in new.labels_mut(kind) {
                label.was = label.was.take().filter(&has);
            }
        }
        let old = Self::of(dataset);
        new.blind_percent = old.blind_percent;
        new.require_check = old.require_check;
        for kind in [LabelKind::Region, LabelKind::Entity] {
            let kept: BTreeSet<&Label> = new
                .labels(kind)
                .iter()
                .filter_map(|label| label.was.as_ref())
                .collect();
            let gone: Vec<Gone> = old
                .labels(kind)
                .iter()
                .filter(|label| label.was.as_ref().is_some_and(|was| !kept.contains(was)))
                .map(|label| Gone {
                    kind,
                    label: label.clone(),
                    fate: Fate::SwitchOff,
                })
                .collect();
            new.gone.extend(gone);
        }
        *self = new;
    }

    pub fn labels(&self, kind: LabelKind) -> &Vec<LabelDraft> {
        match kind {
            LabelKind::Region => &self.regions,
            LabelKind::Entity => &self.entities,
        }
    }

    pub fn labels_mut(&mut self, kind: LabelKind) -> &mut Vec<LabelDraft> {
        match kind {
            LabelKind::Region => &mut self.regions,
            LabelKind::Entity => &mut self.entities,
        }
    }

    /// Adds a label with a colour that no other of its kind has, and a key that is free.
    pub fn add(&mut self, kind: LabelKind) -> usize {
        let color = PALETTE
            .into_iter()
            .find(|color| self.labels(kind).iter().all(|label| label.color != *color))
            .unwrap_or(Rgb(0x88, 0x88, 0x88));
        let key = match kind {
            LabelKind::Entity => "1234567890"
                .chars()
                .find(|key| {
                    let mut on = self.entities.iter().filter(|label| label.enabled);
                    on.all(|label| label.key != key.to_string())
                })
                .map(String::from),
            LabelKind::Region => None,
        };
        self.labels_mut(kind).push(LabelDraft {
            was: None,
            name: String::new(),
            color,
            key: key.unwrap_or_default(),
            enabled: true,
            tag_entities: kind == LabelKind::Region,
            separate: false,
            tagger_types: String::new(),
            description: String::new(),
            examples: String::new(),
        });
        self.labels(kind).len() - 1
    }

    /// Takes a label out. If the dataset knows it, it is remembered, with what shall become of its
    /// spans.
    pub fn take_out(&mut self, kind: LabelKind, at: usize) {
        let labels = self.labels_mut(kind);
        if at < labels.len() {
            let label = labels.remove(at);
            if label.was.is_some() {
                self.gone.push(Gone {
                    kind,
                    label,
                    fate: Fate::SwitchOff,
                });
            }
        }
    }

    /// The guidelines with the headings that the labels then have.
    pub fn guidelines_after(&self) -> Relabelled {
        let labels = self.regions.iter().chain(&self.entities);
        let renamed: Vec<(String, String)> = labels
            .filter_map(|label| {
                let (was, name) = (
                    label.was.as_ref()?.to_string(),
                    label.name.trim().to_owned(),
                );
                (was != name && !name.is_empty()).then_some((was, name))
            })
            .collect();
        let gone = self.gone.iter().filter(|gone| gone.fate != Fate::SwitchOff);
        let removed: Vec<String> = gone
            .filter_map(|gone| Some(gone.label.was.as_ref()?.to_string()))
            .filter(|name| !renamed.iter().any(|(_, to)| to == name))
            .collect();
        relabelled(&self.guidelines, &renamed, &removed)
    }

    /// Puts a label back that was taken out.
    pub fn put_back(&mut self, at: usize) {
        if at < self.gone.len() {
            let gone = self.gone.remove(at);
            self.labels_mut(gone.kind).push(gone.label);
        }
    }

    /// Moves a label up or down in its list; where it is then.
    pub fn shift(&mut self, kind: LabelKind, at: usize, by: isize) -> usize {
        let labels = self.labels_mut(kind);
        let to = at.saturating_add_signed(by);
        if at < labels.len() && to < labels.len() {
            labels.swap(at, to);
            to
        } else {
            at
        }
    }
}
