//! A connection that is made again when it breaks.

use std::thread;
use std::time::Duration;

use crate::dataset::io::progress::CancelFlag;
use crate::team::{Password, Server, ServerAddress, TeamError};

/// How long to wait before each further attempt, in milliseconds. They add up to ten seconds.
const WAITS_MS: [u64; 6] = [100, 300, 700, 1_500, 2_700, 4_700];

/// The address of a server with the password, and the connection while there is one.
pub struct Link {
    address: ServerAddress,
    password: Password,
    server: Option<Server>,
    limit: Option<Duration>,
}

impl Link {
    /// Prepares a connection to a team dataset.
    #[must_use]
    pub fn new(address: ServerAddress, password: Password) -> Self {
        Self {
            address,
            password,
            server: None,
            limit: None,
        }
    }

    /// Returns a link whose ordinary calls have another limit.
    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Returns the address.
    #[must_use]
    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    /// Makes a call, on a new connection if the last one broke. Repeats it while a retry can help;
    /// every call of a [`Server`] may be repeated.
    ///
    /// # Errors
    /// What the call says, in the end.
    pub fn call<T>(
        &mut self,
        cancel: &CancelFlag,
        mut call: impl FnMut(&Server) -> Result<T, TeamError>,
    ) -> Result<T, TeamError> {
        let mut waits = WAITS_MS.into_iter();
        loop {
            let error = match self.try_once(&mut call) {
                Err(error) if error.can_retry() && !cancel.is_cancelled() => error,
                outcome => return outcome,
            };
            self.server = None;
            let Some(wait) = waits.next() else {
                return Err(error);
            };
            tracing::info!(%error, wait, "trying again");
            thread::sleep(Duration::from_millis(wait));
        }
    }

    fn try_once<T>(
        &mut self,
        call: &mut impl FnMut(&Server) -> Result<T, TeamError>,
    ) -> Result<T, TeamError> {
        let server = match self.server.take() {
            Some(server) => server,
            None => {
                let mut server = Server::open(&self.address, &self.password)?;
                if let Some(limit) = self.limit {
                    server.set_limit(limit);
                }
                server
            }
        };
        call(self.server.insert(server))
    }
}
