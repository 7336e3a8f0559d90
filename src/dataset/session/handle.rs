//! The window's end of the session: starts the threads, routes requests to them, and ends them in
//! order.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use super::channels::{ToLearner, ToWriter};
use super::exporter::Exporter;
use super::messages::{DashboardRequest, Reply, Request, SuggesterRequest};
use super::readers::Readers;
use super::replies::{NowMs, Replies, Wake};
use super::suggesters::SuggesterSetup;
use super::writer::{Ended, Writer};
use super::{dashboard, exporter, learner, suggesters, writer};
use crate::dataset::config::work_mode::WorkMode;
use crate::dataset::suggesters::SuggesterPool;
use crate::store::Store;

/// The window's handle on the threads of a dataset.
///
/// Dropping it waits until every change is saved, as far as the disk takes it, and the export is up
/// to date. [`SessionHandle::close`] also returns how many changes were lost.
pub struct SessionHandle {
    writer: Option<Sender<ToWriter>>,
    learner: Option<Sender<ToLearner>>,
    readers: Option<Readers>,
    dashboard: Option<Sender<DashboardRequest>>,
    suggesters: Option<Sender<SuggesterRequest>>,
    pool: Option<Arc<SuggesterPool>>,
    replies: Receiver<Reply>,
    threads: Threads,
    ended: Receiver<Ended>,
}

/// What a session is started with.
pub struct SessionSetup {
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
    pub fn start(setup: SessionSetup) -> anyhow::Result<Self> {
        Self::start_with(setup, None)
    }

    /// Starts the threads, and one that asks the suggesters of the dataset.
    ///
    /// # Errors
    /// As [`SessionHandle::start`].
    pub fn start_with_suggesters(
        setup: SessionSetup,
        suggesters: SuggesterSetup,
    ) -> anyhow::Result<Self> {
        Self::start_with(setup, Some(suggesters))
    }

    fn start_with(setup: SessionSetup, suggesters: Option<SuggesterSetup>) -> anyhow::Result<Self> {
        let (to, received) = mpsc::channel();
        let replies = Replies {
            to,
            wake: setup.wake,
        };
        let mut threads = Threads(Vec::new());
        let readers = Readers::start(
            &*setup.store,
            &setup.annotator,
            &replies,
            &mut |name, work| threads.spawn(name, work),
        )?;
        let dashboard = start_dashboard(&*setup.store, &replies, &mut threads)?;
        let export = match setup.exporter {
            None => None,
            Some(exporter) => Some(start_exporter(
                &*setup.store,
                exporter,
                &replies,
                &mut threads,
            )?),
        };

        let (writer, writes) = mpsc::channel();
        let (learner, tasks) = mpsc::channel();
        let schema = setup.store.schema()?;
        let (suggesters, pool) = match suggesters {
            None => (None, None),
            Some(suggesters) => {
                let pool = suggesters::pool(suggesters, &*setup.store, &replies)?;
                let pool = Arc::new(pool);
                let to = start_suggesters(&*setup.store, &pool, &writer, &replies, &mut threads)?;
                (Some(to), Some(pool))
            }
        };
        let learner_setup = learner::LearnerSetup {
            store: setup.store.reader()?,
            schema: Arc::new(schema.clone()),
            annotator: setup.annotator.clone(),
            learn: setup.learn,
            tag: setup.tag,
            now_ms: setup.now_ms,
            replies: replies.clone(),
            writer: writer.clone(),
        };
        threads.spawn(
            "copydesk-learning",
            Box::new(move || learner::serve(learner_setup, &tasks)),
        )?;
        let server = Writer::new(writer::WriterSetup {
            mode: WorkMode::load(&*setup.store)?,
            seen: setup.store.change_seq()?,
            store: setup.store,
            schema,
            annotator: setup.annotator,
            now_ms: setup.now_ms,
            replies,
            export,
            learner: learner.clone(),
            sender: writer.clone(),
        });
        let (end, ended) = mpsc::channel();
        threads.spawn(
            "copydesk-store",
            Box::new(move || {
                let _handle_gone = end.send(server.serve(&writes));
            }),
        )?;
        Ok(Self {
            writer: Some(writer),
            learner: Some(learner),
            readers: Some(readers),
            dashboard: Some(dashboard),
            suggesters,
            pool,
            replies: received,
            threads,
            ended,
        })
    }

    /// Sends a request to the thread that answers it.
    pub fn send(&self, request: impl Into<Request>) {
        match request.into() {
            Request::Writer(request) => send(&self.writer, ToWriter::Window(request)),
            Request::Learner(request) => send(&self.learner, ToLearner::Window(request)),
            Request::Suggesters(request) => send(&self.suggesters, request),
            Request::Dashboard(request) => send(&self.dashboard, request),
            Request::Rows(request) => self.to_readers(|readers| readers.rows(request)),
            Request::Lists(request) => self.to_readers(|readers| readers.lists(request)),
            Request::Lookups(request) => self.to_readers(|readers| readers.lookups(request)),
        }
    }

