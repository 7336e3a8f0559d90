//! The dataset that is open.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::doubts::Doubts;
use super::headline_parts::Shared;
use super::suggesters::Suggesters;
use super::team::TeamFile;
use crate::dataset::adjudication::ReviewRow;
use crate::dataset::report::dashboard::Dashboard;
use crate::dataset::report::pair_agreement::MeasuredAgreement;
use crate::dataset::session::SessionHandle;
use crate::dataset::{ReviewSettings, WorkMode};
use crate::model::{Label, Schema, Span};
use crate::store::{ArticleKey, ArticleRow, Facets, Filter, Found, Order, StatusCounts};

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
    /// How the work of its annotators is reviewed.
    pub review_settings: ReviewSettings,
    /// The articles that several annotators have finished.
    pub reviews: Reviews,
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
    /// Whether the person has gone to type somewhere since that was asked for: the article leaves
    /// the keyboard there.
    pub types_elsewhere: bool,
    /// The dashboard, once it was asked for.
    pub board: Board,
    /// How far its annotators agree.
    pub agreement: AgreementBoard,
    /// What the models doubt in finished work.
    pub doubts: Doubts,
    /// Other programs that suggest.
    pub suggesters: Suggesters,
    /// The team that it is exchanged with, if its articles are of one.
    pub team: Option<TeamFile>,
    /// How many changes were sent to be saved and are not on disk.
    pub unsaved: usize,
    /// Why saving waits; empty if it does not.
    pub save_waits: String,
    /// What happened to its file, if it is no longer the one that was opened.
    pub lost: Option<String>,
    /// Whether it comes from elsewhere, and nobody has said that its export may be written beside
    /// it.
    pub asks_export: bool,
}

/// The articles that several annotators have finished.
#[derive(Default)]
pub struct Reviews {
    /// In their order; `None` until they are known.
    pub rows: Option<Vec<ReviewRow>>,
    /// Whether something changed since they were listed.
    pub stale: bool,
    /// Whether to open the first one with open places once they are known.
    pub open_first: bool,
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

/// What is known of the agreement of annotators.
#[derive(Default)]
pub struct AgreementBoard {
    /// As it was measured last.
    pub made: Option<Arc<MeasuredAgreement>>,
    /// Whether something was changed since it was asked for.
    pub is_stale: bool,
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
    /// Where the open article was last; from here it goes on if the article has left the list.
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

    /// Where an article is in the list.
    #[must_use]
    pub fn place_of(&self, key: ArticleKey) -> Option<usize> {
        if self.order == Order::default() {
            self.keys.binary_search(&key).ok()
        } else {
            self.keys.iter().position(|other| *other == key)
        }
    }
}
