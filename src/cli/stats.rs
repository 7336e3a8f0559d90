//! `copydesk stats`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use crate::dataset::report::dashboard::{LabelKind, Work};
use crate::dataset::{self, Calendar, Dataset, DatasetCounts, SummaryOptions};
use crate::model::figures::{counted, number};
use crate::model::{Label, Status, printable};
use crate::quality::score::Tally;
use crate::quality::{Agreement, LabelCount, Statistics};

/// Print the statistics of a dataset: articles, labels, annotators, effort, pace and suggestion
/// scores
///
/// Counts the newest annotation of each article, or its suggestions if nobody has worked on it.
/// Effort, pace and scores are of done articles; days are in your time zone (set TZ for another).
/// The scores compare the suggestions that an annotator started from with the done article.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk stats news.copydesk\n  copydesk stats news.copydesk --json | jq .articles.done\n  copydesk stats news.copydesk --html report.html --card README.md"
)]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Also write a self-contained HTML report with labels, lengths, agreement, suggestions and
    /// examples
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Also write a dataset card: Markdown with the header for the Hugging Face Hub
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    for out in [&args.html, &args.card].into_iter().flatten() {
        dataset::check_output(out, [args.dataset.as_path()])?;
    }
    let dataset = Dataset::open_to_read(&args.dataset)?;
    console.start("articles");
    let cancel = cancel_on_signal();
    // Agreement is in all that is told; words that have a label are in the report alone.
    let wanted = SummaryOptions {
        agreement: true,
        examples: args.html.is_some(),
        confusion: args.html.is_some(),
    };
    let counted = dataset::summarise(dataset.store(), wanted, console, &cancel)?;
    let statistics = &counted.statistics;
    let calendar = Calendar::of_the_system();
    let facts = dataset::facts(dataset.store(), &calendar, &cancel)?;
    if cancel.is_cancelled() {
        return Ok(Ended::Stopped);
    }
    if let Some(path) = &args.html {
        let schema = dataset.store().schema()?;
        let name = args.dataset.file_stem().unwrap_or_default();
        let name = name.to_string_lossy();
        let page = dataset::report::html::html(&name, &facts, &counted, &schema);
        dataset::write_picture(path, page.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(path) = &args.card {
        let card = counted.card(&dataset.store().schema()?);
        dataset::write_picture(path, card.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    if args.json {
        let mut told = as_json(statistics);
        told["agreement"] = agreement_json(&counted.agreement);
        add_effort(&mut told, &facts, &calendar);
        console.data(&format!("{told:#}\n"))?;
    } else {
        let mut told = as_table(statistics);
        agreement_table(&mut told, &counted.agreement);
        effort_table(&mut told, &facts);
        console.data(&told)?;
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
        .map(|(name, work)| {
            let counts =
                json!({"articles": work.articles, "done": work.done, "imported": work.imported});
            (name.clone(), counts)
        })
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

/// Adds what was done when, what it took, and how good the guesses were. Numbers that are not known
/// are null.
fn add_effort(told: &mut Value, facts: &DatasetCounts, calendar: &Calendar) {
    let work = |work: &Work| -> Value {
        json!({
            "done": work.done,
            "edits": work.edits,
            "active_seconds": rounded(work.active_ms as f64 / 1000.0),
            "articles_an_hour": work.articles_an_hour().map(rounded),
            "seconds_an_article": work.seconds_an_article().map(rounded),
        })
    };
    let mut effort = work(&facts.total());
    let by_annotator: Map<String, Value> = facts
        .by_annotator()
        .iter()
        .map(|(name, sum)| ((*name).to_owned(), work(sum)))
        .collect();
    effort["annotators"] = by_annotator.into();
    effort["labels"] = facts
        .labels
        .iter()
        .filter(|sum| sum.edits > 0)
        .map(|sum| {
            json!({
                "label": sum.label.as_str(),
                "kind": match sum.kind { LabelKind::Region => "region", LabelKind::Entity => "entity" },
                "edits": sum.edits,
                "active_seconds": rounded(sum.active_ms as f64 / 1000.0),
            })
        })
        .collect();
    let days: Vec<Value> = facts
        .by_day()
        .iter()
        .map(|((name, day), sum)| {
            let mut line = work(sum);
            line["annotator"] = (*name).into();
            line["day"] = day.iso().into();
            line
        })
        .collect();
    let guesses = facts.guesses();
    let tally = |tally: &Tally| -> Value {
        let micro = tally.micro();
        let labels: Map<String, Value> = tally
            .0
            .iter()
            .map(|(label, counts)| {
                let line = json!({
                    "precision": rounded(counts.precision()), "recall": rounded(counts.recall()),
                    "f1": counts.f1().map(rounded), "gold": counts.gold, "guessed": counts.guessed,
                });
                (label.to_string(), line)
            })
            .collect();
        json!({
            "precision": rounded(micro.precision()), "recall": rounded(micro.recall()),
            "f1": micro.f1().map(rounded), "macro_f1": tally.macro_f1().map(rounded), "labels": labels,
        })
    };
    told["time_zone"] = calendar.name().into();
    told["effort"] = effort;
    told["days"] = days.into();
    told["guesses"] = json!({
        "articles": guesses.articles,
        "region_characters": tally(&guesses.region_chars),
        "region_spans": tally(&guesses.region_spans),
        "entity_spans": tally(&guesses.entity_spans),
    });
}

/// To a ten-thousandth, so that the same data gives the same bytes.
fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

fn effort_table(out: &mut String, facts: &DatasetCounts) {
    let total = facts.total();
    if total == Work::default() {
        return;
    }
    let known = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.1}"));
    let mut part = |title: &str, lines: Vec<(String, Work)>| {
        let _ = writeln!(
            out,
            "\n{title:<24}{:>8}{:>9}{:>10}{:>12}{:>12}",
            "done", "edits", "time", "an hour", "s each"
        );
        for (name, work) in lines {
            let _ = writeln!(
                out,
                "  {name:<22}{:>8}{:>9}{:>10}{:>12}{:>12}",
                number(work.done),
                number(work.edits),
                hours(work.active_ms),
                known(work.articles_an_hour()),
                known(work.seconds_an_article()),
            );
        }
    };
    let by_annotator = facts.by_annotator().into_iter();
    let mut lines: Vec<(String, Work)> = by_annotator
        .map(|(name, work)| (printable::line(name).into_owned(), work))
        .collect();
    if lines.len() > 1 {
        lines.push(("all".to_owned(), total));
    }
    part("effort", lines);
    let mut days: Vec<_> = facts.by_day().into_iter().collect();
    days.sort_by_key(|((name, day), _)| (*day, *name));
    let days = days
        .into_iter()
        .map(|((name, day), work)| (format!("{} {}", day.iso(), printable::line(name)), work));
    part("days", days.collect());
    let guesses = facts.guesses();
    if guesses.articles == 0 {
        return;
    }
    let percent = |value: f64| format!("{:.1}", value * 100.0);
    let _ = writeln!(
        out,
        "\n{:<24}{:>9}{:>10}{:>10}{:>12}{:>12}",
        "suggestions, per cent", "precision", "recall", "F1", "annotated", "suggested"
    );
    for (title, tally) in [
        ("region characters", &guesses.region_chars),
        ("region spans", &guesses.region_spans),
        ("entities", &guesses.entity_spans),
    ] {
        let all = tally.micro();
        let labels = tally.0.iter();
        let labels = labels.map(|(label, counts)| (format!("  {label}"), *counts));
        for (name, counts) in std::iter::once((title.to_owned(), all)).chain(labels) {
            let _ = writeln!(
                out,
                "  {name:<22}{:>9}{:>10}{:>10}{:>12}{:>12}",
                percent(counts.precision()),
                percent(counts.recall()),
                counts.f1().map_or_else(|| "–".to_owned(), percent),
                number(counts.gold),
                number(counts.guessed),
            );
        }
    }
}

/// How far annotators agree. Numbers that are not known are null.
fn agreement_json(agreement: &Agreement) -> Value {
    let pairs: Vec<Value> = agreement
        .pairs
        .iter()
        .map(|((one, other), pair)| {
            json!({
                "annotators": [one, other],
                "articles": pair.articles,
                "region_characters_same": pair.same_characters().map(rounded),
                "region_characters_kappa": pair.kappa().map(rounded),
                "entities_f1": pair.entities.micro().f1().map(rounded),
            })
        })
        .collect();
    json!({
        "articles": agreement.articles,
        "region_characters_alpha": agreement.alpha().map(rounded),
        "pairs": pairs,
        "imported_annotations": agreement.imported,
        "left_out_annotations": {
            "reviews": agreement.left_out.reviews,
            "unknown": agreement.left_out.unknown,
        },
    })
}

fn agreement_table(out: &mut String, agreement: &Agreement) {
    let left_out = agreement.left_out.to_string();
    if agreement.articles == 0 {
        if !left_out.is_empty() {
            let _ = writeln!(
                out,
                "\nagreement: no article was done by two annotators independently"
            );
            let _ = writeln!(out, "  left out: {left_out}");
        }
        return;
    }
    let known = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.3}"));
    let _ = writeln!(
        out,
        "\n{:<24}{:>9}{:>10}{:>10}{:>14}",
        "agreement", "articles", "same", "kappa", "entities, F1"
    );
    for ((one, other), pair) in &agreement.pairs {
        let _ = writeln!(
            out,
            "  {:<22}{:>9}{:>10}{:>10}{:>14}",
            printable::line(&format!("{one}, {other}")),
            number(pair.articles),
            known(pair.same_characters()),
            known(pair.kappa()),
            known(pair.entities.micro().f1()),
        );
    }
    let _ = writeln!(
        out,
        "  {:<22}{:>9}   Krippendorff's alpha over characters {}",
        "all",
        number(agreement.articles),
        known(agreement.alpha()),
    );
    if !left_out.is_empty() {
        let _ = writeln!(out, "  left out: {left_out}");
    }
    if agreement.imported > 0 {
        let _ = writeln!(
            out,
            "  {} imported, and counted as independent on their files' word",
            counted(agreement.imported, "annotation was", "annotations were")
        );
    }
}

/// Hours and minutes: `5:30`, seconds below a minute.
fn hours(ms: i64) -> String {
    match ms / 1000 {
        seconds if seconds < 60 => format!("{seconds} s"),
        seconds => format!("{}:{:02} h", seconds / 3600, seconds / 60 % 60),
    }
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
            "\n{:<12}{:>13}{:>16}{:>14}",
            "annotators", "articles", "done", "imported"
        );
        for (name, work) in &statistics.annotators {
            let name = printable::line(name);
            let _ = writeln!(
                out,
                "  {name:<10}{:>13}{:>16}{:>14}",
                number(work.articles),
                number(work.done),
                number(work.imported)
            );
        }
    }
    out
}
