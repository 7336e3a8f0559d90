//! The dataset's own copies of the models, what they learn from, and the suggestions that they make anew.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::articles::set_standing;
use super::fault::Fault;
use crate::store::codec;
use crate::store::{ArticleKey, Learnt, Lesson, ModelKind, Revision, Suggestions};

type Result<T> = std::result::Result<T, Fault>;

fn kind_name(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::Regions => "regions",
        ModelKind::Entities => "entities",
    }
}

// -- what is kept of a page ------------------------------------------------------------------

pub(super) fn put_kept(conn: &Connection, key: ArticleKey, kept: &[u8]) -> Result<()> {
    conn.prepare_cached("INSERT INTO page_kept (article, kept) VALUES (?1, ?2)")?
        .execute(params![key.0, kept])?;
    Ok(())
}

pub(super) fn kept(conn: &Connection, key: ArticleKey) -> Result<Option<Vec<u8>>> {
    Ok(conn
        .prepare_cached("SELECT kept FROM page_kept WHERE article = ?1")?
        .query_row([key.0], |row| row.get(0))
        .optional()?)
}

// -- models ----------------------------------------------------------------------------------

pub(super) fn learnt(conn: &Connection, kind: ModelKind) -> Result<Option<Learnt>> {
    let found: Option<(String, String, Vec<u8>)> = conn
        .prepare_cached("SELECT base, lessons, bytes FROM model WHERE kind = ?1")?
        .query_row([kind_name(kind)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((base, lessons, bytes)) = found else {
        return Ok(None);
    };
    Ok(Some(Learnt {
        kind,
        base,
        lessons: codec::read_lessons(&lessons)?,
        bytes,
    }))
}

pub(super) fn keep_learnt(conn: &Connection, learnt: &Learnt) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO model (kind, base, lessons, bytes) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (kind) DO UPDATE SET base = excluded.base, lessons = excluded.lessons, bytes = excluded.bytes",
    )?
    .execute(params![
        kind_name(learnt.kind),
        learnt.base,
        codec::write_lessons(&learnt.lessons)?,
        learnt.bytes
    ])?;
    Ok(())
}

pub(super) fn forget_learnt(conn: &Connection) -> Result<()> {
    conn.execute("DELETE FROM model", [])?;
    Ok(())
}

pub(super) fn lessons(conn: &Connection, after_ms: i64, most: usize) -> Result<Vec<Lesson>> {
    let mut statement = conn.prepare_cached(
        "SELECT updated_at, article, annotator, rev FROM annotation
         WHERE status = 2 AND annotator <> '' AND updated_at > ?1
         ORDER BY article DESC, annotator LIMIT ?2",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let lessons = statement.query_map([after_ms, most], |row| {
        Ok(Lesson {
            at_ms: row.get(0)?,
            key: ArticleKey(row.get(1)?),
            annotator: row.get(2)?,
            revision: Revision(row.get(3)?),
        })
    })?;
    Ok(lessons.collect::<rusqlite::Result<_>>()?)
}

// -- suggestions -----------------------------------------------------------------------------

/// Writes those that still fit; gives the articles that have new ones now.
pub(super) fn suggest(conn: &Connection, all: &[Suggestions]) -> Result<Vec<ArticleKey>> {
    let mut written = Vec::with_capacity(all.len());
    for one in all {
        let doc = codec::write_annotation(&one.annotation)?;
        // Nothing that a person did, or that came labelled, may be there.
        let is_touched: bool = conn
            .prepare_cached(
                "SELECT NOT EXISTS (SELECT 1 FROM article WHERE key = ?1)
                     OR EXISTS (SELECT 1 FROM annotation
                                WHERE article = ?1 AND (annotator <> '' OR status <> 0))",
            )?
            .query_row([one.key.0], |row| row.get(0))?;
        if is_touched {
            continue;
        }
        let changed = conn
            .prepare_cached(
                "UPDATE annotation SET doc = ?2, rev = rev + 1, open_remarks = ?4
                 WHERE article = ?1 AND annotator = '' AND rev = ?3",
            )?
            .execute(params![
                one.key.0,
                doc,
                one.expected.0,
                one.annotation.open_remarks() as i64
            ])?;
        let changed = if changed == 0 && one.expected == Revision(0) {
            conn.prepare_cached(
                "INSERT INTO annotation (article, annotator, rev, status, updated_at, doc)
                 VALUES (?1, '', 1, 0, 0, ?2) ON CONFLICT (article, annotator) DO NOTHING",
            )?
            .execute(params![one.key.0, doc])?
        } else {
            changed
        };
        if changed > 0 {
            set_standing(conn, one.key, &one.annotation)?;
            written.push(one.key);
        }
    }
    Ok(written)
}
