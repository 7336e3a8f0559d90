//! Other programs that suggest, in the window: added, tried out, compared, used, and allowed first.

#![cfg(unix)]

use std::path::Path;

use copydesk::app::{Command, Message, State, SuggestersMessage, SuggestersPage};
use copydesk::formats::metadata::suggested_by::SuggestedTask;
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

/// Says that every `Ada` is a person.
const FINDS_ADA: &str = r#"
import json, sys
print(json.dumps({"copydesk": "hello", "name": "ada finder", "version": "2"}), flush=True)
for line in sys.stdin:
    record = json.loads(line)
    at = record["text"].find("Ada")
    found = [{"start": at, "end": at + 3, "label": "PERSON", "score": 0.83}]
    print(json.dumps({"id": record["id"], "entities": found}), flush=True)
"#;

const ARTICLES: [&str; 3] = [
    "body?.9| Yesterday Ada spoke.",
    "body?.9| Today Ada left.",
    "body?.9| Then Ada came back.",
];

fn window() -> Window {
    let window = Window::over(&ARTICLES);
    let folder = window.dataset();
    std::fs::write(folder.parent().unwrap().join("ada.py"), FINDS_ADA).unwrap();
    window
}

fn add(window: &mut Window, command: &str) {
    let page = SuggestersPage {
        name: "ada".to_owned(),
        task: SuggestedTask::Entities,
        command: command.to_owned(),
        ..SuggestersPage::default()
    };
    window.send(Message::Suggesters(SuggestersMessage::Add(Box::new(page))));
}

fn use_for_persons(window: &mut Window) {
    let person = copydesk::model::Label::new("PERSON").unwrap();
    let source = copydesk::dataset::suggesters::LabelSource::Entity(person);
    let message = SuggestersMessage::Choose(source, "ada".to_owned());
    window.send(Message::Suggesters(message));
}

fn run_frames(window: &mut Window) {
    window.harness.run_steps(4);
}

#[test]
fn a_suggester_is_added_tried_out_and_used_and_the_window_says_who_suggested() {
    let mut window = window();
    window.press("Shift+F7");
    run_frames(&mut window);
    window.harness.get_by_label("ADD A SUGGESTER");
    add(&mut window, "python3 ada.py");
    run_frames(&mut window);
    window.harness.get_by_label_contains("not used yet");
    window
        .harness
        .get_by_label("Test with the open article")
        .click();
    run_frames(&mut window);
    window.until(|state| {
        let dataset = state.dataset.as_ref().unwrap();
        dataset.suggesters.test.is_some()
    });
    run_frames(&mut window);
    window
        .harness
        .get_by_label_contains("ada finder 2 suggests in");
    window.harness.get_by_label_contains("PERSON: Ada");
    window.expect("body?.9| Yesterday Ada spoke.");

    // Used, it is asked about the open article, which nobody has touched.
    use_for_persons(&mut window);
    window.press("Esc");
    window.until(|state| {
        let article = state.article.as_ref().unwrap();
        !article.session.annotation().entities().is_empty()
    });
    window.expect("body?.9| Yesterday {PERSON?.83 Ada} spoke.");
    let state = window.state();
    let article = state.article.as_ref().unwrap();
    let provenance = article.session.annotation().entities()[0].provenance;
    assert_eq!(
        state.suggested_by(provenance).unwrap(),
        "suggested by ada finder 2, 83 % sure"
    );
    // The same where it is asked why.
    window.press("Alt+↓ F7");
    run_frames(&mut window);
    let why = window.state().why.as_ref().map(|why| why.who.clone());
    let who = "PERSON was suggested by ada finder 2, 83 % sure. Nobody has confirmed it.";
    assert_eq!(why.as_deref(), Some(who));
    window.close();
}

#[test]
fn what_a_person_has_begun_is_left_alone() {
    let mut window = window();
    window.press("↓ n");
    window.until_saved();
    let before = window.annotation();
    add(&mut window, "python3 ada.py");
    use_for_persons(&mut window);
    window.press("Esc Ctrl+PgDn");
    window.until(|state| {
        let article = state.article.as_ref().unwrap();
        !article.session.annotation().entities().is_empty()
    });
    window.expect("body?.9| Today {PERSON?.83 Ada} left.");
    window.press("Ctrl+PgUp");
    window.until(|state| state.article.as_ref().unwrap().key.0 == 1);
    assert_eq!(window.annotation(), before);
}

#[test]
fn suggesters_are_compared_and_the_best_is_used() {
    let mut window = window();
    for _ in 0..2 {
        // "Ada" by the mouse's double click would do the same.
        let article = window.state().article.as_ref().unwrap();
        let text = article.article().text.as_str();
        let at = copydesk::model::BytePos::from_index(text.find("Ada").unwrap());
        let end = copydesk::model::BytePos::from_index(text.find("Ada").unwrap() + 3);
        let span = article.article().text.span(at, end).unwrap();
        window.send(Message::Select(copydesk::edit::Selection::of(span)));
        window.press("1");
        let key = window.state().article.as_ref().unwrap().key;
        window.done();
        window.until(|state| !state.is_loading() && state.article.as_ref().unwrap().key != key);
    }
    add(&mut window, "python3 ada.py");
    window.send(Message::Suggesters(SuggestersMessage::Compare));
    window.until(|state| {
        let dataset = state.dataset.as_ref().unwrap();
        dataset.suggesters.comparison.is_some()
    });
    run_frames(&mut window);
    window
        .harness
        .get_by_label("COMPARED ON 2 FINISHED ARTICLES");
    let dataset = window.state().dataset.as_ref().unwrap();
    let comparison = dataset.suggesters.comparison.as_ref().unwrap();
    let ada = comparison
        .rows
        .iter()
        .find(|row| row.name == "ada")
        .unwrap();
    assert_eq!(ada.f1(), Some(1.0));
    assert_eq!(ada.gold, 2);
    window.send(Message::Suggesters(SuggestersMessage::UseBest));
    let dataset = window.state().dataset.as_ref().unwrap();
    let person = copydesk::model::Label::new("PERSON").unwrap();
    let best = comparison_best(window.state());
    assert_eq!(
        dataset.suggesters.settings.of_label(&person).is_some(),
        best == "ada"
    );
}

