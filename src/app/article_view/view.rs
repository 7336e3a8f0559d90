//! The view of one article: its parts, and what happens in a frame.

use std::collections::BTreeSet;
use std::ops::Range;

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Context, CornerRadius, EventFilter, Id, Key, Modifiers, Painter, Pos2, Rangef, Rect, Response,
    Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::event::ViewEvent;
use super::opening::Opening;
use super::page::{FoldedLine, Page, PageLine};
use super::paragraph_layout::LayoutParams;
use super::press::Press;
use super::scene::Scene;
use super::scripts::Script;
use super::scroll::{Fold, Viewport};
use super::scrollbar::Marks;
use super::show::Shown;
use super::spans::SpanIndex;
use super::typesetter::Typesetter;
use super::{access, folded, hit_test, paint_regions, paint_text, scroll, scrollbar};
use crate::model::{Article, BytePos, Span, Text};

/// Width of letters and bars left of the column, in points.
const GUTTER: f32 = 46.0;
/// Ground of a region that shows left and right of its text, in points.
const MARGIN: f32 = 12.0;
/// Width and height without which nothing is shown, in points.
const LEAST: (f32, f32) = (GUTTER + 2.0 * MARGIN, 16.0);
/// Width of the scroll bar, in points.
const TRACK: f32 = 18.0;

/// The view of one article; keep it as long as the article is open. It holds the scroll position, a
/// drag under way, and what is worth computing once.
pub struct ArticleView {
    pub(super) text: Text,
    pub(super) viewport: Viewport,
    pub(super) index: SpanIndex,
    /// The revision that the index was made for.
    pub(super) indexed: Option<u64>,
    pub(super) marks: Marks,
    pub(super) press: Option<Press>,
    /// How many clicks came one upon the other, and where the last of them was.
    pub(super) clicks: u32,
    pub(super) clicked_at: Option<Pos2>,
    /// By place in the list of entities.
    pub(super) hovered: Option<usize>,
    /// Where an entity was clicked last, and which: another click there takes the one around it.
    pub(super) clicked: Option<(Pos2, usize)>,
    /// The chips of the last frame.
    pub(super) chips: Vec<(Rect, usize)>,
    pub(super) focused: bool,
    /// The blocks that are not shown.
    pub(super) folded: Vec<Range<usize>>,
    pub(super) id: Option<Id>,
    pub(super) page: Option<Page>,
}

impl ArticleView {
    /// A view of the start of an article.
    #[must_use]
    pub fn new(article: &Article) -> Self {
        Self {
            text: article.text.clone(),
            viewport: Viewport::new(article),
            index: SpanIndex::default(),
            indexed: None,
            marks: Marks::default(),
            press: None,
            clicks: 0,
            clicked_at: None,
            hovered: None,
            clicked: None,
            chips: Vec::new(),
            focused: false,
            folded: Vec::new(),
            id: None,
            page: None,
        }
    }

    /// Brings a span into view, in the next frame: by as little scrolling as needed, or, from far
    /// away, to the upper third.
    pub fn scroll_to(&mut self, span: Span) {
        self.viewport.request(span.start().0..span.end().0);
    }

    /// Brings a place into view, as [`ArticleView::scroll_to`].
    pub fn scroll_to_pos(&mut self, pos: BytePos) {
        self.viewport.request(pos.0..pos.0);
    }

    /// Brings a place to the upper third of the view, in the next frame, unless it is well in view.
    pub fn jump_to_pos(&mut self, pos: BytePos) {
        self.viewport.request_jump(pos.0..pos.0);
    }

    /// From the start of the article to the top of the view, in points; to be kept and given to
    /// [`ArticleView::set_scroll_offset`] when the article is opened again.
    #[must_use]
    pub fn scroll_offset(&self) -> f64 {
        self.viewport.offset()
    }

    /// See [`ArticleView::scroll_offset`].
    pub fn set_scroll_offset(&mut self, offset: f64) {
        self.viewport.set_offset(offset);
    }

    /// What is at the top of the view: the first byte of a paragraph, and how far its top is above
    /// the view's, in points.
    #[must_use]
    pub fn top(&self) -> (u32, f64) {
        self.viewport.top()
    }

