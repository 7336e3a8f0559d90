//! Settings of the user, for all datasets: a TOML file where the system keeps configuration.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize, Serializer};

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

impl Theme {
    /// Returns the next theme for a key that cycles through them: the system's, the opposite of
    /// what the system shows, the same as it shows.
    #[must_use]
    pub fn next(self, system_is_dark: bool) -> Self {
        match (self, system_is_dark) {
            (Self::System, true) | (Self::Dark, false) => Self::Light,
            (Self::System, false) | (Self::Light, true) => Self::Dark,
            (Self::Light, false) | (Self::Dark, true) => Self::System,
        }
    }
}

/// Keys chosen by the user: names of commands, each with its keys as people write them
/// (`Ctrl+Shift+K`). What is not in it has the keys from the start. The window says what the names
/// and keys mean.
pub type KeyTable = BTreeMap<String, Vec<String>>;

/// What a user has chosen.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub struct Settings {
    /// Under which name one annotates.
    pub annotator: String,
    /// Whether the person was asked for that name; else it is the system's user name.
    pub name_asked: bool,
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
    /// Whether long runs of navigation are folded.
    pub fold: bool,
    /// Whether the JSONL beside the dataset is kept up to date.
    pub keep_export: bool,
    /// Whether the models learn from what becomes done.
    pub learn: bool,
    /// Whether the tagger suggests entities in the articles that are opened.
    pub tag: bool,
    /// A tokenizer, by its name or from this file: entities that it cannot represent are
    /// underlined. Empty for none.
    pub tokenizer: String,
    /// How many unfinished articles of a team's queue are taken ahead.
    pub articles_ahead: u32,
    /// Datasets that were open, newest first. A name that is no text cannot be kept in a text file,
    /// and is left out.
    #[serde(serialize_with = "only_text")]
    pub recent: Vec<PathBuf>,
    /// Keys that are not as they were from the start.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: KeyTable,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            annotator: user_name(),
            name_asked: false,
            theme: Theme::System,
            high_contrast: false,
            zoom: 1.0,
            text_size: 16.0,
            list: true,
            inspector: true,
            fold: true,
            keep_export: true,
            learn: true,
            tag: true,
            tokenizer: String::new(),
            articles_ahead: 5,
            recent: Vec::new(),
            keys: KeyTable::new(),
        }
    }
}

impl Settings {
    /// The most articles of a team's queue that are taken ahead.
    pub const MOST_ARTICLES_AHEAD: u32 = 100;

    /// How many datasets are remembered.
    const RECENT: usize = 8;
    /// The smallest and the largest zoom.
    pub const ZOOM: std::ops::RangeInclusive<f32> = 0.5..=3.0;
    /// The smallest and the largest size of an article's text, in points.
    pub const TEXT_SIZE: std::ops::RangeInclusive<f32> = 10.0..=40.0;

    /// Puts a dataset at the head of the recent ones, by its full path.
    pub fn remember(&mut self, dataset: &Path) {
        let dataset = full_path(dataset);
        self.recent.retain(|path| *path != dataset);
        self.recent.insert(0, dataset);
        self.recent.truncate(Self::RECENT);
    }

    /// Returns the path of the settings: `COPYDESK_SETTINGS`, or the system's place; `None` where
    /// there is none.
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

    /// Reads the settings, and returns problems with them; what is not set, or cannot be used, has
    /// its default.
    ///
    /// # Errors
    /// If there is a file, but it cannot be read.
    pub fn load(path: &Path) -> Result<(Self, Vec<String>)> {
        match fs::read_to_string(path) {
            Ok(toml) => Ok(Self::read(&toml)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok((Self::default(), Vec::new()))
            }
            Err(error) => {
                Err(error).with_context(|| format!("cannot read the settings: {}", path.display()))
            }
        }
    }

