//! What views, keys and background threads ask for; `update` does it.

use std::path::PathBuf;

use super::dialog::{Dialog, KeySlot, RemarkDraft};
use super::leaving::Leaving;
use super::notices::NoticeId;
use super::path_purpose::{PathPurpose, Picture};
use super::span_ref::SpanRef;
use super::suggesters::SuggestersMessage;
use super::team::TeamMessage;
use crate::app::command::{Chord, Command};
use crate::dataset::maintenance::name_view::Relabelling;
use crate::dataset::report::dashboard::DrillDown;
use crate::dataset::{ReviewSettings, SchemaChange, WorkMode};
use crate::edit::adjudication::PlaceId;
use crate::edit::{Edge, Selection};
use crate::model::{BytePos, Entity, Region, Span};
use crate::quality::lint::Lint;
use crate::store::{ArticleKey, Chosen, Filter, Order};

/// A request from a view, a key or a background thread.
#[derive(Debug)]
pub enum Message {
    /// A command, by key, menu or palette.
    Run(Command),
    /// Open this article.
    OpenArticle(ArticleKey),
    /// The list shall show these.
    SetFilter(Filter),
    /// The list shall show what was done before the labels changed.
    ShowOutdated,
    /// The list shall have this order.
    SetOrder(Order),
    /// These rows of the list come into view.
    WantRows(Vec<ArticleKey>),
    /// These results of a search come into view.
    WantFound(Vec<ArticleKey>),
    /// What is there to filter by?
    WantFacets,
    /// The list shows this many rows.
    ListPage(usize),
    /// A key goes through the list.
    WalkList(Walk),
    /// Open the article of the list that the keys are at, or the first one.
    OpenChosen,
    /// A recent dataset shall be forgotten.
    Forget(PathBuf),
    /// The selection in the text changes, by mouse.
    Select(Selection),
    /// The fold that holds this block shall open.
    Unfold(usize),
    /// The selection in the text changes, by character: a label takes it exactly as it is.
    SelectExactly(Selection),
    /// A block was clicked; with `extend`, the selection of blocks reaches to it.
    SelectBlock {
        /// Which block.
        index: usize,
        /// Whether to reach from the first one.
        extend: bool,
    },
    /// An edge of a region was dragged.
    MoveRegionEdge(Region, Edge, BytePos),
    /// An edge of an entity was dragged; between any two characters, if the last is true.
    MoveEntityEdge(Entity, Edge, BytePos, bool),
    /// A region's edge was clicked: the keys act on that region.
    ChooseRegion(Region),
    /// Go to this region or entity, from the inspector.
    GoTo(SpanRef),
    /// The remark that is being written, as it is now.
    PutRemark(Box<RemarkDraft>),
    /// Change this remark.
    EditRemark(usize),
    /// Remove this remark.
    RemoveRemark(usize),
    /// Write an answer to this remark.
    AnswerRemark(usize),
    /// Settle this remark, or open it again.
    ResolveRemark(usize),
    /// Go to this remark.
    ChooseRemark(usize),
    /// The history of the article is looked at: it shall be up to date.
    WantHistory,
    /// Count what this change of the schema would touch.
    CountSchemaChange(Box<SchemaChange>),
    /// Change the schema.
    ChangeSchema(Box<SchemaChange>),
    /// Flag the article with this remark, next article.
    FlagWith(String),
    /// Select this, and bring it into view.
    Reveal(Selection),
    /// Go to the next thing of this kind that the check before Done has found.
    GoToFinding(Lint),
    /// Put the strip of the check away.
    CloseCheck,
    /// Search in the article for these words.
    Find(String),
    /// The next or previous hit.
    NextHit(bool),
    /// Stop searching in the article.
    EndFind,
    /// Another dialog, or none.
    Dialog(Option<Dialog>),
    /// Forget what the models learnt from this dataset.
    ForgetLearnt,
    /// About the settings of keys, and settings as a file.
    Keys(KeysMessage),
    /// About other programs that suggest.
    Suggesters(SuggestersMessage),
    /// About teams.
    Team(TeamMessage),
    /// Entities that this tokenizer, by name or from this file, cannot represent shall be shown;
    /// empty: no longer.
    Tokenizer(String),
    /// Ask for the file of a tokenizer.
    PickTokenizer,
    /// The settings change.
    Settings(Box<crate::dataset::Settings>),
    /// This is the name of who works here.
    Name(String),
    /// Annotators of the open dataset start from this.
    Mode(WorkMode),
    /// Open or import these files and folders.
    OpenPaths(Vec<PathBuf>),
    /// These were dropped on the window: add them to the open dataset, or open them.
    Drop(Vec<PathBuf>),
    /// About the export that is being chosen.
    Export(ExportMessage),
    /// About one name over the whole dataset.
    Places(PlacesMessage),
    /// Open this article for review.
    OpenReview(ArticleKey),
    /// Go to this place where annotators differ.
    GoToPlace(PlaceId),
    /// This is why a place was decided as it is.
    GiveReason(PlaceId, String),
    /// The lead decides about the review.
    ReviewSettings(Box<ReviewSettings>),
    /// About the merge that is being chosen.
    Merge(MergeMessage),
    /// About how the work is split among annotators.
    SplitWork(SplitWorkMessage),
    /// Ask for a path in the window; with `no_dialog`, because the system has no dialog for it.
    TypePath {
        /// What for.
        purpose: PathPurpose,
        /// Whether the system was asked for a dialog.
        no_dialog: bool,
    },
    /// Show a file in its folder.
    ShowFile(PathBuf),
    /// Remove this notice.
    DismissNotice(NoticeId),
    /// Stop a background job.
    Cancel(usize),
    /// The list shall show the articles behind a mark of the dashboard.
    ShowBehind(DrillDown),
    /// The list shall show these articles.
    ShowArticles(Chosen),
    /// Go to the doubt with this mark in the open article.
    GoToDoubt(u64),
    /// The window is to close, the dataset, or another one is to be opened: once every change is
    /// saved.
    Leave(Leaving),
    /// What was to happen once every change is saved happens now, without those that are not.
    Discard,
    /// Save a copy of the dataset: ask where.
    SaveCopy,
    /// Save a copy of the dataset here.
    SaveCopyTo(PathBuf),
    /// Whether the export of a dataset from elsewhere may be kept beside it.
    KeepExport(bool),
    /// Save a plot: ask where.
    SavePlot(Picture),
    /// Save a plot here.
    SavePlotTo(Picture, PathBuf),
}

