//! Room between two rows of the text, in which the window shows something about a place.

use eframe::egui::{Painter, Rect, pos2};

use super::geometry::Geometry;
use crate::model::BytePos;

/// Room between two rows of the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opening {
    /// A place in the row that the room is beside.
    pub at: BytePos,
    /// Whether it is above that row, rather than below it.
    pub above: bool,
    /// In points.
    pub height: f32,
}

/// Where an opening cuts a paragraph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    /// The first row that is below the opening.
    pub row: usize,
    /// Where the opening begins, from the top of the paragraph, in points.
    pub y: f32,
    /// How high the opening is, in points.
    pub height: f32,
}

impl Cut {
    /// Returns where an opening cuts the paragraph that has this geometry.
    pub(super) fn of(opening: &Opening, geometry: &Geometry) -> Self {
        let row = geometry.line_of(opening.at.0) + usize::from(!opening.above);
        let y = geometry
            .lines
            .get(row)
            .map_or(geometry.height, |line| line.top);
        Self {
            row,
            y,
            height: opening.height,
        }
    }

    /// Returns how far a row is moved down.
    pub(super) fn shift(&self, row: usize) -> f32 {
        if row >= self.row { self.height } else { 0.0 }
    }

    /// Returns how far the top and the bottom of a row are moved, if the opening beside it counts
    /// as a part of it.
    pub(super) fn shift_around(&self, row: usize) -> (f32, f32) {
        let moved = |is_moved: bool| if is_moved { self.height } else { 0.0 };
        (moved(row > self.row), moved(row + 1 >= self.row))
    }

    /// Returns the painters of the rows above and below the opening of a paragraph, each with how
    /// far its rows are moved.
    pub(super) fn painters(&self, painter: &Painter, top: f32) -> [(Painter, f32); 2] {
        let clip = painter.clip_rect();
        let y = top + self.y;
        let part = |from: f32, to: f32| {
            let rect = Rect::from_min_max(pos2(clip.left(), from), pos2(clip.right(), to));
            painter.with_clip_rect(rect.intersect(clip))
        };
        [
            (part(clip.top(), y), 0.0),
            (part(y + self.height, clip.bottom()), self.height),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::article_view::geometry::Line;

    fn three_rows() -> Geometry {
        let row = |nth: u32| Line {
            top: nth as f32 * 20.0,
            bottom: nth as f32 * 20.0 + 20.0,
            ink_top: 0.0,
            ink_bottom: 0.0,
            bytes: nth * 10..nth * 10 + 10,
            runs: Vec::new(),
        };
        Geometry {
            lines: (0..3).map(row).collect(),
            height: 60.0,
        }
    }

    #[test]
    fn rows_below_the_opening_move_down_and_the_row_beside_it_holds_it() {
        let opening = Opening {
            at: BytePos(14),
            above: false,
            height: 50.0,
        };
        let cut = Cut::of(&opening, &three_rows());
        assert_eq!((cut.row, cut.y), (2, 40.0));
        assert_eq!([0, 1, 2].map(|row| cut.shift(row)), [0.0, 0.0, 50.0]);
        assert_eq!(cut.shift_around(1), (0.0, 50.0));
        assert_eq!(cut.shift_around(0), (0.0, 0.0));

        let above = Cut::of(
            &Opening {
                above: true,
                ..opening
            },
            &three_rows(),
        );
        assert_eq!((above.row, above.y), (1, 20.0));
        assert_eq!(above.shift_around(1), (0.0, 50.0));
        assert_eq!(above.shift_around(2), (50.0, 50.0));
    }

    #[test]
    fn an_opening_below_the_last_row_is_at_the_end_of_the_paragraph() {
        let opening = Opening {
            at: BytePos(30),
            above: false,
            height: 50.0,
        };
        let cut = Cut::of(&opening, &three_rows());
        assert_eq!((cut.row, cut.y), (3, 60.0));
    }
}
