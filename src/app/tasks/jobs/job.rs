//! A job: its kind, its progress, and the thread that does it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};

use anyhow::anyhow;

use super::outcome::JobOutcome;
use crate::dataset::session::{SessionHandle, Wake};
use crate::dataset::{CancelFlag, Progress};
use crate::formats::Problem;
use crate::model::figures;
use crate::store::Store;

/// How many problems of an import a notice shows; the command line shows all.
const PROBLEMS_SHOWN: usize = 3;

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Opens a dataset, or makes one of files.
    Open,
    /// Makes the sample dataset, if it is not there.
    PlaceSample,
    /// Opens the file of a team's member, which is made if it is not there.
    OpenTeam,
    /// Adds articles.
    Import,
    /// Saves a chart as a picture.
    SavePlot,
    /// Exports.
    Export,
    /// Counts what a change of the schema would touch.
    CountSchemaChange,
    /// Changes the schema.
    ChangeSchema,
    /// Copies labels to duplicates.
    CopyLabels,
    /// Looks a name up in all articles.
    LookUpName,
    /// Relabels a name in all articles.
    RelabelName,
    /// Asks other programs about all open articles.
    SuggestForOpen,
    /// Compares other programs on the finished articles.
    CompareSuggesters,
    /// Takes such a relabelling back.
    UndoRelabelling,
    /// Has the models check finished work.
    ModelCheck,
    /// Remembers that a doubted label is right.
    DismissDoubt,
    /// Measures how far annotators agree.
    Agreement,
    /// Compares the annotators of all articles.
    CompareAnnotators,
    /// Finishes the articles on which all agree.
    FinishUnanimous,
    /// Counts what a merge would do.
    PreviewMerge,
    /// Merges.
    Merge,
    /// Splits the work among annotators.
    SplitWork,
}

impl JobKind {
    /// Returns what the job does, for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Open => "Opening",
            Self::PlaceSample => "Opening the sample",
            Self::OpenTeam => "Opening the team",
            Self::Import => "Importing",
            Self::SavePlot => "Saving the plot",
            Self::Export => "Exporting",
            Self::CountSchemaChange => "Counting affected labels",
            Self::ChangeSchema => "Changing the labels",
            Self::CopyLabels => "Looking for duplicates",
            Self::LookUpName => "Looking the name up",
            Self::RelabelName => "Relabelling",
            Self::SuggestForOpen => "Asking for suggestions",
            Self::CompareSuggesters => "Comparing suggesters",
            Self::UndoRelabelling => "Undoing the relabelling",
            Self::ModelCheck => "Checking with the models",
            Self::DismissDoubt => "Keeping the label",
            Self::Agreement => "Measuring agreement",
            Self::CompareAnnotators => "Comparing the annotators",
            Self::FinishUnanimous => "Finishing where all agree",
            Self::PreviewMerge => "Looking through what is to be merged",
            Self::Merge => "Merging",
            Self::SplitWork => "Splitting the work",
        }
    }
}

