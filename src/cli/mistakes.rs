//! The errors that an evaluation found: counts by kind, and a file that lists them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use crate::dataset::training::regions::evaluate::Error;
use crate::dataset::write_picture;
use crate::model::{BytePos, Text};
use crate::quality::{Mistake, MistakeKind, score::Side};

/// Characters of text shown on either side of an error.
const CONTEXT: usize = 40;

/// Counts the errors of each kind and pair of labels, most frequent first.
pub(super) fn by_kind<'a>(
    mistakes: impl Iterator<Item = &'a Mistake>,
) -> Vec<(MistakeKind, Option<String>, Option<String>, u64)> {
    let mut counts: BTreeMap<_, u64> = BTreeMap::new();
    for mistake in mistakes {
        let label = |side: &Option<Side>| side.as_ref().map(|side| side.label.to_string());
        let key = (mistake.kind, label(&mistake.gold), label(&mistake.guess));
        *counts.entry(key).or_default() += 1;
    }
    let mut counts: Vec<_> = counts
        .into_iter()
        .map(|((kind, gold, guess), count)| (kind, gold, guess, count))
        .collect();
    counts.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
    counts
}

/// Formats the counts as a table.
pub(super) fn table<'a>(mistakes: impl Iterator<Item = &'a Mistake>) -> String {
    let mut out = String::from("  errors\n");
    for (kind, gold, guess, count) in by_kind(mistakes) {
        let labels = match (gold, guess) {
            (Some(gold), Some(guess)) if gold == guess => gold,
            (Some(gold), Some(guess)) => format!("{gold} taken for {guess}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => String::new(),
        };
        out.push_str(&format!(
            "    {:<20} {labels:<32} {count:>6}\n",
            kind.as_str()
        ));
    }
    out
}

/// Returns the counts as JSON: by kind, and by kind and labels.
pub(super) fn json<'a>(mistakes: impl Iterator<Item = &'a Mistake>) -> Value {
    let counts = by_kind(mistakes);
    let mut kinds = Map::new();
    for kind in MistakeKind::ALL {
        let of_kind = counts.iter().filter(|(own, ..)| *own == kind);
        let sum: u64 = of_kind.map(|(.., count)| count).sum();
        kinds.insert(kind.as_str().to_owned(), sum.into());
    }
    let labels: Vec<Value> = counts
        .iter()
        .map(|(kind, gold, guess, count)| {
            json!({"kind": kind.as_str(), "gold": gold, "found": guess, "count": count})
        })
        .collect();
    json!({"kinds": kinds, "labels": labels})
}

/// Writes all errors to a file, sorted by kind, one JSON object per line. `article` returns the id
/// and text of a gold article.
pub(super) fn write<'a>(
    path: &Path,
    errors: &[Error],
    article: impl Fn(usize) -> Option<(&'a str, &'a Text)>,
) -> Result<()> {
    let mut errors: Vec<&Error> = errors.iter().collect();
    errors.sort_by_key(|error| error.mistake.kind);
    let mut out = String::new();
    for error in errors {
        let Some((id, text)) = article(error.article) else {
            continue;
        };
        let mistake = &error.mistake;
        let side = |side: &Option<Side>| {
            let side = side.as_ref()?;
            let at = |byte: usize| text.char_of_byte(BytePos::from_index(byte)).0;
            Some(json!({
                "start": at(side.bytes.start),
                "end": at(side.bytes.end),
                "label": side.label.as_str(),
                "text": text.as_str().get(side.bytes.clone()),
            }))
        };
        let line = json!({
            "kind": mistake.kind.as_str(),
            "id": id,
            "gold": side(&mistake.gold),
            "found": side(&mistake.guess),
            "context": context(text.as_str(), mistake.bytes()),
        });
        out.push_str(&format!("{line}\n"));
    }
    write_picture(path, out.as_bytes()).with_context(|| format!("cannot write {}", path.display()))
}

/// Returns the text of an error with its context.
fn context(text: &str, bytes: std::ops::Range<usize>) -> String {
    let before = text.get(..bytes.start).unwrap_or_default();
    let after = text.get(bytes.end..).unwrap_or_default();
    let words = text.get(bytes).unwrap_or_default();
    let from = before.char_indices().rev().nth(CONTEXT - 1);
    let from = before.get(from.map_or(0, |(at, _)| at)..);
    let to = after.char_indices().nth(CONTEXT);
    let to = after.get(..to.map_or(after.len(), |(at, _)| at));
    let around = format!(
        "{}{words}{}",
        from.unwrap_or_default(),
        to.unwrap_or_default()
    );
    around.split_whitespace().collect::<Vec<_>>().join(" ")
}
