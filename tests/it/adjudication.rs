//! Adjudication in a dataset: by rule with the commands, by hand in a session, and how decisions
//! travel, change and come back.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "clippy knows tests, but not the functions that tests share"
)]

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
use copydesk::store::{ArticleKey, Revision, SqliteStore, Store};
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

#[test]
fn what_is_open_is_listed_and_nothing_is_written() {
    let desk = team();
    let told = adjudicate(&desk, &[]);
    assert_eq!(told["written"], false);
    let articles = &told["articles"];
    assert_eq!(
        (&articles["open"], &articles["ready"], &articles["too_few"]),
        (&json!(1), &json!(1), &json!(1))
    );
    // Of storm: the region; of rain: the region and Oslo.
    assert_eq!(told["places"]["unanimous"], 3);
    assert_eq!(told["places"]["open"], 4);
    assert_eq!(
        told["left_out"],
        json!([{"article": "calm", "annotator": "ben", "why": "not finished (started)"}])
    );
    let lines = well(desk.run(&["adjudicate", "d.copydesk", "--as", "lead", "--list"]));
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(
        lines[0],
        "entity\tstorm\t2\t7\tMalmö\tGPE Malmö (ada, cleo) | ORG Malmö (ben)"
    );
    assert_eq!(
        lines[1],
        "entity\tstorm\t12\t24\tAda Lovelace\tPERSON Ada Lovelace (ada, cleo) | PERSON Ada (ben)"
    );
    assert_eq!(
        lines[2],
        "entity\tstorm\t28\t32\tRome\tGPE Rome (ada, ben) | - (cleo)"
    );
    assert_eq!(lines.len(), 4);
    assert_eq!(
        export(
            &desk,
            "d.copydesk",
            &["--annotators", "lead", "--status", "any"]
        ),
        [json!(null); 0]
    );
}

#[test]
fn all_alike_articles_are_finished_in_bulk_and_come_first_in_exports() {
    let desk = team();
    let told = adjudicate(&desk, &["--unanimous"]);
    assert_eq!(
        (&told["articles"]["finished"], &told["articles"]["open"]),
        (&json!(1), &json!(1))
    );
    // Nobody has begun what is open.
    let all = export(
        &desk,
        "d.copydesk",
        &["--annotators", "lead", "--status", "any"],
    );
    assert_eq!(all.len(), 1);
    assert_eq!(
        (&all[0]["id"], &all[0]["status"]),
        (&json!("rain"), &json!("done"))
    );
    let adjudication = &all[0]["adjudication"];
    assert_eq!(
        adjudication["inputs"][2],
        json!({"annotator": "cleo", "revision": 1})
    );
    assert_eq!(adjudication["decisions"], json!([]));
    let preferred = export(&desk, "d.copydesk", &[]);
    let who: Vec<&str> = preferred
        .iter()
        .map(|one| one["annotator"].as_str().unwrap())
        .collect();
    assert_eq!(who, ["cleo", "lead", "ada"]);
    // A second run has nothing to do.
    let again = adjudicate(&desk, &["--unanimous"]);
    assert_eq!(
        (
            &again["articles"]["already_finished"],
            &again["articles"]["finished"]
        ),
        (&json!(1), &json!(0))
    );
    let human = squeezed(&well(desk.run(&[
        "adjudicate",
        "d.copydesk",
        "--as",
        "lead",
    ])));
    assert!(
        human.contains("3 articles that somebody has begun finished before 1 "),
        "{human}"
    );
    assert!(human.contains("not finished (started) 1"), "{human}");
}

