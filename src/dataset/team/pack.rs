//! What a dataset file notes of the team that its articles come from: a setting of the dataset.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::store::Store;
use crate::team::{FIRST_SCHEMA, Head, Lease, ServerAddress};

/// The setting of a dataset that holds its pack.
const SETTING: &str = "team_pack";

/// The setting of a dataset that says which newer labels its team has, once that was seen.
const LABELS_DUE: &str = "team_labels_due";

/// The version that this program writes, and the newest that it reads.
const VERSION: u32 = 1;

/// The articles in a file that one member took from a team's queue, and how far their work has been
/// sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamPack {
    v: u32,
    /// The id of the pack, by which the server knows its leases.
    pub id: String,
    /// The id of the team dataset.
    pub dataset: String,
    /// The epoch in which the work was sent last.
    pub epoch: String,
    /// The login, which is the annotator whose work is sent.
    pub member: String,
    /// The address, without a password.
    pub address: String,
    /// The version of the team's labels that the file has.
    #[serde(default = "first_schema")]
    pub schema_version: i64,
    /// The articles by their numbers on the server.
    pub articles: BTreeMap<i64, PackArticle>,
}

/// An article of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackArticle {
    /// Its id.
    pub id: String,
    /// The revision of the work on the server, as far as this file knows.
    pub revision: i64,
    /// The number of history entries that the server has.
    pub sent: usize,
    /// A save of the entries up to this number was begun, and its answer has not arrived.
    pub pending: Option<usize>,
    /// The acknowledged saves, which are sent again if a backup is restored.
    pub saves: Vec<SentSave>,
    /// What became of the last one, by its word.
    pub outcome: String,
    /// The versions of the labels that the file had since the article came, each with the number
    /// of history entries before it. Empty: the first version.
    #[serde(default)]
    pub schemas: Vec<(i64, usize)>,
    /// Whether it is no longer the member's, although it is not finished: it was given back, or its
    /// time ran out.
    #[serde(default)]
    pub is_given_back: bool,
}

fn first_schema() -> i64 {
    FIRST_SCHEMA
}

impl PackArticle {
    /// Begins the notes on an article that comes into a file with these labels.
    pub(super) fn new(id: String, schema_version: i64) -> Self {
        Self {
            id,
            revision: 0,
            sent: 0,
            pending: None,
            saves: Vec::new(),
            outcome: String::new(),
            schemas: vec![(schema_version, 0)],
            is_given_back: false,
        }
    }

    /// The version of the labels in the annotation after this many history entries.
    pub(super) fn schema_version_after(&self, entries: usize) -> i64 {
        let versions = self.schemas.iter().rev();
        let found = versions.copied().find(|(_, before)| *before < entries);
        found.map_or(FIRST_SCHEMA, |(version, _)| version)
    }

    /// Notes that the file gets another version of the labels after this many history entries.
    pub(super) fn note_schema(&mut self, version: i64, entries: usize) {
        self.schemas.retain(|(known, _)| *known != version);
        self.schemas.push((version, entries));
    }
}

/// An acknowledged save: it can be made again from the history, byte by byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentSave {
    /// The revision that it was made on.
    pub expected: i64,
    /// The entries: from the first number, up to the second.
    pub from: usize,
    /// See [`SentSave::from`].
    pub to: usize,
}

impl TeamPack {
    /// Begins a pack.
    pub(super) fn new(id: String, head: &Head, address: &ServerAddress, schema: i64) -> Self {
        Self {
            v: VERSION,
            id,
            dataset: head.dataset.clone(),
            epoch: head.epoch.clone(),
            member: address.user.clone(),
            address: address.to_string(),
            schema_version: schema,
            articles: BTreeMap::new(),
        }
    }

    /// Reads the pack of a dataset; `None` if it was not taken from a team.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn load(store: &dyn Store) -> Result<Option<Self>> {
        let Some(words) = store.setting(SETTING)? else {
            return Ok(None);
        };
        let pack: Self = serde_json::from_str(&words)
            .context("what the file notes of its team cannot be read")?;
        ensure!(
            pack.v == VERSION,
            "what the file notes of its team has version {}, which is not known\nhint: update Copydesk",
            pack.v
        );
        Ok(Some(pack))
    }

    /// Stores the pack; it is synced when this returns.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn save(&self, store: &mut dyn Store) -> Result<()> {
        let words = serde_json::to_string(self).context("the pack cannot be written")?;
        Ok(store.set_setting(SETTING, Some(&words))?)
    }

    /// Notes which articles are the member's, and stores the pack if that has changed.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn note_held(&mut self, store: &mut dyn Store, leases: &[Lease]) -> Result<()> {
        let held: BTreeSet<i64> = leases.iter().map(|lease| lease.article).collect();
        let mut is_new = false;
        for (number, noted) in &mut self.articles {
            let is_given_back = !held.contains(number);
            is_new |= noted.is_given_back != is_given_back;
            noted.is_given_back = is_given_back;
        }
        match is_new {
            true => self.save(store),
            false => Ok(()),
        }
    }

    /// Whether it was seen that the team has newer labels than the file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn awaits_labels(&self, store: &dyn Store) -> Result<bool> {
        let due = store.setting(LABELS_DUE)?;
        let due = due.and_then(|words| words.parse::<i64>().ok());
        Ok(due.is_some_and(|version| version > self.schema_version))
    }

    /// Notes that the team has newer labels than the file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn note_labels_due(&self, store: &mut dyn Store, version: i64) -> Result<()> {
        if version > self.schema_version && !self.awaits_labels(store)? {
            store.set_setting(LABELS_DUE, Some(&version.to_string()))?;
        }
        Ok(())
    }

    /// Checks that the server still has the dataset that the pack was taken from.
    ///
    /// # Errors
    /// If it has another one.
    pub(super) fn check(&self, head: &Head, member: &str) -> Result<()> {
        ensure!(
            self.dataset == head.dataset,
            "the file was taken from another team dataset than the one at this address\nhint: it was taken from {}",
            self.address
        );
        ensure!(
            self.member == member,
            "the file holds the work of {}, and the address logs in as {member}\nhint: log in as {}, or take articles into another file",
            self.member,
            self.member
        );
        Ok(())
    }

    /// Returns the address without a password.
    ///
    /// # Errors
    /// If the file has another thing there.
    pub fn server_address(&self) -> Result<ServerAddress> {
        Ok(ServerAddress::parse(&self.address)?)
    }
}
