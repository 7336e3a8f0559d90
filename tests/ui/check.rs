//! The check before Done, and suggestions that follow the labels.

use copydesk::app::State;
use copydesk::model::Status;
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

fn key(window: &Window) -> i64 {
    window.state().article.as_ref().unwrap().key.0
}

fn is_next(state: &State) -> bool {
    state
        .article
        .as_ref()
        .is_some_and(|article| article.key.0 == 2)
}

/// What is selected, or the word under the caret's entity.
fn here(window: &Window) -> String {
    let article = window.state().article.as_ref().unwrap();
    let text = &article.article().text;
    let span = article
        .selected()
        .or_else(|| article.entity().map(|entity| entity.span));
    span.map_or_else(String::new, |span| text.slice(span).to_owned())
}

const SLIPS: &str = "body| {PERSON Ada} waits for Ada on the 21{DATE . November}.\n    |\n    | Lost line\n    |\nnav | Menu {GPE Graz}";

#[test]
fn done_shows_what_looks_wrong_and_done_again_accepts_it() {
    let mut window = Window::over(&[SLIPS, "body| Next."]);
    window.press("Ctrl+Enter");
    assert_eq!(key(&window), 1, "it stays");
    for words in [
        "1 passage in no region",
        "1 entity where none are tagged",
        "1 stray mark at an edge",
        "1 place of a tagged name not tagged",
    ] {
        assert!(
            window.harness.query_by_label_contains(words).is_some(),
            "{words}"
        );
    }
    // Tab goes from one to the next, in the order of the strip, and round.
    let mut places = Vec::new();
    for _ in 0..5 {
        window.press("Tab");
        places.push(here(&window));
    }
    assert_eq!(
        places,
        ["Lost line", "Graz", ". November", "Ada", "Lost line"]
    );
    window.press("Shift+Tab");
    assert_eq!(here(&window), "Ada");
    window.press("Ctrl+Enter");
    window.until(is_next);
    assert!(
        window
            .harness
            .query_by_label_contains("passage in no region")
            .is_none()
    );
    window.press("Ctrl+PgUp");
    window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|article| article.key.0 == 1)
    });
    let status = window
        .state()
        .article
        .as_ref()
        .unwrap()
        .session
        .annotation()
        .status();
    assert_eq!(status, Status::Done);
    // What was accepted is not asked about again, as long as nothing changes.
    window.press("Ctrl+Enter");
    window.until(is_next);
}

#[test]
fn what_the_strip_names_is_put_right_from_it() {
    let mut window = Window::over(&[SLIPS, "body| Next."]);
    // The passage is labelled, the entity in the menu removed, the name tagged.
    window.press("Ctrl+Enter Tab n Tab Delete Tab Delete Tab 1");
    window.expect("body| {PERSON Ada} waits for {PERSON Ada} on the 21. November.\n    |\nnav | Lost line\n+   |\n+   | Menu Graz");
    assert!(
        window
            .harness
            .query_by_label_contains("Nothing left to look at")
            .is_some()
    );
    window.press("Ctrl+Enter");
    window.until(is_next);
}

#[test]
fn an_article_without_slips_takes_one_key_and_escape_puts_the_strip_away() {
    let mut window = Window::over(&[
        "body| {PERSON Ada} waits in {GPE Graz}.\n    |\nnav | Menu",
        "body| {PERSON Ada} waits for Ada.",
        "body| Last.",
    ]);
    window.press("Ctrl+Enter");
    window.until(is_next);
    window.press("Ctrl+Enter");
    assert!(
        window
            .harness
            .query_by_label_contains("not tagged")
            .is_some()
    );
    window.press("Esc");
    assert!(
        window
            .harness
            .query_by_label_contains("not tagged")
            .is_none()
    );
    assert_eq!(key(&window), 2);
    // By mouse: the item goes there, the button accepts.
    window.press("Ctrl+Enter");
    window
        .harness
        .get_by_label_contains("1 place of a tagged name")
        .click();
    window.harness.run_steps(3);
    assert_eq!(here(&window), "Ada");
    window
        .harness
        .get_by_label_contains("Done all the same")
        .click();
    window.harness.run_steps(2);
    window.until(|state| {
        state
            .article
            .as_ref()
            .is_some_and(|article| article.key.0 == 3)
    });
}

#[test]
fn unsure_suggestions_are_named_and_confirmed_on_the_way() {
    let mut window = Window::over(&["body| {PERSON?.3 Ada} met {ORG?.3 Acme}.", "body| Next."]);
    window.press("Ctrl+Enter");
    assert!(
        window
            .harness
            .query_by_label_contains("2 unsure suggestions")
            .is_some()
    );
    window.press("Tab Enter");
    window.expect("body| {PERSON Ada} met {ORG?.3 Acme}.");
    assert_eq!(here(&window), "Acme");
    window.press("Delete Ctrl+Enter");
    window.until(is_next);
}

