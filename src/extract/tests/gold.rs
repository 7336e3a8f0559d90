//! How good the rules are on pages that people labelled, where such are at hand:
//! `$COPYDESK_GOLD/regions/regions/*.jsonl.gz`, or `../shared/data/…` beside the package. A floor,
//! so that a change for the worse is seen, not a report.

use std::collections::HashMap;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};

use super::core;
use crate::extract::extract_text;
use crate::model::Text;

fn folder() -> Option<PathBuf> {
    let gold = std::env::var_os("COPYDESK_GOLD").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let folder = gold.join("regions/regions");
    folder.is_dir().then_some(folder)
}

#[test]
fn bare_text_is_labelled_well() {
    let Some(folder) = folder() else {
        println!("skipped: no gold data; set COPYDESK_GOLD to the folder that holds it");
        return;
    };
    /// Characters of a label: in the gold, suggested, both.
    type Counts = HashMap<String, [usize; 3]>;
    let mut counts = Counts::new();
    for set in ["l3s-gn1", "scrapinghub"] {
        let file = std::fs::File::open(folder.join(format!("{set}.jsonl.gz"))).unwrap();
        for line in std::io::BufReader::new(flate2::read::MultiGzDecoder::new(file)).lines() {
            let row: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            let text = Text::new(row["text"].as_str().unwrap());
            let characters: Vec<char> = text.as_str().chars().collect();
            let mut gold = vec!["nav"; characters.len()];
            let mut found = vec!["nav"; characters.len()];
            for region in row["regions"].as_array().unwrap() {
                let (from, to) = (
                    region["start"].as_u64().unwrap() as usize,
                    region["end"].as_u64().unwrap() as usize,
                );
                let label = region["label"].as_str().unwrap();
                gold[from..to].fill(if label == "related" { "nav" } else { label });
            }
            let extraction = extract_text(text.clone(), &core());
            for region in &extraction.regions {
                let (from, to) = (
                    text.char_of_byte(region.span.start()).0,
                    text.char_of_byte(region.span.end()).0,
                );
                found[from as usize..to as usize].fill(region.label.as_str());
            }
            for ((character, gold), found) in characters.iter().zip(&gold).zip(&found) {
                if character.is_whitespace() || !["body", "comment", "nav"].contains(gold) {
                    continue; // the sets disagree on captions and bylines
                }
                counts.entry((*gold).to_owned()).or_default()[0] += 1;
                counts.entry((*found).to_owned()).or_default()[1] += 1;
                counts.entry((*gold).to_owned()).or_default()[2] += usize::from(gold == found);
            }
        }
    }
    let f1 = |label: &str| {
        let [gold, found, both] = counts.get(label).copied().unwrap_or_default();
        2.0 * both as f64 / (gold + found).max(1) as f64
    };
    let (body, comment, nav) = (f1("body"), f1("comment"), f1("nav"));
    let figures = format!("body {body:.3}, comment {comment:.3}, nav {nav:.3}");
    println!("{figures}");
    assert!(
        body > 0.91 && nav > 0.90 && (body + comment + nav) / 3.0 > 0.80,
        "{figures}"
    );
}
