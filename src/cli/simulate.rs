//! `copydesk simulate`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::figures_json;
use super::shared;
use super::tables;
use crate::dataset::training::entities;
use crate::dataset::training::regions::simulate;
use crate::dataset::training::regions::simulate::RegionSimulationStep;
use crate::dataset::{CancelFlag, write_picture};

/// Count the edits of a simulated annotator while the model learns
///
/// The annotator corrects the gold articles one by one. One edit gives a label to a run of adjacent
/// blocks, as one key press does. The suggestion for an article is made before the model learns
/// from that article.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  copydesk simulate gold.jsonl --svg curve.svg")]
pub(super) struct Args {
    /// Labelled records, in the order of the simulation; gzip is decompressed
    #[arg(required = true, value_name = "GOLD.jsonl")]
    gold: Vec<OsString>,
    /// The initial model, made by `copydesk train` [default: the built-in model]
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// What to simulate
    #[arg(long, alias = "only", value_enum, default_value_t, value_name = "TASK")]
    task: shared::Task,
    /// Start with an empty model (entities only)
    #[arg(long, conflicts_with = "model")]
    from_nothing: bool,
    /// Score the model on these records every 50 articles, and at the end by label (entities only)
    #[arg(long, value_name = "GOLD.jsonl")]
    held_out: Option<OsString>,
    /// The file for the learning curve
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Print one line for each article, separated by tabs
    #[arg(long)]
    each: bool,
    /// Print the figures of each article and in total as JSON
    #[arg(long, conflicts_with = "each")]
    json: bool,
}

/// How many articles are one line of the table.
const STRETCH: usize = 10;

