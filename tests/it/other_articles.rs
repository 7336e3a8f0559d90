//! What a dataset's region model learns from some articles leaves the labels of others alone.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "clippy knows tests, but not the functions that tests share; measurements are printed"
)]

use std::collections::BTreeSet;
use std::path::Path;

use copydesk::dataset::training::regions::gold::Gold;
use copydesk::dataset::training::regions::training_set::{
    ExampleMetadata, TrainingSet, open_unused,
};
use copydesk::dataset::{CancelFlag, Input, Silent};
use copydesk::extract::sites::{PageFingerprints, SiteMemory};
use copydesk::extract::{ArticleKind, FeaturizedArticle, RegionModel};
use copydesk::formats::OffsetUnit;
use copydesk::learn::{Example, Model};
use copydesk::model::{Label, Provenance, Region, Text};
use copydesk::store::ArticleKey;

fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

/// A labelled article as the region model sees it.
struct Sample {
    example: Example,
    lengths: Vec<f64>,
    used: BTreeSet<String>,
}

impl Sample {
    fn new(reading: &FeaturizedArticle, example: Example, used: BTreeSet<String>) -> Self {
        let blocks = reading.blocks.iter();
        let length = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count() as f64;
        Self {
            example,
            lengths: blocks
                .map(|block| length(reading.text.slice(block.span)))
                .collect(),
            used,
        }
    }

    /// The share of the characters with the right label, in per cent; what is neither story nor
    /// comment is one.
    fn score(&self, model: &Model, labels: &[String]) -> f64 {
        let nav = labels.iter().position(|label| label == "nav").unwrap();
        let core = |at: usize| {
            if ["body", "comment"].contains(&labels[at].as_str()) {
                at
            } else {
                nav
            }
        };
        let (mut right, mut all) = (0.0, 0.0);
        let verdicts = model.label(&self.example.sequence).predictions;
        for ((verdict, allowed), length) in verdicts
            .iter()
            .zip(&self.example.allowed)
            .zip(&self.lengths)
        {
            if allowed.count_ones() > 2 {
                continue; // nobody knows
            }
            all += length;
            let is_right = (0..labels.len())
                .any(|at| allowed >> at & 1 == 1 && core(at) == core(verdict.label));
            right += if is_right { *length } else { 0.0 };
        }
        100.0 * right / f64::max(all, 1.0)
    }
}

fn mean(samples: &[Sample], model: &Model, labels: &[String]) -> f64 {
    samples
        .iter()
        .map(|sample| sample.score(model, labels))
        .sum::<f64>()
        / samples.len() as f64
}

/// The shipped model after it has learnt from these.
fn trained_on<'a>(kind: ArticleKind, samples: impl Iterator<Item = &'a Sample>) -> Model {
    let shipped = RegionModel::shipped();
    let base = shipped.of(kind).unwrap();
    let mut set = TrainingSet::default();
    for (at, sample) in samples.enumerate() {
        let mut example = sample.example.clone();
        open_unused(&mut example, base.labels(), |label| {
            sample.used.contains(label)
        });
        let facts = ExampleMetadata::new("", PageFingerprints::default(), Vec::new(), &example);
        set.put(ArticleKey(at as i64), example, facts, true);
    }
    let mut run = set.begin(shipped, kind).unwrap();
    loop {
        if let Some(model) = run.advance(&mut set, base, &SiteMemory::default()) {
            return model;
        }
    }
}

const SUBJECTS: [&str; 12] = [
    "ferry", "school", "bridge", "market", "orchard", "hospital", "library", "river", "stadium",
    "bakery", "mill", "tram",
];
const PEOPLE: [&str; 6] = [
    "Ada Krantz",
    "Tom Oduya",
    "Lena Fuchs",
    "Marco Silva",
    "Priya Nair",
    "Jan Novak",
];

/// A made-up article as lines with their labels, in one of several layouts.
fn lines(layout: usize, number: usize) -> Vec<(&'static str, String)> {
    let subject = SUBJECTS[(number * 5 + layout) % SUBJECTS.len()];
    let other = SUBJECTS[(number * 7 + layout + 3) % SUBJECTS.len()];
    let person = PEOPLE[(number + layout) % PEOPLE.len()];
    let mut lines = vec![
        (
            "nav",
            [
                "Home | News | Sport | Weather",
                "Menu  Search  Subscribe  Log in",
                "Skip to content",
            ][layout % 3]
                .to_owned(),
        ),
        (
            "nav",
            format!("New plans for the {subject} divide the town"),
        ),
    ];
    if layout.is_multiple_of(2) {
        lines.push((
            "nav",
            format!("By {person} | {} March 2024 | 2 min read", number % 27 + 1),
        ));
    }
    for paragraph in 0..4 + (number + layout) % 3 {
        lines.push(("body", format!(
            "{person} told the council on Monday that the {subject} would need {} million over the next {} years, which is more than the {other} \
             has cost so far, and that work could begin as soon as the money is there.",
            paragraph + 2, number % 5 + 2,
        )));
    }
    if layout % 2 == 1 {
        lines.push((
            "nav",
            format!("Read more: Five things to know about the {other}"),
        ));
    }
    if number.is_multiple_of(2) {
        lines.push((
            "nav",
            ["Comments", "2 comments", "Have your say"][layout % 3].to_owned(),
        ));
        for nth in 0..2 {
            lines.push((
                "nav",
                format!(
                    "{} wrote on {} March 2024 at 1{nth}:30",
                    PEOPLE[(number + nth + 1) % 6],
                    number % 27 + 2
                ),
            ));
            lines.push(("comment", format!(
                "I really do not see why we should pay for the {subject} again, my {} children have never even used it!", nth + 2
            )));
        }
    }
    lines.push((
        "nav",
        ["Most read", "Related articles", "Also of interest"][layout % 3].to_owned(),
    ));
    lines.push(("nav", format!("Why the {other} closes early")));
    lines.push(("nav", "Contact  Privacy  Copyright 2024".to_owned()));
    lines
}

