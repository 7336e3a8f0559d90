//! The sample articles, pages and golden files of the repository.

use std::fs;
use std::path::PathBuf;

use copydesk::model::notation::{self, Notated};
use copydesk::model::{Article, ArticleId, Metadata};

/// How many lines of an article in the notation are taken.
const LINES: usize = 12;

/// Returns the files of a folder of the repository that have this extension, in the order of their names.
#[must_use]
pub fn files(folder: &str, extension: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == extension));
    paths.sort();
    paths.iter().filter_map(|path| fs::read(path).ok()).collect()
}

/// Pages, short ones of our own first.
#[must_use]
pub fn pages() -> Vec<Vec<u8>> {
    let small = [
        "<title>A ferry</title><body><h1>A ferry</h1><p>It left <b>Gozo</b> at nine.<table><tr><td>1<td>2</table><ul><li>Home</ul>",
        "<p>a<b>b<i>c</b>d</i><a href=x>e<a>f<table>g<tr><p>h</table><svg><title>i</title><math><mi>j</svg>&amp;&eacute;&#x1F600;&#0;",
        "<!doctype html><html lang=mt><meta charset=utf-8><script>if (a<b) {}</script><style>p{}</style><!-- c --><select><option>x<template><p>y</template>",
        "<head><meta property=og:title content='T'><script type=\"application/ld+json\">{\"@type\":\"NewsArticle\",\"headline\":\"H\",\"author\":[{\"name\":\"Ada\"}]}</script>",
    ];
    let mut pages: Vec<Vec<u8>> = small.iter().map(|page| page.as_bytes().to_vec()).collect();
    pages.extend(files("tests/corpus", "html"));
    pages.extend(files("datasets/news-sample", "html"));
    pages
}

/// Bare texts.
#[must_use]
pub fn texts() -> Vec<Vec<u8>> {
    let mut texts = files("tests/corpus", "txt");
    texts.extend(files("datasets/news-sample", "txt"));
    texts
}

/// Articles in the notation, as they are in the files, cut after some lines.
#[must_use]
pub fn notated() -> Vec<String> {
    let short = [
        "nav?.25| Menu\nbody| {PERSON Ada Lovelace} \"said\" so in {GPE?.5 {ORG Bank} of Paris}.\ncomment| 👩‍🚀 €12 — нет",
        "body| The [ferry] to {GPE Għawdex} left.\n    |\nbody| שלום {PERSON עולם}",
    ];
    let gold = files("datasets/gold", "marked").into_iter().filter_map(|bytes| {
        let text = String::from_utf8(bytes).ok()?;
        Some(text.lines().take(LINES).collect::<Vec<_>>().join("\n"))
    });
    short.into_iter().map(str::to_owned).chain(gold).collect()
}

/// The articles of [`notated`] that can be parsed after the cut.
#[must_use]
pub fn annotated() -> Vec<Notated> {
    notated().iter().filter_map(|words| notation::parse(words).ok()).collect()
}

/// An article of a sample, with some metadata.
///
/// # Panics
/// Never: the id is valid.
#[must_use]
pub fn article(sample: &Notated, number: usize) -> Article {
    Article {
        id: ArticleId::new(&format!("sample/{number}")).expect("a valid id"),
        blocks: copydesk::extract::blocks_of_text(&sample.text),
        text: sample.text.clone(),
        meta: Metadata {
            title: "A ferry, “late”".into(),
            language: "en".into(),
            url: "https://news.example/a?b=c".into(),
            source: "dump/a.html".into(),
            other: [("section".to_owned(), "Home".to_owned())].into(),
        },
    }
}
