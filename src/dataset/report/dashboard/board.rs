//! Gathers the dashboard, and finds the articles behind its marks.

use super::charts::{Card, cards, last_mean};
use super::counts::DatasetCounts;
use super::drill_down::DrillDown;
use crate::dataset::io::progress::CancelFlag;
use crate::dataset::report::calendar::Calendar;
use crate::dataset::report::outcome::last_remark;
use crate::model::{Schema, Status};
use crate::store::{ArticleRow, Chosen, Filter, StatusCounts, Store, StoreError};

/// How many flagged articles are shown.
const FLAGGED_SHOWN: usize = 100;

/// A flagged article, with why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flagged {
    /// The article.
    pub row: ArticleRow,
    /// Who flagged it, and the newest remark on it.
    pub remark: Option<(String, String)>,
}

/// Everything that the dashboard shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Dashboard {
    /// How many articles have each status.
    pub counts: StatusCounts,
    /// Time that was spent on all articles, in milliseconds.
    pub active_ms: i64,
    /// Edits in the articles that are done.
    pub edits: u64,
    /// How many annotations are done; two annotators of one article count twice.
    pub done: usize,
    /// The mean score of the models' guesses at regions over the last articles, and over how many.
    pub regions: Option<(f64, usize)>,
    /// As much for entities; `None` if no model suggests any.
    pub entities: Option<(f64, usize)>,
    /// The charts.
    pub cards: Vec<Card>,
    /// Flagged articles, at most some hundred.
    pub flagged: Vec<Flagged>,
    /// How many articles have a remark that nobody has settled.
    pub open_remarks: usize,
}

/// The dashboard and what it was made from, in the thread that makes it.
#[derive(Default)]
pub(crate) struct Board {
    facts: Option<DatasetCounts>,
}

impl Board {
    /// Reads the figures and makes the dashboard.
    pub(crate) fn gather(
        &mut self,
        store: &dyn Store,
        calendar: &Calendar,
        progress: &mut dyn FnMut(f32),
    ) -> Result<Dashboard, StoreError> {
        let schema = store.schema()?;
        let cancel = CancelFlag::default();
        let facts = DatasetCounts::gather(store, &schema, calendar, false, &cancel, progress)?;
        let dashboard = dashboard(store, &facts, &schema)?;
        self.facts = Some(facts);
        Ok(dashboard)
    }

    /// Finds the articles behind a mark.
    pub(crate) fn behind(
        &mut self,
        store: &dyn Store,
        calendar: &Calendar,
        behind: &DrillDown,
    ) -> Result<Chosen, StoreError> {
        let keys = match behind {
            DrillDown::Label { kind, label } => store.with_label(*kind, label)?,
            DrillDown::OpenRemarks => store.keys(&with_open_remarks())?,
            DrillDown::Site(site) => {
                let of_site = Filter {
                    status: Some(Status::Done),
                    site: Some(site.clone()),
                    ..Filter::default()
                };
                store.keys(&of_site)?
            }
            other => {
                if self.facts.is_none() {
                    self.gather(store, calendar, &mut |_| {})?;
                }
                self.facts
                    .as_ref()
                    .map_or_else(Vec::new, |facts| other.articles(facts))
            }
        };
        Ok(Chosen::new(&behind.caption(), keys))
    }
}

/// Makes the dashboard from the figures.
///
/// # Errors
/// If the dataset cannot be read.
pub fn dashboard(
    store: &dyn Store,
    facts: &DatasetCounts,
    schema: &Schema,
) -> Result<Dashboard, StoreError> {
    let filter = Filter {
        status: Some(Status::Flagged),
        ..Filter::default()
    };
    let mut flagged = Vec::new();
    for row in store.page(&filter, None, FLAGGED_SHOWN)? {
        let stored = match store.article(row.key) {
            Ok(article) => store.annotations(&article, row.key)?,
            Err(_damaged) => Vec::new(), // it is told of when it is opened
        };
        let remark = last_remark(&stored).map(|(who, words)| (who.to_owned(), words.to_owned()));
        flagged.push(Flagged { row, remark });
    }
    Ok(Dashboard {
        counts: store.counts()?,
        active_ms: facts.time.iter().map(|(_, _, ms)| ms).sum(),
        edits: facts.done.iter().map(|fact| fact.edits).sum(),
        done: facts.done.len(),
        regions: last_mean(facts.done.iter().filter_map(|fact| fact.regions)),
        entities: last_mean(facts.done.iter().filter_map(|fact| fact.entities)),
        cards: cards(facts, schema),
        flagged,
        open_remarks: store.keys(&with_open_remarks())?.len(),
    })
}

fn with_open_remarks() -> Filter {
    Filter {
        open_remark: true,
        ..Filter::default()
    }
}
