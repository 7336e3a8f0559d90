//! `copydesk history`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::Ended;
use super::console::Console;
use crate::dataset::Dataset;
use crate::dataset::adjudication::in_words;
use crate::dataset::report::article_history;
use crate::dataset::report::article_history::{Action, Change, HistoryStep, Labelled};
use crate::formats::OffsetUnit;
use crate::formats::metadata::{adjudication, time};
use crate::model::{Article, Provenance, Remark, Signature, Span, StartedFrom, printable};

/// How many changes of one step are listed for people.
const LISTED: usize = 12;
/// How many characters of a text are shown to people.
const SHOWN: usize = 60;
/// How many characters of a text are in the JSON.
const IN_JSON: usize = 200;

/// Show who changed what in an article and when
///
/// Prints the history of every annotator, oldest first: what each one started from, each edit with
/// old and new values, each undo and redo. Offsets are in code points, times in UTC.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk history news.copydesk storm-17\n  copydesk history news.copydesk storm-17 --json | jq '.steps[].annotator'"
)]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// The article's id
    id: String,
    /// Show the changes of this annotator only
    #[arg(long, value_name = "NAME")]
    annotator: Option<String>,
    /// Print one JSON object with every change
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    let dataset = Dataset::open_to_read(&args.dataset)?;
    let store = dataset.store();
    let Some(key) = store.find(&args.id)? else {
        let similar = article_history::similar_ids(store, &args.id)?;
        let hint = if similar.is_empty() {
            "`copydesk export DATASET --status any` prints records with the field `id`".to_owned()
        } else {
            format!("similar ids: {}", similar.join(", "))
        };
        bail!(
            "there is no article with the id {:?} in {}\nhint: {hint}",
            args.id,
            args.dataset.display()
        );
    };
    let article = store.article(key)?;
    let annotator = args.annotator.as_deref();
    let steps = article_history::article_history(store, &article, key, annotator)?;
    if let (Some(name), true) = (annotator, steps.is_empty()) {
        let stored = store.annotations(&article, key)?;
        let names: Vec<String> = stored
            .into_iter()
            .filter_map(|stored| stored.owner.name().map(str::to_owned))
            .collect();
        let hint = if names.is_empty() {
            "nobody has changed this article".to_owned()
        } else {
            format!("its annotators are {}", names.join(", "))
        };
        bail!("the annotator {name:?} has not changed this article\nhint: {hint}");
    }
    if args.json {
        let told = json!({
            "id": article.id.as_str(),
            "title": article.meta.title,
            "steps": steps.iter().map(|step| step_json(&article, step)).collect::<Vec<_>>(),
        });
        console.data(&format!("{}\n", serde_json::to_string_pretty(&told)?))?;
    } else if steps.is_empty() {
        console.message("nobody has changed this article");
    } else {
        console.data(&table(&article, &steps))?;
    }
    Ok(Ended::Well)
}

// -- for people ------------------------------------------------------------------------------

fn table(article: &Article, steps: &[HistoryStep]) -> String {
    let whose = |step: &HistoryStep| printable::line(&step.annotator).chars().count();
    let width = steps.iter().map(whose).max().unwrap_or(0);
    let mut out = String::new();
    for step in steps {
        let at = when(step.at_ms);
        let annotator = printable::line(&step.annotator);
        let title = step.title();
        let _ = write!(
            out,
            "{at:20}  {annotator:width$}  {}",
            printable::line(&title)
        );
        let lines = lines(article, step);
        match &lines[..] {
            [] => out.push('\n'),
            [line] => {
                let _ = writeln!(out, ": {line}");
            }
            lines => {
                out.push('\n');
                for line in lines {
                    let _ = writeln!(out, "    {line}");
                }
            }
        }
    }
    out
}

/// To the second, so that the columns are straight.
fn when(at_ms: i64) -> String {
    match at_ms {
        0 => "at an unknown time".to_owned(),
        ms => time::print(ms - ms.rem_euclid(1000)),
    }
}

fn lines(article: &Article, step: &HistoryStep) -> Vec<String> {
    if step.action == Action::Start {
        return started(step);
    }
    let shown = step.changes.iter().take(LISTED);
    let mut lines: Vec<String> = shown.map(|change| line(article, change)).collect();
    if let rest @ 1.. = step.changes.len().saturating_sub(LISTED) {
        lines.push(format!("and {rest} more (--json lists all)"));
    }
    lines
}

