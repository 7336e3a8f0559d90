//! What an output may be written over, and what is said when it cannot be written.

use std::fs;
use std::process::Stdio;

use super::program::{Desk, record};

/// A folder with a dataset of three done articles, and gold records.
fn with_dataset() -> Desk {
    let desk = Desk::new();
    let records: String = ["one", "two", "three"]
        .map(|id| record(id, &format!("Paris is large, says {id}.")))
        .concat();
    desk.write("gold.jsonl", records);
    let imported = desk.run(&["import", "news.copydesk", "gold.jsonl"]);
    assert_eq!(imported.code, Some(0), "{}", imported.stderr);
    desk
}

#[test]
fn no_output_takes_the_place_of_a_dataset() {
    let desk = with_dataset();
    desk.run(&["import", "other.copydesk", "gold.jsonl"]);
    let before = ["news.copydesk", "other.copydesk"].map(|name| fs::read(desk.path(name)).unwrap());
    for words in [
        &["export", "news.copydesk", "--out", "news.copydesk"][..],
        &["export", "news.copydesk", "--out", "other.copydesk"],
        &["export", "news.copydesk", "--out", "other.copydesk-wal"],
        &[
            "export",
            "news.copydesk",
            "--format",
            "brat",
            "--out",
            "other.copydesk",
        ],
        &["stats", "news.copydesk", "--html", "other.copydesk"],
        &["stats", "news.copydesk", "--card", "news.copydesk"],
        &[
            "convert",
            "gold.jsonl",
            "--to",
            "conll",
            "--out",
            "news.copydesk",
        ],
        &[
            "train",
            "gold.jsonl",
            "--folds",
            "0",
            "--out",
            "news.copydesk",
        ],
        &[
            "train",
            "gold.jsonl",
            "--task",
            "entities",
            "--folds",
            "0",
            "--out",
            "news.copydesk",
        ],
        &["simulate", "gold.jsonl", "--svg", "news.copydesk"],
        &["copy", "news.copydesk", "other.copydesk"],
        &["copy", "news.copydesk", "news.copydesk", "--replace"],
    ] {
        let run = desk.run(words);
        assert_eq!(run.code, Some(1), "{words:?}: {}", run.stderr);
        assert!(
            run.stderr.contains("dataset") || run.stderr.contains("already"),
            "{words:?}: {}",
            run.stderr
        );
        for (name, before) in ["news.copydesk", "other.copydesk"].iter().zip(&before) {
            assert!(fs::read(desk.path(name)).unwrap() == *before, "{words:?}");
        }
    }
    assert_eq!(
        desk.files(),
        ["gold.jsonl", "news.copydesk", "other.copydesk"]
    );
}

#[test]
fn no_output_takes_the_place_of_an_input() {
    let desk = with_dataset();
    let gold = desk.read("gold.jsonl");
    desk.write("in/gold.jsonl", &gold);
    for words in [
        &[
            "convert",
            "gold.jsonl",
            "--to",
            "jsonl",
            "--out",
            "gold.jsonl",
        ][..],
        &[
            "convert",
            "*.jsonl",
            "--to",
            "jsonl",
            "--out",
            "./gold.jsonl",
        ],
        &["convert", "in", "--to", "jsonl", "--out", "in/gold.jsonl"],
        &["convert", "in", "--to", "brat", "--out", "in"],
        &["train", "gold.jsonl", "--folds", "0", "--out", "gold.jsonl"],
        &["train", "in", "--folds", "0", "--out", "in/gold.jsonl"],
        &["simulate", "gold.jsonl", "--svg", "gold.jsonl"],
    ] {
        let run = desk.run(words);
        assert_eq!(run.code, Some(1), "{words:?}: {}", run.stderr);
        assert!(
            run.stderr.contains("an input of this run"),
            "{words:?}: {}",
            run.stderr
        );
        assert_eq!(desk.read("gold.jsonl"), gold, "{words:?}");
        assert_eq!(desk.read("in/gold.jsonl"), gold, "{words:?}");
    }
}

#[test]
fn a_folder_export_leaves_what_people_put_or_corrected_there() {
    let desk = with_dataset();
    let export = [
        "export",
        "news.copydesk",
        "--format",
        "brat",
        "--out",
        "brat",
    ];
    assert_eq!(desk.run(&export).code, Some(0));
    desk.write("brat/notes.txt", "mine");
    let again = desk.run(&export);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(again.stderr.contains("kept 1 file in brat") && again.stderr.contains("notes.txt"));
    desk.write("brat/one.ann", "corrected");
    let refused = desk.run(&export);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("one.ann") && refused.stderr.contains("hint: "),
        "{}",
        refused.stderr
    );
    assert_eq!(desk.read("brat/one.ann"), "corrected");
    assert_eq!(desk.read("brat/notes.txt"), "mine");
    assert_eq!(desk.files(), ["brat", "gold.jsonl", "news.copydesk"]);
}

