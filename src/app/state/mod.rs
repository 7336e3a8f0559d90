//! What the window knows. Views read it; only `dispatch` changes it.

pub(crate) mod check;
mod focus;
pub(crate) mod folds;
pub(crate) mod names;
pub(crate) mod notices;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

pub use focus::{Addressed, Focus, Target};

use self::check::Check;
use self::folds::Folds;
use self::names::{Names, PlacesForm};
use self::notices::{Gravity, Notices};
use super::command::{Bindings, Chord, Command, Keymap};
use super::shell::file_dialogs::PathPurpose;
use super::tasks::background::Chores;
use super::tasks::export_planner::ExportPlanner;
use super::tasks::jobs::Job;
use super::tasks::occurrences::Echoes;
use super::tasks::path_listings::PathListings;
use super::tasks::token_alignment::Misfits;
use super::views::article_list::Shared;
use crate::dataset::report::article_history::HistoryStep;
use crate::dataset::report::dashboard::Dashboard;
use crate::dataset::session::{DashboardRequest, LearnerRequest, SessionHandle};
use crate::dataset::training::explain::Reasons;
use crate::dataset::{
    Existing, ExportChoice, KeyTable, SchemaChange, Settings, Touched, ViewTop, WindowState,
    WorkMode,
};
use crate::edit::plan::Scope;
use crate::edit::{Selection, Session};
use crate::model::figures;
use crate::model::{Article, BytePos, Entity, Label, Provenance, Region, Remark, Schema, Span};
use crate::quality::Effort;
use crate::store::{ArticleKey, ArticleRow, Facets, Filter, Found, Order, Revision, StatusCounts};

/// Everything that the window knows, with one owner.
pub struct State {
    /// The dataset that is open.
    pub dataset: Option<OpenDataset>,
    /// The article that is open.
    pub article: Option<OpenArticle>,
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
    /// Which key does what, by the settings and the schema.
    pub keymap: Arc<Keymap>,
    /// What the keys were made from.
    pub(super) keys_of: Option<(Option<Arc<Schema>>, KeyTable)>,
    /// Where these settings are kept; nowhere in tests.
    pub settings_file: Option<PathBuf>,
    /// Where the person was: how the window stood, and at which article of which dataset.
    pub memory: WindowState,
    /// What was at the top of the article's view in the last frame.
    pub view_top: ViewTop,
    /// Where that is kept; nowhere in tests.
    pub memory_file: Option<PathBuf>,
    /// Where the sample dataset lies, once it was opened.
    pub sample_folder: Option<PathBuf>,
    /// What may wait for a disk and shows nothing.
    pub chores: Chores,
    /// Work over a second, in the background.
    pub jobs: Vec<Job>,
    /// What a change of the schema would touch, or why that is not known; for the change that was counted last.
    pub touched: Option<Counted>,
    /// Milliseconds since 1970, UTC.
    pub now_ms: fn() -> i64,
    /// Asks for a frame; other threads call it when they have something to say.
    pub wake: crate::dataset::session::Wake,
    /// What the frame is asked to do next: scroll, focus, close.
    pub effects: Vec<Effect>,
    /// Whether the window is dark now.
    pub dark: bool,
    /// Whether it would be dark if it were as the system says.
    pub system_is_dark: bool,
    /// Changes that another program's came before, to be put on top of those once they are loaded.
    pub rebase: std::collections::BTreeMap<ArticleKey, Vec<crate::edit::Entry>>,
    /// The command that was done last, if nothing else has happened since.
    pub last_command: Option<Command>,
    /// Whether Enter goes on to the next unfinished article, as was just offered.
    pub offers_unfinished: bool,
    /// Whether the article that is being opened is opened for its remark.
    pub seeks_remark: bool,
    /// The last change that the person may not have seen, to be named with a way back.
    pub told: Option<ToldChange>,
    /// The key whose change was refused because it would take an entity over the edge of a region, and what was selected then: the
    /// same key once more makes it.
    pub asked_across: Option<(Command, ArticleKey, u64, Selection)>,
    /// The bytes of the article that were on the screen in the last frame; `None` while it is about to scroll, and without a
    /// screen.
    pub in_view: Option<Range<BytePos>>,
    /// Where "the same on every further occurrence" would tag.
    pub echoes: Echoes,
    /// What the check before Done has found.
    pub check: Check,
    /// One name over the whole dataset, and the last step that relabelled one.
    pub names: Names,
    /// Which entities the chosen tokenizer cannot represent.
    pub misfits: Misfits,
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
pub struct ToldChange {
    /// What was changed.
    pub words: String,
    /// In which article.
    pub key: ArticleKey,
    /// The article's version after it; the change is named as long as nothing else is changed.
    pub version: u64,
}

/// What takes the open dataset away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// The window closes.
    Quit,
    /// The dataset is closed.
    Close,
    /// Others are opened in its place.
    Open(Vec<PathBuf>),
}

