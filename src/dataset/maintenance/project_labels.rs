//! Carries the labels of a story that somebody has labelled over to its copies that nobody has touched.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::dataset::config::annotators::chosen_annotation;
use crate::dataset::config::work_mode::WorkMode;
use crate::dataset::io::clock::Clock;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::maintenance::near_duplicates::{SplitBy, look};
use crate::edit::plan::start_from;
use crate::edit::{Action, Entry, EntryKind, Selection};
use crate::model::{Annotation, Article, BytePos, Provenance, StartedFrom, Status};
use crate::quality::near::{self, Pair, Signature};
use crate::quality::{Carried, carry as carry_labels};
use crate::store::{ArticleKey, Commit, Revision, Store, StoreError, StoredAnnotation};

/// A copy that got labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Copied {
    /// The number of the copy.
    pub key: ArticleKey,
    /// The id of the copy.
    pub to: String,
    /// The id of the article whose labels it got.
    pub from: String,
    /// In whose name.
    pub annotator: String,
    /// What was carried over.
    pub carried: Carried,
}

/// Gives each article that no person has touched, and that is a near-duplicate of a done one, the labels of that one (of
/// several the most alike, then the first). They are work begun in the name of whoever labelled it, or of `annotator`: status
/// started, its history beginning with what was carried over, so that no model gets the credit. What is doubtful are
/// suggestions with low scores. In the name of `annotator` goes only what that annotator may see: own work, and that of the
/// colleague whom the annotator reviews.
///
/// # Errors
/// If the dataset cannot be read or written, or [`Cancelled`]; copies that were written before stay.
pub fn carry(
    store: &mut dyn Store,
    annotator: Option<&str>,
    clock: &dyn Clock,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Vec<Copied>> {
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
                let carried = carry_labels(&article, &work.annotation, &copy, suggestions);
                let who = annotator.unwrap_or(&work.annotator);
                let mut carried = carried;
                if who != work.annotator {
                    carried.annotation = of_colleague(&copy, &carried.annotation);
                }
                let from = StartedFrom::Person {
                    annotator: work.annotator.clone(),
                    revision: work.revision.0,
                };
                let now = clock.now_ms();
                if write(store, key, who, &carried.annotation, &from, now)? {
                    copied.push(Copied {
                        key,
                        to: copy.id.to_string(),
                        from: article.id.to_string(),
                        annotator: who.to_owned(),
                        carried,
                    });
                }
                break;
            }
        }
    }
    Ok(copied)
}

/// For each article of a pair those that it is like, in the order of the articles.
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

/// Whether an annotation is nothing but what the models suggest.
fn is_nobodys(stored: &StoredAnnotation) -> bool {
    stored.annotator.is_empty() && stored.annotation.status() == Status::Todo
}

/// What was a person's before it was carried over to another one's article goes on saying so.
fn of_colleague(article: &Article, carried: &Annotation) -> Annotation {
    let whose = |provenance: Provenance| {
        if provenance.is_suggestion() {
            provenance
        } else {
            Provenance::Colleague
        }
    };
    let mut regions = carried.regions().to_vec();
    let mut entities = carried.entities().to_vec();
    for region in &mut regions {
        region.provenance = whose(region.provenance);
    }
    for entity in &mut entities {
        entity.provenance = whose(entity.provenance);
    }
    let remarks = carried.remarks().to_vec();
    Annotation::from_parts(&article.text, regions, entities, carried.status(), remarks)
        .unwrap_or_else(|_never| carried.clone())
}

/// A person's newest work on an article, if it is done: for this annotator, what the annotator may see.
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
        stored.retain(|one| one.annotator == name || Some(&*one.annotator) == colleague);
    }
    let chosen = chosen_annotation(&stored)
        .filter(|chosen| !chosen.annotator.is_empty())
        .filter(|chosen| chosen.annotation.status() == Status::Done)
        .cloned();
    Ok(chosen.map(|chosen| (article, chosen)))
}

/// Begins an annotation; not where somebody else was first.
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
