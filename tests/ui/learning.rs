//! What the models learn while somebody works, and what they say when asked why.

use std::path::PathBuf;

use copydesk::app::{Command, Message, State};
use copydesk::model::Region;
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

/// A page of a paper that says under each story, as if it were one more paragraph of it, how it is
/// made.
fn page(number: usize, story: &str) -> String {
    format!(
        "<html><head><title>A {story} at the harbour</title>\
         <link rel=canonical href=https://gazette.example/{number}></head><body>\
         <h1>A {story} at the harbour</h1><div>\
         <p>The {story} came on Monday and stayed for the whole week, said the harbour master of the old port.</p>\
         <p>Nobody had seen a {story} of this kind, and nobody wants to see one again soon, he said on day {number}.</p>\
         <p>The old mill prints this paper every night, and the first ferry carries it to the islands.</p></div>\
         </body></html>"
    )
}

fn pages() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("gazette");
    std::fs::create_dir(&pages).unwrap();
    for (number, story) in ["storm", "eclipse", "whale", "frost"].iter().enumerate() {
        std::fs::write(pages.join(format!("{number}.html")), page(number, story)).unwrap();
    }
    (folder, pages)
}

/// The region in which the paper says how it is made.
fn imprint(state: &State) -> Region {
    let article = state.article.as_ref().unwrap();
    let at = article
        .article()
        .text
        .as_str()
        .find("The old mill")
        .unwrap();
    let at = copydesk::model::BytePos::from_index(at);
    article.session.annotation().region_at(at).unwrap().clone()
}

/// Puts the caret into the last block of the page.
fn to_the_last_block(window: &mut Window) {
    window.press("Ctrl+End");
}

fn open(window: &Window) -> i64 {
    window.state().article.as_ref().unwrap().key.0
}

#[test]
fn what_is_corrected_on_one_page_of_a_site_is_right_on_the_next_and_undo_takes_it_back() {
    let (_folder, pages) = pages();
    let mut window = Window::learning_on_files(&pages);
    assert_eq!(imprint(window.state()).label.as_str(), "body");
    to_the_last_block(&mut window);
    window.press("n");
    assert_eq!(imprint(window.state()).label.as_str(), "nav");
    let first = open(&window);
    window.done();
    window.until(|state| !state.is_loading() && state.article.as_ref().unwrap().key.0 != first);
    assert_eq!(
        imprint(window.state()).label.as_str(),
        "nav",
        "on the next page, at once"
    );
    assert!(imprint(window.state()).provenance.is_suggestion());
    // And nothing else: the story is still the story.
    let article = window.state().article.as_ref().unwrap();
    let story = article
        .article()
        .text
        .as_str()
        .find("Nobody had seen")
        .unwrap();
    let story = copydesk::model::BytePos::from_index(story);
    let story = article.session.annotation().region_at(story).unwrap();
    assert_eq!(story.label.as_str(), "body");

    // Why? Because of what was done on the other page.
    to_the_last_block(&mut window);
    window.press("F7");
    window.until(|state| state.why.as_ref().is_some_and(|why| why.reasons.is_some()));
    window.harness.run_steps(3);
    let reasons = window
        .state()
        .why
        .as_ref()
        .unwrap()
        .reasons
        .clone()
        .unwrap();
    let pros = reasons.pros.join("\n");
    assert!(pros.contains("On other pages of the site"), "{reasons:?}");
    let learnt = reasons.learnt.join("\n");
    assert!(learnt.contains("without them, body"), "{reasons:?}");
    assert!(
        learnt.contains("1 done article from gazette.example"),
        "{reasons:?}"
    );
    window
        .harness
        .get_by_label_contains("On other pages of the site");

    // The correction is taken back: the next page is as it was.
    window.send(Message::OpenArticle(copydesk::store::ArticleKey(first)));
    window.until(|state| !state.is_loading() && state.article.as_ref().unwrap().key.0 == first);
    window.press("Ctrl+Z Ctrl+Z");
    window.until_saved();
    window.press("Ctrl+PgDn");
    window.until(|state| !state.is_loading() && state.article.as_ref().unwrap().key.0 != first);
    assert_eq!(imprint(window.state()).label.as_str(), "body");
}

#[test]
fn why_stands_beside_the_region_until_it_is_closed_or_something_else_is_done() {
    let (_folder, pages) = pages();
    let mut window = Window::learning_on_files(&pages);
    to_the_last_block(&mut window);
    window.press("F7");
    window.until(|state| state.why.as_ref().is_some_and(|why| why.reasons.is_some()));
    window.harness.run_steps(3);
    window.harness.get_by_label_contains("was suggested");
    window.harness.get_by_label("FOR BODY");
    window.press("Esc");
    assert!(window.state().why.is_none());

    window.press("F7");
    assert!(window.state().shown_why().is_some());
    window.press("n");
    assert!(
        window.state().shown_why().is_none(),
        "it is about what is no longer so"
    );
    // A person's region says whose it is.
    to_the_last_block(&mut window);
    window.press("F7");
    window.harness.run_steps(3);
    window
        .harness
        .get_by_label_contains("You labelled it as nav on ");
    window.press("F7");
    assert!(
        window.state().shown_why().is_none(),
        "the key again puts it away"
    );
}

