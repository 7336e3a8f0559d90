//! Stories of several annotators at one window: who works here, and whose labels are on the screen.

use std::sync::Arc;

use copydesk::app::{App, Dialog, State};
use copydesk::dataset::{Settings, WorkMode};
use copydesk::model::Provenance;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::desk::{Screen, Window};

const ARTICLE: &str = "body?0.9| Ada met Bob in town.\nnav?0.8| More news";

fn is_seen(window: &Window, words: &str) -> bool {
    let found = window.harness.query_all_by_label_contains(words).next();
    found.is_some()
}

/// Types a name into the field that has the keyboard, in place of what is there.
fn type_name(window: &mut Window, name: &str) {
    window.harness.run_steps(3);
    window.press("Ctrl+A");
    window.harness.event(egui::Event::Text(name.to_owned()));
    window.harness.run_steps(3);
}

/// The annotator's name in the status bar is clicked, and another one typed.
pub fn become_(window: &mut Window, from: &str, to: &str) {
    let button = format!("Annotator {from}");
    window
        .harness
        .get_by_role_and_label(Role::Button, &button)
        .click();
    window.harness.run_steps(3);
    assert_eq!(
        window.state().dialog,
        Some(Dialog::Name(from.to_owned())),
        "the name is there already"
    );
    type_name(window, to);
    window.press("Enter");
    let name = to.to_owned();
    window.until(move |state| {
        let is_open = state.article.is_some() && state.jobs.is_empty();
        state.settings.annotator == name && state.dialog.is_none() && is_open
    });
    window.harness.run_steps(5);
}

#[test]
fn a_second_annotator_sees_nothing_of_the_first_until_she_reviews() {
    let mut window = Window::over(&[ARTICLE]);
    window.press("↓ c");
    window.done();
    window.until_saved();
    let marias = "body| Ada met Bob in town.\ncomment| More news";
    window.expect(marias);

    become_(&mut window, "maria", "paul");
    window.expect(ARTICLE);
    assert!(!is_seen(&window, "Reviewing") && !is_seen(&window, "maria"));
    let rows = |state: &State| state.dataset.as_ref().is_some_and(|d| d.rows.len() == 1);
    window.until(rows);
    let dataset = window.state().dataset.as_ref().unwrap();
    let status = dataset.rows.values().next().unwrap().status;
    assert_eq!(status, copydesk::model::Status::Todo, "to do for paul");

    // The settings choose whose labels to start from.
    window.press("Ctrl+Comma");
    window.until(|state| {
        state
            .dataset
            .as_ref()
            .is_some_and(|d| d.listing.facets.is_some())
    });
    window.harness.run_steps(3);
    window
        .harness
        .get_by_role_and_label(Role::ComboBox, "Start from")
        .click();
    window.harness.run_steps(5);
    window
        .harness
        .get_by_label("maria's labels, to review them")
        .click();
    window.harness.run_steps(5);
    window.press("Esc");
    window.until(|state| {
        let article = state.article.as_ref();
        article.is_some_and(|a| a.session.history().started_from().person() == Some("maria"))
    });
    window.harness.run_steps(3);
    window.expect(marias);
    assert!(is_seen(&window, "Reviewing maria's labels"));
    window.press("↓ n");
    window.done();
    window.until_saved();
    let article = window.state().article.as_ref().unwrap();
    let whose: Vec<Provenance> = article
        .session
        .annotation()
        .regions()
        .iter()
        .map(|region| region.provenance)
        .collect();
    assert_eq!(whose, [Provenance::Colleague, Provenance::Person]);
    assert!(is_seen(&window, "Reviewing maria's labels"));

    window.harness.get_by_label("End the review").click();
    window.until(|state| {
        let mode = state.dataset.as_ref().map(|dataset| &dataset.mode);
        mode == Some(&WorkMode::Independent)
            && state.dataset.as_ref().is_some_and(|d| d.loading.is_none())
    });
    window.harness.run_steps(3);
    assert!(is_seen(
        &window,
        "You began this article from maria's labels"
    ));
    // And hers are as she left them.
    become_(&mut window, "paul", "maria");
    window.expect(marias);
}

#[test]
fn the_first_start_asks_for_a_name_and_waits() {
    let mut harness = Harness::builder()
        .with_size([1000.0, 700.0])
        .allow_missing_glyphs()
        .build_ui_state(
            move |ui, screen: &mut Screen| {
                let app = screen.0.get_or_insert_with(|| {
                    let settings = Settings {
                        annotator: "user1".to_owned(),
                        ..Settings::default()
                    };
                    let mut state = State::new(settings, Arc::new(|| {}));
                    state.asks_name = true;
                    App::new(ui.ctx(), state)
                });
                app.ui(ui);
            },
            Screen::default(),
        );
    harness.run_steps(3);
    let question = "Your name (saved with your annotations):";
    harness
        .get_by_role_and_label(Role::TextInput, question)
        .focus();
    harness.run_steps(2);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    harness.run_steps(2);
    harness.event(egui::Event::Text("Ana María".to_owned()));
    harness.run_steps(2);
    harness.get_by_label("Save name").click();
    harness.run_steps(3);
    let state = harness.state().0.as_ref().unwrap().state();
    assert_eq!(state.settings.annotator, "Ana María");
    assert!(state.settings.name_asked && !state.asks_name);
    assert!(harness.query_by_label(question).is_none());
}

#[test]
fn imported_labels_of_a_named_annotator_wait_for_a_review() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hers.jsonl");
    let text = "Malta waits.";
    let record = serde_json::json!({
        "id": "r1", "text": text, "status": "done", "annotator": "olga",
        "regions": [{"start": 0, "end": text.len(), "label": "body"}],
    });
    std::fs::write(&path, format!("{record}\n")).unwrap();
    let mut window = Window::on_dataset(path);
    window.harness.run_steps(3);
    window.expect("| Malta waits.");
    assert!(is_seen(
        &window,
        "Labels by olga were imported and are not shown"
    ));
    window.harness.get_by_label("Review olga's labels").click();
    window.until(|state| {
        let article = state.article.as_ref();
        article.is_some_and(|a| a.session.history().started_from().person() == Some("olga"))
    });
    window.harness.run_steps(3);
    window.expect("body| Malta waits.");
    assert!(is_seen(&window, "Reviewing olga's labels"));
}
