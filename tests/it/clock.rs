//! A clock that is set back: what came later stays later, whatever times it has.

#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use copydesk::store::prelude::*;
use std::sync::Arc;

use copydesk::edit::{Action, History, Scope, Selection, Session, plan};
use copydesk::model::{Annotation, StartedFrom, Status};
use copydesk::store::{Commit, Filter, Revision, SqliteStore};
use serde_json::Value;

use crate::cli::program::Desk;

/// In the year 2100.
const LATE: i64 = 4_102_444_800_000;
/// In the year 2001.
const EARLY: i64 = 1_000_000_000_000;

/// Maria starts by a clock that is a century ahead, and is done after it was set right.
fn set_back(desk: &Desk) -> SqliteStore {
    desk.write("a.txt", "The ferry to Gozo stayed in port on Tuesday.");
    let run = desk.run(&["import", "d.copydesk", "a.txt"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let mut store = SqliteStore::open(&desk.path("d.copydesk")).unwrap();
    let key = store.keys(&Filter::default()).unwrap()[0];
    let (article, schema) = (
        Arc::new(store.article(key).unwrap()),
        store.schema().unwrap(),
    );
    let suggested = store.annotations(&article, key).unwrap()[0]
        .annotation
        .clone();
    let mut session = Session::new(
        Arc::clone(&article),
        Annotation::default(),
        History::default(),
    );
    let here = Selection::default();
    session
        .apply(
            Action::Start,
            plan::start_from(&suggested),
            here,
            here,
            LATE,
        )
        .unwrap();
    let scope = Scope {
        article: &article,
        annotation: session.annotation(),
        schema: &schema,
    };
    let done = scope.done().unwrap();
    session
        .apply(Action::SetStatus, done, here, here, EARLY)
        .unwrap();
    let mut entries = session.history().entries().to_vec();
    entries[0].started_from = StartedFrom::Suggestions { revision: 0 };
    let commit = Commit {
        key,
        annotator: "maria",
        expected: Revision(0),
        entries: &entries,
        annotation: session.annotation(),
    };
    store.commit(&commit, EARLY).unwrap();
    store
}

/// No number below zero anywhere.
fn check_counts(value: &Value) {
    match value {
        Value::Number(number) => assert!(number.as_f64().unwrap() >= 0.0, "{number}"),
        Value::Array(list) => list.iter().for_each(check_counts),
        Value::Object(map) => map.values().for_each(check_counts),
        _ => {}
    }
}

#[test]
fn a_clock_that_is_set_back_changes_no_order_and_counts_no_time() {
    let desk = Desk::new();
    let store = set_back(&desk);
    assert_eq!(store.faults().unwrap(), [""; 0]);
    let key = store.keys(&Filter::default()).unwrap()[0];
    let article = Arc::new(store.article(key).unwrap());

    let id = article.id.to_string();
    // Undo takes back what came last, not what has the latest time.
    let entries = store.history(&article, key, "maria").unwrap();
    let times: Vec<i64> = entries.iter().map(|entry| entry.at_ms).collect();
    assert_eq!(times, [LATE, EARLY]);
    let own = store.annotations(&article, key).unwrap();
    let own = own.into_iter().find(|one| one.owner.is("maria")).unwrap();
    let mut session = Session::new(article, own.annotation, History::replay(entries));
    assert_eq!(session.annotation().status(), Status::Done);
    session.undo(Selection::default(), EARLY).unwrap().unwrap();
    assert_eq!(session.annotation().status(), Status::Todo);
    drop(store);

    let run = desk.run(&["history", "d.copydesk", &id, "--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    let steps = told["steps"].as_array().unwrap();
    let actions: Vec<&str> = steps
        .iter()
        .filter_map(|step| step["action"].as_str())
        .collect();
    assert_eq!(actions, ["start", "set-status"]);

    let run = desk.run(&["stats", "d.copydesk", "--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    check_counts(&serde_json::from_str(&run.stdout).unwrap());

    let run = desk.run(&["export", "d.copydesk"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stdout
            .contains("\"updated_at\":\"2001-09-09T01:46:40Z\""),
        "{}",
        run.stdout
    );
}
