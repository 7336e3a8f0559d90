//! How the work of several annotators is reviewed in a dataset.

use crate::edit::adjudication::Threshold;
use crate::store::{Store, StoreError};

/// The setting of a dataset that holds them.
pub const SETTING: &str = "review";

/// What the lead of a team decides about the review of its work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewSettings {
    /// Whether the adjudicator sees letters instead of the annotators' names, shuffled for each
    /// article.
    pub hides_names: bool,
    /// Whether annotators see what adjudication changed of their work, and why.
    pub shows_changes: bool,
    /// The share of annotators that a majority must exceed; `None` for more than half.
    pub threshold: Option<Threshold>,
}

impl ReviewSettings {
    /// Reads the settings of a dataset. What is not understood is as if it were not there: names
    /// are shown to the adjudicator, and nothing to annotators.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let words = store.setting(SETTING)?;
        Ok(words.as_deref().map(Self::parse).unwrap_or_default())
    }

    /// Returns the value of the setting; `None` for the default.
    #[must_use]
    pub fn to_setting(&self) -> Option<String> {
        let mut words = Vec::new();
        if self.hides_names {
            words.push("hide-names".to_owned());
        }
        if self.shows_changes {
            words.push("show-changes".to_owned());
        }
        if let Some(threshold) = self.threshold {
            words.push(format!("majority={}", threshold.share()));
        }
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn parse(words: &str) -> Self {
        let words: Vec<&str> = words.split_whitespace().collect();
        let share = words
            .iter()
            .find_map(|word| word.strip_prefix("majority=")?.parse().ok());
        Self {
            hides_names: words.contains(&"hide-names"),
            shows_changes: words.contains(&"show-changes"),
            threshold: share.and_then(Threshold::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_and_nonsense_shows_nobody_anything() {
        let settings = ReviewSettings {
            hides_names: true,
            shows_changes: true,
            threshold: Threshold::new(0.66),
        };
        let words = settings.to_setting().unwrap();
        assert_eq!(ReviewSettings::parse(&words), settings);
        assert_eq!(ReviewSettings::default().to_setting(), None);
        for words in ["", "majority=7", "show_changes", "hide names"] {
            assert_eq!(
                ReviewSettings::parse(words),
                ReviewSettings::default(),
                "{words:?}"
            );
        }
    }
}