#[test]
fn a_copy_is_a_whole_dataset_in_one_file() {
    let desk = with_dataset();
    desk.run(&["copy", "news.copydesk", "copy.copydesk"])
        .well("", "wrote the copy copy.copydesk\n");
    let refused = desk.run(&["copy", "news.copydesk", "copy.copydesk"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("already"), "{}", refused.stderr);
    assert_eq!(
        desk.run(&["copy", "news.copydesk", "copy.copydesk", "--replace"])
            .code,
        Some(0)
    );
    let strange = desk.run(&["copy", "news.copydesk", "copy.db"]);
    assert!(
        strange.stderr.contains("copy.db.copydesk"),
        "{}",
        strange.stderr
    );
    let of = |name: &str| desk.run(&["export", name]).stdout;
    assert_eq!(of("copy.copydesk"), of("news.copydesk"));
    assert_eq!(
        desk.files(),
        ["copy.copydesk", "gold.jsonl", "news.copydesk"]
    );
}

#[test]
fn a_log_that_was_left_is_not_taken_for_that_of_a_new_dataset() {
    let desk = with_dataset();
    fs::remove_file(desk.path("news.copydesk")).unwrap();
    desk.write("news.copydesk-wal", "the edits of an earlier dataset");
    let import = ["import", "news.copydesk", "gold.jsonl"];
    let refused = desk.run(&import);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused
            .stderr
            .contains("news.copydesk-wal was left by an earlier dataset"),
        "{}",
        refused.stderr
    );
    assert_eq!(desk.files(), ["gold.jsonl", "news.copydesk-wal"]);
    let asked = desk.run(&[&import[..], &["--discard-left-log"]].concat());
    assert_eq!(asked.code, Some(0), "{}", asked.stderr);
    assert!(asked.stderr.contains("removed news.copydesk-wal"));
    assert_eq!(desk.files(), ["gold.jsonl", "news.copydesk"]);
}

#[test]
fn what_killed_runs_left_goes_with_the_next() {
    let desk = with_dataset();
    // As they leave it: a file that is locked by nobody, and what belongs to it.
    for name in [
        ".news.copydesk.Ab12Cd.tmp",
        ".news.copydesk.Ab12Cd.tmp-new-journal",
        ".brat.Ab12Cd.tmp",
        ".brat.Ab12Cd.tmp-new/one.txt",
        ".out.jsonl.Ab12Cd.tmp",
        ".mine.Ab12Cd.tmp",
    ] {
        desk.write(name, "half");
    }
    desk.run(&[
        "export",
        "news.copydesk",
        "--format",
        "brat",
        "--out",
        "brat",
    ]);
    desk.run(&["export", "news.copydesk", "--out", "out.jsonl"]);
    assert_eq!(
        desk.files(),
        [
            ".mine.Ab12Cd.tmp",
            "brat",
            "gold.jsonl",
            "news.copydesk",
            "out.jsonl"
        ]
    );
}

#[test]
fn what_is_counted_is_what_was_written() {
    let desk = with_dataset();
    // The pages of two of the articles are gone.
    desk.write("pages/one.html", "<p>Paris is large, says one.</p>");
    let exported = desk.run(&[
        "export",
        "news.copydesk",
        "--format",
        "html-regions",
        "--pages",
        "pages",
        "--out",
        "marked",
    ]);
    let pages = fs::read_dir(desk.path("marked")).unwrap().flatten();
    let pages = pages.filter(|page| page.path().extension().is_some_and(|end| end == "html"));
    let written = pages.count();
    let told = if written == 1 {
        "exported 1 record".to_owned()
    } else {
        format!("exported {written} records")
    };
    assert!(written < 3, "the test has no teeth");
    assert!(
        exported.stderr.contains(&told),
        "{written}: {}",
        exported.stderr
    );
    let converted = desk.run(&[
        "convert",
        "gold.jsonl",
        "--to",
        "html-regions",
        "--pages",
        "pages",
        "--out",
        "again",
    ]);
    assert!(
        converted
            .stderr
            .contains(&told.replace("exported", "converted")),
        "{}",
        converted.stderr
    );
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure_and_a_closed_pipe_is_none() {
    let desk = with_dataset();
    desk.write("bad.jsonl", "{\"id\": 7}\n".repeat(3000));
    for words in [
        &["validate", "bad.jsonl"][..],
        &["validate", "gold.jsonl", "bad.jsonl", "--lint"],
        &["export", "news.copydesk"],
        &["export", "news.copydesk", "--format", "conll"],
        &["convert", "gold.jsonl", "--to", "spans-csv"],
        &["prelabel", "gold.jsonl", "--task", "regions"],
        &["stats", "news.copydesk"],
        &["stats", "news.copydesk", "--json"],
        &["stats", "news.copydesk", "--html", "/dev/full"],
        &["export", "news.copydesk", "--out", "/dev/full"],
        &["schema", "show", "news"],
        &["dedupe", "news.copydesk", "--json"],
        &["completions", "bash"],
        &["languages"],
        &["languages", "--json"],
        &["evaluate", "gold.jsonl"],
        &["--help"],
        &["--version"],
    ] {
        let mut command = desk.command(words);
        command.stdin(Stdio::null());
        let nothing_printed = words.contains(&"dedupe");
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let run = command.stdout(full).output().unwrap();
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        if !nothing_printed {
            assert_eq!(run.status.code(), Some(1), "{words:?}: {said}");
            assert!(
                said.contains("cannot write") && said.contains("No space"),
                "{words:?}: {said}"
            );
        }
        // Whoever closes the pipe has seen enough.
        let mut command = desk.command(words);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let run = command
            .stdin(Stdio::null())
            .stdout(writer)
            .output()
            .unwrap();
        if !words.contains(&"/dev/full") {
            assert_eq!(run.status.code(), Some(0), "{words:?}: {:?}", run.stderr);
        }
    }
    assert!(fs::metadata("/dev/full").is_ok_and(|device| !device.is_file()));
}
