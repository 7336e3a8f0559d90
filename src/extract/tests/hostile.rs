//! Input that was made to hurt: it must cost time in proportion to its size, and say what was left
//! out.

use std::time::{Duration, Instant};

use super::core;
use super::promises::check;
use crate::extract::{
    Extraction, MAX_BLOCK_BYTES, SourceKind, extract, extract_html, extract_text,
};
use crate::model::Text;

const MILLION: usize = 1_000_000;

/// How much smaller the larger inputs are in a debug build, where all is ten times slower; still
/// far too large for anything quadratic.
const SMALLER: usize = if cfg!(debug_assertions) { 10 } else { 1 };

/// Far above what it takes on a slow machine in a debug build, far below what anything quadratic
/// would take.
const PATIENCE: Duration = Duration::from_secs(180);

fn page(html: &str) -> Extraction {
    let start = Instant::now();
    let extraction = extract_html(html, &core());
    assert!(start.elapsed() < PATIENCE, "took {:?}", start.elapsed());
    extraction
}

fn codes(extraction: &Extraction) -> Vec<&'static str> {
    extraction
        .warnings
        .iter()
        .map(|warning| warning.code)
        .collect()
}

#[test]
fn a_million_nested_elements() {
    for tag in [
        "<div>",
        "<b>",
        "<a href=x>",
        "<table>",
        "<p>",
        "<font color=red><p>",
        "<ul><li>",
        "<svg>",
        "<button>",
        "<table><tr><td>",
    ] {
        let count = MILLION / tag.matches('<').count() / if tag == "<div>" { 1 } else { SMALLER };
        let extraction = page(&format!("<p>Before.</p>{}deep inside", tag.repeat(count)));
        assert!(extraction.text.as_str().starts_with("Before."), "{tag}");
        // The others close the one before of their kind, as the standard has it.
        if ["<div>", "<b>", "<ul><li>", "<table><tr><td>"].contains(&tag) {
            assert_eq!(codes(&extraction), ["too-deep"], "{tag}");
            assert!(extraction.text.as_str().ends_with("deep inside"), "{tag}");
        }
    }
}

#[test]
fn what_was_opened_too_deep_is_closed_again() {
    let html = format!(
        "{}inside{}<p>after</p>",
        "<div>".repeat(5000),
        "</div>".repeat(5000)
    );
    let extraction = page(&html);
    assert_eq!(extraction.text.as_str(), "inside\n\nafter");
    let path = &extraction.blocks.last().unwrap().path;
    assert_eq!(
        &**path, "html/body/p[1]",
        "the end tags that were dropped must be as many as the start tags"
    );
}

#[test]
fn formatting_that_is_never_closed() {
    // Each paragraph opens all of it again.
    let fonts: String = (0..100).map(|n| format!("<font size={n}>")).collect();
    let paragraphs = crate::extract::MAX_NODES / 100 + 5000;
    let extraction = page(&format!("<p>{fonts}{}", "<p>x".repeat(paragraphs)));
    assert_eq!(codes(&extraction), ["too-many-nodes"]);
    assert_eq!(extraction.text.as_str().matches('x').count(), paragraphs);
}

#[test]
fn a_tag_with_a_hundred_thousand_attributes() {
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=1")).collect();
    let extraction = page(&format!("<div{attributes}>text"));
    assert_eq!(codes(&extraction), ["too-many-attributes"]);
}

#[test]
fn misnested_formatting() {
    page(&"<a href=x><b><p></a>".repeat(20_000));
    page(&"<b><i></b><div></i>".repeat(20_000));
    page(&"<table><b>".repeat(20_000));
}

#[test]
fn nothing_closed_at_all() {
    let extraction =
        page("<html><body><div><p>One<p>Two<ul><li>Three<li>Four<table><tr><td>Five<td>Six");
    assert_eq!(
        extraction.text.as_str(),
        "One\n\nTwo\n\nThree\nFour\n\nFive\tSix"
    );
    for unclosed in [
        "<",
        "<p",
        "<p class=\"x",
        "<!--",
        "<script>",
        "<title>x",
        "<style>p",
        "<![CDATA[",
        "</",
        "<p>a<!-- b",
    ] {
        check(&page(unclosed));
    }
}

#[test]
fn fifty_megabytes_on_one_line() {
    let start = Instant::now();
    for unit in ["The ferry sails at noon. ", "aB", "x", "日本", "Read moreX"] {
        let line = unit.repeat(10 * MILLION / unit.len() / SMALLER);
        let extraction = extract_text(Text::new(&line), &core());
        assert!(
            extraction
                .blocks
                .iter()
                .all(|block| block.span.len() <= MAX_BLOCK_BYTES),
            "{unit}"
        );
    }
    assert!(start.elapsed() < PATIENCE, "took {:?}", start.elapsed());
}

#[test]
fn one_endless_grapheme() {
    let start = Instant::now();
    for unit in ["\u{301}", "🇭🇺", "👩\u{200d}", "\u{1100}"] {
        let line = format!("a{}", unit.repeat(MILLION / unit.len() / SMALLER));
        check(&extract_text(Text::new(&line), &core()));
    }
    assert!(start.elapsed() < PATIENCE, "took {:?}", start.elapsed());
}

#[test]
fn more_lines_than_blocks() {
    let text = "a\n".repeat(crate::extract::MAX_BLOCKS + 10_000);
    let extraction = extract_text(Text::new(&text), &core());
    check(&extraction);
    assert_eq!(codes(&extraction), ["too-many-lines"]);
}

#[test]
fn broken_bytes() {
    let extraction = extract(b"The \xff\xfe ferry\0 \xc3", SourceKind::Text, &core());
    check(&extraction);
    assert!(codes(&extraction).contains(&"nul"));
    let utf16: Vec<u8> = "<p>Паром отходит.</p>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        extract(&utf16, SourceKind::guess(&utf16, None), &core())
            .text
            .as_str(),
        "Паром отходит."
    );
    for bytes in [
        &b""[..],
        b"x",
        b"\0",
        b"\r",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"<",
    ] {
        check(&extract(bytes, SourceKind::Text, &core()));
        check(&extract(bytes, SourceKind::Html, &core()));
    }
    assert_eq!(
        extract(b"a\rb\r\rc", SourceKind::Text, &core())
            .text
            .as_str(),
        "a\nb\n\nc"
    );
}
