//! The saves of one annotation that wait to be sent, each exactly once.
//!
//! Before a save is sent, the file notes how far it goes; when the answer is there, it notes that.
//! A save can be made again from the history at any time, with the same id. Whatever breaks, the
//! next attempt sends the same save, and the server answers as if it were the first.

use anyhow::{Context as _, Result};

use super::pack::{PackArticle, SentSave};
use super::uuid;
use super::works::replay;
use crate::edit::Entry;
use crate::model::{Article, Status};
use crate::store::codec;
use crate::team::{TeamError, write_lines};

/// The content of a save.
pub(super) struct SaveContent {
    /// Its id, the same for the same content.
    pub op: String,
    /// The status of the annotation.
    pub status: Status,
    /// The annotation as JSON.
    pub doc: String,
    /// The history lines as JSON.
    pub lines: String,
}

impl SaveContent {
    /// Makes a save from the history: the same entries always give the same save. `sender` names
    /// the file and the member.
    ///
    /// # Errors
    /// If the history does not fit the article.
    pub(super) fn make(
        article: &Article,
        history: &[Entry],
        save: SentSave,
        sender: [&str; 2],
        number: i64,
    ) -> Result<Self> {
        let damaged = || format!("the history of {} does not fit its annotation", article.id);
        let until = history.get(..save.to).with_context(damaged)?;
        let new = history.get(save.from..save.to).with_context(damaged)?;
        let annotation = replay(article, until).with_context(damaged)?;
        let doc = codec::write_annotation(&annotation)?;
        let lines = write_lines(new)?;
        let mut hash = blake3::Hasher::new();
        for part in [sender[0], sender[1], &doc, &lines] {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.update(&number.to_le_bytes());
        hash.update(&save.expected.to_le_bytes());
        Ok(Self {
            op: uuid(hash.finalize().as_bytes()),
            status: annotation.status(),
            doc,
            lines,
        })
    }
}

/// What the server answered to a save.
pub(super) struct Delivered {
    /// The revision now.
    pub revision: i64,
    /// What became of it, by its word.
    pub outcome: String,
}

/// One annotation in a file, whose saves go to the server.
pub(super) trait Outbox {
    /// The notes of the file on it.
    fn notes(&self) -> &PackArticle;

    /// Changes the notes; they are on disk when this returns.
    ///
    /// # Errors
    /// If the file cannot be written.
    fn note(&mut self, change: &mut dyn FnMut(&mut PackArticle)) -> Result<()>;

    /// Sends a save.
    ///
    /// # Errors
    /// What the server says.
    fn deliver(&mut self, save: SentSave) -> Result<Delivered>;
}

/// Sends all saves that the server may lack, of a history with this many entries. Returns how many
/// entries are new there.
///
/// # Errors
/// What the server says, or if the file cannot be written.
pub(super) fn send_saves(
    outbox: &mut dyn Outbox,
    entries: usize,
    was_restored: bool,
) -> Result<usize> {
    if was_restored {
        for save in outbox.notes().saves.clone() {
            send_one(outbox, save)?;
        }
    }
    let mut sent = 0;
    while let Some(save) = next_save(outbox, entries)? {
        match send_one(outbox, save) {
            Ok(()) => sent += save.to - save.from,
            Err(error) => {
                if let Some(TeamError::Conflict { .. } | TeamError::NotAssigned { .. }) =
                    error.downcast_ref()
                {
                    // It is certain that the server does not have it.
                    outbox.note(&mut |noted| noted.pending = None)?;
                }
                return Err(error);
            }
        }
    }
    Ok(sent)
}

/// Notes how far the next save goes; `None` if the server has everything.
fn next_save(outbox: &mut dyn Outbox, entries: usize) -> Result<Option<SentSave>> {
    let noted = outbox.notes();
    let (sent, revision) = (noted.sent, noted.revision);
    let to = match noted.pending {
        Some(to) => to.min(entries),
        None => entries,
    };
    if to <= sent {
        return Ok(None);
    }
    outbox.note(&mut |noted| noted.pending = Some(to))?;
    Ok(Some(SentSave {
        expected: revision,
        from: sent,
        to,
    }))
}

fn send_one(outbox: &mut dyn Outbox, save: SentSave) -> Result<()> {
    let delivered = outbox.deliver(save)?;
    outbox.note(&mut |noted| {
        noted.revision = noted.revision.max(delivered.revision);
        noted.sent = noted.sent.max(save.to);
        if noted.pending == Some(save.to) {
            noted.pending = None;
        }
        if !noted.saves.contains(&save) {
            noted.saves.push(save);
        }
        noted.outcome.clone_from(&delivered.outcome);
    })
}
