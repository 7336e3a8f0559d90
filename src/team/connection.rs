//! A connection to a server, with a time limit on every call.
//!
//! The connection has its own thread, with a current-thread runtime. Callers wait for a
//! channel and never for the network, so that a line which dies without a word costs them the limit
//! and no more; dropping a [`Server`] never waits.

use std::future::poll_fn;
use std::net::ToSocketAddrs as _;
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls, Row};

use super::error::causes;
use super::tls::MakeTls;
use super::{FORMAT, Location, Password, Result, ServerAddress, TeamError, TlsMode};
use crate::store::ChangeSeq;

/// The limits of a connection attempt, a call, a call that moves many articles, and a heartbeat.
const CONNECT: Duration = Duration::from_secs(10);
pub(super) const CALL: Duration = Duration::from_secs(20);
pub(super) const LONG_CALL: Duration = Duration::from_secs(300);
const HEARTBEAT: Duration = Duration::from_secs(3);

/// The longest between two heartbeats while waiting for changes.
const PULSE: Duration = Duration::from_secs(5);

/// A value that a statement takes.
pub(super) type Param = Box<dyn ToSql + Sync + Send>;

/// Boxes the values of a statement.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$(Box::new($value) as $crate::team::connection::Param),*] };
}
pub(super) use params;

/// Where the dataset is in its stream of changes, and who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The newest change.
    pub seq: ChangeSeq,
    /// Changes when a backup is restored.
    pub epoch: String,
    /// The id of the dataset; never changes.
    pub dataset: String,
    /// The roles of the login in this dataset; empty for the owner and for strangers.
    pub roles: Vec<String>,
    /// The version of the labels and guidelines; see [`Server::schema_changes_after`].
    pub schema_version: i64,
    /// The members who are connected now, by name, this login among them; empty for the owner and
    /// for strangers.
    pub here: Vec<String>,
}

/// A connection to the server of a team dataset.
pub struct Server {
    location: Location,
    user: String,
    client: Arc<Client>,
    runtime: Handle,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    limit: Duration,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}

/// What the thread of the connection tells its callers.
#[derive(Default)]
struct Shared {
    state: Mutex<LineState>,
    changed: Condvar,
}

#[derive(Default)]
struct LineState {
    /// Why the connection ended.
    ended: Option<String>,
    /// The number of notifications so far.
    notified: u64,
    is_listening: bool,
}

/// What the thread of the connection hands over when it is connected.
type Connected = (Client, Handle, oneshot::Sender<()>);

impl Server {
    /// Connects, and checks that the server keeps what it acknowledges.
    ///
    /// # Errors
    /// If it cannot be reached, is not who the address says, or does not let the login in.
    pub fn connect(address: &ServerAddress, password: &Password) -> Result<Self> {
        let shared = Arc::new(Shared::default());
        let (client, runtime, stop) = start(address, password, Arc::clone(&shared))?;
        let server = Self {
            location: address.location(),
            user: address.user.clone(),
            client: Arc::new(client),
            runtime,
            shared,
            stop: Some(stop),
            limit: CALL,
        };
        server.execute("SET synchronous_commit = on; SET statement_timeout = '290s'; SET lock_timeout = '15s'; SET TimeZone = 'UTC'")?;
        for setting in ["fsync", "full_page_writes"] {
            let rows = server.query("SELECT current_setting($1)", params![setting])?;
            let value: String = server.get(rows.first(), 0)?;
            if value != "on" {
                return Err(TeamError::NotDurable {
                    location: server.location.clone(),
                    setting: format!("{setting}={value}"),
                });
            }
        }
        tracing::info!(location = %server.location, "connected");
        Ok(server)
    }

    /// Connects to a team dataset whose format this program knows.
    ///
    /// # Errors
    /// As [`Server::connect`]; if there is no team dataset, or its format is another one.
    pub fn open(address: &ServerAddress, password: &Password) -> Result<Self> {
        let server = Self::connect(address, password)?;
        let location = server.location.clone();
        match server.format()? {
            None => Err(TeamError::NoDataset { location }),
            Some(found) if found > FORMAT => Err(TeamError::TooNew {
                location,
                found,
                known: FORMAT,
            }),
            Some(found) if found < FORMAT => Err(TeamError::TooOld {
                location,
                found,
                known: FORMAT,
            }),
            Some(_) => Ok(server),
        }
    }

    /// Returns the server and database, for messages.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Returns the login.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Sets the limit of ordinary calls.
    pub fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// Returns the newest position in the stream of changes, and the roles of this login.
    ///
    /// # Errors
    /// If the server cannot be asked.
    pub fn head(&self) -> Result<Head> {
        self.head_within(self.limit)
    }

    /// Asks quickly whether the server is still there.
    ///
    /// # Errors
    /// If it does not answer within three seconds.
    pub fn heartbeat(&self) -> Result<Head> {
        self.head_within(HEARTBEAT)
    }

