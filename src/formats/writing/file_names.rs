//! Names of exported files.

use std::collections::BTreeSet;

/// A file's name without its ending, made of an id: an id may hold anything, a name may not.
pub(in crate::formats) fn file_stem(id: &str, part: &str, taken: &mut BTreeSet<String>) -> String {
    const CHARS: usize = 80;
    let mut name: String = id
        .chars()
        .take(CHARS)
        .map(|c| {
            if c.is_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    while name.len() > 200 {
        name.pop();
    }
    let name = name.trim_matches(['.', '-']);
    let name = if name.is_empty() { "article" } else { name };
    let folder = if part.is_empty() {
        String::new()
    } else {
        format!("{part}/")
    };
    let mut stem = format!("{folder}{name}");
    let mut number = 1;
    // Without regard to case: some file systems have none.
    while !taken.insert(stem.to_lowercase()) {
        number += 1;
        stem = format!("{folder}{name}-{number}");
    }
    stem
}
