//! `copydesk evaluate`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;
use serde_json::{Value, json};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::figures_json;
use super::mistakes::{self, Listed};
use super::shared::{self, InputOptions};
use crate::dataset;
use crate::dataset::training::entities;
use crate::dataset::training::regions::evaluate;
use crate::dataset::transfer::predictions::Fit;
use crate::dataset::{CancelFlag, Input, Predictions};
use crate::model::figures::counted;

/// Measure how right suggestions are: per label precision, recall and F1, by characters and exact spans
///
/// White space is not counted, and what no region holds is nav. A span is right if its start, end and label are. Entities are
/// looked for where `copydesk prelabel --task entities` looks: in the regions of a record whose labels take entities, or in all of a
/// text without regions.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk evaluate gold.jsonl\n  copydesk evaluate gold.jsonl --model news.crf --view full\n  copydesk evaluate gold.jsonl --task entities --predictions theirs.jsonl --errors errors.jsonl"
)]
pub(super) struct Args {
    /// Labelled records; gzip is read through
    #[arg(required = true, value_name = "GOLD.jsonl")]
    gold: Vec<OsString>,
    /// The model to measure, as `copydesk train` makes it [default: the one that comes with the program]
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Measure these predictions in place of a model: records with the gold's ids or texts, in any format (see --from). A JSONL
    /// record may leave out its text
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    predictions: Option<OsString>,
    #[command(flatten)]
    input: InputOptions,
    /// What to measure
    #[arg(long, alias = "only", value_enum, default_value_t, value_name = "TASK")]
    task: shared::Task,
    /// Which region labels count
    #[arg(long, value_enum, default_value_t)]
    view: View,
    /// The labels that the tagger suggests, and in which regions: news, conll, or a TOML file [default: the gold's labels, in the
    /// regions of news]
    #[arg(long, value_name = "NAME|FILE")]
    schema: Option<PathBuf>,
    /// List every error in this file: one JSON object a line, those of one kind together
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
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
    if let Some(errors) = &args.errors {
        let words = args.gold.iter().chain(&args.predictions);
        shared::check_output(errors, words, [args.model.as_ref(), args.schema.as_ref()])?;
    }
    let predictions = args.predictions.as_ref();
    let predictions = predictions.map(|word| shared::existing(std::slice::from_ref(word)));
    let predictions = predictions.transpose()?;
    let bad = match args.task {
        shared::Task::Regions => run_regions(args, predictions.as_deref(), console, &cancel)?,
        shared::Task::Entities => run_entities(args, predictions.as_deref(), console, &cancel)?,
    };
    Ok(match bad {
        None => Ended::Stopped,
        Some(0) => Ended::Well,
        Some(_) => Ended::BadInput,
    })
}

/// Gives how much of the input was bad; `None` if it was stopped.
fn run_regions(
    args: &Args,
    predictions: Option<&[Input]>,
    console: &mut Console,
    cancel: &CancelFlag,
) -> Result<Option<u64>> {
    let model = shared::model(args.model.as_deref())?;
    console.start("records");
    let (gold, mut bad) = shared::gold(&args.gold, console, cancel)?;
    let texts = gold.iter();
    let texts =
        texts.filter_map(|gold| Some((gold.id.as_str(), gold.labelled.as_ref()?.0.as_str())));
    let predicted = read(args, predictions, texts, &mut bad, console, cancel);
    let source = match &predicted {
        Some(predictions) => evaluate::Source::Predictions(predictions),
        None => evaluate::Source::Model(&model),
    };
    let view = match args.view {
        View::Core => evaluate::ScoredLabels::Core,
        View::Full => evaluate::ScoredLabels::Full,
    };
    let evaluation = evaluate::evaluate(&gold, source, view, console, cancel)?;
    if evaluation.cancelled {
        return Ok(None);
    }
    console.clear();
    let errors = || evaluation.errors.iter().map(|error| &error.mistake);
    if let Some(path) = &args.errors {
        let listed = evaluation.errors.iter().filter_map(|error| {
            let gold = gold.get(error.article)?;
            Some(Listed {
                id: &gold.id,
                text: &gold.labelled.as_ref()?.0,
                mistake: &error.mistake,
            })
        });
        mistakes::write(path, listed.collect())?;
    }
    let kinds = [("texts", &evaluation.texts), ("pages", &evaluation.pages)];
    let kinds = kinds.into_iter().filter(|(_, scores)| scores.articles > 0);
    if args.json {
        let mut report = json!({"task": "regions", "errors": mistakes::json(errors())});
        for (name, scores) in kinds {
            report[name] = figures_json::regions(scores);
        }
        print_json(
            report,
            predicted.is_some().then_some(&evaluation.fit),
            console,
        )?;
    } else {
        let mut report = String::new();
        for (name, scores) in kinds {
            report.push_str(&shared::score_table(name, scores));
        }
        if args.errors.is_some() {
            report.push_str(&mistakes::table(errors()));
        }
        console.data(&report)?;
    }
    tell_fit(&evaluation.fit, console);
    Ok(Some(bad + evaluation.fit.other_text.len() as u64))
}

