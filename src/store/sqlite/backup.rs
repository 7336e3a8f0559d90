//! Copies of a dataset's file, whole or not at all.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::fault::Fault;
use super::log;
use crate::store::atomic;
use crate::store::sidecar::with_ending;

/// Whether a copy may take the place of an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Existing {
    Refuse,
    Replace,
}

/// Copies all that is committed into the file `to`, whole or not at all, while others go on
/// writing.
pub(super) fn back_up(conn: &Connection, to: &Path, existing: Existing) -> Result<(), Fault> {
    if existing == Existing::Refuse && to.try_exists()? {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
    }
    if let Some(left) = left_beside(to)?.first() {
        return Err(Fault::LeftBehind(left.clone()));
    }
    let mut temp = atomic::Beside::new(to)?;
    let new = temp.part("new");
    File::create_new(&new)?;
    {
        let mut copy = Connection::open(&new)?;
        {
            let backup = rusqlite::backup::Backup::new(conn, &mut copy)?;
            while let rusqlite::backup::StepResult::Busy | rusqlite::backup::StepResult::Locked =
                backup.step(-1)?
            {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        if log::page_of_stamp(&copy)?.is_some() {
            log::rename(&copy)?;
        }
        copy.close().map_err(|(_, error)| error)?;
    }
    File::open(&new)?.sync_all()?;
    let new = tempfile::TempPath::try_from_path(new)?;
    match existing {
        Existing::Refuse => new.persist_noclobber(to),
        Existing::Replace => new.persist(to),
    }
    .map_err(|error| error.error)?;
    atomic::sync_folder(to)?;
    Ok(())
}

/// What SQLite left beside a name that no dataset has, and would take for that of a new one. Files
/// without content are none, and are removed.
pub(super) fn left_beside(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut left = Vec::new();
    for ending in ["-wal", "-journal"] {
        let file = with_ending(path, ending);
        match fs::symlink_metadata(&file) {
            Ok(found) if found.is_file() && found.len() == 0 => fs::remove_file(&file)?,
            Ok(_) => left.push(file),
            Err(_) => {}
        }
    }
    if left.is_empty() {
        // An index of the log, which is nothing without one.
        match fs::remove_file(with_ending(path, "-shm")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(left)
}
