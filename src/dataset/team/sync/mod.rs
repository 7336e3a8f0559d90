//! Exchanges a member's file with the team in the background, while it is open.
//!
//! The file is where a save is durable; the server follows. [`TeamSync`] starts a thread beside the
//! session of the file, which sends what was saved, renews leases and takes new articles. It writes
//! through the session's writer, so that one thread alone writes the file, and nobody waits for it.

mod backoff;
mod errors;
mod status;
mod worker;

use std::cell::Cell;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

pub use status::{Line, Standing, SyncStatus};

use super::port::Connector;
use crate::dataset::session::{SessionHandle, Wake};
use crate::store::ArticleKey;
use crate::team::{Password, ServerAddress, TeamProgress};

/// How a file is exchanged with its team.
pub struct SyncSetup {
    /// The address.
    pub address: ServerAddress,
    /// The password, if somebody typed it; else it is looked up where passwords are kept.
    pub password: Option<Password>,
    /// Makes the connections.
    pub connector: Arc<dyn Connector>,
    /// How often, and how many articles ahead.
    pub pace: SyncPace,
}

/// How often a file is exchanged with its team, and how much is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncPace {
    /// How many open articles the file holds, as far as the team has them.
    pub ahead: u32,
    /// How long after a save it is sent, so that saves in a row go together.
    pub debounce: Duration,
    /// How often leases are renewed.
    pub renew: Duration,
    /// The first and the longest wait after a failure.
    pub backoff: (Duration, Duration),
}

impl Default for SyncPace {
    fn default() -> Self {
        Self {
            ahead: 5,
            debounce: Duration::from_secs(1),
            renew: Duration::from_secs(60),
            backoff: (Duration::from_secs(1), Duration::from_secs(60)),
        }
    }
}

/// What the window asks of the thread.
#[derive(Debug)]
pub enum SyncRequest {
    /// Something was saved in the file: the number of saves so far. See [`TeamSync::note_save`].
    Saved(u64),
    /// Hold this many articles open from now on.
    SetAhead(u32),
    /// Try again now, whatever failed before.
    Retry,
    /// Log in with this password from now on.
    SignIn(Password),
    /// Take this many articles more, which nobody else gets for this long.
    Take {
        /// How many more than the file holds open.
        more: u32,
        /// For how long, in seconds.
        seconds: i64,
    },
    /// Hold this many articles open, for this long.
    TakeAlong {
        /// How many in all.
        articles: u32,
        /// For how long, in seconds.
        seconds: i64,
    },
    /// Give back the open articles on which there is no work.
    GiveBack,
    /// Fetch how far the team is.
    Progress,
    /// Send what waits, without a second attempt; answered by [`SyncEvent::Flushed`].
    Flush,
}

/// What the thread reports.
#[derive(Debug)]
pub enum SyncEvent {
    /// The status is another one.
    Status(Box<SyncStatus>),
    /// Articles were taken on request.
    Taken {
        /// How many are new.
        new: usize,
        /// How many the file holds open.
        open: usize,
        /// When the first lease ends, in milliseconds since 1970; 0 if there is none.
        until_ms: i64,
    },
    /// Articles were given back.
    GaveBack(u64),
    /// Changes in this file were put on top of those that the member made in another one.
    Merged {
        /// The article.
        key: ArticleKey,
        /// Its title, or its id.
        title: String,
        /// The changes that did not fit, in words.
        left_out: Vec<String>,
    },
    /// Something that was asked for failed.
    Failed(String),
    /// How far the team is; or why this is not known.
    Progress(Result<Box<TeamProgress>, String>),
    /// The attempt of [`SyncRequest::Flush`] is over.
    Flushed,
}

/// The window's end of the thread. The thread ends when this is dropped, as soon as the call that it
/// is in has ended; nobody waits for it.
pub struct TeamSync {
    requests: Sender<SyncRequest>,
    /// How often something was saved in the file.
    saves: Cell<u64>,
    events: Receiver<SyncEvent>,
}

impl TeamSync {
    /// Starts to exchange the file of a session with its team. Calls `wake` after each event.
    #[must_use]
    pub fn start(session: &SessionHandle, setup: SyncSetup, wake: Wake) -> Self {
        let (requests, asked) = mpsc::channel();
        let (send, events) = mpsc::channel();
        let reporter = Reporter { send, wake };
        session.start_companion(move |store| match store {
            Ok(store) => worker::serve(store, setup, &asked, &reporter),
            Err(error) => reporter.send(SyncEvent::Failed(format!("{error:#}"))),
        });
        Self {
            requests,
            saves: Cell::new(0),
            events,
        }
    }

    /// Sends a request.
    pub fn send(&self, request: SyncRequest) {
        // A thread that has ended has said why in its last status.
        let _ended = self.requests.send(request);
    }

    /// Notes that something was saved in the file.
    pub fn note_save(&self) {
        self.saves.set(self.saves.get() + 1);
        self.send(SyncRequest::Saved(self.saves.get()));
    }

    /// Whether a status counts everything that was saved in the file. The thread may be in a call
    /// and not know of it yet.
    #[must_use]
    pub fn is_newest(&self, status: &SyncStatus) -> bool {
        status.counted_saves >= self.saves.get()
    }

    /// Returns the next event, if there is one.
    #[must_use]
    pub fn poll(&self) -> Option<SyncEvent> {
        self.events.try_recv().ok()
    }
}

/// Sends events to the window, and wakes it.
struct Reporter {
    send: Sender<SyncEvent>,
    wake: Wake,
}

impl Reporter {
    fn send(&self, event: SyncEvent) {
        let _window_closed = self.send.send(event);
        (self.wake)();
    }
}
