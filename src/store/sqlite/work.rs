//! Annotations, their history and the stream of changes; and the schema and settings, which are as
//! small.

use rusqlite::{Connection, OptionalExtension as _, Rows, params};

use super::fault::Fault;
use super::newest::{set_newest, status_number};
use crate::edit::adjudication::start_with_decisions;
use crate::edit::{Action, Entry, EntryKind, Selection};
use crate::model::{Annotation, Article, BytePos, Owner, Schema, StartedFrom};
use crate::store::codec;
use crate::store::{
    ArticleKey, Change, ChangeSeq, Commit, Imported, PastEntry, Revision, StoreError,
    StoredAnnotation,
};

type Result<T> = std::result::Result<T, Fault>;

macro_rules! history_columns {
    () => {
        "SELECT kind, action, change, before_anchor, before_head, after_anchor, after_head, at_ms, seq, started_from, annotator
         FROM history "
    };
}

/// The most changes that are returned at once.
const MOST_CHANGES: i64 = 10_000;

// -- reading ---------------------------------------------------------------------------------

pub(super) fn annotations(
    conn: &Connection,
    article: &Article,
    key: ArticleKey,
) -> Result<Vec<StoredAnnotation>> {
    let mut statement = conn.prepare_cached(
        "SELECT annotator, rev, updated_at, doc, COALESCE((
             SELECT MAX(seq) FROM history h
             WHERE h.article = annotation.article AND h.annotator = annotation.annotator AND h.kind <> 'added'
                 AND h.action NOT IN ('rename-labels', 'remove-labels')
         ), 0), COALESCE((
             SELECT started_from FROM history h
             WHERE h.article = annotation.article AND h.annotator = annotation.annotator AND h.kind <> 'added'
             ORDER BY seq LIMIT 1
         ), '') FROM annotation
         WHERE article = ?1 ORDER BY annotator",
    )?;
    let mut rows = statement.query([key.0])?;
    let mut found: Vec<StoredAnnotation> = Vec::new();
    while let Some(row) = rows.next()? {
        let annotator: String = row.get(0)?;
        let doc: String = row.get(3)?;
        let annotation = codec::read_annotation(&doc, &article.text).map_err(|error| {
            Fault::Damaged(format!(
                "annotation of article number {key} by {annotator:?}: {error}"
            ))
        })?;
        let words: String = row.get(5)?;
        let started_from = StartedFrom::parse(&words).ok_or_else(|| {
            Fault::Damaged(format!(
                "annotation of article number {key} by {annotator:?}: it started from {words:?}"
            ))
        })?;
        found.push(StoredAnnotation {
            owner: Owner::named(annotator),
            started_from,
            revision: Revision(row.get(1)?),
            updated_at_ms: row.get(2)?,
            seq: ChangeSeq(row.get(4)?),
            annotation,
        });
    }
    if found.first().is_none_or(|first| first.owner.is_person()) {
        // Empty suggestions are not stored; they are there all the same.
        check_article(conn, key)?;
        found.insert(
            0,
            StoredAnnotation {
                owner: Owner::Nobody,
                revision: Revision(0),
                updated_at_ms: 0,
                seq: ChangeSeq::default(),
                started_from: StartedFrom::Unknown,
                annotation: Annotation::default(),
            },
        );
    }
    Ok(found)
}

pub(super) fn history(
    conn: &Connection,
    article: &Article,
    key: ArticleKey,
    annotator: &str,
) -> Result<Vec<Entry>> {
    let mut statement = conn.prepare_cached(concat!(
        history_columns!(),
        "WHERE article = ?1 AND annotator = ?2 AND kind <> 'added' ORDER BY seq"
    ))?;
    let rows = statement.query(params![key.0, annotator])?;
    let past = read_history(conn, article, key, rows)?;
    Ok(past.into_iter().map(|past| past.entry).collect())
}

/// The histories of all annotators as one, in the order in which they were written.
pub(super) fn timeline(
    conn: &Connection,
    article: &Article,
    key: ArticleKey,
) -> Result<Vec<PastEntry>> {
    let mut statement = conn.prepare_cached(concat!(
        history_columns!(),
        "WHERE article = ?1 AND kind <> 'added' ORDER BY seq"
    ))?;
    let rows = statement.query([key.0])?;
    read_history(conn, article, key, rows)
}

