//! Training and measuring the models of regions and entities.

pub(crate) mod curve;
pub mod entities;
pub mod explain;
pub(crate) mod folds;
pub mod learning;
pub(crate) mod model_bytes;
pub(crate) mod parallel;
pub mod regions;
