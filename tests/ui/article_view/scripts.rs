//! Text that is hard to point at: characters of many code points, and text from right to left.

use copydesk::app::article_view::{ArticleView, ViewEvent};
use copydesk::edit::segment;
use copydesk::model::{BytePos, Text};
use eframe::egui::{Event, Modifiers, pos2, vec2};
use egui_kittest::kittest::Queryable as _;

use super::desk::{Screen, button, click, drag, screen, screen_of};

#[test]
fn no_click_ever_splits_a_character() {
    let text = "A 👨‍👩‍👧‍👦 family, a 🇲🇹 flag, cafe\u{301}, office, हिन्दी क्षि, กำลัง, Việt, 👍🏽!";
    let mut screen = screen_of(Text::new(text), Vec::new(), Vec::new());
    let row = screen.get_by_label_contains("no region: A").rect();
    let at = |step: u8| pos2(row.left() + 10.0 + f32::from(step) * 2.5, row.center().y);
    for step in (0..220).step_by(4) {
        click(&mut screen, at(step), Modifiers::NONE);
        screen.run_steps(25); // or the next click counts as the second of two
    }
    screen.event(Event::ModifiersChanged(Modifiers::ALT));
    screen.event(button(at(0), true, Modifiers::ALT));
    (0..220).for_each(|step| screen.hover_at(at(step)));
    screen.run();
    let mut heads = Vec::new();
    for event in &screen.state().events {
        let (ViewEvent::Select { head, .. } | ViewEvent::CaretAt(head)) = event else {
            continue;
        };
        assert!(
            segment::is_grapheme_boundary(text, head.index()),
            "{event:?}"
        );
        heads.push(*head);
    }
    heads.sort();
    heads.dedup();
    assert!(heads.len() > 45, "{heads:?}");
}

/// Selects a word by dragging over it and by a double click; the bytes must be those of the word.
fn word_can_be_selected(screen: &mut Screen<'_>, word: &str) {
    let place = screen.state().place(word, 0);
    drag(
        screen,
        &[
            place.center() - vec2(4.0, 0.0),
            place.center(),
            place.center() + vec2(4.0, 0.0),
        ],
        Modifiers::NONE,
    );
    assert_eq!(screen.state().selected(), word, "dragged over");
    screen.run_steps(40); // or the two clicks that follow count as the third and fourth
    click(screen, place.center(), Modifiers::NONE);
    click(screen, place.center(), Modifiers::NONE);
    assert_eq!(screen.state().selected(), word, "double-clicked");
    screen.run_steps(40);
}

#[test]
fn a_word_selected_by_mouse_in_arabic_has_the_right_bytes() {
    let mut screen = screen(
        "body| قال {PERSON أحمد منصور} إن الرصيف كلف 250 ألف يورو في عام 2024 كما يقول Tom أيضا في تعليقه الطويل جدا على المقال الأول",
    );
    for word in ["منصور", "الرصيف", "250", "2024", "Tom", "تعليقه", "المقال"]
    {
        word_can_be_selected(&mut screen, word);
    }
}

#[test]
fn a_word_selected_by_mouse_in_hebrew_has_the_right_bytes() {
    let mut screen =
        screen("body| ראש העיר {PERSON משה כהן} אמר ביום שני כי 140 סירות של BBC יעגנו ברציף החדש");
    for word in ["משה", "כהן", "140", "סירות", "BBC", "החדש"] {
        word_can_be_selected(&mut screen, word);
    }
}

#[test]
fn right_to_left_text_is_read_from_the_right() {
    let screen = screen("body| אלף 12 בית Ada גימל");
    let left = |word| screen.state().place(word, 0).left();
    let order = [
        left("אלף"),
        left("12"),
        left("בית"),
        left("Ada"),
        left("גימל"),
    ];
    assert!(order.is_sorted_by(|a, b| a > b), "{order:?}");
    // A number inside is not turned round.
    assert!(left("1") < left("2"));
}

#[test]
fn a_selection_over_both_directions_is_one_range_of_bytes() {
    let mut screen = screen("body| The mayor משה כהן said no to that.");
    let (from, to) = (
        screen.state().place("mayor", 0).center(),
        screen.state().place("said", 0).center(),
    );
    drag(
        &mut screen,
        &[from, from + vec2(20.0, 0.0), to],
        Modifiers::NONE,
    );
    assert_eq!(screen.state().selected(), "mayor משה כהן said");
}

/// Steps until everything in view is typeset.
fn settle(screen: &mut Screen<'_>) {
    screen.step();
    while ArticleView::are_fonts_loading(&screen.ctx) {
        std::thread::sleep(std::time::Duration::from_millis(5));
        screen.step();
    }
    screen.run_steps(40);
}

#[test]
fn a_jump_into_a_long_arabic_line_comes_to_its_words_and_a_new_width_keeps_them() {
    let filler = "قال أحمد إن الرصيف كلف كثيرا هذا العام. ".repeat(200);
    let text = Text::new(&format!("{filler}ثم سافر إلى بيروت مساء. {filler}"));
    let mut screen = screen_of(text.clone(), Vec::new(), Vec::new());
    let at = text.as_str().find("بيروت").unwrap();
    let end = BytePos::from_index(at + "بيروت".len());
    let span = text.span(BytePos::from_index(at), end).unwrap();
    screen.state_mut().view.scroll_to(span);
    settle(&mut screen);
    let place = screen.state().view.rect_of(span).expect("in view");
    assert!(place.top() > 0.0 && place.bottom() < 640.0, "{place:?}");
    drag(
        &mut screen,
        &[
            place.right_center() - vec2(0.5, 0.0),
            place.center(),
            place.left_center() + vec2(0.5, 0.0),
        ],
        Modifiers::ALT,
    );
    assert_eq!(screen.state().selected(), "بيروت");

    screen.set_size(vec2(500.0, 640.0));
    screen.step();
    let view = &screen.state().view;
    assert!(
        view.is_complete(),
        "the old lines stay until the new are ready"
    );
    settle(&mut screen);
    assert!(screen.state().view.is_complete());
    assert!(screen.state().view.rect_of(span).is_some(), "still in view");
}
