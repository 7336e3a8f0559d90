//! What a model learnt from.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{CodecError, Result, VERSION, read, write};
use crate::store::{ArticleKey, Lesson, Revision};

#[derive(Serialize, Deserialize)]
struct LessonsDto<'a> {
    v: u32,
    /// Each annotator once.
    annotators: Vec<Cow<'a, str>>,
    /// `[when, article, index into the annotators, revision]`.
    lessons: Vec<(i64, i64, usize, i64)>,
}

/// What a model learnt from, as it is stored.
///
/// # Errors
/// Never in practice.
pub fn write_lessons(lessons: &[Lesson]) -> Result<String> {
    let mut annotators: Vec<Cow<'_, str>> = Vec::new();
    let mut list = Vec::with_capacity(lessons.len());
    for lesson in lessons {
        let known = annotators.iter().position(|who| **who == lesson.annotator);
        let at = known.unwrap_or_else(|| {
            annotators.push(Cow::Borrowed(&lesson.annotator));
            annotators.len() - 1
        });
        list.push((lesson.at_ms, lesson.key.0, at, lesson.revision.0));
    }
    write(&LessonsDto {
        v: VERSION,
        annotators,
        lessons: list,
    })
}

/// Reads what [`write_lessons`] wrote.
///
/// # Errors
/// If it is something else.
pub fn read_lessons(json: &str) -> Result<Vec<Lesson>> {
    let dto: LessonsDto<'_> = read(json)?;
    let lesson = |(at_ms, key, at, revision): (i64, i64, usize, i64)| {
        let annotator = dto.annotators.get(at);
        let annotator = annotator.ok_or_else(|| CodecError::new("a lesson is nobody's"))?;
        Ok(Lesson {
            at_ms,
            key: ArticleKey(key),
            annotator: annotator.clone().into_owned(),
            revision: Revision(revision),
        })
    };
    dto.lessons.into_iter().map(lesson).collect()
}