/// The best suggester of persons.
fn comparison_best(state: &State) -> String {
    let dataset = state.dataset.as_ref().unwrap();
    let comparison = dataset.suggesters.comparison.as_ref().unwrap();
    let best = comparison.best();
    let person = copydesk::model::Label::new("PERSON").unwrap();
    let source = copydesk::dataset::suggesters::LabelSource::Entity(person);
    best.into_iter().find(|(one, _)| *one == source).unwrap().1
}

#[test]
fn all_open_articles_are_asked_about_in_the_background() {
    let mut window = window();
    add(&mut window, "python3 ada.py");
    use_for_persons(&mut window);
    window.send(Message::Run(Command::SuggestForOpen));
    window.until(|state| state.jobs.is_empty());
    assert!(
        window.notices().contains("Asked about 3 articles"),
        "{}",
        window.notices()
    );
    window.press("Esc Ctrl+PgDn Ctrl+PgDn");
    window.until(|state| !state.is_loading() && state.article.as_ref().unwrap().key.0 == 3);
    window.expect("body?.9| Then {PERSON?.83 Ada} came back.");
}

#[test]
fn a_failing_suggester_says_why_in_plain_words() {
    let mut window = window();
    add(&mut window, "echo no model >&2; exit 3");
    window.send(Message::Suggesters(SuggestersMessage::Test(
        "ada".to_owned(),
    )));
    window.until(|state| state.dataset.as_ref().unwrap().suggesters.test.is_some());
    run_frames(&mut window);
    window.harness.get_by_label_contains("Test failed:");
    window.harness.get_by_label_contains("Last error:");
    let dataset = window.state().dataset.as_ref().unwrap();
    assert!(
        dataset.suggesters.status["ada"]
            .last_error
            .contains("its last words: no model")
    );
    // A name that is taken is said in the form.
    add(&mut window, "x");
    run_frames(&mut window);
    window
        .harness
        .get_by_label_contains("there is a suggester ada already");
}

/// A copy of a dataset with a suggester, which nobody has allowed.
fn from_elsewhere(folder: &Path) -> Window {
    let path = folder.join("theirs.copydesk");
    crate::desk::make(&path, &ARTICLES);
    std::fs::write(folder.join("ada.py"), FINDS_ADA).unwrap();
    let mut dataset = copydesk::dataset::Dataset::open(&path).unwrap();
    let setting = r#"{"suggesters":[{"name":"ada","task":"entities","command":"touch ran; python3 ada.py"}],"entities":{"PERSON":"ada"}}"#;
    let name = copydesk::dataset::suggesters::SETTING;
    dataset
        .store_mut()
        .set_setting(name, Some(setting))
        .unwrap();
    drop(dataset);
    Window::on_dataset(path)
}

#[test]
fn a_command_from_elsewhere_runs_only_once_it_was_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = from_elsewhere(folder.path());
    run_frames(&mut window);
    window
        .harness
        .get_by_label("May this dataset run commands on this machine?");
    window.harness.get_by_label("touch ran; python3 ada.py");
    window.harness.get_by_label("Not now").click();
    run_frames(&mut window);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(!folder.path().join("ran").exists());
    window.expect("body?.9| Yesterday Ada spoke.");

    window.send(Message::Suggesters(SuggestersMessage::AskConsent));
    run_frames(&mut window);
    window.harness.get_by_label("Allow").click();
    run_frames(&mut window);
    window.until(|state| {
        let article = state.article.as_ref().unwrap();
        !article.session.annotation().entities().is_empty()
    });
    assert!(folder.path().join("ran").exists());
}

#[test]
fn the_window_names_the_languages_of_an_article_that_quotes_another() {
    let german = "Die Fähre nach Gozo blieb am Dienstag im Hafen, weil der Wind zu stark war, wie die Reederei am Abend mitteilte. Erst am Mittwoch soll sie wieder fahren.";
    let english = "“We regret that the ferry to Gozo will not sail today, as winds of ninety kilometres an hour were forecast,” the company said in its statement to the press.";
    let alone = format!("body?.9| {german} {german}");
    let mixed =
        format!("body?.9| {german}\nbody?.9| {german}\nbody?.9| {english}\nbody?.9| {german}");
    let mut window = Window::over(&[&mixed, &alone]);
    let languages = |state: &State| {
        let article = state.article.as_ref().unwrap();
        let main = article.language.map(|language| language.name);
        (main, article.other_languages.clone())
    };
    assert_eq!(languages(window.state()), (Some("German"), vec!["English"]));
    let first = window.state().article.as_ref().unwrap().key;
    window.send(Message::Run(Command::NextArticle));
    window.until(|state| state.article.as_ref().is_some_and(|one| one.key != first));
    assert_eq!(languages(window.state()), (Some("German"), vec![]));
}
