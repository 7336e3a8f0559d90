//! A round: what waits is sent, leases are renewed, and new articles taken.

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::Result;

use super::link::link_of;
use super::{AnotherProgram, Closed, Wanted, Worker};
use crate::dataset::Silent;
use crate::dataset::io::progress::CancelFlag;
use crate::dataset::team::lock::SyncLock;
use crate::dataset::team::pack::TeamPack;
use crate::dataset::team::send::{Sent, send_from};
use crate::dataset::team::sync::SyncEvent;
use crate::dataset::team::sync::errors::Failure;
use crate::dataset::team::sync::status::Line;
use crate::dataset::team::take::{download, give_back_from, lease};
use crate::store::ArticleKey;
use crate::team::{Head, LEASE_SECONDS, Lease, WorkOutcome};

/// The most articles that a file holds open.
const MOST_OPEN: u32 = 1000;

impl Worker<'_> {
    pub(super) fn try_round(&mut self, wanted: Option<Wanted>) -> Result<()> {
        let mut pack = self.pack()?;
        self.lock(&pack)?;
        let head = self.call_head()?;
        pack.check(&head, &self.setup.address.user)?;
        self.status.roles.clone_from(&head.roles);
        self.status.here.clone_from(&head.here);
        self.status.here.retain(|name| *name != pack.member);
        self.status.labels_changed = head.schema_version > pack.schema_version;
        pack.note_labels_due(self.store, head.schema_version)?;
        self.send(&mut pack, &head)?;
        let is_due = wanted.is_some() || self.renew_at <= Instant::now();
        if is_due {
            self.takes |= wanted.is_some();
            self.status.is_paused = !self.takes;
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
            if self.shows_progress {
                self.ask_progress()?;
            }
        }
        Ok(())
    }

    /// Only one program at a time exchanges a file.
    fn lock(&mut self, pack: &TeamPack) -> Result<()> {
        if self.lock.is_none() {
            self.lock = SyncLock::try_take(&pack.id);
        }
        anyhow::ensure!(self.lock.is_some(), AnotherProgram);
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
        self.note_merged(&report)?;
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

    fn hold(&mut self, pack: &mut TeamPack, leases: &[Lease]) -> Result<()> {
        let of = |lease: &Lease| (lease.article, lease.until_ms);
        self.leases = Some(leases.iter().map(of).collect());
        pack.note_held(self.store, leases)?;
        self.find_keys(pack)?;
        self.stand(pack);
        Ok(())
    }

    pub(super) fn give_back(&mut self) -> Result<(), Closed> {
        let given = (|| -> Result<i64> {
            let mut pack = self.pack()?;
            self.lock(&pack)?;
            let link = link_of(&mut self.link, &self.setup, self.typed.as_ref())?;
            give_back_from(link, self.store, &mut pack, &CancelFlag::default())
        })();
        match given {
            Ok(articles) => {
                self.takes = false;
                self.status.is_paused = true;
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

    pub(super) fn progress(&mut self) -> Result<(), Closed> {
        self.shows_progress = true;
        match self.ask_progress() {
            Ok(()) => {}
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

    fn ask_progress(&mut self) -> Result<()> {
        let link = link_of(&mut self.link, &self.setup, self.typed.as_ref())?;
        let progress = link.call(&CancelFlag::default(), |server| server.progress())?;
        let progress = Box::new(progress);
        self.reporter.send(SyncEvent::Progress(Ok(progress)));
        Ok(())
    }

    fn call_head(&mut self) -> Result<Head> {
        let link = link_of(&mut self.link, &self.setup, self.typed.as_ref())?;
        Ok(link.call(&CancelFlag::default(), |server| server.head())?)
    }
}
