//! Entities from the command line: trained, measured, played, and suggested by the model or by another program.

use std::fs;

use serde_json::{Value, json};

use super::program::Desk;

const NAMES: [&str; 6] = [
    "Ada Borg",
    "Karl Vella",
    "Maria Zahra",
    "Joseph Camilleri",
    "Rita Farrugia",
    "Paul Grech",
];
const BODIES: [&str; 4] = [
    "Port Authority",
    "Gozo Channel",
    "Harbour Council",
    "Ferry Union",
];

/// Articles in which the same few people and bodies meet again and again.
fn gold(count: usize) -> String {
    let mut lines = String::new();
    for nth in 0..count {
        let (person, body) = (NAMES[nth % NAMES.len()], BODIES[nth % BODIES.len()]);
        let text = format!(
            "On Tuesday {person} of the {body} spoke in the port. The {body} agreed with {person}, who left."
        );
        let mut entities: Vec<Value> = Vec::new();
        for (name, label) in [(person, "PERSON"), (body, "ORG")] {
            for (at, _) in text.match_indices(name) {
                entities.push(json!({"start": at, "end": at + name.len(), "label": label}));
            }
        }
        entities.sort_by_key(|entity| entity["start"].as_u64());
        lines.push_str(&format!(
            "{}\n",
            json!({"id": format!("a{nth}"), "text": text, "entities": entities})
        ));
    }
    lines
}

#[test]
fn a_tagger_is_trained_measured_and_used_and_the_same_gold_gives_the_same_bytes() {
    let desk = Desk::new();
    desk.write("gold.jsonl", gold(40));
    let train = |out: &str, jobs: &str| {
        desk.run(&[
            "train",
            "gold.jsonl",
            "--only",
            "entities",
            "--out",
            out,
            "--folds",
            "2",
            "--jobs",
            jobs,
        ])
    };
    let first = train("one.tag", "1");
    assert_eq!((first.code, first.stderr.as_str()), (Some(0), ""));
    assert!(
        first
            .stdout
            .contains("40 articles with 160 entities, labels: ORG, PERSON"),
        "{}",
        first.stdout
    );
    assert_eq!(train("two.tag", "2").stdout, first.stdout);
    assert_eq!(
        fs::read(desk.path("one.tag")).unwrap(),
        fs::read(desk.path("two.tag")).unwrap()
    );

    let measured = desk.run(&[
        "evaluate",
        "gold.jsonl",
        "--only",
        "entities",
        "--model",
        "one.tag",
    ]);
    assert!(
        measured
            .stdout
            .contains("all          1.0000  1.0000  1.0000        160"),
        "{}",
        measured.stdout
    );
    assert!(
        measured.stdout.contains("edits for 100 entities: 0.0"),
        "{}",
        measured.stdout
    );
    assert!(
        measured
            .stdout
            .contains("\n  unsure: 0.0 % of the suggestions"),
        "{}",
        measured.stdout
    );
    assert!(
        measured.stderr.contains(" tokens in "),
        "{}",
        measured.stderr
    );

    let text = "On Monday Karl Vella of the Ferry Union left.";
    let new = json!({"id": "new", "text": text, "regions": [{"start": 0, "end": text.len(), "label": "body"}]});
    desk.write("new.jsonl", format!("{new}\n"));
    let found = desk.run(&[
        "prelabel",
        "new.jsonl",
        "--from",
        "jsonl",
        "--only",
        "entities",
        "--tagger",
        "one.tag",
    ]);
    let record: Value = serde_json::from_str(&found.stdout).unwrap();
    let labels: Vec<&str> = record["entities"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entity| entity["label"].as_str())
        .collect();
    assert_eq!(labels, ["DATE", "PERSON", "ORG"]);
    assert!(record["entities"][1]["score"].as_f64().unwrap() > 0.5);
}

