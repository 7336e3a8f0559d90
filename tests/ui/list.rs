//! The article list: searching with context, walking by keys, filters as chips, orders.

use copydesk::app::Message;
use copydesk::store::{ArticleKey, Chosen, Filter};
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

const ARTICLES: [&str; 4] = [
    "| Zinc prices rise\nbody| The council met on Monday. Nobody spoke of the ferry then.",
    "| Apples are late\nbody| Rain fell.",
    "| Ferry sails again\nbody| The ferry sailed at noon, and a second ferry at night.",
    "| Mangoes arrive late\nbody| A ship came in. It was no ferry, the harbour master said.",
];

fn typed(window: &mut Window, words: &str) {
    for c in words.chars() {
        window.harness.event(egui::Event::Text(c.to_string()));
        window.harness.step();
    }
}

/// Types into the search of the list, and waits for what it finds.
fn search(window: &mut Window, words: &str) {
    window.press("Ctrl+Shift+F");
    typed(window, words);
    let wanted = words.to_owned();
    window.until(move |state| {
        let dataset = state.dataset.as_ref().unwrap();
        dataset.filter.words == wanted && !dataset.listing.is_awaited && !dataset.listing.begun
    });
    window.harness.run_steps(2);
}

fn keys(window: &Window) -> Vec<i64> {
    let dataset = window.state().dataset.as_ref().unwrap();
    dataset.keys.iter().map(|key| key.0).collect()
}

fn open(window: &Window) -> i64 {
    window.state().article.as_ref().unwrap().key.0
}

#[test]
fn a_search_shows_the_words_around_its_hits_and_enter_goes_to_the_first() {
    let mut window = Window::over(&ARTICLES);
    search(&mut window, "ferry");
    assert_eq!(keys(&window), [1, 3, 4]);
    // Articles of the list before may have been looked through too, where it was still on the
    // screen.
    window.until(|state| {
        let found = &state.dataset.as_ref().unwrap().listing.found;
        [1, 3, 4]
            .map(ArticleKey)
            .iter()
            .all(|key| found.contains_key(key))
    });
    window.harness.run_steps(2);
    window
        .harness
        .get_by_label("Zinc prices rise (todo): …Nobody spoke of the ferry then.");
    window.press("↓ ↓ Enter");
    window.until(|state| state.article.as_ref().unwrap().find.is_some());
    assert_eq!(open(&window), 3);
    let article = window.state().article.as_ref().unwrap();
    let find = article.find.as_ref().unwrap();
    assert_eq!(find.hits.len(), 3, "the words of the search are marked");
    assert_eq!(article.article().text.slice(find.hits[0]), "Ferry");
    assert_eq!(
        article.selected(),
        Some(find.hits[0]),
        "and the first is shown"
    );
}

#[test]
fn enter_that_is_quicker_than_the_search_opens_what_it_finds() {
    let mut window = Window::over(&ARTICLES);
    window.press("Ctrl+Shift+F");
    typed(&mut window, "harbour");
    window.press("Enter");
    window.until(|state| state.article.as_ref().unwrap().key == ArticleKey(4));
    window.until(|state| state.article.as_ref().unwrap().find.is_some());
}

#[test]
fn what_is_typed_for_a_find_that_waits_for_its_article_is_no_keys_for_the_article() {
    let mut window = Window::over(&ARTICLES);
    let first = open(&window);
    let before = window.annotation();
    // All in one go, quicker than any article comes: on to the next, find, and words that would
    // label, tag and remove.
    for chord in ["Ctrl+PgDn", "Ctrl+F"] {
        window.key_without_a_frame(chord);
    }
    for c in "bna ferry".chars() {
        if c.is_alphabetic() {
            window.key_without_a_frame(&c.to_string());
        }
        window.harness.event(egui::Event::Text(c.to_string()));
    }
    window.harness.step();
    window.until(|state| !state.is_loading() && state.article.as_ref().unwrap().key.0 != first);
    window.until(|state| {
        let article = state.article.as_ref().unwrap();
        article
            .find
            .as_ref()
            .is_some_and(|find| find.words == "bna ferry")
    });
    assert!(
        window
            .state()
            .article
            .as_ref()
            .unwrap()
            .session
            .history()
            .next_undo()
            .is_none()
    );
    window.press("Escape Ctrl+PgUp");
    window.until(|state| !state.is_loading() && state.article.as_ref().unwrap().key.0 == first);
    assert_eq!(window.annotation(), before);
}

