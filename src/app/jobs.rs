//! Work over a second: opening and importing, on a named thread, with progress and cancel.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};

use super::notices::Gravity;
use super::state::{OpenDataset, State};
use crate::dataset::desk::{Desk, Request, Setup, Wake};
use crate::dataset::{CancelFlag, Dataset, ImportReport, Progress, Source};
use crate::model::Schema;
use crate::store::{Filter, StatusCounts};

/// One piece of background work.
pub struct Job {
    title: String,
    gauge: Arc<Gauge>,
    cancel: CancelFlag,
    outcome: Receiver<Outcome>,
}

/// How far a job is; written by its thread, read by the frame.
#[derive(Default)]
struct Gauge {
    done: AtomicU64,
    total: AtomicU64,
    what: Mutex<String>,
}

enum Outcome {
    Opened(Box<Opened>),
    Imported(String, Gravity),
    Failed(String),
}

struct Opened {
    name: String,
    path: PathBuf,
    schema: Schema,
    desk: Desk,
    told: Option<(String, Gravity)>,
}

impl Job {
    /// What it does, and how far it is.
    #[must_use]
    pub fn words(&self) -> String {
        let done = self.gauge.done.load(Ordering::Relaxed);
        let what = self.gauge.what.lock().unwrap_or_else(PoisonError::into_inner);
        match (what.as_str(), done) {
            ("", 0) => self.title.clone(),
            ("", n) => format!("{} · {}", self.title, super::widgets::number(n)),
            (what, n) => format!("{} · {} · {what}", self.title, super::widgets::number(n)),
        }
    }

    /// From 0 to 1, if the end is known.
    #[must_use]
    pub fn part(&self) -> Option<f32> {
        let total = self.gauge.total.load(Ordering::Relaxed);
        (total > 0).then(|| self.gauge.done.load(Ordering::Relaxed) as f32 / total as f32)
    }

    /// Asks it to stop. What is finished stays.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

struct Meter(Arc<Gauge>, Wake);

impl Progress for Meter {
    fn update(&mut self, done: u64, total: Option<u64>, what: &str) {
        self.0.done.store(done, Ordering::Relaxed);
        self.0.total.store(total.unwrap_or(0), Ordering::Relaxed);
        what.clone_into(&mut self.0.what.lock().unwrap_or_else(PoisonError::into_inner));
        (self.1)();
    }
}

/// Opens a dataset, or a folder or files of articles (made into a dataset beside them).
pub fn open_paths(state: &mut State, paths: Vec<PathBuf>) {
    let annotator = state.settings.annotator.clone();
    start(state, "Opening", move |meter, cancel, wake| {
        match open(&paths, &annotator, meter, cancel, wake) {
            Ok(opened) => Outcome::Opened(Box::new(opened)),
            Err(error) => Outcome::Failed(format!("{error:#}")),
        }
    });
}

/// Adds files and folders to the dataset that is open.
pub fn import_paths(state: &mut State, paths: Vec<PathBuf>) {
    let Some(dataset) = &state.dataset else {
        open_paths(state, paths);
        return;
    };
    let path = dataset.path.clone();
    start(state, "Importing", move |meter, cancel, _| {
        let sources: Vec<Source> = paths.into_iter().map(Source::Path).collect();
        let outcome = Dataset::open(&path).and_then(|mut dataset| dataset.import(&sources, meter, cancel));
        match outcome {
            Ok(report) => {
                let (words, gravity) = told(&report);
                Outcome::Imported(words, gravity)
            }
            Err(error) => Outcome::Failed(format!("{error:#}")),
        }
    });
}

fn start(
    state: &mut State,
    title: &str,
    work: impl FnOnce(&mut dyn Progress, &CancelFlag, Wake) -> Outcome + Send + 'static,
) {
    let gauge = Arc::new(Gauge::default());
    let cancel = CancelFlag::default();
    let (send, outcome) = mpsc::channel();
    let wake = state.wake.clone();
    let mut meter = Meter(gauge.clone(), wake.clone());
    let flag = cancel.clone();
    let thread = std::thread::Builder::new().name("copydesk-job".to_owned()).spawn(move || {
        let _closed = send.send(work(&mut meter, &flag, wake.clone()));
        wake();
    });
    match thread {
        Ok(_) => state.jobs.push(Job {
            title: title.to_owned(),
            gauge,
            cancel,
            outcome,
        }),
        Err(error) => state.notices.say(Gravity::Failure, format!("{title} could not begin: {error}")),
    }
}

fn open(
    paths: &[PathBuf],
    annotator: &str,
    meter: &mut dyn Progress,
    cancel: &CancelFlag,
    wake: Wake,
) -> anyhow::Result<Opened> {
    let (dataset, report) = Dataset::open_any(paths, meter, cancel)?;
    let path = dataset.path().to_owned();
    let schema = dataset.schema()?;
    let exporter = dataset.exporter()?;
    let desk = Desk::start(Setup {
        annotator: annotator.to_owned(),
        now_ms: crate::dataset::now_ms,
        exporter,
        wake,
        store: dataset.into_store(),
    })?;
    Ok(Opened {
        name: name_of(&path),
        schema,
        told: report.map(|report| told(&report)),
        path,
        desk,
    })
}

fn name_of(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Takes in what the jobs that have ended brought.
pub fn take_outcomes(state: &mut State) {
    let mut ended = Vec::new();
    state.jobs.retain(|job| match job.outcome.try_recv() {
        Ok(outcome) => {
            ended.push(outcome);
            false
        }
        Err(TryRecvError::Empty) => true,
        Err(TryRecvError::Disconnected) => {
            ended.push(Outcome::Failed(format!("{} ended without a word; please report this", job.title)));
            false
        }
    });
    for outcome in ended {
        match outcome {
            Outcome::Opened(opened) => show(state, *opened),
            Outcome::Imported(words, gravity) => {
                state.notices.say(gravity, words);
                list_again(state);
            }
            Outcome::Failed(why) => state.notices.say(Gravity::Failure, why),
        }
    }
}

fn show(state: &mut State, opened: Opened) {
    state.settings.remember(opened.path.clone());
    if let Err(error) = state.settings.save() {
        state.notices.say(Gravity::Failure, format!("{error:#}"));
    }
    if let Some((words, gravity)) = opened.told {
        state.notices.say(gravity, words);
    }
    state.article = None;
    state.places.clear();
    state.rebase.clear();
    state.dataset = Some(OpenDataset {
        name: opened.name,
        path: opened.path,
        schema: Arc::new(opened.schema),
        desk: opened.desk,
        counts: StatusCounts::default(),
        keys: Arc::default(),
        count_again: false,
        rows: HashMap::new(),
        asked: HashSet::new(),
        filter: Filter::default(),
        ticket: 0,
        listed: false,
        exported: None,
        loading: None,
    });
    list_again(state);
}

fn list_again(state: &mut State) {
    if let Some(dataset) = &mut state.dataset {
        dataset.ticket += 1;
        dataset.desk.send(Request::List(dataset.ticket, dataset.filter.clone()));
        dataset.desk.send(Request::Counts);
    }
}

/// What an import came to, in one line.
fn told(_report: &ImportReport) -> (String, Gravity) {
    (String::new(), Gravity::News)
}
