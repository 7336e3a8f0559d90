//! Moving: between articles, blocks, words and unsure suggestions.

use std::collections::BTreeSet;

use crate::app::command::Command;
use crate::app::state::folds::Folds;
use crate::app::state::notices::Severity;
use crate::app::state::{Addressed, Effect, Focus, SpanRef, State, Tab};
use crate::dataset::session::{ListRequest, LookupRequest, WriterRequest};
use crate::edit::names::{self, Hop};
use crate::edit::{Edge, Selection, segment};
use crate::model::{BytePos, Entity, Span, Status};
use crate::quality::word_facts::LexiconFacts;
use crate::store::{ArticleKey, Order};

impl State {
    pub(super) fn open_article(&mut self, key: ArticleKey) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        dataset.loading = Some(key);
        dataset.types_elsewhere = false;
        dataset.session.send(if self.tab == Tab::Review {
            WriterRequest::LoadAdjudication(key)
        } else {
            WriterRequest::Load(key)
        });
        dataset.listing.hits = None;
        if dataset.filter.is_search() {
            let words = dataset.filter.words.clone();
            dataset.session.send(LookupRequest::Hits(key, words));
        }
    }

    pub(super) fn step_article(&mut self, by: isize) {
        self.step_article_over(by, &BTreeSet::new());
    }

    /// Goes on from an article that was finished or skipped: to the next one of the list that is
    /// still the annotator's.
    pub(super) fn go_on(&mut self) {
        let given_back = self.team().map(|team| team.status.given_back().collect());
        self.step_article_over(1, &given_back.unwrap_or_default());
    }

    fn step_article_over(&mut self, by: isize, passed_over: &BTreeSet<ArticleKey>) {
        if self.tab == Tab::Review {
            self.step_review(by);
            return;
        }
        let Some(dataset) = &self.dataset else { return };
        let here = dataset
            .loading
            .or(self.article.as_ref().map(|article| article.key));
        let next = match here {
            None => dataset.keys.first().copied(),
            Some(key) => {
                // The article that is open may have left the list by its new status: go on from
                // where it was.
                let (at, here) = match dataset.place_of(key) {
                    Some(at) => (at, true),
                    None if dataset.order == Order::default() => {
                        (dataset.keys.partition_point(|other| *other < key), false)
                    }
                    None => (dataset.listing.place.min(dataset.keys.len()), false),
                };
                if by < 0 {
                    let to = at.checked_sub(1);
                    to.and_then(|to| dataset.keys.get(to)).copied()
                } else {
                    let mut later = dataset.keys.iter().skip(at + usize::from(here));
                    later.find(|key| !passed_over.contains(key)).copied()
                }
            }
        };
        match next {
            Some(key) => self.open_article(key),
            None if by > 0 => self.ask_for_unfinished(false),
            None => self.notices.notify(Severity::Hint, "Start of list."),
        }
    }

    /// Asks which article of the list is the next one to do, after the open one or else from the
    /// first on. `go`: and opens it.
    pub(super) fn ask_for_unfinished(&mut self, go: bool) {
        let here = self.article.as_ref().map(|article| article.key);
        let Some(dataset) = &self.dataset else { return };
        let place = here.and_then(|key| dataset.place_of(key));
        // The open article has the status that it has here, though that may not be on disk.
        let status = self
            .article
            .as_ref()
            .map(|article| article.session.annotation().status());
        let is_finished = status.is_some_and(Status::is_finished);
        let mut passed_over: Vec<ArticleKey> = here.filter(|_| is_finished).into_iter().collect();
        if let Some(team) = &dataset.team {
            passed_over.extend(team.status.given_back());
        }
        dataset.session.send(ListRequest::NextUnfinished {
            list: dataset.keys.clone(),
            after: place.map_or(dataset.listing.place, |place| place + 1),
            passed_over,
            go,
        });
    }

    /// The answer: the next article to do, and how many there are.
    pub(super) fn take_unfinished(&mut self, next: Option<ArticleKey>, count: usize, go: bool) {
        match next {
            Some(next) if go => self.open_article(next),
            Some(_) => {
                let enter = self.shown_key(Command::ConfirmAndNext);
                let words = format!("End of list. {count} still to do: go to the next ({enter})");
                self.notices.notify_of_article(Severity::Hint, words);
                self.offers_unfinished = true;
            }
            None if self.await_next_of_team() => {}
            None => self
                .notices
                .notify_of_article(Severity::Hint, "End of list. Nothing left to do."),
        }
    }

    /// Folds long runs of what surrounds the story anew, if that is wanted, or shows them all.
    pub(super) fn fold(&mut self) {
        let wanted = self.settings.fold;
        if let Some(article) = &mut self.article {
            let (session, version) = (&article.session, article.version);
            article.folds = if wanted {
                Folds::of(session.article(), session.annotation(), version)
            } else {
                Folds::default()
            };
        }
    }

    /// Shows all that is folded, or folds it again.
    pub(super) fn toggle_folds(&mut self) {
        let Some(article) = &mut self.article else {
            return;
        };
        if article.folds.count() > 0 {
            article.folds = Folds::default();
            return;
        }
        let (session, version) = (&article.session, article.version);
        article.folds = Folds::of(session.article(), session.annotation(), version);
        let head = article.selection.head;
        self.effects.push(Effect::Reveal(head));
        self.refresh_folds();
        if self
            .article
            .as_ref()
            .is_some_and(|article| article.folds.count() == 0)
        {
            self.notices
                .notify_of_article(Severity::Hint, "Nothing to fold here.");
        }
    }

    pub(super) fn select(&mut self, selection: Selection) {
        let Some(article) = &mut self.article else {
            return;
        };
        article.selection = selection;
        article.focus = Focus::default();
        if let Some(block) = article.article().block_at(selection.head) {
            article.block = block;
            article.block_anchor = block;
        }
        self.follow_caret();
    }

    pub(super) fn select_block(&mut self, index: usize, extend: bool) {
        let Some(article) = &mut self.article else {
            return;
        };
        let Some(block) = article.article().blocks.get(index) else {
            return;
        };
        let start = block.span.start();
        article.block = index;
        if !extend {
            article.block_anchor = index;
        }
        article.selection = Selection::caret(start);
        article.focus = Focus::blocks();
        self.follow_caret();
        self.effects.push(Effect::Reveal(start));
    }

    /// Selects text exactly as it was drawn, by character.
    pub(super) fn select_exactly(&mut self, selection: Selection) {
        self.select(selection);
        if let Some(article) = &mut self.article {
            article.focus.exact = true;
        }
    }

    pub(super) fn step_block(&mut self, by: isize, extend: bool) {
        let Some(article) = &self.article else { return };
        let last = article.article().blocks.len().saturating_sub(1);
        let blocks = article.blocks();
        // Without Shift, a selection of blocks collapses to its far end and goes on from there.
        let from = if extend || blocks.len() <= 1 {
            article.block
        } else if by > 0 {
            blocks.end.saturating_sub(1)
        } else {
            blocks.start
        };
        let to = from.saturating_add_signed(by).min(last);
        self.select_block(to, extend);
    }

    pub(super) fn step_caret(&mut self, command: Command) {
        use Command as C;
        let Some(article) = &self.article else { return };
        let text = article.article().text.clone();
        let Some(block) = article
            .article()
            .blocks
            .get(article.block)
            .map(|block| block.span)
        else {
            return;
        };
        let Selection { anchor, head } = article.selection;
        let was_exact = article.focus.exact;
        let at = |pos: usize| BytePos::from_index(pos).clamp(block.start(), block.end());
        let string = text.as_str();
        let to = match command {
            C::NextWord => segment::next_word_start(&text, article.selection.end(), block.end()),
            C::PreviousWord => {
                segment::prev_word_start(&text, article.selection.start(), block.start())
            }
            C::ExtendByWord => segment::next_word_end(&text, head, text.end()),
            C::ExtendBackByWord => segment::prev_word_start(&text, head, BytePos(0)),
            // Sentences lead out of the block: that is how one reads.
            C::NextSentence => {
                segment::next_sentence_start(&text, article.selection.end(), text.end())
            }
            C::PreviousSentence => {
                segment::prev_sentence_start(&text, article.selection.start(), BytePos(0))
            }
            C::ExtendBySentence => segment::next_sentence_end(&text, head, text.end()),
            C::ExtendBackBySentence => segment::prev_sentence_start(&text, head, BytePos(0)),
            C::NextCharacter => at(segment::next_grapheme(string, head.index())),
            C::PreviousCharacter => at(segment::prev_grapheme(string, head.index())),
            C::ExtendByCharacter => {
                BytePos::from_index(segment::next_grapheme(string, head.index()))
            }
            C::ExtendBackByCharacter => {
                BytePos::from_index(segment::prev_grapheme(string, head.index()))
            }
            _ => return,
        };
        let extend = matches!(
            command,
            C::ExtendByWord
                | C::ExtendBackByWord
                | C::ExtendBySentence
                | C::ExtendBackBySentence
                | C::ExtendByCharacter
                | C::ExtendBackByCharacter
        );
        let by_character = matches!(
            command,
            C::NextCharacter
                | C::PreviousCharacter
                | C::ExtendByCharacter
                | C::ExtendBackByCharacter
        );
        self.select(if extend {
            Selection::new(anchor, to)
        } else {
            Selection::caret(to)
        });
        if let Some(article) = &mut self.article {
            article.focus.exact = by_character || (extend && was_exact);
        }
        self.effects.push(Effect::Reveal(to));
    }

    pub(super) fn caret_to_block_edge(&mut self, edge: Edge, extend: bool) {
        let Some(article) = &self.article else { return };
        let blocks = &article.article().blocks;
        let Some(span) = blocks.get(article.block).map(|block| block.span) else {
            return;
        };
        let anchor = article.selection.anchor;
        let to = match edge {
            Edge::Start => span.start(),
            Edge::End => span.end(),
        };
        let block = article.block;
        self.select(if extend {
            Selection::new(anchor, to)
        } else {
            Selection::caret(to)
        });
        if let Some(article) = &mut self.article {
            // The end of a block may be the start of the next: the keys still mean this one.
            (article.block, article.block_anchor) = (block, block);
        }
        self.effects.push(Effect::Reveal(to));
    }

    /// The block with which the next region begins, or the one before it that does.
    pub(super) fn step_region(&mut self, forward: bool) {
        let Some(article) = &self.article else { return };
        let blocks = &article.article().blocks;
        let Some(here) = blocks.get(article.block).map(|block| block.span) else {
            return;
        };
        let regions = article.session.annotation().regions();
        let start_of = |at: usize| regions.get(at).map(|region| region.span.start());
        let to = if forward {
            start_of(regions.partition_point(|region| region.span.start() < here.end()))
        } else {
            regions
                .partition_point(|region| region.span.start() < here.start())
                .checked_sub(1)
                .and_then(start_of)
        };
        match to.and_then(|to| article.article().block_at(to)) {
            Some(block) => {
                self.select_block(block, false);
                self.jump_instead();
            }
            None if forward => self.select_block_after(usize::MAX),
            None => self.select_block(0, false),
        }
    }

    /// What was to come into view goes to the upper third, so that one sees what follows it.
    pub(super) fn jump_instead(&mut self) {
        if let Some(Effect::Reveal(to)) = self.effects.last() {
            let to = *to;
            self.effects.pop();
            self.effects.push(Effect::Jump(to));
        }
    }

    /// Selects the next thing that looks like a name and is not tagged, where entities are tagged
    /// at all.
    pub(super) fn step_name(&mut self, forward: bool) {
        let (Some(dataset), Some(article)) = (&self.dataset, &self.article) else {
            return;
        };
        let text = &article.article().text;
        let annotation = article.session.annotation();
        let skip = |name: Span| {
            let tagged_here = annotation.region_at(name.start()).is_none_or(|region| {
                dataset
                    .schema
                    .region(region.label.as_str())
                    .is_none_or(|label| label.tag_entities)
            });
            !tagged_here || annotation.entities_in(name).next().is_some()
        };
        let facts = LexiconFacts::shipped();
        let found = if forward {
            names::next_name(text, article.selection.end(), &facts, skip)
        } else {
            names::previous_name(text, article.selection.start(), &facts, skip)
        };
        match found {
            Hop::Name(name) => {
                self.select(Selection::of(name));
                self.effects.push(Effect::Jump(name.start()));
            }
            Hop::TooFar(far) => {
                self.select(Selection::caret(far));
                self.effects.push(Effect::Jump(far));
                let words = "No untagged names found so far. Press again to keep searching.";
                self.notices.notify_of_article(Severity::Hint, words);
            }
            Hop::Nothing if forward => self
                .notices
                .notify_of_article(Severity::Hint, "No more untagged names."),
            Hop::Nothing => self
                .notices
                .notify_of_article(Severity::Hint, "No untagged names above."),
        }
    }

    /// The next or previous entity, whoever tagged it.
    pub(super) fn step_entity(&mut self, forward: bool) {
        let Some(article) = &self.article else { return };
        let entities = article.session.annotation().entities();
        let current = match article.addressed() {
            Some(Addressed::Entity(entity)) => entities.iter().position(|e| *e == entity),
            _ => None,
        };
        let (start, end) = (article.selection.start(), article.selection.end());
        let to = match (current, forward) {
            (Some(at), true) => Some(at + 1),
            (Some(at), false) => at.checked_sub(1),
            (None, true) => Some(entities.partition_point(|e| e.span.start() < end)),
            (None, false) => entities
                .partition_point(|e| e.span.start() < start)
                .checked_sub(1),
        };
        match to.and_then(|to| entities.get(to)).cloned() {
            Some(entity) => self.go_to(&SpanRef::Entity(entity)),
            None if forward => self
                .notices
                .notify_of_article(Severity::Hint, "No later entity."),
            None => self
                .notices
                .notify_of_article(Severity::Hint, "No earlier entity."),
        }
    }

    /// Makes a region or an entity the one that the keys act on, and shows it.
    pub(super) fn go_to(&mut self, span_ref: &SpanRef) {
        let (start, end) = (span_ref.span().start(), span_ref.span().end());
        let is_innermost = |entity: &Entity| {
            let article = self.article.as_ref();
            article.is_some_and(|a| a.session.annotation().entity_at(start) == Some(entity))
        };
        self.select(match span_ref {
            // At the caret the keys act on the innermost entity; one around it has to be selected.
            SpanRef::Entity(entity) if !is_innermost(entity) => Selection::new(start, end),
            _ => Selection::caret(start),
        });
        if let Some(article) = &mut self.article
            && let SpanRef::Region(region) = span_ref
        {
            if let Some(last) = region.span.end().0.checked_sub(1)
                && let Some(block) = article.article().block_at(BytePos(last))
            {
                article.block = block;
            }
            article.focus = Focus::region(region.clone());
        }
        self.effects.push(Effect::Jump(start));
    }
}
