//! Small queries that lists, sites and statuses share.

use rusqlite::{CachedStatement, Connection, Params};

use super::articles::natural;
use super::fault::Fault;
use crate::store::ArticleKey;

type Result<T> = std::result::Result<T, Fault>;

/// The annotator whose work the rows show; `None` for the newest of anybody.
pub(super) type View<'a> = Option<&'a str>;

/// The keys of all articles, in the order of import.
pub(super) fn all_keys(conn: &Connection) -> Result<Vec<ArticleKey>> {
    // In the order of the index on the status, which is a tenth of the table; five sorted runs sort
    // quickly.
    let mut keys = read_keys(
        conn.prepare_cached("SELECT key FROM article ORDER BY status, key")?,
        [],
    )?;
    keys.sort();
    Ok(keys)
}

pub(super) fn read_keys(
    mut statement: CachedStatement<'_>,
    params: impl Params,
) -> Result<Vec<ArticleKey>> {
    let mut keys = Vec::new();
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        keys.push(ArticleKey(row.get(0)?));
    }
    Ok(keys)
}

pub(super) fn counted(conn: &Connection, sql: &'static str) -> Result<Vec<(String, u64)>> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((row.get(0)?, natural(row.get(1)?)?));
    }
    Ok(found)
}
