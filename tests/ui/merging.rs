//! Work that several annotators sent back is merged in the window.

use std::fs;
use std::path::PathBuf;

use copydesk::app::{Command, MergeMessage, Message};
use copydesk::dataset::Dataset;
use egui_kittest::kittest::Queryable as _;

use crate::desk::Window;

/// A finished record.
fn record(id: &str, text: &str, annotator: &str, label: &str, minute: u32) -> String {
    let annotator = match annotator {
        "" => String::new(),
        name => format!("\"annotator\":\"{name}\","),
    };
    format!(
        "{{\"id\":\"{id}\",\"text\":\"{text}\",{annotator}\"status\":\"done\",\
         \"regions\":[{{\"start\":0,\"end\":{},\"label\":\"{label}\"}}],\"updated_at\":\"2026-11-30T08:{minute:02}:00Z\"}}\n",
        text.len()
    )
}

/// Files of three annotators; of ada there is older work, too, and ben's records do not say whose
/// they are.
fn files() -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, records: &[String]| {
        let path = folder.path().join(name);
        fs::write(&path, records.concat()).unwrap();
        path
    };
    let rain = |annotator: &str, label: &str, minute| {
        record("rain", "Rain in Gozo.", annotator, label, minute)
    };
    let paths = vec![
        write("ada.jsonl", &[rain("ada", "body", 9)]),
        write("ada-old.jsonl", &[rain("ada", "nav", 2)]),
        write("ben.jsonl", &[rain("", "body", 3)]),
    ];
    (folder, paths)
}

fn is_counted(window: &mut Window) {
    window.until(|state| state.merge.outcome.is_some());
    window.harness.run_steps(2);
}

#[test]
fn the_dialog_says_what_would_come_of_a_merge_and_opens_what_did() {
    let (folder, paths) = files();
    let mut window = Window::over(&["body| Nothing yet."]);
    window.press("Ctrl+T");
    let out = folder.path().join("team.copydesk");
    window.send(Message::Merge(MergeMessage::To(out.clone())));
    window.send(Message::Merge(MergeMessage::Add(paths)));
    is_counted(&mut window);
    assert!(
        window
            .harness
            .query_by_label_contains("ben.jsonl:1 (rain)")
            .is_some(),
        "labels without a name stop the merge"
    );

    let field = window.harness.get_by_label("Annotator of ben.jsonl");
    field.click();
    window.harness.step();
    window
        .harness
        .get_by_label("Annotator of ben.jsonl")
        .type_text("ben");
    window.harness.run_steps(2);
    is_counted(&mut window);
    for words in [
        "1 article with 2 annotations",
        "1 annotation set aside, 0 articles refused",
        "rain: older work of ada",
    ] {
        let found = window.harness.query_by_label_contains(words);
        assert!(found.is_some(), "{words}");
    }
    assert!(!out.exists(), "so far nothing was written");

    window.press("Ctrl+Enter");
    window.until(|state| {
        let open = state.dataset.as_ref();
        open.is_some_and(|dataset| dataset.path.ends_with("team.copydesk"))
    });
    assert!(
        window.notices().contains("1 annotation set aside"),
        "{}",
        window.notices()
    );
    let dataset = Dataset::open_to_read(&out).unwrap();
    let store = dataset.store();
    let key = store.find("rain").unwrap().unwrap();
    let article = store.article(key).unwrap();
    let names: Vec<String> = store
        .annotations(&article, key)
        .unwrap()
        .iter()
        .map(|stored| stored.owner.as_str().to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(names, ["ada", "ben"]);
}

#[test]
fn the_open_dataset_is_not_replaced_under_the_annotator() {
    let (_folder, paths) = files();
    let mut window = Window::over(&["body| Nothing yet."]);
    let open = window.path();
    window.send(Message::Run(Command::Merge));
    window.send(Message::Merge(MergeMessage::To(open)));
    window.send(Message::Merge(MergeMessage::Add(paths)));
    is_counted(&mut window);
    window.until(|state| state.jobs.is_empty());
    let words = "This dataset is open. Close it first";
    assert!(window.harness.query_by_label_contains(words).is_some());
    window.press("Ctrl+Enter");
    assert!(
        window.state().dialog.is_some() && window.state().jobs.is_empty(),
        "nothing was begun"
    );
    window.press("Esc");
    assert!(window.state().dialog.is_none());
}
