//! The text of an article: fixed at import, shared cheaply, and the one place where units are
//! converted.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::offset::{BytePos, CharPos, Span, Utf16Pos};

/// How many bytes lie between two entries of the index; a conversion counts within one such
/// stretch. An entry has eight bytes, so that the index takes a sixteenth of the text.
const STRIDE: usize = 128;
/// How many bytes are counted at once; under 256, so that a byte holds the count.
const STEP: usize = 64;

/// Why a range is not a span of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanError {
    /// The start is not before the end.
    Empty,
    /// An end lies beyond the text; the length is in the unit that was asked in.
    OutOfRange {
        /// The offending offset.
        at: u32,
        /// The length of the text, in the same unit.
        len: u32,
    },
    /// An offset falls inside a character.
    InsideCharacter {
        /// The offending offset.
        at: u32,
    },
}

impl fmt::Display for SpanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the span is empty: its start is not before its end"),
            Self::OutOfRange { at, len } => {
                write!(
                    f,
                    "offset {at} lies beyond the text, which has length {len}"
                )
            }
            Self::InsideCharacter { at } => write!(f, "offset {at} falls inside a character"),
        }
    }
}

impl std::error::Error for SpanError {}

/// The immutable text of one article. Cloning shares it.
#[derive(Clone)]
pub struct Text(Arc<Inner>);

struct Inner {
    string: Box<str>,
    /// Code points and UTF-16 units before every `STRIDE`th byte; built when first asked for.
    index: OnceLock<Index>,
}

enum Index {
    /// All three units agree.
    Ascii,
    Table(Vec<(u32, u32)>),
}

impl Text {
    /// The longest text that an article can have, in bytes: offsets are 32 bits wide, and no editor
    /// is pleasant beyond.
    pub const MAX_LEN: usize = 1 << 30;

    /// Takes a string over as an article's text. A string beyond [`Text::MAX_LEN`] is given back.
    ///
    /// # Errors
    /// The string itself, when it is too long.
    pub fn try_new(string: impl Into<Box<str>>) -> Result<Self, Box<str>> {
        let string = string.into();
        if string.len() > Self::MAX_LEN {
            return Err(string);
        }
        Ok(Self(Arc::new(Inner {
            string,
            index: OnceLock::new(),
        })))
    }

    /// Takes a string over as an article's text, cut at [`Text::MAX_LEN`]; for strings known to be
    /// short.
    #[must_use]
    pub fn new(string: &str) -> Self {
        let mut end = string.len().min(Self::MAX_LEN);
        while !string.is_char_boundary(end) {
            end -= 1;
        }
        Self(Arc::new(Inner {
            string: string[..end].into(),
            index: OnceLock::new(),
        }))
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.string
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.string.len()
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.string.is_empty()
    }

    /// The position after the last character.
    #[must_use]
    pub fn end(&self) -> BytePos {
        BytePos::from_index(self.len())
    }

    /// The span of the whole text; `None` for an empty one.
    #[must_use]
    pub fn whole(&self) -> Option<Span> {
        Span::new(BytePos(0), self.end())
    }

    /// A span of this text, in bytes.
    ///
    /// # Errors
    /// If the range is empty, leaves the text or cuts a character.
    pub fn span(&self, start: BytePos, end: BytePos) -> Result<Span, SpanError> {
        for pos in [start, end] {
            self.check(pos)?;
        }
        Span::new(start, end).ok_or(SpanError::Empty)
    }

    /// A span of this text, in code points.
    ///
    /// # Errors
    /// If the range is empty or leaves the text.
    pub fn span_of_chars(&self, start: CharPos, end: CharPos) -> Result<Span, SpanError> {
        let byte = |pos: CharPos| {
            self.byte_of_char(pos).ok_or(SpanError::OutOfRange {
                at: pos.0,
                len: self.chars().0,
            })
        };
        Span::new(byte(start)?, byte(end)?).ok_or(SpanError::Empty)
    }

