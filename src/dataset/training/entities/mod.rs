//! Training and measuring the tagger on articles that annotators tagged.

pub mod effort;
pub mod evaluate;
pub mod gold;
pub(crate) mod language;
pub mod online_trainer;
pub mod simulate;
pub mod train;

use std::io::{Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::dataset::training::model_bytes::read_bytes;
use crate::store::write_atomically;
pub use crate::tag::TagModel;
use crate::tag::training::Hyperparameters;

/// Returns the shipped model.
#[must_use]
pub fn shipped() -> &'static TagModel {
    TagModel::shipped()
}

/// A model whose weights are all zero.
#[must_use]
pub fn nothing() -> TagModel {
    TagModel::new(Vec::new(), Hyperparameters::default().bits)
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
