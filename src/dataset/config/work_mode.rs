//! The work mode of a dataset: annotators work independently, or one reviews another.

use std::fmt;

use crate::store::{Store, StoreError};

/// The setting of a dataset that says how its annotators work.
pub const SETTING: &str = "work_mode";

/// How annotators work beside each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WorkMode {
    /// Each annotator starts from the suggestions alone and sees nothing of the others' work.
    #[default]
    Independent,
    /// Whoever opens an article that this colleague has finished starts from the colleague's
    /// labels.
    Review(String),
}

impl WorkMode {
    /// Reads the mode of a dataset. An unknown setting is read as [`WorkMode::Independent`], which
    /// shows no work of others.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let words = store.setting(SETTING)?;
        Ok(words.as_deref().map(Self::parse).unwrap_or_default())
    }

    /// Stores the mode in a dataset.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, store: &mut dyn Store) -> Result<(), StoreError> {
        store.set_setting(SETTING, self.to_setting().as_deref())
    }

    /// Returns the value of the setting; `None` for the default.
    #[must_use]
    pub fn to_setting(&self) -> Option<String> {
        match self {
            Self::Independent => None,
            Self::Review(name) => Some(format!("review {name}")),
        }
    }

    fn parse(words: &str) -> Self {
        match words.split_once(' ') {
            Some(("review", name)) if !name.trim().is_empty() => {
                Self::Review(name.trim().to_owned())
            }
            _ => Self::Independent,
        }
    }

    /// Returns the colleague whose work this annotator reviews; nobody reviews their own.
    #[must_use]
    pub fn colleague_of(&self, annotator: &str) -> Option<&str> {
        match self {
            Self::Review(name) if name != annotator => Some(name),
            _ => None,
        }
    }
}

impl fmt::Display for WorkMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Independent => f.write_str("independent"),
            Self::Review(name) => write!(f, "review of {name}'s labels"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_comes_back_and_nonsense_shows_nobody_anything() {
        let review = WorkMode::Review("ana maría".to_owned());
        let words = review.to_setting().unwrap();
        assert_eq!(WorkMode::parse(&words), review);
        for words in ["", "review", "review ", "shared"] {
            assert_eq!(WorkMode::parse(words), WorkMode::Independent, "{words:?}");
        }
        assert_eq!(review.colleague_of("paul"), Some("ana maría"));
        assert_eq!(review.colleague_of("ana maría"), None);
    }
}
