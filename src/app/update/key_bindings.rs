//! Changing which key does what, and settings that come from a file or go to one.

use egui::Key;

use crate::app::command::{Bindings, Chord, Command};
use crate::app::state::notices::Severity;
use crate::app::state::{Dialog, Effect, KeySlot, KeysMessage, KeysPage, PathPurpose, State};
use crate::dataset::Settings;

impl State {
    pub(super) fn change_keys(&mut self, message: KeysMessage) {
        match message {
            KeysMessage::Show => self.dialog = Some(Dialog::Keys(KeysPage::default())),
            KeysMessage::Query(query) => {
                self.on_page(|page| {
                    page.query = query;
                    page.clash = None;
                });
            }
            KeysMessage::WaitFor(slot) => {
                self.on_page(|page| {
                    page.waiting = Some(slot);
                    page.clash = None;
                });
            }
            KeysMessage::Pressed(chord) => self.record(chord),
            KeysMessage::TakeOver => self.take_over(),
            KeysMessage::Keep => {
                self.on_page(|page| page.clash = None);
            }
            KeysMessage::Remove(KeySlot { command, nth }) => {
                self.bind(command, |keys| {
                    if nth < keys.len() {
                        keys.remove(nth);
                    }
                });
            }
            KeysMessage::Reset(command) => self.reset(command),
            KeysMessage::ResetAll => {
                self.change_settings(|settings, _| settings.keys.clear());
                self.on_page(|page| page.clash = None);
            }
            KeysMessage::AskExport => self
                .effects
                .push(Effect::AskPath(PathPurpose::ExportSettings)),
            KeysMessage::AskImport => self
                .effects
                .push(Effect::AskPath(PathPurpose::ImportSettings)),
            KeysMessage::ImportFrom(file) => self.effects.push(Effect::ReadSettings(file)),
            KeysMessage::Export(file) => self.background.export(file, self.settings.clone()),
            KeysMessage::Import(file, Ok(words)) => {
                let (read, problems) = Settings::read(&words);
                let settings = self.settings.importing(read);
                let (_, bad_keys) = Bindings::read(&settings.keys);
                self.set_settings(settings);
                self.refresh_keys();
                let what = format!("Using the settings of {}", file.display());
                self.report_problems(&what, problems.into_iter().chain(bad_keys).collect());
            }
            KeysMessage::Import(file, Err(why)) => {
                let words = format!("Could not read {}: {why}", file.display());
                self.notices.notify(Severity::Failure, words);
            }
        }
    }

    /// Says what in the settings could not be used when the window was opened.
    pub(super) fn report_settings_problems(&mut self, problems: Vec<String>) {
        let (_, bad_keys) = Bindings::read(&self.settings.keys);
        let problems: Vec<String> = problems.into_iter().chain(bad_keys).collect();
        if !problems.is_empty() {
            self.report_problems("Settings imported.", problems);
        }
    }

    fn report_problems(&mut self, what: &str, problems: Vec<String>) {
        if problems.is_empty() {
            self.notices.notify(Severity::News, what);
            return;
        }
        let words = format!("{what}, except:\n{}", problems.join("\n"));
        self.notices.notify(Severity::Failure, words);
    }

    fn on_page(&mut self, change: impl FnOnce(&mut KeysPage)) {
        if let Some(Dialog::Keys(page)) = &mut self.dialog {
            change(page);
        }
    }

    /// Gives the key that is waited for this chord, unless another command has it: then the person
    /// is asked.
    fn record(&mut self, chord: Chord) {
        let Some(Dialog::Keys(page)) = &mut self.dialog else {
            return;
        };
        let Some(slot) = page.waiting.take() else {
            return;
        };
        if chord == Chord::plain(Key::Escape) {
            return;
        }
        match holder(&self.keymap, &self.settings, chord, slot.command) {
            Some(holder) if holder != slot.command => page.clash = Some((slot, chord, holder)),
            Some(_) => {}
            None => self.put(slot, chord),
        }
    }

    fn take_over(&mut self) {
        let Some(Dialog::Keys(page)) = &mut self.dialog else {
            return;
        };
        let Some((slot, chord, holder)) = page.clash.take() else {
            return;
        };
        if holder.is_of_schema() {
            return; // the schema's keys are changed in the schema
        }
        self.bind(holder, |keys| keys.retain(|key| *key != chord));
        self.put(slot, chord);
    }

    fn put(&mut self, slot: KeySlot, chord: Chord) {
        self.bind(slot.command, |keys| match keys.get_mut(slot.nth) {
            Some(key) => *key = chord,
            None => keys.push(chord),
        });
    }

    /// Gives a command the keys from the start; those that another command has meanwhile stay with
    /// that one.
    fn reset(&mut self, command: Command) {
        let (bindings, _) = Bindings::read(&self.settings.keys);
        let taken = |chord: &Chord| {
            Command::all(None)
                .into_iter()
                .filter(|other| *other != command && other.is_of_review() == command.is_of_review())
                .find(|other| bindings.keys_of(*other).contains(chord))
        };
        let from_the_start = command.default_keys(None);
        let clash = from_the_start.iter().find_map(|c| Some((*c, taken(c)?)));
        let free: Vec<Chord> = from_the_start
            .iter()
            .copied()
            .filter(|chord| taken(chord).is_none())
            .collect();
        let nth = free.len();
        self.bind(command, |keys| *keys = free);
        if let Some((chord, holder)) = clash {
            let slot = KeySlot { command, nth };
            self.on_page(|page| page.clash = Some((slot, chord, holder)));
        }
    }

    fn bind(&mut self, command: Command, change: impl FnOnce(&mut Vec<Chord>)) {
        let (bindings, _) = Bindings::read(&self.settings.keys);
        let mut keys = bindings.keys_of(command);
        change(&mut keys);
        self.change_settings(|settings, _| Bindings::set(&mut settings.keys, command, &keys));
        self.refresh_keys();
    }
}

/// The command that has a chord: as it works now, or, where a label of this dataset keeps it from
/// working, as it is set.
fn holder(
    keymap: &crate::app::command::Keymap,
    settings: &Settings,
    chord: Chord,
    command: Command,
) -> Option<Command> {
    keymap.holder(chord, command).or_else(|| {
        let (bindings, _) = Bindings::read(&settings.keys);
        Command::all(None)
            .into_iter()
            .filter(|other| other.is_of_review() == command.is_of_review())
            .find(|other| bindings.keys_of(*other).contains(&chord))
    })
}
