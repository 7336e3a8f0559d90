//! A report on a dataset as one self-contained HTML page: no script, nothing fetched, all text of
//! users escaped.

mod agreement;
mod contents;
mod elements;
mod quality;
mod suggestions;

use std::fmt::Write as _;

pub use agreement::agreement_page;

use super::dashboard::{DatasetCounts, charts};
use super::stats::DatasetSummary;
use crate::model::figures::{counted as so_many, number};
use crate::model::{Label, Schema, Status};
use crate::quality::plot::{self, Chart};
use elements::{escape, known, percent, share};

/// Renders the page; `name` is the name of the dataset.
#[must_use]
pub fn html(
    name: &str,
    facts: &DatasetCounts,
    counted: &DatasetSummary,
    schema: &Schema,
) -> String {
    let mut page = begin(name, &subtitle(counted, schema));
    tiles(&mut page, facts, counted);
    contents::progress(&mut page, counted);
    contents::labels(&mut page, counted, schema);
    contents::lengths(&mut page, counted);
    suggestions::agreement(&mut page, &counted.agreement);
    suggestions::quality(&mut page, facts, &counted.confusion, schema);
    contents::effort(&mut page, facts);
    plots(&mut page, facts, schema);
    contents::guide(&mut page, counted, schema);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// The beginning of a page, up to its heading.
fn begin(name: &str, subtitle: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{name}</title>\n\
         <style>{}</style>\n</head>\n<body>\n<main>\n<header>\n<h1>{name}</h1>\n<p class=\"soft\">{}</p>\n</header>\n",
        include_str!("style.css"),
        escape(subtitle),
        name = escape(name),
    )
}

fn subtitle(counted: &DatasetSummary, schema: &Schema) -> String {
    let statistics = &counted.statistics;
    let mut words = format!(
        "{}, {} characters",
        so_many(statistics.articles, "article", "articles"),
        number(statistics.chars)
    );
    if !counted.languages.is_empty() {
        let languages: Vec<&str> = counted.languages.iter().map(String::as_str).collect();
        let _ = write!(words, " · languages: {}", languages.join(", "));
    }
    if !schema.name().is_empty() {
        let _ = write!(words, " · schema: {}", schema.name());
    }
    words
}

/// Writes the main figures.
fn tiles(page: &mut String, facts: &DatasetCounts, counted: &DatasetSummary) {
    let statistics = &counted.statistics;
    let done = Status::ALL
        .iter()
        .zip(statistics.statuses)
        .find(|(status, _)| **status == Status::Done)
        .map_or(0, |(_, count)| count);
    let spans = |counts: &std::collections::BTreeMap<Label, crate::quality::LabelCount>| {
        number(counts.values().map(|count| count.spans).sum())
    };
    let guesses = facts.guesses();
    let figures = [
        (number(statistics.articles), "articles".to_owned()),
        (
            number(done),
            format!("done, {}", percent(done as f64, statistics.articles as f64)),
        ),
        (spans(&statistics.regions), "regions".to_owned()),
        (spans(&statistics.entities), "entities".to_owned()),
        (
            number(statistics.annotators.len() as u64),
            if statistics.annotators.len() == 1 {
                "annotator".to_owned()
            } else {
                "annotators".to_owned()
            },
        ),
        (
            known(counted.agreement.alpha()),
            "agreement (alpha)".to_owned(),
        ),
        (
            share(guesses.region_chars.macro_f1()),
            "region suggestions, F1".to_owned(),
        ),
        (
            share(guesses.entity_spans.micro().f1()),
            "entity suggestions, F1".to_owned(),
        ),
    ];
    page.push_str("<div class=\"tiles\">\n");
    // What is not known is no figure.
    for (figure, what) in figures.iter().filter(|(figure, _)| figure != "–") {
        let _ = writeln!(
            page,
            "<div class=\"tile\"><b>{figure}</b><span>{what}</span></div>"
        );
    }
    page.push_str("</div>\n");
}

/// Writes the charts of the dashboard that are not tables here.
fn plots(page: &mut String, facts: &DatasetCounts, schema: &Schema) {
    for card in charts::cards(facts, schema) {
        let drawn: Vec<_> = card.plots.iter().filter(|p| !p.chart.is_empty()).collect();
        // Labels are a table further up.
        if drawn.is_empty() || card.title == "Labels" {
            continue;
        }
        let _ = writeln!(
            page,
            "<section>\n<h2>{}</h2>\n<p class=\"soft\">{}</p>",
            escape(card.title),
            escape(card.help)
        );
        for plot in drawn {
            figure(page, &plot.chart);
        }
        page.push_str("</section>\n");
    }
}

/// A chart with what it says.
fn figure(page: &mut String, chart: &Chart) {
    // The names inside a picture are those of the whole page.
    let picture = plot::svg(chart)
        .replace("id=\"h", &format!("id=\"{}-h", chart.name))
        .replace("url(#h", &format!("url(#{}-h", chart.name))
        .replace("\"title desc\"", &format!("\"{0}-t {0}-d\"", chart.name))
        .replace("id=\"title\"", &format!("id=\"{}-t\"", chart.name))
        .replace("id=\"desc\"", &format!("id=\"{}-d\"", chart.name));
    let _ = writeln!(
        page,
        "<figure>\n<div class=\"plot\">{picture}</div>\n<figcaption class=\"small\">{}</figcaption>\n</figure>",
        escape(&chart.summary)
    );
}

#[cfg(test)]
mod tests;
