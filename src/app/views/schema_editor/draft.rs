//! A schema while it is being edited: what was typed, what is wrong with it, and the change that it means.

use crate::app::views::guidelines::{Relabelled, relabelled};
use std::collections::BTreeSet;

use crate::app::command::{Bindings, Chord, Command, Keymap};
use crate::dataset::SchemaChange;
use crate::edit::{LabelKind, Relabel};
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

/// Which field a fault is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Key,
    /// Nothing of one label.
    Whole,
}

/// Something that keeps a draft from being a schema, or that one should know (`grave` is false).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub at: Option<(LabelKind, usize)>,
    pub field: Field,
    pub words: String,
    pub grave: bool,
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

    /// The labels of a shipped schema in the place of those that are there. A label of the same name is the same
    /// label; those that the shipped one has not are switched off where they are in use.
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
        let color = super::PALETTE
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

    /// Takes a label out. If the dataset knows it, it is remembered, with what shall become of its spans.
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

    /// All that is wrong, or worth knowing, in the order of the labels.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let keymap = Keymap::new(None, &Bindings::default());
        for kind in [LabelKind::Region, LabelKind::Entity] {
            for (at, label) in self.labels(kind).iter().enumerate() {
                let mut say = |field, grave, words: String| {
                    faults.push(Fault {
                        at: Some((kind, at)),
                        field,
                        words,
                        grave,
                    });
                };
                match Label::new(&label.name) {
                    Err(error) => say(Field::Name, true, sentence(&error.to_string())),
                    Ok(name) => {
                        let before = self.labels(kind).iter().take(at);
                        let twice = before.filter(|other| name == *other.name.trim()).count() > 0;
                        let off = self.gone.iter().any(|gone| {
                            gone.kind == kind
                                && gone.fate == Fate::SwitchOff
                                && name == *gone.label.name.trim()
                        });
                        if twice || off {
                            say(
                                Field::Name,
                                true,
                                format!("There is already a label {name}"),
                            );
                        }
                    }
                }
                if let Err(words) = key(kind, &label.key) {
                    say(Field::Key, true, words);
                } else if let Some(key) = label.key.chars().next().filter(|_| label.enabled) {
                    let other = self.labels(kind).iter().enumerate().find(|(other, with)| {
                        *other != at && with.enabled && with.key == label.key
                    });
                    if let Some((_, other)) = other {
                        let name = other.name.trim();
                        say(
                            Field::Key,
                            true,
                            format!("{name} has the key {key} already"),
                        );
                    } else if let Some(command) = command_on(&keymap, key) {
                        let words = command.label(None);
                        say(Field::Key, false, format!("Replaces the key of “{words}”"));
                    }
                }
            }
        }
        if !self.regions.iter().any(|region| region.enabled) {
            faults.push(Fault {
                at: None,
                field: Field::Whole,
                words: "At least one region label must be enabled".to_owned(),
                grave: true,
            });
        }
        if self.name.trim().is_empty() {
            faults.push(Fault {
                at: None,
                field: Field::Whole,
                words: "The schema needs a name".to_owned(),
                grave: true,
            });
        }
        for gone in &self.gone {
            if let Fate::Move(to) = &gone.fate
                && !self
                    .labels(gone.kind)
                    .iter()
                    .any(|label| label.name.trim() == to)
            {
                faults.push(Fault {
                    at: None,
                    field: Field::Whole,
                    words: format!("Choose where the spans of {} move to", gone.label.name),
                    grave: true,
                });
            }
        }
        faults
    }

    /// The change that the draft means for a dataset.
    ///
    /// # Errors
    /// If it is no schema; with what is wrong.
    pub fn change(&self) -> Result<SchemaChange, String> {
        if let Some(fault) = self.faults().into_iter().find(|fault| fault.grave) {
            return Err(fault.words);
        }
        let off: Vec<(LabelKind, LabelDraft)> = self
            .gone
            .iter()
            .filter(|gone| gone.fate == Fate::SwitchOff)
            .map(|gone| {
                let mut label = gone.label.clone();
                label.enabled = false;
                (gone.kind, label)
            })
            .collect();
        let all = |kind: LabelKind| {
            let off = off.iter().filter(move |(of, _)| *of == kind);
            self.labels(kind).iter().chain(off.map(|(_, label)| label))
        };
        let said = |error: &dyn std::fmt::Display| sentence(&error.to_string());
        let mut regions = Vec::new();
        for label in all(LabelKind::Region) {
            regions.push(RegionLabel {
                label: Label::new(&label.name).map_err(|error| said(&error))?,
                color: label.color,
                key: key(LabelKind::Region, &label.key)?,
                enabled: label.enabled,
                tag_entities: label.tag_entities,
                separate: label.separate,
                description: label.description.trim().to_owned(),
                examples: lines(&label.examples),
            });
        }
        let mut entities = Vec::new();
        for label in all(LabelKind::Entity) {
            entities.push(EntityLabel {
                label: Label::new(&label.name).map_err(|error| said(&error))?,
                color: label.color,
                key: key(LabelKind::Entity, &label.key)?,
                enabled: label.enabled,
                tagger_types: listed(&label.tagger_types),
                description: label.description.trim().to_owned(),
                examples: lines(&label.examples),
            });
        }
        let mut relabel = Relabel::default();
        for kind in [LabelKind::Region, LabelKind::Entity] {
            for label in all(kind) {
                let name = Label::new(&label.name).map_err(|error| said(&error))?;
                if let Some(was) = label.was.as_ref().filter(|was| **was != name) {
                    relabel.moved.insert((kind, was.clone()), name);
                }
            }
        }
        for gone in &self.gone {
            let Some(was) = &gone.label.was else { continue };
            let place = (gone.kind, was.clone());
            match &gone.fate {
                Fate::SwitchOff => {}
                Fate::Move(to) => {
                    let to = Label::new(to).map_err(|error| said(&error))?;
                    if to != *was {
                        relabel.moved.insert(place, to);
                    }
                }
                Fate::Remove => {
                    relabel.removed.insert(place);
                }
            }
        }
        let nesting = if self.nested {
            Nesting::Nested
        } else {
            Nesting::Flat
        };
        let schema = Schema::new(
            self.name.trim().to_owned(),
            nesting,
            regions,
            entities,
            self.guidelines_after().markdown,
        )
        .map_err(|error| said(&error))?
        .with_blind_share(self.blind_percent / 100.0)
        .with_required_check(self.require_check);
        let change = SchemaChange {
            schema,
            relabel,
            based_on: None,
        };
        change.check().map_err(|error| said(&error))?;
        Ok(change)
    }
}

