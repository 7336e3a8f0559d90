//! Metadata of a record as a flat map of strings.
//!
//! In this form, the id, the status and everything else besides text and spans travel in formats
//! that have no fields for them.

pub mod adjudication;
pub mod remark_threads;
pub mod remarks;
pub mod span_attributes;
pub mod suggested_by;
pub mod time;

use std::collections::BTreeMap;

use crate::formats::{OffsetUnit, RecordView};
use crate::model::{ArticleId, Metadata, Remark, Status, Text};

/// The names with a meaning. Other names are the article's own metadata.
const ID: &str = "id";
const STATUS: &str = "status";
const ANNOTATOR: &str = "annotator";
const UPDATED_AT: &str = "updated_at";
const LANGUAGE: &str = "language";
const URL: &str = "url";
const SOURCE: &str = "source";
const TITLE: &str = "title";

/// All names with a meaning.
pub(in crate::formats) const NAMES: [&str; 11] = [
    ID,
    STATUS,
    ANNOTATOR,
    UPDATED_AT,
    LANGUAGE,
    URL,
    SOURCE,
    TITLE,
    remarks::REMARKS,
    remarks::REMARK,
    remark_threads::NAME,
];

/// Returns the metadata of a record, without empty fields. Remarks count in code points.
#[must_use]
pub fn to_map(record: &RecordView<'_>) -> BTreeMap<String, String> {
    let article = record.article;
    let mut metadata = article.meta.other.clone();
    let mut put = |name: &str, value: &str| {
        if value.is_empty() {
            metadata.remove(name); // what is unknown must not come back as metadata of the same name
        } else {
            metadata.insert(name.to_owned(), value.to_owned());
        }
    };
    put(ID, article.id.as_str());
    put(STATUS, record.annotation.status().as_str());
    put(ANNOTATOR, record.annotator);
    put(UPDATED_AT, &time::print(record.updated_at_ms));
    put(LANGUAGE, &article.meta.language);
    put(URL, &article.meta.url);
    put(SOURCE, &article.meta.source);
    put(TITLE, &article.meta.title);
    for (name, value) in remarks::fields(
        record.annotation.remarks(),
        &article.text,
        OffsetUnit::Codepoint,
    ) {
        put(name, &value);
    }
    metadata
}

/// Metadata that was read back.
#[derive(Clone, Debug, Default)]
pub struct RecordMetadata {
    /// The id, if it is valid.
    pub id: Option<ArticleId>,
    /// The status, if there is one.
    pub status: Option<Status>,
    /// The annotator; empty if unknown.
    pub annotator: String,
    /// The time of the last change, in milliseconds since 1970 UTC; 0 if unknown.
    pub updated_at_ms: i64,
    /// The remarks. A remark whose place does not fit the text is dropped.
    pub remarks: Vec<Remark>,
    /// Everything else.
    pub meta: Metadata,
}

/// Parses a map of strings. A value that makes no sense stays in the metadata under its name.
#[must_use]
pub fn from_map(mut map: BTreeMap<String, String>, text: &Text) -> RecordMetadata {
    fn take<T>(
        map: &mut BTreeMap<String, String>,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = parse(map.get(name)?)?;
        map.remove(name);
        Some(value)
    }
    let whole = |words: &str| Some(words.to_owned());
    let id = take(&mut map, ID, ArticleId::new);
    let status = take(&mut map, STATUS, Status::parse);
    let annotator = take(&mut map, ANNOTATOR, |name| Some(name.trim().to_owned()));
    let updated_at_ms = take(&mut map, UPDATED_AT, |at| {
        time::parse(at).filter(|ms| *ms != 0)
    });
    let language = take(&mut map, LANGUAGE, whole);
    let url = take(&mut map, URL, whole);
    let source = take(&mut map, SOURCE, whole);
    let title = take(&mut map, TITLE, whole);
    let remarks = remarks::take(&mut map, text, OffsetUnit::Codepoint);
    RecordMetadata {
        id,
        status,
        annotator: annotator.unwrap_or_default(),
        updated_at_ms: updated_at_ms.unwrap_or_default(),
        remarks,
        meta: Metadata {
            title: title.unwrap_or_default(),
            language: language.unwrap_or_default(),
            url: url.unwrap_or_default(),
            source: source.unwrap_or_default(),
            other: map,
        },
    }
}
