//! Brings what is derived from the state up to date: keys, folds, and what is looked up ahead.

use std::sync::Arc;

use crate::app::command::{Bindings, Keymap};
use crate::app::state::State;
use crate::app::state::notices::Severity;
use crate::model::figures;

impl State {
    /// Makes the keymap anew if the settings or the schema have changed.
    pub(super) fn refresh_keys(&mut self) {
        let schema = self.dataset.as_ref().map(|dataset| &dataset.schema);
        let (of, table) = &self.keys_of;
        let is_same_schema = match (of, schema) {
            (Some(of), Some(schema)) => Arc::ptr_eq(of, schema),
            (of, schema) => of.is_none() && schema.is_none(),
        };
        if !is_same_schema || *table != self.settings.keys {
            let (bindings, _told_when_read) = Bindings::read(&self.settings.keys);
            self.keymap = Arc::new(Keymap::new(schema.map(|schema| &**schema), &bindings));
            self.keys_of = (schema.cloned(), self.settings.keys.clone());
        }
    }

    /// Looks ahead to what "the same on every further occurrence" would tag.
    pub(super) fn refresh_occurrences(&mut self) {
        let schema = self.dataset.as_ref().map(|dataset| &dataset.schema);
        let sought = self
            .article
            .as_ref()
            .and_then(|article| Some((article.snapshot(), article.entity()?)));
        self.occurrences.refresh(sought, schema, &self.wake);
    }

    /// Shows again what the caret, the selection or a change of labels has come to.
    pub(super) fn refresh_folds(&mut self) {
        let Some(article) = &mut self.article else {
            return;
        };
        if article.folds.hidden().is_empty() {
            return;
        }
        let (session, version) = (&article.session, article.version);
        let shown = article
            .folds
            .follow(session.article(), session.annotation(), version);
        let blocks = article.blocks();
        article.folds.open(&blocks);
        let selection = article.selection;
        let block_at = |pos| article.session.article().block_at(pos);
        if let (Some(from), Some(to)) = (block_at(selection.start()), block_at(selection.end())) {
            // A caret between two blocks belongs to the one that the keys act on.
            if selection.start() < selection.end() {
                article.folds.open(&(from..to + 1));
            }
        }
        if shown > 0 {
            let words = format!(
                "{} shown again: a label in them changed.",
                figures::count(shown, "folded block")
            );
            self.notices.notify_of_article(Severity::News, words);
        }
    }

    /// Looks which entities the chosen tokenizer cannot represent.
    pub(super) fn refresh_token_alignment(&mut self) {
        let open = self.article.as_ref().map(|article| article.snapshot());
        self.token_alignment
            .refresh(&self.settings.tokenizer, open, &self.wake);
    }
}
