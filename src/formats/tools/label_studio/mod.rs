//! Label Studio's JSON: tasks with `data`, `annotations` and `predictions`. Offsets of text are
//! code points.
//!
//! The text is `data.text`. Regions use the control `region` and entities the control `label`, both
//! `Labels` on the object `text`. If scores are written, suggestions are predictions; everything
//! else is an annotation. Metadata is the task's `meta`. [`Format::configuration`] returns the
//! matching labelling configuration.
//!
//! As HyperText, there is also `data.html`, a simple page of the same text (see `hypertext`). Spans
//! have paths in it, and `globalOffsets` in the text, both in UTF-16.
//!
//! All of that is read, and also JSON_MIN (`{"text", "label": [{start, end, labels}]}`) and other
//! HyperText. There the page is laid out and each span is searched for by its text near its
//! offsets, because Label Studio's paths and offsets refer to a page that it has sanitised and a
//! browser has laid out.

mod hypertext;
mod tasks;
mod write;

use std::io;

use serde_json::{Map, Value, json};

use crate::extract;
use crate::formats::metadata::time;
use crate::formats::reading::json_objects::{excerpt, object, take_list};
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::reading::resolve_span::{ForeignSpan, raw_offsets};
use crate::formats::{
    Bounds, Capabilities, Code, Fault, Format, FormatSpec, Input, OffsetUnit, Parsed,
    RawRecordStream, ReadOptions, RecordSplit, RecordView, StreamFrame, WriteOptions,
};
use crate::model::{Label, Schema, Status};

/// Label Studio's JSON.
#[derive(Clone, Copy, Debug)]
pub struct LabelStudio {
    /// Whether the article is shown as a page instead of plain text.
    hypertext: bool,
}

/// Plain text.
pub const TEXT: LabelStudio = LabelStudio { hypertext: false };
/// Pages.
pub const HYPERTEXT: LabelStudio = LabelStudio { hypertext: true };

const UNIT: OffsetUnit = OffsetUnit::Codepoint;
const REGION: &str = "region";
const ENTITY: &str = "label";

const TEXT_SPEC: FormatSpec = FormatSpec {
    name: "label-studio",
    summary: "Label Studio's JSON: text, annotations and predictions; HyperText and JSON_MIN are read",
    written_extension: Some("json"),
    capabilities: Capabilities::EVERYTHING,
    records: RecordSplit::Custom,
    frame: StreamFrame::JSON_LIST,
    unites_annotators: true,
    ..FormatSpec::DEFAULT
};

const HYPERTEXT_SPEC: FormatSpec = FormatSpec {
    name: "label-studio-html",
    summary: "Label Studio's JSON as HyperText: the article as a simple page",
    ..TEXT_SPEC
};

impl Format for LabelStudio {
    fn spec(&self) -> &'static FormatSpec {
        if self.hypertext {
            &HYPERTEXT_SPEC
        } else {
            &TEXT_SPEC
        }
    }

    fn raw_records<'a>(&self, input: Input<'a>, bounds: Bounds) -> io::Result<RawRecordStream<'a>> {
        Ok(Box::new(tasks::Tasks::new(input, bounds)?))
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let mut task = object(&bytes)?;
        match task.remove("data") {
            Some(Value::Object(data)) => full(task, data, options),
            _ => minimal(task, options),
        }
    }

    fn write(&self, record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
        write::task(std::slice::from_ref(record), self.hypertext, options, out);
    }

    fn write_annotators(
        &self,
        records: &[RecordView<'_>],
        options: &WriteOptions,
        out: &mut Vec<u8>,
    ) {
        write::task(records, self.hypertext, options, out);
    }

    fn configuration(&self, schema: &Schema) -> Option<String> {
        let (control, object) = if self.hypertext {
            (
                "HyperTextLabels",
                "<HyperText name=\"text\" value=\"$html\"/>",
            )
        } else {
            ("Labels", "<Text name=\"text\" value=\"$text\"/>")
        };
        let mut config = String::from("<View>\n");
        let mut labels = |name: &str, labels: Vec<(&Label, String)>| {
            config.push_str(&format!("  <{control} name=\"{name}\" toName=\"text\">\n"));
            for (label, color) in labels {
                let value = escape(label.as_str());
                config.push_str(&format!(
                    "    <Label value=\"{value}\" background=\"{color}\"/>\n"
                ));
            }
            config.push_str(&format!("  </{control}>\n"));
        };
        let regions = schema.regions().iter();
        labels(
            REGION,
            regions.map(|r| (&r.label, r.color.to_string())).collect(),
        );
        let entities = schema.entities().iter();
        labels(
            ENTITY,
            entities.map(|e| (&e.label, e.color.to_string())).collect(),
        );
        config.push_str(&format!("  {object}\n</View>\n"));
        Some(config)
    }
}

