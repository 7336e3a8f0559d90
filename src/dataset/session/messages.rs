//! Requests of the window, and the replies of its threads.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::rankings::{RankedBy, Ranks};
use crate::dataset::adjudication::LoadedAdjudication;
use crate::dataset::config::work_mode::WorkMode;
use crate::dataset::report::article_history::HistoryStep;
use crate::dataset::report::dashboard::{Dashboard, DrillDown};
use crate::dataset::report::model_check::KeptCheck;
use crate::dataset::suggesters::{
    AllowedCommands, KnownModels, SuggesterSettings, SuggesterStatus,
};
use crate::dataset::training::explain::Reasons;
use crate::edit::adjudication::AdjudicatedChange;
use crate::edit::{Entry, Session};
use crate::model::{Annotation, Article, Entity, Region, Schema, Span, StartedFrom};
use crate::quality::Effort;
use crate::store::{
    ArticleKey, ArticleRow, ChangeSeq, Chosen, Facets, Filter, Found, Order, Revision, StatusCounts,
};

/// A request, by the thread that answers it.
#[derive(Debug)]
pub enum Request {
    /// For the writer.
    Writer(WriterRequest),
    /// For the reader of rows.
    Rows(RowRequest),
    /// For the reader of lists.
    Lists(ListRequest),
    /// For the reader of single articles.
    Lookups(LookupRequest),
    /// For the learner.
    Learner(LearnerRequest),
    /// For the thread that asks other programs.
    Suggesters(SuggesterRequest),
    /// For the thread that gathers the dashboard.
    Dashboard(DashboardRequest),
}

/// Requests to the writer, served in the order in which they come.
#[derive(Debug)]
pub enum WriterRequest {
    /// Opens an article with the annotator's work on it.
    Load(ArticleKey),
    /// Opens an article for adjudication by the annotator. Its changes are saved like others, by
    /// [`WriterRequest::Save`].
    LoadAdjudication(ArticleKey),
    /// Saves one change.
    Save(Save),
    /// Sets or removes a setting of the dataset.
    SetSetting(String, Option<String>),
    /// Sets the mode of work for articles that are opened from now on.
    SetMode(WorkMode),
    /// Brings the export up to date.
    Export,
    /// Copies the dataset into a new file, with all changes that wait.
    Copy(PathBuf),
    /// Makes the place where the dataset is its home: its export may be written beside it.
    MakeHome,
    /// Adds to the time spent on an article.
    AddTime {
        /// On which.
        key: ArticleKey,
        /// When, milliseconds since 1970 UTC.
        at_ms: i64,
        /// How long, in milliseconds.
        active_ms: i64,
    },
    /// Declares the changes after the first place in the stream, up to the second, as made by this
    /// window: they are not reported to it as [`Reply::ChangedElsewhere`].
    OwnChanges(ChangeSeq, ChangeSeq),
}

/// Requests to the reader of rows, which answers within milliseconds.
#[derive(Debug)]
pub enum RowRequest {
    /// Reads the first rows of a list. The handle sends this with every [`ListRequest::List`].
    FirstRows(u64, Filter, Order),
    /// Reads the rows of some articles.
    Rows(Vec<ArticleKey>),
    /// Counts the articles of each status.
    Counts,
}

/// Requests to the reader of lists, which may take a second.
#[derive(Debug)]
pub enum ListRequest {
    /// Lists the articles that match, in this order; the ticket comes back with the reply. It stops
    /// the list before.
    List(u64, Filter, Order),
    /// Replaces the figures that lists are filtered and sorted by.
    Rank(RankedBy, Ranks),
    /// Reads what there is to filter by.
    Facets,
    /// Finds the next article of a list that is not finished.
    NextUnfinished {
        /// The list.
        list: Arc<Vec<ArticleKey>>,
        /// The place to start from; the search wraps round at the end.
        after: usize,
        /// Articles to pass over: what is finished, though that may not be on disk yet, and what
        /// is no longer the annotator's.
        passed_over: Vec<ArticleKey>,
        /// Whether to go there; returned with the reply.
        go: bool,
    },
}

/// Requests to the reader of single articles and of search results.
#[derive(Debug)]
pub enum LookupRequest {
    /// Reads the text around the words of a search in these articles.
    Found(String, Vec<ArticleKey>),
    /// Finds all places of these words in an article.
    Hits(ArticleKey, String),
    /// Reads the history of an article: the annotator's, and that of whoever the annotator started
    /// from.
    History(ArticleKey),
    /// Reads what adjudication changed of the annotator's work on an article, if the dataset lets
    /// annotators see that.
    AdjudicatedChanges(ArticleKey),
    /// Finds the next article of a list, after a place in it, that has an open remark.
    NextRemark(Arc<Vec<ArticleKey>>, usize),
    /// Reads the last check of the annotator's finished work by the models.
    Doubts,
}

