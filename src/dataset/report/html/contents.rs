//! The sections on the contents of a dataset: status, labels, lengths, work, and what each label
//! means.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::elements::{bar, escape, label, percent};
use crate::dataset::report::dashboard::{DatasetCounts, Work};
use crate::dataset::report::stats::DatasetSummary;
use crate::model::figures::number;
use crate::model::{Label, Rgb, Schema, Status};
use crate::quality::LabelCount;

/// How many examples of a label are shown.
const EXAMPLES: usize = 8;
/// Where the columns of the lengths begin, in characters.
const LENGTHS: [u32; 9] = [0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000];

/// Writes the section on progress.
pub(super) fn progress(page: &mut String, counted: &DatasetSummary) {
    let statistics = &counted.statistics;
    page.push_str("<section>\n<h2>Status</h2>\n<p class=\"soft\">Each article counts with its newest annotation by a person.</p>\n<div class=\"stack\">");
    let all = statistics.articles as f64;
    let statuses = || Status::ALL.iter().zip(statistics.statuses).enumerate();
    for (at, (_, count)) in statuses() {
        if count > 0 {
            let width = 100.0 * count as f64 / all.max(1.0);
            let _ = write!(page, "<i class=\"s{at}\" style=\"width:{width:.2}%\"></i>");
        }
    }
    page.push_str("</div>\n<ul class=\"keys\">\n");
    for (at, (status, count)) in statuses() {
        let _ = writeln!(
            page,
            "<li><i class=\"mark s{at}\"></i>{} <b>{}</b> <span class=\"soft\">{}</span></li>",
            status.as_str(),
            number(count),
            percent(count as f64, all)
        );
    }
    page.push_str("</ul>\n</section>\n");
}

/// Writes the table of labels.
pub(super) fn labels(page: &mut String, counted: &DatasetSummary, schema: &Schema) {
    page.push_str("<section>\n<h2>Labels</h2>\n<p class=\"soft\">How often each label occurs, how much text it covers, and how many of its spans nobody has confirmed yet.</p>\n<div class=\"two\">\n");
    let regions = |name: &str| schema.region(name).map(|known| known.color);
    let entities = |name: &str| schema.entity(name).map(|known| known.color);
    let statistics = &counted.statistics;
    table(page, "Regions", &statistics.regions, &regions);
    table(page, "Entities", &statistics.entities, &entities);
    page.push_str("</div>\n</section>\n");
}

fn table(
    page: &mut String,
    title: &str,
    counts: &BTreeMap<Label, LabelCount>,
    color: &dyn Fn(&str) -> Option<Rgb>,
) {
    let _ = writeln!(page, "<div>\n<h3>{title}</h3>");
    if counts.is_empty() {
        page.push_str("<p class=\"none\">None.</p>\n</div>\n");
        return;
    }
    page.push_str("<div class=\"scroll\"><table>\n<thead><tr><th>label</th><th></th><th class=\"n\">spans</th><th class=\"n\">share</th><th class=\"n wide\">characters</th><th class=\"n wide\">mean length</th><th class=\"n\">unconfirmed</th></tr></thead>\n<tbody>\n");
    let all: u64 = counts.values().map(|count| count.spans).sum();
    let most = counts.values().map(|count| count.spans).max().unwrap_or(1);
    let mut sorted: Vec<(&Label, &LabelCount)> = counts.iter().collect();
    sorted.sort_by(|a, b| b.1.spans.cmp(&a.1.spans).then(a.0.cmp(b.0)));
    for (name, count) in sorted {
        let color = color(name.as_str());
        let _ = writeln!(
            page,
            "<tr><td>{}</td>{}<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n wide\">{}</td><td class=\"n wide\">{:.0}</td><td class=\"n\">{}</td></tr>",
            label(name.as_str(), color),
            bar(count.spans as f64 / most.max(1) as f64, color),
            number(count.spans),
            percent(count.spans as f64, all as f64),
            number(count.chars),
            count.chars as f64 / count.spans.max(1) as f64,
            number(count.suggestions)
        );
    }
    page.push_str("</tbody></table></div>\n</div>\n");
}

