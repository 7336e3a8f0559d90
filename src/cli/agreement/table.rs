//! Agreement for people: plain text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::dataset::Calendar;
use crate::dataset::report::agreement::Compared;
use crate::dataset::report::quality::Quality;
use crate::model::figures::{counted, number};
use crate::model::{Label, printable};
use crate::quality::agreement::{
    Figure, Interval, Layer, NoValue, PairSums, Report, Value, coefficients, headline,
};
use crate::quality::score::Counts;

/// The number of articles that are listed, those with the least agreement first.
const ARTICLES: usize = 10;
/// The number of left out annotations that are named.
const LEFT_OUT: usize = 5;
/// The number of labels that a confusion table has at most.
const LABELS: usize = 8;

/// The tables.
pub(super) fn of(compared: &Compared, calendar: &Calendar) -> String {
    let report = &compared.report;
    let mut out = String::new();
    let shared = report.shared().count() as u64;
    let _ = writeln!(
        out,
        "{}, {} done by more than one",
        counted(report.annotators.len() as u64, "annotator", "annotators"),
        counted(shared, "article", "articles")
    );
    if shared == 0 {
        out.push_str("  nothing to compare: no article was done by two annotators independently\n");
    } else {
        head(&mut out, report);
        pairs(&mut out, report);
        labels(&mut out, report);
        confusion(&mut out, report, Layer::Regions);
        confusion(&mut out, report, Layer::Entities);
        worst(&mut out, report);
        days(&mut out, compared, calendar);
    }
    quality(&mut out, "the adjudicated version", &compared.quality);
    if let Some(gold) = &compared.gold {
        quality(&mut out, "the gold", gold);
    }
    left_out(&mut out, compared);
    out
}

/// Each annotator against a reference, if there is one.
fn quality(out: &mut String, reference: &str, quality: &Quality) {
    if quality.reference == 0 {
        return;
    }
    let _ = writeln!(
        out,
        "\nagreement with {reference} ({}, {} done independently)",
        counted(quality.reference, "article", "articles"),
        number(quality.articles)
    );
    let _ = writeln!(
        out,
        "  {:<20}{:>9}{:>8}{:>8}{:>10}{:>8}{:>8}{:>13}",
        "annotator", "articles", "same", "kappa", "precision", "recall", "exact", "differences"
    );
    for (name, own) in &quality.annotators {
        let sums = &own.sums;
        let (same, all) = sums.same_characters();
        let exact = sums.entities.micro();
        let differences: usize = own.places.iter().map(|(_, places)| places.len()).sum();
        let _ = writeln!(
            out,
            "  {:<20}{:>9}{:>8}{:>8}{:>10}{:>8}{:>8}{:>13}",
            printable::line(name),
            number(sums.articles),
            known((all > 0).then(|| same as f64 / all as f64)),
            known(coefficients::cohen(&sums.characters).ok()),
            known(exact.f1().map(|_| exact.precision())),
            known(exact.f1().map(|_| exact.recall())),
            known(exact.f1()),
            number(differences as u64),
        );
    }
    out.push_str("  same and kappa are of regions by characters; the others of exact entities\n");
}

/// One line for each place where two annotators differ.
pub(super) fn places(compared: &Compared) -> String {
    let mut out = String::new();
    let name = |value: &Value| {
        value
            .as_ref()
            .map_or_else(|| "-".to_owned(), Label::to_string)
    };
    for article in &compared.report.articles {
        for pair in &article.pairs {
            for place in &pair.places {
                let _ = writeln!(
                    out,
                    "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
                    place.layer.as_str(),
                    article.id,
                    place.start,
                    place.end,
                    printable::line(&pair.annotators.0),
                    printable::line(&pair.annotators.1),
                    name(&place.values.0),
                    name(&place.values.1),
                    printable::line(&place.words),
                );
            }
        }
    }
    out
}