#[test]
fn the_list_is_walked_from_the_search_field_to_both_its_ends() {
    let mut window = Window::over(&ARTICLES);
    let chosen = |window: &Window| window.state().dataset.as_ref().unwrap().listing.chosen;
    window.press("Ctrl+Shift+F ↓");
    assert_eq!(chosen(&window), Some(1), "on from the open article");
    window.press("End");
    assert_eq!(chosen(&window), Some(3));
    window.press("↓");
    assert_eq!(chosen(&window), Some(3), "here it ends");
    window.press("Home");
    assert_eq!(chosen(&window), Some(0));
    window.press("PgDn PgUp ↓ Enter");
    window.until(|state| state.article.as_ref().unwrap().key == ArticleKey(2));
}

#[test]
fn what_was_typed_as_a_filter_becomes_a_chip_that_can_be_taken_away() {
    let mut window = Window::over(&ARTICLES);
    window.done(); // the first is done
    window.until_saved();
    window.press("Ctrl+Shift+F");
    typed(&mut window, "is:done ");
    window.until(|state| state.dataset.as_ref().unwrap().keys.len() == 1);
    window.harness.run_steps(2);
    assert_eq!(keys(&window), [1]);
    window
        .harness
        .get_by_label("Remove the filter: done")
        .click();
    window.until(|state| state.dataset.as_ref().unwrap().keys.len() == 4);
}

#[test]
fn nothing_found_says_what_to_do() {
    let mut window = Window::over(&ARTICLES);
    search(&mut window, "zeppelin");
    window.harness.get_by_label("No article matches");
    window.harness.get_by_label("Show all articles").click();
    window.until(|state| state.dataset.as_ref().unwrap().keys.len() == 4);
    let dataset = window.state().dataset.as_ref().unwrap();
    assert_eq!(dataset.filter, Filter::default());
}

#[test]
fn articles_that_somebody_picked_are_a_filter_with_a_caption() {
    let mut window = Window::over(&ARTICLES);
    let picked = Chosen::new("done on 3 May", vec![ArticleKey(4), ArticleKey(2)]);
    window.send(Message::SetFilter(Filter {
        only: Some(picked),
        ..Filter::default()
    }));
    window.until(|state| state.dataset.as_ref().unwrap().keys.len() == 2);
    window.harness.run_steps(2);
    assert_eq!(keys(&window), [2, 4]);
    window
        .harness
        .get_by_label("Remove the filter: done on 3 May")
        .click();
    window.until(|state| state.dataset.as_ref().unwrap().keys.len() == 4);
}

#[test]
fn in_another_order_the_next_article_is_the_next_of_that_order() {
    let mut window = Window::over(&ARTICLES);
    window.harness.get_by_label("Sorted by import").click();
    window.harness.run_steps(3);
    window.harness.get_by_label("title").click();
    window.until(|state| {
        let keys = &state.dataset.as_ref().unwrap().keys;
        keys.first() == Some(&ArticleKey(2))
    });
    assert_eq!(keys(&window), [2, 3, 4, 1]);
    assert_eq!(open(&window), 1);
    window.press("Ctrl+PgUp");
    window.until(|state| state.article.as_ref().unwrap().key == ArticleKey(4));
    window.press("Ctrl+PgUp");
    window.until(|state| state.article.as_ref().unwrap().key == ArticleKey(3));
}

#[test]
fn a_dataset_is_closed_and_another_window_starts_at_the_welcome_screen() {
    let mut window = Window::over(&ARTICLES);
    window.press("b");
    window.until_saved();
    window.press("Ctrl+W");
    window.until(|state| state.dataset.is_none());
    window.harness.run_steps(2);
    window.harness.get_by_label_contains("   Open a folder");
    assert!(window.state().article.is_none());
    assert_eq!(window.notices(), "");
}

