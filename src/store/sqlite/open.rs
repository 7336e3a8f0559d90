//! Connections: how a dataset is made, known, opened, configured and copied.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::backup::left_beside;
use super::descriptors::{Descriptor, file_id};
use super::fault::Fault;
use super::file_identity::APPLICATION_ID;
use super::file_identity::FileIdentity;
use super::migrate::{self, MIGRATIONS};
use super::transaction::transaction;
use super::{Place, SqliteStore, log, work};
use crate::model::Schema;
use crate::store::atomic;
use crate::store::sidecar::with_ending;

/// Older ones can lose commits when two programs have one file open
/// (sqlite.org/wal.html#walresetbug).
const OLDEST_SAFE_SQLITE: i32 = 3_051_003;

/// The time that a writer waits for another program: longer than one batch of an import.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes a page. A fifth quicker to import than SQLite's 4096, since a text takes fewer overflow
/// pages.
const PAGE_SIZE: i64 = 16_384;

/// Pages in the write-ahead log after which it is brought into the dataset: 4 MiB, as SQLite has it
/// for its own page size. A longer one would make the start after a crash slower.
const LOG_PAGES: i64 = 256;

/// After a large import, the write-ahead log is cut back to this many bytes.
const LOG_LIMIT: i64 = 64 << 20;

/// The setting by which a dataset knows whether it is where it was made; see [`home_of`].
const HOME: &str = "home";

pub(super) fn create(path: &Path, schema: &Schema) -> Result<SqliteStore, Fault> {
    check_sqlite()?;
    if path.try_exists()? {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
    }
    if let Some(left) = left_beside(path)?.first() {
        return Err(Fault::LeftBehind(left.clone()));
    }
    // Built beside its place and renamed: killed half-way, there is no half dataset of that name.
    let mut temp = atomic::Beside::new(path)?;
    let new = temp.part("new");
    File::create_new(&new)?; // with the permissions of any new file
    let mut conn = Connection::open(&new)?;
    begin(&mut conn, schema)?;
    conn.close().map_err(|(_, error)| error)?;
    File::open(&new)?.sync_all()?;
    tempfile::TempPath::try_from_path(new)?
        .persist_noclobber(path)
        .map_err(|error| error.error)?;
    atomic::sync_folder(path)?;
    drop(temp);
    let mut store = open(path)?;
    store.set_home()?;
    Ok(store)
}

/// Removes what an earlier dataset of this name left beside it; gives what that was.
pub(super) fn remove_left(path: &Path) -> Result<Vec<PathBuf>, Fault> {
    if path.try_exists()? {
        return Ok(Vec::new());
    }
    let left = left_beside(path)?;
    for file in &left {
        fs::remove_file(file)?;
    }
    left_beside(path)?; // and the index
    Ok(left)
}

/// By which a dataset is known to be in the place where it was made: a file that was copied,
/// unpacked or received has another path or another number. The path itself is not kept, since
/// datasets are sent to others.
fn home_of(path: &Path) -> Result<String, Fault> {
    let whole = fs::canonicalize(path)?;
    let id = format!("{} {:?}", whole.display(), file_id(path)?);
    Ok(blake3::hash(id.as_bytes()).to_hex().to_string())
}

impl SqliteStore {
    /// Whether the dataset is where it was made, or was settled since.
    pub(super) fn at_home(&self) -> Result<bool, Fault> {
        match &self.place {
            Place::Memory(_) => Ok(true),
            Place::File(path) => Ok(work::setting(&self.conn, HOME)? == Some(home_of(path)?)),
        }
    }

    pub(super) fn set_home(&mut self) -> Result<(), Fault> {
        if let Place::File(path) = &self.place {
            let home = home_of(path)?;
            transaction(&mut self.conn, |conn| {
                work::set_setting(conn, HOME, Some(&home))
            })?;
        }
        Ok(())
    }
}

pub(super) fn in_memory(schema: &Schema) -> Result<SqliteStore, Fault> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    check_sqlite()?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("file:/copydesk-{number}?vfs=memdb");
    let mut conn = Connection::open(&name)?;
    guard(&conn)?;
    begin(&mut conn, schema)?;
    Ok(SqliteStore::over(conn, Place::Memory(name), None))
}

/// Creates the tables of a dataset in an empty database.
fn begin(conn: &mut Connection, schema: &Schema) -> Result<(), Fault> {
    conn.pragma_update(None, "page_size", PAGE_SIZE)?; // only counts before the first table
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    migrate::migrate(conn, MIGRATIONS, None)?;
    transaction(conn, |conn| {
        super::search::tune(conn)?;
        work::set_schema(conn, schema)
    })
}

