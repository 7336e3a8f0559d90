//! The thread that exchanges a file with its team.

mod articles;
mod link;
mod rounds;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::backoff::Backoff;
use super::errors::Failure;
use super::status::{Line, Standing, SyncStatus};
use super::{Reporter, SyncEvent, SyncRequest, SyncSetup};
use crate::dataset::team::link::Link;
use crate::dataset::team::lock::SyncLock;
use crate::dataset::team::random;
use crate::store::{ArticleKey, ChangeSeq, Store};
use crate::team::Password;

/// How often to look whether another program still exchanges the file.
const LOCK_RETRY: Duration = Duration::from_secs(3);

/// Serves until the window drops its end, or the dataset is closed.
pub(super) fn serve(
    store: &mut dyn Store,
    setup: SyncSetup,
    requests: &Receiver<SyncRequest>,
    reporter: &Reporter,
) {
    let mut worker = Worker {
        store,
        backoff: Backoff::new(setup.pace.backoff),
        typed: setup.password.clone(),
        setup,
        reporter,
        link: None,
        lock: None,
        seen: None,
        keys: BTreeMap::new(),
        waiting: BTreeMap::new(),
        finished_here: BTreeSet::new(),
        problems: BTreeMap::new(),
        leases: None,
        status: SyncStatus::default(),
        reported: None,
        next: Instant::now(),
        renew_at: Instant::now(),
        takes: true,
        wanted: None,
        shows_progress: false,
    };
    worker.run(requests);
}

/// Articles that somebody asked for.
#[derive(Clone, Copy)]
struct Wanted {
    /// How many in all, or how many more.
    articles: u32,
    is_more: bool,
    seconds: i64,
}

struct Worker<'a> {
    store: &'a mut dyn Store,
    setup: SyncSetup,
    reporter: &'a Reporter,
    backoff: Backoff,
    /// A password that somebody typed.
    typed: Option<Password>,
    link: Option<Link>,
    lock: Option<SyncLock>,
    /// Up to which change the waiting edits were counted.
    seen: Option<ChangeSeq>,
    /// The articles of the pack by their numbers on the server.
    keys: BTreeMap<i64, ArticleKey>,
    /// How many edits of an article wait.
    waiting: BTreeMap<ArticleKey, usize>,
    /// Articles that are finished here, which the team does not know yet.
    finished_here: BTreeSet<ArticleKey>,
    problems: BTreeMap<ArticleKey, Standing>,
    /// The leases of the pack, once they are known.
    leases: Option<BTreeMap<i64, i64>>,
    status: SyncStatus,
    /// The status that the window has.
    reported: Option<SyncStatus>,
    /// When to do something next without being asked.
    next: Instant,
    /// When leases are to be renewed, and new articles taken.
    renew_at: Instant,
    /// Whether new articles are taken without being asked; no longer once some were given back.
    takes: bool,
    wanted: Option<Wanted>,
    /// Whether the window shows how far the team is.
    shows_progress: bool,
}

