//! `copydesk team schema` and `share`.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::ValueEnum;

use super::{Ended, Place};
use crate::cli::console::Console;
use crate::cli::schema;
use crate::dataset::SchemaChange;
use crate::model::figures::counted;

/// Replace the labels and guidelines of the team while it works, as a manager
///
/// Members get them with their next `copydesk team take` or `send`. Renamed labels are renamed in
/// all work, also in work that was done offline under the old names and arrives later. Labels that
/// are gone and not renamed stay on the spans that have them.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk schema show all.copydesk > new.toml     # then edit new.toml\n  copydesk team schema postgres://lead@db.example.org/gold --from new.toml --rename PER=PERSON"
)]
pub(super) struct SchemaArgs {
    #[command(flatten)]
    place: Place,
    /// The new schema: a TOML file, - for standard input, or a built-in schema
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// A Markdown file with the guidelines [default: those in the TOML file, or the current ones]
    #[arg(long, value_name = "FILE")]
    guidelines: Option<PathBuf>,
    /// Rename the label OLD to NEW in all work; use region:OLD=NEW or entity:OLD=NEW if both have it
    #[arg(long, value_name = "OLD=NEW")]
    rename: Vec<String>,
}

pub(super) fn schema(args: &SchemaArgs, console: &mut Console) -> Result<Ended> {
    let (server, address) = args.place.open()?;
    let there = server.schema_with_version()?;
    let (old, version) =
        there.context("the team dataset is still being made\nhint: try again later")?;
    let new = schema::read_new(&old, &args.from, args.guidelines.as_ref())?;
    let change = SchemaChange {
        relabel: schema::relabel(&old, &args.rename, &[])?,
        schema: new,
        based_on: None,
    };
    change.check()?;
    let now = server.change_schema(version, &change.schema, &change.relabel)?;
    if now == version {
        console.message("these are the labels and guidelines that the team has; nothing changed");
    } else {
        console.message(&format!(
            "the labels of {} are now at version {now}; {} renamed",
            address.location(),
            counted(
                change.relabel.moved.len() as u64,
                "label was",
                "labels were"
            )
        ));
    }
    Ok(Ended::Well)
}

/// Let annotators see the adjudicated versions, or no longer
///
/// With "on", the next `copydesk team fetch` of an annotator has the finished adjudications of the
/// articles that she has annotated, with the decisions and the versions that were decided between.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copydesk team share postgres://lead@db.example.org/gold on")]
pub(super) struct ShareArgs {
    #[command(flatten)]
    place: Place,
    /// Whether annotators see them
    #[arg(value_enum)]
    wanted: Switch,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Switch {
    /// They do
    On,
    /// They do not
    Off,
}

pub(super) fn share(args: &ShareArgs, console: &mut Console) -> Result<Ended> {
    let (server, address) = args.place.open()?;
    server.share_decisions(args.wanted == Switch::On)?;
    console.message(&format!(
        "annotators of {} {} the adjudicated versions of their articles",
        address.location(),
        match args.wanted {
            Switch::On => "see",
            Switch::Off => "no longer see",
        }
    ));
    Ok(Ended::Well)
}
