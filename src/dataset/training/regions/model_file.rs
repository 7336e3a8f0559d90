//! Region models in files.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::dataset::training::model_bytes::read_bytes;
use crate::extract::RegionModel;
use crate::store::write_atomically;

/// Returns the shipped model.
#[must_use]
pub fn shipped() -> &'static RegionModel {
    RegionModel::shipped()
}

/// Reads a model from a file.
///
/// # Errors
/// If it cannot be read, or is no model that this program understands.
pub fn load(path: &Path) -> Result<RegionModel> {
    let bytes = read_bytes(path)?;
    RegionModel::read(&bytes).map_err(|why| anyhow::anyhow!("{}: {why}", path.display()))
}

/// Writes a model to a file, whole or not at all.
///
/// # Errors
/// If it cannot be written.
pub fn save(model: &RegionModel, path: &Path) -> Result<()> {
    write_atomically(path, |out| out.write_all(&model.write()))
        .with_context(|| format!("cannot write {}", path.display()))
}
