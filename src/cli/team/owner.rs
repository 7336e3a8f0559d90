//! `copydesk team init`, `overlap`, `order`, `backup` and `restore`: what the owner and managers do.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::{Ended, OrderOption, Place, cancel_on_signal, password_of};
use crate::cli::console::Console;
use crate::cli::shared;
use crate::dataset::Dataset;
use crate::dataset::team::{self, InitOptions};
use crate::model::figures::counted;

/// Make a team dataset from a dataset, as the owner of an empty database; again, add articles
///
/// The server gets the articles, suggestions, labels and guidelines. Work of people stays in
/// DATASET: gold to measure the team by is best kept there.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk team init postgres://owner@db.example.org/gold --from news.copydesk --overlap 3"
)]
pub(super) struct InitArgs {
    #[command(flatten)]
    place: Place,
    /// The dataset with the articles
    #[arg(long, value_name = "DATASET")]
    from: PathBuf,
    /// How many annotators get each article
    #[arg(long, default_value_t = 2, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=100))]
    overlap: u32,
    /// Which articles come first
    #[arg(long, value_enum, default_value_t)]
    order: OrderOption,
}

pub(super) fn init(args: &InitArgs, console: &mut Console) -> Result<Ended> {
    let dataset = Dataset::open_to_read(&args.from)?;
    let address = args.place.address()?;
    let password = password_of(&address)?;
    let options = InitOptions {
        overlap: args.overlap,
        order: args.order.into(),
    };
    console.start("articles");
    let cancel = cancel_on_signal();
    let made = team::init(&address, &password, &dataset, options, console, &cancel);
    console.clear();
    let stopped = "stopped; the same command adds the rest";
    let Some(report) = shared::unless_stopped(made, console, stopped)? else {
        return Ok(Ended::Stopped);
    };
    let mut parts = vec![format!(
        "added {} to {}",
        counted(report.added, "article", "articles"),
        address.location()
    )];
    if report.known > 0 {
        parts.push(format!(
            "{} there already",
            counted(report.known, "was", "were")
        ));
    }
    if report.id_taken > 0 {
        parts.push(format!(
            "{} not added, whose ids belong to other texts",
            counted(report.id_taken, "was", "were")
        ));
    }
    console.message(&parts.join("; "));
    if report.works_left > 0 {
        console.message(&format!(
            "{} of people stayed in {}",
            counted(report.works_left, "annotation", "annotations"),
            args.from.display()
        ));
    }
    if report.is_new {
        console.message("next: add members with `copydesk team add`");
    }
    Ok(match report.id_taken {
        0 => Ended::Well,
        _ => Ended::BadInput,
    })
}

/// Change how many annotators get each article
///
/// Finished work and articles in work stay as they are.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copydesk team overlap postgres://lead@db.example.org/gold 3")]
pub(super) struct OverlapArgs {
    #[command(flatten)]
    place: Place,
    /// How many annotators get each article
    #[arg(value_name = "K", value_parser = clap::value_parser!(u32).range(1..=100))]
    overlap: u32,
}

pub(super) fn overlap(args: &OverlapArgs, console: &mut Console) -> Result<Ended> {
    let (server, address) = args.place.open()?;
    server.set_overlap(i64::from(args.overlap))?;
    console.message(&format!(
        "each article of {} goes to {}",
        address.location(),
        counted(u64::from(args.overlap), "annotator", "annotators")
    ));
    Ok(Ended::Well)
}

/// Change which articles come first
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk team order postgres://lead@db.example.org/gold unsure"
)]
pub(super) struct OrderArgs {
    #[command(flatten)]
    place: Place,
    /// Which articles come first
    #[arg(value_enum)]
    order: OrderOption,
}

pub(super) fn order(args: &OrderArgs, console: &mut Console) -> Result<Ended> {
    let (server, address) = args.place.open()?;
    server.set_order(args.order.into())?;
    console.message(&format!("ordered the queue of {}", address.location()));
    Ok(Ended::Well)
}

/// Write a backup of the team dataset, as its owner
///
/// The file is that of PostgreSQL's `pg_dump`, in its custom format; it holds no passwords.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk team backup postgres://owner@db.example.org/gold gold-$(date +%F).dump"
)]
pub(super) struct BackupArgs {
    #[command(flatten)]
    place: Place,
    /// The file to write; it must not be there
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn backup(args: &BackupArgs, console: &mut Console) -> Result<Ended> {
    let address = args.place.address()?;
    ensure!(
        !args.file.exists(),
        "{} is there already\nhint: name a new file",
        args.file.display()
    );
    let password = password_of(&address)?;
    team::dump(&address, &password, &args.file)?;
    console.message(&format!(
        "wrote a backup of {} to {}",
        address.location(),
        args.file.display()
    ));
    Ok(Ended::Well)
}

/// Restore a backup into a database, as its owner
///
/// Replaces the team dataset that is there. Members lose nothing that the backup lacks: for 30 days
/// their next `copydesk team send` sends it again.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk team restore postgres://owner@db.example.org/gold gold-2026-11-30.dump --replace"
)]
pub(super) struct RestoreArgs {
    #[command(flatten)]
    place: Place,
    /// A file of `copydesk team backup`
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace the team dataset that is there
    #[arg(long)]
    replace: bool,
}

pub(super) fn restore(args: &RestoreArgs, console: &mut Console) -> Result<Ended> {
    let address = args.place.address()?;
    let password = password_of(&address)?;
    let server = team::Server::connect(&address, &password)?;
    ensure!(
        args.replace || server.format()?.is_none(),
        "there is a team dataset at {}\nhint: make a backup of it and add --replace",
        address.location()
    );
    drop(server);
    let missing = team::restore_dump(&address, &password, &args.file)?;
    console.message(&format!(
        "restored {} from {}",
        address.location(),
        args.file.display()
    ));
    if !missing.is_empty() {
        console.message(&format!(
            "these members have no login on this server: {}\nhint: `copydesk team add` makes it, with a new password",
            missing.join(", ")
        ));
    }
    Ok(Ended::Well)
}
