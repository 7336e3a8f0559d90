//! `copydesk schema`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use serde_json::{Value, json};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared;
use crate::dataset;
use crate::dataset::config::built_in_schemas;
use crate::dataset::maintenance::schema_change::{Effect, LabelKind, Relabel};
use crate::dataset::{Clock as _, Dataset, SchemaChange, SystemClock, Touched};
use crate::formats::{self, native, schema_toml};
use crate::model::figures::counted;
use crate::model::{Label, Nesting, Schema};

/// Show or change the schema of a dataset: its labels and guidelines
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk schema show news > mine.toml        # a built-in schema to start from\n  copydesk schema set news.copydesk mine.toml --guidelines mine.md\n  copydesk schema set news.copydesk mine.toml --rename body=story --dry-run"
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print a schema as TOML
    Show {
        /// A dataset, or a built-in schema: news, conll
        dataset: PathBuf,
        /// Print the labelling configuration of another tool instead: label-studio,
        /// label-studio-html
        #[arg(long = "for", value_name = "FORMAT")]
        format: Option<String>,
        /// Print JSON
        #[arg(long, conflicts_with = "format")]
        json: bool,
    },
    /// Print the JSON Schema (draft 2020-12) of the native record
    Record,
    /// Replace the schema of a dataset; existing labels stay unless renamed or removed
    Set {
        /// The dataset
        dataset: PathBuf,
        /// A TOML file, - for standard input, or a built-in schema: news, conll
        file: PathBuf,
        /// A Markdown file with the guidelines [default: those in the TOML file, or the current
        /// ones]
        #[arg(long, value_name = "FILE")]
        guidelines: Option<PathBuf>,
        /// Rename the label OLD to NEW in every annotation; use region:OLD=NEW or entity:OLD=NEW if
        /// both have it
        #[arg(long, value_name = "OLD=NEW")]
        rename: Vec<String>,
        /// Remove the spans with this label from every annotation; needs --yes if annotators used
        /// it
        #[arg(long, value_name = "LABEL")]
        remove: Vec<String>,
        /// Report what would change, without changing it
        #[arg(long)]
        dry_run: bool,
        /// Remove the work of annotators without asking
        #[arg(long)]
        yes: bool,
        /// Print the changes as JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(args: Args, console: &mut Console) -> Result<Ended> {
    match args.what {
        What::Show {
            dataset,
            format,
            json,
        } => {
            let schema = shown(&dataset)?;
            let told = match format {
                None if json => format!("{:#}\n", as_json(&schema)),
                None => schema_toml::print_with_guidelines(&schema),
                Some(name) => {
                    let format = formats::by_name(&name);
                    let configured = format.and_then(|format| format.configuration(&schema));
                    configured.with_context(|| format!("{name} has no configuration for labels"))?
                }
            };
            console.raw_data(&told)?;
        }
        What::Record => console.raw_data(native::SCHEMA)?,
        What::Set {
            dataset,
            file,
            guidelines,
            rename,
            remove,
            dry_run,
            yes,
            json,
        } => {
            let mut dataset = if dry_run {
                Dataset::open_to_read(&dataset)?
            } else {
                Dataset::open(&dataset)?
            };
            let old = dataset.store().schema()?;
            let new = read_new(&old, &file, guidelines.as_ref())?;
            let change = SchemaChange {
                relabel: relabel(&old, &rename, &remove)?,
                schema: new,
                based_on: None,
            };
            change.check()?;
            let how = How { dry_run, yes, json };
            set(&mut dataset, &change, how, console)?;
        }
    }
    Ok(Ended::Well)
}

/// How labels are replaced.
#[derive(Clone, Copy)]
struct How {
    dry_run: bool,
    yes: bool,
    json: bool,
}

/// A schema as JSON, every field written out.
fn as_json(schema: &Schema) -> Value {
    let key = |key: Option<char>| key.map(String::from);
    let regions: Vec<Value> = schema
        .regions()
        .iter()
        .map(|region| {
            json!({
                "label": region.label.as_str(),
                "color": region.color.to_string(),
                "key": key(region.key),
                "enabled": region.enabled,
                "tag_entities": region.tag_entities,
                "separate": region.separate,
                "description": region.description,
                "examples": region.examples,
            })
        })
        .collect();
    let entities: Vec<Value> = schema
        .entities()
        .iter()
        .map(|entity| {
            json!({
                "label": entity.label.as_str(),
                "color": entity.color.to_string(),
                "key": key(entity.key),
                "enabled": entity.enabled,
                "tagger_types": entity.tagger_types,
                "description": entity.description,
                "examples": entity.examples,
            })
        })
        .collect();
    json!({
        "name": schema.name(),
        "nesting": match schema.nesting() {
            Nesting::Flat => "flat",
            Nesting::Nested => "nested",
        },
        "blind_share": schema.blind_share(),
        "regions": regions,
        "entities": entities,
        "guidelines": schema.guidelines(),
    })
}

