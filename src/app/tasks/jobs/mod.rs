//! Work over a second: opening and importing, on a named thread, with progress and cancel.

mod names;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};

use anyhow::Context as _;

pub use self::names::{look_up_job, start_names};
use crate::app::state::names::Names;
use crate::app::state::notices::{Gravity, Offer};
use crate::app::state::{Board, Leaving, Listing, OpenDataset, State, Tab};
use crate::dataset::config::{built_in_schemas, sample_dataset};
use crate::dataset::maintenance::name_view::{NameView, Relabelled, UndoneRelabelling};
use crate::dataset::maintenance::schema_change::Changed;
use crate::dataset::session::{
    Exporter, RowRequest, SessionHandle, SessionSetup, Wake, WriterRequest,
};
use crate::dataset::{
    CancelFlag, Cancelled, Clock as _, Dataset, ExportChoice, Exported, ImportOptions,
    ImportReport, Input, KeptExport, LabelledCopy, OpenTarget, Progress, Replace, SchemaChange,
    SystemClock, WorkMode, export_as_chosen, full_path, project_labels,
};
use crate::formats::Problem;
use crate::model::Schema;
use crate::model::figures;
use crate::quality::plot::Chart;
use crate::store::{Filter, Order, StatusCounts, Store};

/// One piece of background work.
pub struct Job {
    title: String,
    gauge: Arc<Gauge>,
    cancel: CancelFlag,
    outcome: Receiver<Outcome>,
}

/// What the job is called that changes the schema.
const CHANGING_LABELS: &str = "Changing the labels";

/// So many problems of an import are told; the command line tells all.
const TOLD_AT_MOST: usize = 3;

/// How far a job is; written by its thread, read by the frame.
#[derive(Default)]
struct Gauge {
    done: AtomicU64,
    total: AtomicU64,
}

enum Outcome {
    Opened(Box<Opened>),
    /// This shall be opened.
    ToOpen(PathBuf),
    /// What is in the list is other than it was; what to say of it.
    ListChanged(String, Gravity),
    Told(String, Gravity),
    /// An export of this dataset, as it was chosen, has ended.
    Exported(PathBuf, Box<ExportChoice>, Box<Exported>),
    /// What a change of the schema would touch.
    Touches(crate::app::state::Counted),
    /// The schema is another one now.
    /// The last: how many finished articles may lack labels now.
    SchemaChanged(Box<SchemaChange>, Changed, usize),
    /// A name was looked up in this dataset.
    NameFound(PathBuf, Box<NameView>),
    /// A name was relabelled in this dataset.
    Relabelled(PathBuf, Box<Relabelled>),
    /// A relabelling was taken back in this dataset.
    RelabellingUndone(PathBuf, Box<Relabelled>, Box<UndoneRelabelling>),
    /// It was stopped, and there is nothing to say.
    Nothing,
    Failed(String),
}

struct Opened {
    name: String,
    path: PathBuf,
    schema: Schema,
    session: SessionHandle,
    told: Option<(String, Gravity)>,
    asks_export: bool,
    mode: WorkMode,
}

