//! Keys become commands before egui sees them, so that Tab and the arrows are the annotator's, not
//! the focus ring's.

mod layout;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use egui::{Context, Event, Key, RawInput};

use self::layout::{Layout, Meaning, Pressed};
use crate::app::command::{Chord, Command, Keymap};

/// What the frame tells the tap, and what the tap has for the frame.
#[derive(Default)]
struct Share {
    keymap: Arc<Keymap>,
    /// What is known of the keyboard.
    layout: Layout,
    /// Whether the frame would do a command now: others are left to egui.
    possible: Vec<Command>,
    dialog: bool,
    /// Whether the menu of a place is open: the arrows and Enter are its.
    menu: bool,
    /// Whether the next chord is wanted as it is: it is to be the key of a command.
    recording: bool,
    recorded: Option<Chord>,
    /// Whether an input method is putting letters together: its keys are no commands.
    composing: bool,
    commands: Vec<Command>,
    /// Whether a command is still to come that opens a text field: what is typed now is meant for
    /// that.
    holding: bool,
    /// What was typed for it.
    held: Vec<Event>,
}

/// The frame's end.
#[derive(Clone, Default)]
pub struct Keys(Arc<Mutex<Share>>);

struct Tap(Keys);

impl Keys {
    /// Puts the tap into a context.
    pub fn install(ctx: &Context) -> Self {
        let keys = Self::default();
        ctx.add_plugin(Tap(keys.clone()));
        keys
    }

    fn lock(&self) -> MutexGuard<'_, Share> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The commands whose keys were pressed since the last frame.
    pub fn take(&self) -> Vec<Command> {
        std::mem::take(&mut self.lock().commands)
    }

    /// New keys: another schema, or another setting.
    pub fn set_keymap(&self, keymap: Arc<Keymap>) {
        self.lock().keymap = keymap;
    }

    /// What can be done in the state as it is after this frame.
    pub fn set_possible(&self, possible: Vec<Command>, dialog: bool, recording: bool, menu: bool) {
        let mut share = self.lock();
        share.possible = possible;
        share.dialog = dialog;
        share.recording = recording;
        share.menu = menu;
    }

    /// Keeps what is typed until the field is open that it is meant for; whether anything is kept.
    pub fn hold(&self, holding: bool) -> bool {
        let mut share = self.lock();
        share.holding = holding;
        !share.held.is_empty()
    }

    /// The chord that was pressed while one was waited for.
    pub fn take_recorded(&self) -> Option<Chord> {
        self.lock().recorded.take()
    }
}

impl egui::Plugin for Tap {
    fn debug_name(&self) -> &'static str {
        "copydesk keys"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        let typing = ctx.text_edit_focused();
        let mut share = self.0.lock();
        let Share {
            keymap,
            layout,
            possible,
            dialog,
            menu,
            recording,
            recorded,
            composing,
            commands,
            holding,
            held,
        } = &mut *share;
        if !*holding && !held.is_empty() {
            held.append(&mut input.events);
            std::mem::swap(held, &mut input.events);
        }
        // Also what comes in one go with the command's own key.
        let mut holding = *holding;
        let mut events = std::mem::take(&mut input.events).into_iter().peekable();
        let mut keep = |event: &mut Event, text: Option<&str>| {
            if holding && is_typed(event) {
                held.push(event.clone());
                return false;
            }
            if let Event::Ime(ime) = event {
                *composing = composes(ime);
                return true;
            }
            if *recording && matches!(event, Event::Text(_)) {
                return false; // the same key, as a letter
            }
            let chords = match chords_of(event, text, layout) {
                Ok(chords) => chords,
                Err(keep) => return keep && !*recording,
            };
            if *composing && typing {
                return true;
            }
            if *recording {
                if let Some(chord) = chords.first() {
                    recorded.get_or_insert(*chord);
                }
                return chords.is_empty();
            }
            if *menu && chords.iter().any(|chord| is_of_menu(*chord)) {
                return true;
            }
            let command = chords
                .iter()
                .find_map(|chord| keymap.get_among(*chord, possible));
            let Some(command) = command else {
                return true;
            };
            let wanted = if *dialog {
                command == Command::Escape
            } else {
                possible.contains(&command) && (!typing || command.works_in_fields())
            };
            if wanted {
                commands.push(command);
                holding |= command.opens_field();
            }
            !wanted
        };
        while let Some(mut event) = events.next() {
            let text = match events.peek() {
                Some(Event::Text(text)) => Some(text.as_str()),
                _ => None,
            };
            if keep(&mut event, text) {
                input.events.push(event);
            }
        }
    }
}

/// The chords that an event may mean, none for what is no key; or else, if nobody knows what was
/// pressed, whether egui may have it.
fn chords_of(
    event: &mut Event,
    text: Option<&str>,
    layout: &mut Layout,
) -> Result<Vec<Chord>, bool> {
    match event {
        // Ctrl, Shift and the like are pressed before what they are held for, and are no keys by
        // themselves.
        Event::Key { key, .. } if is_modifier(*key) => Ok(Vec::new()),
        Event::Key {
            key,
            physical_key,
            pressed: true,
            modifiers,
            ..
        } => {
            let pressed = Pressed {
                key: *key,
                place: *physical_key,
                modifiers: *modifiers,
                text,
            };
            match layout.meaning(&pressed) {
                Meaning::Chords(chords) => {
                    // A field shall not take it for another key either.
                    if let Some(only) = chords.first().filter(|chord| chord.ctrl) {
                        *key = only.key;
                    }
                    Ok(chords)
                }
                Meaning::Unknown => Err(!Chord::of(*key, *modifiers).ctrl),
            }
        }
        // The system says that its keys for copying were pressed, not which they are.
        Event::Copy => Ok(vec![Chord::ctrl(Key::C)]),
        _ => Ok(Vec::new()),
    }
}

fn is_modifier(key: Key) -> bool {
    use Key as K;
    matches!(
        key,
        K::ShiftLeft | K::ShiftRight | K::ControlLeft | K::ControlRight | K::AltLeft | K::AltRight
    )
}

/// Whether an event comes from the keyboard.
fn is_typed(event: &Event) -> bool {
    matches!(
        event,
        Event::Key { .. } | Event::Text(_) | Event::Paste(_) | Event::Ime(_)
    )
}

/// Whether an input method is in the middle of something.
fn composes(event: &egui::ImeEvent) -> bool {
    matches!(event, egui::ImeEvent::Preedit { text, .. } if !text.is_empty())
}

/// Whether an open menu wants a key for itself.
fn is_of_menu(chord: Chord) -> bool {
    let keys = [
        Key::ArrowDown,
        Key::ArrowUp,
        Key::ArrowLeft,
        Key::ArrowRight,
        Key::Enter,
        Key::Space,
    ];
    keys.map(Chord::plain).contains(&chord)
}
