//! Starting background jobs, and taking in what they bring.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::app::state::names::{Names, Wanted};
use crate::app::state::notices::{Offer, Severity};
use crate::app::state::{
    AgreementBoard, Board, Doubts, Leaving, Listing, OpenDataset, Reviews, State, Suggesters, Tab,
};
use crate::app::tasks::jobs::{
    self, Job, JobKind, JobOutcome, OpenOptions, OpenedDataset, SessionTask, ThreadTask,
};
use crate::dataset::session::{LookupRequest, RowRequest, WriterRequest};
use crate::dataset::suggesters::AllowedCommands;
use crate::dataset::{
    Cancelled, ExportChoice, ImportReport, LabelledCopy, OpenTarget, Replace, SchemaChange,
    WorkMode,
};
use crate::model::figures;
use crate::quality::plot::Chart;
use crate::store::{Filter, Order, StatusCounts};

impl State {
    pub(super) fn start(&mut self, task: ThreadTask) {
        let title = task.kind().title();
        match task.start(&self.wake) {
            Ok(job) => self.jobs.push(job),
            Err(error) => self.notices.notify(
                Severity::Failure,
                format!("{title} could not start: {error}"),
            ),
        }
    }

    pub(super) fn start_in_session(&mut self, task: SessionTask) {
        if let Some(dataset) = &self.dataset {
            let job = task.start(&dataset.session, &self.wake);
            self.jobs.push(job);
        }
    }

    pub(super) fn dataset_path(&self) -> Option<PathBuf> {
        self.dataset.as_ref().map(|dataset| dataset.path.clone())
    }

    /// Opens a dataset, or a folder or files of articles, made into a dataset beside them.
    pub(super) fn open_paths(&mut self, paths: Vec<PathBuf>) {
        let options = self.open_options();
        self.start(jobs::open(paths, options));
    }

    pub(super) fn open_options(&self) -> OpenOptions {
        let settings = &self.settings;
        let own = self.own_name.as_ref();
        OpenOptions {
            annotator: own.unwrap_or(&settings.annotator).clone(),
            keep_export: settings.keep_export,
            learn: settings.learn,
            tag: settings.tag,
            allowed_file: self
                .settings_file
                .as_deref()
                .map(AllowedCommands::path_beside),
        }
    }

    /// Opens the sample dataset, which is made if it is not there.
    pub(super) fn open_sample(&mut self) {
        match self.sample_folder.clone() {
            Some(folder) => self.start(jobs::place_sample(folder)),
            None => {
                let words = "This system has no place for the sample dataset";
                self.notices.notify(Severity::Failure, words);
            }
        }
    }

    /// Adds files and folders to the open dataset; a dataset among them is opened instead.
    pub(super) fn import_paths(&mut self, paths: Vec<PathBuf>) {
        let is_dataset =
            |path: &PathBuf| matches!(OpenTarget::of(path), Ok(OpenTarget::Dataset(_)));
        if self.dataset.is_none() || paths.iter().any(is_dataset) {
            self.leave(Leaving::Open(paths));
        } else {
            self.start_in_session(jobs::import(paths));
        }
    }

    pub(super) fn save_chart(&mut self, chart: Chart, png: bool, path: PathBuf) {
        self.start(jobs::save_plot(chart, png, path));
    }

    /// Exports the open dataset as it was chosen.
    pub(super) fn export_as_chosen(&mut self, choice: ExportChoice, replace: Replace) {
        if let Some(path) = self.dataset_path() {
            self.start(jobs::export(path, choice, replace));
        }
    }

    /// Counts what a change of the schema would touch.
    pub(super) fn count_schema_change(&mut self, change: Box<SchemaChange>) {
        self.touched = None;
        self.start_in_session(jobs::count_schema_change(change));
    }

    /// Changes the schema, and the annotations with it.
    pub(super) fn change_schema(&mut self, change: Box<SchemaChange>) {
        let annotator = self.settings.annotator.clone();
        self.start_in_session(jobs::change_schema(change, annotator, self.now_ms));
    }

    /// Copies the labels of done articles to their duplicates that nobody has touched.
    pub(super) fn copy_labels(&mut self) {
        let annotator = self.settings.annotator.clone();
        self.start_in_session(jobs::copy_labels(annotator));
    }

