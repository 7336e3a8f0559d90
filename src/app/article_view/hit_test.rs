//! What the pointer can take hold of: text, the gutter, edges of regions and entities, the scroll
//! bar.

use std::ops::Range;

use eframe::egui::{Pos2, Rangef, Rect, vec2};

use super::page::Page;
use super::paint_regions::{bar_x, seam_at};
use super::show::{Shown, ShownEntity, ShownRegion};
use crate::edit::{Edge, segment};
use crate::model::{Article, BytePos, Entity, Region, Text};

/// Something that is being held.
#[derive(Clone, Debug)]
pub(super) enum DragTarget {
    /// Text is being selected; the bytes are what the press was on.
    Text(Range<u32>),
    /// Blocks are being selected; the last one that was reported.
    Gutter(usize),
    /// A region's edge, and where it would be now.
    Region(Region, Edge, u32),
    /// An entity's edge, and where it would be now.
    Entity(Entity, Edge, u32),
    /// The scroll bar, that far below the top of its thumb.
    Bar(f32),
}

/// Half the width of a handle, in points.
const REACH: f32 = 4.0;

/// The edge of a region under the pointer: the ends of its bar, or the seam inside a row.
pub(super) fn region_edge<'a>(
    page: &Page,
    shown: &'a Shown<'_>,
    pos: Pos2,
) -> Option<(&'a ShownRegion<'a>, Edge)> {
    let across = bar_x(page).expand(REACH);
    for region in &shown.regions {
        let reach = (region.bar.span() / 3.0).min(8.0);
        if across.contains(pos.x) {
            if region.begins && Rangef::new(region.bar.min, region.bar.min + reach).contains(pos.y)
            {
                return Some((region, Edge::Start));
            }
            if region.ends && Rangef::new(region.bar.max - reach, region.bar.max).contains(pos.y) {
                return Some((region, Edge::End));
            }
        }
    }
    for (nth, region) in shown.regions.iter().enumerate() {
        let Some(seam) = seam_at(page, region) else {
            continue;
        };
        if !seam.expand2(vec2(REACH, 0.0)).contains(pos) {
            continue;
        }
        // Left of the seam one holds the end of what is there.
        let before = nth.checked_sub(1).and_then(|nth| shown.regions.get(nth));
        return match before {
            Some(before) if pos.x < seam.left() => Some((before, Edge::End)),
            _ => Some((region, Edge::Start)),
        };
    }
    None
}

/// The edge of one of these entities under the pointer. Handles reach outward, so that the letters
/// stay free.
pub(super) fn entity_edge<'a>(
    entities: &[&'a ShownEntity<'a>],
    pos: Pos2,
) -> Option<(&'a ShownEntity<'a>, Edge)> {
    entities.iter().rev().find_map(|&entity| {
        let (first, last) = (entity.rects.first()?, entity.rects.last()?);
        let inner = (first.width() / 4.0).min(2.5);
        let start = Rect::from_min_max(
            first.left_top() - vec2(2.0 * REACH - inner, 2.0),
            first.left_bottom() + vec2(inner, 6.0),
        );
        let end = Rect::from_min_max(
            last.right_top() - vec2(inner, 2.0),
            last.right_bottom() + vec2(2.0 * REACH - inner, 6.0),
        );
        if start.contains(pos) {
            Some((entity, Edge::Start))
        } else if end.contains(pos) {
            Some((entity, Edge::End))
        } else {
            None
        }
    })
}

/// The word under the pointer, or the character where there is no word; empty beside the text. With
/// `exact`, the nearest edge between two characters.
pub(super) fn unit_at(page: &Page, text: &Text, pos: Pos2, exact: bool) -> Option<Range<u32>> {
    let hit = page.hit(pos)?;
    let line = page.line_at(pos.y)?;
    let extent = line.stretches(&line.bytes());
    let beside = extent.first().is_none_or(|first| pos.x < first.min)
        || extent.last().is_none_or(|last| pos.x > last.max);
    if exact || beside {
        return Some(hit.at..hit.at);
    }
    let at = BytePos(hit.cell.start);
    if let Some(word) = segment::word_at(text, at)
        && word.contains_pos(at)
    {
        return Some(word.start().0..word.end().0);
    }
    let cell = text
        .as_str()
        .get(hit.cell.start as usize..hit.cell.end as usize)
        .unwrap_or_default();
    if cell.trim().is_empty() {
        return Some(hit.cell.start..hit.cell.start);
    }
    Some(hit.cell)
}

/// Anchor and head of a selection that began on `origin` and has come to `unit`.
pub(super) fn selection(origin: &Range<u32>, unit: &Range<u32>) -> (u32, u32) {
    if unit.start < origin.start {
        (origin.end, unit.start)
    } else {
        (origin.start, origin.end.max(unit.end))
    }
}

/// Where an edge that is dragged to `pos` goes: to the nearest end of the word there, without white
/// space between the edge and what it bounds; with `exact`, between two characters. Never beyond
/// the other edge, `span` being where it was.
pub(super) fn edge_in_text(
    page: &Page,
    text: &Text,
    pos: Pos2,
    edge: Edge,
    span: &Range<u32>,
    exact: bool,
) -> Option<u32> {
    let hit = page.hit(pos)?;
    let string = text.as_str();
    let mut to = hit.at;
    if !exact {
        let at = BytePos(hit.cell.start);
        if let Some(word) = segment::word_at(text, at)
            && word.contains_pos(at)
        {
            to = nearer_end(page, pos, word.start().0, word.end().0);
        }
        to = match edge {
            Edge::Start => to + leading_space(string.get(to as usize..span.end as usize)),
            Edge::End => to - trailing_space(string.get(span.start as usize..to as usize)),
        };
    }
    Some(clamp_edge(string, to, edge, span))
}

