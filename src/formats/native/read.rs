//! Parsing: a line becomes a record whose spans are checked against the text.

use serde::Deserialize;
use serde_json::error::Category;

use super::FORMAT;
use super::raw::{Raw, RawBlock, RawSpan, Reader};
use super::repair;
use crate::formats::metadata::span_attributes;
use crate::formats::metadata::{adjudication, remarks, suggested_by, time};
use crate::formats::reading::json_objects::labels_not_read;
use crate::formats::reading::lines::too_long;
use crate::formats::{Code, Content, Fault, OffsetUnit, Parsed, ReadOptions, Record};
use crate::model::{
    Annotation, AnnotationError, ArticleId, Block, Entity, Label, LabelError, Metadata, Provenance,
    Region, Remark, Span, SpanError, Status, Text,
};

/// Parses a line.
pub(super) fn parse(bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
    let mut warnings = Vec::new();
    let reader = Reader::default();
    let first = match reader.read(&bytes) {
        Ok(raw) => return record(raw, options, warnings),
        Err(error) => error,
    };
    let bytes = mended(bytes, &first, &reader, &mut warnings)?;
    let raw = reader
        .read(&bytes)
        .map_err(|error| json_fault(&error, reader.at(), &bytes))?;
    record(raw, options, warnings)
}

/// Returns the id of a line that may not be a valid record, so that an error can name it.
#[must_use]
pub fn id_of(line: &[u8]) -> Option<ArticleId> {
    #[derive(Deserialize)]
    struct OnlyId {
        id: String,
    }
    let only: OnlyId = serde_json::from_slice(line).ok()?;
    ArticleId::new(&only.id)
}

/// Mends a line that could not be read, or returns what is wrong with it.
fn mended(
    mut bytes: Vec<u8>,
    first: &serde_json::Error,
    reader: &Reader,
    warnings: &mut Vec<Fault>,
) -> Result<Vec<u8>, Fault> {
    // Repair looks at every byte, so it only runs on lines that need it.
    let mut mended = false;
    if let Some((valid, places)) = repair::invalid_utf8(&bytes) {
        bytes = valid;
        mended = true;
        warnings.push(Fault::new(
            Code::InvalidBytes,
            format!(
                "replaced {} with U+FFFD",
                counted(places, "invalid UTF-8 sequence", "invalid UTF-8 sequences")
            ),
        ));
    }
    let lone = repair::lone_surrogates(&mut bytes);
    if lone > 0 {
        mended = true;
        warnings.push(Fault::new(
            Code::LoneSurrogates,
            format!(
                "replaced {} with U+FFFD",
                counted(lone, "lone surrogate", "lone surrogates")
            ),
        ));
    }
    if mended {
        Ok(bytes)
    } else {
        Err(json_fault(first, reader.at(), &bytes))
    }
}

fn json_fault(error: &serde_json::Error, field: Option<&str>, bytes: &[u8]) -> Fault {
    // There is only one line, so the column is enough.
    let message = error.to_string();
    let message = message
        .replace(" at line 1 column ", ", at column ")
        .replace(", at column 0", "");
    match error.classify() {
        Category::Data if bytes.trim_ascii_start().first() != Some(&b'{') => Fault::new(
            Code::NotAnObject,
            "expected one JSON object per line, such as {\"id\":\"a\",\"text\":\"…\"}",
        ),
        Category::Data => Fault::new(
            Code::WrongType,
            field.map_or(message.clone(), |field| format!("`{field}`: {message}")),
        ),
        Category::Eof => Fault::new(
            Code::NotJson,
            format!("not complete JSON on one line ({message})"),
        )
        .with_hint("put each record on one line, for example with `jq -c`"),
        Category::Syntax | Category::Io => {
            Fault::new(Code::NotJson, format!("not JSON: {message}"))
        }
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {many}")
    }
}

