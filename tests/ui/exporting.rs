//! Exporting in a chosen format, and paths that are typed where no file dialog can be opened.

use std::path::Path;

use copydesk::app::{Dialog, Message};
use copydesk::dataset::Existing;
use copydesk::model::Status;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

const STORY: &str = "nav?0.9    | Home\n           |\nbody?0.9   | Ada Lovelace spoke in Paris.\n           |\n\
                     comment?0.8| Well said, Ada!";

/// Two articles that are done, with entities, and one that nobody has touched.
fn story() -> Window {
    let mut window = Window::over(&[STORY, "body?0.9| Ada left Paris.", "body?0.9| The third."]);
    window.press("↓ ↓ → → 1");
    window.done();
    window.until(|state| state.article.as_ref().is_some_and(|a| a.key.0 == 2));
    window.done();
    window.until(|state| state.article.as_ref().is_some_and(|a| a.key.0 == 3));
    window.until(|state| state.dataset.as_ref().is_some_and(|d| d.exported.is_some()));
    window
}

fn type_words(window: &mut Window, words: &str) {
    window.harness.event(Event::Text(words.to_owned()));
    window.harness.run_steps(3);
}

/// Empties the field that has the keyboard, and types into it.
fn retype(window: &mut Window, words: &str) {
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.run_steps(2);
    window.harness.key_press(Key::Delete);
    window.harness.run_steps(2);
    type_words(window, words);
}

fn focus(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).focus();
    window.harness.run_steps(3);
}

fn tick(window: &mut Window, label: &str) {
    use egui::accesskit::Role;
    let found = window.harness.get_by_role_and_label(Role::CheckBox, label);
    found.click();
    window.harness.run_steps(2);
}

fn format(window: &Window) -> String {
    match &window.state().dialog {
        Some(Dialog::Export(form)) => form.choice.format.clone(),
        other => panic!("no export is being chosen, but {other:?}"),
    }
}

/// Until it is counted what the choice would do, and looked where it goes.
#[track_caller]
fn until_counted(window: &mut Window) {
    window.harness.run_steps(2);
    window.until(|state| {
        let planner = &state.export_planner;
        !planner.is_counting() && planner.place().is_some()
    });
    window.harness.run_steps(3);
}

#[track_caller]
fn until_exported(window: &mut Window) {
    window.until(|state| state.dialog.is_none() && state.jobs.is_empty());
    window.harness.run_steps(2);
}

fn lines(path: &Path) -> usize {
    std::fs::read_to_string(path).unwrap().lines().count()
}

#[test]
fn ctrl_e_chooses_a_format_by_its_name_and_says_what_it_would_lose() {
    let mut window = story();
    window.press("Ctrl+E");
    until_counted(&mut window);
    assert_eq!(format(&window), "jsonl");
    let plan = window.state().export_planner.plan().unwrap().clone();
    assert_eq!(
        (plan.records, plan.left_out),
        (2, 0),
        "only what is done is asked for"
    );
    assert!(plan.losses.is_empty());
    assert!(
        plan.preview[0].text.contains("Ada Lovelace"),
        "{:?}",
        plan.preview
    );
    assert!(window.harness.query_by_label("2 records").is_some());
    // The search has the keyboard, and goes through names and what they are for.
    type_words(&mut window, "conll");
    assert_eq!(format(&window), "conll");
    until_counted(&mut window);
    let plan = window.state().export_planner.plan().unwrap().clone();
    assert!(!plan.losses.is_empty(), "CoNLL has no remarks, no status");
    let lost = plan.losses.lines().next().unwrap().0;
    assert!(
        window.harness.query_by_label_contains(&lost).is_some(),
        "{lost}"
    );
    assert!(plan.preview[0].text.contains("B-"), "{:?}", plan.preview);
    // The way down the list and on to the destination, and Escape leaves all as it was.
    window.press("↓");
    assert_eq!(format(&window), "conllu");
    window.press("Esc");
    assert_eq!(window.state().dialog, None);
    assert_eq!(window.state().jobs.len(), 0);
}

#[test]
fn an_export_is_written_where_it_was_said_and_repeated_by_one_key() {
    let mut window = story();
    window.press("Ctrl+E");
    until_counted(&mut window);
    window.press("Enter"); // from the search on to the destination
    retype(&mut window, "mine.jsonl");
    until_counted(&mut window);
    window.press("Enter");
    until_exported(&mut window);
    let to = window.path().with_file_name("mine.jsonl");
    assert_eq!(lines(&to), 2);
    let told = window.notices();
    assert!(
        told.contains("Exported 2 records to ") && told.contains("mine.jsonl"),
        "{told}"
    );
    assert!(window.harness.query_by_label("Show").is_some());
    // One more is done: one key brings the file up to date, without a question.
    window.done();
    window.until_saved();
    window.press("Ctrl+Shift+E");
    until_exported(&mut window);
    assert_eq!(lines(&to), 3);
    // Somebody has changed it since: now it is asked.
    std::fs::write(&to, "by hand").unwrap();
    window.press("Ctrl+Shift+E");
    window.until(|state| state.dialog.is_some() && state.jobs.is_empty());
    match &window.state().dialog {
        Some(Dialog::Export(form)) => assert_eq!(form.asks_replace, Some(Existing::File)),
        other => panic!("{other:?}"),
    }
    assert_eq!(std::fs::read(&to).unwrap(), b"by hand");
    until_counted(&mut window);
    window.harness.get_by_label("Replace").click();
    window.harness.run_steps(2);
    until_exported(&mut window);
    assert_eq!(lines(&to), 3);
}

