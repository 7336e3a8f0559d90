//! The columns of an article's row that its newest annotation sets: status and unsure suggestions.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fault;
use crate::model::{Annotation, Status};
use crate::store::{ArticleKey, StoreError};

type Result<T> = std::result::Result<T, Fault>;

/// The place of a status in [`Status::ALL`], as it is stored.
pub(super) fn status_number(status: Status) -> i64 {
    match status {
        Status::Todo => 0,
        Status::Started => 1,
        Status::Done => 2,
        Status::Skipped => 3,
        Status::Flagged => 4,
    }
}

pub(super) fn status_of(number: i64) -> Result<Status> {
    Status::ALL
        .into_iter()
        .find(|status| status_number(*status) == number)
        .ok_or_else(|| Fault::Damaged(format!("unknown status {number}")))
}

/// How many suggestions of an annotation the models are unsure of.
pub(super) fn doubts(annotation: &Annotation) -> i64 {
    let regions = annotation.regions().iter().map(|region| region.provenance);
    let entities = annotation.entities().iter().map(|entity| entity.provenance);
    let unsure = regions
        .chain(entities)
        .filter(|provenance| provenance.is_unsure());
    i64::try_from(unsure.count()).unwrap_or(i64::MAX)
}

/// Writes what the newest annotation says of an article into its row, and its status into the
/// counts.
pub(super) fn set_newest(conn: &Connection, key: ArticleKey, newest: &Annotation) -> Result<()> {
    let (from, unsure): (i64, i64) = conn
        .prepare_cached("SELECT status, unsure FROM article WHERE key = ?1")?
        .query_row([key.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(StoreError::NoSuchArticle(key))?;
    let (to, doubts) = (status_number(newest.status()), doubts(newest));
    if from != to || unsure != doubts {
        conn.prepare_cached("UPDATE article SET status = ?2, unsure = ?3 WHERE key = ?1")?
            .execute(params![key.0, to, doubts])?;
    }
    if from != to {
        tally(conn, from, -1)?;
        tally(conn, to, 1)?;
    }
    Ok(())
}

pub(super) fn tally(conn: &Connection, status: i64, more: i64) -> Result<()> {
    conn.prepare_cached("UPDATE tally SET articles = articles + ?2 WHERE status = ?1")?
        .execute([status, more])?;
    Ok(())
}