fn read_history(
    conn: &Connection,
    article: &Article,
    key: ArticleKey,
    mut rows: Rows<'_>,
) -> Result<Vec<PastEntry>> {
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let (kind, action, change): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let seq: i64 = row.get(8)?;
        let started_from: String = row.get(9)?;
        let damaged = |what: String| {
            Fault::Damaged(format!(
                "history of article number {key}, line {seq}: {what}"
            ))
        };
        let selection = |anchor: usize| -> rusqlite::Result<Selection> {
            Ok(Selection::new(
                BytePos(row.get(anchor)?),
                BytePos(row.get(anchor + 1)?),
            ))
        };
        let entry = Entry {
            kind: EntryKind::parse(&kind)
                .ok_or_else(|| damaged(format!("unknown kind {kind:?}")))?,
            action: Action::parse(&action)
                .ok_or_else(|| damaged(format!("unknown action {action:?}")))?,
            transaction: codec::read_transaction(&change, &article.text)
                .map_err(|error| damaged(error.to_string()))?,
            before: selection(3)?,
            after: selection(5)?,
            at_ms: row.get(7)?,
            started_from: StartedFrom::parse(&started_from)
                .ok_or_else(|| damaged(format!("it started from {started_from:?}")))?,
        };
        entries.push(PastEntry {
            seq: ChangeSeq(seq),
            annotator: row.get(10)?,
            entry,
        });
    }
    if entries.is_empty() {
        check_article(conn, key)?;
    }
    Ok(entries)
}

fn check_article(conn: &Connection, key: ArticleKey) -> Result<()> {
    let there: bool = conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM article WHERE key = ?1)")?
        .query_row([key.0], |row| row.get(0))?;
    if there {
        Ok(())
    } else {
        Err(StoreError::NoSuchArticle(key).into())
    }
}

// -- writing ---------------------------------------------------------------------------------

pub(super) fn commit(conn: &Connection, commit: &Commit<'_>, at_ms: i64) -> Result<Revision> {
    let Commit {
        key,
        annotator,
        expected,
        entries,
        annotation,
    } = *commit;
    check_article(conn, key)?;
    let status = status_number(annotation.status());
    let doc = codec::write_annotation(annotation)?;
    let open = annotation.open_remarks() as i64;
    let changed = if expected == Revision(0) {
        conn.prepare_cached(
            "INSERT INTO annotation (article, annotator, rev, status, updated_at, doc, open_remarks)
             VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6) ON CONFLICT (article, annotator) DO NOTHING",
        )?
        .execute(params![key.0, annotator, status, at_ms, doc, open])?
    } else {
        conn.prepare_cached(
            "UPDATE annotation SET rev = rev + 1, status = ?3, updated_at = ?4, doc = ?5, open_remarks = ?7
             WHERE article = ?1 AND annotator = ?2 AND rev = ?6",
        )?
        .execute(params![
            key.0, annotator, status, at_ms, doc, expected.0, open
        ])?
    };
    if changed == 0 {
        let found: Option<i64> = conn
            .prepare_cached("SELECT rev FROM annotation WHERE article = ?1 AND annotator = ?2")?
            .query_row(params![key.0, annotator], |row| row.get(0))
            .optional()?;
        return Err(StoreError::Conflict {
            expected,
            found: Revision(found.unwrap_or(0)),
        }
        .into());
    }
    let revision = Revision(expected.0 + 1);
    for entry in entries {
        append(conn, key, annotator, revision, entry)?;
    }
    set_newest(conn, key, annotation)?;
    Ok(revision)
}

pub(super) fn append(
    conn: &Connection,
    key: ArticleKey,
    annotator: &str,
    revision: Revision,
    entry: &Entry,
) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO history (article, annotator, rev, kind, action, change,
            before_anchor, before_head, after_anchor, after_head, at_ms, started_from)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        key.0,
        annotator,
        revision.0,
        entry.kind.as_str(),
        entry.action.as_str(),
        codec::write_transaction(&entry.transaction)?,
        entry.before.anchor.0,
        entry.before.head.0,
        entry.after.anchor.0,
        entry.after.head.0,
        entry.at_ms,
        entry.started_from.to_words(),
    ])?;
    Ok(())
}

