//! The labels of a dataset, with all that the screen and the models need to know of them.

use std::fmt;

use super::article::ArticleId;
use super::hash::{spread, stable_hash};
use super::label::Label;

/// A colour, red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// From `#rrggbb`.
    #[must_use]
    pub fn parse(hex: &str) -> Option<Self> {
        let digits = hex.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// Whether an entity may lie inside another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nesting {
    /// Entities never share a character.
    #[default]
    Flat,
    /// An entity may lie inside another; they still never cross.
    Nested,
}

/// A region label and how it is shown and used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionLabel {
    /// Its name.
    pub label: Label,
    /// Its colour on a light ground; the window derives the others.
    pub color: Rgb,
    /// The key that sets it.
    pub key: Option<char>,
    /// A label that is switched off is known but neither offered nor suggested.
    pub enabled: bool,
    /// Whether entities are tagged in such regions.
    pub tag_entities: bool,
    /// Whether neighbours of this label stay regions of their own, as two readers' comments do.
    /// Otherwise neighbouring blocks of the label make one region.
    pub separate: bool,
    /// One sentence for the annotator.
    pub description: String,
    /// Texts that deserve this label.
    pub examples: Vec<String>,
}

/// An entity label and how it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityLabel {
    /// Its name.
    pub label: Label,
    /// Its colour on a light ground; the window derives the others.
    pub color: Rgb,
    /// The key that sets it: a digit.
    pub key: Option<char>,
    /// A label that is switched off is known but neither offered nor suggested.
    pub enabled: bool,
    /// Which types of the tagger's model are suggested as this label (`PER`, `ORG`, `LOC`; `DATE`
    /// and the like by rules), where its name does not tell. Case does not matter; of two labels
    /// that want the same type the first gets it.
    pub tagger_types: Vec<String>,
    /// One sentence for the annotator.
    pub description: String,
    /// Names that deserve this label.
    pub examples: Vec<String>,
}

/// The labels of a dataset, with the guidelines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    name: String,
    nesting: Nesting,
    regions: Vec<RegionLabel>,
    entities: Vec<EntityLabel>,
    guidelines: String,
    /// In thousandths.
    blind: u16,
    require_check: bool,
}

/// Why labels do not make a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaError {
    /// Two labels of one kind have the same name.
    DuplicateLabel(Label),
    /// Two labels that are switched on want the same key.
    DuplicateKey(char, Label, Label),
    /// A region key must be a lower-case letter that no command uses; an entity key a digit.
    BadKey(char, Label),
    /// There is no region label that is switched on.
    NoRegions,
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateLabel(label) => write!(f, "the label {label} is there twice"),
            Self::DuplicateKey(key, a, b) => {
                write!(f, "the labels {a} and {b} both have the key {key}")
            }
            Self::BadKey(key, label) => write!(
                f,
                "the key {key:?} of {label} cannot be used: regions take a lower-case letter other than {}, entities a digit",
                Schema::RESERVED_KEYS.map(String::from).join(", ")
            ),
            Self::NoRegions => write!(f, "a schema needs at least one enabled region label"),
        }
    }
}

impl std::error::Error for SchemaError {}

impl Schema {
    /// Letters that commands use: everywhere-tag, next and previous block, merge, split.
    pub const RESERVED_KEYS: [char; 5] = ['a', 'j', 'k', 'm', 's'];

    /// A schema from its parts.
    ///
    /// # Errors
    /// If names or keys clash, a key cannot be used, or no region label is switched on.
    pub fn new(
        name: String,
        nesting: Nesting,
        regions: Vec<RegionLabel>,
        entities: Vec<EntityLabel>,
        guidelines: String,
    ) -> Result<Self, SchemaError> {
        let is_region_key = |key: char| key.is_lowercase() && !Self::RESERVED_KEYS.contains(&key);
        let labels: Vec<_> = regions
            .iter()
            .map(|it| (&it.label, it.key, it.enabled))
            .collect();
        check_labels(&labels, is_region_key)?;
        let labels: Vec<_> = entities
            .iter()
            .map(|it| (&it.label, it.key, it.enabled))
            .collect();
        check_labels(&labels, |key| key.is_ascii_digit())?;
        if !regions.iter().any(|region| region.enabled) {
            return Err(SchemaError::NoRegions);
        }
        Ok(Self {
            name,
            nesting,
            regions,
            entities,
            guidelines,
            blind: 0,
            require_check: false,
        })
    }

    /// The same, with this share of articles, from 0 to 1, shown without suggestions; in steps of a
    /// thousandth.
    #[must_use]
    pub fn with_blind_share(mut self, share: f64) -> Self {
        self.blind = (share.clamp(0.0, 1.0) * 1000.0).round() as u16;
        self
    }

    /// Which share of articles is shown without suggestions, from 0 to 1, to measure models and
    /// annotators unswayed.
    #[must_use]
    pub fn blind_share(&self) -> f64 {
        f64::from(self.blind) / 1000.0
    }

    /// Whether an article is one of those: by its id alone, so that it is the same for everybody
    /// and always. A larger share adds articles to those of a smaller one.
    #[must_use]
    pub fn is_blind(&self, id: &ArticleId) -> bool {
        // Ids often differ in their last letter alone.
        let hash = spread(stable_hash(id.as_str().as_bytes()));
        (hash >> 32) % 1000 < u64::from(self.blind)
    }

    /// The same, where articles can be marked done only if the check finds nothing in them, or else
    /// in any case.
    #[must_use]
    pub fn with_required_check(mut self, require_check: bool) -> Self {
        self.require_check = require_check;
        self
    }