    fn head_within(&self, limit: Duration) -> Result<Head> {
        let sql = "SELECT seq, epoch, dataset, roles, schema_version, here FROM copydesk.head()";
        let rows = self.query_within(limit, sql, Vec::new())?;
        let row = rows.first();
        Ok(Head {
            seq: ChangeSeq(self.get(row, 0)?),
            epoch: self.get(row, 1)?,
            dataset: self.get(row, 2)?,
            roles: self.get(row, 3)?,
            schema_version: self.get(row, 4)?,
            here: self.get(row, 5)?,
        })
    }

    /// Waits until the stream has changes after `since`, at most `most`, and returns its head.
    ///
    /// # Errors
    /// If the server does not answer a heartbeat in the meantime.
    pub fn wait_for_changes(&self, since: ChangeSeq, most: Duration) -> Result<Head> {
        // First listen, then look: a change in between is seen one way or the other.
        if !self.lock().is_listening {
            self.execute("LISTEN copydesk")?;
            self.lock().is_listening = true;
        }
        let until = Instant::now() + most;
        loop {
            let notified = self.lock().notified;
            let head = self.heartbeat()?;
            let left = until.saturating_duration_since(Instant::now());
            if head.seq > since || left.is_zero() {
                return Ok(head);
            }
            let state = self.lock();
            // Poisoning says nothing about the numbers in it.
            let waited = self
                .shared
                .changed
                .wait_timeout_while(state, left.min(PULSE), |state| {
                    state.notified == notified && state.ended.is_none()
                });
            drop(waited.unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, LineState> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    // -- statements ------------------------------------------------------------------------------

    /// Runs one statement and returns its rows.
    pub(super) fn query(&self, sql: &'static str, values: Vec<Param>) -> Result<Vec<Row>> {
        self.query_within(self.limit, sql, values)
    }

    /// Runs one statement with another limit.
    pub(super) fn query_within(
        &self,
        limit: Duration,
        sql: &'static str,
        values: Vec<Param>,
    ) -> Result<Vec<Row>> {
        let client = Arc::clone(&self.client);
        self.call(limit, async move {
            let values: Vec<&(dyn ToSql + Sync)> =
                values.iter().map(|value| &**value as _).collect();
            client.query(sql, &values).await
        })
    }

    /// Runs statements without values, in one transaction.
    pub(super) fn execute(&self, sql: impl Into<String>) -> Result<()> {
        let client = Arc::clone(&self.client);
        let sql = sql.into();
        self.call(LONG_CALL, async move { client.batch_execute(&sql).await })
    }

    /// Returns a column of a row.
    pub(super) fn get<'a, T: tokio_postgres::types::FromSql<'a>>(
        &self,
        row: Option<&'a Row>,
        column: usize,
    ) -> Result<T> {
        let damaged = |what: String| TeamError::Damaged {
            location: self.location.clone(),
            what,
        };
        let row = row.ok_or_else(|| damaged("the answer has no row".to_owned()))?;
        row.try_get(column).map_err(|error| damaged(causes(&error)))
    }

    /// Returns an error about data that cannot be read.
    pub(super) fn damaged(&self, what: impl Into<String>) -> TeamError {
        TeamError::Damaged {
            location: self.location.clone(),
            what: what.into(),
        }
    }

    /// Returns an error about something that cannot be done.
    pub(super) fn refused(&self, reason: impl Into<String>) -> TeamError {
        TeamError::Refused {
            location: self.location.clone(),
            reason: reason.into(),
        }
    }

    /// Runs a job in the thread of the connection and waits for it, no longer than the limit.
    fn call<T: Send + 'static>(
        &self,
        limit: Duration,
        job: impl Future<Output = std::result::Result<T, tokio_postgres::Error>> + Send + 'static,
    ) -> Result<T> {
        if let Some(reason) = self.lock().ended.clone() {
            return Err(self.lost(reason));
        }
        let (answer, answered) = mpsc::sync_channel(1);
        self.runtime.spawn(async move {
            let outcome = timeout(limit, job).await;
            // Nobody may be waiting any more.
            let _ = answer.send(outcome);
        });
        // The thread answers within the limit unless it is stuck or gone.
        match answered.recv_timeout(limit + HEARTBEAT) {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(error))) => {
                tracing::debug!(location = %self.location, error = %causes(&error), "call failed");
                Err(TeamError::of(&error, &self.location, &self.user))
            }
            Ok(Err(_)) | Err(RecvTimeoutError::Timeout) => {
                // Whatever comes on this line now is the answer to something else.
                self.lock().ended = Some("a call was not answered in time".to_owned());
                Err(TeamError::TimedOut {
                    location: self.location.clone(),
                    seconds: limit.as_secs(),
                })
            }
            Err(RecvTimeoutError::Disconnected) => {
                Err(self.lost("its thread has ended".to_owned()))
            }
        }
    }

    fn lost(&self, reason: String) -> TeamError {
        TeamError::Lost {
            location: self.location.clone(),
            reason,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // If the thread has ended already, there is nothing to stop.
            let _ = stop.send(());
        }
    }
}

