//! Undo and redo, and what follows the labels by itself: suggestions for text that was opened for
//! entities.

use crate::app::state::notices::Severity;
use crate::app::state::{Effect, State, Tab};
use crate::dataset::session::{LearnerRequest, Opened};
use crate::edit::{Action, Entry};
use crate::model::{AnnotationError, Entity, Span, Status};
use crate::store::ArticleKey;

impl State {
    /// Takes the newest edit back, with the suggestions that followed it; a name that was
    /// relabelled in many articles, in all of them.
    pub(super) fn undo(&mut self) {
        if self.undoes_relabelling() {
            self.undo_relabelling();
            return;
        }
        while let Some(entry) = self.step_back(true) {
            if entry.action != Action::Suggest {
                self.went_back_to(&entry);
                return;
            }
            self.changed();
        }
    }

    /// Does again what was undone last, with the suggestions that followed it.
    pub(super) fn redo(&mut self) {
        let opened = self.opened_by_redo();
        let Some(entry) = self.step_back(false) else {
            return;
        };
        self.went_back_to(&entry);
        let next = |state: &Self| {
            let history = state.article.as_ref()?.session.history();
            history.next_redo().map(|next| next.action)
        };
        let mut has_followed = false;
        while next(self) == Some(Action::Suggest) && self.step_back(false).is_some() {
            has_followed = true;
            self.changed();
        }
        if !has_followed {
            self.ask_for_entities(opened);
        }
    }

    /// One entry back, or on again; `None` if there is none, or it cannot be done, which is told.
    fn step_back(&mut self, back: bool) -> Option<Entry> {
        let now = (self.now_ms)();
        let article = self.article.as_mut()?;
        let (done, what) = if back {
            (article.session.undo(article.selection, now)?, "undo")
        } else {
            (article.session.redo(article.selection, now)?, "redo")
        };
        let tell = |error: AnnotationError| {
            let words = format!("Could not {what}: {error}");
            self.notices.notify_of_article(Severity::Failure, words);
        };
        let done = done.map_err(tell).ok();
        self.reread_decisions();
        done
    }

    fn went_back_to(&mut self, entry: &Entry) {
        self.select(entry.after);
        self.select_blocks_again(entry);
        self.effects.push(Effect::Jump(entry.after.head));
        self.changed();
    }

    fn opened_by_redo(&self) -> Vec<Span> {
        let (Some(dataset), Some(article)) = (&self.dataset, &self.article) else {
            return Vec::new();
        };
        let redo = article.session.history().redo_transaction();
        redo.map_or_else(Vec::new, |(transaction, _)| {
            article.scope(&dataset.schema).newly_tagged(&transaction)
        })
    }

    /// Asks the tagger for entities in text that was just opened for them. Not in an article that
    /// is done, where nobody would look at them, nor in one that is to be labelled without
    /// suggestions.
    pub(super) fn ask_for_entities(&mut self, within: Vec<Span>) {
        let (Some(dataset), Some(article)) = (&self.dataset, &self.article) else {
            return;
        };
        let annotation = article.session.annotation();
        if within.is_empty()
            || self.tab == Tab::Review
            || !self.settings.tag
            || article.is_blind
            || annotation.status() == Status::Done
        {
            return;
        }
        dataset
            .session
            .send(LearnerRequest::SuggestEntities(Box::new(Opened {
                key: article.key,
                article: article.session.article().clone(),
                regions: annotation.regions().to_vec(),
                within,
            })));
    }

    /// Takes in what the tagger suggests in text that was opened for entities, unless the text was
    /// closed again, somebody has tagged it meanwhile, or there is something to redo, which a new
    /// line of the history would end.
    pub(super) fn take_entities(&mut self, key: ArticleKey, entities: Vec<Entity>) {
        let now = (self.now_ms)();
        let (Some(dataset), Some(article)) = (&self.dataset, &mut self.article) else {
            return;
        };
        let annotation = article.session.annotation();
        if article.key != key
            || annotation.status() == Status::Done
            || article.session.history().next_redo().is_some()
        {
            return;
        }
        let transaction = article.scope(&dataset.schema).suggest(entities);
        if transaction.is_empty() {
            return;
        }
        let here = article.selection;
        let applied = article
            .session
            .apply(Action::Suggest, transaction, here, here, now);
        // What does not fit is not suggested, which harms nobody.
        if applied.is_ok() {
            article.has_suggested = true;
            let told = self.reported_change().map(|told| told.words.clone());
            self.changed();
            self.report_change(told);
        }
    }
}
