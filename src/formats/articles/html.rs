//! An HTML page, one article per file. The extractor lays out its text.
//!
//! Marks in a page are read too: see [`html_regions`](crate::formats::tools::html_regions).

use crate::formats::{Capabilities, Fault, Format, FormatSpec, Parsed, ReadOptions};

/// An HTML page.
#[derive(Clone, Copy, Debug)]
pub struct Html;

const SPEC: FormatSpec = FormatSpec {
    name: "html",
    summary: "an HTML page, one article per file",
    extensions: &crate::formats::tools::html_regions::EXTENSIONS,
    capabilities: Capabilities {
        metadata: true,
        ..Capabilities::ARTICLES
    },
    reads_bytes: true,
    ..FormatSpec::DEFAULT
};

impl Format for Html {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        // A marked page is read as such, whatever its name.
        crate::formats::tools::html_regions::HtmlRegions.parse(bytes, options)
    }
}
