//! What this program writes, it knows again without being told what it is.

use serde_json::{Value, json};

use crate::cli::program::Desk;

/// A record with all that a format may hold.
fn record() -> Value {
    let text = "Home News\n\nAda Byron met Bob Ray in Oslo today.";
    json!({
        "id": "a1", "text": text,
        "regions": [{"start": 0, "end": 9, "label": "nav"}, {"start": 11, "end": 47, "label": "body"}],
        "entities": [
            {"start": 11, "end": 20, "label": "PERSON", "kb_id": "Q7259", "notes": "the countess"},
            {"start": 25, "end": 32, "label": "PERSON"},
            {"start": 36, "end": 40, "label": "GPE"},
        ],
        "status": "done", "annotator": "maria", "updated_at": "2026-11-22T18:24:05Z",
        "language": "en", "url": "https://example.org/a", "source": "articles/0001.txt",
        "meta": {"site": "example.org"},
    })
}

/// The entities of a record, each as its label and its words.
pub(super) fn words(record: &Value) -> Vec<String> {
    let text: Vec<char> = record["text"].as_str().unwrap().chars().collect();
    let entities = record["entities"].as_array().unwrap().iter();
    entities
        .map(|entity| {
            let at = |name: &str| entity[name].as_u64().unwrap() as usize;
            let words: String = text[at("start")..at("end")].iter().collect();
            format!("{} {words}", entity["label"].as_str().unwrap())
        })
        .collect()
}

const NAMES: [&str; 3] = ["PERSON Ada Byron", "PERSON Bob Ray", "GPE Oslo"];

#[test]
fn every_export_is_known_by_its_content() {
    for (format, out) in [
        ("jsonl", "out.jsonl"),
        ("prodigy", "out.jsonl"),
        ("doccano", "out.jsonl"),
        ("labelbuddy", "out.jsonl"),
        ("web-annotation", "out.jsonl"),
        ("label-studio", "out.json"),
        ("label-studio-html", "out.json"),
        ("gliner", "out.json"),
        ("spans-csv", "out.csv"),
        ("spans-tsv", "out.tsv"),
        ("conll", "out.conll"),
        ("conllu", "out.conllu"),
        ("spacy", "out.spacy"),
        ("hf-parquet", "folder"),
        ("brat", "folder"),
        ("cas-json", "folder"),
        ("cas-xmi", "folder"),
        ("webanno-tsv", "folder"),
    ] {
        let desk = Desk::new();
        desk.write("in.jsonl", format!("{}\n", record()));
        let mut words_of_run = vec!["convert", "in.jsonl", "--to", format, "--out", out];
        if ["prodigy", "conllu", "hf-parquet"].contains(&format) {
            words_of_run.extend(["--outside", "negative"]); // the whole article, as it is
        }
        let run = desk.run(&words_of_run);
        assert_eq!(run.code, Some(0), "{format}: {}", run.stderr);
        let back = desk.run(&["convert", out]);
        assert_eq!(back.code, Some(0), "{format}: {}", back.stderr);
        assert_eq!(back.stdout.lines().count(), 1, "{format}: {}", back.stdout);
        let back: Value = serde_json::from_str(&back.stdout).unwrap();
        assert_eq!(words(&back), NAMES, "{format}");
        if ["conll", "gliner", "webanno-tsv"].contains(&format) {
            continue; // they hold no regions, or say nothing of the article
        }
        let came = record();
        for name in [
            "id",
            "status",
            "annotator",
            "updated_at",
            "language",
            "url",
            "source",
            "meta",
        ] {
            assert_eq!(back[name], came[name], "{format}: {name}");
        }
        assert_eq!(back["regions"], came["regions"], "{format}");
        assert_eq!(back["entities"], came["entities"], "{format}");
    }
}

#[test]
fn what_is_known_of_a_span_is_counted_where_it_is_lost() {
    let desk = Desk::new();
    desk.write("in.jsonl", format!("{}\n", record()));
    let run = desk.run(&["convert", "in.jsonl", "--to", "conll"]);
    assert!(
        run.stderr
            .contains("1 span without its other fields, such as kb_id"),
        "{}",
        run.stderr
    );
    let strict = desk.run(&["convert", "in.jsonl", "--to", "conll", "--strict"]);
    assert_eq!(strict.code, Some(1));
    let prodigy = desk.run(&["convert", "in.jsonl", "--to", "prodigy"]);
    let task: Value = serde_json::from_str(&prodigy.stdout).unwrap();
    assert_eq!(task["spans"][0]["kb_id"], "Q7259");
    assert_eq!(task["spans"][0]["notes"], "the countess");
}

