//! `lint --model-check`: finished labels that the models doubt.

use serde_json::{Value, json};

use super::program::Desk;

/// Finished records that name the same people; in the third, a person is tagged as an organisation,
/// and in the fifth one is left out.
fn finished() -> String {
    let articles = [
        "On Monday [PERSON Angela Merkel] met [PERSON Emmanuel Macron] in [GPE Berlin].",
        "[PERSON Emmanuel Macron] then flew from [GPE Berlin] to [GPE Paris].",
        "In [GPE Paris], [ORG Angela Merkel] said that she was tired.",
        "[PERSON Angela Merkel] and [PERSON Emmanuel Macron] spoke in [GPE Paris] on Friday.",
        "President Emmanuel Macron called [PERSON Angela Merkel] from [GPE Paris].",
        "[PERSON Angela Merkel] left [GPE Berlin] on Sunday.",
    ];
    let record = |(nth, marked): (usize, &&str)| {
        let (mut text, mut entities) = (String::new(), Vec::new());
        for (at, part) in marked.split(['[', ']']).enumerate() {
            if at % 2 == 0 {
                text.push_str(part);
                continue;
            }
            let (label, words) = part.split_once(' ').unwrap();
            let start = text.chars().count();
            text.push_str(words);
            let end = text.chars().count();
            entities.push(json!({"start": start, "end": end, "label": label}));
        }
        let regions = [json!({"start": 0, "end": text.chars().count(), "label": "body"})];
        let id = format!("a{}", nth + 1);
        let record = json!({
            "id": id, "text": text, "regions": regions, "entities": entities, "status": "done", "annotator": "maria",
        });
        format!("{record}\n")
    };
    articles.iter().enumerate().map(record).collect()
}

#[test]
fn slips_in_finished_work_come_first_and_say_why() {
    let desk = Desk::new();
    desk.write("gold.jsonl", finished());
    assert_eq!(
        desk.run(&["import", "d.copydesk", "gold.jsonl"]).code,
        Some(0)
    );
    let words = ["lint", "d.copydesk", "--model-check", "--task", "entities"];
    let run = desk.run(&words);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let line = run.stdout.lines().find(|line| line.contains("\ta3\t"));
    let fields: Vec<&str> = line.unwrap().split('\t').collect();
    assert_eq!(
        fields[1..6],
        ["a3", "10..23", "ORG", "PERSON", "Angela Merkel"]
    );
    assert!(fields[6].starts_with("Models that have not seen this article say PERSON"));
    assert!(
        run.stdout
            .contains("\ta5\t10..25\t-\tPERSON\tEmmanuel Macron"),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("finished articles"), "{}", run.stderr);

    let json = desk.run(&[&words[..], &["--top", "1", "--json"]].concat());
    let lines: Vec<Value> = json
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["task"], "entities");
    assert!(lines[0]["score"].as_f64().unwrap() > 0.5);
    assert_eq!(desk.run(&words).stdout, run.stdout, "the same again");
}

#[test]
fn the_work_of_others_is_learnt_from_but_not_judged() {
    let desk = Desk::new();
    desk.write("gold.jsonl", finished());
    desk.run(&["import", "d.copydesk", "gold.jsonl"]);
    let words = ["lint", "d.copydesk", "--model-check", "--task", "entities"];
    let run = desk.run(&[&words[..], &["--annotator", "paul"]].concat());
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""));
    assert!(run.stderr.contains("0 labels doubted"), "{}", run.stderr);
    // What there is to check has to be said.
    assert_eq!(desk.run(&["lint", "d.copydesk"]).code, Some(2));
}
