//! Where a dataset is, as it may be shown.

use std::fmt;
use std::path::{Path, PathBuf};

/// A file, or a database of a server, as messages, logs and titles show it. It has neither login
/// nor password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A dataset file.
    File(PathBuf),
    /// A database of a server.
    Server {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// The database.
        database: String,
    },
}

impl Location {
    /// Names a file.
    #[must_use]
    pub fn file(path: &Path) -> Self {
        Self::File(path.to_owned())
    }

    /// Names a database of a server.
    #[must_use]
    pub fn server(host: &str, port: u16, database: &str) -> Self {
        Self::Server {
            host: host.to_owned(),
            port,
            database: database.to_owned(),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server {
                host,
                port,
                database,
            } => write!(f, "{host}:{port}/{database}"),
        }
    }
}
