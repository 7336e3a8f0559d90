//! Where the program runs: without a home or a display, among paths and links that nobody expects.
//! And what of an article could act in the program that reads an export of it.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use crate::cli::program::{Desk, finish, record};

const STORY: &str = "The ferry to Gozo stayed in port on Tuesday, the harbour master said.";

#[test]
fn without_a_home_all_commands_work() {
    let desk = Desk::new();
    desk.write("good.jsonl", record("good", STORY));
    for (words, stdout) in [
        (&["import", "d.copydesk", "good.jsonl"][..], String::new()),
        (&["export", "d.copydesk"], record("good", STORY)),
    ] {
        for home in [None, Some("/nonexistent")] {
            let mut command = desk.command(words);
            command.env_remove("HOME").env_remove("COPYDESK_SETTINGS");
            command
                .env_remove("XDG_CONFIG_HOME")
                .env_remove("XDG_STATE_HOME");
            if let Some(home) = home {
                command.env("HOME", home);
            }
            let run = finish(command, b"");
            assert_eq!(
                (run.code, &run.stdout),
                (Some(0), &stdout),
                "{home:?}: {}",
                run.stderr
            );
        }
    }
}

#[cfg(all(feature = "app", target_os = "linux"))]
#[test]
fn without_a_display_the_window_says_so_and_what_to_do() {
    let desk = Desk::new();
    let open = |display: Option<&str>| {
        let mut command = desk.command(&["open"]);
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
            command.env_remove(name);
        }
        command.envs(display.map(|display| ("DISPLAY", display)));
        finish(command, b"")
    };
    open(None).ended(
        1,
        "",
        "error: the window could not be opened: there is no display\n\
         hint: set DISPLAY or WAYLAND_DISPLAY; the commands work without a window: copydesk --help\n",
    );
    // A display that does not answer. The reason is that of the library, without the place in its source.
    let run = open(Some(":4711"));
    assert_eq!(run.code, Some(1));
    let said = "error: the window could not be opened: Failed to open connection to X server\n";
    assert!(run.stderr.contains(said), "{}", run.stderr);
}

#[test]
fn a_path_that_is_no_text_is_read_written_and_named() {
    let desk = Desk::new();
    let name = |bytes: &[u8]| desk.path("").join(OsStr::from_bytes(bytes));
    fs::create_dir(name(b"in\xff")).unwrap();
    fs::write(name(b"in\xff/a\xfe.txt"), STORY).unwrap();
    fs::write(name(b"in\xff/bad\xfe.jsonl"), "{\n").unwrap();
    let run = |words: &[&[u8]]| {
        let mut command = desk.command(&[]);
        command.args(words.iter().map(|word| OsStr::from_bytes(word)));
        finish(command, b"")
    };
    let import = run(&[b"import", b"d\xff.copydesk", b"in\xff"]);
    assert_eq!(import.code, Some(3));
    assert!(
        import.stderr.contains("bad\u{fffd}.jsonl:1: E001"),
        "{}",
        import.stderr
    );
    assert!(
        import.stderr.contains("added 1 article"),
        "{}",
        import.stderr
    );
    let export = run(&[
        b"export",
        b"d\xff.copydesk",
        b"--status",
        b"any",
        b"--out",
        b"out\xff.jsonl",
    ]);
    assert_eq!(export.code, Some(0), "{}", export.stderr);
    assert!(
        fs::read_to_string(name(b"out\xff.jsonl"))
            .unwrap()
            .contains("ferry")
    );
}

#[test]
fn in_a_folder_circles_of_links_and_pipes_are_not_followed() {
    let desk = Desk::new();
    desk.write("in/a.txt", STORY)
        .write("in/sub/b.txt", "Malta waits for the rain.");
    symlink("..", desk.path("in/sub/up")).unwrap();
    symlink("itself", desk.path("in/itself")).unwrap();
    symlink("two", desk.path("in/one")).unwrap();
    symlink("one", desk.path("in/two")).unwrap();
    let made = Command::new("mkfifo")
        .arg(desk.path("in/pipe.txt"))
        .status();
    assert!(made.unwrap().success());
    // A pipe that nobody writes to would hang.
    let run = desk.run(&["prelabel", "in"]);
    assert_eq!(
        (run.code, run.stdout.lines().count()),
        (Some(0), 2),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("in: W108 4 symbolic links left out"),
        "{}",
        run.stderr
    );
    let named = desk.run(&["prelabel", "in/itself"]);
    assert_eq!(named.code, Some(1), "{}", named.stderr);
}

