//! Hostile input and hostile places: a clear message each, nothing lost, no panic.
//!
//! What needs a place that this machine cannot give (a small disk, another user) says that it is
//! skipped.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use std::fs::{self, File};
use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::cli::program::{COPYDESK, Desk, Run, command, finish, record};

const GOOD: &str = "The ferry to Gozo stayed in port on Tuesday, the harbour master said.";

/// What every run must be: ended by itself, and not by a panic.
fn sound(run: &Run) {
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{run:?}");
    assert!(
        !run.stderr.contains("panicked")
            && !run.stderr.contains("nternal error")
            && !run.stderr.contains("fault of this program"),
        "{}",
        run.stderr
    );
}

/// Imports files beside a good record, which must arrive whatever else happens.
fn import(desk: &Desk, files: &[&str]) -> Run {
    desk.write("good.jsonl", record("good", GOOD));
    let run = desk.run(&[&["import", "d.copydesk"], files, &["good.jsonl"]].concat());
    sound(&run);
    let export = desk.run(&["export", "d.copydesk"]);
    assert_eq!(
        export.stdout,
        record("good", GOOD),
        "the good record is there as it was"
    );
    run
}

fn texts(desk: &Desk) -> Vec<String> {
    let export = desk.run(&["export", "d.copydesk", "--status", "todo"]);
    let text = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["text"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    export.stdout.lines().map(text).collect()
}

#[test]
fn invalid_utf8_utf16_and_nul() {
    let desk = Desk::new();
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(
            GOOD.replace("ferry", "naïve 😀")
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    desk.write(
        "broken.txt",
        [
            b"A story in the caf\xc3\xa9 of na\xc3\xafve f\xc3\xaates, d\xc3\xa9j\xc3\xa0 \xff vu."
                .as_slice(),
        ]
        .concat(),
    )
    .write("utf16.txt", &utf16)
    .write("nul.txt", b"A story with\0a hole in it.");
    let run = import(&desk, &["broken.txt", "utf16.txt", "nul.txt"]);
    assert_eq!(run.code, Some(0));
    assert_eq!(
        run.stderr,
        "created the dataset d.copydesk\n\
         broken.txt: W101 1 place is no text in UTF-8; each was replaced by U+FFFD (invalid-bytes)\n\
         nul.txt: W109 1 NUL characters were replaced by U+FFFD (nul)\n\
         added 4 articles; 2 warnings\n"
    );
    assert_eq!(
        texts(&desk),
        [
            "A story in the café of naïve fêtes, déjà \u{fffd} vu.",
            &GOOD.replace("ferry", "naïve 😀"),
            "A story with\u{fffd}a hole in it."
        ]
    );
}

#[test]
fn records_in_utf16_broken_utf8_and_with_half_characters() {
    let desk = Desk::new();
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(
            "{\"id\":\"w\",\"text\":\"naïve 😀\"}\r\n"
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    desk.write("utf16.jsonl", &utf16)
        .write(
            "halves.jsonl",
            "{\"id\":\"h\",\"text\":\"a\\ud83db \\ud83d\\ude00\"}\n",
        )
        .write("bytes.jsonl", b"{\"id\":\"b\",\"text\":\"caf\xe9\"}\n");
    let run = import(&desk, &["utf16.jsonl", "halves.jsonl", "bytes.jsonl"]);
    assert_eq!(
        run.stderr,
        "created the dataset d.copydesk\n\
         halves.jsonl:1: W102 replaced 1 lone surrogate with U+FFFD\n\
         bytes.jsonl: W101 the file is not UTF-8 and was read as windows-1252\n\
         added 4 articles; 2 warnings\n"
    );
    assert_eq!(texts(&desk), ["naïve 😀", "a\u{fffd}b 😀", "café"]);
}

#[test]
fn a_gigabyte_on_one_line() {
    let desk = Desk::new();
    desk.write("text.txt", "")
        .write("page.html", "")
        .write("lines.jsonl", "")
        .write("stream", "");
    for name in ["text.txt", "page.html", "lines.jsonl"] {
        File::options()
            .write(true)
            .open(desk.path(name))
            .unwrap()
            .set_len(1 << 30)
            .unwrap();
    }
    let began = Instant::now();
    let run = import(&desk, &["text.txt", "page.html", "lines.jsonl"]);
    assert_eq!(run.code, Some(3));
    assert_eq!(
        run.stderr,
        "created the dataset d.copydesk\n\
         text.txt: E009 the article is longer than the limit of 64 MiB\n\
         hint: split it into several articles\n\
         page.html: E009 the article is longer than the limit of 64 MiB\n\
         lines.jsonl:1: E008 the line is 1024 MiB long; the limit is 256 MiB\n\
         hint: check that the file has one record per line\n\
         added 1 article; 3 were refused\n"
    );
    assert!(
        began.elapsed() < Duration::from_secs(180),
        "{:?}",
        began.elapsed()
    );
    // The line after it is read: what is too long is skipped, not the file.
    let mut lines = File::options()
        .append(true)
        .open(desk.path("lines.jsonl"))
        .unwrap();
    write!(lines, "\n{}", record("after", "Malta waits.")).unwrap();
    let run = desk.run(&["validate", "lines.jsonl"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (Some(3), "2 records: 1 fault, 0 warnings\n")
    );
    // Standard input has no length to look at; no more is read than is allowed.
    let mut piped = desk.command(&["import", "d.copydesk", "-", "--from", "text"]);
    piped.stdin(File::open(desk.path("text.txt")).unwrap());
    let output = piped.output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .starts_with("-: E009 the article is longer than the limit of 64 MiB")
    );
}

#[test]
fn a_million_nested_tags_and_brackets() {
    const DEEP: usize = 1_000_000;
    let desk = Desk::new();
    desk.write(
        "deep.html",
        format!(
            "<title>Deep</title>{}<p>Deep down. {GOOD}",
            "<div>".repeat(DEEP)
        ),
    )
    .write(
        "open.jsonl",
        format!("{{\"id\":\"o\",\"text\":\"a\",\"x\":{}\n", "[".repeat(DEEP)),
    )
    .write(
        "deep.jsonl",
        format!(
            "{{\"id\":\"d\",\"text\":\"a\",\"x\":{}{}}}\n",
            "[".repeat(DEEP),
            "]".repeat(DEEP)
        ),
    )
    .write(
        "meta.jsonl",
        format!(
            "{{\"id\":\"m\",\"text\":\"a\",\"meta\":{}1{}}}\n",
            "{\"x\":".repeat(DEEP),
            "}".repeat(DEEP)
        ),
    );
    let run = import(
        &desk,
        &["deep.html", "open.jsonl", "deep.jsonl", "meta.jsonl"],
    );
    assert_eq!(run.code, Some(3));
    let said: Vec<&str> = run.stderr.lines().collect();
    assert!(
        said[1].starts_with("deep.html: W109 ") && said[1].ends_with("(too-deep)"),
        "{}",
        run.stderr
    );
    assert!(
        said[2].starts_with("open.jsonl:1: E001 not complete JSON on one line"),
        "{}",
        run.stderr
    );
    assert_eq!(
        said[4],
        "deep.jsonl:1: W103 1 field was not kept, since only strings are: x"
    );
    assert_eq!(
        said[5],
        "meta.jsonl:1: W103 1 field was not kept, since only strings are: meta.x"
    );
    assert!(texts(&desk)[0].contains(GOOD), "the words inside are kept");
}

#[test]
fn what_is_empty_or_no_text_at_all() {
    let desk = Desk::new();
    desk.write("empty.txt", "")
        .write("blank.html", " \n")
        .write("empty.jsonl", "")
        .write("picture.txt", b"\x89PNG\r\n\x1a\n0000")
        .write(
            "no-words.jsonl",
            "{\"id\":\"1\",\"text\":\"\"}\n{\"id\":\"2\",\"text\":\"\"}\n",
        );
    let run = import(
        &desk,
        &[
            "empty.txt",
            "blank.html",
            "empty.jsonl",
            "picture.txt",
            "no-words.jsonl",
        ],
    );
    assert_eq!(run.code, Some(3));
    assert_eq!(
        run.stderr,
        "created the dataset d.copydesk\n\
         empty.txt: E022 the file is empty\n\
         blank.html: E022 the file is empty\n\
         picture.txt: E021 the file is a picture (PNG), not text\n\
         no-words.jsonl:1: W106 the text is empty\n\
         no-words.jsonl:2: W106 the text is empty\n\
         added 3 articles; 3 were refused; 2 warnings\n"
    );
}

#[test]
fn compressed_data_that_are_cut_off_damaged_or_a_bomb() {
    let desk = Desk::new();
    let gzip = |bytes: &mut dyn std::io::Read| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::copy(bytes, &mut encoder).unwrap();
        encoder.finish().unwrap()
    };
    let lines: String = (0..2000)
        .map(|n| {
            record(
                &format!("g{n}"),
                &format!("Malta waits for {n} {}.", n * 7919),
            )
        })
        .collect();
    let whole = gzip(&mut lines.as_bytes());
    let bomb = gzip(&mut std::io::Read::take(std::io::repeat(b'\n'), 100 << 20));
    desk.write("cut.jsonl.gz", &whole[..whole.len() / 2])
        .write("bomb.jsonl.gz", bomb);
    desk.write("good.jsonl", record("good", GOOD));
    let run = desk.run(&[
        "import",
        "d.copydesk",
        "cut.jsonl.gz",
        "bomb.jsonl.gz",
        "good.jsonl",
    ]);
    sound(&run);
    assert_eq!(run.code, Some(3));
    let said: Vec<&str> = run.stderr.lines().collect();
    assert!(
        said[1].starts_with("cut.jsonl.gz: E019 the compressed data are damaged or cut off"),
        "{}",
        run.stderr
    );
    assert!(
        said[2].starts_with("bomb.jsonl.gz: E020 the compressed data grows more than 200 times"),
        "{}",
        run.stderr
    );
    // What was before the cut is there.
    let added: u32 = said[4]
        .strip_prefix("added ")
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .replace(',', "")
        .parse()
        .unwrap();
    assert!(added > 500, "{}", run.stderr);
}

#[test]
fn a_dataset_that_is_none() {
    let desk = Desk::new();
    desk.write("d.copydesk", GOOD)
        .write("good.jsonl", record("good", GOOD));
    for words in [
        &["import", "d.copydesk", "good.jsonl"][..],
        &["stats", "d.copydesk"],
        &["export", "d.copydesk"],
    ] {
        let run = desk.run(words);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
        assert!(
            run.stderr.starts_with("error: not a Copydesk dataset"),
            "{}",
            run.stderr
        );
    }
    assert_eq!(desk.read("d.copydesk"), GOOD, "it is left alone");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_not_taken_for_success() {
    let desk = Desk::new();
    desk.write("good.jsonl", record("good", GOOD));
    desk.run(&["import", "d.copydesk", "good.jsonl"]);
    let run = desk.run(&["export", "d.copydesk", "--out", "/dev/full"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("No space left on device"),
        "{}",
        run.stderr
    );
    let mut to_stdout = desk.command(&["export", "d.copydesk"]);
    to_stdout.stdout(File::options().write(true).open("/dev/full").unwrap());
    let output = to_stdout.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

/// A disk of its own, as small as it is said to be; `None` where one may not be made.
#[cfg(target_os = "linux")]
struct SmallDisk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn mount(desk: &Desk, size: &str) -> Option<Self> {
        let path = desk.path("disk");
        fs::create_dir(&path).unwrap();
        let mount = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(&path)
            .output();
        mount
            .is_ok_and(|output| output.status.success())
            .then_some(Self(path))
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing_that_was_there() {
    let desk = Desk::new();
    let Some(_disk) = SmallDisk::mount(&desk, "3m") else {
        println!("skipped: no small disk can be made here (that takes root)");
        return;
    };
    let many: String = (0..4000)
        .map(|n| {
            record(
                &format!("r{n}"),
                &format!("Malta {} waits for {n}. {}", n * 104_729, GOOD.repeat(8)),
            )
        })
        .collect();
    desk.write("many.jsonl", &many)
        .write("few.jsonl", record("few", GOOD));
    desk.run(&["import", "disk/d.copydesk", "few.jsonl"])
        .well("", "created the dataset disk/d.copydesk\nadded 1 article\n");
    let run = desk.run(&["import", "disk/d.copydesk", "many.jsonl"]);
    sound(&run);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.starts_with("error: the disk is full"),
        "{}",
        run.stderr
    );
    // What was there before is, and with it the batches that found room, whole.
    let stats = desk.run(&["stats", "disk/d.copydesk", "--json"]);
    assert_eq!(stats.code, Some(0), "{}", stats.stderr);
    let export = desk.run(&["export", "disk/d.copydesk", "--out", "all.jsonl"]);
    assert_eq!(export.code, Some(0), "{}", export.stderr);
    let all = desk.read("all.jsonl");
    assert!(all.starts_with(&record("few", GOOD)));
    assert!(
        many.starts_with(&all[record("few", GOOD).len()..]),
        "a beginning of what was imported"
    );

    // An export that finds no room leaves the old file as it was, and nothing beside it.
    desk.run(&["import", "big.copydesk", "many.jsonl"]).well(
        "",
        "created the dataset big.copydesk\nadded 4,000 articles\n",
    );
    for entry in fs::read_dir(desk.path("disk")).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    desk.write("disk/out.jsonl", "old\n");
    let run = desk.run(&["export", "big.copydesk", "--out", "disk/out.jsonl"]);
    sound(&run);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("disk/out.jsonl") && run.stderr.contains("No space left on device"),
        "{}",
        run.stderr
    );
    assert_eq!(desk.read("disk/out.jsonl"), "old\n");
    let left: Vec<String> = fs::read_dir(desk.path("disk"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(!left.iter().any(|name| name.ends_with(".tmp")), "{left:?}");
}

/// Runs as a user whom file modes bind: root is not. `None` where that cannot be done.
#[cfg(unix)]
fn as_nobody(desk: &Desk, words: &[&str]) -> Option<Run> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    if fs::metadata(desk.path(".")).unwrap().uid() != 0 {
        return Some(desk.run(words)); // no root: the modes bind us
    }
    // The program may lie where nobody may look.
    let program = desk.path("copydesk");
    if !program.exists() {
        fs::copy(COPYDESK, &program).unwrap();
    }
    for path in [desk.path("."), program.clone()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let program = program.to_str().unwrap();
    let drop = ["--reuid=65534", "--regid=65534", "--clear-groups", program];
    let probe = command(
        &desk.path("."),
        "setpriv",
        &[&drop[..], &["--version"]].concat(),
    )
    .output();
    if !probe.is_ok_and(|output| output.status.success()) {
        println!(
            "skipped: this is root, whom no mode binds, and there is no setpriv to be somebody else"
        );
        return None;
    }
    Some(finish(
        command(&desk.path("."), "setpriv", &[&drop[..], words].concat()),
        b"",
    ))
}

#[cfg(unix)]
#[test]
fn a_folder_and_a_file_that_cannot_be_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let desk = Desk::new();
    desk.write("in/a.txt", GOOD)
        .write("in/closed/b.txt", GOOD)
        .write("in/secret.txt", GOOD);
    for closed in ["in/closed", "in/secret.txt"] {
        fs::set_permissions(desk.path(closed), fs::Permissions::from_mode(0o000)).unwrap();
    }
    let Some(run) = as_nobody(&desk, &["prelabel", "in"]) else {
        return;
    };
    assert_eq!(run.code, Some(3));
    assert_eq!(
        run.stderr,
        "in/closed: E018 cannot be read: permission denied\n\
         in/secret.txt: E018 cannot be read: permission denied\n\
         1 record processed; 2 inputs could not be read\n"
    );
    assert_eq!(run.stdout.lines().count(), 1);
    fs::set_permissions(desk.path("in/closed"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_read_only_dataset_can_be_looked_at_and_says_so_when_written() {
    use std::os::unix::fs::PermissionsExt as _;

    let desk = Desk::new();
    desk.write("good.jsonl", record("good", GOOD))
        .write("more.jsonl", record("more", "Malta waits."));
    desk.run(&["import", "d.copydesk", "good.jsonl"]);
    fs::set_permissions(desk.path("d.copydesk"), fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(desk.path("."), fs::Permissions::from_mode(0o555)).unwrap();
    let before = fs::read(desk.path("d.copydesk")).unwrap();
    if let Some(run) = as_nobody(&desk, &["import", "d.copydesk", "more.jsonl"]) {
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
        assert!(
            run.stderr.starts_with("error: the dataset is read-only"),
            "{}",
            run.stderr
        );
        let export = as_nobody(&desk, &["export", "d.copydesk"]).unwrap();
        assert_eq!(
            (export.code, export.stdout),
            (Some(0), record("good", GOOD)),
            "{}",
            export.stderr
        );
        assert_eq!(
            as_nobody(&desk, &["stats", "d.copydesk"]).unwrap().code,
            Some(0)
        );
    }
    fs::set_permissions(desk.path("."), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(
        fs::read(desk.path("d.copydesk")).unwrap(),
        before,
        "not a byte of it was changed"
    );
}

#[cfg(unix)]
#[test]
fn links_that_go_round_in_circles_are_left_out() {
    let desk = Desk::new();
    desk.write("in/a.txt", GOOD);
    std::os::unix::fs::symlink("..", desk.path("in/up")).unwrap();
    std::os::unix::fs::symlink("a.txt", desk.path("in/b.txt")).unwrap();
    desk.run(&["import", "d.copydesk", "in"]).well(
        "",
        "created the dataset d.copydesk\nin: W108 2 symbolic links left out\nadded 1 article; 1 warning\n",
    );
}
