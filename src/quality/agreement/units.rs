//! The units on which annotators are compared, and how often two opinions on one unit go together.
//!
//! Regions are compared character by character, white space left out. Entities are compared on all
//! code points. An annotator's labels cut this line of units into tiles: labelled spans and the
//! gaps between them.

use std::collections::BTreeMap;

use crate::model::{Annotation, BytePos, Label, Text};

/// What an annotator calls a unit: a label, or `None` where no span covers it.
pub type Value = Option<Label>;

/// Units counted by the values that two annotators give them, the first annotator's value first.
pub type Confusion = BTreeMap<(Value, Value), u64>;

/// How often two opinions on the same unit go together, over units with any number of opinions.
///
/// Counts are kept apart by the number of annotators, because coefficients weigh a unit by it. All
/// counts are whole numbers, so the order in which articles are added does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coded {
    by_raters: BTreeMap<usize, Coincidences>,
}

/// The part of [`Coded`] that comes from units with one number of opinions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Coincidences {
    /// Ordered pairs of opinions by different annotators; symmetrical.
    pub(super) pairs: BTreeMap<(Value, Value), u64>,
    /// Over the tiles of all annotators: the sum of the squared lengths of labelled spans by label,
    /// and the summed length of the gaps.
    pub(super) squares: BTreeMap<Value, u64>,
}

impl Coincidences {
    /// The number of ordered pairs of opinions.
    pub(super) fn total(&self) -> u64 {
        self.pairs.values().sum()
    }

    /// The number of ordered pairs in which both opinions are the same.
    pub(super) fn same(&self) -> u64 {
        let same = self.pairs.iter().filter(|((a, b), _)| a == b);
        same.map(|(_, count)| count).sum()
    }

    /// The number of ordered pairs by their first opinion.
    pub(super) fn margins(&self) -> BTreeMap<&Value, u64> {
        let mut margins = BTreeMap::new();
        for ((value, _), count) in &self.pairs {
            *margins.entry(value).or_default() += count;
        }
        margins
    }

    fn add(&mut self, other: &Self) {
        for (both, count) in &other.pairs {
            *self.pairs.entry(both.clone()).or_default() += count;
        }
        for (value, sum) in &other.squares {
            *self.squares.entry(value.clone()).or_default() += sum;
        }
    }
}

impl Coded {
    /// Counts the stretches of one article, and the tiles that each annotator cuts it into.
    pub(super) fn count(stretches: &[Stretch<'_>], tiles: &[Vec<Tile<'_>>]) -> Self {
        let mut found = Coincidences::default();
        let mut pairs: BTreeMap<(Option<&Label>, Option<&Label>), u64> = BTreeMap::new();
        for stretch in stretches {
            for (at, one) in stretch.values.iter().enumerate() {
                for (beside, other) in stretch.values.iter().enumerate() {
                    if at != beside {
                        *pairs.entry((*one, *other)).or_default() += stretch.units;
                    }
                }
            }
        }
        for ((one, other), count) in pairs {
            let both = (one.cloned(), other.cloned());
            found.pairs.insert(both, count);
        }
        for tile in tiles.iter().flatten() {
            let length = u64::from(tile.end - tile.start);
            let sum = match tile.label {
                Some(_) => length.saturating_mul(length),
                None => length,
            };
            let of = found.squares.entry(tile.label.cloned()).or_default();
            *of = of.saturating_add(sum);
        }
        Self {
            by_raters: BTreeMap::from([(tiles.len(), found)]),
        }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (raters, found) in &other.by_raters {
            self.by_raters.entry(*raters).or_default().add(found);
        }
    }

    /// The counts by the number of annotators.
    pub(super) fn parts(&self) -> impl Iterator<Item = (usize, &Coincidences)> {
        let parts = self.by_raters.iter().map(|(raters, part)| (*raters, part));
        parts.filter(|(raters, part)| *raters > 1 && part.total() > 0)
    }

    /// The counts of the units that this many annotators have coded.
    pub(super) fn part(&self, raters: usize) -> Option<&Coincidences> {
        self.by_raters.get(&raters).filter(|part| part.total() > 0)
    }

