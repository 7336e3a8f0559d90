//! The scroll bar, with marks where something waits for the eye.

use eframe::egui::{CornerRadius, Painter, Rect, pos2};

use super::Scene;
use super::scroll::Roll;
use super::style::{Standing, fade};

/// Where marks stand on the track. Recomputed only when what they show has changed.
#[derive(Default)]
pub(super) struct Marks {
    key: Option<(u64, usize, usize, u32, u64)>,
    /// In whole points from the top of the track, in order, each once.
    unsure: Vec<u16>,
    hits: Vec<u16>,
}

impl Marks {
    pub(super) fn refresh(&mut self, scene: &Scene<'_>, roll: &Roll, track: Rect) {
        let highlights = (scene.highlights.as_ptr() as usize, scene.highlights.len());
        // While one scrolls, estimates of heights turn into measures; a mark need not follow each of them.
        let total = (roll.total() / 400.0) as u64;
        let key = (
            scene.revision,
            highlights.0,
            highlights.1,
            track.height() as u32,
            total,
        );
        if self.key == Some(key) {
            return;
        }
        self.key = Some(key);
        let scale = f64::from(track.height()) / roll.total().max(1.0);
        let place = |at: u32| (roll.offset_of(at) * scale) as u16;
        let unsure = |provenance| scene.style.standing(provenance) == Standing::Unsure;
        let regions = scene
            .regions
            .iter()
            .filter(|region| unsure(region.provenance));
        let entities = scene
            .entities
            .iter()
            .filter(|entity| unsure(entity.provenance));
        self.unsure = regions
            .map(|region| region.span)
            .chain(entities.map(|entity| entity.span))
            .map(|span| place(span.start().0))
            .collect();
        self.hits = scene
            .highlights
            .iter()
            .map(|span| place(span.start().0))
            .collect();
        for marks in [&mut self.unsure, &mut self.hits] {
            marks.sort_unstable();
            marks.dedup();
        }
    }
}

/// The movable part of the bar; `None` if all of the article is visible.
pub(super) fn thumb(roll: &Roll, track: Rect, view_height: f32) -> Option<Rect> {
    let (total, shown) = (roll.total(), f64::from(view_height));
    if total <= shown + 0.5 {
        return None;
    }
    let height = (f64::from(track.height()) * shown / total).max(28.0);
    let top =
        (f64::from(track.height()) - height) * (roll.offset() / (total - shown)).clamp(0.0, 1.0);
    let top = track.top() + top as f32;
    Some(Rect::from_min_max(
        pos2(track.left(), top),
        pos2(track.right(), top + height as f32),
    ))
}

/// The offset at which the top of the thumb stands at `y`.
pub(super) fn offset_for(roll: &Roll, track: Rect, thumb: Rect, view_height: f32, y: f32) -> f64 {
    let room = f64::from((track.height() - thumb.height()).max(1.0));
    let share = (f64::from(y - track.top()) / room).clamp(0.0, 1.0);
    share * (roll.total() - f64::from(view_height)).max(0.0)
}

pub(super) fn paint(
    painter: &Painter,
    scene: &Scene<'_>,
    marks: &Marks,
    track: Rect,
    thumb: Option<Rect>,
    active: bool,
) {
    let palette = &scene.style.palette;
    if let Some(thumb) = thumb {
        let strength = if active { 0.55 } else { 0.28 };
        let rect = thumb.shrink2(eframe::egui::vec2(2.0, 1.0));
        painter.rect_filled(rect, CornerRadius::same(4), fade(palette.faint, strength));
    }
    for (places, color, left) in [
        (&marks.hits, palette.accent, 0.0),
        (&marks.unsure, palette.unsure, 0.0),
    ] {
        for &y in places {
            let y = track.top() + f32::from(y);
            let mark = Rect::from_min_max(
                pos2(track.left() + left + 1.0, y),
                pos2(track.right() - 1.0, y + 2.0),
            );
            painter.rect_filled(mark, CornerRadius::ZERO, color);
        }
    }
}