/// The same for entities, of which some articles have few.
const ENTITY_STRETCH: usize = 50;

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    if let Some(svg) = &args.svg {
        let words = args.gold.iter().chain(&args.held_out);
        shared::check_output(svg, words, [args.model.as_ref()])?;
    }
    let cancel = cancel_on_signal();
    if args.task == shared::Task::Entities {
        return run_entities(args, console, &cancel);
    }
    let model = shared::model(args.model.as_deref())?;
    console.start("articles");
    let (gold, bad) = shared::gold(&args.gold, console, &cancel)?;
    let steps = simulate::simulate(&gold, &model, console, &cancel)?;
    if cancel.is_cancelled() {
        return Ok(Ended::Stopped);
    }
    if let Some(path) = &args.svg {
        write_picture(path, simulate::svg(&steps, STRETCH).as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let mut report = String::new();
    if args.json {
        report = regions_json(&steps);
    } else if args.each {
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
    put(args, &report, console)?;
    Ok(if bad > 0 {
        Ended::BadInput
    } else {
        Ended::Well
    })
}

/// Prints what was asked for.
fn put(args: &Args, report: &str, console: &mut Console) -> Result<()> {
    if args.json {
        console.raw_data(report)
    } else {
        console.data(report)
    }
}

fn regions_json(steps: &[RegionSimulationStep]) -> String {
    let each: Vec<Value> = steps
        .iter()
        .map(|step| {
            json!({
                "id": step.id,
                "site": step.site,
                "regions": step.regions,
                "cold": step.cold,
                "learning": step.learning,
            })
        })
        .collect();
    let sum = |of: fn(&RegionSimulationStep) -> usize| steps.iter().map(of).sum::<usize>();
    let all = json!({
        "articles": steps.len(),
        "regions": sum(|step| step.regions),
        "cold": sum(|step| step.cold),
        "learning": sum(|step| step.learning),
    });
    format!(
        "{:#}\n",
        json!({"task": "regions", "articles": each, "all": all})
    )
}

fn entities_json(steps: &[entities::simulate::EntitySimulationStep]) -> String {
    use entities::simulate::{Edits, EntitySimulationStep};

    let edits = |edits: &Edits| {
        json!({
            "edits": edits.single,
            "edits_everywhere": edits.everywhere,
            "spans": figures_json::counts(edits.spans),
        })
    };
    let each: Vec<Value> = steps
        .iter()
        .map(|step| {
            json!({
                "id": step.id,
                "entities": step.entities,
                "scratch": edits(&step.none),
                "cold": edits(&step.frozen),
                "learning": edits(&step.learning),
                "held_out": step.held_out.as_ref().map(|tally| figures_json::counts(tally.micro())),
            })
        })
        .collect();
    let sum = |of: fn(&EntitySimulationStep) -> &Edits| {
        let mut sum = Edits::default();
        for step in steps {
            let one = of(step);
            sum.single += one.single;
            sum.everywhere += one.everywhere;
            sum.spans += one.spans;
        }
        edits(&sum)
    };
    let held_out = steps.last().and_then(|step| step.held_out.as_ref());
    let all = json!({
        "articles": steps.len(),
        "entities": steps.iter().map(|step| step.entities).sum::<u64>(),
        "scratch": sum(|step| &step.none),
        "cold": sum(|step| &step.frozen),
        "learning": sum(|step| &step.learning),
        "held_out": held_out.map(|tally| figures_json::counts(tally.micro())),
        "held_out_labels": held_out.map(figures_json::tally),
    });
    format!(
        "{:#}\n",
        json!({"task": "entities", "articles": each, "all": all})
    )
}

fn line(name: &str, steps: &[RegionSimulationStep]) -> String {
    let mean = |value: &dyn Fn(&RegionSimulationStep) -> usize| {
        steps.iter().map(value).sum::<usize>() as f64 / steps.len().max(1) as f64
    };
    format!(
        "{name:<12} {:>14.2} {:>7.2} {:>9.2}\n",
        mean(&|step| step.regions),
        mean(&|step| step.cold),
        mean(&|step| step.learning)
    )
}

fn run_entities(args: &Args, console: &mut Console, cancel: &CancelFlag) -> Result<Ended> {
    use entities::simulate::{simulate, svg};

    let models = shared::tagger(args.model.as_deref())?;
    console.start("articles");
    let (gold, bad) = shared::entity_gold(&args.gold, console, cancel)?;
    let (held_out, bad_held_out) = match &args.held_out {
        Some(word) => shared::entity_gold(std::slice::from_ref(word), console, cancel)?,
        None => (Vec::new(), 0),
    };
    let nothing;
    let model = if args.from_nothing {
        nothing = entities::nothing(&gold);
        &nothing
    } else {
        entities::model_for(&models, &gold)
    };
    let steps = simulate(&gold, &held_out, ENTITY_STRETCH, model, console, cancel)?;
    console.clear();
    if cancel.is_cancelled() {
        return Ok(Ended::Stopped);
    }
    if let Some(path) = &args.svg {
        write_picture(path, svg(&steps, ENTITY_STRETCH).as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let report = entity_report(args, &steps, !held_out.is_empty());
    put(args, &report, console)?;
    let mut times: Vec<f64> = steps.iter().map(|step| step.time.as_secs_f64()).collect();
    times.sort_by(f64::total_cmp);
    if let (Some(median), Some(most)) = (times.get(times.len() / 2), times.last()) {
        console.message(&format!(
            "learning from an article took {median:.3} s (median), at most {most:.3} s"
        ));
    }
    Ok(if bad + bad_held_out > 0 {
        Ended::BadInput
    } else {
        Ended::Well
    })
}

/// Returns what the simulation of entities prints.
fn entity_report(
    args: &Args,
    steps: &[entities::simulate::EntitySimulationStep],
    has_held_out: bool,
) -> String {
    use entities::simulate::{Edits, EntitySimulationStep};

    let mut report = String::new();
    if args.json {
        return entities_json(steps);
    }
    if args.each {
        report.push_str(
            "id\tentities\teverywhere\tcold\tcold everywhere\tlearning\tlearning everywhere\n",
        );
        for step in steps {
            report.push_str(&format!(
                "{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                step.id,
                step.entities,
                step.none.everywhere,
                step.frozen.single,
                step.frozen.everywhere,
                step.learning.single,
                step.learning.everywhere
            ));
        }
    } else {
        report.push_str(
            "edits for 100 entities (from scratch 100), and with \"everywhere\"\n\
             articles   entities  scratch       cold        F1    learning       F1",
        );
        report.push_str(if has_held_out { "  held out\n" } else { "\n" });
        let mut line = |name: &str, steps: &[EntitySimulationStep]| {
            let entities = steps.iter().map(|step| step.entities).sum::<u64>().max(1);
            let sum = |of: &dyn Fn(&EntitySimulationStep) -> &Edits| {
                let mut sum = Edits::default();
                for step in steps {
                    let edits = of(step);
                    sum.single += edits.single;
                    sum.everywhere += edits.everywhere;
                    sum.spans += edits.spans;
                }
                sum
            };
            let per = |edits: u64| 100.0 * edits as f64 / entities as f64;
            let (none, cold, learning) = (
                sum(&|step| &step.none),
                sum(&|step| &step.frozen),
                sum(&|step| &step.learning),
            );
            report.push_str(&format!(
                "{name:<10} {entities:>8} {:>8.1} {:>5.1} {:>5.1} {:>8.4} {:>5.1} {:>5.1} {:>8.4}",
                per(none.everywhere),
                per(cold.single),
                per(cold.everywhere),
                cold.spans.f1().unwrap_or(0.0),
                per(learning.single),
                per(learning.everywhere),
                learning.spans.f1().unwrap_or(0.0)
            ));
            if let Some(tally) = steps.last().and_then(|step| step.held_out.as_ref()) {
                let f1 = tally.micro().f1().unwrap_or(0.0);
                report.push_str(&format!(" {f1:>9.4}"));
            }
            report.push('\n');
        };
        for (at, stretch) in steps.chunks(ENTITY_STRETCH).enumerate() {
            let from = at * ENTITY_STRETCH + 1;
            line(&format!("{from}-{}", from + stretch.len() - 1), stretch);
        }
        line("all", steps);
        if let Some(tally) = steps.last().and_then(|step| step.held_out.as_ref()) {
            report.push_str("held out, after the last article\n  exact spans  precision  recall      F1       gold\n");
            report.push_str(&tables::span_lines(tally));
        }
    }
    report
}
