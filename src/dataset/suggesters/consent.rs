//! The commands of datasets that the user of this machine has allowed to run.
//!
//! A dataset may come from anyone, and so may its commands. Each runs only after the user has
//! allowed this command for the dataset at this place.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::dataset::config::settings::{Settings, full_path};
use crate::store::write_atomically;

/// Allowed commands, each for one dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AllowedCommands {
    allowed: BTreeSet<AllowedCommand>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct AllowedCommand {
    dataset: String,
    command: String,
}

impl AllowedCommand {
    fn new(dataset: &Path, command: &str) -> Self {
        let named = dataset.to_string_lossy();
        // The address of a server is no path.
        let dataset = if named.contains("://") {
            named.into_owned()
        } else {
            full_path(dataset).to_string_lossy().into_owned()
        };
        Self {
            dataset,
            command: command.to_owned(),
        }
    }
}

impl AllowedCommands {
    /// Returns the file of this user: `suggesters.toml` beside the settings; `None` if the system
    /// has no place for settings.
    #[must_use]
    pub fn path() -> Option<PathBuf> {
        Settings::path().map(|settings| Self::path_beside(&settings))
    }

    /// Returns the file beside this file of settings.
    #[must_use]
    pub fn path_beside(settings: &Path) -> PathBuf {
        settings.with_file_name("suggesters.toml")
    }

    /// Reads the allowed commands. If there is no file, none is allowed.
    ///
    /// # Errors
    /// If the file cannot be read or is no TOML of this kind.
    pub fn load(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(words) => toml::from_str(&words).with_context(|| {
                format!(
                    "cannot read the allowed commands: {}\nhint: remove the file; Copydesk asks again",
                    path.display()
                )
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error)
                .with_context(|| format!("cannot read the allowed commands: {}", path.display())),
        }
    }

    /// Writes the allowed commands, whole or not at all.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let words = toml::to_string(self).context("cannot write the allowed commands")?;
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        write_atomically(path, |file| io::Write::write_all(file, words.as_bytes()))
            .with_context(|| format!("cannot write the allowed commands: {}", path.display()))
    }

    /// Whether a command of a dataset may run.
    #[must_use]
    pub fn allows(&self, dataset: &Path, command: &str) -> bool {
        self.allowed
            .contains(&AllowedCommand::new(dataset, command))
    }

    /// Allows a command of a dataset.
    pub fn allow(&mut self, dataset: &Path, command: &str) {
        self.allowed.insert(AllowedCommand::new(dataset, command));
    }

    /// Takes back what was allowed.
    pub fn forbid(&mut self, dataset: &Path, command: &str) {
        self.allowed.remove(&AllowedCommand::new(dataset, command));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_allowed_for_one_dataset_at_one_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/suggesters.toml");
        let mut allowed = AllowedCommands::load(&file).unwrap();
        assert_eq!(allowed, AllowedCommands::default());
        let (mine, copy) = (Path::new("/d/a.copydesk"), Path::new("/e/a.copydesk"));
        allowed.allow(mine, "python3 a.py");
        allowed.save(&file).unwrap();
        let mut read = AllowedCommands::load(&file).unwrap();
        assert!(read.allows(mine, "python3 a.py"));
        assert!(!read.allows(mine, "python3 a.py; rm -rf ~"));
        assert!(
            !read.allows(copy, "python3 a.py"),
            "a copy is another dataset"
        );
        read.forbid(mine, "python3 a.py");
        assert!(!read.allows(mine, "python3 a.py"));
        let server = Path::new("postgres://desk/news");
        read.allow(server, "x");
        assert!(read.allows(server, "x"));
    }

    #[test]
    fn a_damaged_file_allows_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("suggesters.toml");
        std::fs::write(&file, "allowed = 3").unwrap();
        let error = format!("{:#}", AllowedCommands::load(&file).unwrap_err());
        assert!(error.contains("hint: remove the file"), "{error}");
    }
}