fn record(
    mut raw: Raw<'_>,
    options: &ReadOptions,
    mut warnings: Vec<Fault>,
) -> Result<Parsed, Fault> {
    if let Some(error) = raw.error.take().filter(|error| !error.is_empty()) {
        return Err(Fault::new(
            Code::ErrorRecord,
            format!("the record reports that its input was bad: {error}"),
        ));
    }
    if let Some(version) = raw.version.take() {
        check_version(&version)?;
    }
    check_labels(&mut raw)?;
    let id = article_id(raw.id.take())?;
    let status = status(raw.status.take())?;
    let updated_at_ms = updated_at(&raw.updated_at.take().unwrap_or_default())?;
    let annotator = raw.annotator.take().unwrap_or_default().trim().to_owned();
    let (content, annotation) = match (raw.text.take(), raw.html.take()) {
        (Some(text), html) => {
            if html.is_some() {
                raw.not_kept.push("html".into());
                raw.not_kept_count += 1;
            }
            labelled_text(text, &mut raw, status, options, &mut warnings)?
        }
        (None, Some(html)) => page(html, &raw, status, options)?,
        (None, None) => {
            return Err(Fault::new(
                Code::NoText,
                "the record has neither `text` nor `html`",
            ));
        }
    };
    if raw.adjudication.is_some() {
        // Without a text, its offsets point nowhere.
        raw.not_kept.push(adjudication::NAME.to_owned());
        raw.not_kept_count += 1;
    }
    let meta = metadata(&mut raw, &mut warnings);
    Ok(Parsed {
        record: Record {
            id,
            content,
            annotation,
            annotator,
            updated_at_ms,
            meta,
        },
        warnings,
    })
}

/// Rejects a record whose labels are all in fields that are not read.
fn check_labels(raw: &mut Raw<'_>) -> Result<(), Fault> {
    if !raw.labels.is_empty() && raw.entities.is_empty() && raw.regions.is_empty() {
        let fields: Vec<&str> = raw.labels.iter().map(String::as_str).collect();
        return Err(labels_not_read(&fields, "the native record"));
    }
    raw.not_kept_count += raw.labels.len();
    raw.not_kept.append(&mut raw.labels);
    Ok(())
}

fn article_id(id: Option<String>) -> Result<Option<ArticleId>, Fault> {
    let Some(id) = id.filter(|id| !id.is_empty()) else {
        return Ok(None);
    };
    let valid = ArticleId::new(&id).ok_or_else(|| {
        Fault::new(
            Code::BadId,
            format!(
                "an id has 1 to {} bytes, not all blank, without control characters: {}",
                ArticleId::MAX_LEN,
                excerpt(&id)
            ),
        )
    })?;
    Ok(Some(valid))
}

fn status(word: Option<String>) -> Result<Status, Fault> {
    let Some(word) = word.filter(|word| !word.is_empty()) else {
        return Ok(Status::Todo);
    };
    Status::parse(&word).ok_or_else(|| {
        let known = Status::ALL.map(Status::as_str).join(", ");
        Fault::new(
            Code::BadStatus,
            format!("the status {} is not one of {known}", excerpt(&word)),
        )
    })
}

fn updated_at(words: &str) -> Result<i64, Fault> {
    time::parse(words).ok_or_else(|| {
        Fault::new(
            Code::BadTime,
            format!(
                "updated_at {} is not written like 2026-11-22T18:24:05Z",
                excerpt(words)
            ),
        )
    })
}

/// Returns a text with its blocks, and its annotation.
fn labelled_text(
    text: String,
    raw: &mut Raw<'_>,
    status: Status,
    options: &ReadOptions,
    warnings: &mut Vec<Fault>,
) -> Result<(Content, Annotation), Fault> {
    let unit = options.offsets;
    if text.len() > options.bounds.article_bytes {
        return Err(too_long(options.bounds.article_bytes));
    }
    let text = Text::try_new(text).map_err(|_text| too_long(Text::MAX_LEN))?;
    if text.is_empty() {
        warnings.push(Fault::new(Code::EmptyText, "the text is empty"));
    }
    let blocks = blocks(&text, &raw.blocks, unit, warnings);
    let remark = raw.meta.get("remark");
    if remark.is_some_and(|words| words.trim().is_empty()) {
        raw.meta.remove("remark");
    }
    let remarks = remarks::take(&mut raw.meta, &text, unit);
    let annotation = annotation(&text, raw, status, remarks, unit)?;
    let spans = raw.regions.iter_mut().chain(&mut raw.entities);
    let attributed: Vec<_> = spans
        .filter(|span| !span.fields.is_empty())
        .filter_map(|span| {
            let (start, end) = (u32::try_from(span.start), u32::try_from(span.end));
            let place = unit.span(&text, start.ok()?, end.ok()?).ok()?;
            let label = Label::new(&span.label).ok()?;
            Some((place, label, std::mem::take(&mut span.fields)))
        })
        .collect();
    span_attributes::put(&mut raw.meta, &text, attributed);
    if let Some(value) = raw.adjudication.take() {
        match adjudication::parse(&value, &text, unit) {
            Some(account) => adjudication::put(&mut raw.meta, &text, &account),
            None => {
                raw.not_kept.push(adjudication::NAME.to_owned());
                raw.not_kept_count += 1;
            }
        }
    }
    Ok((Content::Text(text, blocks), annotation))
}

