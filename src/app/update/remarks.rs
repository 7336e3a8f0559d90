//! Remarks: written, answered, resolved, found, changed, removed; and the history of the article.

use crate::app::state::notices::Severity;
use crate::app::state::{Dialog, Effect, OpenArticle, RemarkDraft, State};
use crate::dataset::session::LookupRequest;
use crate::edit::{Action, Selection};
use crate::model::{Label, Remark, Signature, Span};
use crate::store::ArticleKey;

impl State {
    /// Opens the dialog for a new remark. It is about what the keys act on: the selected text, or
    /// else the entity at the caret, or else the article; the region is offered too.
    pub(super) fn write_remark(&mut self) {
        let Some(article) = &self.article else { return };
        let mut places: Vec<Option<Span>> = Vec::new();
        let text = &article.article().text;
        let selected = article.selected().and_then(|span| text.trim(span));
        places.extend(selected.map(Some));
        places.extend(article.entity().map(|entity| Some(entity.span)));
        places.push(None);
        places.extend(article.region().map(|region| Some(region.span)));
        let mut seen: Vec<Option<Span>> = Vec::new();
        places.retain(|place| {
            let new = !seen.contains(place);
            seen.push(*place);
            new
        });
        self.dialog = Some(Dialog::Remark(Box::new(RemarkDraft {
            old: None,
            answers: None,
            places,
            chosen: 0,
            words: String::new(),
        })));
    }

    /// Opens the dialog for a remark that is there.
    pub(super) fn edit_remark(&mut self, at: usize) {
        let Some(article) = &self.article else { return };
        let Some(old) = article.session.annotation().remarks().get(at).cloned() else {
            return;
        };
        let mut places = vec![old.at];
        if old.at.is_some() {
            places.push(None);
        }
        self.dialog = Some(Dialog::Remark(Box::new(RemarkDraft {
            words: old.text.clone(),
            old: Some((at, old)),
            answers: None,
            places,
            chosen: 0,
        })));
    }

    /// Opens the dialog for an answer to a remark.
    pub(super) fn answer_remark(&mut self, at: usize) {
        let Some(article) = &mut self.article else {
            return;
        };
        if at >= article.session.annotation().remarks().len() {
            return;
        }
        article.remark = Some(at);
        self.dialog = Some(Dialog::Remark(Box::new(RemarkDraft {
            old: None,
            answers: Some(at),
            places: Vec::new(),
            chosen: 0,
            words: String::new(),
        })));
    }

    /// Who does something now.
    pub(super) fn signature(&self) -> Signature {
        Signature {
            by: self.settings.annotator.clone(),
            at_ms: (self.now_ms)(),
        }
    }

    pub(super) fn put_remark(&mut self, draft: &RemarkDraft) {
        self.dialog = None;
        self.effects.push(Effect::FocusArticle);
        let at = draft.places.get(draft.chosen).copied().flatten();
        let written = self.signature();
        self.edit_quietly(Action::Remark, |scope, _| {
            match (&draft.old, draft.answers) {
                (_, Some(index)) => scope.answer_remark(index, &draft.words, written),
                (Some((index, _)), None) => scope.change_remark(*index, at, &draft.words),
                (None, None) => scope.write_remark(at, &draft.words, Some(written)),
            }
        });
    }

    /// Settles a remark, or opens it again.
    pub(super) fn resolve_remark(&mut self, at: usize) {
        let Some(article) = &mut self.article else {
            return;
        };
        let remarks = article.session.annotation().remarks();
        let Some(is_open) = remarks.get(at).map(Remark::is_open) else {
            return;
        };
        article.remark = Some(at);
        let resolved = is_open.then(|| self.signature());
        if self.edit(Action::Remark, |scope, _| {
            scope.resolve_remark(at, resolved)
        }) {
            let words = if is_open {
                "Remark resolved."
            } else {
                "Remark reopened."
            };
            self.notices.notify_of_article(Severity::News, words);
        }
    }

    /// Goes to a remark: it is marked in the side panel, and its place, if it has one, is selected.
    pub(super) fn choose_remark(&mut self, at: usize) {
        let Some(article) = &mut self.article else {
            return;
        };
        let Some(remark) = article.session.annotation().remarks().get(at) else {
            return;
        };
        let place = remark.at;
        if let Some(span) = place {
            let selection = Selection::of(span);
            self.select(selection);
            self.effects.push(Effect::Jump(selection.start()));
        }
        if let Some(article) = &mut self.article {
            article.remark = Some(at);
        }
    }

    /// Goes to the next open remark, in this article or, behind its last one, in the next article
    /// of the list that has one.
    pub(super) fn next_remark(&mut self) {
        if self.step_remark_here() {
            return;
        }
        let key = self.article.as_ref().map(|article| article.key);
        if let Some(dataset) = &self.dataset {
            let after = key.and_then(|key| dataset.place_of(key));
            let after = after.map_or(0, |place| place + 1);
            let list = dataset.keys.clone();
            dataset.session.send(LookupRequest::NextRemark(list, after));
        }
    }

    /// Goes to the next open remark of this article; false if there is none.
    pub(super) fn step_remark_here(&mut self) -> bool {
        let Some(article) = &self.article else {
            return false;
        };
        let from = article.remark.map_or(0, |at| at + 1);
        let remarks = article.session.annotation().remarks().iter().enumerate();
        let next = remarks.skip(from).find(|(_, remark)| remark.is_open());
        let Some(next) = next.map(|(at, _)| at) else {
            return false;
        };
        self.settings.inspector = true;
        self.effects.push(Effect::ShowRemarks);
        self.choose_remark(next);
        true
    }

    pub(super) fn take_next_remark(&mut self, next: Option<ArticleKey>, count: usize) {
        let here = self.article.as_ref().map(|article| article.key);
        match next {
            None => {
                let words = "No open remarks in this list.";
                self.notices.notify_of_article(Severity::Hint, words);
            }
            Some(next) if Some(next) == here => {
                // Round about: the first one again.
                if let Some(article) = &mut self.article {
                    article.remark = None;
                }
                if self.step_remark_here() && count == 1 {
                    let words = "No open remarks in other articles of this list.";
                    self.notices.notify_of_article(Severity::Hint, words);
                }
            }
            Some(next) => {
                self.seeks_remark = true;
                self.open_article(next);
            }
        }
    }

    /// Asks for the history of the article, if it is not the one of the revision on disk.
    pub(super) fn want_history(&mut self) {
        if let (Some(dataset), Some(article)) = (&self.dataset, &mut self.article)
            && article.past.asked != Some(article.saved)
        {
            article.past.asked = Some(article.saved);
            dataset.session.send(LookupRequest::History(article.key));
            let changes = LookupRequest::AdjudicatedChanges(article.key);
            dataset.session.send(changes);
        }
    }

    pub(super) fn remove_remark(&mut self, at: usize) {
        self.edit(Action::Remark, |scope, _| scope.remove_remark(at));
    }

    /// The label that the annotator is using: of the entity at the caret, or else of the region.
    pub(super) fn label_in_use(&self) -> Option<Label> {
        let article = self.article.as_ref()?;
        let entity = article.entity().map(|entity| &entity.label);
        entity
            .or_else(|| OpenArticle::region(article).map(|region| &region.label))
            .cloned()
    }
}
