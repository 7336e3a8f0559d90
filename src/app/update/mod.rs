//! The one place that changes the state. Views send [`Message`]s, and `run` does what a command
//! means.

mod activity;
mod agreement;
mod check;
mod controller;
mod doubts;
mod edges;
mod editing;
mod explain;
mod export;
mod find;
mod jobs;
mod key_bindings;
mod leaving;
mod listing;
mod merging;
mod navigation;
mod people;
mod places;
mod refresh;
mod remarks;
mod replies;
mod reports;
mod review;
mod review_list;
mod schema;
mod splitting;
mod suggesters;
mod team;
mod team_parting;
mod undo;

pub use self::controller::Controller;
use super::command::Command;
use super::state::notices::Severity;
use super::state::{
    Dialog, Effect, Find, Focus, KeysMessage, Leaving, Message, PathPurpose, State,
    SuggestersMessage, Tab,
};
use super::tasks::background::Kept;
use crate::dataset::session::LearnerRequest;
use crate::dataset::team::sync::SyncRequest;
use crate::edit::plan::{Edge, PlanError};
use crate::edit::{Action, Selection};
use crate::model::Status;

impl State {
    /// Does what is asked.
    pub fn dispatch(&mut self, message: Message) {
        self.record_activity();
        if !matches!(
            message,
            Message::Run(_) | Message::WantRows(_) | Message::DismissNotice(_)
        ) {
            self.last_command = None;
        }
        match message {
            Message::Run(command) => self.run(command),
            Message::OpenArticle(key) => {
                self.show_tab(Tab::Annotate);
                self.open_article(key);
            }
            Message::SetFilter(filter) => self.set_filter(filter),
            Message::ShowOutdated => self.show_outdated(),
            Message::SetOrder(order) => self.set_order(order),
            Message::WantRows(keys) => self.want_rows(keys),
            Message::WantFound(keys) => self.want_found(keys),
            Message::WantFacets => self.want_facets(),
            Message::ListPage(rows) => {
                if let Some(dataset) = &mut self.dataset {
                    dataset.listing.page = rows;
                }
            }
            Message::WalkList(walk) => self.walk_list(walk),
            Message::OpenChosen => self.open_chosen(),
            Message::Forget(path) => self.change_settings(|settings, _| {
                settings.recent.retain(|recent| *recent != path);
            }),
            Message::Select(selection) => self.select(selection),
            Message::Unfold(block) => {
                if let Some(article) = &mut self.article {
                    article.folds.open(&(block..block + 1));
                }
            }
            Message::SelectExactly(selection) => self.select_exactly(selection),
            Message::ChooseRegion(region) => self.choose_region(region),
            Message::SelectBlock { index, extend } => self.select_block(index, extend),
            Message::MoveRegionEdge(region, edge, to) => {
                let moved = self.edit(Action::MoveRegionEdge, |scope, _| {
                    scope.move_region_edge(&region, edge, to)
                });
                if moved {
                    self.choose_moved(&region, edge);
                }
            }
            Message::MoveEntityEdge(entity, edge, to, exactly) => {
                self.drag_entity_edge(&entity, edge, to, exactly);
            }
            Message::GoTo(span_ref) => {
                self.go_to(&span_ref);
                self.effects.push(Effect::FocusArticle);
            }
            Message::PutRemark(draft) => self.put_remark(&draft),
            Message::EditRemark(at) => self.edit_remark(at),
            Message::RemoveRemark(at) => self.remove_remark(at),
            Message::AnswerRemark(at) => self.answer_remark(at),
            Message::ResolveRemark(at) => self.resolve_remark(at),
            Message::ChooseRemark(at) => self.choose_remark(at),
            Message::WantHistory => self.want_history(),
            Message::CountSchemaChange(change) => self.count_schema_change(change),
            Message::ChangeSchema(change) => self.change_schema(change),
            Message::FlagWith(remark) => {
                self.dialog = None;
                let written = Some(self.signature());
                if self.edit(Action::SetStatus, |scope, _| scope.flag(&remark, written)) {
                    self.go_on();
                }
            }
            Message::Reveal(selection) => {
                self.select(selection);
                self.effects.push(Effect::Jump(selection.start()));
            }
            Message::GoToFinding(lint) => {
                self.step_check(true, Some(lint));
            }
            Message::CloseCheck => {
                self.check.close();
                self.effects.push(Effect::FocusArticle);
            }
            Message::Find(words) => self.find(words),
            Message::NextHit(forward) => self.next_hit(forward),
            Message::EndFind => {
                if let Some(article) = &mut self.article {
                    article.find = None;
                }
                self.effects.push(Effect::FocusArticle);
            }
            Message::Dialog(None) => self.close_dialog(),
            Message::Dialog(dialog) => {
                self.stay();
                self.dialog = dialog;
            }
            Message::Leave(leaving) => self.leave(leaving),
            Message::Discard => self.discard(),
            Message::SaveCopy => self.effects.push(Effect::AskPath(PathPurpose::SaveCopy)),
            Message::SaveCopyTo(path) => self.save_copy(path),
            Message::KeepExport(keep) => self.keep_export(keep),
            Message::ForgetLearnt => {
                self.dialog = None;
                self.effects.push(Effect::FocusArticle);
                if let Some(dataset) = &self.dataset {
                    dataset.session.send(LearnerRequest::ResetModels);
                    let words = "Models reset to their initial state.";
                    self.notices.notify(Severity::News, words);
                }
            }
            Message::Keys(message) => self.change_keys(message),
            Message::Suggesters(message) => self.suggesters(message),
            Message::Team(message) => self.team_message(message),
            Message::Tokenizer(tokenizer) => {
                self.change_settings(|settings, _| settings.tokenizer = tokenizer);
            }
            Message::PickTokenizer => {
                self.effects.push(Effect::AskPath(PathPurpose::Tokenizer));
            }
            Message::Settings(settings) => self.set_settings(*settings),
            Message::Name(name) => self.name(name),
            Message::Mode(mode) => self.change_mode(mode),
            Message::OpenPaths(paths) => self.leave(Leaving::Open(paths)),
            Message::Drop(paths) => self.import_paths(paths),
            Message::ShowBehind(behind) => self.show_behind(behind),
            Message::ShowArticles(chosen) => self.behind_found(chosen),
            Message::GoToDoubt(mark) => self.go_to_doubt_of(mark),
            Message::SavePlot(picture) => {
                self.effects
                    .push(Effect::AskPath(PathPurpose::SavePlot(picture)));
            }
            Message::SavePlotTo(picture, path) => self.save_plot(picture, path),
            Message::Export(message) => self.export(message),
            Message::Places(message) => self.places(message),
            Message::Merge(message) => self.merge(message),
            Message::SplitWork(message) => self.split_work(message),
            Message::OpenReview(key) => {
                self.show_tab(Tab::Review);
                self.open_article(key);
            }
            Message::GoToPlace(place) => {
                if let Some(at) = self.shown_review().and_then(|one| one.work.find(place)) {
                    self.go_to_disputed(at);
                    self.effects.push(Effect::FocusArticle);
                }
            }
            Message::GiveReason(place, words) => self.give_reason(place, &words),
            Message::ReviewSettings(settings) => self.set_review_settings(*settings),
            Message::TypePath { purpose, no_dialog } => self.type_path(purpose, no_dialog),
            Message::ShowFile(path) => self.show_file(path),
            Message::DismissNotice(id) => self.notices.dismiss(id),
            Message::Cancel(at) => {
                if let Some(job) = self.jobs.get(at) {
                    job.cancel();
                }
            }
        }
    }

