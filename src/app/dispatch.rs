//! The one place that changes the state. Views send [`Message`]s; what a command means is said here.

use std::sync::Arc;

use super::command::Command;
use super::jobs;
use super::notices::Gravity;
use super::state::{Dialog, Doubt, Effect, Find, OpenArticle, State};
use crate::dataset::desk::{EXPORTED_SEQ, Loaded, Reply, Request, Save};
use crate::edit::plan::{Edge, PlanError, Scope};
use crate::edit::{Action, Edit, Entry, Selection, Transaction, segment};
use crate::model::{AnnotationError, BytePos, Entity, Label, Region, Status, Text};
use crate::store::{ArticleKey, Filter, Revision};

/// A pause longer than this does not count as work, in milliseconds.
const PAUSE_MS: i64 = 30_000;

/// What a view, a key or a background thread asks for.
#[derive(Debug)]
pub enum Message {
    /// A command, by key, menu or palette.
    Run(Command),
    /// Open this article.
    OpenArticle(ArticleKey),
    /// The list shall show these.
    SetFilter(Filter),
    /// These rows of the list come into view.
    WantRows(Vec<ArticleKey>),
    /// The selection in the text changes, by mouse.
    Select(Selection),
    /// A block was clicked; with `extend`, the selection of blocks reaches to it.
    SelectBlock {
        /// Which block.
        index: usize,
        /// Whether to reach from the first one.
        extend: bool,
    },
    /// An edge of a region was dragged.
    MoveRegionEdge(Region, Edge, BytePos),
    /// An edge of an entity was dragged.
    MoveEntityEdge(Entity, Edge, BytePos),
    /// Go to this region or entity, from the inspector.
    GoTo(Doubt),
    /// The remark on the article.
    SetRemark(String),
    /// Flag the article with this remark, next article.
    FlagWith(String),
    /// Search in the article for these words.
    Find(String),
    /// The next or previous hit.
    NextHit(bool),
    /// Stop searching in the article.
    EndFind,
    /// Another dialog, or none.
    Dialog(Option<Dialog>),
    /// The settings change.
    Settings(Box<crate::dataset::Settings>),
    /// Open or import these files and folders.
    OpenPaths(Vec<std::path::PathBuf>),
    /// These were dropped on the window: add them to the open dataset, or open them.
    Drop(Vec<std::path::PathBuf>),
    /// Stop a background job.
    Cancel(usize),
}

impl State {
    /// Does what is asked.
    pub fn dispatch(&mut self, message: Message) {
        self.note_activity();
        match message {
            Message::Run(command) => self.run(command),
            Message::OpenArticle(key) => self.open_article(key),
            Message::SetFilter(filter) => self.set_filter(filter),
            Message::WantRows(keys) => self.want_rows(keys),
            Message::Select(selection) => self.select(selection),
            Message::SelectBlock { index, extend } => self.select_block(index, extend),
            Message::MoveRegionEdge(region, edge, to) => {
                self.edit(Action::MoveRegionEdge, |scope, _| {
                    scope.move_region_edge(&region, edge, to)
                });
            }
            Message::MoveEntityEdge(entity, edge, to) => {
                self.edit(Action::MoveEntityEdge, |scope, _| {
                    scope.move_entity_edge(&entity, edge, to)
                });
            }
            Message::GoTo(doubt) => self.go_to(&doubt),
            Message::SetRemark(words) => {
                self.edit_quietly(Action::Remark, |scope, _| scope.set_article_remark(&words));
            }
            Message::FlagWith(remark) => {
                self.dialog = None;
                if self.edit(Action::SetStatus, |scope, _| scope.flag(&remark)) {
                    self.step_article(1);
                }
            }
            Message::Find(words) => self.find(words),
            Message::NextHit(forward) => self.next_hit(forward),
            Message::EndFind => {
                if let Some(article) = &mut self.article {
                    article.find = None;
                }
                self.effects.push(Effect::FocusArticle);
            }
            Message::Dialog(dialog) => {
                if dialog.is_none() {
                    self.effects.push(Effect::FocusArticle);
                }
                self.dialog = dialog;
            }
            Message::Settings(settings) => self.set_settings(*settings),
            Message::OpenPaths(paths) => jobs::open_paths(self, paths),
            Message::Drop(paths) => jobs::import_paths(self, paths),
            Message::Cancel(at) => {
                if let Some(job) = self.jobs.get(at) {
                    job.cancel();
                }
            }
        }
    }

