//! Adjudication on a team: what a fetched file notes for its adjudicator, and sending the decisions.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

use super::link::Link;
use super::outbox::{Delivered, Outbox, SaveContent, send_saves};
use super::pack::{PackArticle, SentSave};
use super::send::SendReport;
use super::{random, uuid};
use crate::dataset::Dataset;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::edit::adjudication::decisions_in;
use crate::edit::{Action, Entry};
use crate::model::{Article, Status};
use crate::store::{ArticleKey, Filter, Store};
use crate::team::{Head, ServerAddress, ServerAdjudication, WorkOutcome};

/// The setting of a dataset that says which team it was fetched from. Each article that can be
/// adjudicated has a setting of this name with `/` and its key.
const SETTING: &str = "team_review";

/// The version that this program writes, and the newest that it reads.
const VERSION: u32 = 1;

/// The number of articles that are read at once.
const PAGE: usize = 1_000;

/// What a file that an adjudicator fetched notes of its team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewNotes {
    v: u32,
    /// The id of the file, from which the ids of its saves are made.
    id: String,
    /// The id of the team dataset.
    dataset: String,
    /// The epoch in which decisions were sent last.
    epoch: String,
    /// The login, which is the adjudicator whose decisions are sent.
    pub(super) member: String,
    /// The address, without a password.
    address: String,
    /// The version of the team's labels that the file has.
    schema_version: i64,
}

/// An article that can be adjudicated.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct ReviewArticle {
    /// Its number on the server.
    number: i64,
    /// The annotations in the file with their revisions on the server.
    inputs: BTreeMap<String, i64>,
    noted: PackArticle,
}

impl ReviewNotes {
    /// Begins the notes of a file that is being fetched.
    pub(super) fn new(head: &Head, address: &ServerAddress, schema_version: i64) -> Result<Self> {
        Ok(Self {
            v: VERSION,
            id: uuid(&random()?),
            dataset: head.dataset.clone(),
            epoch: head.epoch.clone(),
            member: address.user.clone(),
            address: address.to_string(),
            schema_version,
        })
    }

    /// Reads the notes of a dataset; `None` if no adjudicator fetched it from a team.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn load(store: &dyn Store) -> Result<Option<Self>> {
        let Some(words) = store.setting(SETTING)? else {
            return Ok(None);
        };
        let notes: Self = serde_json::from_str(&words)
            .context("what the file notes of its team cannot be read")?;
        ensure!(
            notes.v == VERSION,
            "what the file notes of its team has version {}, which is not known\nhint: update Copydesk",
            notes.v
        );
        Ok(Some(notes))
    }

    /// Returns the address without a password.
    ///
    /// # Errors
    /// If the file has another thing there.
    pub fn server_address(&self) -> Result<ServerAddress> {
        Ok(ServerAddress::parse(&self.address)?)
    }

    pub(super) fn save(&self, store: &mut dyn Store) -> Result<()> {
        let words = serde_json::to_string(self).context("the notes cannot be written")?;
        Ok(store.set_setting(SETTING, Some(&words))?)
    }

    /// Notes an article: the revisions of its annotations on the server, and how far the server has
    /// the adjudicator's own history.
    pub(super) fn add_article(
        &self,
        store: &mut dyn Store,
        key: ArticleKey,
        (number, id): (i64, String),
        inputs: BTreeMap<String, i64>,
        (revision, sent): (i64, usize),
    ) -> Result<()> {
        let mut noted = PackArticle::new(id, self.schema_version);
        noted.revision = revision;
        noted.sent = sent;
        let article = ReviewArticle {
            number,
            inputs,
            noted,
        };
        save_article(store, key, &article)
    }
}

fn save_article(store: &mut dyn Store, key: ArticleKey, article: &ReviewArticle) -> Result<()> {
    let words = serde_json::to_string(article).context("the notes cannot be written")?;
    Ok(store.set_setting(&format!("{SETTING}/{key}"), Some(&words))?)
}

fn article_of(store: &dyn Store, key: ArticleKey) -> Result<Option<ReviewArticle>> {
    let words = store.setting(&format!("{SETTING}/{key}"))?;
    let read = words.map(|words| serde_json::from_str(&words));
    read.transpose()
        .with_context(|| format!("what the file notes of article {key} cannot be read"))
}

/// Returns the ids of the articles with decisions that the team does not have.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn unsent(store: &dyn Store) -> Result<Vec<String>> {
    let Some(notes) = ReviewNotes::load(store)? else {
        return Ok(Vec::new());
    };
    let mut unsent = Vec::new();
    each_article(store, &mut |key| {
        let Some(review) = article_of(store, key)? else {
            return Ok(());
        };
        let article = store.article(key)?;
        let entries = store.history(&article, key, &notes.member)?;
        // Renames that were applied while fetching are no decisions.
        let decisions = entries.get(review.noted.sent..).unwrap_or_default();
        if decisions
            .iter()
            .any(|entry| entry.action != Action::RenameLabels)
        {
            unsent.push(review.noted.id);
        }
        Ok(())
    })?;
    Ok(unsent)
}

/// Calls `each` with the keys of all articles, in order.
fn each_article(store: &dyn Store, each: &mut dyn FnMut(ArticleKey) -> Result<()>) -> Result<()> {
    let mut after = None;
    loop {
        let rows = store.page(&Filter::default(), after, PAGE)?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = Some(last.key);
        for row in rows {
            each(row.key)?;
        }
    }
}

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
