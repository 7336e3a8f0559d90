//! Agreement between annotators: the figures of the field's libraries, and what the command
//! reports.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::program::{Desk, Run};

fn well(run: Run) -> String {
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    run.stdout
}

/// A finished record.
fn record(id: &str, annotator: &str, text: &str, regions: &Value, entities: &Value) -> String {
    let record = json!({
        "id": id, "text": text, "regions": regions, "entities": entities,
        "status": "done", "annotator": annotator, "updated_at": "2026-11-30T08:00:00Z",
    });
    format!("{record}\n")
}

fn span(start: u32, end: u32, label: &str) -> Value {
    json!({"start": start, "end": end, "label": label})
}

// -- the gold ------------------------------------------------------------------------------------

/// Compares every value that is expected with the one that was found.
fn differences(expected: &Value, found: &Value, path: &str, out: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), found) => {
            // Of gamma the disorder is exact, gamma is an estimate, and the rest is how the library
            // estimated it.
            let is_gamma = expected.contains_key("observed_disorder");
            for (name, value) in expected {
                let path = format!("{path}/{name}");
                let found = &found[name];
                let near = |limit: f64| {
                    let both = (value.as_f64(), found.as_f64());
                    match both {
                        (Some(a), Some(b)) => (a - b).abs() <= limit,
                        _ => value.is_null() && found.is_null(),
                    }
                };
                match name.as_str() {
                    "observed_disorder" if !near(1e-3) => {
                        out.push(format!("{path}: {found} for {value}"));
                    }
                    "gamma" if is_gamma && !near(0.03) => {
                        out.push(format!("{path}: {found} for {value}"));
                    }
                    _ if is_gamma => {}
                    _ => differences(value, found, &path, out),
                }
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (at, (expected, found)) in expected.iter().zip(found).enumerate() {
                differences(expected, found, &format!("{path}/{at}"), out);
            }
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            if (a - b).abs() > 1e-6 {
                out.push(format!("{path}: {b} for {a}"));
            }
        }
        (expected, found) if expected == found => {}
        (expected, found) => out.push(format!("{path}: {found} for {expected}")),
    }
}

/// Whether each figure without a value says why, in the same object or the one that holds it.
fn unexplained(found: &Value, path: &str, out: &mut Vec<String>) {
    let Value::Object(fields) = found else { return };
    for (name, value) in fields {
        let path = format!("{path}/{name}");
        if value.is_null() && !["first", "second", "f1", "nervaluate_f1"].contains(&name.as_str()) {
            if fields.get("why").and_then(|why| why.get(name)).is_none() {
                out.push(path);
            }
        } else if name != "why"
            && name != "alpha_u_1995"
            && name != "gamma"
            && name != "boundary_similarity"
        {
            unexplained(value, &path, out);
        }
    }
}