    fn note_activity(&mut self) {
        let now = (self.now_ms)();
        if let Some(article) = &mut self.article {
            let passed = now - article.last_active_ms;
            if (0..PAUSE_MS).contains(&passed) {
                article.active_ms += passed;
            }
            article.last_active_ms = now;
        }
    }

    fn run(&mut self, command: Command) {
        use Command as C;
        if !command.is_possible(self) {
            return;
        }
        match command {
            C::NextBlock => self.step_block(1, false),
            C::PreviousBlock => self.step_block(-1, false),
            C::ExtendToNextBlock => self.step_block(1, true),
            C::ExtendToPreviousBlock => self.step_block(-1, true),
            C::LabelRegion(at) => self.label_region(at),
            C::LabelToEnd(at) => self.label_to_end(at),
            C::SplitRegion => {
                self.edit(Action::SplitRegion, |scope, article| {
                    scope.split_region(article.selection.head)
                });
            }
            C::MergeRegion => {
                self.edit(Action::MergeRegions, |scope, article| {
                    let region = article.region().ok_or(PlanError::NoRegion)?;
                    scope.merge_with_previous(region.span.start())
                });
            }
            C::NextWord | C::ExtendByWord | C::NextCharacter | C::ExtendByCharacter => {
                self.step_caret(command);
            }
            C::PreviousWord
            | C::ExtendBackByWord
            | C::PreviousCharacter
            | C::ExtendBackByCharacter => {
                self.step_caret(command);
            }
            C::Tag(at) => self.tag(at),
            C::TagEverywhere => self.tag_everywhere(),
            C::Remove => self.remove(),
            C::NextUnsure => self.step_doubt(true),
            C::PreviousUnsure => self.step_doubt(false),
            C::ConfirmAndNext => self.confirm_and_next(),
            C::Done => {
                // An article that is done already stays so; the way goes on all the same.
                self.edit_quietly(Action::SetStatus, |scope, _| scope.done());
                self.step_article(1);
            }
            C::Skip => {
                self.edit_quietly(Action::SetStatus, |scope, _| {
                    scope.set_status(Status::Skipped)
                });
                self.step_article(1);
            }
            C::Flag => {
                self.dialog = Some(Dialog::Flag {
                    remark: String::new(),
                });
            }
            C::NextArticle => self.step_article(1),
            C::PreviousArticle => self.step_article(-1),
            C::Undo => self.undo(),
            C::Redo => self.redo(),
            C::FindInArticle => {
                if let Some(article) = &mut self.article {
                    article.find.get_or_insert_default();
                }
                self.effects.push(Effect::FocusArticleSearch);
            }
            C::FindInDataset => {
                self.settings.list = true;
                self.effects.push(Effect::FocusDatasetSearch);
            }
            C::OpenFiles => self.effects.push(Effect::AskForFiles),
            C::OpenFolder => self.effects.push(Effect::AskForFolder),
            C::Export => {
                if let Some(dataset) = &self.dataset {
                    dataset.desk.send(Request::Export);
                }
            }
            C::Palette => {
                self.dialog = Some(Dialog::Palette {
                    query: String::new(),
                    chosen: 0,
                });
            }
            C::Help => self.dialog = Some(Dialog::Help),
            C::Settings => self.dialog = Some(Dialog::Settings),
            C::ToggleTheme => self.change_settings(|settings, dark| {
                settings.theme = if dark {
                    crate::dataset::Theme::Light
                } else {
                    crate::dataset::Theme::Dark
                };
            }),
            C::ToggleList => self.change_settings(|settings, _| settings.list = !settings.list),
            C::ToggleInspector => {
                self.change_settings(|settings, _| settings.inspector = !settings.inspector);
            }
            C::ZoomIn => {
                self.change_settings(|settings, _| settings.zoom = (settings.zoom * 1.1).min(3.0));
            }
            C::ZoomOut => {
                self.change_settings(|settings, _| settings.zoom = (settings.zoom / 1.1).max(0.5));
            }
            C::ZoomReset => self.change_settings(|settings, _| settings.zoom = 1.0),
            C::Escape => self.escape(),
        }
    }