    /// Whether a span made for some text is valid for this one.
    #[must_use]
    pub fn holds(&self, span: Span) -> bool {
        self.check(span.start()).is_ok() && self.check(span.end()).is_ok()
    }

    fn check(&self, pos: BytePos) -> Result<(), SpanError> {
        if pos.index() > self.len() {
            return Err(SpanError::OutOfRange {
                at: pos.0,
                len: self.end().0,
            });
        }
        if !self.0.string.is_char_boundary(pos.index()) {
            return Err(SpanError::InsideCharacter { at: pos.0 });
        }
        Ok(())
    }

    /// The words of a span; empty for a span of another text that does not fit here.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.0.string.get(span.range()).unwrap_or_default()
    }

    /// A span without the white space at its edges; `None` if nothing else is in it.
    #[must_use]
    pub fn trim(&self, span: Span) -> Option<Span> {
        let words = self.slice(span);
        let start = span.start().index() + (words.len() - words.trim_start().len());
        Span::new(
            BytePos::from_index(start),
            BytePos::from_index(start + words.trim().len()),
        )
    }

    /// The length in code points.
    #[must_use]
    pub fn chars(&self) -> CharPos {
        self.char_of_byte(self.end())
    }

    /// Bytes to code points. A position beyond the end counts as the end; one inside a character as
    /// its start.
    #[must_use]
    pub fn char_of_byte(&self, pos: BytePos) -> CharPos {
        CharPos(self.units_before(pos).0)
    }

    /// Bytes to UTF-16 units. A position beyond the end counts as the end; one inside a character
    /// as its start.
    #[must_use]
    pub fn utf16_of_byte(&self, pos: BytePos) -> Utf16Pos {
        Utf16Pos(self.units_before(pos).1)
    }

    /// Code points to bytes; `None` beyond the end.
    #[must_use]
    pub fn byte_of_char(&self, pos: CharPos) -> Option<BytePos> {
        self.byte_of_unit(pos.0, |units| units.0, |_first| 1)
    }

    /// UTF-16 units to bytes; `None` beyond the end or inside a surrogate pair.
    #[must_use]
    pub fn byte_of_utf16(&self, pos: Utf16Pos) -> Option<BytePos> {
        self.byte_of_unit(pos.0, |units| units.1, utf16_width)
    }

    fn index(&self) -> &Index {
        self.0.index.get_or_init(|| {
            let string = &self.0.string;
            if string.is_ascii() {
                return Index::Ascii;
            }
            let mut table = Vec::with_capacity(string.len() / STRIDE + 1);
            let mut units = (0, 0);
            let mut before = 0;
            for at in (0..string.len()).step_by(STRIDE) {
                let start = next_boundary(string, at);
                let more = units_of(&string.as_bytes()[before..start]);
                units = (units.0 + more.0, units.1 + more.1);
                before = start;
                if start < string.len() {
                    table.push(units);
                }
            }
            Index::Table(table)
        })
    }

    /// The first character boundary at or after entry `slot` of the index: the place that its
    /// counts speak of.
    fn slot_start(&self, slot: usize) -> usize {
        next_boundary(&self.0.string, slot * STRIDE)
    }

    fn units_before(&self, pos: BytePos) -> (u32, u32) {
        let mut to = pos.index().min(self.len());
        while !self.0.string.is_char_boundary(to) {
            to -= 1;
        }
        let Index::Table(table) = self.index() else {
            return (to as u32, to as u32);
        };
        let mut slot = (to / STRIDE).min(table.len().saturating_sub(1));
        if self.slot_start(slot) > to {
            slot -= 1; // a character straddles the stride: slot 0 starts at 0, so this never underflows
        }
        let before = table.get(slot).copied().unwrap_or_default();
        let more = units_of(&self.0.string.as_bytes()[self.slot_start(slot)..to]);
        (before.0 + more.0, before.1 + more.1)
    }

    fn byte_of_unit(
        &self,
        wanted: u32,
        count: impl Fn((u32, u32)) -> u32,
        width: impl Fn(u8) -> u32,
    ) -> Option<BytePos> {
        let Index::Table(table) = self.index() else {
            return (wanted as usize <= self.len()).then_some(BytePos(wanted));
        };
        let slot = table
            .partition_point(|&units| count(units) <= wanted)
            .saturating_sub(1);
        let mut at = self.slot_start(slot);
        let mut seen = table.get(slot).map_or(0, |&units| count(units));
        let bytes = self.0.string.as_bytes();
        // Steps of many bytes as long as what is wanted lies behind them, …
        while let Some(step) = bytes.get(at..at + STEP) {
            let here = count(units_of(step));
            if seen + here > wanted {
                break;
            }
            seen += here;
            at += STEP;
        }
        // … then the bytes one by one; a step may have ended inside a character, whose rest does
        // not count.
        for &byte in &bytes[at..] {
            if begins_character(byte) {
                if seen >= wanted {
                    break;
                }
                seen += width(byte);
            }
            at += 1;
        }
        (seen == wanted).then(|| BytePos::from_index(at))
    }
}

