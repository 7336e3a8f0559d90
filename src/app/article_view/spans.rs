//! Finding the entities in a stretch of text, and how deep each is nested, without looking at all
//! of them.

use std::ops::Range;

use crate::model::{Entity, Region};

/// Answers for one state of the entities; they are sorted by start, holders before what they hold,
/// and never cross.
#[derive(Clone, Debug, Default)]
pub(super) struct SpanIndex {
    /// The furthest end of all entities up to and including this one.
    furthest: Vec<u32>,
    /// How many entities lie within this one, one inside the other: 0 for an innermost one.
    lanes: Vec<u8>,
}

impl SpanIndex {
    pub(super) fn of(entities: &[Entity]) -> Self {
        let mut furthest = Vec::with_capacity(entities.len());
        let mut lanes = vec![0u8; entities.len()];
        let mut open: Vec<usize> = Vec::new();
        let mut end = 0;
        for (index, entity) in entities.iter().enumerate() {
            end = end.max(entity.span.end().0);
            furthest.push(end);
            while open
                .last()
                .is_some_and(|&holder| !entities[holder].span.contains(entity.span))
            {
                open.pop();
            }
            for (distance, &holder) in open.iter().rev().enumerate() {
                let depth = u8::try_from(distance + 1).unwrap_or(u8::MAX);
                if lanes[holder] >= depth {
                    break; // and so are all that hold it
                }
                lanes[holder] = depth;
            }
            open.push(index);
        }
        Self { furthest, lanes }
    }

    /// The lane of the underline: innermost entities have 0, which is nearest to the text.
    pub(super) fn lane(&self, index: usize) -> u8 {
        self.lanes.get(index).copied().unwrap_or_default()
    }

    /// The entities that share a byte with `bytes`, by their index, in order.
    pub(super) fn entities_in<'a>(
        &self,
        entities: &'a [Entity],
        bytes: &Range<u32>,
    ) -> impl Iterator<Item = (usize, &'a Entity)> + use<'a> {
        let from = self.furthest.partition_point(|&end| end <= bytes.start);
        let to = entities.partition_point(|entity| entity.span.start().0 < bytes.end);
        let start = bytes.start;
        (from..to)
            .filter_map(|index| Some((index, entities.get(index)?)))
            .filter(move |(_, entity)| entity.span.end().0 > start)
    }
}

/// The regions that share a byte with `bytes`, by their index, in order.
pub(super) fn regions_in<'a>(
    regions: &'a [Region],
    bytes: &Range<u32>,
) -> impl Iterator<Item = (usize, &'a Region)> + use<'a> {
    let from = regions.partition_point(|region| region.span.end().0 <= bytes.start);
    let to = regions.partition_point(|region| region.span.start().0 < bytes.end);
    (from..to).filter_map(|index| Some((index, regions.get(index)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    fn entities(notated: &str) -> (String, Vec<Entity>) {
        let parsed = notation::parse(notated).unwrap();
        (
            parsed.text.as_str().to_owned(),
            parsed.annotation.entities().to_vec(),
        )
    }

    #[test]
    fn holders_are_underlined_further_from_the_text_than_what_they_hold() {
        let (_, entities) = entities("body| {ORG Port of {GPE {A Val}letta}} and {PERSON Ada}");
        let index = SpanIndex::of(&entities);
        let lanes: Vec<u8> = (0..entities.len()).map(|nth| index.lane(nth)).collect();
        assert_eq!(lanes, [2, 1, 0, 0]);
    }

    #[test]
    fn a_stretch_finds_the_holder_that_began_long_before_it() {
        let (text, entities) =
            entities("body| {ORG one {GPE two} three {GPE four} five} six {GPE seven}");
        let index = SpanIndex::of(&entities);
        let at = text.find("three").unwrap() as u32;
        let found: Vec<usize> = index
            .entities_in(&entities, &(at..at + 5))
            .map(|(nth, _)| nth)
            .collect();
        assert_eq!(found, [0]);
        let all: Vec<usize> = index
            .entities_in(&entities, &(0..100))
            .map(|(nth, _)| nth)
            .collect();
        assert_eq!(all, [0, 1, 2, 3]);
    }
}
