//! Exports of what nobody has opened, and of what several have done.

use serde_json::Value;

use super::auto::words;
use crate::cli::program::Desk;

fn records(lines: &str) -> Vec<Value> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

const PAGE: &str = "<!DOCTYPE html><title>Storm</title><nav><a href='/'>Home</a> <a href='/news'>News</a></nav>\
    <article><h1>Storm keeps ferries in port</h1><p>The ferry from Malta to Gozo stayed in port as winds reached 90 \
    kilometres an hour, the harbour master said, and it will not sail before Thursday.</p><p>Angela Merkel, who was to \
    visit the island, met Emmanuel Macron in Paris instead, her office in Berlin said on Tuesday.</p><p>The two leaders \
    spoke for an hour about the budget of the European Union, a spokesman told Reuters after the meeting, and they will \
    meet again in May.</p></article>";

#[test]
fn what_nobody_has_opened_goes_out_as_the_window_would_suggest_it() {
    let desk = Desk::new();
    desk.write("a.html", PAGE);
    assert_eq!(desk.run(&["import", "d.copydesk", "a.html"]).code, Some(0));
    let before = std::fs::read(desk.path("d.copydesk")).unwrap();
    let export = ["export", "d.copydesk", "--status", "any"];
    let run = desk.run(&export);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let record = records(&run.stdout).remove(0);
    // The same as without a dataset, since nothing was learnt.
    let prelabelled = records(&desk.run(&["prelabel", "a.html"]).stdout).remove(0);
    assert!(
        words(&record).contains(&"PERSON Angela Merkel".to_owned()),
        "{record:#}"
    );
    assert_eq!(words(&record), words(&prelabelled));
    assert_eq!(record["regions"], prelabelled["regions"]);
    assert!(record["entities"][0]["score"].as_f64().unwrap() > 0.0);
    assert_eq!(
        (record["status"].as_str(), record["annotator"].as_str()),
        (Some("todo"), Some(""))
    );
    let by = record["suggested_by"].as_array().unwrap();
    assert_eq!(by.len(), 1, "the regions are as when it came");
    assert_eq!(
        (&by[0]["task"], &by[0]["name"]),
        (&"entities".into(), &"copydesk".into())
    );
    // The same bytes again, and the dataset is as it was.
    assert_eq!(desk.run(&export).stdout, run.stdout);
    assert_eq!(std::fs::read(desk.path("d.copydesk")).unwrap(), before);
    // Done work alone has none of it.
    assert_eq!(desk.run(&["export", "d.copydesk"]).stdout, "");
}

#[test]
fn it_has_learnt_from_what_is_done() {
    let desk = Desk::new();
    let mut lines = String::new();
    for n in 0..6 {
        let text = format!(
            "On day {n} the board of Zorblax Quandry met, and Zorblax Quandry said it was well."
        );
        let at = |nth: usize| text.match_indices("Zorblax").nth(nth).unwrap().0;
        let entity = |start: usize| {
            format!(
                "{{\"start\":{start},\"end\":{},\"label\":\"ORG\"}}",
                start + 15
            )
        };
        lines += &format!(
            "{{\"id\":\"d{n}\",\"text\":\"{text}\",\"regions\":[{{\"start\":0,\"end\":{},\"label\":\"body\"}}],\"entities\":[{},{}],\
             \"status\":\"done\",\"annotator\":\"maria\"}}\n",
            text.len(),
            entity(at(0)),
            entity(at(1)),
        );
    }
    lines += "{\"id\":\"new\",\"text\":\"Nobody knew why Zorblax Quandry had closed its office that week, and it did not say.\"}\n";
    desk.write("in.jsonl", lines);
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    let run = desk.run(&["export", "d.copydesk", "--status", "todo"]);
    let found = records(&run.stdout);
    assert_eq!(found.len(), 1);
    assert_eq!(words(&found[0]), ["ORG Zorblax Quandry"]);
    let by = found[0]["suggested_by"].as_array().unwrap();
    let version = format!("{}+6", env!("CARGO_PKG_VERSION"));
    assert!(
        by.iter()
            .any(|model| model["task"] == "entities" && model["version"] == *version),
        "{by:?}"
    );
}

