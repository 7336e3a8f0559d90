//! W3C Web Annotation: one `AnnotationPage` in JSON-LD per line for each article.
//!
//! Each annotation targets the article by a `TextPositionSelector` (code points, end excluded) and
//! a `TextQuoteSelector` with the text around it. The standard refers to external texts; to be
//! complete, a line also contains the text and the metadata (`copydesk:text`, `copydesk:facts`).
//!
//! When reading, offsets count if the quotation matches. Otherwise the offsets are tried as UTF-16,
//! and then the quotation is searched for.

use serde_json::{Map, Value, json};

use crate::formats::reading::json_objects::{excerpt, object, take_list};
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::reading::resolve_span::{ForeignSpan, raw_offsets};
use crate::formats::writing::json_lines::write_line;
use crate::formats::{
    Capabilities, Code, Fault, Format, FormatSpec, OffsetUnit, Parsed, ReadOptions, RecordSplit,
    RecordView, WriteOptions, metadata,
};
use crate::model::{Label, Provenance, Span};

/// W3C Web Annotation.
#[derive(Clone, Copy, Debug)]
pub struct WebAnnotation;

const UNIT: OffsetUnit = OffsetUnit::Codepoint;
/// How many characters of context a quotation has on each side.
const AROUND: usize = 32;

const SPEC: FormatSpec = FormatSpec {
    name: "web-annotation",
    summary: "W3C Web Annotation: one AnnotationPage (JSON-LD) per line",
    extensions: &["jsonld"],
    capabilities: Capabilities::EVERYTHING,
    records: RecordSplit::JsonObjects,
    ..FormatSpec::DEFAULT
};

impl Format for WebAnnotation {
    fn spec(&self) -> &'static FormatSpec {
        &SPEC
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let mut page = object(&bytes)?;
        let Some(Value::String(text)) = page.remove("copydesk:text") else {
            return Err(Fault::new(
                Code::NoText,
                "the page has no `copydesk:text`, so the text of its annotations is unknown",
            ));
        };
        let mut builder = RecordBuilder::new(text, options)?;
        let metadata = match page.remove("copydesk:facts") {
            Some(Value::Object(metadata)) => metadata,
            _ => Map::new(),
        };
        builder.set_metadata_json(metadata);
        for annotation in take_list(&mut page, "items") {
            take(&mut builder, &annotation);
        }
        Ok(builder.finish())
    }

    fn write(&self, record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
        let article = record.article;
        let text = &article.text;
        let source = if article.meta.url.is_empty() {
            format!("urn:copydesk:{}", encode(article.id.as_str()))
        } else {
            article.meta.url.clone()
        };
        // The spans of two annotators on one article are separate annotations.
        let name = match record.annotator {
            "" => format!("urn:copydesk:{}", encode(article.id.as_str())),
            who => format!(
                "urn:copydesk:{}:{}",
                encode(article.id.as_str()),
                encode(who)
            ),
        };
        let mark = |kind: &str,
                    number: usize,
                    span: Span,
                    label: &Label,
                    provenance: Provenance| {
            let before = text
                .as_str()
                .get(..span.start().index())
                .unwrap_or_default();
            let after = text.as_str().get(span.end().index()..).unwrap_or_default();
            let prefix: Vec<char> = before.chars().rev().take(AROUND).collect();
            let mut annotation = json!({
                "id": format!("{name}:{kind}:{number}"),
                "type": "Annotation",
                "motivation": "classifying",
                "body": {"type": "TextualBody", "purpose": "classifying", "value": label.as_str()},
                "copydesk:kind": kind,
                "target": {"source": source, "selector": [
                    {"type": "TextPositionSelector", "start": UNIT.of(text, span.start()),
                     "end": UNIT.of(text, span.end())},
                    {"type": "TextQuoteSelector", "exact": text.slice(span),
                     "prefix": prefix.iter().rev().collect::<String>(),
                     "suffix": after.chars().take(AROUND).collect::<String>()},
                ]},
            });
            if let Some(score) = provenance.score().filter(|_| options.scores) {
                annotation["copydesk:score"] = score.value().into();
            }
            annotation
        };
        let regions = record.annotation.regions().iter().enumerate();
        let regions = regions.map(|(n, r)| mark("region", n, r.span, &r.label, r.provenance));
        let entities = record.annotation.entities().iter().enumerate();
        let entities = entities.map(|(n, e)| mark("entity", n, e.span, &e.label, e.provenance));
        let items: Vec<Value> = regions.chain(entities).collect();
        let page = json!({
            "@context": ["http://www.w3.org/ns/anno.jsonld", {"copydesk": "urn:copydesk:"}],
            "id": format!("{name}:page"),
            "type": "AnnotationPage",
            "items": items,
            "copydesk:text": text.as_str(),
            "copydesk:facts": metadata::to_map(record),
        });
        write_line(&page, out);
    }
}

/// Escapes an id for a URN.
fn encode(id: &str) -> String {
    let mut out = String::new();
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Iterates over a value that may be a single one or a list.
fn each(value: &Value) -> impl Iterator<Item = &Value> {
    let (list, one) = match value {
        Value::Array(list) => (list.as_slice(), None),
        Value::Null => (&[][..], None),
        one => (&[][..], Some(one)),
    };
    list.iter().chain(one)
}

fn take(builder: &mut RecordBuilder<'_>, annotation: &Value) {
    let label =
        each(&annotation["body"]).find_map(|body| body["value"].as_str().or_else(|| body.as_str()));
    let Some(label) = label else {
        builder.leave_out(
            &excerpt(annotation),
            "its body has no value to use as a label",
        );
        return;
    };
    let kind = match annotation["copydesk:kind"].as_str() {
        Some("region") => SpanKind::Region,
        Some("entity") => SpanKind::Entity,
        _ => SpanKind::ByName,
    };
    let selectors: Vec<&Value> = each(&annotation["target"])
        .flat_map(|target| each(&target["selector"]))
        .collect();
    let of = |kind: &str| selectors.iter().find(|selector| selector["type"] == kind);
    let position =
        of("TextPositionSelector").and_then(|selector| raw_offsets(selector, "start", "end"));
    let mark = ForeignSpan {
        quote: of("TextQuoteSelector").and_then(|selector| selector["exact"].as_str()),
        seek: true,
        ..ForeignSpan::new(kind, label, position, UNIT)
    };
    builder.add_foreign(
        &mark.scored(annotation["copydesk:score"].as_f64()),
        annotation,
    );
}