    /// Reads settings from text, as [`Settings::load`]. A bad line affects no other line.
    #[must_use]
    pub fn read(toml: &str) -> (Self, Vec<String>) {
        let mut problems = Vec::new();
        let table = table_of(toml, &mut problems);
        // Who wrote a name before the window asked for it need not be asked.
        let name = table.get("annotator").and_then(toml::Value::as_str);
        let named = name.is_some_and(|name| !name.trim().is_empty());
        let named = named && !table.contains_key("name_asked");
        let mut good = toml::Table::new();
        let mut settings = Self::default();
        for (name, mut value) in table {
            if let ("keys", toml::Value::Table(keys)) = (name.as_str(), &mut value) {
                let sound = |key: &toml::Value| key.clone().try_into::<Vec<String>>().is_ok();
                let lone: Vec<String> = keys
                    .iter()
                    .filter(|(_, key)| key.is_str())
                    .map(|(name, _)| name.clone())
                    .collect();
                for name in lone {
                    if let Some(key) = keys.remove(&name) {
                        keys.insert(name, toml::Value::Array(vec![key]));
                    }
                }
                keys.retain(|name, key| {
                    if !sound(key) {
                        problems.push(format!("key of {name}: not a list of keys: {key}"));
                    }
                    sound(key)
                });
            }
            good.insert(name.clone(), value);
            match good.clone().try_into() {
                Ok(read) => settings = read,
                Err(why) => {
                    good.remove(&name);
                    problems.push(format!("{name}: {}", why.message()));
                }
            }
        }
        settings.name_asked |= named;
        settings.mend(&mut problems);
        (settings, problems)
    }

    fn mend(&mut self, problems: &mut Vec<String>) {
        if self.annotator.trim().is_empty() {
            self.annotator = user_name();
        }
        // Earlier versions kept a dataset as it was named on the command line, which means nothing
        // from elsewhere.
        self.recent.retain(|path| path.is_absolute());
        let mut seen = std::collections::HashSet::new();
        self.recent.retain(|path| seen.insert(path.clone()));
        self.recent.truncate(Self::RECENT);
        if !Self::ZOOM.contains(&self.zoom) {
            problems.push(format!("zoom: {} is too small or too large", self.zoom));
            self.zoom = 1.0;
        }
        if !Self::TEXT_SIZE.contains(&self.text_size) {
            problems.push(format!(
                "text_size: {} is too small or too large",
                self.text_size
            ));
            self.text_size = Self::default().text_size;
        }
        if !(1..=Self::MOST_ARTICLES_AHEAD).contains(&self.articles_ahead) {
            problems.push(format!(
                "articles_ahead: {} is not between 1 and {}",
                self.articles_ahead,
                Self::MOST_ARTICLES_AHEAD
            ));
            self.articles_ahead = Self::default().articles_ahead;
        }
    }

    /// Takes over settings from another file, except for the annotator's name and the recent
    /// datasets.
    #[must_use]
    pub fn importing(&self, other: Self) -> Self {
        Self {
            annotator: self.annotator.clone(),
            name_asked: self.name_asked,
            recent: self.recent.clone(),
            ..other
        }
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

/// Returns an absolute path: its folder without links, `.` and `..` where it exists. The name
/// itself may be a link, and stays.
#[must_use]
pub fn full_path(path: &Path) -> PathBuf {
    let named = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    if cfg!(windows) {
        return named; // what the system calls canonical there is not what people write
    }
    match (named.parent().map(Path::canonicalize), named.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => named,
    }
}

/// Returns the paths that are Unicode, so that another path does not keep the settings from being
/// saved.
fn only_text<S: Serializer>(paths: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(paths.iter().filter_map(|path| path.to_str()))
}

/// Reads TOML, line by line if it has to: each line that is not TOML is reported and left out.
fn table_of(toml: &str, problems: &mut Vec<String>) -> toml::Table {
    const AT_MOST: usize = 20;
    let mut lines: Vec<&str> = toml.lines().collect();
    for _ in 0..AT_MOST {
        let text = lines.join("\n");
        let error = match text.parse::<toml::Table>() {
            Ok(table) => return table,
            Err(error) => error,
        };
        let at = error.span().map_or(0, |span| {
            let before = text.get(..span.start).unwrap_or_default();
            before.matches('\n').count()
        });
        let Some(line) = lines.get_mut(at).filter(|line| !line.trim().is_empty()) else {
            problems.push(error.message().to_owned());
            return toml::Table::new();
        };
        problems.push(format!(
            "line {}: {} ({})",
            at + 1,
            error.message(),
            line.trim()
        ));
        *line = "";
    }
    problems.push("too many bad lines".to_owned());
    toml::Table::new()
}

/// Returns the name of the user who is logged in, if the system knows it.
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

    #[cfg(unix)]
    #[test]
    fn a_dataset_whose_name_is_no_text_keeps_nothing_else_from_being_saved() {
        use std::os::unix::ffi::OsStrExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        let mut settings = Settings {
            annotator: "ada".to_owned(),
            ..Settings::default()
        };
        settings.remember(Path::new("/data/news.copydesk"));
        let odd = std::ffi::OsStr::from_bytes(b"/data/\xff.copydesk");
        settings.remember(Path::new(odd));
        settings.save(&path).unwrap();
        let (read, problems) = Settings::load(&path).unwrap();
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(read.annotator, "ada");
        assert_eq!(read.recent, [PathBuf::from("/data/news.copydesk")]);
    }

    #[test]
    fn settings_come_back_as_they_were_saved() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/settings.toml");
        let none = Vec::<String>::new();
        assert_eq!(
            Settings::load(&path).unwrap(),
            (Settings::default(), none.clone())
        );
        assert!(!Settings::default().annotator.is_empty());
        let keys = [(
            "split-region".to_owned(),
            vec!["x".to_owned(), "Ctrl+K".to_owned()],
        )];
        let chosen = Settings {
            annotator: "María \"M\"".into(),
            theme: Theme::Dark,
            high_contrast: true,
            zoom: 1.25,
            keep_export: false,
            recent: vec!["/data/a.copydesk".into()],
            keys: keys.into(),
            ..Settings::default()
        };
        chosen.save(&path).unwrap();
        assert_eq!(Settings::load(&path).unwrap(), (chosen, none));
    }

