//! The threads behind the window: one writes the store, three read it for the article list (`lists`), one learns
//! (`learning`), one gathers the dashboard, one keeps the export up to date.
//!
//! The window sends a [`Request`] and goes on; answers come as [`Reply`]s, in the order of their requests per thread.
//! Nothing here blocks the caller. An edit is acknowledged ([`Reply::Saved`]) once the store has it on disk;
//! until then the desk holds it, and while the disk refuses, it tries again.

mod learning;
mod lists;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SendError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use self::learning::{Task, Written};
use super::dashboard::{Behind, Board, Dashboard};
use super::day::Calendar;
use super::learning::Reasons;
use super::ledger::Ledger;
use crate::edit::plan;
use crate::edit::{Action, Edit, Entry, EntryKind, History, Selection, Session};
use crate::model::{Annotation, Article, Region, Schema, Span, Status};
use crate::quality::Effort;
use crate::store::{
    ArticleKey, ArticleRow, ChangeSeq, Chosen, Commit, Facets, Filter, Found, Order, Revision,
    StatusCounts, Store, StoreError, StoredAnnotation,
};

/// The setting of a dataset that says up to which change its export is true.
pub const EXPORTED_SEQ: &str = "exported_seq";
/// How often the desk looks for changes that other programs made.
const POLL: Duration = Duration::from_millis(1000);
/// How long the desk waits before it tries again to save what the disk refused.
const RETRY: Duration = Duration::from_millis(1500);
/// How long nothing must have been asked before articles are prepared for the search.
const QUIET: Duration = Duration::from_millis(300);
/// How long to wait between two such pieces of work, so that other programs get their turn.
const INDEX_PAUSE: Duration = Duration::from_millis(20);
/// How often the window is told how that work gets on.
const INDEX_NEWS: Duration = Duration::from_millis(1000);
/// How long the export waits for more articles to be done before it begins.
const EXPORT_PAUSE: Duration = Duration::from_millis(400);

/// What the window asks for.
#[derive(Debug)]
pub enum Request {
    /// An article with the annotator's work on it.
    Load(ArticleKey),
    /// Save one change. Changes of one article are saved in the order in which they come.
    Save(Save),
    /// The list of articles that match, in this order; the ticket comes back with it. It stops the one before.
    List(u64, Filter, Order),
    /// The rows of some articles.
    Rows(Vec<ArticleKey>),
    /// How many articles have each status.
    Counts,
    /// What there is to filter by.
    Facets,
    /// What a search for these words found in these articles, with the words around it.
    Found(String, Vec<ArticleKey>),
    /// All places of these words in an article.
    Hits(ArticleKey, String),
    /// Set or remove a setting of the dataset.
    SetSetting(String, Option<String>),
    /// Bring the export up to date.
    Export,
    /// Time was spent on an article.
    Spent {
        /// On which.
        key: ArticleKey,
        /// When, milliseconds since 1970 UTC.
        at_ms: i64,
        /// How long, in milliseconds.
        active_ms: i64,
    },
    /// The dashboard as it is now.
    Dashboard,
    /// The articles behind a mark of the dashboard.
    Behind(Behind),
    /// These articles are shown in the list or come next: their suggestions shall be the newest.
    Ahead(Vec<ArticleKey>),
    /// Why a region of an article has its label.
    Why(ArticleKey, Box<Region>),
    /// What is known of these words of an article, as an entity: answered as [`Reply::Why`].
    Known(ArticleKey, Span, String),
    /// Suggest entities, or stop.
    Tag(bool),
    /// Learn from what becomes done, or stop.
    Learn(bool),
    /// Forget what was learnt, for good.
    ForgetLearnt,
    /// What lies after the first place in the stream of changes, up to the second, was done for this window: it is no
    /// news to it.
    OwnChanges(ChangeSeq, ChangeSeq),
}

/// A change to be saved.
#[derive(Clone, Debug)]
pub struct Save {
    /// Which article.
    pub key: ArticleKey,
    /// The revision that the change was made on, counting the changes that were sent and not yet acknowledged.
    pub expected: Revision,
    /// The lines to append to the history.
    pub entries: Vec<Entry>,
    /// The annotation after them.
    pub annotation: Arc<Annotation>,
}

