//! Reads a page: parses it, lays out its visible text, cuts its blocks, and reads its metadata.

mod declared;
mod hidden;
mod json_ld;
mod layout;
mod metadata;
mod names;
mod one_line;
pub(crate) mod parse;
mod shell;
mod source_map;

use std::sync::Arc;

use self::declared::Declared;
use self::json_ld::JsonLd;
use super::Warning;
use super::features::Hints;
use crate::model::{Block, Metadata, Text};

pub(super) use declared::DESCRIPTION;
pub use parse::attributes::MAX_TAG_ATTRIBUTES;
#[cfg(feature = "fuzz")]
pub use parse::compare::difference;
pub use parse::tree::{MAX_DEPTH, MAX_NODES};
pub use source_map::{MappedChar, MappedElement, MappedPage, parse_with_source_map};

/// The longest page that is read, in bytes of UTF-8; the rest is left out.
pub const MAX_HTML_BYTES: usize = 256 << 20;

/// The parts of a page that the extractor uses.
pub(super) struct Page {
    pub(super) text: Text,
    pub(super) blocks: Vec<Block>,
    /// One for each block.
    pub(super) hints: Vec<Hints>,
    pub(super) meta: Metadata,
    pub(super) warnings: Vec<Warning>,
}

/// Reads a page.
pub(super) fn read(html: &str) -> Page {
    let mut warnings = Vec::new();
    let mut end = html.len().min(MAX_HTML_BYTES);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let (considered, rest) = html.split_at(end);
    if !rest.is_empty() {
        warnings.push(Warning::new(
            "page-too-long",
            format!(
                "The page is too long: only its first {} MiB were read.",
                MAX_HTML_BYTES >> 20
            ),
        ));
    }
    let considered = parse::tree::with_line_feeds(considered);
    let mended;
    let mut tree = parse::parse(&considered);
    let mut laid_out = layout::lay_out(&tree);
    if laid_out.blocks.is_empty()
        && let Some(without) = without_unclosed_title(&considered)
    {
        mended = without;
        tree = parse::parse(&mended);
        laid_out = layout::lay_out(&tree);
    }
    if tree.too_deep {
        warnings.push(Warning::new(
            "too-deep",
            format!("More than about {MAX_DEPTH} elements were open at once: the inner tags were ignored, their text was kept."),
        ));
    }
    if tree.too_many {
        warnings.push(Warning::new(
            "too-many-nodes",
            format!("The page has more than {MAX_NODES} nodes: the tags beyond were ignored, their text was kept."),
        ));
    }
    if tree.too_wide {
        warnings.push(Warning::new(
            "too-many-attributes",
            format!("A tag has more than {MAX_TAG_ATTRIBUTES} attributes: it was closed early."),
        ));
    }
    if laid_out.too_many_blocks {
        warnings.push(Warning::new(
            "too-many-blocks",
            format!(
                "The page has more than {} blocks: the rest is cut by size.",
                super::MAX_BLOCKS
            ),
        ));
    }
    let mut meta = metadata::read(&tree, JsonLd::read(&considered));
    if let Some(warning) = shell::warning(&considered, &laid_out) {
        if let shell::ScriptShell::Declares(story) = warning.0 {
            let story = shell::page_of(&story, &meta.title);
            laid_out = layout::lay_out(&parse::parse(&story));
            for block in &mut laid_out.blocks {
                block.path = Arc::from(""); // it stands nowhere in the page
            }
            let from = (shell::TEXT_FROM.to_owned(), "articleBody".to_owned());
            meta.other.extend([from]);
        }
        warnings.push(warning.1);
    }
    let description = meta.other.get("description").map_or("", String::as_str);
    let declared = Declared::read(&considered, description);
    if !declared.is_empty() {
        for (hints, block) in laid_out.hints.iter_mut().zip(&laid_out.blocks) {
            hints.declared = declared.of(laid_out.text.slice(block.span));
        }
    }
    if let Some(author) = meta
        .other
        .get("byline")
        .and_then(|byline| first_author(byline))
    {
        for (hints, block) in laid_out.hints.iter_mut().zip(&laid_out.blocks) {
            let words = laid_out.text.slice(block.span);
            hints.byline = words.len() <= LONGEST_BYLINE && words.contains(author);
        }
    }
    Page {
        text: laid_out.text,
        blocks: laid_out.blocks,
        hints: laid_out.hints,
        meta,
        warnings,
    }
}

