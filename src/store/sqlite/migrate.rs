//! Bringing a dataset's tables up to date: numbered SQL files, only ever added to.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fault;
use super::{backup, log, transaction};

/// One step from a format to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Migration {
    pub(super) name: &'static str,
    pub(super) sql: &'static str,
}

/// All of them; the format is how many were applied.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_dataset",
        sql: include_str!("../../../assets/migrations/sqlite/0001_dataset.sql"),
    },
    Migration {
        name: "0002_lists",
        sql: include_str!("../../../assets/migrations/sqlite/0002_lists.sql"),
    },
    Migration {
        name: "0003_outcome",
        sql: include_str!("../../../assets/migrations/sqlite/0003_outcome.sql"),
    },
    Migration {
        name: "0004_models",
        sql: include_str!("../../../assets/migrations/sqlite/0004_models.sql"),
    },
    Migration {
        name: "0005_log_stamp",
        sql: include_str!("../../../assets/migrations/sqlite/0005_log_stamp.sql"),
    },
    Migration {
        name: "0006_started_from",
        sql: include_str!("../../../assets/migrations/sqlite/0006_started_from.sql"),
    },
    Migration {
        name: "0007_open_remarks",
        sql: include_str!("../../../assets/migrations/sqlite/0007_open_remarks.sql"),
    },
    Migration {
        name: "0008_projected",
        sql: include_str!("../../../assets/migrations/sqlite/0008_projected.sql"),
    },
    Migration {
        name: "0009_adjudication",
        sql: include_str!("../../../assets/migrations/sqlite/0009_adjudication.sql"),
    },
];

/// The format of the file: how many migrations it has seen.
pub(super) fn format(conn: &Connection) -> Result<i64, Fault> {
    Ok(conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// The migration that makes the table of the log's stamp.
const STAMPED: i64 = 5;

/// Applies what is missing, a transaction each. A dataset that holds something already is copied
/// first, to `back_up`: an upgrade must never be the end of somebody's work.
pub(super) fn migrate(
    conn: &mut Connection,
    migrations: &[Migration],
    back_up: Option<&Path>,
) -> Result<(), Fault> {
    let known = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    let found = format(conn)?;
    if found > known {
        return Err(Fault::TooNew { found, known });
    }
    if found > 0 {
        check(conn, migrations, found)?;
    }
    if found == known {
        return Ok(());
    }
    if let (Some(path), true) = (back_up, found > 0) {
        backup::back_up(conn, path, backup::Existing::Replace)?;
    }
    for (migration, number) in migrations.iter().zip(1_i64..) {
        transaction::unstamped(conn, |conn| {
            // Asked again under the write lock: another program may do the same at this moment.
            if format(conn)? >= number {
                return Ok(());
            }
            conn.execute_batch(migration.sql)?;
            conn.execute_batch(
                "CREATE TABLE IF NOT EXISTS migration (
                    number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL
                ) STRICT",
            )?;
            conn.execute(
                "INSERT INTO migration (number, name, checksum) VALUES (?1, ?2, ?3)",
                params![number, migration.name, checksum(migration.sql)],
            )?;
            conn.pragma_update(None, "user_version", number)?;
            if number > STAMPED {
                // Without its stamp, the log would be refused by the next handle.
                log::count_up(conn)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Whether the first `found` migrations are those that made the file.
fn check(conn: &Connection, migrations: &[Migration], found: i64) -> Result<(), Fault> {
    for (migration, number) in migrations.iter().zip(1..=found) {
        let stored: Option<String> = conn
            .query_row(
                "SELECT checksum FROM migration WHERE number = ?1",
                [number],
                |row| row.get(0),
            )
            .optional()?;
        if stored.as_deref() != Some(checksum(migration.sql).as_str()) {
            return Err(Fault::Damaged(format!(
                "its tables are not those of format {number}"
            )));
        }
    }
    Ok(())
}

/// Line endings do not count: git may change them.
fn checksum(sql: &str) -> String {
    blake3::hash(sql.replace("\r\n", "\n").as_bytes())
        .to_hex()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Migration = Migration {
        name: "1",
        sql: "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);",
    };
    const TWO: Migration = Migration {
        name: "2",
        sql: "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1;",
    };
    const BROKEN: Migration = Migration {
        name: "2",
        sql: "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE nothing SET y = 1;",
    };

    fn y(conn: &Connection) -> Option<i64> {
        conn.query_row("SELECT y FROM a", [], |row| row.get(0)).ok()
    }

    #[test]
    fn each_migration_is_applied_once() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn, &[ONE], None).unwrap();
        migrate(&mut conn, &[ONE, TWO], None).unwrap();
        migrate(&mut conn, &[ONE, TWO], None).unwrap();
        assert_eq!(format(&conn).unwrap(), 2);
        assert_eq!(y(&conn), Some(2));
    }

    #[test]
    fn an_old_dataset_is_copied_before_it_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy");
        let mut conn = Connection::open(folder.path().join("data")).unwrap();
        migrate(&mut conn, &[ONE], Some(&copy)).unwrap();
        assert!(!copy.exists(), "there was nothing to copy");
        migrate(&mut conn, &[ONE, TWO], Some(&copy)).unwrap();
        assert_eq!(y(&conn), Some(2));
        let old = Connection::open(&copy).unwrap();
        assert_eq!(format(&old).unwrap(), 1);
        assert_eq!(y(&old), None);
        let x: i64 = old.query_row("SELECT x FROM a", [], |r| r.get(0)).unwrap();
        assert_eq!(x, 1);
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn, &[ONE], None).unwrap();
        assert!(migrate(&mut conn, &[ONE, BROKEN], None).is_err());
        assert_eq!(format(&conn).unwrap(), 1);
        migrate(&mut conn, &[ONE, TWO], None).unwrap();
        assert_eq!(y(&conn), Some(2));
    }

    #[test]
    fn a_newer_or_a_different_dataset_is_refused() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn, &[ONE, TWO], None).unwrap();
        assert!(matches!(
            migrate(&mut conn, &[ONE], None),
            Err(Fault::TooNew { found: 2, known: 1 })
        ));
        assert!(matches!(
            migrate(&mut conn, &[ONE, BROKEN], None),
            Err(Fault::Damaged(_))
        ));
    }
}
