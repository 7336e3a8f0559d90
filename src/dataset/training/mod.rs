//! Training and measuring the models of regions and entities.

pub mod entities;
pub mod explain;
pub(crate) mod folds;
pub mod learning;
pub(crate) mod parallel;
pub mod regions;