fn known(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

fn head(out: &mut String, report: &Report) {
    let _ = writeln!(out, "\n{:<38}{:>9}   95 % of samples", "headline", "value");
    let mut line = |name: &str, figure: Figure, interval: Result<Interval, NoValue>| {
        let interval = match (figure, interval) {
            (Err(why), _) | (Ok(_), Err(why)) => why.to_string(),
            (Ok(_), Ok(found)) => format!("{:.3} to {:.3}", found.low, found.high),
        };
        let _ = writeln!(out, "  {name:<36}{:>9}   {interval}", known(figure.ok()));
    };
    let figures = report.headline();
    line(
        "regions, Krippendorff's alpha",
        figures.alpha,
        report.alpha_interval(),
    );
    line(
        "entities, F1 of exact spans",
        figures.f1,
        report.f1_interval(),
    );
    let _ = writeln!(
        out,
        "  {:<36}{:>9}   Gwet's AC1 {}",
        "regions, same characters",
        known(coefficients::observed(&report.regions).ok()),
        known(coefficients::gwet(&report.regions).ok())
    );
}

fn pairs(out: &mut String, report: &Report) {
    let _ = writeln!(
        out,
        "\n{:<22}{:>9}{:>8}{:>8}{:>8}{:>8}{:>10}{:>9}{:>8}",
        "pairs", "articles", "same", "kappa", "alpha", "exact", "relaxed", "chars", "gamma"
    );
    for (names, sums) in &report.pairs {
        let gammas: Vec<f64> = report
            .articles_of(names)
            .filter_map(|(_, own)| own.gamma.as_ref()?.gamma.ok())
            .collect();
        let gamma = gammas.iter().sum::<f64>() / gammas.len() as f64;
        let (same, all) = sums.same_characters();
        let _ = writeln!(
            out,
            "  {:<20}{:>9}{:>8}{:>8}{:>8}{:>8}{:>10}{:>9}{:>8}",
            printable::line(&format!("{}, {}", names.0, names.1)),
            number(sums.articles),
            known((all > 0).then(|| same as f64 / all as f64)),
            known(coefficients::cohen(&sums.characters).ok()),
            known(coefficients::krippendorff(&sums.regions).ok()),
            known(sums.entities.micro().f1()),
            known(sums.relaxed_f1()),
            known(sums.entity_characters.f1()),
            known((!gammas.is_empty()).then_some(gamma)),
        );
    }
    out.push_str(
        "  same, kappa and alpha are of regions by characters; the others of entities, gamma as the mean over articles\n",
    );
}

/// Characters of regions by label: those that both give it, and those that each does.
fn region_labels(pairs: &BTreeMap<(String, String), PairSums>) -> BTreeMap<&Label, Counts> {
    let mut by_label: BTreeMap<&Label, Counts> = BTreeMap::new();
    for sums in pairs.values() {
        for ((one, other), count) in &sums.characters {
            if let Some(label) = one {
                by_label.entry(label).or_default().guessed += count;
            }
            if let Some(label) = other {
                let counts = by_label.entry(label).or_default();
                counts.gold += count;
                counts.hits += if one == other { *count } else { 0 };
            }
        }
    }
    by_label
}

fn labels(out: &mut String, report: &Report) {
    let entities = report.pooled_entities();
    let parts = [
        (
            "regions, characters",
            region_labels(&report.pairs)
                .into_iter()
                .map(|(label, counts)| (label.clone(), counts))
                .collect(),
        ),
        ("entities, exact", entities.0),
    ];
    for (title, labels) in parts {
        if labels.is_empty() {
            continue;
        }
        let _ = writeln!(
            out,
            "\n{title:<22}{:>11}{:>11}{:>11}{:>8}",
            "alike", "first", "second", "F1"
        );
        for (label, counts) in labels {
            let _ = writeln!(
                out,
                "  {:<20}{:>11}{:>11}{:>11}{:>8}",
                label.as_str(),
                number(counts.hits),
                number(counts.guessed),
                number(counts.gold),
                known(counts.f1())
            );
        }
    }
}

/// Which label goes with which: rows are the annotator whose name comes first.
fn confusion(out: &mut String, report: &Report, layer: Layer) {
    let cells = report.confusion(layer);
    let mut sums: BTreeMap<&Value, u64> = BTreeMap::new();
    for ((one, other), count) in &cells {
        *sums.entry(one).or_default() += count;
        *sums.entry(other).or_default() += count;
    }
    if cells.iter().all(|((one, other), _)| one == other) {
        return;
    }
    let mut shown: Vec<&Value> = sums
        .keys()
        .copied()
        .filter(|value| value.is_some())
        .collect();
    shown.sort_by_key(|value| (std::cmp::Reverse(sums.get(value).copied()), *value));
    let rest = shown.split_off(shown.len().min(LABELS));
    let place = |value: &Value| match value {
        None => shown.len() + usize::from(!rest.is_empty()),
        Some(_) => {
            let known = shown.iter().position(|known| *known == value);
            known.unwrap_or(shown.len())
        }
    };
    let mut names: Vec<String> = shown
        .iter()
        .map(|value| value.as_ref().map(Label::to_string).unwrap_or_default())
        .collect();
    if !rest.is_empty() {
        names.push("others".to_owned());
    }
    names.push("none".to_owned());
    let mut table: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    for ((one, other), count) in &cells {
        *table.entry((place(one), place(other))).or_default() += count;
    }
    let short = |name: &str| name.chars().take(9).collect::<String>();
    let title = match layer {
        Layer::Regions => "confusion, characters",
        Layer::Entities => "confusion, entities",
    };
    let _ = write!(out, "\n{title:<22}");
    for name in &names {
        let _ = write!(out, "{:>10}", short(name));
    }
    out.push('\n');
    for (row, name) in names.iter().enumerate() {
        let _ = write!(out, "  {:<20}", short(name));
        for column in 0..names.len() {
            match table.get(&(row, column)) {
                Some(count) => {
                    let _ = write!(out, "{:>10}", number(*count));
                }
                None => out.push_str("         ."),
            }
        }
        out.push('\n');
    }
}

fn worst(out: &mut String, report: &Report) {
    let mut articles: Vec<_> = report
        .shared()
        .map(|article| (article, headline([article])))
        .filter(|(_, figures)| {
            let differs = |figure: Figure| figure.is_ok_and(|value| value < 1.0);
            differs(figures.alpha) || differs(figures.f1)
        })
        .collect();
    if articles.is_empty() {
        return;
    }
    let least = |figure: Figure| figure.unwrap_or(1.0);
    articles.sort_by(|(one, a), (other, b)| {
        let key = |figures: &crate::quality::agreement::Headline| {
            least(figures.alpha).min(least(figures.f1))
        };
        key(a).total_cmp(&key(b)).then(one.id.cmp(&other.id))
    });
    let _ = writeln!(
        out,
        "\n{:<38}{:>8}{:>8}   annotators",
        "articles, least agreement first", "alpha", "F1"
    );
    for (article, figures) in articles.iter().take(ARTICLES) {
        let _ = writeln!(
            out,
            "  {:<36}{:>8}{:>8}   {}",
            printable::line(&article.id),
            known(figures.alpha.ok()),
            known(figures.f1.ok()),
            printable::line(&article.annotators.join(", "))
        );
    }
    let more = articles.len().saturating_sub(ARTICLES);
    if more > 0 {
        let _ = writeln!(
            out,
            "  and {} more; --json lists them all",
            number(more as u64)
        );
    }
}

fn days(out: &mut String, compared: &Compared, calendar: &Calendar) {
    let days = compared.by_day(calendar);
    if days.len() < 2 {
        return;
    }
    let _ = writeln!(
        out,
        "\n{:<22}{:>9}{:>8}{:>8}",
        "by day finished", "articles", "alpha", "F1"
    );
    for on in days {
        let _ = writeln!(
            out,
            "  {:<20}{:>9}{:>8}{:>8}",
            on.day.iso(),
            number(on.figures.articles),
            known(on.figures.alpha.ok()),
            known(on.figures.f1.ok())
        );
    }
}

fn left_out(out: &mut String, compared: &Compared) {
    if !compared.left_out.is_empty() {
        let all = compared.left_out.len();
        let _ = writeln!(
            out,
            "\nleft out: {}",
            counted(all as u64, "annotation", "annotations")
        );
        for one in compared.left_out.iter().take(LEFT_OUT) {
            let _ = writeln!(
                out,
                "  {} by {}: {}",
                printable::line(&one.article),
                printable::line(&one.annotator),
                one.because
            );
        }
        if all > LEFT_OUT {
            let more = number((all - LEFT_OUT) as u64);
            let _ = writeln!(out, "  and {more} more; --json lists them all");
        }
    }
    if compared.imported > 0 {
        let _ = writeln!(
            out,
            "\n{} imported, and counted as independent because the files say so",
            counted(compared.imported, "annotation was", "annotations were")
        );
    }
}
