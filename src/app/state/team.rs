//! The team of the open dataset, and how teams are reached.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::State;
use crate::dataset::team::sync::{SyncPace, SyncStatus, TeamSync};
use crate::dataset::team::{
    Connector, PostgresConnector, ServerAddress, TeamProgress, local_folder,
};
use crate::store::ArticleKey;

/// How the window reaches teams.
#[derive(Clone)]
pub struct TeamAccess {
    /// The folder of members' files; `None` where the system has no place for them.
    pub folder: Option<PathBuf>,
    /// Makes the connections.
    pub connector: Arc<dyn Connector>,
    /// How often files are exchanged. How many articles are taken ahead is a setting.
    pub pace: SyncPace,
}

impl Default for TeamAccess {
    fn default() -> Self {
        Self {
            folder: local_folder(),
            connector: Arc::new(PostgresConnector),
            pace: SyncPace::default(),
        }
    }
}

/// The team that the open dataset is exchanged with.
pub struct TeamFile {
    /// The address, without a password.
    pub address: ServerAddress,
    /// The login, which is the annotator.
    pub member: String,
    /// The thread that exchanges the file.
    pub sync: TeamSync,
    /// What is known of the exchange.
    pub status: SyncStatus,
    /// How far the team is, once it was asked for; or why this is not known.
    pub progress: Option<Result<Box<TeamProgress>, String>>,
    /// Whether that was asked for and has not come.
    pub is_progress_asked: bool,
    /// Articles that hold the changes of two files since the window last loaded them.
    pub merged: BTreeSet<ArticleKey>,
    /// Whether the next article is to be opened as soon as one comes.
    pub awaits_next: bool,
    /// Whether a password is to be asked for if there is none.
    pub asks_password: bool,
    /// The last attempt to send before the dataset goes.
    pub parting: Option<Parting>,
}

impl TeamFile {
    /// How many saved edits the team does not have, as far as is known: at least one while the
    /// exchange has not looked at the newest ones.
    #[must_use]
    pub fn waiting(&self) -> usize {
        match self.sync.is_newest(&self.status) {
            true => self.status.waiting,
            false => self.status.waiting.max(1),
        }
    }
}

/// The last attempt to send before a dataset goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// It is under way, since then.
    Sending(Instant),
    /// It is over; what waits is in the file.
    Over,
    /// The person knows what waits, and leaves.
    Accepted,
}

/// A password that is being typed. It is not printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What is typed to sign in to a team.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInForm {
    /// The address: `postgres://NAME@HOST/DATABASE`.
    pub address: String,
    /// The password; empty for the one that is kept elsewhere.
    pub password: Secret,
    /// The path of the root certificate; empty for that of the address, or the default one.
    pub root_certificate: String,
    /// Whether the open dataset is signed in to: then the address is fixed.
    pub is_open: bool,
    /// Why the last attempt failed.
    pub why: Option<String>,
}

/// What concerns the team of the open dataset, or another one.
#[derive(Debug)]
pub enum TeamMessage {
    /// Open the file of a member, by an address.
    Open(String),
    /// Sign in with what was typed.
    SignIn(Box<SignInForm>),
    /// Fetch how far the team is.
    WantProgress,
    /// Leave although work waits; it is safe in the file.
    LeaveAnyway,
}

impl SignInForm {
    /// Parses the address, with the root certificate that was typed.
    ///
    /// # Errors
    /// If it is no address; in words.
    pub fn parse(&self) -> Result<ServerAddress, String> {
        let mut address = ServerAddress::parse(self.address.trim()).map_err(|e| e.to_string())?;
        let root = self.root_certificate.trim();
        if !root.is_empty() {
            address.root_certificate = Some(PathBuf::from(root));
        }
        Ok(address)
    }
}

impl State {
    /// The team that the open dataset is exchanged with.
    #[must_use]
    pub fn team(&self) -> Option<&TeamFile> {
        self.dataset.as_ref()?.team.as_ref()
    }
}
