//! The region labels of gold records.

use std::collections::BTreeMap;

use anyhow::Result;

use super::gold::Gold;
use crate::extract::FeaturizedArticle;
use crate::learn::Example;
use crate::model::{Label, Nesting, Region, RegionLabel, Rgb, Schema};

/// A label with fewer regions than this is not learnt: it is treated like nav.
const FEWEST_REGIONS: usize = 10;

/// The labels that every model distinguishes.
const CORE: [&str; 3] = ["body", "comment", "nav"];

/// Returns the known labels of blocks as regions.
pub(crate) fn regions_of(
    reading: &FeaturizedArticle,
    example: &Example,
    labels: &[String],
) -> Vec<Region> {
    reading
        .blocks
        .iter()
        .zip(&example.allowed)
        .filter_map(|(block, allowed)| {
            if allowed.count_ones() > 2 {
                return None; // nobody knows
            }
            let label = labels.get(allowed.trailing_zeros() as usize)?;
            Some(Region {
                span: block.span,
                label: Label::new(label).ok()?,
                provenance: crate::model::Provenance::Import,
            })
        })
        .collect()
}

/// Returns the labels that are learnt: the core first, the rest by name.
pub(crate) fn labels_of(gold: &[Gold]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for region in gold
        .iter()
        .filter_map(|gold| gold.labelled.as_ref())
        .flat_map(|(_, regions)| regions)
    {
        *counts.entry(region.label.as_str()).or_default() += 1;
    }
    let others = counts
        .into_iter()
        .filter(|(label, count)| *count >= FEWEST_REGIONS && !CORE.contains(label))
        .map(|(label, _)| label);
    CORE.into_iter()
        .chain(others)
        .take(crate::learn::crf::MAX_LABELS)
        .map(str::to_owned)
        .collect()
}

/// Makes a schema with these region labels only.
pub(crate) fn schema_of(labels: &[String]) -> Result<Schema> {
    let mut regions = Vec::new();
    for label in labels {
        regions.push(RegionLabel {
            label: Label::new(label)?,
            color: Rgb(0, 0, 0),
            key: None,
            enabled: true,
            tag_entities: false,
            separate: label == "comment",
            description: String::new(),
            examples: Vec::new(),
        });
    }
    Ok(Schema::new(
        "labels".to_owned(),
        Nesting::Flat,
        regions,
        Vec::new(),
        String::new(),
    )?)
}
