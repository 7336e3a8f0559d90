//! The dataset as one SQLite file, `NAME.copydesk`.
//!
//! - A commit is synced (`WAL`, `synchronous=FULL`) before it is acknowledged. On a file system
//!   that has no shared memory the store falls back to a rollback journal, which is as safe and
//!   slower.
//! - Writers take the write lock at once (`BEGIN IMMEDIATE`) and wait for one another for some
//!   seconds.
//! - All SQL is here and in `assets/migrations`, fixed at compile time; values from outside are
//!   bound parameters.
//! - A damaged or hostile file gives errors: all that is read goes through [`codec`](super::codec).

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{Commit, Filter, Result, Store as _, StoreError};
use crate::model::Schema;

mod articles;
mod backup;
mod close;
mod contents;
mod descriptors;
mod fault;
mod file_identity;
mod integrity;
mod list_rows;
mod lists;
mod log;
mod migrate;
mod models;
mod newest;
mod open;
mod outcome;
mod port;
mod queries;
mod relabel;
mod search;
mod sites;
mod titles;
mod transaction;
mod viewpoint;
mod work;

use fault::Fault;
use file_identity::FileIdentity;

/// The time that a list waits for the full-text index; enough for a few thousand articles.
const A_MOMENT: Duration = Duration::from_millis(400);

/// A dataset in an SQLite file, or in memory.
#[derive(Debug)]
pub struct SqliteStore {
    conn: Connection,
    place: Place,
    /// Finds words in texts; made when first asked.
    marker: RefCell<Option<search::Marker>>,
    /// The annotator to whom the lists are restricted.
    viewer: Option<String>,
    /// The copy of the dataset in its earlier format, if opening it brought it up to date.
    earlier: Option<PathBuf>,
    // Dropped after the connection: it checks what closing that has left.
    file: Option<close::OpenFile>,
}

/// Where the dataset is.
#[derive(Clone, Debug)]
enum Place {
    File(PathBuf),
    /// The name under which SQLite's handles in this process share it.
    Memory(String),
}

impl Place {
    fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Memory(_) => Path::new(":memory:"),
        }
    }
}

impl SqliteStore {
    /// `file`: the file with whether the connection writes to it; nothing for a dataset in memory.
    fn over(conn: Connection, place: Place, file: Option<(FileIdentity, bool)>) -> Self {
        Self {
            conn,
            place,
            marker: RefCell::default(),
            viewer: None,
            earlier: None,
            file: file.map(|(identity, writes)| close::OpenFile { identity, writes }),
        }
    }

    /// Returns the copy of the dataset in its earlier format, if opening it brought it up to date.
    #[must_use]
    pub fn earlier(&self) -> Option<&Path> {
        self.earlier.as_deref()
    }

