//! The frame: one `ui` function draws the panels and hands messages to the controller.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::file_dialogs;
use crate::app::command::{Command, Group};
use crate::app::shell::key_input::Keys;
use crate::app::shell::ui_probe;
use crate::app::state::notices::Severity;
use crate::app::state::{
    Dialog, Effect, KeysMessage, Message, PathPurpose, State, Tab, TeamAccess,
};
use crate::app::ui::theme;
use crate::app::ui::theme::Theme;
use crate::app::update::Controller;
use crate::app::views::article_list::ListPane;
use crate::app::views::article_pane::ArticlePane;
use crate::app::views::dashboard::DashboardPane;
use crate::app::views::inspector::InspectorPane;
use crate::app::views::review::{ReviewList, show_places};
use crate::app::views::schema_editor::SchemaEditor;
use crate::app::views::welcome::Welcome;
use crate::app::views::{
    bars, check_strip, dialogs, doubt_strip, drop_hint, notices, people, status_bar,
};
use crate::dataset::{Theme as ThemeSetting, WindowState};
use crate::model::Span;

/// How often is kept where the person is, while that changes.
const KEEP_EVERY: Duration = Duration::from_secs(2);

/// A file dialog that is gone after so short a time was never there.
const AT_ONCE: Duration = Duration::from_millis(250);

/// The least width of the article, in points. In a narrow window the list gives way to it, then the
/// panel.
const ARTICLE: f32 = 380.0;
/// The least and the greatest width of the article list, in points.
const LIST: (f32, f32) = (220.0, 560.0);
/// The least and the greatest width of the panel beside the article, in points.
const INSPECTOR: (f32, f32) = (240.0, 720.0);

/// The least size of the window, in points.
pub const LEAST: [f32; 2] = [720.0, 480.0];

/// How many frames may fail in a row before the window gives up.
const FAILED_FRAMES: usize = 3;

/// A frame that took this long is logged.
const SLOW_FRAME: Duration = Duration::from_millis(250);

/// The window's contents. [`eframe::App`] in a real window, a plain `ui` function in tests.
pub struct App {
    controller: Controller,
    keys: Keys,
    welcome: Welcome,
    list: ListPane,
    reviews: ReviewList,
    article: ArticlePane,
    inspector: InspectorPane,
    dashboard: DashboardPane,
    schema_editor: SchemaEditor,
    focus_article_search: bool,
    /// Whether, in a narrow window, the list is wanted rather than the panel beside the article.
    list_first: bool,
    messages: Vec<Message>,
    /// Keys that were pressed and not yet done.
    pressed: VecDeque<Command>,
    dialog_answers: (Sender<Message>, Receiver<Message>),
    applied: Option<(ThemeSetting, bool, f32)>,
    probe: Option<PathBuf>,
    failed_frames: usize,
    /// How wide the list and the inspector were drawn last.
    widths: (Option<f32>, Option<f32>),
    /// The size of the screen that the window was fitted to, in points.
    fitted: Option<egui::Vec2>,
    /// What of the memory was kept last, and when.
    kept: (WindowState, Instant),
}

impl App {
    /// A window's contents over a state.
    #[must_use]
    pub fn new(ctx: &egui::Context, state: State) -> Self {
        theme::install(ctx);
        let keys = Keys::install(ctx);
        Self {
            controller: Controller::new(state),
            keys,
            welcome: Welcome::default(),
            list: ListPane::default(),
            reviews: ReviewList::default(),
            article: ArticlePane::default(),
            inspector: InspectorPane::default(),
            dashboard: DashboardPane::default(),
            schema_editor: SchemaEditor::default(),
            focus_article_search: false,
            list_first: false,
            messages: Vec::new(),
            pressed: VecDeque::new(),
            dialog_answers: mpsc::channel(),
            applied: None,
            probe: None,
            failed_frames: 0,
            widths: (None, None),
            fitted: None,
            kept: (WindowState::default(), Instant::now()),
        }
    }

