//! Painting what belongs to the text itself: entities with their underlines and chips, the
//! selection, the caret, the current block, the handles of what can be dragged.

use std::ops::Range;

use eframe::egui::{
    Color32, CornerRadius, FontId, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2,
};

use super::page::Page;
use super::paint_regions::dotted_box;
use super::scene::{Ring, Scene};
use super::show::{Shown, ShownEntity};
use super::style::{Standing, Underline, ViewStyle, fade, mix};

/// From one underline lane to the next, in points.
const LANE: f32 = 3.5;
/// Height of a chip, in points, and of its letters.
const CHIP: (f32, f32) = (10.5, 8.5);

/// Selected blocks, and search hits: behind the text.
pub(super) fn grounds(painter: &Painter, page: &Page, scene: &Scene<'_>) {
    let style = scene.style;
    for index in scene.block_selection.clone() {
        let Some(block) = scene.article.blocks.get(index) else {
            break;
        };
        for rect in visible_ground(page, block.span) {
            painter.rect_filled(
                rect,
                CornerRadius::same(3),
                fade(style.palette.accent, 0.14),
            );
        }
    }
    let bytes = page.bytes();
    let from = scene
        .highlights
        .partition_point(|span| span.end().0 <= bytes.start);
    for span in scene.highlights.get(from..).unwrap_or_default() {
        if span.start().0 >= bytes.end {
            break;
        }
        for rect in page.letters(&(span.start().0..span.end().0)) {
            painter.rect_filled(
                rect.expand2(vec2(1.0, 1.0)),
                CornerRadius::same(3),
                style.palette.highlight,
            );
        }
    }
}

/// The text of what surrounds the story steps back: a veil in the colour of its ground lies over
/// it.
pub(super) fn dim(painter: &Painter, page: &Page, shown: &Shown<'_>, style: &ViewStyle) {
    for region in shown
        .regions
        .iter()
        .filter(|region| region.look.is_furniture)
    {
        for rect in page.ground(&region.bytes) {
            painter.rect_filled(
                rect,
                CornerRadius::ZERO,
                fade(region.look.tint, style.dimmed),
            );
        }
    }
}

/// A thin line under the story's blocks that are links from end to end: on their page, such are
/// teasers and buttons.
pub(super) fn links(painter: &Painter, page: &Page, scene: &Scene<'_>, shown: &Shown<'_>) {
    /// The share of a block that is link text, in thousandths.
    const LINK: u16 = 900;
    let bytes = page.bytes();
    let blocks = &scene.article.blocks;
    let from = blocks.partition_point(|block| block.span.end().0 <= bytes.start);
    let in_view = blocks.get(from..).unwrap_or_default().iter();
    let in_view = in_view.take_while(|block| block.span.start().0 < bytes.end);
    let color = fade(scene.style.palette.accent, 0.6);
    for block in in_view.filter(|block| block.link_permille >= LINK) {
        let own = block.span.start().0..block.span.end().0;
        let is_furniture = shown.regions.iter().any(|region| {
            region.look.is_furniture
                && region.bytes.start <= own.start
                && own.end <= region.bytes.end
        });
        if is_furniture {
            continue; // there, nearly everything is a link
        }
        for rect in page.letters(&own) {
            let y = rect.bottom() + 1.0;
            painter.hline(rect.x_range(), y, Stroke::new(1.0, color));
        }
    }
}

