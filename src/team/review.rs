//! Adjudication on the server: one adjudicated version of each article, with its decisions.

use super::connection::{LONG_CALL, Server, params};
use super::{MemberWork, Result};

/// An adjudication to be sent. Sent again with the same id and content, it changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAdjudication {
    /// Its id, a UUID that no other save has.
    pub op: String,
    /// The number of the article on the server.
    pub article: i64,
    /// The revision of the adjudication that it was made on.
    pub expected: i64,
    /// The status of the result.
    pub status: String,
    /// The result as JSON.
    pub doc: String,
    /// The history lines to append, as a JSON list; never empty.
    pub lines: String,
    /// The annotations that were decided between, with their revisions on the server.
    pub inputs: Vec<(String, i64)>,
    /// The time spent on the article so far, in milliseconds.
    pub active_ms: i64,
    /// The version of the labels in it.
    pub schema_version: i64,
}

/// The answer to an adjudication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedAdjudication {
    /// The revision of the adjudication now.
    pub revision: i64,
    /// The annotators who changed their work since it was decided on.
    pub changed: Vec<String>,
}

impl Server {
    /// Sends an adjudication.
    ///
    /// # Errors
    /// If the login is not an adjudicator or has annotated the article, if somebody else adjudicates
    /// it, [`TeamError::Conflict`](super::TeamError::Conflict), or if the server cannot be asked;
    /// then it is sent again.
    pub fn save_adjudication(&self, save: &ServerAdjudication) -> Result<SavedAdjudication> {
        let inputs = serde_json::to_string(&save.inputs)
            .map_err(|error| self.refused(format!("the inputs cannot be written: {error}")))?;
        let rows = self.query(
            "SELECT rev, changed FROM copydesk.save_adjudication($1::text::uuid, $2, $3, $4, $5, $6, $7, $8, $9)",
            params![
                save.op.clone(),
                save.article,
                save.expected,
                save.status.clone(),
                save.doc.clone(),
                save.lines.clone(),
                inputs,
                save.active_ms,
                save.schema_version,
            ],
        )?;
        Ok(SavedAdjudication {
            revision: self.get(rows.first(), 0)?,
            changed: self.get(rows.first(), 1)?,
        })
    }

    /// Returns the adjudications of these articles that this login may read, by article. The
    /// annotator is the adjudicator.
    ///
    /// # Errors
    /// If the server cannot be asked.
    pub fn adjudications(&self, articles: &[i64]) -> Result<Vec<MemberWork>> {
        let rows = self.query_within(
            LONG_CALL,
            "SELECT a.article, a.adjudicator, a.rev, a.doc, a.active_ms,
                 (extract(epoch FROM a.saved_at) * 1000)::bigint,
                 ARRAY(SELECT h.line::text FROM copydesk.adjudication_history h
                       WHERE h.article = a.article ORDER BY h.n),
                 a.schema_version
             FROM copydesk.adjudication a WHERE a.article = ANY ($1) ORDER BY a.article",
            params![articles.to_vec()],
        )?;
        rows.iter().map(|row| self.work_of(row)).collect()
    }

    /// Lets annotators see the finished adjudications of articles that they have annotated, with
    /// the decisions, or no longer.
    ///
    /// # Errors
    /// If the login is not a manager, or the server cannot be asked.
    pub fn share_decisions(&self, wanted: bool) -> Result<()> {
        self.query("SELECT copydesk.share_decisions($1)", params![wanted])?;
        Ok(())
    }
}
