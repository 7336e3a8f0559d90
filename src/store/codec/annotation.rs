//! Annotations, with a table of their labels.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    CodecError, Result, VERSION, label, len, origin, provenance, read, span, status, write,
};
use crate::model::{
    Annotation, Answer, Entity, Label, Provenance, Region, Remark, Signature, Span, Text,
};

/// `[start, length, index into the labels, origin, score]`.
type MarkDto = (u32, u32, usize, u64, u16);

/// `[start, length]`, or null for the whole article.
type PlaceDto = Option<(u32, u32)>;

/// Place and words; and the thread, if there is more than that.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum RemarkDto<'a> {
    Plain(PlaceDto, #[serde(borrow)] Cow<'a, str>),
    Thread(
        PlaceDto,
        #[serde(borrow)] Cow<'a, str>,
        #[serde(borrow)] ThreadDto<'a>,
    ),
}

/// Who, and when in milliseconds since 1970, UTC.
type SignatureDto<'a> = (Cow<'a, str>, i64);

#[derive(Serialize, Deserialize)]
pub(super) struct ThreadDto<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    written: Option<SignatureDto<'a>>,
    /// Words, who, when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answers: Vec<(Cow<'a, str>, Cow<'a, str>, i64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resolved: Option<SignatureDto<'a>>,
}

#[derive(Serialize, Deserialize)]
struct AnnotationDto<'a> {
    v: u32,
    status: Cow<'a, str>,
    /// Each label once, in the order of first use: a span costs some 15 bytes.
    labels: Vec<Cow<'a, str>>,
    regions: Vec<MarkDto>,
    entities: Vec<MarkDto>,
    #[serde(borrow)]
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
    let at = remark.at.map(|span| (span.start().0, len(span)));
    let words = remark.text.as_str().into();
    if !remark.is_thread() {
        return RemarkDto::Plain(at, words);
    }
    let answers = remark.answers.iter().map(|answer| {
        (
            answer.text.as_str().into(),
            answer.written.by.as_str().into(),
            answer.written.at_ms,
        )
    });
    let thread = ThreadDto {
        written: remark.written.as_ref().map(signature_dto),
        answers: answers.collect(),
        resolved: remark.resolved.as_ref().map(signature_dto),
    };
    RemarkDto::Thread(at, words, thread)
}

fn signature_dto(signature: &Signature) -> SignatureDto<'_> {
    (signature.by.as_str().into(), signature.at_ms)
}

fn signature((by, at_ms): SignatureDto<'_>) -> Signature {
    Signature {
        by: by.into_owned(),
        at_ms,
    }
}

pub(super) fn remark(dto: RemarkDto<'_>, text: &Text) -> Result<Remark> {
    let (at, words, thread) = match dto {
        RemarkDto::Plain(at, words) => (at, words, None),
        RemarkDto::Thread(at, words, thread) => (at, words, Some(thread)),
    };
    let at = at.map(|(start, len)| span(text, start, len)).transpose()?;
    let mut remark = Remark::new(at, words);
    if let Some(thread) = thread {
        remark.written = thread.written.map(signature);
        remark.resolved = thread.resolved.map(signature);
        let answers = thread.answers.into_iter();
        remark.answers = answers
            .map(|(words, by, at_ms)| Answer {
                text: words.into_owned(),
                written: signature((by, at_ms)),
            })
            .collect();
    }
    Ok(remark)
}
