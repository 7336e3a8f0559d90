//! What can go wrong with a server, in words.

use super::Location;

/// Why a call failed.
///
/// [`TeamError::can_retry`] says whether the same call may succeed later. A save may have reached
/// the server although its answer did not arrive; sending it again with the same id is safe.
#[derive(Debug, thiserror::Error)]
pub enum TeamError {
    /// The address cannot be read.
    #[error(
        "this is not the address of a team dataset: {what}\nhint: write it as postgres://NAME@HOST/DATABASE"
    )]
    Address {
        /// What is wrong.
        what: String,
    },
    /// The address holds a password.
    #[error(
        "a password does not belong into an address, where other programs can see it\nhint: leave it out; it is asked for, or read from PGPASSWORD or ~/.pgpass"
    )]
    PasswordInAddress,
    /// There is no password.
    #[error(
        "no password for {user} at {location}\nhint: run the command on a terminal, where it is asked for, or set PGPASSWORD, or add a line to ~/.pgpass"
    )]
    NoPassword {
        /// Who logs in.
        user: String,
        /// Where.
        location: Location,
    },
    /// The password file may be read by others.
    #[error("others may read the password file {file}, so it was not used\nhint: chmod 600 {file}")]
    OpenPasswordFile {
        /// Which file.
        file: String,
    },
    /// A file that the connection needs cannot be used.
    #[error("cannot use {file}: {reason}")]
    File {
        /// Which file.
        file: String,
        /// Why.
        reason: String,
    },
    /// There is no root certificate to check the server by.
    #[error(
        "no root certificate to check {location} by\nhint: ask the manager for the team's root certificate and add ?sslrootcert=FILE to the address, or store it as ~/.postgresql/root.crt"
    )]
    NoRootCertificate {
        /// Where.
        location: Location,
    },
    /// The server's identity could not be verified, or it has no TLS.
    #[error(
        "the connection to {location} is not safe, so it was not used: {reason}\nhint: check the host name and sslrootcert in the address; nothing was sent but the request to connect"
    )]
    NotSafe {
        /// Where.
        location: Location,
        /// Why.
        reason: String,
    },
    /// Nothing answers.
    #[error(
        "cannot reach {location}: {reason}\nhint: check the network; work in files goes on without a connection"
    )]
    Unreachable {
        /// Where.
        location: Location,
        /// Why.
        reason: String,
    },
    /// The server does not let this login in.
    #[error(
        "{location} does not let {user} in: {reason}\nhint: check the name and the password; the manager can set a new one with `copydesk team add`"
    )]
    Login {
        /// Where.
        location: Location,
        /// Who.
        user: String,
        /// The server's words.
        reason: String,
    },
    /// The login may not do this.
    #[error("{location} does not allow this: {reason}\nhint: ask a manager of the team")]
    Denied {
        /// Where.
        location: Location,
        /// The server's words.
        reason: String,
    },
    /// There is no team dataset in the database.
    #[error(
        "there is no team dataset at {location}\nhint: the owner makes one with `copydesk team init`"
    )]
    NoDataset {
        /// Where.
        location: Location,
    },
    /// A newer Copydesk made the dataset.
    #[error(
        "the team dataset at {location} has format {found}, and this Copydesk knows formats up to {known}\nhint: update Copydesk"
    )]
    TooNew {
        /// Where.
        location: Location,
        /// The format there.
        found: i64,
        /// The newest known format.
        known: i64,
    },
    /// An older Copydesk made the dataset.
    #[error(
        "the team dataset at {location} has format {found}, and this Copydesk needs format {known}\nhint: the owner makes a backup and runs `copydesk team init` with this Copydesk; until then use the older one"
    )]
    TooOld {
        /// Where.
        location: Location,
        /// The format there.
        found: i64,
        /// The needed format.
        known: i64,
    },
    /// The server could lose what it acknowledged.
    #[error(
        "{location} runs with {setting}, with which a crash loses acknowledged work, so it was not used\nhint: set it in postgresql.conf and restart the server"
    )]
    NotDurable {
        /// Where.
        location: Location,
        /// The setting and its value.
        setting: String,
    },
    /// The work was changed by another program of the same member.
    #[error(
        "the work was changed elsewhere: it is at revision {found}, not {expected}, at {location}"
    )]
    Conflict {
        /// Where.
        location: Location,
        /// The revision that the caller expected.
        expected: i64,
        /// The stored revision.
        found: i64,
    },
    /// The article was never assigned to this member.
    #[error("{location} does not accept it: {reason}")]
    NotAssigned {
        /// Where.
        location: Location,
        /// The server's words.
        reason: String,
    },
    /// The server is busy, restarts, or ended the connection; the call may be repeated.
    #[error("{location} could not do it now: {reason}\nhint: try again")]
    Busy {
        /// Where.
        location: Location,
        /// Why.
        reason: String,
    },
    /// No answer came in time; it is not known whether the call took effect.
    #[error(
        "{location} did not answer within {seconds} s\nhint: check the network and try again; repeating is safe"
    )]
    TimedOut {
        /// Where.
        location: Location,
        /// The limit.
        seconds: u64,
    },
    /// The connection broke; it is not known whether the call took effect.
    #[error("the connection to {location} was lost: {reason}\nhint: try again; repeating is safe")]
    Lost {
        /// Where.
        location: Location,
        /// Why.
        reason: String,
    },
    /// What the server has cannot be read.
    #[error("damaged data at {location}: {what}")]
    Damaged {
        /// Where.
        location: Location,
        /// What.
        what: String,
    },
    /// The caller asked for something impossible, or a program that is needed failed.
    #[error("{location}: {reason}")]
    Refused {
        /// Where.
        location: Location,
        /// Why.
        reason: String,
    },
}

