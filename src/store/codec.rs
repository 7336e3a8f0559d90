//! How annotations, blocks, changes and the schema are written down.
//!
//! The model knows no serde: what is stored has shapes of its own, here, each with a version, so that the model
//! can change and a later Copydesk still reads what this one wrote. Reading trusts nothing: every span goes through
//! [`Text::span`], every annotation through [`Annotation::from_parts`], every label through [`Label::new`].
//! All offsets are bytes of UTF-8.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ArticleKey, Lesson, Revision};
use crate::edit::{Edit, LabelKind, Transaction};
use crate::model::{
    Annotation, Block, BytePos, Entity, EntityLabel, Label, Nesting, Provenance, Region,
    RegionLabel, Remark, Rgb, Schema, Score, Span, Status, Text,
};

/// The version that this program writes, and the newest that it reads.
const VERSION: u32 = 1;

/// Why something stored cannot be read, or something cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodecError(String);

impl CodecError {
    fn new(what: impl fmt::Display) -> Self {
        Self(what.to_string())
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CodecError {}

type Result<T> = std::result::Result<T, CodecError>;

#[derive(Deserialize)]
struct Versioned {
    v: u32,
}

/// Reads a JSON text of version 1. The version is looked at first: a newer text may have another shape.
fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T> {
    let Versioned { v } = serde_json::from_str(json).map_err(CodecError::new)?;
    check_version(v)?;
    serde_json::from_str(json).map_err(CodecError::new)
}

fn check_version(version: u32) -> Result<()> {
    match version {
        VERSION => Ok(()),
        newer => Err(CodecError::new(format_args!(
            "version {newer} of the format is not known (this Copydesk reads {VERSION}): update Copydesk"
        ))),
    }
}

fn write(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(CodecError::new)
}

fn span(text: &Text, start: u32, len: u32) -> Result<Span> {
    let end = start
        .checked_add(len)
        .ok_or_else(|| CodecError::new("a span ends beyond all texts"))?;
    text.span(BytePos(start), BytePos(end))
        .map_err(CodecError::new)
}

fn len(span: Span) -> u32 {
    span.end().0 - span.start().0
}

fn label(name: &str) -> Result<Label> {
    Label::new(name).map_err(CodecError::new)
}

fn status(word: &str) -> Result<Status> {
    Status::parse(word).ok_or_else(|| CodecError::new(format_args!("unknown status {word:?}")))
}

/// Who put a span there: a number for the kind, and the score of a suggestion in ten-thousandths (else 0).
type Origin = (u8, u16);

fn origin(provenance: Provenance) -> Origin {
    match provenance {
        Provenance::Person => (0, 0),
        Provenance::Import => (1, 0),
        Provenance::Extractor(score) => (2, score.ten_thousandths()),
        Provenance::Tagger(score) => (3, score.ten_thousandths()),
    }
}

fn provenance((kind, score): Origin) -> Result<Provenance> {
    let score = Score::from_ten_thousandths(score);
    match kind {
        0 => Ok(Provenance::Person),
        1 => Ok(Provenance::Import),
        2 => Ok(Provenance::Extractor(score)),
        3 => Ok(Provenance::Tagger(score)),
        other => Err(CodecError::new(format_args!("unknown origin {other}"))),
    }
}

// -- what a model learnt from ------------------------------------------------------------------

#[derive(Serialize, Deserialize)]
struct LessonsDto<'a> {
    v: u32,
    /// Each annotator once.
    annotators: Vec<Cow<'a, str>>,
    /// `[when, article, index into the annotators, revision]`.
    lessons: Vec<(i64, i64, usize, i64)>,
}

/// What a model learnt from, as it is stored.
///
/// # Errors
/// Never in practice.
pub fn write_lessons(lessons: &[Lesson]) -> Result<String> {
    let mut annotators: Vec<Cow<'_, str>> = Vec::new();
    let mut list = Vec::with_capacity(lessons.len());
    for lesson in lessons {
        let known = annotators.iter().position(|who| **who == lesson.annotator);
        let at = known.unwrap_or_else(|| {
            annotators.push(Cow::Borrowed(&lesson.annotator));
            annotators.len() - 1
        });
        list.push((lesson.at_ms, lesson.key.0, at, lesson.revision.0));
    }
    write(&LessonsDto {
        v: VERSION,
        annotators,
        lessons: list,
    })
}

/// Reads what [`write_lessons`] wrote.
///
/// # Errors
/// If it is something else.
pub fn read_lessons(json: &str) -> Result<Vec<Lesson>> {
    let dto: LessonsDto<'_> = read(json)?;
    let lesson = |(at_ms, key, at, revision): (i64, i64, usize, i64)| {
        let annotator = dto.annotators.get(at);
        let annotator = annotator.ok_or_else(|| CodecError::new("a lesson is nobody's"))?;
        Ok(Lesson {
            at_ms,
            key: ArticleKey(key),
            annotator: annotator.clone().into_owned(),
            revision: Revision(revision),
        })
    };
    dto.lessons.into_iter().map(lesson).collect()
}

// -- annotations -----------------------------------------------------------------------------

/// `[start, length, index into the labels, origin, score]`.
type MarkDto = (u32, u32, usize, u8, u16);

/// Place (`[start, length]`, or null for the whole article) and words.
type RemarkDto<'a> = (Option<(u32, u32)>, Cow<'a, str>);

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

