//! Cuts bare text into blocks: lines, hard-wrapped paragraphs, split points inside a line, and a
//! bound on a block's size.

pub(crate) mod comments;
pub(crate) mod merge;
pub(crate) mod split_points;

use std::sync::Arc;

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation as _};

use crate::model::{Block, BytePos, Text};

/// The most blocks that lines and split points make; the rest of the text is cut by size alone.
pub const MAX_BLOCKS: usize = 250_000;

/// The longest block, in bytes, unless one single grapheme is longer.
pub const MAX_BLOCK_BYTES: usize = 8192;

/// The widths, in characters, to which people and mailers wrap text.
const WRAP_WIDTHS: std::ops::RangeInclusive<usize> = 50..=100;

/// Cuts bare text into blocks: sorted, disjoint, holding all that is not white space, none with
/// white space at its edges.
///
/// A line is a block; consecutive lines that are one hard-wrapped paragraph are one; a line in
/// which things are glued together is several; no block is longer than [`MAX_BLOCK_BYTES`]. Time is
/// linear in the text.
#[must_use]
pub fn blocks_of_text(text: &Text) -> Vec<Block> {
    let string = text.as_str();
    let path: Arc<str> = "".into();
    let mut blocks = Vec::new();
    let mut push = |start: usize, end: usize| {
        if let Ok(span) = text.span(BytePos::from_index(start), BytePos::from_index(end)) {
            blocks.push(Block {
                span,
                path: Arc::clone(&path),
                link_permille: 0,
            });
        }
    };
    let mut cutter = BlockSplitter::new(string);
    // Lines without a blank one between them, which may be a wrapped paragraph.
    let mut group: Vec<Line> = Vec::new();
    let mut start = 0;
    while start < string.len() && !cutter.is_exhausted() {
        let end = memchr::memchr(b'\n', &string.as_bytes()[start..])
            .map_or(string.len(), |at| start + at);
        match Line::new(string, start, end) {
            Some(line) => {
                let ends = !line.is_wrappable() || group.len() >= MAX_GROUP;
                group.push(line);
                if ends {
                    cut_group(&mut cutter, &mut group, &mut push);
                }
            }
            None => cut_group(&mut cutter, &mut group, &mut push),
        }
        start = end + 1;
    }
    cut_group(&mut cutter, &mut group, &mut push);
    if start < string.len() {
        cutter.cut(start, string.len(), &mut push);
    }
    blocks
}

/// How many lines are looked at together at most.
const MAX_GROUP: usize = 2000;

/// A line that is not blank.
struct Line {
    /// Without white space at its edges.
    start: usize,
    end: usize,
    /// In characters; [`usize::MAX`] for one that is too long to be wrapped.
    width: usize,
    /// Of its first word, in characters.
    first_word: usize,
    starts_lower: bool,
}

impl Line {
    fn new(string: &str, start: usize, end: usize) -> Option<Self> {
        let line = string.get(start..end)?;
        let words = line.trim();
        if words.is_empty() {
            return None;
        }
        let start = start + (line.len() - line.trim_start().len());
        let longest = WRAP_WIDTHS.end() * 4;
        Some(Self {
            start,
            end: start + words.len(),
            width: if words.len() > longest {
                usize::MAX
            } else {
                words.chars().count()
            },
            first_word: words
                .chars()
                .take(100)
                .take_while(|c| !c.is_whitespace())
                .count(),
            starts_lower: words.starts_with(|c: char| c.is_lowercase()),
        })
    }

    /// Whether another line may belong to the same paragraph.
    fn is_wrappable(&self) -> bool {
        self.width <= *WRAP_WIDTHS.end()
    }
}

/// Cuts lines that follow each other without a blank one, joining those that are one wrapped
/// paragraph.
fn cut_group(
    cutter: &mut BlockSplitter<'_>,
    group: &mut Vec<Line>,
    push: &mut impl FnMut(usize, usize),
) {
    let width = group
        .iter()
        .filter(|line| line.is_wrappable())
        .map(|line| line.width)
        .max()
        .unwrap_or(0);
    // A line is wrapped where the next line's first word no longer fits. Menus and headlines soon
    // break this rule, and begin with capitals.
    let wraps = |line: &Line, next: &Line| {
        line.is_wrappable()
            && next.is_wrappable()
            && line.width * 10 >= width * 6
            && line.width + 1 + next.first_word > width
    };
    let pairs = || {
        group
            .windows(2)
            .filter_map(|pair| Some((pair.first()?, pair.get(1)?)))
    };
    let wrapped = pairs().filter(|(line, next)| wraps(line, next)).count();
    let lower = pairs()
        .filter(|(line, next)| wraps(line, next) && next.starts_lower)
        .count();
    let is_wrapped = WRAP_WIDTHS.contains(&width) && lower * 3 >= wrapped.max(1) && lower >= 1;
    let mut at = 0;
    while let Some(first) = group.get(at) {
        let mut last = first;
        at += 1;
        while let Some(next) = group.get(at)
            && is_wrapped
            && wraps(last, next)
        {
            last = next;
            at += 1;
        }
        cutter.cut(first.start, last.end, &mut *push);
    }
    group.clear();
}

/// Cuts ranges of a text into blocks and counts them.
pub(super) struct BlockSplitter<'a> {
    text: &'a str,
    blocks: usize,
}

