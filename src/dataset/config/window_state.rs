//! The state of the window: its place on the screen, and the article last open in each dataset.
//!
//! Nothing here is worth a word to the user: what cannot be read is as if it were not there.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::dataset::Settings;
use crate::dataset::transfer::export_choice::ExportChoice;
use crate::dataset::transfer::export_plan::Stamp;
use crate::edit::Selection;
use crate::model::{BytePos, Text};
use crate::store::{ArticleKey, write_atomically};

/// Where a user was.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub struct WindowState {
    /// The window's size and position, in points of the system's own scale.
    pub window: WindowPlace,
    /// In datasets, the newest first.
    places: Vec<LastPlace>,
    /// How datasets were exported last, the newest first.
    exports: Vec<LastExport>,
    /// The datasets whose place or export was noted here rather than read. Another window may have
    /// noted others.
    #[serde(skip)]
    own: BTreeSet<PathBuf>,
}

/// How a dataset was exported last.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct LastExport {
    dataset: PathBuf,
    /// By what the file is known that was written; none for a folder.
    pub stamp: Option<Stamp>,
    /// What was chosen.
    pub choice: ExportChoice,
}

/// The window's size and position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub struct WindowPlace {
    /// Its left upper corner, where the system says it.
    pub position: Option<[f32; 2]>,
    /// Width and height of its contents.
    pub size: Option<[f32; 2]>,
    /// Whether it filled the screen.
    pub maximized: bool,
    /// Width of the article list.
    pub list: Option<f32>,
    /// Width of the panel with the labels.
    pub inspector: Option<f32>,
}

/// Where somebody was in a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct LastPlace {
    dataset: PathBuf,
    article: i64,
    /// In bytes of its text.
    anchor: u32,
    head: u32,
    /// What was at the top of the view.
    #[serde(default)]
    top: ViewTop,
}

/// What is at the top of the view of an article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct ViewTop {
    /// The first byte of a paragraph.
    pub paragraph: u32,
    /// How far its top is above the top of the view, in whole points.
    pub above: i32,
}

impl LastPlace {
    /// Returns the article.
    #[must_use]
    pub fn article(&self) -> ArticleKey {
        ArticleKey(self.article)
    }

    /// Returns what was at the top of the view there.
    #[must_use]
    pub fn top(&self) -> ViewTop {
        self.top
    }

    /// Returns what was selected there, if it is this article and the place fits its text.
    #[must_use]
    pub fn selection(&self, key: ArticleKey, text: &Text) -> Option<Selection> {
        let (anchor, head) = (BytePos(self.anchor), BytePos(self.head));
        let fits = |pos: BytePos| text.as_str().is_char_boundary(pos.index());
        (key == self.article() && fits(anchor) && fits(head)).then(|| Selection::new(anchor, head))
    }
}

impl WindowState {
    /// How many datasets have their last place stored.
    const PLACES: usize = 50;

    /// Returns the path of the file: beside the settings.
    #[must_use]
    pub fn path() -> Option<PathBuf> {
        Some(Settings::path()?.with_file_name("window.toml"))
    }

    /// Reads the state; the default if there is no file, or it cannot be read.
    #[must_use]
    pub fn load(path: &Path) -> Self {
        let toml = fs::read_to_string(path).unwrap_or_default();
        let mut memory: Self = toml::from_str(&toml).unwrap_or_default();
        let sane = |[x, y]: [f32; 2]| {
            (-20_000.0..20_000.0).contains(&x) && (-20_000.0..20_000.0).contains(&y)
        };
        let window = &mut memory.window;
        window.position = window.position.filter(|place| sane(*place));
        window.size = window
            .size
            .filter(|size| sane(*size) && size.iter().all(|side| *side >= 200.0));
        memory.bound();
        memory
    }

    fn bound(&mut self) {
        self.places.truncate(Self::PLACES);
        self.exports.truncate(Self::PLACES);
    }

