//! Data at rest: articles, annotations with revisions, history, schema and settings, behind one trait.
//!
//! SQLite keeps it in one file ([`sqlite`]); PostgreSQL will implement the same trait for teams.
//! What [`Store::commit`] has returned is on disk (synced). A revision number guards each annotation:
//! a commit against an old one is refused and changes nothing.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::edit::Entry;
use crate::model::{Annotation, Article, Label, Schema, Span, StartedFrom, Status};

pub mod atomic;
pub mod codec;
mod context;
mod filter;
pub mod folder;
mod guard;
pub mod models;
pub mod outcome;
pub mod sqlite;

pub use atomic::{replace_atomically, write_atomically};
pub use context::{Found, Marked};
pub use filter::{Chosen, Facets, Filter, OUTDATED_SETTING, Order, OrderBy};
pub use folder::write_folder_atomically;
pub use guard::{is_dataset, is_same_file, refuse_dataset};
pub use models::{FinishedAnnotation, ModelKind, ModelSnapshot, Suggestions};
pub use outcome::{LabelKind, LabelOutcome, Outcome, SiteScore, StaleOutcome, TimeSpent};
pub use sqlite::SqliteStore;

/// An article's number in its dataset, in the order of import, from 1. Pages are keyed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleKey(pub i64);

/// How often an annotation was committed; 0 for one that nobody has touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub i64);

/// A place in the dataset's stream of changes: grows with every commit, by whichever program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeSeq(pub i64);

/// An article on its way in, with what is already known of its labels.
#[derive(Clone, Debug)]
pub struct NewArticle {
    /// The article.
    pub article: Article,
    /// A hash of its content, hex: the same content is not added twice, not even under another id.
    pub content_hash: String,
    /// What the extractor wants kept of a page; empty for bare text.
    pub kept: Vec<u8>,
    /// What the models suggest; becomes the ground on which annotators start.
    pub suggestions: Annotation,
    /// Finished or begun work that came with the record.
    pub imported: Option<Imported>,
}

/// Work that came with a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Whose it is, as the record says; blank for nobody's, which takes the place of the suggestions.
    pub annotator: String,
    /// When it was done, milliseconds since 1970 UTC; 0 if nobody knows.
    pub at_ms: i64,
    /// What it started from: [`StartedFrom::Import`], unless the record says more.
    pub started_from: StartedFrom,
    /// What it says.
    pub annotation: Annotation,
}

/// What became of one [`NewArticle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is in the dataset now.
    New(ArticleKey),
    /// The same content was there already, under this id or another; nothing changed.
    Known(ArticleKey),
    /// The same content was there already, but not the work of this annotator, which is there now.
    NewWork(ArticleKey),
    /// The id is taken by an article with another text; nothing changed.
    IdTaken(ArticleKey),
}

/// A line of the article list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleRow {
    /// Its number.
    pub key: ArticleKey,
    /// Its id.
    pub id: String,
    /// Title or first line.
    pub headline: String,
    /// The status that the newest annotation gives it.
    pub status: Status,
    /// Length of the text in bytes.
    pub text_len: u64,
    /// The name of its [`Site`](crate::model::Site); empty if it is not known.
    pub site: String,
    /// Its language, BCP 47; empty if it is not known.
    pub language: String,
    /// How many suggestions of its newest annotation the models are unsure of.
    pub unsure: u64,
    /// How many remarks on it nobody has settled; of several annotations, the most.
    pub open_remarks: u64,
}

/// One annotator's work as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnnotation {
    /// Who; empty for the suggestions nobody has touched.
    pub annotator: String,
    /// How often it was committed.
    pub revision: Revision,
    /// When it was committed last, milliseconds since 1970 UTC by the clock of who did it; 0 if never.
    pub updated_at_ms: i64,
    /// Its newest change in the stream of changes, those of the schema's labels left out. By this, not by the clock, one
    /// annotation is newer than another.
    pub seq: ChangeSeq,
    /// What it started from, as its history says.
    pub started_from: StartedFrom,
    /// What it says.
    pub annotation: Annotation,
}

/// What one commit writes, all or nothing.
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

/// An annotation that names a label which the schema is about to rename or give up.
#[derive(Debug)]
pub struct LabelUse<'a> {
    /// How many were looked at before it.
    pub done: usize,
    /// How many there are.
    pub of: usize,
    /// The article.
    pub article: &'a Article,
    /// The annotation; that of nobody holds the suggestions.
    pub stored: &'a StoredAnnotation,
}

