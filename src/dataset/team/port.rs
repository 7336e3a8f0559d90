//! The calls of a server that a member's file needs, behind a trait, so that tests of the window
//! have a team without a server.

use std::time::Duration;

use crate::model::Schema;
use crate::team::{
    Head, Lease, MemberWork, Password, Saved, SavedAdjudication, Server, ServerAddress,
    ServerAdjudication, ServerArticle, ServerSave, TeamError, TeamProgress, TeamSchemaChange,
    find_password,
};

type Result<T> = std::result::Result<T, TeamError>;

macro_rules! port {
    ($($(#[$doc:meta])* fn $name:ident(&self $(, $arg:ident: $of:ty)*) -> $out:ty;)*) => {
        /// A connection to the server of a team. Every call may be repeated.
        #[expect(clippy::missing_errors_doc, reason = "each fails if the server cannot be asked")]
        pub trait TeamServer: Send {
            $($(#[$doc])* fn $name(&self $(, $arg: $of)*) -> $out;)*
        }

        impl TeamServer for Server {
            $(fn $name(&self $(, $arg: $of)*) -> $out {
                Server::$name(self $(, $arg)*)
            })*
        }
    };
}

port! {
    /// Returns the newest position in the stream of changes, and the roles of this login.
    fn head(&self) -> Result<Head>;
    /// Returns the labels and guidelines with their version; `None` if the dataset is still to be
    /// made.
    fn schema_with_version(&self) -> Result<Option<(Schema, i64)>>;
    /// Returns the changes of the labels after a version.
    fn schema_changes_after(&self, version: i64) -> Result<Vec<TeamSchemaChange>>;
    /// Returns the numbers of the articles after one, a page at a time.
    fn article_keys_after(&self, after: i64) -> Result<Vec<i64>>;
    /// Returns articles with their suggestions.
    fn articles(&self, keys: &[i64]) -> Result<Vec<ServerArticle>>;
    /// Returns the work on articles that this login may read; with `only_own`, its own.
    fn works(&self, articles: &[i64], only_own: bool) -> Result<Vec<MemberWork>>;
    /// Takes articles until the pack holds `wanted`, and returns all that it holds.
    fn take(&self, pack: &str, wanted: i64, lease_seconds: i64) -> Result<Vec<Lease>>;
    /// Extends the leases of a pack, and returns how many it has.
    fn renew(&self, pack: &str, lease_seconds: i64) -> Result<i64>;
    /// Gives articles of a pack back, and returns how many there were.
    fn give_back(&self, pack: &str, articles: Vec<i64>) -> Result<i64>;
    /// Sends a save.
    fn save(&self, save: &ServerSave) -> Result<Saved>;
    /// Returns the adjudicated versions of articles.
    fn adjudications(&self, articles: &[i64]) -> Result<Vec<MemberWork>>;
    /// Sends decisions of an adjudicator.
    fn save_adjudication(&self, save: &ServerAdjudication) -> Result<SavedAdjudication>;
    /// Returns how far the team is, for managers.
    fn progress(&self) -> Result<TeamProgress>;
}

/// Makes connections to the servers of teams.
pub trait Connector: Send + Sync {
    /// Connects; ordinary calls have this limit, if one is given.
    ///
    /// # Errors
    /// If the server cannot be reached, is not who the address says, or does not let the login in.
    fn connect(
        &self,
        address: &ServerAddress,
        password: &Password,
        limit: Option<Duration>,
    ) -> Result<Box<dyn TeamServer>>;

    /// Finds the password of a login where passwords are kept, without asking anybody.
    ///
    /// # Errors
    /// If there is none, or it cannot be used.
    fn password(&self, address: &ServerAddress) -> Result<Password>;
}

/// Connects to PostgreSQL.
#[derive(Clone, Copy, Debug, Default)]
pub struct PostgresConnector;

impl Connector for PostgresConnector {
    fn connect(
        &self,
        address: &ServerAddress,
        password: &Password,
        limit: Option<Duration>,
    ) -> Result<Box<dyn TeamServer>> {
        let mut server = Server::open(address, password)?;
        if let Some(limit) = limit {
            server.set_limit(limit);
        }
        Ok(Box::new(server))
    }

    fn password(&self, address: &ServerAddress) -> Result<Password> {
        find_password(address, &mut |_| None)
    }
}
