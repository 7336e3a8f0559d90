//! Projects the labels of done articles onto their unstarted near-duplicates.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::dataset::config::annotators::chosen_annotation;
use crate::dataset::config::work_mode::WorkMode;
use crate::dataset::io::clock::Clock;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::maintenance::near_duplicates::{SplitBy, look};
use crate::dataset::session::of_colleague;
use crate::edit::plan::start_from;
use crate::edit::{Action, Entry, EntryKind, Selection};
use crate::model::{Annotation, Article, BytePos, StartedFrom, Status};
use crate::quality::near::{self, Pair, Signature};
use crate::quality::{Projection, project_labels as project};
use crate::store::{ArticleKey, Commit, Revision, Store, StoreError, StoredAnnotation};

/// A near-duplicate that got labels.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledCopy {
    /// The number of the copy.
    pub key: ArticleKey,
    /// The id of the copy.
    pub to: String,
    /// The id of the article whose labels it got.
    pub from: String,
    /// The annotator who owns them.
    pub annotator: String,
    /// The projected labels.
    pub projection: Projection,
}

/// Projects labels onto each near-duplicate of a done article that nobody has started, and returns
/// these copies.
///
/// A copy gets the labels of the most similar done article (the first of several). They become the
/// work of whoever labelled that article, or of `annotator`: the status is started, and the history
/// begins with the projected labels, so that they do not count as right suggestions of a model.
/// Doubtful labels are [`Provenance::Projected`](crate::model::Provenance::Projected). For `annotator`, only labels that this annotator
/// may see are projected: their own, and those of the colleague under review.
///
/// # Errors
/// If the dataset cannot be read or written, or [`Cancelled`]; copies that were written before
/// stay.
pub fn project_labels(
    store: &mut dyn Store,
    annotator: Option<&str>,
    clock: &dyn Clock,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Vec<LabelledCopy>> {
    let mode = WorkMode::load(store)?;
    let (keys, all) = look(store, SplitBy::Article, progress, cancel)?;
    let signatures: Vec<Option<Signature>> =
        all.into_iter().map(|looked| looked.signature).collect();
    let pairs = near::pairs(&signatures);
    drop(signatures);
    let mut copied = Vec::new();
    for (at, mut candidates) in neighbours(&pairs) {
        if cancel.is_cancelled() {
            return Err(Cancelled.into());
        }
        let Some(&key) = keys.get(at as usize) else {
            continue;
        };
        let copy = store.article(key)?;
        let stored = store.annotations(&copy, key)?;
        if stored.iter().any(|stored| !is_nobodys(stored)) {
            continue;
        }
        // The most alike first; each is looked at only until one is done.
        candidates.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        for (other, _) in candidates {
            let Some(&other) = keys.get(other as usize) else {
                continue;
            };
            if let Some((article, work)) = done(store, other, annotator, &mode)? {
                let none = Annotation::default();
                let suggestions = stored.first().map_or(&none, |stored| &stored.annotation);
                let mut projection = project(&article, &work.annotation, &copy, suggestions);
                let who = annotator.unwrap_or(work.owner.as_str());
                if !work.owner.is(who) {
                    projection.annotation = as_colleagues(&copy, &projection.annotation);
                }
                let from = StartedFrom::Person {
                    annotator: work.owner.as_str().to_owned(),
                    revision: work.revision.0,
                };
                let now = clock.now_ms();
                if write(store, key, who, &projection.annotation, &from, now)? {
                    copied.push(LabelledCopy {
                        key,
                        to: copy.id.to_string(),
                        from: article.id.to_string(),
                        annotator: who.to_owned(),
                        projection,
                    });
                }
                break;
            }
        }
    }
    Ok(copied)
}

/// Returns for each article its near-duplicates, in the order of the articles.
fn neighbours(pairs: &[Pair]) -> BTreeMap<u32, Vec<(u32, f64)>> {
    let mut beside: BTreeMap<u32, Vec<(u32, f64)>> = BTreeMap::new();
    for pair in pairs {
        beside
            .entry(pair.first)
            .or_default()
            .push((pair.second, pair.likeness));
        beside
            .entry(pair.second)
            .or_default()
            .push((pair.first, pair.likeness));
    }
    beside
}

/// Returns whether an annotation holds only suggestions.
fn is_nobodys(stored: &StoredAnnotation) -> bool {
    stored.owner.is_nobody() && stored.annotation.status() == Status::Todo
}

/// Marks labels of another annotator as a colleague's.
fn as_colleagues(article: &Article, projection: &Annotation) -> Annotation {
    let mut regions = projection.regions().to_vec();
    let mut entities = projection.entities().to_vec();
    for region in &mut regions {
        region.provenance = of_colleague(region.provenance);
    }
    for entity in &mut entities {
        entity.provenance = of_colleague(entity.provenance);
    }
    let remarks = projection.remarks().to_vec();
    Annotation::from_parts(
        &article.text,
        regions,
        entities,
        projection.status(),
        remarks,
    )
    .unwrap_or_else(|_never| projection.clone())
}

/// Returns the newest work on an article, if it is done and this annotator may see it.
fn done(
    store: &dyn Store,
    key: ArticleKey,
    annotator: Option<&str>,
    mode: &WorkMode,
) -> Result<Option<(Article, StoredAnnotation)>> {
    let article = store.article(key)?;
    let mut stored = store.annotations(&article, key)?;
    if let Some(name) = annotator {
        let colleague = mode.colleague_of(name);
        stored.retain(|one| one.owner.is(name) || one.owner.name() == colleague);
    }
    let chosen = chosen_annotation(&stored)
        .filter(|chosen| chosen.owner.is_person())
        .filter(|chosen| chosen.annotation.status() == Status::Done)
        .cloned();
    Ok(chosen.map(|chosen| (article, chosen)))
}

/// Begins an annotation, unless somebody else was first.
fn write(
    store: &mut dyn Store,
    key: ArticleKey,
    annotator: &str,
    annotation: &Annotation,
    from: &StartedFrom,
    at_ms: i64,
) -> Result<bool> {
    let here = Selection::caret(BytePos(0));
    let start = Entry {
        kind: EntryKind::Edit,
        action: Action::Start,
        transaction: start_from(annotation),
        before: here,
        after: here,
        at_ms,
        started_from: from.clone(),
    };
    let commit = Commit {
        key,
        annotator,
        expected: Revision(0),
        entries: &[start],
        annotation,
    };
    match store.commit(&commit, at_ms) {
        Ok(_) => Ok(true),
        Err(StoreError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
