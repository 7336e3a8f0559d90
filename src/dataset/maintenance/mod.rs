//! Changes to a whole dataset: another schema, near-duplicates, projected labels, one name everywhere.

pub mod name_view;
pub mod near_duplicates;
pub mod project_labels;
pub mod schema_change;
