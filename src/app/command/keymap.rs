//! From what was pressed to what it does, and back.

use std::collections::BTreeMap;

use super::{Bindings, Chord, Command};
use crate::model::Schema;

/// The commands by their keys, for one schema and one person. Made anew when one of them changes.
#[derive(Clone, Debug, Default)]
pub struct Keymap {
    commands: BTreeMap<Chord, Command>,
    /// Where something is to be decided between annotators, these come first.
    review: BTreeMap<Chord, Command>,
    keys: BTreeMap<Command, Vec<Chord>>,
}

impl Keymap {
    /// With the keys of the schema's labels, and those of all other commands as the person wants
    /// them. Where both want the same key it is the label's: labelling is what one does a thousand
    /// times a day.
    pub fn new(schema: Option<&Schema>, bindings: &Bindings) -> Self {
        let mut map = Self::default();
        let (labels, others): (Vec<Command>, Vec<Command>) = Command::all(schema)
            .into_iter()
            .partition(|command| command.is_of_schema());
        for command in labels {
            map.add(command, command.default_keys(schema));
        }
        for command in others {
            map.add(command, bindings.keys_of(command));
        }
        map
    }

    fn add(&mut self, command: Command, chords: Vec<Chord>) {
        for chord in chords {
            let commands = if command.is_of_review() {
                &mut self.review
            } else {
                &mut self.commands
            };
            if *commands.entry(chord).or_insert(command) == command {
                self.keys.entry(command).or_default().push(chord);
            }
        }
    }

    /// What a chord does where nothing is to be decided between annotators.
    #[must_use]
    pub fn get(&self, chord: Chord) -> Option<Command> {
        self.commands.get(&chord).copied()
    }

    /// What a chord does where these commands are possible: a decision between annotators comes
    /// first.
    #[must_use]
    pub fn get_among(&self, chord: Chord, possible: &[Command]) -> Option<Command> {
        let review = self.review.get(&chord).copied();
        let review = review.filter(|command| possible.contains(command));
        review.or_else(|| self.get(chord))
    }

    /// The command whose key would be taken if another command got this chord.
    #[must_use]
    pub fn holder(&self, chord: Chord, command: Command) -> Option<Command> {
        if command.is_of_review() {
            self.review.get(&chord).copied()
        } else {
            self.get(chord)
        }
    }

    /// The keys that do it; the first is the one that is shown.
    #[must_use]
    pub fn keys_of(&self, command: Command) -> &[Chord] {
        self.keys.get(&command).map_or(&[], Vec::as_slice)
    }

    /// The key that is shown beside a command; empty if it has none.
    #[must_use]
    pub fn shown(&self, command: Command) -> String {
        self.keys_of(command)
            .first()
            .map(|chord| chord.show())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::KeyTable;
    use crate::dataset::config::built_in_schemas;
    use egui::Key;

    #[test]
    fn a_label_keeps_its_key_and_a_command_that_wants_it_shows_none() {
        let news = built_in_schemas::news().unwrap();
        let mut keys = KeyTable::new();
        Bindings::set(&mut keys, Command::Undo, &[Chord::plain(Key::B)]);
        let (bindings, _) = Bindings::read(&keys);
        let map = Keymap::new(Some(&news), &bindings);
        assert_eq!(map.get(Chord::plain(Key::B)), Some(Command::LabelRegion(0)));
        assert_eq!(map.shown(Command::Undo), "");
        let map = Keymap::new(None, &bindings);
        assert_eq!(map.get(Chord::plain(Key::B)), Some(Command::Undo));
        assert_eq!(map.get(Chord::ctrl(Key::Z)), None);
        assert_eq!(map.shown(Command::Undo), "b");
    }
}
