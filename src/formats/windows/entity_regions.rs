//! The regions where entities are annotated.

use std::sync::Arc;

use crate::model::{Label, Schema};

/// The labels of regions with entities, unless a schema or the record defines others.
pub const USUAL: [&str; 2] = ["body", "comment"];

/// The labels of regions with entities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityRegions(pub(super) Arc<[Label]>);

impl EntityRegions {
    /// Returns those of a schema.
    #[must_use]
    pub fn of(schema: &Schema) -> Self {
        let tagged = schema.regions().iter().filter(|region| region.tag_entities);
        Self(tagged.map(|region| region.label.clone()).collect())
    }

    /// Returns whether the labels of a schema behave as they would without one.
    #[must_use]
    pub fn are_usual(schema: &Schema) -> bool {
        let mut regions = schema.regions().iter();
        regions.all(|region| region.tag_entities == USUAL.contains(&region.label.as_str()))
    }

    /// Returns only those that a record's metadata also names, if it names any.
    #[must_use]
    pub fn narrowed_by(&self, reported: Option<&str>) -> Self {
        let reported: Option<Vec<String>> =
            reported.and_then(|list| serde_json::from_str(list).ok());
        match reported {
            None => self.clone(),
            Some(reported) => {
                let both = self
                    .0
                    .iter()
                    .filter(|label| reported.iter().any(|name| name == label.as_str()));
                Self(both.cloned().collect())
            }
        }
    }

    /// Returns them as a metadata value.
    #[must_use]
    pub fn print(&self) -> String {
        let names: Vec<&str> = self.0.iter().map(Label::as_str).collect();
        serde_json::to_string(&names).unwrap_or_default()
    }

    /// Returns whether entities are annotated in regions with a label.
    #[must_use]
    pub fn contains(&self, label: &Label) -> bool {
        self.0.contains(label)
    }
}
