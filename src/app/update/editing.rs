//! Editing: what the keys for regions, entities and suggestions change, undo and redo.

use std::sync::Arc;

use crate::app::command::Command;
use crate::app::state::notices::Severity;
use crate::app::state::{OpenArticle, State};
use crate::dataset::session::{Save, WriterRequest};
use crate::edit::plan::{Care, PlanError, Scope};
use crate::edit::{Action, Edit, EntryKind, Selection, Transaction, segment};
use crate::model::{Label, Status};
use crate::store::Revision;

impl State {
    pub(super) fn label_region(&mut self, at: usize) {
        let Some(label) = self.region_label(at) else {
            return;
        };
        let Some(article) = &self.article else { return };
        let blocks = article.blocks();
        // A region that was chosen and is a part of a block leaves the rest of the block alone.
        let part = article.chosen_region().map(|region| region.span);
        let whole = article.blocks_span();
        let whole = whole.and_then(|span| article.article().text.trim(span));
        let selected = article
            .selected()
            .or(part.filter(|part| Some(*part) != whole));
        let labelled = self.edit(Action::LabelRegion, |scope, _| match selected {
            Some(span) => scope.label_span(span, &label),
            None => scope.label_blocks(blocks.clone(), &label),
        });
        // Pressing the key of what is there already is a way of saying "yes, go on".
        let same = !labelled && self.is_labelled(&label, blocks.clone());
        if labelled || same {
            self.select_block_after(blocks.end);
        }
    }

    pub(super) fn is_labelled(&self, label: &Label, blocks: std::ops::Range<usize>) -> bool {
        let Some(article) = &self.article else {
            return false;
        };
        let blocks = article.article().blocks.get(blocks).unwrap_or_default();
        !blocks.is_empty()
            && blocks.iter().all(|block| {
                let regions = article.session.annotation().regions_in(block.span);
                regions
                    .iter()
                    .any(|region| region.label == *label && region.span.contains(block.span))
            })
    }

    pub(super) fn select_block_after(&mut self, end: usize) {
        let Some(article) = &self.article else { return };
        let last = article.article().blocks.len().saturating_sub(1);
        self.select_block(end.min(last), false);
    }

    pub(super) fn label_to_end(&mut self, at: usize) {
        let Some(label) = self.region_label(at) else {
            return;
        };
        self.edit(Action::LabelRegion, |scope, article| {
            let from = match article.selected() {
                Some(span) => Some(span.start()),
                None => {
                    let chosen = article.chosen_region().map(|region| region.span);
                    let from = chosen.or_else(|| article.blocks_span());
                    from.map(|span| span.start())
                }
            };
            scope.label_from(from.ok_or(PlanError::NothingThere)?, &label)
        });
    }

    pub(super) fn region_label(&self, at: usize) -> Option<Label> {
        self.dataset.as_ref()?.region_label(at).cloned()
    }

    pub(super) fn tag(&mut self, at: usize) {
        let Some(label) = self
            .dataset
            .as_ref()
            .and_then(|d| d.entity_label(at))
            .cloned()
        else {
            return;
        };
        let command = Command::Tag(at);
        let across = self.is_asked_across(command);
        let mut tagged = None;
        let action = match self.article.as_ref().and_then(OpenArticle::entity) {
            Some(_) => Action::Retag,
            None => Action::Tag,
        };
        let done = self.try_edit(action, |scope, article| {
            if let Some(entity) = article.entity() {
                tagged = Some(entity.span);
                return scope.retag(entity, &label);
            }
            let exact = article.focus.exact;
            let text = &article.article().text;
            let span = article
                .selected()
                .or_else(|| segment::word_at(text, article.selection.head))
                .ok_or(PlanError::NothingThere)?;
            let span = scope.entity_span(span, Care { exact, across })?;
            tagged = Some(span);
            scope.tag(span, &label)
        });
        self.report_unless_done(command, done);
        if let Some(span) = tagged {
            self.select(Selection::caret(span.start()));
        }
    }

