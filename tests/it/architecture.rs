//! The layers, kept true: in one package the compiler does not do it. The picture is in
//! `docs/ARCHITECTURE.md`.
//!
//! Each table is the rule; the sources are read, comments, strings and test code taken away, and
//! each name that a module of the top level takes from another one, or from a crate, is looked up.

#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which module may name which, from the bottom up.
const LAYERS: [(&str, &[&str]); 12] = [
    ("model", &[]),
    ("learn", &["model"]),
    ("edit", &["model", "learn"]),
    ("extract", &["model", "learn"]),
    ("tag", &["model", "learn"]),
    ("store", &["model", "edit"]),
    // Beside `store` of one dataset: the server of a team, whose articles have the same codec.
    ("team", &["model", "edit", "store"]),
    ("formats", &["model", "edit", "extract", "tag"]),
    ("quality", &["model", "edit", "extract", "tag"]),
    (
        "dataset",
        &[
            "model", "learn", "edit", "extract", "tag", "store", "team", "formats", "quality",
        ],
    ),
    ("cli", &["model", "formats", "quality", "dataset"]),
    // `store` for the words of its answers only (keys, rows, revisions): see
    // `the_window_never_calls_the_store`.
    (
        "app",
        &["model", "edit", "formats", "quality", "dataset", "store"],
    ),
];