fn touched_json(touched: &[Touched], done: bool) -> String {
    let touched: Vec<Value> = touched
        .iter()
        .map(|touched| {
            let (effect, label, to) = match &touched.effect {
                Effect::Moved(_, from, to) => ("renamed", Some(from), Some(to)),
                Effect::Removed(_, label) => ("removed", Some(label), None),
                Effect::Orphaned(_, label) => ("no_longer_a_label", Some(label), None),
                Effect::SwitchedOff(_, label) => ("switched_off", Some(label), None),
                Effect::Nested => ("nested", None, None),
                Effect::OutOfPlace(label) => ("no_entities_in", Some(label), None),
            };
            json!({
                "effect": effect,
                "label": label.map(Label::as_str),
                "to": to.map(Label::as_str),
                "spans": touched.spans,
                "articles": touched.articles,
                "annotators": touched.annotators,
                "suggestions": touched.suggestions,
            })
        })
        .collect();
    format!("{:#}\n", json!({"changed": done, "touched": touched}))
}

fn set(
    dataset: &mut Dataset,
    change: &SchemaChange,
    how: How,
    console: &mut Console,
) -> Result<()> {
    let How { dry_run, yes, json } = how;
    let cancel = cancel_on_signal();
    let touched = dataset::touched(dataset.store(), change, &mut dataset::Silent, &cancel)?;
    let told = |touched: &&Touched| !matches!(touched.effect, Effect::Orphaned(..));
    let verb = if dry_run { "would touch " } else { "" };
    if dry_run && touched.iter().filter(told).count() == 0 {
        console.message("no labelled span would change");
    }
    for touched in touched.iter().filter(told) {
        console.message(&format!("{verb}{touched}"));
    }
    let lost: u64 = touched
        .iter()
        .filter(|touched| touched.loses())
        .map(|touched| touched.spans)
        .sum();
    if json && dry_run {
        console.raw_data(&touched_json(&touched, false))?;
    }
    if lost > 0 && !yes && !dry_run {
        bail!(
            "{} of annotators would be removed; nothing was changed\n\
             hint: --yes removes them, --rename gives them another label, and without --remove they stay",
            counted(lost, "span", "spans")
        );
    }
    if !dry_run {
        let now = SystemClock.now_ms();
        dataset::change_schema(
            dataset.store_mut(),
            change,
            now,
            &mut dataset::Silent,
            &cancel,
        )?;
        let new = &change.schema;
        console.message(&format!(
            "the dataset now has {} and {}",
            counted(new.regions().len() as u64, "region label", "region labels"),
            counted(new.entities().len() as u64, "entity label", "entity labels")
        ));
        warn_of_orphans(dataset, new, console)?;
        if json {
            console.raw_data(&touched_json(&touched, true))?;
        }
    }
    Ok(())
}

/// Reads a schema that replaces another one. Without guidelines, it keeps the old ones.
pub(super) fn read_new(old: &Schema, file: &Path, guidelines: Option<&PathBuf>) -> Result<Schema> {
    let new = shared::schema(file, guidelines)?;
    let keeps_guidelines =
        new.guidelines().is_empty() && guidelines.is_none() && !old.guidelines().is_empty();
    if !keeps_guidelines {
        return Ok(new);
    }
    schema_toml::parse(&schema_toml::print(&new), Some(old.guidelines())).map_err(Into::into)
}

/// What `--rename` and `--remove` say of the labels that the dataset has.
pub(super) fn relabel(old: &Schema, rename: &[String], remove: &[String]) -> Result<Relabel> {
    let mut relabel = Relabel::default();
    for words in rename {
        let Some((from, to)) = words.split_once('=') else {
            bail!("--rename {words}: expected OLD=NEW");
        };
        let (kind, from) = known(old, from)?;
        relabel.moved.insert((kind, from), Label::new(to)?);
    }
    for words in remove {
        relabel.removed.insert(known(old, words)?);
    }
    Ok(relabel)
}

fn known(old: &Schema, words: &str) -> Result<(LabelKind, Label)> {
    let (kind, name) = match words.split_once(':') {
        Some(("region", name)) => (Some(LabelKind::Region), name),
        Some(("entity", name)) => (Some(LabelKind::Entity), name),
        _ => (None, words),
    };
    let label = Label::new(name)?;
    match (
        kind,
        old.region(name.trim()).is_some(),
        old.entity(name.trim()).is_some(),
    ) {
        (Some(kind), ..) => Ok((kind, label)),
        (None, true, true) => bail!(
            "{name} is both a region label and an entity label\nhint: write region:{name} or entity:{name}"
        ),
        (None, true, false) => Ok((LabelKind::Region, label)),
        (None, false, true) => Ok((LabelKind::Entity, label)),
        (None, false, false) => bail!(
            "the schema has no label {name}\nhint: for a label that only annotations have, write region:{name} or entity:{name}"
        ),
    }
}

fn shown(name: &Path) -> Result<Schema> {
    match name.to_str().and_then(built_in_schemas::by_name) {
        Some(shipped) if !name.exists() => Ok(shipped),
        _ => Ok(Dataset::open_to_read(name)?.store().schema()?),
    }
}

/// Warns of labels that are in use and no longer in the schema.
fn warn_of_orphans(dataset: &Dataset, schema: &Schema, console: &mut Console) -> Result<()> {
    let statistics =
        dataset::statistics(dataset.store(), &mut dataset::Silent, &cancel_on_signal())?;
    let regions = statistics
        .regions
        .iter()
        .filter(|(label, _)| schema.region(label.as_str()).is_none());
    let entities = statistics
        .entities
        .iter()
        .filter(|(label, _)| schema.entity(label.as_str()).is_none());
    for (label, count) in regions.chain(entities) {
        console.message(&format!(
            "warning: {} labelled {label}, which is no longer in the schema",
            counted(count.spans, "span is", "spans are")
        ));
    }
    Ok(())
}