    /// Tags the entity's words wherever they are further on; `again`, when that is what was done
    /// last, takes it back.
    pub(super) fn tag_everywhere(&mut self, again: bool) {
        let key = self.shown_key(Command::TagEverywhere);
        let just_done = again
            && self.article.as_ref().is_some_and(|article| {
                let last = article.session.history().entries().last();
                last.is_some_and(|entry| {
                    entry.kind == EntryKind::Edit && entry.action == Action::TagEverywhere
                })
            });
        if just_done {
            self.undo();
            self.notices
                .notify_of_article(Severity::News, format!("Undone. {key} tags them again."));
            return;
        }
        let mut count = 0;
        let done = self.edit(Action::TagEverywhere, |scope, article| {
            let entity = article.entity().ok_or(PlanError::NoEntity)?;
            let transaction = scope.tag_everywhere(entity)?;
            let is_further =
                |edit: &Edit| matches!(edit, Edit::AddEntity(new) if new.span != entity.span);
            count = transaction
                .edits
                .iter()
                .filter(|edit| is_further(edit))
                .count();
            Ok(transaction)
        });
        if done {
            let more = if count == 1 {
                "1 later occurrence".to_owned()
            } else {
                format!("{count} later occurrences")
            };
            let words = if key.is_empty() {
                format!("Tagged {more}.")
            } else {
                format!("Tagged {more}. {key} again undoes it.")
            };
            self.notices.notify_of_article(Severity::News, words);
        }
    }

    /// Plans, applies, and sends to be saved; tells if it cannot be done. True if something
    /// changed.
    pub(super) fn edit(
        &mut self,
        action: Action,
        plan: impl FnOnce(&Scope<'_>, &OpenArticle) -> Result<Transaction, PlanError>,
    ) -> bool {
        match self.try_edit(action, plan) {
            Ok(changed) => changed,
            Err(why) => {
                self.notices
                    .notify_of_article(Severity::Hint, why.to_string());
                false
            }
        }
    }

    /// As `edit`, but where nothing is to be done, nothing is said.
    pub(super) fn edit_quietly(
        &mut self,
        action: Action,
        plan: impl FnOnce(&Scope<'_>, &OpenArticle) -> Result<Transaction, PlanError>,
    ) -> bool {
        let quiet = |scope: &Scope<'_>, article: &OpenArticle| match plan(scope, article) {
            Err(PlanError::NothingToDo) => Ok(Transaction::default()),
            other => other,
        };
        self.edit(action, quiet)
    }

    pub(super) fn try_edit(
        &mut self,
        action: Action,
        plan: impl FnOnce(&Scope<'_>, &OpenArticle) -> Result<Transaction, PlanError>,
    ) -> Result<bool, PlanError> {
        let (Some(dataset), Some(article)) = (&self.dataset, &mut self.article) else {
            return Ok(false);
        };
        let schema = dataset.schema.clone();
        let scope = article.scope(&schema);
        let mut transaction = plan(&scope, article)?;
        if transaction.is_empty() {
            return Ok(false);
        }
        let opened = scope.newly_tagged(&transaction);
        let sets_status = transaction
            .edits
            .iter()
            .any(|edit| matches!(edit, Edit::SetStatus { .. }));
        if article.session.annotation().status() == Status::Todo && !sets_status {
            transaction.edits.push(Edit::SetStatus {
                from: Status::Todo,
                to: Status::Started,
            });
        }
        let selection = article.selection;
        let told = self.words_for(action, &transaction);
        self.decide_by_edit(&mut transaction);
        let Some(article) = &mut self.article else {
            return Ok(false);
        };
        let applied =
            article
                .session
                .apply(action, transaction, selection, selection, (self.now_ms)());
        if let Err(why) = applied {
            self.reread_decisions();
            return Err(PlanError::Misfit(why));
        }
        self.changed();
        self.report_change(told);
        self.ask_for_entities(opened);
        Ok(true)
    }

    /// Something in the annotation changed: tell the views, and send it to be saved.
    pub(super) fn changed(&mut self) {
        self.names.is_newest = false;
        let (Some(dataset), Some(article)) = (&mut self.dataset, &mut self.article) else {
            return;
        };
        article.version += 1;
        let entries = article.session.history().entries();
        for entry in entries.get(article.counted..).unwrap_or_default() {
            article.effort.push(entry);
        }
        article.counted = entries.len();
        let unsent = entries.get(article.sent..).unwrap_or_default().to_vec();
        article.sent = entries.len();
        let expected = article.revision;
        article.revision = Revision(expected.0 + 1);
        let status = article.session.annotation().status();
        dataset.session.send(WriterRequest::Save(Save {
            key: article.key,
            expected,
            entries: unsent,
            annotation: Arc::new(article.session.annotation().clone()),
        }));
        dataset.unsaved += 1;
        if let Some(row) = dataset.rows.get_mut(&article.key) {
            row.unsure = article.unsure() as u64;
            row.open_remarks = article.session.annotation().open_remarks() as u64;
            dataset.count_again |= row.status != status;
            row.status = status;
        }
    }
}
