//! UIMA CAS as INCEpTION, WebAnno and dkpro-cassis have it: JSON and XMI. Offsets count **UTF-16**.
//!
//! Entities are DKPro's `NamedEntity` (feature `value`), regions are `copydesk.Region` (feature `value`), with DKPro's `Token`
//! and `Sentence`, so that INCEpTION need not cut the text anew; id, title and language are `DocumentMetaData`, the rest is one
//! `copydesk.Facts`. A suggestion has its `score`. JSON carries its type system; XMI has it beside, in `TypeSystem.xml`.
//! One file an article, so an export is a folder.
//!
//! Read, whatever has begin, end and a label (`value`, `label`) is taken, of any type but those of the language's own layers.
//! Relations are no spans, and of a CAS with several texts (views) only the annotations of the first are taken.

mod json;
mod xmi;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write as _};

use crate::formats::metadata::span_attributes::{self, Attributes};
use crate::formats::reading::lines::WholeFile;
use crate::formats::reading::record_builder::{RecordBuilder, SpanKind};
use crate::formats::tokens::sentences;
use crate::formats::writing::file_names::file_stem;
use crate::formats::{
    Bounds, Capabilities, Code, ExportTarget, Fault, Format, FormatSpec, Loss, Losses, OffsetUnit,
    OutputShape, Parsed, RawRecords, ReadOptions, RecordView, RecordWriter, WriteOptions, metadata,
};
use crate::model::{Provenance, Schema, Span};

/// UIMA CAS.
#[derive(Clone, Copy, Debug)]
pub struct Cas {
    notation: Notation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notation {
    Json,
    Xmi,
}

/// As JSON.
pub const JSON: Cas = Cas {
    notation: Notation::Json,
};
/// As XMI.
pub const XMI: Cas = Cas {
    notation: Notation::Xmi,
};

const UNIT: OffsetUnit = OffsetUnit::Utf16;
const ENTITY: &str = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity";
const TOKEN: &str = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token";
const SENTENCE: &str = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence";
const METADATA: &str = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData";
const REGION: &str = "copydesk.Region";
const OWN_METADATA: &str = "copydesk.Facts";

const JSON_SPEC: FormatSpec = FormatSpec {
    name: "cas-json",
    summary: "UIMA CAS as JSON, as INCEpTION has it: a folder, a file an article",
    extensions: &["cas.json"],
    capabilities: Capabilities::EVERYTHING,
    shape: OutputShape::Folder,
    has_tokens: true,
    ..FormatSpec::DEFAULT
};

const XMI_SPEC: FormatSpec = FormatSpec {
    name: "cas-xmi",
    summary: "UIMA CAS as XMI, with its TypeSystem.xml: a folder, a file an article",
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

    fn raw_records<'a>(
        &self,
        input: Box<dyn Read + Send + 'a>,
        bounds: Bounds,
    ) -> io::Result<Box<dyn RawRecords + 'a>> {
        // Tokens and tags make a file much longer than its text.
        let bounds = Bounds {
            article_bytes: bounds.line_bytes,
            ..bounds
        };
        Ok(Box::new(WholeFile::new(input, bounds)))
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

/// What XML 1.0 cannot hold, escaped or not.
fn not_in_xml(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// The last part of a type's name.
fn layer(kind: &str) -> &str {
    kind.rsplit('.').next().unwrap_or_default()
}

/// Whether a layer holds no labels: the language's own ones, and what an analysis of syntax or coreference made.
pub(in crate::formats) fn no_label(kind: &str) -> bool {
    is_linguistic(layer(kind))
        || kind.contains(".syntax.type.")
        || kind.contains(".coref.type.")
        || ["Chunk", "CoreferenceLink", "CoreferenceChain"].contains(&layer(kind))
}

/// Layers that say nothing of names or regions.
fn is_linguistic(layer: &str) -> bool {
    const LAYERS: [&str; 20] = [
        "Token",
        "Sentence",
        "Sofa",
        "DocumentAnnotation",
        "DocumentMetaData",
        "Lemma",
        "Stem",
        "POS",
        "MorphologicalFeatures",
        "Dependency",
        "Paragraph",
        "Heading",
        "Div",
        "TagsetDescription",
        "TagDescription",
        "SurfaceForm",
        "FeatureDefinition",
        "LayerDefinition",
        "CASMetadata",
        "NULL",
    ];
    LAYERS.contains(&layer) || layer.starts_with("POS_")
}

// -- writing -------------------------------------------------------------------------------------

/// An annotation on its way out.
struct CasAnnotation<'a> {
    kind: &'static str,
    begin: u32,
    end: u32,
    value: Option<&'a str>,
    score: Option<f64>,
    /// The entry of a knowledge base that an entity means.
    identifier: Option<&'a str>,
}

struct CasFolder {
    notation: Notation,
    options: WriteOptions,
    taken: BTreeSet<String>,
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

/// A type: its name, what it is a kind of, and its features with theirs.
type Type = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// The types besides UIMA's own, each with what it is a kind of and its features.
const TYPES: [Type; 6] = [
    (TOKEN, "uima.tcas.Annotation", &[]),
    (SENTENCE, "uima.tcas.Annotation", &[]),
    (
        ENTITY,
        "uima.tcas.Annotation",
        &[
            ("value", "uima.cas.String"),
            ("identifier", "uima.cas.String"),
            ("score", "uima.cas.Double"),
        ],
    ),
    (
        REGION,
        "uima.tcas.Annotation",
        &[("value", "uima.cas.String"), ("score", "uima.cas.Double")],
    ),
    (
        OWN_METADATA,
        "uima.cas.TOP",
        &[("value", "uima.cas.String")],
    ),
    (
        METADATA,
        "uima.tcas.DocumentAnnotation",
        &[
            ("documentTitle", "uima.cas.String"),
            ("documentId", "uima.cas.String"),
            ("documentUri", "uima.cas.String"),
        ],
    ),
];

fn language<'a>(record: &RecordView<'a>) -> &'a str {
    match record.article.meta.language.as_str() {
        "" => "x-unspecified",
        language => language,
    }
}

