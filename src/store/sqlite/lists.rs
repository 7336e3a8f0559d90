//! Lists of articles: filtered, sorted, a page or all of it.
//!
//! A filter is several questions; each gives a run of keys in the order of import, mostly from an
//! index, and the runs are intersected: a million keys are eight megabytes, and going through them
//! takes milliseconds.

use rusqlite::{Connection, Rows, params};

use super::fault::Fault;
use super::newest::status_number;
use super::queries::{View, all_keys, counted, read_keys};
use super::viewpoint::OwnStatuses;
use super::{contents, search, sites, titles};
use crate::model::Status;
use crate::store::{ArticleKey, Chosen, Facets, Filter, Order, OrderBy};

type Result<T> = std::result::Result<T, Fault>;

/// Characters of a text from which its language is guessed.
const TEXT_START: i64 = 1000;

/// The most values of a kind that are offered to filter by.
const MOST_FACETS: usize = 200;

// -- which ------------------------------------------------------------------------------------

/// The keys of all articles that match, in the order of import.
pub(super) fn keys(conn: &Connection, view: View<'_>, filter: &Filter) -> Result<Vec<ArticleKey>> {
    match matching(conn, view, filter)? {
        Some(keys) => Ok(keys),
        None => all_keys(conn),
    }
}

/// The keys of all articles of which a person's annotation has this status, or the row itself.
pub(super) fn with_status(conn: &Connection, status: Status) -> Result<Vec<ArticleKey>> {
    let status = status_number(status);
    let mut keys = read_keys(
        conn.prepare_cached("SELECT key FROM article WHERE status = ?1 ORDER BY key")?,
        [status],
    )?;
    keys.extend(read_keys(
        conn.prepare_cached(
            "SELECT article FROM annotation INDEXED BY annotation_by_status
             WHERE status = ?1 AND annotator <> '' ORDER BY article",
        )?,
        [status],
    )?);
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// The same; `None` if nothing was asked, and so everything matches.
fn matching(conn: &Connection, view: View<'_>, filter: &Filter) -> Result<Option<Vec<ArticleKey>>> {
    let mut runs = narrowing(conn, view, filter)?;
    if filter.is_search() {
        let found = match search::query(&filter.words) {
            None => Vec::new(),
            Some(query) => read_keys(
                conn.prepare_cached(
                    "SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid",
                )?,
                [query],
            )?,
        };
        runs.push(found);
    }
    runs.sort_by_key(Vec::len);
    Ok(runs.into_iter().reduce(|few, many| common(&few, &many)))
}

/// The runs of all that a filter asks besides words.
fn narrowing(conn: &Connection, view: View<'_>, filter: &Filter) -> Result<Vec<Vec<ArticleKey>>> {
    let mut runs = Vec::new();
    if let Some(status) = filter.status {
        runs.push(match view {
            Some(annotator) => OwnStatuses::of(conn, annotator)?.with(conn, status)?,
            None => read_keys(
                conn.prepare_cached("SELECT key FROM article WHERE status = ?1 ORDER BY key")?,
                [status_number(status)],
            )?,
        });
    }
    if let Some(site) = &filter.site {
        runs.push(sites::within(conn, site)?);
    }
    if let Some(language) = &filter.language {
        let language = language.to_lowercase();
        let mut run = Vec::new();
        for (name, _) in counted(conn, LANGUAGES)? {
            let lower = name.to_lowercase();
            let rest = lower.strip_prefix(&language);
            if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_'])) {
                run.extend(read_keys(
                    conn.prepare_cached(
                        "SELECT key FROM article WHERE language = ?1 ORDER BY key",
                    )?,
                    [&name],
                )?);
            }
        }
        let more = filter.in_language.as_ref();
        run.extend(more.map(Chosen::keys).unwrap_or_default());
        run.sort();
        run.dedup();
        runs.push(run);
    }
    if let Some(annotator) = &filter.annotator {
        runs.push(read_keys(
            conn.prepare_cached(
                "SELECT article FROM annotation WHERE annotator = ?1 AND annotator <> '' ORDER BY article",
            )?,
            [annotator],
        )?);
    }
    if filter.open_remark {
        runs.push(with_open_remarks(conn, view)?);
    }
    contents::narrowing(conn, view, filter, &mut runs)?;
    if let Some(only) = &filter.only {
        runs.push(only.keys().to_vec());
    }
    Ok(runs)
}

