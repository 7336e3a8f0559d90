//! The system's file dialogs. Each blocks, and gives what was picked as a message.

use std::path::{Path, PathBuf};

use crate::app::state::{KeysMessage, MergeMessage, Message, PathPurpose};
use crate::dataset::EXTENSION;
use crate::formats;

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
        PathPurpose::Open | PathPurpose::Import | PathPurpose::MergeInputs => {
            return several(purpose, articles(dialog, purpose).pick_files()?);
        }
        PathPurpose::OpenFolder
        | PathPurpose::SplitFolder
        | PathPurpose::ExportTo { folder: true } => dialog.pick_folder(),
        PathPurpose::Tokenizer => filtered(dialog, "Tokenizers", "json").pick_file(),
        PathPurpose::ImportSettings => filtered(dialog, "Settings", "toml").pick_file(),
        PathPurpose::SaveCopy | PathPurpose::MergeTarget => {
            dialog.add_filter("Datasets", &[EXTENSION]).save_file()
        }
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
        PathPurpose::MergeInputs => Message::Merge(MergeMessage::Add(paths)),
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
