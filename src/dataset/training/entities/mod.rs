//! Training and measuring the tagger on articles that annotators tagged.

pub mod effort;
pub mod evaluate;
pub mod gold;
pub(crate) mod language;
pub mod online_trainer;
pub mod recognise;
pub mod simulate;
pub mod train;
pub mod train_languages;

use std::io::{Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::dataset::training::model_bytes::read_bytes;
use crate::store::write_atomically;
use crate::tag::training::Hyperparameters;
pub use crate::tag::{Models, TagModel};
use gold::Gold;
use train::language_of_gold;

/// A model whose weights are all zero, for the language of most of the gold.
#[must_use]
pub fn nothing(gold: &[Gold]) -> TagModel {
    TagModel {
        language: language_of_gold(gold).to_owned(),
        ..TagModel::new(Vec::new(), Hyperparameters::default().bits)
    }
}

/// The model for the language of most of the gold.
#[must_use]
pub fn model_for<'a>(models: &'a Models, gold: &[Gold]) -> &'a TagModel {
    match models {
        Models::Shipped => TagModel::of(language_of_gold(gold)),
        Models::One(model) => model,
    }
}

/// Reads a model from a file.
///
/// # Errors
/// Returns an error if the file cannot be read or is no entity model.
pub fn load(path: &Path) -> Result<TagModel> {
    let bytes = read_bytes(path)?;
    TagModel::read(&bytes).map_err(|why| anyhow::anyhow!("{}: {why}", path.display()))
}

/// Returns whether a file holds an entity model, by its first bytes.
///
/// # Errors
/// Returns an error if the file cannot be read.
pub fn is_model(path: &Path) -> Result<bool> {
    let cannot = || format!("cannot read {}", path.display());
    let file = std::fs::File::open(path).with_context(cannot)?;
    let mut head = Vec::new();
    file.take(TagModel::HEAD.len() as u64)
        .read_to_end(&mut head)
        .with_context(cannot)?;
    Ok(head == TagModel::HEAD)
}

/// Writes a model to a file, which is replaced as a whole.
///
/// # Errors
/// Returns an error if the file cannot be written.
pub fn save(model: &TagModel, path: &Path) -> Result<()> {
    write_atomically(path, |out| out.write_all(&model.write()))
        .with_context(|| format!("cannot write {}", path.display()))
}
