//! The scroll bar, which is the whole article seen from afar: its regions as a coloured strip, how
//! many entities are where, and what waits for the eye.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::epaint::Mesh;
use eframe::egui::{
    Color32, CornerRadius, Painter, Pos2, Rangef, Rect, Shape, Stroke, StrokeKind, pos2, vec2,
};

use super::scene::Scene;
use super::scroll::Viewport;
use super::style::{Standing, ViewStyle, fade, mix};
use crate::model::{BytePos, Span};

/// Height of a mark, in points.
const MARK: f32 = 3.0;
/// This near to a mark, a click goes to what it marks, in points.
const NEAR: f32 = 4.0;
/// How much of the text a tooltip shows, in characters.
const EXCERPT: usize = 60;

/// Across the bar: the strip of the regions, the density of the entities, the marks.
const REGIONS: Rangef = Rangef { min: 2.0, max: 6.0 };
const ENTITIES: Rangef = Rangef {
    min: 7.5,
    max: 10.0,
};
const MARKS: Rangef = Rangef {
    min: 11.0,
    max: 17.0,
};

/// What an overview was drawn from.
#[derive(PartialEq)]
struct Key {
    revision: u64,
    folded: usize,
    highlights: (usize, usize),
    track: Rect,
    total: u64,
    style: ViewStyle,
}

/// The overview. Drawn anew only when what it shows has changed.
#[derive(Default)]
pub(super) struct Marks {
    key: Option<Key>,
    mesh: Arc<Mesh>,
    /// What is marked, from top to bottom: the height below the top of the track, the bytes, and
    /// whether it is an unsure suggestion.
    spots: Vec<(f32, Range<u32>, bool)>,
}

/// Points of the track for a point of the article.
fn scale(viewport: &Viewport, track: Rect) -> f64 {
    f64::from(track.height()) / viewport.total().max(f64::from(track.height()))
}

impl Marks {
    pub(super) fn refresh(&mut self, scene: &Scene<'_>, viewport: &Viewport, track: Rect) {
        let key = Key {
            revision: scene.revision,
            folded: scene.folded.len(),
            highlights: (scene.highlights.as_ptr() as usize, scene.highlights.len()),
            track,
            // While one scrolls, estimates of heights turn into measures; a mark need not follow
            // each of them.
            total: (viewport.total() / 800.0) as u64,
            style: scene.style.clone(),
        };
        if self.key.as_ref() == Some(&key) {
            return;
        }
        self.key = Some(key);
        let scale = scale(viewport, track);
        let rows = track.height().max(1.0) as usize;
        let row = |offset: f64| ((offset * scale) as usize).min(rows - 1);
        let unsure = |provenance| scene.style.standing(provenance) == Standing::Unsure;
        let mut mesh = Mesh::default();
        let mut spots = Vec::new();
        let bytes = |span: Span| span.start().0..span.end().0;

        let mut strip: Vec<Option<Color32>> = vec![None; rows];
        let mut offset_of = viewport.offsets();
        for region in scene.regions {
            let top = offset_of(region.span.start().0);
            let bottom = offset_of(region.span.end().0);
            let look = scene.style.regions.iter();
            let color = look
                .clone()
                .find(|look| look.label == region.label)
                .map_or(scene.style.palette.faint, |look| look.color);
            let color = mix(scene.style.palette.paper, color, 0.62);
            for row in &mut strip[row(top)..=row(bottom)] {
                *row = Some(color);
            }
            if unsure(region.provenance) {
                spots.push(((top * scale) as f32, bytes(region.span), true));
            }
        }
        runs(&strip, |rows, color| {
            add(&mut mesh, track, REGIONS, rows, color);
        });

        let mut density = vec![0u32; rows];
        let mut offset_of = viewport.offsets();
        for entity in scene.entities {
            let top = offset_of(entity.span.start().0);
            density[row(top)] += 1;
            if unsure(entity.provenance) {
                spots.push(((top * scale) as f32, bytes(entity.span), true));
            }
        }
        let most = density.iter().copied().max().unwrap_or(0).max(1) as f32;
        let shade = |&count: &u32| {
            let strength = 0.12 + 0.5 * count as f32 / most;
            (count > 0).then(|| mix(scene.style.palette.paper, scene.style.palette.ink, strength))
        };
        let shades: Vec<Option<Color32>> = density.iter().map(shade).collect();
        runs(&shades, |rows, color| {
            add(&mut mesh, track, ENTITIES, rows, color);
        });

        let mut offset_of = viewport.offsets();
        for &span in scene.highlights {
            let top = offset_of(span.start().0);
            spots.push(((top * scale) as f32, bytes(span), false));
        }
        spots.sort_by(|a, b| a.0.total_cmp(&b.0));
        // One mark for all that would be on top of each other.
        let mut drawn = [f32::MIN; 2];
        for (y, _, span_ref) in &spots {
            let last = &mut drawn[usize::from(*span_ref)];
            if *y < *last + MARK - 0.5 {
                continue;
            }
            *last = *y;
            let (half, color) = if *span_ref {
                (
                    Rangef::new(MARKS.center(), MARKS.max),
                    scene.style.palette.unsure,
                )
            } else {
                (
                    Rangef::new(MARKS.min, MARKS.center() - 0.5),
                    scene.style.palette.accent,
                )
            };
            add(
                &mut mesh,
                track,
                half,
                Rangef::new(*y, y + MARK - 1.0),
                color,
            );
        }
        self.mesh = Arc::new(mesh);
        self.spots = spots;
    }

