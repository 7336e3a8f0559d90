//! One program at a time exchanges the work of a pack with the team: two would write over each
//! other's notes of what was sent.

use std::fs::{File, OpenOptions, TryLockError};

use anyhow::{Result, bail};

/// Held while a pack is synchronised. The system releases it when the program ends, however it ends.
pub(super) struct SyncLock {
    /// `None` where the system cannot lock.
    _file: Option<File>,
}

impl SyncLock {
    /// Takes the lock of a pack; `None` if another program has it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the place must be the same for all programs of a user, and outlive them"
    )]
    pub(super) fn try_take(pack: &str) -> Option<Self> {
        let name: String = pack.chars().filter(|c| c.is_ascii_hexdigit()).collect();
        let path = std::env::temp_dir().join(format!("copydesk-sync-{name}.lock"));
        let opened = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path);
        let Ok(file) = opened else {
            return Some(Self { _file: None });
        };
        match file.try_lock() {
            Ok(()) => Some(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(_)) => Some(Self { _file: None }),
        }
    }

    /// Takes the lock of a pack.
    ///
    /// # Errors
    /// If another program has it.
    pub(super) fn take(pack: &str) -> Result<Self> {
        match Self::try_take(pack) {
            Some(lock) => Ok(lock),
            None => bail!(
                "another program is sending the work in this file\nhint: a window that has the file open sends by itself; close it to use the command"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_is_synchronised_by_one_program_at_a_time() {
        let pack = format!("0000-{}", std::process::id());
        let lock = SyncLock::take(&pack).unwrap();
        assert!(SyncLock::try_take(&pack).is_none());
        assert!(SyncLock::try_take("0000-ffff").is_some(), "another pack");
        drop(lock);
        assert!(SyncLock::try_take(&pack).is_some());
    }
}
