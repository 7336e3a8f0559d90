//! Commands that are killed at random moments: what they write is there whole or as it was, and the
//! next run finishes the job and leaves nothing beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use copydesk::model::Rng;
use copydesk::store::SqliteStore;

use super::{seed, share};
use crate::cli::program::{COPYDESK, command, finish, record};

/// A command, with what it writes.
struct Case {
    /// What is there before: an earlier output.
    before: &'static [&'static str],
    words: &'static [&'static str],
    writes: Writes,
}

/// What a command writes.
#[derive(Clone, Copy)]
enum Writes {
    /// A file or folder of this name.
    Output(&'static str),
    /// The dataset. A second run finishes, and changes nothing more.
    Dataset,
    /// The dataset, and a second run may find nothing to do.
    Once,
}

const CASES: [Case; 17] = [
    Case {
        before: &[],
        words: &["import", "news.copydesk", "gold.jsonl", "more.jsonl"],
        writes: Writes::Dataset,
    },
    Case {
        before: &[
            "export",
            "news.copydesk",
            "--regions",
            "comment",
            "--out",
            "out.jsonl",
        ],
        words: &["export", "news.copydesk", "--out", "out.jsonl"],
        writes: Writes::Output("out.jsonl"),
    },
    Case {
        before: &[
            "export",
            "small.copydesk",
            "--format",
            "brat",
            "--out",
            "brat",
        ],
        words: &[
            "export",
            "news.copydesk",
            "--format",
            "brat",
            "--out",
            "brat",
        ],
        writes: Writes::Output("brat"),
    },
    Case {
        before: &[
            "export",
            "small.copydesk",
            "--split",
            "train=0.8,dev=0.2",
            "--out",
            "parts",
        ],
        words: &[
            "export",
            "news.copydesk",
            "--split",
            "train=0.8,dev=0.2",
            "--card",
            "--out",
            "parts",
        ],
        writes: Writes::Output("parts"),
    },
    Case {
        before: &[],
        words: &[
            "export",
            "news.copydesk",
            "--format",
            "spacy",
            "--out",
            "out.spacy",
        ],
        writes: Writes::Output("out.spacy"),
    },
    Case {
        before: &[],
        words: &[
            "export",
            "news.copydesk",
            "--format",
            "hf-parquet",
            "--out",
            "parquet",
        ],
        writes: Writes::Output("parquet"),
    },
    Case {
        before: &[
            "convert",
            "more.jsonl",
            "--to",
            "conll",
            "--out",
            "out.conll",
        ],
        words: &[
            "convert",
            "gold.jsonl",
            "--to",
            "conll",
            "--out",
            "out.conll",
        ],
        writes: Writes::Output("out.conll"),
    },
    Case {
        before: &[
            "convert",
            "more.jsonl",
            "--to",
            "webanno-tsv",
            "--out",
            "tsv",
        ],
        words: &[
            "convert",
            "gold.jsonl",
            "--to",
            "webanno-tsv",
            "--out",
            "tsv",
        ],
        writes: Writes::Output("tsv"),
    },
    Case {
        before: &[],
        words: &["stats", "news.copydesk", "--html", "report.html"],
        writes: Writes::Output("report.html"),
    },
    Case {
        before: &["stats", "small.copydesk", "--card", "README.md"],
        words: &["stats", "news.copydesk", "--card", "README.md"],
        writes: Writes::Output("README.md"),
    },
    Case {
        before: &[],
        words: &[
            "train",
            "more.jsonl",
            "--folds",
            "0",
            "--rounds",
            "2",
            "--out",
            "news.crf",
        ],
        writes: Writes::Output("news.crf"),
    },
    Case {
        before: &[],
        words: &["simulate", "more.jsonl", "--svg", "curve.svg"],
        writes: Writes::Output("curve.svg"),
    },
    Case {
        before: &[],
        words: &["dedupe", "copies.copydesk", "--project-labels"],
        writes: Writes::Dataset,
    },
    Case {
        before: &[],
        words: &[
            "schema",
            "set",
            "news.copydesk",
            "renamed.toml",
            "--rename",
            "GPE=PLACE",
        ],
        writes: Writes::Once,
    },
    Case {
        before: &[],
        words: &["copy", "news.copydesk", "copy.copydesk"],
        writes: Writes::Once,
    },
    Case {
        before: &[],
        words: &[
            "adjudicate",
            "team.copydesk",
            "--as",
            "lead",
            "--majority",
            "0.5",
        ],
        writes: Writes::Dataset,
    },
    Case {
        before: &[],
        words: &[
            "merge",
            "merged.copydesk",
            "ada.jsonl",
            "ben.jsonl",
            "cleo.jsonl",
        ],
        writes: Writes::Dataset,
    },
];

/// So many articles make a command last long enough to be killed in the middle.
const ARTICLES: usize = 300;

fn run(folder: &Path, words: &[&str]) -> (Option<i32>, String, String) {
    let run = finish(command(folder, COPYDESK, words), b"");
    (run.code, run.stdout, run.stderr)
}

fn well(folder: &Path, words: &[&str]) -> String {
    let (code, stdout, stderr) = run(folder, words);
    assert_eq!(code, Some(0), "{words:?}: {stderr}");
    stdout
}

/// Gold records, more of them, datasets of all and of a few, one with copies of done articles, and
/// one with the work of three annotators.
fn prepare(folder: &Path) {
    let text = |n: usize, day: &str| {
        let mut text =
            format!("Paris is large, says number {n}, and so is the harbour of town {n}. ");
        for line in 0..8 {
            text.push_str(&format!(
                "On {day} the {line}th boat of {n} came in with {} men. ",
                n * 7 + line
            ));
        }
        text.trim_end().to_owned()
    };
    let records = |from: usize, to: usize| -> String {
        (from..to)
            .map(|n| record(&format!("a{n}"), &text(n, "Monday")))
            .collect()
    };
    fs::write(folder.join("gold.jsonl"), records(0, ARTICLES)).unwrap();
    fs::write(folder.join("more.jsonl"), records(ARTICLES, ARTICLES + 30)).unwrap();
    let copies: String = (0..30)
        .map(|n| {
            let text = text(n, "Monday").replace("came in", "came home");
            format!("{{\"id\":\"copy{n}\",\"text\":\"{text}\"}}\n")
        })
        .collect();
    fs::write(folder.join("copies.jsonl"), copies).unwrap();
    well(folder, &["import", "news.copydesk", "gold.jsonl"]);
    well(folder, &["import", "small.copydesk", "more.jsonl"]);
    well(
        folder,
        &["import", "copies.copydesk", "gold.jsonl", "copies.jsonl"],
    );
    for (nth, name) in ["ada", "ben", "cleo"].into_iter().enumerate() {
        // Two of three always agree; a tenth of the articles is labelled alike by all.
        let labels = |n: usize| {
            if !n.is_multiple_of(10) && n % 3 == nth {
                "GPE"
            } else {
                "ORG"
            }
        };
        let records: String = (0..ARTICLES)
            .map(|n| annotated_by(name, &format!("a{n}"), &text(n, "Monday"), labels(n)))
            .collect();
        let file = format!("{name}.jsonl");
        fs::write(folder.join(&file), records).unwrap();
        well(folder, &["import", "team.copydesk", &file]);
    }
    let toml = well(folder, &["schema", "show", "news"]).replace("\"GPE\"", "\"PLACE\"");
    fs::write(folder.join("renamed.toml"), toml).unwrap();
}

/// A finished record of an annotator, in which "Paris" has a label.
fn annotated_by(name: &str, id: &str, text: &str, label: &str) -> String {
    format!(
        "{}\n",
        serde_json::json!({
            "id": id, "text": text, "annotator": name, "status": "done",
            "regions": [{"start": 0, "end": text.chars().count(), "label": "body"}],
            "entities": [{"start": 0, "end": 5, "label": label}],
        })
    )
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap().flatten() {
        let place = to.join(file.file_name());
        if file.file_type().unwrap().is_dir() {
            copy_folder(&file.path(), &place);
        } else {
            fs::copy(file.path(), place).unwrap();
        }
    }
}

/// All files under a folder or of a name, with what is in them.
fn contents(of: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    if of.is_file() {
        all.insert(String::new(), fs::read(of).unwrap());
    }
    for file in fs::read_dir(of).into_iter().flatten().flatten() {
        let name = file.file_name().into_string().unwrap();
        for (rest, bytes) in contents(&file.path()) {
            all.insert(format!("{name}/{rest}"), bytes);
        }
    }
    all
}

fn names(folder: &Path) -> Vec<String> {
    contents(folder).into_keys().collect()
}

/// What a dataset says, without the time at which it was said.
fn told_by(folder: &Path, dataset: &str) -> Vec<String> {
    let records = well(folder, &["export", dataset, "--status", "any"]);
    let mut lines: Vec<String> = records
        .lines()
        .map(|line| {
            let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
            value.as_object_mut().unwrap().remove("updated_at");
            value.to_string()
        })
        .collect();
    lines.push(well(folder, &["schema", "show", dataset]));
    lines
}

/// Every dataset is sound, whatever happened.
fn sound(folder: &Path, what: &str) {
    for file in fs::read_dir(folder).unwrap().flatten() {
        if file.path().extension().is_some_and(|end| end == "copydesk") {
            let store =
                SqliteStore::open(&file.path()).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(store.faults().unwrap(), [""; 0], "{what}");
        }
    }
}

#[test]
fn a_command_that_is_killed_leaves_the_old_or_the_new() {
    let kills = share("COPYDESK_KILLS", 40);
    let mut rng = Rng::new(seed(4));
    let template = tempfile::tempdir().unwrap();
    prepare(template.path());
    let mut in_time = 0;
    let mut done = 0;
    for (nth, case) in CASES.iter().enumerate() {
        // Few kills are spread over the list, so that the short form is not always of its beginning.
        let of_this = (nth + 1) * kills / CASES.len() - nth * kills / CASES.len();
        if of_this == 0 {
            continue;
        }
        let begin = tempfile::tempdir().unwrap();
        copy_folder(template.path(), begin.path());
        if !case.before.is_empty() {
            well(begin.path(), case.before);
        }
        // How it is without a kill, and how long that takes.
        let whole = tempfile::tempdir().unwrap();
        copy_folder(begin.path(), whole.path());
        let started = Instant::now();
        well(whole.path(), case.words);
        let takes = started.elapsed();
        let dataset = case.words.iter().find(|word| word.ends_with(".copydesk"));
        let dataset = if case.words[0] == "copy" {
            Some(&"copy.copydesk")
        } else {
            dataset
        };
        let wanted_names = names(whole.path());

        for kill in 0..of_this {
            let what = format!("kill {kill} of {:?}", case.words);
            let folder = tempfile::tempdir().unwrap();
            copy_folder(begin.path(), folder.path());
            let mut child = command(folder.path(), COPYDESK, case.words)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_micros(
                rng.below(takes.as_micros() as usize) as u64
            ));
            in_time += usize::from(child.try_wait().unwrap().is_none());
            child.kill().unwrap();
            child.wait().unwrap();
            done += 1;
            sound(folder.path(), &what);
            match case.writes {
                Writes::Output(out) => {
                    let there = contents(&folder.path().join(out));
                    let old = contents(&begin.path().join(out));
                    let new = contents(&whole.path().join(out));
                    // Between the two renames of a folder there is neither; the next run brings it
                    // back.
                    let away =
                        there.is_empty() && folder.path().join(out).symlink_metadata().is_err();
                    assert!(
                        there == old || there == new || away,
                        "{what}: half of {out} is there"
                    );
                    well(folder.path(), case.words);
                    assert!(
                        contents(&folder.path().join(out)) == new,
                        "{what}: the next run differs"
                    );
                }
                Writes::Dataset => {
                    well(folder.path(), case.words);
                    let dataset = dataset.unwrap();
                    assert_eq!(
                        told_by(folder.path(), dataset),
                        told_by(whole.path(), dataset),
                        "{what}"
                    );
                }
                Writes::Once => {
                    let (code, _, told) = run(folder.path(), case.words);
                    assert!(
                        code == Some(0) || told.contains("already") || told.contains("no label"),
                        "{what}: {told}"
                    );
                    let dataset = dataset.unwrap();
                    assert_eq!(
                        told_by(folder.path(), dataset),
                        told_by(whole.path(), dataset),
                        "{what}"
                    );
                }
            }
            sound(folder.path(), &what);
            assert_eq!(
                names(folder.path()),
                wanted_names,
                "{what}: something was left behind"
            );
        }
        println!("{of_this} kills of {}", case.words.join(" "));
    }
    println!(
        "{done} kills of {} commands, {in_time} before their end; nothing lost, nothing left",
        CASES.len()
    );
    assert!(
        in_time * 2 > done,
        "most kills came too late: {in_time} of {done}"
    );
}