    fn escape(&mut self) {
        if self.dialog.is_some() {
            self.dialog = None;
        } else if let Some(article) = &mut self.article {
            if article.find.is_some() {
                article.find = None;
            } else {
                article.selection = Selection::caret(article.selection.start());
                article.block_anchor = article.block;
            }
        }
        self.effects.push(Effect::FocusArticle);
    }

    fn change_settings(&mut self, change: impl FnOnce(&mut crate::dataset::Settings, bool)) {
        let mut settings = self.settings.clone();
        change(&mut settings, self.dark);
        self.set_settings(settings);
    }

    fn set_settings(&mut self, settings: crate::dataset::Settings) {
        if settings == self.settings {
            return;
        }
        let renamed = settings.annotator != self.settings.annotator;
        self.settings = settings;
        self.save_settings();
        if renamed && let Some(dataset) = &self.dataset {
            let path = dataset.path.clone();
            jobs::open_paths(self, vec![path]);
        }
    }

    /// Keeps the settings for the next start, if they have a place.
    pub(super) fn save_settings(&mut self) {
        if let Some(file) = &self.settings_file
            && let Err(error) = self.settings.save(file)
        {
            self.notices.say(Gravity::Failure, format!("{error:#}"));
        }
    }

    // ---- the article list -------------------------------------------------------------------

