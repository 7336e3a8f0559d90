//! Conventions by which programs count offsets.
//!
//! An offset is meaningless without its convention, and files seldom name theirs. If a file repeats
//! the text of its spans, that text shows the convention.

use std::ops::Range;

use crate::formats::OffsetUnit;
use crate::model::Text;

/// A convention for offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) struct OffsetConvention {
    unit: OffsetUnit,
    /// CR LF counts as one character, as in editors and browsers that normalise line breaks.
    crlf_once: bool,
    /// Units that are counted before the text: a byte order mark that is not part of it.
    before: u32,
}

impl OffsetConvention {
    /// Returns the plain convention of a unit.
    pub(in crate::formats) fn plain(unit: OffsetUnit) -> Self {
        Self {
            unit,
            crlf_once: false,
            before: 0,
        }
    }

    /// Returns the conventions worth trying for a text, the plain `unit` first.
    ///
    /// `had_mark` tells whether a byte order mark was removed from the beginning of the text.
    pub(in crate::formats) fn all(text: &str, unit: OffsetUnit, had_mark: bool) -> Vec<Self> {
        let mut units = vec![unit];
        if !text.is_ascii() {
            let others = [OffsetUnit::Codepoint, OffsetUnit::Utf16, OffsetUnit::Byte];
            units.extend(others.into_iter().filter(|other| *other != unit));
        }
        let crlf = memchr::memmem::find(text.as_bytes(), b"\r\n").is_some();
        let mut all = Vec::new();
        for before in [0, 1].into_iter().take(1 + usize::from(had_mark)) {
            for crlf_once in [false, true].into_iter().take(1 + usize::from(crlf)) {
                for &unit in &units {
                    let before = match unit {
                        OffsetUnit::Byte => before * 3,
                        _ => before,
                    };
                    all.push(Self {
                        unit,
                        crlf_once,
                        before,
                    });
                }
            }
        }
        all
    }

    /// Returns whether CR LF counts as one character.
    pub(in crate::formats) fn counts_crlf_once(self) -> bool {
        self.crlf_once
    }

    /// Returns the length of a text.
    pub(in crate::formats) fn length(self, piece: &str) -> u32 {
        let units = match self.unit {
            OffsetUnit::Codepoint => piece.chars().count(),
            OffsetUnit::Utf16 => piece.encode_utf16().count(),
            OffsetUnit::Byte => piece.len(),
        };
        let once = match self.crlf_once {
            true => memchr::memmem::find_iter(piece.as_bytes(), b"\r\n").count(),
            false => 0,
        };
        u32::try_from(units - once).unwrap_or(u32::MAX)
    }

    /// Returns the places of offsets in a text.
    pub(in crate::formats) fn places(self, text: &Text) -> OffsetMap {
        if !self.crlf_once && self.before == 0 {
            return OffsetMap::Unit(self.unit);
        }
        let string = text.as_str();
        let mut table = vec![NOWHERE; self.before as usize];
        let mut chars = string.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            table.push(at as u32); // a text is no longer than `u32::MAX` bytes
            if self.crlf_once && c == '\r' && chars.peek().is_some_and(|(_, next)| *next == '\n') {
                chars.next();
                continue;
            }
            let units = match self.unit {
                OffsetUnit::Codepoint => 1,
                OffsetUnit::Utf16 => c.len_utf16(),
                OffsetUnit::Byte => c.len_utf8(),
            };
            table.extend(std::iter::repeat_n(NOWHERE, units - 1));
        }
        table.push(string.len() as u32);
        OffsetMap::Table(table)
    }
}

/// An offset inside a character.
const NOWHERE: u32 = u32::MAX;

/// The places of offsets in one text.
#[derive(Debug)]
pub(in crate::formats) enum OffsetMap {
    /// A unit that the text itself converts.
    Unit(OffsetUnit),
    /// The byte of each offset.
    Table(Vec<u32>),
}

impl OffsetMap {
    /// Returns the bytes between two offsets; `None` if they are not a span of the text.
    pub(in crate::formats) fn range(
        &self,
        text: &Text,
        start: i64,
        end: i64,
    ) -> Option<Range<usize>> {
        match self {
            Self::Unit(unit) => {
                let (start, end) = (u32::try_from(start).ok()?, u32::try_from(end).ok()?);
                unit.span(text, start, end).ok().map(|span| span.range())
            }
            Self::Table(table) => {
                let byte = |at: i64| {
                    let byte = *table.get(usize::try_from(at).ok()?)?;
                    (byte != NOWHERE).then_some(byte as usize)
                };
                let (start, end) = (byte(start)?, byte(end)?);
                (start < end).then_some(start..end)
            }
        }
    }
}

/// Returns the characters to compare: tools fold, drop and add white space.
pub(in crate::formats) fn visible_chars(words: &str) -> impl Iterator<Item = char> + '_ {
    words.chars().filter(|c| !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_convention_finds_the_same_word_by_its_own_offsets() {
        let text = Text::new("😀 é.\r\nShe met Weel.");
        let word = |unit, crlf_once, before, start, end| {
            let convention = OffsetConvention {
                unit,
                crlf_once,
                before,
            };
            let range = convention.places(&text).range(&text, start, end);
            range.map(|range| text.as_str()[range].to_owned())
        };
        let weel = Some("Weel".to_owned());
        assert_eq!(word(OffsetUnit::Codepoint, false, 0, 14, 18), weel);
        assert_eq!(word(OffsetUnit::Codepoint, true, 0, 13, 17), weel);
        assert_eq!(word(OffsetUnit::Utf16, true, 0, 14, 18), weel);
        assert_eq!(word(OffsetUnit::Byte, true, 0, 17, 21), weel);
        assert_eq!(word(OffsetUnit::Codepoint, false, 1, 15, 19), weel);
        // The second half of a pair, and anything before or after the text, is not a place.
        assert_eq!(word(OffsetUnit::Utf16, true, 0, 1, 3), None);
        assert_eq!(word(OffsetUnit::Codepoint, false, 1, 0, 3), None);
        assert_eq!(word(OffsetUnit::Codepoint, true, 0, 13, 99), None);
        assert_eq!(word(OffsetUnit::Codepoint, true, 0, -1, 3), None);
        assert_eq!(word(OffsetUnit::Codepoint, true, 0, 5, 5), None);
    }

    #[test]
    fn only_conventions_that_differ_for_the_text_are_tried() {
        let count = |text, mark| OffsetConvention::all(text, OffsetUnit::Codepoint, mark).len();
        assert_eq!(count("plain", false), 1);
        assert_eq!(count("plain", true), 2);
        assert_eq!(count("a\r\nb", false), 2);
        assert_eq!(count("é\r\nb", true), 12);
        let first = OffsetConvention::all("é", OffsetUnit::Utf16, true)[0];
        assert_eq!(first, OffsetConvention::plain(OffsetUnit::Utf16));
    }
}