/// The screens of a dataset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// The article.
    #[default]
    Annotate,
    /// What was done, and what it took.
    Dashboard,
}

/// A plot to be saved as a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The name of its chart.
    pub chart: &'static str,
    /// PNG, or else SVG.
    pub png: bool,
}

/// A change of the schema with what it would touch, or why that could not be counted.
pub type Counted = (Box<SchemaChange>, Result<Vec<Touched>, String>);

/// What `dispatch` asks of the frame, because only the frame has the widgets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Bring this place of the article into view, by as little scrolling as needed.
    Reveal(BytePos),
    /// Bring this place of the article to the upper third of the view, unless it is well in view.
    Jump(BytePos),
    /// Put this at the top of the view.
    SetTop(ViewTop),
    /// Put the keyboard into the search field of the article list.
    FocusDatasetSearch,
    /// Put the keyboard into the search field of the article.
    FocusArticleSearch,
    /// Give the keyboard back to the article.
    FocusArticle,
    /// A new article is in the state: its view starts from the top.
    NewArticle,
    /// Show what the guidelines say of this label, or the label under the mouse.
    ShowGuide(Option<Label>),
    /// Put the keyboard into the search field of the entities and regions.
    FocusLists,
    /// Show the remarks in the side panel.
    ShowRemarks,
    /// Show the history of the article in the side panel.
    ShowHistory,
    /// Ask for a path, by the system's dialog if it has one.
    AskPath(PathPurpose),
    /// Read this file of settings.
    ReadSettings(PathBuf),
    /// End the search among the entities and regions, if the keyboard is in it.
    EndListSearch,
    /// Put these words on the clipboard.
    Copy(String),
    /// Open the menu of the caret's place.
    OpenMenu,
    /// Show the next list beside the article, or, if false, the previous one.
    TurnTab(bool),
    /// Close the window.
    CloseWindow,
}

/// So many articles after the one that is open get new suggestions before they are opened.
const AHEAD: usize = 24;

/// The dataset that is open.
pub struct OpenDataset {
    /// Its name, without the path.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// Its labels.
    pub schema: Arc<Schema>,
    /// How its annotators work beside each other.
    pub mode: WorkMode,
    /// The threads that read and write it.
    pub session: SessionHandle,
    /// How many articles have each status.
    pub counts: StatusCounts,
    /// The articles that match the filter, in order.
    pub keys: Arc<Vec<ArticleKey>>,
    /// Whether a status changed since they were counted.
    pub count_again: bool,
    /// Rows that were fetched, by article.
    pub rows: HashMap<ArticleKey, ArticleRow>,
    /// Rows that were asked for and have not come.
    pub asked: HashSet<ArticleKey>,
    /// What the list shows.
    pub filter: Filter,
    /// Of the newest request for a list; older answers are dropped.
    pub ticket: u64,
    /// In which order.
    pub order: Order,
    /// Whether the first list has come.
    pub listed: bool,
    /// What else the list knows.
    pub listing: Listing,
    /// From how many of its articles the models have learnt.
    pub learnt: usize,
    /// The line that tells of the last export.
    pub exported: Option<String>,
    /// The article that is being fetched.
    pub loading: Option<ArticleKey>,
    /// Whether the person has gone to type somewhere since that was asked for: the article leaves the keyboard there.
    pub types_elsewhere: bool,
    /// The dashboard, once it was asked for.
    pub board: Board,
    /// How many changes were sent to be saved and are not on disk.
    pub unsaved: usize,
    /// Why saving waits; empty if it does not.
    pub save_waits: String,
    /// What happened to its file, if it is no longer the one that was opened.
    pub lost: Option<String>,
    /// Whether it comes from elsewhere, and nobody has said that its export may be written beside it.
    pub asks_export: bool,
}

