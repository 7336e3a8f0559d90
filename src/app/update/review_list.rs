//! The articles to review, the one that is open, and what holds for all of them.

use std::path::Path;

use crate::app::state::notices::Severity;
use crate::app::state::{Effect, OpenReview, State, Tab};
use crate::app::tasks::jobs::{self, Job, JobKind};
use crate::dataset::ReviewSettings;
use crate::dataset::adjudication::{
    AdjudicationReport, ArticleState, LoadedAdjudication, ReviewRow,
};
use crate::dataset::config::review_settings;
use crate::dataset::session::{Loaded, WriterRequest};
use crate::edit::adjudication::decisions_in;
use crate::model::{Status, figures};
use crate::quality::Effort;
use crate::store::{ArticleKey, Revision};

impl State {
    /// What the lead has decided about the review.
    #[must_use]
    pub fn review_settings(&self) -> &ReviewSettings {
        static NONE: ReviewSettings = ReviewSettings {
            hides_names: false,
            shows_changes: false,
            threshold: None,
        };
        self.dataset
            .as_ref()
            .map_or(&NONE, |dataset| &dataset.review_settings)
    }

    pub(super) fn set_review_settings(&mut self, settings: ReviewSettings) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        let name = review_settings::SETTING.to_owned();
        dataset
            .session
            .send(WriterRequest::SetSetting(name, settings.to_setting()));
        let renames = dataset.review_settings.hides_names != settings.hides_names;
        dataset.review_settings = settings;
        if renames && let Some(review) = &mut self.adjudication {
            let hides = dataset.review_settings.hides_names;
            review.hide_names(hides);
        }
    }

    // -- the list -------------------------------------------------------------------------------

    /// The tab is shown: the list is brought up to date, and an article is opened.
    pub(super) fn show_reviews(&mut self) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        self.adjudication = None;
        dataset.loading = None;
        dataset.reviews.open_first = true;
        self.list_reviews();
        self.effects.push(Effect::FocusArticle);
    }

    /// Compares the annotators of all articles.
    pub(super) fn list_reviews(&mut self) {
        let annotator = self.settings.annotator.clone();
        let is_list = |job: &&Job| job.kind() == JobKind::CompareAnnotators;
        self.jobs.iter().filter(is_list).for_each(Job::cancel);
        if let Some(dataset) = &mut self.dataset {
            dataset.reviews.stale = false;
        }
        if let Some(path) = self.dataset_path() {
            self.start_in_session(jobs::compare_annotators(path, annotator));
        }
    }

    pub(super) fn annotators_compared(&mut self, path: &Path, rows: Vec<ReviewRow>) {
        let here = self.article.as_ref().map(|article| article.key);
        let Some(dataset) = self.dataset.as_mut().filter(|one| one.path == path) else {
            return;
        };
        let opens = std::mem::take(&mut dataset.reviews.open_first);
        let is_listed = |key: &ArticleKey| rows.iter().any(|row| row.key == *key);
        let here = here.filter(is_listed);
        let first = rows.iter().find(|row| row.status != Status::Done);
        let first = here.or(first.or(rows.first()).map(|row| row.key));
        dataset.reviews.rows = Some(rows);
        if opens
            && self.tab == Tab::Review
            && self.shown_review().is_none()
            && let Some(first) = first
        {
            self.open_article(first);
        }
    }

    /// Somebody else changed these articles.
    pub(super) fn reviews_changed_elsewhere(&mut self, keys: &[ArticleKey]) {
        let shown = self.tab == Tab::Review;
        let Some(dataset) = self.dataset.as_mut().filter(|_| !keys.is_empty()) else {
            return;
        };
        dataset.reviews.stale = true;
        if shown {
            self.list_reviews();
        }
    }

    /// The row of the open article says what has become of it.
    fn update_row(&mut self) {
        let Some(article) = &self.article else { return };
        let Some(review) = self
            .adjudication
            .as_ref()
            .filter(|one| one.key == article.key)
        else {
            return;
        };
        let (open, disputed) = (review.open(), review.disputed().count());
        let rows = self
            .dataset
            .as_mut()
            .and_then(|dataset| dataset.reviews.rows.as_mut());
        let row = rows.and_then(|rows| rows.iter_mut().find(|row| row.key == article.key));
        if let Some(row) = row {
            row.status = article.session.annotation().status();
            row.open = open;
            row.decided = disputed - open;
        }
    }

    /// Opens the next, or previous, article of the list.
    pub(super) fn step_review(&mut self, by: isize) {
        self.update_row();
        let Some(dataset) = &self.dataset else { return };
        let rows = dataset.reviews.rows.as_deref().unwrap_or_default();
        let here = dataset
            .loading
            .or(self.article.as_ref().map(|article| article.key));
        let at = rows.iter().position(|row| Some(row.key) == here);
        let to = match at {
            Some(at) => at.checked_add_signed(by),
            None => Some(0),
        };
        match to.and_then(|to| rows.get(to)) {
            Some(row) => {
                let key = row.key;
                self.open_article(key);
            }
            None => {
                let words = if by > 0 {
                    "End of list."
                } else {
                    "Start of list."
                };
                self.notices.notify(Severity::Hint, words);
            }
        }
    }

    /// Opens the next article that is not reviewed.
    pub(super) fn next_review(&mut self) {
        self.update_row();
        let Some(dataset) = &self.dataset else { return };
        let rows = dataset.reviews.rows.as_deref().unwrap_or_default();
        let here = self.article.as_ref().map(|article| article.key);
        let at = rows.iter().position(|row| Some(row.key) == here);
        let (before, after) = rows.split_at(at.map_or(0, |at| at + 1).min(rows.len()));
        let waits = |row: &&ReviewRow| {
            row.status != Status::Done && row.by_another.is_none() && Some(row.key) != here
        };
        let next = after.iter().chain(before).find(waits).map(|row| row.key);
        match next {
            Some(key) => self.open_article(key),
            None => self
                .notices
                .notify(Severity::News, "Every article of the list is reviewed."),
        }
    }

    // -- the open article -----------------------------------------------------------------------

    /// An article was opened for review.
    pub(super) fn show_review(&mut self, loaded: LoadedAdjudication) {
        let Some(dataset) = &self.dataset else { return };
        let key = loaded.key;
        if dataset.loading != Some(key) || self.tab != Tab::Review {
            return; // the person has gone elsewhere meanwhile
        }
        let hides_names = dataset.review_settings.hides_names;
        let current = self
            .adjudication
            .as_ref()
            .filter(|before| before.key == key)
            .and_then(|before| before.current);
        let LoadedAdjudication {
            article,
            revision,
            on_disk,
            active_ms,
            adjudicated_by,
            ..
        } = loaded;
        let session = article.session().clone();
        let stored = decisions_in(session.history().entries());
        let reopened = article.reconciled.reopened.iter();
        let reopened = reopened.map(|one| one.place).collect();
        let effort = Effort::of(session.history().entries());
        let begun_from =
            (revision == Revision(0)).then(|| session.history().started_from().clone());
        self.show_article(Loaded {
            key,
            session,
            revision,
            on_disk,
            begun_from,
            imported_by: Vec::new(),
            active_ms,
            effort,
            is_blind: false,
            is_outdated: false,
        });
        if self
            .article
            .as_ref()
            .is_none_or(|article| article.key != key)
        {
            return;
        }
        let mut review = OpenReview::new(key, article.work, stored, reopened, hides_names);
        review.current = current.filter(|place| review.work.find(*place).is_some());
        let first = review.next_open(None);
        let is_new = review.current.is_none();
        self.adjudication = Some(review);
        if let Some(name) = adjudicated_by {
            let words = format!(
                "{name} has adjudicated this article. Your decisions are kept beside theirs."
            );
            self.notices.notify_of_article(Severity::Hint, words);
        }
        match first {
            Some(first) if is_new => self.go_to_disputed(first),
            _ => {
                let start = self.article.as_ref().map(|article| article.selection);
                self.select(start.unwrap_or_default());
            }
        }
    }

    /// An article cannot be reviewed.
    pub(super) fn no_review(&mut self, key: ArticleKey, why: &str) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        if dataset.loading == Some(key) {
            dataset.loading = None;
            let words = format!("This article is not reviewed: {why}");
            self.notices.notify(Severity::Hint, words);
        }
    }

    // -- in bulk --------------------------------------------------------------------------------

    pub(super) fn ask_to_finish_unanimous(&mut self) {
        let annotator = self.settings.annotator.clone();
        let now = (self.now_ms)();
        if let Some(path) = self.dataset_path() {
            self.start_in_session(jobs::finish_unanimous(path, annotator, now));
        }
    }

    pub(super) fn unanimous_finished(&mut self, path: &Path, report: &AdjudicationReport) {
        if self.dataset.as_ref().is_none_or(|one| one.path != path) {
            return;
        }
        let articles = figures::count(report.count(ArticleState::Finished) as usize, "article");
        let words = format!("{articles} finished: all annotators agree there.");
        self.notices.notify(Severity::News, words);
        self.list_reviews();
        self.reload_list();
        let open = self.shown_review().map(|review| review.key);
        if let Some(key) = open.filter(|_| self.article.as_ref().is_some_and(|a| a.is_saved())) {
            self.open_article(key);
        }
    }
}
