//! Sends the work in a pack to the team, each history entry exactly once.
//!
//! Before a save is sent, the file notes how far it goes; when the answer is there, it notes that.
//! A save can be made again from the history at any time, with the same id: so whatever breaks, the
//! next attempt sends the same save and the server answers as if it were the first.

use anyhow::{Context as _, Result};

use super::fetch::replay;
use super::link::Link;
use super::pack::{SentSave, TeamPack};
use super::uuid;
use crate::dataset::Dataset;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::edit::Entry;
use crate::model::Article;
use crate::store::{ArticleKey, Store, codec};
use crate::team::{ServerSave, TeamError, WorkOutcome, write_lines};

/// What became of the work in a pack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendReport {
    /// History entries that the server acknowledged now.
    pub entries: usize,
    /// Articles of the pack by what became of them: the id, and the outcome of the last save.
    pub articles: Vec<(String, WorkOutcome)>,
    /// Articles whose work was changed elsewhere. It stays in the file.
    pub conflicts: Vec<String>,
    /// Articles that the server does not accept, and why. The work stays in the file.
    pub refused: Vec<(String, String)>,
    /// Other annotators who worked in the file, with the number of articles. Their work was not
    /// sent.
    pub others: Vec<(String, usize)>,
    /// Whether the server had been restored from a backup, so that all saves were sent again.
    pub was_restored: bool,
    /// Open articles, whose leases were renewed.
    pub open: i64,
}

impl SendReport {
    /// Returns the ids of the articles with this outcome.
    #[must_use]
    pub fn with(&self, outcome: WorkOutcome) -> Vec<&str> {
        let found = self.articles.iter().filter(|(_, one)| *one == outcome);
        found.map(|(id, _)| id.as_str()).collect()
    }
}

/// Sends what the member of a pack did since the last time. Repeated, it sends nothing twice.
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
    let pack = TeamPack::load(dataset.store())?;
    let mut pack = pack.with_context(|| {
        format!(
            "{} was not taken from a team\nhint: `copydesk team take` makes such a file",
            dataset.path().display()
        )
    })?;
    let head = link.call(cancel, |server| server.head())?;
    pack.check(&head, &link.address().user)?;
    let mut report = SendReport {
        was_restored: head.epoch != pack.epoch,
        ..SendReport::default()
    };
    let numbers: Vec<i64> = pack.articles.keys().copied().collect();
    progress.expect(numbers.len() as u64);
    for (done, number) in (1..).zip(numbers) {
        if cancel.is_cancelled() {
            return Err(Cancelled.into());
        }
        let mut sending = Sending {
            link: &mut *link,
            store: dataset.store_mut(),
            pack: &mut pack,
            number,
            lease_seconds,
            cancel,
        };
        sending.run(&mut report)?;
        progress.advance(done, 0);
    }
    pack.epoch.clone_from(&head.epoch);
    pack.save(dataset.store_mut())?;
    report.open = link.call(cancel, |server| server.renew(&pack.id, lease_seconds))?;
    Ok(report)
}

/// One article of a pack whose work is sent.
struct Sending<'a> {
    link: &'a mut Link,
    store: &'a mut dyn Store,
    pack: &'a mut TeamPack,
    number: i64,
    lease_seconds: i64,
    cancel: &'a CancelFlag,
}