/// An article as it is opened for work.
#[derive(Debug)]
pub struct Loaded {
    /// Which article.
    pub key: ArticleKey,
    /// The article with the annotation and its history.
    pub session: Session,
    /// How often the annotator's own annotation was committed; 0 if it has to be begun.
    pub revision: Revision,
    /// Whose work it began from, if not the annotator's own; empty for the models' suggestions.
    pub begun_from: Option<String>,
    /// How long the annotator has worked on it in earlier sittings, in milliseconds.
    pub active_ms: i64,
    /// What the annotator's history of it tells.
    pub effort: Effort,
    /// Whether it is shown without its suggestions: see [`Schema::blind_share`].
    pub is_blind: bool,
}

/// What the desk answers.
#[derive(Debug)]
pub enum Reply {
    /// The article that was asked for.
    Loaded(Box<Loaded>),
    /// The article that was asked for cannot be opened.
    NotLoaded {
        /// Which article.
        key: ArticleKey,
        /// Why not, for people.
        why: String,
    },
    /// Changes are on disk; the revision after them.
    Saved {
        /// Which article.
        key: ArticleKey,
        /// The revision that is on disk now.
        revision: Revision,
    },
    /// Another program changed the annotation first. These changes are not saved.
    Conflict {
        /// Which article.
        key: ArticleKey,
        /// The changes that were refused, oldest first.
        refused: Vec<Entry>,
    },
    /// The disk refuses to take changes; the desk holds them and tries again.
    SaveWaits {
        /// Why, for people.
        why: String,
        /// How many changes wait.
        waiting: usize,
    },
    /// The first rows of a list that is still being made, with the ticket of the request.
    ListBegins(u64, Vec<ArticleRow>),
    /// The articles that match, with the ticket of the request.
    List(u64, Arc<Vec<ArticleKey>>),
    /// Rows of the list.
    Rows(Vec<ArticleRow>),
    /// What there is to filter by.
    Facets(Facets),
    /// What a search for these words found.
    Found(String, Vec<Found>),
    /// All places of these words in an article.
    Hits(ArticleKey, String, Vec<Span>),
    /// So many articles a search does not know yet.
    Unindexed(u64),
    /// How many articles have each status.
    Counts(StatusCounts),
    /// Somebody else changed these articles (their annotations, or by adding them).
    ChangedElsewhere {
        /// Which articles.
        keys: Vec<ArticleKey>,
        /// Those among them where it was this annotator's own annotation.
        own: Vec<ArticleKey>,
    },
    /// The dataset has other labels now, or other guidelines; they were changed through another handle.
    SchemaChanged(Box<Schema>),
    /// The export stands on disk, whole.
    Exported {
        /// Where, and what is in it, for people.
        message: String,
        /// The place in the stream of changes up to which it is true. Kept as the setting [`EXPORTED_SEQ`], so that
        /// the next start knows whether the export was overtaken by a crash.
        seq: ChangeSeq,
    },
    /// The dashboard is being made, and over a second is gone: from 0 to 1.
    Gathering(f32),
    /// The dashboard.
    Dashboard(Arc<Dashboard>),
    /// The articles behind a mark of the dashboard, to be shown by [`Filter::only`].
    Behind(Chosen),
    /// What done articles came to is known now: a dashboard made before does not have it.
    Settled,
    /// Why a region has its label.
    Why(Box<Reasons>),
    /// The models have learnt from so many articles of this dataset.
    Learnt(usize),
    /// These articles, which no person has touched, have other suggestions now.
    Suggested(Vec<ArticleKey>),
    /// Something could not be done.
    Failed {
        /// What was tried, for people.
        what: String,
        /// Why not, for people.
        why: String,
    },
}

/// Writes the export of the dataset from a reader of its own; gives a line for people.
pub type Exporter = Box<dyn FnMut(&dyn Store) -> anyhow::Result<String> + Send>;

/// Told after each reply, from another thread: the window asks for a repaint.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Milliseconds since 1970, UTC.
pub type NowMs = fn() -> i64;

