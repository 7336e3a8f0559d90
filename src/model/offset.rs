//! Offsets and spans: three units, three types.
//!
//! Inside the program every offset counts **bytes** of UTF-8. The native record counts **code
//! points**, JavaScript and Java count **UTF-16 units**. The types do not mix;
//! [`Text`](super::Text) converts.

use std::fmt;

/// An offset in bytes of UTF-8 from the start of an article's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BytePos(pub u32);

/// An offset in Unicode code points, as Python counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CharPos(pub u32);

/// An offset in UTF-16 code units, as JavaScript and Java count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Utf16Pos(pub u32);

impl BytePos {
    /// As an index into a `str`.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// From an index into a `str` that belongs to a [`Text`](super::Text), which is never longer
    /// than `u32::MAX` bytes.
    #[must_use]
    pub fn from_index(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

/// A half-open range `start..end` of an article's text, in bytes; never empty.
///
/// Built by [`Text::span`](super::Text::span), which checks both ends against the text, so a span
/// in hand lies on character boundaries of the text that it was made for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    start: BytePos,
    end: BytePos,
}

impl Span {
    /// `None` if the range is empty or turned round. The text has been asked already: see
    /// [`Text::span`](super::Text::span).
    pub(super) fn new(start: BytePos, end: BytePos) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// First byte of the span.
    #[must_use]
    pub fn start(self) -> BytePos {
        self.start
    }

    /// First byte after the span.
    #[must_use]
    pub fn end(self) -> BytePos {
        self.end
    }

    /// Length in bytes; at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a span is never empty")]
    pub fn len(self) -> usize {
        (self.end.0 - self.start.0) as usize
    }

    /// The span as a range for slicing a `str`.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start.index()..self.end.index()
    }

    /// Whether the two share at least one byte.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies within this span (equal counts).
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the character that begins at `pos` lies within this span.
    #[must_use]
    pub fn contains_pos(self, pos: BytePos) -> bool {
        self.start <= pos && pos < self.end
    }

    /// Whether the two overlap without one containing the other.
    #[must_use]
    pub fn crosses(self, other: Self) -> bool {
        self.overlaps(other) && !self.contains(other) && !other.contains(self)
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// What both share, if anything.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }

    /// The part of this span before `pos`, if any. `pos` must be a boundary of the same text.
    #[must_use]
    pub fn before(self, pos: BytePos) -> Option<Self> {
        Self::new(self.start, self.end.min(pos))
    }

    /// The part of this span from `pos` on, if any. `pos` must be a boundary of the same text.
    #[must_use]
    pub fn from(self, pos: BytePos) -> Option<Self> {
        Self::new(self.start.max(pos), self.end)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start.0, self.end.0)
    }
}

/// By start, then **longest first**: the order of entities, where a holder comes before what it
/// holds.
impl Ord for Span {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.start.cmp(&other.start).then(other.end.cmp(&self.end))
    }
}

impl PartialOrd for Span {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u32, end: u32) -> Span {
        Span::new(BytePos(start), BytePos(end)).unwrap()
    }

    #[test]
    fn a_span_is_never_empty() {
        assert_eq!(Span::new(BytePos(3), BytePos(3)), None);
        assert_eq!(Span::new(BytePos(4), BytePos(3)), None);
        let span = span(3, 5);
        assert_eq!((span.len(), span.range()), (2, 3..5));
        assert_eq!(
            (span.before(BytePos(3)), span.from(BytePos(5))),
            (None, None)
        );
    }

    #[test]
    fn two_spans_overlap_contain_or_cross() {
        let middle = span(2, 6);
        for (other, overlaps, contains, crosses) in [
            (span(0, 2), false, false, false),
            (span(6, 8), false, false, false),
            (span(0, 3), true, false, true),
            (span(5, 8), true, false, true),
            (span(2, 6), true, true, false),
            (span(3, 5), true, true, false),
            (span(0, 8), true, false, false),
        ] {
            assert_eq!(middle.overlaps(other), overlaps, "{other:?}");
            assert_eq!(middle.contains(other), contains, "{other:?}");
            assert_eq!(middle.crosses(other), crosses, "{other:?}");
            assert_eq!(other.crosses(middle), crosses, "{other:?}");
            assert_eq!(middle.intersection(other).is_some(), overlaps, "{other:?}");
            let cover = middle.cover(other);
            assert!(cover.contains(middle) && cover.contains(other), "{other:?}");
        }
        assert!(middle.contains_pos(BytePos(2)) && !middle.contains_pos(BytePos(6)));
    }

    #[test]
    fn spans_sort_by_start_and_then_longest_first() {
        let mut spans = [span(2, 3), span(0, 1), span(2, 9), span(0, 4)];
        spans.sort();
        assert_eq!(spans, [span(0, 4), span(0, 1), span(2, 9), span(2, 3)]);
    }
}
