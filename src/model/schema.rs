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
    /// Which types of the tagger's model are suggested as this label (`PER`, `ORG`, `LOC`; `DATE` and the like by rules), where
    /// its name does not tell. Case does not matter; of two labels that want the same type the first gets it.
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
        for (at, region) in regions.iter().enumerate() {
            if let Some(key) = region.key
                && (!key.is_lowercase() || Self::RESERVED_KEYS.contains(&key))
            {
                return Err(SchemaError::BadKey(key, region.label.clone()));
            }
            for other in &regions[..at] {
                if other.label == region.label {
                    return Err(SchemaError::DuplicateLabel(region.label.clone()));
                }
                if region.enabled
                    && other.enabled
                    && region.key.is_some()
                    && other.key == region.key
                {
                    let key = region.key.unwrap_or_default();
                    return Err(SchemaError::DuplicateKey(
                        key,
                        other.label.clone(),
                        region.label.clone(),
                    ));
                }
            }
        }
        for (at, entity) in entities.iter().enumerate() {
            if let Some(key) = entity.key
                && !key.is_ascii_digit()
            {
                return Err(SchemaError::BadKey(key, entity.label.clone()));
            }
            for other in &entities[..at] {
                if other.label == entity.label {
                    return Err(SchemaError::DuplicateLabel(entity.label.clone()));
                }
                if entity.enabled
                    && other.enabled
                    && entity.key.is_some()
                    && other.key == entity.key
                {
                    let key = entity.key.unwrap_or_default();
                    return Err(SchemaError::DuplicateKey(
                        key,
                        other.label.clone(),
                        entity.label.clone(),
                    ));
                }
            }
        }
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

    /// The same, with this share of articles, from 0 to 1, shown without suggestions; in steps of a thousandth.
    #[must_use]
    pub fn with_blind_share(mut self, share: f64) -> Self {
        self.blind = (share.clamp(0.0, 1.0) * 1000.0).round() as u16;
        self
    }

    /// Which share of articles is shown without suggestions, from 0 to 1, to measure models and annotators unswayed.
    #[must_use]
    pub fn blind_share(&self) -> f64 {
        f64::from(self.blind) / 1000.0
    }

    /// Whether an article is one of those: by its id alone, so that it is the same for everybody and always. A larger
    /// share adds articles to those of a smaller one.
    #[must_use]
    pub fn is_blind(&self, id: &ArticleId) -> bool {
        // Ids often differ in their last letter alone.
        let hash = spread(stable_hash(id.as_str().as_bytes()));
        (hash >> 32) % 1000 < u64::from(self.blind)
    }

    /// The same, where articles can be marked done only if the check finds nothing in them, or else in any case.
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
