//! The sections on quality: agreement between annotators, scores of suggestions, and confusions of
//! labels.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::elements::{bar, escape, known, label, percent, share};
use crate::dataset::report::dashboard::DatasetCounts;
use crate::model::figures::{counted as so_many, number};
use crate::model::{Label, Rgb, Schema};
use crate::quality::Agreement;
use crate::quality::confusion::{Cell, Confusion};
use crate::quality::score::Tally;

/// How many labels a table of confusions has at most; the rest are merged into one.
const LABELS: usize = 10;
/// How many kinds of mistakes are listed.
const WORST: usize = 12;

/// Writes the section on agreement.
pub(super) fn agreement(page: &mut String, agreement: &Agreement) {
    page.push_str("<section>\n<h2>Agreement</h2>\n");
    let left_out = agreement.left_out.to_string();
    if agreement.articles == 0 {
        page.push_str(
            "<p class=\"none\">No article was done by two annotators independently.</p>\n",
        );
    } else {
        let _ = writeln!(
            page,
            "<p class=\"soft\">{} done by several annotators independently. Regions by characters, entities by exact spans. \
             Krippendorff's alpha over the characters of all: <b>{}</b>.</p>\n<div class=\"scroll\"><table>\n\
             <thead><tr><th>annotators</th><th class=\"n\">articles</th><th class=\"n\">same characters</th><th class=\"n\">Cohen's kappa</th><th class=\"n\">entities, F1</th></tr></thead>\n<tbody>",
            so_many(agreement.articles, "article was", "articles were"),
            known(agreement.alpha())
        );
        for ((one, other), pair) in &agreement.pairs {
            let _ = writeln!(
                page,
                "<tr><th scope=\"row\">{} and {}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                escape(one),
                escape(other),
                number(pair.articles),
                share(pair.same_characters()),
                known(pair.kappa()),
                share(pair.entities.micro().f1())
            );
        }
        page.push_str("</tbody></table></div>\n");
    }
    if !left_out.is_empty() {
        let _ = writeln!(
            page,
            "<p class=\"soft small\">Left out: {}.</p>",
            escape(&left_out)
        );
    }
    if agreement.imported > 0 {
        let _ = writeln!(
            page,
            "<p class=\"soft small\">{} imported; counted as independent because the files say so.</p>",
            so_many(agreement.imported, "annotation was", "annotations were")
        );
    }
    page.push_str("</section>\n");
}

/// Writes the section on the scores of suggestions.
pub(super) fn quality(
    page: &mut String,
    facts: &DatasetCounts,
    confusion: &Confusion,
    schema: &Schema,
) {
    let guesses = facts.guesses();
    page.push_str("<section>\n<h2>Suggestions compared with annotations</h2>\n");
    if guesses.articles == 0 && confusion.annotations == 0 {
        page.push_str(
            "<p class=\"none\">No finished article started from suggestions.</p>\n</section>\n",
        );
        return;
    }
    let _ = writeln!(
        page,
        "<p class=\"soft\">What the models suggested when an annotator first opened an article, compared with the finished annotation, in {}.</p>\n<div class=\"two\">",
        so_many(confusion.annotations, "annotation", "annotations")
    );
    let regions = |name: &str| schema.region(name).map(|known| known.color);
    let entities = |name: &str| schema.entity(name).map(|known| known.color);
    scores(
        page,
        "Regions, by characters",
        &guesses.region_chars,
        &regions,
    );
    scores(
        page,
        "Entities, exact spans",
        &guesses.entity_spans,
        &entities,
    );
    page.push_str("</div>\n<div class=\"two\">\n");
    matrix(
        page,
        ("Regions: which label was suggested", "characters"),
        &confusion.regions,
        "no region",
    );
    matrix(
        page,
        ("Entities: which label was suggested", "entities"),
        &confusion.entities,
        "nothing",
    );
    page.push_str("</div>\n");
    worst(page, confusion, &entities);
    page.push_str("</section>\n");
}

