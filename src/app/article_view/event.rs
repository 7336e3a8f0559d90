//! What the annotator did in the view.

use eframe::egui::Pos2;

use crate::edit::Edge;
use crate::model::{BytePos, Entity, Region};

/// What the annotator did. Offsets lie on grapheme boundaries of the article.
#[derive(Clone, Debug, PartialEq)]
pub enum ViewEvent {
    /// Selected text; told again at every change while the mouse is dragged.
    Select {
        /// Where it began.
        anchor: BytePos,
        /// Where it has come to; before the anchor when it goes backwards.
        head: BytePos,
        /// Whether it was drawn by character, with Alt.
        exact: bool,
    },
    /// Put the caret somewhere.
    CaretAt(BytePos),
    /// Pressed in the gutter beside a block, or dragged along it.
    BlockClicked {
        /// The block, by its place in the article.
        index: usize,
        /// From the block that was current up to this one, rather than this one alone.
        extend: bool,
    },
    /// Let go of a region's edge. It may now lie in a neighbour: what becomes of that is not the
    /// view's business.
    RegionEdgeMoved {
        /// The region as it was.
        region: Region,
        /// Which edge.
        edge: Edge,
        /// Where it is to be; never beyond the other edge.
        to: BytePos,
    },
    /// Clicked a region's edge, and did not drag it.
    RegionEdgeClicked {
        /// The region.
        region: Region,
    },
    /// Let go of an entity's edge.
    EntityEdgeMoved {
        /// The entity as it was.
        entity: Entity,
        /// Which edge.
        edge: Edge,
        /// Where it is to be; never beyond the other edge.
        to: BytePos,
        /// Whether it was drawn by character, with Alt.
        exact: bool,
    },
    /// Clicked an entity, the innermost one there, or its chip.
    EntityClicked {
        /// Which.
        entity: Entity,
    },
    /// The pointer has come to another entity, or has left one.
    EntityHovered {
        /// Which; `None` when the pointer is over none.
        entity: Option<Entity>,
    },
    /// Clicked the line that represents blocks that are not shown.
    Unfold(
        /// The first of them, by its place in the article.
        usize,
    ),
    /// Asked for the menu of a place.
    ContextMenu {
        /// The place in the text.
        at: BytePos,
        /// The place on the screen.
        pos: Pos2,
        /// Whether it is beside the text, in the gutter: then the block is meant.
        gutter: bool,
    },
    /// The view has taken the keyboard's focus.
    Focused,
}
