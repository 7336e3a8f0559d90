//! Input that asks for more than it should get: little memory is enough to refuse it, and
//! everything beside it arrives.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::cli::program::{COPYDESK, Desk, Run, record};

const GOOD: &str = "The ferry to Gozo stayed in port on Tuesday, the harbour master said.";

/// A run that may take so many kilobytes of address space, as `ulimit -v` counts.
fn run_within(desk: &Desk, kilobytes: u32, shell: &str) -> Run {
    let script = format!("ulimit -v {kilobytes}; {shell}");
    let out = Command::new("sh")
        .args(["-c", &script, COPYDESK])
        .current_dir(desk.path(""))
        .env("COPYDESK_SETTINGS", desk.path("settings.toml"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Run {
        code: out.status.code(),
        stdout: String::from_utf8(out.stdout).unwrap(),
        stderr: String::from_utf8(out.stderr).unwrap(),
    }
}

fn varint(mut number: usize, out: &mut Vec<u8>) {
    while number > 127 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A Parquet file that is nothing but a footer: groups in groups, in Thrift's compact protocol.
fn nested_parquet(depth: usize) -> Vec<u8> {
    let mut footer = vec![0x15, 2, 0x19, 0xfc];
    varint(depth + 2, &mut footer);
    for _ in 0..=depth {
        footer.extend([0x35, 0, 0x18, 1, b'g', 0x15, 2, 0]);
    }
    footer.extend([0x15, 12, 0x25, 0, 0x18, 1, b'x', 0, 0x16, 0, 0x19, 0x0c, 0]);
    let mut file = b"PAR1".to_vec();
    file.extend(&footer);
    file.extend((footer.len() as u32).to_le_bytes());
    file.extend(b"PAR1");
    file
}

/// A DocBin of a few kilobytes that is millions of values.
fn swollen_docbin() -> Vec<u8> {
    let mut values = vec![0x81, 0xa6];
    values.extend(b"tokens");
    values.extend([0xdd, 0x03, 0x00, 0x00, 0x00]);
    values.resize(values.len() + 0x0300_0000, 0xc0);
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&values).unwrap();
    packed.finish().unwrap()
}

#[test]
fn binary_files_that_were_made_to_hurt_are_refused_in_little_memory() {
    let desk = Desk::new();
    desk.write("good.jsonl", record("good", GOOD));
    let made = desk.run(&["convert", "good.jsonl", "--to", "hf-parquet", "--out", "hf"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let whole = fs::read(desk.path("hf/data/train-00000-of-00001.parquet")).unwrap();
    let mut names = Vec::new();
    let mut write = |name: String, bytes: Vec<u8>| {
        desk.write(&name, bytes);
        names.push(name);
    };
    write("bad/deep.parquet".into(), nested_parquet(10_000));
    write("bad/deeper.parquet".into(), nested_parquet(1_000_000));
    write("bad/swollen.spacy".into(), swollen_docbin());
    // Damage in every header: sizes of gigabytes, counts of thousands of millions, kinds that there
    // are not.
    for at in (4..whole.len()).step_by(whole.len() / 150) {
        for (nth, damage) in [
            &b"\xff\xff\xff\xff\x07"[..],
            b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f",
        ]
        .into_iter()
        .enumerate()
        {
            let mut bytes = whole.clone();
            for (place, byte) in bytes.iter_mut().skip(at).zip(damage) {
                *place = *byte;
            }
            write(format!("damaged/{at:05}-{nth}.parquet"), bytes);
        }
    }
    let run = run_within(
        &desk,
        1_500_000,
        "exec \"$0\" import d.copydesk bad damaged good.jsonl --jobs 2",
    );
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    for name in &names[..3] {
        let named = run
            .stderr
            .lines()
            .any(|line| line.starts_with(&format!("{name}: E0")));
        assert!(named, "{name}: {}", run.stderr);
    }
    assert!(
        run.stderr.contains("bad/swollen.spacy: E020"),
        "{}",
        run.stderr
    );
    let export = desk.run(&["export", "d.copydesk", "--status", "any"]);
    assert!(export.stdout.contains(GOOD), "{}", run.stderr);
}

#[test]
fn a_table_with_an_open_quote_is_read_in_bounded_memory() {
    let desk = Desk::new();
    for from in ["csv", "spans-csv"] {
        let run = run_within(
            &desk,
            1_300_000,
            &format!(
                "(printf 'id,text\\n1,\"'; head -c 500000000 /dev/zero | tr '\\0' x) \
                 | \"$0\" convert - --from {from} --to jsonl --jobs 1"
            ),
        );
        assert_eq!(run.code, Some(3), "{from}: {}", run.stderr);
        assert!(run.stderr.contains("-:2: E008"), "{from}: {}", run.stderr);
    }
}

/// Nothing in what a terminal shows but letters and the ends of lines.
pub fn is_plain(words: &str) -> bool {
    let bad = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    !words.contains(bad)
}

#[test]
fn nothing_in_the_data_moves_a_terminal() {
    let desk = Desk::new();
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[31m\u{202e}\u{9b}2J";
    let fields = serde_json::json!({
        "id": "a\u{202e}b", "text": "Ada met Zoe.", "status": "done", "annotator": format!("eve{evil}\nforged"),
        format!("field{evil}"): {"a": 1},
        "entities": [{"start": 0, "end": 3, "label": "X\u{202e}Y"}],
        "meta": {format!("m{evil}"): [1]},
    });
    desk.write(
        &format!("in/a{evil}\n.jsonl"),
        format!("{fields}\n{{broken\n{{\"text\":7}}\n"),
    );
    desk.write(&format!("in/b{evil}.parquet"), "no parquet");
    for words in [
        &["import", "d.copydesk", "in"][..],
        &["stats", "d.copydesk"],
        &["stats", "d.copydesk", "--json"],
        &["validate", "in", "--lint"],
        &["import", "d.copydesk", &format!("none{evil}.html")],
        &["dedupe", "d.copydesk"],
        &["schema", "set", "d.copydesk", &format!("none{evil}.toml")],
        &["open", &format!("none{evil}/x.copydesk")],
        &[
            "convert",
            "in",
            "--to",
            "conll",
            "--out",
            &format!("nowhere{evil}/x/y"),
        ],
    ] {
        if words[0] == "open" && cfg!(feature = "app") {
            continue; // that is the window's
        }
        let run = desk.run(words);
        assert!(is_plain(&run.stderr), "{words:?}: {:?}", run.stderr);
        if words[0] != "convert" {
            assert!(is_plain(&run.stdout), "{words:?}: {:?}", run.stdout);
        }
        let forged = run.stdout.lines().chain(run.stderr.lines());
        assert_eq!(
            forged.filter(|line| line.starts_with("forged")).count(),
            0,
            "{words:?}"
        );
    }
    // What is JSON stays JSON, and says the same.
    let stats = desk.run(&["stats", "d.copydesk", "--json"]);
    let stats: serde_json::Value = serde_json::from_str(&stats.stdout).unwrap();
    assert_eq!(
        stats["annotators"][format!("eve{evil}\nforged")]["done"],
        1,
        "{stats}"
    );
}

#[test]
fn what_lies_beside_a_brat_file_is_read_if_it_is_a_file() {
    let desk = Desk::new();
    desk.write("secret", "The secret of the house.");
    for name in ["file", "link", "pipe"] {
        desk.write(&format!("in/{name}.ann"), "T1\tX 0 3\tThe\n");
    }
    desk.write("in/file.txt", "The ferry waits.");
    std::os::unix::fs::symlink(desk.path("secret"), desk.path("in/link.txt")).unwrap();
    let fifo = Command::new("mkfifo")
        .arg(desk.path("in/pipe.txt"))
        .status()
        .unwrap();
    assert!(fifo.success());
    let run = desk.run(&["convert", "in", "--from", "brat", "--to", "jsonl"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(run.stdout.contains("The ferry waits."));
    assert!(!run.stdout.contains("secret"), "{}", run.stdout);
    let said = |line: &str| run.stderr.lines().any(|said| said == line);
    assert!(
        said("in/link.ann: E018 its text, in/link.txt, is a symbolic link, which is not followed"),
        "{}",
        run.stderr
    );
    assert!(
        said("in/pipe.ann: E018 its text, in/pipe.txt, is no file"),
        "{}",
        run.stderr
    );
}

/// What comes of a stream that arrives in such pieces.
fn piped(desk: &Desk, words: &[&str], pieces: &[&[u8]]) -> Run {
    let mut command = desk.command(words);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for piece in pieces {
        input.write_all(piece).unwrap();
        input.flush().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(150));
    }
    drop(input);
    let out = child.wait_with_output().unwrap();
    Run {
        code: out.status.code(),
        stdout: String::from_utf8(out.stdout).unwrap(),
        stderr: String::from_utf8(out.stderr).unwrap(),
    }
}

#[test]
fn a_slow_pipe_is_read_like_a_file() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(record("a", GOOD).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let page = format!(
        "<!-- {} --><!doctype html><title>x</title><p>{GOOD}<p>{GOOD}",
        " ".repeat(90)
    );
    let table = format!("id;content;site\n1;{GOOD};a,b,c\n");
    let marked = format!("\u{feff}{}", record("m", GOOD));
    let task = format!("\u{feff}{{\"text\":\"{GOOD}\"}}\n");
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain(record("w", GOOD).encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for (from, stream) in [
        ("auto", &packed[..]),
        ("auto", page.as_bytes()),
        ("csv", table.as_bytes()),
        ("jsonl", marked.as_bytes()),
        ("jsonl", &wide),
        ("prodigy", task.as_bytes()),
    ] {
        let desk = Desk::new();
        let words = ["prelabel", "-", "--from", from];
        let at_once = desk.run_with(&words, stream);
        assert!(at_once.stdout.contains(GOOD), "{from}: {at_once:?}");
        let slow = piped(
            &desk,
            &words,
            &[&stream[..1], &stream[1..2], &stream[2..9], &stream[9..]],
        );
        assert_eq!(slow, at_once, "{from}");
    }
}

#[test]
fn a_record_on_a_pipe_is_answered_before_the_next_one_comes() {
    use std::io::{BufRead as _, BufReader};

    let desk = Desk::new();
    let mut command = desk.command(&["prelabel", "-", "--from", "auto"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    for id in ["one", "two"] {
        input.write_all(record(id, GOOD).as_bytes()).unwrap();
        input.flush().unwrap();
        let mut answer = String::new();
        answers.read_line(&mut answer).unwrap();
        assert!(answer.contains(id), "{answer}");
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn numbers_that_cannot_be_meant_are_wrong_usage() {
    let desk = Desk::new();
    desk.write("gold.jsonl", record("a", GOOD));
    for option in [
        ["--l2", "nan"],
        ["--l2", "-1"],
        ["--rate", "nan"],
        ["--rate", "0"],
        ["--cost", "inf"],
        ["--missed-comment-cost", "NaN"],
        ["--folds", "4000000000"],
        ["--rounds", "99999999"],
        ["--passes", "3"],
        ["--jobs", "4000000000"],
    ] {
        let run = desk.run(&["train", "gold.jsonl", &option.join("=")]);
        assert_eq!(run.code, Some(2), "{option:?}: {}", run.stderr);
        assert!(run.stderr.contains(option[0]), "{option:?}: {}", run.stderr);
    }
    for command in [
        &["import", "d.copydesk", "gold.jsonl"][..],
        &["convert", "gold.jsonl", "--to", "jsonl"],
        &["prelabel", "gold.jsonl"],
    ] {
        let run = desk.run(&[command, &["--jobs", "4000000000"]].concat());
        assert_eq!(run.code, Some(2), "{command:?}: {}", run.stderr);
    }
}

/// A record whose text is so many words, with entities from each word to the last one: each is
/// inside the one before.
fn nested(count: usize) -> String {
    let text = vec!["ab"; count].join(" ");
    let entities: Vec<_> = (0..count)
        .map(|nth| serde_json::json!({"start": nth * 3, "end": text.len(), "label": "X"}))
        .collect();
    format!(
        "{}\n",
        serde_json::json!({"id": "n", "text": text, "entities": entities})
    )
}

#[test]
fn entities_of_any_depth_come_back_or_are_counted() {
    let desk = Desk::new();
    desk.write("n.jsonl", nested(100));
    let entities = |jsonl: &str| {
        let record: serde_json::Value =
            serde_json::from_str(jsonl.lines().next().unwrap()).unwrap();
        record["entities"].as_array().unwrap().len()
    };
    let to = desk.run(&["convert", "n.jsonl", "--to", "conllu", "--strict"]);
    assert_eq!(to.code, Some(0), "{}", to.stderr);
    assert!(to.stdout.contains("NER64=") && !to.stdout.contains("NER65="));
    desk.write("n.conllu", &to.stdout);
    let back = desk.run(&["convert", "n.conllu", "--to", "jsonl"]);
    assert_eq!(entities(&back.stdout), 100, "{}", back.stderr);

    let strict = desk.run(&[
        "convert",
        "n.jsonl",
        "--to",
        "webanno-tsv",
        "--strict",
        "--out",
        "tsv",
    ]);
    assert_eq!(strict.code, Some(1), "{}", strict.stderr);
    let to = desk.run(&["convert", "n.jsonl", "--to", "webanno-tsv", "--out", "tsv"]);
    assert!(to.stderr.contains("36 nested entities"), "{}", to.stderr);
    let back = desk.run(&["convert", "tsv", "--from", "webanno-tsv", "--to", "jsonl"]);
    assert_eq!(entities(&back.stdout), 64, "{}", back.stderr);
}

#[test]
fn work_without_a_time_is_done_on_no_day() {
    let desk = Desk::new();
    let record = serde_json::json!({
        "id": "a", "text": "Ada met Zoe.", "status": "done", "annotator": "ada",
        "entities": [{"start": 0, "end": 3, "label": "PERSON"}],
    });
    desk.write("a.jsonl", format!("{record}\n"));
    assert_eq!(desk.run(&["import", "d.copydesk", "a.jsonl"]).code, Some(0));
    let told = desk.run(&["stats", "d.copydesk", "--json"]);
    let stats: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(stats["effort"]["annotators"]["ada"]["done"], 1, "{stats:#}");
    for words in [
        &["stats", "d.copydesk"][..],
        &["stats", "d.copydesk", "--json"],
        &["stats", "d.copydesk", "--html", "report.html"],
    ] {
        let run = desk.run(words);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(!run.stdout.contains("1970-01-01"), "{}", run.stdout);
    }
    assert!(!desk.read("report.html").contains("1970"));
}
