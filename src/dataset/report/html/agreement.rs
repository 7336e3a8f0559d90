//! Agreement as one page to send: every figure, and the places behind the tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::elements::{bar, escape, known, label, share};
use super::{begin, figure, quality};
use crate::dataset::report::agreement::Compared;
use crate::dataset::report::calendar::Calendar;
use crate::model::figures::{counted, number};
use crate::model::{Label, Rgb, Schema};
use crate::quality::agreement::{
    ArticleFigures, Disagreement, Figure, Interval, Layer, NoValue, Report, Value, coefficients,
    continuum, headline,
};
use crate::quality::plot::{Axis, Chart, Marks, PALETTE, Series};
use crate::quality::score::Counts;

/// The number of places of a cell that are listed.
const PLACES: usize = 200;
/// The number of articles that are listed, those with the least agreement first.
const ARTICLES: usize = 500;
/// The number of left out annotations that are named.
const LEFT_OUT: usize = 500;

/// The colour of a label of one of the layers.
type Color<'a> = &'a dyn Fn(Layer, &str) -> Option<Rgb>;

/// A place with its article and the two annotators.
type Found<'a> = (&'a ArticleFigures, &'a (String, String), &'a Disagreement);

/// The page. It fetches nothing and runs no script; every word of a user's is escaped.
#[must_use]
pub fn agreement_page(
    name: &str,
    compared: &Compared,
    calendar: &Calendar,
    schema: Option<&Schema>,
) -> String {
    let report = &compared.report;
    let color = |layer: Layer, name: &str| match layer {
        Layer::Regions => schema?.region(name).map(|known| known.color),
        Layer::Entities => schema?.entity(name).map(|known| known.color),
    };
    let shared = report.shared().count() as u64;
    let subtitle = format!(
        "Agreement of {} · {} done by more than one",
        counted(report.annotators.len() as u64, "annotator", "annotators"),
        counted(shared, "article", "articles")
    );
    let mut page = begin(name, &subtitle);
    if shared == 0 {
        page.push_str(
            "<section>\n<p class=\"none\">No article was done by two annotators independently.</p>\n</section>\n",
        );
    } else {
        tiles(&mut page, report);
        pairs(&mut page, report);
        labels(&mut page, report, &color);
        for layer in [Layer::Regions, Layer::Entities] {
            confusion(&mut page, report, layer, &color);
        }
        articles(&mut page, report);
        over_time(&mut page, compared, calendar);
    }
    quality::section(&mut page, "the adjudicated version", &compared.quality);
    if let Some(gold) = &compared.gold {
        quality::section(&mut page, "the gold", gold);
    }
    left_out(&mut page, compared);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn tiles(page: &mut String, report: &Report) {
    let figures = report.headline();
    let raters = report.annotators.len();
    let of = |interval: Result<Interval, NoValue>| match interval {
        Ok(found) => format!(", 95 % within {:.3} to {:.3}", found.low, found.high),
        Err(_) => String::new(),
    };
    let tiles = [
        (
            figures.alpha,
            format!(
                "regions, Krippendorff’s alpha{}",
                of(report.alpha_interval())
            ),
        ),
        (
            figures.f1,
            format!("entities, exact F1{}", of(report.f1_interval())),
        ),
        (
            coefficients::observed(&report.regions),
            "regions, same characters".to_owned(),
        ),
        (
            coefficients::gwet(&report.regions),
            "regions, Gwet’s AC1".to_owned(),
        ),
        (
            coefficients::fleiss(&report.regions, raters),
            "regions, Fleiss’ kappa".to_owned(),
        ),
        (
            continuum::u_alpha(&report.regions, raters),
            "regions, uα".to_owned(),
        ),
    ];
    page.push_str("<div class=\"tiles\">\n");
    for (figure, what) in tiles {
        let (value, what) = match figure {
            Ok(value) => (known(Some(value)), what),
            Err(why) => ("–".to_owned(), format!("{what}: {why}")),
        };
        let _ = writeln!(
            page,
            "<div class=\"tile\"><b>{value}</b><span>{}</span></div>",
            escape(&what)
        );
    }
    page.push_str("</div>\n");
}

/// A cell with a figure; why there is none is told to who points at it.
fn cell(figure: Figure) -> String {
    match figure {
        Ok(value) => format!("<td class=\"n\">{}</td>", known(Some(value))),
        Err(why) => format!(
            "<td class=\"n\" title=\"{}\">–</td>",
            escape(&why.to_string())
        ),
    }
}

fn maybe(value: Option<f64>) -> Figure {
    value.ok_or(NoValue::NothingLabelled)
}

fn pairs(page: &mut String, report: &Report) {
    page.push_str("<section>\n<h2>Annotators</h2>\n<p class=\"soft\">Regions are compared by characters that are not white space, entities by spans. Gamma is the mean over articles.</p>\n<div class=\"scroll\"><table>\n<thead><tr><th></th><th></th><th class=\"n\" colspan=\"4\">regions</th><th class=\"n\" colspan=\"4\">entities</th></tr>\n<tr><th>annotators</th><th class=\"n\">articles</th><th class=\"n\">same</th><th class=\"n\">kappa</th><th class=\"n\">alpha</th><th class=\"n\">uα</th><th class=\"n\">exact F1</th><th class=\"n\">relaxed</th><th class=\"n\">characters</th><th class=\"n\">gamma</th></tr></thead>\n<tbody>\n");
    for (names, sums) in &report.pairs {
        let gammas: Vec<f64> = report
            .articles_of(names)
            .filter_map(|(_, own)| own.gamma.as_ref()?.gamma.ok())
            .collect();
        let gamma = gammas.iter().sum::<f64>() / gammas.len() as f64;
        let gamma = (!gammas.is_empty()).then_some(gamma);
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\">{} and {}</th><td class=\"n\">{}</td>{}{}{}{}{}{}{}{}</tr>",
            escape(&names.0),
            escape(&names.1),
            number(sums.articles),
            cell(coefficients::observed(&sums.regions)),
            cell(coefficients::cohen(&sums.characters)),
            cell(coefficients::krippendorff(&sums.regions)),
            cell(continuum::u_alpha(&sums.regions, 2)),
            cell(maybe(sums.entities.micro().f1())),
            cell(maybe(sums.relaxed_f1())),
            cell(maybe(sums.entity_characters.f1())),
            cell(maybe(gamma)),
        );
    }
    page.push_str("</tbody></table></div>\n</section>\n");
}

