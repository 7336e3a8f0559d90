//! `copydesk evaluate`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared;
use crate::dataset::{CancelFlag, entities, evaluate};

/// Measure how right the suggestions are: per label precision, recall and F1, by characters and exact spans
///
/// White space is not counted, and what no region holds is nav. A span is right if its start, end and label are.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk evaluate gold.jsonl\n  copydesk evaluate gold.jsonl --model news.crf --view full"
)]
pub(super) struct Args {
    /// Labelled records; gzip is read through
    #[arg(required = true, value_name = "GOLD.jsonl")]
    gold: Vec<OsString>,
    /// The model to measure, as `copydesk train` makes it [default: the one that comes with the program]
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// What to measure
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    only: shared::Only,
    /// Which region labels count
    #[arg(long, value_enum, default_value_t)]
    view: View,
}

/// Which labels count.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum View {
    /// Body, comment and nav; where the gold has others, nothing is counted
    #[default]
    Core,
    /// Every label
    Full,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    let cancel = cancel_on_signal();
    if args.only == shared::Only::Entities {
        return run_entities(args, console, &cancel);
    }
    let model = shared::model(args.model.as_deref())?;
    console.start("records");
    let (gold, bad) = shared::gold(&args.gold, console, &cancel)?;
    let view = match args.view {
        View::Core => evaluate::View::Core,
        View::Full => evaluate::View::Full,
    };
    let evaluation = evaluate::evaluate(&gold, &model, view, console, &cancel)?;
    if evaluation.cancelled {
        return Ok(Ended::Stopped);
    }
    let mut report = String::new();
    for (name, scores) in [("texts", &evaluation.texts), ("pages", &evaluation.pages)] {
        if scores.articles > 0 {
            report.push_str(&shared::score_table(name, scores));
        }
    }
    console.data(&report)?;
    Ok(if bad > 0 {
        Ended::BadInput
    } else {
        Ended::Well
    })
}

fn run_entities(args: &Args, console: &mut Console, cancel: &CancelFlag) -> Result<Ended> {
    let model = shared::tagger(args.model.as_deref())?;
    console.start("records");
    let (gold, bad) = shared::entity_gold(&args.gold, console, cancel)?;
    let Some(scores) = entities::evaluate::evaluate(&gold, &model, console, cancel)? else {
        return Ok(Ended::Stopped);
    };
    console.clear();
    console.data(&shared::entity_table("entities", &scores))?;
    let seconds = scores.time.as_secs_f64();
    console.say(&format!(
        "{} tokens in {seconds:.2} s on one core: {:.2} million a second",
        scores.tokens,
        scores.tokens as f64 / seconds.max(1e-9) / 1e6
    ));
    Ok(if bad > 0 {
        Ended::BadInput
    } else {
        Ended::Well
    })
}
