//! What becomes of changes that cannot be saved: the window says so, holds them, asks before they
//! go, and a copy has them.

use copydesk::store::prelude::*;
use std::path::Path;

use copydesk::app::{Command, Dialog, Leaving, Message};
use copydesk::store::{ArticleKey, SqliteStore};
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

const ARTICLE: &str = "body?.9| Ada Lovelace spoke at noon.\nbody?.9| It rained.";

fn asks(window: &Window) -> bool {
    window.state().dialog == Some(Dialog::Unsaved)
}

/// How long the history of an article is on disk.
fn lines_on_disk(path: &Path) -> usize {
    let store = SqliteStore::open(path).unwrap();
    assert_eq!(store.faults().unwrap(), [""; 0]);
    let article = store.article(ArticleKey(1)).unwrap();
    store
        .history(&article, ArticleKey(1), "maria")
        .unwrap()
        .len()
}

#[test]
fn with_everything_saved_the_window_closes_at_once() {
    let mut window = Window::over(&[ARTICLE]);
    window.press("c");
    window.until_saved();
    assert!(!window.ask_to_close(), "nothing keeps it open");
    // Or as soon as it is: a change that is on its way is no question.
    window.press("n");
    if window.ask_to_close() {
        window.until(|state| state.may_quit);
        assert!(!asks(&window));
    }
}

#[test]
fn opening_a_dataset_of_an_earlier_version_tells_where_that_is_kept() {
    let mut window = Window::over(&[ARTICLE]);
    let packed = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/kept/format-8.copydesk.gz"
    );
    let mut packed = flate2::read::GzDecoder::new(std::fs::File::open(packed).unwrap());
    let path = window.dataset().with_file_name("earlier.copydesk");
    std::io::copy(&mut packed, &mut std::fs::File::create(&path).unwrap()).unwrap();
    window.send(Message::OpenPaths(vec![path]));
    window.until(|state| {
        let dataset = state.dataset.as_ref();
        dataset.is_some_and(|dataset| dataset.name == "earlier")
    });
    let notices = window.notices();
    let copy = "earlier.copydesk.format-8.backup";
    assert!(notices.contains(copy), "{notices}");
    assert!(window.dataset().with_file_name(copy).exists());
}

#[test]
fn a_dataset_that_is_deleted_or_replaced_is_told_and_the_work_goes_on_in_a_copy() {
    for replaced in [false, true] {
        let mut window = Window::over(&[ARTICLE, "body| Another."]);
        window.press("c");
        window.until_saved();
        let path = window.dataset();
        if replaced {
            let other = path.with_file_name("other.copydesk");
            let schema = copydesk::dataset::config::built_in_schemas::news().unwrap();
            drop(SqliteStore::create(&other, &schema).unwrap());
            std::fs::rename(&other, &path).unwrap();
        } else {
            std::fs::remove_file(&path).unwrap();
        }
        window.until(|state| state.dialog == Some(Dialog::Lost));
        window.harness.run_steps(2);
        window.harness.get_by_label("Changes are no longer saved");
        window.harness.get_by_label("Continue").click();
        window.harness.run_steps(2);
        window.press("n");
        window.harness.run_steps(20);
        assert_eq!(window.state().unsaved(), 1, "{}", window.notices());
        let shown = window.annotation();

        let copy = path.with_file_name("copy.copydesk");
        window.send(Message::SaveCopyTo(copy.clone()));
        let wanted = copy.clone();
        window.until(move |state| {
            let dataset = state.dataset.as_ref();
            dataset.is_some_and(|dataset| dataset.path == wanted) && state.article.is_some()
        });
        window.harness.run_steps(2);
        assert_eq!(window.annotation(), shown);
        window.press("b");
        window.until_saved();
        assert!(!window.ask_to_close());
        window.close();
        assert_eq!(lines_on_disk(&copy), 4, "the start, and three changes");
    }
}

#[test]
fn closing_with_unsaved_changes_asks_and_waits() {
    let mut window = Window::over(&[ARTICLE]);
    window.press("c");
    window.until_saved();
    let path = window.dataset();
    let away = path.with_file_name("away");
    std::fs::rename(&path, &away).unwrap();
    window.press("n");
    assert!(window.ask_to_close(), "the window stays");
    window.until(|state| state.dialog == Some(Dialog::Unsaved));
    window.harness.run_steps(2);
    window
        .harness
        .get_by_label("Close the window without saving?");
    window.harness.get_by_label("Save a copy elsewhere…");
    window.harness.get_by_label("Wait").click();
    window.harness.run_steps(3);
    assert!(!asks(&window) && window.state().leaving.is_none());
    assert_eq!(window.state().unsaved(), 1, "nothing is lost");

    // Closed again; this time the file comes back, and the window goes by itself.
    assert!(window.ask_to_close());
    window.until(|state| state.dialog == Some(Dialog::Unsaved));
    std::fs::rename(&away, &path).unwrap();
    window.until(|state| state.may_quit);
    assert_eq!(window.close(), 0);
    assert_eq!(lines_on_disk(&path), 3);
}

