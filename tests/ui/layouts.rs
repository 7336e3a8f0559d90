//! Keyboards that are no American ones: which key was pressed, and what it types.
//!
//! The window is told of a key as the system does it: the key by what it types, or else by its
//! place, and the text.

use egui::{Event, Key, Modifiers};

use crate::desk::Window;

const STORY: &str = "nav?0.9| Home\n|\nbody?0.9| {PERSON Ada} Lovelace spoke in Paris.\n|\nbody?0.9| Later Ada left.";

/// A key: what it types if egui knows that, its place on an American keyboard, and its text.
struct Stroke(Option<Key>, Key, &'static str, Modifiers);

const PLAIN: Modifiers = Modifiers::NONE;

/// A key that types something.
fn typed(key: Option<Key>, place: Key, text: &'static str) -> Stroke {
    Stroke(key, place, text, PLAIN)
}

/// A key with Ctrl, which types nothing.
fn ctrl(key: Option<Key>, place: Key) -> Stroke {
    let held = Modifiers {
        ctrl: true,
        command: true,
        ..PLAIN
    };
    Stroke(key, place, "", held)
}

fn strike(window: &mut Window, strokes: &[Stroke]) {
    for Stroke(key, place, text, modifiers) in strokes {
        let event = |pressed| Event::Key {
            key: key.unwrap_or(*place),
            physical_key: Some(*place),
            pressed,
            repeat: false,
            modifiers: *modifiers,
        };
        // In one frame, as the system tells of them; Ctrl is pressed before.
        let events = &mut window.harness.input_mut().events;
        if modifiers.ctrl {
            events.push(Event::Key {
                key: Key::ControlLeft,
                physical_key: Some(Key::ControlLeft),
                pressed: true,
                repeat: false,
                modifiers: *modifiers,
            });
        }
        events.push(event(true));
        if !text.is_empty() {
            events.push(Event::Text((*text).to_owned()));
        }
        events.push(event(false));
        window.harness.run_steps(2);
    }
}

fn is_open(window: &Window) -> bool {
    window.state().dataset.is_some() && window.state().leaving.is_none()
}

#[test]
fn azerty_a_dead_key_changes_nothing_and_undo_after_it_closes_nothing() {
    let mut window = Window::over(&[STORY]);
    window.press("↓");
    let before = window.annotation();
    // The circumflex, a dead key where Americans have the bracket.
    let circumflex = || Stroke(None, Key::OpenBracket, "", PLAIN);
    strike(&mut window, &[circumflex()]);
    assert_eq!(window.annotation(), before);
    // Then Ctrl and the key that types z, where Americans have w. After the dead key it types ẑ,
    // which no one knows.
    strike(&mut window, &[ctrl(None, Key::W)]);
    window.harness.run_steps(5);
    assert!(is_open(&window), "closed by Ctrl+Z");
    assert_eq!(window.annotation(), before);
    // Once it has typed its z, it is known, and undo is undo even then.
    strike(
        &mut window,
        &[
            typed(Some(Key::Z), Key::W, "z"),
            typed(None, Key::Num2, "é"),
        ],
    );
    assert!(
        window.annotation().contains("{ORG Ada}"),
        "{}",
        window.annotation()
    );
    strike(&mut window, &[circumflex(), ctrl(None, Key::W)]);
    window.harness.run_steps(5);
    assert!(is_open(&window));
    assert_eq!(window.annotation(), before, "taken back");
    // Without a dead key before it, Ctrl+W is the key that types w.
    strike(&mut window, &[ctrl(Some(Key::W), Key::Z)]);
    window.until(|state| state.dataset.is_none());
}

#[test]
fn azerty_a_dead_key_in_a_field_and_undo_after_it_close_nothing() {
    let mut window = Window::over(&[STORY]);
    window.press("Ctrl+F");
    window.harness.run_steps(2);
    strike(
        &mut window,
        &[
            typed(Some(Key::A), Key::Q, "a"),
            Stroke(None, Key::OpenBracket, "", PLAIN),
            ctrl(None, Key::W),
        ],
    );
    window.harness.run_steps(5);
    assert!(is_open(&window));
}

#[test]
fn azerty_digits_tag_with_and_without_shift() {
    let row = [
        (None, Key::Num1, "&", "PERSON"),
        (None, Key::Num2, "é", "ORG"),
        (None, Key::Num3, "\"", "GPE"),
        (Some(Key::Quote), Key::Num4, "'", "LOC"),
        (None, Key::Num5, "(", "DATE"),
        (Some(Key::Minus), Key::Num6, "-", "NORP"),
    ];
    for (key, place, text, label) in row {
        let mut window = Window::over(&[STORY]);
        window.press("↓");
        strike(&mut window, &[typed(key, place, text)]);
        let labels: Vec<String> = window
            .state()
            .schema()
            .unwrap()
            .entities()
            .iter()
            .map(|entity| entity.label.as_str().to_owned())
            .collect();
        let at = "123456".find(place.name()).unwrap();
        let wanted = labels.get(at).map_or(label, String::as_str);
        assert!(
            window.annotation().contains(&format!("{{{wanted} Ada}}")),
            "{text}: {}",
            window.annotation()
        );
    }
    let mut window = Window::over(&[STORY]);
    window.press("↓");
    let shift = Modifiers::SHIFT;
    strike(
        &mut window,
        &[Stroke(Some(Key::Num3), Key::Num3, "3", shift)],
    );
    assert!(
        window.annotation().contains("{GPE Ada}"),
        "{}",
        window.annotation()
    );
    // The point is typed with Shift there.
    strike(
        &mut window,
        &[Stroke(Some(Key::Period), Key::Comma, ".", shift)],
    );
    assert!(
        window.annotation().contains("{GPE Ada Lovelace}"),
        "{}",
        window.annotation()
    );
}

#[test]
fn qwertz_brackets_have_their_places_and_what_altgr_types_is_no_digit() {
    let mut window = Window::over(&["body| Then {PERSON Ada} Lovelace spoke."]);
    window.press("→");
    // ü and + are where Americans have the brackets.
    strike(
        &mut window,
        &[typed(Some(Key::Plus), Key::CloseBracket, "+")],
    );
    window.expect("body| Then {PERSON Ada Lovelace} spoke.");
    strike(&mut window, &[typed(None, Key::OpenBracket, "ü")]);
    window.expect("body| {PERSON Then Ada Lovelace} spoke.");
    // The brackets themselves are typed with AltGr, and so is ½, which is no 5.
    strike(
        &mut window,
        &[
            typed(None, Key::Num5, "½"),
            typed(None, Key::Q, "@"),
            typed(None, Key::E, "€"),
            typed(Some(Key::CloseBracket), Key::Num9, "]"),
        ],
    );
    window.expect("body| {PERSON Then Ada Lovelace spoke}.");
    // z and y have changed places.
    strike(&mut window, &[ctrl(Some(Key::Z), Key::Y)]);
    window.expect("body| {PERSON Then Ada Lovelace} spoke.");
    strike(&mut window, &[ctrl(Some(Key::Y), Key::Z)]);
    window.expect("body| {PERSON Then Ada Lovelace spoke}.");
}

#[test]
fn cyrillic_letters_act_by_their_places() {
    let mut window = Window::over(&[STORY]);
    // с is c, т is n, и is b.
    strike(
        &mut window,
        &[
            typed(None, Key::C, "с"),
            typed(None, Key::N, "т"),
            typed(None, Key::B, "и"),
        ],
    );
    window.expect(
        "comment| Home\n|\nnav| {PERSON Ada} Lovelace spoke in Paris.\n|\nbody| Later Ada left.",
    );
    strike(&mut window, &[ctrl(None, Key::Z), ctrl(None, Key::Z)]);
    window.expect("comment| Home\n|\nbody?0.9| {PERSON Ada} Lovelace spoke in Paris.\n|\nbody?0.9| Later Ada left.");
    strike(&mut window, &[Stroke(None, Key::N, "Т", Modifiers::SHIFT)]);
    assert!(
        window.annotation().contains("nav    | {PERSON Ada}"),
        "{}",
        window.annotation()
    );
    strike(&mut window, &[typed(Some(Key::Num2), Key::Num2, "2")]);
}

#[test]
fn dvorak_keys_act_by_what_they_type() {
    let mut window = Window::over(&["body| Then {PERSON Ada} Lovelace spoke.\n|\nbody| End."]);
    window.press("→");
    // / and = are where Americans have the brackets: they do nothing. [ and ] are elsewhere.
    strike(
        &mut window,
        &[
            typed(Some(Key::Slash), Key::OpenBracket, "/"),
            typed(Some(Key::Equals), Key::CloseBracket, "="),
        ],
    );
    window.expect("body| Then {PERSON Ada} Lovelace spoke.\n|\nbody| End.");
    strike(
        &mut window,
        &[typed(Some(Key::CloseBracket), Key::Equals, "]")],
    );
    window.expect("body| Then {PERSON Ada Lovelace} spoke.\n|\nbody| End.");
    // Undo is at the slash, and the key that Americans have for w types a comma.
    strike(&mut window, &[ctrl(Some(Key::Z), Key::Slash)]);
    window.expect("body| Then {PERSON Ada} Lovelace spoke.\n|\nbody| End.");
    strike(&mut window, &[ctrl(Some(Key::Comma), Key::W)]);
    assert!(is_open(&window));
}

#[test]
fn arabic_digits_are_digits() {
    let mut window = Window::over(&[STORY]);
    window.press("↓");
    strike(&mut window, &[typed(None, Key::Num2, "٢")]);
    assert!(
        window.annotation().contains("{ORG Ada}"),
        "{}",
        window.annotation()
    );
}
