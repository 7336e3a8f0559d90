//! Which stored suggestions are kept, and who made them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::fitting;
use super::config::SuggesterSettings;
use crate::formats::metadata::suggested_by::{SuggestedBy, SuggestedTask};
use crate::model::{Annotation, Article, Entity, Label, Provenance, Region, Schema, SuggesterId};
use crate::store::{Store, StoreError};
use crate::tag;

/// The setting of a dataset with the models that have suggested something in it, as JSON.
pub const KNOWN_SETTING: &str = "suggesters_known";

/// A suggester in one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownModel {
    /// The name of the suggester in the dataset.
    pub suggester: String,
    /// The name that the program gave itself; empty if none.
    #[serde(default)]
    pub name: String,
    /// Its version; empty if unknown.
    #[serde(default)]
    pub version: String,
}

impl KnownModel {
    /// A program that has not said its name.
    #[must_use]
    pub fn unnamed(suggester: &str) -> Self {
        Self::named(suggester, "", "")
    }

    /// A program with the name and version that it gave itself.
    #[must_use]
    pub fn named(suggester: &str, name: &str, version: &str) -> Self {
        Self {
            suggester: suggester.to_owned(),
            name: name.to_owned(),
            version: version.to_owned(),
        }
    }

    /// Whether the program has said its name.
    #[must_use]
    pub fn is_named(&self) -> bool {
        !self.name.is_empty()
    }

    /// Returns its number: the same for the same names and version in any dataset.
    #[must_use]
    pub fn id(&self) -> SuggesterId {
        let words = format!("{}\0{}\0{}", self.suggester, self.name, self.version);
        let hash = blake3::hash(words.as_bytes());
        let [a, b, c, d, ..] = *hash.as_bytes();
        SuggesterId(u32::from_le_bytes([a, b, c, d]).max(1))
    }

    /// Returns its name and version, such as `spaCy en_core_web_md 3.8.0`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let name = match self.is_named() {
            true => &self.name,
            false => &self.suggester,
        };
        format!("{name} {}", self.version).trim().to_owned()
    }

    /// Returns how a record names it.
    #[must_use]
    pub fn suggested_by(&self, task: SuggestedTask) -> SuggestedBy {
        SuggestedBy {
            task,
            name: match self.is_named() {
                true => self.name.clone(),
                false => self.suggester.clone(),
            },
            version: self.version.clone(),
        }
    }
}

/// The models that have suggested something in a dataset, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownModels(BTreeMap<u32, KnownModel>);

impl KnownModels {
    /// Reads them.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let words = store.setting(KNOWN_SETTING)?;
        let read = words.and_then(|words| serde_json::from_str(&words).ok());
        Ok(Self(read.unwrap_or_default()))
    }

    /// Returns the model with this number.
    #[must_use]
    pub fn get(&self, id: SuggesterId) -> Option<&KnownModel> {
        self.0.get(&id.0)
    }

    /// Adds a model to those that a dataset stores, if it is new.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn register(store: &mut dyn Store, model: &KnownModel) -> Result<(), StoreError> {
        let mut known = Self::load(store)?;
        if known.0.insert(model.id().0, model.clone()).as_ref() == Some(model) {
            return Ok(());
        }
        let words = serde_json::to_string(&known.0).ok();
        store.set_setting(KNOWN_SETTING, words.as_deref())
    }

    /// Adds the models of another dataset, whose suggestions come with its work.
    ///
    /// # Errors
    /// If it cannot be read or written.
    pub fn copy(from: &dyn Store, to: &mut dyn Store) -> Result<(), StoreError> {
        for model in Self::load(from)?.0.values() {
            Self::register(to, model)?;
        }
        Ok(())
    }
}

/// Which suggestions of which model count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuggesterPlan {
    /// The suggesters of the dataset, and what they are used for.
    pub settings: SuggesterSettings,
    /// The models that have suggested something.
    pub known: KnownModels,
}

