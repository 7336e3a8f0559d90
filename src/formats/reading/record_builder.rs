//! Builds a record of another tool, and checks its spans one by one.
//!
//! Other tools allow spans that overlap, leave the text or contain nothing. Such a span is left out
//! and reported; the rest of the record is imported.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::lines::too_long;
use crate::formats::metadata::span_attributes::{self, Fields};
use crate::formats::metadata::{self, RecordMetadata};
use crate::formats::reading::offset_convention::{OffsetConvention, OffsetMap};
use crate::formats::{Code, Content, Fault, OffsetUnit, Parsed, ReadOptions, Record};
use crate::model::{
    Annotation, Block, BytePos, Entity, Label, Provenance, Region, Remark, Score, Span, SpanError,
    Status, Text,
};

/// How many spans that were left out are reported one by one. The others are counted.
const REPORTED: usize = 5;

/// The list that a span belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::formats) enum SpanKind {
    Region,
    Entity,
    /// Decided by the name of the label.
    ByName,
}

/// A record with a text, and spans as they arrive.
pub(in crate::formats) struct RecordBuilder<'a> {
    pub(in crate::formats) text: Text,
    /// The blocks of a page that was laid out.
    pub(in crate::formats) blocks: Vec<Block>,
    options: &'a ReadOptions,
    regions: Vec<Region>,
    entities: Vec<Entity>,
    pub(in crate::formats) metadata: RecordMetadata,
    pub(in crate::formats) warnings: Vec<Fault>,
    left_out: usize,
    not_kept: Vec<String>,
    crlf_once: OnceCell<Vec<OffsetMap>>,
    /// The span that was added last.
    last: Option<(Span, Label)>,
    attributes: Vec<(Span, Label, Fields)>,
}

impl<'a> RecordBuilder<'a> {
    /// Starts a record with its text.
    pub(in crate::formats) fn new(text: String, options: &'a ReadOptions) -> Result<Self, Fault> {
        if text.len() > options.bounds.article_bytes {
            return Err(too_long(options.bounds.article_bytes));
        }
        let text = Text::try_new(text).map_err(|_text| too_long(Text::MAX_LEN))?;
        let mut warnings = Vec::new();
        if text.is_empty() {
            warnings.push(Fault::new(Code::EmptyText, "the text is empty"));
        }
        Ok(Self {
            text,
            blocks: Vec::new(),
            options,
            regions: Vec::new(),
            entities: Vec::new(),
            metadata: RecordMetadata::default(),
            warnings,
            left_out: 0,
            not_kept: Vec::new(),
            crlf_once: OnceCell::new(),
            last: None,
            attributes: Vec::new(),
        })
    }

    /// Sets the metadata.
    pub(in crate::formats) fn set_metadata(&mut self, map: BTreeMap<String, String>) {
        self.metadata = metadata::from_map(map, &self.text);
    }

    /// Sets the metadata from JSON: strings and numbers. Other values are reported.
    pub(in crate::formats) fn set_metadata_json(&mut self, map: serde_json::Map<String, Value>) {
        let mut metadata = BTreeMap::new();
        for (name, value) in map {
            match value {
                Value::String(value) => {
                    metadata.insert(name, value);
                }
                Value::Number(value) => {
                    metadata.insert(name, value.to_string());
                }
                Value::Null => {}
                Value::Array(list) if list.is_empty() => {}
                Value::Object(map) if map.is_empty() => {}
                _ => self.not_kept.push(name),
            }
        }
        self.set_metadata(metadata);
    }

    /// Reports a field that cannot be kept.
    pub(in crate::formats) fn not_kept(&mut self, name: &str) {
        if !self.not_kept.iter().any(|known| known == name) {
            self.not_kept.push(name.to_owned());
        }
    }

    /// Adds a span with offsets in a unit, or leaves it out and reports it.
    pub(in crate::formats) fn add(
        &mut self,
        kind: SpanKind,
        start: i64,
        end: i64,
        label: &str,
        unit: OffsetUnit,
        score: Option<f64>,
    ) {
        let narrow = |at: i64| u32::try_from(at).ok();
        let span = match (narrow(start), narrow(end)) {
            (Some(from), Some(to)) => unit
                .span(&self.text, from, to)
                .map_err(|error: SpanError| error.to_string()),
            _ => Err("it is outside the text".to_owned()),
        };
        match span {
            Ok(span) => self.add_span(kind, span, label, score),
            Err(why) => self.leave_out(&format!("{label:?} {start}..{end}"), &why),
        }
    }

    /// Adds a span in bytes.
    pub(in crate::formats) fn add_bytes(
        &mut self,
        kind: SpanKind,
        range: std::ops::Range<usize>,
        label: &str,
        score: Option<f64>,
    ) {
        let (start, end) = (
            BytePos::from_index(range.start),
            BytePos::from_index(range.end),
        );
        match self.text.span(start, end) {
            Ok(span) => self.add_span(kind, span, label, score),
            Err(why) => self.leave_out(&format!("{label:?}"), &why.to_string()),
        }
    }

    fn add_span(&mut self, kind: SpanKind, span: Span, name: &str, score: Option<f64>) {
        let label = match Label::new(name) {
            Ok(label) => label,
            Err(why) => return self.leave_out(&format!("{name:?}"), &why.to_string()),
        };
        self.last = Some((span, label.clone()));
        let score = score.map(Score::new);
        let region = match kind {
            SpanKind::Region => true,
            SpanKind::Entity => false,
            SpanKind::ByName => self.options.is_region(name),
        };
        if region {
            let provenance = score.map_or(Provenance::Import, Provenance::Extractor);
            self.regions.push(Region {
                span,
                label,
                provenance,
            });
        } else {
            let provenance = score.map_or(Provenance::Import, Provenance::Tagger);
            self.entities.push(Entity {
                span,
                label,
                provenance,
            });
        }
    }

