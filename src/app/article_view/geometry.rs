//! Where every character of a laid-out paragraph is, independent of who laid it out.
//!
//! A line holds runs, a run holds stops: the edges of its characters (grapheme clusters, so that no
//! caret can fall inside one). All questions of the screen are answered from this: which byte is
//! under the pointer, which rectangles cover a range. Offsets are bytes of the article; coordinates
//! are relative to the paragraph.

use std::ops::Range;

use eframe::egui::{Pos2, Rect, pos2};
use unicode_segmentation::UnicodeSegmentation as _;

/// The edge between two characters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// Byte offset in the article.
    pub at: u32,
    /// Points from the left of the paragraph.
    pub x: f32,
}

/// Characters of one direction that are side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// In logical order; the first and the last are the run's ends. Right to left, `x` falls as
    /// `at` grows.
    pub stops: Vec<Stop>,
}

impl Run {
    fn start(&self) -> u32 {
        self.stops.first().map_or(0, |stop| stop.at)
    }

    fn end(&self) -> u32 {
        self.stops.last().map_or(0, |stop| stop.at)
    }

    fn left(&self) -> f32 {
        self.stops
            .iter()
            .map(|stop| stop.x)
            .fold(f32::INFINITY, f32::min)
    }

    fn right(&self) -> f32 {
        self.stops
            .iter()
            .map(|stop| stop.x)
            .fold(f32::NEG_INFINITY, f32::max)
    }

    /// Where byte `at` is; inside a character, where that character begins.
    fn x_of(&self, at: u32) -> f32 {
        let after = self.stops.partition_point(|stop| stop.at <= at);
        self.stops
            .get(after.saturating_sub(1))
            .map_or(0.0, |stop| stop.x)
    }

    /// As [`Run::x_of`], but inside a character where that character ends, so that a range is
    /// covered whole.
    fn x_after(&self, at: u32) -> f32 {
        let after = self.stops.partition_point(|stop| stop.at < at);
        let last = self.stops.len().saturating_sub(1);
        self.stops.get(after.min(last)).map_or(0.0, |stop| stop.x)
    }
}

/// One row of a paragraph.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Top and bottom of the row, with its leading.
    pub top: f32,
    /// See `top`.
    pub bottom: f32,
    /// Top and bottom of the letters.
    pub ink_top: f32,
    /// See `ink_top`.
    pub ink_bottom: f32,
    /// Bytes of the article in this row.
    pub bytes: Range<u32>,
    /// In logical order.
    pub runs: Vec<Run>,
}

/// What is at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The nearest edge between two characters.
    pub at: u32,
    /// The character itself; empty in an empty line.
    pub cell: Range<u32>,
    /// Whether the point lies on the characters, rather than beside or between the lines.
    pub on_text: bool,
}

impl Line {
    /// Where a caret before byte `at` is.
    #[must_use]
    pub fn x_of(&self, at: u32) -> f32 {
        let holder = self
            .runs
            .iter()
            .find(|run| run.start() <= at && at < run.end());
        holder.or(self.runs.last()).map_or(0.0, |run| run.x_of(at))
    }

