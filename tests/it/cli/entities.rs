//! Entities from the command line: trained, measured, played, and suggested by the model or by
//! another program.

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
            "--task",
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
        "--task",
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
        "--task",
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
        "--task",
        "entities",
        "--from-nothing",
        "--held-out",
        "later.jsonl",
    ]);
    assert_eq!(played.code, Some(0), "{}", played.stderr);
    let lines: Vec<&str> = played.stdout.lines().skip(1).collect();
    assert!(lines[0].ends_with("held out"), "{}", played.stdout);
    for line in &lines[1..4] {
        assert!(line.ends_with(" 1.0000"), "{}", played.stdout);
    }
    assert_eq!(
        lines[4], "held out, after the last article",
        "{}",
        played.stdout
    );
    let all = lines.last().unwrap();
    assert!(
        all.starts_with("    all          1.0000  1.0000  1.0000"),
        "{}",
        played.stdout
    );
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
        "--task",
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
    // Each name is twice in an article: with "everywhere", two edits do for four.
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
        "--task",
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
        bad.stderr.contains("a.tag: not an entity model"),
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

/// Right, suggested and gold spans of a file of records against another, by id, label and offsets.
fn f1(gold: &str, found: &str) -> f64 {
    let spans = |lines: &str| -> std::collections::BTreeSet<String> {
        let records = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        records
            .flat_map(|record: Value| {
                let entities = record["entities"].as_array().unwrap().clone();
                entities.into_iter().map(move |entity| {
                    format!(
                        "{} {} {} {}",
                        record["id"], entity["start"], entity["end"], entity["label"]
                    )
                })
            })
            .collect()
    };
    let (gold, found) = (spans(gold), spans(found));
    2.0 * gold.intersection(&found).count() as f64 / (gold.len() + found.len()) as f64
}

/// Records as `prelabel` gets them: without what people tagged.
fn bare(gold: &str) -> String {
    let records = gold.lines().map(|line| {
        let mut record: Value = serde_json::from_str(line).unwrap();
        record.as_object_mut().unwrap().remove("entities");
        format!("{record}\n")
    });
    records.collect()
}

