//! `copydesk adjudicate`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::Ended;
use super::console::{Console, cancel_on_signal};
use super::shared;
use crate::dataset::adjudication::{
    AdjudicatedChange, AdjudicationOptions, AdjudicationReport, AdjudicationRule, ArticleState,
    ChangedArticle, LabelledSpan, OpenPlace, Threshold, adjudicate, changes_for, in_words,
};
use crate::dataset::{Clock as _, Dataset, Settings, SystemClock};
use crate::model::figures::{counted, number};
use crate::model::{Span, Text, printable};
use crate::quality::agreement::LeftOutBecause;

/// Decide between the annotations of several people, by rule, and list what has to be decided by
/// hand
///
/// Only finished annotations count whose annotators did not see a colleague's labels; what is left
/// out is counted. Where all annotators agree, their labels go into the result by themselves. The
/// result is an annotation of the adjudicator, which holds every decision in its history. Without
/// --unanimous or --majority nothing is written. `copydesk open --role adjudicator` decides by hand.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk adjudicate news.copydesk                        # what is open\n  copydesk adjudicate news.copydesk --unanimous            # finish where all agree\n  copydesk adjudicate news.copydesk --majority 0.5 --list  # and where most agree; list the rest\n  copydesk adjudicate news.copydesk --changes ada          # what was changed of ada's work, and why"
)]
pub(super) struct Args {
    /// The dataset
    dataset: PathBuf,
    /// Whose annotation the result is [default: the name in the settings]
    #[arg(long = "as", value_name = "NAME")]
    adjudicator: Option<String>,
    /// Finish the articles on which all annotators agree
    #[arg(long, conflicts_with_all = ["majority", "changes"])]
    unanimous: bool,
    /// Also decide each place at which more than this share of the annotators has the same, such as
    /// 0.5, and no other version has as many
    #[arg(long, value_name = "SHARE", value_parser = share, conflicts_with = "changes")]
    majority: Option<Threshold>,
    /// List the open places, tab-separated: region or entity, article, start and end in code
    /// points, words, what each version has, and whose it is
    #[arg(long, conflicts_with_all = ["json", "changes"])]
    list: bool,
    /// List instead what adjudication changed of this annotator's work: region or entity, article,
    /// start and end in code points, words, before, after, the decision, its reason
    #[arg(long, value_name = "NAME")]
    changes: Option<String>,
    /// As JSON, with every open place
    #[arg(long)]
    json: bool,
}

fn share(words: &str) -> Result<Threshold, String> {
    let share = words.parse().ok().and_then(Threshold::new);
    share.ok_or_else(|| "a share from 0 to below 1 is expected, such as 0.5".to_owned())
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    if let Some(annotator) = &args.changes {
        return changes(args, annotator, console);
    }
    let rule = match (args.unanimous, args.majority) {
        (_, Some(threshold)) => Some(AdjudicationRule::Majority(threshold)),
        (true, None) => Some(AdjudicationRule::Unanimous),
        (false, None) => None,
    };
    let adjudicator = match &args.adjudicator {
        Some(name) if name.trim().is_empty() => bail!("--as names nobody"),
        Some(name) => name.trim().to_owned(),
        None => name_in_settings(console),
    };
    let mut dataset = match rule {
        Some(_) => Dataset::open(&args.dataset)?,
        None => Dataset::open_to_read(&args.dataset)?,
    };
    let options = AdjudicationOptions {
        adjudicator,
        rule,
        list: args.list || args.json,
        now_ms: SystemClock.now_ms(),
    };
    console.start("articles");
    let cancel = cancel_on_signal();
    let made = adjudicate(dataset.store_mut(), &options, console, &cancel);
    console.clear();
    let Some(report) = shared::unless_stopped(made, console, "stopped")? else {
        return Ok(Ended::Stopped);
    };
    if args.json {
        console.data(&format!("{:#}\n", as_json(&report, &options)))?;
    } else if args.list {
        console.data(&open_lines(&report))?;
    } else {
        console.data(&as_text(&report))?;
    }
    if !report.own_work.is_empty() {
        let articles = counted(report.own_work.len() as u64, "article", "articles");
        let first = report.own_work.first().map_or("", String::as_str);
        console.message(&format!(
            "warning: {} has annotated {articles}, such as {}, and cannot adjudicate there\nhint: adjudicate under another name with --as NAME",
            printable::line(&options.adjudicator),
            printable::line(first),
        ));
    }
    Ok(Ended::Well)
}

