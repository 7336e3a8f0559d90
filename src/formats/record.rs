//! A record: one article with its labels, between a file and a dataset.

use crate::extract::SourceKind;
use crate::model::{
    Annotation, Article, ArticleId, Block, BytePos, CharPos, Metadata, Span, SpanError, Text,
    Utf16Pos,
};

use super::Fault;

/// The unit of offsets in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OffsetUnit {
    /// Unicode code points, as in Python and the native record.
    #[default]
    Codepoint,
    /// UTF-16 code units, as in JavaScript and Java.
    Utf16,
    /// Bytes of UTF-8, as in Rust and Go.
    Byte,
}

impl OffsetUnit {
    /// All units.
    pub const ALL: [Self; 3] = [Self::Codepoint, Self::Utf16, Self::Byte];

    /// Returns the name of the unit on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Codepoint => "codepoint",
            Self::Utf16 => "utf16",
            Self::Byte => "byte",
        }
    }

    /// Converts a byte offset of `text` into this unit.
    #[must_use]
    pub fn of(self, text: &Text, pos: BytePos) -> u32 {
        match self {
            Self::Codepoint => text.char_of_byte(pos).0,
            Self::Utf16 => text.utf16_of_byte(pos).0,
            Self::Byte => pos.0,
        }
    }

    /// Returns a span of `text` from offsets in this unit.
    ///
    /// # Errors
    /// If it is empty, outside the text, or inside a character.
    pub fn span(self, text: &Text, start: u32, end: u32) -> Result<Span, SpanError> {
        match self {
            Self::Codepoint => text.span_of_chars(CharPos(start), CharPos(end)),
            Self::Byte => text.span(BytePos(start), BytePos(end)),
            Self::Utf16 => {
                let byte = |at: u32| {
                    text.byte_of_utf16(Utf16Pos(at)).ok_or_else(|| {
                        let len = text.utf16_of_byte(text.end()).0;
                        if at > len {
                            SpanError::OutOfRange { at, len }
                        } else {
                            SpanError::InsideCharacter { at }
                        }
                    })
                };
                text.span(byte(start)?, byte(end)?)
            }
        }
    }
}

/// The content of a record.
#[derive(Clone, Debug)]
pub enum Content {
    /// A text that is kept exactly, with its blocks, if it came with any.
    Text(Text, Vec<Block>),
    /// A page. The extractor lays out its text.
    Page(String),
    /// A file that must be decoded and, if it is a page, laid out.
    File(Vec<u8>, SourceKind),
}

/// An article as it is in a file.
#[derive(Clone, Debug)]
pub struct Record {
    /// The id, if the file has one.
    pub id: Option<ArticleId>,
    /// The article.
    pub content: Content,
    /// Its regions, entities, status and remarks.
    pub annotation: Annotation,
    /// The annotator; empty if unknown.
    pub annotator: String,
    /// The time of the last change, in milliseconds since 1970 UTC; 0 if unknown.
    pub updated_at_ms: i64,
    /// The metadata.
    pub meta: Metadata,
}

/// A record with the warnings of its reader.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The record.
    pub record: Record,
    /// What was changed or not kept.
    pub warnings: Vec<Fault>,
}

/// An article with an annotation, to be written.
#[derive(Clone, Copy, Debug)]
pub struct RecordView<'a> {
    /// The article.
    pub article: &'a Article,
    /// The annotation.
    pub annotation: &'a Annotation,
    /// The annotator; empty if no person has changed it.
    pub annotator: &'a str,
    /// The time of the last change, in milliseconds since 1970 UTC; 0 for never.
    pub updated_at_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_differ_after_an_emoji() {
        let text = Text::new("A😀 Angela Merkel visited Paris.");
        let paris = text.as_str().find("Paris").unwrap();
        let span = text
            .span(BytePos::from_index(paris), BytePos::from_index(paris + 5))
            .unwrap();
        for (unit, start, end) in [
            (OffsetUnit::Codepoint, 25, 30),
            (OffsetUnit::Utf16, 26, 31),
            (OffsetUnit::Byte, 28, 33),
        ] {
            assert_eq!(
                (unit.of(&text, span.start()), unit.of(&text, span.end())),
                (start, end)
            );
            assert_eq!(unit.span(&text, start, end), Ok(span));
        }
        assert_eq!(
            OffsetUnit::Utf16.span(&text, 2, 5),
            Err(SpanError::InsideCharacter { at: 2 })
        );
        assert_eq!(
            OffsetUnit::Utf16.span(&text, 3, 50),
            Err(SpanError::OutOfRange { at: 50, len: 32 })
        );
    }
}
