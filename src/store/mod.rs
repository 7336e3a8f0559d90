//! Stores articles, annotations with revisions, their history, the schema and settings, behind one
//! trait.
//!
//! [`sqlite`] keeps a dataset in one file. [`Store::commit`] returns after the disk has the change
//! (synced). A revision number guards each annotation: a commit against an old revision is refused
//! and changes nothing.

use std::fmt;
use std::path::Path;

use crate::edit::Entry;
use crate::model::{Article, Label, Schema, Span, Status};

pub mod atomic;
pub mod codec;
mod context;
mod error;
mod filter;
pub mod folder;
mod guard;
mod location;
pub mod models;
pub mod outcome;
mod records;
mod same_file;
mod sidecar;
pub mod sqlite;

pub use atomic::{WorkFolder, replace_atomically, write_atomically};
pub use context::{Found, Marked};
pub use error::{Result, StoreError};
pub use filter::{Chosen, Facets, Filter, OUTDATED_SETTING, Order, OrderBy};
pub use folder::write_folder_atomically;
pub use guard::{is_dataset, refuse_dataset};
pub use location::Location;
pub use models::{FinishedAnnotation, ModelKind, ModelSnapshot, Suggestions};
pub use outcome::{LabelKind, LabelOutcome, Outcome, SiteScore, StaleOutcome, TimeSpent};
pub use records::{
    Added, ArticleRow, Change, Commit, Imported, LabelUse, NewArticle, PastEntry, Rewrite,
    StatusCounts, StoredAnnotation,
};
pub use same_file::is_same_file;
pub use sqlite::SqliteStore;

/// The number of an article in its dataset, in the order of import, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleKey(pub i64);

/// The number of commits of an annotation; 0 for one that nobody has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub i64);

/// A position in the dataset's stream of changes; it grows with every commit of any program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeSeq(pub i64);

impl fmt::Display for ArticleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A store of one dataset. Calls block; one thread owns the store that writes.
pub trait Store: Send {
    /// Opens another handle on the same dataset, for reading in another thread.
    ///
    /// # Errors
    /// If it cannot be opened.
    fn reader(&self) -> Result<Box<dyn Store>>;

    /// Opens another handle on the same dataset, for writing in another thread.
    ///
    /// # Errors
    /// If it cannot be opened.
    fn writer(&self) -> Result<Box<dyn Store>>;

    /// Restricts lists, rows and counts of this handle to the work of one annotator.
    fn view_as(&mut self, annotator: &str);

    /// Checks that the file is still the one that was opened. Writing does this by itself.
    ///
    /// # Errors
    /// [`StoreError::Moved`] if it is not.
    fn check_place(&self) -> Result<()> {
        Ok(())
    }

    /// Copies the dataset to a new file, completely or not at all, while others go on writing.
    ///
    /// # Errors
    /// If there is a file of that name, or it cannot be written.
    fn copy_to(&self, to: &Path) -> Result<()>;

    /// Whether the dataset is in its home: where it was created, or where [`Store::set_home`] was
    /// called. A copy is not.
    ///
    /// # Errors
    /// If it cannot be read.
    fn is_at_home(&self) -> Result<bool> {
        Ok(true)
    }

    /// Makes the current place of the dataset its home.
    ///
    /// # Errors
    /// If it cannot be written.
    fn set_home(&mut self) -> Result<()> {
        Ok(())
    }

    /// Returns the schema.
    ///
    /// # Errors
    /// If it cannot be read.
    fn schema(&self) -> Result<Schema>;

    /// Replaces the schema.
    ///
    /// # Errors
    /// If it cannot be written.
    fn set_schema(&mut self, schema: &Schema) -> Result<()>;

    /// Returns the articles and annotators whose annotation or history uses one of these labels, in
    /// the order of the articles; for suggestions the annotator is empty. May include some that do
    /// not use them.
    ///
    /// # Errors
    /// If it cannot be read.
    fn users_of(&self, labels: &[Label]) -> Result<Vec<(ArticleKey, String)>>;

