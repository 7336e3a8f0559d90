//! Saves of a member's work, exactly once, and the work of all members.

use super::Result;
use super::connection::{LONG_CALL, Server, params};

/// A save to be sent. Sent again with the same id and content, it changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSave {
    /// Its id, a UUID that no other save has.
    pub op: String,
    /// The number of the article on the server.
    pub article: i64,
    /// The revision that it was made on.
    pub expected: i64,
    /// The status of the annotation.
    pub status: String,
    /// The annotation as JSON.
    pub doc: String,
    /// The history lines to append, as a JSON list; never empty.
    pub lines: String,
    /// The time spent on the article so far, in milliseconds.
    pub active_ms: i64,
    /// For how long the article is the member's from now, if it is not finished.
    pub lease_seconds: i64,
    /// The version of the labels in it.
    pub schema_version: i64,
}

/// What became of a save.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkOutcome {
    /// Kept; the article is in work.
    Saved,
    /// Finished, and one of those that count.
    Done,
    /// Skipped; somebody else gets the article.
    Skipped,
    /// Kept, beyond the number that counts: others have finished the article meanwhile.
    Extra,
    /// Kept, but the article is closed.
    Late,
}

impl WorkOutcome {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Saved,
        Self::Done,
        Self::Skipped,
        Self::Extra,
        Self::Late,
    ];

    /// The word of the server.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Extra => "extra",
            Self::Late => "late",
        }
    }

    /// Parses the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// The answer to a save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The revision of the work now.
    pub revision: i64,
    /// What became of it.
    pub outcome: WorkOutcome,
}

/// A member's work on an article as the server has it; the reader checks what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberWork {
    /// The number of the article on the server.
    pub article: i64,
    /// Whose.
    pub annotator: String,
    /// Its revision.
    pub revision: i64,
    /// The annotation as JSON.
    pub doc: String,
    /// The history lines as JSON, oldest first.
    pub lines: Vec<String>,
    /// The time spent on it, in milliseconds.
    pub active_ms: i64,
    /// When it was last saved, in milliseconds since 1970 by the server's clock.
    pub saved_at_ms: i64,
    /// The version of the labels in it.
    pub schema_version: i64,
}

impl Server {
    /// Sends a save.
    ///
    /// # Errors
    /// [`TeamError::Conflict`](super::TeamError::Conflict) if the work is at another revision,
    /// [`TeamError::NotAssigned`](super::TeamError::NotAssigned), or if the server cannot be asked;
    /// then it is not known whether it has the save, and it is sent again.
    pub fn save(&self, save: &ServerSave) -> Result<Saved> {
        let rows = self.query(
            "SELECT rev, outcome FROM copydesk.save_work($1::text::uuid, $2, $3, $4, $5, $6, $7, $8, $9)",
            params![
                save.op.clone(),
                save.article,
                save.expected,
                save.status.clone(),
                save.doc.clone(),
                save.lines.clone(),
                save.active_ms,
                save.lease_seconds,
                save.schema_version,
            ],
        )?;
        let word: String = self.get(rows.first(), 1)?;
        Ok(Saved {
            revision: self.get(rows.first(), 0)?,
            outcome: WorkOutcome::parse(&word)
                .ok_or_else(|| self.damaged(format!("unknown outcome {word:?}")))?,
        })
    }

    /// Returns the works on these articles that this login may read, by article and annotator; with
    /// `only_own`, its own.
    ///
    /// # Errors
    /// If the server cannot be asked.
    pub fn works(&self, articles: &[i64], only_own: bool) -> Result<Vec<MemberWork>> {
        let rows = self.query_within(
            LONG_CALL,
            "SELECT w.article, w.annotator, w.rev, w.doc, w.active_ms,
                 (extract(epoch FROM w.saved_at) * 1000)::bigint,
                 ARRAY(SELECT h.line::text FROM copydesk.history h
                       WHERE h.article = w.article AND h.annotator = w.annotator ORDER BY h.n),
                 w.schema_version
             FROM copydesk.work w
             WHERE w.article = ANY ($1) AND (NOT $2 OR w.annotator = session_user)
             ORDER BY w.article, w.annotator",
            params![articles.to_vec(), only_own],
        )?;
        rows.iter().map(|row| self.work_of(row)).collect()
    }

    pub(super) fn work_of(&self, row: &tokio_postgres::Row) -> Result<MemberWork> {
        Ok(MemberWork {
            article: self.get(Some(row), 0)?,
            annotator: self.get(Some(row), 1)?,
            revision: self.get(Some(row), 2)?,
            doc: self.get(Some(row), 3)?,
            active_ms: self.get(Some(row), 4)?,
            saved_at_ms: self.get(Some(row), 5)?,
            lines: self.get(Some(row), 6)?,
            schema_version: self.get(Some(row), 7)?,
        })
    }
}
