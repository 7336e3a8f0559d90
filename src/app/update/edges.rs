//! The keys that remove things and move edges. They act on what the screen shows a ring around, and
//! on nothing else.

use std::ops::Range;

use crate::app::command::Command;
use crate::app::state::notices::Severity;
use crate::app::state::{Addressed, Effect, Focus, SpanRef, State};
use crate::edit::plan::{Care, Edge, PlanError};
use crate::edit::{Action, Selection, segment};
use crate::model::{BytePos, Entity, Region, Span, Text};

impl State {
    /// Removes the current entity or region, or takes the label off the selected blocks. Where that
    /// rejects an unsure suggestion that the key for the next one has come to, goes on to the next.
    pub(super) fn remove(&mut self) {
        let Some(article) = &self.article else { return };
        let Some(addressed) = article.addressed() else {
            let words = "Nothing is selected to remove. Go to an entity, or select a block with the arrows or in the margin.";
            self.notices.notify_of_article(Severity::Hint, words);
            return;
        };
        let suggested = article.suggestion().is_some();
        let goes_on = article.focus.from_unsure && suggested;
        let span = match &addressed {
            Addressed::Entity(entity) => Some(entity.span),
            Addressed::Region(region) => Some(region.span),
            Addressed::Blocks(_) => article.blocks_span(),
        };
        if span.is_some_and(|span| self.scroll_back_to(span)) {
            return;
        }
        let removed = match &addressed {
            Addressed::Entity(entity) => {
                self.edit(Action::RemoveEntity, |scope, _| scope.remove_entity(entity))
            }
            Addressed::Region(region) => self.edit(Action::RemoveRegion, |scope, _| {
                scope.remove_region(region.span.start())
            }),
            Addressed::Blocks(blocks) => self.edit(Action::RemoveRegion, |scope, _| {
                scope.unlabel_blocks(blocks.clone())
            }),
        };
        if removed && goes_on {
            self.step_unsure(true);
        }
    }

    /// Moves an edge of what the keys act on by one word.
    pub(super) fn nudge_edge(&mut self, command: Command) {
        let Some(article) = &self.article else { return };
        match article.addressed() {
            Some(Addressed::Entity(entity)) => self.nudge_entity(&entity, command),
            Some(Addressed::Region(_) | Addressed::Blocks(_)) => self.nudge_region(command),
            None if article.selected().is_some() => self.nudge_selection(command),
            None => {
                let words = "No edge is selected to move. Go to an entity, or to the block at the edge of a region.";
                self.notices.notify_of_article(Severity::Hint, words);
            }
        }
    }

    fn nudge_entity(&mut self, entity: &Entity, command: Command) {
        if self.scroll_back_to(entity.span) {
            return;
        }
        let Some(article) = &self.article else { return };
        let text = article.article().text.clone();
        let was_selected = article.selected().is_some();
        let edge = edge_of(command);
        let to = by_a_word(&text, entity.span, command, false);
        let care = Care {
            exact: false,
            across: self.is_asked_across(command),
        };
        let mut reached = to;
        let moved = self.try_edit(Action::MoveEntityEdge, |scope, _| {
            let to = if matches!(command, Command::GrowStart | Command::GrowEnd) {
                scope.beyond_whole_entities(entity, edge, to)
            } else {
                to
            };
            reached = scope.entity_edge(entity, edge, to, care)?;
            scope.move_entity_edge(entity, edge, reached)
        });
        if !self.report_unless_done(command, moved) {
            return;
        }
        let (start, end) = match edge {
            Edge::Start => (reached, entity.span.end()),
            Edge::End => (entity.span.start(), reached),
        };
        // The keys shall act on the same entity again.
        match text.span(start, end) {
            Ok(span) if was_selected => self.select(Selection::of(span)),
            _ => self.select(Selection::caret(start)),
        }
        self.effects.push(Effect::Reveal(reached));
    }

    fn nudge_region(&mut self, command: Command) {
        let Some(article) = &self.article else { return };
        let edge = edge_of(command);
        let Some(region) = article.region_with_edge(edge).cloned() else {
            let words = match edge {
                Edge::Start => "No region begins in the selected block.",
                Edge::End => "No region ends in the selected block.",
            };
            self.notices.notify_of_article(Severity::Hint, words);
            return;
        };
        let text = article.article().text.clone();
        let at = match edge {
            Edge::Start => region.span.start(),
            Edge::End => before(&text, region.span.end()),
        };
        let after = BytePos::from_index(segment::next_grapheme(text.as_str(), at.index()));
        if text
            .span(at, after)
            .is_ok_and(|place| self.scroll_back_to(place))
        {
            return;
        }
        let to = by_a_word(&text, region.span, command, true);
        let moved = self.edit(Action::MoveRegionEdge, |scope, _| {
            scope.move_region_edge(&region, edge, to)
        });
        if moved {
            self.choose_moved(&region, edge);
            self.effects.push(Effect::Reveal(to));
        }
    }