    /// Does what was waiting for all changes to be on disk.
    pub(super) fn start_names(&mut self, path: PathBuf, wanted: Wanted) {
        let annotator = self.settings.annotator.clone();
        // A step is known by its time: no two may have the same.
        let last = self.names.last.as_ref().map_or(0, |last| last.at_ms + 1);
        let now = (self.now_ms)().max(last);
        match wanted {
            Wanted::LookUp(name) => {
                let is_look_up = |job: &&Job| job.kind() == JobKind::LookUpName;
                self.jobs.iter().filter(is_look_up).for_each(Job::cancel);
                if let Some(mode) = self.dataset.as_ref().map(|dataset| dataset.mode.clone()) {
                    self.start_in_session(jobs::look_up_name(path, name, annotator, mode));
                }
            }
            Wanted::Relabel(step) => {
                self.start_in_session(jobs::relabel_name(path, step, annotator, now));
            }
            Wanted::Undo(made) => {
                self.start_in_session(jobs::undo_relabelling(path, made, annotator, now));
            }
        }
    }

    // -- outcomes -------------------------------------------------------------------------------

    /// Takes in what the jobs that have ended brought.
    pub(super) fn take_outcomes(&mut self) {
        let mut ended = Vec::new();
        self.jobs.retain(|job| match job.take_outcome() {
            Some(outcome) => {
                ended.push((job.kind(), outcome));
                false
            }
            None => true,
        });
        for (kind, outcome) in ended {
            match outcome {
                Ok(outcome) => self.take_outcome(outcome),
                Err(error) if error.is::<Cancelled>() => self.job_stopped(kind, &error),
                Err(error) => self.job_failed(kind, &error),
            }
        }
    }

    fn take_outcome(&mut self, outcome: JobOutcome) {
        match outcome {
            JobOutcome::Opened(opened) => self.show_dataset(*opened),
            JobOutcome::TeamNotOpened(address, why) => self.team_not_opened(&address, why),
            JobOutcome::SamplePlaced(path) => self.leave(Leaving::Open(vec![path])),
            JobOutcome::Imported(report, problems) => {
                let (words, severity) = import_words(&report, &problems);
                self.notices.notify(severity, words);
                self.reload_list();
            }
            JobOutcome::PlotSaved(path) => {
                let words = format!("Saved {}", path.display());
                self.notices.notify(Severity::News, words);
            }
            JobOutcome::Exported(dataset, choice, exported) => {
                self.exported(&dataset, *choice, *exported);
            }
            JobOutcome::ChangeCounted(counted) => self.touched = Some(counted),
            JobOutcome::SchemaChanged(change, changed, outdated) => {
                self.schema_changed(*change, changed, outdated);
            }
            JobOutcome::LabelsCopied(copied) => {
                self.notices.notify(Severity::News, copied_words(&copied));
                self.reload_list();
            }
            JobOutcome::SuggestedForOpen(report, known) => self.suggested_for_open(&report, known),
            JobOutcome::SuggestersCompared(made) => self.suggesters_compared(*made),
            JobOutcome::MergeCounted(choice, counted) => self.merge_counted(&choice, counted),
            JobOutcome::Merged(target, report) => self.merged(target, &report),
            JobOutcome::WorkSplit(folder, packs) => self.work_split(folder, &packs),
            JobOutcome::AnnotatorsCompared(dataset, rows) => {
                self.annotators_compared(&dataset, rows);
            }
            JobOutcome::UnanimousFinished(dataset, report) => {
                self.unanimous_finished(&dataset, &report);
            }
            JobOutcome::NameFound(dataset, view) => self.name_found(&dataset, *view),
            JobOutcome::Relabelled(dataset, made) => self.relabelled(&dataset, *made),
            JobOutcome::RelabellingUndone(dataset, made, taken) => {
                self.relabelling_undone(&dataset, &made, &taken);
            }
            JobOutcome::ModelChecked(dataset, check) => self.model_checked(&dataset, *check),
            JobOutcome::DoubtDismissed => {}
            JobOutcome::AgreementMeasured(dataset, measured) => {
                self.agreement_measured(&dataset, *measured);
            }
        }
    }

    fn job_stopped(&mut self, kind: JobKind, error: &anyhow::Error) {
        let words = match kind {
            JobKind::Export => "Export stopped; nothing was written",
            JobKind::RelabelName => "Relabelling stopped; nothing was changed",
            JobKind::UndoRelabelling => "Undo stopped; nothing was changed",
            JobKind::CopyLabels => {
                // The copies that were written before stay, and the list shows them.
                self.reload_list();
                "Stopped. Labels copied so far are kept."
            }
            JobKind::ModelCheck => "Model check stopped",
            JobKind::CompareSuggesters => "Comparison stopped",
            JobKind::Merge => "Merge stopped; nothing was changed",
            JobKind::SplitWork => "Stopped; no dataset was made",
            JobKind::FinishUnanimous => {
                self.list_reviews();
                "Stopped. Articles finished so far stay finished."
            }
            JobKind::LookUpName
            | JobKind::Agreement
            | JobKind::PreviewMerge
            | JobKind::CompareAnnotators => return,
            _ => return self.job_failed(kind, error),
        };
        self.notices.notify(Severity::News, words);
    }