#[test]
fn what_is_discarded_is_counted() {
    let mut window = Window::over(&[ARTICLE]);
    std::fs::remove_file(window.dataset()).unwrap();
    window.press("c n");
    assert!(window.ask_to_close());
    window.until(|state| state.dialog == Some(Dialog::Unsaved));
    window.harness.run_steps(2);
    // On a busy machine the file is missed, and the dialog that says so is open, before the second.
    let unsaved = window.state().unsaved();
    assert!((1..=2).contains(&unsaved), "{unsaved}");
    window.harness.get_by_label("Discard").click();
    window.harness.run_steps(3);
    assert!(window.state().may_quit);
    assert_eq!(window.close(), unsaved);
}

#[test]
fn a_copy_elsewhere_lets_the_window_close() {
    let mut window = Window::over(&[ARTICLE]);
    let path = window.dataset();
    std::fs::remove_file(&path).unwrap();
    window.press("c");
    assert!(window.ask_to_close());
    window.until(|state| state.dialog == Some(Dialog::Unsaved));
    let copy = path.with_file_name("copy.copydesk");
    window.send(Message::SaveCopyTo(copy.clone()));
    window.until(|state| state.may_quit);
    assert_eq!(window.close(), 0);
    assert_eq!(lines_on_disk(&copy), 2);
}

#[test]
fn closing_the_dataset_or_opening_another_asks_too() {
    let mut window = Window::over(&[ARTICLE]);
    let path = window.dataset();
    std::fs::remove_file(&path).unwrap();
    window.press("c");
    let other = path.with_file_name("other.copydesk");
    let schema = copydesk::dataset::config::built_in_schemas::news().unwrap();
    drop(SqliteStore::create(&other, &schema).unwrap());
    for message in [
        Message::Run(Command::CloseDataset),
        Message::OpenPaths(vec![other.clone()]),
    ] {
        window.send(message);
        window.until(|state| state.dialog == Some(Dialog::Unsaved));
        window.press("Esc");
        window.harness.run_steps(2);
        assert!(window.state().leaving.is_none() && window.state().dataset.is_some());
        assert_eq!(window.state().unsaved(), 1);
    }
    window.send(Message::Leave(Leaving::Close));
    window.until(|state| state.dialog == Some(Dialog::Unsaved));
    window.send(Message::Discard);
    window.until(|state| state.dataset.is_none());
    assert_eq!(window.close(), 1);
}

#[test]
fn another_program_that_holds_the_dataset_delays_closing_and_loses_nothing() {
    let mut window = Window::over(&[ARTICLE]);
    let path = window.dataset();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    window.press("c");
    assert!(window.ask_to_close());
    window.until(|state| state.dialog == Some(Dialog::Unsaved));
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    window.until(|state| state.may_quit);
    assert_eq!(window.close(), 0);
    assert_eq!(lines_on_disk(&path), 2);
}

#[test]
fn save_a_copy_is_a_command_in_menu_and_palette() {
    let mut window = Window::over(&[ARTICLE]);
    window.harness.set_size(egui::vec2(1400.0, 800.0));
    window.harness.run_steps(3);
    let named = |window: &Window| {
        let nodes = window.harness.query_all_by_label_contains("Save a copy…");
        nodes.count()
    };
    let tools = named(&window);
    assert!(tools > 0, "a tool above");
    window.press("Ctrl+P");
    window
        .harness
        .get_by_label("Find a command")
        .type_text("copy");
    window.harness.run_steps(3);
    assert!(named(&window) > tools, "and a line of the palette");
    window.press("Esc");
    let copy = window.dataset().with_file_name("copy");
    window.send(Message::SaveCopyTo(copy.clone()));
    let start = std::time::Instant::now();
    while !window.notices().contains("Saved a copy") {
        assert!(start.elapsed().as_secs() < 20, "{}", window.notices());
        window.harness.step();
    }
    assert!(copy.with_extension("copydesk").exists());
    // The window goes on with the dataset itself.
    let own = window.state().dataset.as_ref().unwrap().path.clone();
    assert_eq!(own, window.dataset());
}

#[test]
fn beside_a_dataset_from_elsewhere_nothing_is_written_unasked() {
    let mut window = Window::over(&[ARTICLE]);
    let path = window.dataset();
    window.done();
    window.until(|state| state.dataset.as_ref().is_some_and(|d| d.exported.is_some()));
    let folder = tempfile::tempdir().unwrap();
    let sent = folder.path().join("sent.copydesk");
    SqliteStore::open(&path)
        .unwrap()
        .back_up(&sent, false)
        .unwrap();
    window.send(Message::OpenPaths(vec![sent.clone()]));
    window.until(|state| state.dataset.as_ref().is_some_and(|d| d.asks_export));
    window.until(|state| state.article.is_some());
    window.harness.run_steps(3);
    window.press("c");
    window.until_saved();
    std::thread::sleep(std::time::Duration::from_millis(600));
    window.harness.run_steps(3);
    assert!(!folder.path().join("sent.jsonl").exists());
    window.harness.get_by_label("Keep it up to date").click();
    window.until(|state| {
        state
            .dataset
            .as_ref()
            .is_some_and(|d| !d.asks_export && d.exported.is_some())
    });
    assert!(folder.path().join("sent.jsonl").exists());
}
