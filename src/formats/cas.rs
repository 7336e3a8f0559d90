//! UIMA CAS as INCEpTION, WebAnno and dkpro-cassis have it: JSON and XMI. Offsets count **UTF-16**.
//!
//! Entities are DKPro's `NamedEntity` (feature `value`), regions are `copydesk.Region` (feature `value`), with DKPro's `Token`
//! and `Sentence`, so that INCEpTION need not cut the text anew; id, title and language are `DocumentMetaData`, the rest is one
//! `copydesk.Facts`. A suggestion has its `score`. JSON carries its type system; XMI has it beside, in `TypeSystem.xml`.
//! One file an article, so an export is a folder.
//!
//! Read, whatever has begin, end and a label (`value`, `label`) is taken, of any type but those of the language's own layers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, Read, Write as _};

use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value, json};

use super::brat::file_stem;
use super::draft::{Draft, Kind};
use super::lines::Whole;
use super::objects::object;
use super::tokens::sentences;
use super::{
    Bounds, Capabilities, Code, Fault, Format, Loss, Losses, OffsetUnit, Parsed, Pieces,
    ReadOptions, RecordView, Shape, Target, WriteOptions, Writer, facts,
};
use crate::model::{Provenance, Schema, Span, Text};

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
const FACTS: &str = "copydesk.Facts";

