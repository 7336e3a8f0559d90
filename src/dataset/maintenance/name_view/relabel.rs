//! Relabels a name at many places, as one step that can be undone as one.

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::edit::{
    Action, Edit, Entry, EntryKind, History, NamePlace, PlanError, Scope, Selection, Session,
};
use crate::model::{Annotation, Label, StartedFrom};
use crate::store::{ArticleKey, ChangeSeq, Commit, Revision, Store, StoreError, StoredAnnotation};

/// How often the step is planned again after a conflict with another program.
const ATTEMPTS: usize = 3;

/// Another label for a name at some places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relabelling {
    /// The name.
    pub name: String,
    /// Its label from now on; `None` removes the label.
    pub to: Option<Label>,
    /// At which places, in the order of the articles.
    pub places: Vec<(ArticleKey, NamePlace)>,
}

/// A step that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relabelled {
    /// What was asked for.
    pub name: String,
    /// The label.
    pub to: Option<Label>,
    /// When: the same in the history of every article, by which the step is known.
    pub at_ms: i64,
    /// How many places were changed.
    pub places: u64,
    /// In which articles.
    pub articles: Vec<ArticleKey>,
    /// How many places were no longer as they were shown, or are in articles that the annotator has
    /// not begun; they stay as they are.
    pub left: u64,
    /// The stretch of the stream of changes: after the first place, up to the second.
    pub changes: (ChangeSeq, ChangeSeq),
}

/// A step that was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoneRelabelling {
    /// In which articles.
    pub articles: Vec<ArticleKey>,
    /// In how many articles it could not be taken back, since the same places were changed again.
    pub left: u64,
    /// The stretch of the stream of changes: after the first place, up to the second.
    pub changes: (ChangeSeq, ChangeSeq),
}

/// The change of one article.
struct Planned {
    key: ArticleKey,
    expected: Revision,
    entry: Entry,
    annotation: Annotation,
}

