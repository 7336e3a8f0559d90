//! The scroll bar, with marks where something waits for the eye.

use eframe::egui::{CornerRadius, Painter, Rect, pos2};

use super::Scene;
use super::scroll::Roll;
use super::style::{Standing, fade};
use crate::model::Span;

/// Height of a mark, in points.
const MARK: f32 = 3.0;
/// Width of the lane of each kind of marks, in points.
const LANE: f32 = 4.0;

/// What waits in one stretch of the article.
struct Mark {
    /// In heights of a mark from the top of the track.
    row: u16,
    /// How many things wait there.
    count: u32,
}

/// Where marks stand on the track. Recomputed only when what they show has changed.
#[derive(Default)]
pub(super) struct Marks {
    key: Option<(u64, usize, usize, u32, u64)>,
    unsure: Vec<Mark>,
    hits: Vec<Mark>,
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
        let row = |span: Span| (roll.offset_of(span.start().0) * scale / f64::from(MARK)) as u16;
        let unsure = |provenance| scene.style.standing(provenance) == Standing::Unsure;
        let regions = scene
            .regions
            .iter()
            .filter(|region| unsure(region.provenance));
        let entities = scene
            .entities
            .iter()
            .filter(|entity| unsure(entity.provenance));
        let spans = regions
            .map(|region| region.span)
            .chain(entities.map(|entity| entity.span));
        self.unsure = counted(spans.map(row).collect());
        self.hits = counted(scene.highlights.iter().copied().map(row).collect());
    }
}

fn counted(mut rows: Vec<u16>) -> Vec<Mark> {
    rows.sort_unstable();
    let stretches = rows.chunk_by(|a, b| a == b);
    stretches
        .filter_map(|same| {
            Some(Mark {
                row: *same.first()?,
                count: same.len() as u32,
            })
        })
        .collect()
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
    // Each kind has its own lane, so that the thumb can be seen under any number of marks; where everything is
    // marked, the strength tells where most is waiting.
    let lanes = [
        (&marks.unsure, palette.unsure, track.left() + 1.0),
        (&marks.hits, palette.accent, track.right() - 1.0 - LANE),
    ];
    for (marks, color, left) in lanes {
        let most = marks.iter().map(|mark| mark.count).max().unwrap_or(1) as f32;
        for mark in marks {
            let y = track.top() + f32::from(mark.row) * MARK;
            let rect = Rect::from_min_max(pos2(left, y), pos2(left + LANE, y + MARK - 1.0));
            painter.rect_filled(
                rect,
                CornerRadius::ZERO,
                fade(color, 0.45 + 0.55 * mark.count as f32 / most),
            );
        }
    }
}
