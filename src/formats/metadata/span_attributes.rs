//! Further attributes of spans, such as a knowledge base entry or a note.
//!
//! The annotation model has no place for them. They travel in the article's metadata, as a JSON
//! list under `NAME` in code points, so every format with metadata holds them. Formats whose
//! spans have such fields write them there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::formats::{OffsetUnit, RecordView};
use crate::model::{BytePos, Label, Span, Text};

/// The name of the metadata field.
pub(in crate::formats) const NAME: &str = "span_attributes";

/// Fields of spans that are kept.
const FIELDS: [&str; 7] = [
    "kb_id",
    "kb_url",
    "notes",
    "note",
    "comment",
    "identifier",
    "wikidata",
];

/// The names and values of a span's attributes.
pub(in crate::formats) type Fields = BTreeMap<String, String>;

/// A span with its attributes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Attributed {
    start: u32,
    end: u32,
    label: String,
    #[serde(flatten)]
    fields: Fields,
}

/// Returns whether a field of a span is kept.
pub(in crate::formats) fn is_kept(name: &str) -> bool {
    FIELDS.contains(&name)
}

/// Returns the fields of a span that are kept.
pub(in crate::formats) fn of_span(span: &Value) -> Fields {
    let words = |value: &Value| match value {
        Value::String(words) if !words.trim().is_empty() => Some(words.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    FIELDS
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), words(span.get(name)?)?)))
        .collect()
}

/// Returns a knowledge base entry as an attribute.
pub(in crate::formats) fn kb_id(id: &str) -> Fields {
    let id = id.trim();
    let known = (!id.is_empty()).then(|| ("kb_id".to_owned(), id.to_owned()));
    known.into_iter().collect()
}

/// Adds the attributes of spans to the metadata.
pub(in crate::formats) fn put(
    meta: &mut BTreeMap<String, String>,
    text: &Text,
    spans: impl IntoIterator<Item = (Span, Label, Fields)>,
) {
    let mut spans = spans.into_iter().peekable();
    if spans.peek().is_none() {
        return;
    }
    let known = read(meta).into_iter();
    let mut all: BTreeMap<(u32, u32, String), Fields> = known
        .map(|one| ((one.start, one.end, one.label), one.fields))
        .collect();
    for (span, label, fields) in spans {
        let at = |pos| text.char_of_byte(pos).0;
        let one = all
            .entry((at(span.start()), at(span.end()), label.to_string()))
            .or_default();
        for (name, words) in fields {
            one.entry(name).or_insert(words); // what this program wrote is whole
        }
    }
    let all: Vec<Attributed> = all
        .into_iter()
        .map(|((start, end, label), fields)| Attributed {
            start,
            end,
            label,
            fields,
        })
        .collect();
    if let Ok(words) = serde_json::to_string(&all) {
        meta.insert(NAME.to_owned(), words);
    }
}

fn read(meta: &BTreeMap<String, String>) -> Vec<Attributed> {
    let words = meta.get(NAME);
    words
        .and_then(|words| serde_json::from_str(words).ok())
        .unwrap_or_default()
}

/// Returns the spans of a text that have attributes in the metadata.
pub(in crate::formats) fn of_text(
    meta: &BTreeMap<String, String>,
    text: &Text,
) -> impl Iterator<Item = (Span, Label, Fields)> {
    read(meta).into_iter().filter_map(|one| {
        let span = OffsetUnit::Codepoint.span(text, one.start, one.end).ok()?;
        Some((span, Label::new(&one.label).ok()?, one.fields))
    })
}

/// Keeps the attributes of spans in a part of the text, with offsets from the start of the part.
pub(in crate::formats) fn cut(meta: &mut BTreeMap<String, String>, text: &Text, part: Span) {
    if !meta.contains_key(NAME) {
        return;
    }
    let inner = Text::new(text.slice(part));
    let inside = of_text(meta, text).filter(|(span, ..)| part.contains(*span));
    let moved = inside.filter_map(|(span, label, fields)| {
        let at = |pos: BytePos| BytePos(pos.0 - part.start().0);
        let span = inner.span(at(span.start()), at(span.end())).ok()?;
        Some((span, label, fields))
    });
    let moved: Vec<_> = moved.collect();
    meta.remove(NAME);
    put(meta, &inner, moved);
}

/// The attributes of a record's spans, to be written with each span.
pub(in crate::formats) struct Attributes<'a> {
    of: BTreeMap<Span, BTreeMap<&'a str, Fields>>,
    rest: Vec<Attributed>,
}

impl<'a> Attributes<'a> {
    /// Finds the attributes of a record's spans.
    pub(in crate::formats) fn of(record: &RecordView<'a>) -> Self {
        let mut found = Self {
            of: BTreeMap::new(),
            rest: Vec::new(),
        };
        let all = read(&record.article.meta.other);
        if all.is_empty() {
            return found;
        }
        let annotation = record.annotation;
        let regions = annotation.regions().iter().map(|r| (r.span, &r.label));
        let entities = annotation.entities().iter().map(|e| (e.span, &e.label));
        let spans: Vec<(Span, &Label)> = regions.chain(entities).collect();
        for one in all {
            let text = &record.article.text;
            let span = OffsetUnit::Codepoint.span(text, one.start, one.end).ok();
            let known = spans
                .iter()
                .find(|(known, label)| Some(*known) == span && label.as_str() == one.label);
            match known {
                Some((span, label)) => found
                    .of
                    .entry(*span)
                    .or_default()
                    .entry(label.as_str())
                    .or_default()
                    .extend(one.fields),
                None => found.rest.push(one),
            }
        }
        found
    }

    /// Returns the attributes of a span.
    pub(in crate::formats) fn get(&self, span: Span, label: &str) -> Option<&Fields> {
        self.of.get(&span)?.get(label)
    }

    /// Returns the spans with attributes, once for each label.
    pub(in crate::formats) fn spans(&self) -> impl Iterator<Item = Span> + '_ {
        let spans = self.of.iter();
        spans.flat_map(|(span, labels)| labels.keys().map(move |_label| *span))
    }

    /// Returns the attributes of spans that no longer exist, as a metadata value.
    pub(in crate::formats) fn rest(&self) -> Option<String> {
        (!self.rest.is_empty())
            .then(|| serde_json::to_string(&self.rest).ok())
            .flatten()
    }

    /// Removes from the metadata what is written with the spans.
    pub(in crate::formats) fn take_out(&self, meta: &mut BTreeMap<String, String>) {
        match self.rest() {
            Some(rest) => meta.insert(NAME.to_owned(), rest),
            None => meta.remove(NAME),
        };
    }
}