/// Records in the stream of changes that an article was added.
pub(super) fn record_added(conn: &Connection, key: ArticleKey) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO history (article, annotator, rev, kind, action, change,
            before_anchor, before_head, after_anchor, after_head, at_ms)
         VALUES (?1, '', 0, 'added', '', '', 0, 0, 0, 0, 0)",
    )?
    .execute([key.0])?;
    Ok(())
}

/// The ground on which annotators of a new article start.
pub(super) fn put_suggestions(
    conn: &Connection,
    key: ArticleKey,
    annotation: &Annotation,
    since_ms: i64,
) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO annotation (article, annotator, rev, status, updated_at, doc, open_remarks)
         VALUES (?1, '', 0, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        key.0,
        status_number(annotation.status()),
        since_ms,
        codec::write_annotation(annotation)?,
        annotation.open_remarks() as i64,
    ])?;
    Ok(())
}

/// Work that came with a record: the first revision, whose history begins with all of it.
pub(super) fn begin_imported(
    conn: &Connection,
    key: ArticleKey,
    imported: &Imported,
) -> Result<()> {
    let Imported {
        owner,
        at_ms,
        started_from,
        annotation,
        decisions,
    } = imported;
    conn.prepare_cached(
        "INSERT INTO annotation (article, annotator, rev, status, updated_at, doc, open_remarks)
         VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        key.0,
        owner.as_str(),
        status_number(annotation.status()),
        at_ms,
        codec::write_annotation(annotation)?,
        annotation.open_remarks() as i64,
    ])?;
    let start = Entry {
        kind: EntryKind::Edit,
        action: Action::Start,
        transaction: start_with_decisions(annotation, decisions),
        before: Selection::default(),
        after: Selection::default(),
        at_ms: *at_ms,
        started_from: started_from.clone(),
    };
    append(conn, key, owner.as_str(), Revision(1), &start)
}

// -- the stream of changes -------------------------------------------------------------------

pub(super) fn change_seq(conn: &Connection) -> Result<ChangeSeq> {
    let newest: Option<i64> = conn
        .prepare_cached("SELECT MAX(seq) FROM history")?
        .query_row([], |row| row.get(0))?;
    Ok(ChangeSeq(newest.unwrap_or(0)))
}

pub(super) fn changes_since(conn: &Connection, since: ChangeSeq) -> Result<Vec<Change>> {
    let mut statement = conn.prepare_cached(
        "SELECT seq, article, annotator FROM history WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    let changes = statement.query_map([since.0, MOST_CHANGES], |row| {
        Ok(Change {
            seq: ChangeSeq(row.get(0)?),
            key: ArticleKey(row.get(1)?),
            annotator: row.get(2)?,
        })
    })?;
    Ok(changes.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn data_version(conn: &Connection) -> Result<i64> {
    Ok(conn
        .prepare_cached("PRAGMA data_version")?
        .query_row([], |row| row.get(0))?)
}

// -- schema and settings ---------------------------------------------------------------------

pub(super) fn schema(conn: &Connection) -> Result<Schema> {
    let toml: Option<String> = conn
        .prepare_cached("SELECT schema_toml FROM dataset")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let toml = toml.ok_or_else(|| Fault::Damaged("it has no schema".to_owned()))?;
    codec::read_schema(&toml).map_err(|error| Fault::Damaged(format!("schema: {error}")))
}

pub(super) fn set_schema(conn: &Connection, schema: &Schema) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO dataset (one, schema_toml) VALUES (1, ?1)
         ON CONFLICT (one) DO UPDATE SET schema_toml = excluded.schema_toml",
    )?
    .execute([codec::write_schema(schema)?])?;
    Ok(())
}

pub(super) fn setting(conn: &Connection, name: &str) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT value FROM setting WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?)
}

pub(super) fn set_setting(conn: &Connection, name: &str, value: Option<&str>) -> Result<()> {
    match value {
        Some(value) => conn
            .prepare_cached(
                "INSERT INTO setting (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            )?
            .execute([name, value])?,
        None => conn
            .prepare_cached("DELETE FROM setting WHERE name = ?1")?
            .execute([name])?,
    };
    Ok(())
}
