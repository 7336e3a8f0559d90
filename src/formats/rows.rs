//! A row of a table made a record: of Parquet, where a cell may be a list, and of CSV, where all are strings.
//!
//! Columns are known by the names that people give them. `html` is a page; without a text, `tokens` make one.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::conll::decode;
use super::draft::{Draft, Kind};
use super::lines::too_long;
use super::marks::{Mark, at};
use super::objects::take_list;
use super::{Code, Content, Fault, OffsetUnit, Parsed, ReadOptions, Record, facts};
use crate::model::{Annotation, Text};

/// Columns that may hold the text, the first that is there.
const TEXTS: [&str; 8] = [
    "text", "content", "body", "article", "document", "raw_text", "maintext", "sentence",
];
/// Columns that may hold a page.
const PAGES: [&str; 4] = ["html", "raw_html", "page", "page_html"];
/// Columns that may hold the id.
const IDS: [&str; 6] = ["id", "_id", "doc_id", "article_id", "uuid", "guid"];
/// Columns with a tag for each token.
const TAGS: [&str; 4] = ["ner_tags", "tags", "labels", "ner"];

/// The names behind numbers, by column: `ner_tags`, `entities`, `regions`.
pub(super) type ClassNames = BTreeMap<String, Vec<String>>;

/// A record of a row.
pub(super) fn record(
    mut row: Map<String, Value>,
    names: &ClassNames,
    options: &ReadOptions,
) -> Result<Parsed, Fault> {
    if !row.contains_key("id")
        && let Some(id) = IDS.iter().find_map(|name| row.remove(*name))
    {
        row.insert("id".into(), id);
    }
    let text = TEXTS
        .iter()
        .find(|name| row.get(**name).is_some_and(Value::is_string))
        .and_then(|name| row.remove(*name));
    let page = PAGES
        .iter()
        .find(|name| row.get(**name).is_some_and(Value::is_string))
        .and_then(|name| row.remove(*name));
    let tokens = take_list(&mut row, "tokens");
    let tags = TAGS
        .iter()
        .find(|name| row.get(**name).is_some_and(Value::is_array))
        .map(|name| (*name, take_list(&mut row, name)));
    let regions = take_list(&mut row, "regions");
    let entities = take_list(&mut row, "entities");
    if let Some(Value::String(more)) = row.get("meta")
        && let Ok(more) = serde_json::from_str::<BTreeMap<String, String>>(more)
    {
        row.remove("meta");
        for (name, value) in more {
            row.entry(name).or_insert(Value::String(value));
        }
    }
    row.retain(|_, value| value.as_str() != Some(""));

    let (text, from_tokens) = match (text, page) {
        (Some(Value::String(text)), _) => (text, false),
        (_, Some(Value::String(page))) => return page_record(page, row, options),
        _ if !tokens.is_empty() => {
            let words: Vec<&str> = tokens.iter().filter_map(Value::as_str).collect();
            (words.join(" "), true)
        }
        _ => {
            return Err(Fault::new(
                Code::NoText,
                format!("the row has none of the columns {}", TEXTS.join(", ")),
            ));
        }
    };
    let mut draft = Draft::new(text, options)?;
    draft.set_facts_json(row);
    for (column, kind, spans) in [
        ("regions", Kind::Region, regions),
        ("entities", Kind::Entity, entities),
    ] {
        for span in spans {
            let label = label_of(&span["label"], names.get(column));
            let mark = Mark::new(
                kind,
                &label,
                at(&span, "start", "end"),
                OffsetUnit::Codepoint,
            );
            draft.take(&mark.scored(span["score"].as_f64()), &span);
        }
    }
    // Where there are spans as well, the tags say the same once more, and less.
    if let Some((column, tags)) = tags.filter(|_| from_tokens) {
        let tags: Vec<String> = tags
            .iter()
            .map(|tag| label_of(tag, names.get(column)))
            .collect();
        let mut at = 0;
        let mut places = Vec::with_capacity(tokens.len());
        for token in tokens.iter().filter_map(Value::as_str) {
            places.push(at..at + token.len());
            at += token.len() + 1;
        }
        for (range, label) in decode(tags.iter().map(String::as_str)) {
            if let (Some(first), Some(last)) = (places.get(range.start), places.get(range.end - 1))
            {
                draft.add_bytes(Kind::Entity, first.start..last.end, label, None);
            }
        }
    }
    Ok(draft.finish())
}

/// A label that may be a number with a name.
fn label_of(value: &Value, names: Option<&Vec<String>>) -> String {
    if let Some(label) = value.as_str() {
        return label.to_owned();
    }
    let number = value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok());
    let named = number.and_then(|number| names?.get(number));
    named.cloned().unwrap_or_else(|| match value {
        Value::Null => "O".to_owned(),
        other if other == &Value::from(0) => "O".to_owned(),
        other => format!("B-LABEL_{other}"),
    })
}

fn page_record(
    page: String,
    row: Map<String, Value>,
    options: &ReadOptions,
) -> Result<Parsed, Fault> {
    if page.len() > options.bounds.article_bytes {
        return Err(too_long(options.bounds.article_bytes));
    }
    let strings = row.into_iter().filter_map(|(name, value)| match value {
        Value::String(value) => Some((name, value)),
        Value::Number(value) => Some((name, value.to_string())),
        _ => None,
    });
    let facts = facts::from(strings.collect(), &Text::new(""));
    Ok(Parsed {
        record: Record {
            id: facts.id,
            content: Content::Page(page),
            annotation: Annotation::default(),
            annotator: String::new(),
            updated_at_ms: 0,
            meta: facts.meta,
        },
        warnings: Vec::new(),
    })
}