/// The window's end of the threads. Dropping it waits until every change is saved and the export is up to date.
pub struct Desk {
    writer: Option<Sender<ToWriter>>,
    learning: Option<Sender<Task>>,
    readers: Option<lists::Readers>,
    board: Option<Sender<Request>>,
    replies: Receiver<Reply>,
    threads: Vec<JoinHandle<()>>,
}

/// What the threads are made from.
pub struct Setup {
    /// The dataset.
    pub store: Box<dyn Store>,
    /// Who works here; not empty.
    pub annotator: String,
    /// The time.
    pub now_ms: NowMs,
    /// Keeps the JSONL beside the dataset; `None` if that is turned off.
    pub exporter: Option<Exporter>,
    /// Whether the models learn from what becomes done.
    pub learn: bool,
    /// Whether entities are suggested in the articles that are opened.
    pub tag: bool,
    /// Called after each reply.
    pub wake: Wake,
}

/// What reaches the writer.
enum ToWriter {
    /// From the window.
    Window(Request),
    /// From the thread that learns.
    Learning(Written),
    /// The window is closing: nothing comes from it any more.
    Close,
}

impl Desk {
    /// Starts the threads.
    ///
    /// # Errors
    /// If the dataset cannot be opened for reading, or the system gives no thread.
    pub fn start(setup: Setup) -> anyhow::Result<Self> {
        let (reply, replies) = mpsc::channel();
        let answer = Answer {
            to: reply,
            wake: setup.wake,
        };
        let mut threads = Vec::new();
        let mut spawn = |name: &str, work: Box<dyn FnOnce() + Send>| -> anyhow::Result<()> {
            let thread = std::thread::Builder::new()
                .name(name.to_owned())
                .spawn(work)?;
            threads.push(thread);
            Ok(())
        };

        let readers = lists::start(&*setup.store, &answer, &mut spawn)?;

        let (board, boards) = mpsc::channel();
        let board_store = setup.store.reader()?;
        let board_answer = answer.clone();
        spawn(
            "copydesk-dashboard",
            Box::new(move || serve_board(&*board_store, &boards, &board_answer)),
        )?;

        let export = match setup.exporter {
            None => None,
            Some(exporter) => {
                let (due, dues) = mpsc::channel();
                if is_overtaken(&*setup.store)? {
                    let _just_made = due.send(());
                }
                let export_store = setup.store.reader()?;
                let export_answer = answer.clone();
                spawn(
                    "copydesk-export",
                    Box::new(move || {
                        keep_exported(&*export_store, exporter, &dues, &export_answer);
                    }),
                )?;
                Some(due)
            }
        };

        let (writer, writes) = mpsc::channel();
        let seen = setup.store.change_seq()?;
        let schema = setup.store.schema()?;
        let (learning, tasks) = mpsc::channel();
        let learner = learning::Setup {
            store: setup.store.reader()?,
            schema: Arc::new(schema.clone()),
            learn: setup.learn,
            tag: setup.tag,
            now_ms: setup.now_ms,
            answer: answer.clone(),
            writer: writer.clone(),
        };
        spawn(
            "copydesk-learning",
            Box::new(move || learning::serve(learner, &tasks)),
        )?;
        let mut server = Writer {
            ledger: Ledger::new(&setup.annotator),
            store: setup.store,
            annotator: setup.annotator,
            now_ms: setup.now_ms,
            answer,
            export,
            learning: learning.clone(),
            waiting: VecDeque::new(),
            retry_at: None,
            own: BTreeMap::new(),
            seen,
            told_index: None,
            version: None,
            schema,
            quiet: Vec::new(),
        };
        spawn("copydesk-store", Box::new(move || server.serve(&writes)))?;
        Ok(Self {
            writer: Some(writer),
            learning: Some(learning),
            readers: Some(readers),
            board: Some(board),
            replies,
            threads,
        })
    }