fn escape(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

/// Parses a task in the full form.
fn full(
    mut task: Map<String, Value>,
    mut data: Map<String, Value>,
    options: &ReadOptions,
) -> Result<Parsed, Fault> {
    let (text, page) = text_of(&mut data)?;
    let mut builder = begin(text, page, options)?;
    if !page {
        // The same text as a page, or a page that is shown beside it.
        data.remove("html");
    }
    let mut known = match task.remove("meta") {
        Some(Value::Object(meta)) => meta,
        _ => Map::new(),
    };
    for (name, value) in data {
        known.entry(name).or_insert(value);
    }
    let predictions = take_list(&mut task, "predictions");
    let annotations = take_list(&mut task, "annotations");
    let old = take_list(&mut task, "completions"); // before version 1.0
    let mut annotations: Vec<Value> = annotations.into_iter().chain(old).collect();
    let several = annotations.len() > 1;
    // A record holds one annotator's work: the ground truth if there is one, otherwise the newest
    // that was not cancelled.
    annotations.sort_by_key(|annotation| {
        (
            annotation["was_cancelled"] != true,
            annotation["ground_truth"] == true,
            changed_at(annotation),
        )
    });
    let annotation = annotations.pop();
    // If this program wrote several annotations, each has its own metadata.
    if let Some(Value::Object(own)) = annotation.as_ref().map(|one| &one[write::OWN]) {
        known.extend(own.clone());
    }
    if !known.contains_key("id")
        && let Some(id) = task.get("id").filter(|id| id.is_number() || id.is_string())
    {
        known.insert("id".into(), id.clone());
    }
    set_task_metadata(&mut builder, known, page);
    // This program names its controls. In other files, the name of a label decides.
    let ours = builder.metadata.status.is_some();
    if several {
        builder.not_kept(
            "all but one of several annotations: the ground truth or the newest is taken",
        );
    }
    if let Some(annotation) = annotation {
        add_annotator(&mut builder, &annotation);
        for result in annotation["result"].as_array().into_iter().flatten() {
            take(&mut builder, result, page, ours, None);
        }
    }
    for prediction in predictions {
        let all = prediction["score"].as_f64().unwrap_or(0.5);
        for result in prediction["result"].as_array().into_iter().flatten() {
            take(&mut builder, result, page, ours, Some(all));
        }
    }
    Ok(builder.finish())
}

/// Adds the status, the annotator and the time of an annotation, unless they are known.
fn add_annotator(builder: &mut RecordBuilder<'_>, annotation: &Value) {
    let metadata = &mut builder.metadata;
    metadata
        .status
        .get_or_insert(match annotation["was_cancelled"] == true {
            true => Status::Skipped,
            false => Status::Done,
        });
    if metadata.annotator.is_empty() {
        let who = &annotation["completed_by"];
        let email = who["email"].as_str().map(str::to_owned);
        let who = email.or_else(|| who.as_i64().map(|number| number.to_string()));
        metadata.annotator = who.unwrap_or_default();
    }
    if metadata.updated_at_ms == 0 {
        let at = annotation["updated_at"].as_str().and_then(time::parse);
        metadata.updated_at_ms = at.unwrap_or_default();
    }
}

/// Returns when an annotation was last changed, in milliseconds; 0 if unknown.
fn changed_at(annotation: &Value) -> i64 {
    ["updated_at", "created_at"]
        .into_iter()
        .find_map(|name| match &annotation[name] {
            Value::String(words) => time::parse(words)
                // Old servers write no zone.
                .or_else(|| time::parse(&format!("{words}Z")))
                .filter(|ms| *ms != 0),
            Value::Number(seconds) => seconds.as_i64().map(time::from_seconds),
            _ => None,
        })
        .unwrap_or_default()
}

/// Parses a task in JSON_MIN: the data at the top level, and a list of spans under the name of each
/// control.
fn minimal(mut data: Map<String, Value>, options: &ReadOptions) -> Result<Parsed, Fault> {
    let mut spans: Vec<(String, Value)> = Vec::new();
    for (name, value) in &mut data {
        let is_spans = value.as_array().is_some_and(|list| {
            list.first()
                .is_some_and(|first| first.get("start").is_some() || first.get("labels").is_some())
        });
        if is_spans && let Value::Array(list) = value.take() {
            spans.extend(list.into_iter().map(|span| (name.clone(), span)));
        }
    }
    let (text, page) = text_of(&mut data)?;
    let mut builder = begin(text, page, options)?;
    let who = data.remove("annotator");
    let at = data.remove("updated_at");
    for gone in ["annotation_id", "lead_time", "created_at"] {
        data.remove(gone);
    }
    set_task_metadata(&mut builder, data, page);
    if let Some(who) = who.filter(|who| !who.is_null()) {
        builder.metadata.annotator = who.as_str().map_or_else(|| who.to_string(), str::to_owned);
    }
    if let Some(ms) = at.as_ref().and_then(Value::as_str).and_then(time::parse) {
        builder.metadata.updated_at_ms = ms;
    }
    for (name, value) in spans {
        take(
            &mut builder,
            &json!({"from_name": name, "type": "labels", "value": value}),
            page,
            false,
            None,
        );
    }
    Ok(builder.finish())
}

/// Returns the text of a task, and whether it is a page: `text`, `html`, or else the longest
/// string.
fn text_of(data: &mut Map<String, Value>) -> Result<(String, bool), Fault> {
    let longest = || {
        data.iter()
            .filter_map(|(name, value)| Some((value.as_str()?.len(), name)))
            .max()
            .map(|(_, name)| name.clone())
    };
    let name = ["text", "html"]
        .into_iter()
        .find(|name| data.get(*name).is_some_and(Value::is_string))
        .map(str::to_owned)
        .or_else(longest);
    let Some((name, Value::String(text))) =
        name.and_then(|name| data.remove(&name).map(|value| (name, value)))
    else {
        return Err(Fault::new(Code::NoText, "the task's data have no text"));
    };
    let page = name == "html"
        || (name != "text"
            && extract::SourceKind::guess(text.as_bytes(), None) == extract::SourceKind::Html);
    Ok((text, page))
}

fn begin<'a>(
    text: String,
    page: bool,
    options: &'a ReadOptions,
) -> Result<RecordBuilder<'a>, Fault> {
    if !page {
        return RecordBuilder::new(text, options);
    }
    if text.len() > options.bounds.article_bytes {
        return Err(crate::formats::reading::lines::too_long(
            options.bounds.article_bytes,
        ));
    }
    let laid_out = extract::lay_out(&text);
    let mut builder = RecordBuilder::new(laid_out.text.as_str().to_owned(), options)?;
    builder.blocks = laid_out.blocks;
    builder.metadata.meta = laid_out.meta;
    Ok(builder)
}

