//! Closing a dataset, so that it is one file again.
//!
//! SQLite brings the log into the file when the last connection closes, but not if that one only
//! reads, and not if two close at the same moment. So a connection that writes brings it in before
//! it closes, and looks afterwards.

use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::file_identity::FileIdentity;
use super::{SqliteStore, open};

/// The time that closing waits for readers.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often a log is brought in that is still there. Who else has the dataset open will do it.
const TRIES: usize = 3;

/// The file of a connection.
#[derive(Debug)]
pub(super) struct OpenFile {
    pub(super) identity: FileIdentity,
    pub(super) writes: bool,
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        let Some(file) = &self.file else { return };
        if !file.writes {
            return;
        }
        if file.identity.may_fold() {
            fold(&self.conn);
        } else {
            // The log at this name may be that of another file by now.
            let _as_good_as_it_goes = self
                .conn
                .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        }
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        if !self.writes || !self.identity.held().is_alone() {
            return;
        }
        for _ in 0..TRIES {
            if !self.identity.log().exists() || !self.identity.may_fold() {
                return;
            }
            if let Ok(conn) = open::connect(self.identity.held(), None) {
                fold(&conn);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Brings the log into the file, as far as nobody reads from it. What cannot be done now is done at
/// the next opening.
fn fold(conn: &Connection) {
    let _as_good_as_it_goes = conn
        .busy_timeout(PATIENCE)
        .and_then(|()| conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
}
