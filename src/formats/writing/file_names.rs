//! Names of exported files.

use std::collections::BTreeSet;

/// Makes a unique file name, without extension, from an id. An id may contain anything; a file name
/// may not.
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
    // Some file systems ignore case.
    while !taken.insert(stem.to_lowercase()) {
        number += 1;
        stem = format!("{folder}{name}-{number}");
    }
    stem
}
