//! labelbuddy's JSONL: each annotation has offsets in code points and in bytes, so one can be
//! checked by the other.
//!
//! Regions are annotations with `region` in `extra_data`. Entities with the label of a region have
//! `entity` there.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::formats::reading::json_objects::{object, refuse_labels, take_list};
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::reading::resolve_span::{ForeignSpan, raw_offsets};
use crate::formats::writing::json_lines::write_line;
use crate::formats::{
    Capabilities, Code, Fault, Format, FormatSpec, OffsetUnit, Parsed, ReadOptions, RecordSplit,
    RecordView, WriteOptions, metadata,
};
use crate::model::{Label, Span};

/// labelbuddy's JSONL.
#[derive(Clone, Copy, Debug)]
pub struct Labelbuddy;

const UNIT: OffsetUnit = OffsetUnit::Codepoint;

const SPEC: FormatSpec = FormatSpec {
    name: "labelbuddy",
    summary: "labelbuddy's JSON or JSONL",
    capabilities: Capabilities {
        scores: false,
        ..Capabilities::EVERYTHING
    },
    records: RecordSplit::JsonObjects,
    ..FormatSpec::DEFAULT
};

impl Format for Labelbuddy {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let mut document = object(&bytes)?;
        let Some(Value::String(text)) = document.remove("text") else {
            return Err(Fault::new(Code::NoText, "the document has no `text`")
                .with_hint("export from labelbuddy with the text of the documents"));
        };
        let mut builder = RecordBuilder::new(text, options)?;
        let metadata = match document.remove("metadata") {
            Some(Value::Object(metadata)) => metadata,
            _ => Map::new(),
        };
        builder.set_metadata_json(metadata);
        for span in take_list(&mut document, "annotations") {
            let label = span["label_name"].as_str().unwrap_or_default();
            let kind = match span["extra_data"].as_str() {
                Some("region") => SpanKind::Region,
                Some("entity") => SpanKind::Entity,
                _ => SpanKind::ByName,
            };
            let bytes = raw_offsets(&span, "start_byte", "end_byte");
            let mark = ForeignSpan {
                also: bytes.map(|at| (at, OffsetUnit::Byte)),
                ..ForeignSpan::new(
                    kind,
                    label,
                    raw_offsets(&span, "start_char", "end_char"),
                    UNIT,
                )
            };
            builder.add_foreign(&mark, &span);
        }
        refuse_labels(&document, "labelbuddy")?;
        Ok(builder.finish())
    }

    fn write(&self, record: &RecordView<'_>, _options: &WriteOptions, out: &mut Vec<u8>) {
        let text = &record.article.text;
        let mark = |span: Span, label: &Label, extra: Option<&str>| {
            let mut mark = json!({
                "label_name": label.as_str(),
                "start_char": UNIT.of(text, span.start()), "end_char": UNIT.of(text, span.end()),
                "start_byte": span.start().0, "end_byte": span.end().0,
            });
            if let Some(extra) = extra {
                mark["extra_data"] = extra.into();
            }
            mark
        };
        let usual = ReadOptions::default();
        let annotation = record.annotation;
        let regions = annotation
            .regions()
            .iter()
            .map(|region| mark(region.span, &region.label, Some("region")));
        let entities = annotation.entities().iter().map(|entity| {
            let extra = usual.is_region(entity.label.as_str()).then_some("entity");
            mark(entity.span, &entity.label, extra)
        });
        let annotations: Vec<Value> = regions.chain(entities).collect();
        let metadata: BTreeMap<String, String> = metadata::to_map(record);
        let document = json!({
            "text": text.as_str(),
            "metadata": metadata,
            "annotations": annotations,
            "list_title": record.article.headline(),
        });
        write_line(&document, out);
    }
}
