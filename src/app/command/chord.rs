//! A key with its modifiers.

use std::fmt;
use std::str::FromStr;

use egui::{Key, Modifiers};

/// A key with its modifiers, exactly: `Ctrl+Z` is not `Ctrl+Shift+Z`. `ctrl` is the command key on
/// a Mac.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    /// Whether Ctrl (Command on a Mac) is held.
    pub ctrl: bool,
    /// Whether Shift is held.
    pub shift: bool,
    /// Whether Alt is held.
    pub alt: bool,
    /// The key itself.
    pub key: Key,
}

impl Chord {
    /// The key alone.
    #[must_use]
    pub const fn plain(key: Key) -> Self {
        Self {
            ctrl: false,
            shift: false,
            alt: false,
            key,
        }
    }

    /// The key with Shift.
    #[must_use]
    pub const fn shift(key: Key) -> Self {
        Self {
            shift: true,
            ..Self::plain(key)
        }
    }

    /// The key with Alt.
    #[must_use]
    pub const fn alt(key: Key) -> Self {
        Self {
            alt: true,
            ..Self::plain(key)
        }
    }

    /// The key with Ctrl.
    #[must_use]
    pub const fn ctrl(key: Key) -> Self {
        Self {
            ctrl: true,
            ..Self::plain(key)
        }
    }

    /// And Shift.
    #[must_use]
    pub const fn with_shift(self) -> Self {
        Self {
            shift: true,
            ..self
        }
    }

    /// And Alt.
    #[must_use]
    pub const fn with_alt(self) -> Self {
        Self { alt: true, ..self }
    }

    /// What was pressed.
    pub fn of(key: Key, modifiers: Modifiers) -> Self {
        Self {
            ctrl: modifiers.command || modifiers.ctrl,
            shift: modifiers.shift,
            alt: modifiers.alt,
            key,
        }
    }

    /// As egui's events carry it.
    pub fn modifiers(self) -> Modifiers {
        Modifiers {
            alt: self.alt,
            ctrl: self.ctrl,
            shift: self.shift,
            mac_cmd: false,
            command: self.ctrl,
        }
    }

    /// As the screen shows it: `Ctrl+Shift+Enter`, `b`, `→`.
    pub fn show(self) -> String {
        let mut words = String::new();
        for (held, name) in [
            (self.ctrl, "Ctrl+"),
            (self.shift, "Shift+"),
            (self.alt, "Alt+"),
        ] {
            if held {
                words.push_str(name);
            }
        }
        let key = match self.key {
            Key::ArrowDown => "↓",
            Key::ArrowUp => "↑",
            Key::ArrowLeft => "←",
            Key::ArrowRight => "→",
            Key::PageDown => "PgDn",
            Key::PageUp => "PgUp",
            Key::Escape => "Esc",
            key => key.symbol_or_name(),
        };
        let letter = key.len() == 1 && !self.ctrl;
        if letter {
            words.push_str(&key.to_lowercase());
        } else {
            words.push_str(key);
        }
        words
    }
}

/// As settings files have it: `Ctrl+Shift+Enter`, `s`, `Alt+Left`. What is printed is parsed back
/// as it was.
impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [
            (self.ctrl, "Ctrl+"),
            (self.shift, "Shift+"),
            (self.alt, "Alt+"),
        ] {
            if held {
                f.write_str(name)?;
            }
        }
        f.write_str(self.key.name())
    }
}

/// Why some words are no chord.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoChord(String);

impl fmt::Display for NoChord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no key; write it as Ctrl+Shift+Enter, Alt+Left or s",
            self.0
        )
    }
}

impl FromStr for Chord {
    type Err = NoChord;

    /// Reads a chord as people write it; it need not be as [`Chord`] prints it: `ctrl+s`, `Cmd+S`,
    /// `→`.
    fn from_str(words: &str) -> Result<Self, NoChord> {
        let no_chord = || NoChord(words.to_owned());
        let mut rest = words.trim();
        let mut chord = Self::plain(Key::A);
        while let Some((held, after)) = rest.split_once('+').filter(|(_, after)| !after.is_empty())
        {
            match held.trim().to_lowercase().as_str() {
                "ctrl" | "control" | "cmd" | "command" => chord.ctrl = true,
                "shift" => chord.shift = true,
                "alt" | "option" => chord.alt = true,
                _ => return Err(no_chord()),
            }
            rest = after.trim_start();
        }
        chord.key = key_named(rest.trim_end()).ok_or_else(no_chord)?;
        Ok(chord)
    }
}

fn key_named(name: &str) -> Option<Key> {
    let shown = match name {
        "↓" => Key::ArrowDown,
        "↑" => Key::ArrowUp,
        "←" => Key::ArrowLeft,
        "→" => Key::ArrowRight,
        "PgDn" => Key::PageDown,
        "PgUp" => Key::PageUp,
        "" => return None,
        _ => {
            let same = |key: &&Key| key.name().eq_ignore_ascii_case(name);
            return Key::from_name(name).or_else(|| Key::ALL.iter().find(same).copied());
        }
    };
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_is_parsed_back_as_it_was_printed_and_as_it_was_shown() {
        for &key in Key::ALL {
            for bits in 0..8 {
                let chord = Chord {
                    ctrl: bits & 1 > 0,
                    shift: bits & 2 > 0,
                    alt: bits & 4 > 0,
                    key,
                };
                assert_eq!(chord.to_string().parse(), Ok(chord));
                assert_eq!(chord.show().parse(), Ok(chord), "{}", chord.show());
            }
        }
    }

    #[test]
    fn people_write_chords_in_their_own_way() {
        for (words, chord) in [
            ("ctrl + s", Chord::ctrl(Key::S)),
            ("Cmd+Shift+z", Chord::ctrl(Key::Z).with_shift()),
            ("Ctrl++", Chord::ctrl(Key::Plus)),
            ("+", Chord::plain(Key::Plus)),
            ("[", Chord::plain(Key::OpenBracket)),
            ("pageup", Chord::plain(Key::PageUp)),
        ] {
            assert_eq!(words.parse(), Ok(chord), "{words}");
        }
        for words in ["", "Ctrl+", "Hyper+a", "abc", "Shift"] {
            assert!(words.parse::<Chord>().is_err(), "{words}");
        }
    }

    #[test]
    fn keys_are_shown_as_people_write_them() {
        assert_eq!(
            Chord::ctrl(Key::Enter).with_shift().show(),
            "Ctrl+Shift+Enter"
        );
        assert_eq!(Chord::plain(Key::B).show(), "b");
        assert_eq!(Chord::shift(Key::ArrowDown).show(), "Shift+↓");
        assert_eq!(Chord::ctrl(Key::PageDown).show(), "Ctrl+PgDn");
    }
}
