//! Keys that remove things or move edges do so only to what the screen shows as current.

use copydesk::app::Message;
use copydesk::edit::{Edge, Selection};
use copydesk::model::BytePos;
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

const STORY: &str = "nav?0.9    | Home\n           |\nbody?0.9   | Ada Lovelace spoke in Paris.\n           |\n\
                     body?0.9   | Later the KPÖ left Paris for London.\n           |\ncomment?0.8| Well said, Ada!";

/// Where the `nth` occurrence of some words is.
fn place(window: &Window, words: &str, nth: usize) -> (BytePos, BytePos) {
    let text = &window.state().article.as_ref().unwrap().article().text;
    let (at, _) = text.as_str().match_indices(words).nth(nth).unwrap();
    (
        BytePos::from_index(at),
        BytePos::from_index(at + words.len()),
    )
}

/// A click between two letters of the first occurrence of some words.
fn caret_in(window: &mut Window, words: &str) {
    let (start, _) = place(window, words, 0);
    window.send(Message::Select(Selection::caret(start)));
}

fn select(window: &mut Window, words: &str) {
    let (start, end) = place(window, words, 0);
    window.send(Message::Select(Selection::new(start, end)));
}

#[test]
fn a_caret_in_plain_text_removes_no_region() {
    let mut window = Window::over(&[STORY]);
    let before = window.annotation();
    caret_in(&mut window, "spoke");
    window.press("Delete Backspace");
    assert_eq!(window.annotation(), before);
    assert!(
        window.notices().contains("Nothing is selected to remove"),
        "{}",
        window.notices()
    );
}

#[test]
fn a_part_of_an_entity_that_is_selected_removes_nothing() {
    let mut window = Window::over(&["body| The {ORG KPÖ} left Paris."]);
    let before = window.annotation();
    window.press("Ctrl+F");
    window.harness.run_steps(2);
    window.harness.event(egui::Event::Text("KP".to_owned()));
    window.harness.run_steps(3);
    window.press("Esc");
    assert!(window.shown().contains("«{ORG KP»Ö}"), "{}", window.shown());
    window.press("Delete");
    assert_eq!(window.annotation(), before);
}

#[test]
fn a_block_that_is_selected_loses_its_label_and_no_other_block_does() {
    let mut window = Window::over(&["body| One.\n+|\n+| Two.\n+|\n+| Three."]);
    window.press("↓ Delete");
    window.expect("body| One.\n|\n| Two.\n|\nbody| Three.");
    // It is named, with a way back.
    window
        .harness
        .get_by_label_contains("Removed body from 1 block");
    window.harness.get_by_label("Undo this change").click();
    window.harness.run_steps(3);
    window.expect("body| One.\n+|\n+| Two.\n+|\n+| Three.");
    window.press("↑ Shift+↓ Delete");
    window.expect("| One.\n|\n| Two.\n|\nbody| Three.");
}

#[test]
fn a_caret_in_plain_text_moves_no_edge() {
    let mut window = Window::over(&[STORY]);
    let before = window.annotation();
    caret_in(&mut window, "spoke");
    window.press("] [ Alt+] Alt+[ . ,");
    assert_eq!(window.annotation(), before);
    assert!(
        window.notices().contains("No edge is selected"),
        "{}",
        window.notices()
    );
    // Nor does one word beside an entity, or a part of one.
    let mut window = Window::over(&[
        "body| The {ORG City of Birmingham Orchestra} played.\n|\ncomment| Thank you.",
    ]);
    let before = window.annotation();
    caret_in(&mut window, "played");
    window.press("]");
    assert_eq!(window.annotation(), before);
    select(&mut window, "City of");
    window.press("]");
    assert_eq!(window.annotation(), before);
    assert!(
        window
            .shown()
            .contains("«{ORG City of Birmingham» Orchestra}"),
        "the selection grows instead: {}",
        window.shown()
    );
}

#[test]
fn a_block_that_is_selected_moves_the_edge_of_its_region_only_where_the_edge_is_in_it() {
    let mut window = Window::over(&["body| One.\n+|\n+| Two.\n|\ncomment| Thank you."]);
    window.press("]");
    window.expect("body| One.\n+|\n+| Two.\n|\ncomment| Thank you.");
    assert!(
        window.notices().contains("No region ends in the selected"),
        "{}",
        window.notices()
    );
    window.press("↓ ]");
    window.expect("body| One.\n+|\n+| Two.\n+|\n+| Thank\\\n|  \\\ncomment| you.");
    window.harness.get_by_label_contains("“Thank” is body now");
    window.press("Alt+]");
    window.expect("body| One.\n+|\n+| Two.\n|\n| Thank\\\n|  \\\ncomment| you.");
}

