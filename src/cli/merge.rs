//! `copydesk merge`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};
use serde_json::json;

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared::{self, InputOptions};
use crate::dataset::ImportOptions;
use crate::dataset::io::sources::WorkSource;
use crate::dataset::maintenance::merge::{MergeOptions, MergeReport, merge};
use crate::formats::metadata::time;
use crate::model::figures::counted;

/// Merge datasets and files of records, in which annotators worked on the same articles, into one
/// dataset
///
/// Articles are known by their content. The same inputs give the same export, in any order and
/// merged any number of times. Of two annotations by the same annotator the newer is kept. What
/// gives way, and what has an id that belongs to another text, is listed and written to
/// OUT.set-aside.jsonl, so that nothing is lost. That file is read by the next merge.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk merge team.copydesk packs/*.copydesk\n  copydesk merge team.copydesk ada.jsonl ben.jsonl --annotator ben.jsonl=ben"
)]
pub(super) struct Args {
    /// The dataset to make; if it is there, it is one of the inputs
    out: PathBuf,
    /// Datasets, or files of records
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<OsString>,
    #[command(flatten)]
    input: InputOptions,
    /// Whose the records of a file are that name no annotator; may be given several times
    #[arg(long, value_name = "FILE=NAME")]
    annotator: Vec<String>,
    /// The labels of a new dataset: news, conll, or a TOML file [default: those of the merged
    /// datasets, or news]
    #[arg(long, value_name = "NAME|FILE")]
    schema: Option<PathBuf>,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    let inputs = shared::existing(&args.inputs)?;
    let mut names = BTreeMap::new();
    for word in &args.annotator {
        match word.rsplit_once('=') {
            Some((file, name)) if !(file.is_empty() || name.trim().is_empty()) => {
                names.insert(file.to_owned(), name.trim().to_owned());
            }
            _ => bail!("--annotator {word} names no annotator\nhint: write it as FILE=NAME"),
        }
    }
    let options = MergeOptions {
        read: ImportOptions {
            format: args.input.format(),
            read: args.input.read(),
            jobs: 0,
        },
        schema: match &args.schema {
            Some(_) if args.out.exists() => bail!(
                "the dataset is there already and keeps its labels; `copydesk schema set` changes them"
            ),
            Some(name) => Some(shared::schema(name, None)?),
            None => None,
        },
        names,
    };
    let sources: Vec<WorkSource> = inputs.into_iter().map(WorkSource::new).collect();
    console.start("articles");
    let cancel = cancel_on_signal();
    let merged = merge(&args.out, &sources, &options, console, &cancel);
    console.clear();
    let stopped = "stopped; nothing was changed";
    let Some(report) = shared::unless_stopped(merged, console, stopped)? else {
        return Ok(Ended::Stopped);
    };
    if args.json {
        console.data(&format!("{:#}\n", as_json(&report)))?;
    } else {
        console.data(&as_lines(&report))?;
    }
    tell(&report, console);
    Ok(match report.refused.len() as u64 + report.faults.refused {
        0 => Ended::Well,
        _ => Ended::BadInput,
    })
}

fn as_json(report: &MergeReport) -> serde_json::Value {
    let set_aside: Vec<_> = report
        .set_aside
        .iter()
        .map(|one| {
            json!({
                "article": one.article, "annotator": one.annotator,
                "updated_at": time::print(one.at_ms), "kept": time::print(one.kept_at_ms),
            })
        })
        .collect();
    let refused: Vec<_> = report
        .refused
        .iter()
        .map(|one| json!({"article": one.article, "sources": one.sources}))
        .collect();
    json!({
        "articles": report.articles, "annotations": report.annotations,
        "set_aside": set_aside, "refused": refused, "refused_records": report.faults.refused,
        "set_aside_file": report.beside.as_ref().map(|path| path.display().to_string()),
    })
}

/// A line for each annotation and article that is not in the dataset.
fn as_lines(report: &MergeReport) -> String {
    let mut out = String::new();
    for one in &report.set_aside {
        out.push_str(&format!(
            "set aside\t{}\t{}\t{}\tnewer: {}\n",
            one.article,
            one.annotator,
            time::print(one.at_ms),
            time::print(one.kept_at_ms)
        ));
    }
    for one in &report.refused {
        out.push_str(&format!(
            "refused\t{}\tthe id belongs to another text\t{}\n",
            one.article,
            one.sources.join(", ")
        ));
    }
    out
}

fn tell(report: &MergeReport, console: &mut Console) {
    let mut parts = vec![format!(
        "{} with {}",
        counted(report.articles, "article", "articles"),
        counted(report.annotations, "annotation", "annotations")
    )];
    let set_aside = report.set_aside.len() as u64;
    if set_aside > 0 {
        parts.push(format!(
            "{} set aside",
            counted(set_aside, "annotation", "annotations")
        ));
    }
    let refused = report.refused.len() as u64;
    if refused > 0 {
        parts.push(format!(
            "{} refused, whose ids belong to other texts",
            counted(refused, "article", "articles")
        ));
    }
    shared::add_faults(&mut parts, report.faults.refused, report.faults.warnings);
    console.message(&parts.join("; "));
    if let Some(path) = &report.beside {
        console.message(&format!(
            "what is not in the dataset is in {}",
            path.display()
        ));
    }
}