fn scores(page: &mut String, title: &str, tally: &Tally, color: &dyn Fn(&str) -> Option<Rgb>) {
    let _ = writeln!(page, "<div>\n<h3>{title}</h3>");
    if tally.0.is_empty() {
        page.push_str("<p class=\"none\">None.</p>\n</div>\n");
        return;
    }
    page.push_str("<div class=\"scroll\"><table>\n<thead><tr><th>label</th><th></th><th class=\"n\">F1</th><th class=\"n\">precision</th><th class=\"n\">recall</th><th class=\"n wide\">annotated</th><th class=\"n wide\">suggested</th></tr></thead>\n<tbody>\n");
    let all = tally.micro();
    let labels = tally.0.iter();
    let mut rows: Vec<(String, Option<Rgb>, _)> = labels
        .map(|(name, counts)| {
            let color = color(name.as_str());
            (label(name.as_str(), color), color, *counts)
        })
        .collect();
    rows.push(("all".to_owned(), None, all));
    for (name, color, counts) in rows {
        let f1 = counts.f1();
        let _ = writeln!(
            page,
            "<tr><td>{name}</td>{}<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n wide\">{}</td><td class=\"n wide\">{}</td></tr>",
            bar(f1.unwrap_or_default(), color),
            share(f1),
            share((counts.guessed > 0).then(|| counts.precision())),
            share((counts.gold > 0).then(|| counts.recall())),
            number(counts.gold),
            number(counts.guessed)
        );
    }
    page.push_str("</tbody></table></div>\n</div>\n");
}

/// Writes a table of confusions: each row adds up to 100 %.
fn matrix(
    page: &mut String,
    (title, unit): (&str, &str),
    cells: &BTreeMap<Cell, u64>,
    nothing: &str,
) {
    if cells.is_empty() {
        return;
    }
    let mut sums: BTreeMap<&Label, u64> = BTreeMap::new();
    for ((gold, guess), count) in cells {
        for label in [gold, guess].into_iter().flatten() {
            *sums.entry(label).or_default() += count;
        }
    }
    let mut shown: Vec<&Label> = sums.keys().copied().collect();
    shown.sort_by_key(|label| (std::cmp::Reverse(sums.get(label).copied()), *label));
    let rest: BTreeSet<&Label> = shown
        .split_off(shown.len().min(LABELS))
        .into_iter()
        .collect();
    // The last two places are for the rest and for nothing.
    let (others, none) = (shown.len(), shown.len() + usize::from(!rest.is_empty()));
    let place = |label: &Option<Label>| match label {
        None => none,
        Some(label) => shown
            .iter()
            .position(|known| *known == label)
            .unwrap_or(others),
    };
    let mut table: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    let mut rows: BTreeMap<usize, u64> = BTreeMap::new();
    for ((gold, guess), count) in cells {
        *table.entry((place(gold), place(guess))).or_default() += count;
        *rows.entry(place(gold)).or_default() += count;
    }
    let mut names: Vec<String> = shown.iter().map(|label| escape(label.as_str())).collect();
    if !rest.is_empty() {
        names.push("others".to_owned());
    }
    names.push(nothing.to_owned());
    let _ = write!(
        page,
        "<div>\n<h3>{title}</h3>\n<p class=\"soft small\">Rows: annotated; columns: suggested; in per cent of the row’s {unit}.</p>\n\
         <div class=\"scroll\"><table class=\"matrix\">\n<thead><tr><th></th>"
    );
    for name in &names {
        let _ = write!(page, "<th>{name}</th>");
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for (row, name) in names.iter().enumerate() {
        let Some(all) = rows.get(&row) else { continue };
        let _ = write!(page, "<tr><th scope=\"row\">{name}</th>");
        for column in 0..names.len() {
            let count = table.get(&(row, column)).copied().unwrap_or_default();
            let part = count as f64 / (*all).max(1) as f64;
            let hue = if row == column { "good" } else { "bad" };
            if count == 0 {
                page.push_str("<td></td>");
                continue;
            }
            let _ = write!(
                page,
                "<td style=\"background:rgba(var(--{hue}),{:.2})\" title=\"{} {unit}\">{:.1}</td>",
                0.08 + 0.42 * part,
                number(count),
                100.0 * part
            );
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n</div>\n");
}

/// Writes the most frequent confusions of entities, with examples.
fn worst(page: &mut String, confusion: &Confusion, color: &dyn Fn(&str) -> Option<Rgb>) {
    let worst = confusion.worst_entities(WORST);
    if worst.is_empty() {
        return;
    }
    let all: u64 = confusion.entities.values().sum();
    page.push_str("<h3>Most frequently corrected entities</h3>\n<div class=\"scroll\"><table>\n<thead><tr><th>annotated</th><th>suggested</th><th class=\"n\">entities</th><th class=\"n\">share</th><th>examples</th></tr></thead>\n<tbody>\n");
    let side = |side: &Option<Label>| match side {
        None => "<span class=\"soft\">nothing</span>".to_owned(),
        Some(name) => label(name.as_str(), color(name.as_str())),
    };
    for ((gold, guess), count, examples) in worst {
        let examples: Vec<String> = examples
            .iter()
            .map(|words| format!("“{}”", escape(words)))
            .collect();
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
            side(gold),
            side(guess),
            number(count),
            percent(count as f64, all as f64),
            examples.join(", ")
        );
    }
    page.push_str("</tbody></table></div>\n");
}
