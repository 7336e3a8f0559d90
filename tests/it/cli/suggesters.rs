//! Other programs as suggesters of a dataset, on the command line.

#![cfg(unix)]

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::program::Desk;

/// Finds every `Ada` and says that it is a person, and a name that the text does not have.
const FINDS_ADA: &str = r#"
import json, sys
print(json.dumps({"copydesk": "hello", "name": "ada finder", "version": "2"}), flush=True)
for line in sys.stdin:
    record = json.loads(line)
    assert record["entities"] == [] and record["annotator"] == ""
    at = record["text"].find("Ada")
    found = [{"start": at, "end": at + 3, "label": "PERSON", "score": 0.8}, {"start": 0, "end": 999, "label": "PERSON"}]
    print(json.dumps({"id": record["id"], "entities": found}), flush=True)
"#;

const COMMAND: &str = "python3 ada.py";

/// A page whose paragraphs the extractor takes for the story.
fn page(n: usize) -> String {
    format!(
        "<html><body><article><h1>The bridge of day {n}</h1><p>On day {n} Ada told reporters in the town hall that the \
         bridge would stay closed until the end of the year.</p><p>The repairs had taken longer than the engineers \
         expected, and the council was asked to pay for them.</p></article></body></html>"
    )
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("ada.py", FINDS_ADA);
    let mut lines = String::new();
    for n in 0..4 {
        let text = format!("On day {n} Ada spoke.");
        let done = json!({"id": format!("done-{n}"), "text": text,
            "regions": [{"start": 0, "end": text.len(), "label": "body"}],
            "entities": [{"start": 9, "end": 12, "label": "PERSON"}],
            "status": "done", "annotator": "maria"});
        let open = json!({"id": format!("open-{n}"), "html": page(n)});
        lines += &format!("{done}\n{open}\n");
    }
    desk.write("in.jsonl", lines);
    let imported = desk.run(&["import", "d.copydesk", "in.jsonl"]);
    assert_eq!(imported.code, Some(0), "{}", imported.stderr);
    desk
}

#[track_caller]
fn good(desk: &Desk, words: &[&str]) -> String {
    let run = desk.run(words);
    assert_eq!(run.code, Some(0), "{words:?}: {}", run.stderr);
    run.stdout
}

fn add(desk: &Desk, name: &str, command: &str) {
    let words = [
        "suggesters",
        "add",
        "d.copydesk",
        name,
        "--command",
        command,
    ];
    good(desk, &words);
}

#[test]
fn a_suggester_is_added_compared_used_and_named_in_the_export() {
    let desk = desk();
    add(&desk, "ada", COMMAND);
    let listed = good(&desk, &["suggesters", "list", "d.copydesk"]);
    assert!(
        listed.contains("ada\tentities\tnot used\t60 s\tpython3 ada.py\n"),
        "{listed}"
    );

    let compared = good(&desk, &["suggesters", "compare", "d.copydesk", "--json"]);
    let compared: Value = serde_json::from_str(&compared).unwrap();
    assert_eq!(compared["articles"], 4);
    let rows = compared["rows"].as_array().unwrap();
    let names: Vec<&Value> = rows.iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["copydesk", "copydesk", "ada"]);
    assert_eq!(rows[2]["model"], "ada finder 2");
    assert_eq!(rows[2]["f1"], 1.0);
    assert_eq!(rows[2]["saved_per_100"], 100.0);
    assert_eq!(rows[2]["refused"], 4);
    let table = good(&desk, &["suggesters", "compare", "d.copydesk"]);
    assert!(table.contains("ada (ada finder 2)"), "{table}");

    good(&desk, &["suggesters", "use", "d.copydesk", "PERSON=ada"]);
    let run = desk.run(&["suggesters", "run", "d.copydesk"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let told = "asked about 4 articles; 4 with new suggestions; 4 spans refused";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    let words = [
        "export",
        "d.copydesk",
        "--status",
        "any",
        "--scores",
        "--out",
        "out.jsonl",
    ];
    good(&desk, &words);
    let mut seen = 0;
    for line in desk.read("out.jsonl").lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        if record["id"].as_str().unwrap().starts_with("open") {
            seen += 1;
            let persons = record["entities"].as_array().unwrap().iter();
            let persons: Vec<&Value> = persons.filter(|one| one["label"] == "PERSON").collect();
            let at = record["text"].as_str().unwrap().find("Ada").unwrap();
            assert_eq!(
                persons,
                [&json!({"start": at, "end": at + 3, "label": "PERSON", "score": 0.8})]
            );
            let by = record["suggested_by"].as_array().unwrap();
            let ada = json!({"task": "entities", "name": "ada finder", "version": "2"});
            assert!(by.contains(&ada), "{by:?}");
        }
    }
    assert_eq!(seen, 4);

    good(&desk, &["suggesters", "remove", "d.copydesk", "ada"]);
    let listed = good(&desk, &["suggesters", "list", "d.copydesk"]);
    assert!(!listed.contains("ada"), "{listed}");
}

