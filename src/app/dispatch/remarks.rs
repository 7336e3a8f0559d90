//! Remarks: written, changed, removed.

use crate::app::state::{Dialog, Effect, OpenArticle, RemarkDraft, State};
use crate::edit::Action;
use crate::model::{Label, Span};

impl State {
    /// Opens the dialog for a new remark. It is about what the keys act on: the selected text, or else the entity at
    /// the caret, or else the article; the region is offered too.
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
            places,
            chosen: 0,
        })));
    }

    pub(super) fn put_remark(&mut self, draft: &RemarkDraft) {
        self.dialog = None;
        self.effects.push(Effect::FocusArticle);
        let at = draft.places.get(draft.chosen).copied().flatten();
        self.edit_quietly(Action::Remark, |scope, _| match &draft.old {
            Some((index, _)) => scope.change_remark(*index, at, &draft.words),
            None => scope.add_remark(at, &draft.words),
        });
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