/// Requests to the learner.
#[derive(Debug)]
pub enum LearnerRequest {
    /// Renews the suggestions of articles that are shown in the list or come next.
    Ahead(Vec<ArticleKey>),
    /// Explains the label of a region.
    Why(ArticleKey, Box<Region>),
    /// Explains what is known of these words as an entity; answered as [`Reply::Why`].
    Known(ArticleKey, Span, String),
    /// Suggests entities in text that was just opened for them; answered as [`Reply::Tagged`].
    SuggestEntities(Box<Opened>),
    /// Turns suggestions of entities on or off.
    SetTagging(bool),
    /// Turns learning from done articles on or off.
    SetLearning(bool),
    /// Resets the models to their initial state.
    ResetModels,
}

/// Requests to the thread that asks other programs for suggestions.
#[derive(Debug)]
pub enum SuggesterRequest {
    /// Asks about these articles, which are open or come next.
    Ahead(Vec<ArticleKey>),
    /// Takes over other suggesters and allowed commands.
    Configure(Box<SuggesterSettings>, Box<AllowedCommands>),
    /// Starts a suggester again that has failed too often.
    StartAgain(String),
    /// Asks one suggester about an article; answered as [`Reply::SuggesterTested`].
    Test(String, ArticleKey),
}

/// What a suggester said of an article when it was tried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggesterTest {
    /// The name of the suggester.
    pub name: String,
    /// How long it took, with its start.
    pub took: Duration,
    /// The model, and its suggestions in words; or why there are none.
    pub outcome: Result<(String, Vec<String>), String>,
}

/// Requests to the thread that gathers the dashboard.
#[derive(Debug)]
pub enum DashboardRequest {
    /// Gathers the dashboard as it is now.
    Gather,
    /// Finds the articles behind a mark of the dashboard.
    DrillDown(DrillDown),
}

macro_rules! routes {
    ($($request:ident => $thread:ident;)*) => {
        $(impl From<$request> for Request {
            fn from(request: $request) -> Self {
                Self::$thread(request)
            }
        })*
    };
}

routes! {
    WriterRequest => Writer;
    RowRequest => Rows;
    ListRequest => Lists;
    LookupRequest => Lookups;
    LearnerRequest => Learner;
    SuggesterRequest => Suggesters;
    DashboardRequest => Dashboard;
}

/// Text of an article that was opened for entities.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Which article.
    pub key: ArticleKey,
    /// Its text.
    pub article: Arc<Article>,
    /// All its regions as they are now.
    pub regions: Vec<Region>,
    /// Where entities are wanted, in the order of the text.
    pub within: Vec<Span>,
}

/// A change to be saved.
#[derive(Clone, Debug)]
pub struct Save {
    /// Which article.
    pub key: ArticleKey,
    /// The revision that the change was made on, counting the changes that were sent and not yet
    /// acknowledged.
    pub expected: Revision,
    /// The lines to append to the history.
    pub entries: Vec<Entry>,
    /// The annotation after them.
    pub annotation: Arc<Annotation>,
}

/// An article as it is opened for work.
#[derive(Debug)]
pub struct Loaded {
    /// Which article.
    pub key: ArticleKey,
    /// The article with the annotation and its history.
    pub session: Session,
    /// How often the annotator's own annotation was changed, counting changes that wait for the
    /// disk; 0 if it has to be begun.
    pub revision: Revision,
    /// The revision that is on disk.
    pub on_disk: Revision,
    /// What it begins from, if the annotator has not worked on it before.
    pub begun_from: Option<StartedFrom>,
    /// Whose imported labels are in the dataset and not shown here.
    pub imported_by: Vec<String>,
    /// How long the annotator has worked on it in earlier sittings, in milliseconds.
    pub active_ms: i64,
    /// The effort so far, from the annotator's history.
    pub effort: Effort,
    /// Whether it is shown without its suggestions: see [`Schema::blind_share`].
    pub is_blind: bool,
    /// Whether it is done, and was last marked so before the labels changed.
    pub is_outdated: bool,
}

/// A copy of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where it is.
    pub to: PathBuf,
    /// Whether changes that could not be saved are in it. Then further changes are saved there,
    /// too.
    pub takes_over: bool,
    /// How many articles it has, if they are not all: those that were opened in this sitting. What
    /// else was in the dataset is gone with its file.
    pub only: Option<usize>,
}