#[test]
fn sentences_that_the_models_have_learnt_to_call_body_get_entities() {
    let desk = Desk::new();
    desk.write("ada.py", FINDS_ADA);
    // Bare sentences: when they came, the models knew no such body.
    let mut lines = String::new();
    for n in 0..40 {
        let text = format!("On day {n} Ada spoke of the harbour.");
        let mut record = json!({"id": format!("{n:02}"), "text": text});
        if n < 30 {
            record["regions"] = json!([{"start": 0, "end": text.len(), "label": "body"}]);
            record["status"] = "done".into();
            record["annotator"] = "maria".into();
        }
        lines += &format!("{record}\n");
    }
    desk.write("in.jsonl", lines);
    good(&desk, &["import", "d.copydesk", "in.jsonl"]);
    add(&desk, "ada", COMMAND);
    good(&desk, &["suggesters", "use", "d.copydesk", "PERSON=ada"]);
    let run = desk.run(&["suggesters", "run", "d.copydesk"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let told = "asked about 10 articles; 10 with new suggestions";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    let words = [
        "export",
        "d.copydesk",
        "--status",
        "todo",
        "--out",
        "out.jsonl",
    ];
    good(&desk, &words);
    let exported = desk.read("out.jsonl");
    assert_eq!(exported.lines().count(), 10);
    for line in exported.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        assert_eq!(record["regions"][0]["label"], "body", "{record}");
        let mut entities = record["entities"].as_array().unwrap().iter();
        assert!(entities.any(|one| one["label"] == "PERSON"), "{record}");
    }
}

#[test]
fn a_command_of_somebody_elses_dataset_does_not_run_unasked() {
    let desk = desk();
    add(&desk, "touch", "touch ran; cat");
    good(&desk, &["suggesters", "use", "d.copydesk", "PERSON=touch"]);
    // It comes along, and is another dataset here.
    good(&desk, &["copy", "d.copydesk", "theirs.copydesk"]);
    let words = [
        "split-work",
        "d.copydesk",
        "--annotators",
        "ben",
        "--overlap",
        "1",
        "--out",
        "packs",
    ];
    good(&desk, &words);
    for dataset in ["theirs.copydesk", "packs/ben.copydesk"] {
        let listed = good(&desk, &["suggesters", "list", dataset]);
        assert!(listed.contains("touch\tentities\tPERSON"), "{listed}");
        assert!(listed.contains("not allowed on this machine"), "{listed}");
        for what in ["run", "compare"] {
            let run = desk.run(&["suggesters", what, dataset]);
            assert_eq!(run.code, Some(1), "{}", run.stderr);
            assert!(
                run.stderr.contains("touch: touch ran; cat"),
                "{}",
                run.stderr
            );
            assert!(
                run.stderr.contains("hint: if you trust them"),
                "{}",
                run.stderr
            );
        }
    }
    assert!(!desk.path("ran").exists());
    let allowed = desk.run(&["suggesters", "allow", "theirs.copydesk"]);
    assert_eq!(allowed.code, Some(0), "{}", allowed.stderr);
    desk.run(&["suggesters", "run", "theirs.copydesk"]);
    assert!(desk.path("ran").exists());
}

#[test]
fn wrong_words_are_answered_with_a_way_on() {
    let desk = desk();
    let error = |words: &[&str]| {
        let run = desk.run(words);
        assert_ne!(run.code, Some(0), "{words:?}");
        run.stderr
    };
    let said = error(&["suggesters", "run", "d.copydesk"]);
    assert!(
        said.contains("no suggester is used for any label"),
        "{said}"
    );
    let said = error(&["suggesters", "add", "d.copydesk", "a b", "--command", "x"]);
    assert!(said.contains("no name for a suggester"), "{said}");
    let said = error(&["suggesters", "use", "d.copydesk", "PERSON=ada"]);
    assert!(said.contains("there is no suggester ada"), "{said}");
    add(&desk, "ada", COMMAND);
    let said = error(&["suggesters", "use", "d.copydesk", "HERO=ada"]);
    assert!(said.contains("no entity label HERO"), "{said}");
    let said = error(&["suggesters", "use", "d.copydesk", "regions=ada"]);
    assert!(said.contains("does not suggest regions"), "{said}");
}

#[test]
fn one_that_fails_again_and_again_ends_the_run_with_its_last_words() {
    let desk = desk();
    add(&desk, "dead", "echo no model >&2; exit 3");
    good(&desk, &["suggesters", "use", "d.copydesk", "PERSON=dead"]);
    let run = desk.run(&["suggesters", "run", "d.copydesk"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(
        run.stderr.contains("its last words: no model"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_program_ends_when_copydesk_is_killed() {
    let desk = desk();
    // It reads nothing, so that the end of its input tells it nothing.
    let command = "echo $$ >pid; sleep 300";
    add(&desk, "sleeper", command);
    good(
        &desk,
        &["suggesters", "use", "d.copydesk", "PERSON=sleeper"],
    );
    let mut running = desk
        .command(&["suggesters", "run", "d.copydesk"])
        .spawn()
        .unwrap();
    let begin = Instant::now();
    let patience = Duration::from_secs(60);
    let pid = loop {
        assert!(begin.elapsed() < patience, "it did not start");
        let read = std::fs::read_to_string(desk.path("pid")).unwrap_or_default();
        if read.ends_with('\n') {
            break read.trim().to_owned();
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    running.kill().unwrap(); // SIGKILL: it can do nothing about it
    running.wait().unwrap();
    let is_alive = || {
        let state = std::process::Command::new("ps")
            .args(["-o", "stat=", "-p", &pid])
            .output();
        let state = String::from_utf8(state.unwrap().stdout).unwrap();
        !state.trim().is_empty() && !state.trim().starts_with('Z')
    };
    while is_alive() {
        assert!(begin.elapsed() < patience, "{pid} goes on");
        std::thread::sleep(Duration::from_millis(50));
    }
}
