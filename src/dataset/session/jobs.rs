//! Jobs: long work on the dataset, each on its own thread.
//!
//! A job reads through its own reader. Its writes are made by the writer, between the saves of the
//! window, so that one thread alone writes the store. The one exception is a change of the schema:
//! it is a single long transaction, and the writer goes on opening articles meanwhile.

use std::path::Path;
use std::sync::mpsc::{self, Sender};

use super::channels::{Job, ToWriter, Write};
use crate::edit::Entry;
use crate::model::{Annotation, Article, Label, Schema, Span, Status};
use crate::store::{
    Added, AnnotationStore, ArticleKey, ArticleRow, ArticleStore, Change, ChangeSeq, ChangeStore,
    Commit, Facets, Filter, FinishedAnnotation, Found, LabelKind, LabelOutcome, LabelUse,
    ListStore, ModelKind, ModelSnapshot, ModelStore, NewArticle, Order, Outcome, OutcomeStore,
    PastEntry, Result, Revision, Rewrite, SchemaStore, SiteScore, StaleOutcome, StatusCounts,
    Store, StoreError, StoredAnnotation, Suggestions, TimeSpent,
};

/// Starts a job on a thread that reads through `reader` and writes through `writer`.
///
/// # Errors
/// If the system gives no thread. The job is dropped then.
pub(super) fn start(
    job: Job,
    reader: Box<dyn Store>,
    writer: Sender<ToWriter>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    let end = EndGuard(writer.clone());
    std::thread::Builder::new()
        .name("copydesk-job".to_owned())
        .spawn(move || {
            let _end = end;
            let mut store = JobStore { reader, writer };
            job(Ok(&mut store));
        })
}

/// Starts work that the session does not wait for. Once the session is closed, its writes fail with
/// [`StoreError::Stopped`].
///
/// # Errors
/// If the system gives no thread. The work is dropped then.
pub(super) fn start_companion(
    job: Job,
    reader: Box<dyn Store>,
    writer: Sender<ToWriter>,
) -> std::io::Result<()> {
    std::thread::Builder::new()
        .name("copydesk-companion".to_owned())
        .spawn(move || job(Ok(&mut JobStore { reader, writer })))?;
    Ok(())
}

/// Tells the writer that a job has ended, also if it panicked.
struct EndGuard(Sender<ToWriter>);

impl Drop for EndGuard {
    fn drop(&mut self) {
        let _closed = self.0.send(ToWriter::JobEnded);
    }
}

/// The store as a job sees it.
struct JobStore {
    reader: Box<dyn Store>,
    writer: Sender<ToWriter>,
}

impl JobStore {
    /// Has the writer run `work`, and waits for what it returns.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Store) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (send, done) = mpsc::channel();
        let write: Write = Box::new(move |store| {
            let _job_ended = send.send(work(store));
        });
        let _closed = self.writer.send(ToWriter::JobWrite(write));
        done.recv().unwrap_or(Err(StoreError::Stopped))
    }
}

/// A [`Commit`] that can be sent to another thread.
struct OwnedCommit {
    key: ArticleKey,
    annotator: String,
    expected: Revision,
    entries: Vec<Entry>,
    annotation: Annotation,
}

impl OwnedCommit {
    fn new(commit: &Commit<'_>) -> Self {
        Self {
            key: commit.key,
            annotator: commit.annotator.to_owned(),
            expected: commit.expected,
            entries: commit.entries.to_vec(),
            annotation: commit.annotation.clone(),
        }
    }

    fn view(&self) -> Commit<'_> {
        Commit {
            key: self.key,
            annotator: &self.annotator,
            expected: self.expected,
            entries: &self.entries,
            annotation: &self.annotation,
        }
    }
}

/// Methods that only read, answered by the reader.
macro_rules! read {
    ($(fn $name:ident(&self $(, $arg:ident: $of:ty)*) -> $out:ty;)*) => {
        $(fn $name(&self $(, $arg: $of)*) -> $out {
            self.reader.$name($($arg),*)
        })*
    };
}

impl Store for JobStore {
    fn writer(&self) -> Result<Box<dyn Store>> {
        self.write(|store| store.writer())
    }

    fn set_home(&mut self) -> Result<()> {
        self.write(|store| store.set_home())
    }

    read! {
        fn reader(&self) -> Result<Box<dyn Store>>;
        fn check_place(&self) -> Result<()>;
        fn copy_to(&self, to: &Path) -> Result<()>;
        fn is_at_home(&self) -> Result<bool>;
    }
}

impl ArticleStore for JobStore {
    fn add_articles(&mut self, articles: &[NewArticle]) -> Result<Vec<Added>> {
        let articles = articles.to_vec();
        self.write(move |store| store.add_articles(&articles))
    }

    read! {
        fn article(&self, key: ArticleKey) -> Result<Article>;
        fn find(&self, id: &str) -> Result<Option<ArticleKey>>;
        fn without_language(&self, after: ArticleKey, limit: usize) -> Result<Vec<(ArticleKey, String)>>;
        fn kept(&self, key: ArticleKey) -> Result<Option<Vec<u8>>>;
    }
}

impl ListStore for JobStore {
    fn view_as(&mut self, annotator: &str) {
        self.reader.view_as(annotator);
    }

    fn index_some(&mut self) -> Result<u64> {
        self.write(|store| store.index_some())
    }

