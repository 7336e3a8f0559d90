//! Converts rows of tables into records: of Parquet, where a cell may be a list, and of CSV, where
//! all cells are strings.
//!
//! Columns are recognised by common names. `html` is a page; without a text, `tokens` make one.
//! Spans are a list of objects or, as older versions of `datasets` wrote them, an object of lists.
//! Without spans, the tags of tokens are used, also beside a text that contains the tokens in
//! order. A column with labels that cannot be used is reported.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Value, json};

use super::lines::too_long;
use crate::formats::reading::iob_tags::{decode, is_outside, is_tag};
use crate::formats::reading::json_objects::take_list;
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::reading::resolve_span::{ForeignSpan, RawOffsets, raw_offsets};
use crate::formats::{Code, Content, Fault, OffsetUnit, Parsed, ReadOptions, Record, metadata};
use crate::model::{Annotation, Text};

/// Columns that may hold the text. The first that exists is used.
const TEXTS: [&str; 8] = [
    "text", "content", "body", "article", "document", "raw_text", "maintext", "sentence",
];
/// Columns that may hold a page.
const PAGES: [&str; 4] = ["html", "raw_html", "page", "page_html"];
/// Columns that may hold the id.
const IDS: [&str; 6] = ["id", "_id", "doc_id", "article_id", "uuid", "guid"];
/// Columns that may hold the entities. The last names also have other meanings.
const SPANS: [&str; 7] = [
    "entities",
    "spans",
    "named_entities",
    "annotations",
    "labels",
    "label",
    "ner",
];
/// Columns with a tag for each token.
const TAGS: [&str; 4] = ["ner_tags", "tags", "labels", "ner"];

/// Returns whether a column name is known.
pub(in crate::formats) fn is_known(name: &str) -> bool {
    let lists: [&[&str]; 6] = [&TEXTS, &PAGES, &IDS, &SPANS, &TAGS, &metadata::NAMES];
    lists.iter().any(|list| list.contains(&name))
        || ["tokens", "words", "regions", "meta"].contains(&name)
}

/// The names of numbered classes, by column: `ner_tags`, `entities`, `regions`.
pub(in crate::formats) type ClassNames = BTreeMap<String, Vec<String>>;

/// Converts a row into a record.
pub(in crate::formats) fn record(
    mut row: Map<String, Value>,
    names: &ClassNames,
    options: &ReadOptions,
) -> Result<Parsed, Fault> {
    if !row.contains_key("id")
        && let Some(id) = IDS.iter().find_map(|name| row.remove(*name))
    {
        row.insert("id".into(), id);
    }
    let text = take_string(&mut row, &TEXTS);
    let page = take_string(&mut row, &PAGES);
    let tokens = ["tokens", "words"]
        .into_iter()
        .find(|name| row.get(*name).is_some_and(Value::is_array))
        .map_or_else(Vec::new, |name| take_list(&mut row, name));
    let entities = SPANS
        .into_iter()
        .find_map(|name| Some((name, take_spans(&mut row, name)?)));
    let tags = TAGS
        .iter()
        .find(|name| row.get(**name).is_some_and(Value::is_array))
        .map(|name| (*name, take_list(&mut row, name)));
    let regions = take_spans(&mut row, "regions");
    unfold_meta(&mut row);
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
                format!(
                    "the row has none of the columns {}; its columns are {}",
                    TEXTS.join(", "),
                    row.keys().cloned().collect::<Vec<_>>().join(", ")
                ),
            )
            .with_hint("rename the column with the text"));
        }
    };
    let mut builder = RecordBuilder::new(text, options)?;
    builder.set_metadata_json(row);
    let has_spans = entities.is_some();
    let (name, entities) = entities.unwrap_or(("entities", Vec::new()));
    for (column, kind, spans) in [
        ("regions", SpanKind::Region, regions.unwrap_or_default()),
        (name, SpanKind::Entity, entities),
    ] {
        for span in spans {
            let label = span_label(&span, names.get(column));
            let mark = ForeignSpan {
                quote: span["text"]
                    .as_str()
                    .filter(|words| !words.trim().is_empty()),
                ..ForeignSpan::new(kind, &label, place_of(&span), OffsetUnit::Codepoint)
            };
            builder.add_foreign(&mark.scored(span["score"].as_f64()), &span);
        }
    }
    // Where there are spans as well, the tags repeat part of them.
    if let Some((column, tags)) = tags.filter(|(_, tags)| !has_spans && !tags.is_empty()) {
        let tags = tags.iter().map(|tag| label_of(tag, names.get(column)));
        let tokens: Vec<&str> = tokens.iter().filter_map(Value::as_str).collect();
        let places = if from_tokens {
            Some(joined(&tokens))
        } else {
            aligned(builder.text.as_str(), &tokens)
        };
        add_tags(&mut builder, column, &tags.collect::<Vec<_>>(), places);
    }
    Ok(builder.finish())
}