#[test]
fn what_is_there_already_is_asked_about_and_the_datasets_own_files_are_refused() {
    let mut window = story();
    let old = window.path().with_file_name("old.jsonl");
    std::fs::write(&old, "old").unwrap();
    window.press("Ctrl+E");
    until_counted(&mut window);
    window.press("Enter");
    retype(&mut window, "old.jsonl");
    until_counted(&mut window);
    window.press("Enter");
    window.harness.run_steps(2);
    assert!(window.state().dialog.is_some(), "the first Enter only asks");
    assert!(
        window
            .harness
            .query_by_label_contains("would be replaced")
            .is_some()
    );
    assert_eq!(std::fs::read(&old).unwrap(), b"old");
    for own in ["story.copydesk", "story.jsonl"] {
        retype(&mut window, own);
        until_counted(&mut window);
        window.press("Enter");
        window.harness.run_steps(2);
        assert!(
            window.state().dialog.is_some() && window.state().jobs.is_empty(),
            "{own}"
        );
        assert!(
            matches!(window.state().export_planner.place(), Some(Err(_))),
            "{own}"
        );
    }
    retype(&mut window, "old.jsonl");
    until_counted(&mut window);
    window.press("Enter Enter");
    until_exported(&mut window);
    assert_eq!(lines(&old), 2);
}

