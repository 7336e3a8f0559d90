//! Finished work that the models doubt: the check, going from doubt to doubt, and "it is right".

use std::path::Path;

use crate::app::command::Command;
use crate::app::state::notices::Severity;
use crate::app::state::{Effect, SpanRef, State};
use crate::app::tasks::jobs::{self, JobKind};
use crate::dataset::report::model_check::{Doubt, KeptCheck, LabelKind};
use crate::dataset::session::{ListRequest, RankedBy};
use crate::edit::Selection;
use crate::model::{BytePos, figures};
use crate::store::OrderBy;

impl State {
    /// Starts the check of the annotator's finished work, unless it is under way.
    pub(super) fn check_with_models(&mut self) {
        if self.job(JobKind::ModelCheck).is_some() {
            return;
        }
        let Some(dataset) = &self.dataset else { return };
        let task = jobs::check_with_models(
            dataset.path.clone(),
            self.settings.annotator.clone(),
            (self.now_ms)(),
        );
        self.start_in_session(task);
    }

    /// Takes in what the check of a dataset has found.
    pub(super) fn model_checked(&mut self, dataset: &Path, check: KeptCheck) {
        if self
            .dataset
            .as_ref()
            .is_none_or(|open| open.path != dataset)
        {
            return;
        }
        let articles = figures::count(check.articles, "finished article");
        let words = match (check.doubts.len(), check.articles) {
            (_, 0) => "No article is finished, so there is nothing to check.".to_owned(),
            (0, _) => format!("The models doubt nothing in {articles}."),
            (count, _) => {
                let labels = figures::counted(count as u64, "label", "labels");
                let key = self.shown_key(Command::NextDoubt);
                format!("The models doubt {labels} in {articles}. {key} goes from one to the next.")
            }
        };
        self.notices.notify(Severity::News, words);
        self.take_doubts(Some(check));
    }

    /// Takes in a check that was kept.
    pub(super) fn take_doubts(&mut self, check: Option<KeptCheck>) {
        if let Some(dataset) = &mut self.dataset {
            dataset.doubts.take(check);
            self.rank_by_doubt();
        }
    }

    /// Sends the figures by which the list is filtered and sorted, and asks for the list again if it
    /// uses them.
    pub(super) fn rank_by_doubt(&mut self) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        let ranks = dataset.doubts.ranks();
        dataset
            .session
            .send(ListRequest::Rank(RankedBy::Doubt, ranks));
        if dataset.filter.doubted || dataset.order.by == OrderBy::Doubt {
            dataset.reload_list();
        }
    }

    /// Forgets the doubts about labels that were changed in the article, when it is left.
    pub(super) fn drop_changed_doubts(&mut self) {
        if let (Some(dataset), Some(article)) = (&mut self.dataset, &self.article)
            && dataset.doubts.drop_changed(article)
        {
            self.rank_by_doubt();
        }
    }

    /// Goes to the next doubt of the article, or else to the first one of the next article that has
    /// one.
    pub(super) fn next_doubt(&mut self) {
        let (Some(dataset), Some(article)) = (&mut self.dataset, &self.article) else {
            return;
        };
        if !dataset.doubts.is_checked() {
            let key = self.shown_key(Command::CheckWithModels);
            let words = format!(
                "The finished articles have not been checked yet. {key} has the models check them."
            );
            self.notices.notify_of_article(Severity::Hint, words);
            return;
        }
        let here = dataset.doubts.here(article);
        let own = dataset.doubts.of(article);
        let at = article.selection.start();
        let next = match here {
            Some(here) => own.get(here + 1),
            None => own.iter().find(|doubt| doubt.span.start() > at),
        };
        if let Some(next) = next {
            let next = (*next).clone();
            self.go_to_doubt(&next);
            return;
        }
        let first = own.first().map(|first| (*first).clone());
        match dataset.doubts.article_after(Some(article.key)) {
            Some(key) => {
                dataset.doubts.seeks = true;
                self.open_article(key);
            }
            None => match first {
                Some(first) => self.go_to_doubt(&first),
                None => {
                    let words = "The models doubt nothing that is left.";
                    self.notices.notify_of_article(Severity::Hint, words);
                }
            },
        }
    }

    /// Goes to the first doubt of an article that was opened for it.
    pub(super) fn seek_doubt(&mut self) {
        let (Some(dataset), Some(article)) = (&mut self.dataset, &self.article) else {
            return;
        };
        if std::mem::take(&mut dataset.doubts.seeks)
            && let Some(first) = dataset.doubts.of(article).first()
        {
            let first = (*first).clone();
            self.go_to_doubt(&first);
        }
    }

    /// Goes to a doubt that was clicked.
    pub(super) fn go_to_doubt_of(&mut self, mark: u64) {
        let (Some(dataset), Some(article)) = (&self.dataset, &self.article) else {
            return;
        };
        let doubts = dataset.doubts.of(article);
        if let Some(doubt) = doubts.into_iter().find(|doubt| doubt.mark == mark) {
            let doubt = doubt.clone();
            self.go_to_doubt(&doubt);
        }
    }

    fn go_to_doubt(&mut self, doubt: &Doubt) {
        let Some(article) = &self.article else { return };
        let (start, end) = (doubt.span.start(), doubt.span.end());
        if doubt.task == LabelKind::Region {
            let block = |at: BytePos| article.article().block_at(at);
            let last = BytePos::from_index(end.index().saturating_sub(1));
            if let (Some(first), Some(last)) = (block(start), block(last)) {
                self.select_block(first, false);
                if last > first {
                    self.select_block(last, true);
                }
            }
            self.effects.push(Effect::Jump(start));
            return;
        }
        let annotation = article.session.annotation();
        let given = doubt.given.as_ref();
        match given.and_then(|label| annotation.entity(doubt.span, label)) {
            Some(entity) => {
                let entity = SpanRef::Entity(entity.clone());
                self.go_to(&entity);
            }
            None => {
                self.select(Selection::new(start, end));
                self.effects.push(Effect::Jump(start));
            }
        }
        // A label takes the words of a doubt exactly as they are.
        if let Some(article) = &mut self.article {
            article.focus.exact = true;
        }
    }

    /// The label that is doubted at the caret is right: the doubt goes and does not return.
    pub(super) fn doubt_is_right(&mut self) {
        let (Some(dataset), Some(article)) = (&mut self.dataset, &self.article) else {
            return;
        };
        let Some(here) = dataset.doubts.here(article) else {
            let words = "No label here is doubted by the models.";
            self.notices.notify_of_article(Severity::Hint, words);
            return;
        };
        let mark = dataset.doubts.of(article).get(here).map(|doubt| doubt.mark);
        if let Some(mark) = mark {
            dataset.doubts.dismiss(mark);
            self.start_in_session(jobs::dismiss_doubt(mark));
            self.rank_by_doubt();
            self.next_doubt();
        }
    }
}
