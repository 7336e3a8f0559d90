//! The article list: what it shows, in which order, walking through it, and what a search found.

use std::sync::Arc;

use crate::app::state::notices::Offer;
use crate::app::state::{Effect, Find, OpenDataset, State, Walk};
use crate::dataset::session::{
    DashboardRequest, LearnerRequest, ListRequest, LookupRequest, RowRequest, SuggesterRequest,
};
use crate::edit::Selection;
use crate::model::{Label, Schema, Span};
use crate::store::{ArticleKey, ArticleRow, Filter, Found, Order, OrderBy};

/// How many rows of the list are kept: scrolling through a million articles must not keep a million
/// in memory.
const ROWS_KEPT: usize = 10_000;
/// How many articles after the open one get new suggestions before they are opened.
const AHEAD: usize = 24;
/// For how many articles the context of a search is kept.
const FOUND_KEPT: usize = 500;

impl State {
    pub(super) fn set_filter(&mut self, mut filter: Filter) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        if let Some(label) = &mut filter.label
            && let Some(known) = as_in_schema(&dataset.schema, label)
        {
            *label = known;
        }
        if filter.outdated {
            self.notices.end_offer(&Offer::ShowOutdated);
        }
        let is_new = |now: bool, before: bool| now && !before;
        let wants_doubts =
            is_new(filter.doubted, dataset.filter.doubted) && !dataset.doubts.is_checked();
        let wants_agreement = is_new(filter.disputed, dataset.filter.disputed);
        if dataset.filter != filter || !dataset.listed {
            if dataset.filter.words != filter.words {
                dataset.listing.found.clear();
                dataset.listing.asked.clear();
            }
            dataset.filter = filter;
            dataset.listing.chosen = None;
            dataset.reload_list();
        }
        if wants_doubts {
            self.check_with_models();
        }
        if wants_agreement {
            self.renew_agreement();
        }
    }

    /// The list shows the finished articles that were marked done before the labels changed. What
    /// is searched for stays.
    pub(super) fn show_outdated(&mut self) {
        let Some(dataset) = &self.dataset else { return };
        let filter = Filter {
            words: dataset.filter.words.clone(),
            outdated: true,
            ..Filter::default()
        };
        self.settings.list = true;
        self.set_filter(filter);
    }

    pub(super) fn set_order(&mut self, order: Order) {
        if let Some(dataset) = &mut self.dataset
            && dataset.order != order
        {
            dataset.order = order;
            dataset.listing.chosen = None;
            dataset.reload_list();
            match order.by {
                OrderBy::Doubt if !dataset.doubts.is_checked() => self.check_with_models(),
                OrderBy::Disagreement => self.renew_agreement(),
                _ => {}
            }
        }
    }

    pub(super) fn want_rows(&mut self, keys: Vec<ArticleKey>) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        let missing: Vec<ArticleKey> = keys
            .into_iter()
            .filter(|key| !dataset.rows.contains_key(key) && dataset.asked.insert(*key))
            .collect();
        if !missing.is_empty() {
            dataset.session.send(RowRequest::Rows(missing));
        }
    }

    /// Asks for what the search found in these. A newer question takes the place of one that was
    /// not yet answered.
    pub(super) fn want_found(&mut self, keys: Vec<ArticleKey>) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        let missing: Vec<ArticleKey> = keys
            .into_iter()
            .filter(|key| !dataset.listing.found.contains_key(key))
            .collect();
        dataset.listing.asked = missing.iter().copied().collect();
        let words = dataset.filter.words.clone();
        dataset.session.send(LookupRequest::Found(words, missing));
    }

    pub(super) fn want_facets(&mut self) {
        if let Some(dataset) = &mut self.dataset
            && !std::mem::replace(&mut dataset.listing.facets_asked, true)
        {
            dataset.session.send(ListRequest::Facets);
        }
    }

    // -- walking --------------------------------------------------------------------------------

    pub(super) fn walk_list(&mut self, walk: Walk) {
        let open = self.article.as_ref().map(|article| article.key);
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        let Some(last) = dataset.keys.len().checked_sub(1) else {
            return;
        };
        let here = dataset.listing.chosen.or_else(|| {
            let open = open.filter(|_| !dataset.filter.is_search());
            open.and_then(|key| dataset.place_of(key))
        });
        let page = dataset.listing.page.max(1) as isize;
        let to = match (walk, here) {
            (Walk::First, _) => 0,
            (Walk::Last, _) => last,
            // The first key shows where the keys are: at the first row.
            (Walk::Rows(_) | Walk::Pages(_), None) => 0,
            (Walk::Rows(by), Some(here)) => here.saturating_add_signed(by),
            (Walk::Pages(by), Some(here)) => here.saturating_add_signed(by * page),
        };
        dataset.listing.chosen = Some(to.min(last));
    }

    /// Opens the article that the keys are at, or else the first one.
    pub(super) fn open_chosen(&mut self) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        if dataset.listing.is_awaited {
            dataset.listing.open_first = true; // Enter was quicker than the list
            return;
        }
        let at = dataset.listing.chosen.unwrap_or(0);
        if let Some(key) = dataset.keys.get(at).copied() {
            dataset.listing.chosen = Some(at);
            self.open_article(key);
            self.effects.push(Effect::FocusArticle);
        }
    }

    // -- answers --------------------------------------------------------------------------------

    pub(super) fn list_begins(&mut self, ticket: u64, rows: Vec<ArticleRow>) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        if dataset.ticket != ticket || !dataset.listing.is_awaited {
            return;
        }
        dataset.keys = Arc::new(rows.iter().map(|row| row.key).collect());
        dataset.listed = true;
        dataset.listing.begun = true;
        dataset.listing.is_awaited = false;
        dataset.listing.version += 1;
        self.take_rows(rows);
        self.after_list();
    }

    pub(super) fn take_list(&mut self, ticket: u64, keys: Arc<Vec<ArticleKey>>) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        if dataset.ticket != ticket {
            return;
        }
        let begun = std::mem::take(&mut dataset.listing.begun);
        // The row with the keyboard stays at its article, though others may now be before it.
        let chosen = dataset.listing.chosen.and_then(|at| dataset.keys.get(at));
        dataset.listing.chosen = chosen.and_then(|key| keys.iter().position(|other| other == key));
        dataset.keys = keys;
        dataset.listed = true;
        dataset.listing.is_awaited = false;
        if !begun {
            dataset.listing.version += 1;
        }
        self.after_list();
    }

    fn after_list(&mut self) {
        let open = self.article.as_ref().map(|article| article.key);
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        if let Some(place) = open.and_then(|key| dataset.place_of(key)) {
            dataset.listing.place = place;
        }
        if std::mem::take(&mut dataset.listing.open_first) {
            self.open_chosen();
        } else if open.is_none()
            && dataset.loading.is_none()
            && let Some(first) = dataset.keys.first().copied()
        {
            let last = self
                .memory
                .place(&dataset.path)
                .map(|place| place.article());
            // Of a long list only the first rows may be there yet, and the place is further down.
            let is_begun = dataset.listing.begun;
            let last = last.filter(|key| is_begun || dataset.place_of(*key).is_some());
            self.open_article(last.unwrap_or(first));
        } else if !dataset.listing.begun {
            self.go_on_with_team();
        }
    }

    pub(super) fn take_rows(&mut self, rows: Vec<ArticleRow>) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        if dataset.rows.len() > ROWS_KEPT {
            dataset.rows.clear(); // what is in view is asked for again
            dataset.asked.clear();
        }
        for row in rows {
            dataset.asked.remove(&row.key);
            if dataset.listing.counted.len() < ROWS_KEPT && dataset.listing.counted.insert(row.key)
            {
                dataset.listing.shared.count(&row);
            }
            dataset.rows.insert(row.key, row);
        }
        self.count_unsure();
    }

    pub(super) fn take_found(&mut self, words: &str, found: Vec<Found>) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        if dataset.filter.words != words {
            return;
        }
        let listing = &mut dataset.listing;
        if listing.found.len() > FOUND_KEPT {
            listing.found.clear();
        }
        listing
            .found
            .extend(found.into_iter().map(|found| (found.key, found)));
    }

    /// More articles can be searched for: a search that is open looks again.
    pub(super) fn take_unindexed(&mut self, left: u64) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        let before = std::mem::replace(&mut dataset.listing.unindexed, left);
        if left < before && dataset.filter.is_search() && !dataset.listing.is_awaited {
            let version = dataset.listing.version;
            dataset.reload_list();
            dataset.listing.version = version;
        }
    }

    // -- the words of a search in the article ---------------------------------------------------

    pub(super) fn take_hits(&mut self, key: ArticleKey, words: String, hits: Vec<Span>) {
        if let Some(dataset) = &mut self.dataset {
            dataset.listing.hits = Some((key, words, hits));
            self.show_hits();
        }
    }

    /// Marks the words of the search in the article that was opened from its results, and goes to
    /// the first.
    pub(super) fn show_hits(&mut self) {
        let (Some(dataset), Some(article)) = (&mut self.dataset, &mut self.article) else {
            return;
        };
        let listing = &mut dataset.listing;
        if dataset.loading.is_some()
            || listing
                .hits
                .as_ref()
                .is_none_or(|(key, ..)| *key != article.key)
        {
            return;
        }
        let Some((_, words, hits)) = listing.hits.take() else {
            return;
        };
        if words != dataset.filter.words {
            return;
        }
        let Some(first) = hits.first().copied() else {
            return;
        };
        article.find = Some(Find {
            words,
            hits,
            current: 0,
            from: first.start(),
        });
        self.select(Selection::of(first));
        self.effects.push(Effect::Jump(first.start()));
    }
}