/// What is known of the dashboard.
#[derive(Default)]
pub struct Board {
    /// As it was when it was made last.
    pub made: Option<Arc<Dashboard>>,
    /// Whether it is being made.
    pub asked: bool,
    /// Whether something changed since it was asked for.
    pub stale: bool,
    /// How far that is, from 0 to 1, once it takes over a second.
    pub part: Option<f32>,
}

/// What the article list knows besides its keys and rows.
#[derive(Default)]
pub struct Listing {
    /// Whether a list was asked for of which nothing has come yet.
    pub is_awaited: bool,
    /// Whether only the first rows are there, and the rest is being searched for.
    pub begun: bool,
    /// Grows with each new list, but not as one list grows.
    pub version: u64,
    /// The row that the keys are at.
    pub chosen: Option<usize>,
    /// Whether to open the first article of the list that comes.
    pub open_first: bool,
    /// How many rows a page of the list has.
    pub page: usize,
    /// Where the open article stood last; from here it goes on if the article has left the list.
    pub place: usize,
    /// What there is to filter by, once somebody asked.
    pub facets: Option<Facets>,
    /// Whether somebody asked.
    pub facets_asked: bool,
    /// The rows that are counted in `shared`.
    pub counted: HashSet<ArticleKey>,
    /// What headlines of a site have in common.
    pub shared: Shared,
    /// What the search found, by article.
    pub found: HashMap<ArticleKey, Found>,
    /// In which articles was looked last.
    pub asked: HashSet<ArticleKey>,
    /// How many articles a search does not know yet.
    pub unindexed: u64,
    /// The places of the words of the search in an article that is being opened.
    pub hits: Option<(ArticleKey, String, Vec<Span>)>,
}

/// The article that is open.
pub struct OpenArticle {
    /// Its number.
    pub key: ArticleKey,
    /// The annotation with its history.
    pub session: Session,
    /// The revision after all changes that were sent to be saved.
    pub revision: Revision,
    /// The revision that is on disk.
    pub saved: Revision,
    /// Whether it was opened without its suggestions, to measure unswayed.
    pub is_blind: bool,
    /// Whether it is done, and was last marked so before the labels changed.
    pub is_outdated: bool,
    /// Whose imported labels are in the dataset and not shown here.
    pub imported_by: Vec<String>,
    /// Its language, in English, if the shipped tagger does not know it.
    pub unsupported: Option<&'static str>,
    /// Whether the tagger has suggested something in it.
    pub has_suggested: bool,
    /// How many lines of the history were sent to be saved.
    pub sent: usize,
    /// Grows with each change, so that views know when to look again.
    pub version: u64,
    /// The version in which it was last marked done, or came so: the check has nothing to ask about that.
    pub checked: Option<u64>,
    /// The caret, or the selected text.
    pub selection: Selection,
    /// What the keys act on: text, blocks or a region.
    pub focus: Focus,
    /// The block that the selection of blocks began with.
    pub block_anchor: usize,
    /// The block that the keys act on.
    pub block: usize,
    /// The blocks that are not shown: long runs of what surrounds the story.
    pub folds: Folds,
    /// Search in the article: the words, and the hits.
    pub find: Option<Find>,
    /// The remark that was gone to, as a place in the list of remarks.
    pub remark: Option<usize>,
    /// What was done in it, once somebody looked.
    pub past: Past,
    /// What the annotator's history of it tells, earlier sittings included.
    pub effort: Effort,
    /// How many lines of the history are in it.
    pub counted: usize,
    /// Edits in earlier sittings.
    pub earlier_edits: u64,
    /// Time spent on it in earlier sittings, in milliseconds; pauses over half a minute do not count.
    pub earlier_ms: i64,
    /// Time spent on it since it was opened, in milliseconds.
    pub active_ms: i64,
    /// So much of that is not yet with the session.
    pub unsent_ms: i64,
    /// When the last thing happened.
    pub last_active_ms: i64,
}

