//! Edits and undo.