fn remark_dto(remark: &Remark) -> RemarkDto<'_> {
    (
        remark.at.map(|span| (span.start().0, len(span))),
        remark.text.as_str().into(),
    )
}

fn remark((at, words): RemarkDto<'_>, text: &Text) -> Result<Remark> {
    Ok(Remark {
        at: at.map(|(start, len)| span(text, start, len)).transpose()?,
        text: words.into_owned(),
    })
}

// -- changes ---------------------------------------------------------------------------------

/// `[start, length, label, origin, score]`.
type SpanDto<'a> = (u32, u32, Cow<'a, str>, u8, u16);

#[derive(Serialize, Deserialize)]
enum EditDto<'a> {
    #[serde(rename = "+region")]
    AddRegion(#[serde(borrow)] SpanDto<'a>),
    #[serde(rename = "-region")]
    RemoveRegion(#[serde(borrow)] SpanDto<'a>),
    #[serde(rename = "+entity")]
    AddEntity(#[serde(borrow)] SpanDto<'a>),
    #[serde(rename = "-entity")]
    RemoveEntity(#[serde(borrow)] SpanDto<'a>),
    /// From, to.
    #[serde(rename = "status")]
    SetStatus(Cow<'a, str>, Cow<'a, str>),
    /// Place in the list, remark.
    #[serde(rename = "+remark")]
    AddRemark(usize, #[serde(borrow)] RemarkDto<'a>),
    #[serde(rename = "-remark")]
    RemoveRemark(usize, #[serde(borrow)] RemarkDto<'a>),
    /// Whose label, from, to.
    #[serde(rename = "renamed")]
    Renamed(Cow<'a, str>, Cow<'a, str>, Cow<'a, str>),
}

#[derive(Serialize, Deserialize)]
struct TransactionDto<'a> {
    v: u32,
    #[serde(borrow)]
    edits: Vec<EditDto<'a>>,
}

/// A transaction as JSON.
///
/// # Errors
/// None that the types allow; serde's signature has one.
pub fn write_transaction(transaction: &Transaction) -> Result<String> {
    write(&TransactionDto {
        v: VERSION,
        edits: transaction.edits.iter().map(edit_dto).collect(),
    })
}

/// A transaction on an annotation of `text` from JSON.
///
/// # Errors
/// If it is not what [`write_transaction`] writes, or does not fit the text.
pub fn read_transaction(json: &str, text: &Text) -> Result<Transaction> {
    let dto: TransactionDto<'_> = read(json)?;
    Ok(Transaction {
        edits: dto
            .edits
            .into_iter()
            .map(|dto| edit(dto, text))
            .collect::<Result<_>>()?,
    })
}

fn edit_dto(edit: &Edit) -> EditDto<'_> {
    fn dto(span: Span, label: &Label, provenance: Provenance) -> SpanDto<'_> {
        let (kind, score) = origin(provenance);
        (
            span.start().0,
            len(span),
            label.as_str().into(),
            kind,
            score,
        )
    }
    match edit {
        Edit::AddRegion(r) => EditDto::AddRegion(dto(r.span, &r.label, r.provenance)),
        Edit::RemoveRegion(r) => EditDto::RemoveRegion(dto(r.span, &r.label, r.provenance)),
        Edit::AddEntity(e) => EditDto::AddEntity(dto(e.span, &e.label, e.provenance)),
        Edit::RemoveEntity(e) => EditDto::RemoveEntity(dto(e.span, &e.label, e.provenance)),
        Edit::SetStatus { from, to } => {
            EditDto::SetStatus(from.as_str().into(), to.as_str().into())
        }
        Edit::AddRemark { index, remark } => EditDto::AddRemark(*index, remark_dto(remark)),
        Edit::RemoveRemark { index, remark } => EditDto::RemoveRemark(*index, remark_dto(remark)),
        Edit::Renamed { kind, from, to } => EditDto::Renamed(
            kind.as_str().into(),
            from.as_str().into(),
            to.as_str().into(),
        ),
    }
}

fn edit(dto: EditDto<'_>, text: &Text) -> Result<Edit> {
    let region = |(start, len, name, kind, score): SpanDto<'_>| {
        Ok(Region {
            span: span(text, start, len)?,
            label: label(&name)?,
            provenance: provenance((kind, score))?,
        })
    };
    let entity = |dto: SpanDto<'_>| {
        region(dto).map(|r| Entity {
            span: r.span,
            label: r.label,
            provenance: r.provenance,
        })
    };
    Ok(match dto {
        EditDto::AddRegion(dto) => Edit::AddRegion(region(dto)?),
        EditDto::RemoveRegion(dto) => Edit::RemoveRegion(region(dto)?),
        EditDto::AddEntity(dto) => Edit::AddEntity(entity(dto)?),
        EditDto::RemoveEntity(dto) => Edit::RemoveEntity(entity(dto)?),
        EditDto::SetStatus(from, to) => Edit::SetStatus {
            from: status(&from)?,
            to: status(&to)?,
        },
        EditDto::AddRemark(index, dto) => Edit::AddRemark {
            index,
            remark: remark(dto, text)?,
        },
        EditDto::RemoveRemark(index, dto) => Edit::RemoveRemark {
            index,
            remark: remark(dto, text)?,
        },
        EditDto::Renamed(kind, from, to) => Edit::Renamed {
            kind: LabelKind::parse(&kind)
                .ok_or_else(|| CodecError::new(format_args!("unknown kind of label {kind:?}")))?,
            from: label(&from)?,
            to: label(&to)?,
        },
    })
}

/// How a label stands in a written annotation or change: who looks for it there need not read all of it.
///
/// # Errors
/// None that the types allow; serde's signature has one.
pub fn write_label(label: &Label) -> Result<String> {
    write(&label.as_str())
}

// -- blocks ----------------------------------------------------------------------------------

/// The longest that all paths of an article are together when read: a short text could claim to hold long ones.
const MAX_PATH_BYTES: usize = 1 << 30;

#[derive(Serialize, Deserialize)]
struct BlocksDto<'a> {
    v: u32,
    /// Each DOM path once, as `[bytes shared with the path before, the rest]`: neighbours differ in the last steps.
    paths: Vec<(usize, Cow<'a, str>)>,
    /// `[bytes since the block before, length, index into the paths, link permille]`.
    blocks: Vec<(u32, u32, usize, u16)>,
}

/// An article's blocks as JSON. They must be sorted, as an article's blocks are.
///
/// # Errors
/// If they are not sorted, or overlap.
pub fn write_blocks(blocks: &[Block]) -> Result<String> {
    let mut paths: Vec<(usize, Cow<'_, str>)> = Vec::new();
    let mut before = "";
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut end = 0;
    let mut dtos = Vec::with_capacity(blocks.len());
    for block in blocks {
        let gap = block.span.start().0.checked_sub(end).ok_or_else(|| {
            CodecError::new(format_args!(
                "the blocks overlap at {:?} or are not sorted",
                block.span
            ))
        })?;
        let place = *places.entry(&block.path).or_insert_with(|| {
            let shared = shared_prefix(before, &block.path);
            paths.push((shared, Cow::Borrowed(&block.path[shared..])));
            before = &block.path;
            paths.len() - 1
        });
        dtos.push((gap, len(block.span), place, block.link_permille));
        end = block.span.end().0;
    }
    write(&BlocksDto {
        v: VERSION,
        paths,
        blocks: dtos,
    })
}

/// How many bytes two strings share at their beginning, in whole characters.
fn shared_prefix(a: &str, b: &str) -> usize {
    a.chars()
        .zip(b.chars())
        .take_while(|(a, b)| a == b)
        .map(|(c, _)| c.len_utf8())
        .sum()
}

/// The blocks of `text` from JSON.
///
/// # Errors
/// If it is not what [`write_blocks`] writes, or does not fit the text.
pub fn read_blocks(json: &str, text: &Text) -> Result<Vec<Block>> {
    let dto: BlocksDto<'_> = read(json)?;
    let mut paths: Vec<Arc<str>> = Vec::with_capacity(dto.paths.len());
    let mut total = 0;
    for (shared, rest) in &dto.paths {
        let before = paths.last().map_or("", |path| path);
        let kept = before
            .get(..*shared)
            .ok_or_else(|| CodecError::new("a path shares more than there is"))?;
        total += kept.len() + rest.len();
        if total > MAX_PATH_BYTES {
            return Err(CodecError::new("the paths of the blocks are too long"));
        }
        paths.push([kept, rest].concat().into());
    }
    let mut end: u32 = 0;
    dto.blocks
        .into_iter()
        .map(|(gap, len, place, link_permille)| {
            let start = end
                .checked_add(gap)
                .ok_or_else(|| CodecError::new("a block begins beyond all texts"))?;
            let span = span(text, start, len)?;
            end = span.end().0;
            Ok(Block {
                span,
                path: paths
                    .get(place)
                    .cloned()
                    .ok_or_else(|| CodecError::new(format_args!("no path has number {place}")))?,
                link_permille,
            })
        })
        .collect()
}

// -- the rest of the metadata ----------------------------------------------------------------

/// What else came with an article, as a JSON object of strings (which needs no version: it is what it is).
///
/// # Errors
/// None that the types allow; serde's signature has one.
pub fn write_other(other: &BTreeMap<String, String>) -> Result<String> {
    write(other)
}

/// What else came with an article.
///
/// # Errors
/// If it is not a JSON object of strings.
pub fn read_other(json: &str) -> Result<BTreeMap<String, String>> {
    serde_json::from_str(json).map_err(CodecError::new)
}

// -- the schema ------------------------------------------------------------------------------

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaDto {
    #[serde(default = "version")]
    version: u32,
    name: String,
    #[serde(default)]
    nesting: NestingDto,
    #[serde(default, skip_serializing_if = "is_zero")]
    blind_share: f64,
    #[serde(default)]
    guidelines: String,
    #[serde(default, rename = "region")]
    regions: Vec<RegionDto>,
    #[serde(default, rename = "entity")]
    entities: Vec<EntityDto>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands fields by reference"
)]
fn is_zero(share: &f64) -> bool {
    *share == 0.0
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum NestingDto {
    #[default]
    Flat,
    Nested,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionDto {
    label: String,
    color: String,
    key: Option<char>,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    tag_entities: bool,
    #[serde(default)]
    separate: bool,
    #[serde(default)]
    description: String,
    #[serde(default)]
    examples: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityDto {
    label: String,
    color: String,
    key: Option<char>,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tagger_types: Vec<String>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    examples: Vec<String>,
}

fn version() -> u32 {
    VERSION
}

fn yes() -> bool {
    true
}

/// A schema as TOML: as it is stored, and as people read and edit it.
///
/// # Errors
/// None that the types allow; serde's signature has one.
pub fn write_schema(schema: &Schema) -> Result<String> {
    let region = |r: &RegionLabel| RegionDto {
        label: r.label.to_string(),
        color: r.color.to_string(),
        key: r.key,
        enabled: r.enabled,
        tag_entities: r.tag_entities,
        separate: r.separate,
        description: r.description.clone(),
        examples: r.examples.clone(),
    };
    let entity = |e: &EntityLabel| EntityDto {
        label: e.label.to_string(),
        color: e.color.to_string(),
        key: e.key,
        enabled: e.enabled,
        tagger_types: e.tagger_types.clone(),
        description: e.description.clone(),
        examples: e.examples.clone(),
    };
    toml::to_string_pretty(&SchemaDto {
        version: VERSION,
        name: schema.name().to_owned(),
        nesting: match schema.nesting() {
            Nesting::Flat => NestingDto::Flat,
            Nesting::Nested => NestingDto::Nested,
        },
        blind_share: schema.blind_share(),
        guidelines: schema.guidelines().to_owned(),
        regions: schema.regions().iter().map(region).collect(),
        entities: schema.entities().iter().map(entity).collect(),
    })
    .map_err(CodecError::new)
}

/// A schema from TOML. Left out, a label is switched on, has no key and no examples.
///
/// # Errors
/// If it is not TOML, has fields that a schema has not, or its labels and keys clash.
pub fn read_schema(toml: &str) -> Result<Schema> {
    #[derive(Deserialize)]
    struct Versioned {
        #[serde(default = "version")]
        version: u32,
    }
    let Versioned { version } = toml::from_str(toml).map_err(CodecError::new)?;
    check_version(version)?;
    let dto: SchemaDto = toml::from_str(toml).map_err(CodecError::new)?;
    let color = |hex: &str, of: &str| {
        Rgb::parse(hex).ok_or_else(|| {
            CodecError::new(format_args!(
                "the colour {hex:?} of {of} is not of the form #rrggbb"
            ))
        })
    };
    let region = |r: RegionDto| {
        Ok(RegionLabel {
            color: color(&r.color, &r.label)?,
            label: label(&r.label)?,
            key: r.key,
            enabled: r.enabled,
            tag_entities: r.tag_entities,
            separate: r.separate,
            description: r.description,
            examples: r.examples,
        })
    };
    let entity = |e: EntityDto| {
        Ok(EntityLabel {
            color: color(&e.color, &e.label)?,
            label: label(&e.label)?,
            key: e.key,
            enabled: e.enabled,
            tagger_types: e.tagger_types,
            description: e.description,
            examples: e.examples,
        })
    };
    Schema::new(
        dto.name,
        match dto.nesting {
            NestingDto::Flat => Nesting::Flat,
            NestingDto::Nested => Nesting::Nested,
        },
        dto.regions.into_iter().map(region).collect::<Result<_>>()?,
        dto.entities
            .into_iter()
            .map(entity)
            .collect::<Result<_>>()?,
        dto.guidelines,
    )
    .map(|schema| schema.with_blind_share(dto.blind_share))
    .map_err(CodecError::new)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::edit::plan;
    use crate::model::notation;

    const MARKED: &str = "nav?.25| Ünïcode 🦀\nbody| {PERSON 李 {GPE?.5 Wien}} said so.\n| rest";

    fn flagged() -> (Text, Annotation) {
        let notated = notation::parse(MARKED).unwrap();
        let mut annotation = notated.annotation;
        let remark = |at, text: &str| Remark {
            at,
            text: text.to_owned(),
        };
        let at = annotation.regions().first().map(|region| region.span);
        for (index, remark) in [remark(None, "why?"), remark(at, "\"here\"")]
            .into_iter()
            .enumerate()
        {
            annotation.add_remark(&notated.text, index, remark).unwrap();
        }
        annotation
            .set_status(Status::Todo, Status::Flagged)
            .unwrap();
        (notated.text, annotation)
    }

    /// These strings are in people's datasets. If one must change, it gets the next version, and stays readable.
    #[test]
    fn what_version_1_wrote_is_written_and_read_for_good() {
        let (text, annotation) = flagged();
        let json = concat!(
            r#"{"v":1,"status":"flagged","labels":["nav","body","PERSON","GPE"],"#,
            r#""regions":[[0,14,0,2,2500],[15,17,1,0,0]],"#,
            r#""entities":[[15,8,2,0,0],[19,4,3,3,5000]],"#,
            r#""remarks":[[null,"why?"],[[0,14],"\"here\""]]}"#
        );
        assert_eq!(write_annotation(&annotation).unwrap(), json);
        assert_eq!(read_annotation(json, &text).unwrap(), annotation);

        let start = plan::start_from(&annotation);
        let json = concat!(
            r#"{"v":1,"edits":[{"+region":[0,14,"nav",2,2500]},{"+region":[15,17,"body",0,0]},"#,
            r#"{"+entity":[15,8,"PERSON",0,0]},{"+entity":[19,4,"GPE",3,5000]},"#,
            r#"{"+remark":[0,[null,"why?"]]},{"+remark":[1,[[0,14],"\"here\""]]},"#,
            r#"{"status":["todo","flagged"]}]}"#
        );
        assert_eq!(write_transaction(&start).unwrap(), json);
        assert_eq!(read_transaction(json, &text).unwrap(), start);
        let back = start.inverse();
        let json = write_transaction(&back).unwrap();
        assert_eq!(read_transaction(&json, &text).unwrap(), back);

        let blocks: Vec<Block> = annotation
            .regions()
            .iter()
            .zip(["html/body/p[1]", "html/body/p[2]"])
            .map(|(region, path)| Block {
                span: region.span,
                path: path.into(),
                link_permille: 5,
            })
            .collect();
        let json = concat!(
            r#"{"v":1,"paths":[[0,"html/body/p[1]"],[12,"2]"]],"#,
            r#""blocks":[[0,14,0,5],[1,17,1,5]]}"#
        );
        assert_eq!(write_blocks(&blocks).unwrap(), json);
        assert_eq!(read_blocks(json, &text).unwrap(), blocks);
    }

    #[test]
    fn a_later_version_is_refused_whatever_its_shape() {
        let text = Text::new("x");
        let later = r#"{"v":2,"anything":{}}"#;
        let errors = [
            read_annotation(later, &text).unwrap_err(),
            read_transaction(later, &text).unwrap_err(),
            read_blocks(later, &text).unwrap_err(),
            read_schema("version = 2\nanything = 1").unwrap_err(),
        ];
        for error in errors {
            assert!(error.to_string().contains("update Copydesk"), "{error}");
        }
    }

    #[test]
    fn blocks_that_lie_about_their_paths_are_refused() {
        let text = Text::new("some words");
        for json in [
            r#"{"v":1,"paths":[[1,"a"]],"blocks":[]}"#,
            r#"{"v":1,"paths":[[0,"ü"],[1,"a"]],"blocks":[]}"#,
            r#"{"v":1,"paths":[],"blocks":[[0,4,0,0]]}"#,
            r#"{"v":1,"paths":[[0,""]],"blocks":[[4294967295,4,0,0]]}"#,
            r#"{"v":1,"paths":[[0,""]],"blocks":[[0,4,0,0],[4294967295,4,0,0]]}"#,
        ] {
            assert!(read_blocks(json, &text).is_err(), "{json}");
        }
    }

    #[test]
    fn a_schema_is_written_as_people_write_it() {
        let toml = r##"
            name = "news"
            nesting = "nested"
            guidelines = """
            # Regions
            What *counts* as body?
            """

            [[region]]
            label = "body"
            color = "#1b7f4d"
            key = "b"
            tag_entities = true

            [[region]]
            label = "ad"
            color = "#777777"
            enabled = false
            separate = true
            description = "Paid for"
            examples = ["Buy \"now\"", "sponsored"]

            [[entity]]
            label = "PERSON"
            color = "#aa3300"
            key = "1"
            tagger_types = ["PER"]
        "##;
        let schema = read_schema(toml).unwrap();
        assert_eq!(schema.nesting(), Nesting::Nested);
        assert!(!schema.region("ad").unwrap().enabled);
        assert!(schema.entity("PERSON").unwrap().enabled);
        let written = write_schema(&schema).unwrap();
        assert_eq!(read_schema(&written).unwrap(), schema);
        for (wrong, said) in [
            (toml.replace("#777777", "grey"), "grey"),
            (toml.replace("separate", "seperate"), "seperate"),
            (toml.replace("key = \"b\"", "key = \"m\""), "cannot be used"),
            (toml.replace("\"ad\"", "\"body\""), "twice"),
        ] {
            let error = read_schema(&wrong).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_fits_the_text(
            spans in prop::collection::vec((0_u32..40, 0_u32..40, 0_usize..3, 0_u8..5, 0_u16..20_000), 0..6),
        ) {
            let text = Text::new("Zwölf Boxkämpfer jagen 🦀 quer über");
            let json = serde_json::json!({
                "v": 1, "status": "todo", "labels": ["a", "b"],
                "regions": spans, "entities": spans, "remarks": [],
            });
            if let Ok(annotation) = read_annotation(&json.to_string(), &text) {
                prop_assert!(annotation.regions().iter().all(|region| text.holds(region.span)));
                let again = write_annotation(&annotation).unwrap();
                prop_assert_eq!(read_annotation(&again, &text).unwrap(), annotation);
            }
        }

        #[test]
        fn no_text_at_all_makes_the_reader_panic(json in "[\\[\\]{}\",:0-9a-z]{0,60}") {
            let text = Text::new("some words");
            let _ = read_annotation(&json, &text);
            let _ = read_transaction(&json, &text);
            let _ = read_blocks(&json, &text);
            let _ = read_schema(&json);
        }
    }
}