/// What becomes of an annotation when the schema changes.
#[derive(Debug)]
pub enum Rewrite {
    /// It stays as it is.
    Leave,
    /// It becomes another one.
    To {
        /// The lines to append to its history, in order; the suggestions of nobody have none.
        entries: Vec<Entry>,
        /// The annotation after them.
        annotation: Annotation,
    },
    /// Everything stays as it was: the schema, and every annotation.
    Stop,
}

/// How many articles have each status, in the order of [`Status::ALL`].
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

/// Why the store could not do what was asked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else committed first.
    #[error("the annotation was changed by another program (it is at revision {}, not {})", found.0, expected.0)]
    Conflict {
        /// What the caller knew.
        expected: Revision,
        /// What is stored.
        found: Revision,
    },
    /// There is no such article.
    #[error("there is no article number {0} in the dataset")]
    NoSuchArticle(ArticleKey),
    /// The file is not a Copydesk dataset.
    #[error("not a Copydesk dataset: {reason}: {}", path.display())]
    NotADataset {
        /// What is wrong with it.
        reason: String,
        /// Which file.
        path: PathBuf,
    },
    /// A newer Copydesk wrote it.
    #[error("the dataset was written by a newer Copydesk (format {found}, this one reads up to {known}): update Copydesk: {}", path.display())]
    TooNew {
        /// Its format.
        found: i64,
        /// The newest known.
        known: i64,
        /// Which file.
        path: PathBuf,
    },
    /// The disk is full.
    #[error("the disk is full; free some space and try again: {}", path.display())]
    DiskFull {
        /// Which file.
        path: PathBuf,
    },
    /// The file or its folder cannot be written.
    #[error("the dataset is read-only; check the permissions of the file and its folder: {}", path.display())]
    ReadOnly {
        /// Which file.
        path: PathBuf,
    },
    /// Another program held the dataset for too long.
    #[error("another program is busy with the dataset; try again: {}", path.display())]
    Busy {
        /// Which file.
        path: PathBuf,
    },
    /// What is stored does not make sense.
    #[error("damaged data in the dataset ({what}): {}", path.display())]
    Damaged {
        /// What, and where.
        what: String,
        /// Which file.
        path: PathBuf,
    },
    /// A file of an earlier dataset is beside the name of a new one.
    #[error("cannot make a dataset here: {} was left by an earlier dataset of this name, and would be taken for a part of the new one: {}\n\
             hint: if that dataset was moved, move this file to it: it may hold edits that are nowhere else. Otherwise remove it", left.display(), path.display())]
    LeftBehind {
        /// The file that was left.
        left: PathBuf,
        /// Which dataset.
        path: PathBuf,
    },
    /// The log beside a dataset is not its own.
    #[error("{} does not belong to the dataset beside it: {reason}; neither was changed: {}\n\
             hint: was the dataset replaced by a copy, or moved here without its log? Move the log away to open the file as it is, or put back the file that it belongs to", log.display(), path.display())]
    StrangeLog {
        /// The log.
        log: PathBuf,
        /// By what that is known.
        reason: String,
        /// Which dataset.
        path: PathBuf,
    },
    /// The file was deleted, replaced or overwritten while it was open.
    #[error("{what}: {}", path.display())]
    Moved {
        /// What happened to it.
        what: String,
        /// Whether this handle still has what was in it, so that it can be copied.
        is_whole: bool,
        /// Which file.
        path: PathBuf,
    },
    /// The caller wished it, or nobody waits for the answer any more.
    #[error("stopped; nothing was changed")]
    Stopped,
    /// Anything else that the database or the system says.
    #[error("{message}: {}", path.display())]
    Other {
        /// What it says.
        message: String,
        /// Which file.
        path: PathBuf,
    },
}

impl fmt::Display for ArticleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The outcome of a store call.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Where a dataset lives. Calls block; one thread owns the store that writes.
pub trait Store: Send {
    /// Another handle on the same dataset for reading in another thread.
    ///
    /// # Errors
    /// If it cannot be opened.
    fn reader(&self) -> Result<Box<dyn Store>>;

    /// Another handle on the same dataset for writing in another thread.
    ///
    /// # Errors
    /// If it cannot be opened.
    fn writer(&self) -> Result<Box<dyn Store>>;

    /// Makes lists, rows and counts of this handle speak of this annotator's work, and of nobody else's.
    fn view_as(&mut self, annotator: &str);

