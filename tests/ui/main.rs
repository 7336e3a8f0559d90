//! Stories of the screen: acted by keys, mouse and accessibility tree, judged by the state.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests, but not the functions that tests share"
)]

mod agreement;
mod annotators;
mod article_view;
mod check;
mod copies;
mod crash;
mod dashboard;
mod desk;
mod doubts;
mod exporting;
mod gold;
mod keys;
mod layouts;
mod learning;
mod list;
mod merging;
mod names;
mod reading;
mod remarks;
mod review;
mod right_to_left;
mod safe_keys;
mod saving;
mod schema;
mod screen_reader;
mod splitting;
mod strokes;
mod suggesters;
mod team;
mod team_in_memory;
mod toolbar;
