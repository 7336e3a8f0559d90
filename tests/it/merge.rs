//! Work without a server: a dataset split among annotators, and their work merged again.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use copydesk::store::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use copydesk::dataset::config::annotators::Annotators;
use copydesk::dataset::io::sources::WorkSource;
use copydesk::dataset::maintenance::merge::{MergeOptions, merge};
use copydesk::dataset::{CancelFlag, Dataset, ExportOptions, Input, Silent, export_to_stream};
use copydesk::edit::{Action, Edit, History, Selection, Session, Transaction, plan};
use copydesk::model::{Annotation, StartedFrom, Status};
use copydesk::store::{ArticleKey, Commit, Revision, SqliteStore};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cli::program::{Desk, Run};

fn well(run: Run) -> String {
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    run.stdout
}

/// A record by an annotator; blank for one that nobody has touched.
fn record(id: &str, text: &str, annotator: &str, label: &str, minute: u32) -> String {
    let record = match annotator {
        "" => json!({"id": id, "text": text}),
        annotator => json!({
            "id": id, "text": text, "annotator": annotator, "status": "done",
            "regions": [{"start": 0, "end": text.chars().count(), "label": label}],
            "updated_at": format!("2026-11-30T08:{minute:02}:00Z"),
        }),
    };
    format!("{record}\n")
}

// -- any order, any number of times ------------------------------------------------------------

fn export(path: &Path) -> Vec<u8> {
    let dataset = Dataset::open_to_read(path).unwrap();
    let mut bytes = Vec::new();
    for annotators in [Annotators::All, Annotators::default()] {
        let options = ExportOptions {
            statuses: Vec::new(),
            annotators,
            ..ExportOptions::default()
        };
        let (store, cancel) = (dataset.store(), CancelFlag::default());
        export_to_stream(store, &mut bytes, &options, &mut Silent, &cancel).unwrap();
    }
    bytes
}

fn merge_all(out: &Path, inputs: &[&PathBuf]) {
    let sources: Vec<WorkSource> = inputs
        .iter()
        .map(|path| WorkSource::new(Input::Path((*path).clone())))
        .collect();
    let options = MergeOptions::default();
    merge(out, &sources, &options, &mut Silent, &CancelFlag::default()).unwrap();
}

#[test]
fn a_merged_dataset_is_at_home_where_it_is_made_and_a_copy_of_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    fs::write(
        file("ada.jsonl"),
        record("a", "Rain in Gozo.", "ada", "body", 1),
    )
    .unwrap();
    fs::write(
        file("ben.jsonl"),
        record("a", "Rain in Gozo.", "ben", "body", 2),
    )
    .unwrap();
    let is_at_home = |path: &Path| Dataset::open(path).unwrap().store().is_at_home().unwrap();
    let team = file("team.copydesk");
    for name in ["ada.jsonl", "ben.jsonl"] {
        merge_all(&team, &[&file(name)]);
        assert!(is_at_home(&team), "after {name}");
    }
    // Who received a dataset is asked before anything is written beside it, also after a merge.
    let received = file("received.copydesk");
    fs::copy(&team, &received).unwrap();
    merge_all(&received, &[&file("ben.jsonl")]);
    assert!(!is_at_home(&received));
}

/// A record: which id, which text, whose, which label, when.
type Drawn = (usize, usize, usize, usize, u32);

