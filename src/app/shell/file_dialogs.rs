//! The system's file dialogs. Each blocks, and gives what was picked as a message.

use std::path::{Path, PathBuf};

use crate::app::state::Picture;
use crate::app::update::{ExportMessage, KeysMessage, Message};
use crate::dataset::EXTENSION;
use crate::formats;

/// What a path is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathPurpose {
    /// Articles or a dataset, to be opened.
    Open,
    /// A folder of articles, to be opened.
    OpenFolder,
    /// Articles, to be added to the open dataset.
    Import,
    /// A new name for a copy of the dataset.
    SaveCopy,
    /// Where an export goes: a folder, or else a file.
    ExportTo {
        /// Whether it is a folder of files.
        folder: bool,
    },
    /// A model's tokenizer.
    Tokenizer,
    /// A file of settings to read.
    ImportSettings,
    /// A file of settings to write.
    ExportSettings,
    /// Where to save a plot.
    SavePlot(Picture),
}

impl PathPurpose {
    /// What the dialog is called.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Self::Open => "Open articles or a dataset",
            Self::OpenFolder => "Open a folder of articles",
            Self::Import => "Add articles to this dataset",
            Self::SaveCopy => "Save a copy",
            Self::ExportTo { .. } => "Export to",
            Self::Tokenizer => "Choose tokenizer.json",
            Self::ImportSettings => "Import settings",
            Self::ExportSettings => "Export the settings",
            Self::SavePlot(_) => "Save the plot",
        }
    }

    /// What the button says that takes the path.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Open | Self::OpenFolder => "Open",
            Self::Import => "Add",
            Self::SaveCopy | Self::ExportSettings | Self::SavePlot(_) => "Save",
            Self::ExportTo { .. } | Self::Tokenizer => "Choose",
            Self::ImportSettings => "Import",
        }
    }

    /// Whether it has to be there already.
    #[must_use]
    pub fn must_exist(&self) -> bool {
        matches!(
            self,
            Self::Open | Self::OpenFolder | Self::Import | Self::Tokenizer | Self::ImportSettings
        )
    }

    /// What a chosen path means.
    #[must_use]
    pub fn chosen(&self, path: PathBuf) -> Message {
        match self {
            Self::Open | Self::OpenFolder => Message::OpenPaths(vec![path]),
            Self::Import => Message::Drop(vec![path]),
            Self::SaveCopy => Message::SaveCopyTo(path),
            Self::ExportTo { .. } => Message::Export(ExportMessage::To(path)),
            Self::Tokenizer => Message::Tokenizer(path.display().to_string()),
            Self::ImportSettings => Message::Keys(KeysMessage::ImportFrom(path)),
            Self::ExportSettings => Message::Keys(KeysMessage::Export(path)),
            Self::SavePlot(picture) => Message::SavePlotTo(*picture, path),
        }
    }
}

/// Whether the system can open a file dialog. May take seconds: to be asked on a thread.
#[must_use]
pub fn are_available() -> bool {
    #[cfg(all(unix, not(target_os = "macos")))]
    {
        // In this order the dialogs are tried, too.
        super::portal::has_file_chooser() || super::programs::is_there("zenity")
    }
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    true
}

/// Opens the dialog, with this name in this folder where something is saved; gives what was picked.
#[must_use]
pub fn ask(purpose: &PathPurpose, folder: Option<&Path>, name: &str) -> Option<Message> {
    let mut dialog = rfd::FileDialog::new().set_title(purpose.title());
    if let Some(folder) = folder {
        dialog = dialog.set_directory(folder);
    }
    if !name.is_empty() {
        dialog = dialog.set_file_name(name);
    }
    let picked = match purpose {
        PathPurpose::Open | PathPurpose::Import => {
            return several(purpose, articles(dialog, purpose).pick_files()?);
        }
        PathPurpose::OpenFolder | PathPurpose::ExportTo { folder: true } => dialog.pick_folder(),
        PathPurpose::Tokenizer => filtered(dialog, "Tokenizers", "json").pick_file(),
        PathPurpose::ImportSettings => filtered(dialog, "Settings", "toml").pick_file(),
        PathPurpose::SaveCopy => dialog.add_filter("Datasets", &[EXTENSION]).save_file(),
        PathPurpose::ExportSettings | PathPurpose::ExportTo { folder: false } => dialog.save_file(),
        PathPurpose::SavePlot(picture) => {
            let ending = if picture.png { "png" } else { "svg" };
            dialog
                .add_filter(ending.to_uppercase(), &[ending])
                .save_file()
        }
    };
    Some(match purpose {
        // The dialog's thread may wait for the disk.
        PathPurpose::ImportSettings => import_of(picked?),
        _ => purpose.chosen(picked?),
    })
}

fn several(purpose: &PathPurpose, paths: Vec<PathBuf>) -> Option<Message> {
    if paths.is_empty() {
        return None; // cancelled
    }
    Some(match purpose {
        PathPurpose::Import => Message::Drop(paths),
        _ => Message::OpenPaths(paths),
    })
}

/// The filter for all that can be read.
fn articles(dialog: rfd::FileDialog, purpose: &PathPurpose) -> rfd::FileDialog {
    let mut endings = formats::readable_endings();
    let words = match purpose {
        PathPurpose::Import => "Articles",
        _ => {
            endings.insert(0, EXTENSION);
            "Articles and datasets"
        }
    };
    dialog
        .add_filter(words, &endings)
        .add_filter("All files", &["*"])
}

fn filtered(dialog: rfd::FileDialog, words: &str, ending: &str) -> rfd::FileDialog {
    dialog
        .add_filter(words, &[ending])
        .add_filter("All files", &["*"])
}

/// Reads a file of settings.
#[must_use]
pub fn import_of(file: PathBuf) -> Message {
    let words = std::fs::read_to_string(&file).map_err(|error| error.to_string());
    Message::Keys(KeysMessage::Import(file, words))
}
