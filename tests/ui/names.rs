//! One name over the whole dataset: its labels counted, its places gone to, and relabelled as one
//! step.

use copydesk::app::{Dialog, PlacesForm};
use copydesk::model::{Annotation, Status, notation};
use copydesk::store::prelude::*;
use copydesk::store::{ArticleKey, SqliteStore};
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

const ARTICLES: [&str; 4] = [
    "body| In Montenegro it rained.",
    "body| Montenegro beat Wales. Then Montenegro lost.",
    "body| Rain fell in Wales.",
    "body| {ORG?0.9 Montenegro} votes.",
];

/// The first article has a GPE, the second an ORG and a place without a label; the last was not
/// started.
fn window() -> Window {
    let mut window = Window::over(&ARTICLES);
    tag(&mut window, "Montenegro", 0, "3");
    window.done();
    until_open(&mut window, 2);
    tag(&mut window, "Montenegro", 0, "2");
    window.until_saved();
    window
}

fn tag(window: &mut Window, words: &str, from: usize, key: &str) {
    use copydesk::app::Message;
    use copydesk::edit::Selection;
    use copydesk::model::BytePos;
    let article = window.state().article.as_ref().unwrap();
    let at = article.article().text.as_str()[from..].find(words).unwrap() + from;
    let start = BytePos::from_index(at);
    let end = BytePos::from_index(at + words.len());
    window.send(Message::SelectExactly(Selection::new(start, end)));
    window.press(key);
}

fn until_open(window: &mut Window, key: i64) {
    window.until(|state| {
        let article = state.article.as_ref();
        !state.is_loading() && article.is_some_and(|article| article.key.0 == key)
    });
}

fn form(window: &Window) -> PlacesForm {
    match &window.state().dialog {
        Some(Dialog::Places(form)) => (**form).clone(),
        other => panic!("{other:?}"),
    }
}

fn look_up(window: &mut Window) {
    window.press("Ctrl+G");
    window.until(|state| state.names.found.is_some());
    window.harness.run_steps(2);
}

fn counts(window: &Window) -> String {
    let view = window.state().names.found.as_ref().unwrap();
    let groups: Vec<String> = view
        .by_label
        .iter()
        .map(|(label, places)| match label {
            Some(label) => format!("{label} {}", places.len()),
            None => format!("untagged {}", places.len()),
        })
        .collect();
    groups.join(", ")
}

fn on_disk(window: &Window, key: i64) -> (String, Status) {
    let store = SqliteStore::open(&window.path()).unwrap();
    let key = ArticleKey(key);
    let article = store.article(key).unwrap();
    let stored = store.annotations(&article, key).unwrap();
    let own = stored.iter().find(|stored| stored.owner.is("maria"));
    let nothing = Annotation::default();
    let annotation = own.map_or(&nothing, |own| &own.annotation);
    (
        notation::print(&article.text, annotation, None),
        annotation.status(),
    )
}

fn until_told(window: &mut Window, words: &str) {
    let words = words.to_owned();
    window.until(|state| {
        let mut notices = state.notices.list().iter();
        state.jobs.is_empty() && notices.any(|notice| notice.words.contains(&words))
    });
    window.until(|state| !state.is_loading());
    window.harness.run_steps(2);
}

#[test]
fn the_name_of_an_entity_is_counted_over_all_articles_and_enter_goes_to_a_place() {
    let mut window = window();
    look_up(&mut window);
    assert_eq!(form(&window).name, "Montenegro");
    assert_eq!(counts(&window), "ORG 2, GPE 1, untagged 1");
    window
        .harness
        .get_by_label("GPE: In Montenegro it rained. (In Montenegro it rained.)");
    window.harness.get_by_label("All 4");
    // One label alone, and to its place.
    window.press("→ →");
    window.harness.run_steps(2);
    assert_eq!(
        form(&window).rows(window.state().names.found.as_ref().unwrap()),
        [0]
    );
    window.press("Enter");
    until_open(&mut window, 1);
    assert_eq!(window.state().dialog, None);
    assert_eq!(window.shown(), "body| In «{GPE Montenegro}» it rained.\n");
    // From a text without the name, the view comes back as it was.
    window.press("Home");
    look_up(&mut window);
    assert_eq!(form(&window).name, "Montenegro");
    window.press("Escape");
    assert_eq!(window.state().dialog, None);
}

