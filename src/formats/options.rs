//! Options of reading and writing.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::windows::entity_regions::EntityRegions;
use super::{OffsetUnit, Pages, Tokenizer};
use crate::model::{Annotation, Label};

/// Limits of reading. All input is hostile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The longest article, in bytes of the file or the text.
    pub article_bytes: usize,
    /// The longest line, in bytes: a text with its escapes and labels.
    pub line_bytes: usize,
    /// The longest file that must be read as a whole, in bytes.
    pub file_bytes: usize,
}

impl Default for Bounds {
    /// Returns limits far beyond any article: 64 MiB per article, 256 MiB per line, and 2 GiB per
    /// file that must be read as a whole.
    fn default() -> Self {
        Self {
            article_bytes: 64 << 20,
            line_bytes: 256 << 20,
            file_bytes: 2 << 30,
        }
    }
}

/// Options of reading.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The unit of offsets, for formats that do not define it.
    pub offsets: OffsetUnit,
    /// Limits of reading.
    pub bounds: Bounds,
    /// The labels of regions, for formats with one list of spans; `None` for the usual names.
    pub regions: Option<Arc<[Label]>>,
}

impl ReadOptions {
    /// The labels that are regions by default.
    pub const USUAL_REGIONS: [&str; 9] = [
        "body", "comment", "nav", "title", "headline", "byline", "caption", "related", "ad",
    ];

    /// Returns whether a label is that of a region.
    #[must_use]
    pub fn is_region(&self, label: &str) -> bool {
        match &self.regions {
            Some(labels) => labels.iter().any(|known| known == label),
            None => Self::USUAL_REGIONS.contains(&label),
        }
    }
}

/// Options of writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// The unit of offsets, for formats that do not define it.
    pub offsets: OffsetUnit,
    /// Whether suggestions are written with their scores.
    pub scores: bool,
    /// The tokenizer, for formats with tokens.
    pub tokenizer: Tokenizer,
    /// The pages of articles, for formats that write pages.
    pub pages: Option<Pages>,
    /// How text outside the annotated regions is written; `None` for the format's default.
    pub outside: Option<Outside>,
    /// The regions where entities are annotated; `None` for the record's own, or the default.
    pub entity_regions: Option<EntityRegions>,
    /// Whether only selected regions are exported, so that nothing is annotated in a record without
    /// regions.
    pub regions_chosen: bool,
    /// The size of windows; `None` for the format's default.
    pub windows: Option<Windows>,
    /// How many tokens of the previous window a window repeats.
    pub stride: usize,
    /// The labels of all records, for formats that number them:
    /// [`FormatSpec::numbers_labels`](super::FormatSpec::numbers_labels).
    pub labels: Labels,
}

/// The labels of records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// The labels of regions.
    pub regions: BTreeSet<Label>,
    /// The labels of entities.
    pub entities: BTreeSet<Label>,
}

impl Labels {
    /// Adds the labels of an annotation.
    pub fn add(&mut self, annotation: &Annotation) {
        for region in annotation.regions() {
            if !self.regions.contains(&region.label) {
                self.regions.insert(region.label.clone());
            }
        }
        for entity in annotation.entities() {
            if !self.entities.contains(&entity.label) {
                self.entities.insert(entity.label.clone());
            }
        }
    }

    /// Adds the labels of another set.
    pub fn append(&mut self, mut other: Self) {
        self.regions.append(&mut other.regions);
        self.entities.append(&mut other.entities);
    }
}

/// How text outside the annotated regions is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outside {
    /// As unknown. If the format cannot do that, it is left out.
    Missing,
    /// Not at all.
    Omit,
    /// Like text without entities.
    Negative,
}

impl Outside {
    /// All ways.
    pub const ALL: [Self; 3] = [Self::Missing, Self::Omit, Self::Negative];

    /// Returns the name on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Omit => "omit",
            Self::Negative => "negative",
        }
    }

    /// Parses a name from the command line.
    ///
    /// # Errors
    /// If it is unknown.
    pub fn parse(word: &str) -> Result<Self, String> {
        let known = Self::ALL.map(Self::as_str).join(", ");
        Self::ALL
            .into_iter()
            .find(|outside| outside.as_str() == word)
            .ok_or_else(|| format!("expected one of {known}"))
    }
}

/// The size of windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Windows {
    /// The whole article.
    Off,
    /// One sentence each. Sentences beyond 256 tokens are split.
    Sentences,
    /// As many sentences as fit into a number of tokens. Longer sentences are split.
    Tokens(usize),
}

impl Windows {
    /// Parses `off`, `sentences`, or a number of tokens.
    ///
    /// # Errors
    /// If it is something else.
    pub fn parse(word: &str) -> Result<Self, String> {
        match word {
            "off" => Ok(Self::Off),
            "sentences" => Ok(Self::Sentences),
            _ => match word.parse() {
                Ok(tokens) if tokens > 0 => Ok(Self::Tokens(tokens)),
                _ => Err("expected off, sentences, or a number of tokens above 0".into()),
            },
        }
    }
}
