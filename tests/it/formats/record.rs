//! The contract of the native record: what is written keeps to the JSON Schema that the program
//! prints.

use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value};

use crate::cli::program::{Desk, record};

/// The pattern of `updated_at`: the only one that the schema has.
const TIME: &str = r"^$|^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$";

fn is_time(words: &str) -> bool {
    words.is_empty() || (words.ends_with('Z') && words.parse::<jiff::Timestamp>().is_ok())
}

/// Says where a value does not keep to a schema. A keyword that it does not know is an error:
/// nothing is passed over. Fields that the schema does not name are errors, too: we write none.
fn check(root: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let schema = schema.as_object().unwrap();
    let mut claim = |holds: bool, what: &str| {
        if !holds {
            wrong.push(format!("{at}: {what}: {value}"));
        }
    };
    let none = Map::new();
    let object = value.as_object().unwrap_or(&none);
    for (keyword, rule) in schema {
        match keyword.as_str() {
            "$schema"
            | "title"
            | "description"
            | "$defs"
            | "properties"
            | "items"
            | "additionalProperties"
            | "$ref" => {}
            "type" => claim(
                match rule.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "number" => value.is_number(),
                    "integer" => value.is_u64() || value.is_i64(),
                    other => panic!("the type {other}"),
                },
                "type",
            ),
            "enum" => claim(rule.as_array().unwrap().contains(value), "enum"),
            "minimum" => claim(value.as_f64() >= rule.as_f64(), "minimum"),
            "maximum" => claim(value.as_f64() <= rule.as_f64(), "maximum"),
            "minLength" => {
                let length = value.as_str().map_or(0, |words| words.chars().count());
                claim(length as u64 >= rule.as_u64().unwrap(), "minLength");
            }
            "pattern" => {
                assert_eq!(rule, TIME);
                claim(value.as_str().is_some_and(is_time), "pattern");
            }
            "required" => {
                for name in rule.as_array().unwrap() {
                    claim(object.contains_key(name.as_str().unwrap()), "required");
                }
            }
            other => panic!("the keyword {other}"),
        }
    }
    if let Some(name) = schema.get("$ref") {
        let name = name.as_str().unwrap().strip_prefix('#').unwrap();
        return check(root, root.pointer(name).unwrap(), value, at, wrong);
    }
    for (name, field) in object {
        let rule = schema
            .get("properties")
            .and_then(|known| known.get(name))
            .or(schema.get("additionalProperties"));
        let at = format!("{at}.{name}");
        match rule {
            Some(rule) => check(root, rule, field, &at, wrong),
            None => wrong.push(format!("{at}: not in the schema")),
        }
    }
    if let (Some(rule), Some(list)) = (schema.get("items"), value.as_array()) {
        for (index, one) in list.iter().enumerate() {
            check(root, rule, one, &format!("{at}[{index}]"), wrong);
        }
    }
}

fn wrong(schema: &Value, line: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    check(
        schema,
        schema,
        &serde_json::from_str(line).unwrap(),
        "",
        &mut wrong,
    );
    wrong
}

const PAGE: &str = "<!DOCTYPE html><title>Storm</title><nav>Home</nav><h1>Storm 😀</h1>\
    <p>Ada Borg of Malta spoke to Reuters on Tuesday, the harbour master said.</p>";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("in/a.html", PAGE)
        .write("in/b.jsonl", record("b", "Malta waits."))
        .write("in/c.jsonl", "{\"id\":\"cut\n")
        .write(
            "in/d.jsonl",
            "{\"id\":\"d\",\"text\":\"Ada Byron left.\",\"entities\":[{\"start\":0,\"end\":9,\"label\":\"PERSON\",\"kb_id\":\"Q7259\"}],\
             \"meta\":{\"remark\":\"hm\",\"site\":\"example.org\"},\"byline\":\"X\"}\n",
        );
    desk
}

