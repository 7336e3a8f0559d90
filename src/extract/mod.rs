//! The extractor: a file's bytes in, an article's text, blocks and region suggestions out.
//!
//! It **cannot fail**: any bytes give blocks and warnings. It is pure: no files, no clock, nothing
//! fetched, nothing executed; the same bytes give the same answer on any machine.
//!
//! In reading order: [`decode`] finds the characters, `html` parses and lays out a page,
//! [`blocks_of_text`] cuts bare text (`split_points` inside a line), `features` describes each
//! block, `model` labels them, [`merge_runs`] makes regions of labelled blocks.
//!
//! All input is hostile; these bounds hold, and each says so in a [`Warning`]:
//! [`MAX_HTML_BYTES`], [`Text::MAX_LEN`], [`MAX_BLOCKS`], [`MAX_BLOCK_BYTES`],
//! [`MAX_DEPTH`], [`MAX_NODES`], [`MAX_TAG_ATTRIBUTES`].

mod align;
mod blocks;
mod decode;
pub mod explain;
mod features;
mod html;
mod markup_hints;
pub mod model;
pub mod sites;
mod source_map;

use crate::model::{Block, Metadata, Region, Schema, Text};

pub use align::align_words;
pub use blocks::merge::{LabelledBlock, UNSURE_BELOW, merge_runs};
pub use blocks::{MAX_BLOCK_BYTES, MAX_BLOCKS, blocks_of_text};
pub use decode::{Decoded, declared_encoding, decode, decode_as, guess_encoding, is_mostly_utf8};
#[cfg(feature = "fuzz")]
pub use html::difference;
pub use html::{
    MAX_DEPTH, MAX_HTML_BYTES, MAX_NODES, MAX_TAG_ATTRIBUTES, MappedChar, MappedElement,
    MappedPage, parse_with_source_map,
};
pub use model::{ArticleKind, FeaturizedArticle, RegionModel};
pub use source_map::SourceMap;

/// A fast map with the same hashes on every machine; nothing may depend on its order.
type FastMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::FixedState>;

/// A set of the same kind.
type FastSet<T> = std::collections::HashSet<T, foldhash::fast::FixedState>;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Bare text.
    Text,
    /// An HTML page.
    Html,
}

impl SourceKind {
    /// How many bytes are looked at for signs of HTML.
    const SNIFF_BYTES: usize = 4096;

    /// A guess from the file's name, or else from its first bytes. XHTML counts as HTML.
    #[must_use]
    pub fn guess(bytes: &[u8], file_name: Option<&str>) -> Self {
        let extension = file_name
            .and_then(|name| name.rsplit_once('.'))
            .map(|(_, extension)| extension.to_ascii_lowercase());
        match extension.as_deref() {
            Some("html" | "htm" | "xhtml" | "xht" | "shtml") => return Self::Html,
            Some("txt" | "text" | "md" | "markdown") => return Self::Text,
            _ => {}
        }
        // NULs go, so that UTF-16 shows its tags too.
        let head: Vec<u8> = bytes
            .iter()
            .take(Self::SNIFF_BYTES)
            .filter(|byte| **byte != 0)
            .map(u8::to_ascii_lowercase)
            .collect();
        let head = String::from_utf8_lossy(&head);
        let start = head
            .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{fffd}');
        let begins = [
            "<!doctype html",
            "<html",
            "<head",
            "<body",
            "<!--",
            "<div",
            "<p>",
            "<article",
            "<title",
        ];
        if begins.iter().any(|sign| start.starts_with(sign)) {
            return Self::Html;
        }
        let inside = [
            "<!doctype html",
            "<html",
            "<head>",
            "<body",
            "</p>",
            "</div>",
            "<br>",
            "<br/>",
            "<br />",
        ];
        if inside.iter().any(|sign| head.contains(sign)) {
            return Self::Html;
        }
        Self::Text
    }
}

/// What a person should know about how a file was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Stable name of the kind of warning, such as `invalid-bytes`.
    pub code: &'static str,
    /// What happened, in a sentence.
    pub message: String,
}

