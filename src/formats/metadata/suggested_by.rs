//! The models that suggested the labels of an article, with their versions.
//!
//! The native record has a field for them. Elsewhere they travel in the article's metadata, as a
//! JSON list under [`NAME`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The name of the field.
pub const NAME: &str = "suggested_by";

/// The task of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SuggestedTask {
    /// Regions.
    Regions,
    /// Entities.
    Entities,
}

/// A model that was asked for suggestions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SuggestedBy {
    /// The task.
    pub task: SuggestedTask,
    /// Its name: `copydesk` for the shipped models, otherwise a file name or a command.
    pub name: String,
    /// Its version; empty if unknown.
    pub version: String,
}

impl SuggestedBy {
    /// Returns the shipped model for a task.
    #[must_use]
    pub fn shipped(task: SuggestedTask) -> Self {
        Self {
            task,
            name: "copydesk".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Adds a model to the metadata, and replaces an earlier one for the same task.
pub fn put(meta: &mut BTreeMap<String, String>, model: SuggestedBy) {
    let mut all = of(meta).unwrap_or_default();
    all.retain(|known| known.task != model.task);
    all.push(model);
    all.sort();
    put_all(meta, &all);
}

/// Adds a model to the metadata beside those for the same task.
pub fn add(meta: &mut BTreeMap<String, String>, model: SuggestedBy) {
    let mut all = of(meta).unwrap_or_default();
    if !all.contains(&model) {
        all.push(model);
        all.sort();
        put_all(meta, &all);
    }
}

/// Adds models to the metadata.
pub(in crate::formats) fn put_all(meta: &mut BTreeMap<String, String>, models: &[SuggestedBy]) {
    if models.is_empty() {
        return;
    }
    if let Ok(words) = serde_json::to_string(models) {
        meta.insert(NAME.to_owned(), words);
    }
}

/// Returns the models in the metadata; `None` if the field is missing or has another meaning.
pub(in crate::formats) fn of(meta: &BTreeMap<String, String>) -> Option<Vec<SuggestedBy>> {
    serde_json::from_str(meta.get(NAME)?).ok()
}

/// Returns the models in a few words, such as `copydesk 0.1.0`.
pub(in crate::formats) fn in_words(models: &[SuggestedBy]) -> String {
    let mut words: Vec<String> = Vec::new();
    for model in models {
        let one = format!("{} {}", model.name, model.version);
        let one = one.trim().to_owned();
        if !words.contains(&one) {
            words.push(one);
        }
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_model_that_was_asked_is_named() {
        let mut meta = BTreeMap::new();
        put(&mut meta, SuggestedBy::shipped(SuggestedTask::Entities));
        put(&mut meta, SuggestedBy::shipped(SuggestedTask::Regions));
        let mine = SuggestedBy {
            task: SuggestedTask::Entities,
            name: "mine.tag".to_owned(),
            version: String::new(),
        };
        put(&mut meta, mine.clone());
        let models = of(&meta).unwrap();
        assert_eq!(models, [SuggestedBy::shipped(SuggestedTask::Regions), mine]);
        assert_eq!(
            in_words(&models),
            format!("copydesk {}, mine.tag", env!("CARGO_PKG_VERSION"))
        );
        let other = BTreeMap::from([(NAME.to_owned(), "a colleague".to_owned())]);
        assert_eq!(of(&other), None);
    }
}