impl Job {
    /// What it does, and how far it is.
    #[must_use]
    pub fn words(&self) -> String {
        match self.gauge.done.load(Ordering::Relaxed) {
            0 => self.title.clone(),
            n => format!("{} · {}", self.title, figures::count(n as usize, "article")),
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

/// Keeps the gauge, and the first few problems for the notice.
struct Meter {
    gauge: Arc<Gauge>,
    wake: Wake,
    problems: Vec<String>,
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
        if self.problems.len() < TOLD_AT_MOST {
            self.problems.push(problem.to_string());
        }
    }
}

/// Opens a dataset, or a folder or files of articles (made into a dataset beside them).
pub fn open_paths(state: &mut State, paths: Vec<PathBuf>) {
    let annotator = state.settings.annotator.clone();
    let settings = &state.settings;
    let chosen = (settings.keep_export, settings.learn, settings.tag);
    start(state, "Opening", move |meter, cancel| {
        match open(&paths, &annotator, chosen, meter, cancel) {
            Ok(opened) => Outcome::Opened(Box::new(opened)),
            Err(error) => Outcome::Failed(format!("{error:#}")),
        }
    });
}

/// Opens the sample dataset; it is made if it is not there.
pub fn open_sample(state: &mut State) {
    let Some(folder) = state.sample_folder.clone() else {
        let words = "This system has no place for the sample dataset";
        state.notices.say(Gravity::Failure, words);
        return;
    };
    start(
        state,
        "Opening the sample",
        move |_, _| match sample_dataset::place(&folder) {
            Ok(path) => Outcome::ToOpen(path),
            Err(error) => Outcome::Failed(format!("{error:#}")),
        },
    );
}

/// Adds files and folders to the dataset that is open.
pub fn import_paths(state: &mut State, paths: Vec<PathBuf>) {
    let is_dataset = |path: &PathBuf| matches!(OpenTarget::of(path), Ok(OpenTarget::Dataset(_)));
    if state.dataset.is_none() || paths.iter().any(is_dataset) {
        state.leave(Leaving::Open(paths));
        return;
    }
    let failed = |error: anyhow::Error| Outcome::Failed(format!("{error:#}"));
    start_in_session(state, "Importing", failed, move |store, meter, cancel| {
        let report = import_into(store, &paths, meter, cancel)?;
        let (words, gravity) = told(&report, &meter.problems);
        Ok(Outcome::ListChanged(words, gravity))
    });
}

/// Saves a chart as a picture.
pub fn save_plot(state: &mut State, chart: Chart, png: bool, path: PathBuf) {
    start(
        state,
        "Saving the plot",
        move |_, _| match crate::app::tasks::save_chart::save(&chart, png, &path) {
            Ok(()) => Outcome::Told(format!("Saved {}", path.display()), Gravity::News),
            Err(error) => Outcome::Failed(format!("{error:#}")),
        },
    );
}

/// Exports the dataset that is open as it was chosen.
pub fn export(state: &mut State, choice: ExportChoice, replace: Replace) {
    let Some(path) = state.dataset.as_ref().map(|dataset| dataset.path.clone()) else {
        return;
    };
    start(
        state,
        "Exporting",
        move |meter, cancel| match export_as_chosen(&path, &choice, replace, meter, cancel) {
            Ok(exported) => Outcome::Exported(path, Box::new(choice), Box::new(exported)),
            Err(error) if error.is::<Cancelled>() => Outcome::Told(
                "Export stopped; nothing was written".to_owned(),
                Gravity::News,
            ),
            Err(error) => Outcome::Failed(format!("Not exported: {error:#}")),
        },
    );
}

/// Counts what a change of the schema would touch.
pub fn count_schema_change(state: &mut State, change: Box<SchemaChange>) {
    let asked = change.clone();
    let failed = |error: anyhow::Error| Outcome::Touches((asked, Err(format!("{error:#}"))));
    start_in_session(
        state,
        "Counting affected labels",
        failed,
        move |store, meter, cancel| {
            let counted = crate::dataset::touched(store, &change, meter, cancel)?;
            Ok(Outcome::Touches((change, Ok(counted))))
        },
    );
}

/// Changes the schema, and the annotations with it.
pub fn change_schema(state: &mut State, change: Box<SchemaChange>) {
    let now_ms = state.now_ms;
    let annotator = state.settings.annotator.clone();
    let failed = |error: anyhow::Error| Outcome::Failed(format!("Labels not changed: {error:#}"));
    start_in_session(
        state,
        CHANGING_LABELS,
        failed,
        move |store, meter, cancel| {
            let changed = crate::dataset::change_schema(store, &change, now_ms(), meter, cancel)?;
            let outdated = Filter {
                outdated: true,
                ..Filter::default()
            };
            store.view_as(&annotator);
            let outdated = match changed.outdates {
                true => store.list(&outdated, Order::default())?.len(),
                false => 0,
            };
            Ok(Outcome::SchemaChanged(change, changed, outdated))
        },
    );
}

/// Carries the labels of done articles over to their copies that nobody has touched, as work begun by whoever sits here.
pub fn carry_labels(state: &mut State) {
    let annotator = state.settings.annotator.clone();
    let failed = |error: anyhow::Error| {
        // The copies that were written before stay, and the list shows them.
        if error.is::<Cancelled>() {
            let words = "Stopped. Labels copied so far are kept.".to_owned();
            return Outcome::ListChanged(words, Gravity::News);
        }
        Outcome::Failed(format!("Could not copy labels: {error:#}"))
    };
    start_in_session(
        state,
        "Looking for duplicates",
        failed,
        move |store, meter, cancel| {
            let copied = project_labels(store, Some(&annotator), &SystemClock, meter, cancel)?;
            Ok(Outcome::ListChanged(carried_words(&copied), Gravity::News))
        },
    );
}

/// What carrying labels over came to.
fn carried_words(copied: &[LabelledCopy]) -> String {
    if copied.is_empty() {
        return "No unstarted article duplicates a finished one.".to_owned();
    }
    let from: HashSet<&str> = copied.iter().map(|copied| copied.from.as_str()).collect();
    let doubtful: u64 = copied.iter().map(|copied| copied.projection.doubtful).sum();
    let mut words = format!(
        "{} got the labels of {} (started, not done)",
        figures::counted(copied.len() as u64, "copy", "copies"),
        figures::count(from.len(), "done article"),
    );
    if doubtful > 0 {
        words += &format!(
            "\n{} unsure; Tab finds them",
            figures::count(doubtful as usize, "place")
        );
    }
    words
}

/// Whether this window is changing the schema right now.
#[must_use]
pub fn is_changing_schema(state: &State) -> bool {
    state.jobs.iter().any(|job| job.title == CHANGING_LABELS)
}

/// Starts a job on its own thread.
fn start(
    state: &mut State,
    title: &str,
    work: impl FnOnce(&mut Meter, &CancelFlag) -> Outcome + Send + 'static,
) {
    let (job, mut meter, send) = prepare(state, title);
    let (cancel, wake) = (job.cancel.clone(), state.wake.clone());
    let span = tracing::info_span!("job", title);
    let thread = std::thread::Builder::new()
        .name("copydesk-job".to_owned())
        .spawn(move || {
            let _span = span.entered();
            let _closed = send.send(work(&mut meter, &cancel));
            wake();
        });
    match thread {
        Ok(_) => state.jobs.push(job),
        Err(error) => state.notices.say(
            Gravity::Failure,
            format!("{title} could not start: {error}"),
        ),
    }
}

/// Starts a job on the dataset that is open: its session runs it, and writes what it writes.
fn start_in_session(
    state: &mut State,
    title: &str,
    failed: impl FnOnce(anyhow::Error) -> Outcome + Send + 'static,
    work: impl FnOnce(&mut dyn Store, &mut Meter, &CancelFlag) -> anyhow::Result<Outcome>
    + Send
    + 'static,
) {
    let Some(dataset) = &state.dataset else {
        return;
    };
    let (job, mut meter, send) = prepare(state, title);
    let (cancel, wake) = (job.cancel.clone(), state.wake.clone());
    let span = tracing::info_span!("job", title);
    dataset.session.start_job(move |store| {
        let _span = span.entered();
        let outcome = store.and_then(|store| work(store, &mut meter, &cancel));
        let _closed = send.send(outcome.unwrap_or_else(failed));
        wake();
    });
    state.jobs.push(job);
}

/// A job that has not begun, with what its thread needs.
fn prepare(state: &State, title: &str) -> (Job, Meter, Sender<Outcome>) {
    let gauge = Arc::new(Gauge::default());
    let (send, outcome) = mpsc::channel();
    let meter = Meter {
        gauge: gauge.clone(),
        wake: state.wake.clone(),
        problems: Vec::new(),
    };
    let job = Job {
        title: title.to_owned(),
        gauge,
        cancel: CancelFlag::default(),
        outcome,
    };
    (job, meter, send)
}

fn open(
    paths: &[PathBuf],
    annotator: &str,
    (keep_export, learn, tag): (bool, bool, bool),
    meter: &mut Meter,
    cancel: &CancelFlag,
) -> anyhow::Result<Opened> {
    let first = paths.first().context("nothing was chosen")?;
    let mut told_of_import = None;
    let dataset = match OpenTarget::of(first)? {
        // By its full path, so that where one was is found again however the dataset is named next time.
        OpenTarget::Dataset(path) => Dataset::open(&full_path(&path))?,
        OpenTarget::Articles { dataset, .. } => {
            // Several files are one dataset, named after the folder that they lie in.
            let path = match (paths, first.parent()) {
                ([_], _) | (_, None) => dataset,
                (_, Some(folder)) => match OpenTarget::of(folder)? {
                    OpenTarget::Dataset(path) | OpenTarget::Articles { dataset: path, .. } => path,
                },
            };
            let (mut dataset, _made) = Dataset::open_or_create(&path, built_in_schemas::news)?;
            let report = import_into(dataset.store_mut(), paths, meter, cancel)?;
            if report.added + report.refused + report.new_work > 0 {
                told_of_import = Some(told(&report, &meter.problems));
            }
            dataset
        }
    };
    // Who packed a dataset may have put anything beside it.
    let at_home = dataset.store().is_at_home()?;
    let exporter = if keep_export && at_home {
        Some(exporter(&dataset)?)
    } else {
        None
    };
    let path = dataset.path().to_owned();
    let schema = dataset.store().schema()?;
    let mode = WorkMode::load(dataset.store())?;
    let session = SessionHandle::start(SessionSetup {
        annotator: annotator.to_owned(),
        now_ms: || SystemClock.now_ms(),
        exporter,
        learn,
        tag,
        wake: meter.wake.clone(),
        store: dataset.into_store(),
    })?;
    Ok(Opened {
        name: name_of(&path),
        told: told_of_import,
        schema,
        path,
        session,
        asks_export: keep_export && !at_home,
        mode,
    })
}

fn import_into(
    store: &mut dyn Store,
    paths: &[PathBuf],
    meter: &mut Meter,
    cancel: &CancelFlag,
) -> anyhow::Result<ImportReport> {
    let inputs: Vec<Input> = paths
        .iter()
        .map(|path| Input::new(path.as_os_str()))
        .collect();
    crate::dataset::import(store, &inputs, &ImportOptions::default(), meter, cancel)
}

/// What keeps the JSONL beside the dataset up to date.
fn exporter(dataset: &Dataset) -> anyhow::Result<Exporter> {
    let kept = KeptExport::new(dataset.path(), dataset.store().writer()?);
    Ok(Box::new(move |store| kept.write(store)))
}

fn name_of(path: &Path) -> String {
    path.file_stem()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
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
            ended.push(Outcome::Failed(format!(
                "Internal error: {} stopped unexpectedly. Please report this.",
                job.title
            )));
            false
        }
    });
    for outcome in ended {
        match outcome {
            Outcome::Opened(opened) => show(state, *opened),
            Outcome::ToOpen(path) => state.leave(Leaving::Open(vec![path])),
            Outcome::ListChanged(words, gravity) => {
                state.notices.say(gravity, words);
                list_again(state);
            }
            Outcome::Told(words, gravity) => state.notices.say(gravity, words),
            Outcome::Exported(dataset, choice, exported) => {
                state.exported(&dataset, *choice, *exported);
            }
            Outcome::Touches(counted) => state.touched = Some(counted),
            Outcome::SchemaChanged(change, changed, outdated) => {
                state.schema_changed(*change, changed, outdated);
            }
            Outcome::NameFound(dataset, view) => state.name_found(&dataset, *view),
            Outcome::Relabelled(dataset, made) => state.relabelled(&dataset, *made),
            Outcome::RelabellingUndone(dataset, made, taken) => {
                state.relabelling_undone(&dataset, &made, &taken);
            }
            Outcome::Nothing => {}
            Outcome::Failed(why) => state.notices.say(Gravity::Failure, why),
        }
    }
}

