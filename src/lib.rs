//! Copydesk: label news articles. The modules, in reading order; see `docs/ARCHITECTURE.md`.

pub mod cli;
pub mod dataset;
pub mod edit;
pub mod extract;
pub mod formats;
pub mod learn;
pub mod model;
pub mod quality;
pub mod store;
