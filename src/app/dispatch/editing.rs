//! Editing: what the keys for regions, entities and suggestions change, undo and redo.

use std::sync::Arc;

use crate::app::command::Command;
use crate::app::notices::Gravity;
use crate::app::state::Effect;
use crate::app::state::{OpenArticle, State};
use crate::dataset::desk::{Request, Save};
use crate::edit::plan::{Edge, PlanError, Scope};
use crate::edit::{Action, Edit, Entry, EntryKind, Selection, Transaction, segment};
use crate::model::{AnnotationError, BytePos, Label, Status, Text};
use crate::store::Revision;

impl State {
    pub(super) fn label_region(&mut self, at: usize) {
        let Some(label) = self.region_label(at) else {
            return;
        };
        let Some(article) = &self.article else { return };
        let blocks = article.blocks();
        let selected = article.selected();
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
                None => article
                    .article()
                    .blocks
                    .get(article.blocks().start)
                    .map(|block| block.span.start()),
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
        let mut tagged = None;
        let action = match self.article.as_ref().and_then(OpenArticle::entity) {
            Some(_) => Action::Retag,
            None => Action::Tag,
        };
        self.edit(action, |scope, article| {
            if let Some(entity) = article.entity() {
                tagged = Some(entity.span);
                return scope.retag(entity, &label);
            }
            let text = &article.article().text;
            let span = article
                .selected()
                .or_else(|| segment::word_at(text, article.selection.head))
                .ok_or(PlanError::NothingThere)?;
            tagged = Some(span);
            scope.tag(span, &label)
        });
        if let Some(span) = tagged {
            self.select(Selection::caret(span.start()));
        }
    }