fn run_entities(
    args: &Args,
    predictions: Option<&[Input]>,
    console: &mut Console,
    cancel: &CancelFlag,
) -> Result<Option<u64>> {
    use entities::evaluate::{Source, evaluate};

    let model = shared::tagger(args.model.as_deref())?;
    let schema = args.schema.as_deref();
    let schema = schema.map(|name| shared::schema(name, None)).transpose()?;
    console.start("records");
    let (gold, mut bad) = shared::entity_gold(&args.gold, console, cancel)?;
    let texts = gold.iter();
    let texts = texts.map(|gold| (gold.id.as_str(), gold.text.as_str()));
    let predicted = read(args, predictions, texts, &mut bad, console, cancel);
    let source = match &predicted {
        Some(predictions) => Source::Predictions(predictions),
        None => Source::Model(&model),
    };
    let Some(evaluation) = evaluate(&gold, source, schema.as_ref(), console, cancel)? else {
        return Ok(None);
    };
    console.clear();
    let errors = || evaluation.errors.iter().map(|error| &error.mistake);
    if let Some(path) = &args.errors {
        let listed = evaluation.errors.iter().filter_map(|error| {
            let gold = gold.get(error.article)?;
            Some(Listed {
                id: &gold.id,
                text: &gold.text,
                mistake: &error.mistake,
            })
        });
        mistakes::write(path, listed.collect())?;
    }
    let scores = &evaluation.scores;
    if args.json {
        let mut report = figures_json::entities(scores);
        report["task"] = "entities".into();
        report["errors"] = mistakes::json(errors());
        report["gold_outside_regions"] = evaluation.gold_outside.into();
        report["found_outside_regions"] = evaluation.found_outside.into();
        print_json(
            report,
            predicted.is_some().then_some(&evaluation.fit),
            console,
        )?;
    } else {
        let mut report = shared::entity_table("entities", scores);
        if args.errors.is_some() {
            report.push_str(&mistakes::table(errors()));
        }
        console.data(&report)?;
    }
    if predicted.is_none() {
        let seconds = scores.time.as_secs_f64();
        console.say(&format!(
            "{} tokens in {seconds:.2} s on one core: {:.2} million a second",
            scores.tokens,
            scores.tokens as f64 / seconds.max(1e-9) / 1e6
        ));
    }
    if evaluation.gold_outside > 0 {
        console.say(&format!(
            "{} of the gold in regions whose labels take no entities: nothing is suggested there, so they count as missed\n\
             hint: name the schema by which they were tagged with --schema",
            counted(evaluation.gold_outside, "entity lies", "entities lie")
        ));
    }
    if evaluation.found_outside > 0 {
        console.say(&format!(
            "{} outside the regions in which the gold takes entities, and not counted",
            counted(
                evaluation.found_outside,
                "predicted entity is",
                "predicted entities are"
            )
        ));
    }
    tell_fit(&evaluation.fit, console);
    Ok(Some(bad + evaluation.fit.other_text.len() as u64))
}

/// Reads the predictions, if some were named.
fn read<'a>(
    args: &Args,
    inputs: Option<&[Input]>,
    texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    bad: &mut u64,
    console: &mut Console,
    cancel: &CancelFlag,
) -> Option<Predictions> {
    let format = args.input.format();
    let options = args.input.read();
    let (predictions, wrong) = Predictions::read(inputs?, format, &options, texts, console, cancel);
    *bad += wrong;
    Some(predictions)
}

fn print_json(mut report: Value, fit: Option<&Fit>, console: &mut Console) -> Result<()> {
    if let Some(fit) = fit {
        report["predictions"] = json!({
            "without": fit.without,
            "of_another_text": fit.other_text,
            "unknown": fit.unknown,
        });
    }
    console.raw_data(&format!("{report:#}\n"))
}

/// Says which predictions and gold articles do not belong together.
fn tell_fit(fit: &Fit, console: &Console) {
    if !fit.without.is_empty() {
        console.say(&format!(
            "{} without a prediction, counted as if nothing was predicted: {}",
            counted(
                fit.without.len() as u64,
                "gold article is",
                "gold articles are"
            ),
            dataset::names(&fit.without)
        ));
    }
    if !fit.other_text.is_empty() {
        console.say(&format!(
            "{} of another text than the gold's, and not counted: {}\n\
             hint: offsets are only comparable in the same text; predict on the gold's own records",
            counted(
                fit.other_text.len() as u64,
                "prediction is",
                "predictions are"
            ),
            dataset::names(&fit.other_text)
        ));
    }
    if fit.unknown > 0 {
        console.say(&format!(
            "{} to no article of the gold",
            counted(fit.unknown, "prediction belongs", "predictions belong")
        ));
    }
}