/// What was done in the open article, as the store's reader tells it.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// The steps, oldest first.
    pub steps: Option<Arc<Vec<HistoryStep>>>,
    /// The revision on disk when they were asked for.
    pub asked: Option<Revision>,
}

/// A search in the article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// What to look for.
    pub words: String,
    /// Where it stands.
    pub hits: Vec<Span>,
    /// The hit that is shown.
    pub current: usize,
    /// Where the caret was: the first hit from here on is shown.
    pub from: BytePos,
}

/// The dialogs. One at a time.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialog {
    /// Whether what was learnt shall be forgotten.
    ForgetLearnt,
    /// What becomes of changes that are not saved, before the dataset goes.
    Unsaved,
    /// The dataset's file is gone, and what can be done.
    Lost,
    /// All commands, with a search field.
    Palette {
        /// What was typed.
        query: String,
        /// Which of the matches is chosen.
        chosen: usize,
    },
    /// What is exported, how and where to.
    Export(Box<ExportForm>),
    /// A path is asked for.
    Path(Box<PathForm>),
    /// One name over the whole dataset.
    Places(Box<PlacesForm>),
    /// Keys and help.
    Help,
    /// Annotator, theme, sizes.
    Settings,
    /// Who works here: what was typed.
    Name(String),
    /// Which key does what.
    Keys(KeysPage),
    /// Labels and guidelines.
    Schema,
    /// A remark on the article or on a place in it.
    Remark(Box<RemarkDraft>),
    /// What should be looked at in this article.
    Flag {
        /// What was typed.
        remark: String,
    },
}

/// The page of the settings that changes the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeysPage {
    /// What was typed to find a command.
    pub query: String,
    /// The command that waits for its new key.
    pub waiting: Option<KeySlot>,
    /// A key that was pressed, and the command that has it already.
    pub clash: Option<(KeySlot, Chord, Command)>,
}

/// One key of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySlot {
    /// Whose key.
    pub command: Command,
    /// Which of its keys; one beyond the last for a further one.
    pub nth: usize,
}

/// An export that is being chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportForm {
    /// What is chosen.
    pub choice: ExportChoice,
    /// What was typed to find a format.
    pub query: String,
    /// What is at the destination, while it is asked whether that may be replaced.
    pub asks_replace: Option<Existing>,
    /// Whether a file dialog was asked for, and none can be opened.
    pub no_dialog: bool,
}

/// A path that is being typed.
#[derive(Clone, Debug, PartialEq)]
pub struct PathForm {
    /// What for.
    pub purpose: PathPurpose,
    /// What was typed.
    pub path: String,
    /// Whether a file dialog was asked for, and none can be opened.
    pub no_dialog: bool,
    /// What is wrong with the path.
    pub fault: Option<String>,
    /// The dialog that comes back when this one is closed.
    pub back: Option<Dialog>,
}

