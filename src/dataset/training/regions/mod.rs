//! The region model: gold, training, evaluation, simulation, and training online.

pub mod evaluate;
pub mod gold;
mod gold_examples;
mod held_out;
mod labels;
mod model_file;
pub mod online_trainer;
mod options;
pub mod reference;
pub mod simulate;
pub mod train;
pub mod training_set;
