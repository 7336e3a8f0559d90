//! The work on a dataset is split among annotators in the window.

use copydesk::app::{Dialog, Message, SplitWorkMessage};
use copydesk::dataset::Dataset;
use copydesk::store::Filter;
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

const FIELD: &str = "Names of the annotators";
const ARTICLES: [&str; 3] = ["body| One.", "body| Two.", "body| Three."];

/// Opens the dialog and types who works.
fn type_names(window: &mut Window, names: &str) {
    window.press("Ctrl+Shift+T");
    window.harness.get_by_label(FIELD).click();
    window.harness.step();
    window.harness.get_by_label(FIELD).type_text(names);
    window.harness.run_steps(2);
}

fn says(window: &Window, words: &str) -> bool {
    let found = window.harness.query_by_label_contains(words);
    found.is_some()
}

#[test]
fn each_annotator_gets_a_dataset_with_a_fair_share() {
    let folder = tempfile::tempdir().unwrap();
    let packs = folder.path().join("packs");
    let mut window = Window::over(&ARTICLES);
    window.until(|state| state.dataset.as_ref().unwrap().counts.total() == 3);
    type_names(&mut window, "ada, ben");
    window.send(Message::SplitWork(SplitWorkMessage::To(packs.clone())));
    window.harness.run_steps(2);
    assert!(says(&window, "2 datasets with 3 articles each"));
    window.harness.get_by_label(FIELD).type_text(", cleo");
    window.harness.run_steps(2);
    assert!(says(&window, "3 datasets with 2 articles each"));
    assert!(!packs.exists(), "so far nothing was written");

    window.press("Ctrl+Enter");
    window.until(|state| state.jobs.is_empty());
    assert!(
        window.notices().contains("cleo with 2 articles"),
        "{}",
        window.notices()
    );
    for name in ["ada", "ben", "cleo"] {
        let path = packs.join(format!("{name}.copydesk"));
        let dataset = Dataset::open_to_read(&path).unwrap();
        let keys = dataset.store().keys(&Filter::default()).unwrap();
        assert_eq!(keys.len(), 2, "{name}");
    }
}

#[test]
fn what_is_missing_is_said_and_no_dataset_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ben.copydesk"), "precious").unwrap();
    let mut window = Window::over(&ARTICLES);
    type_names(&mut window, "ada");
    assert!(says(&window, "Name two annotators or more."));
    window.press("Ctrl+Enter");
    assert!(
        matches!(window.state().dialog, Some(Dialog::SplitWork(_))),
        "nothing was begun"
    );
    window.harness.get_by_label(FIELD).type_text(", ben");
    window.harness.run_steps(2);
    let to = SplitWorkMessage::To(folder.path().to_owned());
    window.send(Message::SplitWork(to));
    window.harness.run_steps(2);
    window.press("Ctrl+Enter");
    window.until(|state| state.jobs.is_empty());
    assert!(
        window.notices().contains("ben.copydesk is there already"),
        "{}",
        window.notices()
    );
    assert!(!folder.path().join("ada.copydesk").exists());
    let kept = std::fs::read_to_string(folder.path().join("ben.copydesk"));
    assert_eq!(kept.unwrap(), "precious");
}
