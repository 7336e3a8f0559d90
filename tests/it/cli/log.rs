//! The log: what it tells, where it goes, and what it never holds.

use super::program::{Desk, record};

/// Lines of the log with these words.
fn lines<'a>(log: &'a str, words: &'a str) -> Vec<&'a str> {
    log.lines().filter(|line| line.contains(words)).collect()
}

#[test]
fn somebody_whose_import_hangs_sees_where() {
    let desk = Desk::new();
    desk.write("in.jsonl", record("a", "Malta closed its ports."));
    let run = desk.run(&["import", "news.copydesk", "in.jsonl", "--log", "debug"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""));
    assert_eq!(lines(&run.stderr, "started version").len(), 1, "{run:?}");
    // Each piece of work has a line when it begins, and one with its time when it ends.
    assert_eq!(lines(&run.stderr, "import{inputs=1}: copydesk").len(), 2);
    let ends = lines(
        &run.stderr,
        "import{inputs=1}: copydesk::dataset::transfer::import: close time.busy=",
    );
    assert_eq!(ends.len(), 1, "{run:?}");
    assert!(run.stderr.contains("\nadded 1 article\n"), "{run:?}");
}

#[test]
fn a_log_in_a_file_leaves_the_terminal_alone() {
    let desk = Desk::new();
    desk.write("in.jsonl", record("a", "Malta closed its ports."));
    let words = ["convert", "in.jsonl", "--log-file", "copydesk.log"];
    assert_eq!(
        desk.run(&words),
        desk.run(&words[..2]),
        "data and messages are as without it"
    );
    let once = desk.read("copydesk.log");
    assert_eq!(lines(&once, "ended next=Exit(0)").len(), 1, "{once}");
    desk.run(&words);
    let twice = desk.read("copydesk.log");
    assert!(twice.starts_with(&once), "it is appended");
    assert_eq!(lines(&twice, "ended next=Exit(0)").len(), 2);
}

#[test]
fn the_environment_can_ask_for_the_log_too() {
    let desk = Desk::new();
    desk.write("in.jsonl", record("a", "Malta closed its ports."));
    let logged = |filter: &str| {
        let mut command = desk.command(&["convert", "in.jsonl", "--out", "out.jsonl"]);
        command.env("COPYDESK_LOG", filter);
        super::program::finish(command, b"")
    };
    assert!(logged("copydesk=info").stderr.contains("started version"));
    for nothing_to_log in ["", "warn"] {
        assert_eq!(logged(nothing_to_log).stderr, "converted 1 record\n");
    }
    let wrong = logged("loud");
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.stderr.starts_with("error: COPYDESK_LOG: "));
}

#[test]
fn a_filter_that_is_none_is_wrong_usage() {
    let desk = Desk::new();
    let run = desk.run(&["convert", "in.jsonl", "--log", "copydesk=loud"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("hint: levels are error, warn"));
}

#[test]
fn no_text_of_an_article_is_logged_at_any_level() {
    let desk = Desk::new();
    desk.write("in.jsonl", record("a", "Zanzibar closed its ports."));
    for words in [
        &["import", "news.copydesk", "in.jsonl"][..],
        &["prelabel", "in.jsonl"],
        &["export", "news.copydesk"],
        &["convert", "in.jsonl", "--to", "conll"],
        &["dedupe", "news.copydesk"],
        &["train", "in.jsonl", "--folds", "0"],
        &["simulate", "in.jsonl"],
    ] {
        let logged = ["--log", "trace", "--log-file", "copydesk.log"];
        let words: Vec<&str> = words.iter().chain(&logged).copied().collect();
        desk.run(&words);
    }
    let log = desk.read("copydesk.log");
    assert_eq!(lines(&log, "started version").len(), 7, "{log}");
    assert!(lines(&log, "copydesk-work work").len() >= 2, "{log}");
    assert!(!log.contains("Zanzibar") && !log.contains("ports"), "{log}");
}

#[test]
fn a_command_with_a_file_of_its_own_does_not_log_into_it() {
    let desk = Desk::new();
    desk.write("in.jsonl", record("a", "Malta closed its ports."));
    desk.run(&["import", "news.copydesk", "in.jsonl"]);
    let schema = desk.run(&["schema", "show", "news"]).stdout;
    desk.write("mine.toml", &schema);
    let run = desk.run(&["schema", "set", "news.copydesk", "mine.toml"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(desk.read("mine.toml"), schema);
}
