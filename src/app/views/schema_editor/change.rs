//! The change of the schema that a draft means.

use super::draft::{Draft, Fate, LabelDraft};
use super::faults::{key, sentence};
use crate::dataset::SchemaChange;
use crate::edit::{LabelKind, Relabel};
use crate::model::{EntityLabel, Label, Nesting, RegionLabel, Schema};

impl Draft {
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

fn lines(words: &str) -> Vec<String> {
    words
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What is between commas.
fn listed(words: &str) -> Vec<String> {
    words
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
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
