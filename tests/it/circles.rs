//! No circles of imports between files: whoever reads a file can read what it names, and come to an
//! end.
//!
//! A file names another one if its code (tests, comments and strings left out) names something that
//! the other file defines; a name that a third file re-exports counts for the file that defines it.
//! A module and its own submodules count as one: `sqlite/mod.rs` and `sqlite/open.rs` may name each
//! other.

use std::collections::{BTreeMap, BTreeSet};

use crate::architecture::{Source, is_name, sources, tokens};

#[test]
fn no_files_import_each_other_in_a_circle() {
    let found = circles(&sources());
    assert!(
        found.is_empty(),
        "{} circles:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn a_circle_is_found_also_through_a_re_export() {
    let source = |name: &str, rust: &str| Source::new(name, rust);
    let found = circles(&[
        source("edit/mod.rs", "mod plan; pub use plan::Plan;"),
        source(
            "edit/plan.rs",
            "use crate::store::Store; pub struct Plan(Store);",
        ),
        source(
            "store.rs",
            "pub struct Store; fn f() { crate::edit::Plan::new() }",
        ),
    ]);
    assert_eq!(
        found,
        ["edit/plan.rs names store.rs (Store)\nstore.rs names edit/plan.rs (new)"]
    );
}

#[test]
fn a_module_and_its_parts_are_one() {
    let found = circles(&[
        Source::new("edit/mod.rs", "mod plan; use plan::Plan; pub struct Edit;"),
        Source::new("edit/plan.rs", "use super::Edit; pub struct Plan(Edit);"),
    ]);
    assert_eq!(found, Vec::<String>::new());
}

type Path = Vec<String>;

/// What a file imports, re-exports and names.
#[derive(Default)]
struct Names {
    /// From the name to the absolute path.
    imports: BTreeMap<String, Path>,
    re_exports: BTreeMap<String, Path>,
    paths: Vec<Path>,
}

/// Each circle as its edges, one a line.
fn circles(sources: &[Source]) -> Vec<String> {
    let modules: BTreeMap<Path, &Source> = sources
        .iter()
        .filter(|source| source.name != "main.rs")
        .map(|source| (source.path.clone(), source))
        .collect();
    let names: BTreeMap<&Path, Names> = modules
        .iter()
        .map(|(path, source)| (path, names(path, &source.code, &modules)))
        .collect();
    let mut edges: BTreeMap<&Path, BTreeMap<&Path, String>> = BTreeMap::new();
    for (module, named) in &names {
        for path in &named.paths {
            let Some(target) = defining_module(path, &names, 0) else {
                continue;
            };
            if !target.is_empty() && !target.starts_with(module) && !module.starts_with(target) {
                edges
                    .entry(module)
                    .or_default()
                    .entry(target)
                    .or_insert_with(|| path.last().cloned().unwrap_or_default());
            }
        }
    }
    let reach: BTreeMap<&Path, BTreeSet<&Path>> = names
        .keys()
        .map(|from| (*from, reachable(from, &edges)))
        .collect();
    let mut done: BTreeSet<&Path> = BTreeSet::new();
    let mut found = Vec::new();
    for (from, reached) in &reach {
        if !reached.contains(from) || done.contains(from) {
            continue;
        }
        let circle: BTreeSet<&Path> = reached
            .iter()
            .copied()
            .filter(|other| reach[*other].contains(from))
            .collect();
        let mut lines = Vec::new();
        for one in &circle {
            for (other, name) in &edges[*one] {
                if circle.contains(*other) {
                    lines.push(format!(
                        "{} names {} ({name})",
                        modules[*one].name, modules[*other].name
                    ));
                }
            }
        }
        found.push(lines.join("\n"));
        done.extend(circle);
    }
    found
}

fn reachable<'a>(
    from: &'a Path,
    edges: &BTreeMap<&'a Path, BTreeMap<&'a Path, String>>,
) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(one) = open.pop() {
        for other in edges.get(one).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(*other) {
                open.push(other);
            }
        }
    }
    reached
}