/// Replies to the window.
#[derive(Debug)]
pub enum Reply {
    /// The last check of the annotator's finished work by the models, if there was one.
    Doubts(Option<Box<KeptCheck>>),
    /// An article was opened.
    Loaded(Box<Loaded>),
    /// An article cannot be opened.
    NotLoaded {
        /// Which article.
        key: ArticleKey,
        /// Why not, for people.
        why: String,
    },
    /// An article was opened for adjudication.
    AdjudicationLoaded(Box<LoadedAdjudication>),
    /// An article cannot be adjudicated, or not be opened.
    NoAdjudication {
        /// Which article.
        key: ArticleKey,
        /// Why not, for people.
        why: String,
    },
    /// Changes are on disk.
    Saved {
        /// Which article.
        key: ArticleKey,
        /// The revision that is on disk now.
        revision: Revision,
    },
    /// Another program changed the annotation first. These changes are not saved.
    Conflict {
        /// Which article.
        key: ArticleKey,
        /// The changes that were refused, oldest first.
        refused: Vec<Entry>,
    },
    /// The disk refuses changes; the session holds them and tries again.
    SaveWaits {
        /// Why, for people.
        why: String,
        /// How many changes wait.
        waiting: usize,
    },
    /// The dataset's file was deleted, replaced, cut off or overwritten. Changes are held as they
    /// come, and can be saved with a copy.
    Lost {
        /// What happened, for people.
        why: String,
        /// How many changes wait.
        waiting: usize,
    },
    /// The dataset's file is back in its place.
    BackInPlace,
    /// A copy of the dataset was made.
    Copied(Copied),
    /// A copy of the dataset could not be made.
    NotCopied {
        /// Where.
        to: PathBuf,
        /// Why not, for people.
        why: String,
    },
    /// The place of the dataset is its home now.
    AtHome,
    /// The first rows of a list that is still being made, with the ticket of the request.
    ListBegins(u64, Vec<ArticleRow>),
    /// The articles that match, with the ticket of the request.
    List(u64, Arc<Vec<ArticleKey>>),
    /// Rows of the list.
    Rows(Vec<ArticleRow>),
    /// The values to filter by.
    Facets(Facets),
    /// The next article that is not finished.
    Unfinished {
        /// The article; `None` if all are finished.
        next: Option<ArticleKey>,
        /// How many articles of the list are not finished.
        count: usize,
        /// Whether to go there.
        go: bool,
    },
    /// The text around the words of a search.
    Found(String, Vec<Found>),
    /// All places of these words in an article.
    Hits(ArticleKey, String, Vec<Span>),
    /// The history of an article, oldest first.
    History(ArticleKey, Arc<Vec<HistoryStep>>),
    /// What adjudication changed of the annotator's work on an article.
    AdjudicatedChanges(ArticleKey, Arc<Vec<AdjudicatedChange>>),
    /// The next article with an open remark, if there is one, and how many of the list have one.
    NextRemark(Option<ArticleKey>, usize),
    /// How many articles a search does not know yet.
    Unindexed(u64),
    /// How many articles have each status.
    Counts(StatusCounts),
    /// Somebody else added these articles, or changed their annotations.
    ChangedElsewhere {
        /// Which articles.
        keys: Vec<ArticleKey>,
        /// Those among them where it was this annotator's own annotation.
        own: Vec<ArticleKey>,
    },
    /// The dataset has another schema, changed by a job or another program.
    SchemaChanged(Box<Schema>),
    /// The export is up to date.
    Exported {
        /// Where, and what is in it, for people.
        message: String,
        /// The place in the stream of changes up to which it is true. Kept as the setting
        /// [`EXPORTED_SEQ`](super::exporter::EXPORTED_SEQ), so that the next start knows whether
        /// the export was overtaken by a crash.
        seq: ChangeSeq,
    },
    /// The progress of gathering the dashboard, from 0 to 1, once it takes over a second.
    Gathering(f32),
    /// The dashboard.
    Dashboard(Arc<Dashboard>),
    /// The articles behind a mark of the dashboard, to be listed by [`Filter::only`].
    DrillDown(Chosen),
    /// Outcomes of done annotations were computed: a dashboard gathered before lacks them.
    OutcomesChanged,
    /// Why a region or an entity has its label.
    Why(Box<Reasons>),
    /// The entities suggested in text that was just opened for them; possibly none.
    Tagged(ArticleKey, Vec<Entity>),
    /// How many articles of this dataset the models are trained on.
    ModelsTrained(usize),
    /// These articles, which no person has touched, have new suggestions.
    Suggested(Vec<ArticleKey>),
    /// These articles, which no person has touched, have new suggestions of other programs.
    SuggestedByPrograms(Vec<ArticleKey>),
    /// Another model has suggested something: these are all that have.
    ModelsKnown(Box<KnownModels>),
    /// How a suggester is doing.
    SuggesterStatus(Box<SuggesterStatus>),
    /// What a suggester said when it was tried out.
    SuggesterTested(Box<SuggesterTest>),
    /// Something failed.
    Failed {
        /// What failed, for people.
        what: String,
        /// Why not, for people.
        why: String,
    },
}
