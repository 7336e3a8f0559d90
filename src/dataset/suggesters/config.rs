//! The suggesters of a dataset, and which of them is used for each label.

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::formats::metadata::suggested_by::SuggestedTask;
use crate::model::{Label, Schema};
use crate::store::Store;

/// The setting of a dataset that holds its suggesters, as JSON.
pub const SETTING: &str = "suggesters";
/// The name of the models that Copydesk ships.
pub const BUILT_IN: &str = "copydesk";
/// How long a suggester may take for an article if nothing else is said, in seconds.
pub const TIME_LIMIT_S: u64 = 60;
/// The shortest and the longest time limit, in seconds.
pub const TIME_LIMITS_S: std::ops::RangeInclusive<u64> = 1..=86_400;

/// The largest number of suggesters of a dataset.
const MOST: usize = 50;
/// The longest name, in characters.
const LONGEST_NAME: usize = 60;
/// The longest command, in bytes.
const LONGEST_COMMAND: usize = 8 << 10;

/// A suggester of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggesterConfig {
    /// Its name, unique in the dataset.
    pub name: String,
    /// What it suggests.
    pub task: SuggestedTask,
    /// The command, for the system's shell. It runs in the folder of the dataset.
    pub command: String,
    /// How long it may take for an article, in seconds.
    #[serde(default = "time_limit")]
    pub time_limit_s: u64,
}

fn time_limit() -> u64 {
    TIME_LIMIT_S
}

impl SuggesterConfig {
    /// Checks name, command and time limit.
    ///
    /// # Errors
    /// Says what cannot be used.
    pub fn check(&self) -> Result<()> {
        let Self { name, command, .. } = self;
        ensure!(!name.is_empty(), "a suggester needs a name");
        ensure!(
            name.chars().count() <= LONGEST_NAME
                && !name
                    .chars()
                    .any(|c| c.is_whitespace() || c.is_control() || "=,:".contains(c)),
            "{name:?} is no name for a suggester\nhint: up to {LONGEST_NAME} characters without spaces, =, commas and colons, such as spacy"
        );
        ensure!(
            name != BUILT_IN,
            "{BUILT_IN} is the name of the built-in models\nhint: choose another name"
        );
        ensure!(
            !command.trim().is_empty(),
            "the suggester {name} needs a command"
        );
        ensure!(
            command.len() <= LONGEST_COMMAND && !command.chars().any(char::is_control),
            "the command of {name} is too long or has control characters\nhint: write a script and name it in the command"
        );
        ensure!(
            TIME_LIMITS_S.contains(&self.time_limit_s),
            "{} seconds is no time limit for {name}\nhint: from {} to {}",
            self.time_limit_s,
            TIME_LIMITS_S.start(),
            TIME_LIMITS_S.end()
        );
        Ok(())
    }
}

/// What a suggester is used for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LabelSource {
    /// All regions.
    Regions,
    /// Entities with this label.
    Entity(Label),
}

/// The suggesters of a dataset. What they are not used for, the built-in models suggest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SuggesterSettings {
    /// The suggesters, in the order in which they were added.
    pub suggesters: Vec<SuggesterConfig>,
    /// Entity labels, each with the name of the suggester that is used for it.
    pub entities: BTreeMap<String, String>,
    /// The name of the suggester that is used for regions.
    pub regions: Option<String>,
}

