//! The dataset's own models: the annotations that they train on, their snapshots and their
//! suggestions.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fault;
use super::newest::set_newest;
use crate::store::codec;
use crate::store::{
    ArticleKey, FinishedAnnotation, ModelKind, ModelSnapshot, Revision, Suggestions,
};

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

pub(super) fn load_model(conn: &Connection, kind: ModelKind) -> Result<Option<ModelSnapshot>> {
    let found: Option<(String, String, Vec<u8>)> = conn
        .prepare_cached("SELECT base, lessons, bytes FROM model WHERE kind = ?1")?
        .query_row([kind_name(kind)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((base, trained_on, bytes)) = found else {
        return Ok(None);
    };
    Ok(Some(ModelSnapshot {
        kind,
        base,
        trained_on: codec::read_finished(&trained_on)?,
        bytes,
    }))
}

pub(super) fn save_model(conn: &Connection, model: &ModelSnapshot) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO model (kind, base, lessons, bytes) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (kind) DO UPDATE SET base = excluded.base, lessons = excluded.lessons, bytes = excluded.bytes",
    )?
    .execute(params![
        kind_name(model.kind),
        model.base,
        codec::write_finished(&model.trained_on)?,
        model.bytes
    ])?;
    Ok(())
}

pub(super) fn forget_models(conn: &Connection) -> Result<()> {
    conn.execute("DELETE FROM model", [])?;
    Ok(())
}

pub(super) fn finished_annotations(
    conn: &Connection,
    after_ms: i64,
    most: usize,
) -> Result<Vec<FinishedAnnotation>> {
    let mut statement = conn.prepare_cached(
        "SELECT updated_at, article, annotator, rev FROM annotation
         WHERE status = 2 AND annotator <> '' AND updated_at > ?1
         ORDER BY article DESC, annotator LIMIT ?2",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let finished = statement.query_map([after_ms, most], |row| {
        Ok(FinishedAnnotation {
            at_ms: row.get(0)?,
            key: ArticleKey(row.get(1)?),
            annotator: row.get(2)?,
            revision: Revision(row.get(3)?),
        })
    })?;
    Ok(finished.collect::<rusqlite::Result<_>>()?)
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
            set_newest(conn, one.key, &one.annotation)?;
            written.push(one.key);
        }
    }
    Ok(written)
}