    /// What is marked at height `y`, if anything is.
    pub(super) fn spot(&self, track: Rect, y: f32) -> Option<Range<u32>> {
        let y = y - track.top() - MARK / 2.0;
        let nearest = self
            .spots
            .iter()
            .min_by(|a, b| (a.0 - y).abs().total_cmp(&(b.0 - y).abs()))?;
        ((nearest.0 - y).abs() <= NEAR).then(|| nearest.1.clone())
    }

    /// What is in the article at height `y` of the track, in words.
    pub(super) fn words(
        &self,
        scene: &Scene<'_>,
        viewport: &Viewport,
        track: Rect,
        y: f32,
    ) -> String {
        let below = y - track.top();
        let near = |span_ref: bool| {
            let spots = self.spots.iter().filter(|spot| spot.2 == span_ref);
            spots
                .filter(|spot| (spot.0 + MARK / 2.0 - below).abs() <= NEAR)
                .count()
        };
        let (unsure_spans, hits) = (near(true), near(false));
        let at = self.spot(track, y).map_or_else(
            || viewport.byte_at(f64::from(below) / scale(viewport, track)),
            |spot| spot.start,
        );
        let region = scene
            .regions
            .iter()
            .find(|region| region.span.start().0 <= at && at < region.span.end().0);
        let label = region.map_or("no region", |region| region.label.as_str());
        let mut words = match scene.article.block_at(BytePos(at)) {
            Some(block) => format!(
                "{label} · block {} of {}",
                block + 1,
                scene.article.blocks.len()
            ),
            None => label.to_owned(),
        };
        if unsure_spans > 0 {
            words.push_str(&format!(" · {unsure_spans} unsure"));
        }
        if hits > 0 {
            words.push_str(&format!(" · {hits} found"));
        }
        let line = scene.article.text.as_str().get(at as usize..);
        let line = line
            .and_then(|text| text.lines().next())
            .unwrap_or_default();
        let excerpt: String = line.chars().take(EXCERPT).collect();
        let more = if line.len() > excerpt.len() {
            "…"
        } else {
            ""
        };
        format!("{words}\n{}{more}", excerpt.trim())
    }
}

/// Calls `draw` for each run of neighbouring rows of one colour.
fn runs(rows: &[Option<Color32>], mut draw: impl FnMut(Rangef, Color32)) {
    let mut start = 0;
    for run in rows.chunk_by(|a, b| a == b) {
        let end = start + run.len();
        if let Some(Some(color)) = run.first() {
            draw(Rangef::new(start as f32, end as f32), *color);
        }
        start = end;
    }
}

/// Adds a rectangle, told from the top left of the track.
fn add(mesh: &mut Mesh, track: Rect, x: Rangef, y: Rangef, color: Color32) {
    let at = |x: f32, y: f32| -> Pos2 { pos2(track.left() + x, track.top() + y) };
    mesh.add_colored_rect(
        Rect::from_min_max(at(x.min, y.min), at(x.max, y.max)),
        color,
    );
}

/// The movable part of the bar; `None` if all of the article is visible.
pub(super) fn thumb(viewport: &Viewport, track: Rect, view_height: f32) -> Option<Rect> {
    let (total, shown) = (viewport.total(), f64::from(view_height));
    if total <= shown + 0.5 {
        return None;
    }
    let height = (f64::from(track.height()) * shown / total).max(28.0);
    let top = (f64::from(track.height()) - height)
        * (viewport.offset() / (total - shown)).clamp(0.0, 1.0);
    let top = track.top() + top as f32;
    Some(Rect::from_min_max(
        pos2(track.left(), top),
        pos2(track.right(), top + height as f32),
    ))
}

/// The offset at which the top of the thumb is at `y`.
pub(super) fn offset_for(
    viewport: &Viewport,
    track: Rect,
    thumb: Rect,
    view_height: f32,
    y: f32,
) -> f64 {
    let room = f64::from((track.height() - thumb.height()).max(1.0));
    let share = (f64::from(y - track.top()) / room).clamp(0.0, 1.0);
    share * (viewport.total() - f64::from(view_height)).max(0.0)
}

pub(super) fn paint(
    painter: &Painter,
    scene: &Scene<'_>,
    marks: &Marks,

    thumb: Option<Rect>,
    active: bool,
) {
    let palette = &scene.style.palette;
    if !marks.mesh.is_empty() {
        painter.add(Shape::mesh(Arc::clone(&marks.mesh)));
    }
    // Over the overview and see-through, so that no mark is hidden.
    if let Some(thumb) = thumb {
        let strength = if active { 0.30 } else { 0.16 };
        let rect = thumb.shrink2(vec2(0.5, 1.0));
        painter.rect(
            rect,
            CornerRadius::same(4),
            fade(palette.faint, strength),
            Stroke::new(1.0, fade(palette.faint, 0.7)),
            StrokeKind::Inside,
        );
    }
}