/// Moves the fields of `meta`, a JSON object in a string, into the row.
fn unfold_meta(row: &mut Map<String, Value>) {
    if let Some(Value::String(more)) = row.get("meta")
        && let Ok(more) = serde_json::from_str::<BTreeMap<String, String>>(more)
    {
        row.remove("meta");
        for (name, value) in more {
            row.entry(name).or_insert(Value::String(value));
        }
    }
}

/// Takes the first of these columns that is a string.
fn take_string(row: &mut Map<String, Value>, names: &[&str]) -> Option<Value> {
    let is_string = |name: &&&str| row.get(**name).is_some_and(Value::is_string);
    let name = names.iter().find(is_string)?;
    row.remove(*name)
}

/// Adds the entities of a column of tags; `places` are those of the tokens, if they are in the
/// text.
fn add_tags(
    builder: &mut RecordBuilder<'_>,
    column: &str,
    tags: &[String],
    places: Option<Vec<Range<usize>>>,
) {
    let Some(places) = places.filter(|places| places.len() == tags.len()) else {
        return builder.not_kept(&format!(
            "{column}, which has no token of the text for each of its tags"
        ));
    };
    if let Some(odd) = tags.iter().find(|tag| !is_tag(tag) && !is_outside(tag)) {
        builder.not_kept(&format!(
            "labels of {column} without B- or I-, such as {odd:?}"
        ));
    }
    for (range, label) in decode(tags.iter().map(String::as_str)) {
        if let (Some(first), Some(last)) = (places.get(range.start), places.get(range.end - 1)) {
            builder.add_bytes(SpanKind::Entity, first.start..last.end, label, None);
        }
    }
}

/// Takes a column of spans: a list of objects, or an object of lists of equal length, possibly as
/// JSON in a string. Anything else stays in the row.
fn take_spans(row: &mut Map<String, Value>, name: &str) -> Option<Vec<Value>> {
    let read = |value: &Value| match value {
        Value::Array(list) => Some(list.clone()),
        Value::Object(fields) => transposed(fields),
        _ => None,
    };
    let spans = match row.get(name)? {
        Value::Null => None,
        Value::String(words) => read(&serde_json::from_str(words).ok()?),
        value => read(value),
    }?;
    // A list of three is a span.
    let spans = spans
        .into_iter()
        .map(|span| match span.as_array().map(Vec::as_slice) {
            Some([start, end, label]) => json!({"start": start, "end": end, "label": label}),
            _ => span,
        });
    let spans: Vec<Value> = spans.collect();
    let surely = ["entities", "spans", "regions"].contains(&name);
    if !surely && (spans.is_empty() || spans.iter().any(|span| place_of(span).is_none())) {
        return None;
    }
    row.remove(name);
    Some(spans)
}

/// Converts an object of lists into a list of objects.
fn transposed(fields: &Map<String, Value>) -> Option<Vec<Value>> {
    let lists = fields
        .iter()
        .map(|(name, list)| Some((name, list.as_array()?)));
    let lists: Vec<(&String, &Vec<Value>)> = lists.collect::<Option<_>>()?;
    let length = lists.first()?.1.len();
    if lists.iter().any(|(_, list)| list.len() != length) {
        return None;
    }
    let spans = (0..length).map(|nth| {
        let fields = lists.iter();
        let span = fields.map(|(name, list)| ((*name).clone(), list[nth].clone()));
        Value::Object(span.collect())
    });
    Some(spans.collect())
}

/// Returns the offsets of a span, under any common name.
fn place_of(span: &Value) -> Option<RawOffsets> {
    const NAMES: [(&str, &str); 4] = [
        ("start", "end"),
        ("start_offset", "end_offset"),
        ("start_char", "end_char"),
        ("begin", "end"),
    ];
    let named = NAMES
        .into_iter()
        .find_map(|(start, end)| raw_offsets(span, start, end));
    named.or_else(|| match span["offsets"].as_array()?.as_slice() {
        [start, end] if start.is_i64() => Some((start.as_i64()?, end.as_i64()?)),
        // Several fragments are not a span.
        [Value::Array(one)] if one.len() == 2 => Some((one[0].as_i64()?, one[1].as_i64()?)),
        _ => None,
    })
}

/// Returns the label of a span, under any common name.
fn span_label(span: &Value, names: Option<&Vec<String>>) -> String {
    const NAMES: [&str; 6] = [
        "label",
        "type",
        "tag",
        "entity_group",
        "entity_type",
        "entity",
    ];
    let label = NAMES.into_iter().map(|name| &span[name]);
    match label.into_iter().find(|label| !label.is_null()) {
        Some(Value::String(label)) => label.clone(),
        Some(number) => {
            let nth = number.as_u64().and_then(|nth| usize::try_from(nth).ok());
            let named = nth.and_then(|nth| names?.get(nth));
            named.cloned().unwrap_or_else(|| format!("LABEL_{number}"))
        }
        None => String::new(),
    }
}

/// Returns the places of tokens that are joined by spaces.
fn joined(tokens: &[&str]) -> Vec<Range<usize>> {
    let mut at = 0;
    let places = tokens.iter().map(|token| {
        let place = at..at + token.len();
        at = place.end + 1;
        place
    });
    places.collect()
}