    fn job_failed(&mut self, kind: JobKind, error: &anyhow::Error) {
        let what = match kind {
            JobKind::Export => "Not exported: ",
            JobKind::ChangeSchema => "Labels not changed: ",
            JobKind::CopyLabels => "Could not copy labels: ",
            JobKind::SuggestForOpen => "Could not ask for suggestions: ",
            JobKind::CompareSuggesters => "Could not compare suggesters: ",
            JobKind::LookUpName => "Could not look the name up: ",
            JobKind::RelabelName => "Not relabelled: ",
            JobKind::UndoRelabelling => "Relabelling not undone: ",
            JobKind::ModelCheck => "The models could not check the articles: ",
            JobKind::DismissDoubt => "Could not remember that the label is right: ",
            JobKind::Agreement => "Could not measure the agreement: ",
            JobKind::Merge => "Not merged: ",
            JobKind::SplitWork => "Work not split: ",
            _ => "",
        };
        self.notices
            .notify(Severity::Failure, format!("{what}{error:#}"));
    }

    /// Closes the dataset: back to the welcome screen. What is not yet on disk gets there in the
    /// background.
    pub(super) fn close_dataset(&mut self) {
        self.send_time_spent();
        self.remember_place();
        self.article = None;
        self.adjudication = None;
        self.leaving = None;
        if let Some(left) = self.dataset.take() {
            let refused = self.rebase.values().map(Vec::len).sum();
            self.discarded.fetch_add(refused, Ordering::SeqCst);
            self.background
                .close(left.name, left.session, Arc::clone(&self.discarded));
        }
        self.end_team();
        self.places.clear();
        self.rebase.clear();
        self.names = Names::default();
        self.notices.end_offer(&Offer::UndoRelabelling);
        self.notices.end_offer(&Offer::ShowOutdated);
    }

    fn show_dataset(&mut self, opened: OpenedDataset) {
        if self.unsaved() > 0 {
            // Changed while the other one was being opened.
            self.leave(Leaving::Open(vec![opened.path]));
            return;
        }
        self.settings.remember(&opened.path);
        self.save_settings();
        if let Some((report, problems)) = &opened.imported {
            let (words, severity) = import_words(report, problems);
            self.notices.notify(severity, words);
        }
        if let Some(earlier) = &opened.earlier {
            let words = format!(
                "This dataset was made by an earlier version and is now in the format of this one. It is kept as it was in {}.",
                earlier.display()
            );
            self.notices.notify(Severity::News, words);
        }
        // What holds for this window alone holds on when the same dataset is opened anew.
        let review = self.review.take().map(WorkMode::Review);
        let same = self.dataset.as_ref();
        let same = same.filter(|dataset| dataset.path == opened.path);
        let mode = review
            .or_else(|| same.map(|dataset| dataset.mode.clone()))
            .unwrap_or(opened.mode);
        opened.session.send(WriterRequest::SetMode(mode.clone()));
        self.close_dataset();
        self.dataset = Some(OpenDataset {
            name: opened.name,
            path: opened.path,
            schema: Arc::new(opened.schema),
            mode,
            review_settings: opened.review,
            reviews: Reviews::default(),
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
            agreement: AgreementBoard::default(),
            doubts: Doubts::default(),
            team: None,
            unsaved: 0,
            save_waits: String::new(),
            lost: None,
            asks_export: opened.asks_export,
            suggesters: Suggesters {
                settings: opened.plan.settings,
                known: opened.plan.known,
                allowed: opened.allowed,
                ..Suggesters::default()
            },
        });
        if let Some(dataset) = &self.dataset {
            dataset.session.send(LookupRequest::Doubts);
        }
        if let Some(team) = opened.team {
            self.start_team(team);
        }
        self.adjudication = None;
        self.tab = Tab::Annotate;
        self.reload_list();
        self.ask_for_consent();
        if self.opens_review {
            self.show_tab(Tab::Review);
        }
    }

    pub(super) fn reload_list(&mut self) {
        if let Some(dataset) = &mut self.dataset {
            dataset.listing.facets = None;
            dataset.reload_list();
            dataset.session.send(RowRequest::Counts);
        }
    }
}

/// Says what copying labels to duplicates came to.
fn copied_words(copied: &[LabelledCopy]) -> String {
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

/// Says what an import came to, in a few lines.
fn import_words(report: &ImportReport, problems: &[String]) -> (String, Severity) {
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
        return (words, Severity::News);
    }
    words.push_str(&format!("; {} rejected:", figures::number(report.refused)));
    for problem in problems {
        words.push('\n');
        words.push_str(problem);
    }
    (words, Severity::Failure)
}