    /// What the window knows; for tests and for the walk-through.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.controller
    }

    /// Tells which settings could not be used when the window was opened.
    pub(super) fn report_settings_problems(&mut self, problems: Vec<String>) {
        self.controller.report_settings_problems(problems);
    }

    /// Writes what is where on the screen to a file, for scripts that drive the window.
    pub fn probe(&mut self, file: Option<PathBuf>) {
        self.probe = file;
    }

    /// Keeps where the person is in this file, and takes up what is in it.
    pub fn remember_in(&mut self, file: PathBuf) {
        self.controller.remember_in(file);
    }

    /// Reaches teams in another way, such as one in memory; for tests.
    pub fn reach_teams(&mut self, access: TeamAccess) {
        self.controller.reach_teams(access);
    }

    /// Where the first row of a span is on the screen, in points, as of the last frame; for
    /// tests.
    #[must_use]
    pub fn rect_of(&self, span: Span) -> Option<egui::Rect> {
        self.article.rect_of(span)
    }

    /// Sends a message, as a view would.
    pub fn send(&mut self, message: Message) {
        self.messages.push(message);
    }

    /// Draws one frame.
    pub fn ui(&mut self, ui: &mut Ui) {
        self.apply_settings(ui.ctx());
        if ui.input(|i| !i.events.is_empty()) {
            self.controller.record_activity(); // scrolling and pointing are reading
        }
        self.take_answers();
        if self.controller.refresh_check() {
            self.pressed.clear();
        }
        self.leave(ui.ctx());
        self.take_drops(ui);
        self.run_keys();
        self.apply_effects(ui.ctx());
        self.controller.refresh();
        self.draw(ui);
        self.controller.set_in_view(self.article.in_view());
        for message in std::mem::take(&mut self.messages) {
            self.controller.dispatch(message);
        }
        self.apply_effects(ui.ctx());
        self.update_keys(ui.ctx());
        self.fit_screen(ui.ctx());
        self.remember(ui.ctx());
        if let Some(file) = &self.probe {
            ui_probe::write(file, ui.ctx(), &self.controller, &self.article);
        }
    }

    /// Keeps the window open as long as there are changes that are neither saved nor given up.
    fn leave(&mut self, ctx: &egui::Context) {
        if ctx.input(|input| input.viewport().close_requested()) && self.controller.must_stay() {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
        }
        if self.controller.go_on_leaving() {
            ctx.request_repaint_after(Duration::from_millis(100));
        }
    }

    /// Does what the keys asked for, in order. What is meant for an article that is still being
    /// fetched waits for it.
    fn run_keys(&mut self) {
        if let Some(chord) = self.keys.take_recorded() {
            self.controller
                .dispatch(Message::Keys(KeysMessage::Pressed(chord)));
        }
        self.pressed.extend(self.keys.take());
        while let Some(&command) = self.pressed.front() {
            // A search is of the dataset, and needs no article.
            let waits = command.group() != Group::Program && command != Command::FindInDataset;
            if waits && (self.controller.is_loading() || self.controller.check.is_awaited()) {
                break;
            }
            self.pressed.pop_front();
            // A key puts the menu away, as a click elsewhere does; Escape does nothing else then.
            if self.article.close_menu() && command == Command::Escape {
                continue;
            }
            let showed = self.controller.shows_check();
            self.controller.dispatch(Message::Run(command));
            if !showed && self.controller.shows_check() {
                // What came with Done was meant for the next article, and this one stays.
                self.pressed.clear();
            }
        }
    }

    fn apply_settings(&mut self, ctx: &egui::Context) {
        let settings = &self.controller.settings;
        let wanted = (settings.theme, settings.high_contrast, settings.zoom);
        if self.applied != Some(wanted) {
            self.applied = Some(wanted);
            ctx.set_theme(match settings.theme {
                ThemeSetting::System => egui::ThemePreference::System,
                ThemeSetting::Light => egui::ThemePreference::Light,
                ThemeSetting::Dark => egui::ThemePreference::Dark,
            });
            ctx.set_zoom_factor(settings.zoom);
            theme::dress(ctx, settings.high_contrast);
        }
        let fallback = ctx.options(|options| options.fallback_theme);
        self.controller.set_dark(
            ctx.theme() == egui::Theme::Dark,
            ctx.system_theme().unwrap_or(fallback) == egui::Theme::Dark,
        );
    }

    fn take_answers(&mut self) {
        self.controller.take_answers();
        while let Ok(picked) = self.dialog_answers.1.try_recv() {
            self.controller.dispatch(picked);
        }
    }

    fn take_drops(&mut self, ui: &Ui) {
        let dropped: Vec<PathBuf> = ui.input(|i| {
            i.raw
                .dropped_files
                .iter()
                .map(|file| file.path().to_owned())
                .collect()
        });
        if !dropped.is_empty() {
            self.controller.dispatch(Message::Drop(dropped));
        }
    }

    fn apply_effects(&mut self, ctx: &egui::Context) {
        for effect in self.controller.take_effects() {
            match effect {
                Effect::Reveal(pos) => {
                    self.article.reveal(pos);
                    self.controller.set_in_view(None);
                }
                Effect::Jump(pos) => {
                    self.article.jump(pos);
                    self.controller.set_in_view(None);
                }
                Effect::SetTop(top) => {
                    self.article.set_top(top);
                    self.controller.set_in_view(None);
                }
                Effect::FocusDatasetSearch => {
                    self.list.focus_search = true;
                    self.list_first = true;
                }
                Effect::FocusArticleSearch => self.focus_article_search = true,
                Effect::FocusArticle => {
                    self.list_first = false;
                    if let Some(id) = ctx.memory(|memory| memory.focused()) {
                        ctx.memory_mut(|memory| memory.surrender_focus(id));
                    }
                    self.article.focus();
                }
                Effect::Copy(words) => ctx.copy_text(words),
                Effect::OpenMenu => self.article.open_menu(),
                Effect::TurnTab(forward) => self.inspector.turn(forward),
                Effect::NewArticle => self.article.forget(),
                Effect::AskPath(purpose) => self.ask_path(ctx, purpose),
                Effect::ReadSettings(file) => {
                    self.on_thread(ctx, move || Some(file_dialogs::import_of(file)));
                }
                Effect::CloseWindow => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
                Effect::ShowGuide(label) => self.inspector.show_guide(label),
                Effect::ShowRemarks => self.inspector.show_remarks(),
                Effect::ShowHistory => self.inspector.show_history(),
                Effect::FocusLists => self.inspector.focus_search(),
                Effect::EndListSearch => self.inspector.end_search(),
            }
            ctx.request_repaint();
        }
    }

    /// Opens the system's dialog; where it has none, a path is asked for in the window.
    fn ask_path(&mut self, ctx: &egui::Context, purpose: PathPurpose) {
        let name = self.controller.suggested_name(&purpose);
        let dataset = self.controller.dataset.is_some();
        let folder = dataset.then(|| self.controller.base_of_paths());
        let has_dialogs = self.controller.has_file_dialogs;
        self.on_thread(ctx, move || {
            let in_window = |purpose| Message::TypePath {
                purpose,
                no_dialog: true,
            };
            if !has_dialogs() {
                return Some(in_window(purpose));
            }
            let asked = Instant::now();
            let picked = file_dialogs::ask(&purpose, folder.as_deref(), &name);
            // Nobody cancels so quickly: the dialog did not open.
            let is_answer = picked.is_some() || asked.elapsed() > AT_ONCE;
            if is_answer {
                picked
            } else {
                Some(in_window(purpose))
            }
        });
    }

    /// Does something that waits, on a thread of its own; what it gives is done next.
    fn on_thread(
        &mut self,
        ctx: &egui::Context,
        work: impl FnOnce() -> Option<Message> + Send + 'static,
    ) {
        let (send, ctx) = (self.dialog_answers.0.clone(), ctx.clone());
        let thread = std::thread::Builder::new()
            .name("copydesk-dialog".to_owned())
            .spawn(move || {
                if let Some(picked) = work() {
                    let _closed = send.send(picked);
                    ctx.request_repaint();
                }
            });
        if let Err(error) = thread {
            self.controller.notify(
                Severity::Failure,
                format!("Could not open the file dialog: {error}"),
            );
        }
    }

    fn draw(&mut self, ui: &mut Ui) {
        let behind_dialog = self.controller.dialog.is_some();
        let now = ui.input(|i| i.time);
        if let Some(next) = self.controller.expire_notices(now, behind_dialog) {
            let wait = (next - now).max(0.0);
            ui.ctx().request_repaint_after_secs(wait as f32);
        }
        let state: &State = &self.controller;
        let theme = Theme::of(state.dark, state.settings.high_contrast);
        let out = &mut self.messages;
        let bar = |vertical| {
            Frame::new()
                .fill(theme.panel)
                .inner_margin(Margin::symmetric(12, vertical))
        };
        Panel::top("top")
            .exact_size(44.0)
            .frame(bar(6))
            .show(ui, |ui| bars::top(ui, state, theme, out));
        if let Some(dataset) = state.dataset.as_ref().filter(|dataset| dataset.asks_export) {
            Panel::top("export")
                .frame(bar(6))
                .show(ui, |ui| bars::ask_export(ui, dataset, theme, out));
        }
        if state.asks_name {
            Panel::top("name")
                .frame(bar(6))
                .show(ui, |ui| people::ask_name(ui, state, theme, out));
        }
        let annotator = &state.settings.annotator;
        let is_shown = |dataset| people::whose_labels(dataset, state.article.as_ref(), annotator);
        if state.tab == Tab::Annotate && state.dataset.as_ref().and_then(is_shown).is_some() {
            Panel::top("whose labels")
                .frame(bar(6))
                .show(ui, |ui| people::strip(ui, state, theme, out));
        }
        Panel::bottom("status")
            .exact_size(30.0)
            .frame(bar(2))
            .show(ui, |ui| status_bar::show(ui, state, theme, out));
        let on_dashboard = state.dataset.is_some() && state.tab == Tab::Dashboard;
        let both = LIST.0 + INSPECTOR.0 + ARTICLE <= ui.available_width();
        let has_inspector = state.dataset.is_some()
            && state.settings.inspector
            && !on_dashboard
            && (both || !self.list_first);
        let beside = if has_inspector { INSPECTOR.0 } else { 0.0 };
        let room = ui.available_width() - beside - ARTICLE;
        if state.dataset.is_some() && state.settings.list && room >= LIST.0 {
            let panel = Panel::left("list")
                .default_size(state.memory.window.list.unwrap_or(300.0).min(room))
                .size_range(LIST.0..=LIST.1.min(room))
                .frame(bar(10))
                .show(ui, |ui| {
                    if state.tab == Tab::Review {
                        self.reviews.show(ui, state, theme, out);
                    } else {
                        self.list.show(ui, state, theme, out);
                    }
                });
            self.widths.0 = Some(panel.response.rect.width());
        }
        let room = (ui.available_width() - ARTICLE).max(INSPECTOR.0);
        if has_inspector {
            let panel = Panel::right("inspector")
                .default_size(state.memory.window.inspector.unwrap_or(310.0).min(room))
                .size_range(INSPECTOR.0..=INSPECTOR.1.min(room))
                .frame(bar(6))
                .show(ui, |ui| {
                    if state.tab == Tab::Review {
                        show_places(ui, state, theme, out);
                    } else {
                        self.inspector.show(ui, state, theme, out);
                    }
                });
            self.widths.1 = Some(panel.response.rect.width());
        }
        let paper = Frame::new().fill(theme.paper);
        CentralPanel::default().frame(paper).show(ui, |ui| {
            if state.dataset.is_none() {
                if state.jobs.is_empty() {
                    self.welcome.show(ui, state, theme, out);
                } else {
                    ui.centered_and_justified(|ui| ui.spinner());
                }
                return;
            }
            if on_dashboard {
                self.dashboard.show(ui, state, theme, out);
                return;
            }
            if state
                .article
                .as_ref()
                .is_some_and(|article| article.find.is_some())
            {
                Frame::new()
                    .fill(theme.panel)
                    .inner_margin(Margin::symmetric(12, 6))
                    .show(ui, |ui| {
                        ui.set_width(ui.available_width());
                        bars::find(ui, state, &mut self.focus_article_search, theme, out);
                    });
            }
            if state.tab == Tab::Review && state.shown_review().is_none() {
                return; // another article is open, which is not under review
            }
            check_strip::show(ui, state, theme, out);
            doubt_strip::show(ui, state, theme, out);
            self.article.show(ui, state, theme, out);
        });
        dialogs::show(ui.ctx(), state, theme, out);
        self.schema_editor.show(ui.ctx(), state, theme, out);
        notices::show(ui, &state.notices, theme, behind_dialog, out);
        drop_hint::show(ui, state, theme);
    }

    /// On a screen with little room, say at a scale of 2, the window may be smaller than it
    /// otherwise would.
    fn fit_screen(&mut self, ctx: &egui::Context) {
        let Some(screen) = ctx.input(|input| input.viewport().monitor_size) else {
            return;
        };
        if self.fitted == Some(screen) || screen.min_elem() < 1.0 {
            return;
        }
        self.fitted = Some(screen);
        let least = egui::Vec2::from(LEAST).min(screen);
        ctx.send_viewport_cmd(egui::ViewportCommand::MinInnerSize(least));
        let now = ctx.content_rect().size();
        if now.x > screen.x || now.y > screen.y {
            ctx.send_viewport_cmd(egui::ViewportCommand::InnerSize(now.min(screen)));
        }
    }

    /// Keeps where the person is, not only at the end: who is killed remembers all but the last
    /// seconds.
    fn remember(&mut self, ctx: &egui::Context) {
        self.controller
            .set_view_top(self.article.top().unwrap_or_default());
        if self.controller.memory_file.is_none() {
            return;
        }
        let zoom = ctx.zoom_factor();
        let mut window = self.controller.memory.window;
        ctx.input(|input| {
            let viewport = input.viewport();
            if viewport.minimized == Some(true) {
                return;
            }
            window.maximized = viewport.maximized.unwrap_or(false);
            if !window.maximized && viewport.fullscreen != Some(true) {
                let whole = |n: f32| (n * zoom).round();
                let outer = viewport.outer_rect.map(|rect| rect.min);
                window.position = outer
                    .map(|at| [whole(at.x), whole(at.y)])
                    .or(window.position);
                let inner = viewport.inner_rect.map(|rect| rect.size());
                window.size = inner
                    .map(|size| [whole(size.x), whole(size.y)])
                    .or(window.size);
            }
        });
        window.list = self.widths.0.map(f32::round).or(window.list);
        window.inspector = self.widths.1.map(f32::round).or(window.inspector);
        self.controller.remember_place(window);
        if self.kept.0 == self.controller.memory {
            return;
        }
        let waited = self.kept.1.elapsed();
        if waited < KEEP_EVERY {
            ctx.request_repaint_after(KEEP_EVERY - waited);
            return;
        }
        self.kept = (self.controller.memory.clone(), Instant::now());
        self.controller.save_memory();
    }

    /// Closes the window's contents; gives how many changes were discarded.
    #[must_use]
    pub fn close(mut self) -> usize {
        self.controller.close();
        self.controller.discarded.load(Ordering::SeqCst)
    }

    fn update_keys(&mut self, ctx: &egui::Context) {
        self.controller.refresh_keys();
        self.keys.set_keymap(self.controller.keymap.clone());
        let possible = Command::all(self.controller.schema())
            .into_iter()
            .filter(|command| self.controller.allows(*command))
            .collect();
        let dialog = self.controller.dialog.as_ref();
        let recording = matches!(dialog, Some(Dialog::Keys(page)) if page.waiting.is_some());
        let menu = self.article.has_menu();
        self.keys
            .set_possible(possible, dialog.is_some(), recording, menu);
        let awaits_field = self.pressed.iter().any(|command| command.opens_field());
        if self.keys.hold(awaits_field) {
            ctx.request_repaint();
        }
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        // A fault in drawing shall not take the window away: what was done is with the session, and
        // the next frame may well succeed. Frames that fail in a row mean that it will not.
        let begin = Instant::now();
        let drawn = catch_unwind(AssertUnwindSafe(|| App::ui(self, ui)));
        if begin.elapsed() >= SLOW_FRAME {
            tracing::warn!(took = ?begin.elapsed(), "slow frame");
        }
        match drawn {
            Ok(()) => self.failed_frames = 0,
            Err(panic) if self.failed_frames >= FAILED_FRAMES => resume_unwind(panic),
            Err(_) => {
                self.failed_frames += 1;
                let words =
                    "Internal error while drawing. Your work is saved. Please report what you did.";
                self.controller.notify(Severity::Failure, words);
            }
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.controller.close();
    }
}
