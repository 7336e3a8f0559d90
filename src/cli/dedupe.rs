//! `copydesk dedupe`.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use crate::dataset::{self, Cancelled, Dataset};
use crate::model::figures::counted;

/// List the near-duplicates of a dataset, such as wire copy, as groups
///
/// One line an article: the number of its group, how much of what it says is in another one of the group (0 to 1), its id,
/// its headline. Nothing is changed.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk dedupe news.copydesk\n  copydesk dedupe news.copydesk --json | jq -r '.articles[1:][].id'"
)]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// One JSON object a line for each group
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    let dataset = Dataset::open_to_read(&args.dataset)?;
    console.start("articles");
    let cancel = cancel_on_signal();
    let groups = match dataset::duplicates(dataset.store(), console, &cancel) {
        Err(error) if error.is::<Cancelled>() => {
            console.clear();
            console.say("stopped");
            return Ok(Ended::Stopped);
        }
        other => other?,
    };
    console.clear();
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
