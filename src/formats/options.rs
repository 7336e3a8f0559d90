//! Options of reading and writing.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{EntityRegions, OffsetUnit, Outside, Pages, Tokenizer, Windows};
use crate::model::{Annotation, Label};

/// How much is read at once. All input is hostile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The longest article, in bytes of the file or of the text.
    pub article_bytes: usize,
    /// The longest line, in bytes: an article's text with its escapes and labels.
    pub line_bytes: usize,
    /// The longest file that can only be read as a whole, in bytes.
    pub file_bytes: usize,
}

impl Default for Bounds {
    /// 64 MiB an article, 256 MiB a line: hundreds of novels, and far from what an editor is pleasant with.
    /// 2 GiB a file that holds all its records in one piece.
    fn default() -> Self {
        Self {
            article_bytes: 64 << 20,
            line_bytes: 256 << 20,
            file_bytes: 2 << 30,
        }
    }
}

/// How records are read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The unit in which the input counts, where its format leaves that open.
    pub offsets: OffsetUnit,
    /// How much is read at once.
    pub bounds: Bounds,
    /// Which labels are regions, where a format has one list for all spans; `None`: the usual names.
    pub regions: Option<Arc<[Label]>>,
}

impl ReadOptions {
    /// The labels that are taken for regions if nobody says which are.
    pub const USUAL_REGIONS: [&str; 9] = [
        "body", "comment", "nav", "title", "headline", "byline", "caption", "related", "ad",
    ];

    /// Whether a label is one of a region.
    #[must_use]
    pub fn is_region(&self, label: &str) -> bool {
        match &self.regions {
            Some(labels) => labels.iter().any(|known| known == label),
            None => Self::USUAL_REGIONS.contains(&label),
        }
    }
}

/// How records are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// The unit in which the output counts, where its format leaves that open.
    pub offsets: OffsetUnit,
    /// Whether what no person has vouched for carries its score.
    pub scores: bool,
    /// How text is cut into tokens, where the format has tokens.
    pub tokenizer: Tokenizer,
    /// Where the pages of articles are found, for formats that write pages.
    pub pages: Option<Pages>,
    /// What becomes of text that nobody looked at for entities; `None`: what suits the format.
    pub outside: Option<Outside>,
    /// In which regions entities are annotated; `None`: as the record says, or as usual.
    pub entity_regions: Option<EntityRegions>,
    /// Whether records have only the regions that were asked for, so that in one without regions nothing is annotated.
    pub regions_chosen: bool,
    /// How large windows are; `None`: as suits the format.
    pub windows: Option<Windows>,
    /// How many tokens a window repeats of the one before.
    pub stride: usize,
    /// The labels of all records, for formats that number them: [`Format::numbers_labels`].
    pub labels: Labels,
}

/// Labels of records, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// Of regions.
    pub regions: BTreeSet<Label>,
    /// Of entities.
    pub entities: BTreeSet<Label>,
}

impl Labels {
    /// Adds those of an annotation.
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

    /// Adds others.
    pub fn append(&mut self, mut other: Self) {
        self.regions.append(&mut other.regions);
        self.entities.append(&mut other.entities);
    }
}
