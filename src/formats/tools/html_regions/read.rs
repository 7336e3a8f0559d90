//! Reading: the marks of a page as spans.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::{ENTITY, ID, METADATA, METADATA_END, REGION, SCORE};
use crate::extract::{self, MappedChar, SourceKind};
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::{Code, Fault, Parsed, ReadOptions};

/// Reads a marked page.
pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Parsed, Fault> {
    if bytes.len() > options.bounds.article_bytes {
        return Err(crate::formats::reading::lines::too_long(
            options.bounds.article_bytes,
        ));
    }
    let decoded = extract::decode(bytes, SourceKind::Html);
    let html = decoded.text;
    let page = extract::lay_out(&html);
    let mapped = extract::parse_with_source_map(&html).filter(|mapped| mapped.text == page.text);
    let mut builder = RecordBuilder::new(page.text.as_str().to_owned(), options)?;
    builder.warnings.extend(
        decoded
            .warnings
            .iter()
            .filter(|warning| warning.code == "invalid-bytes")
            .map(|warning| Fault::new(Code::InvalidBytes, warning.message.trim_end_matches('.'))),
    );
    builder.blocks = page.blocks;
    match metadata_in(&html) {
        Some(metadata) => builder.set_metadata(metadata),
        None => builder.metadata.meta = page.meta,
    }
    let Some(mapped) = mapped else {
        builder.leave_out(
            "of every mark",
            "the contents of its marks cannot be determined",
        );
        return Ok(builder.finish());
    };
    // In the order of their beginnings. The parts of one span share an id.
    let mut order: Vec<MarkedSpan> = Vec::new();
    let mut known: HashMap<(SpanKind, String, String), usize> = HashMap::new();
    for element in &mapped.elements {
        let value = |name: &str| {
            let found = element.marks.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.as_str())
        };
        for (kind, name) in [(SpanKind::Region, REGION), (SpanKind::Entity, ENTITY)] {
            let Some(label) = value(name) else { continue };
            if element.chars.is_empty() {
                builder.leave_out(&format!("{label:?}"), "nothing of it is seen");
                continue;
            }
            let id = value(ID).unwrap_or_default();
            let key = (kind, id.to_owned(), label.to_owned());
            if let Some(mark) = known.get(&key).and_then(|index| order.get_mut(*index)) {
                mark.chars.start = mark.chars.start.min(element.chars.start);
                mark.chars.end = mark.chars.end.max(element.chars.end);
                continue;
            }
            if !id.is_empty() {
                known.insert(key, order.len());
            }
            order.push(MarkedSpan {
                kind,
                label: label.to_owned(),
                score: value(SCORE).and_then(|score| score.parse().ok()),
                chars: element.chars.clone(),
            });
        }
    }
    for mark in order {
        if let Some(range) = bytes_of(&mapped.chars, &mark.chars) {
            builder.add_bytes(mark.kind, range, &mark.label, mark.score);
        }
    }
    Ok(builder.finish())
}

/// A span that is marked in a page.
pub(super) struct MarkedSpan {
    pub(super) kind: SpanKind,
    pub(super) label: String,
    pub(super) score: Option<f64>,
    pub(super) chars: Range<usize>,
}

/// Converts characters of the page to bytes of the text.
fn bytes_of(chars: &[MappedChar], range: &Range<usize>) -> Option<Range<usize>> {
    let chars = chars.get(range.clone())?;
    Some(chars.first()?.at as usize..chars.last()?.end as usize)
}

/// Returns the metadata in the comment at the end of a page.
fn metadata_in(html: &str) -> Option<BTreeMap<String, String>> {
    let (_, rest) = html.rsplit_once(METADATA)?;
    let (json, _) = rest.split_once(METADATA_END)?;
    serde_json::from_str(json).ok()
}