impl<'a> BlockSplitter<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, blocks: 0 }
    }

    /// Returns true once [`MAX_BLOCKS`] are reached.
    pub(super) fn is_exhausted(&self) -> bool {
        self.blocks >= MAX_BLOCKS
    }

    /// Hands the blocks of `start..end` to `emit`, in order, as byte offsets.
    pub(super) fn cut(&mut self, start: usize, end: usize, mut emit: impl FnMut(usize, usize)) {
        let Some(stretch) = self.text.get(start..end) else {
            return;
        };
        let mut from = 0;
        let split_points =
            split_points::split_points(stretch, MAX_BLOCKS.saturating_sub(self.blocks));
        for to in split_points.into_iter().chain([stretch.len()]) {
            self.cut_by_size(start + from, start + to, &mut emit);
            from = to;
        }
    }

    fn cut_by_size(&mut self, start: usize, end: usize, emit: &mut impl FnMut(usize, usize)) {
        let mut rest = self.text.get(start..end).unwrap_or_default().trim_start();
        let mut at = end - rest.len();
        rest = rest.trim_end();
        while !rest.is_empty() {
            let cut = if rest.len() <= MAX_BLOCK_BYTES {
                rest.len()
            } else {
                good_cut(rest)
            };
            let (block, tail) = rest.split_at(cut);
            let block = block.trim_end();
            emit(at, at + block.len());
            self.blocks += 1;
            let tail_start = tail.trim_start();
            at += cut + (tail.len() - tail_start.len());
            rest = tail_start;
        }
    }
}

/// Finds the best place to cut a long range: after a sentence, else after a space, else after a
/// grapheme. At most [`MAX_BLOCK_BYTES`] in, unless its first grapheme is longer.
fn good_cut(stretch: &str) -> usize {
    let mut limit = MAX_BLOCK_BYTES;
    while !stretch.is_char_boundary(limit) {
        limit -= 1;
    }
    let window = stretch.get(..limit).unwrap_or_default();
    let mut space = None;
    let mut after: Option<char> = None;
    for (at, c) in window.char_indices().rev() {
        if at < MAX_BLOCK_BYTES / 2 {
            break;
        }
        if c.is_whitespace() && after.is_some_and(|next| !next.is_whitespace()) {
            let cut = at + c.len_utf8();
            if window[..at]
                .trim_end()
                .ends_with(['.', '!', '?', '…', '。', '।', '؟', '"', '”', '\n'])
            {
                return cut;
            }
            space = space.or(Some(cut));
        }
        // Unlike a space, a full stop is one grapheme with a mark that follows.
        if matches!(c, '。' | '！' | '？') && is_boundary(stretch, at + c.len_utf8()) {
            return at + c.len_utf8();
        }
        after = Some(c);
    }
    if let Some(space) = space {
        return space;
    }
    let mut cut = 0;
    for (at, grapheme) in stretch.grapheme_indices(true) {
        let end = at + grapheme.len();
        if end > MAX_BLOCK_BYTES && cut > 0 {
            break;
        }
        cut = end;
    }
    cut
}

fn is_boundary(stretch: &str, at: usize) -> bool {
    GraphemeCursor::new(at, stretch.len(), true)
        .is_boundary(stretch, 0)
        .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<String> {
        let text = Text::new(text);
        blocks_of_text(&text)
            .iter()
            .map(|block| text.slice(block.span).to_owned())
            .collect()
    }

    #[test]
    fn lines_are_blocks() {
        assert_eq!(
            blocks("  One \n\n\t\nTwo\nThree\r\n"),
            ["One", "Two", "Three"]
        );
        assert!(blocks(" \n \t\n").is_empty());
        assert!(blocks("").is_empty());
        assert_eq!(blocks("x"), ["x"]);
    }

    #[test]
    fn a_hard_wrapped_paragraph_is_one_block() {
        let text = "The ferry that links the island with the mainland will not sail\n\
                    before Thursday, the port said on Monday, after a storm damaged\n\
                    the ramp at which lorries board.\n\n\
                    Passengers were told to wait at home, and the lorries that carry\n\
                    fresh food were sent to the airport.";
        let blocks = blocks(text);
        assert_eq!(blocks.len(), 2);
        assert!(blocks[0].starts_with("The ferry") && blocks[0].ends_with("board."));
    }

    #[test]
    fn menus_and_headlines_are_not_joined() {
        let menu = "Home\nNews\nWeather\nSport\nThe storm that closed the ferry to the island for a whole week\nFog";
        assert_eq!(blocks(menu).len(), 6);
        let headlines = "Storm closes the ferry to the island for the second day running\n\
                         Minister resigns over the purchase of a lighthouse in the north\n\
                         Harbour master says the ramp was never built to last that long";
        assert_eq!(blocks(headlines).len(), 3);
    }

    #[test]
    fn long_lines_are_cut_behind_sentences() {
        let line = "The ferry sails at noon. ".repeat(2000);
        let blocks = blocks(&line);
        assert!(
            blocks
                .iter()
                .all(|block| block.len() <= MAX_BLOCK_BYTES && block.ends_with('.'))
        );
        assert_eq!(blocks.join(" "), line.trim());
        assert!(blocks.len() < 15);
    }

    #[test]
    fn no_grapheme_is_cut() {
        let family = "👩\u{200d}👩\u{200d}👧\u{200d}👦";
        for unit in [family, "e\u{301}\u{302}", "🇭🇺", "한", "각"] {
            let line = unit.repeat(20_000 / unit.len() * 3);
            let blocks = blocks(&line);
            assert!(blocks.len() > 1);
            for block in &blocks {
                assert_eq!(block.len() % unit.len(), 0, "{unit} was cut");
            }
        }
        // One grapheme longer than a block stays whole.
        let monster = format!("a{}", "\u{301}".repeat(MAX_BLOCK_BYTES));
        assert_eq!(blocks(&monster).len(), 1);
    }
}
