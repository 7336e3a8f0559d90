//! What the commands are called.

use super::Command;
use crate::model::Schema;

impl Command {
    /// What it is called. Names of labels come from the schema.
    pub fn label(self, schema: Option<&Schema>) -> String {
        use Command as C;
        let region = |at: usize| {
            schema
                .and_then(|s| s.regions().get(at))
                .map_or("?", |r| r.label.as_str())
        };
        let entity = |at: usize| {
            schema
                .and_then(|s| s.entities().get(at))
                .map_or("?", |e| e.label.as_str())
        };
        match self {
            C::LabelRegion(at) => format!("Label as {}", region(at)),
            C::LabelToEnd(at) => format!("Label as {} from here to the end", region(at)),
            C::Tag(at) => format!("Tag as {}", entity(at)),
            other => other.fixed_label().to_owned(),
        }
    }

    /// What the schema says of the label that it sets.
    #[must_use]
    pub fn description(self, schema: Option<&Schema>) -> Option<&str> {
        let words = match self {
            Self::LabelRegion(at) | Self::LabelToEnd(at) => &schema?.regions().get(at)?.description,
            Self::Tag(at) => &schema?.entities().get(at)?.description,
            _ => return None,
        };
        (!words.is_empty()).then_some(words)
    }
}
