//! `copydesk dedupe`.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared;
use crate::dataset::{self, Dataset, LabelledCopy, SystemClock};
use crate::model::figures::counted;
use crate::quality::Projection;

/// List the near-duplicates of a dataset, such as agency stories, in groups
///
/// Prints one line for each article: the number of its group, the share of its text that another
/// article of the group contains (0 to 1), its id and its headline. Changes nothing, except with
/// --project-labels.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk dedupe news.copydesk\n  copydesk dedupe news.copydesk --json | jq -r '.articles[1:][].id'\n  copydesk dedupe news.copydesk --project-labels"
)]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// Print one JSON object per line for each group
    #[arg(long)]
    json: bool,
    /// Project the labels of done articles onto their unstarted near-duplicates, whose status
    /// becomes `started`. Prints one line for each copy: its id, the id of the labelled article,
    /// the share of that article in the copy (0 to 1), certain labels, labels to check, and
    /// entities left out
    #[arg(long, alias = "carry")]
    project_labels: bool,
    /// The annotator who gets the projected labels [default: whoever labelled the article]; takes
    /// only labels that this annotator may see (see `copydesk mode`)
    #[arg(long, value_name = "NAME", requires = "project_labels")]
    annotator: Option<String>,
}

fn project_labels(args: &Args, console: &mut Console) -> Result<Ended> {
    if args
        .annotator
        .as_ref()
        .is_some_and(|name| name.trim().is_empty())
    {
        anyhow::bail!("--annotator needs a name");
    }
    let annotator = args.annotator.as_deref().map(str::trim);
    let mut dataset = Dataset::open(&args.dataset)?;
    console.start("articles");
    let cancel = cancel_on_signal();
    let projection = dataset::project_labels(
        dataset.store_mut(),
        annotator,
        &SystemClock,
        console,
        &cancel,
    );
    console.clear();
    let stopped = "stopped; labels that were already projected stay";
    let Some(copies) = shared::unless_stopped(projection, console, stopped)? else {
        return Ok(Ended::Stopped);
    };
    let mut out = String::new();
    let mut doubtful = 0;
    for LabelledCopy {
        to,
        from,
        annotator,
        projection,
        ..
    } in &copies
    {
        doubtful += projection.doubtful;
        if args.json {
            let line = json!({
                "id": to, "from": from, "annotator": annotator, "share": (projection.share * 100.0).round() / 100.0,
                "sure": projection.sure, "doubtful": projection.doubtful, "left_out": projection.left_out,
            });
            out.push_str(&format!("{line}\n"));
        } else {
            let Projection {
                share,
                sure,
                doubtful,
                left_out,
                ..
            } = projection;
            out.push_str(&format!(
                "{to}\t{from}\t{share:.2}\t{sure}\t{doubtful}\t{left_out}\n"
            ));
        }
    }
    console.data(&out)?;
    console.message(&format!(
        "{} got labels; {} to check",
        counted(copies.len() as u64, "copy", "copies"),
        counted(doubtful, "label", "labels")
    ));
    Ok(Ended::Well)
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    if args.project_labels {
        return project_labels(args, console);
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
    console.message(&format!(
        "{} of near-duplicates, {}",
        counted(groups.len() as u64, "group", "groups"),
        counted(articles, "article", "articles")
    ));
    Ok(Ended::Well)
}