impl Format for Cas {
    fn name(&self) -> &'static str {
        match self.notation {
            Notation::Json => "cas-json",
            Notation::Xmi => "cas-xmi",
        }
    }

    fn about(&self) -> &'static str {
        match self.notation {
            Notation::Json => "UIMA CAS as JSON, as INCEpTION has it: a folder, a file an article",
            Notation::Xmi => {
                "UIMA CAS as XMI, with its TypeSystem.xml: a folder, a file an article"
            }
        }
    }

    fn extensions(&self) -> &'static [&'static str] {
        match self.notation {
            Notation::Json => &["cas.json"],
            Notation::Xmi => &["xmi"],
        }
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::EVERYTHING
    }

    fn pieces<'a>(
        &self,
        input: Box<dyn Read + Send + 'a>,
        bounds: Bounds,
    ) -> io::Result<Box<dyn Pieces + 'a>> {
        // Tokens and tags make a file much longer than its text.
        let bounds = Bounds {
            article_bytes: bounds.line_bytes,
            ..bounds
        };
        Ok(Box::new(Whole::new(input, bounds)))
    }

    fn parse(&self, bytes: Vec<u8>, options: &ReadOptions) -> Result<Parsed, Fault> {
        let cas = match self.notation {
            Notation::Json => from_json(&bytes)?,
            Notation::Xmi => from_xmi(&bytes)?,
        };
        let mut draft = Draft::new(cas.text, options)?;
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for structure in &cas.structures {
            if structure.kind == FACTS
                && let Some(given) = structure.features.get("value")
                && let Ok(given) = serde_json::from_str(given)
            {
                known = given;
            }
        }
        let ours = !known.is_empty();
        for structure in &cas.structures {
            let feature = |name: &str| structure.features.get(name).map(String::as_str);
            if structure.kind == METADATA && !ours {
                for (name, from) in [
                    ("id", "documentId"),
                    ("title", "documentTitle"),
                    ("language", "language"),
                ] {
                    let value = feature(from).filter(|value| *value != "x-unspecified");
                    if let Some(value) = value {
                        known.insert(name.into(), value.into());
                    }
                }
            }
        }
        draft.set_facts(known);
        for structure in &cas.structures {
            let feature = |name: &str| structure.features.get(name).map(String::as_str);
            let layer = structure.kind.rsplit('.').next().unwrap_or_default();
            if is_linguistic(layer) || structure.kind == FACTS || structure.kind == METADATA {
                continue;
            }
            let number = |name: &str| feature(name).and_then(|value| value.parse::<i64>().ok());
            let (Some(begin), Some(end)) = (number("begin"), number("end")) else {
                continue;
            };
            let label = ["value", "label", "category", "entityType", "name"]
                .into_iter()
                .find_map(feature)
                .unwrap_or(layer);
            let kind = match structure.kind.as_str() {
                REGION => Kind::Region,
                ENTITY if ours => Kind::Entity,
                _ => Kind::ByName,
            };
            let score = feature("score").and_then(|score| score.parse().ok());
            draft.add(kind, begin, end, label, UNIT, score);
        }
        Ok(draft.finish())
    }

    fn shape(&self) -> Shape {
        Shape::Folder
    }

    fn writer(&self, options: &WriteOptions, _schema: Option<&Schema>) -> Option<Box<dyn Writer>> {
        Some(Box::new(Files {
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
struct Mark<'a> {
    kind: &'static str,
    begin: u32,
    end: u32,
    value: Option<&'a str>,
    score: Option<f64>,
}

struct Files {
    notation: Notation,
    options: WriteOptions,
    taken: BTreeSet<String>,
}

impl Writer for Files {
    fn add(
        &mut self,
        part: &str,
        record: &RecordView<'_>,
        target: &mut dyn Target,
    ) -> io::Result<()> {
        let (text, annotation) = (&record.article.text, record.annotation);
        let mark = |kind, span: Span, value, provenance: Option<Provenance>| Mark {
            kind,
            begin: UNIT.of(text, span.start()),
            end: UNIT.of(text, span.end()),
            value,
            score: provenance
                .and_then(Provenance::score)
                .filter(|_| self.options.scores)
                .map(crate::model::Score::value),
        };
        let tokens = self.options.tokenizer.tokens(text);
        let mut marks: Vec<Mark<'_>> = Vec::with_capacity(tokens.len() + 16);
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
            marks.push(mark(ENTITY, entity.span, value, Some(entity.provenance)));
        }
        let facts = serde_json::to_string(&facts::of(record)).unwrap_or_default();
        let stem = file_stem(record.article.id.as_str(), part, &mut self.taken);
        let (ending, bytes) = match self.notation {
            Notation::Json => ("cas.json", to_json(record, text, &marks, &facts)),
            Notation::Xmi => ("xmi", to_xmi(record, text, &marks, &facts)),
        };
        // `.json` alone may be anything.
        target
            .create(&format!("{stem}.{ending}"))?
            .write_all(bytes.as_bytes())
    }

    fn finish(self: Box<Self>, target: &mut dyn Target) -> io::Result<()> {
        if self.notation == Notation::Xmi {
            target
                .create("TypeSystem.xml")?
                .write_all(type_system().as_bytes())?;
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
    (FACTS, "uima.cas.TOP", &[("value", "uima.cas.String")]),
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

fn to_json(record: &RecordView<'_>, text: &Text, marks: &[Mark<'_>], facts: &str) -> String {
    let mut types = Map::new();
    for (name, parent, features) in TYPES {
        let mut fields = Map::new();
        fields.insert("%NAME".into(), name.into());
        fields.insert("%SUPER_TYPE".into(), parent.into());
        for (feature, range) in features {
            fields.insert(
                (*feature).to_owned(),
                json!({"%NAME": feature, "%RANGE": range}),
            );
        }
        types.insert(name.into(), fields.into());
    }
    let article = record.article;
    let mut structures = vec![
        json!({"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView",
            "mimeType": "text", "sofaString": text.as_str()}),
        json!({"%ID": 2, "%TYPE": METADATA, "@sofa": 1, "begin": 0,
            "end": UNIT.of(text, text.end()), "language": language(record),
            "documentId": article.id.as_str(), "documentTitle": article.headline(),
            "documentUri": article.meta.url}),
        json!({"%ID": 3, "%TYPE": FACTS, "value": facts}),
    ];
    for (index, mark) in marks.iter().enumerate() {
        let mut structure = json!({"%ID": index + 4, "%TYPE": mark.kind, "@sofa": 1,
            "begin": mark.begin, "end": mark.end});
        if let Some(value) = mark.value {
            structure["value"] = value.into();
        }
        if let Some(score) = mark.score {
            structure["score"] = score.into();
        }
        structures.push(structure);
    }
    let members: Vec<usize> = (2..marks.len() + 4).collect();
    json!({
        "%TYPES": types,
        "%FEATURE_STRUCTURES": structures,
        "%VIEWS": {"_InitialView": {"%SOFA": 1, "%INDEX": 2, "%MEMBERS": members}},
    })
    .to_string()
}

/// A string as an attribute of XML, line breaks and all.
fn attribute(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 16);
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Left as they are, a reader would make spaces of them.
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' => out.push_str(&format!("&#{};", c as u32)),
            // A character of the same length in UTF-16, so that no offset moves.
            c if not_in_xml(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn to_xmi(record: &RecordView<'_>, text: &Text, marks: &[Mark<'_>], facts: &str) -> String {
    let article = record.article;
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xmi:XMI xmlns:xmi=\"http://www.omg.org/XMI\" \
         xmlns:cas=\"http:///uima/cas.ecore\" \
         xmlns:ner=\"http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore\" \
         xmlns:segmentation=\"http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore\" \
         xmlns:metadata=\"http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore\" \
         xmlns:copydesk=\"http:///copydesk.ecore\" xmi:version=\"2.0\">\n<cas:NULL xmi:id=\"0\"/>\n",
    );
    out.push_str(&format!(
        "<metadata:DocumentMetaData xmi:id=\"2\" sofa=\"1\" begin=\"0\" end=\"{}\" language=\"{}\" documentTitle=\"{}\" documentId=\"{}\" documentUri=\"{}\"/>\n",
        UNIT.of(text, text.end()),
        attribute(language(record)),
        attribute(&article.headline()),
        attribute(article.id.as_str()),
        attribute(&article.meta.url)
    ));
    out.push_str(&format!(
        "<copydesk:Facts xmi:id=\"3\" value=\"{}\"/>\n",
        attribute(facts)
    ));
    let mut members = vec!["2".to_owned(), "3".to_owned()];
    for (index, mark) in marks.iter().enumerate() {
        let tag = match mark.kind {
            ENTITY => "ner:NamedEntity",
            TOKEN => "segmentation:Token",
            SENTENCE => "segmentation:Sentence",
            _ => "copydesk:Region",
        };
        let id = index + 4;
        out.push_str(&format!(
            "<{tag} xmi:id=\"{id}\" sofa=\"1\" begin=\"{}\" end=\"{}\"",
            mark.begin, mark.end
        ));
        if let Some(value) = mark.value {
            out.push_str(&format!(" value=\"{}\"", attribute(value)));
        }
        if let Some(score) = mark.score {
            out.push_str(&format!(" score=\"{score}\""));
        }
        out.push_str("/>\n");
        members.push(id.to_string());
    }
    out.push_str(&format!(
        "<cas:Sofa xmi:id=\"1\" sofaNum=\"1\" sofaID=\"_InitialView\" mimeType=\"text\" sofaString=\"{}\"/>\n\
         <cas:View sofa=\"1\" members=\"{}\"/>\n</xmi:XMI>\n",
        attribute(text.as_str()),
        members.join(" ")
    ));
    out
}

fn type_system() -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <typeSystemDescription xmlns=\"http://uima.apache.org/resourceSpecifier\">\n  <types>\n",
    );
    for (name, parent, features) in TYPES {
        out.push_str(&format!(
            "    <typeDescription>\n      <name>{name}</name>\n      <description/>\n      <supertypeName>{parent}</supertypeName>\n"
        ));
        if !features.is_empty() {
            out.push_str("      <features>\n");
            for (feature, range) in features {
                out.push_str(&format!(
                    "        <featureDescription><name>{feature}</name><description/><rangeTypeName>{range}</rangeTypeName></featureDescription>\n"
                ));
            }
            out.push_str("      </features>\n");
        }
        out.push_str("    </typeDescription>\n");
    }
    out.push_str("  </types>\n</typeSystemDescription>\n");
    out
}

// -- reading -------------------------------------------------------------------------------------

/// A CAS: a text, and things with features, all as strings.
#[derive(Default)]
struct Found {
    text: String,
    structures: Vec<Structure>,
}

struct Structure {
    kind: String,
    features: HashMap<String, String>,
}

fn from_json(bytes: &[u8]) -> Result<Found, Fault> {
    let mut cas = object(bytes)?;
    let mut read = Found::default();
    let mut found = false;
    let structures = match cas.remove("%FEATURE_STRUCTURES") {
        Some(Value::Array(list)) => list,
        // The older notation has them by their numbers.
        Some(Value::Object(map)) => map.into_iter().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    };
    for structure in structures {
        let Value::Object(fields) = structure else {
            continue;
        };
        let kind = fields
            .get("%TYPE")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        if kind == "uima.cas.Sofa" {
            if let Some(text) = fields.get("sofaString").and_then(Value::as_str)
                && !found
            {
                text.clone_into(&mut read.text);
                found = true;
            }
            continue;
        }
        let features = fields.into_iter().filter_map(|(name, value)| match value {
            Value::String(value) => Some((name, value)),
            Value::Number(value) => Some((name, value.to_string())),
            _ => None,
        });
        read.structures.push(Structure {
            kind,
            features: features.collect(),
        });
    }
    if !found {
        return Err(Fault::new(
            Code::NoText,
            "the CAS has no text (`sofaString`)",
        ));
    }
    Ok(read)
}

fn from_xmi(bytes: &[u8]) -> Result<Found, Fault> {
    let words = String::from_utf8_lossy(bytes);
    let mut xml = quick_xml::Reader::from_str(words.trim_start_matches('\u{feff}'));
    let bad = |why: String| Fault::new(Code::BadRecord, format!("not XMI that can be read: {why}"));
    let mut spaces: HashMap<String, String> = HashMap::new();
    let mut read = Found::default();
    let mut found = false;
    loop {
        let event = xml.read_event().map_err(|error| bad(error.to_string()))?;
        let tag: BytesStart<'_> = match event {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => tag,
            _ => continue,
        };
        let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
        let mut features = HashMap::new();
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| bad(error.to_string()))?;
            let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
            let value = String::from_utf8_lossy(&attribute.value).into_owned();
            let value = quick_xml::escape::unescape(&value)
                .map_err(|error| bad(error.to_string()))?
                .into_owned();
            if let Some(prefix) = key.strip_prefix("xmlns:") {
                spaces.insert(prefix.to_owned(), value);
            } else {
                features.insert(key, value);
            }
        }
        let (prefix, local) = name.split_once(':').unwrap_or(("", &name));
        if local == "Sofa" {
            if let Some(text) = features.remove("sofaString").filter(|_| !found) {
                read.text = text;
                found = true;
            }
            continue;
        }
        // `http:///de/…/type.ecore` is the package `de.….type`.
        let space = spaces.get(prefix).map_or("", String::as_str);
        let package = space
            .trim_start_matches("http:///")
            .trim_end_matches(".ecore")
            .replace('/', ".");
        let kind = if package.is_empty() {
            local.to_owned()
        } else {
            format!("{package}.{local}")
        };
        read.structures.push(Structure { kind, features });
    }
    if !found {
        return Err(Fault::new(
            Code::NoText,
            "the CAS has no text (`sofaString`)",
        ));
    }
    Ok(read)
}
