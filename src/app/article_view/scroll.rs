//! Which part of the article is shown. The position is a paragraph and a distance from its top, not
//! a height from the start: what one reads stays where it is when an estimate above it turns out
//! wrong.

mod relayout;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use eframe::egui::epaint::text::FontsView;

use super::headings::Headings;
use super::heights::Heights;
use super::layout::lay_out;
use super::opening::{Cut, Opening};
use super::paragraph_layout::{LayoutParams, ParagraphLayout, Readiness, Refreshed};
use super::paragraphs::{Paragraph, Paragraphs};
use super::scripts::{Script, script_of};
use super::typeset::has_right_to_left;
use super::typesetter::Typesetter;
use crate::model::Article;
use relayout::Next;

/// Free ground above the first line, where its chips are, in points.
const HEAD: f64 = 28.0;
/// How far beyond the view paragraphs are typeset ahead of time, in heights of the view.
const AHEAD: f64 = 2.0;

struct Entry {
    layout: Box<dyn ParagraphLayout>,
    /// The frame in which the fonts were last asked.
    fresh: u64,
}

/// Paragraphs that are not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fold {
    /// Which.
    pub paragraphs: Range<usize>,
    /// The blocks in them.
    pub blocks: Range<usize>,
}

/// What is to be visible, and how.
struct Request {
    bytes: Range<u32>,
    /// To the upper third, unless it is in a good place already; or else by as little scrolling
    /// as needed.
    jump: bool,
}

/// The paragraphs, their heights, and where the window onto them is.
pub(super) struct Viewport {
    pub paragraphs: Paragraphs,
    heights: Heights,
    layouts: BTreeMap<usize, Entry>,
    params: Option<LayoutParams>,
    /// Paragraphs that are not shown, and how many blocks that is; the first of them has room for
    /// the line that says so.
    folds: Vec<Fold>,
    /// Room between two rows.
    opening: Option<Opening>,
    /// Which paragraphs are headings.
    headings: Headings,
    /// Another type size or width was asked for, and is being made ready.
    next: Option<Next>,
    /// The first and the last paragraph in view, as of when those around them were asked for.
    prepared: Option<(usize, usize)>,
    /// The paragraph that the position is told from.
    anchor: usize,
    /// From the anchor's top to the top of the view, in points.
    inside: f64,
    request: Option<Request>,
    view_height: f64,
    frame: u64,
    /// The average width of a letter, in points.
    column: f32,
    /// How many paragraphs were laid out anew since the article was opened.
    laid_out: usize,
    typesetter: Typesetter,
    /// Paragraphs that were asked for characters without a font.
    told: BTreeSet<usize>,
    /// Scripts that cannot be drawn.
    lacking: BTreeSet<Script>,
}

impl Viewport {
    pub(super) fn new(article: &Article) -> Self {
        let paragraphs = Paragraphs::of(article.text.as_str());
        Self {
            headings: Headings::of(article, &paragraphs),
            folds: Vec::new(),
            opening: None,
            paragraphs,
            heights: Heights::default(),
            layouts: BTreeMap::new(),
            params: None,
            next: None,
            prepared: None,
            anchor: 0,
            inside: -HEAD,
            request: None,
            view_height: 0.0,
            frame: 0,
            column: 1.0,
            laid_out: 0,
            typesetter: Typesetter::default(),
            told: BTreeSet::new(),
            lacking: BTreeSet::new(),
        }
    }

    pub(super) fn laid_out(&self) -> usize {
        self.laid_out
    }

    /// Who lays out what egui cannot.
    pub(super) fn set_typesetter(&mut self, typesetter: &Typesetter) {
        self.typesetter = typesetter.clone();
    }

    /// The scripts that no font can draw, in what has been on the screen.
    pub(super) fn lacking(&self) -> &BTreeSet<Script> {
        &self.lacking
    }

    /// The layout of a paragraph that is visible in this frame.
    pub(super) fn layout(&self, index: usize) -> Option<&dyn ParagraphLayout> {
        Some(self.layouts.get(&index)?.layout.as_ref())
    }

