//! The pointer: pressing, dragging, letting go. What was meant leaves as events; nothing is changed
//! here but the view's own state.

use std::ops::Range;

use eframe::egui::{CursorIcon, Key, Modifiers, Pos2, Response, Ui};

use super::event::ViewEvent;
use super::hit_test;
use super::hit_test::DragTarget;
use super::page::Page;
use super::press::Press;
use super::scene::{Preview, Scene};
use super::scrollbar;
use super::show::{Shown, ShownEntity};
use super::view::ArticleView;
use crate::edit::{Edge, segment};
use crate::model::BytePos;

/// A press has moved this far before it is a drag, in points.
const SLOP: f32 = 3.0;
/// This near to an edge of the view, a drag scrolls, in points.
const SHORE: f32 = 24.0;

/// What the pointer is doing in this frame.
struct Pointer {
    pos: Option<Pos2>,
    /// Where the button went down: by the end of the frame the pointer may be elsewhere.
    origin: Option<Pos2>,
    pressed: bool,
    down: bool,
    released: bool,
    escape: bool,
    modifiers: Modifiers,
}

impl Pointer {
    fn of(ui: &Ui) -> Self {
        ui.input(|input| Self {
            pos: input.pointer.latest_pos(),
            origin: input.pointer.press_origin(),
            pressed: input.pointer.primary_pressed(),
            down: input.pointer.primary_down(),
            released: input.pointer.primary_released(),
            escape: input.key_pressed(Key::Escape),
            modifiers: input.modifiers,
        })
    }
}

impl ArticleView {
    /// How the article as a dragged edge would leave it is to be drawn.
    pub(super) fn preview(&self) -> Option<Preview> {
        let moved = |span: crate::model::Span, edge: Edge, to: u32| match edge {
            Edge::Start => to..span.end().0,
            Edge::End => span.start().0..to,
        };
        match &self.press.as_ref()?.target {
            DragTarget::Region(region, edge, to) => Some(Preview::Region {
                bytes: moved(region.span, *edge, *to),
                region: region.clone(),
            }),
            DragTarget::Entity(entity, edge, to) => Some(Preview::Entity {
                bytes: moved(entity.span, *edge, *to),
                entity: entity.clone(),
            }),
            _ => None,
        }
    }

    /// How far to scroll because something is dragged to the edge of the view.
    pub(super) fn drag_scroll(&self, ui: &Ui, top: f32, bottom: f32) -> f64 {
        let drags = |press: &Press| press.moved && !matches!(press.target, DragTarget::Bar(_));
        if !self.press.as_ref().is_some_and(drags) {
            return 0.0;
        }
        let Some(pos) = ui.input(|input| input.pointer.latest_pos()) else {
            return 0.0;
        };
        let beyond = (pos.y - (bottom - SHORE)).max(0.0) - ((top + SHORE) - pos.y).max(0.0);
        if beyond == 0.0 {
            return 0.0;
        }
        ui.request_repaint();
        f64::from(beyond) * 12.0 * f64::from(ui.input(|input| input.stable_dt.min(0.1)))
    }

    pub(super) fn pointer(
        &mut self,
        ui: &Ui,
        response: &Response,
        page: &Page,
        scene: &Scene<'_>,
        shown: &Shown<'_>,
        events: &mut Vec<ViewEvent>,
    ) {
        let pointer = Pointer::of(ui);
        if self.press.is_some() && pointer.escape {
            self.press = None;
        }
        let Some(pos) = pointer.pos else {
            self.hover(None, scene, events);
            return;
        };
        // The line that represents what is folded is a button, and no place in the text.
        let on_button = |at: Pos2| page.folded.iter().any(|line| line.rect.contains(at));
        if self.press.is_none() && on_button(pointer.origin.unwrap_or(pos)) {
            self.hover(None, scene, events);
            return;
        }
        let here = response.contains_pointer() || response.is_pointer_button_down_on();
        let pressed = pointer.pressed && response.is_pointer_button_down_on();
        // A press and its release can come in one frame, when frames are slow.
        let tapped = self.press.is_none() && !pressed && response.clicked() && pointer.released;
        if pressed || tapped {
            response.request_focus();
            let origin = pointer.origin.unwrap_or(pos);
            self.begin(page, scene, shown, origin, pointer.modifiers, events);
        }
        if (pointer.down || pointer.released) && self.press.is_some() {
            self.drag(page, scene, pos, pointer.modifiers, events);
        }
        if !pointer.down
            && let Some(press) = self.press.take()
        {
            let repeated =
                (response.double_clicked() || response.triple_clicked()) && self.is_same_place(pos);
            let outward = pointer.modifiers.alt;
            self.release(press, page, scene, shown, (repeated, outward), events);
        }
        if response.clicked() {
            // egui counts clicks that come soon after each other, wherever they are, and calls
            // every one after the third a triple click.
            let soon = response.double_clicked() || response.triple_clicked();
            self.clicks = if soon && self.is_same_place(pos) {
                self.clicks + 1
            } else {
                1
            };
            self.clicked_at = Some(pos);
            self.select_unit(page, scene, pos, events);
        }
        if response.secondary_clicked()
            && let Some(hit) = page.hit(pos)
        {
            let gutter = page.gutter.contains(pos.x);
            let block = gutter.then(|| hit_test::block_at(page, scene.article, pos.y));
            if let Some(index) = block.flatten() {
                let selected = scene.block_selection.contains(&index);
                if !selected {
                    events.push(ViewEvent::BlockClicked {
                        index,
                        extend: false,
                    });
                }
            }
            events.push(ViewEvent::ContextMenu {
                at: BytePos(hit.at),
                pos,
                gutter,
            });
        }
        let over = if here && self.press.is_none() {
            self.entity_under(page, shown, pos)
        } else {
            None
        };
        if self.press.is_none() {
            self.hover(over, scene, events);
        }
        if here {
            self.cursor(ui, page, scene, shown, pos);
        }
    }

