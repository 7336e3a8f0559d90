//! Laying out one paragraph, behind a trait, since egui can be trusted with only a part of the
//! world's scripts.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::epaint::text::FontsView;
use eframe::egui::text::LayoutJob;
use eframe::egui::{Color32, FontId, Galley, Painter, Pos2};

use super::geometry::{Geometry, Line, Run, Stop, stops_from_edges};
use super::paragraph_layout::{LayoutParams, Letter, ParagraphLayout, Refreshed, ink};
use super::scripts::is_seen;
use super::typeset::has_right_to_left;
use super::typesetter::Typesetter;

/// A line of white space, which only sets paragraphs apart: less high than a line of text.
struct BlankLayout(Arc<Geometry>);

impl BlankLayout {
    fn new(params: &LayoutParams, bytes: Range<u32>) -> Self {
        let height = params.blank_height();
        Self(Arc::new(Geometry {
            lines: vec![Line {
                top: 0.0,
                bottom: height,
                ink_top: 0.0,
                ink_bottom: height,
                runs: vec![Run {
                    stops: vec![Stop {
                        at: bytes.start,
                        x: 0.0,
                    }],
                }],
                bytes,
            }],
            height,
        }))
    }
}

impl ParagraphLayout for BlankLayout {
    fn geometry(&self) -> &Arc<Geometry> {
        &self.0
    }

    fn refresh(&mut self, _: &mut FontsView<'_>) -> Refreshed {
        Refreshed::Same
    }

    fn paint(&self, _: &Painter, _: Pos2, _: Color32) {}

    fn lacking(&self, _: &mut FontsView<'_>) -> Option<char> {
        None
    }
}

/// Lays out `text`, which begins at byte `base` of the article, by the layouter that can be trusted
/// with it.
pub(super) fn lay_out(
    fonts: &mut FontsView<'_>,
    typesetter: &Typesetter,
    params: &LayoutParams,
    text: &str,
    base: u32,
) -> Box<dyn ParagraphLayout> {
    if text.trim().is_empty() {
        return Box::new(BlankLayout::new(params, base..base + text.len() as u32));
    }
    if !has_right_to_left(text)
        && let Some(plain) = PlainLayout::new(fonts, params, text, base)
    {
        return Box::new(plain);
    }
    typesetter.lay_out(fonts, params, text, base)
}

/// A paragraph as one egui galley: left to right, a glyph for each `char`.
struct PlainLayout {
    job: LayoutJob,
    font: FontId,
    base: u32,
    galley: Arc<Galley>,
    geometry: Arc<Geometry>,
}

impl PlainLayout {
    /// `None` if egui's glyphs do not correspond to the characters of the text, so that its offsets
    /// would be wrong.
    fn new(
        fonts: &mut FontsView<'_>,
        params: &LayoutParams,
        text: &str,
        base: u32,
    ) -> Option<Self> {
        let job = params.job(text, params.width);
        let galley = fonts.layout_job(job.clone());
        let geometry = geometry_of(&galley, base)?;
        Some(Self {
            job,
            font: params.font.clone(),
            base,
            galley,
            geometry: Arc::new(geometry),
        })
    }
}

impl ParagraphLayout for PlainLayout {
    fn geometry(&self) -> &Arc<Geometry> {
        &self.geometry
    }

    fn refresh(&mut self, fonts: &mut FontsView<'_>) -> Refreshed {
        let galley = fonts.layout_job(self.job.clone());
        if Arc::ptr_eq(&galley, &self.galley) {
            return Refreshed::Same;
        }
        let Some(geometry) = geometry_of(&galley, self.base) else {
            return Refreshed::Unfit;
        };
        self.galley = galley;
        if geometry == *self.geometry {
            return Refreshed::Same;
        }
        self.geometry = Arc::new(geometry);
        Refreshed::Changed
    }

    fn paint(&self, painter: &Painter, origin: Pos2, ink: Color32) {
        painter.galley(origin, Arc::clone(&self.galley), ink);
    }

    fn lacking(&self, fonts: &mut FontsView<'_>) -> Option<char> {
        let text = self.galley.text();
        if text.is_ascii() {
            return None;
        }
        text.chars()
            .find(|&c| is_seen(c) && !fonts.has_glyph(&self.font, c))
    }
}

fn geometry_of(galley: &Galley, base: u32) -> Option<Geometry> {
    let text = galley.text();
    let glyphs: usize = galley.rows.iter().map(|row| row.glyphs.len()).sum();
    if glyphs != text.chars().count() {
        return None;
    }
    let mut lines = Vec::with_capacity(galley.rows.len());
    let mut start = 0;
    for row in &galley.rows {
        let rest = text.get(start..)?;
        let end = rest
            .char_indices()
            .nth(row.glyphs.len())
            .map_or(text.len(), |(at, _)| start + at);
        let words = text.get(start..end)?;
        let edge =
            |nth: usize| row.pos.x + row.glyphs.get(nth).map_or(row.size.x, |glyph| glyph.pos.x);
        let (ink_top, ink_bottom) = ink(row.pos.y, row.size.y, row.glyphs.first().map(Letter::of));
        lines.push(Line {
            top: row.pos.y,
            bottom: row.pos.y + row.size.y,
            ink_top,
            ink_bottom,
            bytes: base + start as u32..base + end as u32,
            runs: vec![Run {
                stops: stops_from_edges(words, base + start as u32, edge),
            }],
        });
        start = end;
    }
    Some(Geometry {
        lines,
        height: galley.size().y,
    })
}
