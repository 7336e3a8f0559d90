//! Builds an article from a piece of a file: parses it, lays it out, and gives it an id.
//!
//! Where nobody has labelled the article, the extractor suggests its regions. This runs on all
//! cores; a bad piece stops no other, even if it makes this program panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::extract::{self, Extraction, RegionModel, SourceKind, Warning};
use crate::formats::windows::join;
use crate::formats::{
    Code, Content, Fault, Format, Parsed, RawRecord, ReadOptions, Record, native,
};
use crate::model::{
    Annotation, Article, ArticleId, Block, Entity, Metadata, Region, Schema, Status, Text,
};

/// A piece that gave an article.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    pub(crate) article: Article,
    /// What came with the record, and the extractor's regions if nobody has labelled any.
    pub(crate) annotation: Annotation,
    /// Whether labels, a status or a name came with the record.
    pub(crate) came_labelled: bool,
    /// Whether the regions are the extractor's.
    pub(crate) regions_suggested: bool,
    /// Whether the text was laid out from a page.
    pub(crate) is_page: bool,
    pub(crate) annotator: String,
    pub(crate) updated_at_ms: i64,
    /// A hash of the text, or of the id where there is none; hex.
    pub(crate) content_hash: String,
    /// Markup hints of a page, from which its features are computed again.
    pub(crate) kept: Vec<u8>,
    /// The id was made from the content: the same id means the same content.
    pub(crate) id_is_derived: bool,
}

/// The result of building an article from a piece.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    pub(crate) line: Option<u64>,
    pub(crate) outcome: Result<Box<Accepted>, Rejected>,
    pub(crate) warnings: Vec<Fault>,
}

/// A piece that gave no article, and why.
#[derive(Clone, Debug)]
pub(crate) struct Rejected {
    pub(crate) fault: Fault,
    /// A name for the record, given or made: an error record needs one.
    pub(crate) id: ArticleId,
}

/// Builds an article from a piece of the file `name`.
pub(crate) fn build(
    piece: RawRecord,
    name: &str,
    format: &dyn Format,
    options: &ReadOptions,
    schema: &Schema,
    model: &RegionModel,
) -> Built {
    let line = piece.line;
    let mut warnings = Vec::new();
    let bytes = match piece.bytes {
        Ok(bytes) => bytes,
        Err(fault) => {
            let id = made_id("bad", format!("{name}:{line:?}").as_bytes());
            return Built {
                line,
                outcome: Err(Rejected { fault, id }),
                warnings,
            };
        }
    };
    // A file's id comes from its bytes; a line's, if it must be made, from its text, or from all of
    // it if it is bad.
    let file_id = (!format.spec().holds_many()).then(|| id_from_file(name, &bytes));
    let kept = format.spec().holds_many().then(|| bytes.clone());
    let work = || -> Result<Box<Accepted>, Fault> {
        let parsed = join::parse(format, bytes, options)?;
        Ok(Box::new(accept(
            parsed,
            name,
            file_id.clone(),
            schema,
            model,
            &mut warnings,
        )))
    };
    let outcome = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_panic| {
        Err(Fault::new(
            Code::Internal,
            "internal error while reading the record; please report it",
        ))
    });
    let outcome = outcome.map_err(|fault| Rejected {
        fault,
        id: file_id
            .clone()
            .unwrap_or_else(|| id_of_bad(kept.as_deref().unwrap_or_default())),
    });
    Built {
        line,
        outcome,
        warnings,
    }
}

/// The text of a record, laid out.
struct LaidOut {
    text: Text,
    blocks: Vec<Block>,
    /// The extractor's, where they are wanted.
    regions: Vec<Region>,
    meta: Metadata,
    kept: Vec<u8>,
    is_page: bool,
}

impl LaidOut {
    fn new(extraction: Extraction, is_page: bool, warnings: &mut Vec<Fault>) -> Self {
        add_warnings(&extraction.warnings, warnings);
        Self {
            text: extraction.text,
            blocks: extraction.blocks,
            regions: extraction.regions,
            meta: extraction.meta,
            kept: extraction.kept,
            is_page,
        }
    }

