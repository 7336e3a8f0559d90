//! A page: parsed, its visible text laid out, its blocks cut, what it says about itself read.

mod attributes;
mod exact;
mod hidden;
mod layout;
mod metadata;
mod names;
mod quick;
mod tree;

use super::Warning;
use super::features::Hints;
use crate::model::{Block, Metadata, Text};

pub use attributes::MAX_TAG_ATTRIBUTES;
pub use tree::{MAX_DEPTH, MAX_NODES};

/// The longest page that is read, in bytes of UTF-8; the rest is left out.
pub const MAX_HTML_BYTES: usize = 256 << 20;

/// What was read from a page.
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
    let considered = tree::with_line_feeds(considered);
    let tree = tree::parse(&considered);
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
    let laid_out = layout::lay_out(&tree);
    if laid_out.too_many_blocks {
        warnings.push(Warning::new(
            "too-many-blocks",
            format!(
                "The page has more than {} blocks: the rest is cut by size.",
                super::MAX_BLOCKS
            ),
        ));
    }
    let meta = metadata::read(&tree);
    Page {
        text: laid_out.text,
        blocks: laid_out.blocks,
        hints: laid_out.hints,
        meta,
        warnings,
    }
}
