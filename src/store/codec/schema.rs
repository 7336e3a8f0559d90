//! The schema, as TOML.

use serde::{Deserialize, Serialize};

use super::{CodecError, Result, VERSION, check_version, label};
use crate::model::{EntityLabel, Nesting, RegionLabel, Rgb, Schema};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaDto {
    #[serde(default = "version")]
    version: u32,
    name: String,
    #[serde(default)]
    nesting: NestingDto,
    #[serde(default, skip_serializing_if = "is_zero")]
    blind_share: f64,
    #[serde(default, skip_serializing_if = "is_false")]
    require_check: bool,
    #[serde(default)]
    guidelines: String,
    #[serde(default, rename = "region")]
    regions: Vec<RegionDto>,
    #[serde(default, rename = "entity")]
    entities: Vec<EntityDto>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands fields by reference"
)]
fn is_false(on: &bool) -> bool {
    !on
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands fields by reference"
)]
fn is_zero(share: &f64) -> bool {
    *share == 0.0
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum NestingDto {
    #[default]
    Flat,
    Nested,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionDto {
    label: String,
    color: String,
    key: Option<char>,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    tag_entities: bool,
    #[serde(default)]
    separate: bool,
    #[serde(default)]
    description: String,
    #[serde(default)]
    examples: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityDto {
    label: String,
    color: String,
    key: Option<char>,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tagger_types: Vec<String>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    examples: Vec<String>,
}

fn version() -> u32 {
    VERSION
}

fn yes() -> bool {
    true
}

/// A schema as TOML: as it is stored, and as people read and edit it.
///
/// # Errors
/// None that the types allow; serde's signature has one.
pub fn write_schema(schema: &Schema) -> Result<String> {
    let region = |r: &RegionLabel| RegionDto {
        label: r.label.to_string(),
        color: r.color.to_string(),
        key: r.key,
        enabled: r.enabled,
        tag_entities: r.tag_entities,
        separate: r.separate,
        description: r.description.clone(),
        examples: r.examples.clone(),
    };
    let entity = |e: &EntityLabel| EntityDto {
        label: e.label.to_string(),
        color: e.color.to_string(),
        key: e.key,
        enabled: e.enabled,
        tagger_types: e.tagger_types.clone(),
        description: e.description.clone(),
        examples: e.examples.clone(),
    };
    toml::to_string_pretty(&SchemaDto {
        version: VERSION,
        name: schema.name().to_owned(),
        nesting: match schema.nesting() {
            Nesting::Flat => NestingDto::Flat,
            Nesting::Nested => NestingDto::Nested,
        },
        blind_share: schema.blind_share(),
        require_check: schema.requires_check(),
        guidelines: schema.guidelines().to_owned(),
        regions: schema.regions().iter().map(region).collect(),
        entities: schema.entities().iter().map(entity).collect(),
    })
    .map_err(CodecError::new)
}

/// A schema from TOML. Left out, a label is switched on, has no key and no examples.
///
/// # Errors
/// If it is not TOML, has fields that a schema has not, or its labels and keys clash.
pub fn read_schema(toml: &str) -> Result<Schema> {
    #[derive(Deserialize)]
    struct Versioned {
        #[serde(default = "version")]
        version: u32,
    }
    let Versioned { version } = toml::from_str(toml).map_err(CodecError::new)?;
    check_version(version)?;
    let dto: SchemaDto = toml::from_str(toml).map_err(CodecError::new)?;
    let color = |hex: &str, of: &str| {
        Rgb::parse(hex).ok_or_else(|| {
            CodecError::new(format_args!(
                "the colour {hex:?} of {of} is not of the form #rrggbb"
            ))
        })
    };
    let region = |r: RegionDto| {
        Ok(RegionLabel {
            color: color(&r.color, &r.label)?,
            label: label(&r.label)?,
            key: r.key,
            enabled: r.enabled,
            tag_entities: r.tag_entities,
            separate: r.separate,
            description: r.description,
            examples: r.examples,
        })
    };
    let entity = |e: EntityDto| {
        Ok(EntityLabel {
            color: color(&e.color, &e.label)?,
            label: label(&e.label)?,
            key: e.key,
            enabled: e.enabled,
            tagger_types: e.tagger_types,
            description: e.description,
            examples: e.examples,
        })
    };
    Schema::new(
        dto.name,
        match dto.nesting {
            NestingDto::Flat => Nesting::Flat,
            NestingDto::Nested => Nesting::Nested,
        },
        dto.regions.into_iter().map(region).collect::<Result<_>>()?,
        dto.entities
            .into_iter()
            .map(entity)
            .collect::<Result<_>>()?,
        dto.guidelines,
    )
    .map(|schema| {
        schema
            .with_blind_share(dto.blind_share)
            .with_required_check(dto.require_check)
    })
    .map_err(CodecError::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_written_as_people_write_it() {
        let toml = r##"
            name = "news"
            nesting = "nested"
            guidelines = """
            # Regions
            What *counts* as body?
            """

            [[region]]
            label = "body"
            color = "#1b7f4d"
            key = "b"
            tag_entities = true

            [[region]]
            label = "ad"
            color = "#777777"
            enabled = false
            separate = true
            description = "Paid for"
            examples = ["Buy \"now\"", "sponsored"]

            [[entity]]
            label = "PERSON"
            color = "#aa3300"
            key = "1"
            tagger_types = ["PER"]
        "##;
        let schema = read_schema(toml).unwrap();
        assert_eq!(schema.nesting(), Nesting::Nested);
        assert!(!schema.region("ad").unwrap().enabled);
        assert!(schema.entity("PERSON").unwrap().enabled);
        let written = write_schema(&schema).unwrap();
        assert_eq!(read_schema(&written).unwrap(), schema);
        for (wrong, said) in [
            (toml.replace("#777777", "grey"), "grey"),
            (toml.replace("separate", "seperate"), "seperate"),
            (toml.replace("key = \"b\"", "key = \"m\""), "cannot be used"),
            (toml.replace("\"ad\"", "\"body\""), "twice"),
        ] {
            let error = read_schema(&wrong).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
