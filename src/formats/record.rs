//! What stands between a file and a dataset: one article with what came with it.

use crate::extract::SourceKind;
use crate::model::{
    Annotation, Article, ArticleId, Block, BytePos, CharPos, Metadata, Span, SpanError, Text,
    Utf16Pos,
};

use super::Fault;

/// The unit in which a file counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OffsetUnit {
    /// Unicode code points, as Python counts: the native record.
    #[default]
    Codepoint,
    /// UTF-16 units, as JavaScript and Java count.
    Utf16,
    /// Bytes of UTF-8, as Rust and Go count.
    Byte,
}

impl OffsetUnit {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Codepoint, Self::Utf16, Self::Byte];

    /// The word in commands.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Codepoint => "codepoint",
            Self::Utf16 => "utf16",
            Self::Byte => "byte",
        }
    }

    /// A byte offset of `text` in this unit.
    #[must_use]
    pub fn of(self, text: &Text, pos: BytePos) -> u32 {
        match self {
            Self::Codepoint => text.char_of_byte(pos).0,
            Self::Utf16 => text.utf16_of_byte(pos).0,
            Self::Byte => pos.0,
        }
    }

    /// A span of `text` from offsets in this unit.
    ///
    /// # Errors
    /// If it is empty, leaves the text or cuts a character.
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

/// What an article is made from.
#[derive(Clone, Debug)]
pub enum Content {
    /// A text that is taken exactly as it is, with the blocks that came with it, if any did.
    Text(Text, Vec<Block>),
    /// A page; its text is what the extractor lays out.
    Page(String),
    /// A file that has still to be decoded and, if it is a page, laid out.
    File(Vec<u8>, SourceKind),
}

/// One article as a file gives it.
#[derive(Clone, Debug)]
pub struct Record {
    /// The id, if the file gives one.
    pub id: Option<ArticleId>,
    /// The article.
    pub content: Content,
    /// Regions, entities, status and remarks that came with it.
    pub annotation: Annotation,
    /// Whose work that is; empty if the file does not say.
    pub annotator: String,
    /// When it was done, milliseconds since 1970 UTC; 0 if the file does not say.
    pub updated_at_ms: i64,
    /// What is known about the article.
    pub meta: Metadata,
}

/// A record and what a person should know about how it was read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The record.
    pub record: Record,
    /// What was changed or not kept.
    pub warnings: Vec<Fault>,
}

/// One article with one annotation, on its way out.
#[derive(Clone, Copy, Debug)]
pub struct RecordView<'a> {
    /// The article.
    pub article: &'a Article,
    /// The annotation.
    pub annotation: &'a Annotation,
    /// Whose it is; empty for what no person has touched.
    pub annotator: &'a str,
    /// When it was changed last, milliseconds since 1970 UTC; 0 for never.
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
