//! The errors of a store.

use std::path::PathBuf;

use super::{ArticleKey, Location, Revision};

/// Why a call failed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another program or annotator committed first.
    #[error("the annotation was changed by another program (it is at revision {}, not {})", found.0, expected.0)]
    Conflict {
        /// The revision that the caller expected.
        expected: Revision,
        /// The stored revision.
        found: Revision,
    },
    /// There is no such article.
    #[error("there is no article number {0} in the dataset")]
    NoSuchArticle(ArticleKey),
    /// The file is not a Copydesk dataset.
    #[error("not a Copydesk dataset: {reason}: {}", path.display())]
    NotADataset {
        /// What is wrong.
        reason: String,
        /// Which file.
        path: PathBuf,
    },
    /// A newer Copydesk wrote it.
    #[error("the dataset was written by a newer Copydesk (format {found}, this one reads up to {known}): {}\nhint: update Copydesk", path.display())]
    TooNew {
        /// The format of the file.
        found: i64,
        /// The newest known format.
        known: i64,
        /// Which file.
        path: PathBuf,
    },
    /// The disk is full.
    #[error("the disk is full: {}\nhint: free some space and try again", path.display())]
    DiskFull {
        /// Which file.
        path: PathBuf,
    },
    /// The file or its folder cannot be written.
    #[error("the dataset is read-only: {}\nhint: check the permissions of the file and its folder", path.display())]
    ReadOnly {
        /// Which file.
        path: PathBuf,
    },
    /// Another program locked the dataset for too long.
    #[error("another program is using the dataset: {}\nhint: try again", path.display())]
    Busy {
        /// Which file.
        path: PathBuf,
    },
    /// The stored data are damaged.
    #[error("damaged data in the dataset ({what}): {}", path.display())]
    Damaged {
        /// What is damaged.
        what: String,
        /// Which file.
        path: PathBuf,
    },
    /// A file of an earlier dataset is beside the name of a new one.
    #[error("cannot make a dataset here: {} was left by an earlier dataset of this name, and would be taken for a part of the new one: {}\n\
             hint: if that dataset was moved, move this file to it: it may hold edits that are nowhere else. Otherwise remove it", left.display(), path.display())]
    LeftBehind {
        /// The file that was left.
        left: PathBuf,
        /// Which dataset.
        path: PathBuf,
    },
    /// The log beside a dataset is not its own.
    #[error("{} does not belong to the dataset beside it: {reason}; neither was changed: {}\n\
             hint: was the dataset replaced by a copy, or moved here without its log? Move the log away to open the file as it is, or put back the file that it belongs to", log.display(), path.display())]
    StrangeLog {
        /// The log.
        log: PathBuf,
        /// By what that is known.
        reason: String,
        /// Which dataset.
        path: PathBuf,
    },
    /// The file was deleted, replaced or overwritten while it was open.
    #[error("{what}: {}", path.display())]
    Moved {
        /// What happened to it.
        what: String,
        /// Whether this handle still has what was in it, so that it can be copied.
        is_whole: bool,
        /// Which file.
        path: PathBuf,
    },
    /// The caller stopped it, or nobody waits for the answer any more.
    #[error("stopped; nothing was changed")]
    Stopped,
    /// Another error of the database or the system.
    #[error("{message}: {}", path.display())]
    Other {
        /// The message.
        message: String,
        /// Which file.
        path: PathBuf,
    },
}

impl StoreError {
    /// Returns the dataset that the error is about, unless the caller knows it anyway: a conflict, an
    /// unknown article or a stopped call is about the dataset that was asked.
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        match self {
            Self::Conflict { .. } | Self::NoSuchArticle(_) | Self::Stopped => None,
            Self::NotADataset { path, .. }
            | Self::TooNew { path, .. }
            | Self::DiskFull { path }
            | Self::ReadOnly { path }
            | Self::Busy { path }
            | Self::Damaged { path, .. }
            | Self::LeftBehind { path, .. }
            | Self::StrangeLog { path, .. }
            | Self::Moved { path, .. }
            | Self::Other { path, .. } => Some(Location::file(path)),
        }
    }

    /// Whether the same call may succeed later: the disk may get room, and other programs finish.
    #[must_use]
    pub fn can_retry(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::DiskFull { .. })
    }
}

/// The outcome of a store call.
pub type Result<T> = std::result::Result<T, StoreError>;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn an_error_says_which_dataset_and_whether_to_try_again() {
        let path = Path::new("/news/a.copydesk");
        let busy = StoreError::Busy { path: path.into() };
        assert_eq!(busy.location(), Some(Location::file(path)));
        assert!(busy.to_string().contains("/news/a.copydesk"), "{busy}");
        assert!(busy.can_retry());
        assert!(StoreError::DiskFull { path: path.into() }.can_retry());
        let read_only = StoreError::ReadOnly { path: path.into() };
        assert!(!read_only.can_retry() && read_only.location().is_some());
        let missing = StoreError::NoSuchArticle(ArticleKey(3));
        assert!(!missing.can_retry() && missing.location().is_none());
    }
}
