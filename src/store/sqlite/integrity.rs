//! Checks the integrity of a dataset.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fault;
use super::{articles, lists, work};
use crate::model::Annotation;
use crate::store::{ArticleKey, Filter};

/// The most faults that are listed; a broken file has one for each page.
const MOST_FAULTS: usize = 100;

pub(super) fn faults(conn: &Connection) -> Result<Vec<String>, Fault> {
    let mut faults = Vec::new();
    note(&mut faults, work::schema(conn))?;
    {
        let mut statement = conn.prepare("PRAGMA integrity_check(20)")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let line: String = row.get(0)?;
            if line != "ok" {
                faults.push(format!("SQLite: {line}"));
            }
        }
        let mut statement = conn.prepare("PRAGMA foreign_key_check")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let table: String = row.get(0)?;
            faults.push(format!("a line of table {table} belongs to no article"));
        }
    }
    let wrong: i64 = conn.query_row(
        "SELECT COUNT(*) FROM tally t
         WHERE t.articles <> (SELECT COUNT(*) FROM article a WHERE a.status = t.status)",
        [],
        |row| row.get(0),
    )?;
    if wrong != 0 {
        faults.push("the counts by status are wrong".to_owned());
    }
    for key in lists::keys(conn, None, &Filter::default())? {
        if faults.len() >= MOST_FAULTS {
            faults.push("… and more".to_owned());
            break;
        }
        let checked = check_article(conn, key, &mut faults);
        note(&mut faults, checked)?;
    }
    Ok(faults)
}

/// Writes down what is damaged; what keeps us from looking further is an error.
fn note<T>(faults: &mut Vec<String>, checked: Result<T, Fault>) -> Result<(), Fault> {
    match checked {
        Ok(_) => {}
        Err(Fault::Damaged(what)) => faults.push(what),
        Err(Fault::Codec(what)) => faults.push(what.to_string()),
        Err(Fault::Store(error)) => faults.push(error.to_string()),
        Err(other) => return Err(other),
    }
    Ok(())
}

/// Checks that each history, replayed on an empty annotation, gives the current one.
fn check_article(
    conn: &Connection,
    key: ArticleKey,
    faults: &mut Vec<String>,
) -> Result<(), Fault> {
    let article = articles::article(conn, key)?;
    for stored in work::annotations(conn, &article, key)? {
        let counted: Option<i64> = conn
            .prepare_cached(
                "SELECT open_remarks FROM annotation WHERE article = ?1 AND annotator = ?2",
            )?
            .query_row(params![key.0, stored.owner.as_str()], |row| row.get(0))
            .optional()?;
        if counted.is_some_and(|counted| counted != stored.annotation.open_remarks() as i64) {
            let who = stored.owner.as_str();
            faults.push(format!(
                "article number {key}: the open remarks of {who:?} are counted wrongly"
            ));
        }
        if stored.owner.is_nobody() {
            continue; // suggestions have no history
        }
        let who = stored.owner.as_str();
        let mut replayed = Annotation::default();
        for entry in work::history(conn, &article, key, who)? {
            if let Err(error) = entry.transaction.apply(&article.text, &mut replayed) {
                faults.push(format!(
                    "article number {key}: the history of {who:?} does not fit: {error}"
                ));
                return Ok(());
            }
        }
        if replayed != stored.annotation {
            faults.push(format!(
                "article number {key}: the history of {who:?} does not give the annotation that stands"
            ));
        }
    }
    Ok(())
}
