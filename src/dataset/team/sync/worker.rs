//! The thread that exchanges a file with its team.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::backoff::Backoff;
use super::errors::Failure;
use super::status::{Line, Standing, SyncStatus};
use super::{Reporter, SyncEvent, SyncRequest, SyncSetup};
use crate::dataset::Silent;
use crate::dataset::io::progress::CancelFlag;
use crate::dataset::team::link::Link;
use crate::dataset::team::lock::SyncLock;
use crate::dataset::team::pack::{PackArticle, TeamPack};
use crate::dataset::team::send::{Sent, send_from};
use crate::dataset::team::take::{download, give_back_from, lease};
use crate::dataset::team::{SendReport, random};
use crate::edit::Action;
use crate::store::{ArticleKey, ChangeSeq, Store};
use crate::team::{Head, LEASE_SECONDS, Lease, Password, WorkOutcome};

/// The limit of an ordinary call.
const CALL: Duration = Duration::from_secs(15);

/// How often to look whether another program still exchanges the file.
const LOCK_RETRY: Duration = Duration::from_secs(3);

/// The most articles that a file holds open.
const MOST_OPEN: u32 = 1000;

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
        problems: BTreeMap::new(),
        leases: None,
        status: SyncStatus::default(),
        reported: None,
        next: Instant::now(),
        renew_at: Instant::now(),
        takes: true,
        wanted: None,
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
            SyncRequest::Saved => {
                let counted = self.count_waiting();
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

    // -- rounds -----------------------------------------------------------------------------------

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

    fn try_round(&mut self, wanted: Option<Wanted>) -> Result<()> {
        let mut pack = self.pack()?;
        if self.lock.is_none() {
            self.lock = SyncLock::try_take(&pack.id);
            anyhow::ensure!(self.lock.is_some(), AnotherProgram);
        }
        let head = self.call_head()?;
        pack.check(&head, &self.setup.address.user)?;
        self.status.roles.clone_from(&head.roles);
        self.status.labels_changed = head.schema_version > pack.schema_version;
        pack.note_labels_due(self.store, head.schema_version)?;
        self.send(&mut pack, &head)?;
        let is_due = wanted.is_some() || self.renew_at <= Instant::now();
        if is_due {
            self.takes |= wanted.is_some();
            if !self.status.has_role("annotator") {
                anyhow::ensure!(
                    wanted.is_none(),
                    "{} is not an annotator of this team",
                    pack.member
                );
            } else if self.takes {
                self.lease(&mut pack, wanted)?;
            } else {
                self.renew(&mut pack)?;
            }
            self.renew_at = Instant::now() + self.setup.pace.renew;
        }
        Ok(())
    }

    fn send(&mut self, pack: &mut TeamPack, head: &Head) -> Result<()> {
        let only: BTreeSet<ArticleKey> = self
            .waiting
            .keys()
            .filter(|key| !self.problems.contains_key(key))
            .copied()
            .collect();
        if only.is_empty() && head.epoch == pack.epoch {
            return Ok(());
        }
        let what = Sent {
            only: Some(&only),
            lease_seconds: LEASE_SECONDS,
        };
        let link = link_of(&mut self.link, &self.setup, self.typed.as_ref())?;
        let cancel = CancelFlag::default();
        let sent = send_from(link, self.store, pack, head, &what, &mut Silent, &cancel);
        // What was acknowledged before a failure is acknowledged.
        self.recount(pack, &only)?;
        let report = sent?;
        self.status.was_restored |= report.was_restored;
        self.note_problems(&report)?;
        // A finished or skipped article makes room for the next one.
        let mut outcomes = report.articles.iter().map(|(_, outcome)| *outcome);
        if outcomes.any(|outcome| outcome != WorkOutcome::Saved) {
            self.renew_at = Instant::now();
        }
        Ok(())
    }

    fn lease(&mut self, pack: &mut TeamPack, wanted: Option<Wanted>) -> Result<()> {
        let open = u32::try_from(self.status.open).unwrap_or(MOST_OPEN);
        let (articles, seconds) = match wanted {
            Some(wanted) if wanted.is_more => (open + wanted.articles, wanted.seconds),
            Some(wanted) => (wanted.articles, wanted.seconds),
            None => (self.setup.pace.ahead, LEASE_SECONDS),
        };
        let articles = articles.clamp(1, MOST_OPEN);
        let link = link_of(&mut self.link, &self.setup, self.typed.as_ref())?;
        let cancel = CancelFlag::default();
        let (leases, new) = lease(link, pack, articles, seconds, &cancel)?;
        download(link, self.store, pack, &leases, &mut Silent, &cancel)?;
        self.status.nothing_left = leases.len() < articles as usize;
        let until_ms = leases.iter().map(|lease| lease.until_ms).min().unwrap_or(0);
        if wanted.is_some() {
            self.reporter.send(SyncEvent::Taken {
                new,
                open: leases.len(),
                until_ms,
            });
        }
        self.hold(pack, &leases)
    }

    /// Renews leases without taking articles.
    fn renew(&mut self, pack: &mut TeamPack) -> Result<()> {
        let link = link_of(&mut self.link, &self.setup, self.typed.as_ref())?;
        let cancel = CancelFlag::default();
        let held = link.call(&cancel, |server| server.renew(&pack.id, LEASE_SECONDS))?;
        let mut leases = Vec::new();
        if held > 0 {
            // Returns them all, and takes none.
            leases = link.call(&cancel, |server| server.take(&pack.id, 1, LEASE_SECONDS))?;
            download(link, self.store, pack, &leases, &mut Silent, &cancel)?;
        }
        self.hold(pack, &leases)
    }

    fn hold(&mut self, pack: &TeamPack, leases: &[Lease]) -> Result<()> {
        let of = |lease: &Lease| (lease.article, lease.until_ms);
        self.leases = Some(leases.iter().map(of).collect());
        self.find_keys(pack)?;
        self.stand(pack);
        Ok(())
    }

    fn give_back(&mut self) -> Result<(), Closed> {
        let given = (|| {
            let link = link_of(&mut self.link, &self.setup, self.typed.as_ref())?;
            give_back_from(link, self.store, &CancelFlag::default())
        })();
        match given {
            Ok(articles) => {
                self.takes = false;
                self.reporter
                    .send(SyncEvent::GaveBack(articles.unsigned_abs()));
                self.renew_at = Instant::now();
                self.round()?;
            }
            Err(error) => {
                let words = format!("Nothing given back: {error:#}");
                self.reporter.send(SyncEvent::Failed(words));
                self.failed(Err(error))?;
            }
        }
        self.report();
        Ok(())
    }

    fn progress(&mut self) -> Result<(), Closed> {
        let asked = (|| -> Result<_> {
            let link = link_of(&mut self.link, &self.setup, self.typed.as_ref())?;
            Ok(link.call(&CancelFlag::default(), |server| server.progress())?)
        })();
        match asked {
            Ok(progress) => {
                let progress = Box::new(progress);
                self.reporter.send(SyncEvent::Progress(Ok(progress)));
            }
            Err(error) => {
                let words = format!("{error:#}");
                self.reporter.send(SyncEvent::Progress(Err(words)));
                if !matches!(
                    Failure::of(&error),
                    Failure::Line(Line::SignIn { .. } | Line::Refused { .. })
                ) {
                    self.failed(Err(error))?;
                    self.report();
                }
            }
        }
        Ok(())
    }

    // -- what waits, and how articles stand -------------------------------------------------------

    fn pack(&self) -> Result<TeamPack> {
        TeamPack::load(&*self.store)?.context("the file was not taken from a team")
    }

    /// Counts the edits that wait on articles that were changed since the last time.
    fn count_waiting(&mut self) -> Result<()> {
        let pack = self.pack()?;
        self.find_keys(&pack)?;
        let now = self.store.change_seq()?;
        let changed: BTreeSet<ArticleKey> = match self.seen {
            None => self.keys.values().copied().collect(),
            Some(mut since) => {
                let mut changed = BTreeSet::new();
                loop {
                    let changes = self.store.changes_since(since)?;
                    let Some(last) = changes.last() else { break };
                    since = last.seq;
                    let mine = changes.iter().filter(|one| one.annotator == pack.member);
                    changed.extend(mine.map(|one| one.key));
                }
                changed
            }
        };
        self.recount(&pack, &changed)?;
        self.seen = Some(self.seen.map_or(now, |seen| seen.max(now)));
        self.stand(&pack);
        Ok(())
    }

    fn recount(&mut self, pack: &TeamPack, articles: &BTreeSet<ArticleKey>) -> Result<()> {
        for (number, noted) in &pack.articles {
            let Some(key) = self.keys.get(number).copied() else {
                continue;
            };
            if !articles.contains(&key) {
                continue;
            }
            match waiting_on(self.store, key, &pack.member, noted)? {
                0 => self.waiting.remove(&key),
                waiting => self.waiting.insert(key, waiting),
            };
        }
        self.stand(pack);
        Ok(())
    }

    fn find_keys(&mut self, pack: &TeamPack) -> Result<()> {
        for (number, noted) in &pack.articles {
            if !self.keys.contains_key(number)
                && let Some(key) = self.store.find(&noted.id)?
            {
                self.keys.insert(*number, key);
            }
        }
        Ok(())
    }

    fn note_problems(&mut self, report: &SendReport) -> Result<()> {
        for id in &report.conflicts {
            if let Some(key) = self.store.find(id)? {
                self.problems.insert(key, Standing::Conflict);
            }
        }
        for (id, why) in &report.refused {
            if let Some(key) = self.store.find(id)? {
                self.problems
                    .insert(key, Standing::NotAccepted(why.clone()));
            }
        }
        Ok(())
    }

    /// Brings the status up to date with the notes of the file.
    fn stand(&mut self, pack: &TeamPack) {
        let mut standings = BTreeMap::new();
        for (number, noted) in &pack.articles {
            if let Some(key) = self.keys.get(number) {
                let standing = self.problems.get(key).cloned();
                let standing = standing.unwrap_or_else(|| self.standing(*number, noted));
                standings.insert(*key, standing);
            }
        }
        let count = |wanted: fn(&Standing) -> bool| {
            let found = standings.values().filter(|one| wanted(one));
            found.count()
        };
        self.status.open = count(|one| matches!(one, Standing::Open { .. }));
        self.status.finished =
            count(|one| matches!(one, Standing::Done | Standing::Extra | Standing::Late));
        let sendable = self.waiting.iter();
        let sendable = sendable.filter(|(key, _)| !self.problems.contains_key(key));
        self.status.waiting = sendable.map(|(_, edits)| edits).sum();
        if *self.status.standings != standings {
            self.status.standings = Arc::new(standings);
        }
    }

    fn standing(&self, number: i64, noted: &PackArticle) -> Standing {
        match WorkOutcome::parse(&noted.outcome) {
            Some(WorkOutcome::Done) => Standing::Done,
            Some(WorkOutcome::Skipped) => Standing::Skipped,
            Some(WorkOutcome::Extra) => Standing::Extra,
            Some(WorkOutcome::Late) => Standing::Late,
            Some(WorkOutcome::Saved) | None => match &self.leases {
                None => Standing::Open { until_ms: 0 },
                Some(leases) => match leases.get(&number) {
                    Some(until_ms) => Standing::Open {
                        until_ms: *until_ms,
                    },
                    None => Standing::GivenBack,
                },
            },
        }
    }

    // -- the connection ---------------------------------------------------------------------------

    fn call_head(&mut self) -> Result<Head> {
        let link = link_of(&mut self.link, &self.setup, self.typed.as_ref())?;
        Ok(link.call(&CancelFlag::default(), |server| server.head())?)
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

/// Returns the link, which is made if there is none.
fn link_of<'a>(
    link: &'a mut Option<Link>,
    setup: &SyncSetup,
    typed: Option<&Password>,
) -> Result<&'a mut Link> {
    let made = match link.take() {
        Some(made) => made,
        None => {
            let password = match typed {
                Some(password) => password.clone(),
                None => setup.connector.password(&setup.address)?,
            };
            let connector = Arc::clone(&setup.connector);
            Link::through(connector, setup.address.clone(), password)
                .with_limit(CALL)
                .without_repeats()
        }
    };
    Ok(link.insert(made))
}

/// The number of edits on an article that the server does not have. The entry that begins an
/// annotation is no edit of its own.
fn waiting_on(
    store: &dyn Store,
    key: ArticleKey,
    member: &str,
    noted: &PackArticle,
) -> Result<usize> {
    let article = store.article(key)?;
    let history = store.history(&article, key, member)?;
    let new = history.get(noted.sent..).unwrap_or_default();
    let edits = new.iter().filter(|entry| entry.action != Action::Start);
    Ok(if new.is_empty() {
        0
    } else {
        edits.count().max(1)
    })
}
