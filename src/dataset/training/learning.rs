//! The finished articles of a dataset, on which its models train.
//!
//! Each article counts once. If several annotators have finished it, the models learn the labels on
//! which they agree. So it does not matter who finished an article first.

use std::ops::Range;

use crate::model::{Annotation, Article, Entity, Region, Schema, Span, Status};
use crate::store::{ArticleKey, FinishedAnnotation, Revision, Store, StoreError};
use crate::tag::pieces;

/// The largest number of finished annotations to learn from: those of the articles with the highest
/// numbers.
pub const MOST_FINISHED: usize = 1000;
/// The length in bytes up to which models learn from a text and renew its suggestions. Longer ones
/// would take too long.
pub const MOST_BYTES: usize = 1 << 20;
/// The setting with the time (milliseconds since 1970 UTC) up to which finished annotations are
/// ignored, because the annotator reset the models.
pub const LEARN_AFTER: &str = "learn_after";

/// An article with its finished annotations.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FinishedArticle {
    /// Its number.
    pub key: ArticleKey,
    /// The finished annotations, by the names of the annotators.
    pub versions: Vec<FinishedAnnotation>,
}

/// Returns the finished annotations to learn from, by article and annotator.
///
/// # Errors
/// Returns an error if the dataset cannot be read.
pub fn finished_annotations(store: &dyn Store) -> Result<Vec<FinishedAnnotation>, StoreError> {
    let after = store.setting(LEARN_AFTER)?;
    let after = after.and_then(|ms| ms.parse().ok()).unwrap_or(i64::MIN);
    let mut finished = store.finished_annotations(after, MOST_FINISHED)?;
    // The last article may have more annotations than there was room for.
    if finished.len() == MOST_FINISHED
        && let Some(last) = finished.last().map(|annotation| annotation.key)
        && finished.first().is_some_and(|first| first.key != last)
    {
        finished.retain(|annotation| annotation.key != last);
    }
    finished.sort_by(|one, other| (one.key, &one.annotator).cmp(&(other.key, &other.annotator)));
    Ok(finished)
}

/// Groups annotations by article, by rising number.
#[must_use]
pub fn group(mut finished: Vec<FinishedAnnotation>) -> Vec<FinishedArticle> {
    finished.sort_by(|one, other| (one.key, &one.annotator).cmp(&(other.key, &other.annotator)));
    finished
        .chunk_by(|one, other| one.key == other.key)
        .map(|versions| FinishedArticle {
            key: versions[0].key,
            versions: versions.to_vec(),
        })
        .collect()
}

/// Reads an article with its finished annotations, by the names of the annotators. `None` if it is
/// gone or too long.
///
/// Annotations that have changed since are left out.
///
/// # Errors
/// Returns an error if the dataset cannot be read.
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
        stored.annotation.status() == Status::Done
            && is_version(stored.owner.as_str(), stored.revision)
    });
    stored.sort_by(|one, other| one.owner.cmp(&other.owner));
    let versions = stored.into_iter().map(|stored| stored.annotation).collect();
    Ok(Some((article, versions)))
}

/// The pieces of an article to learn names from: those with entities, without lines in which
/// annotators disagree.
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

/// Returns the lines of a piece of a text.
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

/// Whether an annotation holds nothing but suggestions of the models, so that better ones may
/// replace it. Imported labels are no suggestions.
#[must_use]
pub fn is_guess(annotation: &Annotation) -> bool {
    annotation.status() == Status::Todo
        && annotation.remarks().is_empty()
        && annotation
            .regions()
            .iter()
            .all(|region| region.provenance.is_of_model())
        && annotation
            .entities()
            .iter()
            .all(|entity| entity.provenance.is_of_model())
}

/// Makes an annotation of suggestions.
#[must_use]
pub fn guess_of(
    article: &Article,
    regions: Vec<Region>,
    entities: Vec<Entity>,
) -> Option<Annotation> {
    Annotation::from_parts(&article.text, regions, entities, Status::Todo, Vec::new()).ok()
}