/// Closes the dataset: back to the welcome screen. What is not yet on disk gets there in the background.
pub fn close(state: &mut State) {
    state.hand_in_time();
    state.note_place();
    state.article = None;
    state.leaving = None;
    if let Some(left) = state.dataset.take() {
        let refused = state.rebase.values().map(Vec::len).sum();
        state.discarded.fetch_add(refused, Ordering::SeqCst);
        state.chores.close(left, Arc::clone(&state.discarded));
    }
    state.places.clear();
    state.rebase.clear();
    state.names = Names::default();
    state.notices.end_offer(&Offer::UndoRelabelling);
    state.notices.end_offer(&Offer::ShowOutdated);
}

fn show(state: &mut State, opened: Opened) {
    if state.unsaved() > 0 {
        // Changed while the other one was being opened.
        state.leave(Leaving::Open(vec![opened.path]));
        return;
    }
    state.settings.remember(&opened.path);
    state.save_settings();
    if let Some((words, gravity)) = opened.told {
        state.notices.say(gravity, words);
    }
    // What holds for this window alone holds on when the same dataset is opened anew.
    let review = state.review.take().map(WorkMode::Review);
    let same = state.dataset.as_ref();
    let same = same.filter(|dataset| dataset.path == opened.path);
    let mode = review
        .or_else(|| same.map(|dataset| dataset.mode.clone()))
        .unwrap_or(opened.mode);
    opened.session.send(WriterRequest::SetMode(mode.clone()));
    close(state);
    state.dataset = Some(OpenDataset {
        name: opened.name,
        path: opened.path,
        schema: Arc::new(opened.schema),
        mode,
        session: opened.session,
        counts: StatusCounts::default(),
        keys: Arc::default(),
        count_again: false,
        rows: HashMap::new(),
        asked: HashSet::new(),
        filter: Filter::default(),
        ticket: 0,
        order: Order::default(),
        listed: false,
        listing: Listing::default(),
        exported: None,
        learnt: 0,
        types_elsewhere: false,
        loading: None,
        board: Board::default(),
        unsaved: 0,
        save_waits: String::new(),
        lost: None,
        asks_export: opened.asks_export,
    });
    state.tab = Tab::Annotate;
    list_again(state);
}

fn list_again(state: &mut State) {
    if let Some(dataset) = &mut state.dataset {
        dataset.listing.facets = None;
        dataset.list_again();
        dataset.session.send(RowRequest::Counts);
    }
}

/// What an import came to, in a few lines.
fn told(report: &ImportReport, problems: &[String]) -> (String, Gravity) {
    let mut words = match report.added {
        0 => "Nothing new to add".to_owned(),
        n => format!("{} added", figures::count(n as usize, "article")),
    };
    if report.known > 0 {
        words.push_str(&format!(
            ", {} already there",
            figures::number(report.known)
        ));
    }
    if report.cancelled {
        words.push_str("; stopped early");
    }
    if report.refused == 0 {
        return (words, Gravity::News);
    }
    words.push_str(&format!("; {} rejected:", figures::number(report.refused)));
    for problem in problems {
        words.push('\n');
        words.push_str(problem);
    }
    (words, Gravity::Failure)
}