/// What the export dialog asks for.
#[derive(Debug)]
pub enum ExportMessage {
    /// Ask where to, by the system's dialog.
    Browse,
    /// It goes here.
    To(PathBuf),
    /// Stop counting what would be lost.
    StopCounting,
    /// Export as it is chosen. With `replace`, what is at the destination gives way.
    Begin {
        /// Whether somebody said so.
        replace: bool,
    },
}

/// What the dialog of a merge asks for.
#[derive(Debug)]
pub enum MergeMessage {
    /// Ask for files by the system's dialog.
    Browse,
    /// Ask where to by the system's dialog.
    BrowseTarget,
    /// Merge these, too.
    Add(Vec<PathBuf>),
    /// It becomes this dataset.
    To(PathBuf),
    /// Merge as it is chosen.
    Begin,
}

/// What the dialog that splits the work asks for.
#[derive(Debug)]
pub enum SplitWorkMessage {
    /// Ask for the folder by the system's dialog.
    Browse,
    /// The datasets are made in this folder.
    To(PathBuf),
    /// Make them.
    Begin,
}

/// What the page of keys asks for.
#[derive(Debug)]
pub enum KeysMessage {
    /// Show it.
    Show,
    /// Words to find a command by.
    Query(String),
    /// The next chord that is pressed shall be this key.
    WaitFor(KeySlot),
    /// A chord was pressed while one was waited for.
    Pressed(Chord),
    /// The key that another command has shall be this one's.
    TakeOver,
    /// The key that another command has shall stay with it.
    Keep,
    /// Take this key away.
    Remove(KeySlot),
    /// Give the command the keys that it had from the start.
    Reset(Command),
    /// Give all commands the keys that they had from the start.
    ResetAll,
    /// Ask where to write the settings.
    AskExport,
    /// Ask which settings to read.
    AskImport,
    /// Read settings from this file, and use them.
    ImportFrom(PathBuf),
    /// Write all settings to this file.
    Export(PathBuf),
    /// Use the settings of this file, which holds these words, or could not be read.
    Import(PathBuf, Result<String, String>),
}

/// What the dialog of a name asks for.
#[derive(Debug)]
pub enum PlacesMessage {
    /// Look this name up.
    LookUp(String),
    /// Open this article at this place.
    GoTo(ArticleKey, Span),
    /// Give the name another label at these places.
    Relabel(Box<Relabelling>),
    /// Take the last step back.
    Undo,
}

/// How far a key goes through the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// This many rows on, or back.
    Rows(isize),
    /// This many pages on, or back.
    Pages(isize),
    /// To the first row.
    First,
    /// To the last row.
    Last,
}

impl PathPurpose {
    /// What a chosen path means.
    #[must_use]
    pub fn chosen(&self, path: PathBuf) -> Message {
        match self {
            Self::Open | Self::OpenFolder => Message::OpenPaths(vec![path]),
            Self::Import => Message::Drop(vec![path]),
            Self::SaveCopy => Message::SaveCopyTo(path),
            Self::ExportTo { .. } => Message::Export(ExportMessage::To(path)),
            Self::MergeInputs => Message::Merge(MergeMessage::Add(vec![path])),
            Self::MergeTarget => Message::Merge(MergeMessage::To(path)),
            Self::SplitFolder => Message::SplitWork(SplitWorkMessage::To(path)),
            Self::Tokenizer => Message::Tokenizer(path.display().to_string()),
            Self::ImportSettings => Message::Keys(KeysMessage::ImportFrom(path)),
            Self::ExportSettings => Message::Keys(KeysMessage::Export(path)),
            Self::SavePlot(picture) => Message::SavePlotTo(*picture, path),
        }
    }
}
