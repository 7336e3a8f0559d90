//! UIMA CAS as JSON and XMI, as used by INCEpTION, WebAnno and dkpro-cassis. Offsets are
//! **UTF-16**.
//!
//! Entities are DKPro's `NamedEntity` and regions are `copydesk.Region`, both with the feature
//! `value`. DKPro's `Token` and `Sentence` are written too, so INCEpTION need not tokenize the
//! text. Id, title and language are `DocumentMetaData`; other metadata is one `copydesk.Facts`.
//! Suggestions have a `score`. JSON includes its type system; XMI has a `TypeSystem.xml` beside it.
//! An export is a folder with one file per article.
//!
//! When reading, every structure with begin, end and a label (`value`, `label`) is an entity or
//! region, except for linguistic layers. Relations are skipped. Of several texts (views), only the
//! annotations of the first are read.

mod annotation;
pub(in crate::formats) mod document;
mod json;
mod write;
mod xmi;

use std::collections::{BTreeMap, BTreeSet};

use self::annotation::not_in_xml;
use self::document::{layer, no_label};
use self::write::CasFolder;
use crate::formats::metadata::span_attributes;
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::{
    Capabilities, Code, Fault, Format, FormatSpec, Loss, Losses, OffsetUnit, OutputShape, Parsed,
    ReadOptions, RecordSplit, RecordView, RecordWriter, WriteOptions,
};
use crate::model::Schema;

/// UIMA CAS.
#[derive(Clone, Copy, Debug)]
pub struct Cas {
    notation: Notation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    Json,
    Xmi,
}

/// CAS as JSON.
pub const JSON: Cas = Cas {
    notation: Notation::Json,
};
/// CAS as XMI.
pub const XMI: Cas = Cas {
    notation: Notation::Xmi,
};

pub(super) const UNIT: OffsetUnit = OffsetUnit::Utf16;
pub(super) const ENTITY: &str = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity";
pub(super) const TOKEN: &str = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token";
pub(super) const SENTENCE: &str = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence";
pub(super) const METADATA: &str =
    "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData";
pub(super) const REGION: &str = "copydesk.Region";
pub(super) const OWN_METADATA: &str = "copydesk.Facts";

const JSON_SPEC: FormatSpec = FormatSpec {
    name: "cas-json",
    summary: "UIMA CAS as JSON, as INCEpTION has it: a folder with one file per article",
    extensions: &["cas.json"],
    capabilities: Capabilities::EVERYTHING,
    records: RecordSplit::LongFile,
    shape: OutputShape::Folder,
    has_tokens: true,
    ..FormatSpec::DEFAULT
};

const XMI_SPEC: FormatSpec = FormatSpec {
    name: "cas-xmi",
    summary: "UIMA CAS as XMI, with its TypeSystem.xml: a folder with one file per article",
    extensions: &["xmi"],
    ..JSON_SPEC
};

