//! One concept, one name: a public type name is defined in at most two files of `src`.
//!
//! `vocabulary.allowed` lists the names that break the rule, sorted, one a line. The list may only
//! shrink: a name that is not on it fails the test, and so does an entry that is no longer needed.
//! Rename the type instead of adding a line.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::architecture::{root, sources, tokens};

/// In how many files a name may be defined.
const AT_MOST: usize = 2;

/// Where the exceptions are, below the root of the package.
const ALLOWED: &str = "tests/it/vocabulary.allowed";

#[test]
fn a_public_type_name_is_defined_in_at_most_two_files() {
    let allowed = fs::read_to_string(root().join(ALLOWED)).unwrap();
    let mut definitions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        for name in public_types(&source.code) {
            definitions
                .entry(name)
                .or_default()
                .insert(source.name.clone());
        }
    }
    assert!(definitions.len() > 300, "the types are elsewhere");
    let faults = faults(&definitions, &allowed);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Names that are defined too often and not allowed, entries that are not needed, and disorder of
/// the list.
fn faults(definitions: &BTreeMap<String, BTreeSet<String>>, allowed: &str) -> Vec<String> {
    let lines: Vec<&str> = allowed.lines().collect();
    let entries: BTreeSet<&str> = lines.iter().copied().collect();
    let mut faults = Vec::new();
    if !lines.iter().copied().eq(entries.iter().copied()) {
        faults.push(format!("{ALLOWED} is not sorted, or names a type twice"));
    }
    for (name, files) in definitions {
        if files.len() > AT_MOST && !entries.contains(name.as_str()) {
            let files: Vec<&str> = files.iter().map(String::as_str).collect();
            faults.push(format!(
                "{name} is defined in {} files: {}; rename it",
                files.len(),
                files.join(", ")
            ));
        }
    }
    for entry in entries {
        if definitions
            .get(entry)
            .is_none_or(|files| files.len() <= AT_MOST)
        {
            faults.push(format!(
                "{entry} is no longer defined too often: take it out of {ALLOWED}"
            ));
        }
    }
    faults
}

/// The names of the types and traits that a file defines and shows to others: `pub`, `pub(crate)`
/// and so on.
fn public_types(code: &str) -> Vec<String> {
    let tokens = tokens(code);
    let mut names = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token != "pub" {
            continue;
        }
        let mut next = at + 1;
        if tokens.get(next).is_some_and(|token| token == "(") {
            next += tokens[next..]
                .iter()
                .position(|token| token == ")")
                .map_or(0, |length| length + 1);
        }
        let is_type = tokens.get(next).is_some_and(|word| {
            matches!(
                word.as_str(),
                "struct" | "enum" | "trait" | "type" | "union"
            )
        });
        if let Some(name) = tokens.get(next + 1).filter(|_| is_type) {
            names.push(name.clone());
        }
    }
    names
}

// -- the checker is checked ----------------------------------------------------------------------

fn defined(names: &[(&str, usize)]) -> BTreeMap<String, BTreeSet<String>> {
    names
        .iter()
        .map(|(name, files)| {
            let files = (0..*files).map(|n| format!("file{n}.rs")).collect();
            ((*name).to_owned(), files)
        })
        .collect()
}

#[test]
fn each_visibility_and_each_kind_of_type_is_found() {
    let code = "pub struct A; pub(crate) enum B { C } pub(in crate::x) trait D {} pub type E = F; struct G; pub fn h() {} \
                pub use i::J; pub(super) struct K<'a>(pub L<'a>);";
    assert_eq!(public_types(code), ["A", "B", "D", "E", "K"]);
}

#[test]
fn a_name_that_is_defined_too_often_is_named_with_its_files() {
    let faults = faults(&defined(&[("Mark", 3), ("Span", 2)]), "");
    assert_eq!(
        faults,
        ["Mark is defined in 3 files: file0.rs, file1.rs, file2.rs; rename it"]
    );
}

#[test]
fn the_list_only_shrinks() {
    let definitions = defined(&[("Line", 3), ("Mark", 2)]);
    assert_eq!(faults(&definitions, "Line\n"), Vec::<String>::new());
    assert_eq!(
        faults(&definitions, "Gone\nLine\nMark\n"),
        [
            "Gone is no longer defined too often: take it out of tests/it/vocabulary.allowed",
            "Mark is no longer defined too often: take it out of tests/it/vocabulary.allowed",
        ]
    );
    assert_eq!(
        faults(&defined(&[("Line", 3), ("Mark", 3)]), "Mark\nLine\n"),
        ["tests/it/vocabulary.allowed is not sorted, or names a type twice"]
    );
}