/// Everything below a folder.
fn below(folder: PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(path.clone()));
        }
        found.push(path);
    }
    found.sort();
    found
}

#[test]
fn an_id_never_names_a_file_outside_of_the_folder_of_an_export() {
    let desk = Desk::new();
    let ids = [
        "../../evil",
        "/etc/evil",
        "a/../../evil",
        "..",
        "C:\\evil",
        "~/evil",
    ];
    let lines: String = ids
        .iter()
        .map(|id| {
            let record = serde_json::json!({"id": id, "text": "Ada spoke.", "entities": [{"start": 0, "end": 3, "label": "PERSON"}]});
            format!("{record}\n")
        })
        .collect();
    desk.write("work/in.jsonl", lines);
    let before = below(desk.path(""));
    let run = desk.run(&[
        "convert",
        "work/in.jsonl",
        "--to",
        "brat",
        "--out",
        "work/deep/out",
    ]);
    assert_eq!(run.code, Some(1), "its folder is not made: {}", run.stderr);
    assert_eq!(below(desk.path("")), before);
    let run = desk.run(&[
        "convert",
        "work/in.jsonl",
        "--to",
        "brat",
        "--out",
        "work/out",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let out = desk.path("work/out");
    let written: Vec<PathBuf> = below(desk.path(""))
        .into_iter()
        .filter(|path| !before.contains(path))
        .collect();
    assert!(
        written.iter().all(|path| path.starts_with(&out)),
        "{written:?}"
    );
    let texts = written
        .iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "txt"));
    assert_eq!(texts.count(), ids.len());
}

#[test]
fn cells_of_tables_are_written_as_they_are_for_programs() {
    // A cell that begins with `=` is a formula to a spreadsheet. An apostrophe before it would be
    // part of the text for every other reader, so docs/formats.md warns instead.
    let desk = Desk::new();
    let record = serde_json::json!({
        "id": "f", "text": "=1+1 Ada", "regions": [], "entities": [{"start": 5, "end": 8, "label": "=cmd"}],
    });
    desk.write("in.jsonl", format!("{record}\n"));
    let table = desk.run(&["convert", "in.jsonl", "--to", "spans-csv"]);
    assert!(
        table.stdout.contains("f,entity,5,8,=cmd,,Ada,"),
        "{}",
        table.stdout
    );
    let docs = include_str!("../../docs/formats.md");
    let docs: String = docs.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(docs.contains("interprets a cell that begins with `=` as a formula"));
    // And back: the same record.
    desk.write("back.csv", &table.stdout);
    let back = desk.run(&[
        "convert",
        "back.csv",
        "--from",
        "spans-csv",
        "--to",
        "jsonl",
    ]);
    assert!(back.stdout.contains(r#""text":"=1+1 Ada""#), "{back:?}");
}

#[test]
fn the_crates_that_the_window_names_are_those_of_the_build() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let lock: toml::Table = fs::read_to_string(root.join("Cargo.lock"))
        .unwrap()
        .parse()
        .unwrap();
    let packages: Vec<(&str, &str)> = lock["package"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            (
                package["name"].as_str().unwrap(),
                package["version"].as_str().unwrap(),
            )
        })
        .collect();
    let list = fs::read_to_string(root.join("assets/licences/crates.txt")).unwrap();
    let listed: Vec<(&str, &str)> = list
        .lines()
        .map(|line| line.split_once(':').unwrap().0.split_once(' ').unwrap())
        .collect();
    let gone: Vec<_> = listed
        .iter()
        .filter(|one| !packages.contains(one))
        .collect();
    assert!(
        gone.is_empty(),
        "make licences; these are no longer built: {gone:?}"
    );
    let manifest: toml::Table = fs::read_to_string(root.join("Cargo.toml"))
        .unwrap()
        .parse()
        .unwrap();
    for (name, value) in manifest["dependencies"].as_table().unwrap() {
        let is_default = name != "egui_kittest" && value.get("optional").is_none();
        assert!(
            !is_default || listed.iter().any(|(listed, _)| listed == name),
            "make licences; {name} is missing in assets/licences/crates.txt"
        );
    }
}