fn labels(page: &mut String, report: &Report, color: Color<'_>) {
    let mut regions: BTreeMap<&Label, Counts> = BTreeMap::new();
    for sums in report.pairs.values() {
        for ((one, other), count) in &sums.characters {
            if let Some(label) = one {
                regions.entry(label).or_default().guessed += count;
            }
            if let Some(label) = other {
                let counts = regions.entry(label).or_default();
                counts.gold += count;
                counts.hits += if one == other { *count } else { 0 };
            }
        }
    }
    let entities = report.pooled_entities();
    page.push_str("<section>\n<h2>Labels</h2>\n<p class=\"soft\">Over all pairs of annotators. F1 is the share of what either of two has that both have.</p>\n<div class=\"two\">\n");
    let mut table = |title: &str, layer: Layer, labels: Vec<(&Label, Counts)>| {
        let _ = writeln!(page, "<div>\n<h3>{title}</h3>");
        if labels.is_empty() {
            page.push_str("<p class=\"none\">None.</p>\n</div>\n");
            return;
        }
        page.push_str("<div class=\"scroll\"><table>\n<thead><tr><th>label</th><th></th><th class=\"n\">F1</th><th class=\"n\">alike</th><th class=\"n wide\">first</th><th class=\"n wide\">second</th></tr></thead>\n<tbody>\n");
        for (name, counts) in labels {
            let color = color(layer, name.as_str());
            let _ = writeln!(
                page,
                "<tr><td>{}</td>{}<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n wide\">{}</td><td class=\"n wide\">{}</td></tr>",
                label(name.as_str(), color),
                bar(counts.f1().unwrap_or_default(), color),
                share(counts.f1()),
                number(counts.hits),
                number(counts.guessed),
                number(counts.gold)
            );
        }
        page.push_str("</tbody></table></div>\n</div>\n");
    };
    table(
        "Regions, by characters",
        Layer::Regions,
        regions.into_iter().collect(),
    );
    let entities = entities.0.iter().map(|(label, counts)| (label, *counts));
    table("Entities, exact spans", Layer::Entities, entities.collect());
    page.push_str("</div>\n</section>\n");
}

