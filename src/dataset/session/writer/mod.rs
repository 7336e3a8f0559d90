//! The thread that writes the store.
//!
//! It saves changes in the order in which they come, holds what the disk refuses, and notices what
//! other programs write.

mod copy;
mod elsewhere;
mod jobs;
mod load;
mod save;

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SendError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::channels::{LearnerOutput, ToLearner, ToWriter};
use super::learner;
use super::messages::{Reply, Save, WriterRequest};
use super::outcomes::OutcomeTracker;
use super::replies::{NowMs, Replies};
use super::rescue::{AllOpened, Rescue};
use super::trace;
use crate::dataset::config::work_mode::WorkMode;
use crate::dataset::suggesters::{self, KnownModels};
use crate::model::Schema;
use crate::store::{ArticleKey, ChangeSeq, Revision, Store};

/// How often the session looks for changes that other programs made.
const POLL: Duration = Duration::from_millis(1000);
/// How long the session waits before it tries again to save what the disk refused.
const RETRY: Duration = Duration::from_millis(1500);
/// How long the writer must be idle before articles are indexed for the search.
const QUIET: Duration = Duration::from_millis(300);
/// The pause between two pieces of indexing, so that other programs get their turn.
const INDEX_PAUSE: Duration = Duration::from_millis(20);
/// How often the progress of indexing is reported.
const INDEX_NEWS: Duration = Duration::from_millis(1000);

/// What the writer is made from.
pub(super) struct WriterSetup {
    pub(super) store: Box<dyn Store>,
    pub(super) annotator: String,
    pub(super) mode: WorkMode,
    pub(super) now_ms: NowMs,
    pub(super) replies: Replies,
    /// Brings the export up to date, if one is kept.
    pub(super) export: Option<Sender<()>>,
    pub(super) learner: Sender<ToLearner>,
    /// The writer's own end of its channel, for jobs.
    pub(super) sender: Sender<ToWriter>,
    pub(super) schema: Schema,
    /// The newest change that the window knows.
    pub(super) seen: ChangeSeq,
}

pub(super) struct Writer {
    store: Box<dyn Store>,
    outcomes: OutcomeTracker,
    annotator: String,
    /// Decides what the annotator starts from.
    mode: WorkMode,
    now_ms: NowMs,
    replies: Replies,
    export: Option<Sender<()>>,
    learner: Sender<ToLearner>,
    sender: Sender<ToWriter>,
    /// Changes not yet on disk, oldest first.
    waiting: VecDeque<Save>,
    retry_at: Option<Instant>,
    /// The revisions that this session wrote, by which it knows its own changes from those of
    /// another program.
    own: BTreeMap<ArticleKey, Revision>,
    seen: ChangeSeq,
    /// When the progress of the full-text index was last reported.
    index_reported: Option<Instant>,
    /// The store's data version at the last poll.
    version: Option<i64>,
    /// The schema as the window knows it.
    schema: Schema,
    /// Stretches of the stream of changes that the window made itself.
    quiet: Vec<(ChangeSeq, ChangeSeq)>,
    /// Whether the dataset's file is no longer the one that was opened.
    is_lost: bool,
    /// The copy that takes the changes instead of the dataset.
    rescue: Option<Rescue>,
    /// What was opened in this sitting, from which a lost dataset is made anew.
    opened: AllOpened,
    /// The threads that copy, and those of jobs.
    threads: Vec<JoinHandle<()>>,
    /// How many jobs are running.
    jobs: usize,
    is_closing: bool,
}

/// What is left when the writer has ended.
pub(super) struct Ended {
    /// The dataset, to be closed last of all.
    pub(super) _store: Box<dyn Store>,
    /// How many changes could not be saved.
    pub(super) unsaved: usize,
}

impl Writer {
    pub(super) fn new(setup: WriterSetup) -> Self {
        Self {
            outcomes: OutcomeTracker::new(&setup.annotator),
            store: setup.store,
            annotator: setup.annotator,
            mode: setup.mode,
            now_ms: setup.now_ms,
            replies: setup.replies,
            export: setup.export,
            learner: setup.learner,
            sender: setup.sender,
            waiting: VecDeque::new(),
            retry_at: None,
            own: BTreeMap::new(),
            seen: setup.seen,
            index_reported: None,
            version: None,
            schema: setup.schema,
            quiet: Vec::new(),
            is_lost: false,
            rescue: None,
            opened: AllOpened::new(),
            threads: Vec::new(),
            jobs: 0,
            is_closing: false,
        }
    }

    /// Serves until the window closes.
    pub(super) fn serve(mut self, requests: &Receiver<ToWriter>) -> Ended {
        self.serve_until_closed(requests);
        for thread in self.threads.drain(..) {
            let _panicked = thread.join();
        }
        // Everything else goes here, above all the ends of channels that other threads wait on.
        Ended {
            unsaved: self.waiting.len(),
            _store: self.store,
        }
    }

