//! How often the lint and the hops from name to name are right, on gold labels: printed, and held.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // helpers of tests, which the lint does not know for such

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use copydesk::dataset::config::built_in_schemas;
use copydesk::edit::names::{self, Hop};
use copydesk::edit::{Edit, Transaction};
use copydesk::model::notation::{self, Notated};
use copydesk::model::{
    Annotation, BytePos, CharPos, Entity, Label, Provenance, Region, Schema, Span, Status, Text,
};
use copydesk::quality::lint::{self, Lint};
use copydesk::quality::word_facts::LexiconFacts;

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The articles of a folder in notation, by name.
fn marked(folder: &str) -> Vec<(String, Notated)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (
                name,
                notation::parse(&fs::read_to_string(&path).unwrap()).unwrap(),
            )
        })
        .collect()
}

/// Records with entities by code points, where they are; PER, ORG and LOC.
fn records(file: &str) -> Option<Vec<(Text, Annotation)>> {
    let path = root("../shared/data/entities").join(file);
    let bytes = fs::read(&path).ok()?;
    let mut lines = String::new();
    if file.ends_with(".gz") {
        flate2::read::GzDecoder::new(&bytes[..])
            .read_to_string(&mut lines)
            .unwrap();
    } else {
        lines = String::from_utf8(bytes).unwrap();
    }
    let record = |line: &str| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = Text::new(record["text"].as_str().unwrap());
        let mut annotation = Annotation::default();
        // These sets hold stories, and label no regions.
        let region = Region {
            span: text.whole().unwrap(),
            label: Label::new("body").unwrap(),
            provenance: Provenance::Import,
        };
        let add = |annotation: &mut Annotation, edit| {
            let transaction = Transaction { edits: vec![edit] };
            transaction.apply(&text, annotation)
        };
        add(&mut annotation, Edit::AddRegion(region)).unwrap();
        for entity in record["entities"].as_array().unwrap() {
            let at = |field: &str| CharPos(entity[field].as_u64().unwrap() as u32);
            let span = text.span_of_chars(at("start"), at("end")).unwrap();
            let label = match entity["label"].as_str().unwrap() {
                "PER" => "PERSON",
                "LOC" => "GPE",
                other => other,
            };
            let entity = Entity {
                span,
                label: Label::new(label).unwrap(),
                provenance: Provenance::Import,
            };
            let _crosses = add(&mut annotation, Edit::AddEntity(entity));
        }
        (text, annotation)
    };
    Some(lines.lines().map(record).collect())
}

/// In how many articles each lint of the check finds something, and how often in all.
fn fires(articles: &[(Text, Annotation)], schema: &Schema) -> BTreeMap<Lint, (usize, usize)> {
    let mut fires: BTreeMap<Lint, (usize, usize)> = BTreeMap::new();
    for (text, annotation) in articles {
        let mut here: BTreeMap<Lint, usize> = BTreeMap::new();
        for finding in lint::before_done(text, annotation, Some(schema)) {
            if std::env::var_os("SHOW").is_some() {
                println!(
                    "  {:?} {:?}",
                    finding.lint,
                    text.slice(finding.span)
                        .chars()
                        .take(60)
                        .collect::<String>()
                );
            }
            *here.entry(finding.lint).or_default() += 1;
        }
        for (lint, count) in here {
            let (articles, places) = fires.entry(lint).or_default();
            *articles += 1;
            *places += count;
        }
    }
    fires
}

fn print(set: &str, articles: &[(Text, Annotation)], fires: &BTreeMap<Lint, (usize, usize)>) {
    let entities: usize = articles.iter().map(|(_, a)| a.entities().len()).sum();
    println!("{set}: {} articles, {entities} entities", articles.len());
    for (lint, (in_articles, places)) in fires {
        println!(
            "  {} {lint:?}: {places} in {in_articles} articles",
            lint.code()
        );
    }
}