fn line((id, text, annotator, label, minute): &Drawn) -> String {
    let texts = ["Rain in Gozo.", "Storm over Oslo.", "A quiet day.", "***"];
    let ids = ["a", "b", "c"];
    let people = ["ada", "ben", "cleo", ""];
    let labels = ["body", "nav", "comment"];
    record(
        ids[*id],
        texts[*text],
        people[*annotator],
        labels[*label],
        *minute,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn merging_is_the_same_in_any_order_and_any_number_of_times(
        files in prop::collection::vec(
            prop::collection::vec((0..3_usize, 0..4_usize, 0..4_usize, 0..3_usize, 0..4_u32), 0..6), 1..4),
        order in prop::collection::vec(0..8_usize, 0..6),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let paths: Vec<PathBuf> = (0..files.len()).map(|n| at(&format!("{n}.jsonl"))).collect();
        for (path, records) in paths.iter().zip(&files) {
            let lines: String = records.iter().map(line).collect();
            fs::write(path, lines).unwrap();
        }
        // Once, in the order of the files.
        let straight: Vec<&PathBuf> = paths.iter().collect();
        merge_all(&at("straight.copydesk"), &straight);
        let expected = export(&at("straight.copydesk"));
        let sound = SqliteStore::open(&at("straight.copydesk")).unwrap().faults().unwrap();
        prop_assert_eq!(sound, Vec::<String>::new());

        // All at once, in another order, some of them more than once.
        let mut other: Vec<&PathBuf> = order.iter().map(|n| &paths[n % paths.len()]).collect();
        other.extend(paths.iter().rev());
        merge_all(&at("other.copydesk"), &other);
        prop_assert_eq!(&export(&at("other.copydesk")), &expected);

        // One after the other into the same dataset.
        for path in &other {
            merge_all(&at("steps.copydesk"), &[path]);
        }
        prop_assert_eq!(&export(&at("steps.copydesk")), &expected);

        // Datasets instead of files.
        let made: Vec<PathBuf> = (0..paths.len()).map(|n| at(&format!("{n}.copydesk"))).collect();
        for (path, made) in paths.iter().zip(&made) {
            merge_all(made, &[path]);
        }
        let aside: Vec<PathBuf> = (0..paths.len()).map(|n| at(&format!("{n}.set-aside.jsonl"))).collect();
        let all = made.iter().rev().chain(aside.iter().filter(|path| path.exists()));
        merge_all(&at("datasets.copydesk"), &all.collect::<Vec<_>>());
        prop_assert_eq!(&export(&at("datasets.copydesk")), &expected);

        // Nothing is lost: each annotator's version is in the dataset or in the file beside it.
        let mut kept = String::from_utf8(expected).unwrap();
        let beside = at("straight.set-aside.jsonl");
        if beside.exists() {
            kept += &fs::read_to_string(beside).unwrap();
        }
        let kept: Vec<Value> = kept.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for drawn in files.iter().flatten().filter(|drawn| drawn.2 < 3) {
            let wanted: Value = serde_json::from_str(&line(drawn)).unwrap();
            let found = kept.iter().any(|found| {
                ["text", "annotator", "regions"].iter().all(|field| found[field] == wanted[field])
            });
            prop_assert!(found, "{wanted} is lost");
        }
    }
}

// -- what the commands say -----------------------------------------------------------------------

fn sample(desk: &Desk, articles: usize) {
    let lines: String = (0..articles)
        .map(|n| record(&format!("a{n}"), &format!("Article number {n}."), "", "", 0))
        .collect();
    desk.write("all.jsonl", lines);
    well(desk.run(&["import", "news.copydesk", "all.jsonl"]));
}

/// Does everything in an annotator's dataset, as the window would.
fn work_through(path: &Path, annotator: &str) -> usize {
    let mut store = SqliteStore::open(path).unwrap();
    let keys = store.keys(&copydesk::store::Filter::default()).unwrap();
    for key in &keys {
        let article = store.article(*key).unwrap();
        let ground = store.annotations(&article, *key).unwrap().remove(0);
        let mut session =
            Session::new(Arc::new(article), Annotation::default(), History::default());
        let here = Selection::default();
        let start = plan::start_from(&ground.annotation);
        let mut start = session
            .apply(Action::Start, start, here, here, 1_000)
            .unwrap();
        start.started_from = StartedFrom::Suggestions { revision: 0 };
        let from = session.annotation().status();
        let done = Transaction {
            edits: vec![Edit::SetStatus {
                from,
                to: Status::Done,
            }],
        };
        let done = session
            .apply(Action::SetStatus, done, here, here, 2_000)
            .unwrap();
        let commit = Commit {
            key: *key,
            annotator,
            expected: Revision(0),
            entries: &[start, done],
            annotation: session.annotation(),
        };
        store.commit(&commit, 1_796_000_000_000).unwrap();
    }
    keys.len()
}

#[test]
fn a_dataset_is_split_worked_on_and_merged_again() {
    let desk = Desk::new();
    sample(&desk, 10);
    let words = [
        "split-work",
        "news.copydesk",
        "--annotators",
        "cleo,ada,ben",
        "--overlap",
        "2",
        "--out",
        "packs",
    ];
    let split = well(desk.run(&words));
    let articles: Vec<u32> = split
        .lines()
        .map(|line| line.split('\t').nth(1).unwrap().parse().unwrap())
        .collect();
    assert_eq!(articles.iter().sum::<u32>(), 20, "{split}");
    assert!(
        articles.iter().all(|count| (6..=7).contains(count)),
        "{split}"
    );
    let mut done = 0;
    for name in ["ada", "ben", "cleo"] {
        done += work_through(&desk.path(&format!("packs/{name}.copydesk")), name);
    }
    assert_eq!(done, 20);
    let packs = [
        "packs/ada.copydesk",
        "packs/ben.copydesk",
        "packs/cleo.copydesk",
    ];
    let run = desk.run(&[&["merge", "team.copydesk"][..], &packs].concat());
    assert_eq!(run.stderr, "10 articles with 20 annotations\n");
    well(run);
    let told = well(desk.run(&["agreement", "team.copydesk", "--json"]));
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["headline"]["articles"], 10);
    // The histories came along, so that each is the work of who did it, from the suggestions.
    assert_eq!(told["imported_annotations"], 0);
    let article = well(desk.run(&["history", "team.copydesk", "a3"]));
    assert!(article.contains("done"), "{article}");
    let store = SqliteStore::open(&desk.path("team.copydesk")).unwrap();
    assert_eq!(store.faults().unwrap(), Vec::<String>::new());
    // The same split again is the same; a file is never replaced.
    let again = desk.run(&words);
    assert_eq!(again.code, Some(1));
    assert!(
        again.stderr.contains("ada.copydesk is there already"),
        "{}",
        again.stderr
    );
    let mut elsewhere = words;
    elsewhere[7] = "others";
    assert_eq!(well(desk.run(&elsewhere)).replace("others", "packs"), split);
}