    /// Makes a region whose edge was moved the one that the keys act on. Its other edge is where it
    /// was.
    pub(super) fn choose_moved(&mut self, was: &Region, edge: Edge) {
        let Some(article) = &self.article else { return };
        let regions = article.session.annotation().regions();
        let is_it = |region: &&Region| {
            region.label == was.label
                && match edge {
                    Edge::Start => region.span.end() == was.span.end(),
                    Edge::End => region.span.start() == was.span.start(),
                }
        };
        if let Some(region) = regions.iter().find(is_it).cloned() {
            let head = article.selection.head;
            if !region.span.contains_pos(head) {
                self.select(Selection::caret(region.span.start()));
            }
            if let Some(article) = &mut self.article {
                article.focus = Focus::region(region);
            }
        }
    }

    /// Makes a region whose edge was clicked the one that the keys act on. The text does not move.
    pub(super) fn choose_region(&mut self, region: Region) {
        let Some(article) = &mut self.article else {
            return;
        };
        if !region.span.contains_pos(article.selection.head) {
            let start = region.span.start();
            self.select(Selection::caret(start));
        }
        if let Some(article) = &mut self.article {
            article.selection = Selection::caret(article.selection.head);
            article.focus = Focus::region(region);
        }
    }

    /// Moves an edge of the selected text by one word; nothing is labelled by that.
    fn nudge_selection(&mut self, command: Command) {
        let Some(article) = &self.article else { return };
        let text = article.article().text.clone();
        let Some(span) = article.selected() else {
            return;
        };
        let to = by_a_word(&text, span, command, false);
        let (start, end) = match edge_of(command) {
            Edge::Start => (to, span.end()),
            Edge::End => (span.start(), to),
        };
        if let Ok(span) = text.span(start, end) {
            self.select(Selection::of(span));
            self.effects.push(Effect::Reveal(to));
        }
    }

    /// An edge of an entity was dragged; `exactly`, if it was to lie between any two characters.
    pub(super) fn drag_entity_edge(
        &mut self,
        entity: &Entity,
        edge: Edge,
        to: BytePos,
        exactly: bool,
    ) {
        let care = Care {
            exact: exactly,
            across: exactly,
        };
        let mut start = entity.span.start();
        let moved = self.edit(Action::MoveEntityEdge, |scope, _| {
            let to = scope.entity_edge(entity, edge, to, care)?;
            if edge == Edge::Start {
                start = to;
            }
            scope.move_entity_edge(entity, edge, to)
        });
        if moved {
            self.select(Selection::caret(start));
        }
    }

    /// Whether the person has just been told that this key would take an entity over the edge of a
    /// region: pressed again, it does.
    pub(super) fn is_asked_across(&self, command: Command) -> bool {
        let article = self.article.as_ref();
        article.is_some_and(|article| {
            self.asked_across == Some((command, article.key, article.version, article.selection))
        })
    }

    /// Tells why an edit was not made; true if it was. Where only the edge of a region was in its
    /// way, the key again makes it.
    pub(super) fn report_unless_done(
        &mut self,
        command: Command,
        done: Result<bool, PlanError>,
    ) -> bool {
        match done {
            Ok(changed) => changed,
            Err(why @ PlanError::AcrossRegions) => {
                let article = self.article.as_ref();
                self.asked_across = article
                    .map(|article| (command, article.key, article.version, article.selection));
                let key = self.shown_key(command);
                let words = format!("{why} {key} again tags it all the same.");
                self.notices.notify_of_article(Severity::Hint, words);
                false
            }
            Err(why) => {
                self.notices
                    .notify_of_article(Severity::Hint, why.to_string());
                false
            }
        }
    }

    /// Nothing is changed that has been scrolled out of sight: it is shown first. Gives whether it
    /// had to be.
    fn scroll_back_to(&mut self, span: Span) -> bool {
        let is_in_view = self
            .view_now()
            .is_none_or(|view| span.start() < view.end && view.start < span.end());
        if !is_in_view {
            self.in_view = None;
            self.effects.push(Effect::Jump(span.start()));
            let words = "This was out of sight. Press the key again to change it.";
            self.notices.notify_of_article(Severity::Hint, words);
        }
        !is_in_view
    }