#[test]
fn every_record_that_is_written_keeps_the_contract() {
    let desk = desk();
    let printed = desk.run(&["schema", "record"]);
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    let schema: Value = serde_json::from_str(&printed.stdout).unwrap();
    let mut lines = desk.run(&["prelabel", "in"]).stdout;
    lines += &desk
        .run(&["convert", "in/b.jsonl", "--windows", "2"])
        .stdout;
    desk.run(&["import", "d.copydesk", "in"]);
    for words in [&[][..], &["--scores"], &["--offsets", "utf16"]] {
        let mut all = vec!["export", "d.copydesk", "--status", "any"];
        all.extend(words);
        lines += &desk.run(&all).stdout;
    }
    assert!(lines.lines().count() >= 4 + 1 + 3 * 3, "{lines}");
    for line in lines.lines() {
        assert_eq!(wrong(&schema, line), [""; 0], "{line}");
        assert!(line.starts_with("{\"format\":\"copydesk/1\",\"id\":"));
    }
    for sign in [
        "\"error\":",
        "\"blocks\":",
        "\"score\":",
        "\"kb_id\":",
        "\"task\":\"entities\"",
    ] {
        assert!(lines.contains(sign), "{sign}");
    }
    // The check can fail.
    let sound = record("b", "Malta waits.");
    for (from, to) in [
        ("\"done\"", "\"finished\""),
        ("\"start\":0", "\"start\":-1"),
        ("\"start\":0", "\"begin\":0"),
        ("2026-11-22T18:24:05Z", "yesterday"),
        ("copydesk/1", "copydesk/2"),
        ("\"meta\":{}", "\"meta\":{\"n\":1}"),
        ("\"meta\":{}", "\"meta\":{},\"more\":1"),
        ("\"suggested_by\":[]", "\"suggested_by\":[{\"name\":\"x\"}]"),
    ] {
        assert!(
            !wrong(&schema, &sound.replacen(from, to, 1)).is_empty(),
            "{to}"
        );
    }
}

#[test]
fn the_example_of_the_docs_is_a_record() {
    let desk = Desk::new();
    let docs = include_str!("../../../docs/record.md");
    let example = docs.lines().find(|line| line.starts_with('{')).unwrap();
    desk.write("in.jsonl", example);
    desk.run(&["convert", "in.jsonl"])
        .well(&format!("{example}\n"), "converted 1 record\n");
    // Every field of the contract has its place there.
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "record"]).stdout).unwrap();
    let parts = [
        &schema,
        &schema["$defs"]["span"],
        &schema["$defs"]["model"],
        &schema["$defs"]["block"],
    ];
    for part in parts {
        for name in part["properties"].as_object().unwrap().keys() {
            assert!(
                docs.contains(&format!("`{name}`"))
                    || docs.contains(&format!("{name}}}"))
                    || name == "start"
                    || name == "end",
                "{name}"
            );
        }
    }
}

