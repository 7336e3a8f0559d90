//! What an evaluation found wrong: counted by kind, and listed in a file.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use crate::dataset::write_picture;
use crate::model::{BytePos, Text};
use crate::quality::{Mistake, MistakeKind, score::Side};

/// So much of the text is shown on either side of a mistake, in characters.
const CONTEXT: usize = 40;

/// One mistake with its article.
pub(super) struct Listed<'a> {
    pub(super) id: &'a str,
    pub(super) text: &'a Text,
    pub(super) mistake: &'a Mistake,
}

/// How many there are of each kind and pair of labels, the most frequent first.
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

/// The counts as a table for people.
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

/// The counts as JSON: by kind, and by kind and labels.
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

/// Writes all of them into a file, one JSON object a line, those of one kind together.
pub(super) fn write(path: &Path, mut listed: Vec<Listed<'_>>) -> Result<()> {
    listed.sort_by_key(|listed| listed.mistake.kind);
    let mut out = String::new();
    for Listed { id, text, mistake } in listed {
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

/// The words with what is around them.
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
