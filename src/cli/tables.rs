//! Scores and label counts as tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::dataset::PartCount;
use crate::dataset::training::entities;
use crate::dataset::training::regions::evaluate::RegionScores;
use crate::model::Label;
use crate::model::figures::{counted, number};
use crate::quality::score::Tally;

/// Formats precision, recall, F1 and the number of gold spans of each label, and of all.
pub(super) fn span_lines(tally: &Tally) -> String {
    let mut out = String::new();
    let lines = tally
        .0
        .iter()
        .map(|(label, counts)| (label.as_str(), *counts));
    for (label, counts) in lines.chain(std::iter::once(("all", tally.micro()))) {
        out.push_str(&format!(
            "    {label:<12} {:.4}  {:.4}  {:.4} {:>10}\n",
            counts.precision(),
            counts.recall(),
            counts.f1().unwrap_or(0.0),
            counts.gold
        ));
    }
    out
}

/// Formats the scores of entities as a table.
pub(super) fn entity_table(name: &str, scores: &entities::evaluate::EntityScores) -> String {
    let mut out = format!(
        "{name}: {}\n  {:<12} precision  recall      F1       gold\n",
        counted(scores.articles, "article", "articles"),
        "exact spans"
    );
    let tally = &scores.score.entity_spans;
    let micro = tally.micro();
    out.push_str(&span_lines(tally));
    let edits = scores.score.entity_edits;
    out.push_str(&format!(
        "  edits for 100 entities: {:.1} (add {}, delete {}, relabel {}, boundary {})\n",
        100.0 * edits.total() as f64 / micro.gold.max(1) as f64,
        edits.add,
        edits.delete,
        edits.relabel,
        edits.boundary
    ));
    out.push_str(&format!(
        "  with \"everywhere\": {:.1}\n",
        100.0 * scores.everywhere as f64 / micro.gold.max(1) as f64
    ));
    out.push_str("  score        suggestions    right\n");
    for (tenth, (all, right)) in scores.trust.iter().enumerate() {
        if *all > 0 {
            out.push_str(&format!(
                "    {:.1} to {:.1} {all:>12} {:>7.1} %\n",
                tenth as f64 / 10.0,
                (tenth + 1) as f64 / 10.0,
                100.0 * *right as f64 / *all as f64
            ));
        }
    }
    let sum = |of: &dyn Fn(&(u64, u64)) -> u64| scores.trust.iter().map(of).sum::<u64>();
    let (all, wrong) = (sum(&|tenth| tenth.0), sum(&|tenth| tenth.0 - tenth.1));
    let (unsure, right) = scores.unsure;
    let share = |part: u64, whole: u64| 100.0 * part as f64 / whole.max(1) as f64;
    out.push_str(&format!(
        "  unsure: {:.1} % of the suggestions; {:.1} % of them wrong, which is {:.1} % of all that are wrong\n",
        share(unsure, all),
        share(unsure - right, unsure),
        share(unsure - right, wrong)
    ));
    out
}

/// Formats the scores of regions as a table.
pub(super) fn score_table(name: &str, scores: &RegionScores) -> String {
    let mut out = format!(
        "{name}: {}\n",
        counted(scores.articles, "article", "articles")
    );
    for (title, tally) in [
        ("characters", &scores.score.region_chars),
        ("exact spans", &scores.score.region_spans),
    ] {
        out.push_str(&format!(
            "  {title:<12} precision  recall      F1       gold   macro F1 {:.4}, micro F1 {:.4}\n",
            tally.macro_f1().unwrap_or(0.0),
            tally.micro().f1().unwrap_or(0.0)
        ));
        for (label, counts) in &tally.0 {
            out.push_str(&format!(
                "    {:<12} {:.4}  {:.4}  {:.4} {:>10}\n",
                label.as_str(),
                counts.precision(),
                counts.recall(),
                counts.f1().unwrap_or(0.0),
                counts.gold
            ));
        }
    }
    out
}

/// Formats the label counts of each part: a line for each label, a column for each part.
pub(super) fn balance(parts: &[PartCount]) -> String {
    let mut out = format!("{:<24}", "");
    for part in parts {
        let _ = write!(out, "{:>18}", part.name);
    }
    let mut line = |name: &str, of: &dyn Fn(&PartCount) -> u64, all: &dyn Fn(&PartCount) -> u64| {
        let _ = write!(out, "\n{name:<24}");
        for part in parts {
            let (count, all) = (of(part), all(part));
            let share = 100.0 * count as f64 / all.max(1) as f64;
            let _ = write!(out, "{:>10} {share:>5.1} %", number(count));
        }
    };
    let total: u64 = parts.iter().map(|part| part.articles).sum();
    line("articles", &|part| part.articles, &|_| total);
    type Counts = fn(&PartCount) -> &BTreeMap<Label, u64>;
    let kinds: [Counts; 2] = [|part| &part.regions, |part| &part.entities];
    for counts in kinds {
        let labels: BTreeSet<&Label> = parts.iter().flat_map(|part| counts(part).keys()).collect();
        for label in labels {
            line(
                &format!("  {label}"),
                &|part| counts(part).get(label).copied().unwrap_or_default(),
                &|part| counts(part).values().sum(),
            );
        }
    }
    out
}

/// Returns the scores of each set as a table: F1 of all labels and of each.
pub(super) fn set_table(sets: &[entities::train_languages::SetScores]) -> String {
    let mut out =
        "set\tlanguage\tarticles\ttokens\tentities\tF1\tprecision\trecall\tPER\tORG\tLOC\tedits for 100\teverywhere\ttokens a second\n"
            .to_owned();
    for one in sets {
        let tally = &one.scores.score.entity_spans;
        let micro = tally.micro();
        let f1 = |label: &str| {
            let counts = tally.0.iter().find(|(name, _)| name.as_str() == label);
            let f1 = counts.and_then(|(_, counts)| counts.f1());
            f1.map_or_else(|| "-".to_owned(), |f1| format!("{:.1}", 100.0 * f1))
        };
        let edits = one.scores.score.entity_edits.total() as f64;
        out.push_str(&format!(
            "{}\t{}\t{}\t{}\t{}\t{:.1}\t{:.1}\t{:.1}\t{}\t{}\t{}\t{:.1}\t{:.1}\t{:.0}\n",
            one.set,
            one.language,
            one.scores.articles,
            one.scores.tokens,
            micro.gold,
            100.0 * micro.f1().unwrap_or(0.0),
            100.0 * micro.precision(),
            100.0 * micro.recall(),
            f1("PER"),
            f1("ORG"),
            f1("LOC"),
            100.0 * edits / micro.gold.max(1) as f64,
            100.0 * one.scores.everywhere as f64 / micro.gold.max(1) as f64,
            one.scores.tokens as f64 / one.scores.time.as_secs_f64().max(1e-6),
        ));
    }
    out
}
