//! The owner of the state: the frame asks it for every change.

use std::ops::{Deref, Range};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use crate::app::state::notices::Severity;
use crate::app::state::{Effect, Message, State, TeamAccess};
use crate::app::tasks::background::{Background, BackgroundEvent};
use crate::dataset::config::window_state::WindowPlace;
use crate::dataset::{ViewTop, WindowState};
use crate::model::{BytePos, figures};

/// Owns the [`State`]. Everybody reads it through `Deref`; it changes through the methods here
/// alone.
pub struct Controller {
    state: State,
}

impl Deref for Controller {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl Controller {
    /// Takes a state over.
    #[must_use]
    pub fn new(state: State) -> Self {
        Self { state }
    }

    /// Does what a view, a key or a file dialog asks for.
    pub fn dispatch(&mut self, message: Message) {
        self.state.dispatch(message);
    }

    /// Counts a sign of life towards the time that the article takes.
    pub fn record_activity(&mut self) {
        self.state.record_activity();
    }

    /// Takes in what jobs, the session's threads and other background work have brought.
    pub fn take_answers(&mut self) {
        let state = &mut self.state;
        state.take_outcomes();
        while let Some(reply) = state.dataset.as_ref().and_then(|open| open.session.poll()) {
            state.take_reply(reply);
        }
        state.take_sync_events();
        while let Some(event) = state.background.next_event() {
            state.take_event(event);
        }
    }

    /// Takes in the check of a long article, and goes on with Done if that waits for it. Returns
    /// true if the article stays: keys that were pressed since were meant for the next one.
    pub fn refresh_check(&mut self) -> bool {
        self.state.refresh_check()
    }

    /// Brings what is derived from the state up to date before a frame is drawn.
    pub fn refresh(&mut self) {
        self.state.refresh_folds();
        self.state.refresh_occurrences();
        self.state.refresh_token_alignment();
        self.state.refresh_dialogs();
        self.state.refresh_names();
        self.state.refresh_merge();
        self.state.refresh_review();
    }

    /// Makes the keymap anew if the settings or the schema have changed.
    pub fn refresh_keys(&mut self) {
        self.state.refresh_keys();
    }

    /// Removes notices whose time is over, by the window's clock in seconds; behind a dialog they
    /// wait. Returns when the next one goes.
    pub fn expire_notices(&mut self, now: f64, behind_dialog: bool) -> Option<f64> {
        self.state.notices.expire(now, behind_dialog)
    }

    /// Tells the person something.
    pub fn notify(&mut self, severity: Severity, words: impl Into<String>) {
        self.state.notices.notify(severity, words);
    }

    /// Tells which settings could not be used when the window was opened.
    pub fn report_settings_problems(&mut self, problems: Vec<String>) {
        self.state.report_settings_problems(problems);
    }

    /// Notes whether the window is dark now, and whether it would be if it followed the system.
    pub fn set_dark(&mut self, dark: bool, system_is_dark: bool) {
        self.state.dark = dark;
        self.state.system_is_dark = system_is_dark;
    }

    /// Notes which bytes of the article are on the screen; `None` while it is about to scroll.
    pub fn set_in_view(&mut self, in_view: Option<Range<BytePos>>) {
        self.state.in_view = in_view;
    }

    /// Hands over what the frame is to do next.
    #[must_use]
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.state.effects)
    }

    // -- where the person is --------------------------------------------------------------------

    /// Keeps where the person is in this file, and takes up what is in it.
    pub fn remember_in(&mut self, file: PathBuf) {
        self.state.memory = WindowState::load(&file);
        self.state.memory_file = Some(file);
    }

    /// Reaches teams in another way, such as one in memory.
    pub fn reach_teams(&mut self, access: TeamAccess) {
        self.state.team_access = access;
    }

    /// Notes what is at the top of the article's view.
    pub fn set_view_top(&mut self, top: ViewTop) {
        self.state.view_top = top;
    }

    /// Notes how the window is placed, and where the person is in the dataset.
    pub fn remember_place(&mut self, window: WindowPlace) {
        self.state.memory.window = window;
        self.state.remember_place();
    }

    /// Keeps where the person is for the next start.
    pub fn save_memory(&mut self) {
        self.state.save_memory();
    }

    // -- leaving --------------------------------------------------------------------------------

    /// Returns true if the window has to stay open although it was asked to close. It closes by
    /// itself when it can.
    pub fn must_stay(&mut self) -> bool {
        self.state.must_stay()
    }

    /// Goes on with what waits for every change to be saved, and asks if that takes too long.
    /// Returns true if something waits.
    pub fn go_on_leaving(&mut self) -> bool {
        self.state.go_on_leaving()
    }

    /// Waits until every change is on disk, as far as it takes them, the export is up to date and
    /// background work is done.
    pub fn close(&mut self) {
        let state = &mut self.state;
        state.send_time_spent();
        state.remember_place();
        state.save_memory();
        let refused: usize = state.rebase.values().map(Vec::len).sum();
        if let Some(dataset) = state.dataset.take() {
            let lost = dataset.session.close() + refused;
            state.discarded.fetch_add(lost, Ordering::SeqCst);
        }
        state.background = Background::default();
    }
}

impl State {
    fn take_event(&mut self, event: BackgroundEvent) {
        match event {
            BackgroundEvent::Failed(why) => self.notices.notify(Severity::Failure, why),
            BackgroundEvent::SettingsExported(file) => {
                let words = format!("Settings exported to {}", file.display());
                self.notices.notify(Severity::News, words);
            }
            BackgroundEvent::NoFileManager(path) => {
                let path = path.display().to_string();
                let words = format!("No file manager found; the path was copied: {path}");
                self.notices.notify(Severity::Hint, words);
                self.effects.push(Effect::Copy(path));
            }
            BackgroundEvent::ClosedWithout { dataset, lost } => {
                let changes = figures::count(lost, "change");
                let words = format!("{dataset} was closed without {changes}");
                self.notices.notify(Severity::Failure, words);
            }
        }
    }
}