/// Returns the places of tokens in a text that contains them in order, separated by white space
/// only; `None` if it does not.
fn aligned(text: &str, tokens: &[&str]) -> Option<Vec<Range<usize>>> {
    let mut rest = text;
    let mut places = Vec::with_capacity(tokens.len());
    for token in tokens {
        let token = token.trim();
        rest = rest.trim_start();
        let start = text.len() - rest.len();
        rest = rest.strip_prefix(token)?;
        places.push(start..start + token.len());
    }
    Some(places)
}

/// Returns a label that may be a number with a name.
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
        // Taggers use 0 for outside, and negative numbers for tokens that training ignores.
        other if other.as_i64().is_some_and(|number| number <= 0) => "O".to_owned(),
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
    let metadata = metadata::from_map(strings.collect(), &Text::new(""));
    Ok(Parsed {
        record: Record {
            id: metadata.id,
            content: Content::Page(page),
            annotation: Annotation::default(),
            annotator: String::new(),
            updated_at_ms: 0,
            meta: metadata.meta,
        },
        warnings: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::text_of;

    fn reported(row: Value, names: &[(&str, &[&str])]) -> (Vec<String>, Vec<String>) {
        let Value::Object(row) = row else {
            panic!("not a row");
        };
        let names = names.iter().map(|(column, names)| {
            let names = names.iter().map(|name| (*name).to_owned());
            ((*column).to_owned(), names.collect())
        });
        let parsed = record(row, &names.collect(), &ReadOptions::default()).unwrap();
        let text = text_of(&parsed.record);
        let entities = parsed.record.annotation.entities().iter();
        let spans = entities.map(|e| format!("{} {}", e.label, text.slice(e.span)));
        let warnings = parsed.warnings.iter().map(|fault| fault.message.clone());
        (spans.collect(), warnings.collect())
    }

    #[test]
    fn spans_are_taken_in_every_shape_that_tables_have() {
        let both = vec!["PER Weel".to_owned(), "LOC Oslo".into()];
        for (column, spans) in [
            ("label", json!([[0, 4, "PER"], [10, 14, "LOC"]])),
            (
                "ner",
                json!([{"start": 0, "end": 4, "label": "PER"}, {"start": 10, "end": 14, "label": "LOC"}]),
            ),
            (
                "entities",
                json!({"start": [0, 10], "end": [4, 14], "label": ["PER", "LOC"]}),
            ),
            (
                "entities",
                json!({"start": [0, 10], "end": [4, 14], "label": [1, 0]}),
            ),
            (
                "spans",
                json!([{"start_offset": 0, "end_offset": 4, "type": "PER"},
                {"offsets": [[10, 14]], "text": ["Oslo"], "label": "LOC"}]),
            ),
            (
                "entities",
                json!(
                    "[{\"begin\":0,\"end\":4,\"label\":\"PER\"},{\"begin\":10,\"end\":14,\"tag\":\"LOC\"}]"
                ),
            ),
        ] {
            let row = json!({"text": "Weel left Oslo.", column: spans});
            let names: &[&str] = &["LOC", "PER"];
            assert_eq!(
                reported(row, &[("entities", names)]),
                (both.clone(), vec![])
            );
        }
        let uneven = json!({"text": "Weel left Oslo.", "entities": {"start": [0], "end": [4, 14], "label": ["PER", "LOC"]}});
        assert_eq!(
            reported(uneven, &[]),
            (vec![], vec!["not kept: entities".to_owned()])
        );
    }

    #[test]
    fn tags_beside_a_text_are_laid_on_its_tokens() {
        let row = |text: &str, tags: Value| json!({"text": text, "tokens": ["Ada", "Weel", "left", "Oslo", "."], "ner_tags": tags});
        let names: &[&str] = &["O", "B-PER", "I-PER", "B-LOC"];
        let names = &[("ner_tags", names)];
        let both = vec!["PER Ada  Weel".to_owned(), "LOC Oslo".into()];
        let text = "Ada  Weel left\nOslo.";
        // -100 is a token that losses pass over.
        assert_eq!(
            reported(row(text, json!([1, 2, -100, 3, 0])), names),
            (both.clone(), vec![])
        );
        assert_eq!(
            reported(row(text, json!(["B-PER", "I-PER", "O", "B-LOC", "O"])), &[]),
            (both, vec![])
        );
        for bad in [
            row("Ada Weel went to Oslo.", json!([1, 2, 0, 3, 0])),
            row(text, json!([1, 2])),
        ] {
            let (spans, warnings) = reported(bad, names);
            assert!(
                spans.is_empty() && warnings[0].starts_with("not kept: ner_tags"),
                "{warnings:?}"
            );
        }
        let (spans, warnings) = reported(row(text, json!(["PER", "PER", "O", "LOC", "O"])), &[]);
        assert!(
            spans.is_empty() && warnings[0].contains("without B- or I-"),
            "{warnings:?}"
        );
    }
}