    /// Whether nothing in view waits to be typeset.
    pub(super) fn is_complete(&self) -> bool {
        let mut entries = self.layouts.values();
        entries.all(|entry| entry.layout.readiness() != Readiness::Waiting)
    }

    /// Asks that the bytes of `range` be visible in the next frame.
    pub(super) fn request(&mut self, bytes: Range<u32>) {
        self.request = Some(Request { bytes, jump: false });
    }

    /// Asks for the bytes of `range` in the upper third in the next frame, unless they are
    /// in a good place already.
    pub(super) fn request_jump(&mut self, bytes: Range<u32>) {
        self.request = Some(Request { bytes, jump: true });
    }

    /// Shows or hides paragraphs. What one reads stays where it is.
    pub(super) fn set_folds(&mut self, folds: Vec<Fold>) {
        if self.folds == folds {
            return;
        }
        let before = std::mem::replace(&mut self.folds, folds);
        let Some(params) = self.params.clone() else {
            return;
        };
        for fold in &before {
            for index in fold.paragraphs.clone() {
                if let Some(paragraph) = self.paragraphs.get(index) {
                    let own = self.headings.params(index, &params);
                    let height = estimate(paragraph, &own, self.column);
                    self.heights.measure(index, height);
                }
            }
        }
        self.next = None;
        self.fold(&params);
    }

    /// Makes room between two rows, or takes it away. What one reads stays where it is.
    pub(super) fn set_opening(&mut self, opening: Option<Opening>) {
        if self.opening == opening {
            return;
        }
        let before = std::mem::replace(&mut self.opening, opening);
        for (opening, sign) in [(before, -1.0), (opening, 1.0)] {
            let Some(opening) = opening else { continue };
            let index = self.paragraphs.at(opening.at.0);
            // A paragraph that is not laid out gets its height when it is.
            if self.layouts.contains_key(&index) {
                let height = self.heights.height(index) + sign * opening.height;
                self.heights.measure(index, height);
            }
        }
    }

    /// Returns where the opening cuts a paragraph, if it is in it.
    pub(super) fn cut_of(&self, index: usize) -> Option<Cut> {
        let opening = self.opening.as_ref()?;
        let is_here = self.paragraphs.at(opening.at.0) == index;
        let layout = self.layouts.get(&index).filter(|_| is_here)?;
        Some(Cut::of(opening, layout.layout.geometry()))
    }

    /// Takes the height of what is not shown.
    fn fold(&mut self, params: &LayoutParams) {
        for fold in &self.folds {
            for index in fold.paragraphs.clone() {
                let height = if index == fold.paragraphs.start {
                    fold_height(params)
                } else {
                    0.0
                };
                self.heights.measure(index, height);
                self.layouts.remove(&index);
            }
        }
    }

    /// The fold that hides a paragraph.
    pub(super) fn fold_at(&self, index: usize) -> Option<&Fold> {
        let after = self
            .folds
            .partition_point(|fold| fold.paragraphs.start <= index);
        let fold = self.folds.get(after.checked_sub(1)?)?;
        fold.paragraphs.contains(&index).then_some(fold)
    }

    /// How high the line is that represents what is not shown, in points; 0 before the first frame.
    pub(super) fn fold_height(&self) -> f32 {
        self.params.as_ref().map_or(0.0, fold_height)
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

    /// What is at the top of the view: the first byte of a paragraph, and how far its top is above
    /// the view's, in points. Unlike an offset, it is true before the heights of all that is above
    /// are known.
    pub(super) fn top(&self) -> (u32, f64) {
        let start = self.paragraphs.get(self.anchor).map_or(0, |p| p.start);
        (start, self.inside)
    }

    /// Puts that at the top of the view.
    pub(super) fn set_top(&mut self, (byte, inside): (u32, f64)) {
        let ends_before = |index: &usize| {
            let next = self.paragraphs.get(index + 1);
            next.is_none_or(|next| next.start > byte)
        };
        self.anchor = (0..self.paragraphs.len())
            .find(ends_before)
            .unwrap_or_default();
        self.inside = inside.max(-HEAD);
        self.request = None;
    }

    /// How far from the start of the article bytes are, which are to be asked for in order.
    pub(super) fn offsets(&self) -> impl FnMut(u32) -> f64 + '_ {
        let mut index = 0;
        let mut top = HEAD;
        move |at| {
            let next = |index: usize| self.paragraphs.get(index + 1).map(|next| next.start);
            while next(index).is_some_and(|start| start <= at) {
                top += f64::from(self.heights.height(index));
                index += 1;
            }
            let within = self.paragraphs.get(index).map_or(0.0, |paragraph| {
                let length = (paragraph.end - paragraph.start).max(1);
                f64::from(at.saturating_sub(paragraph.start)) / f64::from(length)
            });
            top + f64::from(self.heights.height(index)) * within.min(1.0)
        }
    }