/// The annotator's name in the settings, as the window uses it.
fn name_in_settings(console: &mut Console) -> String {
    let read = Settings::path().map(|path| Settings::load(&path));
    match read {
        Some(Ok((settings, _))) => settings.annotator,
        Some(Err(error)) => {
            console.message(&format!("warning: {error:#}"));
            Settings::default().annotator
        }
        None => Settings::default().annotator,
    }
}

/// Start and end of a span, in code points.
fn points(text: &Text, span: Span) -> (u32, u32) {
    (
        text.char_of_byte(span.start()).0,
        text.char_of_byte(span.end()).0,
    )
}

fn spans_json(text: &Text, spans: &[LabelledSpan]) -> Value {
    let spans = spans.iter().map(|one| {
        let (start, end) = points(text, one.span);
        json!({"start": start, "end": end, "label": one.label.as_str(), "words": text.slice(one.span)})
    });
    spans.collect::<Vec<_>>().into()
}

/// Spans as `LABEL words`, or `-` where there are none.
fn spans_line(text: &Text, spans: &[LabelledSpan]) -> String {
    let spans = spans.iter().map(|one| {
        let words = printable::line(text.slice(one.span)).into_owned();
        format!("{} {words}", one.label)
    });
    let spans: Vec<String> = spans.collect();
    if spans.is_empty() {
        "-".to_owned()
    } else {
        spans.join(" + ")
    }
}

fn as_json(report: &AdjudicationReport, options: &AdjudicationOptions) -> Value {
    let articles: Map<String, Value> = ArticleState::ALL
        .iter()
        .map(|state| (state.as_str().to_owned(), report.count(*state).into()))
        .collect();
    let places = report.places;
    let open: Vec<Value> = report.open.iter().map(open_json).collect();
    let left_out = report.left_out.iter();
    let left_out: Vec<Value> = left_out
        .map(|one| {
            json!({"article": one.article, "annotator": one.annotator, "why": one.because.to_string()})
        })
        .collect();
    json!({
        "adjudicator": options.adjudicator,
        "written": options.rule.is_some(),
        "articles": articles,
        "places": {
            "total": places.total(),
            "unanimous": places.unanimous,
            "majority": places.majority,
            "by_hand": places.by_hand,
            "same_as_another": places.same,
            "open": places.open,
            "reopened": places.reopened,
        },
        "open": open,
        "left_out": left_out,
        "own_work": report.own_work,
    })
}

fn open_json(open: &OpenPlace) -> Value {
    let (start, end) = points(&open.text, open.place.span);
    let options = open.place.versions.iter().map(|version| {
        let annotators: Vec<&str> = version.annotators.iter().map(|name| &**name).collect();
        json!({"annotators": annotators, "spans": spans_json(&open.text, &version.spans)})
    });
    json!({
        "article": open.article, "of": open.place.kind.as_str(), "start": start, "end": end,
        "words": open.text.slice(open.place.span), "reopened": open.is_reopened,
        "options": options.collect::<Vec<_>>(),
    })
}

fn open_lines(report: &AdjudicationReport) -> String {
    let mut out = String::new();
    for open in &report.open {
        let (start, end) = points(&open.text, open.place.span);
        let options = open.place.versions.iter().map(|version| {
            let names: Vec<&str> = version.annotators.iter().map(|name| &**name).collect();
            let names = printable::line(&names.join(", ")).into_owned();
            format!("{} ({names})", spans_line(&open.text, &version.spans))
        });
        let _ = writeln!(
            out,
            "{}\t{}\t{start}\t{end}\t{}\t{}",
            open.place.kind.as_str(),
            open.article,
            printable::line(open.text.slice(open.place.span)),
            options.collect::<Vec<_>>().join(" | "),
        );
    }
    out
}

