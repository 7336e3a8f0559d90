//! Which part of the article is shown. The position is a paragraph and a distance from its top, not a height from
//! the start: what one reads stays where it is when an estimate above it turns out wrong.

use std::collections::BTreeMap;
use std::ops::Range;

use eframe::egui::epaint::text::FontsView;

use super::heights::Heights;
use super::layout::{LayoutParams, ParagraphLayout, Refreshed, lay_out};
use super::paragraphs::{Paragraph, Paragraphs};
use super::typeset::Typesetter;

/// Free ground above the first line, where its chips stand, in points.
const HEAD: f64 = 28.0;

struct Entry {
    layout: Box<dyn ParagraphLayout>,
    /// The frame in which the fonts were last asked.
    fresh: u64,
}

/// The paragraphs, their heights, and where the window onto them stands.
pub(super) struct Roll {
    pub paragraphs: Paragraphs,
    heights: Heights,
    layouts: BTreeMap<usize, Entry>,
    params: Option<LayoutParams>,
    /// The paragraph that the position is told from.
    anchor: usize,
    /// From the anchor's top to the top of the view, in points.
    inside: f64,
    request: Option<Range<u32>>,
    view_height: f64,
    frame: u64,
    /// How many paragraphs were laid out anew since the article was opened.
    laid_out: usize,
    typesetter: Typesetter,
}

impl Roll {
    pub(super) fn new(text: &str) -> Self {
        Self {
            paragraphs: Paragraphs::of(text),
            heights: Heights::default(),
            layouts: BTreeMap::new(),
            params: None,
            anchor: 0,
            inside: -HEAD,
            request: None,
            view_height: 0.0,
            frame: 0,
            laid_out: 0,
            typesetter: Typesetter::default(),
        }
    }

    pub(super) fn laid_out(&self) -> usize {
        self.laid_out
    }

    /// Who lays out what egui cannot.
    pub(super) fn set_typesetter(&mut self, typesetter: &Typesetter) {
        self.typesetter = typesetter.clone();
    }

    /// The layout of a paragraph that is visible in this frame.
    pub(super) fn layout(&self, index: usize) -> Option<&dyn ParagraphLayout> {
        Some(self.layouts.get(&index)?.layout.as_ref())
    }

    /// Asks that the bytes of `range` be visible in the next frame.
    pub(super) fn request(&mut self, range: Range<u32>) {
        self.request = Some(range);
    }

    /// The height of the whole article, in points.
    pub(super) fn total(&self) -> f64 {
        HEAD + self.heights.total() + self.tail()
    }

    /// From the start of the article to the top of the view.
    pub(super) fn offset(&self) -> f64 {
        HEAD + self.heights.top(self.anchor) + self.inside
    }

    /// Puts the top of the view that far from the start of the article.
    pub(super) fn set_offset(&mut self, offset: f64) {
        self.anchor = self.heights.find((offset - HEAD).max(0.0));
        self.inside = offset - HEAD - self.heights.top(self.anchor);
        self.request = None;
    }

    /// How far from the start of the article the paragraph of byte `at` stands.
    pub(super) fn offset_of(&self, at: u32) -> f64 {
        let index = self.paragraphs.at(at);
        let within = self.paragraphs.get(index).map_or(0.0, |paragraph| {
            let length = (paragraph.end - paragraph.start).max(1);
            f64::from(at.saturating_sub(paragraph.start)) / f64::from(length)
        });
        HEAD + self.heights.top(index) + f64::from(self.heights.height(index)) * within.min(1.0)
    }

    /// The end can be read in the middle of the view, rather than at its edge.
    fn tail(&self) -> f64 {
        if HEAD + self.heights.total() <= self.view_height {
            return 0.0; // all of it is visible: nothing to scroll
        }
        self.view_height * 0.4
    }

    /// Lays out what is visible after scrolling by `delta` points; returns the visible paragraphs with their tops,
    /// relative to the top of the view.
    pub(super) fn show(
        &mut self,
        fonts: &mut FontsView<'_>,
        text: &str,
        params: &LayoutParams,
        view_height: f64,
        delta: f64,
    ) -> Vec<(usize, f64)> {
        self.frame += 1;
        self.view_height = view_height;
        self.adopt(fonts, text, params);
        if let Some(range) = self.request.take() {
            self.reveal(fonts, text, params, &range);
        }
        let mut visible = Vec::new();
        // Each round may find that an estimate was wrong, which moves what is above or below; a paragraph is measured
        // but once, so this ends soon.
        for _ in 0..16 {
            let wanted = self.heights.top(self.anchor) + self.inside + delta;
            let lowest = (self.total() - HEAD - view_height).max(-HEAD);
            let top = wanted.clamp(-HEAD, lowest);
            let first = self.heights.find(top.max(0.0));
            visible.clear();
            let mut moved = false;
            let mut y = self.heights.top(first) - top;
            let mut index = first;
            while y < view_height && index < self.paragraphs.len() {
                moved |= self.ensure(fonts, text, params, index);
                visible.push((index, y));
                y += f64::from(self.heights.height(index));
                index += 1;
            }
            if !moved {
                self.anchor = first;
                self.inside = top - self.heights.top(first);
                break;
            }
        }
        let (first, last) = match (visible.first(), visible.last()) {
            (Some(first), Some(last)) => (first.0, last.0),
            _ => (0, 0),
        };
        // egui forgets what was not asked for in a frame, so there is nothing to gain from keeping more.
        self.layouts
            .retain(|&index, _| (first..=last).contains(&index));
        visible
    }

