//! What the window knows, as plain data. Views read it; only `update` changes it.

mod addressed;
pub(crate) mod article;
pub(crate) mod check;
pub(crate) mod dataset;
pub(crate) mod dialog;
pub(crate) mod doubts;
pub(crate) mod effect;
pub(crate) mod focus;
pub(crate) mod folds;
pub(crate) mod headline_parts;
pub(crate) mod leaving;
pub(crate) mod merging;
pub(crate) mod message;
pub(crate) mod names;
pub(crate) mod notices;
pub(crate) mod path_purpose;
mod possible;
pub(crate) mod review;
pub(crate) mod span_ref;
pub(crate) mod splitting;
pub(crate) mod suggesters;
pub(crate) mod team;
mod who_suggested;
pub(crate) mod why;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

pub use article::{Find, OpenArticle, Past};
pub use dataset::{AgreementBoard, Board, Listing, OpenDataset, Reviews};
pub use dialog::{Dialog, ExportForm, KeySlot, KeysPage, PathForm, RemarkDraft};
pub use doubts::Doubts;
pub use effect::Effect;
pub use focus::{Addressed, Focus, Target};
pub use leaving::Leaving;
pub use merging::{MergeForm, MergePreview};
pub use message::{
    ExportMessage, KeysMessage, MergeMessage, Message, PlacesMessage, SplitWorkMessage, Walk,
};
pub use path_purpose::{PathPurpose, Picture};
pub use review::{OpenReview, ReasonForm};
pub use span_ref::SpanRef;
pub use splitting::{SplitForm, SplitProblem};
pub use suggesters::{Suggesters, SuggestersMessage, SuggestersPage};
pub use team::{Parting, Secret, SignInForm, TeamAccess, TeamFile, TeamMessage};
pub use why::Why;

use self::check::Check;
use self::names::Names;
use self::notices::Notices;
use super::command::{Bindings, Command, Keymap};
use super::tasks::background::Background;
use super::tasks::export_planner::ExportPlanner;
use super::tasks::jobs::{CountedChange, Job, JobKind};
use super::tasks::occurrences::Occurrences;
use super::tasks::path_listings::PathListings;
use super::tasks::token_alignment::TokenAlignment;
use crate::dataset::session::Wake;
use crate::dataset::{Clock as _, KeyTable, Settings, SystemClock, ViewTop, WindowState};
use crate::edit::Selection;
use crate::model::{BytePos, Schema};
use crate::store::ArticleKey;

