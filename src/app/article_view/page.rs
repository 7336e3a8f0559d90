//! What is on the screen in this frame: every visible line with its place, and the answers to
//! "what is here" and "where is that". Offsets are bytes of the article, coordinates are the
//! screen's.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::{Pos2, Rangef, Rect, pos2};

use super::geometry::{Geometry, Hit, Line};

/// The line that represents blocks which are not shown.
pub(super) struct FoldedLine {
    /// As wide as the column.
    pub rect: Rect,
    /// The blocks, by their places in the article.
    pub blocks: Range<usize>,
}

/// One visible row.
pub(super) struct PageLine {
    geometry: Arc<Geometry>,
    nth: usize,
    /// Top left of the paragraph.
    origin: Pos2,
    /// The bytes between the white space at its edges; empty in a blank line.
    pub words: Range<u32>,
}

impl PageLine {
    /// Row `nth` of a paragraph whose top left is at `origin`; `None` if it has fewer.
    pub(super) fn new(
        geometry: &Arc<Geometry>,
        nth: usize,
        origin: Pos2,
        text: &str,
    ) -> Option<Self> {
        let bytes = geometry.lines.get(nth)?.bytes.clone();
        let shown = text
            .get(bytes.start as usize..bytes.end as usize)
            .unwrap_or_default();
        let start = bytes.start + (shown.len() - shown.trim_start().len()) as u32;
        let end = start + shown.trim().len() as u32;
        Some(Self {
            geometry: Arc::clone(geometry),
            nth,
            origin,
            words: start.min(end)..end,
        })
    }

    fn line(&self) -> &Line {
        &self.geometry.lines[self.nth]
    }

    pub(super) fn bytes(&self) -> Range<u32> {
        self.line().bytes.clone()
    }

    pub(super) fn top(&self) -> f32 {
        self.origin.y + self.line().top
    }

    pub(super) fn bottom(&self) -> f32 {
        self.origin.y + self.line().bottom
    }

    pub(super) fn ink(&self) -> Rangef {
        Rangef::new(
            self.origin.y + self.line().ink_top,
            self.origin.y + self.line().ink_bottom,
        )
    }

    pub(super) fn is_blank(&self) -> bool {
        self.words.is_empty()
    }

    /// Where a caret before byte `at` is.
    pub(super) fn x_of(&self, at: u32) -> f32 {
        self.origin.x + self.line().x_of(at)
    }

    /// From left to right, what covers the bytes of `range` in this row.
    pub(super) fn stretches(&self, range: &Range<u32>) -> Vec<Rangef> {
        let stretches = self.line().stretches(range);
        stretches
            .into_iter()
            .map(|(left, right)| Rangef::new(self.origin.x + left, self.origin.x + right))
            .collect()
    }

    /// Each character of the row: its first byte, its left on the screen and its width.
    pub(super) fn cells(&self) -> impl Iterator<Item = (u32, (f32, f32))> + '_ {
        let runs = self.line().runs.iter();
        runs.flat_map(move |run| {
            run.stops.windows(2).map(move |pair| {
                let left = self.origin.x + pair[0].x.min(pair[1].x);
                (pair[0].at, (left, (pair[1].x - pair[0].x).abs()))
            })
        })
    }

    fn hit(&self, x: f32) -> Hit {
        self.line().hit(x - self.origin.x)
    }

    /// Left to right all through, so that what comes earlier is further left.
    fn is_plain(&self) -> bool {
        self.line().runs.len() == 1
    }
}

/// The visible part of the article.
pub(super) struct Page {
    /// All of the view.
    pub view: Rect,
    /// The text, with a little room at both sides.
    pub column: Rangef,
    /// Letters and bars of the regions.
    pub gutter: Rangef,
    /// The scroll bar.
    pub track: Rect,
    /// From top to bottom.
    pub lines: Vec<PageLine>,
    /// Index, and rectangle as wide as the column.
    pub paragraphs: Vec<(usize, Rect)>,
    /// The lines that represent what is not shown, from top to bottom.
    pub folded: Vec<FoldedLine>,
    /// The room between two rows, as wide as gutter and column.
    pub opening: Option<Rect>,
}