#[test]
fn all_of_a_name_is_relabelled_and_one_undo_takes_it_back_everywhere() {
    let mut window = window();
    let before = [1, 2].map(|key| on_disk(&window, key));
    assert_eq!(before[0].1, Status::Done);
    look_up(&mut window);
    window.press("1");
    window.harness.run_steps(2);
    window.harness.get_by_label(
        "“Montenegro” becomes PERSON at 3 places in 2 articles. 1 of them not tagged now.",
    );
    window
        .harness
        .get_by_label("1 place is in articles you have not started: no change there.");
    // Escape goes back to the places first.
    window.press("Escape");
    assert_eq!(form(&window).target, None);
    window.press("1 Enter");
    until_told(
        &mut window,
        "Relabelled 3 × “Montenegro” as PERSON in 2 articles",
    );
    assert_eq!(
        window.annotation(),
        "body| {PERSON Montenegro} beat Wales. Then {PERSON Montenegro} lost.\n",
        "the open article follows"
    );
    assert_eq!(
        on_disk(&window, 1),
        (
            "body| In {PERSON Montenegro} it rained.\n".to_owned(),
            Status::Done
        )
    );
    // The way back stays for as long as there is no other step.
    window.harness.run_steps(60 * 15);
    window.harness.get_by_label("Undo");
    window.press("Ctrl+Z");
    until_told(
        &mut window,
        "“Montenegro” has its former labels in 2 articles",
    );
    assert_eq!([1, 2].map(|key| on_disk(&window, key)), before);
    assert!(!window.notices().contains("Relabelled"));
    // What was done before is undone next, in the open article alone.
    window.press("Ctrl+Z");
    window.until_saved();
    assert_eq!(
        window.annotation(),
        "body| Montenegro beat Wales. Then Montenegro lost.\n"
    );
}

#[test]
fn chosen_places_lose_their_label_and_the_button_takes_that_back_after_other_work() {
    let mut window = window();
    look_up(&mut window);
    window.press("↓ Space Delete");
    window.harness.run_steps(2);
    window
        .harness
        .get_by_label("“Montenegro” loses its label at 1 place in 1 article.");
    window.press("Enter");
    until_told(
        &mut window,
        "Removed the label of 1 × “Montenegro” in 1 article",
    );
    assert_eq!(
        window.annotation(),
        "body| Montenegro beat Wales. Then Montenegro lost.\n"
    );
    tag(&mut window, "Wales", 0, "3");
    window.until_saved();
    // Ctrl+Z is this tag's now; the button is still the step's.
    window.press("Ctrl+Z");
    assert!(!window.annotation().contains("GPE"));
    window.press("Ctrl+Shift+Z");
    window.until_saved();
    window.press("Ctrl+Alt+Z");
    until_told(
        &mut window,
        "“Montenegro” has its former labels in 1 article",
    );
    assert_eq!(
        window.annotation(),
        "body| {ORG Montenegro} beat {GPE Wales}. Then Montenegro lost.\n"
    );
}

#[test]
fn a_name_is_looked_up_from_the_palette_by_typing_it() {
    let mut window = Window::over(&ARTICLES);
    window.press("Ctrl+P");
    for c in "name in all".chars() {
        window.harness.event(egui::Event::Text(c.to_string()));
        window.harness.step();
    }
    window.press("Enter");
    window.harness.run_steps(3);
    for c in "Wales".chars() {
        window.harness.event(egui::Event::Text(c.to_string()));
        window.harness.step();
    }
    window.press("Enter");
    window.until(|state| state.names.found.is_some());
    assert_eq!(counts(&window), "untagged 2");
    window.harness.run_steps(2);
    // Nothing of it was begun: a label changes nothing, and says so.
    window.press("3");
    window.harness.run_steps(2);
    window.harness.get_by_label("Nothing would change.");
    window.press("Enter");
    assert!(matches!(window.state().dialog, Some(Dialog::Places(_))));
}
