//! Changes to a whole dataset: another schema, near-duplicates, projected labels, one name
//! everywhere, and datasets split up and merged again.

pub mod merge;
pub mod name_view;
pub mod near_duplicates;
pub mod project_labels;
pub mod schema_change;
pub mod split_work;