/// Returns a page, and an annotation with only the status. Nothing can be labelled before the page
/// is laid out.
fn page(
    html: String,
    raw: &Raw<'_>,
    status: Status,
    options: &ReadOptions,
) -> Result<(Content, Annotation), Fault> {
    if !(raw.regions.is_empty() && raw.entities.is_empty()) {
        return Err(Fault::new(
            Code::LabelsWithoutText,
            "the record has html and labels, but no text that the labels' offsets could point into",
        ));
    }
    if html.len() > options.bounds.article_bytes {
        return Err(too_long(options.bounds.article_bytes));
    }
    let bare = Annotation::from_parts(&Text::new(""), Vec::new(), Vec::new(), status, Vec::new());
    Ok((Content::Page(html), bare.unwrap_or_default()))
}

/// Returns the metadata, and warns of fields that were not kept.
fn metadata(raw: &mut Raw<'_>, warnings: &mut Vec<Fault>) -> Metadata {
    let mut other = std::mem::take(&mut raw.meta);
    suggested_by::put_all(&mut other, &raw.suggested_by);
    for (name, value) in std::mem::take(&mut raw.unknown) {
        if let std::collections::btree_map::Entry::Vacant(free) = other.entry(name) {
            free.insert(value);
        } else {
            raw.not_kept_count += 1;
        }
    }
    if raw.not_kept_count > 0 {
        let more = if raw.not_kept.len() < raw.not_kept_count {
            ", …"
        } else {
            ""
        };
        warnings.push(Fault::new(
            Code::NotKept,
            format!(
                "{} not kept, since only strings are: {}{more}",
                counted(raw.not_kept_count, "field was", "fields were"),
                raw.not_kept.join(", "),
            ),
        ));
    }
    Metadata {
        title: other.remove("title").unwrap_or_default(),
        language: raw.language.take().unwrap_or_default(),
        url: raw.url.take().unwrap_or_default(),
        source: raw.source.take().unwrap_or_default(),
        other,
    }
}

/// Rejects records of an unknown version, whose fields may have another meaning. Minor versions,
/// after a dot, only add fields.
fn check_version(version: &str) -> Result<(), Fault> {
    let whole = version.split('.').next().unwrap_or_default();
    if whole == "1" {
        return Ok(());
    }
    Err(Fault::new(
        Code::UnknownFormat,
        format!(
            "the record has the format {}, and this program reads {FORMAT}",
            excerpt(&format!("copydesk/{version}"))
        ),
    )
    .with_hint("read it with a newer version of Copydesk"))
}

fn annotation(
    text: &Text,
    raw: &Raw<'_>,
    status: Status,
    remarks: Vec<Remark>,
    unit: OffsetUnit,
) -> Result<Annotation, Fault> {
    let mut labels = KnownLabels::default();
    let mut regions = Vec::with_capacity(raw.regions.len());
    for (index, raw) in raw.regions.iter().enumerate() {
        let (span, label) = span_and_label(text, "regions", index, raw, unit, &mut labels)?;
        let provenance = raw.provenance(Provenance::Extractor);
        regions.push(Region {
            span,
            label,
            provenance,
        });
    }
    let mut entities = Vec::with_capacity(raw.entities.len());
    for (index, raw) in raw.entities.iter().enumerate() {
        let (span, label) = span_and_label(text, "entities", index, raw, unit, &mut labels)?;
        let provenance = raw.provenance(Provenance::Tagger);
        entities.push(Entity {
            span,
            label,
            provenance,
        });
    }
    Annotation::from_parts(text, regions, entities, status, remarks)
        .map_err(|error| annotation_fault(text, &error, unit))
}

/// The labels of a record, so that each is made once.
#[derive(Default)]
struct KnownLabels(Vec<Label>);

impl KnownLabels {
    /// The most labels that are searched one by one.
    const MOST: usize = 16;

    fn get(&mut self, name: &str) -> Result<Label, LabelError> {
        if let Some(known) = self.0.iter().find(|label| label.as_str() == name) {
            return Ok(known.clone());
        }
        let label = Label::new(name)?;
        if self.0.len() < Self::MOST {
            self.0.push(label.clone());
        }
        Ok(label)
    }
}