#[test]
fn a_pack_has_the_labels_and_nobody_elses_work() {
    let desk = Desk::new();
    desk.write(
        "work.jsonl",
        record("a", "Rain in Gozo.", "ada", "body", 1)
            + &record("a", "Rain in Gozo.", "zoe", "nav", 2),
    );
    well(desk.run(&["import", "news.copydesk", "work.jsonl", "--schema", "conll"]));
    well(desk.run(&[
        "split-work",
        "news.copydesk",
        "--annotators",
        "ada,ben",
        "--overlap",
        "2",
        "--out",
        "packs",
    ]));
    let people = |pack: &str| -> Vec<(String, Status)> {
        let store = SqliteStore::open(&desk.path(pack)).unwrap();
        assert_eq!(store.schema().unwrap().name(), "conll");
        let article = store.article(ArticleKey(1)).unwrap();
        let all = store.annotations(&article, ArticleKey(1)).unwrap();
        all.iter()
            .skip(1)
            .map(|one| (one.owner.as_str().to_owned(), one.annotation.status()))
            .collect()
    };
    assert_eq!(
        people("packs/ada.copydesk"),
        [("ada".to_owned(), Status::Done)]
    );
    assert_eq!(people("packs/ben.copydesk"), []);
}

#[test]
fn newer_work_is_kept_and_the_other_set_aside_in_a_file() {
    let desk = Desk::new();
    desk.write("old.jsonl", record("a", "Rain in Gozo.", "ada", "body", 1));
    desk.write("new.jsonl", record("a", "Rain in Gozo.", "ada", "nav", 2));
    let run = desk.run(&["merge", "out.copydesk", "new.jsonl", "old.jsonl"]);
    assert_eq!(
        run.stdout,
        "set aside\ta\tada\t2026-11-30T08:01:00Z\tnewer: 2026-11-30T08:02:00Z\n"
    );
    assert!(run.stderr.contains("out.set-aside.jsonl"), "{}", run.stderr);
    well(run);
    let aside: Value = serde_json::from_str(&desk.read("out.set-aside.jsonl")).unwrap();
    assert_eq!(aside["regions"][0]["label"], "body");
    let exported = well(desk.run(&["export", "out.copydesk", "--out", "-"]));
    assert!(
        exported.contains("\"nav\"") && !exported.contains("\"body\""),
        "{exported}"
    );
    // Again: nothing more is set aside than before.
    well(desk.run(&["merge", "out.copydesk", "old.jsonl"]));
    assert_eq!(desk.read("out.set-aside.jsonl").lines().count(), 1);
    assert_eq!(
        well(desk.run(&["export", "out.copydesk", "--out", "-"])),
        exported
    );
}

