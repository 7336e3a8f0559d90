//! The sample dataset: every article has gold labels, and they fit what the extractor makes of it.
//!
//! When the extractor's layout changes, `UPDATE_GOLD=1 cargo test --test it samples` carries the
//! labels over to the new text; then look at the difference, and label by hand what is new.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // helpers of tests, which the lint does not know for such

mod carry;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use copydesk::dataset::config::built_in_schemas;
use copydesk::extract::{self, SourceKind};
use copydesk::model::notation::{self, Notated};
use copydesk::model::{CharPos, Label, Nesting, Schema, Span, Text};
use serde_json::Value;

/// The entity labels that the gold uses, of those that the schema has; see the dataset's README.
const ENTITIES: [&str; 7] = ["PERSON", "ORG", "GPE", "LOC", "NORP", "EVENT", "DATE"];

/// One article of the sample and what the extractor makes of it.
struct Sample {
    /// The name of its gold file, without the ending.
    name: String,
    text: Text,
    /// The native record, for those that came as one.
    record: Option<Value>,
}

fn datasets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets")
}

fn files_in(folder: &str) -> Vec<PathBuf> {
    let folder = datasets().join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn schema() -> Schema {
    built_in_schemas::news().unwrap()
}

fn samples() -> Vec<Sample> {
    let schema = schema();
    let mut samples = Vec::new();
    for path in files_in("news-sample") {
        let file = file_name(&path);
        let bytes = fs::read(&path).unwrap();
        let (stem, extension) = file.rsplit_once('.').unwrap();
        if extension == "jsonl" {
            for line in String::from_utf8(bytes).unwrap().lines() {
                let record: Value = serde_json::from_str(line).unwrap();
                samples.push(Sample {
                    name: format!("{stem}.{}", record["id"].as_str().unwrap()),
                    text: Text::new(record["text"].as_str().unwrap()),
                    record: Some(record),
                });
            }
        } else {
            let kind = SourceKind::guess(&bytes, Some(&file));
            samples.push(Sample {
                name: stem.to_owned(),
                text: extract::extract(&bytes, kind, &schema).text,
                record: None,
            });
        }
    }
    samples
}

fn gold_path(name: &str) -> PathBuf {
    datasets().join("gold").join(format!("{name}.marked"))
}

fn read_gold(name: &str) -> (String, Notated) {
    let path = gold_path(name);
    let marked = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let notated = notation::parse(&marked).unwrap_or_else(|e| panic!("{name}.marked, {e}"));
    (marked, notated)
}

fn gold() -> Vec<(String, Notated)> {
    samples()
        .into_iter()
        .map(|sample| (sample.name.clone(), read_gold(&sample.name).1))
        .collect()
}

fn words(text: &Text, span: Span) -> &str {
    &text.as_str()[span.start().index()..span.end().index()]
}

#[test]
fn every_article_has_gold_and_every_gold_has_an_article() {
    let articles: BTreeSet<String> = samples().into_iter().map(|sample| sample.name).collect();
    let gold: BTreeSet<String> = files_in("gold")
        .iter()
        .map(|path| {
            file_name(path)
                .strip_suffix(".marked")
                .expect("only .marked files")
                .to_owned()
        })
        .collect();
    assert_eq!(articles, gold);
    assert!(articles.len() >= 21, "{articles:?}");
}

#[test]
fn gold_is_written_as_it_is_printed_and_its_text_is_what_the_extractor_lays_out() {
    let update = std::env::var_os("UPDATE_GOLD").is_some();
    let mut faults = Vec::new();
    for sample in samples() {
        let (marked, notated) = read_gold(&sample.name);
        if update {
            match carry::carry_over(&notated, &sample.text) {
                Ok(carried) => {
                    let lost = notated.annotation.entities().len() - carried.entities().len();
                    if lost > 0 {
                        println!("{}: {lost} entities are gone from the text", sample.name);
                    }
                    let printed = notation::print(&sample.text, &carried, None);
                    fs::write(gold_path(&sample.name), printed).unwrap();
                }
                Err(fault) => faults.push(format!("{}: {fault}", sample.name)),
            }
            continue;
        }
        if notated.text.as_str() != sample.text.as_str() {
            let article = sample
                .text
                .as_str()
                .lines()
                .chain(std::iter::repeat("(the end)"));
            let mut lines = notated.text.as_str().lines().zip(article);
            faults.push(format!(
                "{}: the gold text is not the article's; the first difference (gold, article): {:?}",
                sample.name,
                lines.find(|(gold, article)| gold != article)
            ));
        } else if notation::print(&notated.text, &notated.annotation, None) != marked {
            faults.push(format!(
                "{}.marked is not as it would be printed",
                sample.name
            ));
        }
    }
    assert!(
        faults.is_empty(),
        "{}\nIf the extractor is right, run this with UPDATE_GOLD=1 and look at the changes.",
        faults.join("\n")
    );
}

#[test]
fn gold_regions_are_known_trimmed_and_hold_all_the_text() {
    let schema = schema();
    for (name, gold) in gold() {
        let mut covered = 0;
        for region in gold.annotation.regions() {
            let text = words(&gold.text, region.span);
            assert!(
                schema
                    .region(region.label.as_str())
                    .is_some_and(|known| known.enabled),
                "{name}: {}",
                region.label
            );
            assert!(
                region.provenance.score().is_none(),
                "{name}: gold has no scores"
            );
            assert!(
                !text.trim().is_empty(),
                "{name}: a blank {} region",
                region.label
            );
            assert_eq!(
                text,
                text.trim(),
                "{name}: white space at the edge of a {} region",
                region.label
            );
            let between = &gold.text.as_str()[covered..region.span.start().index()];
            assert_eq!(between.trim(), "", "{name}: text in no region");
            covered = region.span.end().index();
        }
        assert_eq!(
            gold.text.as_str()[covered..].trim(),
            "",
            "{name}: text in no region"
        );
    }
}

#[test]
fn neighbouring_paragraphs_are_one_region_but_every_comment_is_its_own() {
    for (name, gold) in gold() {
        for pair in gold.annotation.regions().windows(2) {
            let both = (pair[0].label.as_str(), pair[1].label.as_str());
            assert!(
                both.0 != both.1 || both.0 == "comment",
                "{name}: two neighbouring {} regions, at {:?}",
                both.0,
                pair[1].span
            );
        }
    }
    let comments = |name: &str| {
        let (_, gold) = read_gold(name);
        gold.annotation
            .regions()
            .iter()
            .filter(|region| region.label == "comment")
            .count()
    };
    assert_eq!(comments("19-section-front"), 0);
    assert_eq!(comments("04-opinion-comments"), 30);
    assert_eq!(comments("01-scraped-dump"), 2);
    assert_eq!(comments("08-german"), 6);
}

#[test]
fn gold_entities_are_known_trimmed_flat_and_lie_in_body_or_comment() {
    let schema = schema();
    assert_eq!(schema.nesting(), Nesting::Flat);
    let mut seen = BTreeSet::new();
    for (name, gold) in gold() {
        for entity in gold.annotation.entities() {
            let text = words(&gold.text, entity.span);
            assert!(
                schema
                    .entity(entity.label.as_str())
                    .is_some_and(|known| known.enabled),
                "{name}: {}",
                entity.label
            );
            assert_eq!(
                text,
                text.trim(),
                "{name}: white space at the edge of {text:?}"
            );
            let region = gold.annotation.region_at(entity.span.start());
            assert!(
                region.is_some_and(|r| r.span.contains(entity.span)
                    && schema
                        .region(r.label.as_str())
                        .is_some_and(|known| known.tag_entities)),
                "{name}: {text:?} lies in no region where entities are tagged"
            );
            seen.insert(entity.label.clone());
        }
        for pair in gold.annotation.entities().windows(2) {
            assert!(
                pair[0].span.end() <= pair[1].span.start(),
                "{name}: nested at {:?}",
                pair[1].span
            );
        }
    }
    let seen: BTreeSet<&str> = seen.iter().map(Label::as_str).collect();
    assert_eq!(
        seen,
        BTreeSet::from(ENTITIES),
        "the labels that the README names, each with an example"
    );
}

/// A name that is tagged somewhere in an article is tagged wherever it is alone, or the gold is
/// not consistent.
#[test]
fn the_same_long_name_is_tagged_every_time() {
    for (name, gold) in gold() {
        let text = gold.text.as_str();
        let names: BTreeSet<(&str, &Label)> = gold
            .annotation
            .entities()
            .iter()
            .filter(|entity| {
                entity.label == "PERSON" || entity.label == "GPE" || entity.label == "ORG"
            })
            .map(|entity| (words(&gold.text, entity.span), &entity.label))
            .filter(|(words, _)| words.chars().count() >= 8)
            .collect();
        for (needle, label) in names {
            for (at, _) in text.match_indices(needle) {
                let tagged = gold.annotation.entities().iter().any(|entity| {
                    entity.span.start().index() <= at && at < entity.span.end().index()
                });
                let here = gold.annotation.regions().iter().find(|region| {
                    region.span.start().index() <= at && at < region.span.end().index()
                });
                let counts = here.is_some_and(|region| region.label != "nav");
                assert!(
                    tagged || !counts,
                    "{name}: {needle:?} ({label}) is not tagged at byte {at}"
                );
            }
        }
    }
}

#[test]
fn a_labelled_record_says_what_its_gold_says() {
    let mut labelled = 0;
    for sample in samples() {
        let Some(record) = &sample.record else {
            continue;
        };
        let spans = |field: &str| -> Vec<(Span, String)> {
            let number = |value: &Value| CharPos(u32::try_from(value.as_u64().unwrap()).unwrap());
            record[field]
                .as_array()
                .unwrap()
                .iter()
                .map(|span| {
                    let place = sample
                        .text
                        .span_of_chars(number(&span["start"]), number(&span["end"]));
                    (place.unwrap(), span["label"].as_str().unwrap().to_owned())
                })
                .collect()
        };
        let (regions, entities) = (spans("regions"), spans("entities"));
        if regions.is_empty() {
            assert_eq!(record["status"], "todo", "{}", sample.name);
            continue;
        }
        labelled += 1;
        let gold = read_gold(&sample.name).1.annotation;
        let gold_regions: Vec<_> = gold
            .regions()
            .iter()
            .map(|r| (r.span, r.label.to_string()))
            .collect();
        let gold_entities: Vec<_> = gold
            .entities()
            .iter()
            .map(|e| (e.span, e.label.to_string()))
            .collect();
        assert_eq!(
            (regions, entities),
            (gold_regions, gold_entities),
            "{}",
            sample.name
        );
    }
    assert_eq!(labelled, 1);
}

#[test]
fn the_articles_are_as_awkward_as_the_readme_says() {
    let bytes = |file: &str| fs::read(datasets().join("news-sample").join(file)).unwrap();
    let has = |hay: &[u8], needle: &[u8]| hay.windows(needle.len()).any(|window| window == needle);

    assert!(
        bytes("09-arabic.txt").starts_with(b"\xef\xbb\xbf"),
        "a byte order mark"
    );
    assert!(
        std::str::from_utf8(&bytes("11-french-windows-1252.html")).is_err(),
        "not UTF-8"
    );
    assert!(
        has(&bytes("11-french-windows-1252.html"), b"b\x9cuf"),
        "an oe as windows-1252 writes it"
    );
    assert!(
        std::str::from_utf8(&bytes("17-russian-windows-1251.txt")).is_err(),
        "not UTF-8, and no declaration"
    );
    let emoji = bytes("12-emoji-crlf.txt");
    assert!(
        has(&emoji, b"\r\n") && !has(&emoji, b"\n\n"),
        "CRLF line ends"
    );
    assert!(
        has(&emoji, "👨‍👩‍👧‍👦".as_bytes())
            && has(&emoji, "🇳🇱".as_bytes())
            && has(&emoji, "👩🏾‍🍳".as_bytes())
    );
    assert!(
        has(&emoji, "Rene\u{301}e".as_bytes()),
        "a combining mark inside a name"
    );
    assert!(bytes("13-parliament-transcript.txt").len() > 280_000);
    let longest = String::from_utf8(bytes("14-glued-minified.txt"))
        .unwrap()
        .lines()
        .map(str::len)
        .max();
    assert!(longest > Some(800), "lines of many sentences");
}
