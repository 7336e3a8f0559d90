//! `copydesk languages`.

use std::fmt::Write as _;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::Ended;
use super::console::Console;
use crate::dataset::training::entities::recognise::recognised;
use crate::dataset::{Figure, LanguageSupport, SUPPORTED_LANGUAGES};

/// List the languages in which entities are suggested, with their measured quality
///
/// Prints, for each language, F1 of exact spans in per cent on sets of articles that the measured
/// model had not seen, the size of its weights and word lists, and whether texts in it are recognised without a
/// declared language. In other languages, entities are suggested once the models have learned from
/// finished articles.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  copydesk languages\n  copydesk languages --json | jq -r 'select(.f1 >= 70) | .tag'"
)]
pub(super) struct Args {
    /// Print one JSON object per line for each language
    #[arg(long)]
    json: bool,
    /// Count how often the language of these records is recognised: JSONL with `text` and
    /// `language`
    #[arg(long, value_name = "FILE", hide = true, conflicts_with = "json")]
    recognise: Option<PathBuf>,
}

pub(super) fn run(args: &Args, console: &mut Console) -> Result<Ended> {
    if let Some(path) = &args.recognise {
        return recognise(path, console);
    }
    let mut out = String::new();
    if args.json {
        for language in SUPPORTED_LANGUAGES {
            let _ = writeln!(out, "{}", json_of(language));
        }
    } else {
        out.push_str("tag  language      F1  entities    pack  recognised  measured on\n");
        for language in SUPPORTED_LANGUAGES {
            out.push_str(&lines_of(language));
        }
    }
    console.raw_data(&out)?;
    Ok(Ended::Well)
}

/// Prints how often the language of records is recognised, in per cent of each set.
fn recognise(path: &Path, console: &mut Console) -> Result<Ended> {
    let cannot = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(cannot)?;
    let sets = recognised(BufReader::new(file)).with_context(cannot)?;
    let mut out = "set\tlanguage\ttexts\tby the text\tdeclared\tdeclared as English\ttexts in two languages\n".to_owned();
    for ((set, language), counts) in sets {
        let share = |part: u64| 100.0 * part as f64 / counts.records.max(1) as f64;
        let _ = writeln!(
            out,
            "{set}\t{language}\t{}\t{:.1}\t{:.1}\t{:.1}\t{}",
            counts.records,
            share(counts.by_text),
            share(counts.declared),
            share(counts.misdeclared),
            counts.mixed
        );
    }
    console.raw_data(&out)?;
    Ok(Ended::Well)
}

fn json_of(language: &LanguageSupport) -> Value {
    let figure = |figure: &Figure| {
        json!({
            "set": figure.set,
            "genre": figure.genre,
            "entities": figure.entities,
            "f1": percent(figure.f1),
        })
    };
    json!({
        "tag": language.tag,
        "code": language.code,
        "name": language.name,
        "f1": language.figures.first().map(|figure| percent(figure.f1)),
        "figures": language.figures.iter().map(figure).collect::<Vec<_>>(),
        "pack_bytes": language.pack_size(),
        "recognised": language.is_detected,
    })
}

/// A percentage with one digit, as it is declared.
fn percent(value: f32) -> f64 {
    (f64::from(value) * 10.0).round() / 10.0
}

fn lines_of(language: &LanguageSupport) -> String {
    let mut out = String::new();
    for (nth, figure) in language.figures.iter().enumerate() {
        let (tag, name, size, detected) = if nth == 0 {
            let size = format!("{:.1} MB", language.pack_size() as f64 / 1e6);
            let detected = if language.is_detected { "yes" } else { "no" };
            (language.tag, language.name, size, detected)
        } else {
            ("", "", String::new(), "")
        };
        let _ = writeln!(
            out,
            "{tag:<3}  {name:<10}  {:>4.1}  {:>8}  {size:>6}  {detected:<10}  {} ({})",
            figure.f1, figure.entities, figure.set, figure.genre
        );
    }
    out
}
