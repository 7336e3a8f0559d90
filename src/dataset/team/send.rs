//! Sends the work in a pack to the team, each history entry exactly once.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};

use super::conflict::{self, Clash, Resolution};
use super::labels::update_labels;
use super::link::Link;
use super::lock::SyncLock;
use super::outbox::{Delivered, Outbox, SaveContent, send_saves};
use super::pack::{PackArticle, SentSave, TeamPack};
use super::report::SendReport;
use super::review;
use super::review_notes::ReviewNotes;
use crate::dataset::Dataset;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::edit::Entry;
use crate::model::Article;
use crate::store::{ArticleKey, Store};
use crate::team::{Head, ServerSave, TeamError, WorkOutcome};

/// How often work is sent that was put on top of what another file sent meanwhile.
const ATTEMPTS: usize = 3;

/// Sends what the member of a pack did since the last time, or the decisions in a file that an
/// adjudicator fetched. Repeated, it sends nothing twice.
///
/// # Errors
/// If the server cannot be reached or the file cannot be written; or [`Cancelled`]. What was
/// acknowledged until then is noted in the file.
pub fn send(
    link: &mut Link,
    dataset: &mut Dataset,
    lease_seconds: i64,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<SendReport> {
    if let Some(review) = ReviewNotes::load(dataset.store())? {
        return review::send(link, dataset, review, progress, cancel);
    }
    let pack = TeamPack::load(dataset.store())?;
    let mut pack = pack.with_context(|| {
        format!(
            "{} was not taken from a team\nhint: `copydesk team take` makes such a file",
            dataset.path().display()
        )
    })?;
    let _lock = SyncLock::take(&pack.id)?;
    let head = link.call(cancel, |server| server.head())?;
    pack.check(&head, &link.address().user)?;
    let labels_changed = update_labels(link, dataset.store_mut(), &mut pack, &head, cancel)?;
    let what = Sent {
        only: None,
        lease_seconds,
    };
    let store = dataset.store_mut();
    let mut report = send_from(link, store, &mut pack, &head, &what, progress, cancel)?;
    report.labels_changed = labels_changed;
    report.open = link.call(cancel, |server| server.renew(&pack.id, lease_seconds))?;
    Ok(report)
}

/// What is sent.
pub(super) struct Sent<'a> {
    /// These articles alone; all of the pack if not given, and after a restored backup.
    pub(super) only: Option<&'a BTreeSet<ArticleKey>>,
    /// For how long open articles are the member's from now.
    pub(super) lease_seconds: i64,
}

/// Sends what the server lacks, from any store that has the pack. The pack was checked.
///
/// # Errors
/// As [`send`].
pub(super) fn send_from(
    link: &mut Link,
    store: &mut dyn Store,
    pack: &mut TeamPack,
    head: &Head,
    what: &Sent<'_>,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<SendReport> {
    let mut report = SendReport {
        was_restored: head.epoch != pack.epoch,
        ..SendReport::default()
    };
    let only = what.only.filter(|_| !report.was_restored);
    let numbers: Vec<i64> = pack.articles.keys().copied().collect();
    progress.expect(numbers.len() as u64);
    for (done, number) in (1..).zip(numbers) {
        if cancel.is_cancelled() {
            return Err(Cancelled.into());
        }
        let task = PackSending {
            link: &mut *link,
            pack: &mut *pack,
            number,
            lease_seconds: what.lease_seconds,
            cancel,
        };
        task.run(store, only, &mut report)?;
        progress.advance(done, 0);
    }
    if pack.epoch != head.epoch {
        pack.epoch.clone_from(&head.epoch);
        pack.save(store)?;
    }
    Ok(report)
}

/// An article of a pack whose work is to be sent.
struct PackSending<'a> {
    link: &'a mut Link,
    pack: &'a mut TeamPack,
    number: i64,
    lease_seconds: i64,
    cancel: &'a CancelFlag,
}

