//! Scrolling through rows of one height. The offset is an `f64`: with `f32`, the rows of a million
//! would jump.

use egui::{Rect, Sense, Ui, pos2, vec2};

use crate::app::ui::theme::Theme;

/// Width of the bar, in points.
const BAR: f32 = 10.0;
/// The least height of the part of it that can be dragged, in points.
const THUMB: f64 = 28.0;

/// Where a list is scrolled to.
#[derive(Default)]
pub(super) struct Scroll {
    /// Points from the top of the first row to the top of the view.
    offset: f64,
    /// Height of the view in the last frame, in points.
    height: f64,
    /// Where in the thumb it was taken hold of, in points.
    held: f64,
}

/// What is in view.
pub(super) struct View {
    /// Where rows are drawn.
    pub(super) rect: Rect,
    /// The first row in view.
    pub(super) first: usize,
    /// The row after the last one in view.
    pub(super) end: usize,
    /// Where the top of the first one is, in points from the top of the screen.
    pub(super) top: f32,
}

impl Scroll {
    /// How many whole rows are in view; at least one.
    pub(super) fn page(&self, row: f32) -> usize {
        ((self.height / f64::from(row)) as usize).max(1)
    }

    /// Scrolls so that a row is in view, and what comes next too; far jumps put it into the upper
    /// third.
    pub(super) fn reveal(&mut self, at: usize, row: f32) {
        let row = f64::from(row);
        let top = at as f64 * row;
        let (above, below) = (top - row, top + 2.0 * row);
        if top < self.offset - self.height || top > self.offset + 2.0 * self.height {
            self.offset = top - self.height / 3.0;
        } else if above < self.offset {
            self.offset = above;
        } else if below > self.offset + self.height {
            self.offset = below - self.height;
        }
    }

    /// To the first row.
    pub(super) fn go_to_top(&mut self) {
        self.offset = 0.0;
    }

    /// Takes the rest of the panel, moves as wheel and bar say, and draws the bar.
    pub(super) fn show(&mut self, ui: &mut Ui, count: usize, row: f32, theme: &Theme) -> View {
        let (whole, response) =
            ui.allocate_exact_size(ui.available_size_before_wrap(), Sense::empty());
        let mut rect = whole;
        self.height = f64::from(rect.height());
        let total = count as f64 * f64::from(row);
        let room = (total - self.height).max(0.0);
        if response.contains_pointer() {
            ui.input_mut(|input| {
                self.offset -= f64::from(input.smooth_scroll_delta.y);
                input.smooth_scroll_delta.y = 0.0;
            });
        }
        if room > 0.0 {
            rect.max.x -= BAR + 2.0;
            let track = Rect::from_min_max(pos2(whole.right() - BAR, whole.top()), whole.max);
            self.bar(ui, track, total, room, theme);
        }
        self.offset = self.offset.clamp(0.0, room);
        let first = (self.offset / f64::from(row)) as usize;
        let end = ((self.offset + self.height) / f64::from(row)).ceil() as usize;
        View {
            rect,
            first: first.min(count),
            end: end.min(count),
            top: rect.top() - (self.offset - first as f64 * f64::from(row)) as f32,
        }
    }

    fn bar(&mut self, ui: &Ui, track: Rect, total: f64, room: f64, theme: &Theme) {
        let span = f64::from(track.height());
        let thumb = (span * self.height / total).max(THUMB.min(span));
        let at = |offset: f64| (span - thumb) * (offset / room).clamp(0.0, 1.0);
        let response = ui.interact(track, ui.scope_id().with("bar"), Sense::click_and_drag());
        if let Some(pointer) = response.interact_pointer_pos() {
            let y = f64::from(pointer.y - track.top());
            if response.drag_started() || response.is_pointer_button_down_on() && self.held == 0.0 {
                let inside = y - at(self.offset);
                // On the thumb it is taken where it is; beside it, it comes to the pointer.
                self.held = if (0.0..thumb).contains(&inside) {
                    inside.max(0.01)
                } else {
                    thumb / 2.0
                };
            }
            self.offset = (y - self.held) / (span - thumb).max(1.0) * room;
        } else {
            self.held = 0.0;
        }
        let strength = if response.hovered() || response.dragged() {
            0.5
        } else {
            0.25
        };
        let top = track.top() + at(self.offset) as f32;
        let rect = Rect::from_min_size(
            pos2(track.left() + 2.0, top + 1.0),
            vec2(BAR - 4.0, thumb as f32 - 2.0),
        );
        ui.painter()
            .rect_filled(rect, 3.0, theme.panel.lerp_to_gamma(theme.ink, strength));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_the_wheel_counts_far_down_too() {
        let mut scroll = Scroll {
            height: 600.0,
            ..Scroll::default()
        };
        scroll.reveal(5_000_000, 47.0);
        let before = scroll.offset;
        scroll.offset -= 0.25;
        assert!((before - scroll.offset - 0.25).abs() < 1e-6);
    }

    #[test]
    fn a_row_far_down_is_revealed_to_the_point() {
        let mut scroll = Scroll {
            height: 600.0,
            ..Scroll::default()
        };
        for at in [5_000_000, 4_999_999, 3, 999_999, 0] {
            scroll.reveal(at, 47.0);
            let top = at as f64 * 47.0 - scroll.offset;
            assert!((-0.001..=553.001).contains(&top) || at == 0, "{at}: {top}");
        }
    }
}
