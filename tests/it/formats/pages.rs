//! Pages with the regions marked in their own elements, there and back.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli::program::Desk;

/// The pages of a folder, by their names.
fn pages_of(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap();
    let mut pages: Vec<PathBuf> = files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "html"))
        .collect();
    pages.sort();
    pages
}

fn pages_in(desk: &Desk, folder: &str) -> Vec<PathBuf> {
    pages_of(&desk.path(folder))
}

/// What the records say, by id: text, regions, entities.
fn said(records: &str) -> BTreeMap<String, (Value, Value, Value)> {
    let lines = records
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    lines
        .map(|mut record: Value| {
            let id = record["id"].as_str().unwrap().to_owned();
            let mut take = |name: &str| record[name].take();
            (id, (take("text"), take("regions"), take("entities")))
        })
        .collect()
}

#[test]
fn the_samples_pages_are_marked_and_read_back() {
    let desk = Desk::new();
    let pages = pages_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/news-sample"));
    for page in &pages {
        let name = page.file_name().unwrap().to_str().unwrap();
        desk.write(&format!("pages/{name}"), fs::read(page).unwrap());
    }
    let run = desk.run(&["prelabel", "pages"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    desk.write("labelled.jsonl", &run.stdout);
    let words = [
        "convert",
        "labelled.jsonl",
        "--to",
        "html-regions",
        "--pages",
        "pages",
        "--strict",
        "--out",
        "marked",
    ];
    let all = format!("converted {} records\n", pages.len());
    desk.run(&words).well("", &all);

    // By any name and by none: a page with marks says what they say.
    for from in ["html-regions", "html", "auto"] {
        let back = desk.run(&["convert", "marked", "--from", from]);
        assert_eq!((back.code, back.stderr.as_str()), (Some(0), all.as_str()));
        assert_eq!(said(&back.stdout), said(&run.stdout));
    }

    // Nothing of a page changes but what was put in.
    let marked: Vec<Vec<u8>> = pages_in(&desk, "marked")
        .iter()
        .map(|file| fs::read(file).unwrap())
        .collect();
    for page in &pages {
        let page = fs::read(page).unwrap();
        let is_in = |marked: &&Vec<u8>| {
            let mut rest = marked.iter();
            page.iter().all(|byte| rest.any(|other| other == byte))
        };
        assert!(marked.iter().any(|marked| is_in(&marked)));
    }
}

#[test]
fn what_has_no_page_or_another_is_told() {
    let desk = Desk::new();
    for (name, words) in [
        ("one", "The ferry stays."),
        ("two", "Two were hurt."),
        ("three", "Nobody was there."),
    ] {
        desk.write(&format!("pages/{name}.html"), format!("<p>{words}</p>"));
    }
    desk.run(&["import", "d.copydesk", "pages"]);
    desk.write("pages/two.html", "<p>Three were hurt.</p>");
    fs::remove_file(desk.path("pages/three.html")).unwrap();
    let words = [
        "export",
        "d.copydesk",
        "--status",
        "any",
        "--format",
        "html-regions",
        "--out",
        "marked",
        "--pages",
        "pages",
    ];
    let strict = desk.run(&[&words[..], &["--strict"]].concat());
    assert_eq!(strict.code, Some(1));
    assert!(
        strict.stderr.contains("html-regions cannot hold all of it"),
        "{}",
        strict.stderr
    );
    assert!(!desk.path("marked").exists());
    let run = desk.run(&words);
    assert_eq!(run.code, Some(0));
    for told in [
        "1 article left out: its page was not found (three-",
        "1 article left out: the text of its page has changed (two-",
    ] {
        assert!(run.stderr.contains(told), "{}", run.stderr);
    }
    assert_eq!(pages_in(&desk, "marked").len(), 1);

    let run = desk.run(&[
        "export",
        "d.copydesk",
        "--format",
        "html-regions",
        "--out",
        "other",
    ]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("name their folder with --pages"),
        "{}",
        run.stderr
    );
    let run = desk.run(&[
        "export",
        "d.copydesk",
        "--format",
        "conll",
        "--pages",
        "pages",
    ]);
    assert!(run.stderr.contains("conll does not"), "{}", run.stderr);
}