    /// Takes over a new width or font: all heights are estimates again, the position stays where it is in the text.
    fn adopt(&mut self, fonts: &mut FontsView<'_>, text: &str, params: &LayoutParams) {
        if self.params.as_ref() == Some(params) {
            return;
        }
        let height = f64::from(self.heights.height(self.anchor));
        let share = (self.inside > 0.0 && height > 0.0).then(|| self.inside / height);
        let column = average_width(fonts, params);
        let estimates = self
            .paragraphs
            .iter()
            .map(|paragraph| estimate(paragraph, params, column))
            .collect();
        self.heights = Heights::estimated(estimates);
        self.layouts.clear();
        self.params = Some(params.clone());
        self.ensure(fonts, text, params, self.anchor);
        if let Some(share) = share {
            self.inside = share * f64::from(self.heights.height(self.anchor));
        }
    }

    /// Lays a paragraph out, or asks the fonts whether it still stands; returns whether its height is news.
    fn ensure(
        &mut self,
        fonts: &mut FontsView<'_>,
        text: &str,
        params: &LayoutParams,
        index: usize,
    ) -> bool {
        let Some(&paragraph) = self.paragraphs.get(index) else {
            return false;
        };
        if self
            .layouts
            .get(&index)
            .is_some_and(|entry| entry.fresh == self.frame)
        {
            return false;
        }
        let kept = self.layouts.remove(&index).and_then(|mut entry| {
            entry.fresh = self.frame;
            (entry.layout.refresh(fonts) != Refreshed::Unfit).then_some(entry)
        });
        let entry = kept.unwrap_or_else(|| {
            self.laid_out += 1;
            let words = text.get(paragraph.range()).unwrap_or_default();
            Entry {
                layout: lay_out(fonts, &self.typesetter, params, words, paragraph.start),
                fresh: self.frame,
            }
        });
        let height = entry.layout.height() + gap_after(&paragraph, params);
        self.layouts.insert(index, entry);
        self.heights.measure(index, height)
    }

    /// Moves the view as little as needed to show `range`; far away, the range comes to stand in the upper third.
    fn reveal(
        &mut self,
        fonts: &mut FontsView<'_>,
        text: &str,
        params: &LayoutParams,
        range: &Range<u32>,
    ) {
        let (first, last) = (
            self.paragraphs.at(range.start),
            self.paragraphs.at(range.end),
        );
        self.ensure(fonts, text, params, first);
        if last != first {
            self.ensure(fonts, text, params, last);
        }
        let edges = |roll: &Self, index: usize, at: u32| {
            let geometry = roll.layouts.get(&index)?.layout.geometry();
            let line = geometry.lines.get(geometry.line_of(at))?;
            Some((f64::from(line.top), f64::from(line.bottom)))
        };
        let (Some((top, _)), Some((_, bottom))) = (
            edges(self, first, range.start),
            edges(self, last, range.end),
        ) else {
            return;
        };
        let base = self.heights.top(first);
        let (top, bottom) = (base + top, self.heights.top(last) + bottom);
        let margin = (f64::from(params.line_height) * 2.0).min(self.view_height / 4.0);
        let shown = self.heights.top(self.anchor) + self.inside;
        let too_tall = bottom - top + 2.0 * margin > self.view_height;
        let wanted = if top - margin < shown || too_tall {
            top - margin
        } else if bottom + margin > shown + self.view_height {
            bottom + margin - self.view_height
        } else {
            return;
        };
        let far = (wanted - shown).abs() > self.view_height;
        let wanted = if far {
            top - self.view_height / 3.0
        } else {
            wanted
        };
        self.anchor = first;
        self.inside = wanted - base;
    }
}

fn gap_after(paragraph: &Paragraph, params: &LayoutParams) -> f32 {
    if paragraph.hard_end && !paragraph.blank {
        params.gap()
    } else {
        0.0
    }
}

fn estimate(paragraph: &Paragraph, params: &LayoutParams, column: f32) -> f32 {
    if paragraph.blank {
        return params.blank_height();
    }
    // Lines break before the last word that does not fit, so that they are a little shorter than the column.
    let lines = (paragraph.columns as f32 * column * 1.04 / params.width)
        .ceil()
        .max(1.0);
    lines * params.line_height + gap_after(paragraph, params)
}

/// The average width of a letter of running text, in points.
pub(super) fn average_width(fonts: &mut FontsView<'_>, params: &LayoutParams) -> f32 {
    // Letters by how often they stand in English text, with the space.
    const SAMPLE: &str = "eeeeeetttttaaaaooooiiiinnnnsssshhhrrrdddllcumwfgypbvk      ";
    let width: f32 = SAMPLE
        .chars()
        .map(|c| fonts.glyph_width(&params.font, c))
        .sum();
    (width / SAMPLE.len() as f32).max(1.0)
}