#[test]
fn labels_that_would_be_lost_stop_the_run() {
    let desk = Desk::new();
    desk.write(
        "doccano.jsonl",
        "{\"id\":1,\"text\":\"Ada met Bob.\",\"label\":[[0,3,\"PER\"]]}\n",
    );
    // Known by its content, whatever it is called.
    let run = desk.run(&["convert", "doccano.jsonl"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let record: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(words(&record), ["PER Ada"]);
    for words in [
        &["convert", "doccano.jsonl", "--from", "jsonl"][..],
        &["import", "d.copydesk", "doccano.jsonl", "--from", "jsonl"],
    ] {
        let run = desk.run(words);
        assert_eq!(run.code, Some(1), "{words:?}: {}", run.stderr);
        assert!(
            run.stderr.contains("doccano.jsonl:1: E027") && run.stderr.contains("`label`"),
            "{}",
            run.stderr
        );
    }
    desk.write(
        "native.jsonl",
        "{\"id\":\"a\",\"text\":\"Ada met Bob.\",\"entities\":[{\"start\":0,\"end\":3,\"label\":\"PER\"}]}\n",
    );
    let run = desk.run(&["convert", "native.jsonl", "--from", "prodigy"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("E027"), "{}", run.stderr);
}

#[test]
fn records_in_another_encoding_are_read_and_told() {
    let desk = Desk::new();
    let line = "{\"text\":\"Grete M\u{f6}ller\",\"label\":[[0,12,\"PER\"]]}\n";
    let narrow: Vec<u8> = line.chars().map(|c| c as u8).collect();
    desk.write("narrow.jsonl", narrow);
    let run = desk.run(&["convert", "narrow.jsonl"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let record: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(words(&record), ["PER Grete Möller"]);
    assert!(
        run.stderr
            .contains("narrow.jsonl: W101 the file is not UTF-8 and was read as windows-1252"),
        "{}",
        run.stderr
    );
    let mut broken = "„Ada“\tB-PER\n".as_bytes().to_vec();
    broken.extend(b"Caf\xe9\tO\n");
    desk.write("broken.conll", broken);
    let run = desk.run(&["convert", "broken.conll"]);
    assert!(
        run.stdout.contains("„Ada“ Caf\u{fffd}") && run.stderr.contains("broken.conll: W101"),
        "{} {}",
        run.stdout,
        run.stderr
    );
}

#[test]
fn a_conversion_takes_what_is_asked_for() {
    let desk = Desk::new();
    let mut lines = format!("{}\n", record());
    for nth in 0..20 {
        let mut other = record();
        other["id"] = json!(format!("b{nth}"));
        other["status"] = json!(if nth % 2 == 0 { "done" } else { "todo" });
        other["annotator"] = json!("");
        let words: Vec<String> = (0..40)
            .map(|word| format!("w{}", word * 31 + nth * 7))
            .collect();
        other["text"] = json!(format!("Ada Byron {}", words.join(" ")));
        other["regions"] = json!([]);
        other["entities"] = json!([{"start": 0, "end": 9, "label": "PERSON"}]);
        lines.push_str(&format!("{other}\n"));
    }
    desk.write("in.jsonl", lines);
    let run = desk.run(&[
        "convert",
        "in.jsonl",
        "--status",
        "done",
        "--task",
        "entities",
        "--labels",
        "PERSON=PER,GPE=",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout.lines().count(), 11);
    let first: Value = serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(words(&first), ["PER Ada Byron", "PER Bob Ray"]);
    assert_eq!(first["regions"], json!([]));
    for told in [
        "10 records with another status",
        "12 labels renamed",
        "1 span removed",
        "2 regions left out",
    ] {
        assert!(run.stderr.contains(told), "{told}: {}", run.stderr);
    }

    let split = |out: &str| {
        desk.run(&[
            "convert",
            "in.jsonl",
            "--split",
            "train=0.5,test=0.5",
            "--to",
            "conll",
            "--out",
            out,
        ])
    };
    let run = split("parts");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    split("again");
    for part in ["train.conll", "test.conll"] {
        let one = desk.read(&format!("parts/{part}"));
        assert_eq!(one, desk.read(&format!("again/{part}")));
        assert!(one.contains("B-PERSON"), "{part}");
    }
    let usage = desk.run(&["convert", "in.jsonl", "--split", "train=0.5,test=0.5"]);
    assert_eq!(usage.code, Some(2), "{}", usage.stderr);
}

#[test]
fn entries_of_knowledge_bases_pass_between_tools() {
    let desk = Desk::new();
    desk.write("a/one.txt", "Ada Byron left.").write(
        "a/one.ann",
        "T1\tPER 0 9\tAda Byron\nN1\tReference T1 Wikidata:Q7259\tAda Lovelace\n",
    );
    let run = desk.run(&["convert", "a", "--to", "cas-json", "--out", "cas"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let file = desk.path("cas");
    let mut files = std::fs::read_dir(file)
        .unwrap()
        .map(|file| file.unwrap().path());
    let cas = files
        .find(|file| file.to_string_lossy().ends_with(".cas.json"))
        .unwrap();
    // What INCEpTION knows, without what this program adds for itself.
    let mut cas: Value = serde_json::from_str(&std::fs::read_to_string(cas).unwrap()).unwrap();
    let structures = cas["%FEATURE_STRUCTURES"].as_array_mut().unwrap();
    structures.retain(|structure| structure["%TYPE"] != "copydesk.Facts");
    desk.write("theirs.cas.json", cas.to_string());
    let run = desk.run(&["convert", "theirs.cas.json"]);
    let record: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(words(&record), ["PER Ada Byron"], "{}", run.stderr);
    assert_eq!(record["entities"][0]["kb_id"], "Wikidata:Q7259");
}