    /// Forgets which span was added last.
    pub(in crate::formats) fn forget_last(&mut self) {
        self.last = None;
    }

    /// Keeps the attributes of the span that was added last, if there is one.
    pub(in crate::formats) fn add_attributes(&mut self, fields: Fields) {
        if let Some((span, label)) = self.last.take()
            && !fields.is_empty()
        {
            self.attributes.push((span, label, fields));
        }
    }

    /// Adds a remark. If its place does not fit, it becomes a remark on the article.
    pub(in crate::formats) fn remark(&mut self, at: Option<Span>, text: String) {
        if !text.trim().is_empty() {
            self.metadata.remarks.push(Remark::new(at, text));
        }
    }

    /// Returns the span of these offsets, if they are valid.
    pub(in crate::formats) fn span(&self, start: i64, end: i64, unit: OffsetUnit) -> Option<Span> {
        let (start, end) = (u32::try_from(start).ok()?, u32::try_from(end).ok()?);
        unit.span(&self.text, start, end).ok()
    }

    /// Returns the conventions in which CR LF counts as one character, if the text has any.
    pub(in crate::formats) fn crlf_once(&self, unit: OffsetUnit) -> &[OffsetMap] {
        self.crlf_once.get_or_init(|| {
            let all = OffsetConvention::all(self.text.as_str(), unit, false).into_iter();
            let once = all.filter(|convention| convention.counts_crlf_once());
            once.map(|convention| convention.places(&self.text))
                .collect()
        })
    }

    /// Reports that a span was left out.
    pub(in crate::formats) fn leave_out(&mut self, what: &str, why: &str) {
        self.left_out += 1;
        if self.left_out <= REPORTED {
            self.warnings.push(Fault::new(
                Code::SpanLeftOut,
                format!("the span {what} was left out: {why}"),
            ));
        }
    }

    /// Finishes the record.
    pub(in crate::formats) fn finish(mut self) -> Parsed {
        let regions = self.without_overlaps();
        let entities = self.without_crossings();
        if self.left_out > REPORTED {
            self.warnings.push(Fault::new(
                Code::SpanLeftOut,
                format!("{} more spans were left out", self.left_out - REPORTED),
            ));
        }
        if !self.not_kept.is_empty() {
            self.warnings.push(Fault::new(
                Code::NotKept,
                format!("not kept: {}", self.not_kept.join(", ")),
            ));
        }
        let RecordMetadata {
            id,
            status,
            annotator,
            updated_at_ms,
            remarks,
            mut meta,
        } = self.metadata;
        span_attributes::put(&mut meta.other, &self.text, self.attributes);
        let status = status.unwrap_or(Status::Todo);
        let annotation = Annotation::from_parts(&self.text, regions, entities, status, remarks);
        let annotation = match annotation {
            Ok(annotation) => annotation,
            Err(why) => {
                // The checks above rule this out, but a record must never crash the program.
                self.warnings
                    .push(Fault::new(Code::SpanLeftOut, why.to_string()));
                Annotation::default()
            }
        };
        Parsed {
            record: Record {
                id,
                content: Content::Text(self.text, self.blocks),
                annotation,
                annotator,
                updated_at_ms,
                meta,
            },
            warnings: self.warnings,
        }
    }

    fn without_overlaps(&mut self) -> Vec<Region> {
        let mut regions = std::mem::take(&mut self.regions);
        regions.sort_by_key(|region| region.span);
        let mut kept: Vec<Region> = Vec::with_capacity(regions.len());
        for region in regions {
            let what = self.named(&region.label, region.span);
            if self.text.trim(region.span).is_none() {
                self.leave_out(&what, "it contains only white space");
            } else if kept
                .last()
                .is_some_and(|last| last.span.overlaps(region.span))
            {
                self.leave_out(&what, "it overlaps the region before it");
            } else {
                kept.push(region);
            }
        }
        kept
    }

    fn without_crossings(&mut self) -> Vec<Entity> {
        let mut entities = std::mem::take(&mut self.entities);
        entities.sort_by(|a, b| (a.span, &a.label).cmp(&(b.span, &b.label)));
        let mut kept: Vec<Entity> = Vec::with_capacity(entities.len());
        let mut open: Vec<Span> = Vec::new();
        let mut seen: BTreeSet<(Span, Label)> = BTreeSet::new();
        for entity in entities {
            let span = entity.span;
            while open.last().is_some_and(|top| top.end() <= span.start()) {
                open.pop();
            }
            if self.text.trim(span).is_none() {
                let what = self.named(&entity.label, span);
                self.leave_out(&what, "it contains only white space");
            } else if open.last().is_some_and(|top| top.crosses(span)) {
                // The innermost ends first, so a span that does not cross it crosses none around
                // it.
                let what = self.named(&entity.label, span);
                self.leave_out(&what, "it crosses another");
            } else if seen.insert((span, entity.label.clone())) {
                open.push(span);
                kept.push(entity);
            } else {
                let what = self.named(&entity.label, span);
                self.leave_out(&what, "it is a duplicate");
            }
        }
        kept
    }

    fn named(&self, label: &Label, span: Span) -> String {
        let unit = OffsetUnit::Codepoint;
        format!(
            "{label} {}..{}",
            unit.of(&self.text, span.start()),
            unit.of(&self.text, span.end())
        )
    }
}