/// What one annotator calls one thing and another annotator another, with the places.
fn confusion(page: &mut String, report: &Report, layer: Layer, color: Color<'_>) {
    let mut places: BTreeMap<&(Value, Value), Vec<Found<'_>>> = BTreeMap::new();
    for article in &report.articles {
        for pair in &article.pairs {
            for place in pair.places.iter().filter(|place| place.layer == layer) {
                let of_cell = places.entry(&place.values).or_default();
                of_cell.push((article, &pair.annotators, place));
            }
        }
    }
    let (title, unit) = match layer {
        Layer::Regions => ("Regions that differ", "characters"),
        Layer::Entities => ("Entities that differ", "entities"),
    };
    let _ = writeln!(
        page,
        "<section>\n<h2>{title}</h2>\n<p class=\"soft\">Of two annotators the first is the one whose name comes first in the alphabet.</p>"
    );
    let cells = report.confusion(layer);
    let mut cells: Vec<(&(Value, Value), u64)> = cells
        .iter()
        .filter(|(values, _)| places.contains_key(values))
        .map(|(values, count)| (values, *count))
        .collect();
    if cells.is_empty() {
        page.push_str("<p class=\"none\">None.</p>\n</section>\n");
        return;
    }
    cells.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let side = |value: &Value| match value {
        None => "<span class=\"soft\">nothing</span>".to_owned(),
        Some(name) => label(name.as_str(), color(layer, name.as_str())),
    };
    for (values, count) in cells {
        let places = places.get(values).map_or(&[][..], Vec::as_slice);
        let what = if values.0 == values.1 {
            format!("{}, other edges", side(&values.0))
        } else {
            format!("{} and {}", side(&values.0), side(&values.1))
        };
        // Of entities with other edges, each place is one; those that are alike have no place.
        let count = match layer {
            Layer::Regions => count,
            Layer::Entities => places.len() as u64,
        };
        let _ = writeln!(
            page,
            "<details>\n<summary>{what} · {} {unit} in {}</summary>\n<div class=\"scroll\"><table>\n<thead><tr><th>article</th><th>annotators</th><th class=\"n\">from</th><th class=\"n\">to</th><th>words</th></tr></thead>\n<tbody>",
            number(count),
            counted(places.len() as u64, "place", "places")
        );
        for (article, (one, other), place) in places.iter().take(PLACES) {
            let _ = writeln!(
                page,
                "<tr><td>{}</td><td>{}, {}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
                escape(&article.id),
                escape(one),
                escape(other),
                place.start,
                place.end,
                escape(&place.words)
            );
        }
        page.push_str("</tbody></table></div>\n");
        if places.len() > PLACES {
            let _ = writeln!(
                page,
                "<p class=\"soft small\">And {} more.</p>",
                number((places.len() - PLACES) as u64)
            );
        }
        page.push_str("</details>\n");
    }
    page.push_str("</section>\n");
}