    /// Whether the last click was here: one elsewhere, however soon, is no double click.
    fn is_same_place(&self, pos: Pos2) -> bool {
        self.clicked_at
            .is_some_and(|before| before.distance(pos) <= 2.0 * SLOP)
    }

    fn begin(
        &mut self,
        page: &Page,
        scene: &Scene<'_>,
        shown: &Shown<'_>,
        pos: Pos2,
        modifiers: Modifiers,
        events: &mut Vec<ViewEvent>,
    ) {
        let mut told = None;
        let target = if page.track.contains(pos) {
            let thumb = scrollbar::thumb(&self.viewport, page.track, page.view.height());
            match thumb {
                Some(thumb) if thumb.contains(pos) => DragTarget::Bar(pos.y - thumb.top()),
                Some(_) if let Some(spot) = self.marks.spot(page.track, pos.y) => {
                    self.viewport.request(spot);
                    return;
                }
                Some(thumb) => DragTarget::Bar(thumb.height() / 2.0),
                None => return,
            }
        } else if let Some(target) = self.edge_under(page, scene, shown, pos) {
            target
        } else if page.gutter.contains(pos.x) {
            let Some(index) = hit_test::block_at(page, scene.article, pos.y) else {
                return;
            };
            events.push(ViewEvent::BlockClicked {
                index,
                extend: modifiers.shift,
            });
            DragTarget::Gutter(index)
        } else {
            let exact = modifiers.alt;
            let Some(unit) = hit_test::unit_at(page, &scene.article.text, pos, exact) else {
                return;
            };
            let Some(hit) = page.hit(pos) else { return };
            if modifiers.shift {
                let anchor = scene.selection.anchor.0;
                let ends = hit_test::selection(&(anchor..anchor), &unit);
                told = Some(ends);
                events.push(select(ends, exact));
                DragTarget::Text(anchor..anchor)
            } else {
                events.push(ViewEvent::CaretAt(BytePos(hit.at)));
                DragTarget::Text(unit)
            }
        };
        self.press = Some(Press {
            target,
            start: pos,
            moved: false,
            told,
        });
    }

