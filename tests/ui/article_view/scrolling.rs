//! Long articles: what is laid out, what comes into view, and what stays in place.

use copydesk::app::article_view::ViewEvent;
use copydesk::model::{BytePos, Span, Text};
use eframe::egui::{self, Event, Key, Modifiers, pos2, vec2};
use egui_kittest::kittest::Queryable as _;

use super::desk::{Screen, button, click, drag, screen_of};

#[test]
fn only_what_is_visible_of_a_megabyte_is_laid_out() {
    let text =
        Text::new(&"Twelve boats lay at the quay of Port Ellery that night.\n\n".repeat(18_000));
    let mut screen = screen_of(text, Vec::new(), Vec::new());
    assert!(
        screen.state().view.laid_out() < 60,
        "{} at the start",
        screen.state().view.laid_out()
    );
    for step in 0..50 {
        screen
            .state_mut()
            .view
            .set_scroll_offset(f64::from(step) * 12_000.0);
        screen.step();
    }
    let laid_out = screen.state().view.laid_out();
    assert!(laid_out < 50 * 60, "{laid_out} after fifty jumps");
    screen
        .get_all_by_label("no region: Twelve boats lay at the quay of Port Ellery that night.")
        .next()
        .unwrap();
}

#[test]
fn one_line_of_two_hundred_thousand_characters_can_be_read_and_selected_to_its_end() {
    let text = Text::new(&"abcdefghij".repeat(20_000));
    let mut screen = screen_of(text.clone(), Vec::new(), Vec::new());
    assert!(screen.state().view.laid_out() < 5);
    screen.state_mut().view.scroll_to_pos(text.end());
    screen.run();
    assert_eq!(screen.state().view.visible().end, text.end());
    let span = text.span(BytePos(199_990), BytePos(199_995)).unwrap();
    let place = screen
        .state()
        .view
        .rect_of(span)
        .expect("the end is visible");
    drag(
        &mut screen,
        &[
            place.left_center() + vec2(0.5, 0.0),
            place.center(),
            place.right_center() - vec2(0.5, 0.0),
        ],
        Modifiers::ALT,
    );
    assert_eq!(screen.state().selected(), "abcde");
}

fn numbered(lines: usize) -> Text {
    let lines: Vec<String> = (0..lines)
        .map(|nth| {
            format!(
                "Line {nth} {}",
                "of some length that wraps ".repeat(nth % 13)
            )
        })
        .collect();
    Text::new(&lines.join("\n"))
}

fn span_of(text: &Text, words: &str) -> Span {
    let at = text.as_str().find(words).unwrap();
    text.span(
        BytePos::from_index(at),
        BytePos::from_index(at + words.len()),
    )
    .unwrap()
}

#[test]
fn what_is_asked_for_comes_into_view_from_anywhere() {
    let text = numbered(3000);
    let mut screen = screen_of(text.clone(), Vec::new(), Vec::new());
    for words in [
        "Line 2500 ",
        "Line 17 ",
        "Line 2999 ",
        "Line 0 ",
        "Line 1234 ",
    ] {
        let span = span_of(&text, words);
        screen.state_mut().view.scroll_to(span);
        screen.run();
        let place = screen.state().view.rect_of(span).expect(words);
        assert!(
            place.top() > 0.0 && place.bottom() < 640.0,
            "{words} at {place:?}"
        );
        // Asking again for what is in view moves nothing.
        screen.state_mut().view.scroll_to(span);
        screen.run();
        assert_eq!(screen.state().view.rect_of(span), Some(place));
    }
}