/// A label as the schema writes it, whatever its case.
fn as_in_schema(schema: &Schema, label: &Label) -> Option<Label> {
    let entities = schema.entities().iter().map(|entity| &entity.label);
    let regions = schema.regions().iter().map(|region| &region.label);
    let all: Vec<&Label> = entities.chain(regions).collect();
    let same = |known: &&&Label| known.as_str().eq_ignore_ascii_case(label.as_str());
    (!all.contains(&label)).then(|| all.iter().find(same).copied().cloned())?
}

impl OpenDataset {
    /// Asks for the list as filter and order want it.
    pub(super) fn reload_list(&mut self) {
        self.ticket += 1;
        self.listing.is_awaited = true;
        self.session.send(ListRequest::List(
            self.ticket,
            self.filter.clone(),
            self.order,
        ));
    }
    /// Tells the thread that learns which articles come next after this one.
    pub(super) fn announce_next(&self, key: ArticleKey) {
        let from = self.place_of(key).unwrap_or(self.listing.place);
        let keys = self.keys.iter().skip(from).filter(|other| **other != key);
        let ahead: Vec<ArticleKey> = keys.take(AHEAD).copied().collect();
        let programs = [key].into_iter().chain(ahead.iter().copied());
        self.session
            .send(SuggesterRequest::Ahead(programs.collect()));
        self.session.send(LearnerRequest::Ahead(ahead));
    }

    /// Asks for the dashboard as it is now, unless that is being done.
    pub(super) fn ask_for_dashboard(&mut self) {
        if self.board.asked {
            self.board.stale = true;
            return;
        }
        self.board.asked = true;
        self.board.stale = false;
        self.session.send(DashboardRequest::Gather);
    }
}