impl Worker<'_> {
    fn run(&mut self, requests: &Receiver<SyncRequest>) {
        loop {
            let wait = self.next.saturating_duration_since(Instant::now());
            let mut due = false;
            match requests.recv_timeout(wait) {
                Ok(request) => {
                    let mut asked = vec![request];
                    asked.extend(requests.try_iter());
                    for request in asked {
                        match self.take_request(request) {
                            Ok(now) => due |= now,
                            Err(Closed) => return,
                        }
                    }
                }
                Err(RecvTimeoutError::Timeout) => due = true,
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if due && self.round().is_err() {
                return;
            }
        }
    }

    /// Whether something was saved that was not sent, and can be.
    fn has_sendable(&self) -> bool {
        self.waiting
            .keys()
            .any(|key| !self.problems.contains_key(key))
    }

    /// Takes a request; returns whether to do something at once.
    fn take_request(&mut self, request: SyncRequest) -> Result<bool, Closed> {
        match request {
            SyncRequest::Saved(number) => {
                let counted = self.count_waiting();
                if counted.is_ok() {
                    self.status.counted_saves = self.status.counted_saves.max(number);
                }
                self.failed(counted)?;
                self.report();
                let can_send = matches!(self.status.line, Line::Connected | Line::Connecting);
                if can_send {
                    self.next = self.next.min(Instant::now() + self.setup.pace.debounce);
                }
                Ok(false)
            }
            SyncRequest::Retry => {
                self.backoff.reset();
                self.problems.clear();
                self.renew_at = Instant::now();
                Ok(true)
            }
            SyncRequest::SignIn(password) => {
                self.typed = Some(password);
                self.link = None;
                self.renew_at = Instant::now();
                self.backoff.reset();
                Ok(true)
            }
            SyncRequest::Take { more, seconds } => {
                self.wanted = Some(Wanted {
                    articles: more,
                    is_more: true,
                    seconds,
                });
                Ok(true)
            }
            SyncRequest::TakeAlong { articles, seconds } => {
                self.wanted = Some(Wanted {
                    articles,
                    is_more: false,
                    seconds,
                });
                Ok(true)
            }
            SyncRequest::GiveBack => {
                self.give_back()?;
                Ok(false)
            }
            SyncRequest::SetAhead(articles) => {
                self.setup.pace.ahead = articles;
                self.renew_at = Instant::now();
                Ok(matches!(self.status.line, Line::Connected))
            }
            SyncRequest::Progress => {
                self.progress()?;
                Ok(false)
            }
            SyncRequest::Flush => {
                if matches!(self.status.line, Line::Connected | Line::Connecting) {
                    self.round()?;
                }
                self.reporter.send(SyncEvent::Flushed);
                Ok(false)
            }
        }
    }

    /// Sends, takes and renews what is due, and decides when to do so again.
    fn round(&mut self) -> Result<(), Closed> {
        let counted = self.count_waiting();
        self.failed(counted)?;
        let wanted = self.wanted.take();
        let done = self.try_round(wanted);
        let wait = match &done {
            Ok(()) => {
                self.status.line = Line::Connected;
                self.backoff.reset();
                if self.has_sendable() {
                    self.setup.pace.debounce
                } else {
                    self.renew_at.saturating_duration_since(Instant::now())
                }
            }
            Err(error) if wanted.is_some() => {
                self.reporter
                    .send(SyncEvent::Failed(format!("No articles taken: {error:#}")));
                self.wait_after_failure()
            }
            Err(_) => self.wait_after_failure(),
        };
        self.failed(done)?;
        if self.status.line == Line::Elsewhere {
            self.next = Instant::now() + LOCK_RETRY;
        } else {
            self.next = Instant::now() + wait;
        }
        self.report();
        Ok(())
    }

    fn wait_after_failure(&mut self) -> Duration {
        let random = random().map_or(128, |bytes| bytes[0]);
        self.backoff.wait(random)
    }

    /// Notes what a failure means for the connection.
    fn failed(&mut self, outcome: Result<()>) -> Result<(), Closed> {
        let Err(error) = outcome else { return Ok(()) };
        if error.is::<AnotherProgram>() {
            self.status.line = Line::Elsewhere;
            return Ok(());
        }
        match Failure::of(&error) {
            Failure::Closed => Err(Closed),
            Failure::Line(line) => {
                tracing::info!(%error, "the team does not have all work yet");
                if matches!(line, Line::SignIn { .. }) {
                    self.link = None;
                }
                self.status.line = line;
                Ok(())
            }
        }
    }

    fn report(&mut self) {
        if self.reported.as_ref() != Some(&self.status) {
            self.reported = Some(self.status.clone());
            let status = Box::new(self.status.clone());
            self.reporter.send(SyncEvent::Status(status));
        }
    }
}

/// The dataset was closed.
struct Closed;

#[derive(Debug, thiserror::Error)]
#[error("another program sends the work in this file")]
struct AnotherProgram;
