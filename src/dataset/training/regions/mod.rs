//! The region model: gold, training, evaluation, simulation, and training online.

pub mod evaluate;
pub mod gold;
pub mod online_trainer;
pub mod reference;
pub mod simulate;
pub mod train;
pub mod training_set;
