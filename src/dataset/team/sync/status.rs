//! What is known of the exchange with the team.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::store::ArticleKey;

/// What is known of the exchange with the team.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncStatus {
    /// The connection.
    pub line: Line,
    /// Edits on disk that the server does not have yet.
    pub waiting: usize,
    /// How many saves in the file these count; see
    /// [`TeamSync::is_newest`](super::TeamSync::is_newest).
    pub counted_saves: u64,
    /// The other members who are connected now, by name.
    pub here: Vec<String>,
    /// Articles that are the member's and not finished.
    pub open: usize,
    /// Articles that are finished, those beyond the number that counts among them, and those of which
    /// the team does not know yet.
    pub finished: usize,
    /// Whether the server has no further article for this member.
    pub nothing_left: bool,
    /// Whether no further articles are taken until somebody asks for them, because some were given
    /// back.
    pub is_paused: bool,
    /// The roles of the login; empty while they are not known.
    pub roles: Vec<String>,
    /// Whether the server was restored from a backup, and everything was sent again.
    pub was_restored: bool,
    /// Whether the team has other labels or guidelines than the file: they come when the file is
    /// opened the next time.
    pub labels_changed: bool,
    /// How each article is with the team.
    pub standings: Arc<BTreeMap<ArticleKey, Standing>>,
}

impl SyncStatus {
    /// Whether the login has this role.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|one| one == role)
    }

    /// The articles that are no longer the member's, although they are not finished.
    pub fn given_back(&self) -> impl Iterator<Item = ArticleKey> {
        let given_back = self.standings.iter();
        let given_back = given_back.filter(|(_, one)| **one == Standing::GivenBack);
        given_back.map(|(key, _)| *key)
    }

    /// The articles whose work the team does not have and will not get without somebody's help.
    #[must_use]
    pub fn problems(&self) -> Vec<ArticleKey> {
        let problems = self.standings.iter().filter(|(_, one)| one.is_problem());
        problems.map(|(key, _)| *key).collect()
    }
}

/// The connection to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Line {
    /// The first attempt is under way.
    #[default]
    Connecting,
    /// The last call succeeded.
    Connected,
    /// The server cannot be reached; it is tried again.
    Offline {
        /// Why, for people.
        why: String,
    },
    /// A password is needed, or another one.
    SignIn {
        /// What the server said; `None` if there was no password yet.
        why: Option<String>,
    },
    /// The server cannot be used as it is.
    Refused {
        /// Why, for people.
        why: String,
    },
    /// Another program exchanges the file with the team.
    Elsewhere,
}

/// How an article of the file is with the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the member's, until the time in milliseconds since 1970 by the server's clock; 0 while
    /// that is not known.
    Open {
        /// See [`Standing::Open`].
        until_ms: i64,
    },
    /// Finished, and one of those that count.
    Done,
    /// Skipped; somebody else gets it.
    Skipped,
    /// Kept beyond the number that counts.
    Extra,
    /// Kept, but the article was closed before.
    Late,
    /// No longer the member's: given back, or its lease ran out.
    GivenBack,
    /// The member changed it from another file, too, which sent first.
    Conflict,
    /// The server does not accept the work; why.
    NotAccepted(String),
}

impl Standing {
    /// Whether the team does not have the work and will not get it by itself.
    #[must_use]
    pub fn is_problem(&self) -> bool {
        matches!(self, Self::Conflict | Self::NotAccepted(_))
    }
}