/// The longest block that can be a byline, in bytes.
const LONGEST_BYLINE: usize = 160;

/// The first of a page's authors, if it is a name that can be known again.
fn first_author(byline: &str) -> Option<&str> {
    let first = byline.split([',', ';', '|']).next()?.trim();
    let first = first.strip_prefix("By ").unwrap_or(first);
    (first.len() >= 5).then_some(first)
}

/// Removes the tag of a title that is never closed: by the standard all the rest would be the
/// title.
fn without_unclosed_title(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let end = start + lower.get(start..)?.find('>')? + 1;
    if lower.get(end..)?.contains("</title") {
        return None;
    }
    Some(html.get(..start)?.to_owned() + html.get(end..)?)
}

/// All text of a page that is not made for machines, one node after the other, as a scraper gives
/// it that knows no layout: only the page's own line feeds part anything.
pub(super) fn all_text(html: &str) -> String {
    let html = parse::tree::with_line_feeds(html);
    let tree = parse::parse(&html);
    let mut all = String::new();
    let mut at = Some(parse::tree::DOCUMENT);
    while let Some(id) = at {
        if let parse::tree::Kind::Text(text) = &tree.node(id).kind {
            all.push_str(text);
        }
        let is_hidden = tree.element(id).is_some_and(|element| {
            matches!(
                &*element.name,
                "script" | "style" | "noscript" | "textarea" | "select" | "svg"
            ) || hidden::is_bare_template(element)
        });
        at = tree.following(id, parse::tree::DOCUMENT, !is_hidden);
    }
    let mut text = String::with_capacity(all.len());
    for line in all.lines() {
        let before = text.len();
        for word in line.split_whitespace() {
            if text.len() > before {
                text.push(' ');
            }
            text.push_str(word);
        }
        if text.len() > before {
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_is_never_closed_does_not_swallow_the_page() {
        let page = read(
            "<html><title>Storm at sea<body><p>The ferry stays in the harbour.</p></body></html>",
        );
        assert!(
            page.text
                .as_str()
                .contains("The ferry stays in the harbour.")
        );
        assert!(read("<title>Storm at sea</title>").text.as_str().is_empty());
    }

    #[test]
    fn author_and_date_come_from_the_head_then_json_ld_then_microdata() {
        let microdata = r#"<p><span itemprop="author" itemscope><b itemprop="name">Ada Holm</b></span>
            <time itemprop="datePublished" datetime="2026-05-03">3 May</time></p>"#;
        let json = r#"<script type="application/ld+json">{"@type":"Article","author":{"name":"Ben Carter"},"inLanguage":"de"}</script>"#;
        let head = r#"<meta name="author" content="Chidi Okafor">"#;
        let said = |page: &str| {
            let meta = read(page).meta;
            let of = |name: &str| meta.other.get(name).cloned().unwrap_or_default();
            (of("byline"), of("date"), meta.language)
        };
        let row = |byline: &str, language: &str| {
            (
                byline.to_owned(),
                "2026-05-03".to_owned(),
                language.to_owned(),
            )
        };
        assert_eq!(said(microdata), row("Ada Holm", ""));
        assert_eq!(said(&format!("{json}{microdata}")), row("Ben Carter", "de"));
        assert_eq!(
            said(&format!("{head}{json}{microdata}")),
            row("Chidi Okafor", "de")
        );
    }

    #[test]
    fn a_declared_author_is_known_again() {
        let page = read(
            r#"<meta name="author" content="Ada Holm, Ben Carter"><p>Ada Holm and Ben Carter</p><p>The ferry stays.</p>"#,
        );
        let is: Vec<bool> = page.hints.iter().map(|hints| hints.byline).collect();
        assert_eq!(is, [true, false]);
    }

    #[test]
    fn a_page_glued_together_keeps_its_own_line_feeds() {
        let page = "<title>Storm</title><script>no</script><ul><li>Home<li>Sport</ul>\n<p>The  ferry\nstays.</p>";
        assert_eq!(all_text(page), "StormHomeSport\nThe ferry\nstays.\n");
    }
}
