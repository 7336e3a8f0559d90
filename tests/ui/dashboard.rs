//! The dashboard, as an annotator uses it.

use copydesk::app::{Message, Picture, Tab};
use copydesk::model::Status;
use copydesk::store::ArticleKey;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::desk::Window;

const ARTICLES: [&str; 3] = [
    "nav?0.9| Menu\nbody?0.9| Ada met Bob.",
    "body?0.9| It rained.",
    "body?0.9| It stopped.",
];

/// Two of three articles done, in one of them two names tagged; the dashboard is open.
fn story() -> Window {
    let mut window = Window::over(&ARTICLES);
    window.press("↓ 1 → → 1");
    window.done();
    until_open(&mut window, 2);
    window.done();
    until_open(&mut window, 3);
    window.until_saved();
    window.press("F6");
    window.until(|state| {
        let board = state.dataset.as_ref().map(|dataset| &dataset.board);
        board.is_some_and(|board| board.made.as_ref().is_some_and(|made| made.done == 2))
    });
    window.harness.run_steps(3);
    window
}

fn until_open(window: &mut Window, key: i64) {
    window.until(|state| {
        let article = state.article.as_ref();
        article.is_some_and(|article| article.key == ArticleKey(key)) && !state.is_loading()
    });
}

fn listed(window: &Window) -> Vec<i64> {
    let dataset = window.state().dataset.as_ref().unwrap();
    dataset.keys.iter().map(|key| key.0).collect()
}

/// The name of the first node of a kind of chart that begins so.
fn name_of(window: &Window, part: &str) -> String {
    let node = window.harness.query_all_by_label_contains(part).next();
    let node = node.unwrap_or_else(|| panic!("nothing says {part:?}"));
    node.accesskit_node().label().unwrap_or_default()
}

#[test]
fn a_click_on_a_bar_lists_the_articles_behind_it() {
    let mut window = story();
    assert_eq!(window.state().tab, Tab::Dashboard);
    assert!(
        name_of(&window, "Articles done by day.").contains("2 annotations finished by 1 annotator")
    );

    let bar = name_of(&window, "maria, ");
    assert!(bar.ends_with(": 2 articles"), "{bar}");
    window.harness.get_by_label(&bar).click();
    window.until(|state| state.dataset.as_ref().unwrap().keys.len() == 2);
    assert_eq!(listed(&window), [1, 2]);

    window
        .harness
        .get_by_label_contains("PERSON: 2 entities")
        .click();
    window.until(|state| state.dataset.as_ref().unwrap().keys.len() == 1);
    assert_eq!(listed(&window), [1]);
    window.harness.run_steps(2);
    window
        .harness
        .get_by_label_contains("Remove the filter: ")
        .click();
    window.until(|state| state.dataset.as_ref().unwrap().keys.len() == 3);
}

#[test]
fn a_status_is_a_filter_and_an_article_opens_on_its_own_screen() {
    let mut window = story();
    window.harness.get_by_label_contains("done: 2, ").click();
    window.until(|state| state.dataset.as_ref().unwrap().keys.len() == 2);
    let filter = &window.state().dataset.as_ref().unwrap().filter;
    assert_eq!(filter.status, Some(Status::Done));
    window.harness.run_steps(2);
    window
        .harness
        .get_by_label_contains("It rained. (done)")
        .click();
    until_open(&mut window, 2);
    assert_eq!(window.state().tab, Tab::Annotate);
}

#[test]
fn the_article_is_out_of_reach_of_the_keys_while_the_dashboard_is_shown() {
    let mut window = story();
    let before = window.annotation();
    window.press("↓ b 1 Delete Ctrl+Enter Ctrl+Z");
    assert_eq!(window.annotation(), before);
    assert_eq!(window.state().tab, Tab::Dashboard);
    window.press("Esc");
    assert_eq!(window.state().tab, Tab::Annotate);
    window.press("n");
    window.expect("nav| It stopped.");
}

#[test]
fn a_plot_is_saved_as_svg_and_as_png() {
    let mut window = story();
    let folder = tempfile::tempdir().unwrap();
    for (png, name, magic) in [
        (false, "plot.svg", &b"<svg "[..]),
        (true, "plot.png", &b"\x89PNG\r\n"[..]),
    ] {
        let file = folder.path().join(name);
        let picture = Picture {
            chart: "progress",
            png,
        };
        window.send(Message::SavePlotTo(picture, file.clone()));
        window.until(|state| state.jobs.is_empty() && !state.notices.list().is_empty());
        let words = window.notices();
        assert!(words.contains(name), "{words}");
        let bytes = std::fs::read(&file).unwrap();
        assert!(bytes.starts_with(magic));
        if !png {
            let svg = String::from_utf8(bytes).unwrap();
            assert!(
                svg.contains("2 annotations finished by 1 annotator"),
                "{svg}"
            );
        }
    }
}

#[test]
fn where_nothing_is_done_each_plot_says_what_would_be_there() {
    let mut window = Window::over(&ARTICLES);
    window.press("F6");
    window.until(|state| state.dataset.as_ref().unwrap().board.made.is_some());
    window.harness.run_steps(2);
    for words in [
        "No finished articles yet",
        "No finished article started from suggestions yet",
        "No flagged articles",
    ] {
        assert!(
            window
                .harness
                .query_all_by_label_contains(words)
                .next()
                .is_some(),
            "{words}"
        );
    }
}

#[test]
fn a_flagged_article_is_there_with_its_remark_and_opens_with_a_click() {
    let mut window = Window::over(&ARTICLES);
    window.send(Message::FlagWith("Who is Bob?".to_owned()));
    until_open(&mut window, 2);
    window.press("F6");
    window.until(|state| {
        let made = state.dataset.as_ref().unwrap().board.made.as_ref();
        made.is_some_and(|made| made.flagged.len() == 1)
    });
    window.harness.run_steps(2);
    let flagged = "Open Ada met Bob.: Who is Bob?";
    window.harness.get_by_label(flagged).scroll_to_me();
    window.harness.run_steps(20);
    window.harness.get_by_label(flagged).click();
    until_open(&mut window, 1);
    assert_eq!(window.state().tab, Tab::Annotate);
}

#[test]
fn edits_on_an_article_are_counted_over_all_sittings() {
    let mut window = Window::over(&ARTICLES);
    window.press("↓ 1 → → 1");
    window.until_saved();
    window.reopen();
    window.press("n");
    window.until_saved();
    let article = window.state().article.as_ref().unwrap();
    assert_eq!((article.effort.edits, article.earlier_edits), (3, 2));
    let person = article.effort.entities.get("PERSON");
    assert_eq!(person.map(|effort| effort.edits), Some(2));
    assert!(
        window.harness.query_by_label("3 edits").is_some(),
        "the status bar says so"
    );
}