/// A remark that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemarkDraft {
    /// The remark that it takes the place of, with its place in the list.
    pub old: Option<(usize, Remark)>,
    /// The remark that it answers, as a place in the list.
    pub answers: Option<usize>,
    /// What it may be about, the likeliest first; `None` is the article as a whole.
    pub places: Vec<Option<Span>>,
    /// Which of them it is about.
    pub chosen: usize,
    /// What was typed.
    pub words: String,
}

/// Why a region or an entity has its label: what is known here, and what the models say once they have answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The article.
    pub key: ArticleKey,
    /// Its version when that was asked: a change makes the answer old.
    pub version: u64,
    /// The region or entity.
    pub of: Doubt,
    /// Who labelled it, in a sentence.
    pub who: String,
    /// What the models say.
    pub reasons: Option<Reasons>,
}

/// A region or an entity, such as one that the models are unsure of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// A region.
    Region(Region),
    /// An entity.
    Entity(Entity),
}

impl Doubt {
    /// Where it is.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Region(region) => region.span,
            Self::Entity(entity) => entity.span,
        }
    }

    /// What it is.
    #[must_use]
    pub fn label(&self) -> &Label {
        match self {
            Self::Region(region) => &region.label,
            Self::Entity(entity) => &entity.label,
        }
    }

    /// Who put it there.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        match self {
            Self::Region(region) => region.provenance,
            Self::Entity(entity) => entity.provenance,
        }
    }
}

impl OpenArticle {
    /// The article.
    #[must_use]
    pub fn article(&self) -> &Article {
        self.session.article()
    }

    /// The remark that the keys act on: the one that was gone to, or else one at the caret, or the first that is open.
    #[must_use]
    pub fn remark_here(&self) -> Option<usize> {
        let remarks = self.session.annotation().remarks();
        let head = self.selection.head;
        let at_caret = remarks
            .iter()
            .position(|remark| remark.at.is_some_and(|span| span.contains_pos(head)));
        self.remark
            .filter(|at| *at < remarks.len())
            .or(at_caret)
            .or_else(|| remarks.iter().position(Remark::is_open))
    }

    /// What plans are made from.
    #[must_use]
    pub fn scope<'a>(&'a self, schema: &'a Schema) -> Scope<'a> {
        Scope {
            article: self.session.article(),
            annotation: self.session.annotation(),
            schema,
        }
    }

    /// The selected blocks, as indices.
    #[must_use]
    pub fn blocks(&self) -> Range<usize> {
        let count = self.article().blocks.len();
        let from = self.block.min(self.block_anchor).min(count);
        from..(self.block.max(self.block_anchor) + 1).min(count)
    }

    /// The selected text; `None` for a caret.
    #[must_use]
    pub fn selected(&self) -> Option<Span> {
        self.selection.span(&self.article().text)
    }

    /// What the models are unsure of, in the order of the text.
    #[must_use]
    pub fn doubts(&self) -> Vec<Doubt> {
        let annotation = self.session.annotation();
        let regions = annotation
            .regions()
            .iter()
            .filter(|r| r.provenance.is_unsure());
        let entities = annotation
            .entities()
            .iter()
            .filter(|e| e.provenance.is_unsure());
        let mut doubts: Vec<Doubt> = regions
            .cloned()
            .map(Doubt::Region)
            .chain(entities.cloned().map(Doubt::Entity))
            .collect();
        doubts.sort_by_key(|doubt| (doubt.span().start(), matches!(doubt, Doubt::Entity(_))));
        doubts
    }

    /// How many things the models are unsure of.
    #[must_use]
    pub fn unsure(&self) -> usize {
        let annotation = self.session.annotation();
        let regions = annotation
            .regions()
            .iter()
            .filter(|r| r.provenance.is_unsure())
            .count();
        regions
            + annotation
                .entities()
                .iter()
                .filter(|e| e.provenance.is_unsure())
                .count()
    }

    /// Whether everything that was done is on disk.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        self.saved == self.revision
    }
}