/// Boxes behind entities, holders first; then the selection, which lies over them.
pub(super) fn behind_text(
    painter: &Painter,
    page: &Page,
    scene: &Scene<'_>,
    shown: &Shown<'_>,
    hovered: Option<usize>,
) {
    for entity in &shown.entities {
        let strength = match entity.standing {
            Standing::Confirmed => 0.15,
            Standing::Suggested => 0.06,
            Standing::Unsure => 0.09,
        };
        // What holds others keeps back, so that the letters of the innermost are on no more than
        // two grounds.
        let strength = strength / (1.0 + 0.7 * f32::from(entity.lane));
        let strength = if hovered == Some(entity.index) {
            strength + 0.10
        } else {
            strength
        };
        for (nth, rect) in entity.rects.iter().enumerate() {
            let (left, right) = (
                u8::from(nth == 0) * 3,
                u8::from(nth + 1 == entity.rects.len()) * 3,
            );
            let corner = CornerRadius {
                nw: left,
                sw: left,
                ne: right,
                se: right,
            };
            painter.rect_filled(
                entity_box(entity, *rect),
                corner,
                fade(entity.look.color, strength),
            );
        }
        if scene.ring == Ring::Entity(entity.entity) {
            for rect in &entity.rects {
                let frame = entity_box(entity, *rect).expand2(vec2(3.5, 3.0));
                let ground = fade(scene.style.palette.accent, 0.16);
                painter.rect_filled(frame, CornerRadius::same(5), ground);
            }
        }
    }
    let selection = scene.selection.start().0..scene.selection.end().0;
    for rect in page.letters(&selection) {
        painter.rect_filled(
            rect.expand2(vec2(0.0, 2.0)),
            CornerRadius::same(2),
            scene.style.palette.selection,
        );
    }
}

/// Underlines, outlines and chips; returns where the chips are, with the index of their entity.
pub(super) fn over_text(
    painter: &Painter,
    page: &Page,
    scene: &Scene<'_>,
    shown: &Shown<'_>,
) -> Vec<(Rect, usize)> {
    let palette = &scene.style.palette;
    for entity in &shown.entities {
        for rect in &entity.rects {
            let frame = entity_box(entity, *rect);
            let line = [frame.left_bottom(), frame.right_bottom()];
            match entity.standing {
                Standing::Confirmed => {
                    underline(painter, line, entity.look.line, entity.look.color);
                }
                Standing::Suggested => {
                    painter.extend(Shape::dashed_line(
                        &line,
                        Stroke::new(1.5, entity.look.color),
                        4.0,
                        3.0,
                    ));
                }
                Standing::Unsure => {
                    painter.extend(Shape::dashed_line(
                        &line,
                        Stroke::new(1.5, entity.look.color),
                        4.0,
                        3.0,
                    ));
                    dotted_box(painter, frame, palette.unsure);
                }
            }
        }
    }
    chips(painter, page, scene.style, shown)
}

/// What "the same everywhere" would tag: a dashed outline in the colour that it would get.
pub(super) fn occurrences(painter: &Painter, page: &Page, scene: &Scene<'_>) {
    let Some((label, spans)) = scene.occurrences else {
        return;
    };
    let color = scene.style.entity(label).color;
    let bytes = page.bytes();
    let from = spans.partition_point(|span| span.end().0 <= bytes.start);
    for span in spans.get(from..).unwrap_or_default() {
        if span.start().0 >= bytes.end {
            break;
        }
        for rect in page.letters(&(span.start().0..span.end().0)) {
            let frame = rect.expand2(vec2(1.5, -0.5));
            let stroke = Stroke::new(1.2, color);
            crate::app::ui::widgets::dashed_frame(painter, frame, stroke, (3.0, 2.5));
        }
    }
}

/// What a tokenizer cannot represent: a wave under the letters, as under what is spelt wrong.
pub(super) fn misaligned(painter: &Painter, page: &Page, scene: &Scene<'_>) {
    /// Height and half the length of a wave, in points.
    const WAVE: (f32, f32) = (2.5, 2.5);
    let bytes = page.bytes();
    // They may lie in each other, so that their ends are not in order.
    let in_view =
        |span: &&crate::model::Span| span.start().0 < bytes.end && span.end().0 > bytes.start;
    for span in scene.misaligned.iter().filter(in_view) {
        for rect in page.letters(&(span.start().0..span.end().0)) {
            let bottom = rect.bottom() + 3.5;
            let count = (rect.width() / WAVE.1).ceil() as usize;
            let points = (0..=count).map(|nth| {
                let x = (rect.left() + nth as f32 * WAVE.1).min(rect.right());
                pos2(x, bottom - if nth % 2 == 0 { 0.0 } else { WAVE.0 })
            });
            let stroke = Stroke::new(1.4, scene.style.palette.wrong);
            painter.add(Shape::line(points.collect(), stroke));
        }
    }
}

