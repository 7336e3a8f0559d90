//! The extractor as a whole: what it promises for any input, what it makes of pages, how good it
//! is.

mod corpus;
mod gold;
mod hostile;
mod promises;

use crate::model::{Label, Nesting, RegionLabel, Rgb, Schema};

/// A schema with these region labels, all switched on; comments stay separate.
pub(super) fn schema(labels: &[&str]) -> Schema {
    let regions = labels
        .iter()
        .map(|label| RegionLabel {
            label: Label::new(label).unwrap(),
            color: Rgb(0, 0, 0),
            key: None,
            enabled: true,
            tag_entities: true,
            separate: *label == "comment",
            description: String::new(),
            examples: Vec::new(),
        })
        .collect();
    Schema::new(
        "test".to_owned(),
        Nesting::Flat,
        regions,
        Vec::new(),
        String::new(),
    )
    .unwrap()
}

fn core() -> Schema {
    schema(&["body", "comment", "nav"])
}