    fn drag(
        &mut self,
        page: &Page,
        scene: &Scene<'_>,
        pos: Pos2,
        modifiers: Modifiers,
        events: &mut Vec<ViewEvent>,
    ) {
        let Some(press) = &mut self.press else { return };
        press.moved |= press.start.distance(pos) > SLOP;
        let exact = modifiers.alt;
        let text = &scene.article.text;
        let inside = page.view.shrink2(egui::vec2(0.0, 1.0)).clamp(pos);
        match &mut press.target {
            DragTarget::Bar(below) => {
                if let Some(thumb) =
                    scrollbar::thumb(&self.viewport, page.track, page.view.height())
                {
                    let offset = scrollbar::offset_for(
                        &self.viewport,
                        page.track,
                        thumb,
                        page.view.height(),
                        pos.y - *below,
                    );
                    self.viewport.set_offset(offset);
                }
            }
            _ if !press.moved => {}
            DragTarget::Text(origin) => {
                let Some(unit) = hit_test::unit_at(page, text, inside, exact) else {
                    return;
                };
                let ends = hit_test::selection(origin, &unit);
                if press.told != Some(ends) {
                    press.told = Some(ends);
                    events.push(select(ends, exact));
                }
            }
            DragTarget::Gutter(last) => {
                if let Some(index) = hit_test::block_at(page, scene.article, inside.y)
                    && index != *last
                {
                    *last = index;
                    events.push(ViewEvent::BlockClicked {
                        index,
                        extend: true,
                    });
                }
            }
            DragTarget::Region(region, edge, to) => {
                let span = region.span.start().0..region.span.end().0;
                let target = if inside.x < page.column.min {
                    hit_test::edge_in_gutter(page, scene.article, inside, *edge, &span)
                } else {
                    hit_test::edge_in_text(page, text, inside, *edge, &span, exact)
                };
                *to = target.unwrap_or(*to);
            }
            DragTarget::Entity(entity, edge, to) => {
                let span = entity.span.start().0..entity.span.end().0;
                let target = if exact {
                    hit_test::edge_in_text(page, text, inside, *edge, &span, true)
                } else {
                    hit_test::edge_of_name(page, text, inside, *edge, &span)
                        .map(|to| hit_test::within_region(scene.regions, *edge, &span, to))
                };
                *to = target.unwrap_or(*to);
            }
        }
    }

    fn release(
        &mut self,
        press: Press,
        page: &Page,
        scene: &Scene<'_>,
        shown: &Shown<'_>,
        (repeated, alt): (bool, bool),
        events: &mut Vec<ViewEvent>,
    ) {
        let was = |span: crate::model::Span, edge: Edge| match edge {
            Edge::Start => span.start().0,
            Edge::End => span.end().0,
        };
        match press.target {
            DragTarget::Region(region, edge, to) if to != was(region.span, edge) => {
                events.push(ViewEvent::RegionEdgeMoved {
                    region,
                    edge,
                    to: BytePos(to),
                });
            }
            DragTarget::Region(region, ..) if !press.moved => {
                events.push(ViewEvent::RegionEdgeClicked { region });
            }
            DragTarget::Entity(entity, edge, to) if to != was(entity.span, edge) => {
                events.push(ViewEvent::EntityEdgeMoved {
                    entity,
                    edge,
                    to: BytePos(to),
                    exact: alt,
                });
            }
            // A click on a handle is a click on the entity that has it.
            DragTarget::Entity(entity, ..) if !press.moved => {
                events.push(ViewEvent::EntityClicked { entity });
            }
            DragTarget::Text(_) if !press.moved && press.told.is_none() => {
                let Some(innermost) = self.entity_under(page, shown, press.start) else {
                    return;
                };
                let clicked = if repeated {
                    innermost
                } else {
                    self.outward(shown, innermost, press.start, alt)
                };
                self.clicked = Some((press.start, clicked));
                if let Some(entity) = scene.entities.get(clicked) {
                    events.push(ViewEvent::EntityClicked {
                        entity: entity.clone(),
                    });
                }
            }
            _ => {}
        }
    }