    /// Writes the state, whole or not at all. What another window wrote about other datasets
    /// meanwhile stays.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut memory = self.clone();
        let there = Self::load(path);
        let own = &self.own;
        let is_own = |dataset: &PathBuf| own.contains(dataset);
        memory.places.retain(|place| is_own(&place.dataset));
        let others = there.places.into_iter();
        memory
            .places
            .extend(others.filter(|place| !is_own(&place.dataset)));
        memory.exports.retain(|export| is_own(&export.dataset));
        let others = there.exports.into_iter();
        memory
            .exports
            .extend(others.filter(|export| !is_own(&export.dataset)));
        memory.bound();
        // A name that is no text cannot be kept in a text file, and must not keep the rest from it.
        memory
            .places
            .retain(|place| place.dataset.to_str().is_some());
        memory
            .exports
            .retain(|export| export.dataset.to_str().is_some());
        let toml = toml::to_string(&memory).context("cannot write where the window was")?;
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        write_atomically(path, |file| io::Write::write_all(file, toml.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Returns the last place in a dataset.
    #[must_use]
    pub fn place(&self, dataset: &Path) -> Option<&LastPlace> {
        self.places.iter().find(|place| place.dataset == dataset)
    }

    /// Stores the last place in a dataset.
    pub fn note(&mut self, dataset: &Path, key: ArticleKey, selection: Selection, top: ViewTop) {
        let place = LastPlace {
            dataset: dataset.to_path_buf(),
            article: key.0,
            anchor: selection.anchor.0,
            head: selection.head.0,
            top,
        };
        if self.places.first() == Some(&place) {
            return;
        }
        self.own.insert(dataset.to_path_buf());
        self.places.retain(|other| other.dataset != dataset);
        self.places.insert(0, place);
        self.bound();
    }

    /// Returns how a dataset was last exported.
    #[must_use]
    pub fn last_export(&self, dataset: &Path) -> Option<&LastExport> {
        self.exports.iter().find(|export| export.dataset == dataset)
    }

    /// Stores how a dataset was last exported.
    pub fn note_export(&mut self, dataset: &Path, choice: ExportChoice, stamp: Option<Stamp>) {
        self.own.insert(dataset.to_path_buf());
        self.exports.retain(|other| other.dataset != dataset);
        let dataset = dataset.to_path_buf();
        self.exports.insert(
            0,
            LastExport {
                dataset,
                stamp,
                choice,
            },
        );
        self.bound();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back_and_only_where_they_fit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("window.toml");
        assert_eq!(WindowState::load(&path), WindowState::default());
        let mut memory = WindowState::default();
        memory.window.size = Some([1200.0, 800.5]);
        let selection = Selection::new(BytePos(3), BytePos(1));
        for n in 0..60 {
            memory.note(
                Path::new(&format!("{n}.copydesk")),
                ArticleKey(n),
                selection,
                ViewTop::default(),
            );
        }
        memory.save(&path).unwrap();
        let back = WindowState::load(&path);
        assert_eq!((&back.places, back.window), (&memory.places, memory.window));
        assert!(back.place(Path::new("9.copydesk")).is_none(), "long ago");
        let place = back.place(Path::new("59.copydesk")).unwrap();
        let text = Text::new("aäx");
        assert_eq!(place.selection(ArticleKey(59), &text), Some(selection));
        assert_eq!(place.selection(ArticleKey(58), &text), None);
        assert_eq!(place.selection(ArticleKey(59), &Text::new("ää")), None);
    }

    #[test]
    fn two_windows_keep_the_places_of_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("window.toml");
        let at = |pos: u32| Selection::caret(BytePos(pos));
        let top = ViewTop {
            paragraph: 7,
            above: -28,
        };
        let (a, b) = (Path::new("/a.copydesk"), Path::new("/b.copydesk"));
        let mut old = WindowState::default();
        old.note(a, ArticleKey(1), at(1), ViewTop::default());
        old.note(b, ArticleKey(1), at(1), ViewTop::default());
        old.save(&path).unwrap();
        // Both windows read what was there; each works on one dataset, and keeps where it is.
        let (mut one, mut other) = (WindowState::load(&path), WindowState::load(&path));
        one.note(a, ArticleKey(13), at(5), top);
        one.note_export(a, ExportChoice::default(), None);
        one.save(&path).unwrap();
        other.note(b, ArticleKey(4), at(2), ViewTop::default());
        other.save(&path).unwrap();
        let back = WindowState::load(&path);
        let place = back.place(a).unwrap();
        assert_eq!((place.article(), place.top()), (ArticleKey(13), top));
        assert_eq!(back.place(b).unwrap().article(), ArticleKey(4));
        let export = back.last_export(a).unwrap();
        assert_eq!(export.choice, ExportChoice::default());
    }

    #[test]
    fn nonsense_is_as_if_it_were_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("window.toml");
        fs::write(&path, "window = 3").unwrap();
        assert_eq!(WindowState::load(&path), WindowState::default());
        fs::write(&path, "[window]\nsize = [1e9, -4.0]\nposition = [nan, 0.0]").unwrap();
        assert_eq!(WindowState::load(&path), WindowState::default());
    }
}
