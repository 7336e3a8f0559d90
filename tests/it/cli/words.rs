//! Help, wrong usage, exit codes.

use copydesk::formats::Code;

use super::program::{Desk, record};

/// All commands; `the_help_lists_every_command` holds that none is missing.
fn commands() -> Vec<&'static str> {
    let mut all = COMMANDS.to_vec();
    if cfg!(feature = "postgres") {
        all.push("team");
    }
    all
}

/// Those that every build has.
const COMMANDS: [&str; 23] = [
    "open",
    "import",
    "prelabel",
    "export",
    "convert",
    "copy",
    "dedupe",
    "validate",
    "lint",
    "train",
    "evaluate",
    "simulate",
    "stats",
    "agreement",
    "adjudicate",
    "split-work",
    "merge",
    "history",
    "schema",
    "mode",
    "languages",
    "suggesters",
    "completions",
];

#[test]
fn every_command_explains_itself_on_standard_output() {
    let desk = Desk::new();
    let all = desk.run(&["--help"]);
    assert_eq!((all.code, all.stderr.as_str()), (Some(0), ""));
    for command in commands() {
        assert!(all.stdout.contains(&format!("\n  {command} ")), "{command}");
        let help = desk.run(&[command, "--help"]);
        assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
        assert!(help.stdout.contains("Example"), "{command} has no example");
    }
    assert!(desk.run(&["--version"]).stdout.starts_with("copydesk 0."));
}

#[test]
fn the_help_lists_every_command() {
    let help = Desk::new().run(&["--help"]).stdout;
    let from = help.find("Commands:").unwrap();
    let to = help.find("Arguments:").unwrap();
    let listed: Vec<&str> = help[from..to]
        .lines()
        .skip(1)
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    let mut expected = commands();
    expected.sort_unstable();
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected, "in the order of the help: {listed:?}");
}

