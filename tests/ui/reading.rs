//! Stories of reading: what a long page shows first, what it folds, and where jumps lead.

use copydesk::app::{Message, State};
use copydesk::model::{BytePos, Span};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::desk::Window;

/// A menu of so many lines.
fn menu(lines: usize) -> String {
    (1..=lines)
        .map(|n| format!("nav?0.9| Item {n}\n|\n"))
        .collect()
}

/// A page: a menu, the story, a footer.
fn page() -> String {
    format!(
        "{}body?0.9| Ada Lovelace spoke in Paris.\n|\nbody?0.4| Later Ada left.\n|\n{}nav?0.9| The end",
        menu(12),
        menu(9)
    )
}

fn hidden(state: &State) -> usize {
    state.article.as_ref().unwrap().folds.count()
}

fn block(window: &Window) -> usize {
    window.state().article.as_ref().unwrap().block
}

fn fold(window: &Window, count: usize) -> bool {
    let name = format!("Show {count} more blocks");
    window.harness.query_by_label(&name).is_some()
}

#[test]
fn a_page_opens_at_its_story_and_shows_one_line_of_its_menus() {
    let window = Window::over(&[&page()]);
    assert_eq!(block(&window), 12, "the first block of the story");
    assert_eq!(hidden(window.state()), 20);
    assert!(fold(&window, 11));
    let mut first = window.harness.query_all_by_label_contains("Item 1");
    assert!(first.next().is_some());
}

#[test]
fn a_short_menu_is_shown_and_the_article_opens_at_its_top() {
    let window = Window::over(&[&format!("{}body?0.9| The story.", menu(3))]);
    assert_eq!(block(&window), 0);
    assert_eq!(hidden(window.state()), 0);
}

#[test]
fn an_article_that_was_left_elsewhere_opens_there() {
    let mut window = Window::over(&[&page(), "body?0.9| The second article."]);
    window.press("Ctrl+Home ↓ ↓");
    assert_eq!(block(&window), 2);
    window.press("Ctrl+PgDn");
    window.until(|state| state.article.as_ref().unwrap().key.0 == 2);
    window.press("Ctrl+PgUp");
    window.until(|state| state.article.as_ref().unwrap().key.0 == 1);
    assert_eq!(block(&window), 2);
    window.harness.run_steps(2);
    assert_eq!(hidden(window.state()), 9, "only the footer is folded");
}

#[test]
fn a_fold_opens_by_click_and_by_key() {
    let mut window = Window::over(&[&page()]);
    window.harness.get_by_label("Show 11 more blocks").click();
    window.harness.run_steps(3);
    assert_eq!(hidden(window.state()), 9);
    assert_eq!(block(&window), 12, "the caret stays where it is");
    window.press("F9");
    assert_eq!(hidden(window.state()), 0);
    window.press("F9");
    assert_eq!(hidden(window.state()), 20);
}

#[test]
fn the_caret_opens_the_fold_that_it_enters() {
    let mut window = Window::over(&[&page()]);
    window.press("↑");
    assert_eq!(block(&window), 11);
    assert_eq!(hidden(window.state()), 9);
    // Down again, and into the footer.
    window.press("↓ ↓ ↓");
    assert_eq!(block(&window), 14);
    assert_eq!(hidden(window.state()), 9, "its first line is in sight");
    window.press("↓");
    assert_eq!(hidden(window.state()), 0);
}

#[test]
fn a_search_opens_the_fold_of_its_hit() {
    let mut window = Window::over(&[&page()]);
    window.press("Ctrl+F");
    window.harness.run_steps(2);
    window.harness.event(egui::Event::Text("Item 7".to_owned()));
    window.harness.run_steps(3);
    assert_eq!(hidden(window.state()), 11, "the footer has the next hit");
}

#[test]
fn a_selection_over_a_fold_opens_it_before_a_key_labels_it() {
    let mut window = Window::over(&[&page()]);
    window.press("Shift+↓ Shift+↓ Shift+↓");
    assert_eq!(hidden(window.state()), 11, "the footer is in the selection");
    assert!(!window.annotation().contains("comment"));
}

#[test]
fn what_is_labelled_to_the_end_of_the_article_is_seen_and_told() {
    let mut window = Window::over(&[&page()]);
    window.press("↓ Shift+c");
    window.harness.run_steps(2);
    assert_eq!(hidden(window.state()), 11, "the footer is shown");
    assert!(
        window.notices().contains("9 folded blocks shown again"),
        "{}",
        window.notices()
    );
    window.press("Ctrl+Z");
    assert_eq!(hidden(window.state()), 11, "what was opened stays open");
}

