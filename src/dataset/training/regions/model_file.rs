//! Region models in files.

use std::io::{Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::extract::RegionModel;
use crate::store::write_atomically;

/// The model that the program ships.
#[must_use]
pub fn shipped() -> &'static RegionModel {
    RegionModel::shipped()
}

/// Reads a model from a file.
///
/// # Errors
/// If it cannot be read, or is no model that this program understands.
pub fn load(path: &Path) -> Result<RegionModel> {
    /// Far above the largest model.
    const MAX_BYTES: u64 = 64 << 20;

    let file =
        std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {}", path.display()))?;
    RegionModel::read(&bytes).map_err(|why| anyhow::anyhow!("{}: {why}", path.display()))
}

/// Writes a model beside its place and puts it there whole.
///
/// # Errors
/// If it cannot be written.
pub fn save(model: &RegionModel, path: &Path) -> Result<()> {
    write_atomically(path, |out| out.write_all(&model.write()))
        .with_context(|| format!("cannot write {}", path.display()))
}