#[test]
fn a_majority_is_taken_with_its_account() {
    let desk = team();
    let told = adjudicate(&desk, &["--majority", "0.5"]);
    assert_eq!(told["articles"]["finished"], 2);
    assert_eq!(
        told["places"],
        json!({"total": 7, "unanimous": 3, "majority": 4, "by_hand": 0, "same_as_another": 0, "open": 0, "reopened": 0})
    );
    let all = export(&desk, "d.copydesk", &["--annotators", "adjudicated"]);
    let storm = all.iter().find(|one| one["id"] == "storm").unwrap();
    assert_eq!(
        entities(storm),
        ["GPE Malmö", "PERSON Ada Lovelace", "GPE Rome", "GPE Malmö"]
    );
    let decisions = storm["adjudication"]["decisions"].as_array().unwrap();
    assert_eq!(decisions.len(), 4);
    let rome = &decisions[2];
    assert_eq!(
        (&rome["choice"], &rome["threshold"], &rome["how"]),
        (&json!("majority"), &json!(0.5), &json!("rule"))
    );
    assert_eq!(
        rome["options"][1],
        json!({"annotators": ["cleo"], "spans": []})
    );
    let in_bytes = export(
        &desk,
        "d.copydesk",
        &["--annotators", "adjudicated", "--offsets", "byte"],
    );
    let storm = in_bytes.iter().find(|one| one["id"] == "storm").unwrap();
    assert_eq!(storm["adjudication"]["decisions"][0]["start"], 5);

    // Two thirds are not more than two thirds.
    let other = team();
    let told = adjudicate(&other, &["--majority", "0.67"]);
    assert_eq!(
        (&told["places"]["open"], &told["articles"]["open"]),
        (&json!(4), &json!(1))
    );

    // What was changed of ben's work, and why.
    let lines = well(desk.run(&["adjudicate", "d.copydesk", "--changes", "ben"]));
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(
        lines[0],
        "entity\tstorm\t2\t7\tMalmö\tORG Malmö\tGPE Malmö\tmajority over 0.5: ada, cleo\t"
    );
    assert_eq!(lines.len(), 3);
    let told = json_of(desk.run(&["adjudicate", "d.copydesk", "--changes", "cleo", "--json"]));
    assert_eq!(
        told["articles"][0]["changes"][0]["after"],
        json!([{"start": 28, "end": 32, "label": "GPE", "words": "Rome"}])
    );
    assert_eq!(
        told["articles"][1],
        json!({"article": "rain", "adjudicator": "lead", "changes": []})
    );
    let nobody = json_of(desk.run(&["adjudicate", "d.copydesk", "--changes", "zoe", "--json"]));
    assert_eq!(nobody["articles"], json!([]));
    // The history tells it, too.
    let history = well(desk.run(&["history", "d.copydesk", "storm", "--annotator", "lead"]));
    assert!(
        history.contains("started from the labels of ada, ben, cleo"),
        "{history}"
    );
    assert!(history.contains("decided between annotators"), "{history}");
}

#[test]
fn decisions_travel_with_records_and_merges() {
    let desk = team();
    adjudicate(&desk, &["--majority", "0.5"]);
    let all = ["--annotators", "all", "--status", "any", "--out"];
    well(desk.run(&[&["export", "d.copydesk"][..], &all, &["out.jsonl"]].concat()));
    well(desk.run(&["import", "e.copydesk", "out.jsonl"]));
    well(desk.run(&[&["export", "e.copydesk"][..], &all, &["again.jsonl"]].concat()));
    assert_eq!(desk.read("again.jsonl"), desk.read("out.jsonl"));
    assert!(desk.read("out.jsonl").contains("\"adjudication\":{"));
    let valid = desk.run(&["validate", "out.jsonl"]);
    assert_eq!(
        (valid.code, valid.stderr.contains("not kept")),
        (Some(0), false),
        "{}",
        valid.stderr
    );
    // The import knows that nothing is open, and what the adjudicator decided.
    let told = json_of(desk.run(&["adjudicate", "e.copydesk", "--as", "lead", "--json"]));
    assert_eq!(told["articles"]["already_finished"], 2);
    assert_eq!(told["places"]["majority"], 4);
    // Merged from the dataset and from the file.
    for (out, input) in [("m.copydesk", "d.copydesk"), ("n.copydesk", "out.jsonl")] {
        well(desk.run(&["merge", out, input]));
        let told = json_of(desk.run(&["adjudicate", out, "--as", "lead", "--json"]));
        assert_eq!(told["articles"]["already_finished"], 2, "{out}");
        assert_eq!(told["places"]["majority"], 4, "{out}");
    }
    for dataset in ["d.copydesk", "e.copydesk", "m.copydesk", "n.copydesk"] {
        let store = SqliteStore::open(&desk.path(dataset)).unwrap();
        assert_eq!(store.faults().unwrap(), Vec::<String>::new(), "{dataset}");
    }
}