impl Page {
    /// The bytes from the first to the last visible line.
    pub(super) fn bytes(&self) -> Range<u32> {
        match (self.lines.first(), self.lines.last()) {
            (Some(first), Some(last)) => first.bytes().start..last.bytes().end,
            _ => 0..0,
        }
    }

    /// The line at height `y`, or the nearest.
    pub(super) fn line_at(&self, y: f32) -> Option<&PageLine> {
        let after = self.lines.partition_point(|line| line.bottom() <= y);
        self.lines.get(after).or(self.lines.last())
    }

    /// The line in which a caret before byte `at` is, if it is visible.
    pub(super) fn line_of(&self, at: u32) -> Option<&PageLine> {
        let after = self.lines.partition_point(|line| line.bytes().start <= at);
        let line = self.lines.get(after.checked_sub(1)?)?;
        (at <= line.bytes().end).then_some(line)
    }

    /// What is at a point, or nearest to it. `on_text` is whether it lies on letters, in its
    /// row.
    pub(super) fn hit(&self, pos: Pos2) -> Option<Hit> {
        let line = self.line_at(pos.y)?;
        let mut hit = line.hit(pos.x);
        hit.on_text &= line.top() <= pos.y && pos.y < line.bottom();
        Some(hit)
    }

    /// The letters of a range of bytes, row by row.
    pub(super) fn letters(&self, range: &Range<u32>) -> Vec<Rect> {
        let mut rects = Vec::new();
        for line in self.lines_of(range) {
            for x in line.stretches(range) {
                rects.push(Rect::from_x_y_ranges(x, line.ink()));
            }
        }
        rects
    }

    /// The lines that share a byte with `range`.
    pub(super) fn lines_of(&self, range: &Range<u32>) -> &[PageLine] {
        let from = self
            .lines
            .partition_point(|line| line.bytes().end <= range.start);
        let to = self
            .lines
            .partition_point(|line| line.bytes().start < range.end);
        self.lines.get(from..to).unwrap_or_default()
    }

    /// The ground of a range: whole rows across the column where it has all their words, and the
    /// part of a row where it begins or ends inside. Rectangles follow each other without a gap.
    pub(super) fn ground(&self, range: &Range<u32>) -> Vec<Rect> {
        let mut rects: Vec<Rect> = Vec::new();
        for line in self.lines_of(range) {
            if line.is_blank() || line.words.end <= range.start || range.end <= line.words.start {
                continue; // bridged by what stands above and below it
            }
            let whole_left = range.start <= line.words.start;
            let whole_right = line.words.end <= range.end;
            // What is above reaches down to it, over the gap between two paragraphs.
            if let Some(above) = rects.last_mut() {
                above.max.y = line.top().max(above.max.y);
            }
            let y = Rangef::new(line.top(), line.bottom());
            if whole_left && whole_right {
                push_joined(&mut rects, Rect::from_x_y_ranges(self.column, y));
            } else if line.is_plain() {
                let left = if whole_left {
                    self.column.min
                } else {
                    line.x_of(range.start)
                };
                let right = if whole_right {
                    self.column.max
                } else {
                    line.x_of(range.end)
                };
                push_joined(
                    &mut rects,
                    Rect::from_min_max(pos2(left, y.min), pos2(right.max(left), y.max)),
                );
            } else {
                for x in line.stretches(range) {
                    rects.push(Rect::from_x_y_ranges(x, y));
                }
            }
        }
        rects
    }
}

fn push_joined(rects: &mut Vec<Rect>, rect: Rect) {
    match rects.last_mut() {
        Some(above) if above.x_range() == rect.x_range() => above.max.y = rect.max.y,
        _ => rects.push(rect),
    }
}
