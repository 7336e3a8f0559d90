//! Prodigy's JSONL: `{"text", "tokens", "spans", "meta", "answer"}`. Offsets are code points, and
//! `token_end` is **inclusive**.
//!
//! Entities are `spans`. Regions are in a separate list, `regions`, which Prodigy keeps and does
//! not show; in `spans` they would become training data. Hashes are left to Prodigy. Tokens are
//! split where an entity begins or ends, so that no span is rejected.
//!
//! An answer to a single question (`ner.teach`, or spans with an `answer` each) says nothing about
//! the rest of the text. A rejected span is not an entity, and the article is started, not done.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::formats::metadata::span_attributes::Attributes;
use crate::formats::metadata::{self, time};
use crate::formats::reading::json_objects::{object_without, refuse_labels, take_list};
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::reading::resolve_span::{ForeignSpan, raw_offsets};
use crate::formats::tokens::{covered, cut_at};
use crate::formats::writing::json_lines::write_line;
use crate::formats::{
    Capabilities, Code, Fault, Format, FormatSpec, OffsetUnit, Parsed, ReadOptions, RecordSplit,
    RecordView, Unlabelled, WriteOptions, contract,
};
use crate::model::{Provenance, Span, Status, Text};

/// Prodigy's JSONL.
#[derive(Clone, Copy, Debug)]
pub struct Prodigy;

const UNIT: OffsetUnit = OffsetUnit::Codepoint;

const SPEC: FormatSpec = FormatSpec {
    name: "prodigy",
    summary: "Prodigy's JSONL: text, tokens, spans, answer",
    capabilities: Capabilities::EVERYTHING,
    records: RecordSplit::Lines,
    has_tokens: true,
    unlabelled: Unlabelled::NotMarked,
    ..FormatSpec::DEFAULT
};

impl Format for Prodigy {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let mut task = object_without(&bytes, "tokens")?;
        let Some(Value::String(text)) = task.remove("text") else {
            return Err(Fault::new(Code::NoText, "the task has no `text`"));
        };
        let mut builder = RecordBuilder::new(text, options)?;
        let metadata = match task.remove("meta") {
            Some(Value::Object(meta)) => meta,
            _ => Map::new(),
        };
        builder.set_metadata_json(metadata);
        let answer = task
            .get("answer")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let mut single = match task.get("_is_binary") {
            Some(Value::Bool(binary)) => *binary,
            // Before that field existed, only the interface showed that there is a single question.
            _ => task.get("_view_id").is_some_and(|view| view == "ner"),
        };
        single &= builder.metadata.status.is_none();
        for (list, kind) in [("spans", SpanKind::ByName), ("regions", SpanKind::Region)] {
            for span in take_list(&mut task, list) {
                single |= span["answer"].is_string() && builder.metadata.status.is_none();
                let whole = answer.as_deref().filter(|_| single);
                match span["answer"].as_str().or(whole) {
                    Some("reject") => {
                        builder.not_kept("spans that were rejected");
                        continue;
                    }
                    Some("ignore") => {
                        builder.not_kept("spans that were ignored");
                        continue;
                    }
                    _ => {}
                }
                let label = span["label"].as_str().unwrap_or_default();
                let kind = if span["kind"] == "entity" {
                    SpanKind::Entity
                } else {
                    kind
                };
                let mark = ForeignSpan {
                    quote: span["text"]
                        .as_str()
                        .filter(|words| !words.trim().is_empty()),
                    ..ForeignSpan::new(kind, label, raw_offsets(&span, "start", "end"), UNIT)
                };
                builder.add_foreign(&mark.scored(span["score"].as_f64()), &span);
            }
        }
        add_answer(&mut builder, &task, answer.as_deref(), single);
        refuse_labels(&task, "prodigy")?;
        for name in ["relations", "options", "accept", "image", "html"] {
            if task.get(name).is_some_and(|value| !value.is_null()) {
                builder.not_kept(name);
            }
        }
        Ok(builder.finish())
    }

    fn write(&self, record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
        let (text, annotation) = (&record.article.text, record.annotation);
        let edges = annotation
            .entities()
            .iter()
            .filter_map(|entity| text.trim(entity.span))
            .flat_map(|span| [span.start(), span.end()])
            .collect();
        let tokens = cut_at(text, &options.tokenizer.tokens(text), edges);
        let attributes = Attributes::of(record);
        let mut metadata = metadata::to_map(record);
        attributes.take_out(&mut metadata);
        let mark = |span, label: &str, provenance: Provenance| {
            let mut mark = json!({
                "start": UNIT.of(text, Span::start(span)),
                "end": UNIT.of(text, Span::end(span)),
            });
            if let Some(covered) = covered(text, &tokens, span) {
                mark["token_start"] = covered.start.into();
                mark["token_end"] = (covered.end - 1).into();
            }
            mark["label"] = label.into();
            if let Some(score) = provenance.score().filter(|_| options.scores) {
                mark["score"] = score.value().into();
            }
            for (name, words) in attributes.get(span, label).into_iter().flatten() {
                mark[name] = words.as_str().into();
            }
            mark
        };
        let spans: Vec<Value> = annotation
            .entities()
            .iter()
            .map(|entity| {
                let mut mark = mark(entity.span, entity.label.as_str(), entity.provenance);
                // Otherwise it would be read back as a region.
                if ReadOptions::default().is_region(entity.label.as_str()) {
                    mark["kind"] = "entity".into();
                }
                mark
            })
            .collect();
        let regions: Vec<Value> = annotation
            .regions()
            .iter()
            .map(|region| mark(region.span, region.label.as_str(), region.provenance))
            .collect();
        let view = if contract::nested(record).next().is_some() {
            "spans_manual"
        } else {
            "ner_manual"
        };
        let answer = match annotation.status() {
            Status::Done => Some("accept"),
            Status::Skipped => Some("ignore"),
            Status::Flagged => Some("reject"),
            Status::Todo | Status::Started => None,
        };
        let who = Some(record.annotator).filter(|who| !who.is_empty());
        let task = Task {
            text: text.as_str(),
            tokens: tokens
                .iter()
                .enumerate()
                .map(|(id, token)| Token::of(text, id, *token))
                .collect(),
            spans,
            regions,
            meta: metadata,
            view,
            answer,
            annotator: who,
            session: who,
            timestamp: Some(record.updated_at_ms / 1000).filter(|seconds| *seconds != 0),
        };
        write_line(&task, out);
    }
}