impl OpenDataset {
    /// The label of a region key.
    #[must_use]
    pub fn region_label(&self, at: usize) -> Option<&Label> {
        self.schema.regions().get(at).map(|region| &region.label)
    }

    /// The label of an entity key.
    #[must_use]
    pub fn entity_label(&self, at: usize) -> Option<&Label> {
        self.schema.entities().get(at).map(|entity| &entity.label)
    }

    /// Tells the thread that learns which articles come next after this one.
    pub fn tell_what_comes(&self, key: ArticleKey) {
        let from = self.place_of(key).unwrap_or(self.listing.place);
        let keys = self.keys.iter().skip(from).filter(|other| **other != key);
        let ahead = keys.take(AHEAD).copied().collect();
        self.session.send(LearnerRequest::Ahead(ahead));
    }

    /// Asks for the dashboard as it is now, unless that is being done.
    pub fn ask_for_dashboard(&mut self) {
        if self.board.asked {
            self.board.stale = true;
            return;
        }
        self.board.asked = true;
        self.board.stale = false;
        self.session.send(DashboardRequest::Gather);
    }

    /// Where an article stands in the list.
    #[must_use]
    pub fn place_of(&self, key: ArticleKey) -> Option<usize> {
        if self.order == Order::default() {
            self.keys.binary_search(&key).ok()
        } else {
            self.keys.iter().position(|other| *other == key)
        }
    }
}

impl State {
    /// Whether an article was asked for and has not come. What the keys do to an article waits for it: it was meant
    /// for the one that comes, not for the one that was left.
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

    /// Makes the keys anew if the settings or the schema have changed.
    pub fn refresh_keys(&mut self) {
        let schema = self.dataset.as_ref().map(|dataset| &dataset.schema);
        let same = self.keys_of.as_ref().is_some_and(|(of, table)| {
            of.as_ref().map(Arc::as_ptr) == schema.map(Arc::as_ptr) && *table == self.settings.keys
        });
        if !same {
            let (bindings, _told_when_read) = Bindings::read(&self.settings.keys);
            self.keymap = Arc::new(Keymap::new(schema.map(|schema| &**schema), &bindings));
            self.keys_of = Some((schema.cloned(), self.settings.keys.clone()));
        }
    }

    /// Looks ahead to what "the same on every further occurrence" would tag.
    pub fn refresh_echoes(&mut self) {
        let schema = self.dataset.as_ref().map(|dataset| &dataset.schema);
        self.echoes
            .refresh(self.article.as_ref(), schema, &self.wake);
    }

    /// Shows again what the caret, the selection or a change of labels has come to.
    pub fn refresh_folds(&mut self) {
        let Some(article) = &mut self.article else {
            return;
        };
        if article.folds.hidden().is_empty() {
            return;
        }
        let (session, version) = (&article.session, article.version);
        let shown = article
            .folds
            .follow(session.article(), session.annotation(), version);
        let blocks = article.blocks();
        article.folds.open(&blocks);
        let selection = article.selection;
        let block_at = |pos| article.session.article().block_at(pos);
        if let (Some(from), Some(to)) = (block_at(selection.start()), block_at(selection.end())) {
            // A caret between two blocks belongs to the one that the keys act on.
            if selection.start() < selection.end() {
                article.folds.open(&(from..to + 1));
            }
        }
        if shown > 0 {
            let words = format!(
                "{} shown again: a label in them changed.",
                figures::count(shown, "folded block")
            );
            self.notices.say_of_article(Gravity::News, words);
        }
    }

    /// Looks which entities the chosen tokenizer cannot represent.
    pub fn refresh_misfits(&mut self) {
        self.misfits
            .refresh(&self.settings.tokenizer, self.article.as_ref(), &self.wake);
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

    /// The schema of the open dataset.
    #[must_use]
    pub fn schema(&self) -> Option<&Schema> {
        self.dataset.as_ref().map(|dataset| &*dataset.schema)
    }
}