    /// How many units at least two annotators have coded.
    #[must_use]
    pub fn units(&self) -> u64 {
        self.parts()
            .map(|(raters, part)| part.total() / (raters * (raters - 1)) as u64)
            .sum()
    }
}

/// A stretch of units to which each annotator gives one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch<'a> {
    /// The values, in the order of the annotators.
    pub(super) values: Vec<Option<&'a Label>>,
    /// How many units it has; at least 1.
    pub(super) units: u64,
}

/// A labelled span or a gap, in units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tile<'a> {
    pub(super) start: u32,
    pub(super) end: u32,
    /// `None` for a gap.
    pub(super) label: Option<&'a Label>,
}

/// A labelled span, in units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) label: &'a Label,
}

/// Fills the gaps between spans that do not overlap and are sorted; empty spans are skipped.
pub(super) fn tiles<'a>(pieces: &[Piece<'a>], length: u32) -> Vec<Tile<'a>> {
    let mut tiles = Vec::with_capacity(pieces.len() * 2 + 1);
    let mut at = 0;
    let gap = |from: u32, to: u32, tiles: &mut Vec<Tile<'a>>| {
        if from < to {
            tiles.push(Tile {
                start: from,
                end: to,
                label: None,
            });
        }
    };
    for piece in pieces.iter().filter(|piece| piece.start < piece.end) {
        gap(at, piece.start, &mut tiles);
        tiles.push(Tile {
            start: piece.start,
            end: piece.end,
            label: Some(piece.label),
        });
        at = piece.end;
    }
    gap(at, length, &mut tiles);
    tiles
}

/// Cuts the line of units where any annotator's tiles begin or end.
pub(super) fn overlay<'a>(tiles: &[Vec<Tile<'a>>]) -> Vec<Stretch<'a>> {
    let ends = tiles.iter().flatten().map(|tile| tile.end);
    let mut edges: Vec<u32> = ends.collect();
    edges.sort_unstable();
    edges.dedup();
    let mut at = vec![0_usize; tiles.len()];
    let mut from = 0;
    let mut stretches = Vec::with_capacity(edges.len());
    for to in edges {
        let values = tiles.iter().zip(&at);
        let values = values.map(|(tiles, at)| tiles.get(*at).and_then(|tile| tile.label));
        stretches.push(Stretch {
            values: values.collect(),
            units: u64::from(to - from),
        });
        for (tiles, at) in tiles.iter().zip(&mut at) {
            *at += usize::from(tiles.get(*at).is_some_and(|tile| tile.end == to));
        }
        from = to;
    }
    stretches
}

/// The spans that lie in no other, sorted. Of equal spans the first counts.
pub(super) fn outermost<'a>(sorted: &[Piece<'a>]) -> Vec<Piece<'a>> {
    let mut kept: Vec<Piece<'a>> = Vec::with_capacity(sorted.len());
    for piece in sorted {
        if kept.last().is_none_or(|last| last.end <= piece.start) {
            kept.push(*piece);
        }
    }
    kept
}

/// Converts the edges of spans into units, with one walk over the text.
pub(super) struct Ruler {
    /// Byte, code points before it, characters before it that are not white space; sorted.
    marks: Vec<(BytePos, u32, u32)>,
}