fn as_text(report: &AdjudicationReport) -> String {
    let mut out = String::new();
    let begun: u64 = report.articles.values().sum();
    let _ = writeln!(
        out,
        "{} that somebody has begun",
        counted(begun, "article", "articles")
    );
    for (state, words) in [
        (ArticleState::Finished, "finished by this run"),
        (ArticleState::AlreadyFinished, "finished before"),
        (ArticleState::Ready, "with nothing open, not finished yet"),
        (ArticleState::Open, "with open places"),
        (ArticleState::ByAnother, "adjudicated by another person"),
        (ArticleState::OwnWork, "annotated by the adjudicator"),
        (ArticleState::TooFew, "not finished by two annotators"),
    ] {
        let count = report.count(state);
        if count > 0 {
            let _ = writeln!(out, "  {words:<38}{:>9}", number(count));
        }
    }
    let places = report.places;
    let _ = writeln!(
        out,
        "{} in articles that two annotators have finished",
        counted(places.total(), "place", "places")
    );
    for (count, words) in [
        (places.unanimous, "all agree"),
        (places.majority, "decided by a majority"),
        (places.by_hand, "decided by hand"),
        (places.same, "decided like another place"),
        (places.open, "open"),
        (places.reopened, "of these, decided before a change"),
    ] {
        if count > 0 {
            let _ = writeln!(out, "  {words:<38}{:>9}", number(count));
        }
    }
    let mut left_out: BTreeMap<LeftOutBecause, u64> = BTreeMap::new();
    for one in &report.left_out {
        *left_out.entry(one.because).or_default() += 1;
    }
    if !left_out.is_empty() {
        let all = counted(report.left_out.len() as u64, "annotation", "annotations");
        let _ = writeln!(out, "left out: {all}");
        for (because, count) in left_out {
            let _ = writeln!(out, "  {:<38}{:>9}", because.to_string(), number(count));
        }
    }
    out
}

fn changes(args: &Args, annotator: &str, console: &mut Console) -> Result<Ended> {
    let dataset = Dataset::open_to_read(&args.dataset)?;
    console.start("articles");
    let cancel = cancel_on_signal();
    let found = changes_for(dataset.store(), annotator, console, &cancel);
    console.clear();
    let Some(articles) = shared::unless_stopped(found, console, "stopped")? else {
        return Ok(Ended::Stopped);
    };
    if args.json {
        let articles: Vec<Value> = articles.iter().map(changed_json).collect();
        let told = json!({"annotator": annotator, "articles": articles});
        console.data(&format!("{told:#}\n"))?;
    } else {
        let mut out = String::new();
        for article in &articles {
            for change in &article.changes {
                let _ = writeln!(out, "{}", changed_line(article, change));
            }
        }
        console.data(&out)?;
    }
    let changes: usize = articles.iter().map(|article| article.changes.len()).sum();
    console.message(&format!(
        "{} of {}'s work in {}",
        counted(changes as u64, "change", "changes"),
        printable::line(annotator),
        counted(
            articles.len() as u64,
            "adjudicated article",
            "adjudicated articles"
        )
    ));
    Ok(Ended::Well)
}

fn changed_json(article: &ChangedArticle) -> Value {
    let text = &article.article.text;
    let changes = article.changes.iter().map(|change| {
        let (start, end) = points(text, change.place.span);
        json!({
            "of": change.place.kind.as_str(), "start": start, "end": end,
            "words": text.slice(change.place.span),
            "before": spans_json(text, &change.before), "after": spans_json(text, &change.after),
            "decision": in_words(&change.decision),
            "reason": change.decision.reason.as_deref().unwrap_or_default(),
        })
    });
    json!({
        "article": article.article.id.as_str(), "adjudicator": article.adjudicator,
        "changes": changes.collect::<Vec<_>>(),
    })
}

fn changed_line(article: &ChangedArticle, change: &AdjudicatedChange) -> String {
    let text = &article.article.text;
    let (start, end) = points(text, change.place.span);
    let reason = change.decision.reason.as_deref().unwrap_or_default();
    [
        change.place.kind.as_str(),
        article.article.id.as_str(),
        &start.to_string(),
        &end.to_string(),
        &printable::line(text.slice(change.place.span)),
        &spans_line(text, &change.before),
        &spans_line(text, &change.after),
        &printable::line(&in_words(&change.decision)),
        &printable::line(reason),
    ]
    .join("\t")
}
