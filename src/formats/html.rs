//! A page: one file, one article; its text is what the extractor lays out. Marks in it are read: see [`super::html_regions`].

use std::io::{self, Read};

use super::lines::Whole;
use super::{Bounds, Capabilities, Fault, Format, Parsed, Pieces, ReadOptions};

/// An HTML page.
#[derive(Clone, Copy, Debug)]
pub struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "an HTML page, one article a file"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["html", "htm", "xhtml", "xht", "shtml"]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            metadata: true,
            ..Capabilities::ARTICLES
        }
    }

    fn reads_bytes(&self) -> bool {
        true
    }

    fn pieces<'a>(
        &self,
        input: Box<dyn Read + Send + 'a>,
        bounds: Bounds,
    ) -> io::Result<Box<dyn Pieces + 'a>> {
        Ok(Box::new(Whole::new(input, bounds)))
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        // A page that somebody has marked says what it says, by whatever name it comes.
        super::html_regions::HtmlRegions.parse(bytes, options)
    }
}