    /// Whether the dataset is still where and what it was when it was opened. Writing asks this by itself.
    ///
    /// # Errors
    /// [`StoreError::Moved`] if it is not.
    fn check_place(&self) -> Result<()> {
        Ok(())
    }

    /// Copies the dataset as it is into a new file, whole or not at all, while others go on writing.
    ///
    /// # Errors
    /// If there is a file of that name, or it cannot be written.
    fn copy_to(&self, to: &Path) -> Result<()>;

    /// Whether the dataset is where it was made, or was settled since: not if it was copied, unpacked or received.
    ///
    /// # Errors
    /// If it cannot be read.
    fn is_at_home(&self) -> Result<bool> {
        Ok(true)
    }

    /// Makes the place where the dataset is its home.
    ///
    /// # Errors
    /// If it cannot be written.
    fn settle_here(&mut self) -> Result<()> {
        Ok(())
    }

    /// The schema.
    ///
    /// # Errors
    /// If it cannot be read.
    fn schema(&self) -> Result<Schema>;

    /// Replaces the schema.
    ///
    /// # Errors
    /// If it cannot be written.
    fn set_schema(&mut self, schema: &Schema) -> Result<()>;

    /// Whose annotations name one of these labels, as they stand or in their history, in the order of the articles;
    /// the suggestions too (annotator empty). It may name some that don't, never leave one out that does.
    ///
    /// # Errors
    /// If it cannot be read.
    fn users_of(&self, labels: &[Label]) -> Result<Vec<(ArticleKey, String)>>;

