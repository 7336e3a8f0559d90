//! What the keys act on, so that the screen can show it before a key is pressed.

use std::ops::Range;

use crate::model::{Entity, Region};

/// What the annotator has pointed at last: text, whole blocks, or a region.
///
/// Keys that remove or that move edges act on a region only if the region or its block was chosen
/// as such: a caret that is merely in a text says nothing about the region around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// A place in the text: the caret, or selected words.
    #[default]
    Text,
    /// Whole blocks, as the arrows and the gutter select them.
    Blocks,
    /// This region: an unsure one that `Tab` has come to, one chosen in the list, or one whose edge
    /// was moved.
    Region(Region),
}

/// The target, and how it was reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Focus {
    /// What was pointed at.
    pub target: Target,
    /// Whether the selection was made by character: then a label takes it exactly as it is.
    pub exact: bool,
    /// Whether it is an unsure suggestion that was reached by the key for the next one.
    pub from_unsure: bool,
}

impl Focus {
    /// Whole blocks.
    #[must_use]
    pub fn blocks() -> Self {
        Self {
            target: Target::Blocks,
            ..Self::default()
        }
    }

    /// A region.
    #[must_use]
    pub fn region(region: Region) -> Self {
        Self {
            target: Target::Region(region),
            ..Self::default()
        }
    }
}

/// What a key that removes or moves an edge would act on now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addressed {
    /// The current entity.
    Entity(Entity),
    /// The current region.
    Region(Region),
    /// Whole blocks, by their places in the article.
    Blocks(Range<usize>),
}
