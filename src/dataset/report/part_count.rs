//! Counts of the articles and labels in a part of a dataset.

use std::collections::BTreeMap;

use crate::model::{Annotation, Label};

/// What is in a part of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartCount {
    /// Its name.
    pub name: String,
    /// Its articles.
    pub articles: u64,
    /// Its regions, by label.
    pub regions: BTreeMap<Label, u64>,
    /// Its entities, by label.
    pub entities: BTreeMap<Label, u64>,
}

impl PartCount {
    /// An empty part of this name.
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn count(&mut self, annotation: &Annotation) {
        self.articles += 1;
        for region in annotation.regions() {
            *self.regions.entry(region.label.clone()).or_default() += 1;
        }
        for entity in annotation.entities() {
            *self.entities.entry(entity.label.clone()).or_default() += 1;
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.articles += other.articles;
        for (label, count) in other.regions {
            *self.regions.entry(label).or_default() += count;
        }
        for (label, count) in other.entities {
            *self.entities.entry(label).or_default() += count;
        }
    }
}