#[test]
fn what_was_scrolled_out_of_sight_is_shown_before_a_key_changes_it() {
    let lines = "\nbody?0.9| A line of the story that is long enough to be read.".repeat(400);
    let mut window = Window::over(&[&format!("body?0.9| {{PERSON Ada}} spoke.{lines}")]);
    let before = window.annotation();
    assert!(window.state().article.as_ref().unwrap().entity().is_some());
    let at = window.harness.get_by_label("Article").rect().center();
    window.harness.hover_at(at);
    window.harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, -6000.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Trackpad,
        modifiers: egui::Modifiers::NONE,
    });
    window.harness.run_steps(40);
    window.press("Delete");
    assert_eq!(window.annotation(), before);
    assert!(
        window.notices().contains("out of sight"),
        "{}",
        window.notices()
    );
    window.harness.run_steps(2);
    window.press("Delete");
    assert!(!window.annotation().contains("PERSON"));
}

#[test]
fn alt_and_an_arrow_go_from_entity_to_entity() {
    let mut window = Window::over(&[
        "body| {PERSON Ada} met {ORG?0.9 Acme} and {GPE?0.3 Kent}.\n|\nbody| So did {PERSON Bo}.",
    ]);
    caret_in(&mut window, "met");
    let current = |window: &Window| {
        let article = window.state().article.as_ref().unwrap();
        let entity = article.entity();
        entity
            .map_or("", |e| article.article().text.slice(e.span))
            .to_owned()
    };
    let mut went = Vec::new();
    for key in [
        "Alt+↓", "Alt+↓", "Alt+↓", "Alt+↓", "Alt+↑", "Alt+↑", "Alt+↑", "Alt+↑",
    ] {
        window.press(key);
        went.push(current(&window));
    }
    assert_eq!(
        went,
        ["Acme", "Kent", "Bo", "Bo", "Kent", "Acme", "Ada", "Ada"]
    );
    assert!(
        window.notices().contains("No later entity"),
        "{}",
        window.notices()
    );
    // A sure suggestion that is wrong takes two keys.
    window.press("Alt+↓ 3");
    assert!(
        window.annotation().contains("{GPE Acme}"),
        "{}",
        window.annotation()
    );
}

#[test]
fn a_rejected_suggestion_leads_on_to_the_next_as_a_confirmed_one_does() {
    let story = "body| {PERSON?0.3 Ada} met {ORG?0.3 Acme} and {GPE?0.3 Kent} and {GPE?0.9 Wales}.";
    let mut window = Window::over(&[story]);
    caret_in(&mut window, "met");
    window.press("Tab Delete");
    assert!(
        window.shown().contains("‸{GPE?0.3 Kent}"),
        "{}",
        window.shown()
    );
    window.press("Delete");
    assert!(
        window.shown().contains("‸{PERSON?0.3 Ada}"),
        "{}",
        window.shown()
    );
    window.press("Enter");
    window.expect("body| {PERSON Ada} met Acme and Kent and {GPE?0.9 Wales}.");
    // Where somebody went by other keys, nothing leads away.
    let mut window = Window::over(&[story]);
    select(&mut window, "Acme");
    window.press("Delete");
    assert!(window.shown().contains("«Acme»"), "{}", window.shown());
}

#[test]
fn tab_stops_at_a_region_and_at_the_entity_it_begins_with() {
    let mut window =
        Window::over(&["nav| Home\n|\nbody?0.4| {PERSON?0.3 Ada} spoke.\n|\nbody| End."]);
    window.press("Tab");
    window.press("Tab Delete");
    window.expect("nav| Home\n|\nbody?0.4| Ada spoke.\n|\nbody| End.");
    window.press("Delete");
    window.expect("nav| Home\n|\n| Ada spoke.\n|\nbody| End.");
}

#[test]
fn an_edge_takes_a_neighbouring_name_in_whole() {
    let mut window =
        Window::over(&["body| The {ORG City} of {ORG?0.9 Birmingham Symphony Orchestra} played."]);
    caret_in(&mut window, "City");
    window.press("] ]");
    window.expect("body| The {ORG City of Birmingham Symphony Orchestra} played.");
    window
        .harness
        .get_by_label_contains("ORG “Birmingham Symphony Orchestra” gave way");
    window.press("Ctrl+Z");
    window.expect("body| The {ORG City of} {ORG?0.9 Birmingham Symphony Orchestra} played.");
}

#[test]
fn an_edge_that_is_dragged_keeps_punctuation_out_and_loses_no_entity() {
    let mut window = Window::over(&["body| On 21. November {DATE 2019} it rained.\n|\nbody| End."]);
    window.press("↓"); // the entity is not the current one when the mouse takes hold of it
    let entity = {
        let article = window.state().article.as_ref().unwrap();
        article.session.annotation().entities()[0].clone()
    };
    let (point, _) = place(&window, ". November", 0);
    window.send(Message::MoveEntityEdge(entity, Edge::Start, point, false));
    window.expect("body| On 21. {DATE November 2019} it rained.\n|\nbody| End.");
    assert_eq!(window.state().reported_change(), None, "nothing gave way");
}