/// Writes the histogram of lengths.
pub(super) fn lengths(page: &mut String, counted: &DatasetSummary) {
    let mut lengths = counted.lengths.clone();
    lengths.sort_unstable();
    page.push_str("<section>\n<h2>Lengths</h2>\n");
    let at = |share: f64| {
        let last = lengths.len().saturating_sub(1) as f64;
        let found = lengths.get((last * share).round() as usize).copied();
        number(u64::from(found.unwrap_or_default()))
    };
    if lengths.is_empty() {
        page.push_str("<p class=\"none\">No articles.</p>\n</section>\n");
        return;
    }
    let _ = writeln!(
        page,
        "<p class=\"soft\">Characters per article: half have at most {}, nine in ten at most {}; the longest has {}.</p>\n<div class=\"columns\">",
        at(0.5),
        at(0.9),
        at(1.0)
    );
    let bins: Vec<usize> = (0..LENGTHS.len())
        .map(|bin| {
            let from = LENGTHS.get(bin).copied().unwrap_or_default();
            let to = LENGTHS.get(bin + 1).copied().unwrap_or(u32::MAX);
            let before = |limit: u32| lengths.partition_point(|length| *length < limit);
            let upto = if to == u32::MAX {
                lengths.len()
            } else {
                before(to)
            };
            upto - before(from)
        })
        .collect();
    let most = bins.iter().copied().max().unwrap_or(1).max(1);
    for count in &bins {
        let height = 85.0 * *count as f64 / most as f64;
        let words = if *count == 0 {
            String::new()
        } else {
            number(*count as u64)
        };
        let _ = writeln!(
            page,
            "<div>{words}<i style=\"height:{height:.1}%\"></i></div>"
        );
    }
    page.push_str("</div>\n<div class=\"axis\">");
    for (at, from) in LENGTHS.iter().enumerate() {
        let words = |chars: u32| match chars {
            chars if chars >= 1_000 => format!("{}k", chars / 1_000),
            chars => chars.to_string(),
        };
        let words = match LENGTHS.get(at + 1) {
            Some(to) => format!("{}–{}", words(*from), words(*to)),
            None => format!("{}+", words(*from)),
        };
        let _ = write!(page, "<span>{words}</span>");
    }
    page.push_str("</div>\n</section>\n");
}

/// Writes the table of annotators.
pub(super) fn effort(page: &mut String, facts: &DatasetCounts) {
    let total = facts.total();
    if total == Work::default() {
        return;
    }
    page.push_str("<section>\n<h2>Work</h2>\n<p class=\"soft\">Done articles only. Pauses over 30 seconds do not count as work.</p>\n<div class=\"scroll\"><table>\n<thead><tr><th>annotator</th><th class=\"n\">done</th><th class=\"n\">edits</th><th class=\"n\">time</th><th class=\"n\">an hour</th><th class=\"n\">seconds each</th></tr></thead>\n<tbody>\n");
    let by_annotator = facts.by_annotator();
    let mut rows: Vec<(&str, Work)> = by_annotator.into_iter().collect();
    if rows.len() > 1 {
        rows.push(("all", total));
    }
    let known = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.1}"));
    for (name, work) in rows {
        let minutes = work.active_ms / 60_000;
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}:{:02} h</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escape(name),
            number(work.done),
            number(work.edits),
            minutes / 60,
            minutes % 60,
            known(work.articles_an_hour()),
            known(work.seconds_an_article())
        );
    }
    page.push_str("</tbody></table></div>\n</section>\n");
}

/// Writes what each label means, with examples from the schema and from the articles.
pub(super) fn guide(page: &mut String, counted: &DatasetSummary, schema: &Schema) {
    page.push_str("<section>\n<h2>What the labels mean</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>label</th><th>meaning</th><th>in this dataset</th></tr></thead>\n<tbody>\n");
    let mut row = |name: &Label, color: Rgb, meaning: &str, examples: &[String], seen: String| {
        let examples = match examples {
            [] => String::new(),
            examples => format!(
                "<br><span class=\"soft small\">{}</span>",
                escape(&examples.join("; "))
            ),
        };
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}{examples}</td><td>{seen}</td></tr>",
            label(name.as_str(), Some(color)),
            escape(meaning)
        );
    };
    for region in schema.regions() {
        let seen = counted.examples.of_region(&region.label);
        let seen: Vec<String> = seen
            .iter()
            .map(|words| format!("“{}”", escape(words)))
            .collect();
        row(
            &region.label,
            region.color,
            &region.description,
            &region.examples,
            seen.join("<br>"),
        );
    }
    for entity in schema.entities() {
        let seen = counted.examples.of(&entity.label, EXAMPLES);
        let seen: Vec<String> = seen
            .iter()
            .map(|(words, count)| {
                let words = escape(words);
                format!("{words} <span class=\"soft\">×{}</span>", number(*count))
            })
            .collect();
        row(
            &entity.label,
            entity.color,
            &entity.description,
            &entity.examples,
            seen.join(", "),
        );
    }
    page.push_str("</tbody></table></div>\n</section>\n");
}
