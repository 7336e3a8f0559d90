//! The threads behind the window: one writes the store (`writer`), three read it for the article list (`lists`), one learns
//! (`learning`), one gathers the dashboard, one keeps the export up to date.
//!
//! The window sends a [`Request`] and goes on; answers come as [`Reply`]s, in the order of their requests per thread.
//! Nothing here blocks the caller. An edit is acknowledged ([`Reply::Saved`]) once the store has it on disk;
//! until then the session holds it, and while the disk refuses, it tries again.

mod learner;
mod messages;
pub(crate) mod outcomes;
mod readers;
mod rescue;
mod starting_point;
mod text_languages;
pub(crate) mod unopened;
mod writer;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use self::learner::Task;
pub use self::messages::{Copied, Loaded, Opened, Reply, Request, Save};
use self::outcomes::Ledger;
pub use self::starting_point::{StartingPoint, start_entry, starting_point};
use self::writer::{Ended, ToWriter, Writer};
use super::config::work_mode::WorkMode;
use super::report::calendar::Calendar;
use super::report::dashboard::Board;
use crate::model::Status;
use crate::store::{Store, StoreError};

/// The setting of a dataset that says up to which change its export is true.
pub const EXPORTED_SEQ: &str = "exported_seq";
/// How long the export waits for more articles to be done before it begins.
const EXPORT_PAUSE: Duration = Duration::from_millis(400);

/// Writes the export of the dataset from a reader of its own; gives a line for people.
pub type Exporter = Box<dyn FnMut(&dyn Store) -> anyhow::Result<String> + Send>;

/// Told after each reply, from another thread: the window asks for a repaint.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Milliseconds since 1970, UTC.
pub type NowMs = fn() -> i64;

/// The window's end of the threads. Dropping it waits until every change is saved, as far as the disk takes it, and the
/// export is up to date; [`SessionHandle::close`] says how far that was.
pub struct SessionHandle {
    writer: Option<Sender<ToWriter>>,
    learning: Option<Sender<Task>>,
    readers: Option<readers::Readers>,
    board: Option<Sender<Request>>,
    replies: Receiver<Reply>,
    threads: Vec<JoinHandle<()>>,
    ended: Receiver<Ended>,
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

impl SessionHandle {
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

        let readers = readers::start(&*setup.store, &setup.annotator, &answer, &mut spawn)?;

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
        let mode = WorkMode::load(&*setup.store)?;
        let (learning, tasks) = mpsc::channel();
        let learner = learner::Setup {
            store: setup.store.reader()?,
            schema: Arc::new(schema.clone()),
            annotator: setup.annotator.clone(),
            learn: setup.learn,
            tag: setup.tag,
            now_ms: setup.now_ms,
            answer: answer.clone(),
            writer: writer.clone(),
        };
        spawn(
            "copydesk-learning",
            Box::new(move || learner::serve(learner, &tasks)),
        )?;
        let server = Writer {
            ledger: Ledger::new(&setup.annotator),
            store: setup.store,
            annotator: setup.annotator,
            mode,
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
            is_lost: false,
            rescue: None,
            opened: BTreeMap::new(),
            copies: Vec::new(),
        };
        let (end, ended) = mpsc::channel();
        spawn(
            "copydesk-store",
            Box::new(move || {
                let _desk_gone = end.send(server.serve(&writes));
            }),
        )?;
        Ok(Self {
            writer: Some(writer),
            learning: Some(learning),
            readers: Some(readers),
            board: Some(board),
            replies,
            threads,
            ended,
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
            Request::SuggestEntities(opened) => Err(Task::Suggest(opened)),
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

    /// Waits until every change is saved and the export is up to date, and closes the dataset. Gives how many changes the
    /// disk did not take: they are gone.
    #[must_use]
    pub fn close(mut self) -> usize {
        self.end()
    }

    fn end(&mut self) -> usize {
        if let Some(writer) = self.writer.take() {
            let _gone = writer.send(ToWriter::Close);
        }
        self.learning = None;
        self.readers = None;
        self.board = None;
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
        // Only now, after all readers: the last one who closes a dataset brings its log into it, if it may write.
        self.ended.try_recv().map_or(0, |ended| ended.unsaved)
    }
}

impl Drop for SessionHandle {
    fn drop(&mut self) {
        self.end();
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
    let is_old = exported.is_none_or(|exported| exported != now);
    // Somebody may have begun anew what another has finished.
    Ok(is_old
        && (store.counts()?.of(Status::Done) > 0 || !store.with_status(Status::Done)?.is_empty()))
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
                    Err(error) => answer.failed("Could not make the dashboard", &error),
                }
            }
            Request::Behind(behind) => match board.behind(store, &calendar, &behind) {
                Ok(found) => answer.say(Reply::Behind(found)),
                Err(error) => answer.failed("Could not read the article list", &error),
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
            Err(error) => answer.failed("Could not write the export", &format!("{error:#}")),
        }
    }
}