pub(super) fn open(path: &Path) -> Result<SqliteStore, Fault> {
    open_through(path, None)
}

/// `vfs`: SQLite's way to the system, if not its own choice; tests have one without shared memory.
fn open_through(path: &Path, vfs: Option<&str>) -> Result<SqliteStore, Fault> {
    let _span = tracing::info_span!("open dataset", path = %path.display()).entered();
    check_sqlite()?;
    atomic::clear_left_over(path);
    let held = Descriptor::new(path)?;
    check_header(&held)?;
    let mut conn = connect(&held, vfs)?;
    let mut copy = path.as_os_str().to_owned();
    let found = migrate::format(&conn)?;
    copy.push(format!(".format-{found}.backup"));
    let copy = PathBuf::from(copy);
    migrate::migrate(&mut conn, MIGRATIONS, Some(&copy))?;
    let is_upgraded = found > 0 && migrate::format(&conn)? > found;
    let identity = FileIdentity::new(&conn, held)?;
    let place = Place::File(path.to_path_buf());
    let mut store = SqliteStore::over(conn, place, Some((identity, true)));
    store.earlier = is_upgraded.then_some(copy);
    Ok(store)
}

pub(super) fn connect(held: &Descriptor, vfs: Option<&str>) -> Result<Connection, Fault> {
    let path = held.path();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = match vfs {
        None => Connection::open_with_flags(path, flags)?,
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs)?,
    };
    guard(&conn)?;
    if conn.is_readonly("main")? {
        return Err(Fault::ReadOnly);
    }
    check_log(&conn, held)?;
    make_durable(&conn)?;
    Ok(conn)
}

/// How often a log is looked at that seems not to belong to its file: another program may be at
/// work on both.
const LOOKS: usize = 5;

/// Refuses a log or a journal beside the file that is not its own, and leaves both as they are.
fn check_log(conn: &Connection, held: &Descriptor) -> Result<(), Fault> {
    check_journal(held)?;
    let log = with_ending(held.path(), "-wal");
    let is_empty = || fs::metadata(&log).map_or(true, |log| log.len() == 0);
    if is_empty() {
        return Ok(());
    }
    // Closing would write the log into the file.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let mut left = LOOKS;
    loop {
        let found = match log::mismatch(conn, held, &log) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None, // it was folded in meanwhile
            found => found?,
        };
        left -= 1;
        match found {
            None => break,
            Some(reason) if left == 0 => {
                return Err(Fault::StrangeLog {
                    log,
                    reason: reason.to_owned(),
                });
            }
            Some(_) => std::thread::sleep(Duration::from_millis(30)),
        }
    }
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(())
}

/// Refuses a rollback journal that was written for another file. Datasets have one only on file
/// systems without shared memory. <https://sqlite.org/fileformat2.html#the_rollback_journal>
fn check_journal(held: &Descriptor) -> Result<(), Fault> {
    let path = with_ending(held.path(), "-journal");
    let Ok(bytes) = fs::metadata(&path).map(|journal| journal.len()) else {
        return Ok(());
    };
    let mut journal = [0; 28];
    if bytes < 28 || io::Read::read_exact(&mut File::open(&path)?, &mut journal).is_err() {
        return Ok(());
    }
    let word = |bytes: &[u8], at: usize| -> u32 {
        let word = bytes.get(at..at + 4).and_then(|word| word.try_into().ok());
        u32::from_be_bytes(word.unwrap_or_default())
    };
    if !journal.starts_with(&[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]) {
        return Ok(()); // finished with: SQLite does not use it either
    }
    let header = held.read(0, 100)?;
    let size = match header.get(16..18) {
        Some([0, 1]) => 65_536,
        Some([high, low]) => u32::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    };
    let reason = if word(&journal, 24) != size {
        "its pages have another size"
    } else if header.get(18) == Some(&2) && word(&journal, 16) != word(&header, 28) {
        "it is that of another file"
    } else {
        return Ok(());
    };
    Err(Fault::StrangeLog {
        log: path,
        reason: reason.to_owned(),
    })
}

pub(super) fn open_read_only(path: &Path) -> Result<SqliteStore, Fault> {
    let _span = tracing::info_span!("open dataset to read", path = %path.display()).entered();
    check_sqlite()?;
    let held = Descriptor::new(path)?;
    check_header(&held)?;
    let place = Place::File(path.to_path_buf());
    let conn = reader(&place)?;
    check_log(&conn, &held)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    match migrate::format(&conn)? {
        found if found > known => Err(Fault::TooNew { found, known }),
        found if found < known => Err(Fault::Other(
            "an older Copydesk made this dataset; open it for writing once to bring it up to date"
                .to_owned(),
        )),
        _ => {
            let identity = FileIdentity::new(&conn, held)?;
            Ok(SqliteStore::over(conn, place, Some((identity, false))))
        }
    }
}