/// Where the edge of an entity that is dragged to `pos` goes: a start to the nearest place where a
/// word begins, an end to the nearest where one ends. At least one word is left.
pub(super) fn edge_of_name(
    page: &Page,
    text: &Text,
    pos: Pos2,
    edge: Edge,
    span: &Range<u32>,
) -> Option<u32> {
    let hit = page.hit(pos)?;
    let at = BytePos(hit.cell.start);
    let after = BytePos(hit.cell.end.max(hit.cell.start));
    let (low, high) = match edge {
        Edge::Start => {
            let low = segment::prev_word_start(text, after, BytePos(0));
            let limit = BytePos(span.end);
            match segment::next_word_start(text, at, limit) {
                high if high < limit => (low, high),
                _ => {
                    let last = segment::prev_word_start(text, limit, BytePos(0));
                    (low.min(last), last)
                }
            }
        }
        Edge::End => {
            let floor = BytePos(span.start);
            let high = segment::next_word_end(text, at, text.end());
            match segment::prev_word_end(text, after.max(floor), floor) {
                low if low > floor => (low, high.max(low)),
                _ => {
                    let first = segment::next_word_end(text, floor, text.end());
                    (first, high.max(first))
                }
            }
        }
    };
    let to = nearer_end(page, pos, low.0, high.0);
    Some(clamp_edge(text.as_str(), to, edge, span))
}

/// The edge of an entity, kept within the region in which the other edge lies.
pub(super) fn within_region(regions: &[Region], edge: Edge, span: &Range<u32>, to: u32) -> u32 {
    let fixed = match edge {
        Edge::Start => span.end.saturating_sub(1),
        Edge::End => span.start,
    };
    let after = regions.partition_point(|region| region.span.start().0 <= fixed);
    let before = after.checked_sub(1).and_then(|at| regions.get(at));
    let home = before.filter(|region| fixed < region.span.end().0);
    match (edge, home) {
        (Edge::Start, Some(home)) => to.max(home.span.start().0.min(span.start)),
        (Edge::End, Some(home)) => to.min(home.span.end().0.max(span.end)),
        (Edge::Start, None) => to.max(before.map_or(0, |b| b.span.end().0).min(span.start)),
        (Edge::End, None) => {
            let next = regions.get(after).map_or(u32::MAX, |n| n.span.start().0);
            to.min(next.max(span.end))
        }
    }
}

/// Where a region's edge that is dragged along the gutter goes: before or after the block at that
/// height.
pub(super) fn edge_in_gutter(
    page: &Page,
    article: &Article,
    pos: Pos2,
    edge: Edge,
    span: &Range<u32>,
) -> Option<u32> {
    let line = page.line_at(pos.y)?;
    let string = article.text.as_str();
    let block = article
        .blocks
        .get(block_at(page, article, pos.y)?)
        .map(|block| block.span);
    let Some(block) = block else {
        let to = if edge == Edge::Start {
            line.words.start
        } else {
            line.words.end
        };
        return Some(clamp_edge(string, to, edge, span));
    };
    let rows = page.lines_of(&(block.start().0..block.end().0));
    let top = rows.first().map_or(line.top(), |row| row.top());
    let bottom = rows.last().map_or(line.bottom(), |row| row.bottom());
    let upper = pos.y < (top + bottom) / 2.0;
    let index = article.block_at(block.start())?;
    let to = match (edge, upper) {
        (Edge::Start, true) => block.start(),
        (Edge::Start, false) => article
            .blocks
            .get(index + 1)
            .map_or(block.start(), |next| next.span.start()),
        (Edge::End, false) => block.end(),
        (Edge::End, true) => {
            let before = index
                .checked_sub(1)
                .and_then(|index| article.blocks.get(index));
            before.map_or(block.end(), |before| before.span.end())
        }
    };
    Some(clamp_edge(string, to.0, edge, span))
}

/// The block at height `y`; where several share a row, each has its part of the height, as in the
/// gutter.
pub(super) fn block_at(page: &Page, article: &Article, y: f32) -> Option<usize> {
    let line = page.line_at(y)?;
    let first = article.block_at(BytePos(line.words.start))?;
    let sharing = article
        .blocks
        .get(first..)?
        .iter()
        .take_while(|block| block.span.start().0 < line.words.end.max(line.words.start + 1));
    let count = sharing.count().max(1);
    let share = ((y - line.top()) / (line.bottom() - line.top()).max(1.0)).clamp(0.0, 0.999);
    Some(first + (share * count as f32) as usize)
}

fn nearer_end(page: &Page, pos: Pos2, start: u32, end: u32) -> u32 {
    let x_of = |at: u32, fallback: f32| {
        let line = page
            .line_of(at)
            .filter(|line| line.top() <= pos.y && pos.y < line.bottom());
        line.map_or(fallback, |line| line.x_of(at))
    };
    // A word that goes on in another row ends infinitely far away.
    let (left, right) = (x_of(start, f32::NEG_INFINITY), x_of(end, f32::INFINITY));
    if (pos.x - left).abs() <= (pos.x - right).abs() {
        start
    } else {
        end
    }
}

fn leading_space(words: Option<&str>) -> u32 {
    words.map_or(0, |words| (words.len() - words.trim_start().len()) as u32)
}

fn trailing_space(words: Option<&str>) -> u32 {
    words.map_or(0, |words| (words.len() - words.trim_end().len()) as u32)
}

fn clamp_edge(string: &str, to: u32, edge: Edge, span: &Range<u32>) -> u32 {
    match edge {
        Edge::Start => to.min(segment::prev_grapheme(string, span.end as usize) as u32),
        Edge::End => to.max(segment::next_grapheme(string, span.start as usize) as u32),
    }
}