    fn run(&mut self, command: Command) {
        use Command as C;
        if !self.allows(command) {
            return;
        }
        let before = self.last_command.replace(command);
        if command.is_of_review() {
            self.run_review(command);
            return;
        }
        let offered = std::mem::take(&mut self.offers_unfinished);
        if offered && command == C::ConfirmAndNext {
            self.ask_for_unfinished(true);
            return;
        }
        if matches!(
            command,
            C::FindInDataset | C::FindInArticle | C::FindInLists
        ) && let Some(dataset) = &mut self.dataset
        {
            dataset.types_elsewhere = true;
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
            C::NextWord
            | C::PreviousWord
            | C::ExtendByWord
            | C::ExtendBackByWord
            | C::NextSentence
            | C::PreviousSentence
            | C::ExtendBySentence
            | C::ExtendBackBySentence
            | C::NextCharacter
            | C::PreviousCharacter
            | C::ExtendByCharacter
            | C::ExtendBackByCharacter => self.step_caret(command),
            C::BlockStart | C::ExtendToBlockStart => {
                self.caret_to_block_edge(Edge::Start, command == C::ExtendToBlockStart);
            }
            C::BlockEnd | C::ExtendToBlockEnd => {
                self.caret_to_block_edge(Edge::End, command == C::ExtendToBlockEnd);
            }
            C::NextRegion => self.step_region(true),
            C::PreviousRegion => self.step_region(false),
            C::FirstBlock => self.select_block(0, false),
            C::LastBlock => self.select_block_after(usize::MAX),
            C::ToggleFolds => self.toggle_folds(),
            C::NextName => self.step_name(true),
            C::PreviousName => self.step_name(false),
            C::NextEntity => self.step_entity(true),
            C::PreviousEntity => self.step_entity(false),
            C::Tag(at) => self.tag(at),
            C::TagEverywhere => self.tag_everywhere(before == Some(command)),
            C::GrowStart | C::GrowEnd | C::ShrinkStart | C::ShrinkEnd => self.nudge_edge(command),
            C::Copy => {
                if let Some(article) = &self.article
                    && let Some(span) = article.selected()
                {
                    let words = article.article().text.slice(span).to_owned();
                    self.effects.push(Effect::Copy(words));
                }
            }
            C::OpenMenu => self.effects.push(Effect::OpenMenu),
            C::NextTab | C::PreviousTab => {
                self.change_settings(|settings, _| settings.inspector = true);
                self.effects.push(Effect::TurnTab(command == C::NextTab));
            }
            C::Remove => self.remove(),
            C::NextUnsure => self.step_unsure(true),
            C::PreviousUnsure => self.step_unsure(false),
            C::ConfirmAndNext => self.confirm_and_next(),
            C::Done if self.tab == Tab::Review => self.finish_review(),
            C::Done => self.done(),
            C::Skip => {
                self.edit_quietly(Action::SetStatus, |scope, _| {
                    scope.set_status(Status::Skipped)
                });
                self.go_on();
            }
            C::Flag => {
                self.dialog = Some(Dialog::Flag {
                    remark: String::new(),
                });
            }
            C::Remark => self.write_remark(),
            C::NameEverywhere => self.show_name_everywhere(),
            C::UndoRelabelling => self.undo_relabelling(),
            C::AnswerRemark | C::ResolveRemark => {
                let here = self.article.as_ref().and_then(|a| a.remark_here());
                match (here, command) {
                    (None, _) => {}
                    (Some(at), C::AnswerRemark) => self.answer_remark(at),
                    (Some(at), _) => self.resolve_remark(at),
                }
            }
            C::NextRemark => self.next_remark(),
            C::History => {
                self.change_settings(|settings, _| settings.inspector = true);
                self.effects.push(Effect::ShowHistory);
            }
            C::FindInLists => {
                self.settings.inspector = true;
                self.effects.push(Effect::FocusLists);
            }
            C::Guide => {
                self.settings.inspector = true;
                let label = self.label_in_use();
                self.effects.push(Effect::ShowGuide(label));
            }
            C::Schema => self.dialog = Some(Dialog::Schema),
            C::NextArticle => self.step_article(1),
            C::PreviousArticle => self.step_article(-1),
            C::NextUnfinished => self.ask_for_unfinished(true),
            C::Undo => self.undo(),
            C::Redo => self.redo(),
            C::FindInArticle => {
                if let Some(article) = &mut self.article {
                    let from = article.selection.start();
                    article.find.get_or_insert_with(|| Find {
                        words: String::new(),
                        hits: Vec::new(),
                        current: 0,
                        from,
                    });
                }
                self.effects.push(Effect::FocusArticleSearch);
            }
            C::FindInDataset => {
                self.settings.list = true;
                self.effects.push(Effect::FocusDatasetSearch);
            }
            C::NewWindow => self.background.open_window(),
            C::CloseDataset => self.leave(Leaving::Close),
            C::SaveCopy => self.effects.push(Effect::AskPath(PathPurpose::SaveCopy)),
            C::OpenFiles => self.effects.push(Effect::AskPath(PathPurpose::Open)),
            C::OpenFolder => self.effects.push(Effect::AskPath(PathPurpose::OpenFolder)),
            C::OpenSample => self.open_sample(),
            C::OpenTeam
            | C::TeamSend
            | C::TeamSignIn
            | C::TakeMore
            | C::TakeAlong
            | C::GiveBack
            | C::TeamProblems => self.run_team(command),
            C::OpenPath => self.type_path(PathPurpose::Open, false),
            C::Import => self.effects.push(Effect::AskPath(PathPurpose::Import)),
            C::Merge => self.choose_merge(),
            C::SplitWork => self.choose_split(),
            C::Export => self.choose_export(),
            C::RepeatExport => self.repeat_export(),
            C::ShowAnnotate => self.show_tab(Tab::Annotate),
            C::ShowReview => self.show_tab(Tab::Review),
            C::ShowDashboard => self.show_tab(Tab::Dashboard),

            C::Palette => {
                self.dialog = Some(Dialog::Palette {
                    query: String::new(),
                    chosen: 0,
                });
            }
            C::Help => self.dialog = Some(Dialog::Help),
            C::Settings => self.dialog = Some(Dialog::Settings),
            C::KeySettings => self.change_keys(KeysMessage::Show),
            C::ToggleTheme => self.next_theme(),
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
            C::Why => self.ask_why(),
            C::CheckWithModels => self.check_with_models(),
            C::NextDoubt => self.next_doubt(),
            C::DoubtIsRight => self.doubt_is_right(),
            C::ForgetLearnt => self.dialog = Some(Dialog::ForgetLearnt),
            C::CarryLabels => self.copy_labels(),
            C::Suggesters => self.suggesters(SuggestersMessage::Show),
            C::SuggestForOpen => self.suggest_for_open(),
            C::Escape => self.escape(),
            _ => {} // those of the review are done already
        }
    }

