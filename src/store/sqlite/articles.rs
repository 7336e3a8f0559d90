//! Articles: adding, finding and counting them.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::fault::Fault;
use super::newest::{doubts, set_newest, status_number, tally};
use super::{models, work};
use crate::model::{Annotation, Article, ArticleId, Metadata, Site, Status, Text};
use crate::store::codec;
use crate::store::{Added, ArticleKey, Imported, NewArticle, StatusCounts, StoreError};

type Result<T> = std::result::Result<T, Fault>;

pub(super) fn natural(number: i64) -> Result<u64> {
    u64::try_from(number)
        .map_err(|_negative| Fault::Damaged(format!("{number} where a count should be")))
}

pub(super) fn counts(conn: &Connection) -> Result<StatusCounts> {
    let mut counts = [0; 5];
    let mut statement = conn.prepare_cached("SELECT status, articles FROM tally")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let place = natural(row.get(0)?)?;
        if let Some(count) = usize::try_from(place)
            .ok()
            .and_then(|at| counts.get_mut(at))
        {
            *count = natural(row.get(1)?)?;
        }
    }
    Ok(StatusCounts(counts))
}

// -- adding ----------------------------------------------------------------------------------

pub(super) fn add(conn: &Connection, articles: &[NewArticle]) -> Result<Vec<Added>> {
    let mut new = [0; 5];
    let mut outcomes = Vec::with_capacity(articles.len());
    for article in articles {
        let ground = Ground::of(article);
        let outcome = match insert(conn, article, &ground)? {
            Some(key) => {
                if let Some(count) = new.get_mut(status_number(ground.status) as usize) {
                    *count += 1;
                }
                Added::New(key)
            }
            None => {
                // Joining may change the status of an article that came just before.
                tally_new(conn, &mut new)?;
                join(conn, article)?
            }
        };
        outcomes.push(outcome);
    }
    tally_new(conn, &mut new)?;
    Ok(outcomes)
}

/// Counts new articles, by status, and begins anew.
fn tally_new(conn: &Connection, new: &mut [i64; 5]) -> Result<()> {
    for (status, count) in (0..).zip(std::mem::take(new)) {
        if count > 0 {
            tally(conn, status, count)?;
        }
    }
    Ok(())
}

/// What is known of an article's labels when it comes.
struct Ground<'a> {
    /// The suggestions from which annotators start, and when they were made.
    suggestions: &'a Annotation,
    since_ms: i64,
    /// Work that has an owner.
    work: Option<&'a Imported>,
    status: Status,
}

impl<'a> Ground<'a> {
    fn of(article: &'a NewArticle) -> Self {
        let ground = Self {
            suggestions: &article.suggestions,
            since_ms: 0,
            work: None,
            status: article.suggestions.status(),
        };
        match &article.imported {
            None => ground,
            // Nobody's work, such as a record from a corpus: better ground than what a model
            // proposes.
            Some(imported) if imported.owner.is_nobody() => Self {
                suggestions: &imported.annotation,
                since_ms: imported.at_ms,
                status: imported.annotation.status(),
                ..ground
            },
            Some(imported) => Self {
                work: Some(imported),
                status: imported.annotation.status(),
                ..ground
            },
        }
    }
}

impl Ground<'_> {
    /// What the row of the article speaks of.
    fn newest(&self) -> &Annotation {
        self.work.map_or(self.suggestions, |work| &work.annotation)
    }
}

/// The key of the article if it was new; `None` if its id or content is there already.
fn insert(conn: &Connection, new: &NewArticle, ground: &Ground<'_>) -> Result<Option<ArticleKey>> {
    let article = &new.article;
    let meta = &article.meta;
    let text = article.text.as_str();
    let inserted = conn
        .prepare_cached(
            "INSERT INTO article
                (id, content_hash, status, text_len, headline, title, language, url, source, other, site, unsure)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            article.id.as_str(),
            new.content_hash,
            status_number(ground.status),
            article.text.end().0,
            article.headline_by(ground.newest()),
            meta.title,
            meta.language,
            meta.url,
            meta.source,
            codec::write_other(&meta.other)?,
            Site::of_url(&meta.url).as_ref().map_or("", Site::host),
            doubts(ground.newest()),
        ])?;
    if inserted == 0 {
        return Ok(None);
    }
    let key = ArticleKey(conn.last_insert_rowid());
    conn.prepare_cached("INSERT INTO article_body (article, text, blocks) VALUES (?1, ?2, ?3)")?
        .execute(params![key.0, text, codec::write_blocks(&article.blocks)?])?;
    if !new.kept.is_empty() {
        models::put_kept(conn, key, &new.kept)?;
    }
    work::record_added(conn, key)?;
    if *ground.suggestions != Annotation::default() {
        work::put_suggestions(conn, key, ground.suggestions, ground.since_ms)?;
    }
    if let Some(imported) = ground.work {
        work::begin_imported(conn, key, imported)?;
    }
    Ok(Some(key))
}

