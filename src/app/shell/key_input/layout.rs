//! What a key means on a keyboard that is no American one.
//!
//! egui tells of a key by what it types, or, where it does not know that, by its place on an
//! American keyboard; it does not say which. The place is right for letters of other scripts, and
//! wrong after a dead key: `^` and then Ctrl+Z on a French keyboard come as Ctrl+W, because
//! together they type a letter that egui does not know. Here the two are told apart.

use std::collections::BTreeMap;

use egui::{Key, Modifiers};

use crate::app::command::Chord;

/// What is known of the keyboard so far.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// What the keys have typed, by their places.
    typed: BTreeMap<Key, Key>,
    /// Whether the last key was a dead one: the next letter may be put together with it.
    after_dead: bool,
}

/// A key that was pressed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pressed<'a> {
    /// As egui tells of it.
    pub key: Key,
    /// Its place on an American keyboard, if the system says so.
    pub place: Option<Key>,
    /// What is held.
    pub modifiers: Modifiers,
    /// What it types.
    pub text: Option<&'a str>,
}

/// What a key may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// These chords, the likeliest first.
    Chords(Vec<Chord>),
    /// Nobody knows which key it is; it does nothing.
    Unknown,
}

impl Layout {
    /// What a key means, in the light of those before it.
    pub(super) fn meaning(&mut self, pressed: &Pressed<'_>) -> Meaning {
        let Pressed {
            key,
            place,
            modifiers,
            text,
        } = *pressed;
        let chord = Chord::of(key, modifiers);
        let after_dead = std::mem::take(&mut self.after_dead);
        let Some(place) = place.filter(|place| is_typing(*place)) else {
            return Meaning::Chords(vec![chord]);
        };
        if chord.ctrl {
            // Nothing is typed then. A key that is told by its place is one that egui does not
            // know, or the very same one.
            return match self.typed.get(&place) {
                Some(&known) if after_dead && key == place => Meaning::Chords(vec![Chord {
                    key: known,
                    ..chord
                }]),
                None if after_dead && key == place => Meaning::Unknown,
                _ => Meaning::Chords(vec![chord]),
            };
        }
        let Some(text) = text else {
            // A dead key, or the letter after one that does not go with it.
            let is_dead = key == place;
            self.after_dead = is_dead && !after_dead;
            return if is_dead && !chord.alt {
                Meaning::Unknown
            } else {
                Meaning::Chords(vec![chord])
            };
        };
        if after_dead {
            return Meaning::Unknown; // a letter that was put together, whatever it is
        }
        // With Alt some systems type signs that have nothing to do with the key.
        let is_known = key != place || types(key, text) || chord.alt;
        if types(key, text) && is_letter(key) {
            self.typed.insert(place, key);
        }
        let mut chords = Vec::new();
        if is_known {
            chords.push(chord);
        }
        if let Some(key) = key_of_sign(text) {
            chords.push(Chord {
                shift: false,
                key,
                ..chord
            });
        }
        if acts_by_place(place, text) {
            chords.push(Chord {
                key: place,
                ..chord
            });
        }
        chords.dedup();
        if chords.is_empty() {
            Meaning::Unknown
        } else {
            Meaning::Chords(chords)
        }
    }
}

/// Whether a key at this place types something on every keyboard.
fn is_typing(place: Key) -> bool {
    is_letter(place)
        || is_digit(place)
        || matches!(
            place,
            Key::Comma
                | Key::Minus
                | Key::Period
                | Key::Equals
                | Key::Semicolon
                | Key::OpenBracket
                | Key::CloseBracket
                | Key::Backtick
                | Key::Backslash
                | Key::Slash
                | Key::Quote
        )
}

fn is_letter(key: Key) -> bool {
    (Key::A..=Key::Z).contains(&key)
}

fn is_digit(key: Key) -> bool {
    (Key::Num0..=Key::Num9).contains(&key)
}

/// Whether a key types this text, alone or with Shift.
fn types(key: Key, text: &str) -> bool {
    key.symbol_or_name().eq_ignore_ascii_case(text) || Key::from_name(text) == Some(key)
}

