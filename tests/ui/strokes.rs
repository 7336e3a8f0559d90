//! The steps of the job, with the strokes each takes: what `docs/benchmarks.md` says of this
//! window, held true.
//!
//! A stroke is a key or chord, a click, a double click, or a drag.

use copydesk::model::Status;
use copydesk::store::ArticleKey;

use crate::desk::Window;

const STORY: &str = "nav?0.9    | Home\n           |\nbody?0.9   | Ada Lovelace spoke in Paris to Ada Borg.\n           |\n\
                     body?0.9   | Later Ada Lovelace left Paris for London. Paris mourned.\n           |\ncomment?0.8| Well said!";

/// A window with this story and another one, after some keys that put the annotator in the place
/// where the step begins.
fn at(way: &str) -> Window {
    let mut window = Window::over(&[STORY, "body?0.9| The second article."]);
    window.press(way);
    window
}

/// What a step does, in so many strokes.
#[track_caller]
fn takes(strokes: usize, keys: &str, window: &mut Window) -> String {
    assert_eq!(keys.split_whitespace().count(), strokes);
    window.press(keys);
    window.annotation()
}

#[test]
fn label_a_block_and_be_at_the_next() {
    let mut window = at("↓");
    assert!(
        takes(1, "n", &mut window).contains("nav        | Ada")
            || window.annotation().contains("nav")
    );
    window.expect(&STORY.replacen("body?0.9   |", "nav        |", 1));
    assert_eq!(window.state().article.as_ref().unwrap().block, 2);
}

#[test]
fn label_all_from_here_to_the_end() {
    let mut window = at("↓ ↓");
    takes(1, "Shift+n", &mut window);
    window.expect("nav?0.9| Home\n|\nbody?0.9| Ada Lovelace spoke in Paris to Ada Borg.\n|\nnav| Later Ada Lovelace left Paris for London. Paris mourned.\n+|\n+| Well said!");
}

#[test]
fn carve_a_sentence_out_of_a_block() {
    let mut window = at("↓ ↓ Ctrl+→");
    takes(2, "Shift+End n", &mut window);
    assert!(
        window.annotation().contains("nav        | Paris mourned."),
        "{}",
        window.annotation()
    );
}

#[test]
fn tag_the_next_name_and_all_its_further_occurrences() {
    let mut window = at("↓ w");
    assert!(takes(1, "1", &mut window).contains("{PERSON Ada Lovelace} spoke"));
    assert!(takes(1, "a", &mut window).contains("Later {PERSON Ada Lovelace} left"));
    let mut window = at("↓");
    assert!(takes(2, "w 1", &mut window).contains("{PERSON Ada Lovelace} spoke"));
}

#[test]
fn move_the_edge_of_an_entity_by_a_word() {
    let mut window = at("↓ 1");
    assert!(takes(1, "]", &mut window).contains("{PERSON Ada Lovelace} spoke"));
    assert!(takes(1, "Alt+]", &mut window).contains("{PERSON Ada} Lovelace"));
}

#[test]
fn change_a_label_remove_and_undo() {
    let mut window = at("↓ 1");
    assert!(takes(1, "2", &mut window).contains("{ORG Ada}"));
    assert!(takes(1, "Ctrl+Z", &mut window).contains("{PERSON Ada}"));
    assert!(!takes(1, "Delete", &mut window).contains('{'));
}

#[test]
fn done_and_at_the_next_article() {
    let mut window = at("");
    let first = window.state().article.as_ref().unwrap().key;
    window.done();
    window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|a| a.key == ArticleKey(first.0 + 1))
    });
    window.press("Ctrl+PgUp");
    window.until(|state| state.article.as_ref().is_some_and(|a| a.key == first));
    let status = window
        .state()
        .article
        .as_ref()
        .unwrap()
        .session
        .annotation()
        .status();
    assert_eq!(status, Status::Done);
}
