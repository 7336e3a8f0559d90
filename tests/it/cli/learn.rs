//! `train`, `evaluate` and `simulate`: a model from labelled records, and what it is worth.

use std::fs;
use std::path::Path;

use copydesk::model::notation;
use serde_json::{Value, json};

use super::program::{Desk, Run};

/// The sample articles' gold as records, each of a site of its own, the first ones three times
/// over: as another article of the same site would look.
fn gold() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/gold");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut lines = String::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let notated = notation::parse(&fs::read_to_string(&path).unwrap()).unwrap();
        if notated.text.len() > 20_000 {
            continue; // the parliament transcript would take its time
        }
        let place = |at| notated.text.char_of_byte(at).0;
        let regions: Vec<Value> = notated
            .annotation
            .regions()
            .iter()
            .map(|region| {
                json!({"start": place(region.span.start()), "end": place(region.span.end()), "label": region.label.as_str()})
            })
            .collect();
        let record = json!({"id": name, "url": format!("https://{name}.example/1"), "text": notated.text.as_str(), "regions": regions});
        lines.push_str(&format!("{record}\n"));
    }
    lines
}

fn figure(run: &Run, line: &str, column: usize) -> f64 {
    run.stdout
        .lines()
        .find(|candidate| candidate.trim_start().starts_with(line))
        .and_then(|found| found.split_whitespace().nth(column))
        .and_then(|figure| figure.parse().ok())
        .unwrap_or_else(|| panic!("no {line} in {}", run.stdout))
}

#[test]
fn a_model_is_trained_measured_and_used_and_the_same_gold_gives_the_same_bytes() {
    let desk = Desk::new();
    desk.write("gold.jsonl", gold());
    let train = |out: &str, jobs: &str| {
        desk.run(&[
            "train",
            "gold.jsonl",
            "--out",
            out,
            "--folds",
            "3",
            "--rounds",
            "10",
            "--jobs",
            jobs,
        ])
    };
    let first = train("one.crf", "1");
    assert_eq!((first.code, first.stderr.as_str()), (Some(0), ""));
    assert!(figure(&first, "body", 3) > 0.7, "{}", first.stdout);
    let second = train("two.crf", "2");
    assert_eq!(first.stdout, second.stdout);
    let bytes = |name: &str| fs::read(desk.path(name)).unwrap();
    assert_eq!(bytes("one.crf"), bytes("two.crf"));

    // On what it has seen it is better than on what it has not.
    let seen = desk.run(&["evaluate", "gold.jsonl", "--model", "one.crf"]);
    assert_eq!(seen.code, Some(0), "{}", seen.stderr);
    assert!(
        figure(&seen, "body", 3) > figure(&first, "body", 3),
        "{}",
        seen.stdout
    );

    let story = "The ferry to Gozo stayed in port on Tuesday, the harbour master of Valletta said.";
    desk.write("story.txt", story);
    let records = desk.run(&["prelabel", "story.txt", "--model", "one.crf"]);
    let record: Value = serde_json::from_str(&records.stdout).unwrap();
    assert_eq!(record["text"], story);
    assert_eq!(record["regions"].as_array().unwrap().len(), 1);
}