    fn set_filter(&mut self, filter: Filter) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        if dataset.filter != filter || !dataset.listed {
            dataset.filter = filter.clone();
            dataset.ticket += 1;
            dataset.desk.send(Request::List(dataset.ticket, filter));
        }
    }

    fn want_rows(&mut self, keys: Vec<ArticleKey>) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        let missing: Vec<ArticleKey> = keys
            .into_iter()
            .filter(|key| !dataset.rows.contains_key(key) && dataset.asked.insert(*key))
            .collect();
        if !missing.is_empty() {
            dataset.desk.send(Request::Rows(missing));
        }
    }

    fn open_article(&mut self, key: ArticleKey) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        dataset.loading = Some(key);
        dataset.desk.send(Request::Load(key));
    }

    fn step_article(&mut self, by: isize) {
        let Some(dataset) = &self.dataset else { return };
        let here = dataset
            .loading
            .or(self.article.as_ref().map(|article| article.key));
        let next = match here {
            None => dataset.keys.first().copied(),
            Some(key) => {
                // The article that is open may have left the list by its new status: go on from where it stood.
                let at = dataset.keys.partition_point(|other| *other < key);
                let here = dataset.keys.get(at) == Some(&key);
                let to = if by < 0 {
                    at.checked_sub(1)
                } else {
                    Some(at + usize::from(here))
                };
                to.and_then(|to| dataset.keys.get(to)).copied()
            }
        };
        match next {
            Some(key) => self.open_article(key),
            None if by > 0 => self
                .notices
                .say(Gravity::Hint, "This is the last article of the list"),
            None => self
                .notices
                .say(Gravity::Hint, "This is the first article of the list"),
        }
    }

    // ---- moving in the article ----------------------------------------------------------------

    fn select(&mut self, selection: Selection) {
        let Some(article) = &mut self.article else {
            return;
        };
        article.selection = selection;
        if let Some(block) = article.article().block_at(selection.head) {
            article.block = block;
            article.block_anchor = block;
        }
    }

    fn select_block(&mut self, index: usize, extend: bool) {
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
        self.effects.push(Effect::Reveal(start));
    }

    fn step_block(&mut self, by: isize, extend: bool) {
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

    fn step_caret(&mut self, command: Command) {
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
        let at = |pos: usize| BytePos::from_index(pos).clamp(block.start(), block.end());
        let string = text.as_str();
        let to = match command {
            C::NextWord => segment::next_word_start(&text, article.selection.end(), block.end()),
            C::PreviousWord => {
                segment::prev_word_start(&text, article.selection.start(), block.start())
            }
            C::ExtendByWord => segment::next_word_end(&text, head, text.end()),
            C::ExtendBackByWord => segment::prev_word_start(&text, head, BytePos(0)),
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
            C::ExtendByWord | C::ExtendBackByWord | C::ExtendByCharacter | C::ExtendBackByCharacter
        );
        self.select(if extend {
            Selection::new(anchor, to)
        } else {
            Selection::caret(to)
        });
        self.effects.push(Effect::Reveal(to));
    }

    fn go_to(&mut self, doubt: &Doubt) {
        let start = doubt.span().start();
        self.select(Selection::caret(start));
        if let Some(article) = &mut self.article
            && let Doubt::Region(region) = doubt
            && let Some(last) = region.span.end().0.checked_sub(1)
            && let Some(block) = article.article().block_at(BytePos(last))
        {
            article.block = block;
        }
        self.effects.push(Effect::Reveal(start));
    }

    // ---- regions ------------------------------------------------------------------------------

    fn label_region(&mut self, at: usize) {
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

    fn is_labelled(&self, label: &Label, blocks: std::ops::Range<usize>) -> bool {
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

    fn select_block_after(&mut self, end: usize) {
        let Some(article) = &self.article else { return };
        let last = article.article().blocks.len().saturating_sub(1);
        self.select_block(end.min(last), false);
    }

    fn label_to_end(&mut self, at: usize) {
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

    fn region_label(&self, at: usize) -> Option<Label> {
        self.dataset.as_ref()?.region_label(at).cloned()
    }

    // ---- entities -----------------------------------------------------------------------------

    fn tag(&mut self, at: usize) {
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

    fn tag_everywhere(&mut self) {
        let mut count = 0;
        let done = self.edit(Action::TagEverywhere, |scope, article| {
            let entity = article.entity().ok_or(PlanError::NoEntity)?;
            count = scope.further_occurrences(entity).len();
            scope.tag_everywhere(entity)
        });
        if done {
            let more = if count == 1 {
                "1 further occurrence".to_owned()
            } else {
                format!("{count} further occurrences")
            };
            self.notices.say(Gravity::News, format!("Tagged {more}"));
        }
    }

    fn remove(&mut self) {
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

    // ---- suggestions --------------------------------------------------------------------------

    fn step_doubt(&mut self, forward: bool) {
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
                .say(Gravity::Hint, "Nothing is unsure in this article"),
        }
    }

    fn confirm_and_next(&mut self) {
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

    // ---- changes ------------------------------------------------------------------------------

    /// Plans, applies, and sends to be saved; tells if it cannot be done. True if something changed.
    fn edit(
        &mut self,
        action: Action,
        plan: impl FnOnce(&Scope<'_>, &OpenArticle) -> Result<Transaction, PlanError>,
    ) -> bool {
        match self.try_edit(action, plan) {
            Ok(changed) => changed,
            Err(why) => {
                self.notices.say(Gravity::Hint, why);
                false
            }
        }
    }

    /// As `edit`, but where nothing is to be done, nothing is said.
    fn edit_quietly(
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

    fn try_edit(
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

    fn undo(&mut self) {
        let now = (self.now_ms)();
        let Some(article) = &mut self.article else {
            return;
        };
        match article.session.undo(article.selection, now) {
            Some(Ok(entry)) => self.went_back_to(&entry),
            Some(Err(error)) => self
                .notices
                .say(Gravity::Failure, format!("This cannot be undone: {error}")),
            None => {}
        }
    }

    fn redo(&mut self) {
        let now = (self.now_ms)();
        let Some(article) = &mut self.article else {
            return;
        };
        match article.session.redo(article.selection, now) {
            Some(Ok(entry)) => self.went_back_to(&entry),
            Some(Err(error)) => self.notices.say(
                Gravity::Failure,
                format!("This cannot be done again: {error}"),
            ),
            None => {}
        }
    }

    fn went_back_to(&mut self, entry: &Entry) {
        self.select(entry.after);
        self.effects.push(Effect::Reveal(entry.after.head));
        self.changed();
    }

    /// Something in the annotation changed: tell the views, and send it to be saved.
    fn changed(&mut self) {
        let (Some(dataset), Some(article)) = (&mut self.dataset, &mut self.article) else {
            return;
        };
        article.version += 1;
        article.edits += 1;
        let entries = article.session.history().entries();
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
        if let Some(row) = dataset.rows.get_mut(&article.key)
            && row.status != status
        {
            row.status = status;
            dataset.count_again = true;
        }
    }

    // ---- search in the article ----------------------------------------------------------------

    fn find(&mut self, words: String) {
        let Some(article) = &mut self.article else {
            return;
        };
        let hits = occurrences(&article.article().text, &words);
        let here = article.selection.start();
        let current = hits.iter().position(|hit| hit.start() >= here).unwrap_or(0);
        let reveal = hits.get(current).map(|hit| hit.start());
        article.find = Some(Find {
            words,
            hits,
            current,
        });
        self.effects.extend(reveal.map(Effect::Reveal));
    }

    fn next_hit(&mut self, forward: bool) {
        let Some(article) = &mut self.article else {
            return;
        };
        let Some(find) = &mut article.find else {
            return;
        };
        let count = find.hits.len();
        if count == 0 {
            return;
        }
        find.current = if forward {
            (find.current + 1) % count
        } else {
            (find.current + count - 1) % count
        };
        let Some(hit) = find.hits.get(find.current).copied() else {
            return;
        };
        self.select(Selection::of(hit));
        self.effects.push(Effect::Reveal(hit.start()));
    }

    // ---- what the desk answers ----------------------------------------------------------------

    /// Takes in what the threads say.
    pub fn take_reply(&mut self, reply: Reply) {
        match reply {
            Reply::Loaded(loaded) => self.show_article(*loaded),
            Reply::Saved { key, revision } => {
                if let Some(article) = self.article.as_mut().filter(|article| article.key == key) {
                    article.saved = revision;
                    article.save_waits.clear();
                }
                self.recount();
            }
            Reply::Conflict { key, refused } => self.conflict(key, refused),
            Reply::SaveWaits { why, waiting } => {
                if let Some(article) = &mut self.article {
                    article.save_waits = why.clone();
                }
                let changes = if waiting == 1 {
                    "1 change waits".to_owned()
                } else {
                    format!("{waiting} changes wait")
                };
                self.notices
                    .say(Gravity::Failure, format!("Not saved yet, {changes}: {why}"));
            }
            Reply::List(ticket, keys) => {
                let first = keys.first().copied();
                if let Some(dataset) = &mut self.dataset
                    && dataset.ticket == ticket
                {
                    dataset.keys = keys;
                    dataset.listed = true;
                }
                if self.article.is_none()
                    && self.dataset.as_ref().is_some_and(|d| d.loading.is_none())
                    && let Some(key) = first
                {
                    self.open_article(key);
                }
            }
            Reply::Rows(rows) => {
                if let Some(dataset) = &mut self.dataset {
                    for row in rows {
                        dataset.asked.remove(&row.key);
                        dataset.rows.insert(row.key, row);
                    }
                }
            }
            Reply::Counts(counts) => {
                if let Some(dataset) = &mut self.dataset {
                    dataset.counts = counts;
                }
            }
            Reply::ChangedElsewhere { keys, own } => self.changed_elsewhere(&keys, &own),
            Reply::Exported { message, seq } => {
                if let Some(dataset) = &mut self.dataset {
                    dataset.exported = Some(message);
                    let (name, value) = (EXPORTED_SEQ.to_owned(), seq.0.to_string());
                    dataset.desk.send(Request::SetSetting(name, Some(value)));
                }
            }
            Reply::Failed { what, why } => {
                self.notices.say(Gravity::Failure, format!("{what}: {why}"));
            }
        }
    }

    /// Counts again if a status changed; not after every edit, since counting a million articles takes a while.
    fn recount(&mut self) {
        if let Some(dataset) = &mut self.dataset
            && std::mem::take(&mut dataset.count_again)
        {
            dataset.desk.send(Request::Counts);
        }
    }

    fn show_article(&mut self, loaded: Loaded) {
        let Some(dataset) = &mut self.dataset else {
            return;
        };
        if dataset.loading != Some(loaded.key) {
            return; // the person has gone elsewhere meanwhile
        }
        dataset.loading = None;
        if let Some(left) = &self.article {
            self.places.insert(left.key, left.selection);
        }
        let now = (self.now_ms)();
        let entries = loaded.session.history().entries().len();
        let place = self.places.get(&loaded.key).copied().or_else(|| {
            let last = loaded.session.history().entries().last()?;
            (last.action != Action::Start).then_some(last.after)
        });
        let first = loaded
            .session
            .article()
            .blocks
            .first()
            .map_or(BytePos(0), |block| block.span.start());
        self.article = Some(OpenArticle {
            key: loaded.key,
            // A history that was only just begun goes to the store with the first change.
            sent: if loaded.begun_from.is_some() {
                0
            } else {
                entries
            },
            session: loaded.session,
            revision: loaded.revision,
            saved: loaded.revision,
            save_waits: String::new(),
            version: 0,
            selection: Selection::caret(first),
            block_anchor: 0,
            block: 0,
            find: None,
            edits: 0,
            active_ms: 0,
            last_active_ms: now,
        });
        self.effects.push(Effect::NewArticle);
        if let Some(place) = place {
            self.select(place);
            self.effects.push(Effect::Reveal(place.head));
        }
        self.effects.push(Effect::FocusArticle);
        self.reapply_refused();
    }

    fn changed_elsewhere(&mut self, keys: &[ArticleKey], own: &[ArticleKey]) {
        let mut unknown = false;
        if let Some(dataset) = &mut self.dataset {
            for key in keys {
                unknown |= dataset.keys.binary_search(key).is_err();
                dataset.rows.remove(key);
                dataset.asked.remove(key);
            }
            dataset.desk.send(Request::Counts);
            if unknown {
                dataset.ticket += 1;
                dataset
                    .desk
                    .send(Request::List(dataset.ticket, dataset.filter.clone()));
            }
        }
        let Some(article) = &self.article else { return };
        if own.contains(&article.key) && article.is_saved() {
            let key = article.key;
            self.notices.say(
                Gravity::Hint,
                "This article was changed by another program; here is how it is now",
            );
            self.open_article(key);
        }
    }

    /// Another program was first. Theirs is loaded; ours, which was refused, is put on top of it where it fits.
    fn conflict(&mut self, key: ArticleKey, refused: Vec<Entry>) {
        self.rebase.entry(key).or_default().extend(refused);
        self.notices.say(
            Gravity::Hint,
            "Another program changed this article at the same time; your last changes are put on top of theirs",
        );
        self.open_article(key);
    }

    /// Puts changes that were refused on top of what was loaded.
    fn reapply_refused(&mut self) {
        let Some(article) = &mut self.article else {
            return;
        };
        let Some(refused) = self.rebase.remove(&article.key) else {
            return;
        };
        let mut lost = 0;
        for entry in refused {
            if entry.action == Action::Start {
                continue;
            }
            let now = (self.now_ms)();
            let Some(article) = &mut self.article else {
                return;
            };
            match article.session.apply(
                entry.action,
                entry.transaction,
                entry.before,
                entry.after,
                now,
            ) {
                Ok(_) => self.changed(),
                Err(_does_not_fit) => lost += 1,
            }
        }
        if lost > 0 {
            self.notices.say(
                Gravity::Failure,
                format!("{lost} of your last changes do not fit what the other program did; please look at the article again"),
            );
        }
    }
}

/// Where words stand in a text, whatever their case; at most 10,000 places.
fn occurrences(text: &Text, words: &str) -> Vec<crate::model::Span> {
    let words = words.trim();
    if words.is_empty() {
        return Vec::new();
    }
    let string = text.as_str();
    let span = |start: usize, end: usize| {
        text.span(BytePos::from_index(start), BytePos::from_index(end))
            .ok()
    };
    // Lower-casing keeps offsets for ASCII only; other scripts are searched as they are written.
    if string.is_ascii() && words.is_ascii() {
        let (string, words) = (string.to_ascii_lowercase(), words.to_ascii_lowercase());
        return string
            .match_indices(&words)
            .take(10_000)
            .filter_map(|(at, hit)| span(at, at + hit.len()))
            .collect();
    }
    let lower: Vec<char> = words.chars().flat_map(char::to_lowercase).collect();
    string
        .char_indices()
        .filter_map(|(at, _)| {
            let mut wanted = lower.iter();
            let mut next = wanted.next();
            for (offset, c) in string[at..].char_indices() {
                for c in c.to_lowercase() {
                    if Some(&c) != next {
                        return None;
                    }
                    next = wanted.next();
                }
                if next.is_none() {
                    return span(at, at + offset + c.len_utf8());
                }
            }
            None
        })
        .take(10_000)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_does_not_mind_case_in_any_script() {
        let text = Text::new("Ärger in Zürich, ÄRGER überall, ärger");
        let words: Vec<&str> = occurrences(&text, "ärger")
            .into_iter()
            .map(|s| text.slice(s))
            .collect();
        assert_eq!(words, ["Ärger", "ÄRGER", "ärger"]);
        let text = Text::new("one ONE two");
        assert_eq!(occurrences(&text, "One").len(), 2);
        assert_eq!(occurrences(&text, " ").len(), 0);
    }
}
