//! `copydesk team take`, `send`, `return` and `fetch`: the work of members.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::json;

use super::{Ended, PackFile, Place, cancel_on_signal, time};
use crate::cli::console::Console;
use crate::cli::shared;
use crate::dataset::team::{self, SendReport, TakeReport, WorkOutcome};
use crate::model::figures::counted;

/// The longest lease, in days.
const MOST_DAYS: i64 = 7;

/// Take articles from the team's queue into a dataset, to label them without a connection
///
/// Nobody else gets these slots before the leases end. The file is an ordinary dataset: open it
/// with `copydesk FILE --annotator NAME`, where NAME is your login. Called again, the command tops
/// the file up.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk team take postgres://ada@db.example.org/gold --out mine.copydesk --articles 20"
)]
pub(super) struct TakeArgs {
    #[command(flatten)]
    place: Place,
    /// The dataset to make, or to top up
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How many open articles the file holds then
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    articles: u32,
    /// For how many days they are yours; saving and `team send` renew it
    #[arg(long, default_value_t = 2, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=MOST_DAYS))]
    days: i64,
}

pub(super) fn take(args: &TakeArgs, console: &mut Console) -> Result<Ended> {
    let mut link = args.place.link()?;
    console.start("articles");
    let cancel = cancel_on_signal();
    let seconds = args.days * 24 * 60 * 60;
    let taken = team::take(
        &mut link,
        &args.out,
        args.articles,
        seconds,
        console,
        &cancel,
    );
    console.clear();
    let stopped = "stopped; the same command goes on";
    let Some(report) = shared::unless_stopped(taken, console, stopped)? else {
        return Ok(Ended::Stopped);
    };
    let TakeReport {
        new,
        open,
        until_ms,
    } = report;
    let file = args.out.display();
    if open == 0 {
        console.message("the team has no article left for you");
        return Ok(Ended::Well);
    }
    let mut words = format!(
        "took {}; {file} has {} open, until {}",
        counted(new as u64, "article", "articles"),
        open,
        time(until_ms)
    );
    if open < args.articles as usize {
        words.push_str("; the team has no more for you");
    }
    words.push_str(&format!(
        "\nhint: copydesk {file} --annotator {}, then copydesk team send {file}",
        link.address().user
    ));
    console.message(&words);
    Ok(Ended::Well)
}

/// Send your work in a taken dataset, or your decisions in a fetched one, to the team
///
/// Each edit arrives exactly once, however often the command is run and whatever breaks in between.
/// Nothing is removed from FILE. Exit code 3: some work was not accepted; it stays in FILE.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk team send mine.copydesk\n  copydesk team send all.copydesk     # an adjudicator's decisions"
)]
pub(super) struct SendArgs {
    #[command(flatten)]
    pack: PackFile,
    /// For how many days the open articles stay yours
    #[arg(long, default_value_t = 2, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=MOST_DAYS))]
    days: i64,
    /// Print what became of the work as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn send(args: &SendArgs, console: &mut Console) -> Result<Ended> {
    let (mut dataset, mut link) = args.pack.open()?;
    console.start("articles");
    let cancel = cancel_on_signal();
    let seconds = args.days * 24 * 60 * 60;
    let sent = team::send(&mut link, &mut dataset, seconds, console, &cancel);
    console.clear();
    let stopped = "stopped; the same command sends the rest";
    let Some(report) = shared::unless_stopped(sent, console, stopped)? else {
        return Ok(Ended::Stopped);
    };
    if args.json {
        console.data(&format!("{:#}\n", as_json(&report)))?;
    }
    tell(&report, &args.pack.pack.display().to_string(), console);
    Ok(match report.conflicts.len() + report.refused.len() {
        0 => Ended::Well,
        _ => Ended::BadInput,
    })
}

fn as_json(report: &SendReport) -> serde_json::Value {
    let refused: Vec<_> = report
        .refused
        .iter()
        .map(|(id, reason)| json!({"article": id, "reason": reason}))
        .collect();
    let inputs_changed: Vec<_> = report
        .inputs_changed
        .iter()
        .map(|(id, names)| json!({"article": id, "annotators": names}))
        .collect();
    let merged: Vec<_> = report
        .merged
        .iter()
        .map(|one| json!({"article": one.article, "left_out": one.left_out}))
        .collect();
    json!({
        "entries": report.entries, "open": report.open, "restored": report.was_restored,
        "done": report.with(WorkOutcome::Done), "saved": report.with(WorkOutcome::Saved),
        "skipped": report.with(WorkOutcome::Skipped), "extra": report.with(WorkOutcome::Extra),
        "late": report.with(WorkOutcome::Late), "merged": merged, "conflicts": report.conflicts, "refused": refused,
        "labels_changed": report.labels_changed, "inputs_changed": inputs_changed,
    })
}

