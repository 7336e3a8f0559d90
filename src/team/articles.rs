//! The articles of a team dataset, with the suggestions from which members start.

use super::connection::{LONG_CALL, Server, params};
use super::{QueueOrder, Result};
use crate::model::{Annotation, Article, ArticleId, Metadata, Schema, Site, Text};
use crate::store::{NewArticle, codec};

/// The most articles that are read at once.
const PAGE: i64 = 50;

/// What the dataset of a team is made from, beside its articles.
#[derive(Clone, Debug)]
pub struct ServerDataset {
    /// The labels and guidelines.
    pub schema: Schema,
    /// How many annotators each article gets.
    pub overlap: i64,
    /// Which articles come first.
    pub order: QueueOrder,
}

/// What became of uploaded articles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UploadCounts {
    /// They are new on the server.
    pub added: u64,
    /// The server had them.
    pub known: u64,
    /// Another text has their id there.
    pub id_taken: u64,
}

/// An article to be added to the queue.
#[derive(Clone, Copy, Debug)]
pub struct QueuedArticle<'a> {
    /// The article with its suggestions.
    pub article: &'a NewArticle,
    /// Whether annotators start from nothing.
    pub is_blind: bool,
}

/// An article as the server has it.
#[derive(Clone, Debug)]
pub struct ServerArticle {
    /// Its number on the server.
    pub key: i64,
    /// The article and its suggestions.
    pub article: NewArticle,
    /// The version of the labels in the suggestions.
    pub schema_version: i64,
}

impl Server {
    /// Returns the labels and guidelines; `None` if the dataset is still to be made.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn schema(&self) -> Result<Option<Schema>> {
        Ok(self.schema_with_version()?.map(|(schema, _)| schema))
    }

    /// Makes the dataset, without articles.
    ///
    /// # Errors
    /// If the login is not the owner, or there is one already.
    pub fn create_dataset(&self, dataset: &ServerDataset) -> Result<()> {
        let toml = codec::write_schema(&dataset.schema)
            .map_err(|error| self.refused(error.to_string()))?;
        self.query(
            "INSERT INTO copydesk.dataset (schema_toml, overlap, queue_order) VALUES ($1, $2, $3)",
            params![toml, dataset.overlap, dataset.order.as_str()],
        )?;
        Ok(())
    }

    /// Adds articles that are not there yet to the end of the queue, in one transaction.
    ///
    /// # Errors
    /// If the login is not the owner, or the server cannot be asked; then none was added.
    pub fn add_articles(&self, articles: &[QueuedArticle<'_>]) -> Result<UploadCounts> {
        let mut columns = Columns::default();
        for queued in articles {
            columns
                .push(queued)
                .map_err(|error| self.refused(format!("{}: {error}", queued.article.article.id)))?;
        }
        let rows = self.query_within(
            LONG_CALL,
            "WITH input AS (
                 SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                     $8::text[], $9::bigint[], $10::text[], $11::text[], $12::bytea[], $13::text[], $14::boolean[])
                 WITH ORDINALITY AS i (id, hash, title, language, url, source, other, site, unsure, text, blocks, hints,
                     suggestion, withheld, n)
             ), added AS (
                 INSERT INTO copydesk.article (id, content_hash, title, language, url, source, other, site, unsure, text_len)
                 SELECT id, hash, title, language, url, source, other, site, unsure, octet_length(text) FROM input ORDER BY n
                 ON CONFLICT DO NOTHING RETURNING key, id
             ), bodies AS (
                 INSERT INTO copydesk.article_body (article, text, blocks, hints)
                 SELECT a.key, i.text, i.blocks, i.hints FROM added a JOIN input i USING (id)
             ), suggestions AS (
                 INSERT INTO copydesk.suggestion (article, doc, withheld, schema_version)
                 SELECT a.key, i.suggestion, i.withheld, d.schema_version
                 FROM added a JOIN input i USING (id), copydesk.dataset d
             ), queued AS (
                 INSERT INTO copydesk.task (article, overlap, open_slots, place)
                 SELECT a.key, d.overlap, d.overlap, a.key FROM added a, copydesk.dataset d
             )
             SELECT (SELECT count(*) FROM added),
                 (SELECT count(*) FROM input i JOIN copydesk.article a ON a.content_hash = i.hash)",
            columns.into_params(),
        )?;
        // The second count is of the state before this statement.
        let added: i64 = self.get(rows.first(), 0)?;
        let known: i64 = self.get(rows.first(), 1)?;
        let (added, known) = (added.unsigned_abs(), known.unsigned_abs());
        Ok(UploadCounts {
            added,
            known,
            id_taken: (articles.len() as u64).saturating_sub(added + known),
        })
    }

    /// Returns these articles, in the order of their numbers; unknown numbers are left out.
    ///
    /// # Errors
    /// If the server cannot be asked, or sends what is no article.
    pub fn articles(&self, keys: &[i64]) -> Result<Vec<ServerArticle>> {
        let mut found = Vec::with_capacity(keys.len());
        for some in keys.chunks(PAGE as usize) {
            let rows = self.query_within(
                LONG_CALL,
                "SELECT a.key, a.id, a.content_hash, a.title, a.language, a.url, a.source, a.other, b.text, b.blocks,
                     b.hints, s.doc, coalesce(s.schema_version, 1)
                 FROM copydesk.article a JOIN copydesk.article_body b ON b.article = a.key
                 LEFT JOIN copydesk.suggestion s ON s.article = a.key
                 WHERE a.key = ANY ($1) ORDER BY a.key",
                params![some.to_vec()],
            )?;
            for row in &rows {
                found.push(self.article_of(row)?);
            }
        }
        Ok(found)
    }

    /// Returns the numbers of the articles with these ids, in the order of the ids.
    ///
    /// # Errors
    /// If one of them is not there, or the server cannot be asked.
    pub fn article_numbers(&self, ids: &[String]) -> Result<Vec<i64>> {
        let rows = self.query(
            "SELECT i.id, a.key FROM unnest($1::text[]) WITH ORDINALITY i (id, n)
             LEFT JOIN copydesk.article a ON a.id = i.id ORDER BY i.n",
            params![ids.to_vec()],
        )?;
        let mut numbers = Vec::with_capacity(rows.len());
        for row in &rows {
            let id: String = self.get(Some(row), 0)?;
            let number: Option<i64> = self.get(Some(row), 1)?;
            let unknown = || self.refused(format!("there is no article {id}"));
            numbers.push(number.ok_or_else(unknown)?);
        }
        Ok(numbers)
    }

    /// Returns the numbers of at most 10,000 articles after one, in order.
    ///
    /// # Errors
    /// If the server cannot be asked.
    pub fn article_keys_after(&self, after: i64) -> Result<Vec<i64>> {
        let rows = self.query(
            "SELECT key FROM copydesk.article WHERE key > $1 ORDER BY key LIMIT 10000",
            params![after],
        )?;
        rows.iter().map(|row| self.get(Some(row), 0)).collect()
    }

    /// Reads an article. Nothing that a server sends is trusted: it goes through the same checks as
    /// what is read from a file.
    fn article_of(&self, row: &tokio_postgres::Row) -> Result<ServerArticle> {
        let key: i64 = self.get(Some(row), 0)?;
        let damaged = |what: &str| self.damaged(format!("article number {key}: {what}"));
        let id: String = self.get(Some(row), 1)?;
        let text: String = self.get(Some(row), 8)?;
        let text = Text::try_new(text).map_err(|_too_long| damaged("its text is too long"))?;
        let other: String = self.get(Some(row), 7)?;
        let blocks: String = self.get(Some(row), 9)?;
        let doc: Option<String> = self.get(Some(row), 11)?;
        let meta = Metadata {
            title: self.get(Some(row), 3)?,
            language: self.get(Some(row), 4)?,
            url: self.get(Some(row), 5)?,
            source: self.get(Some(row), 6)?,
            other: codec::read_other(&other).map_err(|error| damaged(&error.to_string()))?,
        };
        let suggestions = match doc {
            Some(doc) => codec::read_annotation(&doc, &text)
                .map_err(|error| damaged(&format!("its suggestions: {error}")))?,
            None => Annotation::default(),
        };
        let article = Article {
            id: ArticleId::new(&id).ok_or_else(|| damaged("its id is no id"))?,
            blocks: codec::read_blocks(&blocks, &text)
                .map_err(|error| damaged(&format!("its blocks: {error}")))?,
            text,
            meta,
        };
        Ok(ServerArticle {
            key,
            schema_version: self.get(Some(row), 12)?,
            article: NewArticle {
                content_hash: self.get(Some(row), 2)?,
                kept: self.get(Some(row), 10)?,
                article,
                suggestions,
                imported: None,
            },
        })
    }
}

