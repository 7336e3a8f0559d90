//! Edits and undo: every change to an annotation is a transaction with an exact inverse.
//!
//! Pure: no files, no clock, no randomness. [`plan`] turns what a person wants into a
//! [`Transaction`], [`Session`] applies it and keeps the [`History`].

pub mod adjudication;
mod extent;
pub mod history;
mod label_kind;
pub mod names;
pub mod plan;
pub mod rebase;
pub mod relabel;
pub mod segment;
pub mod session;
pub mod transaction;

pub use history::{Action, Entry, EntryKind, History};
pub use label_kind::LabelKind;
pub use plan::{Care, Edge, NamePlace, PlacesPlan, PlanError, Scope};
pub use rebase::{OtherCopy, OwnCopy, Rebased, rebase};
pub use relabel::Relabel;
pub use session::Session;
pub use transaction::{Edit, Transaction};

use crate::model::{BytePos, Span, Text};

/// The selection in an article's text, from anchor to head; a caret if both are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The start of the selection, in bytes.
    pub anchor: BytePos,
    /// The end of the selection, in bytes; before the anchor if it was made backwards.
    pub head: BytePos,
}

impl Selection {
    /// Nothing selected, the caret at `pos`.
    #[must_use]
    pub fn caret(pos: BytePos) -> Self {
        Self {
            anchor: pos,
            head: pos,
        }
    }

    /// From `anchor` to `head`.
    #[must_use]
    pub fn new(anchor: BytePos, head: BytePos) -> Self {
        Self { anchor, head }
    }

    /// The whole span, head at its end.
    #[must_use]
    pub fn of(span: Span) -> Self {
        Self::new(span.start(), span.end())
    }

    /// Whether nothing is selected.
    #[must_use]
    pub fn is_caret(self) -> bool {
        self.anchor == self.head
    }

    /// The earlier end.
    #[must_use]
    pub fn start(self) -> BytePos {
        self.anchor.min(self.head)
    }

    /// The later end.
    #[must_use]
    pub fn end(self) -> BytePos {
        self.anchor.max(self.head)
    }

    /// The selected span; `None` for a caret, or if it does not fit the text.
    #[must_use]
    pub fn span(self, text: &Text) -> Option<Span> {
        text.span(self.start(), self.end()).ok()
    }
}