    /// Sends a request on its way.
    pub fn send(&self, request: Request) {
        if let Request::Dashboard | Request::Behind(..) = request {
            if let Some(board) = &self.board {
                let _gone = board.send(request);
            }
            return;
        }
        let task = match request {
            Request::Ahead(keys) => Err(Task::Ahead(keys)),
            Request::Why(key, region) => Err(Task::Why(key, region)),
            Request::Known(key, span, words) => Err(Task::Known(key, span, words)),
            Request::Tag(tag) => Err(Task::Tag(tag)),
            Request::Learn(learn) => Err(Task::Learn(learn)),
            Request::ForgetLearnt => Err(Task::Forget),
            other => Ok(other),
        };
        let request = match task {
            Ok(request) => request,
            Err(task) => {
                if let Some(learning) = &self.learning {
                    let _gone = learning.send(task);
                }
                return;
            }
        };
        // A thread that is gone has said why in a reply.
        let left = match &self.readers {
            Some(readers) => readers.take(request),
            None => Some(request),
        };
        if let (Some(request), Some(writer)) = (left, &self.writer) {
            let _gone = writer.send(ToWriter::Window(request));
        }
    }

    /// The next answer, if one is there.
    #[must_use]
    pub fn poll(&self) -> Option<Reply> {
        self.replies.try_recv().ok()
    }

    /// The next answer, waiting for it at most so long; for tests and commands, never for the window.
    #[must_use]
    pub fn wait(&self, at_most: Duration) -> Option<Reply> {
        self.replies.recv_timeout(at_most).ok()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            let _gone = writer.send(ToWriter::Close);
        }
        self.learning = None;
        self.readers = None;
        self.board = None;
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
    }
}

#[derive(Clone)]
struct Answer {
    to: Sender<Reply>,
    wake: Wake,
}

impl Answer {
    fn say(&self, reply: Reply) {
        let _window_closed = self.to.send(reply);
        (self.wake)();
    }

    fn failed(&self, what: &str, error: &dyn std::fmt::Display) {
        self.say(Reply::Failed {
            what: what.to_owned(),
            why: error.to_string(),
        });
    }
}

/// Whether there is something to export that the last export did not have.
fn is_overtaken(store: &dyn Store) -> Result<bool, StoreError> {
    let exported = store.setting(EXPORTED_SEQ)?;
    let now = store.change_seq()?.0.to_string();
    Ok(exported.is_none_or(|exported| exported != now) && store.counts()?.of(Status::Done) > 0)
}

/// How long the dashboard may take before it tells how far it is.
const TELL_AFTER: Duration = Duration::from_secs(1);
/// How often it tells.
const TELL_EVERY: Duration = Duration::from_millis(200);

fn serve_board(store: &dyn Store, requests: &Receiver<Request>, answer: &Answer) {
    let calendar = Calendar::of_the_system();
    let mut board = Board::default();
    while let Ok(request) = requests.recv() {
        match request {
            Request::Dashboard => {
                let begin = Instant::now();
                let mut told = begin;
                let mut progress = |part: f32| {
                    if begin.elapsed() >= TELL_AFTER && told.elapsed() >= TELL_EVERY {
                        told = Instant::now();
                        answer.say(Reply::Gathering(part));
                    }
                };
                match board.gather(store, &calendar, &mut progress) {
                    Ok(dashboard) => answer.say(Reply::Dashboard(Arc::new(dashboard))),
                    Err(error) => answer.failed("The dashboard could not be made", &error),
                }
            }
            Request::Behind(behind) => match board.behind(store, &calendar, &behind) {
                Ok(found) => answer.say(Reply::Behind(found)),
                Err(error) => answer.failed("The article list could not be read", &error),
            },
            _ => {}
        }
    }
}

fn keep_exported(store: &dyn Store, mut exporter: Exporter, due: &Receiver<()>, answer: &Answer) {
    let mut open = true;
    while open && due.recv().is_ok() {
        // Articles are often done in a row: wait a little, and take all that came meanwhile as one.
        let until = Instant::now() + EXPORT_PAUSE;
        loop {
            match due.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => {
                    open = false;
                    break;
                }
            }
        }
        // Asked before the export begins: what changes meanwhile comes with the next one.
        let seq = store.change_seq().unwrap_or_default();
        match exporter(store) {
            Ok(message) => answer.say(Reply::Exported { message, seq }),
            Err(error) => answer.failed("The export could not be written", &format!("{error:#}")),
        }
    }
}

