//! Filters that look into annotations: labels, what is unsure, what was done before the labels
//! changed.
//!
//! Each looks through all annotations that a list speaks of, which takes about a second for a
//! million articles.

use rusqlite::{Connection, params};

use super::fault::Fault;
use super::queries::{View, read_keys};
use super::work;
use crate::model::Score;
use crate::store::filter::OUTDATED_SETTING;
use crate::store::{ArticleKey, Filter, codec};

type Result<T> = std::result::Result<T, Fault>;

/// The articles of which the annotation that a list speaks of is so, in order: the annotator's own
/// (`?1`; anybody's where that is null), or else the suggestions.
macro_rules! articles_where {
    ($test:literal) => {
        concat!(
            "SELECT DISTINCT n.article FROM annotation n
             WHERE (n.annotator <> '' AND (?1 IS NULL OR n.annotator = ?1)
                 OR n.annotator = '' AND NOT EXISTS (
                     SELECT 1 FROM annotation o
                     WHERE o.article = n.article AND o.annotator <> '' AND (?1 IS NULL OR o.annotator = ?1)
                 )) AND ",
            $test,
            " ORDER BY n.article"
        )
    };
}

/// Whether a filter asks for anything of this.
pub(super) fn asks(filter: &Filter) -> bool {
    filter.label.is_some() || filter.unsure || filter.outdated
}

/// Adds the runs of all that a filter asks for of this.
pub(super) fn narrowing(
    conn: &Connection,
    view: View<'_>,
    filter: &Filter,
    runs: &mut Vec<Vec<ArticleKey>>,
) -> Result<()> {
    if let Some(label) = &filter.label {
        // Most annotations that lack the label are known by their letters alone.
        let sql = articles_where!(
            "instr(n.doc, ?2) > 0 AND EXISTS (SELECT 1 FROM json_each(n.doc, '$.labels') l WHERE l.value = ?3)"
        );
        let needle = codec::write_label(label)?;
        let label = label.as_str();
        runs.push(read_keys(
            conn.prepare_cached(sql)?,
            params![view, needle, label],
        )?);
    }
    if filter.unsure {
        runs.push(unsure(conn, view)?);
    }
    if filter.outdated {
        runs.push(outdated(conn, view)?);
    }
    Ok(())
}

fn unsure(conn: &Connection, view: View<'_>) -> Result<Vec<ArticleKey>> {
    if view.is_none() {
        return read_keys(
            conn.prepare_cached("SELECT key FROM article WHERE unsure > 0 ORDER BY key")?,
            [],
        );
    }
    // Marks are [start, length, label, origin, score], as the codec writes them; 2 is the
    // extractor, 3 the tagger.
    let sql = articles_where!(
        "EXISTS (SELECT 1 FROM (
             SELECT value FROM json_each(n.doc, '$.regions') UNION ALL SELECT value FROM json_each(n.doc, '$.entities')
         ) m WHERE json_extract(m.value, '$[3]') = 2 AND json_extract(m.value, '$[4]') < ?2
             OR json_extract(m.value, '$[3]') = 3 AND json_extract(m.value, '$[4]') < ?3)"
    );
    let sure = Score::SURE.ten_thousandths();
    let sure_of_name = Score::SURE_OF_NAME.ten_thousandths();
    read_keys(conn.prepare_cached(sql)?, params![view, sure, sure_of_name])
}

/// Done annotations (status 2) in whose history the newest line about the status is not after the
/// mark, or was taken back.
const OUTDATED: &str = "SELECT DISTINCT n.article FROM annotation n
     WHERE n.status = 2 AND n.annotator <> '' AND (?1 IS NULL OR n.annotator = ?1) AND (?3 IS NULL OR n.article = ?3)
         AND NOT EXISTS (
             SELECT 1 FROM history h WHERE h.kind IN ('edit', 'redo') AND h.seq = (
                 SELECT MAX(s.seq) FROM history s WHERE s.article = n.article AND s.annotator = n.annotator
                     AND s.kind <> 'added' AND s.action = 'set-status'
             ) AND h.seq > ?2
         )
     ORDER BY n.article";

fn mark(conn: &Connection) -> Result<Option<i64>> {
    let words = work::setting(conn, OUTDATED_SETTING)?;
    Ok(words.and_then(|words| words.parse().ok()))
}

fn outdated(conn: &Connection, view: View<'_>) -> Result<Vec<ArticleKey>> {
    match mark(conn)? {
        Some(mark) => read_keys(
            conn.prepare_cached(OUTDATED)?,
            params![view, mark, None::<i64>],
        ),
        None => Ok(Vec::new()),
    }
}

pub(super) fn is_outdated(conn: &Connection, key: ArticleKey, annotator: &str) -> Result<bool> {
    let Some(mark) = mark(conn)? else {
        return Ok(false);
    };
    let params = params![annotator, mark, key.0];
    Ok(!read_keys(conn.prepare_cached(OUTDATED)?, params)?.is_empty())
}