impl Format for Cas {
    fn spec(&self) -> &'static FormatSpec {
        match self.notation {
            Notation::Json => &JSON_SPEC,
            Notation::Xmi => &XMI_SPEC,
        }
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let words = String::from_utf8_lossy(&bytes);
        let mut cas = match self.notation {
            Notation::Json => json::read(&words)?,
            Notation::Xmi => xmi::read(&words)?,
        };
        let Some(text) = cas.text.take() else {
            return Err(Fault::new(
                Code::NoText,
                "the CAS has no text (`sofaString`)",
            ));
        };
        let mut builder = RecordBuilder::new(text, options)?;
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for structure in &cas.structures {
            if structure.kind == OWN_METADATA
                && let Some(given) = structure.text("value")
                && let Ok(given) = serde_json::from_str(&given)
            {
                known = given;
            }
        }
        let ours = !known.is_empty();
        for structure in &cas.structures {
            if structure.kind == METADATA && !ours && cas.is_of_text(structure) {
                for (name, from) in [
                    ("id", "documentId"),
                    ("title", "documentTitle"),
                    ("language", "language"),
                ] {
                    let value = structure.text(from);
                    if let Some(value) = value.filter(|value| value != "x-unspecified") {
                        known.insert(name.into(), value.into_owned());
                    }
                }
            }
        }
        builder.set_metadata(known);
        for structure in &cas.structures {
            if structure.kind == OWN_METADATA || structure.kind == METADATA {
                continue;
            }
            let name = layer(&structure.kind);
            if structure.is_relation() {
                builder.not_kept(&format!("the relation {name}"));
                continue;
            }
            if structure.is_link() || no_label(&structure.kind) {
                builder.not_kept(&format!("the layer {name}"));
                continue;
            }
            if !cas.is_of_text(structure) {
                builder.not_kept("annotations of other views");
                continue;
            }
            let (Some(begin), Some(end)) = (structure.integer("begin"), structure.integer("end"))
            else {
                continue;
            };
            let label = ["value", "label", "category", "entityType", "name"]
                .into_iter()
                .find_map(|name| structure.text(name))
                .unwrap_or_else(|| layer(&structure.kind).into());
            let kind = match &*structure.kind {
                REGION => SpanKind::Region,
                ENTITY if ours => SpanKind::Entity,
                _ => SpanKind::ByName,
            };
            let score = structure.text("score").and_then(|score| score.parse().ok());
            builder.forget_last();
            builder.add(kind, begin, end, &label, UNIT, score);
            let id = structure.text("identifier").unwrap_or_default();
            builder.add_attributes(span_attributes::kb_id(&id));
        }
        Ok(builder.finish())
    }

    fn writer(
        &self,
        options: &WriteOptions,
        _schema: Option<&Schema>,
    ) -> Option<Box<dyn RecordWriter>> {
        Some(Box::new(CasFolder {
            notation: self.notation,
            options: options.clone(),
            taken: BTreeSet::new(),
        }))
    }

    fn losses(&self, record: &RecordView<'_>, _options: &WriteOptions, losses: &mut Losses) {
        if self.notation == Notation::Xmi && record.article.text.as_str().contains(not_in_xml) {
            losses.add(Loss::Text, || record.article.id.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tests::entities_and_warnings;

    const SPACES: &str = "xmlns:xmi=\"http://www.omg.org/XMI\" xmlns:cas=\"http:///uima/cas.ecore\" xmlns:my=\"http:///my.ecore\" \
        xmlns:chunk=\"http:///de/tudarmstadt/ukp/dkpro/core/api/syntax/type/chunk.ecore\"";

    /// Two entities, and structures that are not entities: a relation on the second, a chunk, and a
    /// span of another view.
    #[test]
    fn relations_chunks_and_other_views_give_no_entities() {
        let xmi = format!(
            "<xmi:XMI {SPACES}><my:Span xmi:id=\"2\" sofa=\"1\" begin=\"0\" end=\"4\" label=\"PER\"/>\
             <my:Span xmi:id=\"3\" sofa=\"1\" begin=\"10\" end=\"14\" label=\"LOC\"/>\
             <my:Moves xmi:id=\"4\" sofa=\"1\" begin=\"10\" end=\"14\" label=\"to\" Governor=\"2\" Dependent=\"3\"/>\
             <my:ShipLink xmi:id=\"8\" sofa=\"1\" begin=\"0\" end=\"4\" referenceType=\"nam\" next=\"9\"/>\
             <chunk:NC xmi:id=\"5\" sofa=\"1\" begin=\"0\" end=\"4\" chunkValue=\"NC\"/>\
             <my:Span xmi:id=\"6\" sofa=\"7\" begin=\"5\" end=\"9\" label=\"ORG\"/>\
             <cas:Sofa xmi:id=\"1\" sofaNum=\"1\" sofaID=\"_InitialView\" sofaString=\"Weel left Oslo\"/>\
             <cas:Sofa xmi:id=\"7\" sofaNum=\"2\" sofaID=\"translated\" sofaString=\"Weel verliess Oslo\"/></xmi:XMI>"
        );
        let json = r#"{"%FEATURE_STRUCTURES":[
            {"%ID":2,"%TYPE":"my.Span","@sofa":1,"begin":0,"end":4,"label":"PER"},
            {"%ID":3,"%TYPE":"my.Span","@sofa":1,"begin":10,"end":14,"label":"LOC"},
            {"%ID":4,"%TYPE":"my.Moves","@sofa":1,"begin":10,"end":14,"label":"to","@Governor":2,"@Dependent":3},
            {"%ID":8,"%TYPE":"my.ShipLink","@sofa":1,"begin":0,"end":4,"referenceType":"nam","@next":9},
            {"%ID":5,"%TYPE":"de.tudarmstadt.ukp.dkpro.core.api.syntax.type.chunk.NC","@sofa":1,"begin":0,"end":4},
            {"%ID":6,"%TYPE":"my.Span","@sofa":7,"begin":5,"end":9,"label":"ORG"},
            {"%ID":1,"%TYPE":"uima.cas.Sofa","sofaString":"Weel left Oslo"},
            {"%ID":7,"%TYPE":"uima.cas.Sofa","sofaString":"Weel verliess Oslo"}]}"#;
        for (format, file) in [(XMI, xmi.as_str()), (JSON, json)] {
            let (spans, warnings) = entities_and_warnings(&format, file.as_bytes().to_vec());
            assert_eq!(
                spans,
                [
                    ("Weel".to_owned(), "PER".to_owned()),
                    ("Oslo".into(), "LOC".into())
                ]
            );
            assert_eq!(
                warnings,
                [
                    "W103 not kept: the relation Moves, the layer ShipLink, the layer NC, annotations of other views"
                ]
            );
        }
    }
}
