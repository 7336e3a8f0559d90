//! The stream of changes.

use crate::store::{Change, ChangeSeq, Result};

/// Numbers the changes of a dataset in the order of commits, without gaps.
pub trait ChangeStore {
    /// Returns the newest position in the stream of changes.
    ///
    /// # Errors
    /// If it cannot be read.
    fn change_seq(&self) -> Result<ChangeSeq>;

    /// Returns at most 10,000 changes after `since` by anybody, oldest first. An added article is a
    /// change with an empty annotator.
    ///
    /// # Errors
    /// If it cannot be read.
    fn changes_since(&self, since: ChangeSeq) -> Result<Vec<Change>>;

    /// Returns a number that changes only when another handle writes something, including the
    /// schema and settings. It is a cheap check before [`changes_since`](Self::changes_since).
    ///
    /// # Errors
    /// If it cannot be read.
    fn data_version(&self) -> Result<i64> {
        self.change_seq().map(|seq| seq.0)
    }
}