fn underline(painter: &Painter, line: [Pos2; 2], style: Underline, color: Color32) {
    let stroke = |line: [Pos2; 2], width: f32| {
        painter.line_segment(line, Stroke::new(width, color));
    };
    match style {
        Underline::Plain => stroke(line, 1.75),
        Underline::Broad => stroke(line, 3.0),
        Underline::Double => {
            let apart = vec2(0.0, 1.25);
            stroke(line.map(|end| end - apart), 1.0);
            stroke(line.map(|end| end + apart), 1.0);
        }
        Underline::Bracket => {
            stroke(line, 1.5);
            for end in line {
                stroke([end, end - vec2(0.0, 4.0)], 1.5);
            }
        }
    }
}

/// The box of an entity in one row: from above the capitals down to its underline.
fn entity_box(entity: &ShownEntity<'_>, letters: Rect) -> Rect {
    let lane = f32::from(entity.lane.min(4));
    Rect::from_min_max(
        pos2(letters.left(), letters.top() + 2.0 - lane),
        pos2(letters.right(), letters.bottom() - 0.5 + lane * LANE),
    )
}

fn chips(
    painter: &Painter,
    page: &Page,
    style: &ViewStyle,
    shown: &Shown<'_>,
) -> Vec<(Rect, usize)> {
    let font = FontId::new(CHIP.1, style.label_family.clone());
    let mut placed: Vec<(Rect, usize)> = Vec::new();
    // Entities come in the order of the text, so that in a row the chips do too; right to left they
    // do not, and are moved out of each other's way all the same.
    for entity in &shown.entities {
        let Some(first) = entity.rects.first() else {
            continue;
        };
        if first.bottom() < page.view.top() || first.top() > page.view.bottom() {
            continue;
        }
        let unsure = entity.standing == Standing::Unsure;
        let ink = if unsure {
            style.palette.unsure
        } else {
            entity.look.color
        };
        let full = if unsure {
            format!("{}?", entity.look.chip)
        } else {
            entity.look.chip.clone()
        };
        let short: String = full.chars().take(1).collect();
        let top = first.top() + 3.0 - CHIP.0;
        for words in [full, short] {
            let galley = painter.layout_no_wrap(words, font.clone(), ink);
            let size = vec2(galley.size().x + 5.0, CHIP.0);
            let mut left = first.left();
            for (other, _) in placed.iter().rev().take(8) {
                if (other.top() - top).abs() < CHIP.0
                    && other.left() < left + size.x
                    && left < other.right() + 2.0
                {
                    left = other.right() + 2.0;
                }
            }
            // A chip that would be over something else says less, or nothing.
            if left > first.left() && left + size.x > first.right() + 12.0 {
                continue;
            }
            let rect = Rect::from_min_size(pos2(left, top), size);
            chip_ground(painter, rect, entity, style, ink);
            painter.galley(rect.center() - galley.size() / 2.0, galley, ink);
            placed.push((rect, entity.index));
            break;
        }
    }
    placed
}

fn chip_ground(
    painter: &Painter,
    rect: Rect,
    entity: &ShownEntity<'_>,
    style: &ViewStyle,
    ink: Color32,
) {
    let corner = CornerRadius::same(3);
    match entity.standing {
        Standing::Confirmed => {
            painter.rect_filled(rect, corner, mix(style.palette.paper, ink, 0.16));
        }
        Standing::Suggested | Standing::Unsure => {
            painter.rect_filled(rect, corner, style.palette.paper);
            painter.rect_stroke(
                rect,
                corner,
                Stroke::new(0.75, fade(ink, 0.55)),
                StrokeKind::Inside,
            );
        }
    }
}

/// The mark of the block that the arrow keys have reached.
pub(super) fn current_block(painter: &Painter, page: &Page, scene: &Scene<'_>) {
    let Some(block) = scene
        .current_block
        .and_then(|index| scene.article.blocks.get(index))
    else {
        return;
    };
    if let Some(first) = visible_ground(page, block.span).first() {
        let mark = Rect::from_min_max(
            pos2(first.left() - 1.0, first.top() + 1.0),
            pos2(first.left() + 2.0, first.bottom() - 1.0),
        );
        painter.rect_filled(mark, CornerRadius::same(2), scene.style.palette.accent);
    }
}