    /// The bytes that are on the screen, unless it is about to show others.
    pub(super) fn view_now(&self) -> Option<&Range<BytePos>> {
        let moves = |effect: &Effect| {
            matches!(
                effect,
                Effect::Reveal(_) | Effect::Jump(_) | Effect::SetTop(_) | Effect::NewArticle
            )
        };
        self.in_view
            .as_ref()
            .filter(|_| !self.effects.iter().any(moves))
    }

    /// The unsure suggestion after this one, or before it.
    pub(super) fn step_unsure(&mut self, forward: bool) {
        if self.step_check(forward, None) {
            return;
        }
        let Some(article) = &self.article else { return };
        let unsure_spans = article.unsure_spans();
        let current = article.suggestion();
        let current = current.and_then(|span_ref| unsure_spans.iter().position(|d| *d == span_ref));
        let here = article.selection.start();
        let next = match (current, forward) {
            (Some(at), true) => unsure_spans.get(at + 1),
            (Some(at), false) => at.checked_sub(1).and_then(|at| unsure_spans.get(at)),
            (None, true) => unsure_spans.iter().find(|d| d.span().start() > here),
            (None, false) => unsure_spans.iter().rev().find(|d| d.span().start() < here),
        };
        let around = if forward {
            unsure_spans.first()
        } else {
            unsure_spans.last()
        };
        match next.or(around).cloned() {
            Some(span_ref) => {
                self.go_to(&span_ref);
                if let Some(article) = &mut self.article {
                    article.focus.from_unsure = true;
                }
            }
            None => {
                let words = self
                    .lacks_suggestions()
                    .unwrap_or_else(|| "No unsure suggestions.".to_owned());
                self.notices.notify_of_article(Severity::Hint, words);
            }
        }
    }

    /// Confirms the current suggestion, and goes on to the next unsure one.
    pub(super) fn confirm_and_next(&mut self) {
        let Some(article) = &self.article else { return };
        let suggestion = article.suggestion();
        if let Some(span) = suggestion.as_ref().map(SpanRef::span)
            && self.scroll_back_to(span)
        {
            return;
        }
        match suggestion {
            Some(SpanRef::Entity(entity)) => {
                self.edit(Action::Confirm, |scope, _| scope.confirm_entity(&entity));
            }
            Some(SpanRef::Region(region)) => {
                self.edit(Action::Confirm, |scope, _| scope.confirm_region(&region));
            }
            None => {}
        }
        self.step_unsure(true);
    }
}

fn edge_of(command: Command) -> Edge {
    match command {
        Command::GrowStart | Command::ShrinkStart => Edge::Start,
        _ => Edge::End,
    }
}

/// Where an edge of a span goes by one word. With `marks`, it takes the marks around the words
/// along: a region holds whole sentences, an entity is its words.
fn by_a_word(text: &Text, span: Span, command: Command, marks: bool) -> BytePos {
    let (start, end) = (span.start(), span.end());
    match command {
        Command::GrowStart => {
            let to = segment::prev_word_start(text, start, BytePos(0));
            before_marks(text, to, marks)
        }
        Command::ShrinkStart => {
            let to = segment::next_word_start(text, start, end);
            before_marks(text, to, marks).max(start)
        }
        Command::GrowEnd => {
            let to = segment::next_word_end(text, end, text.end());
            after_marks(text, to, marks)
        }
        _ => {
            let mut word = segment::prev_word_end(text, end, start);
            let mut to = after_marks(text, word, marks);
            if to >= end && word > start {
                word = segment::prev_word_end(text, word, start);
                to = after_marks(text, word, marks);
            }
            to
        }
    }
}

/// Where the character before `pos` begins.
fn before(text: &Text, pos: BytePos) -> BytePos {
    BytePos::from_index(segment::prev_grapheme(text.as_str(), pos.index()))
}

/// The end of the marks that follow a word: "spoke.", "Kent,". Where none are wanted, the end of
/// the word.
fn after_marks(text: &Text, word: BytePos, wanted: bool) -> BytePos {
    if !wanted {
        return word;
    }
    let rest = text.as_str().get(word.index()..).unwrap_or_default();
    let marks = rest.find(|c: char| c.is_alphanumeric() || c.is_whitespace());
    BytePos::from_index(word.index() + marks.unwrap_or(rest.len()))
}

/// The start of the marks that are before a word, as an opening quote.
fn before_marks(text: &Text, word: BytePos, wanted: bool) -> BytePos {
    let before = text.as_str().get(..word.index()).unwrap_or_default();
    let words = before.trim_end_matches(|c: char| !c.is_alphanumeric() && !c.is_whitespace());
    if wanted {
        BytePos::from_index(words.len())
    } else {
        word
    }
}