/// An article whose id or content is there already: what is new is at most an annotator's work on
/// it.
fn join(conn: &Connection, new: &NewArticle) -> Result<Added> {
    let same_id: Option<(i64, String)> = conn
        .prepare_cached("SELECT key, content_hash FROM article WHERE id = ?1")?
        .query_row([new.article.id.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let key = match same_id {
        Some((key, hash)) if hash != new.content_hash => {
            return Ok(Added::IdTaken(ArticleKey(key)));
        }
        Some((key, _)) => key,
        None => conn
            .prepare_cached("SELECT key FROM article WHERE content_hash = ?1")?
            .query_row([&new.content_hash], |row| row.get(0))?,
    };
    let known = Added::Known(ArticleKey(key));
    let Some(imported) = &new.imported else {
        return Ok(known);
    };
    let Some(who) = imported.owner.name() else {
        return Ok(known);
    };
    let (text, works_already): (String, bool) = conn
        .prepare_cached(
            "SELECT text, EXISTS (SELECT 1 FROM annotation WHERE article = ?1 AND annotator = ?2)
             FROM article_body WHERE article = ?1",
        )?
        .query_row(params![key, who], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if works_already || text != new.article.text.as_str() {
        return Ok(known);
    }
    let key = ArticleKey(key);
    work::begin_imported(conn, key, imported)?;
    set_newest(conn, key, &imported.annotation)?; // it came last, whatever its clock said
    Ok(Added::NewWork(key))
}

// -- one article -----------------------------------------------------------------------------

pub(super) fn article(conn: &Connection, key: ArticleKey) -> Result<Article> {
    let mut statement = conn.prepare_cached(
        "SELECT a.id, a.title, a.language, a.url, a.source, a.other, b.text, b.blocks
         FROM article a JOIN article_body b ON b.article = a.key WHERE a.key = ?1",
    )?;
    let mut rows = statement.query([key.0])?;
    let row = rows.next()?.ok_or(StoreError::NoSuchArticle(key))?;
    let id: String = row.get(0)?;
    let other: String = row.get(5)?;
    let text: String = row.get(6)?;
    let blocks: String = row.get(7)?;
    let damaged = |what: String| Fault::Damaged(format!("article number {key}: {what}"));
    let text = Text::try_new(text).map_err(|_text| damaged("its text is too long".to_owned()))?;
    Ok(Article {
        id: ArticleId::new(&id).ok_or_else(|| damaged("its id cannot be one".to_owned()))?,
        blocks: codec::read_blocks(&blocks, &text).map_err(|e| damaged(format!("blocks: {e}")))?,
        text,
        meta: Metadata {
            title: row.get(1)?,
            language: row.get(2)?,
            url: row.get(3)?,
            source: row.get(4)?,
            other: codec::read_other(&other).map_err(|e| damaged(format!("metadata: {e}")))?,
        },
    })
}

pub(super) fn find(conn: &Connection, id: &str) -> Result<Option<ArticleKey>> {
    Ok(conn
        .prepare_cached("SELECT key FROM article WHERE id = ?1")?
        .query_row([id], |row| row.get(0).map(ArticleKey))
        .optional()?)
}

/// Headline and text of an article, as they are searched; `None` if there is no such article.
pub(super) fn words(conn: &Connection, key: ArticleKey) -> Result<Option<(String, String)>> {
    Ok(conn
        .prepare_cached(
            "SELECT a.headline, b.text FROM article a JOIN article_body b ON b.article = a.key WHERE a.key = ?1",
        )?
        .query_row([key.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}
