//! A record made a line: every field always there, in one order; the same record gives the same bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::read::RawRemark;
use crate::formats::{Fault, OffsetUnit, RecordView, WriteOptions, time};
use crate::model::{ArticleId, Block, Provenance, Remark, Span, Status, Text};

/// Appends a line.
pub(super) fn write(record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
    write_line(&Line { record, options }, out);
}

/// Appends a record that says why there is none: one record in is one record out, also for a bad one.
/// It has every field of a record, and `error`, by which readers know to leave it out.
pub fn write_error(id: &ArticleId, source: &str, fault: &Fault, out: &mut Vec<u8>) {
    #[derive(Serialize)]
    struct ErrorLine<'a> {
        id: &'a str,
        text: &'a str,
        regions: [(); 0],
        entities: [(); 0],
        status: &'a str,
        annotator: &'a str,
        updated_at: &'a str,
        language: &'a str,
        url: &'a str,
        source: &'a str,
        meta: BTreeMap<&'a str, &'a str>,
        error: String,
    }
    let line = ErrorLine {
        id: id.as_str(),
        text: "",
        regions: [],
        entities: [],
        status: Status::Todo.as_str(),
        annotator: "",
        updated_at: "",
        language: "",
        url: "",
        source,
        meta: BTreeMap::new(),
        error: fault.to_string(),
    };
    write_line(&line, out);
}

/// Appends a value as a line.
fn write_line(value: &impl Serialize, out: &mut Vec<u8>) {
    let before = out.len();
    // Writing to memory fails only where a map's key is no string; there is none such.
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.truncate(before);
        return;
    }
    out.push(b'\n');
}

struct Line<'a> {
    record: &'a RecordView<'a>,
    options: &'a WriteOptions,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let RecordView {
            article,
            annotation,
            annotator,
            updated_at_ms,
        } = *self.record;
        let text = &article.text;
        let unit = self.options.offsets;
        let mark = |span, label, provenance: Provenance| Mark {
            place: Place { text, unit, span },
            label,
            score: provenance
                .score()
                .filter(|_| self.options.scores)
                .map(|score| score.value()),
        };
        let regions = annotation
            .regions()
            .iter()
            .map(|r| mark(r.span, r.label.as_str(), r.provenance));
        let entities = annotation
            .entities()
            .iter()
            .map(|e| mark(e.span, e.label.as_str(), e.provenance));
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", article.id.as_str())?;
        map.serialize_entry("text", text.as_str())?;
        map.serialize_entry("regions", &List(regions))?;
        map.serialize_entry("entities", &List(entities))?;
        map.serialize_entry("status", annotation.status().as_str())?;
        map.serialize_entry("annotator", annotator)?;
        map.serialize_entry("updated_at", &time::print(updated_at_ms))?;
        map.serialize_entry("language", &article.meta.language)?;
        map.serialize_entry("url", &article.meta.url)?;
        map.serialize_entry("source", &article.meta.source)?;
        map.serialize_entry("meta", &meta(self.record, unit))?;
        if article.blocks.iter().any(|block| !block.path.is_empty()) {
            let blocks = article
                .blocks
                .iter()
                .map(|block| BlockMark { text, unit, block });
            map.serialize_entry("blocks", &List(blocks))?;
        }
        map.end()
    }
}

/// The metadata that has no field of its own, with title and remarks.
fn meta<'a>(record: &RecordView<'a>, unit: OffsetUnit) -> BTreeMap<&'a str, Cow<'a, str>> {
    let article = record.article;
    let mut meta: BTreeMap<&str, Cow<'_, str>> = article
        .meta
        .other
        .iter()
        .map(|(name, value)| (name.as_str(), Cow::Borrowed(value.as_str())))
        .collect();
    if !article.meta.title.is_empty() {
        meta.insert("title", Cow::Borrowed(&article.meta.title));
    }
    match record.annotation.remarks() {
        [] => {}
        [Remark { at: None, text }] => {
            meta.insert("remark", Cow::Borrowed(text));
        }
        several => {
            meta.insert(
                "remarks",
                Cow::Owned(print_remarks(&article.text, several, unit)),
            );
        }
    }
    meta
}

/// Remarks as the JSON list as which they travel in metadata.
pub(in crate::formats) fn print_remarks(
    text: &Text,
    remarks: &[Remark],
    unit: OffsetUnit,
) -> String {
    let list: Vec<RawRemark> = remarks
        .iter()
        .map(|remark| RawRemark {
            start: remark.at.map(|span| unit.of(text, span.start())),
            end: remark.at.map(|span| unit.of(text, span.end())),
            text: remark.text.clone(),
        })
        .collect();
    // Numbers and strings are always JSON.
    serde_json::to_string(&list).unwrap_or_default()
}

/// An iterator as a JSON list.
struct List<I>(I);

impl<I: Iterator<Item: Serialize> + Clone> Serialize for List<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

#[derive(Clone, Copy)]
struct Place<'a> {
    text: &'a Text,
    unit: OffsetUnit,
    span: Span,
}

impl Place<'_> {
    fn start(&self) -> u32 {
        self.unit.of(self.text, self.span.start())
    }

    fn end(&self) -> u32 {
        self.unit.of(self.text, self.span.end())
    }
}

/// A region or an entity.
struct Mark<'a> {
    place: Place<'a>,
    label: &'a str,
    score: Option<f64>,
}

impl Serialize for Mark<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("start", &self.place.start())?;
        map.serialize_entry("end", &self.place.end())?;
        map.serialize_entry("label", self.label)?;
        if let Some(score) = self.score {
            map.serialize_entry("score", &score)?;
        }
        map.end()
    }
}

struct BlockMark<'a> {
    text: &'a Text,
    unit: OffsetUnit,
    block: &'a Block,
}

impl Serialize for BlockMark<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = Place {
            text: self.text,
            unit: self.unit,
            span: self.block.span,
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("start", &place.start())?;
        map.serialize_entry("end", &place.end())?;
        map.serialize_entry("path", &*self.block.path)?;
        map.end()
    }
}
