//! `copydesk evaluate`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;
use serde_json::{Value, json};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::figures_json;
use super::mistakes;
use super::shared::{self, InputOptions};
use super::tables;
use crate::dataset;
use crate::dataset::training::entities;
use crate::dataset::training::regions::evaluate::{self, Error};
use crate::dataset::transfer::predictions::Fit;
use crate::dataset::{CancelFlag, Input, Predictions};
use crate::model::figures::counted;

/// Print precision, recall and F1 of a model or of predictions
///
/// Scores characters (without white space) and exact spans, for each label; text outside all
/// regions counts as nav. Entities are scored where `copydesk prelabel --task entities` suggests
/// them: in regions whose labels take entities, or in all of a text without regions.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk evaluate gold.jsonl\n  copydesk evaluate gold.jsonl --model news.crf --view full\n  copydesk evaluate gold.jsonl --task entities --predictions theirs.jsonl --errors errors.jsonl"
)]
pub(super) struct Args {
    /// Labelled records; gzip is decompressed
    #[arg(required = true, value_name = "GOLD.jsonl")]
    gold: Vec<OsString>,
    /// A model made by `copydesk train` [default: the built-in model]
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Score these predictions instead of a model: records with the ids or texts of the gold, in
    /// any format (see --from). JSONL records may omit the text
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    predictions: Option<OsString>,
    #[command(flatten)]
    input: InputOptions,
    /// What to score
    #[arg(long, alias = "only", value_enum, default_value_t, value_name = "TASK")]
    task: shared::Task,
    /// Which region labels are scored
    #[arg(long, value_enum, default_value_t)]
    view: View,
    /// The schema, which gives the tagger's labels and the regions with entities: news, conll, or a
    /// TOML file [default: the labels of the gold, in the regions of news]
    #[arg(long, value_name = "NAME|FILE")]
    schema: Option<PathBuf>,
    /// Write every error to this file, sorted by kind, one JSON object per line
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Print the scores as JSON
    #[arg(long)]
    json: bool,
}

/// Which labels count.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum View {
    /// Body, comment and nav; text with other gold labels is not scored
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

/// Returns the number of bad inputs; `None` if the run was stopped.
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
    if let Some(path) = &args.errors {
        let article = |at: usize| {
            let gold = gold.get(at)?;
            Some((gold.id.as_str(), &gold.labelled.as_ref()?.0))
        };
        mistakes::write(path, &evaluation.errors, article)?;
    }
    let kinds = [("texts", &evaluation.texts), ("pages", &evaluation.pages)];
    let kinds = kinds.into_iter().filter(|(_, scores)| scores.articles > 0);
    let mut figures = json!({"task": "regions"});
    let mut table = String::new();
    for (name, scores) in kinds {
        figures[name] = figures_json::regions(scores);
        table.push_str(&tables::score_table(name, scores));
    }
    let fit = predicted.is_some().then_some(&evaluation.fit);
    print(args, figures, table, &evaluation.errors, fit, console)?;
    report_fit(&evaluation.fit, console);
    Ok(Some(bad + evaluation.fit.other_text.len() as u64))
}

fn run_entities(
    args: &Args,
    predictions: Option<&[Input]>,
    console: &mut Console,
    cancel: &CancelFlag,
) -> Result<Option<u64>> {
    use entities::evaluate::{Source, evaluate};

    let models = shared::tagger(args.model.as_deref())?;
    let schema = args.schema.as_deref();
    let schema = schema.map(|name| shared::schema(name, None)).transpose()?;
    console.start("records");
    let (gold, mut bad) = shared::entity_gold(&args.gold, console, cancel)?;
    let texts = gold.iter();
    let texts = texts.map(|gold| (gold.id.as_str(), gold.text.as_str()));
    let predicted = read(args, predictions, texts, &mut bad, console, cancel);
    let source = match &predicted {
        Some(predictions) => Source::Predictions(predictions),
        None => Source::Model(&models),
    };
    let Some(evaluation) = evaluate(&gold, source, schema.as_ref(), console, cancel)? else {
        return Ok(None);
    };
    console.clear();
    if let Some(path) = &args.errors {
        let article = |at: usize| {
            let gold = gold.get(at)?;
            Some((gold.id.as_str(), &gold.text))
        };
        mistakes::write(path, &evaluation.errors, article)?;
    }
    let scores = &evaluation.scores;
    let mut figures = figures_json::entities(scores);
    figures["task"] = "entities".into();
    figures["gold_outside_regions"] = evaluation.gold_outside.into();
    figures["found_outside_regions"] = evaluation.found_outside.into();
    let table = tables::entity_table("entities", scores);
    let fit = predicted.is_some().then_some(&evaluation.fit);
    print(args, figures, table, &evaluation.errors, fit, console)?;
    if predicted.is_none() {
        let seconds = scores.time.as_secs_f64();
        console.message(&format!(
            "{} tokens in {seconds:.2} s on one core: {:.2} million per second",
            scores.tokens,
            scores.tokens as f64 / seconds.max(1e-9) / 1e6
        ));
    }
    report_outside(evaluation.gold_outside, evaluation.found_outside, console);
    report_fit(&evaluation.fit, console);
    Ok(Some(bad + evaluation.fit.other_text.len() as u64))
}

/// Reports entities outside the regions in which entities are scored.
fn report_outside(gold: u64, found: u64, console: &Console) {
    if gold > 0 {
        console.message(&format!(
            "warning: {} in regions whose labels take no entities; nothing is suggested there, so they count as missed\n\
             hint: name the schema of the annotation with --schema",
            counted(gold, "gold entity lies", "gold entities lie")
        ));
    }
    if found > 0 {
        console.message(&format!(
            "{} outside the regions with entities, and not scored",
            counted(found, "predicted entity is", "predicted entities are")
        ));
    }
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

/// Prints the scores as JSON or as a table, with the errors by kind.
fn print(
    args: &Args,
    mut figures: Value,
    mut table: String,
    errors: &[Error],
    fit: Option<&Fit>,
    console: &mut Console,
) -> Result<()> {
    let mistakes = errors.iter().map(|error| &error.mistake);
    if !args.json {
        if args.errors.is_some() {
            table.push_str(&mistakes::table(mistakes));
        }
        return console.data(&table);
    }
    figures["errors"] = mistakes::json(mistakes);
    if let Some(fit) = fit {
        figures["predictions"] = json!({
            "without": fit.without,
            "of_another_text": fit.other_text,
            "unknown": fit.unknown,
        });
    }
    console.raw_data(&format!("{figures:#}\n"))
}

/// Reports predictions and gold articles without a counterpart.
fn report_fit(fit: &Fit, console: &Console) {
    if !fit.without.is_empty() {
        console.message(&format!(
            "{} without a prediction and counted as predicted empty: {}",
            counted(
                fit.without.len() as u64,
                "gold article is",
                "gold articles are"
            ),
            dataset::names(&fit.without)
        ));
    }
    if !fit.other_text.is_empty() {
        console.message(&format!(
            "{} of a different text than the gold, and not scored: {}\n\
             hint: offsets are comparable only in the same text; predict on the records of the gold",
            counted(
                fit.other_text.len() as u64,
                "prediction is",
                "predictions are"
            ),
            dataset::names(&fit.other_text)
        ));
    }
    if fit.unknown > 0 {
        console.message(&format!(
            "{} to no gold article",
            counted(fit.unknown, "prediction belongs", "predictions belong")
        ));
    }
}
