//! How far annotators agree, in the dashboard and in the article list.

use copydesk::app::{Message, State};
use copydesk::store::{ArticleKey, Filter, Order, OrderBy};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use crate::annotators::become_;
use crate::desk::Window;

const ARTICLES: [&str; 3] = [
    "nav| Menu\nbody| Ada met Bob.",
    "nav| Menu\nbody| It rained in Graz.",
    "nav| Menu\nbody| It stopped.",
];

fn is_open(state: &State, key: i64) -> bool {
    let article = state.article.as_ref();
    article.is_some_and(|article| article.key == ArticleKey(key)) && !state.is_loading()
}

fn listed(state: &State) -> Vec<i64> {
    let dataset = state.dataset.as_ref().unwrap();
    dataset.keys.iter().map(|key| key.0).collect()
}

fn is_seen(window: &Window, words: &str) -> bool {
    let mut found = window.harness.query_all_by_label_contains(words);
    found.next().is_some()
}

/// Two annotators: they differ on an entity of the first article and on a region of the second; the
/// third is finished by one of them.
fn story() -> Window {
    let mut window = Window::over(&ARTICLES);
    window.press("↓ 1");
    for key in 1..=3 {
        window.until(|state| is_open(state, key));
        window.done();
        window.until_saved();
    }
    become_(&mut window, "maria", "paul");
    window.send(Message::OpenArticle(ArticleKey(1)));
    window.until(|state| is_open(state, 1));
    window.done();
    window.until(|state| is_open(state, 2));
    window.press("Ctrl+Home c");
    window.done();
    window.until(|state| is_open(state, 3));
    window.until_saved();
    window
}

#[test]
fn each_figure_of_the_dashboard_lists_the_articles_behind_it() {
    let mut window = story();
    window.press("F6");
    window.until(|state| {
        let dataset = state.dataset.as_ref().unwrap();
        dataset.agreement.made.is_some() && dataset.board.made.is_some() && state.jobs.is_empty()
    });
    window.harness.run_steps(5);
    let made = window.state().dataset.as_ref().unwrap();
    let made = made.agreement.made.clone().unwrap();
    assert_eq!(made.shared, [ArticleKey(1), ArticleKey(2)]);
    let pair = &made.pairs[0];
    assert_eq!(pair.annotators, ("maria".to_owned(), "paul".to_owned()));
    assert_eq!((pair.regions.count, pair.entities.count), (1, 1));
    assert!(is_seen(&window, "maria and paul"));
    for (words, wanted) in [
        ("maria and paul differ on entities: 1 place", vec![1]),
        ("maria and paul differ on regions: 1 place", vec![2]),
        ("Finished by maria and paul: 2", vec![1, 2]),
    ] {
        let button = window.harness.get_by_role_and_label(Role::Button, words);
        button.scroll_to_me();
        window.harness.run_steps(3);
        let button = window.harness.get_by_role_and_label(Role::Button, words);
        button.click();
        window.harness.run_steps(3);
        window.until(|state| listed(state) == wanted);
    }
}

#[test]
fn disagreement_is_a_filter_and_an_order_of_the_list() {
    let mut window = story();
    let disputed = Filter {
        disputed: true,
        ..Filter::default()
    };
    window.send(Message::SetFilter(disputed));
    window.until(|state| listed(state) == [1, 2]);
    window.send(Message::SetFilter(Filter::default()));
    window.send(Message::SetOrder(Order {
        by: OrderBy::Disagreement,
        descending: true,
    }));
    // Nobody agrees on the only entity of the first article; of the second, a quarter of the text.
    window.until(|state| listed(state) == [1, 2, 3]);
    window.send(Message::SetOrder(Order {
        by: OrderBy::Disagreement,
        descending: false,
    }));
    window.until(|state| listed(state) == [2, 1, 3]);
}