    /// Lays out the content of a record; bare text gets regions only if they are wanted.
    fn of(
        content: Content,
        wants_regions: bool,
        schema: &Schema,
        model: &RegionModel,
        warnings: &mut Vec<Fault>,
    ) -> Self {
        match content {
            Content::Text(text, blocks) if wants_regions => {
                let extraction = extract::extract_text_with(text, schema, model);
                let mut laid_out = Self::new(extraction, false, warnings);
                if !blocks.is_empty() {
                    laid_out.blocks = blocks;
                }
                laid_out
            }
            Content::Text(text, blocks) => Self {
                blocks: if blocks.is_empty() {
                    extract::blocks_of_text(&text)
                } else {
                    blocks
                },
                text,
                regions: Vec::new(),
                meta: Metadata::default(),
                kept: Vec::new(),
                is_page: false,
            },
            Content::Page(html) => {
                let extraction = extract::extract_html_with(&html, schema, model);
                Self::new(extraction, true, warnings)
            }
            Content::File(bytes, kind) => {
                let is_page = kind == SourceKind::Html;
                let extraction = extract::extract_with(&bytes, kind, schema, model);
                let laid_out = Self::new(extraction, is_page, warnings);
                if is_page && laid_out.text.as_str().trim().is_empty() {
                    warnings.push(Fault::new(Code::EmptyText, "the page shows no text"));
                }
                laid_out
            }
        }
    }
}

fn accept(
    parsed: Parsed,
    name: &str,
    file_id: Option<ArticleId>,
    schema: &Schema,
    model: &RegionModel,
    warnings: &mut Vec<Fault>,
) -> Accepted {
    warnings.extend(parsed.warnings);
    let Record {
        id,
        content,
        annotation,
        annotator,
        updated_at_ms,
        meta,
    } = parsed.record;
    let labelled = !(annotation.regions().is_empty() && annotation.entities().is_empty());
    let touched = !annotator.is_empty() || annotation.status() != Status::Todo;
    let came_labelled = labelled || touched || !annotation.remarks().is_empty();
    // Whoever labelled regions, or said what the status is, knows better than a machine.
    let wants_regions = annotation.regions().is_empty() && !touched;
    let LaidOut {
        text,
        blocks,
        regions,
        meta: mut found,
        kept,
        is_page,
    } = LaidOut::of(content, wants_regions, schema, model, warnings);
    if file_id.is_some() {
        name.clone_into(&mut found.source);
    }
    let meta = merged(found, meta);
    let regions_suggested = wants_regions && !regions.is_empty();
    let annotation = if regions_suggested {
        with_regions(&text, regions, &annotation)
    } else {
        annotation
    };
    let id_is_derived = id.is_none();
    let id = id
        .or(file_id)
        .unwrap_or_else(|| made_id("", text.as_str().as_bytes()));
    let content_hash = content_hash(&id, &text);
    Accepted {
        article: Article {
            id,
            text,
            blocks,
            meta,
        },
        annotation,
        came_labelled,
        regions_suggested,
        is_page,
        annotator,
        updated_at_ms,
        content_hash,
        kept,
        id_is_derived,
    }
}

/// The hash by which the content of an article is known. Articles without text are not one article.
pub(crate) fn content_hash(id: &ArticleId, text: &Text) -> String {
    let content = match text.as_str() {
        blank if blank.trim().is_empty() => id.as_str(),
        text => text,
    };
    blake3::hash(content.as_bytes()).to_hex().to_string()
}

/// A record on its way from one format to another.
pub(crate) struct Passed {
    pub(crate) article: Article,
    pub(crate) annotation: Annotation,
    pub(crate) annotator: String,
    pub(crate) updated_at_ms: i64,
}