#[test]
fn who_has_annotated_cannot_adjudicate_and_two_do_not_adjudicate_one_article() {
    let desk = team();
    let run = desk.run(&["adjudicate", "d.copydesk", "--as", "cleo", "--unanimous"]);
    assert_eq!(run.code, Some(0));
    assert!(
        squeezed(&run.stdout).contains("annotated by the adjudicator 2"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr
            .contains("hint: adjudicate under another name with --as NAME"),
        "{}",
        run.stderr
    );
    adjudicate(&desk, &["--unanimous"]);
    let told = json_of(desk.run(&[
        "adjudicate",
        "d.copydesk",
        "--as",
        "chief",
        "--majority",
        "0.5",
        "--json",
    ]));
    assert_eq!(
        (
            &told["articles"]["by_another"],
            &told["articles"]["finished"]
        ),
        (&json!(1), &json!(1))
    );
    for bad in [
        &["--majority", "1"][..],
        &["--majority", "half"],
        &["--majority", "0.5", "--changes", "ada"],
        &["--as", " "],
    ] {
        let run = desk.run(&[&["adjudicate", "d.copydesk"], bad].concat());
        assert!(matches!(run.code, Some(1 | 2)), "{bad:?}: {}", run.stderr);
    }
}

#[test]
fn each_annotator_has_a_quality_figure_after_and_before_adjudication() {
    let desk = team();
    let gold = record(
        "storm",
        "expert",
        "done",
        STORM,
        &[
            ("Malmö", "ORG"),
            ("Ada", "PERSON"),
            ("Rome", "GPE"),
            ("Malmö", "ORG"),
        ],
    );
    desk.write("gold.jsonl", gold);
    let told = json_of(desk.run(&[
        "agreement",
        "d.copydesk",
        "--no-gamma",
        "--json",
        "--gold",
        "gold.jsonl",
    ]));
    assert_eq!(told["quality"]["reference_articles"], 0);
    let gold = &told["gold"];
    assert_eq!(
        (&gold["reference_articles"], &gold["articles"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(gold["annotators"]["ben"]["entities"]["exact"]["f1"], 1.0);
    assert_eq!(gold["annotators"]["ada"]["entities"]["exact"]["f1"], 0.25);
    assert_eq!(
        gold["annotators"]["cleo"]["places"]
            .as_array()
            .unwrap()
            .len(),
        4
    );

    adjudicate(&desk, &["--majority", "0.5"]);
    let told = json_of(desk.run(&["agreement", "d.copydesk", "--no-gamma", "--json"]));
    let quality = &told["quality"];
    assert_eq!(
        (
            &quality["reference_articles"],
            &quality["articles"],
            &told["gold"]
        ),
        (&json!(2), &json!(2), &json!(null))
    );
    let ada = &quality["annotators"]["ada"];
    assert_eq!(
        (
            &ada["articles"],
            &ada["entities"]["exact"]["f1"],
            &ada["regions"]["same"]
        ),
        (&json!(2), &json!(1.0), &json!(51))
    );
    let ben = &quality["annotators"]["ben"]["entities"]["exact"];
    assert_eq!(
        (&ben["hits"], &ben["f1"], &ben["precision"], &ben["recall"]),
        (&json!(2), &json!(0.4), &json!(0.4), &json!(0.4))
    );
    let place = &quality["annotators"]["ben"]["places"][0];
    assert_eq!(
        (&place["annotator"], &place["reference"], &place["words"]),
        (&json!("ORG"), &json!("GPE"), &json!("Malmö"))
    );
    let human = well(desk.run(&["agreement", "d.copydesk", "--no-gamma"]));
    assert!(
        human.contains("agreement with the adjudicated version (2 articles, 2 done independently)"),
        "{human}"
    );
    // The adjudicator is not compared with the others.
    assert_eq!(told["annotators"], json!(["ada", "ben", "cleo"]));
    let none = desk.run(&["agreement", "d.copydesk", "--gold", "nothing.jsonl"]);
    assert_eq!(none.code, Some(1));
}

// -- by hand --------------------------------------------------------------------------------------

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

#[test]
fn decisions_are_saved_undone_and_found_again() {
    let desk = team();
    let path = desk.path("d.copydesk");
    let session = start(&path, "lead");
    let mut loaded = open(&session, KEY).unwrap();
    assert_eq!(
        (loaded.revision, loaded.adjudicated_by.clone()),
        (Revision(0), None)
    );
    let open_places: Vec<usize> = loaded.article.work.open().collect();
    assert_eq!(
        covered(&loaded, open_places.clone()),
        ["Malmö", "Ada Lovelace", "Rome", "Malmö"]
    );
    let [malmo, ada, rome, again] = open_places[..] else {
        unreachable!()
    };

    let work = &mut loaded.article.work;
    work.decide(
        malmo,
        Choice::Version(1),
        How::ByHand,
        Some("the club".to_owned()),
    )
    .unwrap();
    assert_eq!(work.decide_same(malmo), [again]);
    record_step(&mut loaded);
    save(&session, &mut loaded);
    // Nobody is right: no label changes, and yet it is a step.
    loaded
        .article
        .work
        .decide(rome, Choice::Nobody, How::ByHand, None)
        .unwrap();
    record_step(&mut loaded);
    save(&session, &mut loaded);
    assert!(
        loaded.article.set_status(Status::Done, 2).is_err(),
        "a place is open"
    );
    drop(session);

    let session = start(&path, "lead");
    let mut loaded = open(&session, KEY).unwrap();
    assert_eq!(loaded.revision, Revision(2));
    assert_eq!(loaded.article.work.open().collect::<Vec<_>>(), [ada]);
    assert_eq!(
        loaded.article.work.made(malmo).unwrap().reason.as_deref(),
        Some("the club")
    );
    // Undo reaches back over the restart, the decision without labels as well.
    let here = Selection::default();
    loaded.article.undo(here, 3).unwrap().unwrap();
    assert_eq!(loaded.article.work.open().collect::<Vec<_>>(), [ada, rome]);
    loaded.article.undo(here, 4).unwrap().unwrap();
    assert_eq!(loaded.article.work.open().count(), 4);
    assert!(loaded.article.undo(here, 5).is_none());
    loaded.article.redo(here, 6).unwrap().unwrap();
    assert_eq!(loaded.article.work.open().collect::<Vec<_>>(), [ada, rome]);
    save(&session, &mut loaded);

    for (at, choice) in [(ada, Choice::Version(0)), (rome, Choice::Version(0))] {
        loaded
            .article
            .work
            .decide(at, choice, How::ByHand, None)
            .unwrap();
        record_step(&mut loaded);
    }
    assert!(loaded.article.set_status(Status::Done, 7).unwrap());
    save(&session, &mut loaded);
    drop(session);
    let all = export(&desk, "d.copydesk", &["--annotators", "lead"]);
    assert_eq!(
        entities(&all[0]),
        ["ORG Malmö", "PERSON Ada Lovelace", "GPE Rome", "ORG Malmö"]
    );
    let hows: Vec<&Value> = all[0]["adjudication"]["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["how"])
        .collect();
    assert_eq!(hows, ["hand", "hand", "hand", "same"]);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.faults().unwrap(), Vec::<String>::new());
}

#[test]
fn an_annotator_who_reopens_is_noticed_and_only_touched_places_reopen() {
    let desk = team();
    let path = desk.path("d.copydesk");
    let session = start(&path, "lead");
    let mut loaded = open(&session, KEY).unwrap();
    for at in loaded.article.work.open().collect::<Vec<_>>() {
        loaded
            .article
            .work
            .decide(at, Choice::Version(0), How::ByHand, None)
            .unwrap();
    }
    record_step(&mut loaded);
    loaded.article.set_status(Status::Done, 2).unwrap();
    save(&session, &mut loaded);

    // Ben takes the article up again: he no longer counts, and his versions are gone.
    let mut store = SqliteStore::open(&path).unwrap();
    let article = store.article(KEY).unwrap();
    let status = |store: &mut SqliteStore, from: Status, to: Status| {
        let stored = store.annotations(&article, KEY).unwrap();
        let ben = stored.iter().find(|one| one.owner.is("ben")).unwrap();
        let history = copydesk::edit::History::replay(store.history(&article, KEY, "ben").unwrap());
        let mut work = copydesk::edit::Session::new(
            Arc::new(article.clone()),
            ben.annotation.clone(),
            history,
        );
        let edits = vec![copydesk::edit::Edit::SetStatus { from, to }];
        let here = Selection::default();
        let entry = work
            .apply(
                copydesk::edit::Action::SetStatus,
                copydesk::edit::Transaction { edits },
                here,
                here,
                9,
            )
            .unwrap();
        let commit = copydesk::store::Commit {
            key: KEY,
            annotator: "ben",
            expected: ben.revision,
            entries: &[entry],
            annotation: work.annotation(),
        };
        store.commit(&commit, 9).unwrap();
    };
    status(&mut store, Status::Done, Status::Started);
    let told = adjudicate(&desk, &[]);
    let storm = json!({"article": "storm", "annotator": "ben", "why": "not finished (started)"});
    assert!(
        told["left_out"].as_array().unwrap().contains(&storm),
        "{told}"
    );
    // Of ada and cleo only Rome is left to differ; both have the others.
    assert_eq!(
        (&told["places"]["open"], &told["places"]["reopened"]),
        (&json!(1), &json!(1))
    );
    let stored = store.annotations(&article, KEY).unwrap();
    let reconciled = loaded.article.take_inputs(&stored).clone();
    assert_eq!(
        (
            reconciled.kept.len(),
            reconciled.reopened.len(),
            reconciled.settled.len()
        ),
        (0, 1, 3)
    );
    assert_eq!(
        covered(&loaded, loaded.article.work.open().collect::<Vec<_>>()),
        ["Rome"]
    );

    // He finishes it again as it was: the stored decisions hold again.
    status(&mut store, Status::Started, Status::Done);
    drop(session);
    let session = start(&path, "lead");
    let loaded = open(&session, KEY).unwrap();
    assert_eq!(
        (
            loaded.article.work.open().count(),
            loaded.article.is_outdated()
        ),
        (0, false)
    );
    assert_eq!(loaded.article.reconciled.kept.len(), 4);
    drop(session);

    // An annotator has own work on the article and cannot adjudicate it; of calm there is one.
    let session = start(&path, "ada");
    assert_eq!(
        open(&session, KEY).unwrap_err(),
        "the adjudicator has annotated this article"
    );
    drop(session);
    let session = start(&path, "lead");
    let why = open(&session, ArticleKey(3)).unwrap_err();
    assert_eq!(
        why,
        "two annotators have to finish the article independently, and 1 did; ben: not finished (started)"
    );
}

#[test]
fn a_renamed_label_is_no_change_of_an_input() {
    let desk = team();
    let path = desk.path("d.copydesk");
    let session = start(&path, "lead");
    let mut loaded = open(&session, KEY).unwrap();
    for at in loaded.article.work.open().collect::<Vec<_>>() {
        loaded
            .article
            .work
            .decide(at, Choice::Version(1), How::ByHand, None)
            .unwrap();
    }
    record_step(&mut loaded);
    loaded.article.set_status(Status::Done, 2).unwrap();
    save(&session, &mut loaded);
    drop(session);
    let schema = well(desk.run(&["schema", "show", "d.copydesk"]));
    desk.write(
        "new.toml",
        schema.replace("label = \"ORG\"", "label = \"ORGANISATION\""),
    );
    well(desk.run(&[
        "schema",
        "set",
        "d.copydesk",
        "new.toml",
        "--rename",
        "ORG=ORGANISATION",
    ]));
    let told = adjudicate(&desk, &[]);
    assert_eq!(
        (
            &told["articles"]["already_finished"],
            &told["places"]["open"]
        ),
        (&json!(1), &json!(0)),
        "{told}"
    );
    assert_eq!(told["places"]["by_hand"], 4);
}

// -- many articles --------------------------------------------------------------------------------

/// Articles of twelve names each, on which three annotators differ now and then.
fn many(articles: usize) -> Desk {
    let desk = Desk::new();
    let mut rng = Rng::new(7);
    let names = [
        "Ada Lovelace",
        "Port of Malta",
        "Rome",
        "Oslo",
        "Bonn Club",
        "Charles Babbage",
    ];
    let labels = ["PERSON", "ORG", "GPE"];
    let mut lines = String::new();
    for at in 0..articles {
        let mut text = format!("Article {at}.");
        let mut words: Vec<&str> = Vec::new();
        for _ in 0..12 {
            let name = names[rng.below(names.len())];
            let _ = write!(text, " Then {name} came.");
            words.push(name);
        }
        let is_easy = rng.below(3) == 0;
        for annotator in ["ada", "ben", "cleo"] {
            let mut tagged: Vec<(&str, &str)> = Vec::new();
            for (nth, name) in words.iter().enumerate() {
                let slip = if is_easy { 0 } else { rng.below(8) };
                let label = labels[(name.len() + usize::from(slip == 1)) % labels.len()];
                // A name that is left out shifts the following ones of the same words.
                let _ = nth;
                if slip != 2 {
                    tagged.push((name, label));
                }
            }
            lines.push_str(&record(
                &format!("a{at}"),
                annotator,
                "done",
                &text,
                &tagged,
            ));
        }
    }
    desk.write("many.jsonl", lines);
    well(desk.run(&["import", "d.copydesk", "many.jsonl"]));
    desk
}

/// Adjudicates by rule, then by hand, and counts every decision.
fn all_accounted_for(articles: usize) {
    let began = Instant::now();
    let desk = many(articles);
    let imported = began.elapsed();
    let began = Instant::now();
    let unanimous = adjudicate(&desk, &["--unanimous"]);
    let by_unanimity = began.elapsed();
    let began = Instant::now();
    let majority = adjudicate(&desk, &["--majority", "0.5"]);
    let by_majority = began.elapsed();
    let count = |told: &Value, name: &str| told["places"][name].as_u64().unwrap();
    let total = count(&unanimous, "total");
    assert_eq!(count(&majority, "total"), total);
    assert_eq!(
        count(&unanimous, "open"),
        count(&majority, "majority") + count(&majority, "open")
    );
    let left = majority["open"].as_array().unwrap().len() as u64;
    assert_eq!(left, count(&majority, "open"));
    assert!(
        left > 0 && count(&majority, "majority") > left,
        "{majority}"
    );

    // The rest by hand, as the window does it.
    let began = Instant::now();
    let path = desk.path("d.copydesk");
    let session = start(&path, "lead");
    let store = SqliteStore::open(&path).unwrap();
    let (mut by_hand, mut opened, mut slowest) = (0, 0, Duration::ZERO);
    for key in store.with_status(Status::Started).unwrap() {
        let mut loaded = open(&session, key).unwrap();
        opened += 1;
        for at in loaded.article.work.open().collect::<Vec<_>>() {
            let step = Instant::now();
            let version = at % loaded.article.work.places()[at].versions.len();
            loaded
                .article
                .work
                .decide(at, Choice::Version(version), How::ByHand, None)
                .unwrap();
            record_step(&mut loaded);
            slowest = slowest.max(step.elapsed());
            by_hand += 1;
        }
        loaded.article.set_status(Status::Done, 2).unwrap();
        save(&session, &mut loaded);
    }
    drop(session);
    let by_hands = began.elapsed();
    assert_eq!(by_hand, left);

    let done = adjudicate(&desk, &[]);
    assert_eq!(done["articles"]["already_finished"], articles);
    assert_eq!(count(&done, "total"), total);
    assert_eq!((count(&done, "open"), count(&done, "by_hand")), (0, left));
    // Each decision is in the history of the result exactly once, and in the export.
    let mut stored = 0;
    for key in store.with_status(Status::Done).unwrap() {
        let article = store.article(key).unwrap();
        let decisions = decisions_in(&store.history(&article, key, "lead").unwrap());
        let mut ids: Vec<_> = decisions
            .iter()
            .map(|one| (one.place.span, one.place.kind))
            .collect();
        ids.dedup();
        assert_eq!(ids.len(), decisions.len());
        stored += decisions.len() as u64;
    }
    assert_eq!(stored + count(&done, "unanimous"), total);
    let exported: usize = export(&desk, "d.copydesk", &["--annotators", "adjudicated"])
        .iter()
        .map(|one| one["adjudication"]["decisions"].as_array().unwrap().len())
        .sum();
    assert_eq!(exported as u64, stored);
    eprintln!(
        "{articles} articles × 3 annotators, {total} places: {} all agree, {} by majority, {by_hand} by hand in {opened} articles; \
         import {imported:.1?}, all alike {by_unanimity:.1?}, majority {by_majority:.1?}, by hand with saving {by_hands:.1?}, slowest step {slowest:.1?}",
        count(&done, "unanimous"),
        count(&done, "majority"),
    );
}

#[test]
fn every_decision_is_accounted_for() {
    all_accounted_for(60);
}

/// `cargo test --release --test it a_thousand_articles -- --ignored --nocapture`
#[test]
#[ignore = "the long form of the test above"]
fn a_thousand_articles_by_three_annotators_are_accounted_for() {
    all_accounted_for(1_000);
}
