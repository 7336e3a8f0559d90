//! The time that goes into an article, and the dashboard that tells of it.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::state::{Effect, Picture, State, Tab};
use crate::dataset::report::dashboard::{Dashboard, DrillDown};
use crate::dataset::session::{DashboardRequest, WriterRequest};
use crate::quality::effort::counted;
use crate::store::{Chosen, Filter};

/// Time is handed to the session in pieces of so many milliseconds: what a crash may cost.
const PIECE_MS: i64 = 3_000;

impl State {
    /// A sign of life: a key, the mouse, a message.
    pub(super) fn record_activity(&mut self) {
        let now = (self.now_ms)();
        let reads = self.tab != Tab::Dashboard;
        if let Some(article) = &mut self.article {
            let passed = counted(now - article.last_active_ms);
            article.last_active_ms = now;
            if reads {
                article.active_ms += passed;
                article.unsent_ms += passed;
            }
            if article.unsent_ms >= PIECE_MS {
                self.send_time_spent();
            }
        }
    }

    /// Hands the time that was spent on the article to the session, before it is left at the
    /// latest.
    pub(super) fn send_time_spent(&mut self) {
        if let (Some(dataset), Some(article)) = (&self.dataset, &mut self.article)
            && article.unsent_ms > 0
        {
            dataset.session.send(WriterRequest::AddTime {
                key: article.key,
                at_ms: article.last_active_ms,
                active_ms: std::mem::take(&mut article.unsent_ms),
            });
        }
    }

    pub(super) fn show_tab(&mut self, tab: Tab) {
        if self.tab == tab {
            return;
        }
        self.send_time_spent();
        self.tab = tab;
        match tab {
            Tab::Annotate => {
                // An article that was under review is opened as one's own.
                if let (Some(_), Some(article)) = (self.adjudication.take(), &self.article) {
                    let key = article.key;
                    self.open_article(key);
                }
                self.effects.push(Effect::FocusArticle);
            }
            Tab::Review => self.show_reviews(),
            Tab::Dashboard => {
                if let Some(dataset) = &mut self.dataset {
                    dataset.ask_for_dashboard();
                }
                self.want_progress();
                self.renew_agreement();
            }
        }
    }

    pub(super) fn dashboard_made(&mut self, made: Arc<Dashboard>) {
        let shown = self.tab == Tab::Dashboard;
        if let Some(dataset) = &mut self.dataset {
            dataset.board.made = Some(made);
            dataset.board.asked = false;
            dataset.board.part = None;
            if shown && dataset.board.stale {
                dataset.ask_for_dashboard();
            }
        }
        if shown {
            self.renew_agreement();
        }
    }

    /// Asks for the articles behind a mark; they come as an answer.
    pub(super) fn show_behind(&mut self, behind: DrillDown) {
        if let Some(dataset) = &self.dataset {
            dataset.session.send(DashboardRequest::DrillDown(behind));
        }
    }

    /// The articles behind a mark are there: the list shows them, whatever their status.
    pub(super) fn behind_found(&mut self, found: Chosen) {
        if !self.settings.list {
            self.change_settings(|settings, _| settings.list = true);
        }
        let Some(dataset) = &self.dataset else { return };
        self.set_filter(Filter {
            status: None,
            only: Some(found),
            ..dataset.filter.clone()
        });
    }

    pub(super) fn save_plot(&mut self, picture: Picture, path: PathBuf) {
        let made = self
            .dataset
            .as_ref()
            .and_then(|dataset| dataset.board.made.clone());
        let plot = made.as_ref().and_then(|made| {
            let mut plots = made.cards.iter().flat_map(|card| &card.plots);
            plots.find(|plot| plot.chart.name == picture.chart)
        });
        if let Some(plot) = plot {
            self.save_chart(plot.chart.clone(), picture.png, path);
        }
    }
}
