//! `copydesk stats`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::Ended;
use super::console::{Console, cancel_on_signal, number};
use crate::dataset::{self, Dataset};
use crate::model::{Label, Status};
use crate::quality::{LabelCount, Statistics};

/// Count what a dataset holds: articles by status, labels, annotators
///
/// An article counts by its newest annotation by a person, or else by what the models suggest.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk stats news.copydesk\n  copydesk stats news.copydesk --json | jq .articles.done"
)]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    let dataset = Dataset::open_to_read(&args.dataset)?;
    console.start("articles");
    let cancel = cancel_on_signal();
    let statistics = dataset::statistics(dataset.store(), console, &cancel)?;
    if cancel.is_cancelled() {
        return Ok(Ended::Stopped);
    }
    if args.json {
        console.data(&format!("{:#}\n", as_json(&statistics)))?;
    } else {
        console.data(&as_table(&statistics))?;
    }
    Ok(Ended::Well)
}

fn as_json(statistics: &Statistics) -> Value {
    let mut articles = Map::new();
    articles.insert("total".into(), statistics.articles.into());
    for (status, count) in Status::ALL.iter().zip(statistics.statuses) {
        articles.insert(status.as_str().into(), count.into());
    }
    let labels = |counts: &BTreeMap<Label, LabelCount>| -> Map<String, Value> {
        counts
            .iter()
            .map(|(label, count)| {
                let count = json!({"spans": count.spans, "chars": count.chars, "suggestions": count.suggestions});
                (label.to_string(), count)
            })
            .collect()
    };
    let annotators: Map<String, Value> = statistics
        .annotators
        .iter()
        .map(|(name, (articles, done))| (name.clone(), json!({"articles": articles, "done": done})))
        .collect();
    json!({
        "articles": articles,
        "chars": statistics.chars,
        "longest_article_chars": statistics.longest,
        "regions": labels(&statistics.regions),
        "entities": labels(&statistics.entities),
        "annotators": annotators,
        "remarks": statistics.remarks,
    })
}

fn as_table(statistics: &Statistics) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "articles {:>16}", number(statistics.articles));
    for (status, count) in Status::ALL.iter().zip(statistics.statuses) {
        let percent = 100.0 * count as f64 / statistics.articles.max(1) as f64;
        let _ = writeln!(
            out,
            "  {:<10}{:>13}{percent:>8.1} %",
            status.as_str(),
            number(count)
        );
    }
    let _ = writeln!(
        out,
        "characters {:>14}   longest article {}",
        number(statistics.chars),
        number(statistics.longest)
    );
    for (kind, counts) in [
        ("regions", &statistics.regions),
        ("entities", &statistics.entities),
    ] {
        let _ = writeln!(
            out,
            "\n{kind:<12}{:>13}{:>16}{:>14}",
            "spans", "characters", "suggested"
        );
        if counts.is_empty() {
            out.push_str("  none\n");
        }
        for (label, count) in counts {
            let _ = writeln!(
                out,
                "  {:<10}{:>13}{:>16}{:>14}",
                label.as_str(),
                number(count.spans),
                number(count.chars),
                number(count.suggestions)
            );
        }
    }
    if !statistics.annotators.is_empty() {
        let _ = writeln!(
            out,
            "\n{:<12}{:>13}{:>16}",
            "annotators", "articles", "done"
        );
        for (name, (articles, done)) in &statistics.annotators {
            let _ = writeln!(
                out,
                "  {name:<10}{:>13}{:>16}",
                number(*articles),
                number(*done)
            );
        }
    }
    out
}
