//! Bytes of models in files.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Reads the bytes of a model.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    /// Far more than the largest model.
    const MAX_BYTES: u64 = 64 << 20;

    let file =
        std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {}", path.display()))?;
    Ok(bytes)
}