/// The key of a label, if what was typed is one.
fn key(kind: LabelKind, typed: &str) -> Result<Option<char>, String> {
    let mut chars = typed.trim().chars();
    let (key, more) = (chars.next(), chars.next());
    match (kind, key, more) {
        (_, None, _) => Ok(None),
        (_, Some(_), Some(_)) => Err("One key only".to_owned()),
        (LabelKind::Entity, Some(key), None) if key.is_ascii_digit() => Ok(Some(key)),
        (LabelKind::Entity, ..) => Err("An entity's key is a digit".to_owned()),
        (LabelKind::Region, Some(key), None) if Schema::RESERVED_KEYS.contains(&key) => {
            let command = command_on(&Keymap::new(None, &Bindings::default()), key);
            let words = command.map_or(String::new(), |command| command.label(None));
            Err(format!("{key} is the key for “{words}”"))
        }
        (LabelKind::Region, Some(key), None) if key.is_lowercase() => Ok(Some(key)),
        (LabelKind::Region, ..) => Err("A region's key is a lower-case letter".to_owned()),
    }
}

/// The command that has this letter for itself.
fn command_on(keymap: &Keymap, key: char) -> Option<Command> {
    let key = egui::Key::from_name(&key.to_uppercase().to_string())?;
    keymap.get(Chord::plain(key))
}

