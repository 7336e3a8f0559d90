//! Writing: a record becomes a line. All fields are written in one order, and the same record gives
//! the same bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::FORMAT;
use crate::formats::metadata::adjudication;
use crate::formats::metadata::remarks;
use crate::formats::metadata::span_attributes::{self, Attributes, Fields};
use crate::formats::metadata::suggested_by;
use crate::formats::metadata::time;
use crate::formats::writing::json_lines::write_line;
use crate::formats::{Fault, OffsetUnit, RecordView, WriteOptions};
use crate::model::{ArticleId, Provenance, Span, Status, Text};

/// Appends a record as a line.
///
/// Names and punctuation are written directly and only values are serialized: a record has about
/// fourteen spans per two kilobytes, all with the same field names.
pub(super) fn write(record: &RecordView<'_>, options: &WriteOptions, out: &mut Vec<u8>) {
    let RecordView {
        article,
        annotation,
        annotator,
        updated_at_ms,
    } = *record;
    let (text, unit) = (&article.text, options.offsets);
    let attributes = Attributes::of(record);
    let mark = |span, label, provenance: Provenance| WrittenSpan {
        span,
        label,
        fields: attributes.get(span, label),
        score: provenance
            .score()
            .filter(|_| options.scores)
            .map(|score| score.value()),
        is_projected: matches!(provenance, Provenance::Projected(_)),
    };
    let regions = annotation.regions().iter();
    let regions = regions.map(|r| mark(r.span, r.label.as_str(), r.provenance));
    let entities = annotation.entities().iter();
    let entities = entities.map(|e| mark(e.span, e.label.as_str(), e.provenance));
    field(out, "{\"format\":", FORMAT);
    field(out, ",\"id\":", article.id.as_str());
    field(out, ",\"text\":", text.as_str());
    marks(out, ",\"regions\":[", text, unit, regions);
    marks(out, ",\"entities\":[", text, unit, entities);
    field(out, ",\"status\":", annotation.status().as_str());
    field(out, ",\"annotator\":", annotator);
    field(out, ",\"updated_at\":", &time::print(updated_at_ms));
    field(out, ",\"language\":", &article.meta.language);
    field(out, ",\"url\":", &article.meta.url);
    field(out, ",\"source\":", &article.meta.source);
    let models = suggested_by::of(&article.meta.other);
    out.extend_from_slice(b",\"suggested_by\":");
    value(out, models.as_deref().unwrap_or_default());
    out.extend_from_slice(b",\"meta\":");
    let mut meta = meta(record, unit, &attributes);
    if models.is_some() {
        meta.remove(suggested_by::NAME);
    }
    let account = adjudication::of(&article.meta.other, text);
    if account.is_some() {
        meta.remove(adjudication::NAME);
    }
    value(out, &meta);
    if let Some(account) = account {
        out.extend_from_slice(b",\"adjudication\":");
        value(out, &adjudication::account_value(text, unit, &account));
    }
    if article.blocks.iter().any(|block| !block.path.is_empty()) {
        out.extend_from_slice(b",\"blocks\":[");
        for (index, block) in article.blocks.iter().enumerate() {
            place(out, index, text, unit, block.span);
            field(out, ",\"path\":", &block.path);
            out.push(b'}');
        }
        out.push(b']');
    }
    out.extend_from_slice(b"}\n");
}

/// A region or an entity.
struct WrittenSpan<'a> {
    span: Span,
    label: &'a str,
    score: Option<f64>,
    /// Whether the score is that of a projection, not of a model.
    is_projected: bool,
    /// Its other fields.
    fields: Option<&'a Fields>,
}

/// Appends a list of spans.
fn marks<'a>(
    out: &mut Vec<u8>,
    name: &str,
    text: &Text,
    unit: OffsetUnit,
    marks: impl Iterator<Item = WrittenSpan<'a>>,
) {
    out.extend_from_slice(name.as_bytes());
    for (index, mark) in marks.enumerate() {
        place(out, index, text, unit, mark.span);
        field(out, ",\"label\":", mark.label);
        if let Some(score) = mark.score {
            out.extend_from_slice(b",\"score\":");
            value(out, &score);
            if mark.is_projected {
                out.extend_from_slice(b",\"projected\":true");
            }
        }
        for (name, words) in mark.fields.into_iter().flatten() {
            out.push(b',');
            value(out, name);
            out.push(b':');
            value(out, words);
        }
        out.push(b'}');
    }
    out.push(b']');
}

