//! The schemas that Copydesk ships.

use anyhow::{Context as _, Result};

use crate::formats::schema_toml;
use crate::model::Schema;

const NEWS: &str = include_str!("../../../assets/schemas/news.toml");
const CONLL: &str = include_str!("../../../assets/schemas/conll.toml");
const NEWS_GUIDELINES: &str = include_str!("../../../assets/guidelines/news.md");
const CONLL_GUIDELINES: &str = include_str!("../../../assets/guidelines/conll.md");

/// The names of the shipped schemas; the first is the default.
pub const NAMES: [&str; 2] = ["news", "conll"];

/// Returns a shipped schema; `None` for any other name.
#[must_use]
pub fn by_name(name: &str) -> Option<Schema> {
    let (toml, guidelines) = match name {
        "news" => (NEWS, NEWS_GUIDELINES),
        "conll" => (CONLL, CONLL_GUIDELINES),
        _ => return None,
    };
    schema_toml::parse(toml, Some(guidelines)).ok()
}

/// Returns the schema for news articles.
///
/// # Errors
/// Never, as the tests show; the type spares a panic.
pub fn news() -> Result<Schema> {
    by_name("news").context("the shipped schema is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Nesting;

    #[test]
    fn the_shipped_schemas_are_sound_and_say_what_each_label_is() {
        for name in NAMES {
            let schema = by_name(name).unwrap();
            assert_eq!(schema.name(), name);
            assert_eq!(schema.nesting(), Nesting::Flat);
            assert!(!schema.guidelines().trim().is_empty());
            for region in schema.regions() {
                assert!(
                    region.description.ends_with('.') && region.examples.len() >= 2,
                    "{}",
                    region.label
                );
                // As the guidelines say: names are tagged in the story and in comments, nowhere
                // else.
                let has_names = ["body", "comment"].contains(&region.label.as_str());
                assert_eq!(region.tag_entities, has_names, "{}", region.label);
                assert_eq!(region.separate, region.label == *"comment");
            }
            for entity in schema.entities() {
                assert!(
                    entity.description.ends_with('.') && entity.examples.len() >= 2,
                    "{}",
                    entity.label
                );
            }
        }
        assert!(by_name("other").is_none());
    }

    #[test]
    fn news_has_the_keys_that_the_help_shows() {
        let news = news().unwrap();
        let keys: Vec<(String, char, bool)> = news
            .regions()
            .iter()
            .map(|region| {
                (
                    region.label.to_string(),
                    region.key.unwrap(),
                    region.enabled,
                )
            })
            .collect();
        let expected = [
            ("body", 'b', true),
            ("comment", 'c', true),
            ("nav", 'n', true),
            ("title", 't', false),
            ("byline", 'y', false),
            ("caption", 'p', false),
            ("related", 'r', false),
            ("ad", 'd', false),
        ];
        assert_eq!(
            keys,
            expected.map(|(label, key, enabled)| (label.to_owned(), key, enabled))
        );
        let digits: String = news
            .entities()
            .iter()
            .filter_map(|entity| entity.key)
            .collect();
        assert_eq!(digits, "1234567890");
    }

    #[test]
    fn no_two_labels_of_a_kind_have_one_colour() {
        for name in NAMES {
            let schema = by_name(name).unwrap();
            let mut regions: Vec<String> = schema
                .regions()
                .iter()
                .map(|region| region.color.to_string())
                .collect();
            let mut entities: Vec<String> = schema
                .entities()
                .iter()
                .map(|entity| entity.color.to_string())
                .collect();
            for colors in [&mut regions, &mut entities] {
                let all = colors.len();
                colors.sort_unstable();
                colors.dedup();
                assert_eq!(colors.len(), all, "{name}");
            }
        }
    }
}
