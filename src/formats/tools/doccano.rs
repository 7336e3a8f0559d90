//! doccano's JSONL in all its variants: `label` or `labels` as `[[start, end, "PER"]]`, `entities`
//! with relations, the older `annotations` with numbered labels, metadata at the top level, and
//! `Comments`.
//!
//! doccano's editor counts UTF-16, Python programs count code points, and the file does not say
//! which. Set the unit if it is not code points.
//!
//! Files are written as ASCII with the same keys in every row, because doccano guesses encodings
//! and rejects rows that differ. Entities are in `label`. Regions are in `regions`, which doccano
//! keeps as metadata, because it silently drops overlapping spans unless a project allows them.
//! Other metadata is one string, `facts`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::formats::reading::json_objects::{excerpt, object, take_list};
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::reading::resolve_span::{ForeignSpan, raw_offsets};
use crate::formats::writing::json_lines::write_ascii_line;
use crate::formats::{
    Capabilities, Code, Fault, Format, FormatSpec, Loss, Losses, Parsed, ReadOptions, RecordSplit,
    RecordView, WriteOptions, metadata,
};
use crate::model::{Label, Span};

/// doccano's JSONL.
#[derive(Clone, Copy, Debug)]
pub struct Doccano;

const SPEC: FormatSpec = FormatSpec {
    name: "doccano",
    summary: "doccano's JSONL for sequence labelling, all its shapes",
    capabilities: Capabilities {
        scores: false,
        ..Capabilities::EVERYTHING
    },
    records: RecordSplit::JsonObjects,
    ..FormatSpec::DEFAULT
};

impl Format for Doccano {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let mut row = object(&bytes)?;
        let text = match (row.remove("text"), row.remove("data")) {
            (Some(Value::String(text)), other) => {
                if let Some(other) = other {
                    row.insert("data".into(), other);
                }
                text
            }
            (_, Some(Value::String(text))) => text,
            _ => {
                return Err(Fault::new(
                    Code::NoText,
                    "the row has neither `text` nor `data`",
                ));
            }
        };
        let mut builder = RecordBuilder::new(text, options)?;
        // This program writes regions separately. In other files, the name of a label decides.
        let apart = row.contains_key("regions") && row.contains_key("facts");
        let kind = if apart {
            SpanKind::Entity
        } else {
            SpanKind::ByName
        };
        let labels = take_list(&mut row, "label");
        for span in labels.into_iter().chain(take_list(&mut row, "labels")) {
            take_triple(&mut builder, kind, &span, options);
        }
        for span in take_list(&mut row, "regions") {
            take_triple(&mut builder, SpanKind::Region, &span, options);
        }
        let entities = take_list(&mut row, "entities");
        for span in entities
            .into_iter()
            .chain(take_list(&mut row, "annotations"))
        {
            let label = match &span["label"] {
                Value::String(label) => label.clone(),
                other => other.to_string(), // a number in the oldest shape: the label's id in that project
            };
            let place = raw_offsets(&span, "start_offset", "end_offset");
            let mark = ForeignSpan::new(SpanKind::ByName, &label, place, options.offsets);
            builder.add_foreign(&mark, &span);
        }
        if !take_list(&mut row, "relations").is_empty() {
            builder.not_kept("relations");
        }
        let mut comments = take_list(&mut row, "Comments");
        comments.append(&mut take_list(&mut row, "comments"));
        add_metadata(&mut builder, row);
        for comment in comments {
            let words = match &comment {
                Value::String(words) => words.clone(),
                other => other["text"].as_str().unwrap_or_default().to_owned(),
            };
            if !builder
                .metadata
                .remarks
                .iter()
                .any(|remark| remark.text == words)
            {
                builder.remark(None, words);
            }
        }
        Ok(builder.finish())
    }

    fn losses(&self, record: &RecordView<'_>, _options: &WriteOptions, losses: &mut Losses) {
        if is_refused(record) {
            losses.add(Loss::Empty, || record.article.id.to_string());
        }
    }

    fn write(&self, record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
        if is_refused(record) {
            return;
        }
        let text = &record.article.text;
        let unit = options.offsets;
        let triple = |span: Span, label: &Label| {
            json!([
                unit.of(text, span.start()),
                unit.of(text, span.end()),
                label.as_str()
            ])
        };
        let annotation = record.annotation;
        let entities: Vec<Value> = annotation
            .entities()
            .iter()
            .map(|entity| triple(entity.span, &entity.label))
            .collect();
        let regions: Vec<Value> = annotation
            .regions()
            .iter()
            .map(|region| triple(region.span, &region.label))
            .collect();
        let comments: Vec<&str> = annotation
            .remarks()
            .iter()
            .map(|remark| remark.text.as_str())
            .collect();
        let row = json!({
            "text": text.as_str(),
            "label": entities,
            "regions": regions,
            "Comments": comments,
            "facts": serde_json::to_string(&metadata::to_map(record)).unwrap_or_default(),
        });
        write_ascii_line(&row, out);
    }
}

/// Returns whether doccano rejects a record: it rejects files with a blank text.
fn is_refused(record: &RecordView<'_>) -> bool {
    record.article.text.as_str().trim().is_empty()
}

/// Adds the metadata of a row: the string that this program writes, or all other fields.
fn add_metadata(builder: &mut RecordBuilder<'_>, mut row: Map<String, Value>) {
    let own = match row.remove("facts") {
        Some(Value::String(own)) => serde_json::from_str::<BTreeMap<String, String>>(&own).ok(),
        _ => None,
    };
    let Some(own) = own else {
        return builder.set_metadata_json(row);
    };
    row.remove("id"); // doccano's own number
    builder.set_metadata(own);
    for (name, value) in row {
        if let Value::String(value) = value {
            builder.metadata.meta.other.entry(name).or_insert(value);
        } else if !value.is_null() {
            builder.not_kept(&name);
        }
    }
}

/// Adds a span of the form `[start, end, label]`.
fn take_triple(
    builder: &mut RecordBuilder<'_>,
    kind: SpanKind,
    span: &Value,
    options: &ReadOptions,
) {
    match (span[0].as_i64(), span[1].as_i64(), span[2].as_str()) {
        (Some(start), Some(end), Some(label)) => {
            builder.add_foreign(
                &ForeignSpan::new(kind, label, Some((start, end)), options.offsets),
                span,
            );
        }
        _ => builder.leave_out(&excerpt(span), "it is not [start, end, \"label\"]"),
    }
}