    /// The stretches that cover the bytes of `range` in this line, from left to right, touching
    /// ones joined.
    #[must_use]
    pub fn stretches(&self, range: &Range<u32>) -> Vec<(f32, f32)> {
        let mut found: Vec<(f32, f32)> = Vec::new();
        for run in &self.runs {
            let (start, end) = (range.start.max(run.start()), range.end.min(run.end()));
            if start < end {
                let (a, b) = (run.x_of(start), run.x_after(end));
                found.push((a.min(b), a.max(b)));
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        found.dedup_by(|next, kept| {
            let touch = next.0 <= kept.1 + 0.75;
            if touch {
                kept.1 = kept.1.max(next.1);
            }
            touch
        });
        found
    }

    /// Left and right end of what is in this line.
    #[must_use]
    pub fn extent(&self) -> (f32, f32) {
        let left = self
            .runs
            .iter()
            .map(Run::left)
            .fold(f32::INFINITY, f32::min);
        let right = self
            .runs
            .iter()
            .map(Run::right)
            .fold(f32::NEG_INFINITY, f32::max);
        if left <= right {
            (left, right)
        } else {
            (0.0, 0.0)
        }
    }

    /// What is at `x`, or nearest to it.
    #[must_use]
    pub fn hit(&self, x: f32) -> Hit {
        let distance = |run: &Run| (run.left() - x).max(x - run.right()).max(0.0);
        let nearest = self
            .runs
            .iter()
            .min_by(|a, b| distance(a).total_cmp(&distance(b)));
        let Some(run) = nearest else {
            return Hit {
                at: self.bytes.start,
                cell: self.bytes.start..self.bytes.start,
                on_text: false,
            };
        };
        let mut best: Option<(f32, Stop, Stop)> = None;
        for pair in run.stops.windows(2) {
            let &[a, b] = pair else { continue };
            let (left, right) = (a.x.min(b.x), a.x.max(b.x));
            let away = (left - x).max(x - right).max(0.0);
            // On the seam between two cells the later one in the row wins, as does any cell with a
            // width.
            if best.is_none_or(|(least, ..)| away < least || (away == least && left < right)) {
                best = Some((away, a, b));
            }
        }
        match best {
            Some((away, a, b)) => Hit {
                at: if (x - a.x).abs() <= (x - b.x).abs() {
                    a.at
                } else {
                    b.at
                },
                cell: a.at..b.at,
                on_text: away == 0.0,
            },
            None => Hit {
                at: run.start(),
                cell: run.start()..run.start(),
                on_text: false,
            },
        }
    }
}

/// A laid-out paragraph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Geometry {
    /// From top to bottom; at least one.
    pub lines: Vec<Line>,
    /// In points.
    pub height: f32,
}

impl Geometry {
    /// The line that holds height `y`, or the nearest one.
    #[must_use]
    pub fn line_at(&self, y: f32) -> usize {
        self.lines
            .partition_point(|line| line.bottom <= y)
            .min(self.lines.len().saturating_sub(1))
    }

    /// The line in which a caret before byte `at` is: between two lines, the later.
    #[must_use]
    pub fn line_of(&self, at: u32) -> usize {
        self.lines
            .partition_point(|line| line.bytes.start <= at)
            .saturating_sub(1)
    }

    /// What is at a point.
    #[must_use]
    pub fn hit(&self, pos: Pos2) -> Option<Hit> {
        let line = self.lines.get(self.line_at(pos.y))?;
        let mut hit = line.hit(pos.x);
        hit.on_text &= line.top <= pos.y && pos.y < line.bottom;
        Some(hit)
    }

