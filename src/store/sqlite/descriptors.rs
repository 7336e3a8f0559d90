//! The dataset's file beside SQLite's own handles: whether it is still the one that was opened.
//!
//! On Unix, closing any handle of a file releases all locks that the process has on it, SQLite's
//! too. So a dataset's file is opened here only, once for each file however many connections there
//! are, and closed after the last of them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// By which a file is known whatever it is called. Where the standard library tells no number, its
/// path and age do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FileId(
    #[cfg(unix)] (u64, u64),
    #[cfg(not(unix))] (PathBuf, Option<std::time::SystemTime>),
);

/// Handles of the datasets that this process has open, and how many connections need each.
static HELD: Mutex<BTreeMap<FileId, (File, usize)>> = Mutex::new(BTreeMap::new());

fn held() -> MutexGuard<'static, BTreeMap<FileId, (File, usize)>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The file that is at `path` now.
pub(super) fn file_id(path: &Path) -> io::Result<FileId> {
    let found = fs::metadata(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Ok(FileId((found.dev(), found.ino())))
    }
    #[cfg(not(unix))]
    {
        Ok(FileId((fs::canonicalize(path)?, found.created().ok())))
    }
}

/// Whether this process has the file at `path` open as a dataset.
pub(super) fn is_held(path: &Path) -> bool {
    file_id(path).is_ok_and(|id| held().contains_key(&id))
}

/// A dataset's file, held open.
#[derive(Debug)]
pub(super) struct Descriptor {
    path: PathBuf,
    id: FileId,
}

impl Descriptor {
    /// Opens the file at `path`, or shares the handle that is there.
    pub(super) fn new(path: &Path) -> io::Result<Self> {
        let mut all = held();
        let id = file_id(path)?;
        match all.get_mut(&id) {
            Some((_, users)) => *users += 1,
            None => {
                all.insert(id.clone(), (File::open(path)?, 1));
            }
        }
        Ok(Self {
            path: path.to_path_buf(),
            id,
        })
    }

    /// Another user of the same handle.
    pub(super) fn again(&self) -> Self {
        if let Some((_, users)) = held().get_mut(&self.id) {
            *users += 1;
        }
        Self {
            path: self.path.clone(),
            id: self.id.clone(),
        }
    }

    /// Whether nobody else in this process uses it.
    pub(super) fn is_alone(&self) -> bool {
        held().get(&self.id).is_none_or(|(_, users)| *users <= 1)
    }

    /// Where it was when it was opened.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file that it is.
    pub(super) fn id(&self) -> &FileId {
        &self.id
    }

    /// How long the file is now.
    pub(super) fn len(&self) -> io::Result<u64> {
        match held().get(&self.id) {
            Some((file, _)) => Ok(file.metadata()?.len()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Bytes of the file from a place on; fewer at its end.
    pub(super) fn read(&self, at: u64, bytes: usize) -> io::Result<Vec<u8>> {
        let mut buffer = vec![0; bytes];
        let mut filled = 0;
        let all = held();
        let Some((file, _)) = all.get(&self.id) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match read_at(file, rest, at + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        buffer.truncate(filled);
        Ok(buffer)
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        let mut all = held();
        if let Some((_, users)) = all.get_mut(&self.id) {
            *users -= 1;
            if *users == 0 {
                all.remove(&self.id);
            }
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}