/// Returns the articles with an open remark of this annotator, or of anybody; remarks of nobody,
/// which came with an import, count until a person takes the article up, and with it the remarks.
fn with_open_remarks(conn: &Connection, view: View<'_>) -> Result<Vec<ArticleKey>> {
    match view {
        None => read_keys(
            conn.prepare_cached(
                "SELECT DISTINCT article FROM annotation n INDEXED BY annotation_open_remarks
                 WHERE open_remarks > 0 AND (annotator <> '' OR NOT EXISTS (
                     SELECT 1 FROM annotation p WHERE p.article = n.article AND p.annotator > ''
                 )) ORDER BY article",
            )?,
            [],
        ),
        Some(annotator) => read_keys(
            conn.prepare_cached(
                "SELECT DISTINCT article FROM annotation n INDEXED BY annotation_open_remarks
                 WHERE open_remarks > 0 AND (annotator = ?1 OR annotator = '' AND NOT EXISTS (
                     SELECT 1 FROM annotation p WHERE p.article = n.article AND p.annotator = ?1
                 )) ORDER BY article",
            )?,
            [annotator],
        ),
    }
}

/// Intersects two sorted runs, of which the first is the shorter one.
fn common(few: &[ArticleKey], many: &[ArticleKey]) -> Vec<ArticleKey> {
    let mut rest = many;
    let mut both = Vec::new();
    for key in few {
        // A gallop: close by if both are dense, far if one is sparse.
        let mut reach = 1;
        while rest.get(reach).is_some_and(|other| other < key) {
            reach *= 2;
        }
        let near = &rest[..rest.len().min(reach + 1)];
        rest = &rest[near.partition_point(|other| other < key)..];
        if rest.first() == Some(key) {
            both.push(*key);
        }
    }
    both
}

// -- in which order ---------------------------------------------------------------------------

/// The keys of all articles that match, in this order.
pub(super) fn list(
    conn: &Connection,
    view: View<'_>,
    filter: &Filter,
    order: Order,
) -> Result<Vec<ArticleKey>> {
    if order.by == OrderBy::Import {
        let mut keys = keys(conn, view, filter)?;
        if order.descending {
            keys.reverse();
        }
        return Ok(keys);
    }
    let wanted = matching(conn, view, filter)?;
    if wanted.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let members = wanted.as_deref().map(Members::new);
    let mut all = everything(conn, view, order, members.as_ref())?;
    if let Some(members) = &members {
        all.retain(|key| members.has(*key));
    }
    Ok(all)
}

/// Every article in this order; sometimes those alone that are wanted.
fn everything(
    conn: &Connection,
    view: View<'_>,
    order: Order,
    wanted: Option<&Members>,
) -> Result<Vec<ArticleKey>> {
    let by = |ascending: &'static str, descending: &'static str| {
        let sql = if order.descending {
            descending
        } else {
            ascending
        };
        read_keys(conn.prepare_cached(sql)?, [])
    };
    match (order.by, view) {
        (OrderBy::Status, Some(annotator)) => {
            let statuses = OwnStatuses::of(conn, annotator)?;
            let mut all = keys(conn, None, &Filter::default())?;
            all.sort_by_cached_key(|key| {
                let status = statuses.status(*key);
                if order.descending { -status } else { status }
            });
            return Ok(all);
        }
        (OrderBy::Changed, Some(annotator)) => {
            let mut statement = conn.prepare_cached(
                "SELECT article, MAX(seq) FROM history WHERE kind <> 'added' AND annotator = ?1 GROUP BY article",
            )?;
            return by_change(conn, statement.query([annotator])?, order.descending);
        }
        _ => {}
    }
    match order.by {
        OrderBy::Import | OrderBy::Doubt | OrderBy::Disagreement => by(
            "SELECT key FROM article ORDER BY key",
            "SELECT key FROM article ORDER BY key DESC",
        ),
        OrderBy::Status => by(
            "SELECT key FROM article ORDER BY status, key",
            "SELECT key FROM article ORDER BY status DESC, key",
        ),
        OrderBy::Site => sites::sorted(conn, order.descending),
        OrderBy::Unsure => {
            let doubted = by(
                "SELECT key FROM article WHERE unsure > 0 ORDER BY unsure, key",
                "SELECT key FROM article WHERE unsure > 0 ORDER BY unsure DESC, key",
            )?;
            let rest = without(conn, &doubted)?;
            Ok(if order.descending {
                [doubted, rest].concat()
            } else {
                [rest, doubted].concat()
            })
        }
        OrderBy::Changed => {
            let mut statement = conn.prepare_cached(
                "SELECT article, MAX(seq) FROM history WHERE kind <> 'added' GROUP BY article",
            )?;
            by_change(conn, statement.query([])?, order.descending)
        }
        OrderBy::Length => {
            let mut statement =
                conn.prepare_cached("SELECT key, text_len FROM article ORDER BY key")?;
            let mut lengths: Vec<(i64, ArticleKey)> = Vec::new();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (key, len): (_, i64) = (ArticleKey(row.get(0)?), row.get(1)?);
                if wanted.is_none_or(|wanted| wanted.has(key)) {
                    lengths.push((if order.descending { -len } else { len }, key));
                }
            }
            lengths.sort_unstable();
            Ok(lengths.into_iter().map(|(_, key)| key).collect())
        }
        OrderBy::Title => titles::sorted(conn, order.descending, |key| {
            wanted.is_none_or(|wanted| wanted.has(key))
        }),
    }
}