/// Everything that the window knows, with one owner.
pub struct State {
    /// The dataset that is open.
    pub dataset: Option<OpenDataset>,
    /// The article that is open.
    pub article: Option<OpenArticle>,
    /// The review of the open article's annotators, while it is reviewed.
    pub adjudication: Option<OpenReview>,
    /// Why a region has its label, while that is shown.
    pub why: Option<Why>,
    /// The dialog that is open over the frame; at most one.
    pub dialog: Option<Dialog>,
    /// What the person should know.
    pub notices: Notices,
    /// What the person has chosen, for all datasets.
    pub settings: Settings,
    /// Whether nobody has said yet who works here, so that the window asks.
    pub asks_name: bool,
    /// Whose labels are reviewed in the dataset that is opened next, whatever its mode is.
    pub review: Option<String>,
    /// Whether a dataset opens in the review of its annotators' work.
    pub opens_review: bool,
    /// Which key does what, by the settings and the schema.
    pub keymap: Arc<Keymap>,
    /// What the keys were made from.
    pub(in crate::app) keys_of: (Option<Arc<Schema>>, KeyTable),
    /// Where these settings are kept; nowhere in tests.
    pub settings_file: Option<PathBuf>,
    /// Where the person was: the window's size and position, and which article of which dataset.
    pub memory: WindowState,
    /// What was at the top of the article's view in the last frame.
    pub view_top: ViewTop,
    /// Where that is kept; nowhere in tests.
    pub memory_file: Option<PathBuf>,
    /// Where the sample dataset lies, once it was opened.
    pub sample_folder: Option<PathBuf>,
    /// How teams are reached.
    pub team_access: TeamAccess,
    /// The name of who works here, while the file of a team is open, where the login is the name.
    pub own_name: Option<String>,
    /// What may wait for a disk and shows nothing.
    pub background: Background,
    /// Work over a second, in the background.
    pub jobs: Vec<Job>,
    /// What a change of the schema would touch, or why that is not known; for the change that was
    /// counted last.
    pub touched: Option<CountedChange>,
    /// Milliseconds since 1970, UTC.
    pub now_ms: fn() -> i64,
    /// Asks for a frame; other threads call it when they have something to say.
    pub wake: Wake,
    /// What the frame is asked to do next: scroll, focus, close.
    pub effects: Vec<Effect>,
    /// Whether the window is dark now.
    pub dark: bool,
    /// Whether it would be dark if it were as the system says.
    pub system_is_dark: bool,
    /// Changes that another program's came before, to be put on top of those once they are loaded.
    pub rebase: BTreeMap<ArticleKey, Vec<crate::edit::Entry>>,
    /// The command that was done last, if nothing else has happened since.
    pub last_command: Option<Command>,
    /// Whether Enter goes on to the next unfinished article, as was just offered.
    pub offers_unfinished: bool,
    /// Whether the article that is being opened is opened for its remark.
    pub seeks_remark: bool,
    /// The last change that the person may not have seen, to be named with a way back.
    pub told: Option<ReportedChange>,
    /// The key whose change was refused because it would take an entity over the edge of a region,
    /// and what was selected then: the same key once more makes it.
    pub asked_across: Option<(Command, ArticleKey, u64, Selection)>,
    /// The bytes of the article that were on the screen in the last frame; `None` while it is about
    /// to scroll, and without a screen.
    pub in_view: Option<Range<BytePos>>,
    /// Where "the same on every further occurrence" would tag.
    pub occurrences: Occurrences,
    /// What the check before Done has found.
    pub check: Check,
    /// One name over the whole dataset, and the last step that relabelled one.
    pub names: Names,
    /// Which entities the chosen tokenizer cannot represent.
    pub token_alignment: TokenAlignment,
    /// What the merge that is being chosen would do.
    pub merge: MergePreview,
    /// How the work was split last.
    pub split_form: SplitForm,
    /// What the export that is being chosen would do.
    pub export_planner: ExportPlanner,
    /// What is in the folders of a path that is being typed.
    pub path_listings: PathListings,
    /// Whether the system can open a file dialog; asked on a thread.
    pub has_file_dialogs: fn() -> bool,
    /// What each opened article had last, so that going back finds the caret where it was.
    pub places: HashMap<ArticleKey, Selection>,
    /// Which of the screens is shown.
    pub tab: Tab,
    /// What the person is about to do once every change is saved, and since when.
    pub leaving: Option<(Leaving, Instant)>,
    /// Whether the window may close without a question.
    pub may_quit: bool,
    /// How many changes the person threw away, or lost with a dataset that was closed.
    pub discarded: Arc<AtomicUsize>,
}

/// A change that is named in the bar below, with a button that takes it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedChange {
    /// What was changed.
    pub words: String,
    /// In which article.
    pub key: ArticleKey,
    /// The article's version after it; the change is named as long as nothing else is changed.
    pub version: u64,
}

/// The screens of a dataset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// The article.
    #[default]
    Annotate,
    /// Deciding between annotators.
    Review,
    /// What was done, and what it took.
    Dashboard,
}

