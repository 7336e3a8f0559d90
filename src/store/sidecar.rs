//! The names of the files that SQLite keeps beside a dataset.

use std::path::{Path, PathBuf};

/// What SQLite keeps beside a dataset, by the ending that it appends to the name.
pub(super) const BESIDE: [&str; 3] = ["-wal", "-journal", "-shm"];

/// A path with an ending appended to its name.
pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
