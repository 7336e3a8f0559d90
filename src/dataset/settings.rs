//! What a user has chosen, for all datasets: a small TOML file where the system keeps such things.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::store::write_atomically;

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Dark text on a light ground.
    Light,
    /// Light text on a dark ground.
    Dark,
}

/// What a user has chosen.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub struct Settings {
    /// Under which name one annotates.
    pub annotator: String,
    /// Light or dark.
    pub theme: Theme,
    /// Whether colours and lines keep the strongest contrast, in light and dark.
    pub high_contrast: bool,
    /// How large everything is drawn; 1 is as the system says.
    pub zoom: f32,
    /// Size of an article's text, in points.
    pub text_size: f32,
    /// Whether the article list is shown.
    pub list: bool,
    /// Whether the labels are shown.
    pub inspector: bool,
    /// Whether the JSONL beside the dataset is kept up to date.
    pub keep_export: bool,
    /// Datasets that were open, newest first.
    pub recent: Vec<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            annotator: user_name(),
            theme: Theme::System,
            high_contrast: false,
            zoom: 1.0,
            text_size: 16.0,
            list: true,
            inspector: true,
            keep_export: true,
            recent: Vec::new(),
        }
    }
}

impl Settings {
    /// How many datasets are remembered.
    const RECENT: usize = 8;
    /// How small and how large everything may be drawn.
    pub const ZOOM: std::ops::RangeInclusive<f32> = 0.5..=3.0;
    /// How small and how large an article's text may be, in points.
    pub const TEXT_SIZE: std::ops::RangeInclusive<f32> = 10.0..=40.0;

    /// Puts a dataset at the head of the recent ones.
    pub fn remember(&mut self, dataset: PathBuf) {
        self.recent.retain(|path| *path != dataset);
        self.recent.insert(0, dataset);
        self.recent.truncate(Self::RECENT);
    }

    /// Where the settings are: `COPYDESK_SETTINGS`, or the system's place; `None` where there is no such place.
    #[must_use]
    pub fn path() -> Option<PathBuf> {
        match std::env::var_os("COPYDESK_SETTINGS") {
            Some(path) => Some(path.into()),
            None => Some(
                directories::ProjectDirs::from("", "", "copydesk")?
                    .config_dir()
                    .join("settings.toml"),
            ),
        }
    }

    /// Reads the settings; what is not set has its default.
    ///
    /// # Errors
    /// If there is a file, but it cannot be read or understood.
    pub fn load(path: &Path) -> Result<Self> {
        let toml = match fs::read_to_string(path) {
            Ok(toml) => toml,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("cannot read the settings: {}", path.display()));
            }
        };
        let mut settings: Self = toml::from_str(&toml)
            .with_context(|| format!("cannot understand the settings: {}", path.display()))?;
        if settings.annotator.trim().is_empty() {
            settings.annotator = user_name();
        }
        if !Self::ZOOM.contains(&settings.zoom) {
            settings.zoom = 1.0;
        }
        if !Self::TEXT_SIZE.contains(&settings.text_size) {
            settings.text_size = Self::default().text_size;
        }
        Ok(settings)
    }

    /// Writes the settings, whole or not at all.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let toml = toml::to_string(self).context("cannot write the settings")?;
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        write_atomically(path, |file| io::Write::write_all(file, toml.as_bytes()))
            .with_context(|| format!("cannot write the settings: {}", path.display()))
    }
}

/// Who is logged in, as far as the system says.
fn user_name() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .map(|name| name.trim().to_owned())
        .find(|name| !name.is_empty() && !name.chars().any(char::is_control))
        .unwrap_or_else(|| "annotator".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_as_they_were_saved() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/settings.toml");
        assert_eq!(Settings::load(&path).unwrap(), Settings::default());
        assert!(!Settings::default().annotator.is_empty());
        let chosen = Settings {
            annotator: "María \"M\"".into(),
            theme: Theme::Dark,
            high_contrast: true,
            zoom: 1.25,
            keep_export: false,
            recent: vec!["a.copydesk".into()],
            ..Settings::default()
        };
        chosen.save(&path).unwrap();
        assert_eq!(Settings::load(&path).unwrap(), chosen);
    }

    #[test]
    fn nonsense_is_told_or_mended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        fs::write(&path, "annotator = \" \"\nzoom = -3\nunknown = 1\n").unwrap();
        assert_eq!(Settings::load(&path).unwrap(), Settings::default());
        fs::write(&path, "zoom = \"big\"").unwrap();
        let error = format!("{:#}", Settings::load(&path).unwrap_err());
        assert!(
            error.contains("settings.toml") && error.contains("zoom"),
            "{error}"
        );
    }
}
