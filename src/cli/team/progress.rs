//! `copydesk team status`.

use anyhow::Result;
use serde_json::json;

use super::{Ended, Place, time};
use crate::cli::console::Console;
use crate::dataset::team::TeamProgress;
use crate::model::figures::number;

/// Show how far the team and each member are
///
/// Managers and the owner see everybody's numbers.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  copydesk team status postgres://lead@db.example.org/gold --json | jq .complete"
)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    place: Place,
    /// Print the numbers as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &StatusArgs, console: &mut Console) -> Result<Ended> {
    let (server, address) = args.place.open()?;
    let progress = server.progress()?;
    if args.json {
        console.data(&format!("{:#}\n", as_json(&progress)))?;
    } else {
        console.data(&format!("{}\n{}", address.location(), as_lines(&progress)))?;
    }
    if progress.without_annotator > 0 {
        console.message(&format!(
            "{} articles wait for an annotator who has not had them\nhint: add annotators, or lower the overlap",
            progress.without_annotator
        ));
    }
    Ok(Ended::Well)
}

fn as_json(progress: &TeamProgress) -> serde_json::Value {
    let members: Vec<_> = progress
        .members
        .iter()
        .map(|member| {
            json!({
                "name": member.login, "roles": member.roles, "active": member.is_active,
                "done": member.done, "open": member.open, "skipped": member.skipped,
                "extra": member.extra, "lapsed": member.lapsed, "active_ms": member.active_ms,
                "last_saved": (member.last_saved_ms > 0).then(|| time(member.last_saved_ms)),
            })
        })
        .collect();
    json!({
        "articles": progress.articles, "complete": progress.complete, "begun": progress.begun,
        "overlap": progress.overlap, "open_slots": progress.open_slots, "order": progress.order,
        "without_annotator": progress.without_annotator, "changes": progress.seq,
        "members": members,
    })
}

fn as_lines(progress: &TeamProgress) -> String {
    let natural = |n: i64| number(n.unsigned_abs());
    let mut out = format!(
        "{} of {} articles complete ({} annotators each), {} begun, {} slots open\n",
        natural(progress.complete),
        natural(progress.articles),
        natural(progress.overlap),
        natural(progress.begun),
        natural(progress.open_slots)
    );
    out.push_str("member\troles\tdone\topen\tskipped\textra\tlapsed\tminutes\tlast saved\n");
    for member in &progress.members {
        let former = if member.is_active { "" } else { " (former)" };
        out.push_str(&format!(
            "{}{former}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
            member.login,
            member.roles.join(","),
            natural(member.done),
            natural(member.open),
            natural(member.skipped),
            natural(member.extra),
            natural(member.lapsed),
            natural(member.active_ms / 60_000),
            time(member.last_saved_ms)
        ));
    }
    out
}