fn tell(report: &SendReport, file: &str, console: &mut Console) {
    let count = |outcome| report.with(outcome).len() as u64;
    if report.was_restored {
        console.message("the server was restored from a backup: all work was sent again");
    }
    if report.labels_changed {
        console.message(&format!(
            "the manager changed the labels; {file} has the new ones, and your work their names"
        ));
    }
    for (id, names) in &report.inputs_changed {
        console.message(&format!(
            "{id}: {} changed their work since you fetched it\nhint: `copydesk team fetch --replace` opens the changed places again; the other decisions stay",
            names.join(", ")
        ));
    }
    console.message(&format!(
        "the team has {} more of your edits; {} done, {} begun, {} skipped; {} open here",
        report.entries,
        counted(count(WorkOutcome::Done), "article", "articles"),
        count(WorkOutcome::Saved),
        count(WorkOutcome::Skipped),
        report.open
    ));
    for (outcome, words) in [
        (
            WorkOutcome::Extra,
            "kept as extra, because others finished them while your lease was over",
        ),
        (WorkOutcome::Late, "kept as late, because they are closed"),
    ] {
        let ids = report.with(outcome);
        if !ids.is_empty() {
            console.message(&format!("{words}: {}", ids.join(", ")));
        }
    }
    for merged in &report.merged {
        let id = &merged.article;
        console.message(&match merged.left_out.as_slice() {
            [] => format!("{id}: you changed this in another file, too; both changes are in it now"),
            left_out => format!(
                "{id}: you changed this in another file, too; both changes are in it now, except for {} of {file}: {}\nhint: the other file has something else there; open {file} to decide",
                counted(left_out.len() as u64, "change", "changes"),
                left_out.join(", ")
            ),
        });
    }
    if !report.conflicts.is_empty() {
        console.message(&format!(
            "not sent, because you changed them in another file, too, with newer labels: {}\nhint: this version stays in {file}, and is sent once the file has the new labels",
            report.conflicts.join(", ")
        ));
    }
    for (id, reason) in &report.refused {
        console.message(&format!("not accepted: {id}: {reason}"));
    }
    for (name, articles) in &report.others {
        console.message(&format!(
            "{} by {name} {} not sent: they are not under your login\nhint: open the file with --annotator and your login",
            counted(*articles as u64, "annotation", "annotations"),
            if *articles == 1 { "was" } else { "were" }
        ));
    }
}

/// Give taken articles back that you have not begun
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copydesk team return mine.copydesk")]
pub(super) struct ReturnArgs {
    #[command(flatten)]
    pack: PackFile,
}

pub(super) fn give_back(args: &ReturnArgs, console: &mut Console) -> Result<Ended> {
    let (mut dataset, mut link) = args.pack.open()?;
    let returned = team::give_back(&mut link, &mut dataset, &cancel_on_signal())?;
    console.message(&format!(
        "gave {} back",
        counted(returned.unsigned_abs(), "article", "articles")
    ));
    Ok(Ended::Well)
}

/// Fetch the articles and all work that you may see into a dataset
///
/// A manager gets everybody's work and an adjudicator all finished work, for agreement, adjudication
/// and export. An annotator gets her own, and the adjudicated versions if the manager shares them. An
/// adjudicator adjudicates in the file and sends the decisions with `copydesk team send`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk team fetch postgres://lead@db.example.org/gold --out all.copydesk\n  copydesk agreement all.copydesk"
)]
pub(super) struct FetchArgs {
    #[command(flatten)]
    place: Place,
    /// The dataset to make
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace a dataset that is there
    #[arg(long)]
    replace: bool,
}

pub(super) fn fetch(args: &FetchArgs, console: &mut Console) -> Result<Ended> {
    let mut link = args.place.link()?;
    console.start("articles");
    let cancel = cancel_on_signal();
    let fetched = team::fetch(&mut link, &args.out, args.replace, console, &cancel);
    console.clear();
    let stopped = "stopped; nothing was changed";
    let Some(report) = shared::unless_stopped(fetched, console, stopped)? else {
        return Ok(Ended::Stopped);
    };
    let mut parts = vec![format!(
        "{} with {}",
        counted(report.articles, "article", "articles"),
        counted(report.works, "annotation", "annotations")
    )];
    shared::add_faults(&mut parts, report.refused, 0);
    console.message(&parts.join("; "));
    Ok(match report.refused {
        0 => Ended::Well,
        _ => Ended::BadInput,
    })
}
