//! The regions and entities that are visible in this frame, with their looks and, while an edge is
//! dragged, with their edges where they would be if it were let go now.

use std::ops::Range;

use eframe::egui::{Rangef, Rect};

use super::page::{Page, PageLine};
use super::scene::{Preview, Scene};
use super::spans::{SpanIndex, regions_in};
use super::style::{EntityStyle, RegionStyle, Standing};
use crate::model::{Entity, Region};

/// A region on the screen.
pub(super) struct ShownRegion<'a> {
    pub region: &'a Region,
    /// Bytes; while a neighbour's edge is dragged over it, what is left of it.
    pub bytes: Range<u32>,
    pub look: RegionStyle,
    pub standing: Standing,
    /// Its stretch of the gutter.
    pub bar: Rangef,
    /// Whether its first word is on the page.
    pub begins: bool,
    /// Whether its last word is on the page.
    pub ends: bool,
}

/// An entity on the screen.
pub(super) struct ShownEntity<'a> {
    pub index: usize,
    pub entity: &'a Entity,
    /// Bytes.
    pub bytes: Range<u32>,
    pub look: EntityStyle,
    pub standing: Standing,
    /// 0 is nearest to the letters.
    pub lane: u8,
    /// Its letters, row by row.
    pub rects: Vec<Rect>,
}

/// All that is visible of an annotation.
pub(super) struct Shown<'a> {
    pub regions: Vec<ShownRegion<'a>>,
    pub entities: Vec<ShownEntity<'a>>,
}

impl<'a> Shown<'a> {
    pub(super) fn of(
        scene: &Scene<'a>,
        index: &SpanIndex,
        page: &Page,
        preview: Option<&Preview>,
    ) -> Self {
        let bytes = page.bytes();
        Self {
            regions: shown_regions(scene, page, &bytes, preview),
            entities: shown_entities(scene, index, page, &bytes, preview),
        }
    }

    /// The innermost entity over the character at `at`.
    pub(super) fn entity_at(&self, at: u32) -> Option<&ShownEntity<'a>> {
        self.entities
            .iter()
            .rev()
            .find(|entity| entity.bytes.contains(&at))
    }
}

fn shown_regions<'a>(
    scene: &Scene<'a>,
    page: &Page,
    bytes: &Range<u32>,
    preview: Option<&Preview>,
) -> Vec<ShownRegion<'a>> {
    let dragged = match preview {
        Some(Preview::Region { region, bytes }) => Some((region, bytes)),
        _ => None,
    };
    // One more on each side: an edge may be dragged in from beyond the page.
    let mut found: Vec<(&Region, Range<u32>)> = Vec::new();
    for (_, region) in regions_in(scene.regions, bytes) {
        let mut own = region.span.start().0..region.span.end().0;
        if let Some((moved, to)) = dragged {
            if moved == region {
                own = to.clone();
            } else if own.start < to.end && to.start < own.end {
                // What the dragged one takes from its neighbour.
                if own.start < to.start {
                    own.end = to.start;
                } else {
                    own.start = to.end.min(own.end);
                }
            }
        }
        if own.start < own.end {
            found.push((region, own));
        }
    }
    // Where it was may have been scrolled away while its edge is dragged on.
    if let Some((moved, to)) = dragged
        && let Some(region) = scene.regions.iter().find(|region| *region == moved)
        && (region.span.end().0 <= bytes.start || bytes.end <= region.span.start().0)
        && to.start < bytes.end
        && bytes.start < to.end
    {
        found.push((region, to.clone()));
    }
    found.sort_by_key(|(_, own)| own.start);
    let ranges: Vec<Range<u32>> = found.iter().map(|(_, own)| own.clone()).collect();
    let mut shown = Vec::with_capacity(found.len());
    for (region, own) in found {
        let mut rows = page
            .lines_of(&own)
            .iter()
            .filter(|line| has_words(line, &own));
        let Some(first) = rows.next() else {
            continue;
        };
        let last = rows.next_back().unwrap_or(first);
        let begins = own.start >= bytes.start;
        let ends = own.end <= bytes.end;
        let top = if begins {
            slot(first, &own, &ranges).min
        } else {
            page.view.top() - 40.0
        };
        let bottom = if ends {
            slot(last, &own, &ranges).max
        } else {
            page.view.bottom() + 40.0
        };
        shown.push(ShownRegion {
            look: scene.style.region(&region.label),
            standing: scene.style.standing(region.provenance),
            region,
            bytes: own,
            bar: Rangef::new(top, bottom),
            begins,
            ends,
        });
    }
    shown
}

fn has_words(line: &PageLine, bytes: &Range<u32>) -> bool {
    line.words.start < bytes.end && bytes.start < line.words.end
}

/// The part of a row's height that belongs to one of the regions which share the row.
fn slot(line: &PageLine, own: &Range<u32>, ranges: &[Range<u32>]) -> Rangef {
    let sharing = ranges.iter().filter(|range| has_words(line, range));
    let (mut count, mut place) = (0u32, 0u32);
    for range in sharing {
        if range.start < own.start {
            place += 1;
        }
        count += 1;
    }
    let height = (line.bottom() - line.top()) / count.max(1) as f32;
    let top = line.top() + height * place as f32;
    Rangef::new(top, top + height)
}

fn shown_entities<'a>(
    scene: &Scene<'a>,
    index: &SpanIndex,
    page: &Page,
    bytes: &Range<u32>,
    preview: Option<&Preview>,
) -> Vec<ShownEntity<'a>> {
    let mut shown = Vec::new();
    for (nth, entity) in index.entities_in(scene.entities, bytes) {
        let mut own = entity.span.start().0..entity.span.end().0;
        if let Some(Preview::Entity {
            entity: moved,
            bytes: to,
        }) = preview
            && moved == entity
        {
            own = to.clone();
        }
        shown.push(ShownEntity {
            index: nth,
            entity,
            look: scene.style.entity(&entity.label),
            standing: scene.style.standing(entity.provenance),
            lane: index.lane(nth),
            rects: page.letters(&own),
            bytes: own,
        });
    }
    shown
}
