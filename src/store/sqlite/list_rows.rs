//! Rows of articles: a page of a list, the first rows of a search, the rows of some keys.

use rusqlite::{CachedStatement, Connection, Params, Row, params};

use super::articles::natural;
use super::fault::Fault;
use super::lists::keys;
use super::newest::{status_number, status_of};
use super::queries::View;
use super::{contents, search, sites, viewpoint};
use crate::store::{ArticleKey, ArticleRow, Filter, Order};

type Result<T> = std::result::Result<T, Fault>;

macro_rules! row_columns {
    () => {
        "SELECT a.key, a.id, a.headline, a.status, a.text_len, a.site, a.language, a.unsure, COALESCE((
             SELECT MAX(n.open_remarks) FROM annotation n INDEXED BY annotation_open_remarks
             WHERE n.article = a.key AND n.open_remarks > 0 AND (n.annotator <> '' OR NOT EXISTS (
                 SELECT 1 FROM annotation p WHERE p.article = a.key AND p.annotator > ''))
         ), 0) "
    };
}

/// Whether each row alone decides the filter.
fn asks_of_rows(view: View<'_>, filter: &Filter) -> bool {
    (view.is_none() || filter.status.is_none())
        && filter.site.is_none()
        && filter.language.is_none()
        && filter.annotator.is_none()
        && !filter.open_remark
        && !contents::asks(filter)
        && filter.only.is_none()
}

pub(super) fn page(
    conn: &Connection,
    view: View<'_>,
    filter: &Filter,
    after: ArticleKey,
    limit: usize,
) -> Result<Vec<ArticleRow>> {
    let words = match (filter.is_search(), search::query(&filter.words)) {
        (true, None) => return Ok(Vec::new()),
        (_, words) => words,
    };
    if !asks_of_rows(view, filter) {
        let keys = keys(conn, view, filter)?;
        let from = keys.partition_point(|key| *key <= after);
        return rows(
            conn,
            view,
            &keys[from..keys.len().min(from.saturating_add(limit))],
        );
    }
    let mut found = streamed(conn, words, filter.status.map(status_number), after, limit)?;
    if let Some(annotator) = view {
        viewpoint::adapt(conn, annotator, &mut found)?;
    }
    Ok(found)
}

/// A page that is read as the index gives it.
fn streamed(
    conn: &Connection,
    words: Option<String>,
    status: Option<i64>,
    after: ArticleKey,
    limit: usize,
) -> Result<Vec<ArticleRow>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    match (words, status) {
        (None, None) => read_rows(
            conn.prepare_cached(concat!(
                row_columns!(),
                "FROM article a WHERE a.key > ?1 ORDER BY a.key LIMIT ?2"
            ))?,
            [after.0, limit],
        ),
        (None, Some(status)) => read_rows(
            conn.prepare_cached(concat!(
                row_columns!(),
                "FROM article a WHERE a.status = ?3 AND a.key > ?1 ORDER BY a.key LIMIT ?2"
            ))?,
            [after.0, limit, status],
        ),
        (Some(words), status) => read_rows(
            conn.prepare_cached(concat!(
                row_columns!(),
                "FROM search s JOIN article a ON a.key = s.rowid
                 WHERE search MATCH ?3 AND s.rowid > ?1 AND (?4 IS NULL OR a.status = ?4)
                 ORDER BY s.rowid LIMIT ?2"
            ))?,
            params![after.0, limit, words, status],
        ),
    }
}

/// The first rows of a list, where they come far sooner than all of it. For a search those come
/// first that hold the words as they are written; if these are few, those with what begins with the
/// words, for which the index looks at all of them before it gives the first.
pub(super) fn first_rows(
    conn: &Connection,
    view: View<'_>,
    filter: &Filter,
    order: Order,
    limit: usize,
) -> Result<Option<Vec<ArticleRow>>> {
    if order != Order::default() || !asks_of_rows(view, filter) {
        return Ok(None);
    }
    let status = filter.status.map(status_number);
    let first = |words| streamed(conn, words, status, ArticleKey(i64::MIN), limit);
    let mut rows = Vec::new();
    if filter.is_search() {
        for words in [
            search::exact_query(&filter.words),
            search::query(&filter.words),
        ] {
            if words.is_none() {
                return Ok(None);
            }
            rows = first(words)?;
            if rows.len() == limit {
                break;
            }
        }
    } else {
        rows = first(None)?;
    }
    if let Some(annotator) = view {
        viewpoint::adapt(conn, annotator, &mut rows)?;
    }
    Ok((rows.len() == limit).then_some(rows))
}

pub(super) fn rows(
    conn: &Connection,
    view: View<'_>,
    keys: &[ArticleKey],
) -> Result<Vec<ArticleRow>> {
    let mut found = Vec::with_capacity(keys.len());
    let mut statement =
        conn.prepare_cached(concat!(row_columns!(), "FROM article a WHERE a.key = ?1"))?;
    for key in keys {
        let mut rows = statement.query([key.0])?;
        if let Some(row) = rows.next()? {
            found.push(article_row(row)?);
        }
    }
    if let Some(annotator) = view {
        viewpoint::adapt(conn, annotator, &mut found)?;
    }
    Ok(found)
}

fn read_rows(mut statement: CachedStatement<'_>, params: impl Params) -> Result<Vec<ArticleRow>> {
    let mut found = Vec::new();
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        found.push(article_row(row)?);
    }
    Ok(found)
}

fn article_row(row: &Row<'_>) -> Result<ArticleRow> {
    Ok(ArticleRow {
        key: ArticleKey(row.get(0)?),
        id: row.get(1)?,
        headline: row.get(2)?,
        status: status_of(row.get(3)?)?,
        text_len: natural(row.get(4)?)?,
        site: sites::name(&row.get::<_, String>(5)?),
        language: row.get(6)?,
        unsure: natural(row.get(7)?)?,
        open_remarks: natural(row.get(8)?)?,
    })
}
