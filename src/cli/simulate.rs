//! `copydesk simulate`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared;
use crate::dataset::simulate::{self, Step};

/// Play an annotator who corrects gold articles one by one while the model learns, and count the edits
///
/// An edit gives one label to neighbouring blocks that need it, as one key does. The model's guess at an article is fixed
/// before it learns from that article.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copydesk simulate gold.jsonl --svg curve.svg")]
pub(super) struct Args {
    /// Labelled records, in the order in which they are played; gzip is read through
    #[arg(required = true, value_name = "GOLD.jsonl")]
    gold: Vec<OsString>,
    /// The model to begin with, as `copydesk train` makes it [default: the one that comes with the program]
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Where to draw the curve
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// One line for each article, tab separated
    #[arg(long)]
    each: bool,
}

/// How many articles are one line of the table.
const STRETCH: usize = 10;

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    let cancel = cancel_on_signal();
    let model = shared::model(args.model.as_deref())?;
    console.start("articles");
    let (gold, bad) = shared::gold(&args.gold, console, &cancel)?;
    let steps = simulate::simulate(&gold, &model, console, &cancel)?;
    if cancel.is_cancelled() {
        return Ok(Ended::Stopped);
    }
    if let Some(path) = &args.svg {
        std::fs::write(path, simulate::svg(&steps, STRETCH))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let mut report = String::new();
    if args.each {
        report.push_str("id\tsite\tregions\tcold\tlearning\n");
        for step in &steps {
            report.push_str(&format!(
                "{}\t{}\t{}\t{}\t{}\n",
                step.id, step.site, step.regions, step.cold, step.learning
            ));
        }
    } else {
        report.push_str("articles     one per region    cold  learning   (edits per article)\n");
        for (at, stretch) in steps.chunks(STRETCH).enumerate() {
            let from = at * STRETCH + 1;
            report.push_str(&line(
                &format!("{from}-{}", from + stretch.len() - 1),
                stretch,
            ));
        }
        report.push_str(&line("all", &steps));
    }
    console.data(&report)?;
    Ok(if bad > 0 {
        Ended::BadInput
    } else {
        Ended::Well
    })
}

fn line(name: &str, steps: &[Step]) -> String {
    let mean = |value: &dyn Fn(&Step) -> usize| {
        steps.iter().map(value).sum::<usize>() as f64 / steps.len().max(1) as f64
    };
    format!(
        "{name:<12} {:>14.2} {:>7.2} {:>9.2}\n",
        mean(&|step| step.regions),
        mean(&|step| step.cold),
        mean(&|step| step.learning)
    )
}