#[test]
fn where_a_clean_check_is_required_done_is_refused_and_skipping_is_not() {
    let mut window = Window::over(&["body| {PERSON Ada} waits for Ada.", "body| Next."]);
    let mut change = copydesk::dataset::SchemaChange {
        schema: window.state().schema().unwrap().clone(),
        relabel: copydesk::edit::Relabel::default(),
        based_on: None,
    };
    change.schema = change.schema.with_required_check(true);
    window.send(copydesk::app::Message::ChangeSchema(Box::new(change)));
    window.until(|state| state.schema().is_some_and(|schema| schema.requires_check()));
    window.until(|state| state.jobs.is_empty() && !state.is_loading());
    window.press("Ctrl+Enter Ctrl+Enter");
    assert_eq!(key(&window), 1);
    assert!(
        window.notices().contains("needs a clean check"),
        "{}",
        window.notices()
    );
    window.press("Ctrl+Shift+Enter");
    window.until(is_next);
}

#[test]
fn done_waits_for_the_check_of_a_long_article_and_goes_on_by_itself() {
    let mut long = String::from("body| ");
    for nth in 0..9000 {
        long.push_str(&format!("word{nth} and "));
    }
    let slip = format!("{long}{{PERSON Ada}} waits for Ada.");
    long.push_str("{PERSON Ada} waits.");
    let mut window = Window::over(&[&long, &slip, "body| Last."]);
    window.press("Ctrl+Enter");
    window.until(is_next);
    window.harness.run_steps(2);
    // What is typed while it looks is meant for the next article, and forgotten if that does not
    // come.
    window.keys_in_one_frame(&["Ctrl+Enter", "n"]);
    window.until(|state| {
        let article = state.article.as_ref().unwrap();
        state.check.is_shown(article) && state.check.known(article).is_some()
    });
    assert_eq!(key(&window), 2);
    let labelled = window.annotation();
    assert!(
        labelled.starts_with("body"),
        "it became {}",
        &labelled[..60]
    );
}

/// A folder with one article in plain English, and one in Georgian.
fn articles() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("1.txt"),
        "Storm keeps the ferry in port\n\nThe ferry to Gozo stayed in port on Tuesday as winds reached ninety kilometres an hour, the harbour \
         master John Borg said in Valletta.\n\nJohn Borg told reporters that the next ferry would leave for Sicily on Friday if the wind allows it.\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("2.txt"),
        "ბორანი გოზოსკენ სამშაბათს ნავსადგურში დარჩა, რადგან ქარის სიჩქარემ ოთხმოცდაათ კილომეტრს მიაღწია.\n\n\
         ნავსადგურის უფროსმა თქვა, რომ შემდეგი ბორანი პარასკევს გავა სიცილიისკენ, თუ ამინდი გამოიდარებს.\n",
    )
    .unwrap();
    folder
}

fn entities_in_last_block(state: &State) -> usize {
    let article = state.article.as_ref().unwrap();
    let block = article.article().blocks.last().unwrap().span;
    article.session.annotation().entities_in(block).count()
}

#[test]
fn the_tagger_reads_what_becomes_body_and_what_becomes_nav_loses_its_suggestions() {
    let folder = articles();
    let mut window = Window::learning_on_files(folder.path());
    window.press("Ctrl+End b");
    window.until(|state| entities_in_last_block(state) > 0);
    let as_body = window.annotation();
    // As nav it has none; undo brings them back as they were.
    window.press("Ctrl+End n");
    assert_eq!(entities_in_last_block(window.state()), 0);
    window.press("Ctrl+Z");
    assert_eq!(window.annotation(), as_body);
    window.press("Ctrl+Y");
    assert_eq!(entities_in_last_block(window.state()), 0);
    // As a comment it is read again, at once; one undo takes label and suggestions back.
    window.press("Ctrl+End c");
    window.until(|state| entities_in_last_block(state) > 0);
    let as_comment = window.annotation();
    let edits = window.state().article.as_ref().unwrap().effort.edits;
    window.press("Ctrl+Z");
    assert_eq!(entities_in_last_block(window.state()), 0);
    assert!(window.annotation().contains("nav"));
    window.press("Ctrl+Y");
    assert_eq!(window.annotation(), as_comment);
    let after = window.state().article.as_ref().unwrap().effort.edits;
    assert_eq!(
        after,
        edits + 2,
        "the tagger's lines are no edits of a person"
    );
    window.until_saved();
}

#[test]
fn a_language_that_the_tagger_does_not_know_is_said_in_words() {
    let folder = articles();
    let mut window = Window::learning_on_files(folder.path());
    assert_eq!(window.state().lacks_suggestions(), None);
    window.press("Ctrl+PgDn");
    window.until(is_next);
    window.harness.run_steps(2);
    let words = "No entity suggestions: Georgian is not supported yet";
    assert!(window.harness.query_by_label_contains(words).is_some());
    // Regions that are unsure come first.
    for _ in 0..4 {
        window.press("Enter");
    }
    window.press("Tab");
    assert!(window.notices().contains(words), "{}", window.notices());
    assert!(!window.notices().contains("Nothing is unsure"));
}