/// The columns of articles to be added.
#[derive(Default)]
struct Columns {
    texts: [Vec<String>; 11],
    unsure: Vec<i64>,
    hints: Vec<Vec<u8>>,
    withheld: Vec<bool>,
}

impl Columns {
    fn push(&mut self, queued: &QueuedArticle<'_>) -> std::result::Result<(), codec::CodecError> {
        let new = queued.article;
        let (article, meta) = (&new.article, &new.article.meta);
        let values = [
            article.id.as_str().to_owned(),
            new.content_hash.clone(),
            meta.title.clone(),
            meta.language.clone(),
            meta.url.clone(),
            meta.source.clone(),
            codec::write_other(&meta.other)?,
            Site::of_url(&meta.url)
                .as_ref()
                .map_or("", Site::host)
                .to_owned(),
            article.text.as_str().to_owned(),
            codec::write_blocks(&article.blocks)?,
            codec::write_annotation(&new.suggestions)?,
        ];
        for (column, value) in self.texts.iter_mut().zip(values) {
            column.push(value);
        }
        self.unsure.push(unsure(&new.suggestions));
        self.hints.push(new.kept.clone());
        self.withheld.push(queued.is_blind);
        Ok(())
    }

    fn into_params(self) -> Vec<super::connection::Param> {
        let [
            id,
            hash,
            title,
            language,
            url,
            source,
            other,
            site,
            text,
            blocks,
            doc,
        ] = self.texts;
        params![
            id,
            hash,
            title,
            language,
            url,
            source,
            other,
            site,
            self.unsure,
            text,
            blocks,
            self.hints,
            doc,
            self.withheld
        ]
    }
}

/// How many suggestions the models doubt.
fn unsure(suggestions: &Annotation) -> i64 {
    let regions = suggestions.regions().iter().map(|one| one.provenance);
    let entities = suggestions.entities().iter().map(|one| one.provenance);
    regions
        .chain(entities)
        .filter(|one| one.is_unsure())
        .count() as i64
}
