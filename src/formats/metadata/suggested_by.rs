//! The models that suggested labels of an article: their names and versions.
//!
//! The native record has a field for them. Elsewhere they travel among the metadata of the article, as a JSON list
//! under [`NAME`], so every format that holds metadata holds them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The name of the field, and of the metadata.
pub const NAME: &str = "suggested_by";

/// What a model suggests.
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
    /// What it was asked for.
    pub task: SuggestedTask,
    /// Its name: `copydesk` for the models that come with the program, else a file's name or a command.
    pub name: String,
    /// Its version; empty if that is not known.
    pub version: String,
}

impl SuggestedBy {
    /// The model that comes with this program.
    #[must_use]
    pub fn shipped(task: SuggestedTask) -> Self {
        Self {
            task,
            name: "copydesk".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Notes a model among the metadata, in place of the one that was asked for the same before.
pub fn put(meta: &mut BTreeMap<String, String>, model: SuggestedBy) {
    let mut all = of(meta).unwrap_or_default();
    all.retain(|known| known.task != model.task);
    all.push(model);
    all.sort();
    put_all(meta, &all);
}

/// Notes models among the metadata.
pub(in crate::formats) fn put_all(meta: &mut BTreeMap<String, String>, models: &[SuggestedBy]) {
    if models.is_empty() {
        return;
    }
    if let Ok(words) = serde_json::to_string(models) {
        meta.insert(NAME.to_owned(), words);
    }
}

/// The models that the metadata name; `None` if they name none, or say something else under that name.
pub(in crate::formats) fn of(meta: &BTreeMap<String, String>) -> Option<Vec<SuggestedBy>> {
    serde_json::from_str(meta.get(NAME)?).ok()
}

/// The models in a few words, as `copydesk 0.1.0`, for tools that have one field for all.
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