#[test]
fn models_are_named_in_what_they_suggested_and_nowhere_else() {
    let desk = desk();
    let version = env!("CARGO_PKG_VERSION");
    let by = |line: &str| -> Value {
        let record: Value = serde_json::from_str(line).unwrap();
        record["suggested_by"].clone()
    };
    let shipped =
        |task: &str| serde_json::json!({"task": task, "name": "copydesk", "version": version});
    let run = desk.run(&["prelabel", "in/a.html", "in/b.jsonl", "in/d.jsonl"]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(
        by(lines[0]),
        Value::from(vec![shipped("regions"), shipped("entities")])
    );
    assert_eq!(by(lines[1]), Value::Array(vec![]), "a person's work");
    let run = desk.run(&["prelabel", "in/a.html", "--task", "regions"]);
    assert_eq!(by(&run.stdout), Value::from(vec![shipped("regions")]));
    // What a record says goes through a dataset and through other formats.
    desk.write("labelled.jsonl", lines[0]);
    desk.run(&["import", "d.copydesk", "labelled.jsonl"]);
    let out = desk.run(&["export", "d.copydesk", "--status", "any"]);
    assert_eq!(by(&out.stdout), by(lines[0]));
    for format in ["prodigy", "doccano", "label-studio", "conllu", "spans-csv"] {
        let whole = ["--outside", "negative", "--windows", "off"];
        let convert = [
            "convert",
            "labelled.jsonl",
            "--to",
            format,
            "--out",
            "other",
        ];
        let out = desk.run(&[&convert[..], &whole].concat());
        assert_eq!(out.code, Some(0), "{format}: {}", out.stderr);
        let back = desk.run(&["convert", "other", "--from", format]);
        assert_eq!(back.code, Some(0), "{format}: {}", back.stderr);
        assert_eq!(by(&back.stdout), by(lines[0]), "{format}");
    }
}

#[test]
fn a_model_of_ones_own_has_its_files_name_and_hash() {
    let desk = Desk::new();
    desk.write("a.txt", "Ada Borg of Malta spoke to Reuters.");
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models/entities/world.tag");
    std::fs::copy(model, desk.path("mine.tag")).unwrap();
    let run = desk.run(&["prelabel", "a.txt", "--model", "mine.tag"]);
    let record: Value = serde_json::from_str(&run.stdout).unwrap();
    let by = record["suggested_by"].as_array().unwrap();
    assert_eq!(by[0]["name"], "copydesk");
    assert_eq!(by[1]["name"], "mine.tag");
    assert_eq!(by[1]["version"].as_str().unwrap().len(), 12);
}

#[test]
fn versions_are_told_apart() {
    let desk = Desk::new();
    let sound = record("b", "Malta waits.");
    let old = sound
        .replace("\"format\":\"copydesk/1\",", "")
        .replace("\"suggested_by\":[],", "");
    let line = |version: &str| sound.replace("copydesk/1", version);
    for (name, given) in [
        ("without", old.as_str()),
        ("same", sound.as_str()),
        ("smaller", &line("copydesk/1.7")),
    ] {
        desk.write("in.jsonl", given);
        let run = desk.run(&["convert", "in.jsonl"]);
        assert_eq!(
            (run.code, &run.stdout),
            (Some(0), &sound),
            "{name}: {}",
            run.stderr
        );
    }
    for version in ["copydesk/2", "copydesk/2.1", "copydesk/", "copydesk/x"] {
        desk.write("in.jsonl", line(version));
        let run = desk.run(&["convert", "in.jsonl"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{version}");
        assert!(
            run.stderr.contains("in.jsonl:1: E028")
                && run.stderr.contains(version)
                && run.stderr.contains("hint: "),
            "{}",
            run.stderr
        );
    }
    // Other programs have a field of that name.
    desk.write("in.jsonl", line("parquet"));
    let run = desk.run(&["convert", "in.jsonl"]);
    let record: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(record["meta"]["format"], "parquet");
    assert_eq!(record["format"], "copydesk/1");
}

/// Prints what it reads, and how bad lines are told.
const READ: &str = r#"
import gzip, sys
sys.path.insert(0, sys.argv[1])
from copydesk import RecordError, read
for path in sys.argv[2:4]:
    for record in read(path):
        spans = [(s.label, ascii(record.words(s)), s.attributes.get("kb_id")) for s in record.regions + record.entities]
        print(record.id, record.status, len(record.blocks), spans, [m.task for m in record.suggested_by])
try:
    list(read(sys.argv[4]))
except RecordError as error:
    print("refused", str(error).split(": ", 1)[1])
"#;

#[test]
fn the_reader_in_python_reads_what_is_written() {
    let has_python = Command::new("python3").arg("--version").output();
    if has_python.is_err() {
        println!("skipped: there is no python3");
        return;
    }
    let desk = desk();
    desk.write("read.py", READ).write(
        "newer.jsonl",
        record("n", "Malta waits.").replace("copydesk/1", "copydesk/2"),
    );
    let written = desk.run(&["prelabel", "in/a.html", "in/b.jsonl", "in/d.jsonl"]);
    desk.write("out.jsonl", &written.stdout);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, written.stdout.as_bytes()).unwrap();
    std::fs::write(desk.path("out.jsonl.gz"), packed.finish().unwrap()).unwrap();
    let reader = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
    let read = Command::new("python3")
        .arg("-B")
        .arg(desk.path("read.py"))
        .arg(reader)
        .args(["out.jsonl", "out.jsonl.gz", "newer.jsonl"].map(|name| desk.path(name)))
        .output()
        .unwrap();
    let told = String::from_utf8(read.stdout).unwrap();
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 7, "{told}");
    assert_eq!(lines[..3], lines[3..6]);
    assert!(
        lines[0].contains(" todo 3 [('nav', \"'Home'\", None)"),
        "{told}"
    );
    assert!(lines[0].ends_with("['regions', 'entities']"), "{told}");
    assert_eq!(
        lines[1],
        "b done 0 [('body', \"'Malta waits.'\", None), ('GPE', \"'Malta'\", None)] []"
    );
    assert!(
        lines[2].contains("('PERSON', \"'Ada Byron'\", 'Q7259')"),
        "{told}"
    );
    assert!(
        lines[6].starts_with("refused the record is of the format copydesk/2"),
        "{told}"
    );
}
