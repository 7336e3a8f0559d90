//! What waits to be sent, and how each article stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::Worker;
use crate::dataset::team::SendReport;
use crate::dataset::team::pack::{PackArticle, TeamPack};
use crate::dataset::team::sync::SyncEvent;
use crate::dataset::team::sync::status::Standing;
use crate::edit::Action;
use crate::model::Status;
use crate::store::{ArticleKey, Store};
use crate::team::WorkOutcome;

impl Worker<'_> {
    pub(super) fn pack(&self) -> Result<TeamPack> {
        TeamPack::load(&*self.store)?.context("the file was not taken from a team")
    }

    /// Counts the edits that wait on articles that were changed since the last time.
    pub(super) fn count_waiting(&mut self) -> Result<()> {
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

    pub(super) fn recount(
        &mut self,
        pack: &TeamPack,
        articles: &BTreeSet<ArticleKey>,
    ) -> Result<()> {
        for (number, noted) in &pack.articles {
            let Some(key) = self.keys.get(number).copied() else {
                continue;
            };
            if !articles.contains(&key) {
                continue;
            }
            let waiting = waiting_on(self.store, key, &pack.member, noted)?;
            let rows = self.store.rows(&[key])?;
            let is_done = |status: Status| status.is_finished() && status != Status::Skipped;
            let is_finished = rows.first().is_some_and(|row| is_done(row.status));
            self.waiting.remove(&key);
            self.finished_here.remove(&key);
            if waiting > 0 {
                self.waiting.insert(key, waiting);
            }
            if waiting > 0 && is_finished {
                self.finished_here.insert(key);
            }
        }
        self.stand(pack);
        Ok(())
    }

    pub(super) fn find_keys(&mut self, pack: &TeamPack) -> Result<()> {
        for (number, noted) in &pack.articles {
            if !self.keys.contains_key(number)
                && let Some(key) = self.store.find(&noted.id)?
            {
                self.keys.insert(*number, key);
            }
        }
        Ok(())
    }

    /// Tells the window which articles hold the work of two files now.
    pub(super) fn note_merged(&mut self, report: &SendReport) -> Result<()> {
        for merged in &report.merged {
            if let Some(key) = self.store.find(&merged.article)? {
                let row = self.store.rows(&[key])?.into_iter().next();
                self.reporter.send(SyncEvent::Merged {
                    key,
                    title: row.map_or_else(|| merged.article.clone(), |row| row.headline),
                    left_out: merged.left_out.clone(),
                });
            }
        }
        Ok(())
    }

    pub(super) fn note_problems(&mut self, report: &SendReport) -> Result<()> {
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
    pub(super) fn stand(&mut self, pack: &TeamPack) {
        let mut standings = BTreeMap::new();
        for (number, noted) in &pack.articles {
            if let Some(key) = self.keys.get(number) {
                let standing = self.problems.get(key).cloned();
                let standing = standing.unwrap_or_else(|| self.standing(*number, noted));
                standings.insert(*key, standing);
            }
        }
        let is_open = |key: &ArticleKey, one: &Standing| {
            matches!(one, Standing::Open { .. }) && !self.finished_here.contains(key)
        };
        let is_finished = |key: &ArticleKey, one: &Standing| match one {
            Standing::Done | Standing::Extra | Standing::Late => true,
            Standing::Open { .. } => self.finished_here.contains(key),
            _ => false,
        };
        let count = |is: &dyn Fn(&ArticleKey, &Standing) -> bool| {
            standings.iter().filter(|(key, one)| is(key, one)).count()
        };
        (self.status.open, self.status.finished) = (count(&is_open), count(&is_finished));
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
            Some(WorkOutcome::Saved) | None if noted.is_given_back => Standing::GivenBack,
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
}

/// The number of edits on an article that the server does not have. The entry that begins an
/// annotation does not count.
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
