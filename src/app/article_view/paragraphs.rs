//! The text cut into pieces that can be laid out alone: lines of the source, and bounded stretches
//! of long ones.

use std::ops::Range;

use unicode_segmentation::GraphemeCursor;

/// The longest paragraph that is laid out in one go, in bytes. Laying out costs about a quarter of
/// a microsecond a byte, so that even one line of a megabyte never takes more than a millisecond at
/// a time.
pub(super) const MAX_BYTES: usize = 4096;

/// One piece of the text. Offsets are bytes of the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Paragraph {
    /// First byte.
    pub start: u32,
    /// After the last byte that is shown; a line break after it belongs to no paragraph.
    pub end: u32,
    /// How wide it is, in narrow characters, for the estimate of its height.
    pub columns: u32,
    /// Ended by a line break or by the end of the text, rather than because it was getting long.
    pub hard_end: bool,
    /// Nothing but white space.
    pub blank: bool,
}

impl Paragraph {
    pub(super) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// All paragraphs of a text, in order; never empty.
#[derive(Clone, Debug)]
pub(super) struct Paragraphs(Vec<Paragraph>);

impl Paragraphs {
    pub(super) fn of(text: &str) -> Self {
        let mut table = Vec::new();
        let mut start = 0;
        while let Some((end, next)) = next_break(text, start) {
            push_line(text, start..end, &mut table);
            start = next;
        }
        push_line(text, start..text.len(), &mut table);
        Self(table)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<&Paragraph> {
        self.0.get(index)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Paragraph> {
        self.0.iter()
    }

    /// The paragraph that holds byte `at`; what lies in a line break belongs to the line before it.
    pub(super) fn at(&self, at: u32) -> usize {
        self.0
            .partition_point(|paragraph| paragraph.start <= at)
            .saturating_sub(1)
    }

    /// The bytes of the whole source line around byte `at`, over all pieces that it was cut into.
    pub(super) fn line_around(&self, at: u32) -> Range<usize> {
        let (mut first, mut last) = (self.at(at), self.at(at));
        while first > 0 && !self.0[first - 1].hard_end {
            first -= 1;
        }
        while last + 1 < self.0.len() && !self.0[last].hard_end {
            last += 1;
        }
        match (self.0.get(first), self.0.get(last)) {
            (Some(first), Some(last)) => first.start as usize..last.end as usize,
            _ => 0..0,
        }
    }
}

/// The next mandatory line break from byte `from` on: where the line ends and where the next one
/// starts.
fn next_break(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => return Some((at, at + 2)),
            b'\n' | b'\r' | 0x0b | 0x0c => return Some((at, at + 1)),
            // U+0085 next line; U+2028 and U+2029 line and paragraph separator.
            0xc2 if bytes.get(at + 1) == Some(&0x85) => return Some((at, at + 2)),
            0xe2 if bytes.get(at + 1) == Some(&0x80)
                && matches!(bytes.get(at + 2), Some(0xa8 | 0xa9)) =>
            {
                return Some((at, at + 3));
            }
            _ => at += 1,
        }
    }
    None
}

fn push_line(text: &str, line: Range<usize>, table: &mut Vec<Paragraph>) {
    let mut start = line.start;
    loop {
        let end = if line.end - start > MAX_BYTES {
            cut(text, start, line.end)
        } else {
            line.end
        };
        let words = text.get(start..end).unwrap_or_default();
        table.push(Paragraph {
            start: offset(start),
            end: offset(end),
            columns: columns(words),
            hard_end: end == line.end,
            blank: words.trim().is_empty(),
        });
        if end == line.end {
            return;
        }
        start = end;
    }
}

/// Where to cut a line that is too long: after the last space that fits, or else between two
/// characters.
fn cut(text: &str, start: usize, end: usize) -> usize {
    let mut limit = start + MAX_BYTES;
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let piece = text.get(start..limit).unwrap_or_default();
    if let Some(space) = piece.rfind(' ')
        && space > MAX_BYTES / 2
    {
        return start + space + 1;
    }
    // The cursor wants to see the line alone: what comes before its start is a line break.
    let line = text.get(start..end).unwrap_or_default();
    let mut cursor = GraphemeCursor::new(limit - start, line.len(), true);
    if cursor.is_boundary(line, 0) == Ok(true) {
        return limit;
    }
    match cursor.prev_boundary(line, 0) {
        Ok(Some(at)) if at > 0 => start + at,
        // One "character" of four kilobytes: hostile, and no reader can tell where it is cut.
        _ => limit,
    }
}

fn columns(words: &str) -> u32 {
    if words.is_ascii() {
        return offset(words.len());
    }
    words
        .chars()
        .map(|c| if matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..) { 2 } else { 1 })
        .sum()
}

/// A text is at most a gigabyte long, so its offsets fit.
fn offset(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(text: &str) -> Vec<&str> {
        Paragraphs::of(text)
            .iter()
            .map(|paragraph| &text[paragraph.range()])
            .collect()
    }

    #[test]
    fn an_empty_text_has_one_empty_paragraph() {
        assert_eq!(pieces(""), [""]);
    }

    #[test]
    fn every_kind_of_line_break_ends_a_paragraph() {
        assert_eq!(
            pieces("a\nb\r\nc\rd\u{2029}e\u{85}f\n"),
            ["a", "b", "c", "d", "e", "f", ""]
        );
    }

    #[test]
    fn a_long_line_is_cut_at_spaces() {
        let line = "word ".repeat(3000);
        let table = Paragraphs::of(&line);
        assert_eq!(table.len(), 4);
        assert!(
            table
                .iter()
                .all(|paragraph| line[paragraph.range()].ends_with("word "))
        );
        assert_eq!(table.line_around(7000), 0..line.len());
    }

    #[test]
    fn a_line_without_spaces_is_never_cut_inside_a_character() {
        let family = "👨‍👩‍👧‍👦";
        let line = family.repeat(2000);
        let table = Paragraphs::of(&line);
        assert!(table.len() > 10);
        for paragraph in table.iter() {
            assert_eq!(paragraph.range().len() % family.len(), 0);
        }
    }

    proptest! {
        #[test]
        fn the_paragraphs_and_their_line_breaks_are_the_whole_text(text in "[a-c \n\ré€]{0,300}") {
            let table = Paragraphs::of(&text);
            let mut at = 0;
            for (index, paragraph) in table.iter().enumerate() {
                prop_assert!(text[at..paragraph.start as usize].chars().all(char::is_whitespace));
                prop_assert!(!text[paragraph.range()].contains(['\n', '\r']));
                prop_assert_eq!(table.at(paragraph.start), index);
                at = paragraph.end as usize;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
