//! What callers give to a store and get from it.

use super::{ArticleKey, ChangeSeq, Revision};
use crate::edit::Entry;
use crate::edit::adjudication::Decision;
use crate::model::{Annotation, Article, Owner, StartedFrom, Status};

/// A new article with the labels that came with it.
#[derive(Clone, Debug)]
pub struct NewArticle {
    /// The article.
    pub article: Article,
    /// A hash of its content, in hex. The same content is never added twice, not even with another
    /// id.
    pub content_hash: String,
    /// The markup hints of its page; empty for bare text.
    pub kept: Vec<u8>,
    /// The suggestions from which annotators start.
    pub suggestions: Annotation,
    /// The work that came with the record.
    pub imported: Option<Imported>,
}

/// Work that came with a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Whose it is, as the record says. Work of nobody replaces the suggestions.
    pub owner: Owner,
    /// When it was done, in milliseconds since 1970 UTC; 0 if unknown.
    pub at_ms: i64,
    /// What it started from: [`StartedFrom::Import`], unless the record says more.
    pub started_from: StartedFrom,
    /// The annotation.
    pub annotation: Annotation,
    /// The decisions between annotators that the work consists of, if it is an adjudication.
    pub decisions: Vec<Decision>,
}

/// The outcome of adding a [`NewArticle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It was added.
    New(ArticleKey),
    /// The dataset already has this content, with this id or another. Nothing changed.
    Known(ArticleKey),
    /// The dataset already has this content; the work of a new annotator was added.
    NewWork(ArticleKey),
    /// Another text has this id. Nothing changed.
    IdTaken(ArticleKey),
}

/// A row of the article list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleRow {
    /// Its number.
    pub key: ArticleKey,
    /// Its id.
    pub id: String,
    /// The title or first line.
    pub headline: String,
    /// The status of its newest annotation.
    pub status: Status,
    /// Length of the text in bytes.
    pub text_len: u64,
    /// The name of its [`Site`](crate::model::Site); empty if it is not known.
    pub site: String,
    /// Its language (BCP 47); empty if unknown.
    pub language: String,
    /// The number of unsure suggestions in its newest annotation.
    pub unsure: u64,
    /// The number of open remarks; of several annotations, the most.
    pub open_remarks: u64,
}

/// A stored annotation of one annotator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnnotation {
    /// Whose it is; nobody's are the suggestions.
    pub owner: Owner,
    /// Its revision.
    pub revision: Revision,
    /// When it was last committed, in milliseconds since 1970 UTC by the clock of that computer; 0
    /// if never.
    pub updated_at_ms: i64,
    /// Its newest change in the stream of changes, without changes of the schema. It decides which
    /// annotation is newer; clocks do not.
    pub seq: ChangeSeq,
    /// What it started from.
    pub started_from: StartedFrom,
    /// The annotation.
    pub annotation: Annotation,
}

/// A change to be written, all or nothing.
#[derive(Clone, Debug)]
pub struct Commit<'a> {
    /// Which article.
    pub key: ArticleKey,
    /// Whose annotation; not empty.
    pub annotator: &'a str,
    /// The revision that the change was made on; [`Revision`] 0 begins an annotation.
    pub expected: Revision,
    /// The lines to append to the history, in order; never empty.
    pub entries: &'a [Entry],
    /// The annotation after the last of them.
    pub annotation: &'a Annotation,
}

/// A line of an article's history, with whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastEntry {
    /// Its place in the stream of changes.
    pub seq: ChangeSeq,
    /// Whose annotation it changed.
    pub annotator: String,
    /// What was done.
    pub entry: Entry,
}

/// An article in which another program, or another annotator, changed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its place in the stream.
    pub seq: ChangeSeq,
    /// Which article.
    pub key: ArticleKey,
    /// Whose annotation.
    pub annotator: String,
}

/// An annotation that uses a label which the schema is about to rename or remove.
#[derive(Debug)]
pub struct LabelUse<'a> {
    /// The number of annotations before it.
    pub done: usize,
    /// The number of annotations in total.
    pub of: usize,
    /// The article.
    pub article: &'a Article,
    /// The annotation; that of nobody holds the suggestions.
    pub stored: &'a StoredAnnotation,
}

/// What happens to an annotation when the schema changes.
#[derive(Debug)]
pub enum Rewrite {
    /// It does not change.
    Leave,
    /// It is replaced.
    To {
        /// The lines to append to its history, in order; the suggestions of nobody have none.
        entries: Vec<Entry>,
        /// The annotation after them.
        annotation: Annotation,
    },
    /// The whole change of the schema is cancelled.
    Stop,
}

/// The number of articles of each status, in the order of [`Status::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusCounts(pub [u64; 5]);

impl StatusCounts {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Those with one status.
    #[must_use]
    pub fn of(&self, status: Status) -> u64 {
        Status::ALL
            .iter()
            .zip(self.0)
            .find_map(|(s, n)| (*s == status).then_some(n))
            .unwrap_or_default()
    }
}
