//! Files that must not be written over: datasets, and what SQLite keeps beside them.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use super::sidecar::BESIDE;
use super::sqlite;

/// Whether the file at `path` is a dataset, by its header.
///
/// The file is not opened if this process has it open as a dataset: closing another handle would
/// release SQLite's locks.
#[must_use]
pub fn is_dataset(path: &Path) -> bool {
    let Ok(found) = fs::metadata(path) else {
        return false;
    };
    if sqlite::is_open(path) {
        return true;
    }
    let mut header = Vec::with_capacity(100);
    found.is_file()
        && File::open(path)
            .and_then(|file| file.take(100).read_to_end(&mut header))
            .is_ok()
        && sqlite::is_header(&header)
}

/// Refuses a target that is a dataset or belongs to one.
///
/// # Errors
/// If it is one; the words say what to do.
pub fn refuse_dataset(target: &Path) -> io::Result<()> {
    let refuse = |words: String| Err(io::Error::new(io::ErrorKind::AlreadyExists, words));
    if is_dataset(target) {
        return refuse("it is a Copydesk dataset; name another file".to_owned());
    }
    let name = target.to_string_lossy();
    for ending in BESIDE {
        if let Some(dataset) = name.strip_suffix(ending)
            && is_dataset(Path::new(dataset))
        {
            return refuse(format!(
                "it belongs to the Copydesk dataset {dataset}; name another file"
            ));
        }
    }
    Ok(())
}
