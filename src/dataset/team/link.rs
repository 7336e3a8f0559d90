//! A connection that is made again when it breaks.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::port::{Connector, PostgresConnector, TeamServer};
use crate::dataset::io::progress::CancelFlag;
use crate::team::{Password, ServerAddress, TeamError};

/// How long to wait before each further attempt, in milliseconds. They add up to ten seconds.
const WAITS_MS: [u64; 6] = [100, 300, 700, 1_500, 2_700, 4_700];

/// The address of a server with the password, and the connection while there is one.
pub struct Link {
    address: ServerAddress,
    password: Password,
    connector: Arc<dyn Connector>,
    server: Option<Box<dyn TeamServer>>,
    limit: Option<Duration>,
    repeats: bool,
}

impl Link {
    /// Prepares a connection to a team dataset.
    #[must_use]
    pub fn new(address: ServerAddress, password: Password) -> Self {
        Self::through(Arc::new(PostgresConnector), address, password)
    }

    /// Prepares a connection that this connector makes.
    #[must_use]
    pub fn through(
        connector: Arc<dyn Connector>,
        address: ServerAddress,
        password: Password,
    ) -> Self {
        Self {
            address,
            password,
            connector,
            server: None,
            limit: None,
            repeats: true,
        }
    }

    /// Returns a link whose ordinary calls have another limit.
    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Returns a link that repeats nothing: the caller tries again when it likes.
    #[must_use]
    pub fn without_repeats(mut self) -> Self {
        self.repeats = false;
        self
    }

    /// Returns the address.
    #[must_use]
    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    /// Makes a call, on a new connection if the last one broke. Repeats it while a retry can help;
    /// every call of a [`TeamServer`] may be repeated.
    ///
    /// # Errors
    /// What the call says, in the end.
    pub fn call<T>(
        &mut self,
        cancel: &CancelFlag,
        mut call: impl FnMut(&dyn TeamServer) -> Result<T, TeamError>,
    ) -> Result<T, TeamError> {
        let mut waits = WAITS_MS.into_iter().filter(|_| self.repeats);
        loop {
            let error = match try_once(
                &mut self.server,
                &*self.connector,
                (&self.address, &self.password, self.limit),
                &mut call,
            ) {
                Err(error) if error.can_retry() => error,
                outcome => return outcome,
            };
            self.server = None;
            let wait = match waits.next() {
                Some(wait) if !cancel.is_cancelled() => wait,
                _ => return Err(error),
            };
            tracing::info!(%error, wait, "trying again");
            thread::sleep(Duration::from_millis(wait));
        }
    }
}

fn try_once<T>(
    connection: &mut Option<Box<dyn TeamServer>>,
    connector: &dyn Connector,
    (address, password, limit): (&ServerAddress, &Password, Option<Duration>),
    call: &mut impl FnMut(&dyn TeamServer) -> Result<T, TeamError>,
) -> Result<T, TeamError> {
    let server = match connection.take() {
        Some(server) => server,
        None => connector.connect(address, password, limit)?,
    };
    call(&**connection.insert(server))
}