    /// Puts what [`ArticleView::top`] gave at the top of the view.
    pub fn set_top(&mut self, top: (u32, f64)) {
        self.viewport.set_top(top);
    }

    /// Where the first row of a span is on the screen, as of the last frame; `None` if it is
    /// not visible.
    #[must_use]
    pub fn rect_of(&self, span: Span) -> Option<Rect> {
        let page = self.page.as_ref()?;
        let rects = page.letters(&(span.start().0..span.end().0));
        rects.into_iter().find(|rect| rect.intersects(page.view))
    }

    /// Makes room between two rows of the text, from the next frame on, or takes it away.
    pub fn set_opening(&mut self, opening: Option<Opening>) {
        self.viewport.set_opening(opening);
    }

    /// Where the room between two rows is, as of the last frame: as wide as the gutter and the
    /// column. `None` if there is none on the screen.
    #[must_use]
    pub fn opening(&self) -> Option<Rect> {
        self.page.as_ref()?.opening
    }

    /// From left to right, what covers a span in the row that holds its first character, as of the
    /// last frame. `None` if the span goes on in another row, or is not visible.
    #[must_use]
    pub fn in_one_row(&self, span: Span) -> Option<Vec<Rangef>> {
        let page = self.page.as_ref()?;
        let bytes = span.start().0..span.end().0;
        match page.lines_of(&bytes) {
            [line] if line.bytes().start <= bytes.start && bytes.end <= line.bytes().end => {
                Some(line.stretches(&bytes))
            }
            _ => None,
        }
    }

    /// The rectangles of all rows of a span that are on the screen, as of the last frame.
    #[must_use]
    pub fn rects_of(&self, span: Span) -> Vec<Rect> {
        let page = self.page.as_ref();
        page.map_or_else(Vec::new, |page| {
            page.letters(&(span.start().0..span.end().0))
        })
    }

    /// From the top of the first to the bottom of the last row of a span that is on the screen, as
    /// of the last frame.
    #[must_use]
    pub fn rows_of(&self, span: Span) -> Option<Rangef> {
        let page = self.page.as_ref()?;
        let rows = page.lines_of(&(span.start().0..span.end().0));
        let (first, last) = (rows.first()?, rows.last()?);
        Some(Rangef::new(first.top(), last.bottom()))
    }

    /// The text's column across the screen, as of the last frame.
    #[must_use]
    pub fn column(&self) -> Option<Rangef> {
        self.page.as_ref().map(|page| page.column)
    }

    /// Where the bars of the regions are across the screen, as of the last frame; their ends can
    /// be dragged.
    #[must_use]
    pub fn bars_at(&self) -> Option<f32> {
        self.page
            .as_ref()
            .map(|page| paint_regions::bar_x(page).center())
    }

    /// Where a caret before `pos` is on the screen, as of the last frame; `None` if that is not
    /// visible.
    #[must_use]
    pub fn caret_rect(&self, pos: BytePos) -> Option<Rect> {
        let page = self.page.as_ref()?;
        let line = page.line_of(pos.0)?;
        let x = line.x_of(pos.0);
        let rect = Rect::from_x_y_ranges(Rangef::point(x), line.ink());
        page.view.contains(rect.center()).then_some(rect)
    }

    /// The bytes from the first to the last row on the screen, as of the last frame.
    #[must_use]
    pub fn visible(&self) -> Range<BytePos> {
        let bytes = self.page.as_ref().map_or(0..0, Page::bytes);
        BytePos(bytes.start)..BytePos(bytes.end)
    }

    /// The bytes from the first to the last row of which something is to be seen, as of the last
    /// frame.
    #[must_use]
    pub fn in_view(&self) -> Option<Range<BytePos>> {
        let page = self.page.as_ref()?;
        let seen = |line: &&PageLine| {
            let (top, bottom) = (line.top().max(page.view.top()), line.bottom());
            bottom.min(page.view.bottom()) - top > 2.0
        };
        let first = page.lines.iter().find(seen)?;
        let last = page.lines.iter().rev().find(seen)?;
        Some(BytePos(first.bytes().start)..BytePos(last.bytes().end))
    }

