//! Annotations and types of a CAS, in both notations.

use super::{ENTITY, METADATA, OWN_METADATA, REGION, SENTENCE, TOKEN};
use crate::formats::RecordView;

/// A type: its name, its parent, and its features with their types.
pub(super) type Type = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// An annotation to be written.
pub(super) struct CasAnnotation<'a> {
    pub(super) kind: &'static str,
    pub(super) begin: u32,
    pub(super) end: u32,
    pub(super) value: Option<&'a str>,
    pub(super) score: Option<f64>,
    /// The knowledge base entry of an entity.
    pub(super) identifier: Option<&'a str>,
}

/// The types besides UIMA's own.
pub(super) const TYPES: [Type; 6] = [
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

pub(super) fn language<'a>(record: &RecordView<'a>) -> &'a str {
    match record.article.meta.language.as_str() {
        "" => "x-unspecified",
        language => language,
    }
}

/// Returns whether XML 1.0 cannot hold a character, escaped or not.
pub(super) fn not_in_xml(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}
