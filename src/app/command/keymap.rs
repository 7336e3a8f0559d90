//! From what was pressed to what it does.

use std::collections::BTreeMap;

use super::{Chord, Command};
use crate::model::Schema;

/// The commands by their keys, for one schema. Made anew when the schema changes.
#[derive(Debug, Default)]
pub struct Keymap(BTreeMap<Chord, Command>);

impl Keymap {
    /// With the fixed keys and those of the schema's labels.
    pub fn new(schema: Option<&Schema>) -> Self {
        let mut map = BTreeMap::new();
        for command in Command::all(schema) {
            for chord in command.keys(schema) {
                map.entry(chord).or_insert(command);
            }
        }
        Self(map)
    }

    /// What a chord does.
    pub fn get(&self, chord: Chord) -> Option<Command> {
        self.0.get(&chord).copied()
    }
}