/// Starts the thread of a connection and waits until it is connected.
fn start(address: &ServerAddress, password: &Password, shared: Arc<Shared>) -> Result<Connected> {
    let location = address.location();
    let unreachable = |reason: String| TeamError::Unreachable {
        location: location.clone(),
        reason,
    };
    let config = config(address, password).map_err(|error| unreachable(error.to_string()))?;
    let tls = MakeTls::new(address)?;
    let (ready, connected) = mpsc::sync_channel(1);
    let address = address.clone();
    let started = thread::Builder::new()
        .name("team-connection".to_owned())
        .spawn(move || run(&address, config, tls, &ready, &shared));
    started.map_err(|error| unreachable(error.to_string()))?;
    match connected.recv_timeout(CONNECT + HEARTBEAT) {
        Ok(outcome) => outcome,
        Err(_) => Err(unreachable("no answer".to_owned())),
    }
}

fn config(address: &ServerAddress, password: &Password) -> std::io::Result<Config> {
    let mut config = Config::new();
    config
        .user(&address.user)
        .password(password.reveal())
        .dbname(&address.database)
        .application_name("copydesk")
        .port(address.port)
        .connect_timeout(CONNECT)
        .keepalives(true)
        .keepalives_idle(Duration::from_secs(10))
        .keepalives_interval(Duration::from_secs(5))
        .keepalives_retries(3)
        .tcp_user_timeout(Duration::from_secs(20))
        .ssl_mode(match address.tls {
            TlsMode::Disable => SslMode::Disable,
            _ => SslMode::Require,
        });
    // Names are resolved here, because tokio's resolver needs threads that nothing else here needs.
    // Each address is tried in turn.
    let resolved = (address.host.as_str(), address.port).to_socket_addrs()?;
    for place in resolved {
        config.host(&address.host).hostaddr(place.ip());
    }
    if config.get_hosts().is_empty() {
        let reason = format!("the host {} has no address", address.host);
        return Err(std::io::Error::other(reason));
    }
    Ok(config)
}

/// The thread of a connection.
fn run(
    address: &ServerAddress,
    config: Config,
    tls: MakeTls,
    ready: &SyncSender<Result<Connected>>,
    shared: &Arc<Shared>,
) {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(TeamError::Unreachable {
                location: address.location(),
                reason: error.to_string(),
            }));
            return;
        }
    };
    let handle = runtime.handle().clone();
    runtime.block_on(async {
        if address.tls == TlsMode::Disable {
            serve(address, &config, NoTls, handle, ready, shared).await;
        } else {
            serve(address, &config, tls, handle, ready, shared).await;
        }
    });
    // Ends what is still running, without waiting for the network.
    runtime.shutdown_background();
}

async fn serve<T>(
    address: &ServerAddress,
    config: &Config,
    tls: T,
    handle: Handle,
    ready: &SyncSender<Result<Connected>>,
    shared: &Arc<Shared>,
) where
    T: MakeTlsConnect<tokio_postgres::Socket>,
    T::Stream: Send + 'static,
{
    let location = address.location();
    let (client, connection) = match timeout(CONNECT, config.connect(tls)).await {
        Ok(Ok(connected)) => connected,
        failed => {
            let error = match failed {
                Ok(Err(error)) => connect_error(&error, address),
                _ => TeamError::Unreachable {
                    location,
                    reason: format!("no answer within {} s", CONNECT.as_secs()),
                },
            };
            let _ = ready.send(Err(error));
            return;
        }
    };
    let driver = tokio::spawn(drive(connection, Arc::clone(shared)));
    let (stop, stopped) = oneshot::channel();
    if ready.send(Ok((client, handle, stop))).is_err() {
        return;
    }
    // Ends by `stop`, or when the `Server` is gone.
    let _ = stopped.await;
    // The client says goodbye; a dead line does not hold this up.
    let _ = timeout(Duration::from_secs(1), driver).await;
}

/// Moves bytes and counts notifications until the connection ends.
async fn drive<S, T>(mut connection: Connection<S, T>, shared: Arc<Shared>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let reason = poll_fn(|context| {
        loop {
            match connection.poll_message(context) {
                Poll::Ready(Some(Ok(AsyncMessage::Notification(_)))) => {
                    let mut state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
                    state.notified += 1;
                    shared.changed.notify_all();
                }
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(Some(Err(error))) => return Poll::Ready(causes(&error)),
                Poll::Ready(None) => return Poll::Ready("it was closed".to_owned()),
                Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await;
    let mut state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
    state.ended.get_or_insert(reason);
    shared.changed.notify_all();
}

/// What a failed connection attempt means.
fn connect_error(error: &tokio_postgres::Error, address: &ServerAddress) -> TeamError {
    let location = address.location();
    if error.as_db_error().is_some() {
        return TeamError::of(error, &location, &address.user);
    }
    let reason = causes(error);
    let is_tls = ["certificate", "TLS", "tls", "handshake"];
    if is_tls.iter().any(|word| reason.contains(word)) {
        TeamError::NotSafe { location, reason }
    } else {
        TeamError::Unreachable { location, reason }
    }
}