#[test]
fn what_one_reads_stays_in_place_while_one_scrolls_up_into_unmeasured_text() {
    let text = numbered(3000);
    let mut screen = screen_of(text.clone(), Vec::new(), Vec::new());
    let span = span_of(&text, "Line 1500 ");
    screen.state_mut().view.scroll_to(span);
    screen.run();
    let before = screen.state().view.rect_of(span).unwrap().top();
    let wheel = |delta: f32| Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, delta),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    };
    screen.hover_at(pos2(450.0, 300.0));
    screen.run();
    screen.event(wheel(90.0));
    screen.run_steps(60);
    let after = screen.state().view.rect_of(span).unwrap().top();
    assert!(
        (after - before - 90.0).abs() < 1.0,
        "moved by {} instead of 90",
        after - before
    );
}

#[test]
fn a_new_width_keeps_the_place_that_one_reads() {
    let text = numbered(3000);
    let mut screen = screen_of(text.clone(), Vec::new(), Vec::new());
    let span = span_of(&text, "Line 1500 ");
    screen.state_mut().view.scroll_to(span);
    screen.run();
    for width in [500.0, 1300.0, 700.0] {
        screen.set_size(vec2(width, 640.0));
        screen.run();
        assert!(
            screen.state().view.rect_of(span).is_some(),
            "at width {width}"
        );
    }
}

#[test]
fn a_window_shrunk_to_nothing_is_survived() {
    let text = numbered(300);
    let mut screen = screen_of(text.clone(), Vec::new(), Vec::new());
    let span = span_of(&text, "Line 150 ");
    screen.state_mut().view.scroll_to(span);
    screen.run();
    for size in [
        vec2(0.0, 0.0),
        vec2(900.0, 1.0),
        vec2(3.0, 640.0),
        vec2(90.0, 20.0),
    ] {
        screen.set_size(size);
        drag(
            &mut screen,
            &[pos2(1.0, 0.5), pos2(80.0, 10.0), pos2(300.0, 400.0)],
            Modifiers::NONE,
        );
    }
    screen.set_size(vec2(900.0, 640.0));
    screen.run();
    assert!(
        screen.state().view.rect_of(span).is_some(),
        "and the place is kept"
    );
}

#[test]
fn the_keys_of_the_page_scroll_only_with_the_focus_and_without_modifiers() {
    let mut screen = screen_of(numbered(300), Vec::new(), Vec::new());
    let offset = |screen: &Screen<'_>| screen.state().view.scroll_offset();
    let start = offset(&screen);
    screen.key_press(Key::PageDown);
    screen.run();
    assert_eq!(offset(&screen), start, "nothing has the focus yet");
    click(&mut screen, pos2(450.0, 300.0), Modifiers::NONE);
    assert!(screen.state().events.contains(&ViewEvent::Focused));
    screen.key_press_modifiers(Modifiers::CTRL, Key::PageDown);
    screen.run();
    assert_eq!(offset(&screen), start, "with a modifier it is the shell's");
    screen.key_press(Key::PageDown);
    screen.run();
    assert!(offset(&screen) > start + 400.0);
    screen.key_press(Key::End);
    screen.run();
    assert_eq!(
        screen.state().view.visible().end,
        screen.state().article.text.end()
    );
    screen.key_press(Key::Home);
    screen.run();
    assert_eq!(offset(&screen), start);
}

#[test]
fn a_drag_to_the_edge_scrolls_and_goes_on_selecting() {
    let mut screen = screen_of(numbered(300), Vec::new(), Vec::new());
    let from = screen.state().place("Line 1 ", 0).left_center() + vec2(4.0, 0.0);
    screen.hover_at(from);
    screen.event(button(from, true, Modifiers::NONE));
    screen.hover_at(pos2(450.0, 300.0));
    screen.hover_at(pos2(450.0, 660.0));
    screen.step();
    screen.run_steps(40);
    screen.event(button(pos2(450.0, 660.0), false, Modifiers::NONE));
    screen.run();
    assert!(screen.state().view.scroll_offset() > 300.0);
    let selected = screen.state().selected();
    assert!(
        selected.starts_with("Line 1 ") && selected.lines().count() > 8,
        "{}",
        selected.lines().count()
    );
}