#[test]
fn every_figure_is_that_of_the_fields_libraries() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/agreement");
    let Ok(expected) = fs::read_to_string(folder.join("expected.json")) else {
        eprintln!("skipped: {} is not there", folder.display());
        return;
    };
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let mut wrong = Vec::new();
    for (case, expected) in expected["cases"].as_object().unwrap() {
        let desk = Desk::new();
        let mut words = vec!["agreement".to_owned()];
        let mut files: Vec<_> = fs::read_dir(folder.join(case))
            .unwrap()
            .map(|entry| entry.unwrap().path().display().to_string())
            .collect();
        files.sort();
        words.append(&mut files);
        words.push("--json".to_owned());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let found: Value = serde_json::from_str(&well(desk.run(&words))).unwrap();
        let mut expected = expected.clone();
        let fields = expected.as_object_mut().unwrap();
        fields.remove("split");
        fields.remove("about");
        differences(&expected, &found, case, &mut wrong);
        unexplained(&found["pairs"], case, &mut wrong);
        unexplained(&found["all"], case, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

// -- the command ---------------------------------------------------------------------------------

const TEXT: &str = "Home\nAda Berg met Bo in Gozo.";

/// Two annotators of two articles; the first is ada's and ben's, of the second ben has not
/// finished.
fn two_people(desk: &Desk) {
    let nav = json!([span(0, 4, "nav"), span(5, 29, "body")]);
    let body = json!([span(0, 29, "body")]);
    let ada = json!([
        span(5, 13, "PERSON"),
        span(18, 20, "PERSON"),
        span(24, 28, "GPE")
    ]);
    let ben = json!([span(5, 13, "PERSON"), span(18, 20, "ORG")]);
    let other = "Rain in Gozo.";
    let all = json!([span(0, 13, "body")]);
    let none = json!([]);
    let lines = record("a1", "ada", TEXT, &nav, &ada) + &record("a2", "ada", other, &all, &none);
    desk.write("ada.jsonl", lines);
    let begun = record("a2", "ben", other, &all, &none).replace("\"done\"", "\"started\"");
    desk.write("ben.jsonl", record("a1", "ben", TEXT, &body, &ben) + &begun);
}

#[test]
fn the_table_shows_the_headline_the_pairs_the_labels_and_what_is_left_out() {
    let desk = Desk::new();
    two_people(&desk);
    let told = well(desk.run(&["agreement", "ada.jsonl", "ben.jsonl"]));
    let told: Vec<&str> = told.split(' ').filter(|word| !word.is_empty()).collect();
    let told = told.join(" ");
    for line in [
        "2 annotators, 1 article done by more than one",
        // 19 of 23 characters; F1 of one of 3 and 2 entities is 2/5.
        "entities, F1 of exact spans 0.400 a confidence interval needs at least two articles",
        "regions, same characters 0.826",
        "ada, ben 1 0.826",
        "PERSON 1 2 1 0.667",
        "nav 4 . .",
        "left out: 1 annotation",
        "a2 by ben: not finished (started)",
        "2 annotations were imported",
    ] {
        assert!(told.contains(line), "{line} is not in\n{told}");
    }
}

#[test]
fn every_cell_of_the_confusion_lists_its_places() {
    let desk = Desk::new();
    two_people(&desk);
    let listed = well(desk.run(&["agreement", "ada.jsonl", "ben.jsonl", "--list"]));
    assert_eq!(
        listed,
        "regions\ta1\t0\t4\tada\tben\tnav\tbody\tHome\n\
         entities\ta1\t18\t20\tada\tben\tPERSON\tORG\tBo\n\
         entities\ta1\t24\t28\tada\tben\tGPE\t-\tGozo\n"
    );
    let told = well(desk.run(&["agreement", "ada.jsonl", "ben.jsonl", "--json"]));
    let told: Value = serde_json::from_str(&told).unwrap();
    let cells = told["confusion"]["entities"].as_array().unwrap();
    let cell = cells
        .iter()
        .find(|cell| cell["first"] == "GPE" && cell["second"].is_null())
        .unwrap();
    assert_eq!(cell["entities"], 1);
    assert_eq!(
        cell["places"],
        json!([{"article": "a1", "annotators": ["ada", "ben"], "start": 24, "end": 28, "words": "Gozo"}])
    );
    assert_eq!(
        told["left_out"],
        json!([{"article": "a2", "annotator": "ben", "why": "not finished (started)"}])
    );
    assert_eq!(told["by_article"]["a1"]["exact_f1"], json!(0.4));
    assert_eq!(told["by_day"][0]["articles"], 1);
    let articles = &told["articles"];
    assert_eq!(articles["a1"]["done_by"], json!(["ada", "ben"]));
    assert_eq!(articles["a2"]["done_by"], json!(["ada"]));
}

#[test]
fn a_dataset_gives_the_same_figures_as_the_files_it_was_made_of() {
    let desk = Desk::new();
    two_people(&desk);
    well(desk.run(&["import", "news.copydesk", "ada.jsonl", "ben.jsonl"]));
    let of = |words: &[&str]| -> Value {
        let told = well(desk.run(words));
        serde_json::from_str(&told).unwrap()
    };
    let files = of(&["agreement", "ben.jsonl", "ada.jsonl", "--json"]);
    let dataset = of(&["agreement", "news.copydesk", "--json"]);
    assert_eq!(files, dataset);
    let both = of(&["agreement", "news.copydesk", "ada.jsonl", "--json"]);
    assert_eq!(files["pairs"], both["pairs"]);
}

#[test]
fn who_saw_a_colleagues_labels_is_left_out_and_named() {
    let desk = Desk::new();
    two_people(&desk);
    let review = record("a1", "cleo", TEXT, &json!([]), &json!([])).replace(
        "\"done\"",
        "\"done\",\"meta\":{\"started_from\":\"person 1 ada\"}",
    );
    desk.write("cleo.jsonl", review);
    let told = well(desk.run(&[
        "agreement",
        "ada.jsonl",
        "ben.jsonl",
        "cleo.jsonl",
        "--json",
    ]));
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["annotators"], json!(["ada", "ben"]));
    assert_eq!(
        told["left_out"][0],
        json!({"article": "a1", "annotator": "cleo", "why": "started from a colleague's labels"})
    );
}

#[test]
fn a_file_without_names_is_its_annotators_and_another_text_is_refused() {
    let desk = Desk::new();
    let none = json!([]);
    desk.write("ada.jsonl", record("a1", "", "One text.", &none, &none));
    desk.write("ben.jsonl", record("a1", "", "Another text.", &none, &none));
    let run = desk.run(&["agreement", "ada.jsonl", "ben.jsonl"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(run.stderr.contains("ben.jsonl:1"), "{}", run.stderr);
    assert!(
        run.stderr.contains("the id a1 belongs to another text"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("taken for ada, as the file is called"),
        "{}",
        run.stderr
    );
    assert!(run.stdout.contains("nothing to compare"), "{}", run.stdout);
}

#[test]
fn the_report_is_one_page_with_the_places_and_no_script() {
    let desk = Desk::new();
    two_people(&desk);
    let words = ["agreement", "ada.jsonl", "ben.jsonl", "--html", "out.html"];
    well(desk.run(&words));
    let page = desk.read("out.html");
    for part in [
        "<!DOCTYPE html>",
        "Agreement of 2 annotators",
        "entities, exact F1",
        "Regions that differ",
        "Entities that differ",
        "<td>Gozo</td>",
        "a2",
        "not finished (started)",
        "</html>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("<script") && !page.contains("http://"));
    let again = desk.run(&["agreement", "ada.jsonl", "ben.jsonl", "--html", "ada.jsonl"]);
    assert_eq!(again.code, Some(1), "{}", again.stderr);
}