/// Adds the status, the annotator and the time of a task. The answer to a `single` question leaves
/// the article unfinished.
fn add_answer(
    builder: &mut RecordBuilder<'_>,
    task: &Map<String, Value>,
    answer: Option<&str>,
    single: bool,
) {
    let metadata = &mut builder.metadata;
    if metadata.status.is_none() {
        metadata.status = match answer {
            Some("accept") if single => Some(Status::Started),
            Some("reject" | "ignore") if single => Some(Status::Todo),
            Some("accept") => Some(Status::Done),
            Some("ignore") => Some(Status::Skipped),
            Some("reject") => Some(Status::Flagged),
            _ => None,
        };
    }
    for name in ["_annotator_id", "_session_id"] {
        if metadata.annotator.is_empty()
            && let Some(who) = task.get(name).and_then(Value::as_str)
        {
            who.trim().clone_into(&mut metadata.annotator);
        }
    }
    if metadata.updated_at_ms == 0
        && let Some(seconds) = task.get("_timestamp").and_then(Value::as_i64)
    {
        metadata.updated_at_ms = time::from_seconds(seconds);
    }
}

/// A task to be written.
#[derive(Serialize)]
struct Task<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    spans: Vec<Value>,
    regions: Vec<Value>,
    meta: BTreeMap<String, String>,
    #[serde(rename = "_view_id")]
    view: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'static str>,
    #[serde(rename = "_annotator_id", skip_serializing_if = "Option::is_none")]
    annotator: Option<&'a str>,
    #[serde(rename = "_session_id", skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    #[serde(rename = "_timestamp", skip_serializing_if = "Option::is_none")]
    timestamp: Option<i64>,
}

#[derive(Serialize)]
struct Token<'a> {
    text: &'a str,
    start: u32,
    end: u32,
    id: usize,
    ws: bool,
}

impl<'a> Token<'a> {
    fn of(text: &'a Text, id: usize, token: Span) -> Self {
        let rest = text.as_str().get(token.end().index()..);
        Self {
            text: text.slice(token),
            start: UNIT.of(text, token.start()),
            end: UNIT.of(text, token.end()),
            id,
            ws: rest.is_some_and(|rest| rest.starts_with(char::is_whitespace)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::text_of;

    fn reported(task: &Value) -> (Vec<String>, Status, Vec<String>) {
        let parsed = Prodigy
            .parse(task.to_string().into_bytes(), &ReadOptions::default())
            .unwrap();
        let text = text_of(&parsed.record);
        let entities = parsed.record.annotation.entities().iter();
        let spans = entities.map(|e| format!("{} {}", e.label, text.slice(e.span)));
        let warnings = parsed.warnings.iter().map(|fault| fault.message.clone());
        (
            spans.collect(),
            parsed.record.annotation.status(),
            warnings.collect(),
        )
    }

    #[test]
    fn what_was_rejected_is_no_entity_and_one_answer_is_not_a_done_article() {
        let rejected = vec!["not kept: spans that were rejected".to_owned()];
        let question = |label: &str, answer: &str, more: &str| {
            let mut task = json!({"text": "Weel left Oslo.", "answer": answer,
                "spans": [{"start": 10, "end": 14, "label": label}]});
            match more {
                "binary" => task["_is_binary"] = true.into(),
                view => task["_view_id"] = view.into(),
            }
            reported(&task)
        };
        for kind in ["binary", "ner"] {
            assert_eq!(
                question("GPE", "accept", kind),
                (vec!["GPE Oslo".to_owned()], Status::Started, vec![])
            );
            assert_eq!(
                question("PERSON", "reject", kind),
                (vec![], Status::Todo, rejected.clone())
            );
        }
        assert_eq!(
            question("GPE", "accept", "ner_manual"),
            (vec!["GPE Oslo".to_owned()], Status::Done, vec![])
        );
        let merged = json!({"text": "Weel left Oslo.", "answer": "accept", "spans": [
            {"start": 0, "end": 4, "label": "PERSON", "answer": "accept"},
            {"start": 10, "end": 14, "label": "PERSON", "answer": "reject"},
            {"start": 10, "end": 14, "label": "GPE", "answer": "accept"}]});
        assert_eq!(
            reported(&merged),
            (
                vec!["PERSON Weel".to_owned(), "GPE Oslo".into()],
                Status::Started,
                rejected
            )
        );
    }
}