    #[test]
    fn a_recent_dataset_is_kept_once_by_its_full_path() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let path = root.join("a.copydesk");
        fs::write(&path, "").unwrap();
        fs::create_dir(root.join("deep")).unwrap();
        let mut settings = Settings::default();
        settings.remember(&path);
        settings.remember(&root.join("deep/../a.copydesk"));
        settings.remember(Path::new("gone.copydesk"));
        let gone = std::env::current_dir().unwrap().join("gone.copydesk");
        assert_eq!(settings.recent, [gone, path]);
        // What an earlier version kept.
        let toml = "recent = [\"a.copydesk\", \"/d/b.copydesk\", \"/d/b.copydesk\"]";
        let (settings, problems) = Settings::read(toml);
        assert_eq!(settings.recent, [PathBuf::from("/d/b.copydesk")]);
        assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn one_key_goes_through_all_themes() {
        for system_is_dark in [false, true] {
            let mut theme = Theme::System;
            let mut seen = Vec::new();
            for _ in 0..3 {
                theme = theme.next(system_is_dark);
                seen.push(theme);
            }
            let opposite = if system_is_dark {
                Theme::Light
            } else {
                Theme::Dark
            };
            assert_eq!(
                seen.first(),
                Some(&opposite),
                "the first stroke changes what is seen"
            );
            assert_eq!(seen.last(), Some(&Theme::System));
            assert!(seen.contains(&Theme::Light) && seen.contains(&Theme::Dark));
        }
    }

    #[test]
    fn a_bad_line_is_told_and_the_rest_is_used() {
        let toml = "annotator = \" \"\nzoom = -3\nunknown = 1\ntext_size = \"big\"\nlist = false\n\
                    this is no line\n[keys]\nundo = \"Ctrl+U\"\nredo = 7\nsplit-region = [\"x\"]\n";
        let (settings, problems) = Settings::read(toml);
        let keys = [("undo", "Ctrl+U"), ("split-region", "x")];
        let wanted = Settings {
            list: false,
            keys: keys
                .map(|(name, key)| (name.to_owned(), vec![key.to_owned()]))
                .into(),
            ..Settings::default()
        };
        assert_eq!(settings, wanted);
        let told = problems.join("\n");
        for words in [
            "line 6",
            "this is no line",
            "zoom: -3",
            "text_size",
            "key of redo",
        ] {
            assert!(told.contains(words), "{words}: {told}");
        }
        assert_eq!(problems.len(), 4, "{told}");
        let (settings, problems) = Settings::read("\u{0}[[[");
        assert_eq!(settings, Settings::default());
        assert_eq!(problems.len(), 1, "{problems:?}");
    }

    #[test]
    fn what_is_imported_leaves_the_name_and_the_recent_datasets() {
        let own = Settings {
            annotator: "ada".into(),
            recent: vec!["/data/own.copydesk".into()],
            ..Settings::default()
        };
        let other = Settings {
            annotator: "ben".into(),
            text_size: 20.0,
            ..Settings::default()
        };
        let both = own.importing(other);
        assert_eq!((both.annotator.as_str(), both.text_size), ("ada", 20.0));
        assert_eq!(both.recent, own.recent);
    }
}
