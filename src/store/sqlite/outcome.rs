//! Time spent, and what done annotations came to.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};

use super::fault::Fault;
use super::sites;
use crate::model::Label;
use crate::store::outcome::{
    FewestEdits, Hits, LabelKind, LabelOutcome, Outcome, SLOT_MS, Scores, SiteScore, StaleOutcome,
    TimeSpent,
};
use crate::store::{ArticleKey, Revision};

type Result<T> = std::result::Result<T, Fault>;

fn kind_number(kind: LabelKind) -> i64 {
    match kind {
        LabelKind::Region => 0,
        LabelKind::Entity => 1,
    }
}

fn natural(row: &Row<'_>, at: usize) -> Result<u64> {
    let number: i64 = row.get(at)?;
    u64::try_from(number)
        .map_err(|_negative| Fault::Damaged(format!("{number} where a count should be")))
}

/// As it is stored; what is counted in an article never comes near the end of the numbers.
fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

// -- time ------------------------------------------------------------------------------------

pub(super) fn add_time(conn: &Connection, times: &[TimeSpent]) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "INSERT INTO time_spent (article, annotator, slot, active_ms) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (article, annotator, slot) DO UPDATE SET active_ms = active_ms + excluded.active_ms",
    )?;
    for time in times {
        let slot = time.at_ms.div_euclid(SLOT_MS);
        statement.execute(params![
            time.key.0,
            time.annotator,
            slot,
            time.active_ms.max(0)
        ])?;
    }
    Ok(())
}

pub(super) fn time_on(conn: &Connection, key: ArticleKey, annotator: &str) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT COALESCE(SUM(active_ms), 0) FROM time_spent WHERE article = ?1 AND annotator = ?2",
        )?
        .query_row(params![key.0, annotator], |row| row.get(0))?)
}

pub(super) fn time_by_slot(conn: &Connection) -> Result<Vec<(String, i64, i64)>> {
    let mut statement = conn.prepare_cached(
        "SELECT annotator, slot, SUM(active_ms) FROM time_spent GROUP BY annotator, slot
         ORDER BY slot, annotator",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let slot: i64 = row.get(1)?;
        found.push((row.get(0)?, slot.saturating_mul(SLOT_MS), row.get(2)?));
    }
    Ok(found)
}

// -- outcomes --------------------------------------------------------------------------------

pub(super) fn write_outcomes(conn: &Connection, outcomes: &[Outcome]) -> Result<()> {
    for outcome in outcomes {
        conn.prepare_cached("DELETE FROM outcome WHERE article = ?1 AND annotator = ?2")?
            .execute(params![outcome.key.0, outcome.annotator])?;
        let scores = outcome.scores.unwrap_or_default();
        let [r_add, r_delete, r_relabel, r_boundary] = outcome.fewest.regions.map(stored);
        let [e_add, e_delete, e_relabel, e_boundary] = outcome.fewest.entities.map(stored);
        conn.prepare_cached(
            "INSERT INTO outcome (article, annotator, rev, first_ms, done_ms, edits, scored,
                region_chars_f1, region_spans_f1, entity_f1,
                region_add, region_delete, region_relabel, region_boundary,
                entity_add, entity_delete, entity_relabel, entity_boundary)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        )?
        .execute(params![
            outcome.key.0,
            outcome.annotator,
            outcome.revision.0,
            outcome.first_ms,
            outcome.done_ms,
            stored(outcome.edits),
            outcome.scores.is_some(),
            scores.region_chars,
            scores.region_spans,
            scores.entities,
            r_add,
            r_delete,
            r_relabel,
            r_boundary,
            e_add,
            e_delete,
            e_relabel,
            e_boundary,
        ])?;
        let mut statement = conn.prepare_cached(
            "INSERT INTO outcome_label (article, annotator, kind, label, spans, chars,
                char_hits, char_guessed, char_gold, span_hits, span_guessed, span_gold, edits, active_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?;
        for label in &outcome.labels {
            statement.execute(params![
                outcome.key.0,
                outcome.annotator,
                kind_number(label.kind),
                label.label.as_str(),
                stored(label.spans),
                stored(label.chars),
                stored(label.by_chars.hits),
                stored(label.by_chars.guessed),
                stored(label.by_chars.gold),
                stored(label.by_spans.hits),
                stored(label.by_spans.guessed),
                stored(label.by_spans.gold),
                stored(label.edits),
                label.active_ms,
            ])?;
        }
    }
    Ok(())
}