fn span_and_label(
    text: &Text,
    list: &str,
    index: usize,
    raw: &RawSpan<'_>,
    unit: OffsetUnit,
    labels: &mut KnownLabels,
) -> Result<(Span, Label), Fault> {
    let place = || {
        format!(
            "{list}[{index}] ({} {}..{})",
            excerpt(&raw.label),
            raw.start,
            raw.end
        )
    };
    let label = labels
        .get(&raw.label)
        .map_err(|error| Fault::new(Code::BadLabel, format!("{}: {error}", place())))?;
    let span = span(text, raw.start, raw.end, unit)
        .map_err(|(code, message)| Fault::new(code, format!("{}: {message}", place())))?;
    Ok((span, label))
}

fn span(text: &Text, start: i64, end: i64, unit: OffsetUnit) -> Result<Span, (Code, String)> {
    let narrow = |at: i64| {
        u32::try_from(at).map_err(|_wide| {
            let len = unit.of(text, text.end()); // counted only for who needs it
            (
                Code::OutOfRange,
                format!("offset {at} is outside the text, which has length {len}"),
            )
        })
    };
    unit.span(text, narrow(start)?, narrow(end)?)
        .map_err(|error| match error {
            SpanError::Empty => (Code::EmptySpan, error.to_string()),
            SpanError::OutOfRange { .. } | SpanError::InsideCharacter { .. } => {
                (Code::OutOfRange, error.to_string())
            }
        })
}

/// Describes an invalid combination of spans, in the unit of the file.
fn annotation_fault(text: &Text, error: &AnnotationError, unit: OffsetUnit) -> Fault {
    let place = |what: &str, label: &Label, span: Span| {
        format!(
            "the {what} {label} {}..{}",
            unit.of(text, span.start()),
            unit.of(text, span.end())
        )
    };
    match error {
        AnnotationError::RegionOverlap { new, old } => Fault::new(
            Code::Overlap,
            format!(
                "{} overlaps {}",
                place("region", &new.label, new.span),
                place("region", &old.label, old.span)
            ),
        ),
        AnnotationError::EntityCrosses { new, old } => Fault::new(
            Code::Crossing,
            format!(
                "{} crosses {}",
                place("entity", &new.label, new.span),
                place("entity", &old.label, old.span)
            ),
        ),
        AnnotationError::DuplicateEntity(entity) => Fault::new(
            Code::Duplicate,
            format!(
                "{} is a duplicate",
                place("entity", &entity.label, entity.span)
            ),
        ),
        AnnotationError::Blank(span) => Fault::new(
            Code::Blank,
            format!(
                "the span {}..{} contains only white space",
                unit.of(text, span.start()),
                unit.of(text, span.end())
            ),
        ),
        other => Fault::new(Code::OutOfRange, other.to_string()),
    }
}

/// Returns the blocks of a record. Returns none, with a warning, if they are invalid.
fn blocks(
    text: &Text,
    raw: &[RawBlock],
    unit: OffsetUnit,
    warnings: &mut Vec<Fault>,
) -> Vec<Block> {
    let mut blocks = Vec::with_capacity(raw.len());
    let mut before = 0;
    for raw in raw {
        let fits = span(text, raw.start, raw.end, unit).ok().filter(|span| {
            text.trim(*span) == Some(*span)
                && text
                    .as_str()
                    .get(before..span.start().index())
                    .is_some_and(|gap| gap.trim().is_empty())
        });
        let Some(span) = fits else {
            warnings.push(Fault::new(
                Code::BadBlocks,
                format!(
                    "the block {}..{} does not fit the text, which was cut again",
                    raw.start, raw.end
                ),
            ));
            return Vec::new();
        };
        before = span.end().index();
        blocks.push(Block {
            span,
            path: raw.path.as_str().into(),
            link_permille: 0,
        });
    }
    let rest = text.as_str().get(before..).unwrap_or_default();
    if !blocks.is_empty() && !rest.trim().is_empty() {
        warnings.push(Fault::new(
            Code::BadBlocks,
            "the blocks leave out part of the text, which was cut again",
        ));
        return Vec::new();
    }
    blocks
}

/// Returns the beginning of a value, for a message.
fn excerpt(words: &str) -> String {
    const CHARS: usize = 40;
    let mut short: String = words.chars().take(CHARS).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    format!("{short:?}")
}
