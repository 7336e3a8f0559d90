//! Another schema comes: the labels on the screen, the keys, and the article that is open follow.

use std::sync::Arc;

use crate::app::state::notices::{Offer, Severity};
use crate::app::state::{Dialog, State};
use crate::dataset::SchemaChange;
use crate::dataset::maintenance::schema_change::Changed;
use crate::dataset::session::WriterRequest;
use crate::model::Schema;
use crate::model::figures;

impl State {
    /// This window changed the schema, and it is on disk; so many finished articles may lack labels
    /// now.
    pub(super) fn schema_changed(
        &mut self,
        change: SchemaChange,
        changed: Changed,
        outdated: usize,
    ) {
        if let Some(dataset) = &self.dataset {
            let (after, upto) = changed.changes;
            dataset.session.send(WriterRequest::OwnChanges(after, upto));
            if changed.annotations > 0 {
                dataset.session.send(WriterRequest::Export);
            }
        }
        self.take_schema(change.schema);
        if self.dialog == Some(Dialog::Schema) {
            self.dialog = None;
        }
        self.touched = None;
        let words = match changed.annotations {
            0 => "Labels saved.".to_owned(),
            n => format!(
                "Labels saved; {} updated.",
                figures::count(n as usize, "annotation")
            ),
        };
        self.notices.notify(Severity::News, words);
        if outdated > 0 {
            let (articles, were) = match outdated {
                1 => ("finished article", "was"),
                _ => ("finished articles", "were"),
            };
            let count = figures::number(outdated as u64);
            let words = format!("{count} {articles} {were} labelled before this change");
            self.notices.end_offer(&Offer::ShowOutdated);
            self.notices
                .offer(Severity::Hint, words, Offer::ShowOutdated);
        }
    }

    /// Another program changed the schema.
    pub(super) fn schema_changed_elsewhere(&mut self, schema: Schema) {
        let known = self.schema().is_some_and(|known| *known == schema);
        if known || self.is_changing_schema() {
            return;
        }
        self.take_schema(schema);
        self.notices
            .notify(Severity::Hint, "Labels updated by another program.");
    }

    fn take_schema(&mut self, schema: Schema) {
        if let Some(dataset) = &mut self.dataset {
            dataset.schema = Arc::new(schema);
        }
        // What is not yet saved is refused, put on top of the article as it is now, and saved then.
        if let Some(article) = self.article.as_ref().filter(|article| article.is_saved()) {
            let key = article.key;
            self.open_article(key);
        }
    }
}