    /// The annotator to whom the lists are restricted, if others have worked here too.
    fn view(&self) -> Result<queries::View<'_>> {
        let Some(annotator) = self.viewer.as_deref() else {
            return Ok(None);
        };
        let others = self.explain(viewpoint::has_others(&self.conn, annotator))?;
        Ok(others.then_some(annotator))
    }

    fn check_identity(&self) -> std::result::Result<(), Fault> {
        self.file
            .as_ref()
            .map_or(Ok(()), |file| file.identity.check())
    }

    /// Creates a dataset atomically: other programs see no file or a complete dataset.
    ///
    /// # Errors
    /// If something of that name is there already, or it cannot be written.
    pub fn create(path: &Path, schema: &Schema) -> Result<Self> {
        explain(path, open::create(path, schema))
    }

    /// Opens a dataset for reading and writing. One of an older format is copied beside itself
    /// (`NAME.copydesk.format-N.backup`) and then brought up to date.
    ///
    /// # Errors
    /// If there is none, it is something else, damaged, newer than this program, or cannot be
    /// written.
    pub fn open(path: &Path) -> Result<Self> {
        explain(path, open::open(path))
    }

    /// Opens a dataset for reading only; nothing beside it is written either, so its folder may be
    /// read-only.
    ///
    /// # Errors
    /// If there is none, it is something else, damaged, newer or older than this program.
    pub fn open_read_only(path: &Path) -> Result<Self> {
        explain(path, open::open_read_only(path))
    }

    /// A dataset that lives as long as its handles, for tests and for work on a file without a
    /// dataset.
    ///
    /// # Errors
    /// If the schema cannot be written.
    pub fn in_memory(schema: &Schema) -> Result<Self> {
        explain(Path::new(":memory:"), open::in_memory(schema))
    }

    /// Removes the log and journal that an earlier dataset left beside this name, if there is no
    /// dataset now; gives what was removed.
    ///
    /// # Errors
    /// If they cannot be removed.
    pub fn remove_left(path: &Path) -> Result<Vec<PathBuf>> {
        explain(path, open::remove_left(path))
    }

    /// Copies the dataset into a file, whole or not at all, while others go on writing. With
    /// `replace`, another dataset of that name, which nobody may have open, gives way.
    ///
    /// # Errors
    /// If the file cannot be written, or is there and may not be replaced; what was there before
    /// stays.
    pub fn back_up(&self, to: &Path, replace: bool) -> Result<()> {
        let mut existing = backup::Existing::Refuse;
        if replace && to.exists() {
            if is_same_place(&self.place, to) {
                let message = "a dataset cannot be copied onto itself".to_owned();
                return explain(to, Err(Fault::Other(message)));
            }
            // Opening and closing it brings its log into it, unless somebody else has it open.
            drop(Self::open(to)?);
            if is_open(to) || super::sidecar::with_ending(to, "-wal").exists() {
                let message = "the dataset that is to be replaced is open".to_owned();
                return explain(to, Err(Fault::Other(message)));
            }
            existing = backup::Existing::Replace;
        }
        explain(to, backup::back_up(&self.conn, to, existing))
    }

    /// Examines the whole file: its structure, what refers to what, the counts, and that each
    /// history gives the current annotation. Takes seconds for a large dataset, so it is for tests
    /// and background threads. Returns the faults, one per line; none for a sound dataset.
    ///
    /// # Errors
    /// If it cannot be read at all.
    pub fn faults(&self) -> Result<Vec<String>> {
        self.explain(integrity::faults(&self.conn))
    }

    /// Indexes recently added articles for a search, for at most `at_most`.
    fn prepare_search(&self, filter: &Filter, at_most: Duration) -> Result<()> {
        if filter.words.trim().is_empty() || self.explain(search::missing(&self.conn))? == 0 {
            return Ok(());
        }
        self.check_place()?;
        // This handle may be a reader's; filling takes a writer of its own.
        let mut conn = match open::writer(&self.place) {
            Err(Fault::ReadOnly) => {
                let message = "the articles cannot be searched before the dataset was once opened for writing";
                return self.explain(Err(Fault::Other(message.to_owned())));
            }
            conn => self.explain(conn)?,
        };
        let mut left = u64::MAX;
        let first = Instant::now();
        while first.elapsed() < at_most {
            let begin = Instant::now();
            let still = self.explain(transaction::transaction(&mut conn, search::fill_step))?;
            if still == 0 {
                return Ok(());
            }
            if still >= left {
                let what = "the full-text index does not get on".to_owned();
                return self.explain(Err(Fault::Damaged(what)));
            }
            left = still;
            // Others who wait for the write lock only look now and then: leave it free for a while.
            std::thread::sleep(begin.elapsed() / 3);
        }
        Ok(())
    }

    fn places(&self, words: &str, title: &str, text: &str) -> Result<search::Places> {
        let Some(query) = search::query(words) else {
            return Ok(search::Places::default());
        };
        let mut marker = self.marker.borrow_mut();
        let marker = match &mut *marker {
            Some(marker) => marker,
            none => none.insert(self.explain(search::Marker::new())?),
        };
        self.explain(marker.places(&query, title, text))
    }

    fn check_commit(&self, commit: &Commit<'_>) -> Result<()> {
        if commit.annotator.trim().is_empty() || commit.entries.is_empty() {
            return Err(StoreError::Other {
                message: "a change needs an annotator and says what was changed".to_owned(),
                path: self.place.path().to_path_buf(),
            });
        }
        Ok(())
    }

    fn explain<T>(&self, result: std::result::Result<T, Fault>) -> Result<T> {
        explain(self.place.path(), result)
    }

    /// Does `work` in one transaction that is synced when this returns. It holds the write lock
    /// from its start: a transaction that only takes it when it first writes can fail in the middle
    /// because another was quicker.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> std::result::Result<T, Fault>,
    ) -> Result<T> {
        // Before, so that nothing is written where nobody will find it; and after, so that "saved"
        // is true.
        let result = self.check_identity().and_then(|()| {
            let value = transaction::transaction(&mut self.conn, work)?;
            self.check_identity()?;
            Ok(value)
        });
        explain(self.place.path(), result)
    }
}

/// Whether this process has the file at `path` open as a dataset.
pub(super) fn is_open(path: &Path) -> bool {
    descriptors::is_held(path)
}

/// Whether these bytes are the beginning of a dataset.
pub(super) fn is_header(header: &[u8]) -> bool {
    file_identity::is_header(header)
}

fn is_same_place(place: &Place, path: &Path) -> bool {
    matches!(place, Place::File(own) if super::is_same_file(own, path))
}

fn explain<T>(path: &Path, result: std::result::Result<T, Fault>) -> Result<T> {
    result.map_err(|fault| fault.explain(path))
}