impl Ruler {
    /// Measures a text at the edges of all spans of some annotations.
    pub(super) fn new<'a>(
        text: &Text,
        annotations: impl IntoIterator<Item = &'a Annotation>,
    ) -> Self {
        let mut edges = vec![BytePos(0), text.end()];
        for annotation in annotations {
            let regions = annotation.regions().iter().map(|region| region.span);
            let entities = annotation.entities().iter().map(|entity| entity.span);
            for span in regions.chain(entities) {
                edges.extend([span.start(), span.end()]);
            }
        }
        edges.sort_unstable();
        edges.dedup();
        let mut marks = Vec::with_capacity(edges.len());
        let (mut from, mut points, mut solid) = (0, 0, 0);
        for edge in edges {
            let words = text.as_str().get(from..edge.index()).unwrap_or_default();
            for c in words.chars() {
                points += 1;
                solid += u32::from(!c.is_whitespace());
            }
            from = edge.index();
            marks.push((edge, points, solid));
        }
        Self { marks }
    }

    fn at(&self, byte: BytePos) -> (u32, u32) {
        let found = self.marks.binary_search_by_key(&byte, |mark| mark.0);
        let mark = found.ok().and_then(|at| self.marks.get(at));
        mark.map_or((0, 0), |(_, points, solid)| (*points, *solid))
    }

    /// Code points before an edge.
    pub(super) fn points(&self, byte: BytePos) -> u32 {
        self.at(byte).0
    }

    /// The length of the text in code points, and without white space.
    pub(super) fn length(&self) -> (u32, u32) {
        let last = self.marks.last();
        last.map_or((0, 0), |(_, points, solid)| (*points, *solid))
    }

    /// An annotator's regions, in characters that are not white space.
    pub(super) fn regions<'a>(&self, annotation: &'a Annotation) -> Vec<Piece<'a>> {
        let regions = annotation.regions().iter();
        let pieces = regions.map(|region| Piece {
            start: self.at(region.span.start()).1,
            end: self.at(region.span.end()).1,
            label: &region.label,
        });
        pieces.collect()
    }

    /// An annotator's entities in code points: by start, then longest first.
    pub(super) fn entities<'a>(&self, annotation: &'a Annotation) -> Vec<Piece<'a>> {
        let entities = annotation.entities().iter();
        let pieces = entities.map(|entity| Piece {
            start: self.at(entity.span.start()).0,
            end: self.at(entity.span.end()).0,
            label: &entity.label,
        });
        pieces.collect()
    }

    /// The same in characters that are not white space.
    pub(super) fn solid_entities<'a>(&self, annotation: &'a Annotation) -> Vec<Piece<'a>> {
        let entities = annotation.entities().iter();
        let pieces = entities.map(|entity| Piece {
            start: self.at(entity.span.start()).1,
            end: self.at(entity.span.end()).1,
            label: &entity.label,
        });
        pieces.filter(|piece| piece.start < piece.end).collect()
    }
}

/// Cuts a text at all edges of regions: what each annotator calls a stretch, and its characters
/// that are not white space.
pub(in crate::quality) fn stretches<'a>(
    text: &Text,
    work: &[(&str, &'a Annotation)],
) -> Vec<(Vec<Option<&'a Label>>, u64)> {
    let annotations = || work.iter().map(|(_, annotation)| *annotation);
    let ruler = Ruler::new(text, annotations());
    let (_, length) = ruler.length();
    let tiles: Vec<_> = annotations()
        .map(|annotation| tiles(&ruler.regions(annotation), length))
        .collect();
    let stretches = overlay(&tiles).into_iter();
    stretches
        .map(|stretch| (stretch.values, stretch.units))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    #[test]
    fn white_space_is_no_unit_and_gaps_are_tiles() {
        let parsed = notation::parse("nav| a b\n   | c d\nbody| e").unwrap();
        let ruler = Ruler::new(&parsed.text, [&parsed.annotation]);
        assert_eq!(ruler.length(), (9, 5));
        let tiles = tiles(&ruler.regions(&parsed.annotation), 5);
        let told: Vec<_> = tiles
            .iter()
            .map(|tile| (tile.start, tile.end, tile.label.map(Label::as_str)))
            .collect();
        assert_eq!(
            told,
            [(0, 2, Some("nav")), (2, 4, None), (4, 5, Some("body"))]
        );
    }

    #[test]
    fn what_lies_in_another_span_is_not_outermost() {
        let parsed = notation::parse("body| {ORG Bank of {GPE Malta}} in {GPE Gozo}").unwrap();
        let ruler = Ruler::new(&parsed.text, [&parsed.annotation]);
        let pieces = outermost(&ruler.entities(&parsed.annotation));
        let labels: Vec<_> = pieces.iter().map(|piece| piece.label.as_str()).collect();
        assert_eq!(labels, ["ORG", "GPE"]);
    }
}
