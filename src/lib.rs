//! Copydesk: label news articles. The modules, in reading order; see `docs/ARCHITECTURE.md`.

pub mod model;

pub mod edit;
pub mod extract;
pub mod learn;
pub mod tag;

pub mod formats;
pub mod quality;
pub mod store;
#[cfg(feature = "postgres")]
pub mod team;

pub mod dataset;

#[cfg(feature = "app")]
pub mod app;
pub mod cli;