#[test]
fn statuses_regions_and_parts_are_chosen_and_kept_for_the_next_time() {
    let mut window = story();
    window.press("Ctrl+E");
    until_counted(&mut window);
    tick(&mut window, "todo");
    window.harness.run_steps(2);
    tick(&mut window, "all");
    window.harness.run_steps(2);
    tick(&mut window, "nav");
    window.harness.run_steps(2);
    window
        .harness
        .get_by_label_contains("Split into parts")
        .click();
    window.harness.run_steps(2);
    until_counted(&mut window);
    let plan = window.state().export_planner.plan().unwrap().clone();
    assert_eq!((plan.records, plan.left_out), (3, 0));
    // A share that is none is said at once, and nothing can be exported.
    focus(&mut window, "Shares of the parts");
    retype(&mut window, "train=2");
    until_counted(&mut window);
    let fault = window.state().export_planner.fault().unwrap().to_owned();
    assert!(fault.contains("train=0.8"), "{fault}");
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.harness.run_steps(3);
    assert!(window.state().dialog.is_some());
    retype(&mut window, "train=0.5,test=0.5");
    until_counted(&mut window);
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.harness.run_steps(3);
    until_exported(&mut window);
    let folder = window.path().with_file_name("story-jsonl");
    let written = lines(&folder.join("train.jsonl")) + lines(&folder.join("test.jsonl"));
    assert_eq!(written, 3, "{}", window.notices());
    let text = std::fs::read_to_string(folder.join("train.jsonl")).unwrap()
        + &std::fs::read_to_string(folder.join("test.jsonl")).unwrap();
    assert!(!text.contains("\"label\":\"nav\""), "{text}");
    window.press("Ctrl+E");
    match &window.state().dialog {
        Some(Dialog::Export(form)) => {
            let choice = &form.choice;
            assert_eq!(
                choice.statuses,
                [Status::Todo.as_str(), Status::Done.as_str()]
            );
            assert_eq!(choice.split.as_ref().unwrap().shares, "train=0.5,test=0.5");
            assert!(
                !choice
                    .regions
                    .as_ref()
                    .unwrap()
                    .iter()
                    .any(|label| label == "nav")
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_line_of_the_kept_export_opens_the_dialog() {
    let mut window = story();
    window
        .harness
        .get_by_label("story.jsonl: 2 records")
        .click();
    window.harness.run_steps(2);
    assert_eq!(format(&window), "jsonl");
}

#[test]
fn where_no_file_dialog_opens_a_path_is_typed_and_completed() {
    let mut window = story();
    let folder = window.path().parent().unwrap().to_path_buf();
    std::fs::create_dir(folder.join("incoming")).unwrap();
    std::fs::write(folder.join("incoming/fresh.txt"), "Malta waits for rain.").unwrap();
    for (chord, title) in [
        ("Ctrl+O", "Open articles or a dataset"),
        ("Ctrl+Shift+O", "Open a folder of articles"),
        ("Ctrl+Shift+S", "Save a copy"),
        ("Ctrl+Shift+I", "Add articles to this dataset"),
    ] {
        window.press(chord);
        window.until(|state| state.dialog.is_some());
        window.harness.run_steps(2);
        assert!(window.harness.query_by_label(title).is_some(), "{title}");
        assert!(
            window
                .harness
                .query_by_label_contains("No file dialog can be opened")
                .is_some()
        );
        if chord != "Ctrl+Shift+I" {
            window.press("Esc");
            assert_eq!(window.state().dialog, None);
        }
    }
    // In the dataset's folder: Tab completes, and in the folder that it named, the arrow chooses.
    retype(&mut window, "inc");
    until_listed(&mut window, &folder);
    window.press("Tab");
    assert_eq!(typed(&window), "incoming/");
    until_listed(&mut window, &folder.join("incoming"));
    window.press("↓ Enter");
    assert_eq!(typed(&window), "incoming/fresh.txt");
    window.harness.run_steps(2);
    window.press("Enter");
    window.until(|state| state.dialog.is_none() && state.jobs.is_empty());
    window.until(|state| state.dataset.as_ref().is_some_and(|d| d.keys.len() == 4));
    // What is not there is said in the dialog, which stays.
    window.press("Ctrl+Alt+O");
    window.harness.run_steps(2);
    assert!(
        window
            .harness
            .query_by_label_contains("No file dialog")
            .is_none(),
        "it was asked for"
    );
    retype(&mut window, "nothing.txt");
    until_listed(&mut window, &folder);
    window.press("Enter");
    assert!(
        window
            .harness
            .query_by_label_contains("There is no file or folder")
            .is_some()
    );
    window.press("Esc");
    // A copy under the name that is suggested.
    window.press("Ctrl+Shift+S");
    window.until(|state| state.dialog.is_some());
    window.harness.run_steps(2);
    window.press("Enter");
    window.until(|state| {
        state
            .notices
            .list()
            .iter()
            .any(|n| n.words.contains("Saved a copy"))
    });
    assert!(folder.join("story copy.copydesk").is_file());
}

#[test]
fn browsing_without_a_file_dialog_leaves_the_export_as_it_was_chosen() {
    let mut window = story();
    window.press("Ctrl+E");
    until_counted(&mut window);
    type_words(&mut window, "brat");
    window.harness.get_by_label("Browse…").click();
    window.harness.run_steps(2);
    window.until(|state| matches!(&state.dialog, Some(Dialog::Export(form)) if form.no_dialog));
    window.harness.run_steps(2);
    assert!(
        window
            .harness
            .query_by_label_contains("Type the path")
            .is_some()
    );
    assert_eq!(format(&window), "brat");
}

#[test]
fn the_sample_is_opened_and_opened_again_with_the_work_on_it() {
    let mut window = Window::over(&["body?0.9| Old."]);
    window.press("Ctrl+Alt+N");
    window.until(|state| {
        state
            .dataset
            .as_ref()
            .is_some_and(|d| d.name == "news-sample")
    });
    window.until(|state| state.article.is_some() && state.jobs.is_empty());
    let count = window.state().dataset.as_ref().unwrap().keys.len();
    assert!(count > 10, "{count}");
    let path = window.state().dataset.as_ref().unwrap().path.clone();
    window.press("Ctrl+W");
    window.until(|state| state.dataset.is_none());
    window.send(Message::Run(copydesk::app::Command::OpenSample));
    window.until(|state| state.article.is_some() && state.jobs.is_empty());
    assert_eq!(window.state().dataset.as_ref().unwrap().path, path);
}

#[test]
fn one_key_goes_through_light_dark_and_as_the_system_says() {
    use copydesk::dataset::Theme;
    let mut window = Window::over(&["body?0.9| Old."]);
    let first = window.state().settings.theme;
    assert_eq!(first, Theme::System);
    let mut seen = Vec::new();
    for _ in 0..3 {
        window.press("Ctrl+D");
        seen.push(window.state().settings.theme);
    }
    assert!(seen.contains(&Theme::Light) && seen.contains(&Theme::Dark));
    assert_eq!(seen[2], Theme::System, "{seen:?}");
    assert!(
        window.notices().contains("Theme: system"),
        "{}",
        window.notices()
    );
}

fn typed(window: &Window) -> String {
    match &window.state().dialog {
        Some(Dialog::Path(form)) => form.path.clone(),
        other => panic!("no path is typed, but {other:?}"),
    }
}

/// Until it is known what is in a folder.
#[track_caller]
fn until_listed(window: &mut Window, folder: &Path) {
    let listed = |window: &Window, folder: &Path| window.state().path_listings.of(folder).is_some();
    // The folder with and without a separator at its end is the same path.
    let folder = folder.to_path_buf();
    let start = std::time::Instant::now();
    while !listed(window, &folder) {
        assert!(
            start.elapsed().as_secs() < 30,
            "{} was not listed",
            folder.display()
        );
        window.harness.step();
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    window.harness.run_steps(2);
}