/// Gives a name another label at some places, or removes it, in the annotator's own annotations:
/// all of it or nothing. Other people's annotations and the suggestions are not touched. Articles
/// keep their status, and the history of each has the step.
///
/// # Errors
/// If the schema does not have the label, the dataset cannot be written, another program changes
/// the same articles all the time, or [`Cancelled`]. Nothing has changed then.
pub fn relabel_name(
    store: &mut dyn Store,
    relabelling: &Relabelling,
    annotator: &str,
    at_ms: i64,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Relabelled> {
    let mut made = Relabelled {
        name: relabelling.name.clone(),
        to: relabelling.to.clone(),
        at_ms,
        places: 0,
        articles: Vec::new(),
        left: 0,
        changes: Default::default(),
    };
    let (planned, changes) = write_step(store, annotator, at_ms, &mut |store| {
        made.places = 0;
        made.left = 0;
        plan_relabelling(store, relabelling, annotator, progress, cancel, &mut made)
    })?;
    made.articles = planned;
    made.changes = changes;
    Ok(made)
}

fn plan_relabelling(
    store: &dyn Store,
    relabelling: &Relabelling,
    annotator: &str,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
    made: &mut Relabelled,
) -> Result<Vec<Planned>> {
    let schema = store.schema()?;
    let to = relabelling.to.as_ref();
    let of_articles: Vec<&[(ArticleKey, NamePlace)]> = relabelling
        .places
        .chunk_by(|(a, _), (b, _)| a == b)
        .collect();
    progress.expect(of_articles.len() as u64);
    let mut planned = Vec::new();
    for (done, of_article) in of_articles.into_iter().enumerate() {
        if cancel.is_cancelled() {
            return Err(Cancelled.into());
        }
        progress.advance(done as u64, 0);
        let Some((key, _)) = of_article.first() else {
            continue;
        };
        let article = store.article(*key)?;
        let Some(own) = own_annotation(store.annotations(&article, *key)?, annotator) else {
            made.left += of_article.len() as u64;
            continue;
        };
        let scope = Scope {
            article: &article,
            annotation: &own.annotation,
            schema: &schema,
        };
        let places: Vec<NamePlace> = of_article.iter().map(|(_, at)| at.clone()).collect();
        let plan = match scope.relabel_places(&places, to) {
            Ok(plan) => plan,
            Err(error @ PlanError::UnknownLabel(_)) => bail!("{error}"),
            Err(error) => bail!("article {}: {error}", article.id),
        };
        made.left += plan.gone;
        made.places += plan.changed;
        if plan.transaction.is_empty() {
            continue;
        }
        let mut annotation = own.annotation;
        if let Err(error) = plan.transaction.apply(&article.text, &mut annotation) {
            bail!("article {}: {error}", article.id);
        }
        let first = plan.transaction.edits.iter().find_map(|edit| match edit {
            Edit::AddEntity(entity) | Edit::RemoveEntity(entity) => Some(entity.span),
            _ => None,
        });
        let here = first.map_or_else(Selection::default, |span| Selection::caret(span.start()));
        planned.push(Planned {
            key: *key,
            expected: own.revision,
            entry: Entry {
                kind: EntryKind::Edit,
                action: Action::RelabelName,
                transaction: plan.transaction,
                before: here,
                after: here,
                at_ms: made.at_ms,
                started_from: StartedFrom::Unknown,
            },
            annotation,
        });
    }
    Ok(planned)
}

/// Undoes a relabelling in all its articles: all or nothing.
///
/// Other changes since stay. Where the same places were changed again, the article is left as it is
/// and counted.
///
/// # Errors
/// If the dataset cannot be written, if another program keeps changing the same articles, or
/// [`Cancelled`]. Nothing has changed then.
pub fn undo_relabelling(
    store: &mut dyn Store,
    made: &Relabelled,
    annotator: &str,
    at_ms: i64,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<UndoneRelabelling> {
    let mut left = 0;
    let (articles, changes) = write_step(store, annotator, at_ms, &mut |store| {
        left = 0;
        progress.expect(made.articles.len() as u64);
        let mut planned = Vec::new();
        for (done, key) in made.articles.iter().enumerate() {
            if cancel.is_cancelled() {
                return Err(Cancelled.into());
            }
            progress.advance(done as u64, 0);
            let article = Arc::new(store.article(*key)?);
            let Some(own) = own_annotation(store.annotations(&article, *key)?, annotator) else {
                left += 1;
                continue;
            };
            let history = History::replay(store.history(&article, *key, annotator)?);
            let is_step =
                |entry: &Entry| entry.action == Action::RelabelName && entry.at_ms == made.at_ms;
            let Some((inverse, is_newest)) = history.inverse_of(is_step) else {
                // Taken back in the article alone.
                continue;
            };
            let mut session = Session::new(article, own.annotation, history);
            let here = Selection::default();
            let entry = if is_newest {
                session.undo(here, at_ms).transpose()
            } else {
                session
                    .apply(Action::RelabelName, inverse, here, here, at_ms)
                    .map(Some)
            };
            match entry {
                Ok(Some(entry)) => planned.push(Planned {
                    key: *key,
                    expected: own.revision,
                    entry,
                    annotation: session.annotation().clone(),
                }),
                _ => left += 1,
            }
        }
        Ok(planned)
    })?;
    Ok(UndoneRelabelling {
        articles,
        left,
        changes,
    })
}

/// Plans the step and writes it, and tries again after a conflict.
fn write_step(
    store: &mut dyn Store,
    annotator: &str,
    at_ms: i64,
    plan: &mut dyn FnMut(&dyn Store) -> Result<Vec<Planned>>,
) -> Result<(Vec<ArticleKey>, (ChangeSeq, ChangeSeq))> {
    let mut attempt = 1;
    loop {
        let planned = plan(&*store)?;
        let commits: Vec<Commit<'_>> = planned
            .iter()
            .map(|planned| Commit {
                key: planned.key,
                annotator,
                expected: planned.expected,
                entries: std::slice::from_ref(&planned.entry),
                annotation: &planned.annotation,
            })
            .collect();
        match store.commit_all(&commits, at_ms) {
            Ok(changes) => {
                let articles = planned.iter().map(|planned| planned.key).collect();
                return Ok((articles, changes));
            }
            Err(StoreError::Conflict { .. }) if attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

fn own_annotation(stored: Vec<StoredAnnotation>, annotator: &str) -> Option<StoredAnnotation> {
    stored.into_iter().find(|stored| stored.owner.is(annotator))
}