    fn escape(&mut self) {
        if self.dialog.is_some() {
            self.close_dialog();
            return;
        }
        if self.shown_why().is_some() {
            self.why = None;
        } else if self.tab == Tab::Dashboard {
            self.show_tab(Tab::Annotate);
        } else if !self.has_selected_text() && self.close_lanes() {
            // The lanes went; the caret stays.
        } else if self.check.close() {
            // The strip went; what is selected stays.
        } else if let Some(article) = &mut self.article {
            if article.find.is_some() {
                article.find = None;
            } else {
                article.selection = Selection::caret(article.selection.start());
                let several = article.has_blocks() && article.blocks().len() > 1;
                article.block_anchor = article.block;
                article.focus = if several {
                    Focus::blocks()
                } else {
                    Focus::default()
                };
            }
        }
        self.effects.push(Effect::EndListSearch);
        self.effects.push(Effect::FocusArticle);
    }

    fn has_selected_text(&self) -> bool {
        let article = self.article.as_ref();
        article.is_some_and(|article| article.selected().is_some())
    }

    /// Closes the dialog, or the one before it comes back.
    fn close_dialog(&mut self) {
        self.stay();
        self.dialog = self.dialog_behind();
        if self.dialog.is_none() {
            self.effects.push(Effect::FocusArticle);
        }
    }