impl Warning {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// What the extractor made of one file.
#[derive(Clone, Debug)]
pub struct Extraction {
    /// The article's text; every offset below points into exactly this.
    pub text: Text,
    /// Sorted, disjoint, holding all that is not white space.
    pub blocks: Vec<Block>,
    /// Suggestions: sorted, disjoint, with labels that the schema has switched on.
    pub regions: Vec<Region>,
    /// What the page says about itself; `source` is left empty, since the extractor knows no files.
    pub meta: Metadata,
    /// Markup hints to store with the article, for [`FeaturizedArticle::of_article`]. Empty for
    /// bare text.
    pub kept: Vec<u8>,
    /// What went wrong, for people.
    pub warnings: Vec<Warning>,
}

/// Reads a file's bytes: [`decode`], then [`extract_text`] or [`extract_html`].
#[must_use]
pub fn extract(bytes: &[u8], kind: SourceKind, schema: &Schema) -> Extraction {
    extract_with(bytes, kind, schema, RegionModel::shipped())
}

/// [`extract`] with a model of one's own.
#[must_use]
pub fn extract_with(
    bytes: &[u8],
    kind: SourceKind,
    schema: &Schema,
    model: &RegionModel,
) -> Extraction {
    let decoded = decode(bytes, kind);
    let mut extraction = match kind {
        SourceKind::Text => extract_text_with(Text::new(&decoded.text), schema, model),
        SourceKind::Html => extract_html_with(&decoded.text, schema, model),
    };
    let mut warnings = decoded.warnings;
    warnings.append(&mut extraction.warnings);
    extraction.warnings = warnings;
    extraction
}

/// Cuts and labels bare text, which is kept exactly as it is.
#[must_use]
pub fn extract_text(text: Text, schema: &Schema) -> Extraction {
    extract_text_with(text, schema, RegionModel::shipped())
}

/// [`extract_text`] with a model of one's own.
#[must_use]
pub fn extract_text_with(text: Text, schema: &Schema, model: &RegionModel) -> Extraction {
    let reading = FeaturizedArticle::of_text(text);
    let regions = reading.suggest(model, schema);
    let FeaturizedArticle { text, blocks, .. } = reading;
    let mut warnings = Vec::new();
    if blocks.len() >= MAX_BLOCKS {
        warnings.push(Warning::new(
            "too-many-lines",
            format!("More than {MAX_BLOCKS} lines: the rest is cut by size, not by line."),
        ));
    }
    Extraction {
        text,
        blocks,
        regions,
        meta: Metadata::default(),
        kept: Vec::new(),
        warnings,
    }
}

/// Lays out the visible text of a page, cuts and labels it.
///
/// What the layout does is described in the module `extract::html::layout`. A page beyond
/// [`MAX_HTML_BYTES`] is cut there.
#[must_use]
pub fn extract_html(html: &str, schema: &Schema) -> Extraction {
    extract_html_with(html, schema, RegionModel::shipped())
}

/// The visible text of a page and its blocks, without suggestions: for pages that somebody has
/// labelled elsewhere.
#[must_use]
pub fn lay_out(html: &str) -> Extraction {
    let page = html::read(html);
    Extraction {
        kept: markup_hints::keep(&page.hints),
        text: page.text,
        blocks: page.blocks,
        regions: Vec::new(),
        meta: page.meta,
        warnings: page.warnings,
    }
}

/// [`extract_html`] with a model of one's own.
#[must_use]
pub fn extract_html_with(html: &str, schema: &Schema, model: &RegionModel) -> Extraction {
    let page = html::read(html);
    let reading =
        FeaturizedArticle::new(page.text, page.blocks, page.hints, &page.meta.title, true);
    let regions = reading.suggest(model, schema);
    Extraction {
        kept: markup_hints::keep(&reading.hints),
        text: reading.text,
        blocks: reading.blocks,
        regions,
        meta: page.meta,
        warnings: page.warnings,
    }
}

#[cfg(test)]
mod tests;
