//! Where a server is, as it may be shown.

use std::fmt;

/// A server and database as messages, logs and titles show them: neither login nor password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location(String);

impl Location {
    /// Names a database of a server.
    pub(super) fn new(host: &str, port: u16, database: &str) -> Self {
        Self(format!("{host}:{port}/{database}"))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