    /// Light, dark, as the system: one key goes through all three, and says which it is now.
    fn next_theme(&mut self) {
        use crate::dataset::Theme;
        let system_is_dark = self.system_is_dark;
        self.change_settings(|settings, _| settings.theme = settings.theme.next(system_is_dark));
        let words = match self.settings.theme {
            Theme::Light => "Theme: light",
            Theme::Dark => "Theme: dark",
            Theme::System if system_is_dark => "Theme: system (dark)",
            Theme::System => "Theme: system (light)",
        };
        self.notices.notify(Severity::News, words);
    }

    fn change_settings(&mut self, change: impl FnOnce(&mut crate::dataset::Settings, bool)) {
        let mut settings = self.settings.clone();
        change(&mut settings, self.dark);
        self.set_settings(settings);
    }

    fn set_settings(&mut self, mut settings: crate::dataset::Settings) {
        if let Some(team) = self.team()
            && settings.annotator != team.member
        {
            let words = format!(
                "In the file of a team your name is your login, {}.",
                team.member
            );
            settings.annotator.clone_from(&team.member);
            self.notices.notify(Severity::Hint, words);
        }
        if settings == self.settings {
            return;
        }
        let folds = settings.fold != self.settings.fold;
        let renamed = settings.annotator != self.settings.annotator;
        if settings.learn != self.settings.learn
            && let Some(dataset) = &self.dataset
        {
            dataset
                .session
                .send(LearnerRequest::SetLearning(settings.learn));
        }
        if settings.tag != self.settings.tag
            && let Some(dataset) = &self.dataset
        {
            dataset
                .session
                .send(LearnerRequest::SetTagging(settings.tag));
        }
        if settings.articles_ahead != self.settings.articles_ahead
            && let Some(team) = self.team()
        {
            team.sync
                .send(SyncRequest::SetAhead(settings.articles_ahead));
        }
        self.settings = settings;
        self.save_settings();
        if folds {
            self.fold();
        }
        if renamed && let Some(dataset) = &self.dataset {
            let path = dataset.path.clone();
            self.leave(Leaving::Open(vec![path]));
        }
    }

    /// Remembers where the person is.
    pub(super) fn remember_place(&mut self) {
        if let (Some(dataset), Some(article)) = (&self.dataset, &self.article) {
            let (key, selection) = (article.key, article.selection);
            self.memory
                .note(&dataset.path, key, selection, self.view_top);
        }
    }

    /// Keeps where the person was for the next start, if that has a place.
    pub(super) fn save_memory(&mut self) {
        if let Some(file) = &self.memory_file {
            self.background
                .keep(file.clone(), Kept::WindowState(self.memory.clone()));
        }
    }

    /// Keeps the settings for the next start, if they have a place.
    pub(super) fn save_settings(&mut self) {
        if let Some(file) = &self.settings_file {
            let mut settings = Box::new(self.settings.clone());
            if let Some(own) = &self.own_name {
                settings.annotator.clone_from(own);
            }
            self.background.keep(file.clone(), Kept::Settings(settings));
        }
    }
}
