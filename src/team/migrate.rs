//! How a team dataset is made and brought up to date. Only the owner of the database
//! does that.

use super::connection::{Server, params};
use super::format::{FORMAT, MIGRATIONS};
use super::{Result, TeamError};

impl Server {
    /// Returns the format of the dataset in the database; `None` if there is none.
    ///
    /// # Errors
    /// If the server cannot be asked.
    pub fn format(&self) -> Result<Option<i64>> {
        let sql = "SELECT to_regclass('copydesk.migration') IS NOT NULL";
        let rows = match self.query(sql, Vec::new()) {
            // Who may not look into the schema is not told what is in it.
            Err(TeamError::Denied { .. }) => return Ok(None),
            rows => rows?,
        };
        let is_there: bool = self.get(rows.first(), 0)?;
        if !is_there {
            return Ok(None);
        }
        let rows = self.query("SELECT max(version) FROM copydesk.migration", Vec::new())?;
        self.get(rows.first(), 0)
    }
}

/// Makes the schema of a team dataset, or brings it up to date, in one transaction. Returns the
/// format that it had.
///
/// # Errors
/// [`TeamError::TooNew`], or if the login may not do it; then nothing has changed.
pub fn migrate(server: &Server) -> Result<i64> {
    let found = server.format()?.unwrap_or(0);
    if found > FORMAT {
        return Err(TeamError::TooNew {
            location: server.location().clone(),
            found,
            known: FORMAT,
        });
    }
    let mut sql = String::from(
        "BEGIN; \
         SELECT pg_advisory_xact_lock(hashtext('copydesk migration')); \
         CREATE SCHEMA IF NOT EXISTS copydesk; \
         SET LOCAL search_path = copydesk, pg_temp; \
         CREATE TABLE IF NOT EXISTS migration (version bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp());\n",
    );
    for (version, migration) in (1..).zip(MIGRATIONS).skip(found as usize) {
        // The key makes a second owner's attempt fail, and with it all of the transaction.
        sql.push_str(&format!(
            "INSERT INTO migration (version) VALUES ({version});\n{migration}\n"
        ));
    }
    sql.push_str(
        "GRANT SELECT ON migration TO copydesk_annotator, copydesk_adjudicator, copydesk_manager; COMMIT;",
    );
    let made = server.execute(sql);
    if made.is_err() {
        // The connection may be inside the transaction that failed.
        let _ = server.execute("ROLLBACK");
    }
    made?;
    Ok(found)
}

/// Starts a new epoch after a backup was restored: clients send their work again for this long.
pub(super) fn start_epoch(server: &Server, days: i32) -> Result<()> {
    server.query(
        "UPDATE copydesk.dataset SET epoch = gen_random_uuid(), resend_until = clock_timestamp() + make_interval(days => $1)",
        params![days],
    )?;
    server.query(
        "SELECT copydesk.record_act('restore', 'backup', '', epoch::text) FROM copydesk.dataset",
        Vec::new(),
    )?;
    Ok(())
}
