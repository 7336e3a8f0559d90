//! `prelabel` as a filter in a pipe, and `validate`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Child;

use super::program::{Desk, Run, record};

fn records(run: &Run) -> Vec<serde_json::Value> {
    run.stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn one_record_in_is_one_record_out_also_for_bad_ones() {
    let desk = Desk::new();
    let input = "{\"id\":\"a\",\"text\":\"The ferry to Gozo stayed in port on Tuesday, the harbour master of Valletta said.\"}\n\
                 not json\n\
                 \n\
                 {\"id\":\"c\",\"text\":5}\n\
                 {\"id\":\"d\",\"html\":\"<p>The bridge over the Elbe opened on Monday, the city said.</p>\"}\n";
    let run = desk.run_with(&["prelabel", "-", "--task", "regions"], input.as_bytes());
    assert_eq!(run.code, Some(3));
    assert_eq!(
        run.stderr,
        "-:2: E001 not JSON: expected ident, at column 2\n\
         -:4: E004 `text`: invalid type: integer `5`, expected a string, at column 18\n\
         4 records processed; 2 are bad\n"
    );
    let out = records(&run);
    let ids: Vec<&str> = out
        .iter()
        .map(|record| record["id"].as_str().unwrap())
        .collect();
    assert_eq!((ids[0], ids[2], ids[3]), ("a", "c", "d"));
    assert!(ids[1].starts_with("bad-"), "{}", ids[1]);
    assert_eq!(
        out[2]["error"],
        "E004 `text`: invalid type: integer `5`, expected a string, at column 18"
    );
    assert_eq!(out[2]["regions"], serde_json::json!([]));
    assert!(
        out[0]["regions"][0]["score"].as_f64().is_some(),
        "{}",
        out[0]
    );
    assert!(out[0].get("error").is_none());
    assert_eq!(
        out[3]["text"],
        "The bridge over the Elbe opened on Monday, the city said."
    );
    // An error record does not become an article.
    desk.write("out.jsonl", &run.stdout);
    let import = desk.run(&["import", "d.copydesk", "out.jsonl"]);
    assert_eq!(import.code, Some(3));
    assert!(
        import
            .stderr
            .ends_with("added 2 articles; 2 were refused\n"),
        "{}",
        import.stderr
    );
    assert!(
        import
            .stderr
            .contains("out.jsonl:3: E023 the record reports that its input was bad: E004"),
        "{}",
        import.stderr
    );
}

#[test]
fn the_order_and_the_bytes_do_not_depend_on_the_threads() {
    let desk = Desk::new();
    let mut input = String::new();
    for n in 0..1500 {
        let words = "A sentence of a story that goes on for a while. ".repeat(1 + (n * 7919) % 40);
        input.push_str(&format!("{{\"id\":\"{n}\",\"text\":\"{words}\"}}\n"));
    }
    let runs: Vec<Run> = ["1", "2", "8"]
        .map(|jobs| {
            desk.run_with(
                &["prelabel", "--jobs", jobs, "--from", "jsonl"],
                input.as_bytes(),
            )
        })
        .into();
    runs[0].ended(0, &runs[0].stdout, "");
    let ids: Vec<String> = records(&runs[0])
        .iter()
        .map(|record| record["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, (0..1500).map(|n| n.to_string()).collect::<Vec<_>>());
    assert!(runs.iter().all(|run| *run == runs[0]));
}

#[test]
fn what_a_person_labelled_stays_and_files_carry_their_names() {
    let desk = Desk::new();
    desk.write(
        "in/a.txt",
        "The ferry to Gozo stayed in port on Tuesday, the harbour master said.",
    );
    desk.write("in/b.jsonl", record("b", "Malta waits."));
    let run = desk.run(&["prelabel", "in"]);
    let out = records(&run);
    assert_eq!(out[0]["source"], "in/a.txt");
    assert_eq!(
        run.stdout.lines().nth(1),
        Some(record("b", "Malta waits.").trim_end())
    );
}

#[test]
fn an_answer_comes_before_the_next_question() {
    // A program that asks for one record at a time must not wait for a buffer to fill.
    let desk = Desk::new();
    let mut child = desk
        .command(&["prelabel", "-", "--from", "jsonl"])
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    for n in 0..3 {
        writeln!(stdin, "{{\"id\":\"{n}\",\"text\":\"Hello\"}}").unwrap();
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        assert!(
            line.starts_with(&format!("{{\"format\":\"copydesk/1\",\"id\":\"{n}\"")),
            "{line}"
        );
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn who_closes_the_pipe_has_seen_enough() {
    let desk = Desk::new();
    let line = record("a", "Malta waits.");
    desk.write("in.jsonl", line.repeat(20_000));
    let mut child = desk.command(&["prelabel", "in.jsonl"]).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    assert_eq!(first, line);
    drop(out);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(
        (
            ended.status.code(),
            String::from_utf8_lossy(&ended.stderr).as_ref()
        ),
        (Some(0), "")
    );
}

#[test]
fn who_has_seen_enough_faults_ends_the_check() {
    let desk = Desk::new();
    desk.write("in.jsonl", "not json\n".repeat(200_000));
    let mut child = desk.command(&["validate", "in.jsonl"]).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    assert!(first.starts_with("in.jsonl:1: E001 "), "{first}");
    drop(out);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
}

#[cfg(unix)]
fn interrupt(child: &Child) {
    let kill = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_an_import_and_keeps_what_was_added() {
    let desk = Desk::new();
    let mut child = desk
        .command(&["import", "d.copydesk", "-", "--from", "jsonl"])
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for n in 0..3 {
        stdin
            .write_all(record(&format!("a{n}"), &format!("Malta waits {n}.")).as_bytes())
            .unwrap();
    }
    stdin.flush().unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    errors.read_line(&mut line).unwrap();
    assert_eq!(line, "created the dataset d.copydesk\n");
    // Standard input stays open: the program hangs on it, and must stop all the same.
    std::thread::sleep(std::time::Duration::from_millis(500));
    interrupt(&child);
    let mut last = String::new();
    errors.read_line(&mut last).unwrap();
    assert_eq!(last, "stopped: added 3 articles\n");
    assert_eq!(child.wait().unwrap().code(), Some(1));
    drop(stdin);
    let stats = desk.run(&["stats", "d.copydesk", "--json"]).stdout;
    assert!(stats.contains("\"total\": 3"), "{stats}");
}

#[test]
fn a_check_names_each_fault_by_line() {
    let desk = Desk::new();
    let good = record("a", "Malta waits.");
    let lines = [
        good.as_str(),
        &good.replace("\"end\":12", "\"end\":99"),
        &good.replace(
            "{\"start\":0,\"end\":12,\"label\":\"body\"}",
            "{\"start\":2,\"end\":7,\"label\":\"nav\"},{\"start\":0,\"end\":3,\"label\":\"body\"}",
        ),
        &good.replace("Malta", "Gozo!"),
        &good.replace("GPE", "PLACE").replace("\"id\":\"a\",", ""),
        "{\"id\":\"z\"}\n",
    ];
    desk.write("in.jsonl", lines.concat());
    let run = desk.run(&["validate", "in.jsonl", "--schema", "news"]);
    run.ended(
        3,
        "in.jsonl:2: E010 regions[0] (\"body\" 0..99): offset 99 lies beyond the text, which has length 12\n\
         in.jsonl:3: E012 the region nav 2..7 overlaps the region body 0..3\n\
         in.jsonl:4: E017 the id a belongs to another text already\n\
         in.jsonl:5: W110 the record has no id; import makes one from the content\n\
         in.jsonl:5: W105 the label PLACE is not in the schema news\n\
         in.jsonl:6: E003 the record has neither `text` nor `html`\n",
        "6 records: 4 faults, 2 warnings\n",
    );
    desk.write("good.jsonl", &good);
    desk.run(&["validate", "good.jsonl"])
        .well("", "1 record: 0 faults, 0 warnings\n");
}