/// A made-up article as a page or as bare text.
fn made_up(kind: ArticleKind, layout: usize, number: usize) -> Sample {
    let lines = lines(layout, number);
    let reading = match kind {
        ArticleKind::LongText | ArticleKind::ShortText => {
            let gap = if layout.is_multiple_of(2) {
                "\n\n"
            } else {
                "\n"
            };
            let all: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
            FeaturizedArticle::of_text(Text::new(&all.join(gap)))
        }
        ArticleKind::Page => {
            let tag = ["p", "div", "section"][layout % 3];
            let html: String = lines
                .iter()
                .map(|(label, line)| match *label {
                    "body" => format!("<p>{line}</p>"),
                    "comment" => format!("<div class=c{layout}><{tag}>{line}</{tag}></div>"),
                    _ => format!("<div class=n{layout}><a href=#>{line}</a></div>"),
                })
                .collect();
            FeaturizedArticle::of_page(&format!("<title>News</title><body>{html}</body>"))
        }
    };
    let text = reading.text.clone();
    let mut regions = Vec::new();
    for block in &reading.blocks {
        let own = text.slice(block.span);
        let found = lines
            .iter()
            .find(|(_, line)| line.contains(own.trim()) || own.contains(line.as_str()));
        regions.push(Region {
            span: block.span,
            label: label(found.map_or("nav", |(label, _)| label)),
            provenance: Provenance::Person,
        });
    }
    let base = RegionModel::shipped().of(kind).unwrap();
    let mut example = reading.example(&text, &regions, base.labels());
    example.sequence = reading.deciding_sequence(base).into_owned();
    Sample::new(&reading, example, BTreeSet::new())
}

#[test]
fn made_up_articles_of_other_layouts_are_labelled_no_worse_after_learning() {
    for kind in ArticleKind::ALL {
        let base = RegionModel::shipped().of(kind).unwrap();
        let labels = base.labels();
        let others: Vec<Sample> = (3..6)
            .flat_map(|layout| (0..6).map(move |n| made_up(kind, layout, n)))
            .collect();
        let before = mean(&others, base.last(), labels);
        for learnt in [2, 5, 14] {
            for layout in 0..3 {
                let samples: Vec<Sample> =
                    (0..learnt).map(|n| made_up(kind, layout, n + 20)).collect();
                let model = trained_on(kind, samples.iter());
                let after = mean(&others, &model, labels);
                assert!(
                    after >= before - 1.0,
                    "{kind:?}, layout {layout}, {learnt} articles: {before:.2} became {after:.2}"
                );
                // And it does learn.
                let (cold, warm) = (
                    mean(&samples, base.last(), labels),
                    mean(&samples, &model, labels),
                );
                assert!(
                    warm >= cold - 0.1,
                    "{kind:?}: {cold:.2} became {warm:.2} on what it learnt from"
                );
            }
        }
    }
}

/// Gold records of a set beside the checkout; `None` where it is absent.
fn gold(path: &str, kind: ArticleKind, at_most: usize) -> Option<Vec<Sample>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/regions")
        .join(path);
    if !path.exists() {
        println!("skipped: there is no {}", path.display());
        return None;
    }
    let inputs = [Input::new(path.as_os_str())];
    let never = CancelFlag::default();
    let (all, _) = Gold::read_all(&inputs, OffsetUnit::Codepoint, &mut Silent, &never);
    let base = RegionModel::shipped().of(kind).unwrap();
    let step = (all.len() / at_most).max(1);
    let samples = all.iter().step_by(step).filter_map(|gold| {
        let reading = gold.read_text()?;
        let used = gold.labels().into_iter().map(str::to_owned).collect();
        let mut example = gold.example(&reading, base.labels());
        example.sequence = reading.deciding_sequence(base).into_owned();
        Some(Sample::new(&reading, example, used))
    });
    Some(samples.take(at_most).collect())
}

/// How labels on open sets change by learning from articles of their own or of another set.
/// `cargo test --release --test it what_learning_does -- --ignored --nocapture`
#[test]
#[ignore = "measures; takes a while"]
fn what_learning_does_to_other_articles_of_open_sets() {
    let kind = ArticleKind::ShortText;
    let base = RegionModel::shipped().of(kind).unwrap();
    let labels = base.labels();
    let sets = [
        "dumps-train/dumps-train.jsonl",
        "dumps/dumps-open.jsonl",
        "regions/msvcode.jsonl.gz",
        "regions/l3s-gn1.jsonl.gz",
    ];
    for learnt in sets {
        let Some(learn) = gold(learnt, kind, 60) else {
            return;
        };
        for other in sets.iter().filter(|other| **other != learnt) {
            let Some(others) = gold(other, kind, 60) else {
                return;
            };
            let before = mean(&others, base.last(), labels);
            for count in [5, 14, 40] {
                let mut changes: Vec<f64> = (0..8)
                    .map(|draw| {
                        let mut order: Vec<usize> = (0..learn.len()).collect();
                        order.sort_by_key(|at| (at * 7919 + draw * 104_729) % 1009);
                        let drawn = order.into_iter().take(count).map(|at| &learn[at]);
                        mean(&others, &trained_on(kind, drawn), labels) - before
                    })
                    .collect();
                changes.sort_by(f64::total_cmp);
                println!(
                    "{count:>2} of {learnt}: {other} {before:.2}, change {:+.2} (worst) {:+.2} (median) {:+.2} (best)",
                    changes[0], changes[4], changes[7]
                );
            }
        }
    }
}