#[test]
fn the_check_before_done_finds_little_in_gold() {
    let schema = built_in_schemas::news().unwrap();
    for folder in ["datasets/gold", "datasets/dumps"] {
        let articles: Vec<(Text, Annotation)> = marked(folder)
            .into_iter()
            .map(|(_, notated)| (notated.text, notated.annotation))
            .collect();
        let fires = fires(&articles, &schema);
        print(folder, &articles, &fires);
        // A month and a people that are also written where they are no name, in the long transcript
        // and one more.
        let places: usize = fires.values().map(|(_, places)| places).sum();
        assert!(places <= 3, "{folder}: {fires:?}");
    }
    for file in [
        "dev_gum_news_a.jsonl",
        "dev_pud_news_a.jsonl",
        "written/en.jsonl.gz",
        "written/de.jsonl.gz",
        "written/fr.jsonl.gz",
    ] {
        let Some(articles) = records(file) else {
            println!("skipped: {file} is not here");
            continue;
        };
        let fires = fires(&articles, &schema);
        print(file, &articles, &fires);
        let entities: usize = articles.iter().map(|(_, a)| a.entities().len()).sum();
        let places: usize = fires.values().map(|(_, places)| places).sum();
        assert!(
            places * 100 <= entities * 5,
            "{file}: {places} findings on {entities} entities"
        );
    }
}

/// Stops of the key for the next name in the text where entities are tagged: how many, how many on
/// a name, how many on just its words; and of how many names one is reached.
fn stops(text: &Text, annotation: &Annotation, schema: &Schema) -> [usize; 5] {
    let tags = |span: Span| {
        annotation.region_at(span.start()).is_none_or(|region| {
            let label = schema.region(region.label.as_str());
            label.is_none_or(|label| label.tag_entities)
        })
    };
    let facts = LexiconFacts::shipped();
    let mut from = BytePos(0);
    let [mut all, mut on, mut just] = [0; 3];
    let mut reached = vec![false; annotation.entities().len()];
    loop {
        match names::next_name(text, from, &facts, |span| !tags(span)) {
            Hop::Nothing => break,
            Hop::TooFar(far) => from = far,
            Hop::Name(span) => {
                all += 1;
                let mut hit = false;
                for (at, entity) in annotation.entities().iter().enumerate() {
                    if entity.span.overlaps(span) {
                        hit = true;
                        reached[at] = true;
                    }
                }
                if !hit && std::env::var_os("SHOW").is_some() {
                    println!("  no name: {}", text.slice(span));
                }
                on += usize::from(hit);
                just += usize::from(
                    annotation
                        .entities()
                        .iter()
                        .any(|entity| entity.span == span),
                );
                from = span.end();
            }
        }
    }
    let reached = reached.iter().filter(|reached| **reached).count();
    [all, on, just, reached, annotation.entities().len()]
}

fn rate(set: &str, articles: &[(Text, Annotation)], schema: &Schema) -> f64 {
    let mut sums = [0; 5];
    for (text, annotation) in articles {
        for (sum, figure) in sums.iter_mut().zip(stops(text, annotation, schema)) {
            *sum += figure;
        }
    }
    let [all, on, just, reached, names] = sums;
    let rate = on as f64 / all as f64;
    println!(
        "{set}: {all} stops, {:.0} % on a name, {:.0} % on just its words; {:.0} % of {names} names reached",
        100.0 * rate,
        100.0 * just as f64 / all as f64,
        100.0 * reached as f64 / names as f64
    );
    rate
}

#[test]
fn most_stops_of_the_key_for_the_next_name_are_names() {
    let schema = built_in_schemas::news().unwrap();
    let (german, others): (Vec<_>, Vec<_>) = marked("datasets/gold")
        .into_iter()
        .filter(|(name, _)| {
            // A transcript of 4,946 entities would hide the others; the rest is neither English nor
            // German.
            !["13-", "09-", "10-", "11-", "17-", "15-records.cr", "19-"]
                .iter()
                .any(|other| name.starts_with(other))
        })
        .partition(|(name, _)| name.starts_with("08-"));
    let bare = |articles: Vec<(String, Notated)>| {
        let articles = articles.into_iter();
        articles
            .map(|(_, notated)| (notated.text, notated.annotation))
            .collect::<Vec<_>>()
    };
    assert!(rate("English samples", &bare(others), &schema) >= 0.7);
    assert!(rate("German sample", &bare(german), &schema) >= 0.7);
    for (file, floor) in [("written/en.jsonl.gz", 0.8), ("written/de.jsonl.gz", 0.8)] {
        match records(file) {
            Some(articles) => assert!(rate(file, &articles, &schema) >= floor),
            None => println!("skipped: {file} is not here"),
        }
    }
}

#[test]
fn status_and_lint_agree_on_what_is_done() {
    // The check looks at an article as it would be once done, whatever its status is now.
    let notated = notation::parse("body| Ada.\n    | Lost line").unwrap();
    assert_eq!(notated.annotation.status(), Status::Todo);
    let found = lint::before_done(&notated.text, &notated.annotation, None);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].lint, Lint::NoRegion);
}
