//! A few words for display, such as a headline: in any script, with marks, shortened where the room
//! ends.
//!
//! egui knows no bidirectional order. Nothing here is ever clicked into, so a line is cut into
//! words, each laid out alone, and the words put in the order in which they are read.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, FontId, Galley, Painter, Pos2, Rect, pos2, vec2};
use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};
use unicode_segmentation::UnicodeSegmentation as _;

/// How words look.
#[derive(Clone, Debug)]
pub struct Style {
    /// Their font.
    pub font: FontId,
    /// Their colour.
    pub ink: Color32,
    /// The colour of what is marked.
    pub marked_ink: Color32,
    /// Behind what is marked.
    pub marked_ground: Color32,
}

/// Paints words into the box that begins at `at`, on at most so many lines, and gives the height
/// that they take. `marks` are sorted bytes of `words`.
pub fn paint(
    painter: &Painter,
    at: Pos2,
    width: f32,
    lines: usize,
    words: &str,
    marks: &[Range<usize>],
    style: &Style,
) -> f32 {
    if words.is_empty() {
        return 0.0;
    }
    if has_right_to_left(words) {
        return paint_pieces(painter, at, width, lines, words, marks, style);
    }
    let mut job = LayoutJob {
        wrap: TextWrapping {
            max_width: width,
            max_rows: lines,
            break_anywhere: lines == 1,
            overflow_character: Some('…'),
        },
        ..LayoutJob::default()
    };
    let format = |marked: bool| TextFormat {
        font_id: style.font.clone(),
        color: if marked { style.marked_ink } else { style.ink },
        background: if marked {
            style.marked_ground
        } else {
            Color32::TRANSPARENT
        },
        ..TextFormat::default()
    };
    let mut done = 0;
    for mark in marks {
        if let (Some(plain), Some(marked)) = (words.get(done..mark.start), words.get(mark.clone()))
        {
            job.append(plain, 0.0, format(false));
            job.append(marked, 0.0, format(true));
            done = mark.end;
        }
    }
    job.append(words.get(done..).unwrap_or_default(), 0.0, format(false));
    let galley = painter.layout_job(job);
    let height = galley.size().y;
    painter.galley(at, galley, style.ink);
    height
}

/// Whether the order of some of these words is from right to left.
fn has_right_to_left(words: &str) -> bool {
    use BidiClass as B;
    !words.is_ascii()
        && words.chars().any(|c| {
            matches!(
                bidi_class(c),
                B::R | B::AL | B::AN | B::RLE | B::RLO | B::RLI
            )
        })
}

/// A word or the space between two.
struct Piece {
    galley: Arc<Galley>,
    level: Level,
    marked: bool,
    space: bool,
}

impl Piece {
    fn width(&self) -> f32 {
        self.galley.size().x
    }
}

fn paint_pieces(
    painter: &Painter,
    at: Pos2,
    width: f32,
    lines: usize,
    words: &str,
    marks: &[Range<usize>],
    style: &Style,
) -> f32 {
    let bidi = BidiInfo::new(words, None);
    let direction = bidi
        .paragraphs
        .first()
        .map_or_else(Level::ltr, |paragraph| paragraph.level);
    let piece = |words: &str, level, marked| {
        let ink = if marked { style.marked_ink } else { style.ink };
        Piece {
            galley: painter.layout_no_wrap(words.to_owned(), style.font.clone(), ink),
            level,
            marked,
            space: words.trim().is_empty(),
        }
    };
    let pieces: Vec<Piece> = cut(words, marks, &bidi.levels)
        .into_iter()
        .map(|range| {
            let level = bidi.levels.get(range.start).copied().unwrap_or(direction);
            let marked = marks
                .iter()
                .any(|mark| mark.start <= range.start && range.end <= mark.end);
            piece(&words[range], level, marked)
        })
        .collect();
    let ellipsis = piece("…", direction, false);
    let mut top = at.y;
    for mut line in break_lines(pieces, width, lines, ellipsis) {
        while line.last().is_some_and(|last| last.space) {
            line.pop();
        }
        let levels: Vec<Level> = line.iter().map(|piece| piece.level).collect();
        let height = line.iter().map(|p| p.galley.size().y).fold(0.0, f32::max);
        let mut x = if direction.is_rtl() {
            at.x + (width - line.iter().map(Piece::width).sum::<f32>()).max(0.0)
        } else {
            at.x
        };
        for nth in BidiInfo::reorder_visual(&levels) {
            let Some(piece) = line.get(nth) else { continue };
            let place = pos2(x, top);
            if piece.marked {
                let rect = Rect::from_min_size(place, vec2(piece.width(), height));
                painter.rect_filled(rect.expand(1.0), 0.0, style.marked_ground);
            }
            painter.galley(place, piece.galley.clone(), style.ink);
            x += piece.width();
        }
        top += height;
    }
    top - at.y
}

/// Greedily; what does not fit on the last line gives way to an ellipsis.
fn break_lines(pieces: Vec<Piece>, width: f32, most: usize, ellipsis: Piece) -> Vec<Vec<Piece>> {
    let mut lines: Vec<Vec<Piece>> = vec![Vec::new()];
    let mut used = 0.0;
    let mut rest = pieces.into_iter().peekable();
    while let Some(piece) = rest.next() {
        let fits = used + piece.width() <= width || piece.space;
        if !fits && lines.len() < most && used > 0.0 {
            lines.push(Vec::new());
            used = 0.0;
        }
        let last = lines.len() == most;
        used += piece.width();
        let Some(line) = lines.last_mut() else { break };
        line.push(piece);
        let overflows = used > width && !line.last().is_some_and(|piece| piece.space);
        if last && (overflows || (used > width && rest.peek().is_some())) {
            while used + ellipsis.width() > width
                && let Some(gone) = line.pop()
            {
                used -= gone.width();
            }
            line.push(ellipsis);
            break;
        }
    }
    lines
}

/// At the edges of words and marks, and where the direction changes.
fn cut(words: &str, marks: &[Range<usize>], levels: &[Level]) -> Vec<Range<usize>> {
    let mut edges: Vec<usize> = words
        .split_word_bound_indices()
        .map(|(at, _)| at)
        .chain(marks.iter().flat_map(|mark| [mark.start, mark.end]))
        .chain(
            words
                .char_indices()
                .map(|(at, _)| at)
                .filter(|&at| at > 0 && levels.get(at) != levels.get(at - 1)),
        )
        .chain([words.len()])
        .filter(|&at| words.is_char_boundary(at))
        .collect();
    edges.sort_unstable();
    edges.dedup();
    edges.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_it_is_ordered() {
        assert!(has_right_to_left("صحيفة الميناء"));
        assert!(has_right_to_left("Tom said שלום"));
        assert!(!has_right_to_left("Zürich 東京 हिन्दी"));
    }

    #[test]
    fn words_marks_and_turns_are_pieces() {
        let words = "אבג Ada";
        let bidi = BidiInfo::new(words, None);
        let mark = 7..9; // the first two letters of the name
        let pieces: Vec<&str> = cut(words, &[mark], &bidi.levels)
            .into_iter()
            .map(|range| &words[range])
            .collect();
        assert_eq!(pieces, ["אבג", " ", "Ad", "a"]);
    }
}