struct Writer {
    store: Box<dyn Store>,
    ledger: Ledger,
    annotator: String,
    now_ms: NowMs,
    answer: Answer,
    export: Option<Sender<()>>,
    learning: Sender<Task>,
    /// Changes not yet on disk, oldest first.
    waiting: VecDeque<Save>,
    retry_at: Option<Instant>,
    /// The revisions that this desk brought about, so that it knows its own changes from another program's.
    own: BTreeMap<ArticleKey, Revision>,
    seen: ChangeSeq,
    /// When the window was last told how the full-text index gets on.
    told_index: Option<Instant>,
    /// The store's data version when it was last looked at.
    version: Option<i64>,
    /// The labels as the window knows them.
    schema: Schema,
    /// Stretches of the stream of changes that are no news.
    quiet: Vec<(ChangeSeq, ChangeSeq)>,
}

impl Writer {
    fn serve(&mut self, requests: &Receiver<ToWriter>) {
        let mut next_poll = Instant::now() + POLL;
        let mut next_index = Some(Instant::now() + QUIET);
        loop {
            let deadline = [
                Some(next_poll),
                self.retry_at,
                next_index,
                self.ledger.next(),
            ]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(next_poll);
            match requests.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(request) => {
                    let mut open = self.take(request);
                    while open && let Ok(request) = requests.try_recv() {
                        open = self.take(request);
                    }
                    if !open {
                        break;
                    }
                    if self.retry_at.is_none() {
                        self.save_waiting();
                    }
                    next_index = next_index.map(|_| Instant::now() + QUIET);
                    self.ledger.disturbed();
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let now = Instant::now();
            if self.retry_at.is_some_and(|at| at <= now) {
                self.save_waiting();
            }
            if next_poll <= now {
                if self.look_elsewhere() {
                    next_index = next_index.or(Some(now + QUIET));
                }
                next_poll = now + POLL;
            }
            if next_index.is_some_and(|at| at <= now) {
                // What cannot be indexed now is indexed by the search that needs it.
                let before = self.store.unindexed().unwrap_or(0);
                let left = self.store.index_some().unwrap_or(0);
                next_index = (left > 0).then(|| Instant::now() + INDEX_PAUSE);
                let news = before > 0
                    && (left == 0 || self.told_index.is_none_or(|at| at + INDEX_NEWS <= now));
                if news {
                    self.told_index = Some(now);
                    self.answer.say(Reply::Unindexed(left));
                }
            }
            if self.ledger.tend(&mut *self.store) {
                self.answer.say(Reply::Settled);
            }
        }
        // The window is closing: one last try for what the disk refused.
        self.save_waiting();
        self.ledger.close(&mut *self.store);
    }

    /// Takes a request; false if it was the last.
    fn take(&mut self, request: ToWriter) -> bool {
        match request {
            ToWriter::Window(request) => self.take_from_window(request),
            ToWriter::Learning(what) => self.write_learnt(what),
            ToWriter::Close => return false,
        }
        true
    }

    fn take_from_window(&mut self, request: Request) {
        match request {
            Request::Save(save) => self.waiting.push_back(save),
            Request::Load(key) => {
                self.save_waiting();
                match self.load(key) {
                    Ok((loaded, None)) => self.answer.say(Reply::Loaded(Box::new(loaded))),
                    Ok((loaded, Some(guess))) => {
                        // The thread that learns answers, with the newest suggestions.
                        let task = Task::Open(Box::new(loaded), guess);
                        if let Err(SendError(Task::Open(loaded, _))) = self.learning.send(task) {
                            self.answer.say(Reply::Loaded(loaded));
                        }
                    }
                    Err(error) => self.answer.say(Reply::NotLoaded {
                        key,
                        why: error.to_string(),
                    }),
                }
            }
            Request::SetSetting(name, value) => {
                if let Err(error) = self.store.set_setting(&name, value.as_deref()) {
                    self.answer.failed("The setting could not be saved", &error);
                }
            }
            Request::Export => self.export_due(),
            Request::Spent {
                key,
                at_ms,
                active_ms,
            } => self.ledger.spend(key, at_ms, active_ms),
            Request::OwnChanges(after, upto) => self.quiet.push((after, upto)),
            Request::List(..)
            | Request::Rows(_)
            | Request::Counts
            | Request::Facets
            | Request::Found(..)
            | Request::Hits(..)
            | Request::Dashboard
            | Request::Ahead(_)
            | Request::Why(..)
            | Request::Known(..)
            | Request::Tag(_)
            | Request::Learn(_)
            | Request::ForgetLearnt
            | Request::Behind(..) => {} // not this thread's
        }
    }

    fn export_due(&self) {
        if let Some(export) = &self.export {
            let _closing = export.send(());
        }
    }

    fn write_learnt(&mut self, what: Written) {
        self.save_waiting();
        let forgets = matches!(what, Written::Forgotten(_));
        match learning::write(&mut *self.store, what) {
            Ok(keys) if !keys.is_empty() => self.answer.say(Reply::Suggested(keys)),
            Ok(_) => {}
            Err(error) if forgets => {
                self.answer
                    .failed("What was learnt could not be forgotten", &error);
            }
            // What the disk refuses now is made again later.
            Err(_told_by_the_next_save) => {}
        }
        if forgets {
            self.tell_learning(Task::Changed);
        }
    }

    fn tell_learning(&self, task: Task) {
        let _gone = self.learning.send(task);
    }

    /// An article for the window; with the revision of its suggestions if it holds nothing else.
    fn load(&self, key: ArticleKey) -> Result<(Loaded, Option<Revision>), StoreError> {
        let article = Arc::new(self.store.article(key)?);
        let stored = self.store.annotations(&article, key)?;
        let active_ms = self.store.time_on(key, &self.annotator)? + self.ledger.unwritten(key);
        if let Some(own) = stored
            .iter()
            .find(|stored| stored.annotator == self.annotator)
        {
            let history = History::replay(self.store.history(&article, key, &self.annotator)?);
            let loaded = Loaded {
                key,
                is_blind: false,
                effort: Effort::of(history.entries()),
                session: Session::new(article, own.annotation.clone(), history),
                revision: own.revision,
                begun_from: None,
                active_ms,
            };
            return Ok((loaded, None));
        }
        let ground = ground(&stored);
        let annotation =
            ground.map_or_else(Annotation::default, |stored| stored.annotation.clone());
        let history = History::replay(start_entry(&article, &annotation, (self.now_ms)()));
        let guess = ground.filter(|_| stored.len() == 1);
        let guess = guess.map(|suggestions| suggestions.revision);
        let loaded = Loaded {
            key,
            is_blind: false,
            effort: Effort::of(history.entries()),
            session: Session::new(article, annotation, history),
            revision: Revision(0),
            begun_from: Some(ground.map_or_else(String::new, |stored| stored.annotator.clone())),
            active_ms,
        };
        Ok((loaded, guess))
    }

    fn save_waiting(&mut self) {
        self.retry_at = None;
        while let Some(save) = self.waiting.front() {
            let key = save.key;
            let commit = Commit {
                key,
                annotator: &self.annotator,
                expected: save.expected,
                entries: &save.entries,
                annotation: &save.annotation,
            };
            match self.store.commit(&commit, (self.now_ms)()) {
                Ok(revision) => {
                    self.own.insert(key, revision);
                    self.answer.say(Reply::Saved { key, revision });
                    if belongs_in_export(save) {
                        self.export_due();
                        self.tell_learning(Task::Changed);
                    }
                    self.ledger.saved(key, save.annotation.status());
                    self.waiting.pop_front();
                }
                Err(StoreError::Conflict { .. }) => {
                    if let Some(save) = self.waiting.pop_front() {
                        self.answer.say(Reply::Conflict {
                            key,
                            refused: save.entries,
                        });
                    }
                }
                Err(error) => {
                    self.answer.say(Reply::SaveWaits {
                        why: error.to_string(),
                        waiting: self.waiting.len(),
                    });
                    self.retry_at = Some(Instant::now() + RETRY);
                    return;
                }
            }
        }
    }

    /// Tells the window what others changed; true if they did.
    fn look_elsewhere(&mut self) -> bool {
        // A poll that fails says nothing: the next save or load will, if it matters.
        let Ok(version) = self.store.data_version() else {
            return false;
        };
        if self.version.replace(version) == Some(version) {
            return false;
        }
        if let Ok(schema) = self.store.schema()
            && schema != self.schema
        {
            self.schema = schema.clone();
            self.tell_learning(Task::Schema(Arc::new(schema.clone())));
            self.answer.say(Reply::SchemaChanged(Box::new(schema)));
        }
        let Ok(mut changes) = self.store.changes_since(self.seen) else {
            return false;
        };
        // They come in portions; a schema that changes may touch more articles than one has.
        while let Some(last) = changes.last().map(|change| change.seq) {
            match self.store.changes_since(last) {
                Ok(more) if !more.is_empty() => changes.extend(more),
                _ => break,
            }
        }
        self.ledger.changed(&changes);
        if !changes.is_empty() {
            self.tell_learning(Task::Changed);
        }
        let newest = changes.last().map(|change| change.seq);
        let quiet = std::mem::take(&mut self.quiet);
        changes.retain(|change| {
            !quiet
                .iter()
                .any(|(after, upto)| *after < change.seq && change.seq <= *upto)
        });
        self.seen = newest.unwrap_or(self.seen);
        if changes.is_empty() {
            return false;
        }
        let mut keys: Vec<ArticleKey> = changes.iter().map(|change| change.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut own: Vec<ArticleKey> = changes
            .iter()
            .filter(|change| change.annotator == self.annotator)
            .map(|change| change.key)
            .collect();
        own.sort_unstable();
        own.dedup();
        let revision_of = |key: ArticleKey| -> Result<Option<Revision>, StoreError> {
            let article = self.store.article(key)?;
            let stored = self.store.annotations(&article, key)?;
            Ok(stored
                .iter()
                .find(|stored| stored.annotator == self.annotator)
                .map(|stored| stored.revision))
        };
        // What this desk did itself is no news, unless somebody went on from there.
        own.retain(|key| match self.own.get(key) {
            Some(mine) => !matches!(revision_of(*key), Ok(Some(now)) if now == *mine),
            None => true,
        });
        let mine = |key: &ArticleKey| self.own.contains_key(key) && !own.contains(key);
        keys.retain(|key| {
            !mine(key)
                || changes
                    .iter()
                    .any(|change| change.key == *key && change.annotator != self.annotator)
        });
        let news = !keys.is_empty();
        if news {
            self.answer.say(Reply::ChangedElsewhere { keys, own });
        }
        news
    }
}

/// Whether the export is no longer true after this change: the article is done, or was until now.
fn belongs_in_export(save: &Save) -> bool {
    save.annotation.status() == Status::Done
        || save
            .entries
            .iter()
            .flat_map(|entry| &entry.transaction.edits)
            .any(|edit| {
                matches!(
                    edit,
                    Edit::SetStatus {
                        from: Status::Done,
                        ..
                    }
                )
            })
}

/// What an annotator starts from who has not touched the article: the newest work of another person, or the suggestions.
#[must_use]
pub fn ground(stored: &[StoredAnnotation]) -> Option<&StoredAnnotation> {
    stored
        .iter()
        .filter(|stored| !stored.annotator.is_empty())
        .max_by_key(|stored| stored.updated_at_ms)
        .or_else(|| stored.first())
}

/// The first line of a history: what was there when the annotator began. `None` where there was nothing.
#[must_use]
pub fn start_entry(article: &Article, ground: &Annotation, at_ms: i64) -> Option<Entry> {
    let transaction = plan::start_from(ground);
    if transaction.is_empty() {
        return None;
    }
    debug_assert_eq!(
        transaction.apply(&article.text, &mut Annotation::default()),
        Ok(()),
        "what is there can be put there"
    );
    Some(Entry {
        kind: EntryKind::Edit,
        action: Action::Start,
        transaction,
        before: Selection::default(),
        after: Selection::default(),
        at_ms,
    })
}