/// The ring around what the keys act on which remove something or move an edge: two lines, the
/// inner one in the colour of the keyboard's place, the outer one in that of the paper, so that it
/// is easy to see on any ground and beside any underline.
pub(super) fn ring(painter: &Painter, page: &Page, scene: &Scene<'_>, shown: &Shown<'_>) {
    match &scene.ring {
        Ring::Nothing => {}
        Ring::Entity(entity) => {
            let is_it = |shown: &&ShownEntity<'_>| shown.entity == *entity;
            let Some(entity) = shown.entities.iter().find(is_it) else {
                return;
            };
            for rect in &entity.rects {
                let frame = entity_box(entity, *rect).expand2(vec2(3.5, 3.0));
                double_line(painter, scene.style, frame, 2.5);
            }
        }
        Ring::Region(region) => {
            let span = region.span.start().0..region.span.end().0;
            ring_ground(painter, page, scene.style, &span, 2.25);
        }
        Ring::Blocks(blocks) => {
            let blocks = scene.article.blocks.get(blocks.clone());
            if let Some([first, .., last] | [first @ last]) = blocks {
                let span = first.span.start().0..last.span.end().0;
                ring_ground(painter, page, scene.style, &span, 1.75);
            }
        }
    }
}

/// A ring around rows of text with their letters in the gutter.
fn ring_ground(painter: &Painter, page: &Page, style: &ViewStyle, bytes: &Range<u32>, width: f32) {
    let on_page = page.bytes();
    if bytes.end <= on_page.start || on_page.end <= bytes.start {
        return;
    }
    let mut rects = page.ground(bytes);
    let whole = |rect: &Rect| rect.left() <= page.column.min && page.column.max <= rect.right();
    let count = rects.len();
    for (nth, rect) in rects.iter_mut().enumerate() {
        if nth == 0 && bytes.start < on_page.start {
            rect.min.y -= 40.0; // it began above the view
        }
        if nth + 1 == count && bytes.end > on_page.end {
            rect.max.y += 40.0;
        }
        if whole(rect) {
            rect.min.x = page.gutter.min + 4.0;
        }
        double_line(painter, style, rect.expand2(vec2(2.0, -1.0)), width);
    }
}

fn double_line(painter: &Painter, style: &ViewStyle, frame: Rect, width: f32) {
    let corner = CornerRadius::same(5);
    let halo = Stroke::new(1.5, style.palette.paper);
    painter.rect_stroke(frame, corner, halo, StrokeKind::Outside);
    let line = Stroke::new(width, style.palette.accent);
    painter.rect_stroke(frame, corner, line, StrokeKind::Inside);
}

fn visible_ground(page: &Page, span: crate::model::Span) -> Vec<Rect> {
    let range: Range<u32> = span.start().0..span.end().0;
    let bytes = page.bytes();
    if range.end <= bytes.start || bytes.end <= range.start {
        return Vec::new();
    }
    page.ground(&range)
}

/// The caret: full with the keyboard's focus, faint without.
pub(super) fn caret(painter: &Painter, page: &Page, scene: &Scene<'_>, focused: bool) {
    if !scene.selection.is_caret() {
        return;
    }
    let at = scene.selection.head.0;
    let Some(line) = page.line_of(at) else { return };
    let accent = scene.style.palette.accent;
    let (width, color) = if focused {
        (2.0, accent)
    } else {
        (1.0, fade(accent, 0.6))
    };
    painter.vline(
        line.x_of(at),
        line.ink().expand(1.0),
        Stroke::new(width, color),
    );
}

/// The handles at both ends of an entity whose edges can be dragged.
pub(super) fn handles(painter: &Painter, entity: &ShownEntity<'_>, style: &ViewStyle) {
    let (Some(first), Some(last)) = (entity.rects.first(), entity.rects.last()) else {
        return;
    };
    let color = entity.look.color;
    for (x, rect, knob) in [
        (
            first.left(),
            entity_box(entity, *first),
            pos2(first.left(), entity_box(entity, *first).bottom()),
        ),
        (
            last.right(),
            entity_box(entity, *last),
            pos2(last.right(), entity_box(entity, *last).bottom()),
        ),
    ] {
        painter.vline(x, rect.y_range(), Stroke::new(2.0, color));
        painter.circle(knob, 3.5, style.palette.paper, Stroke::new(1.75, color));
    }
}
