//! Finished work that the models doubt, as an annotator looks through it.

use copydesk::app::{Message, State};
use copydesk::dataset::report::model_check::{self, CheckOptions, LabelKind, ModelCheck};
use copydesk::dataset::{CancelFlag, Silent};
use copydesk::store::{ArticleKey, Filter, Order, OrderBy, SqliteStore};
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

/// Finished articles that name the same people; in the third one, a person is tagged as an
/// organisation.
const ARTICLES: [&str; 6] = [
    "body| On Monday {PERSON Angela Merkel} met {PERSON Emmanuel Macron} in {GPE Berlin}.",
    "body| {PERSON Emmanuel Macron} then flew from {GPE Berlin} to {GPE Paris}.",
    "body| In {GPE Paris}, {ORG Angela Merkel} said that she was tired.",
    "body| {PERSON Angela Merkel} and {PERSON Emmanuel Macron} spoke in {GPE Paris} on Friday.",
    "body| Later {PERSON Emmanuel Macron} called {PERSON Angela Merkel} from {GPE Paris}.",
    "body| {PERSON Angela Merkel} left {GPE Berlin} on Sunday.",
];

/// A window in which all articles are finished and the models have checked their entities.
fn checked() -> Window {
    let mut window = Window::over(&ARTICLES);
    for key in 1..=6 {
        window.until(|state| is_open(state, key));
        window.done();
        window.until_saved();
    }
    let mut store = SqliteStore::open(&window.dataset()).unwrap();
    let mut check = check(&store);
    check.doubts.retain(|doubt| doubt.key == ArticleKey(3));
    assert_eq!(check.doubts.len(), 1);
    model_check::keep(&mut store, "maria", &check, 1).unwrap();
    drop(store);
    window.reopen();
    window.until(|state| doubts(state) == 1);
    window.harness.run_steps(3);
    window
}

fn check(store: &SqliteStore) -> ModelCheck {
    let options = CheckOptions {
        task: Some(LabelKind::Entity),
        annotator: Some("maria".to_owned()),
        ..CheckOptions::default()
    };
    model_check::check(store, &options, &mut Silent, &CancelFlag::default()).unwrap()
}

fn is_open(state: &State, key: i64) -> bool {
    let article = state.article.as_ref();
    article.is_some_and(|article| article.key == ArticleKey(key)) && !state.is_loading()
}

fn doubts(state: &State) -> usize {
    let dataset = state.dataset.as_ref();
    dataset.map_or(0, |dataset| dataset.doubts.count())
}

fn listed(window: &Window) -> Vec<i64> {
    let dataset = window.state().dataset.as_ref().unwrap();
    dataset.keys.iter().map(|key| key.0).collect()
}

fn is_seen(window: &Window, words: &str) -> bool {
    let mut found = window.harness.query_all_by_label_contains(words);
    found.next().is_some()
}

fn until_listed(window: &mut Window, wanted: &[i64]) {
    window.until(|state| {
        let dataset = state.dataset.as_ref().unwrap();
        dataset
            .keys
            .iter()
            .map(|key| key.0)
            .eq(wanted.iter().copied())
    });
}

#[test]
fn one_key_goes_to_a_doubted_label_and_the_right_key_removes_the_doubt() {
    let mut window = checked();
    window.press("Ctrl+J");
    window.until(|state| is_open(state, 3));
    window.harness.run_steps(3);
    let article = window.state().article.as_ref().unwrap();
    let text = &article.article().text;
    let entity = article.entity().map(|entity| text.slice(entity.span));
    assert_eq!(entity, Some("Angela Merkel"), "the keys act on it");
    assert!(is_seen(&window, "Doubted by the models: 1 of 1"));
    assert!(is_seen(&window, "ORG, or PERSON?"));
    assert!(is_seen(
        &window,
        "Models that have not seen this article say PERSON"
    ));
    assert!(
        is_seen(&window, "Doubt: ORG, or PERSON? Angela Merkel"),
        "a sign in the margin"
    );
    // The key of the label, as anywhere else.
    window.press("1");
    window.harness.run_steps(3);
    assert!(!is_seen(&window, "Doubted by the models"));
    window.press("Ctrl+Z");
    window.harness.run_steps(3);
    assert!(
        is_seen(&window, "Doubted by the models"),
        "undone, it is doubted again"
    );
    window.press("1");
    window.until_saved();
    window.press("Ctrl+PgDn");
    window.until(|state| is_open(state, 4) && doubts(state) == 0);
    window.press("Ctrl+J");
    assert!(
        window
            .notices()
            .contains("The models doubt nothing that is left.")
    );
}

#[test]
fn what_is_right_is_not_doubted_again() {
    let mut window = checked();
    window.press("Ctrl+J");
    window.until(|state| is_open(state, 3));
    window.press("Ctrl+Shift+J");
    window.until(|state| doubts(state) == 0 && state.jobs.is_empty());
    let store = SqliteStore::open(&window.dataset()).unwrap();
    let again = check(&store);
    assert!(again.doubts.iter().all(|doubt| doubt.key != ArticleKey(3)));
    drop(store);
    // Nor does the kept check show it again.
    window.reopen();
    window.until(|state| {
        let dataset = state.dataset.as_ref();
        dataset.is_some_and(|dataset| dataset.doubts.is_checked())
    });
    assert_eq!(doubts(window.state()), 0);
}

#[test]
fn the_list_shows_doubted_articles_and_the_most_doubtful_first() {
    let mut window = checked();
    let doubted = Filter {
        doubted: true,
        ..Filter::default()
    };
    window.send(Message::SetFilter(doubted));
    until_listed(&mut window, &[3]);
    window.harness.run_steps(3);
    assert!(is_seen(&window, "Remove the filter: doubted by the models"));
    window.send(Message::SetFilter(Filter::default()));
    window.send(Message::SetOrder(Order {
        by: OrderBy::Doubt,
        descending: true,
    }));
    until_listed(&mut window, &[3, 1, 2, 4, 5, 6]);
    // A check is kept over a restart.
    window.reopen();
    window.until(|state| doubts(state) == 1);
    assert_eq!(listed(&window), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn the_filter_starts_the_first_check() {
    let mut window = Window::over(&ARTICLES);
    window.done();
    window.until(|state| is_open(state, 2));
    window.press("Ctrl+J");
    assert!(window.notices().contains("have not been checked yet"));
    let doubted = Filter {
        doubted: true,
        ..Filter::default()
    };
    window.send(Message::SetFilter(doubted));
    window.until(|state| {
        let dataset = state.dataset.as_ref().unwrap();
        dataset.doubts.is_checked() && state.jobs.is_empty()
    });
    assert!(window.notices().contains("in 1 finished article"));
}
