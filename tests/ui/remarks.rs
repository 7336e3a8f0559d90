//! Remarks as threads, and the history of an article, by keys.

use copydesk::app::State;
use copydesk::model::Remark;
use egui::Event;
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

fn window() -> Window {
    Window::over(&[
        "body?0.9| Ada met Bob in town.\ncomment?0.8| Well said.",
        "body?0.9| The second article.",
        "body?0.9| The third article.",
    ])
}

fn say(window: &mut Window, words: &str) {
    window.harness.event(Event::Text(words.to_owned()));
    window.harness.run_steps(2);
    window.press("Enter");
    window.until_saved();
}

fn remarks(window: &Window) -> Vec<Remark> {
    let article = window.state().article.as_ref().unwrap();
    article.session.annotation().remarks().to_vec()
}

fn key(state: &State) -> Option<i64> {
    state.article.as_ref().map(|article| article.key.0)
}

fn is_seen(window: &Window, words: &str) -> bool {
    let found = window.harness.query_all_by_label_contains(words).next();
    found.is_some()
}

#[test]
fn a_remark_is_found_from_another_article_answered_resolved_and_opened_again() {
    let mut window = window();
    window.press("1 Ctrl+m");
    say(&mut window, "Which Ada?");
    let written = remarks(&window)[0].written.clone();
    assert_eq!(written.map(|it| it.by).as_deref(), Some("maria"));
    window.until(|state| {
        let rows = &state.dataset.as_ref().unwrap().rows;
        rows.values().map(|row| row.open_remarks).sum::<u64>() == 1
    });
    window.harness.run_steps(3);
    assert!(
        is_seen(&window, "(started, 1 open remark)"),
        "the row is marked"
    );

    // From the third article the key goes to the first, and to the place of the remark.
    window.press("Ctrl+PageDown");
    window.until(|state| key(state) == Some(2));
    window.press("Ctrl+PageDown");
    window.until(|state| key(state) == Some(3));
    window.press("Ctrl+Shift+M");
    window.until(|state| key(state) == Some(1));
    window.harness.run_steps(3);
    let article = window.state().article.as_ref().unwrap();
    assert_eq!(article.remark, Some(0));
    let selected = article
        .selected()
        .map(|span| article.article().text.slice(span));
    assert_eq!(selected, Some("Ada"));
    assert!(is_seen(&window, "Resolve"), "the side panel shows it");

    window.press("Ctrl+Alt+M");
    say(&mut window, "The mayor.");
    let answers = remarks(&window)[0].answers.clone();
    assert_eq!(answers.len(), 1);
    assert_eq!(
        (answers[0].text.as_str(), answers[0].written.by.as_str()),
        ("The mayor.", "maria")
    );
    window.press("Ctrl+R");
    window.until_saved();
    window.harness.run_steps(3);
    assert!(!remarks(&window)[0].is_open());
    assert!(is_seen(&window, "Resolved by maria"));
    assert!(
        !is_seen(&window, "open remark)"),
        "the row is no longer marked"
    );
    window.press("Ctrl+Z");
    assert!(remarks(&window)[0].is_open());
    window.press("Ctrl+Shift+Z");
    window.until_saved();

    window.press("Ctrl+Shift+M");
    window.until(|state| state.dataset.as_ref().is_some_and(|d| d.loading.is_none()));
    window.until(|state| {
        state
            .notices
            .list()
            .iter()
            .any(|one| one.words.contains("No open remarks"))
    });
    // It outlives the window, and Reopen is a button too.
    let thread = remarks(&window);
    window.reopen();
    assert_eq!(remarks(&window), thread);
    window.press("F8 F8 F8");
    window.harness.run_steps(3);
    window.harness.get_by_label("Reopen").click();
    window.harness.run_steps(3);
    assert!(remarks(&window)[0].is_open());
}

#[test]
fn the_history_is_shown_newest_first_and_each_line_jumps_to_its_place() {
    let mut window = window();
    let steps = |state: &State| {
        let article = state.article.as_ref();
        let steps = article.and_then(|article| article.past.steps.as_ref());
        steps.map(|steps| steps.len())
    };
    window.press("Ctrl+H");
    window.until(move |state| steps(state) == Some(0));
    window.harness.run_steps(3);
    assert!(is_seen(&window, "Nobody has changed this article yet."));
    window.press("1");
    let tagged = window.annotation();
    window.press("Ctrl+Z");
    window.until_saved();
    // What is saved comes by itself.
    window.until(move |state| steps(state) >= Some(3));
    window.harness.run_steps(3);
    for words in ["started from the suggestions", "undid: ", "tagged: "] {
        assert!(is_seen(&window, words), "{words}");
    }
    let top = |words: &str| {
        let mut found = window.harness.query_all_by_label_contains(words);
        found.next().map(|node| node.rect().top())
    };
    assert!(top("undid: ") < top("started from the suggestions"));
    assert!(tagged.contains("{PERSON Ada}"), "{tagged}");

    window.press("↓ ↓");
    let line = "undid: tagged";
    let mut found = window.harness.query_all_by_label_contains(line);
    found.next().unwrap().click();
    drop(found);
    window.harness.run_steps(3);
    let article = window.state().article.as_ref().unwrap();
    let selected = article
        .selected()
        .map(|span| article.article().text.slice(span));
    assert_eq!(selected, Some("Ada"));
}

#[test]
fn the_dashboard_counts_open_remarks_and_lists_their_articles() {
    let mut window = window();
    window.press("1 Ctrl+m");
    say(&mut window, "Which Ada?");
    window.press("F6");
    window.until(|state| {
        let board = state.dataset.as_ref().map(|dataset| &dataset.board);
        let made = board.and_then(|board| board.made.as_ref());
        made.is_some_and(|made| made.open_remarks == 1)
    });
    window.harness.run_steps(5);
    let button = "open remarks: 1, article";
    window.harness.get_by_label(button).click();
    window.harness.run_steps(3);
    window.until(|state| {
        let dataset = state.dataset.as_ref();
        dataset.is_some_and(|dataset| {
            let only = dataset.filter.only.as_ref();
            only.is_some_and(|only| only.caption() == "With open remarks")
                && dataset.keys.len() == 1
        })
    });
}
