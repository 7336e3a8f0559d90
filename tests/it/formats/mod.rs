//! Other programs read what we write.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "clippy knows tests, but not the functions that tests share"
)]

mod auto;
mod field;
mod pages;
mod record;
mod stories;
mod training;
mod unopened;

use std::process::Command;

use crate::cli::program::Desk;

/// Reads records as anybody would, and says what each span covers.
const READER: &str = r#"
import json, sys
for line in open(sys.argv[1], encoding="utf-8", newline="\n"):
    record = json.loads(line)
    keys = list(record)
    assert keys[:13] == ["format", "id", "text", "regions", "entities", "status", "annotator", "updated_at",
                         "language", "url", "source", "suggested_by", "meta"], keys
    for kind in ("regions", "entities"):
        for span in record[kind]:
            print(span["label"], ascii(record["text"][span["start"]:span["end"]]))
"#;

#[test]
fn python_reads_the_same_spans() {
    let desk = Desk::new();
    desk.write("read.py", READER).write(
        "in.jsonl",
        "{\"id\":\"a\",\"text\":\"A😀 Angela Merkel\\r\\nvisited e\u{301} Paris.\\u0000\u{2028}\",\
         \"regions\":[{\"start\":0,\"end\":16,\"label\":\"nav\"},{\"start\":18,\"end\":34,\"label\":\"body\"}],\
         \"entities\":[{\"start\":3,\"end\":16,\"label\":\"PERSON\"},{\"start\":29,\"end\":34,\"label\":\"GPE\"},{\"start\":26,\"end\":28,\"label\":\"ORG\"}],\
         \"annotator\":\"maria\",\"status\":\"done\"}\n",
    );
    desk.run(&["import", "d.copydesk", "in.jsonl"])
        .well("", "created the dataset d.copydesk\nadded 1 article\n");
    desk.run(&["export", "d.copydesk", "--out", "out.jsonl"])
        .well("", "exported 1 record\n");
    let python = Command::new("python3")
        .arg(desk.path("read.py"))
        .arg(desk.path("out.jsonl"))
        .output();
    let Ok(python) = python else {
        println!("skipped: there is no python3 here");
        return;
    };
    assert!(
        python.status.success(),
        "{}",
        String::from_utf8_lossy(&python.stderr)
    );
    assert_eq!(
        String::from_utf8_lossy(&python.stdout),
        "nav 'A\\U0001f600 Angela Merkel'\nbody 'visited e\\u0301 Paris'\nPERSON 'Angela Merkel'\nORG 'e\\u0301'\nGPE 'Paris'\n"
    );
}