#[test]
fn in_a_narrow_window_the_list_gives_way_until_it_is_searched() {
    let mut window = Window::over(&["body?0.9| The first.", "body?0.9| The second."]);
    window.harness.set_size(egui::vec2(1400.0, 800.0));
    window.harness.run_steps(3);
    let seen = |window: &Window, name: &str| window.harness.query_by_label(name).is_some();
    assert!(seen(&window, "Find in the dataset") && seen(&window, "Label as body"));
    assert!(seen(&window, "Settings… (Ctrl+,)") && !seen(&window, "More"));
    window.harness.set_size(egui::vec2(740.0, 600.0));
    window.harness.run_steps(3);
    assert!(!seen(&window, "Find in the dataset") && seen(&window, "Label as body"));
    assert!(!seen(&window, "Settings… (Ctrl+,)") && seen(&window, "More"));
    window.press("Ctrl+Shift+F");
    window.harness.run_steps(3);
    assert!(seen(&window, "Find in the dataset") && !seen(&window, "Label as body"));
    window.press("Esc Esc");
    window.harness.run_steps(3);
    assert!(!seen(&window, "Find in the dataset") && seen(&window, "Label as body"));
    window.harness.get_by_label("More").click();
    window.harness.run_steps(3);
    let role = egui::accesskit::Role::MenuItem;
    window
        .harness
        .get_by_role_and_label(role, "Settings…")
        .click();
    window.harness.run_steps(3);
    assert_eq!(window.state().dialog, Some(copydesk::app::Dialog::Settings));
}

/// Waits for the list that was asked for.
fn until_listed(window: &mut Window) {
    window.harness.run_steps(2);
    window.until(|state| !state.dataset.as_ref().unwrap().listing.is_awaited);
    window.harness.run_steps(2);
}

#[test]
fn articles_are_filtered_by_label_remark_and_doubt_and_the_search_stays() {
    let mut window = Window::over(&[
        "body| Zinc prices rise in {GPE Rome}.",
        "body?0.3| The ferry sailed from {GPE Rome}.",
        "body| The {ORG Ferry} Company sank.",
    ]);
    search_typed(&mut window, "ferry label:gpe ");
    until_listed(&mut window);
    assert_eq!(keys(&window), [2], "the label as the schema writes it");
    let filter = window.state().dataset.as_ref().unwrap().filter.clone();
    assert_eq!(filter.words, "ferry");
    window
        .harness
        .get_by_label("Remove the filter: label: GPE")
        .click();
    until_listed(&mut window);
    assert_eq!(keys(&window), [2, 3]);
    search_typed(&mut window, "ferry is:unsure ");
    until_listed(&mut window);
    assert_eq!(keys(&window), [2]);
    window.send(Message::SetFilter(Filter::default()));
    until_listed(&mut window);
    // A remark is found as soon as it is on disk.
    window.press("Escape Ctrl+M");
    typed(&mut window, "look here");
    window.press("Ctrl+Enter");
    window.until_saved();
    let open = window.state().article.as_ref().unwrap().key.0;
    search_typed(&mut window, "has:remark ");
    until_listed(&mut window);
    assert_eq!(keys(&window), [open]);
}

/// Types into the search field of the list.
fn search_typed(window: &mut Window, words: &str) {
    window.press("Ctrl+Shift+F");
    typed(window, words);
    window.harness.run_steps(2);
}

#[test]
fn articles_without_a_declared_language_are_filtered_by_the_language_of_their_text() {
    let mut window = Window::over(&[
        "body| Die Fähre nach Gozo blieb am Dienstag im Hafen, weil der Wind neunzig Stundenkilometer erreichte, sagte der Hafenmeister.",
        "body| The ferry to Gozo stayed in port on Tuesday as winds reached ninety kilometres an hour, the harbour master said.",
        "body| Gozo.",
    ]);
    search_typed(&mut window, "gozo lang:de ");
    until_listed(&mut window);
    assert_eq!(keys(&window), [1]);
    window.send(Message::WantFacets);
    window.until(|state| state.dataset.as_ref().unwrap().listing.facets.is_some());
    let facets = window
        .state()
        .dataset
        .as_ref()
        .unwrap()
        .listing
        .facets
        .clone();
    let languages = [("de".to_owned(), 1), ("en".to_owned(), 1)];
    assert_eq!(facets.unwrap().languages, languages);
}
