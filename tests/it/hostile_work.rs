//! Work of others: names, labels and words that are made to act in a terminal or in a report.

use serde_json::json;

use crate::bounded::is_plain;
use crate::cli::program::Desk;

const EVIL: &str = "\u{1b}]0;owned\u{7}\u{1b}[31m\u{202e}\u{9b}2J<script>alert(1)</script>";

/// A finished record in which a word has a label.
fn record(annotator: &str, label: &str) -> String {
    let text = format!("Ada{EVIL} met Zoe in Gozo.");
    let length = text.chars().count();
    let record = json!({
        "id": "a<b>\u{202e}", "text": text, "annotator": annotator, "status": "done",
        "regions": [{"start": 0, "end": length, "label": "body"}],
        "entities": [{"start": 0, "end": 12, "label": label}],
        "title": format!("Title {EVIL}"), "url": "https://a.example/",
    });
    format!("{record}\n")
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("eve.jsonl", record(&format!("eve{EVIL}"), "X\u{202e}<i>"))
        .write(
            "mallory.jsonl",
            record(&format!("mallory{EVIL}"), "Y\u{202e}<i>"),
        );
    for file in ["eve.jsonl", "mallory.jsonl"] {
        let run = desk.run(&["import", "d.copydesk", file]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
    desk
}

#[test]
fn others_names_labels_and_words_move_no_terminal() {
    let desk = desk();
    for words in [
        &["agreement", "d.copydesk"][..],
        &["agreement", "d.copydesk", "--list"],
        &["agreement", "eve.jsonl", "mallory.jsonl", "--json"],
        &[
            "adjudicate",
            "d.copydesk",
            "--as",
            "lead",
            "--unanimous",
            "--list",
        ],
        &[
            "merge",
            "m.copydesk",
            "eve.jsonl",
            "mallory.jsonl",
            "d.copydesk",
        ],
        &["history", "d.copydesk", "a<b>\u{202e}"],
        &["stats", "d.copydesk"],
        &["lint", "--model-check", "d.copydesk"],
        &["validate", "eve.jsonl", "--lint"],
        &[
            "split-work",
            "d.copydesk",
            "--annotators",
            EVIL,
            "--overlap",
            "1",
            "--out",
            "packs",
        ],
        &["suggesters", "list", "d.copydesk"],
    ] {
        let run = desk.run(words);
        // Lists are columns between tabs.
        let shown = run.stdout.replace('\t', " ");
        assert!(is_plain(&shown), "{words:?}: {:?}", run.stdout);
        assert!(is_plain(&run.stderr), "{words:?}: {:?}", run.stderr);
        assert_eq!(run.code, Some(0), "{words:?}: {}", run.stderr);
    }
}

#[test]
fn reports_of_others_work_run_no_script() {
    let desk = desk();
    for words in [
        ["stats", "d.copydesk", "--html", "report.html"],
        ["agreement", "d.copydesk", "--html", "report.html"],
    ] {
        let run = desk.run(&words);
        assert_eq!(run.code, Some(0), "{words:?}: {}", run.stderr);
        let report = desk.read("report.html");
        assert!(!report.contains("<script"), "{words:?}");
        assert!(report.contains("default-src 'none'"), "{words:?}");
        assert!(
            !report.contains('\u{202e}'),
            "{words:?}: it turns what follows"
        );
        assert!(
            report.contains("&lt;script&gt;"),
            "{words:?}: nothing of it is shown"
        );
    }
}