    /// The rectangles, as high as the letters, that cover the bytes of `range`.
    #[must_use]
    pub fn range_rects(&self, range: &Range<u32>) -> Vec<Rect> {
        let mut rects = Vec::new();
        for line in &self.lines {
            for (left, right) in line.stretches(range) {
                rects.push(Rect::from_min_max(
                    pos2(left, line.ink_top),
                    pos2(right, line.ink_bottom),
                ));
            }
        }
        rects
    }
}

/// The stops of a text of known edges: `edge(i)` is where its `i`th `char` begins, for `i` up to
/// their number.
///
/// Characters that share a glyph (a ligature) have no edge between them in the font; they get equal
/// shares of it.
pub(super) fn stops_from_edges(text: &str, base: u32, edge: impl Fn(usize) -> f32) -> Vec<Stop> {
    let mut stops = Vec::with_capacity(text.len() + 1);
    let mut chars = 0;
    if text.is_ascii() {
        // No ASCII characters combine except CR LF, which never is inside a paragraph.
        stops.extend((0..=text.len()).map(|at| Stop {
            at: base + at as u32,
            x: edge(at),
        }));
    } else {
        for (at, grapheme) in text.grapheme_indices(true) {
            stops.push(Stop {
                at: base + at as u32,
                x: edge(chars),
            });
            chars += grapheme.chars().count();
        }
        stops.push(Stop {
            at: base + text.len() as u32,
            x: edge(chars),
        });
    }
    share_ligatures(&mut stops);
    stops
}

/// egui gives the first character of a ligature all of its width and the others none, at its right
/// end, which after rounding may lie a point beyond where the next character begins.
fn share_ligatures(stops: &mut [Stop]) {
    let mut first = 0;
    while first + 2 < stops.len() {
        let mut last = first + 1;
        while last + 1 < stops.len() && stops[last + 1].x <= stops[last].x {
            last += 1;
        }
        let (count, left, end) = ((last - first) as f32, stops[first].x, stops[last].x);
        if last > first + 1 && end > left {
            for (nth, stop) in stops[first + 1..last].iter_mut().enumerate() {
                stop.x = left + (end - left) * (nth + 1) as f32 / count;
            }
        }
        first = last;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stops of a text of which only the width is known: each character gets an equal share.
    fn stops_by_share(
        text: &str,
        base: u32,
        left: f32,
        width: f32,
        right_to_left: bool,
    ) -> Vec<Stop> {
        let count = text.graphemes(true).count().max(1) as f32;
        let x = |nth: usize| {
            let share = nth as f32 / count;
            left + width * if right_to_left { 1.0 - share } else { share }
        };
        let mut stops: Vec<Stop> = text
            .grapheme_indices(true)
            .enumerate()
            .map(|(nth, (at, _))| Stop {
                at: base + at as u32,
                x: x(nth),
            })
            .collect();
        stops.push(Stop {
            at: base + text.len() as u32,
            x: x(stops.len()),
        });
        stops
    }

    /// Ten points a character.
    fn line(runs: Vec<Run>) -> Line {
        Line {
            top: 0.0,
            bottom: 20.0,
            ink_top: 4.0,
            ink_bottom: 16.0,
            bytes: 0..runs.last().map_or(0, Run::end),
            runs,
        }
    }

    #[test]
    fn the_letters_of_a_ligature_share_its_width_also_where_rounding_turned_its_end() {
        for end in [25.0, 24.0] {
            let edges = [0.0, 14.0, 25.0, end, 33.0];
            let stops = stops_from_edges("Wfia", 0, |nth| edges[nth]);
            let places: Vec<f32> = stops.iter().map(|stop| stop.x).collect();
            assert_eq!(places, [0.0, 14.0, (14.0 + end) / 2.0, end, 33.0]);
        }
    }

    fn left_to_right(text: &str) -> Line {
        line(vec![Run {
            stops: stops_by_share(
                text,
                0,
                0.0,
                10.0 * text.graphemes(true).count() as f32,
                false,
            ),
        }])
    }

    #[test]
    fn a_click_goes_to_the_nearest_edge_and_knows_the_character_under_it() {
        let line = left_to_right("abc");
        assert_eq!(
            line.hit(12.0),
            Hit {
                at: 1,
                cell: 1..2,
                on_text: true
            }
        );
        assert_eq!(
            line.hit(17.0),
            Hit {
                at: 2,
                cell: 1..2,
                on_text: true
            }
        );
        assert_eq!(
            line.hit(-5.0),
            Hit {
                at: 0,
                cell: 0..1,
                on_text: false
            }
        );
        assert_eq!(
            line.hit(99.0),
            Hit {
                at: 3,
                cell: 2..3,
                on_text: false
            }
        );
    }

    #[test]
    fn no_edge_lies_inside_a_character_of_many_code_points() {
        let line = left_to_right("a👨‍👩‍👧e\u{301}b");
        let edges: Vec<u32> = (0..400).map(|x| line.hit(x as f32 / 10.0).at).collect();
        let family_end = 1 + "👨‍👩‍👧".len() as u32;
        assert!(
            edges
                .iter()
                .all(|at| [0, 1, family_end, family_end + 3, family_end + 4].contains(at))
        );
        assert_eq!(line.stretches(&(3..4)), [(10.0, 20.0)]);
    }

    #[test]
    fn a_range_over_two_directions_has_two_stretches() {
        // Shown as: abc CBA def, where the middle run is right to left.
        let run = |at: u32, left: f32, reversed: bool| Run {
            stops: stops_by_share("xyz", at, left, 30.0, reversed),
        };
        let line = line(vec![
            run(0, 0.0, false),
            run(3, 30.0, true),
            run(6, 60.0, false),
        ]);
        assert_eq!(line.stretches(&(1..4)), [(10.0, 30.0), (50.0, 60.0)]);
        assert_eq!(line.stretches(&(0..9)), [(0.0, 90.0)]);
        assert_eq!(line.hit(59.0).at, 3);
        assert_eq!(line.hit(31.0).cell, 5..6);
    }

    #[test]
    fn the_letters_of_a_ligature_share_its_width() {
        // "office": the three letters of "ffi" are one glyph of 30 points.
        let edges = [0.0, 10.0, 40.0, 40.0, 40.0, 50.0, 60.0];
        let stops = stops_from_edges("office", 0, |nth| edges[nth]);
        let xs: Vec<f32> = stops.iter().map(|stop| stop.x).collect();
        assert_eq!(xs, [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0]);
    }

    #[test]
    fn an_empty_line_can_still_be_clicked() {
        let line = left_to_right("");
        assert_eq!(line.hit(50.0).at, 0);
        assert_eq!(line.extent(), (0.0, 0.0));
    }
}
