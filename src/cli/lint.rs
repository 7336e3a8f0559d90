//! `copydesk lint`.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared;
use crate::dataset::Dataset;
use crate::dataset::report::model_check::{self, ArticleKey, CheckOptions, Doubt, LabelKind};
use crate::model::figures::counted;
use crate::model::{Label, Span, Text};

/// List labels of finished articles that look like mistakes
///
/// With --model-check, the dataset's models are trained five times, each time without a fifth of the
/// finished articles, and judge the labels of that fifth (confident learning). Prints the labels
/// that they doubt, the most doubtful first: the score (0 to 1), the id of the article, the span (in
/// code points), the given label, the label that the models think (- for none), the words, and why.
/// Changes nothing.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk lint news.copydesk --model-check\n  copydesk lint news.copydesk --model-check --task entities --top 50 --json\n\n`copydesk validate --lint` checks files of records by rules alone."
)]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// Rank likely errors by models that were trained without the article
    #[arg(long, required = true)]
    model_check: bool,
    /// Check only this kind of labels [default: both]
    #[arg(long, value_enum, value_name = "TASK")]
    task: Option<shared::Task>,
    /// Check only work of this annotator; the models learn from everybody's
    #[arg(long, value_name = "NAME")]
    annotator: Option<String>,
    /// Print at most this many
    #[arg(long, value_name = "N", default_value_t = 1000)]
    top: usize,
    /// Also list doubts that were dismissed in the window ("it is right")
    #[arg(long)]
    dismissed: bool,
    /// Print one JSON object per line for each doubt
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    debug_assert!(args.model_check);
    let dataset = Dataset::open_to_read(&args.dataset)?;
    let options = CheckOptions {
        task: args.task.map(|task| match task {
            shared::Task::Regions => LabelKind::Region,
            shared::Task::Entities => LabelKind::Entity,
        }),
        annotator: args.annotator.clone(),
        most: args.top,
        without_dismissed: !args.dismissed,
    };
    console.start("articles");
    let cancel = cancel_on_signal();
    let checked = model_check::check(dataset.store(), &options, console, &cancel);
    console.clear();
    let Some(checked) = shared::unless_stopped(checked, console, "stopped")? else {
        return Ok(Ended::Stopped);
    };
    let mut out = String::new();
    let mut article: Option<(ArticleKey, Text)> = None;
    for doubt in &checked.doubts {
        if article.as_ref().is_none_or(|(key, _)| *key != doubt.key) {
            article = Some((doubt.key, dataset.store().article(doubt.key)?.text));
        }
        if let Some((_, text)) = &article {
            let line = match args.json {
                true => json_line(doubt, text).to_string(),
                false => line(doubt, text),
            };
            out.push_str(&line);
            out.push('\n');
        }
    }
    console.data(&out)?;
    if checked.articles == 0 {
        console.message("no article is finished, so there is nothing to check");
    }
    if checked.too_long > 0 {
        let articles = counted(checked.too_long as u64, "article", "articles");
        console.message(&format!("{articles} left out, longer than 1 MB"));
    }
    let shown = match checked.all > checked.doubts.len() {
        true => format!(", {} shown", checked.doubts.len()),
        false => String::new(),
    };
    console.message(&format!(
        "{} doubted{shown}; {} judged in {}",
        counted(checked.all as u64, "label", "labels"),
        counted(checked.judged, "label", "labels"),
        counted(
            checked.articles as u64,
            "finished article",
            "finished articles"
        ),
    ));
    Ok(Ended::Well)
}

/// A span in code points.
fn offsets(span: Span, text: &Text) -> (u32, u32) {
    (
        text.char_of_byte(span.start()).0,
        text.char_of_byte(span.end()).0,
    )
}

fn line(doubt: &Doubt, text: &Text) -> String {
    let (start, end) = offsets(doubt.span, text);
    let label = |label: &Option<Label>| label.as_ref().map_or("-", Label::as_str).to_owned();
    format!(
        "{:.3}\t{}\t{start}..{end}\t{}\t{}\t{}\t{}",
        doubt.score,
        doubt.article,
        label(&doubt.given),
        label(&doubt.thought),
        doubt.words,
        doubt.why.join("; "),
    )
}

fn json_line(doubt: &Doubt, text: &Text) -> Value {
    let (start, end) = offsets(doubt.span, text);
    let thought_span = doubt.thought_span.map(|span| {
        let (start, end) = offsets(span, text);
        json!({"start": start, "end": end})
    });
    let rounded = |number: f64| (number * 1e6).round() / 1e6;
    json!({
        "id": doubt.article,
        "annotator": doubt.annotator,
        "task": match doubt.task { LabelKind::Region => "regions", LabelKind::Entity => "entities" },
        "kind": doubt.kind.as_str(),
        "start": start,
        "end": end,
        "words": doubt.words,
        "given": doubt.given.as_ref().map(Label::as_str),
        "thought": doubt.thought.as_ref().map(Label::as_str),
        "thought_span": thought_span,
        "score": rounded(doubt.score),
        "given_probability": rounded(doubt.given_probability),
        "thought_probability": rounded(doubt.thought_probability),
        "elsewhere": {
            "alike": doubt.elsewhere.alike,
            "places": doubt.elsewhere.places,
            "as_thought": doubt.elsewhere.as_thought,
            "places_of_thought": doubt.elsewhere.places_of_thought,
        },
        "why": doubt.why,
    })
}