#[test]
fn what_was_learnt_by_then_is_measured_on_articles_that_are_held_out() {
    let desk = Desk::new();
    let all = gold(80);
    let (first, later) = all.split_at(all.match_indices('\n').nth(59).unwrap().0 + 1);
    desk.write("gold.jsonl", first);
    desk.write("later.jsonl", later);
    let played = desk.run(&[
        "simulate",
        "gold.jsonl",
        "--only",
        "entities",
        "--from-nothing",
        "--held-out",
        "later.jsonl",
    ]);
    assert_eq!(played.code, Some(0), "{}", played.stderr);
    let lines: Vec<&str> = played.stdout.lines().skip(1).collect();
    assert!(lines[0].ends_with("held out"), "{}", played.stdout);
    assert_eq!(lines.len(), 4, "{}", played.stdout);
    for line in &lines[1..] {
        assert!(line.ends_with(" 1.0000"), "{}", played.stdout);
    }
    assert!(
        played.stderr.contains("learning from an article took"),
        "{}",
        played.stderr
    );
}

#[test]
fn an_annotator_who_corrects_has_less_and_less_to_do() {
    let desk = Desk::new();
    desk.write("gold.jsonl", gold(60));
    let played = desk.run(&[
        "simulate",
        "gold.jsonl",
        "--only",
        "entities",
        "--from-nothing",
        "--each",
        "--svg",
        "curve.svg",
    ]);
    assert_eq!(played.code, Some(0), "{}", played.stderr);
    let edits: Vec<(u64, u64, u64)> = played
        .stdout
        .lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<u64> = line
                .split('\t')
                .skip(1)
                .map(|field| field.parse().unwrap())
                .collect();
            (fields[0], fields[1], fields[5])
        })
        .collect();
    assert_eq!(edits.len(), 60);
    // Each name stands twice in an article: with "everywhere", two edits do for four.
    assert_eq!(edits[0], (4, 2, 2));
    assert!(
        edits[30..].iter().all(|(_, _, learning)| *learning == 0),
        "{edits:?}"
    );
    assert!(
        fs::read_to_string(desk.path("curve.svg"))
            .unwrap()
            .contains("suggestions, learning")
    );
}

#[test]
fn what_is_no_gold_or_no_tagger_is_told() {
    let desk = Desk::new();
    desk.write("gold.jsonl", "{\"id\":\"a\",\"text\":\"One.\"}\n");
    let none = desk.run(&[
        "train",
        "gold.jsonl",
        "--only",
        "entities",
        "--out",
        "a.tag",
    ]);
    assert_eq!(none.code, Some(1));
    assert!(
        none.stderr.contains("gold.jsonl") && none.stderr.contains("nothing to learn from"),
        "{}",
        none.stderr
    );
    desk.write("a.tag", "not a model");
    desk.write("new.txt", "Karl Vella left.");
    let bad = desk.run(&["prelabel", "new.txt", "--tagger", "a.tag"]);
    assert!(
        bad.stderr.contains("a.tag: this is no model of entities"),
        "{}",
        bad.stderr
    );
}

#[cfg(unix)]
#[test]
fn another_program_can_suggest() {
    let desk = Desk::new();
    desk.write(
        "new.jsonl",
        "{\"id\":\"a\",\"text\":\"Ada left.\"}\n{\"id\":\"b\",\"text\":\"Bob too.\"}\n",
    );
    desk.write(
        "helper.sh",
        "while read -r line; do case $line in *'\"id\":\"a\"'*) id=a;; *) id=b;; esac; echo \"{\\\"id\\\":\\\"$id\\\",\\\"entities\\\":[{\\\"start\\\":0,\\\"end\\\":$END,\\\"label\\\":\\\"PERSON\\\"}]}\"; done\n",
    );
    let run = |end: &str| {
        desk.run(&[
            "prelabel",
            "new.jsonl",
            "--from",
            "jsonl",
            "--suggest-with",
            &format!("env END={end} sh helper.sh"),
        ])
    };
    let good = run("3");
    assert_eq!(good.code, Some(0), "{}", good.stderr);
    let entities: Vec<Value> = good
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["entities"].clone())
        .collect();
    assert_eq!(entities[0], entities[1]);
    assert_eq!(entities[0][0]["label"], "PERSON");
    let bad = run("99");
    assert_eq!(bad.code, Some(3));
    assert!(
        bad.stderr.contains("the command's answer: entity 0 to 99"),
        "{}",
        bad.stderr
    );
    assert_eq!(bad.stdout.lines().count(), 2);
}