fn articles(page: &mut String, report: &Report) {
    let mut articles: Vec<_> = report
        .shared()
        .map(|article| (article, headline([article])))
        .collect();
    let least = |figure: Figure| figure.unwrap_or(1.0);
    articles.sort_by(|(one, a), (other, b)| {
        let a = least(a.alpha).min(least(a.f1));
        let b = least(b.alpha).min(least(b.f1));
        a.total_cmp(&b).then(one.id.cmp(&other.id))
    });
    page.push_str("<section>\n<h2>Articles</h2>\n<p class=\"soft\">Least agreement first.</p>\n<details>\n<summary>Show the list</summary>\n<div class=\"scroll\"><table>\n<thead><tr><th>article</th><th>annotators</th><th class=\"n\">regions, alpha</th><th class=\"n\">αU</th><th class=\"n\">entities, F1</th><th class=\"n\">gamma</th></tr></thead>\n<tbody>\n");
    for (article, figures) in articles.iter().take(ARTICLES) {
        let gamma = match &article.gamma {
            Some(found) => found.gamma,
            None => Err(NoValue::NothingLabelled),
        };
        let alpha_u = article.alpha_u_regions;
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td>{}{}{}{}</tr>",
            escape(&article.id),
            escape(&article.annotators.join(", ")),
            cell(figures.alpha),
            cell(alpha_u.unwrap_or(Err(NoValue::NothingShared))),
            cell(figures.f1),
            cell(gamma),
        );
    }
    page.push_str("</tbody></table></div>\n");
    if articles.len() > ARTICLES {
        let _ = writeln!(
            page,
            "<p class=\"soft small\">And {} more.</p>",
            number((articles.len() - ARTICLES) as u64)
        );
    }
    page.push_str("</details>\n</section>\n");
}

fn over_time(page: &mut String, compared: &Compared, calendar: &Calendar) {
    let days = compared.by_day(calendar);
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return;
    };
    if days.len() < 2 {
        return;
    }
    let line = |name: &str, at: usize, figure: &dyn Fn(usize) -> Figure| Series {
        name: name.to_owned(),
        color: PALETTE.get(at).copied().unwrap_or(Rgb(0, 0, 0)),
        style: at,
        marks: Marks::Line(
            (0..days.len())
                // An axis begins at 0; agreement below chance is no better than chance.
                .filter_map(|day| Some([day as f64, figure(day).ok()?.max(0.0)]))
                .collect(),
        ),
    };
    let figures = |day: usize| days.get(day).map(|on| &on.figures);
    let nothing = Err(NoValue::NothingShared);
    let chart = Chart {
        name: "agreement",
        title: "Agreement by day".to_owned(),
        summary: format!(
            "Articles by the day on which the last annotator finished them, from {} to {}.",
            first.day.long(),
            last.day.long()
        ),
        x: Axis {
            title: "day".to_owned(),
            names: days.iter().map(|on| on.day.short()).collect(),
            ..Axis::default()
        },
        y: Axis {
            title: "agreement".to_owned(),
            at_least: 1.0,
            ..Axis::default()
        },
        series: vec![
            line("regions, alpha", 0, &|day| {
                figures(day).map_or(nothing, |found| found.alpha)
            }),
            line("entities, F1", 1, &|day| {
                figures(day).map_or(nothing, |found| found.f1)
            }),
        ],
    };
    page.push_str("<section>\n<h2>Over time</h2>\n");
    figure(page, &chart);
    page.push_str("</section>\n");
}

fn left_out(page: &mut String, compared: &Compared) {
    if compared.left_out.is_empty() && compared.imported == 0 {
        return;
    }
    page.push_str("<section>\n<h2>What does not count</h2>\n");
    if !compared.left_out.is_empty() {
        let all = compared.left_out.len();
        let _ = writeln!(
            page,
            "<details>\n<summary>{} left out</summary>\n<div class=\"scroll\"><table>\n<thead><tr><th>article</th><th>annotator</th><th>why</th></tr></thead>\n<tbody>",
            counted(all as u64, "annotation", "annotations")
        );
        for one in compared.left_out.iter().take(LEFT_OUT) {
            let _ = writeln!(
                page,
                "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
                escape(&one.article),
                escape(&one.annotator),
                escape(&one.because.to_string())
            );
        }
        page.push_str("</tbody></table></div>\n</details>\n");
    }
    if compared.imported > 0 {
        let _ = writeln!(
            page,
            "<p class=\"soft small\">{} imported, and counted as independent because the files say so.</p>",
            counted(compared.imported, "annotation was", "annotations were")
        );
    }
    page.push_str("</section>\n");
}
