//! Adjudication in a dataset: by rule with the commands, by hand in a session, and how decisions
//! travel, change and come back.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "clippy knows tests, but not the functions that tests share"
)]

mod by_hand;
mod by_rule;
mod many;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::dataset::adjudication::LoadedAdjudication;
use copydesk::dataset::session::{Reply, Save, SessionHandle, SessionSetup, WriterRequest};
use copydesk::edit::Selection;
use copydesk::edit::adjudication::{Choice, How, decisions_in};
use copydesk::model::{Rng, Status};
use copydesk::store::{ArticleKey, Revision, SqliteStore};
use serde_json::{Value, json};

use crate::cli::program::{Desk, Run};

const PATIENCE: Duration = Duration::from_secs(20);

#[track_caller]
fn well(run: Run) -> String {
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    run.stdout
}

#[track_caller]
fn json_of(run: Run) -> Value {
    serde_json::from_str(&well(run)).unwrap()
}

/// A record of an annotator: `entities` are words of the text with labels, each the first of its
/// words that is not taken yet.
fn record(
    id: &str,
    annotator: &str,
    status: &str,
    text: &str,
    entities: &[(&str, &str)],
) -> String {
    let mut from = BTreeMap::new();
    let entities: Vec<Value> = entities
        .iter()
        .map(|(words, label)| {
            let start = from.get(words).copied().unwrap_or(0);
            let at = start + text[start..].find(words).unwrap();
            from.insert(*words, at + words.len());
            let point = text[..at].chars().count();
            json!({"start": point, "end": point + words.chars().count(), "label": label})
        })
        .collect();
    let end = text.chars().count();
    let record = json!({
        "id": id, "text": text, "annotator": annotator, "status": status,
        "regions": [{"start": 0, "end": end, "label": "body"}], "entities": entities,
        "updated_at": "2026-11-30T08:00:00Z",
    });
    format!("{record}\n")
}

const STORM: &str = "🦀 Malmö met Ada Lovelace in Rome. Malmö won.";
const RAIN: &str = "It rained in Oslo.";
const CALM: &str = "A calm day in Bonn.";

/// Three annotators: `rain` is the same by all, `storm` differs, `calm` is not finished by one.
fn team() -> Desk {
    let desk = Desk::new();
    let (gpe, org, person) = ("GPE", "ORG", "PERSON");
    let storm =
        |name: &str, entities: &[(&str, &str)]| record("storm", name, "done", STORM, entities);
    let lines = [
        storm(
            "ada",
            &[
                ("Malmö", gpe),
                ("Ada Lovelace", person),
                ("Rome", gpe),
                ("Malmö", gpe),
            ],
        ),
        storm(
            "ben",
            &[
                ("Malmö", org),
                ("Ada", person),
                ("Rome", gpe),
                ("Malmö", org),
            ],
        ),
        storm(
            "cleo",
            &[("Malmö", gpe), ("Ada Lovelace", person), ("Malmö", gpe)],
        ),
        record("rain", "ada", "done", RAIN, &[("Oslo", gpe)]),
        record("rain", "ben", "done", RAIN, &[("Oslo", gpe)]),
        record("rain", "cleo", "done", RAIN, &[("Oslo", gpe)]),
        record("calm", "ada", "done", CALM, &[("Bonn", gpe)]),
        record("calm", "ben", "started", CALM, &[]),
    ];
    desk.write("team.jsonl", lines.concat());
    well(desk.run(&["import", "d.copydesk", "team.jsonl"]));
    desk
}

fn adjudicate(desk: &Desk, words: &[&str]) -> Value {
    let all = [
        &["adjudicate", "d.copydesk", "--as", "lead", "--json"],
        words,
    ]
    .concat();
    json_of(desk.run(&all))
}

fn export(desk: &Desk, dataset: &str, words: &[&str]) -> Vec<Value> {
    let out = well(desk.run(&[&["export", dataset], words].concat()));
    let lines = out.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Words with one space between them.
fn squeezed(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The entities of a record as `LABEL words`.
fn entities(record: &Value) -> Vec<String> {
    let text: Vec<char> = record["text"].as_str().unwrap().chars().collect();
    let of = |one: &Value| {
        let at = |name: &str| one[name].as_u64().unwrap() as usize;
        let words: String = text[at("start")..at("end")].iter().collect();
        format!("{} {words}", one["label"].as_str().unwrap())
    };
    record["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(of)
        .collect()
}

fn start(path: &Path, annotator: &str) -> SessionHandle {
    SessionHandle::start(SessionSetup {
        learn: false,
        tag: false,
        store: Box::new(SqliteStore::open(path).unwrap()),
        annotator: annotator.to_owned(),
        now_ms: || 1_764_500_000_000,
        exporter: None,
        wake: Arc::new(|| {}),
    })
    .unwrap()
}

fn open(session: &SessionHandle, key: ArticleKey) -> Result<LoadedAdjudication, String> {
    session.send(WriterRequest::LoadAdjudication(key));
    loop {
        match session.wait(PATIENCE).expect("the session answers") {
            Reply::AdjudicationLoaded(loaded) => return Ok(*loaded),
            Reply::NoAdjudication { why, .. } => return Err(why),
            _ => {}
        }
    }
}

/// Sends what is not saved yet, and waits until it is on disk.
fn save(session: &SessionHandle, loaded: &mut LoadedAdjudication) {
    let expected = loaded.revision;
    loaded.revision = Revision(expected.0 + 1);
    session.send(WriterRequest::Save(Save {
        key: loaded.key,
        expected,
        entries: loaded.article.take_unsaved(),
        annotation: Arc::new(loaded.article.session().annotation().clone()),
    }));
    loop {
        match session.wait(PATIENCE).expect("the session answers") {
            Reply::Saved { revision, .. } if revision == loaded.revision => return,
            Reply::Conflict { .. } => panic!("a conflict"),
            _ => {}
        }
    }
}

fn record_step(loaded: &mut LoadedAdjudication) {
    let here = Selection::default();
    assert!(loaded.article.record(here, here, 1).unwrap());
}

fn covered(loaded: &LoadedAdjudication, places: impl IntoIterator<Item = usize>) -> Vec<String> {
    let work = &loaded.article.work;
    let words = |at: usize| work.text().slice(work.places()[at].span).to_owned();
    places.into_iter().map(words).collect()
}

const KEY: ArticleKey = ArticleKey(1);