/// Builds an article from a piece without suggestions; a page is laid out.
pub(crate) fn pass(
    piece: RawRecord,
    name: &str,
    format: &dyn Format,
    options: &ReadOptions,
) -> (Result<Passed, Fault>, Vec<Fault>) {
    let mut warnings = Vec::new();
    let bytes = match piece.bytes {
        Ok(bytes) => bytes,
        Err(fault) => return (Err(fault), warnings),
    };
    let file_id = (!format.spec().holds_many()).then(|| id_from_file(name, &bytes));
    let work = || -> Result<Passed, Fault> {
        let parsed = join::parse(format, bytes, options)?;
        warnings.extend(parsed.warnings);
        let record = parsed.record;
        let (text, blocks, found) = match record.content {
            Content::Text(text, blocks) => (text, blocks, None),
            Content::Page(html) => {
                let page = extract::lay_out(&html);
                add_warnings(&page.warnings, &mut warnings);
                (page.text, page.blocks, Some(page.meta))
            }
            Content::File(bytes, kind) => {
                let decoded = extract::decode(&bytes, kind);
                add_warnings(&decoded.warnings, &mut warnings);
                match kind {
                    SourceKind::Text => (Text::new(&decoded.text), Vec::new(), None),
                    SourceKind::Html => {
                        let page = extract::lay_out(&decoded.text);
                        add_warnings(&page.warnings, &mut warnings);
                        (page.text, page.blocks, Some(page.meta))
                    }
                }
            }
        };
        let mut meta = match found {
            Some(found) => merged(found, record.meta),
            None => record.meta,
        };
        if file_id.is_some() && record.id.is_none() && meta.source.is_empty() {
            name.clone_into(&mut meta.source);
        }
        let id = record
            .id
            .or_else(|| file_id.clone())
            .unwrap_or_else(|| made_id("", text.as_str().as_bytes()));
        Ok(Passed {
            article: Article {
                id,
                text,
                blocks,
                meta,
            },
            annotation: record.annotation,
            annotator: record.annotator,
            updated_at_ms: record.updated_at_ms,
        })
    };
    let outcome = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_panic| {
        Err(Fault::new(
            Code::Internal,
            "internal error while reading the record; please report it",
        ))
    });
    (outcome, warnings)
}

/// Adds the extractor's regions to the annotation of a record. Both are valid, and regions and
/// entities cannot clash.
fn with_regions(text: &Text, regions: Vec<Region>, came: &Annotation) -> Annotation {
    let entities: Vec<Entity> = came.entities().to_vec();
    Annotation::from_parts(
        text,
        regions,
        entities,
        came.status(),
        came.remarks().to_vec(),
    )
    .unwrap_or_else(|_never| came.clone())
}

fn add_warnings(found: &[Warning], warnings: &mut Vec<Fault>) {
    warnings.extend(found.iter().map(|warning| {
        let code = if warning.code == "invalid-bytes" {
            Code::InvalidBytes
        } else {
            Code::Extractor
        };
        Fault::new(
            code,
            format!(
                "{} ({})",
                warning.message.trim_end_matches('.'),
                warning.code
            ),
        )
    }));
}

/// Merges metadata; what the record says wins over what the page says.
fn merged(found: Metadata, given: Metadata) -> Metadata {
    let choose = |given: String, found: String| if given.is_empty() { found } else { given };
    let mut other = found.other;
    other.extend(given.other);
    Metadata {
        title: choose(given.title, found.title),
        language: choose(given.language, found.language),
        url: choose(given.url, found.url),
        source: choose(given.source, found.source),
        other,
    }
}

/// Makes an id from the name and the bytes of a file.
fn id_from_file(name: &str, bytes: &[u8]) -> ArticleId {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let file = file.strip_suffix(".gz").unwrap_or(file);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    made_id(stem, bytes)
}

/// Names a bad record: by its own id if that can be read.
fn id_of_bad(bytes: &[u8]) -> ArticleId {
    native::id_of(bytes).unwrap_or_else(|| made_id("bad", bytes))
}

/// Makes an id from a readable name and a hash.
fn made_id(name: &str, bytes: &[u8]) -> ArticleId {
    const SLUG_CHARS: usize = 40;
    const HEX_DIGITS: usize = 16; // 64 bits: a clash among a million articles has a chance of one in 37 million
    let mut slug = String::new();
    for c in name.chars().take(SLUG_CHARS) {
        if c.is_alphanumeric() {
            slug.extend(c.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    let hex = blake3::hash(bytes).to_hex();
    let hex = hex.get(..HEX_DIGITS).unwrap_or_default();
    let id = if slug.is_empty() {
        hex.to_owned()
    } else {
        format!("{slug}-{hex}")
    };
    // A lower-case letter has at most three characters of four bytes.
    ArticleId::new(&id).expect("letters, digits and dashes under 512 bytes are an id")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_shows_the_files_name_and_changes_with_its_content() {
        let id = id_from_file("in/Störm closes: ferry!.HTML.gz", b"one");
        assert!(id.as_str().starts_with("störm-closes-ferry-"), "{id}");
        assert_eq!(
            id,
            id_from_file("elsewhere/Störm closes: ferry!.HTML.gz", b"one")
        );
        assert_ne!(id, id_from_file("in/Störm closes: ferry!.HTML.gz", b"two"));
        assert_eq!(id_from_file("-", b"one").as_str().len(), 16);
        assert!(id_from_file(&"İ".repeat(99), b"one").as_str().len() < ArticleId::MAX_LEN);
    }
}