    /// What a click on `innermost` means: itself; the one around what was clicked here before; with
    /// Alt, the one around it at once. Beyond the outermost, the innermost again.
    fn outward(&self, shown: &Shown<'_>, innermost: usize, pos: Pos2, alt: bool) -> usize {
        let Some(inner) = shown
            .entities
            .iter()
            .find(|entity| entity.index == innermost)
        else {
            return innermost;
        };
        let around = |entity: &&ShownEntity<'_>| {
            entity.bytes.start <= inner.bytes.start && inner.bytes.end <= entity.bytes.end
        };
        // Holders come before what they hold.
        let mut nest: Vec<usize> = shown
            .entities
            .iter()
            .filter(around)
            .map(|entity| entity.index)
            .collect();
        nest.reverse();
        let before = self
            .clicked
            .filter(|(there, _)| there.distance(pos) <= SLOP)
            .and_then(|(_, index)| nest.iter().position(|&nth| nth == index));
        let next = match before {
            Some(place) => place + 1,
            None => usize::from(alt),
        };
        nest.get(next % nest.len().max(1))
            .copied()
            .unwrap_or(innermost)
    }

    /// The entities whose edges can be taken: the one under the pointer and those around the caret
    /// or selection.
    pub(super) fn grabbable<'a, 'b>(
        &self,
        scene: &Scene<'_>,
        shown: &'a Shown<'b>,
    ) -> Vec<&'a ShownEntity<'b>> {
        if !scene.editable {
            return Vec::new();
        }
        let (start, end) = (scene.selection.start().0, scene.selection.end().0);
        let active = |entity: &ShownEntity<'_>| {
            if start == end {
                entity.bytes.start < start && start < entity.bytes.end
            } else {
                entity.bytes == (start..end)
            }
        };
        let entities = shown.entities.iter();
        entities
            .filter(|entity| self.hovered == Some(entity.index) || active(entity))
            .collect()
    }

    fn edge_under(
        &self,
        page: &Page,
        scene: &Scene<'_>,
        shown: &Shown<'_>,
        pos: Pos2,
    ) -> Option<DragTarget> {
        if !scene.editable {
            return None;
        }
        let grabbable = self.grabbable(scene, shown);
        let at = |bytes: &Range<u32>, edge: Edge| {
            if edge == Edge::Start {
                bytes.start
            } else {
                bytes.end
            }
        };
        if let Some((entity, edge)) = hit_test::entity_edge(&grabbable, pos) {
            return Some(DragTarget::Entity(
                entity.entity.clone(),
                edge,
                at(&entity.bytes, edge),
            ));
        }
        let (region, edge) = hit_test::region_edge(page, shown, pos)?;
        Some(DragTarget::Region(
            region.region.clone(),
            edge,
            at(&region.bytes, edge),
        ))
    }

    /// The entity under the pointer: by its chip, by its letters, or by the handles of the one that
    /// is hovered already.
    fn entity_under(&self, page: &Page, shown: &Shown<'_>, pos: Pos2) -> Option<usize> {
        if let Some(&(_, index)) = self.chips.iter().find(|(rect, _)| rect.contains(pos)) {
            return Some(index);
        }
        let held: Vec<&ShownEntity<'_>> = shown
            .entities
            .iter()
            .filter(|entity| self.hovered == Some(entity.index))
            .collect();
        if let Some((entity, _)) = hit_test::entity_edge(&held, pos) {
            return Some(entity.index);
        }
        let hit = page.hit(pos).filter(|hit| hit.on_text)?;
        Some(shown.entity_at(hit.cell.start)?.index)
    }

    fn hover(&mut self, over: Option<usize>, scene: &Scene<'_>, events: &mut Vec<ViewEvent>) {
        if over != self.hovered {
            self.hovered = over;
            let entity = over.and_then(|index| scene.entities.get(index)).cloned();
            events.push(ViewEvent::EntityHovered { entity });
        }
    }

    fn cursor(&self, ui: &Ui, page: &Page, scene: &Scene<'_>, shown: &Shown<'_>, pos: Pos2) {
        let held = self.press.as_ref().map(|press| press.target.clone());
        let icon = match held.or_else(|| self.edge_under(page, scene, shown, pos)) {
            Some(DragTarget::Region(..)) if pos.x < page.column.min => CursorIcon::ResizeVertical,
            Some(DragTarget::Region(..) | DragTarget::Entity(..)) => CursorIcon::ResizeHorizontal,
            Some(DragTarget::Bar(_)) => CursorIcon::Default,
            Some(DragTarget::Gutter(_)) => CursorIcon::PointingHand,
            Some(DragTarget::Text(_)) => CursorIcon::Text,
            None if page.track.contains(pos) => CursorIcon::Default,
            None if page.gutter.contains(pos.x) => CursorIcon::PointingHand,
            None => CursorIcon::Text,
        };
        ui.set_cursor_icon(icon);
    }

    /// Twice selects the word, three times the sentence, more often the block.
    fn select_unit(&self, page: &Page, scene: &Scene<'_>, pos: Pos2, events: &mut Vec<ViewEvent>) {
        if page.gutter.contains(pos.x) || page.track.contains(pos) {
            return;
        }
        let text = &scene.article.text;
        let Some(hit) = page.hit(pos) else { return };
        let at = BytePos(hit.cell.start);
        let unit = match self.clicks {
            0 | 1 => None,
            2 => segment::word_at(text, at),
            3 => segment::sentence_at(text, at),
            _ => {
                let block = scene.article.block_at(at);
                match block.and_then(|block| scene.article.blocks.get(block)) {
                    Some(block) => text.trim(block.span),
                    None => {
                        let line = self.viewport.paragraphs.line_around(hit.at);
                        let (start, end) = (line.start, line.end);
                        text.span(BytePos::from_index(start), BytePos::from_index(end))
                            .ok()
                            .and_then(|span| text.trim(span))
                    }
                }
            }
        };
        if let Some(unit) = unit {
            events.push(ViewEvent::Select {
                anchor: unit.start(),
                head: unit.end(),
                exact: false,
            });
        }
    }
}

fn select((anchor, head): (u32, u32), exact: bool) -> ViewEvent {
    ViewEvent::Select {
        anchor: BytePos(anchor),
        head: BytePos(head),
        exact,
    }
}
