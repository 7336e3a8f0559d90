//! What a fetched file notes for its adjudicator.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

use super::pack::PackArticle;
use super::{random, uuid};
use crate::edit::Action;
use crate::store::{ArticleKey, Filter, Store};
use crate::team::{Head, ServerAddress};

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
    pub(super) id: String,
    /// The id of the team dataset.
    pub(super) dataset: String,
    /// The epoch in which decisions were sent last.
    pub(super) epoch: String,
    /// The login, which is the adjudicator whose decisions are sent.
    pub(super) member: String,
    /// The address, without a password.
    pub(super) address: String,
    /// The version of the team's labels that the file has.
    pub(super) schema_version: i64,
}

/// An article that can be adjudicated.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ReviewArticle {
    /// Its number on the server.
    pub(super) number: i64,
    /// The annotations in the file with their revisions on the server.
    pub(super) inputs: BTreeMap<String, i64>,
    /// How far the adjudicator's decisions were sent.
    pub(super) noted: PackArticle,
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

/// Stores the notes on an article.
///
/// # Errors
/// If they cannot be written.
pub(super) fn save_article(
    store: &mut dyn Store,
    key: ArticleKey,
    article: &ReviewArticle,
) -> Result<()> {
    let words = serde_json::to_string(article).context("the notes cannot be written")?;
    Ok(store.set_setting(&format!("{SETTING}/{key}"), Some(&words))?)
}

/// Reads the notes on an article; `None` if it cannot be adjudicated.
///
/// # Errors
/// If they cannot be read.
pub(super) fn article_of(store: &dyn Store, key: ArticleKey) -> Result<Option<ReviewArticle>> {
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
///
/// # Errors
/// If the file cannot be read, or what `each` says.
pub(super) fn each_article(
    store: &dyn Store,
    each: &mut dyn FnMut(ArticleKey) -> Result<()>,
) -> Result<()> {
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