    /// The first byte of the paragraph that is that far from the start of the article.
    pub(super) fn byte_at(&self, offset: f64) -> u32 {
        let index = self.heights.find((offset - HEAD).max(0.0));
        self.paragraphs
            .get(index)
            .map_or(0, |paragraph| paragraph.start)
    }

    /// The end can be read in the middle of the view, rather than at its edge.
    fn tail(&self) -> f64 {
        if HEAD + self.heights.total() <= self.view_height {
            return 0.0; // all of it is visible: nothing to scroll
        }
        self.view_height * 0.4
    }

    /// Whether more frames are needed until the text has the type size that was asked for.
    pub(super) fn is_unfinished(&self) -> bool {
        self.next.is_some()
    }

    /// The width of the column that is shown, in points.
    pub(super) fn width(&self) -> Option<f32> {
        self.params.as_ref().map(|params| params.width)
    }

    /// Lays out what is visible after scrolling by `delta` points; returns the visible paragraphs
    /// with their tops, relative to the top of the view.
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
        let params = &self.adopt(fonts, text, params);
        if delta != 0.0 {
            self.request = None;
        }
        if let Some(request) = self.request.take()
            && !self.reveal(fonts, text, params, &request)
        {
            self.request = Some(request);
        }
        let mut visible = Vec::new();
        // Each round may find that an estimate was wrong, which moves what is above or below; a
        // paragraph is measured but once, so this ends soon.
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
                if let Some(fold) = self.fold_at(index) {
                    let (start, end) = (fold.paragraphs.start, fold.paragraphs.end);
                    if index == start {
                        visible.push((index, y));
                        y += f64::from(self.heights.height(index));
                    }
                    index = end;
                    continue;
                }
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
        // egui forgets what was not asked for in a frame, so there is nothing to gain from keeping
        // more.
        self.layouts
            .retain(|&index, _| (first..=last).contains(&index));
        self.prepare(fonts, text, params, (first, last));
        visible
    }

    /// Has the paragraphs typeset that are near the view, where that takes time.
    fn prepare(
        &mut self,
        fonts: &mut FontsView<'_>,
        text: &str,
        params: &LayoutParams,
        (first, last): (usize, usize),
    ) {
        if self.prepared.replace((first, last)) == Some((first, last)) {
            return;
        }
        let far = self.view_height * AHEAD;
        let near = |indices: &mut dyn Iterator<Item = usize>| {
            let mut height = 0.0;
            let mut found = Vec::new();
            for index in indices {
                found.push(index);
                height += f64::from(self.heights.height(index));
                if height > far {
                    break;
                }
            }
            found
        };
        let below = near(&mut (last + 1..self.paragraphs.len()));
        let above = near(&mut (0..first).rev());
        for index in below.into_iter().chain(above) {
            let Some(paragraph) = self.paragraphs.get(index) else {
                continue;
            };
            let words = text.get(paragraph.range()).unwrap_or_default();
            if self.fold_at(index).is_none() && has_right_to_left(words) {
                let params = self.headings.params(index, params);
                self.typesetter
                    .prepare(fonts, &params, words, paragraph.start);
            }
        }
    }

    /// Lays a paragraph out, or asks the fonts whether it is still valid; returns whether its height
    /// is news.
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
        if self.fold_at(index).is_some() {
            return false;
        }
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
            let params = self.headings.params(index, params);
            Entry {
                layout: lay_out(fonts, &self.typesetter, &params, words, paragraph.start),
                fresh: self.frame,
            }
        });
        if entry.layout.readiness() != Readiness::Waiting
            && self.told.insert(index)
            && let Some(c) = entry.layout.lacking(fonts)
        {
            self.lacking.insert(script_of(c));
        }
        let opening = self
            .opening
            .filter(|opening| self.paragraphs.at(opening.at.0) == index);
        let height = entry.layout.height()
            + gap_after(&paragraph, params)
            + opening.map_or(0.0, |opening| opening.height);
        self.layouts.insert(index, entry);
        self.heights.measure(index, height)
    }

    /// Moves the view as little as needed to show `range`; far away, the range comes to be in
    /// the upper third. Returns whether that is where it stays: not if the range is in a paragraph
    /// whose lines are not known yet.
    fn reveal(
        &mut self,
        fonts: &mut FontsView<'_>,
        text: &str,
        params: &LayoutParams,
        Request { bytes: range, jump }: &Request,
    ) -> bool {
        let (first, last) = (
            self.paragraphs.at(range.start),
            self.paragraphs.at(range.end),
        );
        self.ensure(fonts, text, params, first);
        if last != first {
            self.ensure(fonts, text, params, last);
        }
        let is_known = [first, last].iter().all(|index| {
            let entry = self.layouts.get(index);
            entry.is_none_or(|entry| entry.layout.readiness() != Readiness::Waiting)
        });
        let edges = |viewport: &Self, index: usize, at: u32| {
            let geometry = viewport.layouts.get(&index)?.layout.geometry();
            let row = geometry.line_of(at);
            let line = geometry.lines.get(row)?;
            let cut = viewport.cut_of(index);
            let (above, below) = cut.map_or((0.0, 0.0), |cut| cut.shift_around(row));
            Some((f64::from(line.top + above), f64::from(line.bottom + below)))
        };
        let (Some((top, _)), Some((_, bottom))) = (
            edges(self, first, range.start),
            edges(self, last, range.end),
        ) else {
            return true;
        };
        let base = self.heights.top(first);
        let (top, bottom) = (base + top, self.heights.top(last) + bottom);
        let margin = (f64::from(params.line_height) * 2.0).min(self.view_height / 4.0);
        let shown = self.heights.top(self.anchor) + self.inside;
        let third = top - self.view_height / 3.0;
        if *jump {
            let low = shown + self.view_height * 0.6;
            if top - margin < shown || bottom > low {
                self.anchor = first;
                self.inside = third - base;
            }
            return is_known;
        }
        let too_tall = bottom - top + 2.0 * margin > self.view_height;
        let wanted = if top - margin < shown || too_tall {
            top - margin
        } else if bottom + margin > shown + self.view_height {
            bottom + margin - self.view_height
        } else {
            return is_known;
        };
        let far = (wanted - shown).abs() > self.view_height;
        let wanted = if far { third } else { wanted };
        self.anchor = first;
        self.inside = wanted - base;
        is_known
    }
}

/// How high the line is that represents what is not shown, in points.
fn fold_height(params: &LayoutParams) -> f32 {
    params.line_height + params.gap()
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
    let column = column * params.font.size / params.body_size;
    // Lines break before the last word that does not fit, so that they are a little shorter than
    // the column.
    let lines = (paragraph.columns as f32 * column * 1.04 / params.width)
        .ceil()
        .max(1.0);
    lines * params.line_height + gap_after(paragraph, params)
}

/// The average width of a letter of running text, in points.
pub(super) fn average_width(fonts: &mut FontsView<'_>, params: &LayoutParams) -> f32 {
    // Letters by how often they are in English text, with the space.
    const SAMPLE: &str = "eeeeeetttttaaaaooooiiiinnnnsssshhhrrrdddllcumwfgypbvk      ";
    let width: f32 = SAMPLE
        .chars()
        .map(|c| fonts.glyph_width(&params.font, c))
        .sum();
    (width / SAMPLE.len() as f32).max(1.0)
}