#[test]
fn what_is_labelled_by_hand_does_not_fold_under_the_hand() {
    let lines: String = (1..=9)
        .map(|n| format!("body?0.9| Line {n}\n|\n"))
        .collect();
    let mut window = Window::over(&[&format!("{lines}body?0.9| The end.")]);
    window.press("n n n n n n n n n");
    window.harness.run_steps(2);
    assert_eq!(hidden(window.state()), 0);
}

#[test]
fn a_setting_turns_folding_off() {
    let mut window = Window::over(&[&page()]);
    let mut settings = window.state().settings.clone();
    settings.fold = false;
    window.send(Message::Settings(Box::new(settings.clone())));
    assert_eq!(hidden(window.state()), 0);
    settings.fold = true;
    window.send(Message::Settings(Box::new(settings)));
    assert_eq!(hidden(window.state()), 20);
}

#[test]
fn tab_leads_to_what_is_unsure_though_menus_are_folded() {
    let doubted = format!("{}nav?0.3| Perhaps\n|\n{}body| Story.", menu(9), menu(9));
    let mut window = Window::over(&[&doubted]);
    assert_eq!(hidden(window.state()), 16, "the doubt is not hidden");
    window.press("Tab");
    assert_eq!(block(&window), 9);
}

/// Where a block is, as a share of the window's height.
fn height_of(window: &Window, block: usize) -> f32 {
    let article = window.state().article.as_ref().unwrap();
    let start = article.article().blocks[block].span.start();
    let end = BytePos(start.0 + 1);
    let span: Span = article.article().text.span(start, end).unwrap();
    let app = window.harness.state().0.as_ref().unwrap();
    app.rect_of(span)
        .map_or(f32::NAN, |rect| rect.top() / 800.0)
}

#[test]
fn a_jump_puts_its_target_in_the_upper_third() {
    let story: String = (1..=60)
        .map(|n| format!("body?0.9| Paragraph {n} of the story.\n|\n"))
        .collect();
    let comment = "comment?0.4| I was there, and it was windy.\n|\n";
    let mut window = Window::over(&[&format!("{story}{comment}{story}body?0.9| The end.")]);
    window.press("Tab");
    window.harness.run_steps(2);
    let at = height_of(&window, 60);
    assert!((0.2..0.5).contains(&at), "unsure: {at}");
    window.press("Ctrl+Home Ctrl+↓ Ctrl+↓");
    window.harness.run_steps(2);
    // Two regions on: the comment again, since each paragraph is a region of its own here or the
    // story is one.
    let here = block(&window);
    let at = height_of(&window, here);
    assert!((0.05..0.65).contains(&at), "region: {at}");
}

#[test]
fn at_the_end_of_the_list_enter_goes_on_to_what_is_still_to_do() {
    let second = "body?0.9| The second article.";
    let mut window = Window::over(&["body?0.9| The first.", second, "body?0.9| The third."]);
    let is_at = |key: i64| move |state: &State| state.article.as_ref().unwrap().key.0 == key;
    window.press("Ctrl+PgDn");
    window.until(is_at(2));
    window.press("Ctrl+PgDn");
    window.until(is_at(3));
    window.done();
    window.until(|state| state.offers_unfinished);
    assert!(
        window
            .notices()
            .contains("End of list. 2 still to do: go to the next (Enter)"),
        "{}",
        window.notices()
    );
    window.press("Enter");
    window.until(is_at(1));
    assert!(
        !window.notices().contains("End of list"),
        "it went with its article"
    );
    window.done();
    window.until(is_at(2));
    window.press("Ctrl+Shift+PgDn");
    window.until(|state| !state.is_loading());
    assert_eq!(
        window.state().article.as_ref().unwrap().key.0,
        2,
        "the only one left"
    );
    window.done();
    window.until(is_at(3));
    window.done();
    let start = std::time::Instant::now();
    while !window.notices().contains("Nothing left to do") {
        assert!(start.elapsed().as_secs() < 20, "{}", window.notices());
        window.harness.step();
    }
}

#[test]
fn a_notice_goes_with_its_article() {
    let mut window = Window::over(&["body| The first.", "body| The second."]);
    window.press("Tab");
    assert!(window.notices().contains("No unsure suggestions"));
    window.press("Ctrl+PgDn");
    window.until(|state| state.article.as_ref().unwrap().key.0 == 2);
    assert_eq!(window.notices(), "");
}

#[test]
fn the_button_says_when_the_article_is_done() {
    let mut window = Window::over(&["body| The first.", "body| The second."]);
    window.done();
    window.until(|state| state.article.as_ref().unwrap().key.0 == 2);
    window.harness.run_steps(2);
    let is_done = |window: &Window| {
        let node = window.harness.get_by_label("Done");
        node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
    };
    assert!(!is_done(&window));
    window.press("Ctrl+PgUp");
    window.until(|state| state.article.as_ref().unwrap().key.0 == 1);
    window.harness.run_steps(2);
    assert!(is_done(&window));
}
