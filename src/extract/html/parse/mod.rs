//! HTML source to a tree, by two parsers that build the same tree.
//!
//! `quick` reads the pages it is sure of in one pass; `exact` is html5ever and reads the rest.

pub(crate) mod attributes;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod compare;
pub(crate) mod exact;
pub(crate) mod quick;
pub(crate) mod tree;