    /// Whether an article can be marked done only if the check finds nothing in it.
    #[must_use]
    pub fn requires_check(&self) -> bool {
        self.require_check
    }

    /// What the schema is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether entities may nest.
    #[must_use]
    pub fn nesting(&self) -> Nesting {
        self.nesting
    }

    /// All region labels, switched on or off, in the order in which they are shown.
    #[must_use]
    pub fn regions(&self) -> &[RegionLabel] {
        &self.regions
    }

    /// All entity labels, switched on or off, in the order in which they are shown.
    #[must_use]
    pub fn entities(&self) -> &[EntityLabel] {
        &self.entities
    }

    /// The guidelines, as Markdown.
    #[must_use]
    pub fn guidelines(&self) -> &str {
        &self.guidelines
    }

    /// The region label of that name, on or off.
    #[must_use]
    pub fn region(&self, name: &str) -> Option<&RegionLabel> {
        self.regions.iter().find(|region| region.label == *name)
    }

    /// The entity label of that name, on or off.
    #[must_use]
    pub fn entity(&self, name: &str) -> Option<&EntityLabel> {
        self.entities.iter().find(|entity| entity.label == *name)
    }
}

/// Checks the names and keys of one kind of labels: name, key, and whether it is switched on.
fn check_labels(
    labels: &[(&Label, Option<char>, bool)],
    is_key: impl Fn(char) -> bool,
) -> Result<(), SchemaError> {
    for (at, &(label, key, enabled)) in labels.iter().enumerate() {
        if let Some(key) = key.filter(|key| !is_key(*key)) {
            return Err(SchemaError::BadKey(key, label.clone()));
        }
        for &(other, other_key, other_enabled) in labels.iter().take(at) {
            if other == label {
                return Err(SchemaError::DuplicateLabel(label.clone()));
            }
            if let Some(key) = key
                && enabled
                && other_enabled
                && other_key == Some(key)
            {
                return Err(SchemaError::DuplicateKey(key, other.clone(), label.clone()));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(name: &str, key: Option<char>, enabled: bool) -> RegionLabel {
        RegionLabel {
            label: Label::new(name).unwrap(),
            color: Rgb(0, 0, 0),
            key,
            enabled,
            tag_entities: false,
            separate: false,
            description: String::new(),
            examples: Vec::new(),
        }
    }

    fn entity(name: &str, key: Option<char>) -> EntityLabel {
        EntityLabel {
            label: Label::new(name).unwrap(),
            color: Rgb(0, 0, 0),
            key,
            enabled: true,
            tagger_types: Vec::new(),
            description: String::new(),
            examples: Vec::new(),
        }
    }

    fn schema(
        regions: Vec<RegionLabel>,
        entities: Vec<EntityLabel>,
    ) -> Result<Schema, SchemaError> {
        Schema::new(
            "news".to_owned(),
            Nesting::Flat,
            regions,
            entities,
            String::new(),
        )
    }

    #[test]
    fn names_and_keys_must_not_clash() {
        let body = || region("body", Some('b'), true);
        let name = |name: &str| Label::new(name).unwrap();
        assert_eq!(schema(vec![], vec![]), Err(SchemaError::NoRegions));
        let off = vec![region("body", Some('b'), false)];
        assert_eq!(schema(off, vec![]), Err(SchemaError::NoRegions));
        let twice = vec![body(), region("body", None, true)];
        assert_eq!(
            schema(twice, vec![]),
            Err(SchemaError::DuplicateLabel(name("body")))
        );
        let same_key = vec![body(), region("blurb", Some('b'), true)];
        let clash = SchemaError::DuplicateKey('b', name("body"), name("blurb"));
        assert_eq!(schema(same_key, vec![]), Err(clash));
        for key in ['a', 'm', 'B', '1'] {
            let bad = vec![region("body", Some(key), true)];
            assert_eq!(
                schema(bad, vec![]),
                Err(SchemaError::BadKey(key, name("body")))
            );
        }
        let letter = vec![entity("PERSON", Some('p'))];
        let bad = SchemaError::BadKey('p', name("PERSON"));
        assert_eq!(schema(vec![body()], letter), Err(bad));
        // A label that is switched off may have the key of another, and an entity the name of a
        // region.
        let off = region("blurb", Some('b'), false);
        let made = schema(vec![body(), off], vec![entity("body", Some('1'))]).unwrap();
        assert!(made.region("blurb").is_some() && made.entity("body").is_some());
        assert!(made.region("PERSON").is_none());
    }

    #[test]
    fn a_larger_blind_share_adds_articles_to_a_smaller_one() {
        let plain = schema(vec![region("body", None, true)], vec![]).unwrap();
        let ids: Vec<ArticleId> = (0..1000)
            .map(|n| ArticleId::new(&format!("storm-{n}")).unwrap())
            .collect();
        let blind = |share: f64| -> Vec<bool> {
            let schema = plain.clone().with_blind_share(share);
            ids.iter().map(|id| schema.is_blind(id)).collect()
        };
        let count = |blind: &[bool]| blind.iter().filter(|blind| **blind).count();
        let (few, many) = (blind(0.1), blind(0.5));
        assert!((60..140).contains(&count(&few)), "{}", count(&few));
        assert!((430..570).contains(&count(&many)), "{}", count(&many));
        assert!(few.iter().zip(&many).all(|(few, many)| !few || *many));
        assert_eq!((count(&blind(0.0)), count(&blind(1.0))), (0, 1000));
        assert_eq!(plain.with_blind_share(7.0).blind_share(), 1.0);
    }
}