pub(super) fn stale_outcomes(
    conn: &Connection,
    after: Option<(ArticleKey, &str)>,
    limit: usize,
) -> Result<Vec<StaleOutcome>> {
    let (key, annotator) = after.map_or((i64::MIN, ""), |(key, annotator)| (key.0, annotator));
    let mut statement = conn.prepare_cached(
        "SELECT a.article, a.annotator, a.rev
         FROM annotation a LEFT JOIN outcome o ON o.article = a.article AND o.annotator = a.annotator
         WHERE a.status = 2 AND a.annotator <> '' AND (a.article, a.annotator) > (?1, ?2)
            AND (o.rev IS NULL OR o.rev <> a.rev)
         ORDER BY a.article, a.annotator LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = statement.query_map(params![key, annotator, limit], |row| {
        Ok(StaleOutcome {
            key: ArticleKey(row.get(0)?),
            annotator: row.get(1)?,
            revision: Revision(row.get(2)?),
        })
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn outcomes(conn: &Connection, each: &mut dyn FnMut(Outcome)) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT o.article, o.annotator, o.rev, o.first_ms, o.done_ms, o.edits, o.scored,
            o.region_chars_f1, o.region_spans_f1, o.entity_f1,
            o.region_add, o.region_delete, o.region_relabel, o.region_boundary,
            o.entity_add, o.entity_delete, o.entity_relabel, o.entity_boundary,
            (SELECT COALESCE(SUM(t.active_ms), 0) FROM time_spent t
             WHERE t.article = o.article AND t.annotator = o.annotator)
         FROM outcome o JOIN annotation a
            ON a.article = o.article AND a.annotator = o.annotator AND a.rev = o.rev
         WHERE a.status = 2",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let four = |from: usize| -> Result<[u64; 4]> {
            Ok([
                natural(row, from)?,
                natural(row, from + 1)?,
                natural(row, from + 2)?,
                natural(row, from + 3)?,
            ])
        };
        let scores = Scores {
            region_chars: row.get(7)?,
            region_spans: row.get(8)?,
            entities: row.get(9)?,
        };
        let scored: bool = row.get(6)?;
        each(Outcome {
            key: ArticleKey(row.get(0)?),
            annotator: row.get(1)?,
            revision: Revision(row.get(2)?),
            first_ms: row.get(3)?,
            done_ms: row.get(4)?,
            edits: natural(row, 5)?,
            scores: scored.then_some(scores),
            fewest: FewestEdits {
                regions: four(10)?,
                entities: four(14)?,
            },
            active_ms: row.get(18)?,
            labels: Vec::new(),
        });
    }
    Ok(())
}

pub(super) fn label_sums(conn: &Connection) -> Result<Vec<LabelOutcome>> {
    let mut statement = conn.prepare_cached(
        "SELECT l.kind, l.label, SUM(l.spans), SUM(l.chars),
            SUM(l.char_hits), SUM(l.char_guessed), SUM(l.char_gold * o.scored),
            SUM(l.span_hits), SUM(l.span_guessed), SUM(l.span_gold * o.scored),
            SUM(l.edits), SUM(l.active_ms)
         FROM outcome_label l JOIN outcome o ON o.article = l.article AND o.annotator = l.annotator
            JOIN annotation a ON a.article = l.article AND a.annotator = l.annotator AND a.rev = o.rev
         WHERE a.status = 2
         GROUP BY l.kind, l.label ORDER BY l.kind, l.label",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(1)?;
        let hits = |from: usize| -> Result<Hits> {
            Ok(Hits {
                hits: natural(row, from)?,
                guessed: natural(row, from + 1)?,
                gold: natural(row, from + 2)?,
            })
        };
        let number: i64 = row.get(0)?;
        found.push(LabelOutcome {
            kind: if number == 0 {
                LabelKind::Region
            } else {
                LabelKind::Entity
            },
            label: Label::new(&name)
                .map_err(|error| Fault::Damaged(format!("label {name:?}: {error}")))?,
            spans: natural(row, 2)?,
            chars: natural(row, 3)?,
            by_chars: hits(4)?,
            by_spans: hits(7)?,
            edits: natural(row, 10)?,
            active_ms: row.get(11)?,
        });
    }
    Ok(found)
}

pub(super) fn site_scores(conn: &Connection) -> Result<Vec<SiteScore>> {
    let mut statement = conn.prepare_cached(
        "SELECT r.site, COUNT(DISTINCT l.article),
            SUM(l.char_hits), SUM(l.char_guessed), SUM(l.char_gold),
            SUM(l.span_hits), SUM(l.span_guessed), SUM(l.span_gold)
         FROM outcome_label l JOIN outcome o ON o.article = l.article AND o.annotator = l.annotator
            JOIN annotation a ON a.article = l.article AND a.annotator = l.annotator AND a.rev = o.rev
            JOIN article r ON r.key = l.article
         WHERE a.status = 2 AND o.scored = 1 AND l.kind = 0 AND r.site <> ''
         GROUP BY r.site",
    )?;
    let mut rows = statement.query([])?;
    let mut found: BTreeMap<String, SiteScore> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let hits = |from: usize| -> Result<Hits> {
            Ok(Hits {
                hits: natural(row, from)?,
                guessed: natural(row, from + 1)?,
                gold: natural(row, from + 2)?,
            })
        };
        let site = sites::name(&row.get::<_, String>(0)?);
        let more = SiteScore {
            site: site.clone(),
            articles: natural(row, 1)?,
            by_chars: hits(2)?,
            by_spans: hits(5)?,
        };
        match found.get_mut(&site) {
            Some(score) => score.add(&more),
            None => drop(found.insert(site, more)),
        }
    }
    found.remove("");
    Ok(found.into_values().collect())
}

pub(super) fn with_label(
    conn: &Connection,
    kind: LabelKind,
    label: &Label,
) -> Result<Vec<ArticleKey>> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT l.article FROM outcome_label l
            JOIN annotation a ON a.article = l.article AND a.annotator = l.annotator
         WHERE l.kind = ?1 AND l.label = ?2 AND l.spans > 0 AND a.status = 2 ORDER BY l.article",
    )?;
    let found = statement.query_map(params![kind_number(kind), label.as_str()], |row| {
        Ok(ArticleKey(row.get(0)?))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}