impl SuggesterSettings {
    /// Reads the suggesters of a dataset.
    ///
    /// Entries that cannot be used are left out: the setting may have been written by anyone.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn load(store: &dyn Store) -> Result<Self, crate::store::StoreError> {
        Ok(Self::read(store.setting(SETTING)?.as_deref()))
    }

    /// Reads the value of the setting.
    #[must_use]
    pub fn read(words: Option<&str>) -> Self {
        let read = words.and_then(|words| serde_json::from_str::<Self>(words).ok());
        let mut read = read.unwrap_or_default();
        let mut names = std::collections::BTreeSet::new();
        read.suggesters
            .retain(|one| one.check().is_ok() && names.insert(one.name.clone()));
        read.suggesters.truncate(MOST);
        read.drop_unknown();
        read
    }

    /// Removes uses of suggesters that are not there or have another task.
    fn drop_unknown(&mut self) {
        let Self {
            suggesters,
            entities,
            regions,
        } = self;
        let is_known = |name: &String, task: SuggestedTask| {
            suggesters
                .iter()
                .any(|one| one.name == *name && one.task == task)
        };
        entities.retain(|_, name| is_known(name, SuggestedTask::Entities));
        *regions = regions
            .take()
            .filter(|name| is_known(name, SuggestedTask::Regions));
    }

    /// Returns the value of the setting; `None` if there are no suggesters.
    #[must_use]
    pub fn to_setting(&self) -> Option<String> {
        if *self == Self::default() {
            return None;
        }
        serde_json::to_string(self).ok()
    }

    /// Stores the suggesters in a dataset.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, store: &mut dyn Store) -> Result<(), crate::store::StoreError> {
        store.set_setting(SETTING, self.to_setting().as_deref())
    }

    /// Returns the suggester of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&SuggesterConfig> {
        self.suggesters.iter().find(|one| one.name == name)
    }

    /// Adds a suggester. It is not used for any label yet.
    ///
    /// # Errors
    /// If it cannot be used, or its name is taken.
    pub fn add(&mut self, suggester: SuggesterConfig) -> Result<()> {
        suggester.check()?;
        ensure!(
            self.get(&suggester.name).is_none(),
            "there is a suggester {} already\nhint: remove it first, or choose another name",
            suggester.name
        );
        ensure!(
            self.suggesters.len() < MOST,
            "a dataset has at most {MOST} suggesters"
        );
        self.suggesters.push(suggester);
        Ok(())
    }

    /// Removes a suggester. The built-in models take over its labels.
    ///
    /// # Errors
    /// If there is none of this name.
    pub fn remove(&mut self, name: &str) -> Result<()> {
        ensure!(self.get(name).is_some(), "{}", self.unknown(name));
        self.suggesters.retain(|one| one.name != name);
        self.drop_unknown();
        Ok(())
    }

    /// Uses a suggester, or [`BUILT_IN`], for a label or for regions.
    ///
    /// # Errors
    /// If there is none of this name, or it has another task.
    pub fn choose(&mut self, source: &LabelSource, name: &str) -> Result<()> {
        let (task, words) = match source {
            LabelSource::Regions => (SuggestedTask::Regions, "regions"),
            LabelSource::Entity(_) => (SuggestedTask::Entities, "entities"),
        };
        let chosen = if name == BUILT_IN {
            None
        } else {
            let Some(suggester) = self.get(name) else {
                bail!("{}", self.unknown(name));
            };
            ensure!(
                suggester.task == task,
                "the suggester {name} does not suggest {words}"
            );
            Some(name.to_owned())
        };
        match (source, chosen) {
            (LabelSource::Regions, chosen) => self.regions = chosen,
            (LabelSource::Entity(label), Some(name)) => {
                self.entities.insert(label.as_str().to_owned(), name);
            }
            (LabelSource::Entity(label), None) => {
                self.entities.remove(label.as_str());
            }
        }
        Ok(())
    }

    fn unknown(&self, name: &str) -> String {
        let names: Vec<&str> = self
            .suggesters
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        match names.is_empty() {
            true => format!("there is no suggester {name}\nhint: copydesk suggesters add adds one"),
            false => format!(
                "there is no suggester {name}\nhint: there are {}",
                names.join(", ")
            ),
        }
    }

    /// Returns the suggester that is used for an entity label; `None` for the built-in models.
    #[must_use]
    pub fn of_label(&self, label: &Label) -> Option<&str> {
        self.entities.get(label.as_str()).map(String::as_str)
    }

    /// Returns what a suggester is used for, in words: labels of the schema, or regions.
    #[must_use]
    pub fn uses_of(&self, name: &str, schema: &Schema) -> Vec<String> {
        let is_built_in = name == BUILT_IN;
        let mut uses = Vec::new();
        let regions = self.regions.as_deref();
        if regions == Some(name) || (is_built_in && regions.is_none()) {
            uses.push("regions".to_owned());
        }
        for label in schema.entities().iter().filter(|label| label.enabled) {
            let used = self.of_label(&label.label);
            if used == Some(name) || (is_built_in && used.is_none()) {
                uses.push(label.label.as_str().to_owned());
            }
        }
        uses
    }

    /// Returns the suggesters that are used for something, in order.
    pub fn used(&self) -> impl Iterator<Item = &SuggesterConfig> {
        self.suggesters.iter().filter(|one| {
            self.regions.as_ref() == Some(&one.name)
                || self.entities.values().any(|name| *name == one.name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::config::built_in_schemas;

    fn spacy() -> SuggesterConfig {
        SuggesterConfig {
            name: "spacy".to_owned(),
            task: SuggestedTask::Entities,
            command: "python3 spacy_ner.py".to_owned(),
            time_limit_s: 30,
        }
    }

    #[test]
    fn suggesters_are_added_used_and_removed() {
        let mut settings = SuggesterSettings::default();
        assert_eq!(settings.to_setting(), None);
        settings.add(spacy()).unwrap();
        assert!(settings.add(spacy()).is_err(), "the name is taken");
        assert_eq!(settings.used().count(), 0);
        let person = LabelSource::Entity(Label::new("PERSON").unwrap());
        settings.choose(&person, "spacy").unwrap();
        assert!(settings.choose(&LabelSource::Regions, "spacy").is_err());
        let error = settings.choose(&person, "spicy").unwrap_err().to_string();
        assert!(error.contains("hint: there are spacy"), "{error}");
        let schema = built_in_schemas::news().unwrap();
        assert_eq!(settings.uses_of("spacy", &schema), ["PERSON"]);
        let built_in = settings.uses_of(BUILT_IN, &schema);
        assert!(built_in.starts_with(&["regions".to_owned()]));
        assert!(!built_in.contains(&"PERSON".to_owned()));
        let read = SuggesterSettings::read(settings.to_setting().as_deref());
        assert_eq!(read, settings);
        settings.remove("spacy").unwrap();
        assert_eq!(settings, SuggesterSettings::default());
    }

    #[test]
    fn what_somebody_else_wrote_is_checked() {
        for name in ["", "a b", "a=b", BUILT_IN, "a\nb", &"x".repeat(61)] {
            let bad = SuggesterConfig {
                name: name.to_owned(),
                ..spacy()
            };
            assert!(bad.check().is_err(), "{name:?}");
        }
        let no_command = SuggesterConfig {
            command: " ".to_owned(),
            ..spacy()
        };
        assert!(no_command.check().is_err());
        for words in ["", "nonsense", "[]", "{\"suggesters\":3}"] {
            let read = SuggesterSettings::read(Some(words));
            assert_eq!(read, SuggesterSettings::default(), "{words:?}");
        }
        let words = r#"{"suggesters":[{"name":"a","task":"entities","command":"x"},{"name":"a","task":"entities","command":"y"},{"name":"b c","task":"entities","command":"z"}],"entities":{"PERSON":"b c","ORG":"a"},"regions":"a"}"#;
        let read = SuggesterSettings::read(Some(words));
        assert_eq!(read.suggesters.len(), 1);
        assert_eq!(read.suggesters[0].time_limit_s, TIME_LIMIT_S);
        assert_eq!(read.entities.len(), 1);
        assert_eq!(read.regions, None);
    }
}
