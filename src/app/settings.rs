//! What a person has chosen, for all datasets: kept in one small file in the system's place for settings.

use std::path::PathBuf;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

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

/// The settings of the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Who works here; stands in every record.
    pub annotator: String,
    /// Light or dark.
    pub theme: Theme,
    /// Size of everything; 1 is as the system says.
    pub zoom: f32,
    /// Size of the article's text, in points.
    pub text_size: f32,
    /// Whether the article list is shown.
    pub list: bool,
    /// Whether the labels are shown.
    pub inspector: bool,
    /// Datasets that were open, newest first.
    pub recent: Vec<PathBuf>,
    /// Where these settings are kept; nowhere in tests.
    #[serde(skip)]
    file: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            annotator: String::new(),
            theme: Theme::System,
            zoom: 1.0,
            text_size: 16.0,
            list: true,
            inspector: true,
            recent: Vec::new(),
            file: None,
        }
    }
}

impl Settings {
    /// How many datasets are remembered.
    const RECENT: usize = 8;

    /// From the system's place for settings; the defaults where there are none or they cannot be read.
    #[must_use]
    pub fn load(annotator: String) -> Self {
        let file = directories::ProjectDirs::from("", "", "copydesk").map(|dirs| dirs.config_dir().join("settings.toml"));
        let mut settings: Self = file
            .as_ref()
            .and_then(|file| std::fs::read_to_string(file).ok())
            .and_then(|words| toml::from_str(&words).ok())
            .unwrap_or_default();
        settings.zoom = settings.zoom.clamp(0.5, 3.0);
        settings.text_size = settings.text_size.clamp(10.0, 40.0);
        settings.file = file;
        if settings.annotator.trim().is_empty() {
            settings.annotator = annotator;
        }
        settings
    }

    /// Writes them, if they have a place.
    ///
    /// # Errors
    /// If the file or its folder cannot be written.
    pub fn save(&self) -> anyhow::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let tell = || format!("the settings could not be saved: {}", file.display());
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).with_context(tell)?;
        }
        std::fs::write(file, toml::to_string(self)?).with_context(tell)
    }

    /// Puts a dataset at the head of the recent ones.
    pub fn remember(&mut self, dataset: PathBuf) {
        self.recent.retain(|path| *path != dataset);
        self.recent.insert(0, dataset);
        self.recent.truncate(Self::RECENT);
    }
}