    /// Replaces the schema and rewrites the annotations that use one of `labels`, in one synced
    /// transaction.
    ///
    /// Revisions increase; the times and authors of the last changes stay. Returns the range of the
    /// changes: after the first position, up to the second.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] if `rewrite` asks for it, or if it cannot be written. Nothing has
    /// changed then.
    fn change_schema(
        &mut self,
        schema: &Schema,
        labels: &[Label],
        rewrite: &mut dyn FnMut(LabelUse<'_>) -> Rewrite,
    ) -> Result<(ChangeSeq, ChangeSeq)>;

    /// Returns a setting of the dataset.
    ///
    /// # Errors
    /// If it cannot be read.
    fn setting(&self, name: &str) -> Result<Option<String>>;

    /// Sets a setting, or removes it.
    ///
    /// # Errors
    /// If it cannot be written.
    fn set_setting(&mut self, name: &str, value: Option<&str>) -> Result<()>;

    /// Adds articles in one transaction and returns the outcome of each, in order.
    ///
    /// # Errors
    /// If they cannot be written; then none of them was added.
    fn add_articles(&mut self, articles: &[NewArticle]) -> Result<Vec<Added>>;

    /// Returns an article with its text, blocks and metadata.
    ///
    /// # Errors
    /// If there is none, or it is damaged.
    fn article(&self, key: ArticleKey) -> Result<Article>;

    /// Returns the key of the article with this id.
    ///
    /// # Errors
    /// If it cannot be read.
    fn find(&self, id: &str) -> Result<Option<ArticleKey>>;

    /// Returns at most `limit` matching rows after `after`, in the order of their keys.
    ///
    /// # Errors
    /// If it cannot be read.
    fn page(
        &self,
        filter: &Filter,
        after: Option<ArticleKey>,
        limit: usize,
    ) -> Result<Vec<ArticleRow>>;

    /// Returns the keys of all matching articles, in order.
    ///
    /// # Errors
    /// If it cannot be read.
    fn keys(&self, filter: &Filter) -> Result<Vec<ArticleKey>>;

    /// Returns the articles with an annotation of this status by any person, or without a person's
    /// annotation, by nobody; in order. The status of the article itself is that of its newest
    /// annotation.
    ///
    /// # Errors
    /// If it cannot be read.
    fn with_status(&self, status: Status) -> Result<Vec<ArticleKey>>;

    /// Returns the keys of all matching articles in this order. A search waits only briefly for the
    /// full-text index and does not find articles that are not indexed yet ([`Store::unindexed`]).
    ///
    /// # Errors
    /// If it cannot be read, or [`StoreError::Stopped`].
    fn list(&self, filter: &Filter, order: Order) -> Result<Vec<ArticleKey>>;

    /// Returns the first `limit` rows of such a list if that is much faster than the whole list.
    ///
    /// # Errors
    /// If it cannot be read.
    fn first_rows(
        &self,
        filter: &Filter,
        order: Order,
        limit: usize,
    ) -> Result<Option<Vec<ArticleRow>>>;

    /// Returns the sites, languages and annotators to filter by.
    ///
    /// # Errors
    /// If it cannot be read, or [`StoreError::Stopped`].
    fn facets(&self) -> Result<Facets>;

    /// Returns the hits of a search in these articles, with context.
    ///
    /// # Errors
    /// If it cannot be read.
    fn found(&self, keys: &[ArticleKey], words: &str) -> Result<Vec<Found>>;

    /// Returns all hits of a search in the text of an article.
    ///
    /// # Errors
    /// If there is no such article, or it is damaged.
    fn hits(&self, key: ArticleKey, words: &str) -> Result<Vec<Span>>;

    /// Returns a function that stops the current call on this handle from another thread; the call
    /// ends with [`StoreError::Stopped`].
    fn stopper(&self) -> Box<dyn Fn() + Send> {
        Box::new(|| {})
    }

    /// Returns the rows of these keys in their order; unknown keys are left out.
    ///
    /// # Errors
    /// If it cannot be read.
    fn rows(&self, keys: &[ArticleKey]) -> Result<Vec<ArticleRow>>;

    /// Returns the number of articles of each status.
    ///
    /// # Errors
    /// If it cannot be read.
    fn counts(&self) -> Result<StatusCounts>;

    /// Returns all annotations of an article: first the suggestions, even if empty, then those of
    /// people, by name.
    ///
    /// # Errors
    /// If there is no such article, or it is damaged.
    fn annotations(&self, article: &Article, key: ArticleKey) -> Result<Vec<StoredAnnotation>>;

    /// Returns the history of one annotator for an article, oldest first.
    ///
    /// # Errors
    /// If there is no such article, or it is damaged.
    fn history(&self, article: &Article, key: ArticleKey, annotator: &str) -> Result<Vec<Entry>>;

    /// Returns the histories of all annotators of an article, in the order in which they were
    /// written.
    ///
    /// # Errors
    /// If there is no such article, or it is damaged.
    fn timeline(&self, article: &Article, key: ArticleKey) -> Result<Vec<PastEntry>>;

    /// Writes a change; it is synced when this returns.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the annotation is no longer at the expected revision; anything
    /// the disk says.
    fn commit(&mut self, commit: &Commit<'_>, at_ms: i64) -> Result<Revision>;

    /// Writes several changes in one synced transaction. Returns their range in the stream of
    /// changes: after the first position, up to the second.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if one of the annotations is no longer at the expected revision;
    /// anything the disk says. Nothing has changed then.
    fn commit_all(&mut self, commits: &[Commit<'_>], at_ms: i64) -> Result<(ChangeSeq, ChangeSeq)>;

    /// Returns the newest position in the stream of changes.
    ///
    /// # Errors
    /// If it cannot be read.
    fn change_seq(&self) -> Result<ChangeSeq>;

    /// Returns at most 10,000 changes after `since` by anybody, oldest first. An added article is a
    /// change with an empty annotator.
    ///
    /// # Errors
    /// If it cannot be read.
    fn changes_since(&self, since: ChangeSeq) -> Result<Vec<Change>>;

    /// Returns a number that changes only when another handle writes something, including the
    /// schema and settings. It is a cheap check before [`Store::changes_since`].
    ///
    /// # Errors
    /// If it cannot be read.
    fn data_version(&self) -> Result<i64> {
        self.change_seq().map(|seq| seq.0)
    }

    /// Adds time spent, all of it or nothing.
    ///
    /// # Errors
    /// If it cannot be written, say because there is no such article.
    fn add_time(&mut self, times: &[TimeSpent]) -> Result<()>;

    /// Returns how long an annotator has worked on an article, in milliseconds.
    ///
    /// # Errors
    /// If it cannot be read.
    fn time_on(&self, key: ArticleKey, annotator: &str) -> Result<i64>;

    /// Returns all time spent, in order: annotator, start of the quarter of an hour (milliseconds
    /// since 1970 UTC), and milliseconds.
    ///
    /// # Errors
    /// If it cannot be read.
    fn time_by_slot(&self) -> Result<Vec<(String, i64, i64)>>;

    /// Saves the outcomes of done annotations, replacing earlier ones.
    ///
    /// # Errors
    /// If it cannot be written.
    fn write_outcomes(&mut self, outcomes: &[Outcome]) -> Result<()>;

    /// Returns at most `limit` done annotations after `after` without an outcome, or with one of an
    /// older revision, by article and annotator.
    ///
    /// # Errors
    /// If it cannot be read.
    fn stale_outcomes(
        &self,
        after: Option<(ArticleKey, &str)>,
        limit: usize,
    ) -> Result<Vec<StaleOutcome>>;

    /// Calls `each` with every outcome of a current done annotation, in no order, without labels.
    ///
    /// # Errors
    /// If they cannot be read.
    fn outcomes(&self, each: &mut dyn FnMut(Outcome)) -> Result<()>;

    /// Returns the sums for each label over all outcomes of [`Store::outcomes`]; suggestions count
    /// only where there were any.
    ///
    /// # Errors
    /// If it cannot be read.
    fn label_sums(&self) -> Result<Vec<LabelOutcome>>;

    /// Returns the scores of suggested regions by site over all outcomes of [`Store::outcomes`], in
    /// the order of names. Articles without a site are left out.
    ///
    /// # Errors
    /// If they cannot be read.
    fn site_scores(&self) -> Result<Vec<SiteScore>>;

    /// Returns the articles with this label in a done annotation, in order.
    ///
    /// # Errors
    /// If it cannot be read.
    fn with_label(&self, kind: LabelKind, label: &Label) -> Result<Vec<ArticleKey>>;

    /// Returns the beginnings of at most `limit` texts after `after` whose articles declare no
    /// language, in the order of import.
    ///
    /// # Errors
    /// If it cannot be read, or [`StoreError::Stopped`].
    fn without_language(
        &self,
        after: ArticleKey,
        limit: usize,
    ) -> Result<Vec<(ArticleKey, String)>>;

    /// Whether an annotation was marked done before the labels changed: see [`Filter::outdated`].
    ///
    /// # Errors
    /// If it cannot be read.
    fn is_outdated(&self, key: ArticleKey, annotator: &str) -> Result<bool>;

    /// Returns the markup hints of an article's page; `None` for bare text and for pages that were
    /// imported without them.
    ///
    /// # Errors
    /// If it cannot be read.
    fn kept(&self, key: ArticleKey) -> Result<Option<Vec<u8>>>;

    /// Returns at most `most` done annotations of people that were committed after `after_ms`:
    /// highest article number first, then by annotator.
    ///
    /// # Errors
    /// If they cannot be read.
    fn finished_annotations(&self, after_ms: i64, most: usize) -> Result<Vec<FinishedAnnotation>>;

    /// Returns the dataset's copy of a model, if there is one.
    ///
    /// # Errors
    /// If it cannot be read, or is damaged.
    fn load_model(&self, kind: ModelKind) -> Result<Option<ModelSnapshot>>;

    /// Saves the dataset's copy of a model, replacing the earlier one.
    ///
    /// # Errors
    /// If it cannot be written.
    fn save_model(&mut self, model: &ModelSnapshot) -> Result<()>;

    /// Deletes the dataset's copies of all models.
    ///
    /// # Errors
    /// If they cannot be deleted.
    fn forget_models(&mut self) -> Result<()>;

    /// Replaces the suggestions of articles that nobody has started, in one transaction, and
    /// returns these articles. Articles that somebody has started or imported work for, and those
    /// whose suggestions have changed, are left alone.
    ///
    /// # Errors
    /// If they cannot be written; then none of them was.
    fn suggest(&mut self, suggestions: &[Suggestions]) -> Result<Vec<ArticleKey>>;

    /// Adds some articles to the full-text index and returns how many are left. Adding articles
    /// does not index them, because indexing is slow; call this when idle. It blocks other writers
    /// for some hundredths of a second.
    ///
    /// # Errors
    /// If it cannot be written.
    fn index_some(&mut self) -> Result<u64> {
        Ok(0)
    }

    /// Returns the number of articles that are not in the full-text index.
    ///
    /// # Errors
    /// If it cannot be read.
    fn unindexed(&self) -> Result<u64> {
        Ok(0)
    }
}
