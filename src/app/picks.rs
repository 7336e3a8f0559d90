//! The system's file dialogs: each blocks, and says what was picked as a message.

use std::path::PathBuf;

use super::dispatch::{KeysMessage, Message};
use crate::dataset::EXTENSION;

/// Files to open.
pub fn files() -> Option<Message> {
    rfd::FileDialog::new()
        .set_title("Open articles or a dataset")
        .add_filter(
            "Articles and datasets",
            &["copydesk", "txt", "html", "htm", "jsonl", "gz"],
        )
        .add_filter("All files", &["*"])
        .pick_files()
        .map(Message::OpenPaths)
}

/// A folder to open.
pub fn folder() -> Option<Message> {
    rfd::FileDialog::new()
        .set_title("Open a folder of articles")
        .pick_folder()
        .map(|folder| Message::OpenPaths(vec![folder]))
}

/// A file of settings, and what is in it.
pub fn settings_to_import() -> Option<Message> {
    let file = rfd::FileDialog::new()
        .set_title("Import settings")
        .add_filter("Settings", &["toml"])
        .add_filter("All files", &["*"])
        .pick_file()?;
    Some(import_of(file))
}

/// A model's tokenizer.
pub fn tokenizer() -> Option<Message> {
    rfd::FileDialog::new()
        .set_title("Choose tokenizer.json")
        .add_filter("Tokenizers", &["json"])
        .add_filter("All files", &["*"])
        .pick_file()
        .map(|file| Message::Tokenizer(file.display().to_string()))
}

/// Reads a file of settings.
pub fn import_of(file: PathBuf) -> Message {
    let words = std::fs::read_to_string(&file).map_err(|error| error.to_string());
    Message::Keys(KeysMessage::Import(file, words))
}

/// Where to save a copy of the dataset of this name.
pub fn place_for_copy(name: &str) -> Option<Message> {
    rfd::FileDialog::new()
        .set_title("Save a copy")
        .add_filter("Datasets", &[EXTENSION])
        .set_file_name(format!("{name} copy.{EXTENSION}"))
        .save_file()
        .map(Message::SaveCopyTo)
}

/// Where to write the settings.
pub fn place_for_settings() -> Option<Message> {
    rfd::FileDialog::new()
        .set_title("Export the settings")
        .set_file_name("copydesk-settings.toml")
        .save_file()
        .map(|file| Message::Keys(KeysMessage::Export(file)))
}
