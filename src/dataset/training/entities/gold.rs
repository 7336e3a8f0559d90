//! Articles whose entities annotators tagged.
//!
//! A gold record is a native record (`id`, `text`, `entities`). If it also has `regions`, only
//! those count whose label has entities somewhere in the gold. `site` names the origin; without it,
//! the id does.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use anyhow::Result;
use serde::Deserialize;

use crate::dataset::io::inputs::Input;
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::dataset::training::regions::gold::read_records;
use crate::formats::{Code, Fault, OffsetUnit};
use crate::model::{Annotation, Entity, Label, Provenance, Region, Schema, Status, Text};
use crate::tag::{self, language_of, training::GoldName};

/// An article with its gold entities.
pub struct Gold {
    /// Its id.
    pub id: String,
    /// Its origin. No model is scored on a site that it is trained on.
    pub site: String,
    /// Its text.
    pub text: Text,
    /// The gold entities.
    pub annotation: Annotation,
    /// The BCP 47 tag of its language: the record's, or the detected one.
    pub language: String,
    /// How often training reads it in each pass.
    pub weight: u32,
    /// Whether it is never scored.
    pub only_training: bool,
    regions: Vec<Region>,
    /// The pieces in which entities were tagged, in bytes. Models train on these.
    pub pieces: Vec<Range<usize>>,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    text: Option<String>,
    #[serde(default)]
    entities: Option<Vec<Raw>>,
    #[serde(default)]
    regions: Vec<Raw>,
    #[serde(default)]
    status: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    weight: Option<u32>,
    #[serde(default)]
    only_training: bool,
}

/// The largest weight of a record.
const MOST_WEIGHT: u32 = 10;

#[derive(Deserialize)]
struct Raw {
    start: u32,
    end: u32,
    label: String,
}

impl Gold {
    /// Reads all gold records of the inputs. Bad ones, and inputs that cannot be read, are reported
    /// and left out; their number is returned, too.
    pub fn read_all(
        inputs: &[Input],
        unit: OffsetUnit,
        progress: &mut dyn Progress,
        cancel: &CancelFlag,
    ) -> (Vec<Self>, u64) {
        let (mut all, bad) =
            read_records(inputs, progress, cancel, |bytes| Self::parse(bytes, unit));
        find_pieces(&mut all);
        (all, bad)
    }

    /// Reads one record. `None` if nobody has finished it.
    pub(crate) fn parse(bytes: &[u8], unit: OffsetUnit) -> Result<Option<Self>, Fault> {
        let line: Line = serde_json::from_slice(bytes)
            .map_err(|error| Fault::new(Code::NotJson, format!("not a gold record: {error}")))?;
        if ["todo", "started", "skipped"].contains(&line.status.as_str()) {
            return Ok(None);
        }
        let (Some(text), Some(raw)) = (line.text, line.entities) else {
            return Err(Fault::new(
                Code::NoText,
                "the record has no text or no list of entities",
            ));
        };
        let text = Text::new(&text);
        let bad = |why: String| Fault::new(Code::OutOfRange, why);
        let span = |what: &str, raw: &Raw| {
            unit.span(&text, raw.start, raw.end)
                .map_err(|error| bad(format!("{what} {} to {}: {error}", raw.start, raw.end)))
        };
        let mut entities = Vec::with_capacity(raw.len());
        for raw in &raw {
            entities.push(Entity {
                span: span("entity", raw)?,
                label: Label::new(&raw.label).map_err(|error| bad(error.to_string()))?,
                provenance: Provenance::Import,
            });
        }
        let mut regions = Vec::with_capacity(line.regions.len());
        for raw in line.regions {
            regions.push(Region {
                span: span("region", &raw)?,
                label: Label::new(&raw.label).map_err(|error| bad(error.to_string()))?,
                provenance: Provenance::Import,
            });
        }
        regions.sort_by_key(|region| region.span.start());
        let annotation =
            Annotation::from_parts(&text, Vec::new(), entities, Status::Done, Vec::new())
                .map_err(|error| Fault::new(Code::Overlap, error.to_string()))?;
        Ok(Some(Self {
            site: if line.site.is_empty() {
                line.id.clone()
            } else {
                line.site
            },
            language: language_of(text.as_str(), &line.language).to_owned(),
            weight: line.weight.unwrap_or(1).clamp(1, MOST_WEIGHT),
            only_training: line.only_training,
            id: line.id,
            text,
            annotation,
            regions,
            pieces: Vec::new(),
        }))
    }