impl PackSending<'_> {
    fn run(
        mut self,
        store: &mut dyn Store,
        only: Option<&BTreeSet<ArticleKey>>,
        report: &mut SendReport,
    ) -> Result<()> {
        let Some(noted) = self.pack.articles.get(&self.number).cloned() else {
            return Ok(());
        };
        let id = noted.id;
        let Some(key) = store.find(&id)? else {
            report
                .refused
                .push((id, "the file lacks the article".to_owned()));
            return Ok(());
        };
        if only.is_some_and(|only| !only.contains(&key)) {
            return Ok(());
        }
        let article = store.article(key)?;
        count_others(store, &article, key, &self.pack.member, report)?;
        let mut attempts = 1;
        let sent = loop {
            let (sent, last) = self.send_once(store, &article, key, report.was_restored)?;
            let is_clash = matches!(&sent, Err(error) if is_conflict(error));
            if !is_clash || attempts == ATTEMPTS {
                break sent;
            }
            attempts += 1;
            let clash = Clash {
                article: &article,
                key,
                number: self.number,
                base: last.map_or(0, |save| save.from),
                was_restored: report.was_restored,
            };
            match conflict::resolve(self.link, store, self.pack, &clash, self.cancel)? {
                Resolution::Merged(merged) => report.merged.push(merged),
                Resolution::Follows => {}
                Resolution::Later => return Ok(()),
                Resolution::Not => break sent,
            }
        };
        report.note(&id, sent)?;
        let noted = self.pack.articles.get(&self.number);
        if let Some(outcome) = noted.and_then(|noted| WorkOutcome::parse(&noted.outcome)) {
            report.articles.push((id, outcome));
        }
        Ok(())
    }

    /// Sends what the server lacks. Returns what became of it, and the save that was sent last.
    fn send_once(
        &mut self,
        store: &mut dyn Store,
        article: &Article,
        key: ArticleKey,
        was_restored: bool,
    ) -> Result<(Result<usize>, Option<SentSave>)> {
        let Some(noted) = self.pack.articles.get(&self.number).cloned() else {
            return Ok((Ok(0), None));
        };
        let history = store.history(article, key, &self.pack.member)?;
        let mut outbox = PackOutbox {
            active_ms: store.time_on(key, &self.pack.member)?,
            task: self,
            last: None,
            noted,
            article,
            history: &history,
            store,
        };
        let sent = send_saves(&mut outbox, history.len(), was_restored);
        Ok((sent, outbox.last))
    }
}

fn is_conflict(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(TeamError::Conflict { .. }))
}

/// The member's work on one article of a pack.
struct PackOutbox<'a, 'b> {
    task: &'a mut PackSending<'b>,
    /// The save that was sent last.
    last: Option<SentSave>,
    noted: PackArticle,
    active_ms: i64,
    article: &'a Article,
    history: &'a [Entry],
    store: &'a mut dyn Store,
}

impl Outbox for PackOutbox<'_, '_> {
    fn notes(&self) -> &PackArticle {
        &self.noted
    }

    fn note(&mut self, change: &mut dyn FnMut(&mut PackArticle)) -> Result<()> {
        change(&mut self.noted);
        let pack = &mut *self.task.pack;
        pack.articles.insert(self.task.number, self.noted.clone());
        pack.save(self.store)
    }

    fn deliver(&mut self, save: SentSave) -> Result<Delivered> {
        self.last = Some(save);
        let task = &mut *self.task;
        let sender = [task.pack.id.as_str(), task.pack.member.as_str()];
        let content = SaveContent::make(self.article, self.history, save, sender, task.number)?;
        let server_save = ServerSave {
            op: content.op,
            article: task.number,
            expected: save.expected,
            status: content.status.as_str().to_owned(),
            doc: content.doc,
            lines: content.lines,
            active_ms: self.active_ms,
            lease_seconds: task.lease_seconds,
            schema_version: self.noted.schema_version_after(save.to),
        };
        let saved = task
            .link
            .call(task.cancel, |server| server.save(&server_save))?;
        Ok(Delivered {
            revision: saved.revision,
            outcome: saved.outcome.as_str().to_owned(),
        })
    }
}

/// Counts the work of annotators other than the member.
fn count_others(
    store: &dyn Store,
    article: &Article,
    key: ArticleKey,
    member: &str,
    report: &mut SendReport,
) -> Result<()> {
    for stored in store.annotations(article, key)? {
        let name = stored.owner.as_str();
        if stored.owner.is_nobody() || name == member {
            continue;
        }
        match report.others.iter_mut().find(|(other, _)| other == name) {
            Some((_, articles)) => *articles += 1,
            None => report.others.push((name.to_owned(), 1)),
        }
    }
    Ok(())
}
