//! Writing: a task with a text, an annotation for each annotator, and suggestions as predictions.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{ENTITY, REGION, UNIT};
use crate::formats::metadata::{self, suggested_by, time};
use crate::formats::tools::label_studio::hypertext::HyperText;
use crate::formats::writing::json_lines::write_line;
use crate::formats::{OffsetUnit, RecordView, WriteOptions};
use crate::model::hash::StableHash;
use crate::model::{Label, Provenance, Span, Status};

/// The field with the metadata of one of several annotations.
pub(super) const OWN: &str = "copydesk";

/// Metadata of an annotation, not of the article.
const OF_ANNOTATION: [&str; 6] = [
    "status",
    "annotator",
    "updated_at",
    "remark",
    "remarks",
    "started_from",
];

/// Appends the task of an article with these annotations.
pub(super) fn task(
    records: &[RecordView<'_>],
    hypertext: bool,
    options: &WriteOptions,
    out: &mut Vec<u8>,
) {
    let Some(first) = records.first() else {
        return;
    };
    let article = first.article;
    let page = hypertext.then(|| HyperText::of(article));
    let mut meta = metadata::to_map(first);
    let (mut annotations, mut predictions) = (Vec::new(), Vec::new());
    for record in records {
        let (results, suggestions) = results(record, page.as_ref(), options);
        let own = (records.len() > 1).then(|| json!(of_annotation(&metadata::to_map(record))));
        if own.is_some() || !results.is_empty() || record.annotation.status() != Status::Todo {
            annotations.push(annotation(record, results));
        }
        if !suggestions.is_empty() {
            predictions
                .push(json!({"model_version": model_version(record), "result": suggestions}));
        }
        if let Some(own) = own {
            let lists = [annotations.last_mut(), predictions.last_mut()];
            for one in lists.into_iter().flatten().filter(|one| one[OWN].is_null()) {
                one[OWN] = own.clone();
            }
        }
    }
    if records.len() > 1 {
        meta.retain(|name, _| !OF_ANNOTATION.contains(&name.as_str()));
    }
    let data = match &page {
        None => json!({"text": article.text.as_str()}),
        Some(page) => json!({"text": article.text.as_str(), "html": page.html}),
    };
    let task = json!({
        "id": number(&[article.id.as_str()]),
        "data": data,
        "meta": meta,
        "annotations": annotations,
        "predictions": predictions,
    });
    write_line(&task, out);
    out.pop(); // the line feed: what stands between two tasks brings one
}

fn of_annotation(metadata: &BTreeMap<String, String>) -> BTreeMap<&str, &str> {
    let own = metadata.iter();
    own.filter(|(name, _)| OF_ANNOTATION.contains(&name.as_str()))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

fn annotation(record: &RecordView<'_>, results: Vec<Value>) -> Value {
    let mut annotation = json!({
        "id": number(&[record.article.id.as_str(), record.annotator]),
        "result": results,
        "was_cancelled": record.annotation.status() == Status::Skipped,
        "ground_truth": false,
    });
    if !record.annotator.is_empty() {
        annotation["completed_by"] = json!({"email": record.annotator});
    }
    if record.updated_at_ms != 0 {
        annotation["updated_at"] = time::print(record.updated_at_ms).into();
    }
    annotation
}

fn model_version(record: &RecordView<'_>) -> String {
    suggested_by::of(&record.article.meta.other).map_or_else(
        || "copydesk".to_owned(),
        |models| suggested_by::in_words(&models),
    )
}

/// Returns a number for some names. It is stable, and JavaScript can represent it.
fn number(names: &[&str]) -> u64 {
    // A zero byte separates the names.
    let hash = names.iter().fold(StableHash::new(), |hash, name| {
        hash.bytes(name.as_bytes()).unit(0)
    });
    (hash.finish() >> 12) + 1
}

/// Returns the confirmed spans, and the suggestions if scores are written.
fn results(
    record: &RecordView<'_>,
    page: Option<&HyperText>,
    options: &WriteOptions,
) -> (Vec<Value>, Vec<Value>) {
    let (mut results, mut predictions) = (Vec::new(), Vec::new());
    let mut add = |from: &str, span: Span, label: &Label, provenance: Provenance| {
        let text = &record.article.text;
        let (start, end) = (UNIT.of(text, span.start()), UNIT.of(text, span.end()));
        let (kind, value) = value(record, page, span, label);
        let mut result = json!({
            "id": format!("{from}-{start}-{end}-{label}"),
            "from_name": from, "to_name": "text", "type": kind,
            "value": value,
        });
        match provenance.score().filter(|_| options.scores) {
            Some(score) => {
                result["score"] = score.value().into();
                predictions.push(result);
            }
            None => results.push(result),
        }
    };
    let annotation = record.annotation;
    for region in annotation.regions() {
        add(REGION, region.span, &region.label, region.provenance);
    }
    for entity in annotation.entities() {
        add(ENTITY, entity.span, &entity.label, entity.provenance);
    }
    (results, predictions)
}

/// Returns the type of a result and its value.
fn value(
    record: &RecordView<'_>,
    page: Option<&HyperText>,
    span: Span,
    label: &Label,
) -> (&'static str, Value) {
    let text = &record.article.text;
    let Some(page) = page else {
        let (start, end) = (UNIT.of(text, span.start()), UNIT.of(text, span.end()));
        return (
            "labels",
            json!({"start": start, "end": end, "text": text.slice(span), "labels": [label.as_str()]}),
        );
    };
    let unit = OffsetUnit::Utf16;
    let offsets = json!({"start": unit.of(text, span.start()), "end": unit.of(text, span.end())});
    let mut value = json!({"globalOffsets": offsets, "text": text.slice(span),
        "hypertextlabels": [label.as_str()]});
    if let Some((from, to)) = page.places(record.article, span) {
        value["start"] = from.0.into();
        value["startOffset"] = from.1.into();
        value["end"] = to.0.into();
        value["endOffset"] = to.1.into();
    }
    ("hypertextlabels", value)
}
