//! `copydesk team priority`, `reassign`, `close` and `reopen`: managers steer single articles.

use anyhow::Result;

use super::{Ended, Place};
use crate::cli::console::Console;
use crate::model::figures::counted;

/// Let some articles come first, or last
///
/// Articles with a higher number come before all others; those that nobody has set have 0. Use a
/// negative number to put articles at the end. What is in work stays as it is.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk team priority postgres://lead@db.example.org/gold 5 a0017 a0018"
)]
pub(super) struct PriorityArgs {
    #[command(flatten)]
    place: Place,
    /// The priority
    #[arg(value_name = "N", allow_negative_numbers = true)]
    priority: i64,
    /// The ids of articles
    #[arg(value_name = "ARTICLE", required = true)]
    articles: Vec<String>,
}

pub(super) fn priority(args: &PriorityArgs, console: &mut Console) -> Result<Ended> {
    let (server, address) = args.place.open()?;
    let numbers = server.article_numbers(&args.articles)?;
    let changed = server.set_priorities(&numbers, args.priority)?;
    console.message(&format!(
        "{} of {} now {} priority {}",
        counted(changed.unsigned_abs(), "article", "articles"),
        address.location(),
        if changed == 1 { "has" } else { "have" },
        args.priority
    ));
    Ok(Ended::Well)
}

/// Give articles that one member holds to another one
///
/// The second member gets them with the next `copydesk team take`. What the first one has saved
/// stays, and what she still sends is kept as extra.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk team reassign postgres://lead@db.example.org/gold --from ada --to ben a0017"
)]
pub(super) struct ReassignArgs {
    #[command(flatten)]
    place: Place,
    /// Who holds them
    #[arg(long, value_name = "NAME")]
    from: String,
    /// Who gets them
    #[arg(long, value_name = "NAME")]
    to: String,
    /// For how many days they are reserved
    #[arg(long, default_value_t = 2, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=7))]
    days: i64,
    /// The ids of articles
    #[arg(value_name = "ARTICLE", required = true)]
    articles: Vec<String>,
}

pub(super) fn reassign(args: &ReassignArgs, console: &mut Console) -> Result<Ended> {
    let (server, address) = args.place.open()?;
    let numbers = server.article_numbers(&args.articles)?;
    let seconds = args.days * 24 * 60 * 60;
    let mut given = 0;
    let mut refused = 0;
    for (id, number) in args.articles.iter().zip(numbers) {
        match server.reassign(number, &args.from, &args.to, seconds) {
            Ok(()) => given += 1,
            Err(crate::dataset::team::TeamError::Refused { reason, .. }) => {
                refused += 1;
                console.message(&format!("{id} was not reassigned: {reason}"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    console.message(&format!(
        "{} of {} went from {} to {}",
        counted(given, "article", "articles"),
        address.location(),
        args.from,
        args.to
    ));
    Ok(match refused {
        0 => Ended::Well,
        _ => Ended::BadInput,
    })
}

/// Close articles: nobody gets them any more, and work that still comes is kept as late
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copydesk team close postgres://lead@db.example.org/gold a0017")]
pub(super) struct CloseArgs {
    #[command(flatten)]
    place: Place,
    /// The ids of articles
    #[arg(value_name = "ARTICLE", required = true)]
    articles: Vec<String>,
}

pub(super) fn close(args: &CloseArgs, console: &mut Console) -> Result<Ended> {
    set_closed(&args.place, &args.articles, true, console)
}

/// Open closed articles again
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk team reopen postgres://lead@db.example.org/gold a0017"
)]
pub(super) struct ReopenArgs {
    #[command(flatten)]
    place: Place,
    /// The ids of articles
    #[arg(value_name = "ARTICLE", required = true)]
    articles: Vec<String>,
}

pub(super) fn reopen(args: &ReopenArgs, console: &mut Console) -> Result<Ended> {
    set_closed(&args.place, &args.articles, false, console)
}

fn set_closed(
    place: &Place,
    articles: &[String],
    closed: bool,
    console: &mut Console,
) -> Result<Ended> {
    let (server, address) = place.open()?;
    let numbers = server.article_numbers(articles)?;
    let changed = server.close_articles(&numbers, closed)?;
    console.message(&format!(
        "{} {} of {}",
        if closed { "closed" } else { "reopened" },
        counted(changed.unsigned_abs(), "article", "articles"),
        address.location()
    ));
    Ok(Ended::Well)
}