/// Begins a list element with its offsets.
fn place(out: &mut Vec<u8>, index: usize, text: &Text, unit: OffsetUnit, span: Span) {
    if index > 0 {
        out.push(b',');
    }
    out.extend_from_slice(b"{\"start\":");
    value(out, &unit.of(text, span.start()));
    out.extend_from_slice(b",\"end\":");
    value(out, &unit.of(text, span.end()));
}

/// Appends `before` and a string.
fn field(out: &mut Vec<u8>, before: &str, words: &str) {
    out.extend_from_slice(before.as_bytes());
    string(out, words);
}

/// A byte in each of eight.
const fn eight(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Appends a string as `serde_json` does, but eight bytes at a time: most need no escape.
fn string(out: &mut Vec<u8>, words: &str) {
    out.push(b'"');
    let bytes = words.as_bytes();
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        if let Some(step) = bytes[at..].first_chunk() {
            let step = u64::from_le_bytes(*step);
            let is_less = |bytes: u64, than: u8| bytes.wrapping_sub(eight(than)) & !bytes;
            let found = is_less(step, b' ')
                | is_less(step ^ eight(b'"'), 1)
                | is_less(step ^ eight(b'\\'), 1);
            // The first of the marked bytes is right; a later one may be marked by a borrow.
            let found = found & eight(0x80);
            if found == 0 {
                at += 8;
                continue;
            }
            at += found.trailing_zeros() as usize / 8;
        }
        let byte = bytes[at];
        at += 1;
        let escape = match byte {
            b'"' | b'\\' => byte,
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x08 => b'b',
            0x0c => b'f',
            0..0x20 => b'u',
            _ => continue,
        };
        out.extend_from_slice(&bytes[from..at - 1]);
        out.extend_from_slice(&[b'\\', escape]);
        if escape == b'u' {
            let digit = |half: u8| b"0123456789abcdef"[usize::from(half)];
            out.extend_from_slice(&[b'0', b'0', digit(byte >> 4), digit(byte & 0xf)]);
        }
        from = at;
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

/// Appends a value. Writing to memory only fails for maps with keys that are not strings.
fn value(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    let _never = serde_json::to_writer(out, value);
}

/// Appends a record that reports why there is none.
///
/// One record in is one record out, even a bad one. It has every field, and `error`, so readers
/// skip it.
pub fn write_error(id: &ArticleId, source: &str, fault: &Fault, out: &mut Vec<u8>) {
    #[derive(Serialize)]
    struct ErrorLine<'a> {
        format: &'a str,
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
        suggested_by: [(); 0],
        meta: BTreeMap<&'a str, &'a str>,
        error: String,
    }
    let line = ErrorLine {
        format: FORMAT,
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
        suggested_by: [],
        meta: BTreeMap::new(),
        error: fault.to_string(),
    };
    write_line(&line, out);
}

/// Returns the metadata without fields of its own in the record, with title and remarks.
fn meta<'a>(
    record: &RecordView<'a>,
    unit: OffsetUnit,
    attributes: &Attributes<'_>,
) -> BTreeMap<&'a str, Cow<'a, str>> {
    let article = record.article;
    let mut meta: BTreeMap<&str, Cow<'_, str>> = article
        .meta
        .other
        .iter()
        .map(|(name, value)| (name.as_str(), Cow::Borrowed(value.as_str())))
        .collect();
    if meta.remove(span_attributes::NAME).is_some()
        && let Some(rest) = attributes.rest()
    {
        meta.insert(span_attributes::NAME, Cow::Owned(rest));
    }
    if !article.meta.title.is_empty() {
        meta.insert("title", Cow::Borrowed(&article.meta.title));
    }
    for (name, value) in remarks::fields(record.annotation.remarks(), &article.text, unit) {
        meta.insert(name, value);
    }
    meta
}

#[cfg(test)]
mod tests {
    proptest::proptest! {
        #[test]
        fn strings_are_written_as_serde_json_writes_them(text in "([ -~]|[\u{0}-\u{1f}]|[\u{7f}-\u{a0}]|[\"\\\\]|\\PC){0,80}") {
            let mut out = Vec::new();
            super::string(&mut out, &text);
            proptest::prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&text).unwrap());
        }
    }
}