/// Sets the metadata, and keeps what the page declares about itself.
fn set_task_metadata(builder: &mut RecordBuilder<'_>, map: Map<String, Value>, page: bool) {
    let found = std::mem::take(&mut builder.metadata.meta);
    builder.set_metadata_json(map);
    if page {
        let meta = &mut builder.metadata.meta;
        for (given, found) in [
            (&mut meta.title, found.title),
            (&mut meta.language, found.language),
            (&mut meta.url, found.url),
        ] {
            if given.is_empty() {
                *given = found;
            }
        }
        for (name, value) in found.other {
            meta.other.entry(name).or_insert(value);
        }
    }
}

/// Adds a result: a span with one or more labels. `score` is that of a whole prediction.
fn take(
    builder: &mut RecordBuilder<'_>,
    result: &Value,
    page: bool,
    ours: bool,
    score: Option<f64>,
) {
    let value = &result["value"];
    let labels = value["labels"]
        .as_array()
        .or_else(|| value["hypertextlabels"].as_array());
    let Some(labels) = labels else {
        let kind = result["type"].as_str().unwrap_or("a result without labels");
        builder.not_kept(kind);
        return;
    };
    let kind = match result["from_name"].as_str() {
        Some(REGION) => SpanKind::Region,
        Some(ENTITY) if ours => SpanKind::Entity,
        _ => SpanKind::ByName,
    };
    let score = score.map(|all| result["score"].as_f64().unwrap_or(all));
    // Label Studio does not check the text of a span, and its server does not check offsets, so
    // both must agree. Paths and offsets in a page depend on the browser, so only the text counts
    // there.
    let on_page = || raw_offsets(&value["globalOffsets"], "start", "end");
    let (place, unit) = match raw_offsets(value, "start", "end").filter(|_| !page) {
        Some(place) => (Some(place), UNIT),
        None if page => (on_page(), UNIT),
        // A page of the text beside it.
        None => (on_page(), OffsetUnit::Utf16),
    };
    let quote = value["text"]
        .as_str()
        .map(|quote| quote.replace("\\n", "\n"));
    if page && quote.is_none() {
        builder.leave_out(&excerpt(value), "it does not say its words");
        return;
    }
    for label in labels.iter().filter_map(Value::as_str) {
        let mark = ForeignSpan {
            quote: quote.as_deref(),
            seek: page,
            ..ForeignSpan::new(kind, label, place, unit)
        };
        builder.add_foreign(&mark.scored(score), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotation(label: &str, more: Value) -> Value {
        let mut annotation = json!({"result": [{"from_name": "label", "type": "labels",
            "value": {"start": 0, "end": 4, "text": "Weel", "labels": [label]}}]});
        for (name, value) in more.as_object().into_iter().flatten() {
            annotation[name] = value.clone();
        }
        annotation
    }

    #[test]
    fn of_several_annotations_the_ground_truth_or_the_newest_is_taken() {
        let old = json!({"updated_at": "2026-02-01T10:00:00Z"});
        let new =
            json!({"updated_at": "2026-03-05T10:00:00.5Z", "created_at": "2026-01-01T09:00:00Z"});
        let truth = json!({"updated_at": "2026-01-05T10:00:00Z", "ground_truth": true});
        let given_up = json!({"updated_at": "2026-04-01T10:00:00Z", "was_cancelled": true, "ground_truth": true});
        let zoneless = json!({"updated_at": "2026-02-02T10:00:00.25"});
        let seconds = json!({"created_at": 1_767_225_600});
        for (all, expected) in [
            (vec![("NEW", &new), ("OLD", &old)], "NEW"),
            (vec![("OLD", &old), ("NEW", &new)], "NEW"),
            (vec![("TRUTH", &truth), ("NEW", &new)], "TRUTH"),
            (vec![("OLD", &old), ("GONE", &given_up)], "OLD"),
            (vec![("OLD", &old), ("SECONDS", &seconds)], "OLD"),
            (vec![("ZONELESS", &zoneless), ("OLD", &old)], "ZONELESS"),
        ] {
            let annotations: Vec<Value> = all
                .into_iter()
                .map(|(label, more)| annotation(label, more.clone()))
                .collect();
            let task = json!({"data": {"text": "Weel came."}, "annotations": annotations});
            let parsed = TEXT
                .parse(task.to_string().into_bytes(), &ReadOptions::default())
                .unwrap();
            let labels = parsed.record.annotation.entities().iter();
            let labels: Vec<&str> = labels.map(|entity| entity.label.as_str()).collect();
            assert_eq!(labels, [expected]);
            assert_eq!(parsed.warnings[0].code, Code::NotKept);
        }
    }
}
