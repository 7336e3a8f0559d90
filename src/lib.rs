//! Copydesk: label news articles. The modules, in reading order; see `docs/ARCHITECTURE.md`.

pub mod dataset;
pub mod edit;
pub mod extract;
pub mod learn;
pub mod model;
pub mod store;

#[cfg(feature = "app")]
pub mod app;
