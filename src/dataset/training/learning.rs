//! What the models learn from in a dataset: its finished articles, as they are now.
//!
//! An article counts once. Where several annotators have finished it, all their annotations count: what they agree on is learnt, and
//! what they do not agree on is left open. So it does not matter who finished an article first, or last.

use std::ops::Range;

use crate::model::{Annotation, Article, Entity, Provenance, Region, Schema, Span, Status};
use crate::store::{ArticleKey, Lesson, Revision, Store, StoreError};
use crate::tag::pieces;

/// The most finished annotations that count: those of the articles with the highest numbers.
pub const MOST_LESSONS: usize = 1000;
/// From longer texts, in bytes, nothing is learnt, and their suggestions stay as they came: it would take too long.
pub const MOST_BYTES: usize = 1 << 20;
/// The setting of a dataset that says before when there is nothing to learn from, milliseconds since 1970 UTC: what was
/// to be forgotten.
pub const LEARN_AFTER: &str = "learn_after";

/// A finished article: which annotations of it are finished.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FinishedArticle {
    /// Its number.
    pub key: ArticleKey,
    /// By the names of the annotators.
    pub versions: Vec<Lesson>,
}

/// The finished annotations that count, by article and annotator.
///
/// # Errors
/// If the dataset cannot be read.
pub fn lessons(store: &dyn Store) -> Result<Vec<Lesson>, StoreError> {
    let after = store.setting(LEARN_AFTER)?;
    let after = after.and_then(|ms| ms.parse().ok()).unwrap_or(i64::MIN);
    let mut lessons = store.lessons(after, MOST_LESSONS)?;
    // The last article may have more annotations than those that were asked for.
    if lessons.len() == MOST_LESSONS
        && let Some(last) = lessons.last().map(|lesson| lesson.key)
        && lessons.first().is_some_and(|first| first.key != last)
    {
        lessons.retain(|lesson| lesson.key != last);
    }
    lessons.sort_by(|one, other| (one.key, &one.annotator).cmp(&(other.key, &other.annotator)));
    Ok(lessons)
}

/// The annotations by their articles, by rising number.
#[must_use]
pub fn group(mut lessons: Vec<Lesson>) -> Vec<FinishedArticle> {
    lessons.sort_by(|one, other| (one.key, &one.annotator).cmp(&(other.key, &other.annotator)));
    lessons
        .chunk_by(|one, other| one.key == other.key)
        .map(|versions| FinishedArticle {
            key: versions[0].key,
            versions: versions.to_vec(),
        })
        .collect()
}

/// An article with its finished annotations, by the names of the annotators; `None` if it is gone or too long. Annotations that
/// were changed meanwhile are left out: the next look at the dataset names them anew.
///
/// # Errors
/// If the dataset cannot be read.
pub fn finished_versions(
    store: &dyn Store,
    finished: &FinishedArticle,
) -> Result<Option<(Article, Vec<Annotation>)>, StoreError> {
    let article = match store.article(finished.key) {
        Err(StoreError::NoSuchArticle(_)) => return Ok(None),
        article => article?,
    };
    if article.text.len() > MOST_BYTES {
        return Ok(None);
    }
    let mut stored = store.annotations(&article, finished.key)?;
    stored.retain(|stored| {
        let is_version = |annotator: &str, revision: Revision| {
            let mut versions = finished.versions.iter();
            versions.any(|known| known.annotator == annotator && known.revision == revision)
        };
        stored.annotation.status() == Status::Done && is_version(&stored.annotator, stored.revision)
    });
    stored.sort_by(|one, other| one.annotator.cmp(&other.annotator));
    let versions = stored.into_iter().map(|stored| stored.annotation).collect();
    Ok(Some((article, versions)))
}

/// Where names can be learnt from an article: where entities are tagged, without the lines in which the annotators do not agree.
#[must_use]
pub fn agreed_pieces(
    article: &Article,
    versions: &[Annotation],
    schema: &Schema,
) -> Vec<Range<usize>> {
    let text = &article.text;
    let Some((first, others)) = versions.split_first() else {
        return Vec::new();
    };
    let own = pieces(text, first.regions(), schema);
    if others.is_empty() {
        return own;
    }
    let within = |annotation: &Annotation, line: &Range<usize>| -> Vec<(Span, String)> {
        let entities = annotation.entities().iter();
        let touching = entities.filter(|entity| {
            let span = entity.span.range();
            span.start < line.end && line.start < span.end
        });
        touching
            .map(|entity| (entity.span, entity.label.to_string()))
            .collect()
    };
    let theirs: Vec<(Vec<Range<usize>>, &Annotation)> = others
        .iter()
        .map(|other| (pieces(text, other.regions(), schema), other))
        .collect();
    let is_agreed = |line: &Range<usize>| {
        let named = within(first, line);
        theirs.iter().all(|(pieces, other)| {
            let holds = |piece: &Range<usize>| piece.start <= line.start && line.end <= piece.end;
            pieces.iter().any(holds) && within(other, line) == named
        })
    };
    own.iter()
        .flat_map(|piece| lines(text.as_str(), piece))
        .filter(is_agreed)
        .collect()
}

/// The lines of a piece of a text.
fn lines(text: &str, piece: &Range<usize>) -> Vec<Range<usize>> {
    let mut start = piece.start;
    let lines = text
        .get(piece.clone())
        .unwrap_or_default()
        .split_inclusive('\n');
    lines
        .map(|line| {
            let range = start..start + line.len();
            start = range.end;
            range
        })
        .collect()
}

/// Whether an annotation is a machine's guess and nothing else, so that a better guess may take its place. What came
/// with the article is not.
#[must_use]
pub fn is_guess(annotation: &Annotation) -> bool {
    annotation.status() == Status::Todo
        && annotation.remarks().is_empty()
        && annotation
            .regions()
            .iter()
            .all(|region| matches!(region.provenance, Provenance::Extractor(_)))
        && annotation
            .entities()
            .iter()
            .all(|entity| matches!(entity.provenance, Provenance::Tagger(_)))
}

/// The guess with other regions and entities.
#[must_use]
pub fn guess_of(
    article: &Article,
    regions: Vec<Region>,
    entities: Vec<Entity>,
) -> Option<Annotation> {
    Annotation::from_parts(&article.text, regions, entities, Status::Todo, Vec::new()).ok()
}