    read! {
        fn page(&self, filter: &Filter, after: Option<ArticleKey>, limit: usize) -> Result<Vec<ArticleRow>>;
        fn keys(&self, filter: &Filter) -> Result<Vec<ArticleKey>>;
        fn with_status(&self, status: Status) -> Result<Vec<ArticleKey>>;
        fn list(&self, filter: &Filter, order: Order) -> Result<Vec<ArticleKey>>;
        fn first_rows(&self, filter: &Filter, order: Order, limit: usize) -> Result<Option<Vec<ArticleRow>>>;
        fn facets(&self) -> Result<Facets>;
        fn found(&self, keys: &[ArticleKey], words: &str) -> Result<Vec<Found>>;
        fn hits(&self, key: ArticleKey, words: &str) -> Result<Vec<Span>>;
        fn stopper(&self) -> Box<dyn Fn() + Send>;
        fn rows(&self, keys: &[ArticleKey]) -> Result<Vec<ArticleRow>>;
        fn counts(&self) -> Result<StatusCounts>;
        fn with_label(&self, kind: LabelKind, label: &Label) -> Result<Vec<ArticleKey>>;
        fn unindexed(&self) -> Result<u64>;
    }
}

impl AnnotationStore for JobStore {
    fn commit(&mut self, commit: &Commit<'_>, at_ms: i64) -> Result<Revision> {
        let commit = OwnedCommit::new(commit);
        self.write(move |store| store.commit(&commit.view(), at_ms))
    }

    fn commit_all(&mut self, commits: &[Commit<'_>], at_ms: i64) -> Result<(ChangeSeq, ChangeSeq)> {
        let commits: Vec<OwnedCommit> = commits.iter().map(OwnedCommit::new).collect();
        self.write(move |store| {
            let commits: Vec<Commit<'_>> = commits.iter().map(OwnedCommit::view).collect();
            store.commit_all(&commits, at_ms)
        })
    }

    fn suggest(&mut self, suggestions: &[Suggestions]) -> Result<Vec<ArticleKey>> {
        let suggestions = suggestions.to_vec();
        self.write(move |store| store.suggest(&suggestions))
    }

    read! {
        fn annotations(&self, article: &Article, key: ArticleKey) -> Result<Vec<StoredAnnotation>>;
        fn history(&self, article: &Article, key: ArticleKey, annotator: &str) -> Result<Vec<Entry>>;
        fn timeline(&self, article: &Article, key: ArticleKey) -> Result<Vec<PastEntry>>;
        fn is_outdated(&self, key: ArticleKey, annotator: &str) -> Result<bool>;
        fn finished_annotations(&self, after_ms: i64, most: usize) -> Result<Vec<FinishedAnnotation>>;
    }
}

impl ChangeStore for JobStore {
    read! {
        fn change_seq(&self) -> Result<ChangeSeq>;
        fn changes_since(&self, since: ChangeSeq) -> Result<Vec<Change>>;
        fn data_version(&self) -> Result<i64>;
    }
}

impl SchemaStore for JobStore {
    fn set_schema(&mut self, schema: &Schema) -> Result<()> {
        let schema = schema.clone();
        self.write(move |store| store.set_schema(&schema))
    }

    fn change_schema(
        &mut self,
        schema: &Schema,
        labels: &[Label],
        rewrite: &mut dyn FnMut(LabelUse<'_>) -> Rewrite,
    ) -> Result<(ChangeSeq, ChangeSeq)> {
        self.writer()?.change_schema(schema, labels, rewrite)
    }

    fn set_setting(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        let (name, value) = (name.to_owned(), value.map(str::to_owned));
        self.write(move |store| store.set_setting(&name, value.as_deref()))
    }

    read! {
        fn schema(&self) -> Result<Schema>;
        fn users_of(&self, labels: &[Label]) -> Result<Vec<(ArticleKey, String)>>;
        fn setting(&self, name: &str) -> Result<Option<String>>;
    }
}

impl OutcomeStore for JobStore {
    fn add_time(&mut self, times: &[TimeSpent]) -> Result<()> {
        let times = times.to_vec();
        self.write(move |store| store.add_time(&times))
    }

    fn write_outcomes(&mut self, outcomes: &[Outcome]) -> Result<()> {
        let outcomes = outcomes.to_vec();
        self.write(move |store| store.write_outcomes(&outcomes))
    }

    read! {
        fn time_on(&self, key: ArticleKey, annotator: &str) -> Result<i64>;
        fn time_by_slot(&self) -> Result<Vec<(String, i64, i64)>>;
        fn stale_outcomes(&self, after: Option<(ArticleKey, &str)>, limit: usize) -> Result<Vec<StaleOutcome>>;
        fn outcomes(&self, each: &mut dyn FnMut(Outcome)) -> Result<()>;
        fn label_sums(&self) -> Result<Vec<LabelOutcome>>;
        fn site_scores(&self) -> Result<Vec<SiteScore>>;
    }
}

impl ModelStore for JobStore {
    fn save_model(&mut self, model: &ModelSnapshot) -> Result<()> {
        let model = model.clone();
        self.write(move |store| store.save_model(&model))
    }

    fn forget_models(&mut self) -> Result<()> {
        self.write(|store| store.forget_models())
    }

    read! {
        fn load_model(&self, kind: ModelKind) -> Result<Option<ModelSnapshot>>;
    }
}