#[test]
fn label_studio_gets_one_task_with_an_annotation_for_each_annotator() {
    let desk = Desk::new();
    let record = |who: &str, label: &str, at: &str| {
        format!(
            "{{\"id\":\"a\",\"text\":\"Home\\nMalta waits\",\"regions\":[{{\"start\":0,\"end\":4,\"label\":\"nav\"}},{{\"start\":5,\"end\":16,\"label\":\"{label}\"}}],\
             \"entities\":[{{\"start\":5,\"end\":10,\"label\":\"GPE\"}}],\"status\":\"done\",\"annotator\":\"{who}\",\"updated_at\":\"{at}\",\"language\":\"en\"}}\n"
        )
    };
    desk.write(
        "in.jsonl",
        record("maria", "body", "2026-11-22T18:24:05Z")
            + &record("ben", "comment", "2026-11-23T18:24:05Z"),
    );
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    for format in ["label-studio", "label-studio-html"] {
        let export = [
            "export",
            "d.copydesk",
            "--format",
            format,
            "--annotators",
            "all",
            "--out",
            "tasks.json",
        ];
        desk.run(&export).well("", "exported 1 record\n");
        let tasks: Value = serde_json::from_str(&desk.read("tasks.json")).unwrap();
        let [task] = tasks.as_array().unwrap().as_slice() else {
            panic!("{tasks:#}")
        };
        let annotations = task["annotations"].as_array().unwrap();
        let who: Vec<&str> = annotations
            .iter()
            .map(|one| one["completed_by"]["email"].as_str().unwrap())
            .collect();
        assert_eq!(who, ["ben", "maria"]);
        let ids: Vec<u64> = annotations
            .iter()
            .chain([task])
            .map(|one| one["id"].as_u64().unwrap())
            .collect();
        assert!(
            ids[0] != ids[1] && ids[1] != ids[2] && ids.iter().all(|id| *id < 1 << 53),
            "{ids:?}"
        );
        assert_eq!(task["meta"]["id"], "a");
        assert_eq!(
            task["meta"]["annotator"],
            Value::Null,
            "that is said of each annotation"
        );
        // Read back, they are two records again, each with its own.
        let back = desk.run(&["convert", "tasks.json", "--from", format]);
        assert!(!back.stderr.contains("W103"), "{}", back.stderr);
        let back = records(&back.stdout);
        let told: Vec<_> = back
            .iter()
            .map(|one| {
                ["annotator", "updated_at", "status", "id"].map(|name| one[name].as_str().unwrap())
            })
            .collect();
        assert_eq!(
            told,
            [
                ["ben", "2026-11-23T18:24:05Z", "done", "a"],
                ["maria", "2026-11-22T18:24:05Z", "done", "a"],
            ]
        );
        assert_eq!(back[0]["regions"][1]["label"], "comment");
        assert_eq!(back[1]["regions"][1]["label"], "body");
    }
    // Each window is one annotator's.
    let run = desk.run(&[
        "export",
        "d.copydesk",
        "--format",
        "label-studio",
        "--annotators",
        "all",
        "--windows",
        "sentences",
    ]);
    let tasks: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert!(
        tasks.len() > 1
            && tasks
                .iter()
                .all(|task| task["annotations"].as_array().unwrap().len() == 1)
    );
    // Other ids differ by annotator, too.
    let run = desk.run(&[
        "export",
        "d.copydesk",
        "--format",
        "web-annotation",
        "--annotators",
        "all",
    ]);
    let mut ids: Vec<String> = records(&run.stdout)
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap().iter().chain([page]))
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), all), (8, 8));
}

#[test]
fn what_doccano_refuses_is_left_out_and_counted() {
    let desk = Desk::new();
    desk.write(
        "in.jsonl",
        "{\"id\":\"a\",\"text\":\"Malta waits.\"}\n{\"id\":\"b\",\"text\":\" \\n\"}\n",
    );
    for format in ["doccano", "conll"] {
        let run = desk.run(&["convert", "in.jsonl", "--to", format, "--out", "out"]);
        assert!(
            run.stderr.contains("1 article without text left out (b)"),
            "{format}: {}",
            run.stderr
        );
        assert!(
            run.stderr.contains("converted 1 record"),
            "{format}: {}",
            run.stderr
        );
        let run = desk.run(&["convert", "in.jsonl", "--to", format, "--strict"]);
        assert_eq!(run.code, Some(1), "{format}");
    }
}
