//! CAS as XMI, with a separate type system.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use quick_xml::events::{BytesStart, Event};

use super::annotation::{CasAnnotation, TYPES, language, not_in_xml};
use super::document::{CasDocument, FEATURES, Scalar, Structure};
use super::{ENTITY, SENTENCE, TOKEN, UNIT};
use crate::formats::{Code, Fault, RecordView};
use crate::model::Text;

/// Escapes a string as an XML attribute, including line breaks.
fn attribute(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 16);
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Unescaped, a reader would convert them to spaces.
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' => out.push_str(&format!("&#{};", c as u32)),
            // A character of the same length in UTF-16, so that offsets stay valid.
            c if not_in_xml(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Writes a CAS.
pub(super) fn write(
    record: &RecordView<'_>,
    text: &Text,
    marks: &[CasAnnotation<'_>],
    metadata: &str,
) -> String {
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
        attribute(metadata)
    ));
    let mut members = String::from("2 3");
    for (index, mark) in marks.iter().enumerate() {
        let tag = match mark.kind {
            ENTITY => "ner:NamedEntity",
            TOKEN => "segmentation:Token",
            SENTENCE => "segmentation:Sentence",
            _ => "copydesk:Region",
        };
        let id = index + 4;
        let (begin, end) = (mark.begin, mark.end);
        let _ = write!(
            out,
            "<{tag} xmi:id=\"{id}\" sofa=\"1\" begin=\"{begin}\" end=\"{end}\""
        );
        if let Some(value) = mark.value {
            let _ = write!(out, " value=\"{}\"", attribute(value));
        }
        if let Some(id) = mark.identifier {
            let _ = write!(out, " identifier=\"{}\"", attribute(id));
        }
        if let Some(score) = mark.score {
            let _ = write!(out, " score=\"{score}\"");
        }
        out.push_str("/>\n");
        let _ = write!(members, " {id}");
    }
    out.push_str(&format!(
        "<cas:Sofa xmi:id=\"1\" sofaNum=\"1\" sofaID=\"_InitialView\" mimeType=\"text\" sofaString=\"{}\"/>\n\
         <cas:View sofa=\"1\" members=\"{}\"/>\n</xmi:XMI>\n",
        attribute(text.as_str()),
        members
    ));
    out
}

/// Returns the type system.
pub(super) fn type_system() -> String {
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

/// Reads a CAS.
pub(super) fn read(words: &str) -> Result<CasDocument<'_>, Fault> {
    let mut xml = quick_xml::Reader::from_str(words.trim_start_matches('\u{feff}'));
    let bad = |why: String| Fault::new(Code::BadRecord, format!("not XMI that can be read: {why}"));
    let mut spaces: HashMap<String, String> = HashMap::new();
    // The types of tag names; `None` for types that are not read.
    let mut kinds: HashMap<Vec<u8>, Option<String>> = HashMap::new();
    let mut found = CasDocument::default();
    loop {
        let event = xml.read_event().map_err(|error| bad(error.to_string()))?;
        let tag: BytesStart<'_> = match event {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => tag,
            _ => continue,
        };
        let is_text = tag.local_name().as_ref() == b"Sofa";
        if let Some(None) = kinds.get(tag.name().as_ref())
            && !is_text
        {
            continue;
        }
        let mut features = Vec::new();
        let (mut own_spaces, mut has_text, mut id) = (false, false, None);
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| bad(error.to_string()))?;
            let key = attribute.key.as_ref();
            let known = FEATURES.into_iter().find(|name| name.as_bytes() == key);
            let prefix = key.strip_prefix(b"xmlns:");
            let is_id = is_text && key == b"xmi:id";
            let is_text = is_text && key == b"sofaString" && found.text.is_none();
            if known.is_none() && prefix.is_none() && !is_text && !is_id {
                continue;
            }
            let raw = String::from_utf8_lossy(&attribute.value);
            let value = quick_xml::escape::unescape(&raw)
                .map_err(|error| bad(error.to_string()))?
                .into_owned();
            if is_text {
                found.text = Some(value);
                has_text = true;
            } else if is_id {
                id = Some(value);
            } else if let Some(name) = known {
                features.push((name, Scalar::Text(Cow::Owned(value))));
            } else if let Some(prefix) = prefix {
                own_spaces = true;
                spaces.insert(String::from_utf8_lossy(prefix).into_owned(), value);
            }
        }
        if has_text {
            found.sofa = id;
        }
        if is_text {
            continue;
        }
        if own_spaces {
            kinds.clear();
        }
        let name = tag.name();
        let kind = kinds.entry(name.as_ref().to_vec()).or_insert_with(|| {
            let kind = kind(&String::from_utf8_lossy(name.as_ref()), &spaces);
            Structure::is_wanted(&kind).then_some(kind)
        });
        if let Some(kind) = kind {
            found.structures.push(Structure {
                kind: Cow::Owned(kind.clone()),
                features,
            });
        }
    }
    Ok(found)
}

/// Returns the type of a tag: `http:///de/…/type.ecore` is the package `de.….type`.
fn kind(name: &str, spaces: &HashMap<String, String>) -> String {
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let space = spaces.get(prefix).map_or("", String::as_str);
    let package = space
        .trim_start_matches("http:///")
        .trim_end_matches(".ecore")
        .replace('/', ".");
    if package.is_empty() {
        local.to_owned()
    } else {
        format!("{package}.{local}")
    }
}