    /// The pieces in which [`crate::dataset::prelabel()`] suggests entities, in bytes.
    #[must_use]
    pub fn suggested_in(&self, schema: &Schema) -> Vec<Range<usize>> {
        tag::pieces(&self.text, &self.regions, schema)
    }

    /// The entities of these types, as names.
    #[must_use]
    pub fn names(&self, types: &[String]) -> Vec<GoldName> {
        self.annotation
            .entities()
            .iter()
            .filter_map(|entity| {
                Some(GoldName {
                    bytes: entity.span.range(),
                    kind: types.iter().position(|kind| entity.label == **kind)?,
                })
            })
            .collect()
    }
}

/// Finds the regions in which entities were tagged.
fn find_pieces(all: &mut [Gold]) {
    let mut tagged: BTreeSet<Label> = BTreeSet::new();
    for gold in all.iter() {
        for region in &gold.regions {
            let is_inside = |entity: &Entity| region.span.contains(entity.span);
            if !tagged.contains(&region.label) && gold.annotation.entities().iter().any(is_inside) {
                tagged.insert(region.label.clone());
            }
        }
    }
    for gold in all {
        gold.pieces = if gold.regions.is_empty() {
            vec![0..gold.text.len()]
        } else {
            gold.regions
                .iter()
                .filter(|region| tagged.contains(&region.label))
                .map(|region| region.span.range())
                .collect()
        };
    }
}

/// The labels of the gold by falling frequency, then by name.
#[must_use]
pub fn labels_of<'a>(gold: impl IntoIterator<Item = &'a Gold>) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let entities = gold.into_iter().flat_map(|gold| gold.annotation.entities());
    for entity in entities {
        *counts.entry(entity.label.as_str()).or_default() += 1;
    }
    let mut labels: Vec<(&str, usize)> = counts.into_iter().collect();
    labels.sort_by_key(|(label, count)| (std::cmp::Reverse(*count), *label));
    labels
        .into_iter()
        .map(|(label, _)| label.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regions_in_which_entities_are_tagged_are_learnt_from() {
        let parse = |line: &str| Gold::parse(line.as_bytes(), OffsetUnit::Codepoint);
        let mut all = vec![
            parse(
                r#"{"id":"a","text":"Home Ada spoke.","regions":[{"start":0,"end":4,"label":"nav"},{"start":5,"end":15,"label":"body"}],"entities":[{"start":5,"end":8,"label":"PER"}]}"#,
            )
            .unwrap()
            .unwrap(),
            parse(r#"{"id":"b","text":"Fog.","regions":[{"start":0,"end":4,"label":"nav"}],"entities":[]}"#)
                .unwrap()
                .unwrap(),
        ];
        find_pieces(&mut all);
        assert_eq!(all[0].pieces, [5..15]);
        assert!(all[1].pieces.is_empty());
        assert_eq!(labels_of(&all), ["PER"]);
        assert_eq!(all[0].names(&["ORG".into(), "PER".into()])[0].kind, 1);
    }

    #[test]
    fn records_say_what_is_wrong_with_them() {
        let parse = |line: &str| Gold::parse(line.as_bytes(), OffsetUnit::Codepoint);
        assert!(parse("[]").is_err());
        assert!(parse(r#"{"id":"a","text":"One."}"#).is_err());
        assert!(
            parse(r#"{"id":"a","text":"One.","entities":[{"start":0,"end":9,"label":"PER"}]}"#)
                .is_err()
        );
        assert!(
            parse(r#"{"id":"a","text":"One.","entities":[],"status":"todo"}"#)
                .unwrap()
                .is_none()
        );
    }
}
