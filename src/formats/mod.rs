//! Files of articles and labels: bytes in and out. One file a format, one trait, capabilities declared.
//!
//! Reading goes in two steps, so that the second can run on all cores: [`Format::pieces`] cuts a stream into
//! pieces, one a record, in constant memory; [`Format::parse`] makes a [`Record`] of a piece. What is wrong is a
//! [`Fault`] with a code, never a panic, and stops no other record.
//!
//! In reading order: [`problem`], [`record`], [`native`] (JSONL, the format of export), [`text`], [`html`],
//! [`schema_toml`].

pub mod html;
pub mod lines;
pub mod native;
pub mod problem;
pub mod record;
pub mod schema_toml;
pub mod text;
pub mod time;

use std::io::{self, Read};

pub use problem::{Code, Fault, Problem};
pub use record::{Content, OffsetUnit, Parsed, Record, RecordView};

/// What a format can hold. What it cannot is counted and told on export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Articles can be read from it.
    pub reads: bool,
    /// Annotations can be written to it.
    pub writes: bool,
    /// It holds regions.
    pub regions: bool,
    /// It holds entities.
    pub entities: bool,
    /// Entities may nest.
    pub nesting: bool,
    /// It tells the status and the annotator.
    pub status: bool,
    /// It holds remarks.
    pub remarks: bool,
    /// It holds the scores of suggestions.
    pub scores: bool,
    /// It holds metadata.
    pub metadata: bool,
}

impl Capabilities {
    /// Of a format that holds bare articles and is only read.
    pub const ARTICLES: Self = Self {
        reads: true,
        writes: false,
        regions: false,
        entities: false,
        nesting: false,
        status: false,
        remarks: false,
        scores: false,
        metadata: false,
    };

    /// Of a format that holds all that a dataset holds.
    pub const EVERYTHING: Self = Self {
        reads: true,
        writes: true,
        regions: true,
        entities: true,
        nesting: true,
        status: true,
        remarks: true,
        scores: true,
        metadata: true,
    };
}

/// How much is read at once. All input is hostile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The longest article, in bytes of the file or of the text.
    pub article_bytes: usize,
    /// The longest line, in bytes: an article's text with its escapes and labels.
    pub line_bytes: usize,
}

impl Default for Bounds {
    /// 64 MiB an article, 256 MiB a line: hundreds of novels, and far from what an editor is pleasant with.
    fn default() -> Self {
        Self {
            article_bytes: 64 << 20,
            line_bytes: 256 << 20,
        }
    }
}

/// How records are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The unit in which the input counts.
    pub offsets: OffsetUnit,
    /// How much is read at once.
    pub bounds: Bounds,
}

/// How records are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// The unit in which the output counts.
    pub offsets: OffsetUnit,
    /// Whether what no person has vouched for carries its score.
    pub scores: bool,
}

/// One record's bytes, cut from a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The line on which it stands, from 1; `None` if it is the whole file.
    pub line: Option<u64>,
    /// Its bytes, or why there are none.
    pub bytes: Result<Vec<u8>, Fault>,
}

/// A stream cut into pieces.
pub trait Pieces: Send {
    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// If the stream cannot be read further; then it ends here.
    fn next(&mut self) -> io::Result<Option<Piece>>;

    /// Whether the next piece is there already, so that asking for it does not wait for the other end of a pipe.
    fn is_ready(&self) -> bool;
}

/// A format.
pub trait Format: Sync {
    /// What it is called after `--from` and `--format`.
    fn name(&self) -> &'static str;

    /// One line for the help.
    fn about(&self) -> &'static str;

    /// Endings of file names by which it is known, lower case, without the dot.
    fn extensions(&self) -> &'static [&'static str];

    /// What it can hold.
    fn capabilities(&self) -> Capabilities;

    /// Whether a file holds many records; otherwise it is one article.
    fn holds_many(&self) -> bool {
        false
    }

    /// Cuts a stream into pieces.
    ///
    /// # Errors
    /// If the beginning of the stream cannot be read.
    fn pieces<'a>(
        &self,
        input: Box<dyn Read + Send + 'a>,
        bounds: Bounds,
    ) -> io::Result<Box<dyn Pieces + 'a>>;

    /// Makes a record of a piece's bytes.
    ///
    /// # Errors
    /// What is wrong with it.
    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault>;

    /// Appends a record to `out`. Formats that are only read append nothing.
    fn write(&self, _record: &RecordView<'_>, _options: &WriteOptions, _out: &mut Vec<u8>) {}
}

/// All formats, in the order of the help.
pub static ALL: [&dyn Format; 3] = [&text::PlainText, &html::Html, &native::Jsonl];

/// The format of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    ALL.into_iter().find(|format| format.name() == name)
}

/// The format that a file's name tells, without regard to a `.gz` at its end.
#[must_use]
pub fn by_file_name(name: &str) -> Option<&'static dyn Format> {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let (_, extension) = name.rsplit_once('.')?;
    ALL.into_iter()
        .find(|format| format.extensions().contains(&extension))
}

/// The format that the first bytes of a stream tell: records, a page, or else text.
#[must_use]
pub fn by_content(head: &[u8]) -> &'static dyn Format {
    // NULs go, so that UTF-16 shows its first character too.
    let first = head.iter().copied().find(|byte| {
        !byte.is_ascii_whitespace() && !matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff)
    });
    if first == Some(b'{') {
        return &native::Jsonl;
    }
    match crate::extract::SourceKind::guess(head, None) {
        crate::extract::SourceKind::Html => &html::Html,
        crate::extract::SourceKind::Text => &text::PlainText,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_endings_tell_the_format() {
        assert_eq!(by_file_name("a/Story.HTML").map(Format::name), Some("html"));
        assert_eq!(
            by_file_name("records.jsonl.gz").map(Format::name),
            Some("jsonl")
        );
        assert_eq!(by_file_name("notes.txt").map(Format::name), Some("text"));
        assert_eq!(by_file_name("photo.jpg").map(Format::name), None);
        assert_eq!(by_file_name("gz").map(Format::name), None);
        for format in ALL {
            assert_eq!(
                by_name(format.name()).map(Format::name),
                Some(format.name())
            );
        }
    }

    #[test]
    fn the_first_bytes_tell_the_format_of_a_stream() {
        assert_eq!(by_content(b"  \n{\"text\":1}").name(), "jsonl");
        assert_eq!(by_content(b"\xff\xfe{\0\"\0").name(), "jsonl");
        assert_eq!(by_content(b"<!DOCTYPE html><p>x").name(), "html");
        assert_eq!(by_content(b"Storm closes ferry").name(), "text");
        assert_eq!(by_content(b"").name(), "text");
    }
}