impl SuggesterPlan {
    /// Reads the plan of a dataset.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let settings = SuggesterSettings::load(store)?;
        let known = KnownModels::load(store)?;
        Ok(Self { settings, known })
    }

    /// Whether a span is by this suggester.
    fn is_by(&self, provenance: Provenance, suggester: &str) -> bool {
        let Provenance::Suggester(id, _) = provenance else {
            return false;
        };
        let model = self.known.get(id);
        model.is_some_and(|model| model.suggester == suggester)
    }

    /// Whether the suggester that is used for regions made these.
    #[must_use]
    pub fn keeps_regions(&self, regions: &[Region]) -> bool {
        let Some(name) = &self.settings.regions else {
            return false;
        };
        let mut regions = regions.iter();
        regions.any(|region| self.is_by(region.provenance, name))
    }

    /// Whether the stored suggestion of an entity is by the suggester that is used for its label.
    #[must_use]
    pub fn keeps(&self, entity: &Entity) -> bool {
        let used = self.settings.of_label(&entity.label);
        used.is_some_and(|name| self.is_by(entity.provenance, name))
    }

    /// Returns the models whose suggestions are in an annotation, each once.
    #[must_use]
    pub fn models_of(&self, annotation: &Annotation) -> Vec<(SuggestedTask, &KnownModel)> {
        let regions = annotation.regions().iter();
        let regions = regions.map(|one| (SuggestedTask::Regions, one.provenance));
        let entities = annotation.entities().iter();
        let entities = entities.map(|one| (SuggestedTask::Entities, one.provenance));
        let mut models = Vec::new();
        for (task, provenance) in regions.chain(entities) {
            if let Provenance::Suggester(id, _) = provenance
                && let Some(model) = self.known.get(id)
                && !models.contains(&(task, model))
            {
                models.push((task, model));
            }
        }
        models
    }

    /// Combines what the built-in model suggests with stored suggestions of other suggesters, each
    /// for the labels that it is used for. Of two that overlap, the one with the higher score stays.
    #[must_use]
    pub fn combine(
        &self,
        article: &Article,
        regions: &[Region],
        schema: &Schema,
        built_in: Vec<Entity>,
        stored: &[Entity],
    ) -> Vec<Entity> {
        let kept: Vec<Entity> = stored
            .iter()
            .filter(|one| self.keeps(one))
            .cloned()
            .collect();
        let is_built_in = |label: &Label| self.settings.of_label(label).is_none();
        if kept.is_empty() {
            let mut built_in = built_in;
            built_in.retain(|entity| is_built_in(&entity.label));
            return built_in;
        }
        let pieces = tag::pieces(&article.text, regions, schema);
        let is_inside = |entity: &Entity| {
            let range = entity.span.range();
            let holds = |piece: &std::ops::Range<usize>| {
                piece.start <= range.start && range.end <= piece.end
            };
            pieces.iter().any(holds)
        };
        let built_in = built_in.into_iter().filter(|one| is_built_in(&one.label));
        let all = built_in.chain(kept.into_iter().filter(is_inside));
        fitting(all.collect(), schema).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::config::built_in_schemas;
    use crate::dataset::suggesters::{LabelSource, SuggesterConfig};
    use crate::model::{ArticleId, Metadata, Score, notation};

    #[test]
    fn a_model_has_one_number_everywhere() {
        let one = KnownModel::named("spacy", "spaCy en", "3.8");
        assert_eq!(one.id(), one.clone().id());
        assert_ne!(one.id(), KnownModel::named("spacy", "spaCy en", "3.9").id());
        assert_eq!(one.in_words(), "spaCy en 3.8");
        assert_eq!(KnownModel::unnamed("mine").in_words(), "mine");
    }

    #[test]
    fn each_label_is_suggested_by_the_suggester_that_is_used_for_it() {
        let notated = notation::parse(
            "nav?.9| Ada\nbody?.9| {PERSON?.9 Ada} met {ORG?.9 Borg AG} in {GPE?.9 Malta}.",
        );
        let notated = notated.unwrap();
        let article = Article {
            id: ArticleId::new("a").unwrap(),
            text: notated.text,
            blocks: Vec::new(),
            meta: Metadata::default(),
        };
        let schema = built_in_schemas::news().unwrap();
        let model = KnownModel::named("spacy", "", "");
        let mut plan = SuggesterPlan::default();
        plan.known.0.insert(model.id().0, model.clone());
        plan.settings
            .add(SuggesterConfig {
                name: "spacy".to_owned(),
                task: SuggestedTask::Entities,
                command: "x".to_owned(),
                time_limit_s: 1,
            })
            .unwrap();
        let org = LabelSource::Entity(Label::new("ORG").unwrap());
        plan.settings.choose(&org, "spacy").unwrap();

        let (regions, built_in) = (
            notated.annotation.regions(),
            notated.annotation.entities().to_vec(),
        );
        let by = |range: std::ops::Range<u32>, label: &str| Entity {
            span: article
                .text
                .span(
                    crate::model::BytePos(range.start),
                    crate::model::BytePos(range.end),
                )
                .unwrap(),
            label: Label::new(label).unwrap(),
            provenance: Provenance::Suggester(model.id(), Score::new(0.95)),
        };
        // One in the navigation, one that overlaps a person, one with a label it is not used for.
        let stored = [by(0..3, "ORG"), by(4..11, "ORG"), by(23..28, "GPE")];
        let all = plan.combine(&article, regions, &schema, built_in.clone(), &stored);
        let words = |all: &[Entity]| -> Vec<String> {
            let words = all
                .iter()
                .map(|entity| format!("{} {}", entity.label, article.text.slice(entity.span)));
            words.collect()
        };
        assert_eq!(words(&all), ["ORG Ada met", "GPE Malta"]);
        let none = plan.combine(&article, regions, &schema, built_in, &[]);
        assert_eq!(
            words(&none),
            ["PERSON Ada", "GPE Malta"],
            "ORG is left to spacy"
        );
    }
}