#[test]
fn a_tag_has_no_loose_punctuation_unless_it_was_selected_by_character() {
    for (selected, tagged) in [
        ("Paris, ", "{GPE Paris}, where"),
        (" in Paris,", "{GPE in Paris}, where"),
        ("“Reuters”", "“{GPE Reuters}” of"),
        ("Apple Inc.", "{GPE Apple Inc.} and"),
        ("(CNN)", "({GPE CNN})"),
        ("the U.S.", "{GPE the U.S.}"),
    ] {
        let mut window = Window::over(&[
            "body| He spoke in Paris, where “Reuters” of Apple Inc. and (CNN) met the U.S. It rained.",
        ]);
        select(&mut window, selected);
        window.press("3");
        assert!(
            window.annotation().contains(tagged),
            "{selected}: {}",
            window.annotation()
        );
    }
    let mut window = Window::over(&["body| He spoke in Paris, where he was."]);
    caret_in(&mut window, "Paris");
    window.press("Shift+→ Alt+Shift+→ 3");
    window.expect("body| He spoke in {GPE Paris,} where he was.");
}

#[test]
fn an_entity_stays_within_its_region_unless_the_key_is_pressed_again() {
    let story = "nav| Islands Tórshavn\n|\nbody| A ferry left.";
    let mut window = Window::over(&[story]);
    caret_in(&mut window, "Tórshavn");
    window.press("3 ]");
    window.expect("nav| Islands {GPE Tórshavn}\n|\nbody| A ferry left.");
    assert!(
        window.notices().contains("] again tags it all the same"),
        "{}",
        window.notices()
    );
    window.press("]");
    assert!(
        window.annotation().contains("{GPE Tórshavn"),
        "{}",
        window.annotation()
    );
    let across = |window: &Window| {
        let article = window.state().article.as_ref().unwrap();
        let entity = article.session.annotation().entities()[0].span;
        article.article().text.slice(entity).to_owned()
    };
    assert_eq!(across(&window), "Tórshavn\n\nA");
    // The same for a selection and a digit.
    let mut window = Window::over(&[story]);
    select(&mut window, "Tórshavn\n\nA");
    window.press("3");
    window.expect(story);
    window.press("3");
    assert_eq!(across(&window), "Tórshavn\n\nA");
}

#[test]
fn the_list_of_entities_is_searched_without_leaving_a_trace() {
    let mut window = Window::over(&[
        "body| {PERSON Ada} and {GPE Kent}, {GPE Paris}, {GPE Rome}, {GPE Lima}, {GPE Bonn}, {GPE Oslo}, {GPE Riga}, {GPE Kyiv}.",
    ]);
    window.press("Ctrl+I");
    window.harness.run_steps(3);
    window.harness.event(egui::Event::Text("rom".to_owned()));
    window.harness.run_steps(3);
    // The first row that is marked is one that Enter goes to, and what is typed after that is not
    // typed into the list.
    window.press("Enter");
    window.harness.run_steps(3);
    assert!(window.shown().contains("‸{GPE Rome}"), "{}", window.shown());
    window.press("2");
    assert!(
        window.annotation().contains("{ORG Rome}"),
        "{}",
        window.annotation()
    );
    let rows = |window: &Window| {
        let of = |label: &str| window.harness.query_all_by_label(label).count();
        of("GPE: Lima")
    };
    window.press("Ctrl+I");
    window.harness.run_steps(3);
    window.harness.event(egui::Event::Text("2019".to_owned()));
    window.harness.run_steps(3);
    let filtered = rows(&window);
    window.press("Esc");
    window.harness.run_steps(3);
    assert_eq!(rows(&window), filtered + 1, "nothing is filtered any more");
}

#[test]
fn closing_asks_while_an_import_is_under_way() {
    let mut window = Window::over(&[STORY]);
    let folder = tempfile::tempdir().unwrap();
    for n in 0..1500 {
        let words = format!("Article {n}\n\nA story about the number {n}.\n");
        std::fs::write(folder.path().join(format!("{n}.txt")), words).unwrap();
    }
    window.send(Message::Drop(vec![folder.path().to_owned()]));
    window.press("Ctrl+W");
    assert!(window.state().dataset.is_some());
    window.harness.get_by_label_contains("Still at work");
    window.harness.get_by_label("Stay").click();
    window.harness.run_steps(3);
    let state = window.state();
    assert!(state.dataset.is_some() && state.leaving.is_none() && state.dialog.is_none());
    assert!(window.ask_to_close(), "nor does the window's own button");
    window.harness.run_steps(3);
    window.harness.get_by_label("Stay").click();
    window.harness.run_steps(3);
    window.press("Ctrl+W");
    window
        .harness
        .get_by_label("Stop the work and close")
        .click();
    window.until(|state| state.dataset.is_none());
}

#[test]
fn a_label_for_a_region_that_is_a_part_of_a_block_leaves_the_rest_of_the_block() {
    let story = "body?0.9| One two\\\n|  \\\ncomment?0.3| three four.\n|\nbody| End.";
    let mut window = Window::over(&[story]);
    window.press("Tab n");
    window.expect("body?0.9| One two\\\n|  \\\nnav| three four.\n|\nbody| End.");
}
