//! What all views share: theme, colours, small widgets, text in one line.

pub(crate) mod color;
pub(crate) mod text_line;
pub(crate) mod theme;
pub(crate) mod widgets;
