//! `copydesk dedupe`.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared;
use crate::dataset::{self, Copied, Dataset, SystemClock};
use crate::model::figures::counted;
use crate::quality::Carried;

/// List the near-duplicates of a dataset, such as wire copy, as groups
///
/// One line an article: the number of its group, how much of what it says is in another one of the group (0 to 1), its id,
/// its headline. Nothing is changed, unless --carry asks for it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk dedupe news.copydesk\n  copydesk dedupe news.copydesk --json | jq -r '.articles[1:][].id'\n  copydesk dedupe news.copydesk --carry"
)]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// One JSON object a line for each group
    #[arg(long)]
    json: bool,
    /// Carry the labels of done articles over to their copies that nobody has touched, as work begun: what is doubtful is
    /// left for review. One line a copy: its id, that of the labelled one, how much of that one it has (0 to 1), labels that
    /// are sure, labels to look at, entities left out
    #[arg(long)]
    carry: bool,
    /// In whose name labels are carried over [default: whoever labelled the article]; only those that this annotator may see:
    /// see `copydesk mode`
    #[arg(long, value_name = "NAME", requires = "carry")]
    annotator: Option<String>,
}

fn carry(args: &Args, console: &mut Console) -> Result<Ended> {
    if args
        .annotator
        .as_ref()
        .is_some_and(|name| name.trim().is_empty())
    {
        anyhow::bail!("an annotator has a name");
    }
    let annotator = args.annotator.as_deref().map(str::trim);
    let mut dataset = Dataset::open(&args.dataset)?;
    console.start("articles");
    let cancel = cancel_on_signal();
    let carried = dataset::carry(
        dataset.store_mut(),
        annotator,
        &SystemClock,
        console,
        &cancel,
    );
    console.clear();
    let stopped = "stopped; copies that have their labels already keep them";
    let Some(copies) = shared::unless_stopped(carried, console, stopped)? else {
        return Ok(Ended::Stopped);
    };
    let mut out = String::new();
    let mut doubtful = 0;
    for Copied {
        to,
        from,
        annotator,
        carried,
        ..
    } in &copies
    {
        doubtful += carried.doubtful;
        if args.json {
            let line = json!({
                "id": to, "from": from, "annotator": annotator, "share": (carried.share * 100.0).round() / 100.0,
                "sure": carried.sure, "doubtful": carried.doubtful, "left_out": carried.left_out,
            });
            out.push_str(&format!("{line}\n"));
        } else {
            let Carried {
                share,
                sure,
                doubtful,
                left_out,
                ..
            } = carried;
            out.push_str(&format!(
                "{to}\t{from}\t{share:.2}\t{sure}\t{doubtful}\t{left_out}\n"
            ));
        }
    }
    console.data(&out)?;
    console.say(&format!(
        "{} got labels; {} to look at",
        counted(copies.len() as u64, "copy", "copies"),
        counted(doubtful, "label", "labels")
    ));
    Ok(Ended::Well)
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    if args.carry {
        return carry(args, console);
    }
    let dataset = Dataset::open_to_read(&args.dataset)?;
    console.start("articles");
    let cancel = cancel_on_signal();
    let found = dataset::duplicates(dataset.store(), console, &cancel);
    console.clear();
    let Some(groups) = shared::unless_stopped(found, console, "stopped")? else {
        return Ok(Ended::Stopped);
    };
    let mut out = String::new();
    let mut articles = 0;
    for (index, group) in groups.iter().enumerate() {
        articles += group.len() as u64;
        if args.json {
            let copies: Vec<Value> = group
                .iter()
                .map(|copy| json!({"id": copy.id, "headline": copy.headline, "likeness": (copy.likeness * 100.0).round() / 100.0}))
                .collect();
            out.push_str(&format!(
                "{}\n",
                json!({"group": index + 1, "articles": copies})
            ));
        } else {
            for copy in group {
                let headline: String = copy
                    .headline
                    .chars()
                    .map(|c| if c.is_control() { ' ' } else { c })
                    .collect();
                out.push_str(&format!(
                    "{}\t{:.2}\t{}\t{headline}\n",
                    index + 1,
                    copy.likeness,
                    copy.id
                ));
            }
        }
    }
    console.data(&out)?;
    console.say(&format!(
        "{} of near-duplicates, {}",
        counted(groups.len() as u64, "group", "groups"),
        counted(articles, "article", "articles")
    ));
    Ok(Ended::Well)
}
