//! The keys that a person has chosen instead of those from the start.

use std::collections::BTreeMap;

use super::{Chord, Command};
use crate::dataset::KeyTable;

/// Keys that are not as they were from the start, by command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings(BTreeMap<Command, Vec<Chord>>);

impl Bindings {
    /// Reads the keys of a settings file, and says what in them cannot be used. The rest is used.
    #[must_use]
    pub fn read(table: &KeyTable) -> (Self, Vec<String>) {
        let mut bindings = BTreeMap::new();
        let mut problems = Vec::new();
        let commands: BTreeMap<&str, Command> = Command::all(None)
            .into_iter()
            .filter_map(|command| Some((command.name()?, command)))
            .collect();
        for (name, chords) in table {
            let Some(&command) = commands.get(name.as_str()) else {
                problems.push(format!("there is no command {name:?} to set a key for"));
                continue;
            };
            let mut read: Vec<Chord> = Vec::new();
            let mut bad = false;
            for words in chords {
                match words.parse() {
                    Ok(chord) if !read.contains(&chord) => read.push(chord),
                    Ok(_) => {}
                    Err(why) => {
                        bad = true;
                        problems.push(format!("key of {name}: {why}"));
                    }
                }
            }
            if !(bad && read.is_empty()) {
                bindings.insert(command, read);
            }
        }
        let bindings = Self(bindings);
        let mut holders: BTreeMap<(bool, Chord), Command> = BTreeMap::new();
        for command in Command::all(None) {
            for chord in bindings.keys_of(command) {
                if let Some(holder) = holders.insert((command.is_of_review(), chord), command)
                    && holder != command
                {
                    problems.push(format!(
                        "{chord} is set for {} and for {}",
                        holder.name().unwrap_or_default(),
                        command.name().unwrap_or_default()
                    ));
                }
            }
        }
        (bindings, problems)
    }

    /// The keys of a command that sets no label.
    #[must_use]
    pub fn keys_of(&self, command: Command) -> Vec<Chord> {
        match self.0.get(&command) {
            Some(chords) => chords.clone(),
            None => command.default_keys(None),
        }
    }

    /// Whether a command has other keys than from the start.
    #[must_use]
    pub fn is_changed(&self, command: Command) -> bool {
        self.0.contains_key(&command)
    }

    /// Gives a command these keys. A settings file holds only what differs from
    /// the start.
    pub fn set(table: &mut KeyTable, command: Command, chords: &[Chord]) {
        let Some(name) = command.name() else {
            return;
        };
        if command.default_keys(None) == chords {
            table.remove(name);
        } else {
            table.insert(
                name.to_owned(),
                chords.iter().map(Chord::to_string).collect(),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Key;

    fn table(lines: &[(&str, &[&str])]) -> KeyTable {
        let line = |(name, chords): &(&str, &[&str])| {
            let chords = chords.iter().map(|&c| c.to_owned()).collect();
            ((*name).to_owned(), chords)
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn what_was_set_is_read_back() {
        let mut keys = KeyTable::new();
        let chosen = [Chord::plain(Key::X), Chord::ctrl(Key::K).with_alt()];
        Bindings::set(&mut keys, Command::SplitRegion, &chosen);
        Bindings::set(&mut keys, Command::Undo, &[]);
        let (bindings, problems) = Bindings::read(&keys);
        assert_eq!(problems, [""; 0]);
        assert_eq!(bindings.keys_of(Command::SplitRegion), chosen);
        assert_eq!(bindings.keys_of(Command::Undo), []);
        let from_the_start = Command::SplitRegion.default_keys(None);
        Bindings::set(&mut keys, Command::SplitRegion, &from_the_start);
        assert_eq!(keys, table(&[("undo", &[])]));
    }

    #[test]
    fn a_bad_line_is_told_and_the_rest_is_used() {
        let keys = table(&[
            ("fly", &["f"]),
            ("merge-region", &["Hyper+m", "Ctrl+Shift+Alt+M"]),
            ("split-region", &["nonsense"]),
            ("undo", &["Ctrl+F"]),
        ]);
        let (bindings, problems) = Bindings::read(&keys);
        assert_eq!(
            bindings.keys_of(Command::MergeRegion),
            [Chord::ctrl(Key::M).with_shift().with_alt()]
        );
        let from_the_start = Command::SplitRegion.default_keys(None);
        assert_eq!(bindings.keys_of(Command::SplitRegion), from_the_start);
        assert_eq!(
            problems,
            [
                "there is no command \"fly\" to set a key for",
                "key of merge-region: \"Hyper+m\" is no key; write it as Ctrl+Shift+Enter, Alt+Left or s",
                "key of split-region: \"nonsense\" is no key; write it as Ctrl+Shift+Enter, Alt+Left or s",
                "Ctrl+F is set for find-in-article and for undo",
            ]
        );
    }
}
