//! Checks that a dataset's file is still the one that was opened.
//!
//! A deleted or replaced file goes on being written to by who has it open, and nobody will ever see
//! what was written.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;

use super::descriptors::{Descriptor, FileId, file_id};
use super::fault::Fault;
use super::log::{self, Stamp};
use crate::store::sidecar::with_ending;

/// `Cpyd`, at a fixed place in the file's header: by it a dataset is known from any other SQLite
/// file.
pub(super) const APPLICATION_ID: i32 = 0x4370_7964;

/// How often the file is looked at that seems to be another: a checkpoint may be under way.
const LOOKS: usize = 4;

/// What happened to a file that is no longer the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moved {
    Gone,
    Replaced,
    CutOff,
    Overwritten,
    LogGone,
}

impl Moved {
    fn words(self) -> &'static str {
        match self {
            Self::Gone => "the dataset was deleted or moved away while it was open",
            Self::Replaced => "another file was put in the place of the dataset while it was open",
            Self::CutOff => "the dataset was cut off by another program while it was open",
            Self::Overwritten => "the dataset was overwritten by another program while it was open",
            Self::LogGone => {
                "the dataset's log (the file beside it that ends in -wal) was deleted or replaced while it was open"
            }
        }
    }
}

/// What was known of the file and its log.
#[derive(Debug)]
pub(super) struct FileIdentity {
    held: Descriptor,
    log: PathBuf,
    /// The log as it is while anybody has the dataset open; `None` on file systems where there is
    /// none.
    log_id: Option<FileId>,
    stamp_page: Option<u32>,
    /// The stamp that the file itself had last. It never goes back, nor does the file ever shrink.
    stamp: RefCell<Option<Stamp>>,
    len: Cell<u64>,
}

impl FileIdentity {
    pub(super) fn new(conn: &Connection, held: Descriptor) -> Result<Self, Fault> {
        let stamp_page = log::page_of_stamp(conn)?; // opens the log, too
        let log = with_ending(held.path(), "-wal");
        let is_log = conn
            .pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0))?
            .eq_ignore_ascii_case("wal");
        let stamp = match stamp_page {
            Some(page) => log::stamp_in_file(&held, page)?,
            None => None,
        };
        Ok(Self {
            log_id: file_id(&log).ok().filter(|_| is_log),
            log,
            stamp_page,
            stamp: RefCell::new(stamp),
            len: Cell::new(held.len()?),
            held,
        })
    }

    /// The same file for another connection.
    pub(super) fn again(&self) -> Self {
        Self {
            held: self.held.again(),
            log: self.log.clone(),
            log_id: self.log_id.clone(),
            stamp_page: self.stamp_page,
            stamp: self.stamp.clone(),
            len: self.len.clone(),
        }
    }

    pub(super) fn held(&self) -> &Descriptor {
        &self.held
    }

    /// The log beside the file.
    pub(super) fn log(&self) -> &PathBuf {
        &self.log
    }

    /// Whether the file is still the one that was opened.
    pub(super) fn check(&self) -> Result<(), Fault> {
        match self.patiently() {
            None => Ok(()),
            Some(moved) => Err(Fault::Moved {
                what: moved.words().to_owned(),
                is_whole: !matches!(moved, Moved::CutOff | Moved::Overwritten),
            }),
        }
    }

    /// Whether the log may be brought into the file. It may if it was deleted: SQLite still has
    /// what was in it.
    pub(super) fn may_fold(&self) -> bool {
        match self.patiently() {
            None => true,
            Some(moved) => moved == Moved::LogGone && !self.log.exists(),
        }
    }

    fn patiently(&self) -> Option<Moved> {
        let mut left = LOOKS;
        loop {
            let moved = self.look()?;
            left -= 1;
            if left == 0 {
                return Some(moved);
            }
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    fn look(&self) -> Option<Moved> {
        match file_id(self.held.path()) {
            Err(_) => return Some(Moved::Gone),
            Ok(id) if id != *self.held.id() => return Some(Moved::Replaced),
            Ok(_) => {}
        }
        match self.held.len() {
            Ok(len) if len >= self.len.get() => self.len.set(len),
            _ => return Some(Moved::CutOff),
        }
        match self.held.read(0, 100) {
            Ok(header) if is_header(&header) => {}
            _ => return Some(Moved::Overwritten),
        }
        if let Some(page) = self.stamp_page {
            let now = log::stamp_in_file(&self.held, page).ok().flatten();
            let mut before = self.stamp.borrow_mut();
            let goes_on = match (&*before, &now) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(before), Some(now)) => {
                    now.dataset == before.dataset && now.commits >= before.commits
                }
            };
            if !goes_on {
                return Some(Moved::Overwritten);
            }
            *before = now.or_else(|| before.take());
        }
        if let Some(id) = &self.log_id
            && file_id(&self.log).ok().as_ref() != Some(id)
        {
            return Some(Moved::LogGone);
        }
        None
    }
}

/// Whether these bytes are the beginning of a dataset.
pub(super) fn is_header(header: &[u8]) -> bool {
    header.starts_with(b"SQLite format 3\0")
        && header.get(68..72) == Some(&APPLICATION_ID.to_be_bytes()[..])
}
