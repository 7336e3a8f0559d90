//! Pages with regions and entities marked in their own elements.
//!
//! When writing, the page of an article is found and read again. If its text is still that of the
//! article, marks are inserted into its bytes and nothing else changes:
//! - `data-copydesk-region="body"` on the outermost elements whose text is completely inside a
//!   region, and on a `<span>` around text that is only partly inside, or in formatting elements
//!   (`<b>`, `<a>`), which browsers reopen if they are not closed;
//! - `<mark data-copydesk-entity="PERSON">` around the text of an entity, one for each stretch
//!   without markup;
//! - `data-copydesk-id`, the same on all parts of a region or entity, and `data-copydesk-score` on
//!   suggestions;
//! - a comment at the end with the metadata: `<!--copydesk {"id": …}-->`.
//!
//! Each page is read back at once, and only written if its marks match the article. The marks of an
//! earlier export are removed first.
//!
//! When reading, pages that other programs marked in the same way are accepted too. Without an id,
//! each element is a separate region.

mod read;
mod write;

use std::collections::BTreeSet;

use self::read::read;
use self::write::{MarkedPages, Unmarked, marked, spans};
use crate::extract::SourceKind;
use crate::formats::{
    Capabilities, Fault, Format, FormatSpec, Loss, Losses, OutputShape, Parsed, ReadOptions,
    RecordView, RecordWriter, WriteOptions,
};
use crate::model::Schema;

/// Pages with their regions marked.
#[derive(Clone, Copy, Debug)]
pub struct HtmlRegions;

/// The prefix of all attributes.
pub(super) const PREFIX: &str = "data-copydesk-";
pub(super) const REGION: &str = "region";
pub(super) const ENTITY: &str = "entity";
pub(super) const ID: &str = "id";
pub(super) const SCORE: &str = "score";
/// The beginning of the comment with metadata.
pub(super) const METADATA: &str = "<!--copydesk ";
pub(super) const METADATA_END: &str = "-->";

/// The extensions of pages.
pub(in crate::formats) const EXTENSIONS: [&str; 5] = ["html", "htm", "xhtml", "xht", "shtml"];

const SPEC: FormatSpec = FormatSpec {
    name: "html-regions",
    summary: "the original pages with regions and entities marked in them; writing needs --pages",
    // A page of unknown kind is read by [`crate::formats::articles::html::Html`], which reads marks
    // too.
    extensions: &EXTENSIONS,
    capabilities: Capabilities::EVERYTHING,
    reads_bytes: true,
    needs_pages: true,
    shape: OutputShape::Folder,
    ..FormatSpec::DEFAULT
};

impl Format for HtmlRegions {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        if !is_marked(&bytes) {
            return crate::formats::articles::text::whole_file(bytes, SourceKind::Html);
        }
        read(&bytes, options)
    }

    fn writer(
        &self,
        options: &WriteOptions,
        _schema: Option<&Schema>,
    ) -> Option<Box<dyn RecordWriter>> {
        Some(Box::new(MarkedPages {
            options: options.clone(),
            taken: BTreeSet::new(),
        }))
    }

    fn losses(&self, record: &RecordView<'_>, options: &WriteOptions, losses: &mut Losses) {
        let article = record.article;
        let id = || article.id.to_string();
        match marked(record, options) {
            Err(Unmarked::NotFound) => return losses.add(Loss::NoPage, id),
            Err(Unmarked::OtherText) => return losses.add(Loss::OtherPage, id),
            Err(Unmarked::Refused) => return losses.add(Loss::Unmarkable, id),
            Ok(_) => {}
        }
        for span in spans(record.annotation) {
            if article.text.trim(span) != Some(span) {
                losses.add_span(Loss::Moved, article, span);
            }
        }
    }
}

/// Returns whether a page has marks, or metadata of an export.
pub(in crate::formats) fn is_marked(bytes: &[u8]) -> bool {
    let has = |sign: &str, bytes: &[u8]| memchr::memmem::find(bytes, sign.as_bytes()).is_some();
    if bytes.contains(&0) {
        // In UTF-16 each of these characters has a NUL beside it.
        let narrow: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
        return has(PREFIX, &narrow) || has(METADATA, &narrow);
    }
    has(PREFIX, bytes) || has(METADATA, bytes)
}

#[cfg(test)]
mod tests;