// -- reading -------------------------------------------------------------------------------------

/// A CAS: a text, and things with features; tokens and their like are left out, which are most of it.
#[derive(Default)]
struct CasDocument<'a> {
    /// The first that there is.
    text: Option<String>,
    /// The number of the `Sofa` that holds it.
    sofa: Option<String>,
    structures: Vec<Structure<'a>>,
}

impl CasDocument<'_> {
    /// Whether a structure speaks of the text that was taken. One that names no text does.
    fn is_of_text(&self, structure: &Structure<'_>) -> bool {
        let named = structure.text("sofa").or_else(|| structure.text("@sofa"));
        match (named, &self.sofa) {
            (Some(named), Some(sofa)) => named == sofa.as_str(),
            _ => true,
        }
    }
}

/// The features that anybody here looks at.
const FEATURES: [&str; 26] = [
    "next",
    "@next",
    "referenceType",
    "referenceRelation",
    "sofa",
    "@sofa",
    "Governor",
    "@Governor",
    "Dependent",
    "@Dependent",
    "governor",
    "@governor",
    "dependent",
    "@dependent",
    "begin",
    "end",
    "value",
    "score",
    "identifier",
    "label",
    "category",
    "entityType",
    "name",
    "documentId",
    "documentTitle",
    "language",
];

/// Something in a CAS.
struct Structure<'a> {
    kind: Cow<'a, str>,
    features: Vec<(&'static str, Scalar<'a>)>,
}

impl Structure<'_> {
    /// Whether something of a type is looked at.
    fn is_wanted(kind: &str) -> bool {
        kind == METADATA || !is_linguistic(layer(kind))
    }

    /// Whether it is a link of a chain of mentions.
    fn is_link(&self) -> bool {
        let features = ["next", "@next", "referenceType", "referenceRelation"];
        features.iter().any(|name| self.feature(name).is_some())
    }

    /// Whether it joins two annotations, as INCEpTION's and DKPro's relations do.
    fn is_relation(&self) -> bool {
        let has = |ends: [&str; 4]| ends.iter().any(|end| self.feature(end).is_some());
        has(["Governor", "@Governor", "governor", "@governor"])
            || has(["Dependent", "@Dependent", "dependent", "@dependent"])
    }

    fn feature(&self, name: &str) -> Option<&Scalar<'_>> {
        let found = self.features.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value)
    }

    /// A feature as words, whatever it is.
    fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        match self.feature(name)? {
            Scalar::Text(words) => Some(Cow::Borrowed(words)),
            Scalar::Integer(number) => Some(number.to_string().into()),
            Scalar::Float(number) => Some(number.to_string().into()),
            Scalar::Other => None,
        }
    }

    fn integer(&self, name: &str) -> Option<i64> {
        match self.feature(name)? {
            Scalar::Text(words) => words.parse().ok(),
            Scalar::Integer(number) => Some(*number),
            Scalar::Float(_) | Scalar::Other => None,
        }
    }
}

/// A feature's value.
#[derive(Clone, Debug, PartialEq)]
enum Scalar<'a> {
    Text(Cow<'a, str>),
    Integer(i64),
    Float(f64),
    /// A list, a reference, nothing.
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Content;

    const SPACES: &str = "xmlns:xmi=\"http://www.omg.org/XMI\" xmlns:cas=\"http:///uima/cas.ecore\" xmlns:my=\"http:///my.ecore\" \
        xmlns:chunk=\"http:///de/tudarmstadt/ukp/dkpro/core/api/syntax/type/chunk.ecore\"";

    fn reported(format: Cas, file: &str) -> (Vec<(String, String)>, Vec<String>) {
        let parsed = format
            .parse(file.as_bytes().to_vec(), &ReadOptions::default())
            .unwrap();
        let Content::Text(text, _) = &parsed.record.content else {
            panic!("not a text");
        };
        let entities = parsed.record.annotation.entities().iter();
        let spans = entities.map(|e| (text.slice(e.span).to_owned(), e.label.to_string()));
        let warnings = parsed.warnings.iter().map(|fault| fault.message.clone());
        (spans.collect(), warnings.collect())
    }

    /// Two entities, and what is none: a relation that lies on the second, a chunk, and a span of another view.
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
            let (spans, warnings) = reported(format, file);
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
                    "not kept: the relation Moves, the layer ShipLink, the layer NC, annotations of other views"
                ]
            );
        }
    }
}