/// The key that a sign which commands use is named after, however it is typed: `.` with Shift on a
/// French keyboard, digits of other scripts.
fn key_of_sign(text: &str) -> Option<Key> {
    /// The zeros of scripts whose digits are on a keyboard.
    const ZEROS: [char; 10] = ['0', '٠', '۰', '०', '০', '੦', '૦', '௦', '๐', '０'];
    let mut chars = text.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return None;
    };
    match c {
        '[' | ']' | ',' | '.' => Key::from_name(text),
        _ => {
            let value = |zero: &char| u32::from(c).checked_sub(u32::from(*zero));
            let digit = ZEROS.iter().filter_map(value).find(|value| *value < 10)?;
            Key::from_name(&digit.to_string())
        }
    }
}

/// Whether a key that types this acts as the key that Americans have in its place.
fn acts_by_place(place: Key, text: &str) -> bool {
    // Letters of another script, in any place; those with marks only where Americans have no
    // letter: "é" is on the key for 2, but "ą" is typed with AltGr and the key for a.
    let first_letter = if is_letter(place) {
        '\u{250}'
    } else {
        '\u{80}'
    };
    if text.chars().all(|c| c.is_alphabetic() && c >= first_letter) {
        return true;
    }
    match place {
        // What French keyboards type without Shift where the digits are, and Belgian and Czech
        // ones.
        Key::Num1 => matches!(text, "&" | "+"),
        Key::Num3 => text == "\"",
        Key::Num4 => text == "'",
        Key::Num5 => text == "(",
        Key::Num6 => matches!(text, "-" | "§"),
        Key::Num8 => matches!(text, "_" | "!"),
        // German, Spanish, Italian, Nordic and French keyboards.
        Key::OpenBracket | Key::CloseBracket => matches!(text, "+" | "$" | "*"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(layout: &mut Layout, key: Key, place: Key, text: &str) -> Meaning {
        layout.meaning(&Pressed {
            key,
            place: Some(place),
            modifiers: Modifiers::NONE,
            text: Some(text).filter(|text| !text.is_empty()),
        })
    }

    fn plain(keys: &[Key]) -> Meaning {
        Meaning::Chords(keys.iter().copied().map(Chord::plain).collect())
    }

    #[test]
    fn a_key_means_what_it_types_or_else_its_place() {
        let mut layout = Layout::default();
        for (key, place, text, wanted) in [
            (Key::B, Key::B, "b", plain(&[Key::B])),
            (Key::Z, Key::W, "z", plain(&[Key::Z])),
            (Key::C, Key::C, "с", plain(&[Key::C])),
            (Key::Num5, Key::Num5, "½", Meaning::Unknown),
            (Key::Num5, Key::Num5, "5", plain(&[Key::Num5])),
            (Key::Num5, Key::Num5, "(", plain(&[Key::Num5])),
            (Key::Num2, Key::Num2, "٢", plain(&[Key::Num2])),
            (Key::E, Key::E, "€", Meaning::Unknown),
            (
                Key::Plus,
                Key::CloseBracket,
                "+",
                plain(&[Key::Plus, Key::CloseBracket]),
            ),
            (Key::Slash, Key::OpenBracket, "/", plain(&[Key::Slash])),
            (
                Key::OpenBracket,
                Key::OpenBracket,
                "ü",
                plain(&[Key::OpenBracket]),
            ),
            (Key::OpenBracket, Key::OpenBracket, "", Meaning::Unknown),
        ] {
            assert_eq!(typed(&mut layout, key, place, text), wanted, "{text}");
        }
    }

    #[test]
    fn what_comes_without_a_place_is_taken_as_it_is() {
        let pressed = Pressed {
            key: Key::OpenBracket,
            place: None,
            modifiers: Modifiers::NONE,
            text: None,
        };
        let meaning = Layout::default().meaning(&pressed);
        assert_eq!(meaning, plain(&[Key::OpenBracket]));
    }
}