#[test]
fn what_was_learnt_is_forgotten_after_asking() {
    let (_folder, pages) = pages();
    let mut window = Window::learning_on_files(&pages);
    to_the_last_block(&mut window);
    let first = open(&window);
    window.press("n");
    window.done();
    window.until(|state| !state.is_loading() && state.article.as_ref().unwrap().key.0 != first);
    let learnt = |state: &State| state.dataset.as_ref().unwrap().learnt;
    window.until(|state| learnt(state) == 1);
    window.send(Message::Run(Command::ForgetLearnt));
    window.harness.run_steps(3);
    window
        .harness
        .get_by_label("The models have learnt from 1 done article of this dataset.");
    window.harness.get_by_label("This cannot be undone.");
    window.harness.get_by_label("Cancel").click();
    window.harness.run_steps(3);
    assert_eq!(
        (window.state().dialog.clone(), learnt(window.state())),
        (None, 1)
    );
    window.send(Message::Run(Command::ForgetLearnt));
    window.harness.run_steps(3);
    window.harness.get_by_label("Reset").click();
    window.harness.run_steps(3);
    window.until(|state| learnt(state) == 0);
    window.press("Ctrl+PgDn");
    window.until(|state| !state.is_loading() && state.article.as_ref().unwrap().key.0 > first + 1);
    assert_eq!(imprint(window.state()).label.as_str(), "body");
}

#[test]
fn names_are_suggested_in_an_opened_article_walked_by_tab_and_confirmed_by_done() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("names");
    std::fs::create_dir(&pages).unwrap();
    let story = |number: usize, name: &str| {
        format!(
            "<html><head><title>A visit to Paris</title></head><body><h1>A visit to Paris</h1>\
             <p>Angela Merkel met Emmanuel Macron in Paris on Monday, said Reuters, and flew back to Berlin at night.</p>\
             <p>The ferry {name} waited for her in the port for {number} hours, and nobody had told the captain why.</p>\
             </body></html>"
        )
    };
    for (number, name) in ["Gozo Star", "Gozo Star", "Gozo Star"].iter().enumerate() {
        std::fs::write(pages.join(format!("{number}.html")), story(number, name)).unwrap();
    }
    let mut window = Window::learning_on_files(&pages);
    let first = open(&window);
    let entities = |state: &State| -> Vec<String> {
        let article = state.article.as_ref().unwrap();
        let all = article.session.annotation().entities();
        let words = |e: &copydesk::model::Entity| article.article().text.slice(e.span).to_owned();
        all.iter()
            .map(|e| format!("{} {}", e.label, words(e)))
            .collect()
    };
    let found = entities(window.state());
    assert!(
        found.contains(&"PERSON Angela Merkel".to_owned()),
        "{found:?}"
    );
    assert!(found.contains(&"GPE Berlin".to_owned()), "{found:?}");
    let article = window.state().article.as_ref().unwrap();
    assert!(
        article
            .session
            .annotation()
            .entities()
            .iter()
            .all(|e| e.provenance.is_suggestion())
    );
    // The ferry is a product here; once that is said and done, the next article knows.
    let text = article.article().text.clone();
    let at = |at| copydesk::model::BytePos::from_index(at);
    let from = text.as_str().find("Gozo Star").unwrap();
    let span = text.span(at(from), at(from + "Gozo Star".len())).unwrap();
    window.send(Message::Reveal(copydesk::edit::Selection::of(span)));
    window.press("9");
    window.done();
    window.until(|state| !state.is_loading() && state.article.as_ref().unwrap().key.0 != first);
    let second = open(&window);
    window.done();
    window.until(|state| !state.is_loading() && state.article.as_ref().unwrap().key.0 != second);
    let found = entities(window.state());
    assert!(
        found.contains(&"PERSON Angela Merkel".to_owned()),
        "{found:?}"
    );
    // Why? What is known of these words here is told.
    let article = window.state().article.as_ref().unwrap();
    let merkel = article.session.annotation().entities()[0].span;
    window.send(Message::Reveal(copydesk::edit::Selection::of(merkel)));
    window.press("F7");
    window.until(|state| state.why.as_ref().is_some_and(|why| why.reasons.is_some()));
    window.harness.run_steps(3);
    window
        .harness
        .get_by_label_contains("In done articles they were tagged");
}