    /// Where the text's column ends, on the screen: signs may be to the right of it. `None`
    /// before the first frame.
    #[must_use]
    pub fn right_margin(&self) -> Option<f32> {
        self.page.as_ref().map(|page| page.column.max)
    }

    /// How many paragraphs have been laid out since the view was made; grows only as they come into
    /// view.
    #[must_use]
    pub fn laid_out(&self) -> usize {
        self.viewport.laid_out()
    }

    /// Whether an edge, a selection or the scroll bar is being dragged.
    #[must_use]
    pub fn is_dragging(&self) -> bool {
        self.press.is_some()
    }

    /// Scripts in what has been on the screen that no font on this system can draw.
    #[must_use]
    pub fn lacking_scripts(&self) -> &BTreeSet<Script> {
        self.viewport.lacking()
    }

    /// Whether words on the screen wait for their fonts, which a thread is loading; it asks for a
    /// frame when it is done.
    #[must_use]
    pub fn are_fonts_loading(ctx: &Context) -> bool {
        Typesetter::of(ctx).is_working()
    }

    /// Whether all words on the screen could be painted, as of the last frame. Those that wait to be
    /// typeset come in one of the next frames.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.viewport.is_complete()
    }

    /// Gives the view the keyboard's focus; nothing happens before it was first shown.
    pub fn request_focus(&self, ctx: &Context) {
        if let Some(id) = self.id {
            ctx.memory_mut(|memory| memory.request_focus(id));
        }
    }

    /// Shows the scene in all the room that is left, and tells what the annotator did in it.
    pub fn show(&mut self, ui: &mut Ui, scene: &Scene<'_>) -> Vec<ViewEvent> {
        let mut events = Vec::new();
        if !same_text(&self.text, &scene.article.text) {
            let id = self.id;
            *self = Self::new(scene.article);
            self.id = id;
        }
        if self.indexed != Some(scene.revision) {
            self.index = SpanIndex::of(scene.entities);
            self.indexed = Some(scene.revision);
            // Both were known by their place among the entities.
            self.hovered = None;
            self.clicked = None;
            self.chips.clear();
        }
        if self.folded != scene.folded {
            self.folded = scene.folded.to_vec();
            self.viewport.set_folds(self.folds(scene.article));
        }
        let (id, view) = ui.allocate_space(ui.available_size());
        let response = ui.interact(view, id, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Document, true, "Article"));
        self.id = Some(id);
        self.focus(ui, &response, &mut events);
        if view.width() < LEAST.0 || view.height() < LEAST.1 {
            return events; // a window shrunk to nothing: there is no room for a single row
        }

        let page = self.lay_out(ui, scene, &response, view);
        let preview = self.preview();
        let shown = Shown::of(scene, &self.index, &page, preview.as_ref());
        self.pointer(ui, &response, &page, scene, &shown, &mut events);
        // The pointer may just have moved an edge: what is painted follows it in the same frame.
        let preview = self.preview();
        let shown = if preview.is_some() {
            Shown::of(scene, &self.index, &page, preview.as_ref())
        } else {
            shown
        };
        self.paint(ui, scene, &page, &shown, &response);
        events.extend(folded::show(ui, &page, scene.style));
        let bounds: Vec<(usize, Range<u32>)> = page
            .paragraphs
            .iter()
            .filter_map(|&(index, _)| Some((index, self.viewport.paragraphs.get(index)?)))
            .map(|(index, paragraph)| (index, paragraph.start..paragraph.end))
            .collect();
        access::describe(ui, id, &page, scene, &shown, &bounds, &mut events);
        self.page = Some(page);
        events
    }

    /// The paragraphs of the blocks that are not shown, without those that hold a piece of another
    /// block.
    fn folds(&self, article: &Article) -> Vec<Fold> {
        let paragraphs = &self.viewport.paragraphs;
        let fold = |blocks: &Range<usize>| {
            let inside = article.blocks.get(blocks.clone())?;
            let (first, last) = (inside.first()?.span, inside.last()?.span);
            let before = article.blocks.get(blocks.start.checked_sub(1)?)?.span;
            let mut start = paragraphs.at(first.start().0);
            if paragraphs.get(start)?.start < before.end().0 {
                start += 1;
            }
            let mut end = paragraphs.at(last.end().0.saturating_sub(1)) + 1;
            let after = article.blocks.get(blocks.end);
            if after.is_some_and(|after| paragraphs.at(after.span.start().0) < end) {
                end = end.saturating_sub(1);
            }
            (start < end).then(|| Fold {
                paragraphs: start..end,
                blocks: blocks.clone(),
            })
        };
        self.folded.iter().filter_map(fold).collect()
    }

    fn focus(&mut self, ui: &Ui, response: &Response, events: &mut Vec<ViewEvent>) {
        let focused = response.has_focus();
        if focused && !self.focused {
            events.push(ViewEvent::Focused);
        }
        self.focused = focused;
        if focused {
            // Arrows and Tab walk through the article, not through the window.
            let filter = EventFilter {
                tab: true,
                horizontal_arrows: true,
                vertical_arrows: true,
                escape: true,
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
    }

    /// Scrolls as was asked for, lays out what is then visible, and says where it is.
    fn lay_out(&mut self, ui: &Ui, scene: &Scene<'_>, response: &Response, view: Rect) -> Page {
        let style = scene.style;
        let delta = self.scroll_by(
            ui,
            response,
            view,
            (style.font.size * style.leading).round(),
        ) + self.drag_scroll(ui, view.top(), view.bottom());
        let text = scene.article.text.as_str();
        let mut params = LayoutParams {
            font: style.font.clone(),
            body_size: style.font.size,
            heading_family: style.heading_family.clone(),
            line_height: (style.font.size * style.leading).round(),
            width: 0.0,
        };
        let typesetter = Typesetter::of(ui.ctx());
        self.viewport.set_typesetter(&typesetter);
        let visible = ui.fonts_mut(|fonts| {
            let wanted = scroll::average_width(fonts, &params) * style.measure;
            let room = view.width() - TRACK - GUTTER - 2.0 * MARGIN - 8.0;
            params.width = wanted.min(room).max(60.0).round();
            let height = f64::from(view.height());
            self.viewport.show(fonts, text, &params, height, delta)
        });
        if self.viewport.is_unfinished() {
            ui.request_repaint();
        }
        // The text is in the middle of the view where there is room for that.
        let width = self.viewport.width().unwrap_or(params.width);
        let left = (view.center().x - width / 2.0)
            .max(view.left() + GUTTER + MARGIN)
            .round();
        let column = Rangef::new(left, left + width);
        typesetter.work(ui.ctx());
        let mut page = Page {
            view,
            column: Rangef::new(column.min - MARGIN, column.max + MARGIN),
            gutter: Rangef::new(column.min - MARGIN - GUTTER, column.min - MARGIN),
            track: Rect::from_min_max(pos2(view.right() - TRACK, view.top()), view.right_bottom()),
            lines: Vec::new(),
            paragraphs: Vec::with_capacity(visible.len()),
            folded: Vec::new(),
            opening: None,
        };
        let pixel = 1.0 / ui.pixels_per_point();
        for (index, y) in visible {
            let top = ((view.top() + y as f32) / pixel).round() * pixel;
            if let Some(fold) = self.viewport.fold_at(index) {
                let y = Rangef::new(top, top + self.viewport.fold_height());
                page.folded.push(FoldedLine {
                    rect: Rect::from_x_y_ranges(page.column, y),
                    blocks: fold.blocks.clone(),
                });
            }
            let Some(layout) = self.viewport.layout(index) else {
                continue;
            };
            let origin = pos2(column.min, top);
            let geometry = layout.geometry();
            let cut = self.viewport.cut_of(index);
            page.lines
                .extend((0..geometry.lines.len()).filter_map(|nth| {
                    let shift = cut.map_or(0.0, |cut| cut.shift(nth));
                    PageLine::new(geometry, nth, origin + vec2(0.0, shift), text)
                }));
            let mut bottom = top + geometry.height;
            if let Some(cut) = cut {
                bottom += cut.height;
                let y = Rangef::new(top + cut.y, top + cut.y + cut.height);
                let x = Rangef::new(page.gutter.min, page.column.max);
                page.opening = Some(Rect::from_x_y_ranges(x, y));
            }
            let rect = Rect::from_x_y_ranges(page.column, Rangef::new(top, bottom));
            page.paragraphs.push((index, rect));
        }
        page
    }

    /// How far the wheel and the keys ask to scroll, in points.
    fn scroll_by(&mut self, ui: &Ui, response: &Response, view: Rect, line: f32) -> f64 {
        let mut delta = 0.0;
        if response.contains_pointer() {
            ui.input_mut(|input| {
                delta -= f64::from(input.smooth_scroll_delta.y);
                input.smooth_scroll_delta.y = 0.0;
            });
        }
        if response.has_focus() {
            let page = f64::from((view.height() - 2.0 * line).max(line));
            let total = self.viewport.total();
            ui.input_mut(|input| {
                for (key, by) in [
                    (Key::PageDown, page),
                    (Key::PageUp, -page),
                    (Key::Home, -total),
                    (Key::End, total),
                ] {
                    for _ in 0..input.count_and_consume_key(Modifiers::NONE, key) {
                        delta += by;
                    }
                }
            });
        }
        delta
    }

    /// Whether nothing is held that has nothing to do with the gutter.
    fn gutter_is_free(&self) -> bool {
        let held = self.press.as_ref().map(|press| &press.target);
        matches!(held, None | Some(hit_test::DragTarget::Region(..)))
    }

    fn paint(
        &mut self,
        ui: &Ui,
        scene: &Scene<'_>,
        page: &Page,
        shown: &Shown<'_>,
        response: &Response,
    ) {
        let focused = response.has_focus();
        let painter: Painter = ui.painter_at(page.view);
        let style = scene.style;
        painter.rect_filled(page.view, CornerRadius::ZERO, style.palette.paper);
        paint_regions::grounds(&painter, page, shown);
        paint_text::grounds(&painter, page, scene);
        paint_text::behind_text(&painter, page, scene, shown, self.hovered);
        for (index, rect) in &page.paragraphs {
            let Some(layout) = self.viewport.layout(*index) else {
                continue;
            };
            let (origin, ink) = (rect.left_top() + vec2(MARGIN, 0.0), style.palette.ink);
            match self.viewport.cut_of(*index) {
                None => layout.paint(&painter, origin, ink),
                Some(cut) => {
                    for (painter, shift) in cut.painters(&painter, rect.top()) {
                        layout.paint(&painter, origin + vec2(0.0, shift), ink);
                    }
                }
            }
        }
        paint_text::dim(&painter, page, shown, style);
        paint_text::links(&painter, page, scene, shown);
        paint_text::current_block(&painter, page, scene);
        paint_text::occurrences(&painter, page, scene);
        paint_text::misaligned(&painter, page, scene);
        paint_text::ring(&painter, page, scene, shown);
        self.chips = paint_text::over_text(&painter, page, scene, shown);
        paint_text::caret(&painter, page, scene, focused);
        for entity in self.grabbable(scene, shown) {
            paint_text::handles(&painter, entity, style);
        }
        paint_regions::gutter(&painter, page, shown, style);
        let pointer = ui.input(|input| input.pointer.latest_pos());
        if let Some(pointer) = pointer.filter(|_| scene.editable && self.gutter_is_free()) {
            paint_regions::handles(&painter, page, shown, pointer, style);
        }
        self.marks.refresh(scene, &self.viewport, page.track);
        let thumb = scrollbar::thumb(&self.viewport, page.track, page.view.height());
        let active = matches!(&self.press, Some(press) if matches!(press.target, hit_test::DragTarget::Bar(_)));
        scrollbar::paint(&painter, scene, &self.marks, thumb, active);
        if let Some(pos) = pointer.filter(|pos| self.press.is_none() && page.track.contains(*pos))
            && response.contains_pointer()
        {
            let words = self.marks.words(scene, &self.viewport, page.track, pos.y);
            response.clone().on_hover_text_at_pointer(words);
        }
    }
}

/// Texts are immutable and shared, so that one at the same place is the same.
fn same_text(a: &Text, b: &Text) -> bool {
    std::ptr::eq(a.as_str(), b.as_str())
}
