//! Writing: the annotations of an article, in either notation.

use super::annotation::CasAnnotation;
use std::collections::BTreeSet;
use std::io::{self, Write as _};

use super::{ENTITY, Notation, REGION, SENTENCE, TOKEN, UNIT, json, xmi};
use crate::formats::metadata::span_attributes::Attributes;
use crate::formats::tokens::sentences;
use crate::formats::writing::file_names::file_stem;
use crate::formats::{ExportTarget, RecordView, RecordWriter, WriteOptions, metadata};
use crate::model::{Provenance, Span};

pub(super) struct CasFolder {
    pub(super) notation: Notation,
    pub(super) options: WriteOptions,
    pub(super) taken: BTreeSet<String>,
}

impl RecordWriter for CasFolder {
    fn add(
        &mut self,
        part: &str,
        record: &RecordView<'_>,
        target: &mut dyn ExportTarget,
    ) -> io::Result<bool> {
        let (text, annotation) = (&record.article.text, record.annotation);
        let mark = |kind, span: Span, value, provenance: Option<Provenance>| CasAnnotation {
            kind,
            begin: UNIT.of(text, span.start()),
            end: UNIT.of(text, span.end()),
            value,
            score: provenance
                .and_then(Provenance::score)
                .filter(|_| self.options.scores)
                .map(crate::model::Score::value),
            identifier: None,
        };
        let attributes = Attributes::of(record);
        let tokens = self.options.tokenizer.tokens(text);
        let mut marks: Vec<CasAnnotation<'_>> = Vec::with_capacity(tokens.len() + 16);
        for sentence in sentences(text, &tokens) {
            let whole = tokens[sentence.start].cover(tokens[sentence.end - 1]);
            marks.push(mark(SENTENCE, whole, None, None));
        }
        marks.extend(tokens.iter().map(|token| mark(TOKEN, *token, None, None)));
        for region in annotation.regions() {
            let value = Some(region.label.as_str());
            marks.push(mark(REGION, region.span, value, Some(region.provenance)));
        }
        for entity in annotation.entities() {
            let value = Some(entity.label.as_str());
            let fields = attributes.get(entity.span, entity.label.as_str());
            marks.push(CasAnnotation {
                identifier: fields.and_then(|fields| fields.get("kb_id").map(String::as_str)),
                ..mark(ENTITY, entity.span, value, Some(entity.provenance))
            });
        }
        let metadata = serde_json::to_string(&metadata::to_map(record)).unwrap_or_default();
        let stem = file_stem(record.article.id.as_str(), part, &mut self.taken);
        let (ending, bytes) = match self.notation {
            Notation::Json => ("cas.json", json::write(record, text, &marks, &metadata)),
            Notation::Xmi => ("xmi", xmi::write(record, text, &marks, &metadata)),
        };
        // `.json` alone may be anything.
        target
            .create(&format!("{stem}.{ending}"))?
            .write_all(bytes.as_bytes())?;
        Ok(true)
    }

    fn finish(self: Box<Self>, target: &mut dyn ExportTarget) -> io::Result<()> {
        if self.notation == Notation::Xmi {
            target
                .create("TypeSystem.xml")?
                .write_all(xmi::type_system().as_bytes())?;
        }
        Ok(())
    }
}