/// Which crate belongs to which modules. A crate that is not here belongs to nobody: say here whose
/// it is.
const CRATES: [(&str, &[&str]); 62] = [
    ("anyhow", &["dataset", "cli", "app"]),
    ("thiserror", &["edit", "store", "team", "dataset"]),
    ("tokio", &["team"]),
    ("tokio_postgres", &["team"]),
    ("postgres_protocol", &["team"]),
    ("rustls", &["team"]),
    ("tokio_rustls", &["team"]),
    ("rpassword", &["cli"]),
    ("getrandom", &["dataset"]),
    ("serde", &["extract", "store", "team", "formats", "dataset"]),
    (
        "serde_json",
        &[
            "extract", "store", "team", "formats", "dataset", "cli", "app",
        ],
    ),
    ("toml", &["store", "formats", "dataset"]),
    ("rmpv", &["formats"]),
    ("quick_xml", &["formats"]),
    ("csv", &["formats"]),
    ("csv_core", &["formats"]),
    ("parquet", &["formats"]),
    ("bytes", &["formats"]),
    ("tokenizers", &["formats"]),
    ("rustix", &["dataset"]),
    ("rusqlite", &["store"]),
    ("tempfile", &["store", "dataset"]),
    ("blake3", &["store", "dataset"]),
    ("flate2", &["extract", "formats", "dataset", "learn"]),
    ("ignore", &["dataset"]),
    ("glob", &["dataset"]),
    ("html5ever", &["extract"]),
    ("encoding_rs", &["extract", "formats"]),
    ("chardetng", &["extract"]),
    ("aho_corasick", &["extract", "quality", "dataset"]),
    ("foldhash", &["extract"]),
    ("memchr", &["learn", "extract", "tag", "formats", "dataset"]),
    (
        "unicode_segmentation",
        &["edit", "extract", "tag", "store", "app"],
    ),
    ("url", &["model"]),
    ("idna", &["model"]),
    ("psl", &["model"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("signal_hook", &["cli"]),
    ("jiff", &["formats", "dataset"]),
    ("tracing", &["store", "team", "dataset", "cli", "app"]),
    ("tracing_subscriber", &["cli"]),
    ("directories", &["dataset"]),
    ("egui", &["app"]),
    ("eframe", &["app"]),
    ("egui_material_icons", &["app"]),
    ("rfd", &["app"]),
    ("unicode_bidi", &["app"]),
    ("whatlang", &["tag"]),
    ("icu_segmenter", &["edit", "store", "extract", "tag"]),
    ("egui_plot", &["app"]),
    ("egui_commonmark", &["app"]),
    ("egui_extras", &["app"]),
    ("egui_system_font_provider", &["app"]),
    ("image", &["app"]),
    ("base64", &["app"]),
    ("resvg", &["app"]),
    ("parley", &["app"]),
    ("vello_cpu", &["app"]),
    ("egui_kittest", &[]),
];

/// The modules that touch no files, clock, environment or threads.
const PURE: [&str; 6] = ["model", "learn", "edit", "extract", "tag", "quality"];

/// What a pure module may not name.
const IMPURE: [&str; 7] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::SystemTime",
    "std::time::Instant",
];

/// Words with which a sentence of SQL begins, upper case, as they are written here.
const SQL: [&str; 8] = [
    "SELECT ",
    "INSERT INTO ",
    "DELETE FROM ",
    "UPDATE ",
    "CREATE TABLE ",
    "PRAGMA ",
    "BEGIN IMMEDIATE",
    "DROP TABLE ",
];

#[test]
fn each_module_names_only_what_lies_under_it() {
    assert_eq!(faults(&sources()), Vec::<String>::new());
}

#[test]
fn every_module_and_every_crate_has_its_place() {
    let sources = sources();
    let modules: BTreeSet<&str> = sources
        .iter()
        .map(|source| source.module.as_str())
        .collect();
    let known: BTreeSet<&str> = LAYERS.iter().map(|(module, _)| *module).collect();
    let strays: Vec<_> = modules
        .difference(&known)
        .filter(|module| !module.is_empty())
        .collect();
    assert!(
        strays.is_empty(),
        "say in LAYERS where these belong: {strays:?}"
    );

    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml"))
        .unwrap()
        .parse()
        .unwrap();
    let dependencies = manifest["dependencies"].as_table().unwrap();
    let named: BTreeSet<String> = dependencies
        .keys()
        .map(|name| name.replace('-', "_"))
        .collect();
    let owned: BTreeSet<String> = CRATES.iter().map(|(name, _)| (*name).to_owned()).collect();
    let strays: Vec<_> = named.difference(&owned).collect();
    assert!(
        strays.is_empty(),
        "say in CRATES whose these are: {strays:?}"
    );
}

#[test]
fn the_window_never_calls_the_store() {
    // It may hold keys and rows; whoever holds a store could change an annotation past the one
    // dispatch.
    for source in sources().iter().filter(|source| source.module == "app") {
        for word in ["SqliteStore", "add_articles", "set_schema", ".commit("] {
            assert!(!source.code.contains(word), "{} names {word}", source.name);
        }
    }
}

#[test]
fn only_update_changes_the_state() {
    let faults: Vec<String> = sources().iter().flat_map(window_faults).collect();
    assert_eq!(faults, Vec::<String>::new());
}

/// Names the lines of the window that break its rooms: views and the shell see `&State` alone, and
/// tasks no state at all.
fn window_faults(source: &Source) -> Vec<String> {
    let Source { name, code, .. } = source;
    let room = match source.path.as_slice() {
        [app, room, ..] if app == "app" => room.as_str(),
        _ => return Vec::new(),
    };
    if room == "update" {
        return Vec::new();
    }
    let mut faults = BTreeSet::new();
    let tokens = tokens(code);
    let follows = |at: usize, words: &[&str]| {
        let next = tokens.iter().skip(at).take(words.len());
        next.eq(words.iter().copied())
    };
    let mut in_impl = None; // how deep in braces, within an `impl State`
    for at in 0..tokens.len() {
        if (0..4).any(|lifetime| {
            follows(at, &["&"])
                && follows(at + 1 + lifetime, &["mut", "State"])
                && tokens[at + 1..at + 1 + lifetime]
                    .iter()
                    .all(|token| token == "'" || is_name(token))
        }) {
            faults.insert(format!("{name}: only update holds &mut State"));
        }
        match in_impl {
            None if follows(at, &["impl", "State", "{"]) => in_impl = Some(0),
            Some(depth) => {
                let depth = match tokens[at].as_str() {
                    "{" => depth + 1,
                    "}" => depth - 1,
                    _ => depth,
                };
                let is_open = depth > 0 || tokens[at] != "}";
                in_impl = is_open.then_some(depth);
                if follows(at, &["&", "mut", "self"]) {
                    faults.insert(format!(
                        "{name}: only update has methods that change the State"
                    ));
                }
            }
            None => {}
        }
    }
    for path in paths(code) {
        let from_top = match path.iter().take_while(|word| *word == "super").count() {
            0 => path.clone(),
            supers => {
                let top = source.path.len().saturating_sub(supers);
                let climbed = source.path[..top].iter().chain(&path[supers..]);
                [&"crate".to_owned()]
                    .into_iter()
                    .chain(climbed)
                    .cloned()
                    .collect()
            }
        };
        let names_state = from_top.starts_with(&["crate".into(), "app".into(), "state".into()])
            || from_top.starts_with(&["crate".into(), "app".into(), "State".into()]);
        if room == "tasks" && names_state {
            faults.insert(format!("{name}: tasks may not name the state"));
        }
    }
    faults.into_iter().collect()
}

// -- the checker is checked ----------------------------------------------------------------------

fn said(module_path: &str, rust: &str) -> Vec<String> {
    faults(&[Source::new(module_path, rust)])
}

#[test]
fn a_wrong_name_is_found_however_it_is_written() {
    for (path, rust) in [
        ("model/text.rs", "use crate::store::Store;"),
        ("model/text.rs", "use crate::{edit, store};"),
        (
            "model/text.rs",
            "use crate::{\n    model::{a, b},\n    dataset::{c},\n};",
        ),
        (
            "model/text.rs",
            "fn f() { let x: crate :: app::State = y; }",
        ),
        ("model/mod.rs", "use super::edit::Edit;"),
        ("model/text.rs", "use super::super::edit::Edit;"),
        ("model/deep/text.rs", "use super::super::super::{edit};"),
        ("cli/mod.rs", "use crate::app::run;"),
        ("app/mod.rs", "use crate::cli::run;"),
        ("extract/mod.rs", "use crate::edit::Edit;"),
        ("quality/mod.rs", "use crate::store::Store;"),
        ("model/text.rs", "use serde::Serialize;"),
        ("edit/mod.rs", "fn f() { rusqlite::Connection::open(x); }"),
        ("dataset/mod.rs", "use ::egui::Ui;"),
        ("dataset/mod.rs", "use {anyhow::Result, eframe};"),
        ("formats/mod.rs", "extern crate clap;"),
        ("extract/mod.rs", "use std::fs;"),
        ("extract/mod.rs", "use std::{collections::BTreeMap, env};"),
        ("edit/mod.rs", "let now = std::time::Instant::now();"),
        ("formats/mod.rs", "use std::fs::File;"),
        ("dataset/mod.rs", "fn f() { println!(\"x\"); }"),
        ("app/mod.rs", "fn f() { std::process::exit(1); }"),
        (
            "cli/mod.rs",
            "use std::process; fn f() { process::exit(1); }",
        ),
        (
            "dataset/mod.rs",
            "const Q: &str = \"SELECT key FROM article\";",
        ),
        (
            "app/mod.rs",
            "const Q: &str = r#\"\n  INSERT INTO t VALUES (1)\"#;",
        ),
    ] {
        let said = said(path, rust);
        assert!(!said.is_empty(), "{path}: {rust}");
    }
}

#[test]
fn what_is_allowed_is_allowed() {
    for (path, rust) in [
        (
            "edit/plan.rs",
            "use super::segment; use super::{Edit, Transaction}; use crate::model::{Span, Text};",
        ),
        (
            "store/sqlite/open.rs",
            "use super::super::codec; const Q: &str = \"SELECT key FROM article\";",
        ),
        (
            "model/text.rs",
            "// use crate::store::Store;\n/* egui::Ui /* nested */ crate::app */ const A: &str = \"crate::store\";",
        ),
        (
            "model/text.rs",
            "#[cfg(test)]\nmod tests {\n use crate::edit::Edit; fn f() { println!(\"{}\", '{'); }\n}",
        ),
        (
            "model/text.rs",
            "#[cfg(test)]\nuse crate::edit::Edit;\nconst B: char = '\"'; const C: &str = r##\"egui::Ui \"# \"##;",
        ),
        (
            "model/text.rs",
            "impl<'a> X<'a> { fn f(&'a self) -> glob { self.egui.f(ui::egui::x) } }",
        ),
        (
            "cli/mod.rs",
            "use clap::Parser; fn f() { eprintln!(\"x\"); }",
        ),
        (
            "extract/mod.rs",
            "use std::io::Read; use crate::learn::Model;",
        ),
        (
            "dataset/mod.rs",
            "/// SELECT a file\nconst WHY: &str = \"Select a file, update it\";",
        ),
    ] {
        assert_eq!(said(path, rust), Vec::<String>::new(), "{path}: {rust}");
    }
}

#[test]
fn a_second_hand_on_the_state_is_found_however_it_is_written() {
    let found = |path: &str, rust: &str| window_faults(&Source::new(path, rust));
    for (path, rust) in [
        ("app/views/bars.rs", "fn f(state: &mut State) {}"),
        ("app/views/bars.rs", "fn f(state: &'a mut State) {}"),
        ("app/shell/frame.rs", "fn f() -> (u8, & mut State) {}"),
        (
            "app/state/mod.rs",
            "impl State { fn f(&self) {} fn g(&mut self) {} }",
        ),
        (
            "app/tasks/jobs/mod.rs",
            "use crate::app::state::OpenDataset;",
        ),
        (
            "app/tasks/jobs/mod.rs",
            "use crate::app::{ui, state::{Tab, Focus}};",
        ),
        ("app/tasks/jobs/mod.rs", "use super::super::state;"),
        ("app/tasks/save_chart.rs", "fn f(x: crate::app::State) {}"),
        (
            "app/tasks/save_chart.rs",
            "fn f() { super::super::state::notices::now() }",
        ),
    ] {
        assert_eq!(found(path, rust).len(), 1, "{path}: {rust}");
    }
    for (path, rust) in [
        (
            "app/update/mod.rs",
            "impl State { fn f(&mut self, state: &mut State) {} }",
        ),
        (
            "app/views/bars.rs",
            "fn f(state: &State, out: &mut Vec<Message>) {}",
        ),
        (
            "app/state/mod.rs",
            "impl State { fn f(&self) { if a { b } } } impl Notices { fn g(&mut self) {} }",
        ),
        (
            "app/tasks/jobs/mod.rs",
            "use crate::app::ui::theme; use super::state_of_disk;",
        ),
        ("dataset/mod.rs", "fn f(state: &mut State) {}"),
    ] {
        assert_eq!(found(path, rust), Vec::<String>::new(), "{path}: {rust}");
    }
}

// -- reading the sources -------------------------------------------------------------------------

/// One file of the library, without what does not count.
pub(crate) struct Source {
    /// Its path under `src/`.
    pub(crate) name: String,
    /// Its modules from the top, such as `store`, `sqlite`, `open`.
    pub(crate) path: Vec<String>,
    /// The first of them; empty for `lib.rs` and `main.rs`.
    module: String,
    /// Its text without comments, strings and test code.
    pub(crate) code: String,
    /// Its strings, of all but test code.
    strings: Vec<String>,
}

impl Source {
    pub(crate) fn new(name: &str, rust: &str) -> Self {
        let mut path: Vec<String> = name
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        if matches!(
            path.last().map(String::as_str),
            Some("mod" | "lib" | "main")
        ) {
            path.pop();
        }
        let (code, strings) = bare(rust);
        Self {
            name: name.to_owned(),
            module: path.first().cloned().unwrap_or_default(),
            path,
            code,
            strings,
        }
    }
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files of `src/`, but not those that are test code as a whole (`tests.rs`, `tests/`).
pub(crate) fn sources() -> Vec<Source> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.file_name().is_some_and(|name| name != "tests") {
                    walk(&path, files);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let src = root().join("src");
    let mut files = Vec::new();
    walk(&src, &mut files);
    files.sort();
    assert!(files.len() > 30, "the sources are elsewhere");
    files
        .iter()
        .filter(|path| path.file_stem().is_none_or(|stem| stem != "tests"))
        .map(|path| {
            let name = path
                .strip_prefix(&src)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            Source::new(&name, &fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// Takes comments, strings, characters and `#[cfg(test)]` items away. Strings are given besides;
/// each leaves a `""`.
fn bare(rust: &str) -> (String, Vec<String>) {
    let chars: Vec<char> = rust.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let mut code = String::new();
    let mut strings = Vec::new();
    let mut places = Vec::new(); // where in `code` each string stood
    let mut i = 0;
    while i < chars.len() {
        let raw_hashes = (at(i) == 'r').then(|| (i + 1..).take_while(|k| at(*k) == '#').count());
        let starts_word =
            i == 0 || !(at(i - 1).is_alphanumeric() || at(i - 1) == '_') || (at(i - 1) == 'b');
        match (at(i), at(i + 1)) {
            ('/', '/') => {
                i = (i..chars.len())
                    .find(|k| at(*k) == '\n')
                    .unwrap_or(chars.len());
            }
            ('/', '*') => {
                let mut depth = 0;
                loop {
                    match (at(i), at(i + 1)) {
                        ('/', '*') => (depth, i) = (depth + 1, i + 2),
                        ('*', '/') => (depth, i) = (depth - 1, i + 2),
                        _ => i += 1,
                    }
                    if depth == 0 || i >= chars.len() {
                        break;
                    }
                }
            }
            ('r', _)
                if starts_word && raw_hashes.is_some_and(|hashes| at(i + 1 + hashes) == '"') =>
            {
                let hashes = raw_hashes.unwrap_or_default();
                let begin = i + 2 + hashes;
                let closes = |k: usize| at(k) == '"' && (1..=hashes).all(|n| at(k + n) == '#');
                let end = (begin..chars.len())
                    .find(|k| closes(*k))
                    .unwrap_or(chars.len());
                places.push(code.len());
                strings.push(chars[begin..end].iter().collect());
                code.push_str("\"\"");
                i = end + 1 + hashes;
            }
            ('"', _) => {
                let begin = i + 1;
                i = begin;
                while i < chars.len() && at(i) != '"' {
                    i += if at(i) == '\\' { 2 } else { 1 };
                }
                places.push(code.len());
                strings.push(chars[begin..i.min(chars.len())].iter().collect());
                code.push_str("\"\"");
                i += 1;
            }
            ('\'', '\\') => {
                i += 3; // past the quote, the backslash and what it escapes
                while i < chars.len() && at(i) != '\'' {
                    i += 1;
                }
                i += 1;
            }
            ('\'', _) if at(i + 2) == '\'' => i += 3,
            (c, _) => {
                code.push(c);
                i += 1;
            }
        }
    }
    without_tests(&code, &strings, &places)
}

fn without_tests(code: &str, strings: &[String], places: &[usize]) -> (String, Vec<String>) {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::new();
    let mut dropped: Vec<std::ops::Range<usize>> = Vec::new();
    let mut from = 0;
    while let Some(found) = code[from..].find(MARK) {
        let start = from + found;
        kept.push_str(&code[from..start]);
        // The item ends with its first block, or before that with a semicolon.
        let mut depth = 0;
        let mut end = code.len();
        for (at, c) in code[start + MARK.len()..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 && matches!(c, '}' | ';') {
                end = start + MARK.len() + at + c.len_utf8();
                break;
            }
        }
        dropped.push(start..end);
        from = end;
    }
    kept.push_str(&code[from..]);
    let strings = strings
        .iter()
        .zip(places)
        .filter(|(_, place)| !dropped.iter().any(|range| range.contains(place)))
        .map(|(string, _)| string.clone())
        .collect();
    (kept, strings)
}

// -- the check -----------------------------------------------------------------------------------

fn faults(sources: &[Source]) -> Vec<String> {
    let layers: BTreeMap<&str, &[&str]> = LAYERS.into_iter().collect();
    let mut faults = BTreeSet::new();
    for source in sources {
        let Source {
            name, module, code, ..
        } = source;
        let is_top = module.is_empty(); // lib.rs and main.rs name everything
        for path in paths(code) {
            if let Some(other) = named_module(source, &path)
                && layers.contains_key(other)
                && other != module
                && !is_top
                && !layers
                    .get(module.as_str())
                    .is_some_and(|allowed| allowed.contains(&other))
            {
                faults.insert(format!("{name}: {module} may not name {other}"));
            }
            let first = path
                .iter()
                .find(|word| !word.is_empty())
                .map_or("", String::as_str);
            if let Some((krate, owners)) = CRATES.iter().find(|(krate, _)| *krate == first)
                && !is_top
                && !owners.contains(&module.as_str())
            {
                faults.insert(format!("{name}: {module} may not use the crate {krate}"));
            }
            let path = path.join("::");
            let reads_files = *module == "formats" && path.starts_with("std::fs");
            let is_impure = PURE.contains(&module.as_str())
                && IMPURE
                    .iter()
                    .any(|impure| path == *impure || path.starts_with(&format!("{impure}::")));
            if reads_files || is_impure {
                faults.insert(format!("{name}: {module} may not use {path}"));
            }
        }
        for word in ["println!", "eprintln!", "print!", "eprint!", "dbg!"] {
            if module != "cli" && has_word(code, word) {
                faults.insert(format!("{name}: only cli prints, with {word}"));
                break;
            }
        }
        if code.contains("process::exit") && !is_top {
            faults.insert(format!("{name}: only main exits"));
        }
        if !["store", "team"].contains(&module.as_str()) {
            for string in &source.strings {
                let begins = string.trim_start_matches(|c: char| c.is_whitespace() || c == '\\');
                if SQL.iter().any(|sql| begins.starts_with(sql)) {
                    faults.insert(format!("{name}: only store and team speak SQL: {begins:?}"));
                }
            }
        }
    }
    faults.into_iter().collect()
}

fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// The module of the top level that a path names, if it begins with `crate` or climbs there with
/// `super`.
fn named_module<'a>(source: &Source, path: &'a [String]) -> Option<&'a str> {
    let supers = path.iter().take_while(|word| *word == "super").count();
    let next = match path.first()?.as_str() {
        "crate" => path.get(1)?,
        "super" if supers == source.path.len() => path.get(supers)?,
        _ => return None,
    };
    Some(next)
}

/// All paths of more than one word, groups in braces spread out: `use a::{b, c::d}` gives `a::b`
/// and `a::c::d`. Each word of a `use` without `::` counts as a path too.
fn paths(code: &str) -> Vec<Vec<String>> {
    let tokens = tokens(code);
    let mut paths = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let word = tokens[i].as_str();
        if word == "use" || (word == "crate" && i > 0 && tokens[i - 1] == "extern") {
            i = tree(&tokens, i + 1, &mut Vec::new(), &mut paths);
        } else if is_name(word) && tokens.get(i + 1).is_some_and(|next| next == "::") {
            let after_path = i > 0 && (tokens[i - 1] == "::" && i > 1 && is_name(&tokens[i - 2]));
            if after_path {
                i += 1;
            } else {
                i = tree(&tokens, i, &mut Vec::new(), &mut paths);
            }
        } else {
            i += 1;
        }
    }
    paths
}

/// Reads one path with its groups, and gives the place after it.
fn tree(
    tokens: &[String],
    mut i: usize,
    before: &mut Vec<String>,
    paths: &mut Vec<Vec<String>>,
) -> usize {
    let depth = before.len();
    let mut word_open = false;
    while let Some(token) = tokens.get(i) {
        match token.as_str() {
            "::" => i += 1,
            "{" if !word_open
                && tokens.get(i.wrapping_sub(1)).is_some_and(|last| {
                    last == "::" || last == "use" || last == "{" || last == ","
                }) =>
            {
                i += 1;
                while tokens.get(i).is_some_and(|token| token != "}") {
                    i = tree(tokens, i, &mut before.clone(), paths);
                    if tokens.get(i).is_some_and(|token| token == ",") {
                        i += 1;
                    } else if tokens.get(i).is_some_and(|token| token != "}") {
                        i += 1; // `as name`, or what is no use tree
                    }
                }
                before.truncate(depth);
                return i + 1;
            }
            word if is_name(word) && !word_open => {
                before.push(word.to_owned());
                word_open = true;
                i += 1;
            }
            _ => break,
        }
        if tokens.get(i).is_some_and(|next| next == "::") {
            word_open = false;
        }
    }
    if before.len() > depth || !before.is_empty() {
        paths.push(before.clone());
    }
    before.truncate(depth);
    i.max(1)
}

pub(crate) fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::`, and single other characters; no white space.
pub(crate) fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() || c == '_' {
            let mut word = c.to_string();
            while let Some(next) = chars.next_if(|next| next.is_alphanumeric() || *next == '_') {
                word.push(next);
            }
            tokens.push(word);
        } else if c == ':' && chars.next_if_eq(&':').is_some() {
            tokens.push("::".into());
        } else if !c.is_whitespace() {
            tokens.push(c.to_string());
        }
    }
    tokens
}