#[test]
fn options_keep_their_earlier_names() {
    let desk = Desk::new();
    for words in [
        &["prelabel", "nothing.here", "--only", "regions"][..],
        &["evaluate", "nothing.here", "--only", "entities"],
        &["simulate", "nothing.here", "--only", "entities"],
        &["train", "nothing.here", "--only", "regions"],
        &["train", "nothing.here", "--looks", "1"],
        &["train", "nothing.here", "--without", "words"],
        &["train", "nothing.here", "--missed", "1.5"],
        &["validate", "nothing.here", "--doctor"],
    ] {
        let error = "error: there is no file or folder nothing.here\n";
        desk.run(words).ended(1, "", error);
    }
    // The dataset is looked for, so the option is known.
    let run = desk.run(&["dedupe", "nothing.copydesk", "--carry"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    for (command, old) in [
        ("prelabel", "--only"),
        ("train", "--looks"),
        ("train", "--without "),
        ("train", "--missed "),
        ("validate", "--doctor"),
        ("dedupe", "--carry"),
    ] {
        let help = desk.run(&[command, "--help"]).stdout;
        assert!(!help.contains(old), "{command} still shows {old}");
    }
}

#[test]
fn wrong_usage_ends_with_two_and_says_why() {
    let desk = Desk::new();
    for words in [
        &["import"][..],
        &["import", "d.copydesk"],
        &["import", "d.copydesk", "x", "--from", "word"],
        &["export"],
        &["export", "d.copydesk", "--status", "finished"],
        &["export", "d.copydesk", "--format", "html"],
        &["prelabel", "--task", "everything"],
        &["validate"],
        &["schema"],
        &["completions", "csh"],
        &["--no-such-option"],
    ] {
        let run = desk.run(words);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{words:?}");
        assert!(
            run.stderr.contains("Usage: ") || run.stderr.starts_with("error: "),
            "{words:?}: {}",
            run.stderr
        );
    }
    assert_eq!(desk.files(), [""; 0], "wrong usage leaves nothing behind");
}

#[test]
fn what_is_not_there_is_said_and_nothing_is_made() {
    let desk = Desk::new();
    desk.run(&["nothing.here"]).ended(
        1,
        "",
        "error: there is no file, folder or command named nothing.here\nhint: `copydesk --help` lists the commands\n",
    );
    // The window's options are taken without the word `open`, too.
    desk.run(&["nothing.here", "--annotator", "maria"]).ended(
        1,
        "",
        "error: there is no file, folder or command named nothing.here\nhint: `copydesk --help` lists the commands\n",
    );
    desk.run(&["import", "d.copydesk", "nothing.here"]).ended(
        1,
        "",
        "error: there is no file or folder nothing.here\n",
    );
    desk.write("in.jsonl", record("a", "Malta waits."));
    desk.run(&["import", "d.json", "in.jsonl"]).ended(
        1,
        "",
        "error: a dataset's name ends in .copydesk; did you mean d.json.copydesk?\n",
    );
    for command in ["stats", "export"] {
        let run = desk.run(&[command, "d.copydesk"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
        assert!(
            run.stderr.starts_with("error: ") && run.stderr.contains("d.copydesk"),
            "{}",
            run.stderr
        );
        let run = desk.run(&[command, "in.jsonl"]);
        assert_eq!(run.code, Some(1));
        assert!(
            run.stderr.contains("not a Copydesk dataset"),
            "{}",
            run.stderr
        );
        let run = desk.run(&[command, "."]);
        assert_eq!(run.code, Some(1));
        assert!(
            run.stderr.contains(". is a folder, not a dataset"),
            "{}",
            run.stderr
        );
    }
    assert_eq!(desk.files(), ["in.jsonl"]);
}

#[test]
fn a_missing_input_stops_every_command_before_it_does_anything() {
    let desk = Desk::new();
    desk.write("in.jsonl", record("a", "Malta waits."));
    for words in [
        &["import", "d.copydesk"][..],
        &["convert"],
        &["validate"],
        &["prelabel"],
        &["train"],
        &["evaluate"],
        &["simulate"],
    ] {
        let words = [words, &["in.jsonl", "nothing.here"]].concat();
        desk.run(&words)
            .ended(1, "", "error: there is no file or folder nothing.here\n");
    }
    for command in ["stats", "dedupe", "export"] {
        let run = desk.run(&[command, "nothing.copydesk"]);
        assert_eq!(run.code, Some(1), "{command}: {}", run.stderr);
        assert!(run.stderr.contains("nothing.copydesk"), "{}", run.stderr);
    }
    assert_eq!(desk.files(), ["in.jsonl"]);
}

#[test]
fn a_split_without_a_folder_is_wrong_usage() {
    let desk = Desk::new();
    desk.write("in.jsonl", record("a", "Malta waits."));
    desk.run(&["import", "d.copydesk", "in.jsonl"]);
    let run = desk.run(&["export", "d.copydesk", "--split", "train=0.8,test=0.2"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("--out"), "{}", run.stderr);
}

#[test]
fn some_bad_input_ends_with_three_and_the_rest_is_done() {
    let desk = Desk::new();
    desk.write("in.jsonl", record("a", "Malta waits."))
        .write("empty.txt", "");
    desk.run(&["import", "d.copydesk", "empty.txt", "no*match", "in.jsonl"])
        .ended(
            3,
            "",
            "created the dataset d.copydesk\n\
         empty.txt: E022 the file is empty\n\
         no*match: E018 cannot be read: no file matches\n\
         added 1 article; 2 were refused\n",
        );
}

#[test]
fn shells_get_completions() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = desk.run(&["completions", shell]);
        assert_eq!(run.code, Some(0), "{shell}");
        assert!(run.stdout.contains("prelabel"), "{shell}");
    }
}

#[test]
fn the_manual_lists_every_code_as_the_program_means_it() {
    let manual = include_str!("../../../docs/cli.md");
    for code in Code::ALL {
        let row = format!("| `{code}` | {} |\n", code.meaning());
        assert!(manual.contains(&row), "docs/cli.md lacks {row}");
    }
    for command in commands() {
        assert!(
            manual.contains(&format!("copydesk {command} ")),
            "docs/cli.md has no example of {command}"
        );
    }
}
