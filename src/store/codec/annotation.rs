//! Annotations, with a table of their labels.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    CodecError, Result, VERSION, label, len, origin, provenance, read, span, status, write,
};
use crate::model::{Annotation, Entity, Label, Provenance, Region, Remark, Span, Text};

/// `[start, length, index into the labels, origin, score]`.
type MarkDto = (u32, u32, usize, u8, u16);

/// Place (`[start, length]`, or null for the whole article) and words.
pub(super) type RemarkDto<'a> = (Option<(u32, u32)>, Cow<'a, str>);

#[derive(Serialize, Deserialize)]
struct AnnotationDto<'a> {
    v: u32,
    status: Cow<'a, str>,
    /// Each label once, in the order of first use: a span costs some 15 bytes.
    labels: Vec<Cow<'a, str>>,
    regions: Vec<MarkDto>,
    entities: Vec<MarkDto>,
    remarks: Vec<RemarkDto<'a>>,
}

#[derive(Default)]
struct LabelTable<'a> {
    names: Vec<&'a str>,
    places: BTreeMap<&'a str, usize>,
}

impl<'a> LabelTable<'a> {
    fn mark(&mut self, span: Span, label: &'a Label, provenance: Provenance) -> MarkDto {
        let name = label.as_str();
        let place = *self.places.entry(name).or_insert_with(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        let (kind, score) = origin(provenance);
        (span.start().0, len(span), place, kind, score)
    }
}

/// An annotation as JSON.
///
/// # Errors
/// None that the types allow; serde's signature has one.
pub fn write_annotation(annotation: &Annotation) -> Result<String> {
    let mut table = LabelTable::default();
    let regions = (annotation.regions().iter())
        .map(|r| table.mark(r.span, &r.label, r.provenance))
        .collect();
    let entities = (annotation.entities().iter())
        .map(|e| table.mark(e.span, &e.label, e.provenance))
        .collect();
    write(&AnnotationDto {
        v: VERSION,
        status: annotation.status().as_str().into(),
        labels: table.names.into_iter().map(Cow::Borrowed).collect(),
        regions,
        entities,
        remarks: annotation.remarks().iter().map(remark_dto).collect(),
    })
}

/// An annotation of `text` from JSON.
///
/// # Errors
/// If it is not what [`write_annotation`] writes, or does not fit the text.
pub fn read_annotation(json: &str, text: &Text) -> Result<Annotation> {
    let dto: AnnotationDto<'_> = read(json)?;
    let labels: Vec<Label> = dto
        .labels
        .iter()
        .map(|name| label(name))
        .collect::<Result<_>>()?;
    let mark = |(start, len, place, kind, score): MarkDto| {
        let label = labels
            .get(place)
            .cloned()
            .ok_or_else(|| CodecError::new(format_args!("no label has number {place}")))?;
        Ok((span(text, start, len)?, label, provenance((kind, score))?))
    };
    let region = |dto| {
        mark(dto).map(|(span, label, provenance)| Region {
            span,
            label,
            provenance,
        })
    };
    let entity = |dto| {
        mark(dto).map(|(span, label, provenance)| Entity {
            span,
            label,
            provenance,
        })
    };
    Annotation::from_parts(
        text,
        dto.regions.into_iter().map(region).collect::<Result<_>>()?,
        dto.entities
            .into_iter()
            .map(entity)
            .collect::<Result<_>>()?,
        status(&dto.status)?,
        dto.remarks
            .into_iter()
            .map(|dto| remark(dto, text))
            .collect::<Result<_>>()?,
    )
    .map_err(CodecError::new)
}

pub(super) fn remark_dto(remark: &Remark) -> RemarkDto<'_> {
    (
        remark.at.map(|span| (span.start().0, len(span))),
        remark.text.as_str().into(),
    )
}

pub(super) fn remark((at, words): RemarkDto<'_>, text: &Text) -> Result<Remark> {
    Ok(Remark {
        at: at.map(|(start, len)| span(text, start, len)).transpose()?,
        text: words.into_owned(),
    })
}