/// The first character boundary at or after a place in a string.
fn next_boundary(string: &str, mut at: usize) -> usize {
    while !string.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Whether a byte of UTF-8 is the first of its character.
fn begins_character(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// How many UTF-16 units the character takes that begins with this byte of UTF-8.
fn utf16_width(first: u8) -> u32 {
    1 + u32::from(first >= 0xf0)
}

/// How many characters begin in these bytes of UTF-8, in code points and in UTF-16 units. Sums
/// without branches, so that the compiler takes many bytes at once: spans are converted by the
/// million.
fn units_of(bytes: &[u8]) -> (u32, u32) {
    let mut units = (0, 0);
    for step in bytes.chunks(STEP) {
        let (mut chars, mut astral) = (0_u8, 0_u8); // a step is too short to overflow them
        for &byte in step {
            chars += u8::from(begins_character(byte));
            astral += u8::from(byte >= 0xf0);
        }
        units.0 += u32::from(chars);
        units.1 += u32::from(chars) + u32::from(astral);
    }
    units
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.string == other.0.string
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Long enough for several entries of the index, of characters of one to four bytes.
    fn words() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a",
            "é",
            "ש",
            "日",
            "😀",
            "plain words ",
            "e\u{301}",
            "\n",
        ]);
        prop::collection::vec(piece, 0..1500).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn units_are_converted_as_one_would_count_them(string in words()) {
            let text = Text::new(&string);
            let (mut chars, mut utf16) = (0, 0);
            let edges = string.char_indices().map(|(at, c)| (at, Some(c)));
            for (at, c) in edges.chain([(string.len(), None)]) {
                let pos = BytePos::from_index(at);
                prop_assert_eq!(text.char_of_byte(pos), CharPos(chars));
                prop_assert_eq!(text.utf16_of_byte(pos), Utf16Pos(utf16));
                prop_assert_eq!(text.byte_of_char(CharPos(chars)), Some(pos));
                prop_assert_eq!(text.byte_of_utf16(Utf16Pos(utf16)), Some(pos));
                if let Some(c) = c {
                    for inside in 1..c.len_utf8() {
                        let inside = BytePos::from_index(at + inside);
                        prop_assert_eq!(text.char_of_byte(inside), CharPos(chars));
                    }
                    if c.len_utf16() == 2 {
                        prop_assert_eq!(text.byte_of_utf16(Utf16Pos(utf16 + 1)), None);
                    }
                    chars += 1;
                    utf16 += c.len_utf16() as u32;
                }
            }
            prop_assert_eq!(text.byte_of_char(CharPos(chars + 1)), None);
            prop_assert_eq!(text.byte_of_utf16(Utf16Pos(utf16 + 1)), None);
            prop_assert_eq!(text.char_of_byte(BytePos(u32::MAX)), CharPos(chars));
        }
    }
}
