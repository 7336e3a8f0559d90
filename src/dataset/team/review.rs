//! Sends the decisions of an adjudicator to the team.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use super::link::Link;
use super::outbox::{Delivered, Outbox, SaveContent, send_saves};
use super::pack::{PackArticle, SentSave};
use super::report::SendReport;
use super::review_notes::{ReviewArticle, ReviewNotes, article_of, each_article, save_article};
use crate::dataset::Dataset;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::edit::Entry;
use crate::edit::adjudication::decisions_in;
use crate::model::{Article, Status};
use crate::store::{ArticleKey, Store};
use crate::team::{ServerAdjudication, WorkOutcome};

/// Sends the decisions in a file that an adjudicator fetched.
pub(super) fn send(
    link: &mut Link,
    dataset: &mut Dataset,
    mut notes: ReviewNotes,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<SendReport> {
    let head = link.call(cancel, |server| server.head())?;
    ensure!(
        notes.dataset == head.dataset,
        "the file was fetched from another team dataset than the one at this address\nhint: it was fetched from {}",
        notes.address
    );
    let user = &link.address().user;
    ensure!(
        notes.member == *user,
        "{} fetched the file, and the address logs in as {user}\nhint: log in as {}",
        notes.member,
        notes.member
    );
    let mut report = SendReport {
        was_restored: head.epoch != notes.epoch,
        ..SendReport::default()
    };
    let mut keys = Vec::new();
    let store = dataset.store_mut();
    each_article(store, &mut |key| {
        keys.push(key);
        Ok(())
    })?;
    progress.expect(keys.len() as u64);
    for (done, key) in (1..).zip(keys) {
        if cancel.is_cancelled() {
            return Err(Cancelled.into());
        }
        send_article(link, store, &notes, key, &mut report, cancel)?;
        progress.advance(done, 0);
    }
    notes.epoch.clone_from(&head.epoch);
    notes.save(store)?;
    Ok(report)
}

fn send_article(
    link: &mut Link,
    store: &mut dyn Store,
    notes: &ReviewNotes,
    key: ArticleKey,
    report: &mut SendReport,
    cancel: &CancelFlag,
) -> Result<()> {
    let Some(review) = article_of(store, key)? else {
        return Ok(());
    };
    let article = store.article(key)?;
    let history = store.history(&article, key, &notes.member)?;
    let is_adjudication = history
        .first()
        .is_some_and(|entry| entry.started_from.is_adjudication());
    if !is_adjudication {
        return Ok(());
    }
    let id = review.noted.id.clone();
    let active_ms = store.time_on(key, &notes.member)?;
    let mut outbox = ReviewOutbox {
        link,
        store,
        notes,
        key,
        review,
        article: &article,
        history: &history,
        active_ms,
        changed: Vec::new(),
        cancel,
    };
    let sent = send_saves(&mut outbox, history.len(), report.was_restored);
    let is_known = outbox.review.noted.revision > 0;
    if !outbox.changed.is_empty() {
        report.inputs_changed.push((id.clone(), outbox.changed));
    }
    report.note(&id, sent)?;
    if is_known {
        let stored = store.annotations(&article, key)?;
        let own = stored.iter().find(|one| one.owner.is(&notes.member));
        let outcome = match own.map(|own| own.annotation.status()) {
            Some(Status::Done) => WorkOutcome::Done,
            _ => WorkOutcome::Saved,
        };
        report.articles.push((id, outcome));
    }
    Ok(())
}

/// The annotators between whose work a history decides.
fn decided_between(history: &[Entry]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    if let Some(first) = history.first() {
        names.extend(first.started_from.people().map(str::to_owned));
    }
    for decision in decisions_in(history) {
        names.extend(decision.inputs.iter().map(|one| one.annotator.to_string()));
    }
    names
}

/// The adjudicator's decisions on one article.
struct ReviewOutbox<'a> {
    link: &'a mut Link,
    store: &'a mut dyn Store,
    notes: &'a ReviewNotes,
    key: ArticleKey,
    review: ReviewArticle,
    article: &'a Article,
    history: &'a [Entry],
    active_ms: i64,
    changed: Vec<String>,
    cancel: &'a CancelFlag,
}

impl Outbox for ReviewOutbox<'_> {
    fn notes(&self) -> &PackArticle {
        &self.review.noted
    }

    fn note(&mut self, change: &mut dyn FnMut(&mut PackArticle)) -> Result<()> {
        change(&mut self.review.noted);
        save_article(self.store, self.key, &self.review)
    }

    fn deliver(&mut self, save: SentSave) -> Result<Delivered> {
        let number = self.review.number;
        let sender = [self.notes.id.as_str(), self.notes.member.as_str()];
        let content = SaveContent::make(self.article, self.history, save, sender, number)?;
        let decided = decided_between(self.history);
        let inputs = self.review.inputs.iter();
        let inputs = inputs.filter(|(name, _)| decided.contains(name.as_str()));
        let adjudication = ServerAdjudication {
            op: content.op,
            article: number,
            expected: save.expected,
            status: content.status.as_str().to_owned(),
            doc: content.doc,
            lines: content.lines,
            inputs: inputs.map(|(name, rev)| (name.clone(), *rev)).collect(),
            active_ms: self.active_ms,
            schema_version: self.notes.schema_version,
        };
        let saved = self.link.call(self.cancel, |server| {
            server.save_adjudication(&adjudication)
        })?;
        self.changed = saved.changed;
        Ok(Delivered {
            revision: saved.revision,
            outcome: WorkOutcome::Saved.as_str().to_owned(),
        })
    }
}