fn lines(words: &str) -> Vec<String> {
    words
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What stands between commas.
fn listed(words: &str) -> Vec<String> {
    words
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::config::built_in_schemas;

    fn draft() -> Draft {
        Draft::of(&built_in_schemas::news().unwrap())
    }

    fn label(name: &str) -> Label {
        Label::new(name).unwrap()
    }

    #[test]
    fn an_untouched_draft_changes_nothing() {
        let news = built_in_schemas::news().unwrap();
        assert_eq!(draft().change().unwrap(), SchemaChange::to(news));
        assert!(!draft().faults().iter().any(|fault| fault.grave));
    }

    #[test]
    fn a_new_name_takes_the_spans_along_and_a_swap_is_two() {
        let mut draft = draft();
        draft.regions[0].name = "comment".to_owned();
        draft.regions[1].name = "body".to_owned();
        let change = draft.change().unwrap();
        let moved: Vec<(String, String)> = change
            .relabel
            .moved
            .iter()
            .map(|((_, from), to)| (from.to_string(), to.to_string()))
            .collect();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(moved, [pair("body", "comment"), pair("comment", "body")]);
    }

    #[test]
    fn a_label_that_is_taken_out_is_switched_off_or_moved_or_removed() {
        let mut draft = draft();
        let event = draft
            .entities
            .iter()
            .position(|l| l.name == "EVENT")
            .unwrap();
        draft.take_out(LabelKind::Entity, event);
        let schema = draft.change().unwrap().schema;
        assert!(!schema.entity("EVENT").unwrap().enabled);

        draft.gone[0].fate = Fate::Move("ORG".to_owned());
        let change = draft.change().unwrap();
        assert!(change.schema.entity("EVENT").is_none());
        let from = (LabelKind::Entity, label("EVENT"));
        assert_eq!(change.relabel.moved.get(&from), Some(&label("ORG")));

        draft.gone[0].fate = Fate::Remove;
        assert!(draft.change().unwrap().relabel.removed.contains(&from));

        draft.gone[0].fate = Fate::Move("NOWHERE".to_owned());
        assert!(draft.change().is_err());
        draft.put_back(0);
        assert!(draft.gone.is_empty() && draft.change().is_ok());
    }

    #[test]
    fn what_is_wrong_is_said_where_it_is() {
        let said = |change: &dyn Fn(&mut Draft)| {
            let mut draft = draft();
            change(&mut draft);
            let grave = draft.faults().into_iter().find(|fault| fault.grave);
            grave.map(|fault| fault.words).unwrap_or_default()
        };
        assert_eq!(said(&|d| d.regions[0].name.clear()), "A label needs a name");
        assert_eq!(
            said(&|d| d.regions[1].name = "body".into()),
            "There is already a label body"
        );
        assert_eq!(
            said(&|d| d.regions[0].key = "c".into()),
            "comment has the key c already"
        );
        assert_eq!(
            said(&|d| d.regions[0].key = "m".into()),
            "m is the key for “Merge the region with the one above”"
        );
        assert_eq!(
            said(&|d| d.regions[0].key = "B".into()),
            "A region's key is a lower-case letter"
        );
        assert_eq!(
            said(&|d| d.entities[0].key = "x".into()),
            "An entity's key is a digit"
        );
        assert_eq!(
            said(&|d| d.regions.iter_mut().for_each(|r| r.enabled = false)),
            "At least one region label must be enabled"
        );
        let mut known = draft();
        known.regions[0].key = "w".into();
        let fault = &known.faults()[0];
        assert!(
            !fault.grave && fault.words.contains("next untagged name"),
            "{fault:?}"
        );
    }

    #[test]
    fn a_preset_keeps_the_labels_of_the_same_name() {
        let news = built_in_schemas::news().unwrap();
        let conll = built_in_schemas::by_name("conll").unwrap();
        let mut draft = draft();
        draft.start_from(&conll, &news);
        assert_eq!(draft.name, "conll");
        assert!(draft.regions.iter().all(|label| label.was.is_some()));
        let change = draft.change().unwrap();
        assert!(change.relabel.is_empty(), "{:?}", change.relabel);
        for region in news.regions() {
            assert!(change.schema.region(region.label.as_str()).is_some());
        }
        assert!(change.schema.entity("PERSON").is_some());
    }
}