#[test]
fn a_page_teaches_what_its_text_was_labelled_as_and_phrases_teach_too() {
    let desk = Desk::new();
    let page = |n: usize| {
        format!(
            "<html><body><nav><a href=/>Home</a> <a href=/{n}>Section {n}</a></nav><main><h1>Storm number {n}</h1>\
             <p>The ferry number {n} stayed in port on Tuesday, the harbour master said, as winds reached ninety knots.</p>\
             </main><footer>Imprint {n}</footer></body></html>"
        )
    };
    let mut lines = String::new();
    for n in 0..12 {
        // Labelled in another layout: one line, without the footer.
        let (menu, title) = (format!("Home Section {n}"), format!("Storm number {n}"));
        let body = format!(
            "The ferry number {n} stayed in port on Tuesday, the harbour master said, as winds reached ninety knots."
        );
        let text = format!("{menu} {title} {body}");
        let at = |words: &str| text.find(words).unwrap();
        let record = if n < 11 {
            json!({"id": format!("p{n}"), "site": format!("s{n}"), "html": page(n), "text": text, "regions": [
                {"start": 0, "end": menu.len(), "label": "nav"},
                {"start": at(&title), "end": at(&title) + title.len(), "label": "title"},
                {"start": at(&body), "end": text.len(), "label": "body"},
            ]})
        } else {
            json!({"id": "phrases", "site": "phrases", "html": page(n), "holds": {"body": ["harbour master said"]}, "lacks": {"body": ["Imprint"], "title": ["Imprint"]}})
        };
        lines.push_str(&format!("{record}\n"));
    }
    desk.write("gold.jsonl", &lines).write("new.html", page(77));
    desk.write("titles.toml", "name = \"t\"\nnesting = \"flat\"\n\n[[regions]]\nlabel = \"body\"\nkey = \"b\"\ncolor = \"#112233\"\ndescription = \"B.\"\n\n[[regions]]\nlabel = \"title\"\nkey = \"t\"\ncolor = \"#332211\"\ndescription = \"T.\"\n");
    let trained = desk.run(&["train", "gold.jsonl", "--out", "m.crf", "--folds", "2"]);
    assert_eq!(
        (trained.code, trained.stderr.as_str()),
        (Some(0), ""),
        "{}",
        trained.stdout
    );
    assert!(
        trained
            .stdout
            .contains("12 pages of 12 sites, labels: body, comment, nav, title"),
        "{}",
        trained.stdout
    );
    let run = desk.run(&[
        "prelabel",
        "new.html",
        "--model",
        "m.crf",
        "--schema",
        "titles.toml",
    ]);
    let record: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    let labels: Vec<&str> = record["regions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|region| region["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["title", "body"], "{record}");
}

#[test]
fn corrections_pay() {
    let desk = Desk::new();
    // A site that puts its stories into the shape of menus, which no model expects.
    let mut lines = String::new();
    for n in 0..30 {
        let text =
            format!("Wire {n}\nSports Desk Item\nGoal by player {n}\nAll Rights Reserved Here");
        let at = |words: &str| text.find(words).unwrap();
        let (item, goal) = (at("Sports"), at("Goal"));
        let end = at("All") - 1;
        let record = json!({"id": n.to_string(), "site": "wire", "text": text, "regions": [
            {"start": 0, "end": item - 1, "label": "nav"},
            {"start": item, "end": goal - 1, "label": "body"},
            {"start": goal, "end": end, "label": "comment"},
            {"start": end + 1, "end": text.len(), "label": "nav"},
        ]});
        lines.push_str(&format!("{record}\n"));
    }
    desk.write("wire.jsonl", lines);
    let run = desk.run(&["simulate", "wire.jsonl", "--svg", "curve.svg"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let (cold, learning) = (figure(&run, "21-30", 2), figure(&run, "21-30", 3));
    assert!(learning < cold * 0.5, "{}", run.stdout);
    assert_eq!(figure(&run, "1-10", 1), 4.0);
    assert!(desk.read("curve.svg").ends_with("</svg>\n"));
    let each = desk.run(&["simulate", "wire.jsonl", "--each"]);
    assert_eq!(each.stdout.lines().count(), 31);
    // Before the first correction both are one.
    let first: Vec<&str> = each.stdout.lines().nth(1).unwrap().split('\t').collect();
    assert_eq!(first[3], first[4]);
}

#[test]
fn what_is_no_gold_or_no_model_is_told() {
    let desk = Desk::new();
    desk.write(
        "empty.jsonl",
        "{\"id\":\"a\",\"text\":\"One.\",\"status\":\"todo\"}\n",
    );
    let run = desk.run(&["train", "empty.jsonl", "--out", "m.crf"]);
    run.ended(
        1,
        "",
        "error: there is nothing to learn from: no record has regions\n",
    );
    assert_eq!(desk.files(), ["empty.jsonl"]);
    desk.write("m.crf", "not a model");
    let run = desk.run(&["prelabel", "empty.jsonl", "--model", "m.crf"]);
    run.ended(
        1,
        "",
        "error: m.crf: not a region model\nhint: name a file that `copydesk train` wrote\n",
    );
    let run = desk.run(&["evaluate", "nowhere.jsonl"]);
    run.ended(1, "", "error: there is no file or folder nowhere.jsonl\n");
}
