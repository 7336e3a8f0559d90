//! Datasets that earlier builds wrote, kept in `tests/kept/`: this build opens each, and everything
//! in it is still there.
//!
//! Formats 5 to 9 were written by builds of their time: an import of three records and a page, and
//! work in the window, undone and redone. Formats 1 to 4 hold the same rows in the tables of their
//! migrations.

#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use copydesk::store::prelude::*;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use copydesk::store::{Filter, SqliteStore};
use serde_json::Value;

use crate::cli::program::{Desk, Run};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The formats from the first to the newest: each is a migration.
fn formats() -> std::ops::RangeInclusive<usize> {
    let migrations = fs::read_dir(root().join("assets/migrations/sqlite")).unwrap();
    1..=migrations.count()
}

/// The dataset of a format, unpacked, if one is kept.
fn unpack(format: usize, to: &Path) -> bool {
    let Ok(packed) = fs::File::open(root().join(format!("tests/kept/format-{format}.copydesk.gz")))
    else {
        return false;
    };
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_end(&mut bytes)
        .unwrap();
    fs::write(to, bytes).unwrap();
    true
}

/// The format that the header of a file names.
fn format_of(path: &Path) -> usize {
    let bytes = fs::read(path).unwrap();
    let number: [u8; 4] = bytes[60..64].try_into().unwrap();
    u32::from_be_bytes(number) as usize
}

fn records(run: &Run) -> Vec<Value> {
    assert_eq!(run.code, Some(0), "{run:?}");
    let lines = run.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The words of the spans of a record, with their labels.
fn spans(record: &Value, layer: &str) -> Vec<(String, String)> {
    let text: Vec<char> = record["text"].as_str().unwrap().chars().collect();
    let spans = record[layer].as_array().unwrap().iter();
    spans
        .map(|span| {
            let at = |name: &str| usize::try_from(span[name].as_u64().unwrap()).unwrap();
            let words = text[at("start")..at("end")].iter().collect();
            (span["label"].as_str().unwrap().to_owned(), words)
        })
        .collect()
}

#[test]
fn every_earlier_format_is_kept() {
    for format in formats().rev().skip(1) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.copydesk");
        assert!(
            unpack(format, &path),
            "keep a dataset of format {format} in tests/kept/, written by a build before the migration"
        );
        assert_eq!(format_of(&path), format);
    }
}

#[test]
fn a_kept_dataset_opens_and_everything_in_it_is_read() {
    let newest = *formats().end();
    for format in formats() {
        let desk = Desk::new();
        if !unpack(format, &desk.path("d.copydesk")) {
            continue; // the newest may not be kept yet
        }
        check(&desk, format);
        assert_eq!(format_of(&desk.path("d.copydesk")), newest);
        let backup = desk.path(&format!("d.copydesk.format-{format}.backup"));
        assert_eq!(backup.exists(), format < newest, "format {format}");
        if format < newest {
            assert_eq!(format_of(&backup), format);
        }
    }
}

/// Reads everything in a kept dataset with the commands, and then through the store.
fn check(desk: &Desk, format: usize) {
    let all = [
        "export",
        "d.copydesk",
        "--status",
        "any",
        "--annotators",
        "all",
    ];
    let export = records(&desk.run(&all));
    let of = |id: &str, annotator: &str| {
        let found = export.iter().find(|record| {
            record["id"].as_str().unwrap().starts_with(id) && record["annotator"] == annotator
        });
        found.unwrap_or_else(|| panic!("format {format} lacks {id} by {annotator}: {export:?}"))
    };
    let ferry = of("ferry", "maria");
    assert_eq!(ferry["status"], "done");
    assert_eq!(ferry["url"], "https://www.courier.example/ferry");
    assert_eq!(ferry["meta"]["section"], "news");
    let entity = |label: &str, words: &str| (label.to_owned(), words.to_owned());
    assert_eq!(
        spans(ferry, "entities"),
        [
            entity("PERSON", "Ada Borg"),
            entity("GPE", "Mgarr"),
            entity("ORG", "Malta Courier")
        ],
        "format {format}"
    );
    let regions: Vec<String> = spans(ferry, "regions")
        .into_iter()
        .map(|(label, _)| label)
        .collect();
    assert_eq!(regions, ["nav", "body", "comment"]);
    assert_eq!(of("storm", "tomas")["status"], "skipped");
    let page = export
        .iter()
        .find(|record| record["text"].as_str().unwrap().contains("Karl Vella"));
    assert_eq!(page.unwrap()["blocks"].as_array().unwrap().len(), 5);
    // What was done in the window, with what was undone.
    let worked_on = export.iter().find(|record| record["annotator"] == "jo");
    let worked_on = worked_on.unwrap()["id"].as_str().unwrap();
    let history = desk.run(&["history", "d.copydesk", worked_on, "--json"]);
    assert_eq!(history.code, Some(0), "format {format}: {}", history.stderr);
    assert!(history.stdout.contains("undo") && history.stdout.contains("redo"));

    for words in [
        &["stats", "d.copydesk"][..],
        &["agreement", "d.copydesk"],
        &["schema", "show", "d.copydesk"],
        &["dedupe", "d.copydesk"],
    ] {
        let run = desk.run(words);
        assert_eq!(
            run.code,
            Some(0),
            "format {format}, {words:?}: {}",
            run.stderr
        );
    }
    let store = SqliteStore::open(&desk.path("d.copydesk")).unwrap();
    assert_eq!(
        store.faults().unwrap(),
        Vec::<String>::new(),
        "format {format}"
    );
    for key in store.keys(&Filter::default()).unwrap() {
        let article = store.article(key).unwrap();
        for annotator in ["maria", "tomas", "jo"] {
            store.history(&article, key, annotator).unwrap();
        }
        assert!(!store.annotations(&article, key).unwrap().is_empty());
    }
}

/// The text between the quotation marks of a constant.
fn constant(file: &str, name: &str) -> String {
    let source = fs::read_to_string(root().join(file)).unwrap();
    let line = source
        .lines()
        .find(|line| line.contains(&format!("const {name}: &str = ")))
        .unwrap_or_else(|| panic!("{file} has no {name}"));
    line.split('"').nth(1).unwrap().to_owned()
}

#[test]
fn the_page_on_compatibility_names_the_versions_of_the_source() {
    let page = fs::read_to_string(root().join("docs/compatibility.md")).unwrap();
    let team = fs::read_dir(root().join("assets/migrations/postgres")).unwrap();
    let record = constant("src/formats/native/mod.rs", "FORMAT");
    let regions = constant("src/extract/features/templates/mod.rs", "VERSION");
    let entities = constant("src/tag/model.rs", "FEATURES");
    for row in [
        format!("| dataset (`.copydesk`) | {} |", formats().end()),
        format!("| team dataset (PostgreSQL) | {} |", team.count()),
        format!("| record (JSONL) | `{record}` |"),
        format!("| region model (`.crf`) | 1, features `{regions}` |"),
        format!("| entity model (`.tag`) | 2, features `{entities}` |"),
    ] {
        assert!(page.contains(&row), "docs/compatibility.md lacks: {row}");
    }
}
