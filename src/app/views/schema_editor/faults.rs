//! What keeps a draft from being a schema.

use super::draft::{Draft, Fate};
use crate::app::command::{Bindings, Chord, Command, Keymap};
use crate::edit::LabelKind;
use crate::model::{Label, Schema};

/// Which field a fault is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Key,
    /// Nothing of one label.
    Whole,
}

/// Something that keeps a draft from being a schema, or that one should know (`grave` is false).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub at: Option<(LabelKind, usize)>,
    pub field: Field,
    pub words: String,
    pub grave: bool,
}

impl Draft {
    /// All that is wrong, or worth knowing, in the order of the labels.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let keymap = Keymap::new(None, &Bindings::default());
        for kind in [LabelKind::Region, LabelKind::Entity] {
            for (at, label) in self.labels(kind).iter().enumerate() {
                let mut say = |field, grave, words: String| {
                    faults.push(Fault {
                        at: Some((kind, at)),
                        field,
                        words,
                        grave,
                    });
                };
                match Label::new(&label.name) {
                    Err(error) => say(Field::Name, true, sentence(&error.to_string())),
                    Ok(name) => {
                        let before = self.labels(kind).iter().take(at);
                        let twice = before.filter(|other| name == *other.name.trim()).count() > 0;
                        let off = self.gone.iter().any(|gone| {
                            gone.kind == kind
                                && gone.fate == Fate::SwitchOff
                                && name == *gone.label.name.trim()
                        });
                        if twice || off {
                            say(
                                Field::Name,
                                true,
                                format!("There is already a label {name}"),
                            );
                        }
                    }
                }
                if let Err(words) = key(kind, &label.key) {
                    say(Field::Key, true, words);
                } else if let Some(key) = label.key.chars().next().filter(|_| label.enabled) {
                    let other = self.labels(kind).iter().enumerate().find(|(other, with)| {
                        *other != at && with.enabled && with.key == label.key
                    });
                    if let Some((_, other)) = other {
                        let name = other.name.trim();
                        say(
                            Field::Key,
                            true,
                            format!("{name} has the key {key} already"),
                        );
                    } else if let Some(command) = command_on(&keymap, key) {
                        let words = command.label(None);
                        say(Field::Key, false, format!("Replaces the key of “{words}”"));
                    }
                }
            }
        }
        if !self.regions.iter().any(|region| region.enabled) {
            faults.push(Fault {
                at: None,
                field: Field::Whole,
                words: "At least one region label must be enabled".to_owned(),
                grave: true,
            });
        }
        if self.name.trim().is_empty() {
            faults.push(Fault {
                at: None,
                field: Field::Whole,
                words: "The schema needs a name".to_owned(),
                grave: true,
            });
        }
        for gone in &self.gone {
            if let Fate::Move(to) = &gone.fate
                && !self
                    .labels(gone.kind)
                    .iter()
                    .any(|label| label.name.trim() == to)
            {
                faults.push(Fault {
                    at: None,
                    field: Field::Whole,
                    words: format!("Choose where the spans of {} move to", gone.label.name),
                    grave: true,
                });
            }
        }
        faults
    }
}

/// The key of a label, if what was typed is one.
pub(super) fn key(kind: LabelKind, typed: &str) -> Result<Option<char>, String> {
    let mut chars = typed.trim().chars();
    let (key, more) = (chars.next(), chars.next());
    match (kind, key, more) {
        (_, None, _) => Ok(None),
        (_, Some(_), Some(_)) => Err("One key only".to_owned()),
        (LabelKind::Entity, Some(key), None) if key.is_ascii_digit() => Ok(Some(key)),
        (LabelKind::Entity, ..) => Err("An entity's key is a digit".to_owned()),
        (LabelKind::Region, Some(key), None) if Schema::RESERVED_KEYS.contains(&key) => {
            let command = command_on(&Keymap::new(None, &Bindings::default()), key);
            let words = command.map_or(String::new(), |command| command.label(None));
            Err(format!("{key} is the key for “{words}”"))
        }
        (LabelKind::Region, Some(key), None) if key.is_lowercase() => Ok(Some(key)),
        (LabelKind::Region, ..) => Err("A region's key is a lower-case letter".to_owned()),
    }
}

/// The command that has this letter for itself.
fn command_on(keymap: &Keymap, key: char) -> Option<Command> {
    let key = egui::Key::from_name(&key.to_uppercase().to_string())?;
    keymap.get(Chord::plain(key))
}

/// Begins words with a capital.
pub(super) fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