type Work = dyn FnOnce(&mut Meter, &CancelFlag) -> anyhow::Result<JobOutcome> + Send;
type SessionWork =
    dyn FnOnce(Opening<'_>, &mut Meter, &CancelFlag) -> anyhow::Result<JobOutcome> + Send;

/// The store that a session opened for a job, or why it could not.
pub(super) type Opening<'a> = anyhow::Result<&'a mut dyn Store>;

/// Work that waits for a thread of its own.
pub struct ThreadTask {
    kind: JobKind,
    work: Box<Work>,
}

/// Work on the open dataset that waits for its session: the session runs it, and writes what it
/// writes.
pub struct SessionTask {
    kind: JobKind,
    work: Box<SessionWork>,
}

impl SessionTask {
    pub(super) fn new(
        kind: JobKind,
        work: impl FnOnce(&mut dyn Store, &mut Meter, &CancelFlag) -> anyhow::Result<JobOutcome>
        + Send
        + 'static,
    ) -> Self {
        Self::with_opening(kind, |store, meter, cancel| work(store?, meter, cancel))
    }

    /// As [`SessionTask::new`], for work that answers even if it cannot start.
    pub(super) fn with_opening(
        kind: JobKind,
        work: impl FnOnce(Opening<'_>, &mut Meter, &CancelFlag) -> anyhow::Result<JobOutcome>
        + Send
        + 'static,
    ) -> Self {
        Self {
            kind,
            work: Box::new(work),
        }
    }

    /// Starts it in a session. Calls `wake` as it gets on and when it ends.
    #[must_use]
    pub fn start(self, session: &SessionHandle, wake: &Wake) -> Job {
        let Self { kind, work } = self;
        let (job, mut meter, send) = prepare(kind, wake);
        let (cancel, wake) = (job.cancel.clone(), wake.clone());
        let span = tracing::info_span!("job", title = kind.title());
        session.start_job(move |store| {
            let _span = span.entered();
            let _closed = send.send(work(store, &mut meter, &cancel));
            wake();
        });
        job
    }
}

/// Returns a job that has not begun, with what its thread needs.
fn prepare(kind: JobKind, wake: &Wake) -> (Job, Meter, Sender<anyhow::Result<JobOutcome>>) {
    let gauge = Arc::new(Gauge::default());
    let (send, outcome) = mpsc::channel();
    let meter = Meter {
        gauge: gauge.clone(),
        wake: wake.clone(),
        problems: Vec::new(),
    };
    let job = Job {
        kind,
        gauge,
        cancel: CancelFlag::default(),
        outcome,
    };
    (job, meter, send)
}

impl ThreadTask {
    pub(super) fn new(
        kind: JobKind,
        work: impl FnOnce(&mut Meter, &CancelFlag) -> anyhow::Result<JobOutcome> + Send + 'static,
    ) -> Self {
        Self {
            kind,
            work: Box::new(work),
        }
    }

    /// Returns what it does.
    #[must_use]
    pub fn kind(&self) -> JobKind {
        self.kind
    }

    /// Starts it on a thread. Calls `wake` as it gets on and when it ends.
    ///
    /// # Errors
    /// If the system has no thread for it.
    pub fn start(self, wake: &Wake) -> std::io::Result<Job> {
        let Self { kind, work } = self;
        let (job, mut meter, send) = prepare(kind, wake);
        let (cancel, wake) = (job.cancel.clone(), wake.clone());
        let span = tracing::info_span!("job", title = kind.title());
        std::thread::Builder::new()
            .name("copydesk-job".to_owned())
            .spawn(move || {
                let _span = span.entered();
                let _closed = send.send(work(&mut meter, &cancel));
                wake();
            })?;
        Ok(job)
    }
}

/// One piece of background work that is under way.
pub struct Job {
    kind: JobKind,
    gauge: Arc<Gauge>,
    cancel: CancelFlag,
    outcome: Receiver<anyhow::Result<JobOutcome>>,
}

impl Job {
    /// Returns what it does.
    #[must_use]
    pub fn kind(&self) -> JobKind {
        self.kind
    }

    /// Returns what it does and how far it is, for people.
    #[must_use]
    pub fn words(&self) -> String {
        let title = self.kind.title();
        match self.gauge.done.load(Ordering::Relaxed) {
            0 => title.to_owned(),
            n => format!("{title} · {}", figures::count(n as usize, "article")),
        }
    }

    /// Returns how far it is, from 0 to 1, if the end is known.
    #[must_use]
    pub fn part(&self) -> Option<f32> {
        let total = self.gauge.total.load(Ordering::Relaxed);
        (total > 0).then(|| self.gauge.done.load(Ordering::Relaxed) as f32 / total as f32)
    }

    /// Asks it to stop. What is finished stays.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Returns what it brought, once it has ended.
    #[must_use]
    pub fn take_outcome(&self) -> Option<anyhow::Result<JobOutcome>> {
        match self.outcome.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(anyhow!(
                "Internal error: {} stopped unexpectedly. Please report this.",
                self.kind.title()
            ))),
        }
    }
}

/// How far a job is; written by its thread, read by the frame.
#[derive(Default)]
struct Gauge {
    done: AtomicU64,
    total: AtomicU64,
}

/// Keeps the gauge, and the first few problems for the notice.
pub(super) struct Meter {
    gauge: Arc<Gauge>,
    pub(super) wake: Wake,
    pub(super) problems: Vec<String>,
}

impl Progress for Meter {
    fn expect(&mut self, articles: u64) {
        self.gauge.total.store(articles, Ordering::Relaxed);
    }

    fn advance(&mut self, articles: u64, _bytes: u64) {
        self.gauge.done.store(articles, Ordering::Relaxed);
        (self.wake)();
    }

    fn problem(&mut self, problem: &Problem) {
        if self.problems.len() < PROBLEMS_SHOWN {
            self.problems.push(problem.to_string());
        }
    }
}
