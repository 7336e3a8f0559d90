//! Settings of the user, the window's state, and what Copydesk ships: schemas and the sample
//! dataset.

pub mod annotators;
pub mod built_in_schemas;
pub mod review_settings;
pub mod sample_dataset;
pub mod settings;
pub mod window_state;
pub mod work_mode;
