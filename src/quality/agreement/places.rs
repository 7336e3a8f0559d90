//! Where two annotators differ, so that every number of a confusion table can be looked up in the
//! text.

use super::units::{Ruler, Value};
use crate::model::{Annotation, Text};
use crate::quality::confusion::short;
use crate::quality::score::{RegionView, Side, entity_mistakes, region_mistakes};

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Regions.
    Regions,
    /// Entities.
    Entities,
}

impl Layer {
    /// The word in files and commands.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regions => "regions",
            Self::Entities => "entities",
        }
    }
}

/// A stretch of text that two annotators label differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// What differs.
    pub layer: Layer,
    /// Where it begins, in code points.
    pub start: u32,
    /// Where it ends, in code points.
    pub end: u32,
    /// What each of them says. Both say the same if only the edges of an entity differ.
    pub values: (Value, Value),
    /// The beginning of the words.
    pub words: Box<str>,
}

/// Lists where two annotators differ: first regions, then entities, each in the order of the text.
pub(super) fn places(
    text: &Text,
    ruler: &Ruler,
    one: &Annotation,
    other: &Annotation,
) -> Vec<Disagreement> {
    let regions = region_mistakes(text, one, other, RegionView::default());
    let regions = regions.into_iter().map(|found| (Layer::Regions, found));
    let entities = entity_mistakes(one, other).into_iter();
    let entities = entities.map(|found| (Layer::Entities, found));
    let label = |side: Option<Side>| side.map(|side| side.label);
    regions
        .chain(entities)
        .map(|(layer, found)| {
            let bytes = found.bytes();
            let words = text.as_str().get(bytes.clone()).unwrap_or_default();
            let point = |byte: usize| ruler.points(crate::model::BytePos::from_index(byte));
            Disagreement {
                layer,
                start: point(bytes.start),
                end: point(bytes.end),
                words: short(words),
                values: (label(found.gold), label(found.guess)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::notation;

    #[test]
    fn each_difference_has_its_place_and_its_words() {
        let one = notation::parse("nav| Malmö\nbody| {PERSON Ada B} met {ORG Bo}").unwrap();
        let other = notation::parse("body| Malmö\nbody| {PERSON Ada} B met {PERSON Bo}").unwrap();
        let ruler = Ruler::new(&one.text, [&one.annotation, &other.annotation]);
        let found = places(&one.text, &ruler, &one.annotation, &other.annotation);
        let told: Vec<String> = found
            .iter()
            .map(|place| {
                let name = |value: &Value| {
                    value
                        .as_ref()
                        .map_or("-", |label| label.as_str())
                        .to_owned()
                };
                format!(
                    "{} {}..{} {} {} {}",
                    place.layer.as_str(),
                    place.start,
                    place.end,
                    name(&place.values.0),
                    name(&place.values.1),
                    place.words
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "regions 0..5 nav body Malmö",
                "entities 6..11 PERSON PERSON Ada B",
                "entities 16..18 ORG PERSON Bo"
            ]
        );
    }
}
