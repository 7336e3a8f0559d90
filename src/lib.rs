//! Copydesk: label news articles. The modules, in reading order; see `docs/ARCHITECTURE.md`.

pub mod edit;
pub mod model;
pub mod store;