#[test]
fn an_id_with_another_text_is_refused_listed_and_kept_beside() {
    let desk = Desk::new();
    desk.write("one.jsonl", record("a", "Rain in Gozo.", "ada", "body", 1));
    desk.write("two.jsonl", record("a", "Rain in Oslo.", "ben", "body", 1));
    let run = desk.run(&["merge", "out.copydesk", "one.jsonl", "two.jsonl", "--json"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (&told["articles"], told["refused"].as_array().unwrap().len()),
        (&json!(1), 1)
    );
    let aside = desk.read("out.set-aside.jsonl");
    let exported = well(desk.run(&["export", "out.copydesk", "--out", "-"]));
    let all = aside + &exported;
    assert!(all.contains("Gozo") && all.contains("Oslo"), "{all}");
}

#[test]
fn labels_without_an_annotator_need_a_name() {
    let desk = Desk::new();
    let nobodys = record("a", "Rain in Gozo.", "x", "body", 1).replace("\"x\"", "\"\"");
    desk.write("ada.jsonl", nobodys);
    let run = desk.run(&["merge", "out.copydesk", "ada.jsonl"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .contains("records with labels name no annotator: ada.jsonl:1 (a)"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .contains("hint: say whose they are with --annotator ada.jsonl=NAME"),
        "{}",
        run.stderr
    );
    assert!(!desk.path("out.copydesk").exists());
    let words = [
        "merge",
        "out.copydesk",
        "ada.jsonl",
        "--annotator",
        "ada.jsonl=ada",
    ];
    well(desk.run(&words));
    let exported = well(desk.run(&["export", "out.copydesk", "--out", "-"]));
    assert!(exported.contains("\"annotator\":\"ada\""), "{exported}");
}

#[test]
fn datasets_with_other_labels_are_not_merged_unasked() {
    let desk = Desk::new();
    desk.write("a.jsonl", record("a", "Rain in Gozo.", "ada", "body", 1));
    well(desk.run(&["import", "one.copydesk", "a.jsonl"]));
    well(desk.run(&["import", "two.copydesk", "a.jsonl", "--schema", "conll"]));
    let run = desk.run(&["merge", "out.copydesk", "one.copydesk", "two.copydesk"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("hint: compare them"), "{}", run.stderr);
    well(desk.run(&[
        "merge",
        "out.copydesk",
        "one.copydesk",
        "two.copydesk",
        "--schema",
        "conll",
    ]));
    // A mistaken order of the words does not write over an input.
    let run = desk.run(&["merge", "a.jsonl", "one.copydesk"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("comes first"), "{}", run.stderr);
}

#[test]
fn the_work_of_who_reviewed_stays_a_review() {
    let desk = Desk::new();
    let reviewed = record("a", "Rain in Gozo.", "zoe", "nav", 3).replace(
        "\"done\"",
        "\"done\",\"meta\":{\"started_from\":\"person 1 ada\"}",
    );
    desk.write(
        "all.jsonl",
        record("a", "Rain in Gozo.", "ada", "body", 1) + &reviewed,
    );
    well(desk.run(&["merge", "out.copydesk", "all.jsonl"]));
    let store = SqliteStore::open(&desk.path("out.copydesk")).unwrap();
    let article = store.article(ArticleKey(1)).unwrap();
    let from: BTreeMap<String, StartedFrom> = store
        .annotations(&article, ArticleKey(1))
        .unwrap()
        .into_iter()
        .map(|one| (one.owner.as_str().to_owned(), one.started_from))
        .collect();
    assert_eq!(from["ada"], StartedFrom::Import);
    assert_eq!(from["zoe"].person(), Some("ada"));
}
