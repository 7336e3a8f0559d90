//! Training and measuring the models of regions and entities.

pub mod entities;
pub mod learning;
pub mod regions;
