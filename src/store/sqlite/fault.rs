//! The errors inside the store, and their translation for people.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::store::StoreError;
use crate::store::codec::CodecError;

/// An error inside the store, before the path of the file is added.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(rusqlite::Error),
    Codec(CodecError),
    /// The disk or the system, outside SQLite.
    Io(io::Error),
    NotADataset(String),
    TooNew {
        found: i64,
        known: i64,
    },
    Damaged(String),
    ReadOnly,
    /// A file beside the name of a new dataset, which SQLite would take for that dataset's.
    LeftBehind(PathBuf),
    /// A log beside the dataset that is not its own.
    StrangeLog {
        log: PathBuf,
        reason: String,
    },
    /// The file is no longer the one that was opened.
    Moved {
        what: String,
        is_whole: bool,
    },
    Other(String),
    /// Said already.
    Store(StoreError),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<CodecError> for Fault {
    fn from(error: CodecError) -> Self {
        Self::Codec(error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Fault {
    /// The error for people, of the dataset at `path`.
    pub(super) fn explain(self, path: &Path) -> StoreError {
        let path = path.to_path_buf();
        match self {
            Self::Store(error) => error,
            Self::NotADataset(reason) => StoreError::NotADataset { reason, path },
            Self::TooNew { found, known } => StoreError::TooNew { found, known, path },
            Self::Damaged(what) => StoreError::Damaged { what, path },
            Self::Codec(error) => StoreError::Damaged {
                what: error.to_string(),
                path,
            },
            Self::ReadOnly => StoreError::ReadOnly { path },
            Self::LeftBehind(left) => StoreError::LeftBehind { left, path },
            Self::StrangeLog { log, reason } => StoreError::StrangeLog { log, reason, path },
            Self::Moved { what, is_whole } => StoreError::Moved {
                what,
                is_whole,
                path,
            },
            Self::Other(message) => StoreError::Other { message, path },
            Self::Io(error) => explain_io(&error, path),
            Self::Sql(error) => explain_sql(&error, path),
        }
    }
}

fn explain_io(error: &io::Error, path: PathBuf) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull { path },
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly { path }
        }
        io::ErrorKind::NotFound => StoreError::Other {
            message: "there is no such file or folder".to_owned(),
            path,
        },
        io::ErrorKind::AlreadyExists => StoreError::Other {
            message: "there is a file of that name already".to_owned(),
            path,
        },
        _ => StoreError::Other {
            message: error.to_string(),
            path,
        },
    }
}

fn explain_sql(error: &rusqlite::Error, path: PathBuf) -> StoreError {
    let message = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => StoreError::Stopped,
        Some(ErrorCode::DiskFull) => StoreError::DiskFull { path },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly { path },
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::FileLockingProtocolFailed,
        ) => StoreError::Busy { path },
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged {
            what: message,
            path,
        },
        Some(ErrorCode::NotADatabase) => StoreError::NotADataset {
            reason: "it is not an SQLite file".to_owned(),
            path,
        },
        Some(ErrorCode::CannotOpen) => StoreError::Other {
            message: "the file or what SQLite keeps beside it cannot be opened".to_owned(),
            path,
        },
        Some(ErrorCode::SystemIoFailure) => StoreError::Other {
            message: format!("the disk reports an error ({message})"),
            path,
        },
        Some(ErrorCode::TooBig) => StoreError::Other {
            message: "a text is too long to be stored".to_owned(),
            path,
        },
        // A missing table, a column of another type: not the file that we wrote.
        Some(ErrorCode::Unknown) | None => StoreError::Damaged {
            what: message,
            path,
        },
        Some(_) => StoreError::Other { message, path },
    }
}
