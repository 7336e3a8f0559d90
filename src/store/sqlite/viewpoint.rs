//! Lists as one annotator sees them: how far the annotator is with each article, whatever others
//! have done.
//!
//! A row of the table of articles speaks of the newest annotation, by whomever. Where nobody but
//! the annotator has worked in the dataset, that is the annotator's, and nothing here is asked.

use rusqlite::{Connection, params};

use super::articles::{self, natural};
use super::fault::Fault;
use super::newest::{status_number, status_of};
use super::queries;
use crate::model::Status;
use crate::store::{ArticleKey, ArticleRow, StatusCounts};

type Result<T> = std::result::Result<T, Fault>;

/// Whether anybody but this annotator has worked in the dataset.
pub(super) fn has_others(conn: &Connection, annotator: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM annotation WHERE annotator <> '' AND annotator < ?1)
                 OR EXISTS (SELECT 1 FROM annotation WHERE annotator <> '' AND annotator > ?1)",
        )?
        .query_row([annotator], |row| row.get(0))?)
}

/// The statuses of an annotator's articles that are not `todo`.
pub(super) struct OwnStatuses {
    own: Vec<(ArticleKey, i64)>,
    nobodys: Vec<(ArticleKey, i64)>,
}

impl OwnStatuses {
    pub(super) fn of(conn: &Connection, annotator: &str) -> Result<Self> {
        Ok(Self {
            own: read(
                conn,
                "SELECT article, status FROM annotation WHERE annotator = ?1 AND annotator <> ''",
                [annotator],
            )?,
            nobodys: read(
                conn,
                "SELECT article, status FROM annotation WHERE annotator = '' AND status <> 0",
                [],
            )?,
        })
    }

    /// The number of an article's status.
    pub(super) fn status(&self, key: ArticleKey) -> i64 {
        let find = |all: &[(ArticleKey, i64)]| {
            let at = all.binary_search_by_key(&key, |(key, _)| *key).ok()?;
            all.get(at).map(|(_, status)| *status)
        };
        find(&self.own)
            .or_else(|| find(&self.nobodys))
            .unwrap_or_default()
    }

    /// The articles that are not just to do, in order.
    fn touched(&self) -> Vec<ArticleKey> {
        let all = self.own.iter().chain(&self.nobodys);
        let mut keys: Vec<ArticleKey> = all.map(|(key, _)| *key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.retain(|key| self.status(*key) != 0);
        keys
    }

    /// The articles with this status, in order.
    pub(super) fn with(&self, conn: &Connection, status: Status) -> Result<Vec<ArticleKey>> {
        let wanted = status_number(status);
        let mut keys = if status == Status::Todo {
            queries::all_keys(conn)?
        } else {
            self.touched()
        };
        keys.retain(|key| self.status(*key) == wanted);
        Ok(keys)
    }
}

fn read(
    conn: &Connection,
    sql: &'static str,
    params: impl rusqlite::Params,
) -> Result<Vec<(ArticleKey, i64)>> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map(params, |row| Ok((ArticleKey(row.get(0)?), row.get(1)?)))?;
    let mut found: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
    found.sort_unstable();
    Ok(found)
}

pub(super) fn counts(conn: &Connection, annotator: &str) -> Result<StatusCounts> {
    let statuses = OwnStatuses::of(conn, annotator)?;
    let mut left = articles::counts(conn)?.total();
    let mut counts = [0; 5];
    for key in statuses.touched() {
        let place = usize::try_from(statuses.status(key)).unwrap_or(usize::MAX);
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
            left = left.saturating_sub(1);
        }
    }
    counts[0] = left;
    Ok(StatusCounts(counts))
}

/// Changes rows to show this annotator's work, or else the suggestions.
pub(super) fn adapt(conn: &Connection, annotator: &str, rows: &mut [ArticleRow]) -> Result<()> {
    // Marks are [start, length, label, origin, score], as the codec writes them; 2 is the
    // extractor, 3 the tagger.
    let mut statement = conn.prepare_cached(
        "SELECT n.status, (
             SELECT COUNT(*) FROM (
                 SELECT value FROM json_each(n.doc, '$.regions') UNION ALL SELECT value FROM json_each(n.doc, '$.entities')
             ) m WHERE json_extract(m.value, '$[3]') = 2 AND json_extract(m.value, '$[4]') < ?3
                 OR json_extract(m.value, '$[3]') = 3 AND json_extract(m.value, '$[4]') < ?4
         ), n.open_remarks FROM annotation n WHERE n.article = ?1 AND n.annotator IN (?2, '') ORDER BY n.annotator DESC LIMIT 1",
    )?;
    let sure = crate::model::Score::SURE.ten_thousandths();
    let sure_of_name = crate::model::Score::SURE_OF_NAME.ten_thousandths();
    for row in rows {
        let mut found = statement.query(params![row.key.0, annotator, sure, sure_of_name])?;
        (row.status, row.unsure, row.open_remarks) = match found.next()? {
            Some(found) => (
                status_of(found.get(0)?)?,
                natural(found.get(1)?)?,
                natural(found.get(2)?)?,
            ),
            None => (Status::Todo, 0, 0),
        };
    }
    Ok(())
}
