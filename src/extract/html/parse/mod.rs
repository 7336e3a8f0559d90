//! HTML source to a tree, by two parsers that build the same tree.
//!
//! `quick` reads the pages it is sure of in one pass; `exact` is html5ever and reads the rest.

pub(crate) mod attributes;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod compare;
pub(crate) mod exact;
pub(crate) mod quick;
pub(crate) mod tree;

use tree::Tree;

/// Parses a page whose lines end as [`tree::with_line_feeds`] makes them. Never fails, never
/// recurses.
pub fn parse(html: &str) -> Tree<'_> {
    quick::parse(html).unwrap_or_else(|_| exact::parse(html))
}