    fn serve_until_closed(&mut self, requests: &Receiver<ToWriter>) {
        let mut next_poll = Instant::now() + POLL;
        let mut next_index = Some(Instant::now() + QUIET);
        loop {
            let deadline = [
                Some(next_poll),
                self.retry_at,
                next_index,
                self.outcomes.next_due(),
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
                    self.outcomes.postpone();
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let now = Instant::now();
            if self.retry_at.is_some_and(|at| at <= now) {
                self.save_waiting();
            }
            if next_poll <= now {
                if self.poll_changes() {
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
                    && (left == 0 || self.index_reported.is_none_or(|at| at + INDEX_NEWS <= now));
                if news {
                    self.index_reported = Some(now);
                    self.replies.send(Reply::Unindexed(left));
                }
            }
            if self.outcomes.run_due(&mut *self.store) {
                self.replies.send(Reply::OutcomesChanged);
            }
        }
        // The window is closing: one last try for what the disk refused.
        self.save_waiting();
        self.outcomes.close(&mut *self.store);
    }

    /// Serves a message; returns whether more may come.
    fn take(&mut self, request: ToWriter) -> bool {
        match request {
            ToWriter::Window(request) => self.take_from_window(request),
            ToWriter::Learner(output) => self.write_models(output),
            ToWriter::StartJob(job) => self.start_job(job),
            ToWriter::StartCompanion(job) => self.start_companion(job),
            ToWriter::JobWrite(write) => self.write_for_job(write),
            ToWriter::JobEnded => self.jobs = self.jobs.saturating_sub(1),
            ToWriter::Close => self.is_closing = true,
        }
        !self.is_closing || self.jobs > 0
    }

    fn take_from_window(&mut self, request: WriterRequest) {
        let _span = trace::answering(&request);
        match request {
            WriterRequest::Save(save) => {
                if let Some(known) = self.opened.get_mut(&save.key) {
                    known.entries.extend(save.entries.iter().cloned());
                    known.annotation = (*save.annotation).clone();
                }
                self.waiting.push_back(save);
            }
            WriterRequest::Load(key) => {
                self.save_waiting();
                match self.load(key) {
                    Ok((loaded, None)) => self.replies.send(Reply::Loaded(Box::new(loaded))),
                    Ok((loaded, Some(guess))) => {
                        // The thread that learns answers, with the newest suggestions.
                        let task = ToLearner::Open(Box::new(loaded), guess);
                        if let Err(SendError(ToLearner::Open(loaded, _))) = self.learner.send(task)
                        {
                            self.replies.send(Reply::Loaded(loaded));
                        }
                    }
                    Err(error) => self.replies.send(Reply::NotLoaded {
                        key,
                        why: error.to_string(),
                    }),
                }
            }
            WriterRequest::LoadAdjudication(key) => {
                self.save_waiting();
                let reply = match self.load_adjudication(key) {
                    Ok(Ok(loaded)) => Reply::AdjudicationLoaded(Box::new(loaded)),
                    Ok(Err(why)) => Reply::NoAdjudication {
                        key,
                        why: why.to_string(),
                    },
                    Err(error) => Reply::NoAdjudication {
                        key,
                        why: error.to_string(),
                    },
                };
                self.replies.send(reply);
            }
            WriterRequest::SetSetting(name, value) => {
                if let Err(error) = self.store.set_setting(&name, value.as_deref()) {
                    self.replies.failure("Could not save the setting", &error);
                }
                if name == suggesters::SETTING {
                    self.to_learner(ToLearner::Suggesters);
                }
            }
            WriterRequest::SetMode(mode) => self.mode = mode,
            WriterRequest::Export => self.export_due(),
            WriterRequest::Copy(to) => self.copy(to),
            WriterRequest::MakeHome => match self.store.set_home() {
                Ok(()) => self.replies.send(Reply::AtHome),
                Err(error) => self.replies.failure("Could not write the dataset", &error),
            },
            WriterRequest::AddTime {
                key,
                at_ms,
                active_ms,
            } => self.outcomes.add_time(key, at_ms, active_ms),
            WriterRequest::OwnChanges(after, upto) => self.quiet.push((after, upto)),
        }
    }

    fn export_due(&self) {
        if let Some(export) = &self.export {
            let _closing = export.send(());
        }
    }

    fn write_models(&mut self, output: LearnerOutput) {
        let _span = trace::working("write models and suggestions");
        self.save_waiting();
        let is_reset = matches!(output, LearnerOutput::Reset(_));
        let is_of_programs = matches!(output, LearnerOutput::OfPrograms(..));
        match learner::write(&mut *self.store, output) {
            Ok(keys) if !keys.is_empty() && is_of_programs => {
                if let Ok(known) = KnownModels::load(&*self.store) {
                    self.replies.send(Reply::ModelsKnown(Box::new(known)));
                }
                self.replies.send(Reply::SuggestedByPrograms(keys));
            }
            Ok(keys) if !keys.is_empty() => self.replies.send(Reply::Suggested(keys)),
            Ok(_) => {}
            Err(error) if is_reset => {
                self.replies.failure("Could not reset the models", &error);
            }
            // What the disk refuses now is made again later.
            Err(_reported_by_the_next_save) => {}
        }
        if is_reset {
            self.to_learner(ToLearner::Changed);
        }
    }

    fn to_learner(&self, task: ToLearner) {
        let _gone = self.learner.send(task);
    }
}