impl Sending<'_> {
    fn run(&mut self, report: &mut SendReport) -> Result<()> {
        let Some(noted) = self.pack.articles.get(&self.number) else {
            return Ok(());
        };
        let id = noted.id.clone();
        let Some(key) = self.store.find(&id)? else {
            report
                .refused
                .push((id, "the file lacks the article".to_owned()));
            return Ok(());
        };
        let article = self.store.article(key)?;
        self.count_others(&article, key, report)?;
        let history = self.store.history(&article, key, &self.pack.member)?;
        let sent = self.send_article(&article, key, &history, report.was_restored);
        match sent {
            Ok(entries) => report.entries += entries,
            Err(error) => match error.downcast::<TeamError>()? {
                TeamError::Conflict { .. } => report.conflicts.push(id.clone()),
                refused @ (TeamError::NotAssigned { .. } | TeamError::Refused { .. }) => {
                    report.refused.push((id.clone(), refused.to_string()));
                }
                other => return Err(other.into()),
            },
        }
        let outcome = self.pack.articles.get(&self.number);
        if let Some(outcome) = outcome.and_then(|noted| WorkOutcome::parse(&noted.outcome)) {
            report.articles.push((id, outcome));
        }
        Ok(())
    }

    /// Sends all saves that the server may lack, and returns how many entries are new there.
    fn send_article(
        &mut self,
        article: &Article,
        key: ArticleKey,
        history: &[Entry],
        was_restored: bool,
    ) -> Result<usize> {
        if was_restored {
            let known = self.pack.articles.get(&self.number);
            let saves = known.map(|noted| noted.saves.clone()).unwrap_or_default();
            for save in saves {
                self.send_one(article, key, history, save)?;
            }
        }
        let mut entries = 0;
        while let Some(save) = self.next_save(history.len())? {
            match self.send_one(article, key, history, save) {
                Ok(()) => entries += save.to - save.from,
                Err(error) => {
                    if let Some(TeamError::Conflict { .. } | TeamError::NotAssigned { .. }) =
                        error.downcast_ref()
                    {
                        // It is certain that the server does not have it.
                        self.note(|noted| noted.pending = None)?;
                    }
                    return Err(error);
                }
            }
        }
        Ok(entries)
    }

    /// Notes how far the next save goes; `None` if the server has everything.
    fn next_save(&mut self, entries: usize) -> Result<Option<SentSave>> {
        let Some(noted) = self.pack.articles.get(&self.number).cloned() else {
            return Ok(None);
        };
        let to = match noted.pending {
            Some(to) => to.min(entries),
            None => entries,
        };
        if to <= noted.sent {
            return Ok(None);
        }
        self.note(|noted| noted.pending = Some(to))?;
        Ok(Some(SentSave {
            expected: noted.revision,
            from: noted.sent,
            to,
        }))
    }

    fn send_one(
        &mut self,
        article: &Article,
        key: ArticleKey,
        history: &[Entry],
        save: SentSave,
    ) -> Result<()> {
        let server_save = self.make(article, key, history, save)?;
        let saved = self
            .link
            .call(self.cancel, |server| server.save(&server_save))?;
        self.note(|noted| {
            noted.revision = noted.revision.max(saved.revision);
            noted.sent = noted.sent.max(save.to);
            if noted.pending == Some(save.to) {
                noted.pending = None;
            }
            if !noted.saves.contains(&save) {
                noted.saves.push(save);
            }
            noted.outcome = saved.outcome.as_str().to_owned();
        })
    }

    /// Makes a save from the history: the same entries always give the same save.
    fn make(
        &self,
        article: &Article,
        key: ArticleKey,
        history: &[Entry],
        save: SentSave,
    ) -> Result<ServerSave> {
        let damaged = || format!("the history of {} does not fit its annotation", article.id);
        let until = history.get(..save.to).with_context(damaged)?;
        let new = history.get(save.from..save.to).with_context(damaged)?;
        let annotation = replay(article, until).with_context(damaged)?;
        let doc = codec::write_annotation(&annotation)?;
        let lines = write_lines(new)?;
        let mut hash = blake3::Hasher::new();
        for part in [&self.pack.id, &self.pack.member, &doc, &lines] {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.update(&self.number.to_le_bytes());
        hash.update(&save.expected.to_le_bytes());
        Ok(ServerSave {
            op: uuid(hash.finalize().as_bytes()),
            article: self.number,
            expected: save.expected,
            status: annotation.status().as_str().to_owned(),
            doc,
            lines,
            active_ms: self.store.time_on(key, &self.pack.member)?,
            lease_seconds: self.lease_seconds,
        })
    }

    fn note(&mut self, change: impl FnOnce(&mut super::PackArticle)) -> Result<()> {
        if let Some(noted) = self.pack.articles.get_mut(&self.number) {
            change(noted);
        }
        self.pack.save(self.store)
    }

    /// Counts the work of annotators other than the member.
    fn count_others(
        &self,
        article: &Article,
        key: ArticleKey,
        report: &mut SendReport,
    ) -> Result<()> {
        for stored in self.store.annotations(article, key)? {
            let name = stored.owner.as_str();
            if stored.owner.is_nobody() || name == self.pack.member {
                continue;
            }
            match report.others.iter_mut().find(|(other, _)| other == name) {
                Some((_, articles)) => *articles += 1,
                None => report.others.push((name.to_owned(), 1)),
            }
        }
        Ok(())
    }
}
