//! The views: functions that read `&State` and send a `Message`.
//!
//! No view holds `&mut State`; `tests/it/architecture.rs` checks that.

pub(crate) mod article_list;
pub(crate) mod article_pane;
pub(crate) mod bars;
pub(crate) mod check_strip;
pub(crate) mod context_menu;
pub(crate) mod dashboard;
pub(crate) mod dialogs;
pub(crate) mod doubt_strip;
pub(crate) mod drop_hint;
pub(crate) mod explanation;
pub(crate) mod guidelines;
pub(crate) mod inspector;
pub(crate) mod notices;
pub(crate) mod path_field;
pub(crate) mod people;
pub(crate) mod review;
pub(crate) mod schema_editor;
pub(crate) mod status_bar;
mod team_bar;
pub(crate) mod welcome;
