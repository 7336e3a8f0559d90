//! A new schema, with the annotations that it gives other labels, as one transaction: a crash in
//! the middle leaves the old schema with the old labels.

use std::collections::BTreeSet;

use rusqlite::{Connection, params, params_from_iter};

use super::fault::Fault;
use super::{articles, work};
use crate::model::{Label, Schema};
use crate::store::codec;
use crate::store::{ArticleKey, ChangeSeq, LabelUse, Revision, Rewrite, StoreError};

type Result<T> = std::result::Result<T, Fault>;

/// Labels searched at once; SQLite limits the parameters of a statement.
const LABELS_AT_ONCE: usize = 200;

pub(super) fn users_of(conn: &Connection, labels: &[Label]) -> Result<Vec<(ArticleKey, String)>> {
    let mut users = BTreeSet::new();
    for labels in labels.chunks(LABELS_AT_ONCE) {
        let needles = labels
            .iter()
            .map(codec::write_label)
            .collect::<std::result::Result<Vec<String>, _>>()?;
        let names = |column: &str| {
            let tests: Vec<String> = (1..=needles.len())
                .map(|at| format!("instr({column}, ?{at}) > 0"))
                .collect();
            tests.join(" OR ")
        };
        // Only the names of columns and the numbers of parameters are put together here.
        let sql = format!(
            "SELECT article, annotator FROM annotation WHERE {}
             UNION
             SELECT article, annotator FROM history WHERE kind <> 'added' AND ({})",
            names("doc"),
            names("change")
        );
        let mut statement = conn.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(&needles))?;
        while let Some(row) = rows.next()? {
            users.insert((ArticleKey(row.get(0)?), row.get::<_, String>(1)?));
        }
    }
    Ok(users.into_iter().collect())
}

pub(super) fn change_schema(
    conn: &Connection,
    schema: &Schema,
    labels: &[Label],
    rewrite: &mut dyn FnMut(LabelUse<'_>) -> Rewrite,
) -> Result<(ChangeSeq, ChangeSeq)> {
    let before = work::change_seq(conn)?;
    work::set_schema(conn, schema)?;
    let users = users_of(conn, labels)?;
    let mut done = 0;
    for of_article in users.chunk_by(|(a, _), (b, _)| a == b) {
        let Some((key, _)) = of_article.first() else {
            continue;
        };
        let article = articles::article(conn, *key)?;
        for stored in work::annotations(conn, &article, *key)? {
            if !of_article
                .iter()
                .any(|(_, who)| stored.owner.as_str() == who)
            {
                continue;
            }
            let use_ = LabelUse {
                done,
                of: users.len(),
                article: &article,
                stored: &stored,
            };
            match rewrite(use_) {
                Rewrite::Leave => {}
                Rewrite::Stop => return Err(StoreError::Stopped.into()),
                Rewrite::To {
                    entries,
                    annotation,
                } => {
                    let nobody = stored.owner.is_nobody();
                    let revision = Revision(stored.revision.0 + i64::from(!nobody));
                    conn.prepare_cached(
                        "UPDATE annotation SET rev = ?3, doc = ?4
                         WHERE article = ?1 AND annotator = ?2",
                    )?
                    .execute(params![
                        key.0,
                        stored.owner.as_str(),
                        revision.0,
                        codec::write_annotation(&annotation)?
                    ])?;
                    for entry in entries.iter().filter(|_| !nobody) {
                        work::append(conn, *key, stored.owner.as_str(), revision, entry)?;
                    }
                }
            }
            done += 1;
        }
    }
    Ok((before, work::change_seq(conn)?))
}
