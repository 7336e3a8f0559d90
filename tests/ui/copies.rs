//! A wire story that is labelled once labels its copies.

use copydesk::app::{Command, Message};
use copydesk::model::Status;

use crate::desk::Window;

/// The same story on three sites, and another one.
fn pages() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("wire");
    std::fs::create_dir(&pages).unwrap();
    let story = "The harbour master of Gozo closed the port at noon on Monday, and no ferry has left it since, the council said in a note.\n\
        Some two hundred passengers were waiting in the hall, where the baker gave away what he had left of his bread and cakes.\n\
        By the evening the wind had dropped, but the waves were still as high as the pier itself, he told the radio at nine.\n\
        The first ferry is expected to sail on Wednesday morning, with the mail and with whatever is left of the fruit.";
    for (number, site) in ["Gozo Gazette", "Island News", "The Firth"]
        .iter()
        .enumerate()
    {
        std::fs::write(
            pages.join(format!("{number}.txt")),
            format!("{site}\nStorm closes the ferry\n{story}\n"),
        )
        .unwrap();
    }
    let other = "The Firth\nA cat in the library\nNobody knows how the cat came into the reading room of the town library, and it does not say.\n";
    std::fs::write(pages.join("9.txt"), other).unwrap();
    (folder, pages)
}

#[test]
fn a_story_that_is_done_labels_its_copies_and_nothing_else() {
    let (_folder, pages) = pages();
    let mut window = Window::learning_on_files(&pages);
    let first = window.state().article.as_ref().unwrap().key.0;
    // The second block is the headline; here it is made a part of the story.
    window.press("Ctrl+Home j b");
    window.done();
    window.until(|state| !state.is_loading() && state.article.as_ref().unwrap().key.0 != first);
    window.send(Message::Run(Command::CarryLabels));
    window.until(|state| state.jobs.is_empty());
    window.until(|state| {
        let counts = state.dataset.as_ref().unwrap().counts;
        counts.of(Status::Started) >= 2 && !state.is_loading()
    });
    let counts = window.state().dataset.as_ref().unwrap().counts;
    assert_eq!(
        [Status::Done, Status::Started, Status::Todo].map(|status| counts.of(status)),
        [1, 2, 1]
    );
    window.press("Ctrl+PgDn");
    window.until(|state| !state.is_loading() && state.article.as_ref().unwrap().key.0 == first + 2);
    let article = window.state().article.as_ref().unwrap();
    let headline = article
        .article()
        .text
        .as_str()
        .find("Storm closes")
        .unwrap();
    let region = article
        .session
        .annotation()
        .region_at(copydesk::model::BytePos::from_index(headline))
        .unwrap();
    assert_eq!(region.label.as_str(), "body");
    assert_eq!(article.session.annotation().status(), Status::Started);
}
