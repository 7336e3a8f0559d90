//! `copydesk schema`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Subcommand;

use super::Ended;
use super::console::{Console, cancel_on_signal, counted};
use super::shared;
use crate::dataset::{self, Dataset, presets};
use crate::formats::schema_toml;
use crate::model::Schema;

/// Show or change the labels and guidelines of a dataset
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk schema show news > mine.toml        # a shipped schema, to begin with\n  copydesk schema set news.copydesk mine.toml --guidelines mine.md"
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print the labels as TOML, with the guidelines
    Show {
        /// A dataset, or a shipped schema: news, conll
        dataset: PathBuf,
    },
    /// Replace the labels; what is labelled already stays as it is
    Set {
        /// The dataset
        dataset: PathBuf,
        /// A TOML file, - for standard input, or a shipped schema: news, conll
        file: PathBuf,
        /// The guidelines, as a Markdown file; without it, those in the TOML, or else the dataset's own stay
        #[arg(long, value_name = "FILE")]
        guidelines: Option<PathBuf>,
    },
}

pub(super) fn run(args: Args, console: &mut Console) -> Result<Ended> {
    match args.what {
        What::Show { dataset } => {
            let schema = shown(&dataset)?;
            console.data(&schema_toml::print_with_guidelines(&schema))?;
        }
        What::Set {
            dataset,
            file,
            guidelines,
        } => {
            let mut dataset = Dataset::open(&dataset)?;
            let old = dataset.store().schema()?;
            let new = shared::schema(&file, guidelines.as_ref())?;
            let keeps_guidelines =
                new.guidelines().is_empty() && guidelines.is_none() && !old.guidelines().is_empty();
            let new = if keeps_guidelines {
                schema_toml::parse(&schema_toml::print(&new), Some(old.guidelines()))?
            } else {
                new
            };
            dataset.store_mut().set_schema(&new)?;
            console.say(&format!(
                "the dataset now has {} and {}",
                counted(new.regions().len() as u64, "region label", "region labels"),
                counted(new.entities().len() as u64, "entity label", "entity labels")
            ));
            warn_of_orphans(&dataset, &new, console)?;
        }
    }
    Ok(Ended::Well)
}

fn shown(name: &Path) -> Result<Schema> {
    match name.to_str().and_then(presets::by_name) {
        Some(shipped) if !name.exists() => Ok(shipped),
        _ => Ok(Dataset::open_to_read(name)?.store().schema()?),
    }
}

/// Labels that are in use and no longer in the schema stay, but somebody should know.
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
        console.say(&format!(
            "warning: {} labelled {label}, which is no longer in the schema",
            counted(count.spans, "span is", "spans are")
        ));
    }
    Ok(())
}