impl State {
    /// An empty window's state. `wake` is called by other threads when they have something to say.
    #[must_use]
    pub fn new(settings: Settings, wake: Wake) -> Self {
        let (bindings, _problems) = Bindings::read(&settings.keys);
        let keymap = Arc::new(Keymap::new(None, &bindings));
        let keys_of = (None, settings.keys.clone());
        Self {
            dataset: None,
            article: None,
            adjudication: None,
            why: None,
            dialog: None,
            notices: Notices::default(),
            settings,
            asks_name: false,
            review: None,
            opens_review: false,
            last_command: None,
            offers_unfinished: false,
            seeks_remark: false,
            told: None,
            asked_across: None,
            in_view: None,
            occurrences: Occurrences::default(),
            check: Check::default(),
            names: Names::default(),
            token_alignment: TokenAlignment::default(),
            merge: MergePreview::default(),
            split_form: SplitForm::default(),
            export_planner: ExportPlanner::default(),
            path_listings: PathListings::default(),
            has_file_dialogs: crate::app::tasks::file_dialogs::are_available,
            keymap,
            keys_of,
            background: Background::default(),
            jobs: Vec::new(),
            touched: None,
            now_ms: || SystemClock.now_ms(),
            settings_file: None,
            memory: WindowState::default(),
            sample_folder: crate::dataset::config::sample_dataset::folder(),
            team_access: TeamAccess::default(),
            own_name: None,
            memory_file: None,
            view_top: ViewTop::default(),
            wake,
            effects: Vec::new(),
            dark: false,
            system_is_dark: false,
            rebase: BTreeMap::new(),
            places: HashMap::new(),
            tab: Tab::default(),
            leaving: None,
            may_quit: false,
            discarded: Arc::default(),
        }
    }

    /// Whether an article was asked for and has not come. What the keys do to an article waits for
    /// it: it was meant for the one that comes, not for the one that was left.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.dataset
            .as_ref()
            .is_some_and(|dataset| dataset.loading.is_some())
    }

    /// Why no entities, or only poor ones, are suggested in the open article; `None` if they are.
    #[must_use]
    pub fn lacks_suggestions(&self) -> Option<String> {
        let article = self.article.as_ref()?;
        let wants = self
            .schema()
            .is_some_and(|schema| schema.entities().iter().any(|label| label.enabled));
        let language = article
            .unsupported
            .filter(|_| wants && self.settings.tag && !article.is_blind)?;
        Some(if article.has_suggested {
            format!("Entity suggestions may be poor: {language} is not supported yet")
        } else {
            format!("No entity suggestions: {language} is not supported yet")
        })
    }

    /// The languages of the open article, with the measured quality of entity suggestions in the
    /// main one, such as "English, some German, entity F1 about 77 on news"; `None` if none are suggested or nothing was measured.
    #[must_use]
    pub fn language_quality(&self) -> Option<String> {
        let article = self.article.as_ref()?;
        let wants = self
            .schema()
            .is_some_and(|schema| schema.entities().iter().any(|label| label.enabled));
        let language = article
            .language
            .filter(|_| wants && self.settings.tag && !article.is_blind)?;
        let figure = language.figures.first()?;
        let others: String = article
            .other_languages
            .iter()
            .map(|other| format!(", some {other}"))
            .collect();
        Some(format!(
            "{}{others}, entity F1 about {:.0} on {}",
            language.name, figure.f1, figure.genre
        ))
    }

    /// The key that is shown beside a command; empty if it has none.
    #[must_use]
    pub fn shown_key(&self, command: Command) -> String {
        self.keymap.shown(command)
    }

    /// A command's name with its key, for a tooltip.
    #[must_use]
    pub fn hint(&self, command: Command) -> String {
        let label = command.label(self.schema());
        match self.shown_key(command) {
            key if key.is_empty() => label,
            key => format!("{label} ({key})"),
        }
    }

    /// Returns the first job of a kind that is under way, with its place among the jobs.
    #[must_use]
    pub fn job(&self, kind: JobKind) -> Option<(usize, &Job)> {
        let mut jobs = self.jobs.iter().enumerate();
        jobs.find(|(_, job)| job.kind() == kind)
    }

    /// Returns true if this window is changing the schema right now.
    #[must_use]
    pub fn is_changing_schema(&self) -> bool {
        self.job(JobKind::ChangeSchema).is_some()
    }

    /// The schema of the open dataset.
    #[must_use]
    pub fn schema(&self) -> Option<&Schema> {
        self.dataset.as_ref().map(|dataset| &*dataset.schema)
    }
}
