//! GLiNER's training data: `{"tokenized_text": [...], "ner": [[first, last, "person"]]}`, where the
//! last word is **inclusive**.
//!
//! Entities may nest. White space and regions cannot be represented. Metadata is in `copydesk`,
//! which GLiNER ignores.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::formats::metadata::remark_threads;
use crate::formats::metadata::span_attributes;
use crate::formats::reading::json_objects::{excerpt, object, refuse_labels, take_list};
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::tokens::covered;
use crate::formats::writing::json_lines::write_line;
use crate::formats::{
    Capabilities, Code, Fault, Format, FormatSpec, Loss, Losses, Parsed, ReadOptions, RecordSplit,
    RecordView, StreamFrame, Unlabelled, Windows, WriteOptions, metadata,
};
use crate::model::Span;

/// GLiNER's training data.
#[derive(Clone, Copy, Debug)]
pub struct Gliner;

const SPEC: FormatSpec = FormatSpec {
    name: "gliner",
    summary: "GLiNER's JSON: tokenized_text and ner",
    written_extension: Some("json"),
    capabilities: Capabilities {
        text: false,
        regions: false,
        cuts: false,
        scores: false,
        remarks: false,
        ..Capabilities::EVERYTHING
    },
    records: RecordSplit::JsonObjects,
    frame: StreamFrame::JSON_LIST,
    has_tokens: true,
    unlabelled: Unlabelled::NotMarked,
    // The most words that GLiNER reads.
    windows: Windows::Tokens(384),
    ..FormatSpec::DEFAULT
};

impl Format for Gliner {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let mut example = object(&bytes)?;
        let Some(Value::Array(tokens)) = example.remove("tokenized_text") else {
            return Err(Fault::new(Code::NoText, "there is no `tokenized_text`"));
        };
        let mut text = String::new();
        let mut places = Vec::with_capacity(tokens.len());
        for token in tokens.iter().filter_map(Value::as_str) {
            if !text.is_empty() {
                text.push(' ');
            }
            places.push(text.len()..text.len() + token.len());
            text.push_str(token);
        }
        let mut builder = RecordBuilder::new(text, options)?;
        if let Some(Value::Object(metadata)) = example.remove("copydesk") {
            builder.set_metadata_json(metadata);
        }
        for span in take_list(&mut example, "ner") {
            let place = |at: usize| {
                let number = span[at]
                    .as_u64()
                    .and_then(|number| usize::try_from(number).ok());
                number.and_then(|number| places.get(number))
            };
            match (place(0), place(1), span[2].as_str()) {
                (Some(first), Some(last), Some(label)) if first.start < last.end => {
                    builder.add_bytes(SpanKind::Entity, first.start..last.end, label, None);
                }
                _ => builder.leave_out(
                    &excerpt(&span),
                    "it is not [first word, last word, \"label\"]",
                ),
            }
        }
        refuse_labels(&example, "gliner")?;
        Ok(builder.finish())
    }

    fn write(&self, record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
        let text = &record.article.text;
        let tokens = options.tokenizer.tokens(text);
        if tokens.is_empty() {
            return;
        }
        let words: Vec<&str> = tokens.iter().map(|token| text.slice(*token)).collect();
        let ner: Vec<Value> = spans(record, &tokens)
            .into_iter()
            .map(|(first, last, label)| json!([first, last, label]))
            .collect();
        let mut metadata = metadata::to_map(record);
        // Offsets into the text would be wrong.
        for remark in [
            "remark",
            "remarks",
            remark_threads::NAME,
            span_attributes::NAME,
        ] {
            metadata.remove(remark);
        }
        write_line(
            &json!({"tokenized_text": words, "ner": ner, "copydesk": metadata}),
            out,
        );
        out.pop(); // the line feed: what stands between two examples brings one
    }

    fn losses(&self, record: &RecordView<'_>, options: &WriteOptions, losses: &mut Losses) {
        let text = &record.article.text;
        let tokens = options.tokenizer.tokens(text);
        let mut covers = 0;
        for entity in record.annotation.entities() {
            if covered(text, &tokens, entity.span).is_none() {
                losses.add_span(Loss::Cut, record.article, entity.span);
            } else {
                covers += 1;
            }
        }
        for _ in spans(record, &tokens).len()..covers {
            losses.add(Loss::Nested, || record.article.id.to_string());
        }
        let words: Vec<&str> = tokens.iter().map(|token| text.slice(*token)).collect();
        if tokens.is_empty() {
            losses.add(Loss::Empty, || record.article.id.to_string());
        } else if words.join(" ") != text.as_str() {
            losses.add(Loss::Text, || record.article.id.to_string());
        }
    }
}

/// Returns the entities as words from and to. Two that differ only in white space are one.
fn spans<'a>(record: &RecordView<'a>, tokens: &[Span]) -> BTreeSet<(usize, usize, &'a str)> {
    let entities = record.annotation.entities().iter();
    entities
        .filter_map(|entity| {
            let range = covered(&record.article.text, tokens, entity.span)?;
            Some((range.start, range.end - 1, entity.label.as_str()))
        })
        .collect()
}