/// What an annotation started with is counted, not listed.
fn started(step: &HistoryStep) -> Vec<String> {
    let counted = |one: &str, many: &str, wanted: fn(&Change) -> bool| {
        let n = step.changes.iter().filter(|change| wanted(change)).count();
        match n {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {many}")),
        }
    };
    let parts = [
        counted("region", "regions", |it| matches!(it, Change::Region(..))),
        counted("entity", "entities", |it| matches!(it, Change::Entity(..))),
        counted("remark", "remarks", |it| matches!(it, Change::Remark(..))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return Vec::new();
    }
    vec![parts.join(", ")]
}

fn line(article: &Article, change: &Change) -> String {
    match change {
        Change::Region(old, new) => pair("region", article, old.as_ref(), new.as_ref(), change),
        Change::Entity(old, new) => pair("entity", article, old.as_ref(), new.as_ref(), change),
        Change::Status(from, to) => format!("status {} → {}", from.as_str(), to.as_str()),
        Change::Remark(old, new) => {
            let words = |remark: &Remark| quoted(&remark.text);
            match (old, new) {
                (Some(old), Some(new)) if new.answers.len() > old.answers.len() => {
                    let answer = new.answers.last().map(|answer| quoted(&answer.text));
                    format!(
                        "remark {} answered {}",
                        words(new),
                        answer.unwrap_or_default()
                    )
                }
                (Some(old), Some(new)) if new.is_open() != old.is_open() => {
                    let now = if new.is_open() {
                        "open again"
                    } else {
                        "resolved"
                    };
                    format!("remark {} {now}", words(new))
                }
                (Some(old), Some(new)) => format!("remark {} → {}", words(old), words(new)),
                (None, Some(new)) => format!("+ remark {}", words(new)),
                (Some(old), None) => format!("- remark {}", words(old)),
                (None, None) => String::new(),
            }
        }
        Change::Decision(change) => {
            let (start, end) = chars(article, change.place.span);
            let what = change.place.kind.as_str();
            let decided = change.to.as_ref().map_or_else(
                || "open again".to_owned(),
                |decision| printable::line(&in_words(decision)).into_owned(),
            );
            let words = quoted(article.text.slice(change.place.span));
            format!("{what} {words} {start}..{end}: {decided}")
        }
        Change::Renamed(kind, from, to) => format!(
            "label of {}: {} → {}",
            kind.as_str(),
            printable::line(from.as_str()),
            printable::line(to.as_str())
        ),
    }
}

fn pair(
    what: &str,
    article: &Article,
    old: Option<&Labelled>,
    new: Option<&Labelled>,
    change: &Change,
) -> String {
    let words = |one: &Labelled| quoted(article.text.slice(one.span));
    let label = |one: &Labelled| printable::line(one.label.as_str()).into_owned();
    let place = |one: &Labelled| {
        let (start, end) = chars(article, one.span);
        format!("{start}..{end}")
    };
    match (old, new) {
        (Some(old), Some(new)) => {
            let labels = if old.label == new.label {
                label(new)
            } else {
                format!("{} → {}", label(old), label(new))
            };
            let taken = if change.takes_suggestion() && old.label == new.label {
                " (suggestion taken)"
            } else {
                ""
            };
            if old.span == new.span {
                format!("{what} {labels} {} {}{taken}", words(new), place(new))
            } else {
                let (before, after) = (words(old), words(new));
                format!(
                    "{what} {labels} {before} {} → {after} {}{taken}",
                    place(old),
                    place(new)
                )
            }
        }
        (None, Some(new)) => format!("+ {what} {} {} {}", label(new), words(new), place(new)),
        (Some(old), None) => format!("- {what} {} {} {}", label(old), words(old), place(old)),
        (None, None) => String::new(),
    }
}

/// Words of an article in one line that a terminal may show.
fn quoted(words: &str) -> String {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let (shown, is_cut) = cut(&words, SHOWN);
    let more = if is_cut { "…" } else { "" };
    format!("\"{}{more}\"", printable::line(shown))
}

fn cut(words: &str, most: usize) -> (&str, bool) {
    match words.char_indices().nth(most) {
        Some((at, _)) => (&words[..at], true),
        None => (words, false),
    }
}

fn chars(article: &Article, span: Span) -> (u32, u32) {
    let (start, end) = (span.start(), span.end());
    (
        article.text.char_of_byte(start).0,
        article.text.char_of_byte(end).0,
    )
}

// -- for programs ----------------------------------------------------------------------------

fn step_json(article: &Article, step: &HistoryStep) -> Value {
    let mut told = Map::new();
    told.insert("seq".to_owned(), step.seq.into());
    told.insert("at".to_owned(), time::print(step.at_ms).into());
    told.insert("annotator".to_owned(), step.annotator.as_str().into());
    told.insert("kind".to_owned(), step.kind.as_str().into());
    told.insert("action".to_owned(), step.action.as_str().into());
    if let Some(from) = &step.started_from {
        told.insert("started_from".to_owned(), started_json(from));
    }
    let changes = step.changes.iter();
    let changes: Vec<Value> = changes.map(|change| change_json(article, change)).collect();
    told.insert("changes".to_owned(), changes.into());
    told.into()
}

fn started_json(from: &StartedFrom) -> Value {
    match from {
        StartedFrom::Nothing => json!({"what": "nothing"}),
        StartedFrom::Suggestions { revision } => {
            json!({"what": "suggestions", "revision": revision})
        }
        StartedFrom::Person {
            annotator,
            revision,
        } => json!({"what": "person", "annotators": [annotator], "revision": revision}),
        StartedFrom::People { inputs } => {
            let (annotators, revisions): (Vec<&String>, Vec<i64>) = inputs
                .iter()
                .map(|(name, revision)| (name, *revision))
                .unzip();
            json!({"what": "people", "annotators": annotators, "revisions": revisions})
        }
        StartedFrom::Import => json!({"what": "import"}),
        StartedFrom::Unknown => json!({"what": "unknown"}),
    }
}

fn change_json(article: &Article, change: &Change) -> Value {
    let labelled = |one: &Option<Labelled>| match one {
        Some(one) => labelled_json(article, one),
        None => Value::Null,
    };
    let remark = |one: &Option<Remark>| match one {
        Some(one) => remark_json(article, one),
        None => Value::Null,
    };
    match change {
        Change::Region(old, new) => {
            json!({"what": "region", "old": labelled(old), "new": labelled(new),
                "suggestion_taken": change.takes_suggestion()})
        }
        Change::Entity(old, new) => {
            json!({"what": "entity", "old": labelled(old), "new": labelled(new),
                "suggestion_taken": change.takes_suggestion()})
        }
        Change::Status(from, to) => {
            json!({"what": "status", "old": from.as_str(), "new": to.as_str()})
        }
        Change::Remark(old, new) => {
            json!({"what": "remark", "old": remark(old), "new": remark(new)})
        }
        Change::Renamed(kind, from, to) => json!({
            "what": "label-name", "of": kind.as_str(), "old": from.as_str(), "new": to.as_str(),
        }),
        Change::Decision(change) => {
            let unit = OffsetUnit::Codepoint;
            let decision = |one: Option<&_>| match one {
                Some(one) => adjudication::decision_value(&article.text, unit, one),
                None => Value::Null,
            };
            json!({"what": "decision", "of": change.place.kind.as_str(),
                "at": placed(article, change.place.span),
                "old": decision(change.from.as_ref()), "new": decision(change.to.as_ref())})
        }
    }
}

fn labelled_json(article: &Article, one: &Labelled) -> Value {
    let by = match one.provenance {
        Provenance::Person => "person",
        Provenance::Extractor(_) => "extractor",
        Provenance::Tagger(_) => "tagger",
        Provenance::Suggester(..) => "suggester",
        Provenance::Import => "import",
        Provenance::Colleague => "colleague",
        Provenance::Projected(_) => "projection",
    };
    let mut told = placed(article, one.span);
    told.insert("label".to_owned(), one.label.as_str().into());
    told.insert("by".to_owned(), by.into());
    if let Some(score) = one.provenance.score() {
        told.insert("score".to_owned(), score.value().into());
    }
    told.into()
}

fn placed(article: &Article, span: Span) -> Map<String, Value> {
    let (start, end) = chars(article, span);
    let (text, is_cut) = cut(article.text.slice(span), IN_JSON);
    let mut told = Map::new();
    told.insert("start".to_owned(), start.into());
    told.insert("end".to_owned(), end.into());
    told.insert("text".to_owned(), text.into());
    if is_cut {
        told.insert("text_is_cut".to_owned(), true.into());
    }
    told
}

fn remark_json(article: &Article, remark: &Remark) -> Value {
    let mut told = Map::new();
    if let Some(span) = remark.at {
        told.insert("at".to_owned(), placed(article, span).into());
    }
    told.insert("words".to_owned(), remark.text.as_str().into());
    if let Some(written) = &remark.written {
        told.insert("written".to_owned(), signature_json(written));
    }
    if !remark.answers.is_empty() {
        let answers = remark.answers.iter();
        let answers: Vec<Value> = answers
            .map(|answer| json!({"words": answer.text, "written": signature_json(&answer.written)}))
            .collect();
        told.insert("answers".to_owned(), answers.into());
    }
    if let Some(resolved) = &remark.resolved {
        told.insert("resolved".to_owned(), signature_json(resolved));
    }
    told.into()
}

fn signature_json(signature: &Signature) -> Value {
    json!({"by": signature.by, "at": time::print(signature.at_ms)})
}