/// Articles by their newest change; those without one come last.
fn by_change(conn: &Connection, mut rows: Rows<'_>, descending: bool) -> Result<Vec<ArticleKey>> {
    let mut changes: Vec<(i64, ArticleKey)> = Vec::new();
    while let Some(row) = rows.next()? {
        changes.push((row.get(1)?, ArticleKey(row.get(0)?)));
    }
    changes.sort_unstable();
    if descending {
        changes.reverse();
    }
    let mut keys: Vec<ArticleKey> = changes.into_iter().map(|(_, key)| key).collect();
    keys.extend(without(conn, &keys)?);
    Ok(keys)
}

/// All articles but these, in the order of import.
fn without(conn: &Connection, keys: &[ArticleKey]) -> Result<Vec<ArticleKey>> {
    let members = Members::new(keys);
    let mut rest = self::keys(conn, None, &Filter::default())?;
    rest.retain(|key| !members.has(*key));
    Ok(rest)
}

/// A set of keys, a bit for each.
struct Members {
    bits: Vec<u64>,
    /// Keys that no import gives: a damaged or hostile file may hold any number.
    odd: Vec<ArticleKey>,
}

impl Members {
    /// Keys up to here have a bit; 8 MiB of bits at most.
    const DENSE: i64 = 1 << 26;

    fn new(keys: &[ArticleKey]) -> Self {
        let (dense, mut odd): (Vec<ArticleKey>, Vec<ArticleKey>) = keys
            .iter()
            .partition(|key| (0..Self::DENSE).contains(&key.0));
        let top = dense.iter().map(|key| key.0).max().unwrap_or(0);
        let mut bits = vec![0_u64; usize::try_from(top / 64 + 1).unwrap_or(1)];
        for key in dense {
            if let Some(word) = bits.get_mut((key.0 / 64) as usize) {
                *word |= 1 << (key.0 % 64);
            }
        }
        odd.sort_unstable();
        Self { bits, odd }
    }

    fn has(&self, key: ArticleKey) -> bool {
        if (0..Self::DENSE).contains(&key.0) {
            let word = self.bits.get((key.0 / 64) as usize);
            word.is_some_and(|word| word >> (key.0 % 64) & 1 == 1)
        } else {
            self.odd.binary_search(&key).is_ok()
        }
    }
}

// -- what there is to filter by ---------------------------------------------------------------

const LANGUAGES: &str = "SELECT language, COUNT(*) FROM article GROUP BY language";
const ANNOTATORS: &str = "SELECT annotator, COUNT(*) FROM annotation GROUP BY annotator";

pub(super) fn facets(conn: &Connection) -> Result<Facets> {
    let frequent = |mut found: Vec<(String, u64)>| {
        found.retain(|(name, _)| !name.is_empty());
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found.truncate(MOST_FACETS);
        found
    };
    Ok(Facets {
        sites: frequent(sites::counted(conn)?),
        languages: frequent(counted(conn, LANGUAGES)?),
        annotators: frequent(counted(conn, ANNOTATORS)?),
    })
}

/// Returns the beginnings of texts whose articles declare no language, in the order of import.
pub(super) fn without_language(
    conn: &Connection,
    after: ArticleKey,
    limit: usize,
) -> Result<Vec<(ArticleKey, String)>> {
    let mut statement = conn.prepare_cached(
        "SELECT a.key, substr(b.text, 1, ?3) FROM article a JOIN article_body b ON b.article = a.key
         WHERE a.language = '' AND a.key > ?1 ORDER BY a.key LIMIT ?2",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let starts = statement.query_map(params![after.0, limit, TEXT_START], |row| {
        Ok((ArticleKey(row.get(0)?), row.get(1)?))
    })?;
    Ok(starts.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(numbers: &[i64]) -> Vec<ArticleKey> {
        numbers.iter().copied().map(ArticleKey).collect()
    }

    #[test]
    fn runs_are_intersected_however_dense() {
        let all: Vec<i64> = (1..2000).collect();
        for few in [&[][..], &[1], &[1999], &[5, 6, 7, 900, 1999, 3000], &all] {
            let wanted: Vec<i64> = few.iter().copied().filter(|n| *n < 2000).collect();
            assert_eq!(common(&keys(few), &keys(&all)), keys(&wanted));
        }
        assert_eq!(common(&keys(&[2, 4, 6]), &keys(&[1, 3, 5, 6])), keys(&[6]));
    }

    #[test]
    fn any_number_can_be_a_member() {
        let members = Members::new(&keys(&[i64::MIN, -1, 0, 63, 64, 1 << 40]));
        for key in [i64::MIN, -1, 0, 63, 64, 1 << 40] {
            assert!(members.has(ArticleKey(key)), "{key}");
        }
        for key in [i64::MAX, -2, 1, 65, 1 << 30] {
            assert!(!members.has(ArticleKey(key)), "{key}");
        }
    }
}
