//! What the view shows in a frame.

use std::ops::Range;

use super::style::ViewStyle;
use crate::edit::Selection;
use crate::model::{Article, Entity, Label, Region, Span};

/// What to show in this frame.
pub struct Scene<'a> {
    /// The text, and its blocks, which the gutter selects.
    pub article: &'a Article,
    /// Sorted, never overlapping, as an [`Annotation`](crate::model::Annotation) keeps them.
    pub regions: &'a [Region],
    /// Sorted, never crossing, as an [`Annotation`](crate::model::Annotation) keeps them.
    pub entities: &'a [Entity],
    /// Another number whenever regions or entities are others: what is computed from them is kept
    /// until then.
    pub revision: u64,
    /// Selected text, or the caret.
    pub selection: Selection,
    /// The block that the arrow keys have reached.
    pub current_block: Option<usize>,
    /// Selected blocks; empty for none.
    pub block_selection: Range<usize>,
    /// What the keys that remove and that move edges act on.
    pub ring: Ring<'a>,
    /// Search hits; sorted.
    pub highlights: &'a [Span],
    /// Blocks that are not shown; sorted. A line says how many they are.
    pub folded: &'a [Range<usize>],
    /// What "the same everywhere" would tag, with the label that it would give; sorted.
    pub occurrences: Option<(&'a Label, &'a [Span])>,
    /// Entities that a tokenizer cannot represent; sorted.
    pub misaligned: &'a [Span],
    /// Type and colours.
    pub style: &'a ViewStyle,
    /// Whether edges can be dragged.
    pub editable: bool,
}

/// What a ring is drawn around: the one thing that keys act on which remove something or move an
/// edge.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Ring<'a> {
    /// Nothing: the caret is merely in the text.
    #[default]
    Nothing,
    /// An entity.
    Entity(&'a Entity),
    /// A region.
    Region(&'a Region),
    /// Whole blocks.
    Blocks(Range<usize>),
}

/// An edge that is being dragged, where it would be now.
pub(super) enum Preview {
    /// A region, with the bytes that it would have.
    Region {
        /// As it is.
        region: Region,
        /// As it would be.
        bytes: Range<u32>,
    },
    /// An entity, with the bytes that it would have.
    Entity {
        /// As it is.
        entity: Entity,
        /// As it would be.
        bytes: Range<u32>,
    },
}