    /// Replaces the schema, and with it the annotations that name one of `labels` by what `rewrite` makes of them:
    /// all of it or nothing, synced when it returns. Revisions are counted up; when and by whom an article was
    /// annotated last stays as it was. Gives the stretch of the stream of changes that this is: after the first
    /// place, up to the second.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] if `rewrite` says so; if it cannot be written. Nothing has changed then.
    fn change_schema(
        &mut self,
        schema: &Schema,
        labels: &[Label],
        rewrite: &mut dyn FnMut(LabelUse<'_>) -> Rewrite,
    ) -> Result<(ChangeSeq, ChangeSeq)>;

    /// A setting of the dataset.
    ///
    /// # Errors
    /// If it cannot be read.
    fn setting(&self, name: &str) -> Result<Option<String>>;

    /// Sets a setting, or removes it.
    ///
    /// # Errors
    /// If it cannot be written.
    fn set_setting(&mut self, name: &str, value: Option<&str>) -> Result<()>;

    /// Adds articles in one transaction; the outcomes stand in the order of the input.
    ///
    /// # Errors
    /// If they cannot be written; then none of them was added.
    fn add_articles(&mut self, articles: &[NewArticle]) -> Result<Vec<Added>>;

    /// An article with its text, blocks and metadata.
    ///
    /// # Errors
    /// If there is none, or it is damaged.
    fn article(&self, key: ArticleKey) -> Result<Article>;

    /// The key of an id.
    ///
    /// # Errors
    /// If it cannot be read.
    fn find(&self, id: &str) -> Result<Option<ArticleKey>>;

    /// At most `limit` rows that match, in the order of their keys, after `after`.
    ///
    /// # Errors
    /// If it cannot be read.
    fn page(
        &self,
        filter: &Filter,
        after: Option<ArticleKey>,
        limit: usize,
    ) -> Result<Vec<ArticleRow>>;

    /// At most `limit` rows that match, before `before`, nearest first.
    ///
    /// # Errors
    /// If it cannot be read.
    fn page_before(
        &self,
        filter: &Filter,
        before: ArticleKey,
        limit: usize,
    ) -> Result<Vec<ArticleRow>>;

    /// The keys of all that match, in order: the list of a window, 8 bytes an article.
    ///
    /// # Errors
    /// If it cannot be read.
    fn keys(&self, filter: &Filter) -> Result<Vec<ArticleKey>>;

    /// The keys of all articles of which a person's annotation has this status, or else nobody's, in order. An article's
    /// own status is that of its newest annotation alone.
    ///
    /// # Errors
    /// If it cannot be read.
    fn with_status(&self, status: Status) -> Result<Vec<ArticleKey>>;

    /// The same in an order of one's own. A search waits for the full-text index only a moment: what is not in it yet
    /// ([`Store::unindexed`]) it does not find.
    ///
    /// # Errors
    /// If it cannot be read, or [`StoreError::Stopped`].
    fn list(&self, filter: &Filter, order: Order) -> Result<Vec<ArticleKey>>;

    /// The first rows of such a list, if they can be had far sooner than the list; at most `limit`.
    ///
    /// # Errors
    /// If it cannot be read.
    fn first_rows(
        &self,
        filter: &Filter,
        order: Order,
        limit: usize,
    ) -> Result<Option<Vec<ArticleRow>>>;

    /// What there is to filter by.
    ///
    /// # Errors
    /// If it cannot be read, or [`StoreError::Stopped`].
    fn facets(&self) -> Result<Facets>;

    /// Where the words of a search stand in these articles, and what stands around them.
    ///
    /// # Errors
    /// If it cannot be read.
    fn found(&self, keys: &[ArticleKey], words: &str) -> Result<Vec<Found>>;

    /// All places of the words of a search in the text of an article.
    ///
    /// # Errors
    /// If there is no such article, or it is damaged.
    fn hits(&self, key: ArticleKey, words: &str) -> Result<Vec<Span>>;

    /// What stops a call on this handle from another thread: it ends with [`StoreError::Stopped`]. Without effect
    /// while nothing is going on.
    fn stopper(&self) -> Box<dyn Fn() + Send> {
        Box::new(|| {})
    }

    /// The rows of these keys, in their order; keys that are gone are left out.
    ///
    /// # Errors
    /// If it cannot be read.
    fn rows(&self, keys: &[ArticleKey]) -> Result<Vec<ArticleRow>>;

    /// How many articles have each status.
    ///
    /// # Errors
    /// If it cannot be read.
    fn counts(&self) -> Result<StatusCounts>;

    /// All annotations of an article: first the suggestions (annotator empty), always, be they empty; then by annotator.
    ///
    /// # Errors
    /// If there is no such article, or it is damaged.
    fn annotations(&self, article: &Article, key: ArticleKey) -> Result<Vec<StoredAnnotation>>;

    /// One annotator's history of an article, oldest first.
    ///
    /// # Errors
    /// If there is no such article, or it is damaged.
    fn history(&self, article: &Article, key: ArticleKey, annotator: &str) -> Result<Vec<Entry>>;

    /// The histories of all annotators of an article as one, in the order in which they were written.
    ///
    /// # Errors
    /// If there is no such article, or it is damaged.
    fn timeline(&self, article: &Article, key: ArticleKey) -> Result<Vec<PastEntry>>;

    /// Writes a change, synced when it returns.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the annotation is no longer at the expected revision; anything the disk says.
    fn commit(&mut self, commit: &Commit<'_>, at_ms: i64) -> Result<Revision>;

    /// Writes several changes, all of them or none, synced when it returns. Gives the stretch of the stream of changes that this is: after
    /// the first place, up to the second.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if one of the annotations is no longer at the expected revision; anything the disk says. Nothing has
    /// changed then.
    fn commit_all(&mut self, commits: &[Commit<'_>], at_ms: i64) -> Result<(ChangeSeq, ChangeSeq)>;

    /// The newest place in the stream of changes.
    ///
    /// # Errors
    /// If it cannot be read.
    fn change_seq(&self) -> Result<ChangeSeq>;

    /// What was changed after `since`, by anybody, oldest first; at most 10,000. An article that was added is a
    /// change by nobody (annotator empty).
    ///
    /// # Errors
    /// If it cannot be read.
    fn changes_since(&self, since: ChangeSeq) -> Result<Vec<Change>>;

    /// A number that differs from the last time only if something was written through another handle meanwhile
    /// (schema and settings count too): a cheap first look before [`Store::changes_since`].
    ///
    /// # Errors
    /// If it cannot be read.
    fn data_version(&self) -> Result<i64> {
        self.change_seq().map(|seq| seq.0)
    }

    /// Adds to the time that was spent, all of it or nothing.
    ///
    /// # Errors
    /// If it cannot be written, say because there is no such article.
    fn add_time(&mut self, times: &[TimeSpent]) -> Result<()>;

    /// How long an annotator has worked on an article, in milliseconds.
    ///
    /// # Errors
    /// If it cannot be read.
    fn time_on(&self, key: ArticleKey, annotator: &str) -> Result<i64>;

    /// All time, in milliseconds, by annotator and quarter of an hour (its start, milliseconds since 1970 UTC),
    /// in the order of time.
    ///
    /// # Errors
    /// If it cannot be read.
    fn time_by_slot(&self) -> Result<Vec<(String, i64, i64)>>;

    /// Writes what done annotations came to, in place of what was known of them.
    ///
    /// # Errors
    /// If it cannot be written.
    fn write_outcomes(&mut self, outcomes: &[Outcome]) -> Result<()>;

    /// At most `limit` done annotations whose outcome is not known, or is one of an older revision, by article and
    /// annotator, after `after`.
    ///
    /// # Errors
    /// If it cannot be read.
    fn stale_outcomes(
        &self,
        after: Option<(ArticleKey, &str)>,
        limit: usize,
    ) -> Result<Vec<StaleOutcome>>;

    /// Gives every outcome that is true of a done annotation as it stands, in no order, without its labels.
    ///
    /// # Errors
    /// If they cannot be read.
    fn outcomes(&self, each: &mut dyn FnMut(Outcome)) -> Result<()>;

    /// What each label came to over all outcomes that [`Store::outcomes`] gives; guesses count only where there was one.
    ///
    /// # Errors
    /// If it cannot be read.
    fn label_sums(&self) -> Result<Vec<LabelOutcome>>;

    /// How right the guesses at the regions were by site, over all outcomes that [`Store::outcomes`] gives, in the order
    /// of the sites' names. Articles of which no site is known are left out.
    ///
    /// # Errors
    /// If they cannot be read.
    fn site_scores(&self) -> Result<Vec<SiteScore>>;

    /// The articles in which a done annotation has this label, in order.
    ///
    /// # Errors
    /// If it cannot be read.
    fn with_label(&self, kind: LabelKind, label: &Label) -> Result<Vec<ArticleKey>>;

    /// How the texts begin of at most `limit` articles that say no language of themselves, in the order of import, after `after`.
    ///
    /// # Errors
    /// If it cannot be read, or [`StoreError::Stopped`].
    fn without_language(
        &self,
        after: ArticleKey,
        limit: usize,
    ) -> Result<Vec<(ArticleKey, String)>>;

    /// Whether an annotator's annotation is done and was last marked so before the labels changed: see [`Filter::outdated`].
    ///
    /// # Errors
    /// If it cannot be read.
    fn is_outdated(&self, key: ArticleKey, annotator: &str) -> Result<bool>;

    /// What is kept of an article's page beside its blocks; `None` for bare text, and for pages that came before
    /// anything was kept.
    ///
    /// # Errors
    /// If it cannot be read.
    fn kept(&self, key: ArticleKey) -> Result<Option<Vec<u8>>>;

    /// The done annotations of persons that were committed after `after_ms`, those of the articles with the highest numbers first, and
    /// of each by annotator; at most so many.
    ///
    /// # Errors
    /// If they cannot be read.
    fn finished_annotations(&self, after_ms: i64, most: usize) -> Result<Vec<FinishedAnnotation>>;

    /// The dataset's own copy of a model, if there is one.
    ///
    /// # Errors
    /// If it cannot be read, or is damaged.
    fn load_model(&self, kind: ModelKind) -> Result<Option<ModelSnapshot>>;

    /// Keeps the dataset's own copy of a model, in place of the one before.
    ///
    /// # Errors
    /// If it cannot be written.
    fn save_model(&mut self, model: &ModelSnapshot) -> Result<()>;

    /// Throws the dataset's own copies of all models away.
    ///
    /// # Errors
    /// If they cannot be.
    fn forget_models(&mut self) -> Result<()>;

    /// Replaces the suggestions of articles that no person has touched, all in one transaction, and gives those
    /// articles. Where a person was quicker, where work came with the article, or where the suggestions are no longer
    /// the expected ones, nothing is changed.
    ///
    /// # Errors
    /// If they cannot be written; then none of them was.
    fn suggest(&mut self, suggestions: &[Suggestions]) -> Result<Vec<ArticleKey>>;

    /// Prepares some more articles for the full-text search and tells how many are left. Adding articles leaves this
    /// for later, since it takes longer than all the rest; a search does what is left first. Something to do when idle:
    /// it holds up other writers for some hundredths of a second.
    ///
    /// # Errors
    /// If it cannot be written.
    fn index_some(&mut self) -> Result<u64> {
        Ok(0)
    }

    /// How many articles a search does not know yet.
    ///
    /// # Errors
    /// If it cannot be read.
    fn unindexed(&self) -> Result<u64> {
        Ok(0)
    }
}