    /// Starts a job: long work on the dataset, on its own thread.
    ///
    /// The job sees every change that was sent before it, and its writes are made by the writer. It
    /// is called with an error, on any thread, if it cannot start. Closing the session waits for
    /// it; whoever wants it to stop early shares a [`CancelFlag`](crate::dataset::CancelFlag) with
    /// it.
    pub fn start_job(&self, job: impl FnOnce(anyhow::Result<&mut dyn Store>) + Send + 'static) {
        send(&self.writer, ToWriter::StartJob(Box::new(job)));
    }

    /// Starts work that goes on as long as the dataset is open, on its own thread. Its writes are
    /// made by the writer, as those of a job; unlike a job, closing the session does not wait for
    /// it, and its writes fail with [`StoreError::Stopped`](crate::store::StoreError::Stopped) from
    /// then on.
    pub fn start_companion(
        &self,
        work: impl FnOnce(anyhow::Result<&mut dyn Store>) + Send + 'static,
    ) {
        send(&self.writer, ToWriter::StartCompanion(Box::new(work)));
    }

    /// Returns the suggesters of the dataset, for jobs that ask them.
    #[must_use]
    pub fn suggesters(&self) -> Option<Arc<SuggesterPool>> {
        self.pool.clone()
    }

    fn to_readers(&self, send: impl FnOnce(&Readers)) {
        if let Some(readers) = &self.readers {
            send(readers);
        }
    }

    /// Returns the next reply, if there is one.
    #[must_use]
    pub fn poll(&self) -> Option<Reply> {
        self.replies.try_recv().ok()
    }

    /// Waits for the next reply, at most this long. For tests and commands; the window never waits.
    #[must_use]
    pub fn wait(&self, at_most: Duration) -> Option<Reply> {
        self.replies.recv_timeout(at_most).ok()
    }

    /// Closes the dataset, once every change is saved and the export is up to date. Returns how
    /// many changes the disk did not take; these are lost.
    #[must_use]
    pub fn close(mut self) -> usize {
        self.end()
    }

    fn end(&mut self) -> usize {
        // Nobody waits for another program.
        if let Some(pool) = self.pool.take() {
            pool.close();
        }
        self.suggesters = None;
        if let Some(writer) = self.writer.take() {
            let _gone = writer.send(ToWriter::Close);
        }
        self.learner = None;
        self.readers = None;
        self.dashboard = None;
        for thread in self.threads.0.drain(..) {
            let _panicked = thread.join();
        }
        // Only now, after all readers: the last one who closes a dataset brings its log into it, if
        // it may write.
        self.ended.try_recv().map_or(0, |ended| ended.unsaved)
    }
}

impl Drop for SessionHandle {
    fn drop(&mut self) {
        self.end();
    }
}

/// The threads of a session, to be joined at its end.
struct Threads(Vec<JoinHandle<()>>);

impl Threads {
    fn spawn(&mut self, name: &str, work: Box<dyn FnOnce() + Send>) -> anyhow::Result<()> {
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                let _span = tracing::debug_span!("thread").entered();
                work();
            })?;
        self.0.push(thread);
        Ok(())
    }
}

/// Sends to a thread; one that is gone has said why in a reply.
fn send<T>(to: &Option<Sender<T>>, message: T) {
    if let Some(to) = to {
        let _gone = to.send(message);
    }
}

fn start_suggesters(
    store: &dyn Store,
    pool: &Arc<SuggesterPool>,
    writer: &Sender<ToWriter>,
    replies: &Replies,
    threads: &mut Threads,
) -> anyhow::Result<Sender<SuggesterRequest>> {
    let (send, requests) = mpsc::channel();
    let (reader, pool) = (store.reader()?, Arc::clone(pool));
    let (writer, replies) = (writer.clone(), replies.clone());
    threads.spawn(
        "copydesk-suggesters",
        Box::new(move || suggesters::serve(&pool, &*reader, &requests, &replies, &writer)),
    )?;
    Ok(send)
}

fn start_dashboard(
    store: &dyn Store,
    replies: &Replies,
    threads: &mut Threads,
) -> anyhow::Result<Sender<DashboardRequest>> {
    let (send, requests) = mpsc::channel();
    let (reader, replies) = (store.reader()?, replies.clone());
    threads.spawn(
        "copydesk-dashboard",
        Box::new(move || dashboard::serve(&*reader, &requests, &replies)),
    )?;
    Ok(send)
}

fn start_exporter(
    store: &dyn Store,
    exporter: Exporter,
    replies: &Replies,
    threads: &mut Threads,
) -> anyhow::Result<Sender<()>> {
    let (due, dues) = mpsc::channel();
    if exporter::is_overtaken(store)? {
        let _just_made = due.send(());
    }
    let (reader, replies) = (store.reader()?, replies.clone());
    threads.spawn(
        "copydesk-export",
        Box::new(move || exporter::serve(&*reader, exporter, &dues, &replies)),
    )?;
    Ok(due)
}