/// A further connection that writes to a dataset that is open already.
pub(super) fn writer(place: &Place) -> Result<Connection, Fault> {
    match place {
        Place::Memory(name) => {
            let conn = Connection::open(name)?;
            guard(&conn)?;
            Ok(conn)
        }
        Place::File(path) => connect(&Descriptor::new(path)?, None),
    }
}

/// A connection that reads, and leaves everything as it is.
pub(super) fn reader(place: &Place) -> Result<Connection, Fault> {
    let conn = match place {
        Place::Memory(name) => Connection::open(name)?,
        Place::File(path) => {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let conn = Connection::open_with_flags(path, flags)?;
            guard(&conn)?;
            let readable = migrate::format(&conn).is_ok();
            if readable || !rests(path) {
                conn
            } else {
                // SQLite wants to write its index of the log beside the file even to read. Where it
                // must not, and no log is left to be read, the file alone is the whole dataset.
                let flags = flags | OpenFlags::SQLITE_OPEN_URI;
                Connection::open_with_flags(immutable_uri(path), flags)?
            }
        }
    };
    guard(&conn)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

/// Whether nothing waits in a log beside the file.
fn rests(path: &Path) -> bool {
    fs::metadata(with_ending(path, "-wal")).map_or(true, |log| log.len() == 0)
}

fn immutable_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => uri.extend(
                [
                    b'%',
                    HEX[usize::from(byte >> 4)],
                    HEX[usize::from(byte & 15)],
                ]
                .map(char::from),
            ),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

const HEX: [u8; 16] = *b"0123456789ABCDEF";

fn check_sqlite() -> Result<(), Fault> {
    if rusqlite::version_number() < OLDEST_SAFE_SQLITE {
        return Err(Fault::Other(format!(
            "this Copydesk was built with SQLite {}, which can lose data; it needs 3.51.3 or newer",
            rusqlite::version()
        )));
    }
    Ok(())
}

/// Whether the file is a dataset, by its first 100 bytes. SQLite is not asked: for another
/// program's database it would finish that program's business.
fn check_header(held: &Descriptor) -> Result<(), Fault> {
    let no = |reason: &str| Err(Fault::NotADataset(reason.to_owned()));
    if held.path().is_dir() {
        return no("it is a folder");
    }
    let header = held.read(0, 100)?;
    if header.is_empty() {
        return no("the file is empty");
    }
    if !header.starts_with(b"SQLite format 3\0") {
        return no("it is another kind of file");
    }
    let Some(id) = header.get(68..72).and_then(|id| id.try_into().ok()) else {
        return no("the file is cut off");
    };
    if i32::from_be_bytes(id) != APPLICATION_ID {
        return no("it belongs to another program");
    }
    Ok(())
}

/// Configures a connection: a timeout, and no trust in the file.
fn guard(conn: &Connection) -> Result<(), Fault> {
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.set_prepared_statement_cache_capacity(64);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    conn.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000)?;
    conn.set_limit(Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 10)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

/// Configures a connection so that a commit is on disk when it returns.
fn make_durable(conn: &Connection) -> Result<(), Fault> {
    let mode = |wanted: &str| -> rusqlite::Result<String> {
        conn.pragma_update_and_check(None, "journal_mode", wanted, |row| row.get(0))
    };
    let found = match mode("WAL") {
        // A file that was left in WAL mode, on a file system without shared memory: only one who
        // has it alone can open it, and turn it round.
        Err(error)
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::SystemIoFailure)
                || error.sqlite_error_code() == Some(rusqlite::ErrorCode::CannotOpen) =>
        {
            conn.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            let found = mode("DELETE")?;
            conn.pragma_update(None, "locking_mode", "NORMAL")?;
            found
        }
        found => found?,
    };
    if found.eq_ignore_ascii_case("wal") {
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        conn.pragma_update(None, "journal_size_limit", LOG_LIMIT)?;
    } else {
        // EXTRA: the folder is synced too after the journal goes, or a power cut could bring it
        // back.
        mode("DELETE")?;
        conn.pragma_update(None, "synchronous", "EXTRA")?;
    }
    // macOS: to the disk, not to its cache. Elsewhere without effect.
    conn.pragma_update(None, "fullfsync", true)?;
    conn.pragma_update(None, "checkpoint_fullfsync", true)?;
    Ok(())
}

#[cfg(test)]
mod tests;
