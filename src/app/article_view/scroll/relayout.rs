//! The text in another type size or width.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use eframe::egui::epaint::text::FontsView;

use super::{Entry, Viewport, average_width, estimate};
use crate::app::article_view::heights::Heights;
use crate::app::article_view::layout::lay_out;
use crate::app::article_view::paragraph_layout::{LayoutParams, Readiness, Refreshed};
use crate::app::article_view::typeset::has_right_to_left;

/// How long a frame may lay out the text in another type size; the next frames do the rest.
const PATIENCE: Duration = Duration::from_micros(1500);
/// How many bytes are laid out together while the letters of another size are painted for the first
/// time.
const PIECE: usize = 96;

/// The visible text in another type size, as far as it is laid out.
pub(super) struct Next {
    params: LayoutParams,
    /// The paragraph and the byte in it up to which the letters have been painted.
    painted: (usize, usize),
    done: BTreeMap<usize, Entry>,
}

impl Viewport {
    /// Takes over a new width or font, and returns what is in force. A new type size needs every
    /// letter painted anew, and typeset paragraphs need a thread for each new width: that is spread
    /// over some frames, in which the old size and width remain.
    pub(super) fn adopt(
        &mut self,
        fonts: &mut FontsView<'_>,
        text: &str,
        wanted: &LayoutParams,
    ) -> LayoutParams {
        let Some(current) = self.params.clone() else {
            self.take_over(fonts, text, wanted, BTreeMap::new());
            return wanted.clone();
        };
        if current == *wanted || (current.font == wanted.font && !self.has_typeset()) {
            self.next = None;
            if current != *wanted {
                self.take_over(fonts, text, wanted, BTreeMap::new());
            }
            return wanted.clone();
        }
        // What has been begun is finished first: who goes on zooming sees every third size rather
        // than none.
        let mut next = self.next.take().unwrap_or_else(|| {
            let is_painted = current.font == wanted.font;
            Next {
                params: wanted.clone(),
                painted: (if is_painted { usize::MAX } else { self.anchor }, 0),
                done: BTreeMap::new(),
            }
        });
        if self.advance(fonts, text, &mut next) {
            let params = next.params.clone();
            self.take_over(fonts, text, &params, next.done);
            return params;
        }
        self.next = Some(next);
        current
    }

    /// Whether a paragraph in view is typeset.
    fn has_typeset(&self) -> bool {
        let mut entries = self.layouts.values();
        entries.any(|entry| entry.layout.readiness() == Readiness::Typeset)
    }

    /// Works on another type size for as long as a frame may take; true if all that will be visible
    /// is ready.
    fn advance(&mut self, fonts: &mut FontsView<'_>, text: &str, next: &mut Next) -> bool {
        let start = Instant::now();
        // What egui is not asked for in a frame it forgets.
        next.done
            .retain(|_, entry| entry.layout.refresh(fonts) != Refreshed::Unfit);
        let last = self.layouts.keys().next_back().copied().unwrap_or(0);
        while next.painted.0 <= last {
            let (index, from) = next.painted;
            let words = self
                .paragraphs
                .get(index)
                .and_then(|paragraph| text.get(paragraph.range()))
                .unwrap_or_default();
            let mut to = (from + PIECE).min(words.len());
            while !words.is_char_boundary(to) {
                to += 1;
            }
            let piece = words.get(from..to).unwrap_or_default();
            if !piece.is_empty() && !has_right_to_left(piece) && self.fold_at(index).is_none() {
                let params = self.headings.params(index, &next.params);
                fonts.layout_job(params.job(piece, f32::INFINITY));
            }
            next.painted = if to < words.len() {
                (index, to)
            } else {
                (index + 1, 0)
            };
            if start.elapsed() > PATIENCE {
                return false;
            }
        }
        let mut is_ready = true;
        let mut height = -self.inside.max(0.0);
        let mut index = self.anchor;
        while height < self.view_height {
            let Some(&paragraph) = self.paragraphs.get(index) else {
                break;
            };
            if let Some(fold) = self.fold_at(index) {
                index = fold.paragraphs.end;
                continue;
            }
            if !next.done.contains_key(&index) {
                if start.elapsed() > PATIENCE {
                    return false;
                }
                self.laid_out += 1;
                let words = text.get(paragraph.range()).unwrap_or_default();
                let params = self.headings.params(index, &next.params);
                let layout = lay_out(fonts, &self.typesetter, &params, words, paragraph.start);
                let fresh = 0; // to be measured when it is taken over
                next.done.insert(index, Entry { layout, fresh });
            }
            if let Some(entry) = next.done.get(&index) {
                height += f64::from(entry.layout.height());
                is_ready &= entry.layout.readiness() != Readiness::Waiting;
            }
            index += 1;
        }
        is_ready
    }

    /// All heights are estimates again but for what is laid out already; the position stays where
    /// it is in the text.
    fn take_over(
        &mut self,
        fonts: &mut FontsView<'_>,
        text: &str,
        params: &LayoutParams,
        layouts: BTreeMap<usize, Entry>,
    ) {
        let height = f64::from(self.heights.height(self.anchor));
        let share = (self.inside > 0.0 && height > 0.0).then(|| self.inside / height);
        let column = average_width(fonts, params);
        let estimates = self
            .paragraphs
            .iter()
            .enumerate()
            .map(|(index, paragraph)| {
                estimate(paragraph, &self.headings.params(index, params), column)
            })
            .collect();
        self.heights = Heights::estimated(estimates);
        self.layouts = layouts;
        self.prepared = None;
        self.column = column;
        self.fold(params);
        self.params = Some(params.clone());
        let ready: Vec<usize> = self.layouts.keys().copied().collect();
        for index in ready.into_iter().chain([self.anchor]) {
            self.ensure(fonts, text, params, index);
        }
        if let Some(share) = share {
            self.inside = share * f64::from(self.heights.height(self.anchor));
        }
    }
}