    /// Tags the entity's words wherever they stand further on; `again`, when that is what was done last, takes it back.
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
                .say_of_article(Gravity::News, format!("Undone. {key} tags them again."));
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
            self.notices.say_of_article(Gravity::News, words);
        }
    }

    /// Moves an edge of the entity, or else of the region, that the keys act on by one word.
    pub(super) fn nudge_edge(&mut self, command: Command) {
        let Some(article) = &self.article else { return };
        let text = article.article().text.clone();
        let (entity, region) = (article.entity().cloned(), article.region().cloned());
        let was_selected = article.selected().is_some();
        let span = match (&entity, &region) {
            (Some(entity), _) => entity.span,
            (None, Some(region)) => region.span,
            (None, None) => {
                let why = PlanError::NoRegion.to_string();
                self.notices.say_of_article(Gravity::Hint, why);
                return;
            }
        };
        let (start, end) = (span.start(), span.end());
        // A region takes the marks around its words along; an entity is its words.
        let marks = entity.is_none();
        let (edge, to) = match command {
            Command::GrowStart => {
                let to = segment::prev_word_start(&text, start, BytePos(0));
                (Edge::Start, before_marks(&text, to, marks))
            }
            Command::ShrinkStart => {
                let to = segment::next_word_start(&text, start, end);
                (Edge::Start, before_marks(&text, to, marks).max(start))
            }
            Command::GrowEnd => {
                let to = segment::next_word_end(&text, end, text.end());
                (Edge::End, after_marks(&text, to, marks))
            }
            _ => {
                let mut word = segment::prev_word_end(&text, end, start);
                let mut to = after_marks(&text, word, marks);
                if to >= end && word > start {
                    word = segment::prev_word_end(&text, word, start);
                    to = after_marks(&text, word, marks);
                }
                (Edge::End, to)
            }
        };
        let moved = match (&entity, &region) {
            (Some(entity), _) => self.edit(Action::MoveEntityEdge, |scope, _| {
                scope.move_entity_edge(entity, edge, to)
            }),
            (None, Some(region)) => self.edit(Action::MoveRegionEdge, |scope, _| {
                scope.move_region_edge(region, edge, to)
            }),
            (None, None) => false,
        };
        let (start, end) = match edge {
            Edge::Start => (to, end),
            Edge::End => (start, to),
        };
        // The keys shall act on the same thing again.
        if moved && entity.is_some() {
            match text.span(start, end) {
                Ok(span) if was_selected => self.select(Selection::of(span)),
                _ => self.select(Selection::caret(start)),
            }
        } else if moved {
            let caret = self.article.as_ref().map(|article| article.selection.head);
            if caret.is_some_and(|caret| caret < start || caret >= end) {
                self.select(Selection::caret(start));
            }
        }
        if moved {
            self.effects.push(Effect::Reveal(to));
        }
    }

    pub(super) fn remove(&mut self) {
        let entity = self.article.as_ref().and_then(OpenArticle::entity).cloned();
        match entity {
            Some(entity) => self.edit(Action::RemoveEntity, |scope, _| {
                scope.remove_entity(&entity)
            }),
            None => self.edit(Action::RemoveRegion, |scope, article| {
                let region = article.region().ok_or(PlanError::NoRegion)?;
                scope.remove_region(region.span.start())
            }),
        };
    }

    pub(super) fn step_doubt(&mut self, forward: bool) {
        let Some(article) = &self.article else { return };
        let doubts = article.doubts();
        let here = article.selection.head;
        let next = if forward {
            doubts
                .iter()
                .find(|d| d.span().start() > here)
                .or(doubts.first())
        } else {
            doubts
                .iter()
                .rev()
                .find(|d| d.span().start() < here)
                .or(doubts.last())
        };
        match next.cloned() {
            Some(doubt) => self.go_to(&doubt),
            None => self
                .notices
                .say_of_article(Gravity::Hint, "No unsure suggestions."),
        }
    }

    pub(super) fn confirm_and_next(&mut self) {
        let Some(article) = &self.article else { return };
        let entity = article
            .entity()
            .filter(|e| e.provenance.is_suggestion())
            .cloned();
        let region = article
            .region()
            .filter(|r| r.provenance.is_suggestion())
            .cloned();
        match (entity, region) {
            (Some(entity), _) => {
                self.edit(Action::Confirm, |scope, _| scope.confirm_entity(&entity));
            }
            (None, Some(region)) => {
                self.edit(Action::Confirm, |scope, _| scope.confirm_region(&region));
            }
            (None, None) => {}
        }
        self.step_doubt(true);
    }

    /// Plans, applies, and sends to be saved; tells if it cannot be done. True if something changed.
    pub(super) fn edit(
        &mut self,
        action: Action,
        plan: impl FnOnce(&Scope<'_>, &OpenArticle) -> Result<Transaction, PlanError>,
    ) -> bool {
        match self.try_edit(action, plan) {
            Ok(changed) => changed,
            Err(why) => {
                self.notices.say_of_article(Gravity::Hint, why);
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
    ) -> Result<bool, String> {
        let (Some(dataset), Some(article)) = (&self.dataset, &mut self.article) else {
            return Ok(false);
        };
        let schema = dataset.schema.clone();
        let mut transaction =
            plan(&article.scope(&schema), article).map_err(|error| error.to_string())?;
        if transaction.is_empty() {
            return Ok(false);
        }
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
        article
            .session
            .apply(action, transaction, selection, selection, (self.now_ms)())
            .map_err(|error: AnnotationError| error.to_string())?;
        self.changed();
        Ok(true)
    }

    pub(super) fn undo(&mut self) {
        let now = (self.now_ms)();
        let Some(article) = &mut self.article else {
            return;
        };
        match article.session.undo(article.selection, now) {
            Some(Ok(entry)) => self.went_back_to(&entry),
            Some(Err(error)) => self
                .notices
                .say_of_article(Gravity::Failure, format!("Could not undo: {error}")),
            None => {}
        }
    }

    pub(super) fn redo(&mut self) {
        let now = (self.now_ms)();
        let Some(article) = &mut self.article else {
            return;
        };
        match article.session.redo(article.selection, now) {
            Some(Ok(entry)) => self.went_back_to(&entry),
            Some(Err(error)) => self
                .notices
                .say_of_article(Gravity::Failure, format!("Could not redo: {error}")),
            None => {}
        }
    }

    pub(super) fn went_back_to(&mut self, entry: &Entry) {
        self.select(entry.after);
        self.effects.push(Effect::Jump(entry.after.head));
        self.changed();
    }

    /// Something in the annotation changed: tell the views, and send it to be saved.
    pub(super) fn changed(&mut self) {
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
        dataset.desk.send(Request::Save(Save {
            key: article.key,
            expected,
            entries: unsent,
            annotation: Arc::new(article.session.annotation().clone()),
        }));
        dataset.unsaved += 1;
        if let Some(row) = dataset.rows.get_mut(&article.key) {
            row.unsure = article.unsure() as u64;
            dataset.count_again |= row.status != status;
            row.status = status;
        }
    }
}

/// The end of the marks that follow a word: "spoke.", "Kent,". Where none are wanted, the end of the word.
fn after_marks(text: &Text, word: BytePos, wanted: bool) -> BytePos {
    if !wanted {
        return word;
    }
    let rest = text.as_str().get(word.index()..).unwrap_or_default();
    let marks = rest.find(|c: char| c.is_alphanumeric() || c.is_whitespace());
    BytePos::from_index(word.index() + marks.unwrap_or(rest.len()))
}

/// The start of the marks that stand before a word, as an opening quote.
fn before_marks(text: &Text, word: BytePos, wanted: bool) -> BytePos {
    let before = text.as_str().get(..word.index()).unwrap_or_default();
    let words = before.trim_end_matches(|c: char| !c.is_alphanumeric() && !c.is_whitespace());
    if wanted {
        BytePos::from_index(words.len())
    } else {
        word
    }
}
