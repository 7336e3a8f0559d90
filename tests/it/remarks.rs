//! Remarks as threads: answered and resolved, found by the list, told to other programs, and read
//! back.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use copydesk::edit::Action;
use copydesk::model::{Annotation, Signature};
use copydesk::store::prelude::*;
use copydesk::store::{ArticleKey, Filter, SqliteStore, Store};
use serde_json::{Value, json};

use crate::annotators::{AtWork, dataset};
use crate::cli::program;
use crate::store::files;

const KEY: ArticleKey = ArticleKey(1);

fn signed(by: &str, at_ms: i64) -> Signature {
    Signature {
        by: by.to_owned(),
        at_ms,
    }
}

fn with_open_remarks(store: &dyn Store) -> Vec<ArticleKey> {
    let filter = Filter {
        open_remark: true,
        ..Filter::default()
    };
    let keys = store.keys(&filter).unwrap();
    let rows = store.page(&filter, None, 10).unwrap();
    assert_eq!(keys, rows.iter().map(|row| row.key).collect::<Vec<_>>());
    assert!(rows.iter().all(|row| row.open_remarks == 1), "{rows:?}");
    keys
}

fn marias(folder: &program::Desk, dataset: &str) -> Annotation {
    let store = SqliteStore::open(&folder.path(dataset)).unwrap();
    assert_eq!(store.faults().unwrap(), [""; 0]);
    let article = store.article(KEY).unwrap();
    let stored = store.annotations(&article, KEY).unwrap();
    let found = stored.into_iter().find(|one| one.owner.is("maria"));
    found.unwrap().annotation
}

/// Maria asks, and answers herself a day later.
fn asked_and_answered() -> program::Desk {
    let folder = dataset();
    let mut maria = AtWork::open(&folder.path("d.copydesk"), "maria");
    let (asked, answered) = (1_795_371_845_000, 1_795_458_245_000);
    maria.apply(Action::Remark, |scope| {
        scope.write_remark(None, "Which Ada?", Some(signed("maria", asked)))
    });
    maria.apply(Action::Remark, |scope| {
        scope.answer_remark(0, "The mayor.", signed("maria", answered))
    });
    maria.done();
    folder
}

#[test]
fn an_open_remark_is_found_until_somebody_resolves_it() {
    let folder = asked_and_answered();
    let path = folder.path("d.copydesk");
    let mut store = SqliteStore::open(&path).unwrap();
    assert_eq!(with_open_remarks(&store), [KEY]);
    // Paul, who works for himself, sees nothing of it in his list.
    store.view_as("paul");
    assert_eq!(with_open_remarks(&store), [ArticleKey(0); 0]);
    assert_eq!(store.rows(&[KEY]).unwrap()[0].open_remarks, 0);
    store.view_as("maria");
    assert_eq!(with_open_remarks(&store), [KEY]);
    drop(store);

    let mut maria = AtWork::open(&path, "maria");
    maria.apply(Action::Remark, |scope| {
        scope.resolve_remark(0, Some(signed("maria", 5)))
    });
    drop(maria);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(with_open_remarks(&store), [ArticleKey(0); 0]);
    assert_eq!(store.faults().unwrap(), [""; 0]);
}

#[test]
fn a_thread_is_in_the_records_and_comes_back() {
    let folder = asked_and_answered();
    let jsonl = folder.run(&["export", "d.copydesk"]).stdout;
    let record: Value = serde_json::from_str(&jsonl).unwrap();
    let meta = &record["meta"];
    assert_eq!(meta["remark"], "Which Ada?", "as ever");
    let threads: Value = serde_json::from_str(meta["remark_threads"].as_str().unwrap()).unwrap();
    assert_eq!(
        threads,
        json!([{
            "written": {"by": "maria", "at": "2026-11-22T18:24:05Z"},
            "answers": [{"text": "The mayor.", "by": "maria", "at": "2026-11-23T18:24:05Z"}],
        }])
    );
    folder.write("a.jsonl", &jsonl);
    let import = folder.run(&["import", "e.copydesk", "a.jsonl"]);
    assert_eq!(import.code, Some(0), "{}", import.stderr);
    let back = marias(&folder, "e.copydesk");
    assert_eq!(back.remarks(), marias(&folder, "d.copydesk").remarks());
    let again = folder.run(&["export", "e.copydesk"]).stdout;
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(again["meta"]["remark_threads"], meta["remark_threads"]);
    // Through another format, too.
    folder.run(&[
        "convert",
        "a.jsonl",
        "--to",
        "label-studio",
        "--out",
        "tasks.json",
    ]);
    let again = folder.run(&["convert", "tasks.json", "--to", "jsonl"]);
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(again["meta"]["remark_threads"], meta["remark_threads"]);

    let history = folder.run(&["history", "d.copydesk", "one"]).stdout;
    assert!(
        history.contains("remark \"Which Ada?\" answered \"The mayor.\""),
        "{history}"
    );
}

#[test]
fn remarks_of_an_older_dataset_are_open() {
    let folder = asked_and_answered();
    let path = folder.path("d.copydesk");
    let before = marias(&folder, "d.copydesk");
    files::meddle(
        &path,
        "DROP INDEX annotation_open_remarks; ALTER TABLE annotation DROP COLUMN open_remarks;
         DELETE FROM migration WHERE number > 6; PRAGMA user_version = 6",
    );
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(with_open_remarks(&store), [KEY]);
    assert_eq!(store.faults().unwrap(), [""; 0]);
    drop(store);
    assert_eq!(marias(&folder, "d.copydesk"), before);
    assert!(folder.path("d.copydesk.format-6.backup").exists());
}
