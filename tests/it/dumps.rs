//! Scraped dumps: the extractor finds the story, each bare comment and the lines around, without
//! names, dates or headings.
//!
//! `datasets/dumps` holds five such dumps with their labels, and the article that the project began
//! with may lie beside the checkout. Nothing was trained on either.

#![allow(clippy::unwrap_used, clippy::print_stderr)] // helpers of tests, which the lint does not know for such

use std::fs;
use std::path::Path;

use copydesk::dataset::config::built_in_schemas;
use copydesk::extract;
use copydesk::model::notation;
use copydesk::model::{Region, Text};

/// Lines that the shipped model is known to label wrong, by the first words of each. The list may
/// only shrink.
const KNOWN_MISSES: [&str; 2] = [
    "03-german: nav instead of comment: Für einen Euro",
    "05-spanish: nav instead of comment: ¿Y los de Madrid",
];

fn suggested(text: &Text) -> Vec<Region> {
    extract::extract_text(text.clone(), &built_in_schemas::news().unwrap()).regions
}

/// Each line of a text that says something, with where it begins.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    let lines = text.split('\n').map(move |line| {
        let start = at;
        at += line.len() + 1;
        (start, line)
    });
    lines.filter(|(_, line)| !line.trim().is_empty())
}

/// The region that holds most of a line, by number; `None` if none does.
fn region_of(regions: &[Region], start: usize, line: &str) -> Option<usize> {
    let middle = start + line.len() / 2;
    regions.iter().position(|region| {
        (region.span.start().index()..region.span.end().index()).contains(&middle)
    })
}

/// The label of a line; what no region holds, and what a finer label than `nav` holds, is `nav`.
fn label_of(regions: &[Region], start: usize, line: &str) -> String {
    let label = region_of(regions, start, line).map(|at| regions[at].label.as_str());
    match label {
        Some(core @ ("body" | "comment")) => core.to_owned(),
        _ => "nav".to_owned(),
    }
}

#[test]
fn the_sample_dumps_are_labelled_as_a_person_labels_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/dumps");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 5);
    let mut wrong = Vec::new();
    for path in paths {
        let notated = notation::parse(&fs::read_to_string(&path).unwrap()).unwrap();
        let (text, gold) = (&notated.text, notated.annotation.regions());
        let found = suggested(text);
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut comments = Vec::new();
        for (start, line) in lines(text.as_str()) {
            let (want, is) = (label_of(gold, start, line), label_of(&found, start, line));
            if want != is {
                wrong.push(format!("{name}: {is} instead of {want}: {line}"));
            } else if want == "comment" {
                comments.push(region_of(&found, start, line));
            }
        }
        let count = comments.len();
        comments.dedup();
        if comments.len() < count {
            wrong.push(format!("{name}: neighbouring comments became one region"));
        }
    }
    let (missed, found): (Vec<&str>, Vec<&str>) = KNOWN_MISSES
        .iter()
        .partition(|known| wrong.iter().any(|line: &String| line.starts_with(**known)));
    assert!(
        found.is_empty(),
        "no longer missed, take them out:\n{}",
        found.join("\n")
    );
    wrong.retain(|line| !missed.iter().any(|known| line.starts_with(known)));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_first_article_is_labelled_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed");
    let Ok(mut entries) = fs::read_dir(&folder) else {
        eprintln!("skipped: {} is not here", folder.display());
        return;
    };
    let path = entries.next().unwrap().unwrap().path();
    let text = Text::new(&fs::read_to_string(path).unwrap());
    let found = suggested(&text);
    let all: Vec<(usize, &str)> = lines(text.as_str()).collect();
    let place = |begins: &str| {
        all.iter()
            .position(|(_, line)| line.starts_with(begins))
            .unwrap()
    };
    let (also, steps) = (place("See also"), place("8Previous article"));
    let mut wrong = Vec::new();
    for (at, (start, line)) in all.iter().enumerate() {
        let is_sentence = line.split_whitespace().count() >= 9 && line.ends_with(['.', '”', '"']);
        let want = match at {
            // The story: sentences, of which the captions above it are none.
            at if at < also && is_sentence => "body",
            // Below "See also" comes one headline, and then what two readers wrote.
            at if at > also + 1 && at < steps => "comment",
            at if at >= steps || at == also => "nav",
            _ => continue,
        };
        let is = label_of(&found, *start, line);
        if is != want {
            wrong.push(format!("{is} instead of {want}: {line}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let first = region_of(&found, all[also + 2].0, all[also + 2].1);
    let second = region_of(&found, all[also + 3].0, all[also + 3].1);
    assert_ne!(first, second, "the two comments are regions of their own");
}