/// The outcome of a call.
pub type Result<T> = std::result::Result<T, TeamError>;

impl TeamError {
    /// Whether the same call may succeed on a new connection. It is safe for all calls of this
    /// module.
    #[must_use]
    pub fn can_retry(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Busy { .. }
                | Self::TimedOut { .. }
                | Self::Lost { .. }
        )
    }

    /// Returns the server and database that the error is about, without login and password; `None`
    /// for errors in an address or in a file of this computer.
    #[must_use]
    pub fn location(&self) -> Option<&Location> {
        match self {
            Self::Address { .. }
            | Self::PasswordInAddress
            | Self::OpenPasswordFile { .. }
            | Self::File { .. } => None,
            Self::NoPassword { location, .. }
            | Self::NoRootCertificate { location }
            | Self::NotSafe { location, .. }
            | Self::Unreachable { location, .. }
            | Self::Login { location, .. }
            | Self::Denied { location, .. }
            | Self::NoDataset { location }
            | Self::TooNew { location, .. }
            | Self::TooOld { location, .. }
            | Self::NotDurable { location, .. }
            | Self::Conflict { location, .. }
            | Self::NotAssigned { location, .. }
            | Self::Busy { location, .. }
            | Self::TimedOut { location, .. }
            | Self::Lost { location, .. }
            | Self::Damaged { location, .. }
            | Self::Refused { location, .. } => Some(location),
        }
    }

    /// Translates an error of the client library.
    pub(super) fn of(error: &tokio_postgres::Error, location: &Location, user: &str) -> Self {
        let location = location.clone();
        let Some(said) = error.as_db_error() else {
            let reason = causes(error);
            return if error.is_closed() || is_io(error) {
                Self::Lost { location, reason }
            } else {
                Self::Refused { location, reason }
            };
        };
        let reason = said.message().to_owned();
        let code = said.code().code();
        match code {
            "28P01" | "28000" => Self::Login {
                location,
                user: user.to_owned(),
                reason,
            },
            "3D000" | "3F000" | "42P01" | "42883" => Self::NoDataset { location },
            "42501" => Self::Denied { location, reason },
            "CD001" => {
                let numbers = |words: &str| words.trim().parse::<i64>().ok();
                let found = said.detail().and_then(numbers).unwrap_or_default();
                let expected = reason.rsplit("not ").next().and_then(numbers);
                Self::Conflict {
                    location,
                    expected: expected.unwrap_or_default(),
                    found,
                }
            }
            "CD002" => Self::NotAssigned { location, reason },
            "53100" => Self::Busy {
                location,
                reason: format!(
                    "the disk of the server is full ({reason}); whoever runs it has to free some space"
                ),
            },
            // Serialisation, deadlock, locks, shutdown, start, connections, disk, memory, time.
            "40001" | "40P01" | "55P03" | "57P01" | "57P02" | "57P03" | "53200" | "53300"
            | "57014" | "25P03" => Self::Busy { location, reason },
            _ if code.starts_with("08") => Self::Lost { location, reason },
            _ => Self::Refused {
                location,
                reason: format!("{reason} (SQLSTATE {code})"),
            },
        }
    }
}

/// The words of an error and all its causes.
pub(super) fn causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        cause = inner.source();
    }
    words
}

fn is_io(error: &dyn std::error::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<std::io::Error>() {
            return true;
        }
        cause = inner.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_server_and_whether_to_try_again_and_no_secret() {
        let location = || Location::server("db.example.org", 5432, "gold");
        let reason = || "because".to_owned();
        let errors = [
            (
                TeamError::Unreachable {
                    location: location(),
                    reason: reason(),
                },
                true,
            ),
            (
                TeamError::Busy {
                    location: location(),
                    reason: reason(),
                },
                true,
            ),
            (
                TeamError::TimedOut {
                    location: location(),
                    seconds: 3,
                },
                true,
            ),
            (
                TeamError::Lost {
                    location: location(),
                    reason: reason(),
                },
                true,
            ),
            (
                TeamError::Login {
                    location: location(),
                    user: "ada".to_owned(),
                    reason: reason(),
                },
                false,
            ),
            (
                TeamError::Denied {
                    location: location(),
                    reason: reason(),
                },
                false,
            ),
            (
                TeamError::Conflict {
                    location: location(),
                    expected: 1,
                    found: 2,
                },
                false,
            ),
        ];
        for (error, can_retry) in errors {
            let words = error.to_string();
            assert!(words.contains("db.example.org:5432/gold"), "{words}");
            assert_eq!(error.location(), Some(&location()), "{words}");
            assert_eq!(error.can_retry(), can_retry, "{words}");
        }
        assert_eq!(TeamError::PasswordInAddress.location(), None);
        let address = crate::team::ServerAddress::parse("postgres://ada:s3cret@db/gold");
        assert!(!format!("{address:?}").contains("s3cret"));
    }
}