/// The module that defines what `path` names, re-exports followed.
fn defining_module<'a>(
    path: &[String],
    names: &BTreeMap<&'a Path, Names>,
    depth: usize,
) -> Option<&'a Path> {
    let longest = (0..=path.len())
        .take_while(|length| {
            *length == 0
                || names
                    .keys()
                    .any(|module| module.as_slice() == &path[..*length])
        })
        .last()?;
    let (module, named) = names
        .iter()
        .find(|(module, _)| module.as_slice() == &path[..longest])?;
    let rest = &path[longest..];
    if let Some(next) = rest.first().and_then(|name| named.re_exports.get(name))
        && depth < 8
    {
        let onward: Path = next.iter().chain(&rest[1..]).cloned().collect();
        return defining_module(&onward, names, depth + 1);
    }
    Some(module)
}

/// The path from the crate's root, if `path` is one of this crate.
fn absolute(module: &Path, path: &[String], modules: &BTreeMap<Path, &Source>) -> Option<Path> {
    let first = path.first()?;
    if first == "crate" {
        return Some(path[1..].to_vec());
    }
    if first == "self" {
        return Some([module.as_slice(), &path[1..]].concat());
    }
    let supers = path.iter().take_while(|word| *word == "super").count();
    if supers > 0 {
        let base = module.len().checked_sub(supers)?;
        return Some([&module[..base], &path[supers..]].concat());
    }
    let child = [module.as_slice(), std::slice::from_ref(first)].concat();
    modules
        .contains_key(&child)
        .then(|| [module.as_slice(), path].concat())
}

fn names(module: &Path, code: &str, modules: &BTreeMap<Path, &Source>) -> Names {
    let tokens = tokens(code);
    let mut names = Names::default();
    let mut rest: Vec<Path> = Vec::new();
    let mut is_public = false;
    let mut i = 0;
    while i < tokens.len() {
        let token = tokens[i].as_str();
        if token == "use" {
            let end = (i..tokens.len())
                .find(|k| tokens[*k] == ";")
                .unwrap_or(tokens.len());
            let mut leaves = Vec::new();
            spread(&tokens[i + 1..end], &mut 0, &Vec::new(), &mut leaves);
            for (path, name) in leaves {
                let Some(mut path) = absolute(module, &path, modules) else {
                    continue;
                };
                if path
                    .last()
                    .is_some_and(|last| last == "self" || last == "*")
                {
                    path.pop();
                }
                if is_public {
                    names.re_exports.insert(name, path);
                } else if modules.contains_key(&path) {
                    names.imports.insert(name, path);
                } else {
                    names.paths.push(path);
                }
            }
            i = end;
        } else if is_name(token)
            && tokens.get(i + 1).is_some_and(|next| next == "::")
            && (i == 0 || tokens[i - 1] != "::")
        {
            let mut path = vec![token.to_owned()];
            while tokens.get(i + 1).is_some_and(|next| next == "::")
                && tokens.get(i + 2).is_some_and(|next| is_name(next))
            {
                path.push(tokens[i + 2].clone());
                i += 2;
            }
            rest.push(path);
        }
        // `pub`, `pub(crate)` and `pub(in …)` come right before `use`.
        is_public = match token {
            "pub" => true,
            "(" | ")" | "in" | "crate" | "super" | "self" | "::" => is_public,
            _ => false,
        };
        i += 1;
    }
    for path in rest {
        if let Some(path) = absolute(module, &path, modules) {
            names.paths.push(path);
        } else if let Some(import) = names.imports.get(&path[0]) {
            names.paths.push([import.as_slice(), &path[1..]].concat());
        }
    }
    names
}

/// The leaves of a `use` tree, each with the name that it gets.
fn spread(tokens: &[String], at: &mut usize, before: &Path, leaves: &mut Vec<(Path, String)>) {
    let mut path = before.clone();
    while let Some(token) = tokens.get(*at) {
        match token.as_str() {
            "{" => {
                *at += 1;
                while tokens.get(*at).is_some_and(|token| token != "}") {
                    spread(tokens, at, &path, leaves);
                    if tokens.get(*at).is_some_and(|token| token == ",") {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            "," | "}" => break,
            "as" => {
                let name = tokens.get(*at + 1).cloned().unwrap_or_default();
                *at += 2;
                leaves.push((path, name));
                return;
            }
            "::" => *at += 1,
            word => {
                path.push(word.to_owned());
                *at += 1;
            }
        }
    }
    let named = path
        .iter()
        .rev()
        .find(|word| *word != "self")
        .cloned()
        .unwrap_or_default();
    if path.len() > before.len() {
        leaves.push((path, named));
    }
}
