//! What every layout of a paragraph can do.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui::epaint::text::FontsView;
use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{Color32, FontFamily, FontId, Painter, Pos2, Rect};

use super::geometry::{Geometry, Hit};

/// What a layout depends on besides the text.
#[derive(Clone, Debug, PartialEq)]
pub struct LayoutParams {
    /// The font: the reading font, or a heading's.
    pub font: FontId,
    /// The size of the reading font, in points.
    pub body_size: f32,
    /// The family of headings.
    pub heading_family: FontFamily,
    /// From one line to the next, in points.
    pub line_height: f32,
    /// Width of the column, in points.
    pub width: f32,
}

impl LayoutParams {
    /// How high a line of white space is, in points.
    pub(super) fn blank_height(&self) -> f32 {
        (self.line_height * 0.45).round()
    }

    /// What is left free under a line of the source, in points.
    pub(super) fn gap(&self) -> f32 {
        (self.line_height * 0.3).round()
    }

    /// One format for the whole paragraph: a change of format inside it would break kerning and
    /// ligatures, so that text would move when a span is added. Spans are painted behind and around
    /// the text instead.
    pub(super) fn job(&self, text: &str, width: f32) -> LayoutJob {
        let format = TextFormat {
            font_id: self.font.clone(),
            line_height: Some(self.line_height),
            // Painted in the ink of the day: a change of theme lays nothing out again.
            color: Color32::PLACEHOLDER,
            ..TextFormat::default()
        };
        let mut job = LayoutJob::single_section(text.to_owned(), format);
        job.wrap.max_width = width;
        job.break_on_newline = false;
        job.keep_trailing_whitespace = true;
        job
    }
}

/// What came of asking the fonts again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// Nothing moved.
    Same,
    /// A font was loaded or the scale changed; the geometry is new.
    Changed,
    /// This layouter can no longer be trusted with the paragraph.
    Unfit,
}

/// How far a paragraph is laid out, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// By egui, in no time.
    Plain,
    /// Typeset, which takes time.
    Typeset,
    /// To be typeset: its height is a guess, and it has no words.
    Waiting,
}

/// A paragraph in its lines. Offsets are bytes of the article, coordinates relative to the
/// paragraph's top left.
pub trait ParagraphLayout {
    /// Where every character is.
    fn geometry(&self) -> &Arc<Geometry>;

    /// To be called in each frame in which the paragraph is shown, before anything else: egui may
    /// have rebuilt its glyph atlas or loaded a font, and tells nobody.
    fn refresh(&mut self, fonts: &mut FontsView<'_>) -> Refreshed;

    /// Paints the letters.
    fn paint(&self, painter: &Painter, origin: Pos2, ink: Color32);

    /// A character that no font can draw, if there is one.
    fn lacking(&self, fonts: &mut FontsView<'_>) -> Option<char>;

    /// How far the paragraph is laid out, and by whom.
    fn readiness(&self) -> Readiness {
        Readiness::Plain
    }

    /// Height in points.
    fn height(&self) -> f32 {
        self.geometry().height
    }

    /// What is at a point.
    fn hit_test(&self, pos: Pos2) -> Option<Hit> {
        self.geometry().hit(pos)
    }

    /// The rectangles that cover a range of bytes.
    fn range_rects(&self, range: &Range<u32>) -> Vec<Rect> {
        self.geometry().range_rects(range)
    }
}

/// Where egui puts a letter in its row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Letter {
    /// From the top of the row, in points.
    pub baseline: f32,
    ascent: f32,
    height: f32,
}

impl Letter {
    /// The letter of a glyph.
    pub(super) fn of(glyph: &egui::epaint::text::Glyph) -> Self {
        Self {
            baseline: glyph.pos.y,
            ascent: glyph.font_ascent,
            height: glyph.font_height,
        }
    }
}

/// Top and bottom of the letters of a row: egui centres the font's own height in the height of the
/// line.
pub(super) fn ink(top: f32, height: f32, letter: Option<Letter>) -> (f32, f32) {
    match letter {
        Some(letter) => {
            let baseline = top + letter.baseline;
            let ink_top = baseline - letter.ascent;
            (ink_top, ink_top + letter.height)
        }
        None => (top + height * 0.15, top + height * 0.85),
    }
}
