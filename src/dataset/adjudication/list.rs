//! The articles that can be adjudicated, for a list.

use std::sync::Arc;

use anyhow::Result;

use super::article::{ArticleAdjudication, NotAdjudicated, other_adjudicator};
use super::inputs::ChosenInputs;
use crate::dataset::io::article_reader::collect_articles;
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::edit::History;
use crate::model::{Schema, Status};
use crate::store::{ArticleKey, Filter, Store};

/// An article that at least two annotators have finished independently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewRow {
    /// Its number.
    pub key: ArticleKey,
    /// Its title, or its first words.
    pub headline: String,
    /// How many annotators have finished it independently.
    pub annotators: usize,
    /// At how many places they differ.
    pub disputed: usize,
    /// How many of these are decided.
    pub decided: usize,
    /// How many are open.
    pub open: usize,
    /// How far its adjudication is.
    pub status: Status,
    /// Who else has adjudicated it, if somebody has.
    pub by_another: Option<String>,
}

impl ReviewRow {
    /// Returns true if the annotators agree on the whole article.
    #[must_use]
    pub fn is_unanimous(&self) -> bool {
        self.disputed == 0
    }
}

/// Lists the articles of a dataset that this adjudicator can decide, in their order. Articles that
/// the adjudicator has annotated are left out.
///
/// # Errors
/// If the dataset cannot be read, or it was cancelled.
pub fn review_rows(
    store: &dyn Store,
    adjudicator: &str,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Vec<ReviewRow>> {
    let keys = store.keys(&Filter::default())?;
    let schema = Arc::new(store.schema()?);
    let name = adjudicator.to_owned();
    collect_articles(store, keys, progress, cancel, move |store, key| {
        review_row(store, key, &schema, &name)
    })
}

/// The row of one article; `None` if it cannot be adjudicated.
fn review_row(
    store: &dyn Store,
    key: ArticleKey,
    schema: &Arc<Schema>,
    adjudicator: &str,
) -> Result<Option<ReviewRow>> {
    let article = Arc::new(store.article(key)?);
    let stored = store.annotations(&article, key)?;
    if ChosenInputs::of(&stored).inputs.len() < 2 {
        return Ok(None);
    }
    let own = stored.iter().find(|one| one.owner.is(adjudicator));
    let begun = match own {
        Some(own) => {
            let entries = store.history(&article, key, adjudicator)?;
            (own.annotation.clone(), History::replay(entries))
        }
        None => Default::default(),
    };
    let status = own.map_or(Status::Todo, |own| own.annotation.status());
    let opened = ArticleAdjudication::open(&article, schema, &stored, begun, adjudicator, 0);
    let work = match opened {
        Ok(opened) => opened.work,
        Err(NotAdjudicated::TooFew { .. } | NotAdjudicated::OwnWork) => return Ok(None),
    };
    let open = work.open().count();
    let places = work.places().iter().enumerate();
    let disputed = places.filter(|(at, place)| !place.is_unanimous() || work.made(*at).is_some());
    let disputed = disputed.count();
    Ok(Some(ReviewRow {
        key,
        headline: article.headline(),
        annotators: work.inputs().len(),
        disputed,
        decided: disputed - open,
        open,
        status,
        by_another: other_adjudicator(&stored, adjudicator),
    }))
}
