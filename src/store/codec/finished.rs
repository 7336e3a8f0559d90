//! The finished annotations that a model is trained on. The stored form calls them lessons.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{CodecError, Result, VERSION, read, write};
use crate::store::{ArticleKey, FinishedAnnotation, Revision};

#[derive(Serialize, Deserialize)]
struct FinishedDto<'a> {
    v: u32,
    /// Each annotator once.
    annotators: Vec<Cow<'a, str>>,
    /// `[when, article, index into the annotators, revision]`.
    #[serde(rename = "lessons")]
    finished: Vec<(i64, i64, usize, i64)>,
}

/// Writes finished annotations as JSON.
///
/// # Errors
/// Never in practice.
pub fn write_finished(finished: &[FinishedAnnotation]) -> Result<String> {
    let mut annotators: Vec<Cow<'_, str>> = Vec::new();
    let mut list = Vec::with_capacity(finished.len());
    for annotation in finished {
        let known = annotators
            .iter()
            .position(|who| **who == annotation.annotator);
        let at = known.unwrap_or_else(|| {
            annotators.push(Cow::Borrowed(&annotation.annotator));
            annotators.len() - 1
        });
        list.push((
            annotation.at_ms,
            annotation.key.0,
            at,
            annotation.revision.0,
        ));
    }
    write(&FinishedDto {
        v: VERSION,
        annotators,
        finished: list,
    })
}

/// Reads what [`write_finished`] wrote.
///
/// # Errors
/// If it is something else.
pub fn read_finished(json: &str) -> Result<Vec<FinishedAnnotation>> {
    let dto: FinishedDto<'_> = read(json)?;
    let annotation = |(at_ms, key, at, revision): (i64, i64, usize, i64)| {
        let annotator = dto.annotators.get(at);
        let annotator =
            annotator.ok_or_else(|| CodecError::new("a finished annotation has no annotator"))?;
        Ok(FinishedAnnotation {
            at_ms,
            key: ArticleKey(key),
            annotator: annotator.clone().into_owned(),
            revision: Revision(revision),
        })
    };
    dto.finished.into_iter().map(annotation).collect()
}
