//! The window. Nothing outside this module names egui.

pub mod article_view;