fn measured(run: &crate::cli::program::Run) -> Value {
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn one_sentence_without_regions_is_read() {
    let desk = Desk::new();
    let words = ["prelabel", "-", "--from", "jsonl", "--task", "entities"];
    let record = json!({"id": "a", "text": "Angela Merkel met Emmanuel Macron in Paris."});
    let found = desk.run_with(&words, format!("{record}\n").as_bytes());
    let record: Value = serde_json::from_str(&found.stdout).unwrap();
    let labels: Vec<&str> = record["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entity| entity["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["PERSON", "PERSON", "GPE"]);
    assert_eq!(record["regions"], json!([]));
    // The regions that come with a record limit it, and stay, whoever suggested them.
    let text = "Home Angela Merkel\n\nEmmanuel Macron spoke in Paris on Monday.";
    let record = json!({"id": "b", "text": text, "regions": [
        {"start": 0, "end": 18, "label": "nav", "score": 0.6},
        {"start": 20, "end": text.len(), "label": "body"},
    ]});
    let found = desk.run_with(&words, format!("{record}\n").as_bytes());
    let record: Value = serde_json::from_str(&found.stdout).unwrap();
    let starts = record["entities"].as_array().unwrap().iter();
    assert!(
        starts.clone().count() >= 2
            && starts
                .clone()
                .all(|entity| entity["start"].as_u64().unwrap() >= 20),
        "{record}"
    );
    assert_eq!(record["regions"].as_array().unwrap().len(), 2);
    assert_eq!(record["regions"][0]["score"], 0.6);
}

#[test]
fn what_is_measured_is_what_is_suggested() {
    let sets = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/entities");
    let mut all = vec![("made.jsonl".to_owned(), gold(20))];
    for set in ["dev_ewt", "dev_pud_news_a"] {
        match fs::read_to_string(sets.join(format!("{set}.jsonl"))) {
            Ok(gold) => all.push((set.to_owned(), gold)),
            Err(_) => println!("skipped: no {set} in {}", sets.display()),
        }
    }
    // A set with regions: names are in the menu too, where nobody tags them.
    let text = "Angela Merkel\n\nEmmanuel Macron spoke in Paris on Monday.";
    let regions =
        json!([{"start": 0, "end": 13, "label": "nav"}, {"start": 15, "end": 56, "label": "body"}]);
    let entities =
        json!([{"start": 15, "end": 30, "label": "PER"}, {"start": 40, "end": 45, "label": "LOC"}]);
    let record = json!({"id": "r", "text": text, "regions": regions, "entities": entities});
    all.push(("regions".to_owned(), format!("{record}\n")));
    for (name, gold) in &all {
        let desk = Desk::new();
        desk.write("gold.jsonl", gold)
            .write("bare.jsonl", bare(gold));
        let schema = if name == "made.jsonl" {
            "news"
        } else {
            "conll"
        };
        let found = desk.run(&[
            "prelabel",
            "bare.jsonl",
            "--task",
            "entities",
            "--schema",
            schema,
        ]);
        assert_eq!(found.code, Some(0), "{}", found.stderr);
        let by_hand = f1(gold, &found.stdout);
        let run = desk.run(&[
            "evaluate",
            "gold.jsonl",
            "--task",
            "entities",
            "--schema",
            schema,
            "--json",
        ]);
        let model = measured(&run)["spans"]["all"]["f1"].as_f64().unwrap();
        desk.write("found.jsonl", &found.stdout);
        let run = desk.run(&[
            "evaluate",
            "gold.jsonl",
            "--task",
            "entities",
            "--predictions",
            "found.jsonl",
            "--schema",
            schema,
            "--json",
        ]);
        let predicted = measured(&run)["spans"]["all"]["f1"].as_f64().unwrap();
        println!("{name}: F1 {by_hand:.4} by prelabel, {model:.4} by evaluate");
        assert!(
            (by_hand - model).abs() < 1e-9 && (by_hand - predicted).abs() < 1e-9,
            "{name}: {by_hand} {model} {predicted}"
        );
        assert!(by_hand > 0.5, "{name}: {by_hand}");
    }
}

#[test]
fn anybodys_predictions_are_scored_and_their_errors_listed() {
    let desk = Desk::new();
    let record = |id: &str, entities: Value| {
        let text = "Ada Byron met Bob Ray in Oslo today.";
        format!(
            "{}\n",
            json!({"id": id, "text": text, "entities": entities})
        )
    };
    let span =
        |start: u64, end: u64, label: &str| json!({"start": start, "end": end, "label": label});
    let right = json!([span(0, 9, "PER"), span(14, 21, "PER"), span(25, 29, "LOC")]);
    let gold = record("a", right.clone()) + &record("b", right.clone()).replace("Ada", "Eva");
    desk.write("gold.jsonl", gold);
    // Without its text; the second article is missing, the third is nobody's.
    let found = json!({"id": "a", "entities": [span(0, 3, "PER"), span(14, 21, "ORG"), span(30, 35, "DATE")]});
    let other = json!({"id": "c", "text": "Nothing.", "entities": []});
    desk.write("found.jsonl", format!("{found}\n{other}\n"));
    let words = [
        "evaluate",
        "gold.jsonl",
        "--task",
        "entities",
        "--predictions",
        "found.jsonl",
        "--errors",
        "errors.jsonl",
    ];
    let run = desk.run(&words);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("1 gold article is without a prediction and counted as predicted empty: b")
            && run
                .stderr
                .contains("1 prediction belongs to no gold article"),
        "{}",
        run.stderr
    );
    assert!(
        run.stdout.contains("PER taken for ORG") && run.stdout.contains("boundary"),
        "{}",
        run.stdout
    );
    let errors = desk.read("errors.jsonl");
    let kinds: Vec<(String, String)> = errors
        .lines()
        .map(|line| {
            let error: Value = serde_json::from_str(line).unwrap();
            let word = |name: &str| error[name].as_str().unwrap().to_owned();
            (word("kind"), word("id"))
        })
        .collect();
    let expected = [
        ("missed", "a"),
        ("missed", "b"),
        ("missed", "b"),
        ("missed", "b"),
        ("extra", "a"),
        ("label", "a"),
        ("boundary", "a"),
    ];
    assert_eq!(
        kinds,
        expected.map(|(kind, id)| (kind.to_owned(), id.to_owned()))
    );
    let boundary: Value = serde_json::from_str(errors.lines().last().unwrap()).unwrap();
    assert_eq!(boundary["gold"]["text"], "Ada Byron");
    assert_eq!(
        boundary["found"],
        json!({"start": 0, "end": 3, "label": "PER", "text": "Ada"})
    );
    assert_eq!(boundary["context"], "Ada Byron met Bob Ray in Oslo today.");

    // Predictions by another tool, in its own format; of another text they are not compared.
    desk.write("doccano.jsonl", "{\"id\":\"a\",\"text\":\"Ada Byron met Bob Ray in Oslo today.\",\"label\":[[0,9,\"PER\"]]}\n{\"id\":\"b\",\"text\":\"Another text.\",\"label\":[]}\n");
    let run = desk.run(&[
        "evaluate",
        "gold.jsonl",
        "--task",
        "entities",
        "--predictions",
        "doccano.jsonl",
        "--from",
        "doccano",
        "--json",
    ]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(run.stderr.contains("of a different text"), "{}", run.stderr);
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(told["spans"]["all"]["right"], 1);
    assert_eq!(told["errors"]["kinds"]["missed"], 5);
    assert_eq!(told["predictions"]["of_another_text"], json!(["b"]));
}
