//! Measures how often the language of labelled records is recognised.

use std::collections::BTreeMap;
use std::io::BufRead;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::model::Text;
use crate::tag::{by_language, language_of};

/// How often the language of the records of a set is recognised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recognised {
    /// The number of records that name their language.
    pub records: u64,
    /// The number whose language is recognised from the text alone.
    pub by_text: u64,
    /// The number whose language is recognised when the page declares it.
    pub declared: u64,
    /// The number whose language is recognised though the page declares English.
    pub misdeclared: u64,
    /// The number that seem to have blocks in a second language.
    pub mixed: u64,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    language: String,
}

/// Counts, for each set of records in JSONL, how often their language is recognised. The set is the
/// id up to its first slash. Records that name no language are left out.
///
/// # Errors
/// Returns an error if a line cannot be read or is no record.
pub fn recognised(lines: impl BufRead) -> Result<BTreeMap<(String, String), Recognised>> {
    let mut sets: BTreeMap<(String, String), Recognised> = BTreeMap::new();
    for (nth, line) in lines.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let line: Line = serde_json::from_str(&line)
            .with_context(|| format!("line {} is no record", nth + 1))?;
        if line.language.is_empty() {
            continue;
        }
        let set = line.id.split('/').next().unwrap_or_default().to_owned();
        let counts = sets.entry((set, line.language.clone())).or_default();
        let is_right = |declared: &str| language_of(&line.text, declared) == line.language;
        counts.records += 1;
        counts.by_text += u64::from(is_right(""));
        counts.declared += u64::from(is_right(&line.language));
        counts.misdeclared += u64::from(is_right("en"));
        let text = Text::new(&line.text);
        let all = 0..text.len();
        counts.mixed += u64::from(by_language(&text, &line.language, &[all]).len() > 1);
    }
    Ok(sets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_counted_by_set_and_language() {
        let german = "Die Fähre nach Gozo blieb am Dienstag im Hafen, weil der Wind zu stark war.";
        let lines = format!(
            "{}\n\n{}\n{}\n",
            serde_json::json!({"id": "a/1", "text": german, "language": "de"}),
            serde_json::json!({"id": "a/2", "text": german, "language": "nl"}),
            serde_json::json!({"id": "a/3", "text": german}),
        );
        let sets = recognised(lines.as_bytes()).unwrap();
        let of = |language: &str| sets[&("a".to_owned(), language.to_owned())];
        assert_eq!((of("de").records, of("de").by_text), (1, 1));
        assert_eq!((of("nl").by_text, of("nl").declared), (0, 1));
        assert_eq!(sets.len(), 2);
        assert!(recognised("{".as_bytes()).is_err());
    }
}
