//! Articles with the work of their annotators, from datasets and from files of records alike.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;

use super::article_builder::{self, content_hash};
use super::inputs::{Input, Inputs, Item};
use super::progress::{CancelFlag, Cancelled, Progress, refuse_lost_labels, report_problem};
use crate::dataset::config::built_in_schemas;
use crate::dataset::transfer::import::{take_decisions, take_started_from};
use crate::dataset::{Dataset, ImportOptions};
use crate::edit::adjudication::start_with_decisions;
use crate::edit::{Action, Entry, EntryKind, Selection};
use crate::extract::RegionModel;
use crate::formats::{Fault, Problem};
use crate::model::{Annotation, Article, Schema, StartedFrom};
use crate::store::{ArticleKey, Filter, Store, StoredAnnotation, is_dataset};

/// Something that holds articles with annotations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkSource {
    /// A dataset.
    Dataset(PathBuf),
    /// Files of records.
    Records(Input),
}

impl WorkSource {
    /// Finds out which of them an input is.
    #[must_use]
    pub fn new(input: Input) -> Self {
        match input {
            Input::Path(path) if is_dataset(&path) => Self::Dataset(path),
            input => Self::Records(input),
        }
    }
}

/// An article as a source has it.
#[derive(Clone, Debug)]
pub(crate) struct SourceArticle {
    /// The file.
    pub(crate) source: Arc<str>,
    /// The line of the file, from 1; `None` in a dataset.
    pub(crate) line: Option<u64>,
    pub(crate) article: Article,
    pub(crate) content_hash: String,
    /// What is kept of a page beside its blocks.
    pub(crate) kept: Vec<u8>,
    /// What nobody has touched.
    pub(crate) suggestions: Annotation,
    pub(crate) work: Vec<SourceWork>,
}

/// One annotator's work as a source has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceWork {
    /// Blank if the source does not say.
    pub(crate) annotator: String,
    pub(crate) at_ms: i64,
    pub(crate) started_from: StartedFrom,
    pub(crate) annotation: Annotation,
    /// How it came about; empty if the source does not say, or it is not asked for.
    pub(crate) history: Vec<Entry>,
    /// How long it took, in milliseconds, as far as the source says and it is asked for.
    pub(crate) active_ms: i64,
}

impl SourceWork {
    /// One annotator's work in a dataset, with its history and the time that it took.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub(crate) fn whole(
        store: &dyn Store,
        article: &Article,
        key: ArticleKey,
        stored: StoredAnnotation,
    ) -> Result<Self> {
        let history = store.history(article, key, stored.owner.as_str())?;
        let active_ms = store.time_on(key, stored.owner.as_str())?;
        Ok(Self {
            history,
            active_ms,
            ..Self::from(stored)
        })
    }
}

impl From<StoredAnnotation> for SourceWork {
    /// Without history and time.
    fn from(stored: StoredAnnotation) -> Self {
        Self {
            annotator: stored.owner.as_str().to_owned(),
            at_ms: stored.updated_at_ms,
            started_from: stored.started_from,
            annotation: stored.annotation,
            history: Vec::new(),
            active_ms: 0,
        }
    }
}

/// How much of the work is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// What the annotations say.
    Annotations,
    /// Also how they came about, and how long that took.
    Histories,
}

/// How much of the sources could not be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Records and files that were refused, each reported.
    pub refused: u64,
    /// What was reported besides.
    pub warnings: u64,
}

impl Faults {
    /// Reports a problem and counts it.
    pub(crate) fn report(&mut self, problem: &Problem, progress: &mut dyn Progress) {
        report_problem(problem, progress, &mut self.refused, &mut self.warnings);
    }
}

/// Reads all articles of some sources, one source after the other.
///
/// # Errors
/// If a dataset cannot be read, [`Cancelled`], or what `each` says.
pub(crate) fn read(
    sources: &[WorkSource],
    options: &ImportOptions,
    depth: Depth,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
    each: &mut dyn FnMut(SourceArticle) -> Result<()>,
) -> Result<Faults> {
    let mut faults = Faults::default();
    let mut articles = 0;
    for source in sources {
        match source {
            WorkSource::Dataset(path) => {
                let dataset = Dataset::open_to_read(path)?;
                let store = dataset.store();
                let name: Arc<str> = path.display().to_string().into();
                for key in store.keys(&Filter::default())? {
                    if cancel.is_cancelled() {
                        return Err(Cancelled.into());
                    }
                    let article = store.article(key)?;
                    let mut suggestions = Annotation::default();
                    let mut work = Vec::new();
                    for stored in store.annotations(&article, key)? {
                        if stored.owner.is_nobody() {
                            suggestions = stored.annotation;
                            continue;
                        }
                        work.push(match depth {
                            Depth::Annotations => stored.into(),
                            Depth::Histories => SourceWork::whole(store, &article, key, stored)?,
                        });
                    }
                    each(SourceArticle {
                        source: Arc::clone(&name),
                        line: None,
                        content_hash: content_hash(&article.id, &article.text),
                        kept: store.kept(key)?.unwrap_or_default(),
                        article,
                        suggestions,
                        work,
                    })?;
                    articles += 1;
                    progress.advance(articles, 0);
                }
            }
            WorkSource::Records(input) => {
                let schema = built_in_schemas::news()?;
                let mut inputs = Inputs::new(
                    std::slice::from_ref(input),
                    options.format,
                    options.read.bounds,
                );
                while let Some(item) = inputs.next() {
                    if cancel.is_cancelled() {
                        return Err(Cancelled.into());
                    }
                    articles += records(item, options, &schema, progress, &mut faults, &mut *each)?;
                    progress.advance(articles, 0);
                }
            }
        }
    }
    Ok(faults)
}

/// Reads some records of a file, and gives how many.
fn records(
    item: Item,
    options: &ImportOptions,
    schema: &Schema,
    progress: &mut dyn Progress,
    faults: &mut Faults,
    each: &mut dyn FnMut(SourceArticle) -> Result<()>,
) -> Result<u64> {
    let batch = match item {
        Item::Problem(problem) => {
            faults.report(&problem, progress);
            return Ok(0);
        }
        Item::Batch(batch) => batch,
    };
    let name: Arc<str> = batch.origin.name.as_str().into();
    let mut articles = 0;
    for piece in batch.pieces {
        let taken = article_builder::build(
            piece,
            &name,
            batch.origin.format,
            &options.read,
            schema,
            RegionModel::shipped(),
        );
        let problem = |fault: Fault| Problem {
            source: name.to_string(),
            line: taken.line,
            fault,
        };
        for warning in taken.warnings {
            faults.report(&problem(warning), progress);
        }
        let mut found = match taken.outcome {
            Ok(found) => *found,
            Err(refused) => {
                let problem = problem(refused.fault);
                refuse_lost_labels(&problem)?;
                faults.report(&problem, progress);
                continue;
            }
        };
        articles += 1;
        let (mut suggestions, mut work) = (Annotation::default(), Vec::new());
        if found.came_labelled {
            let started_from = take_started_from(&mut found.article.meta);
            let decisions = take_decisions(&mut found.article);
            let mut history = Vec::new();
            if started_from.is_adjudication() && !decisions.is_empty() {
                history.push(Entry {
                    kind: EntryKind::Edit,
                    action: Action::Start,
                    transaction: start_with_decisions(&found.annotation, &decisions),
                    before: Selection::default(),
                    after: Selection::default(),
                    at_ms: found.updated_at_ms,
                    started_from: started_from.clone(),
                });
            }
            work.push(SourceWork {
                annotator: found.annotator,
                at_ms: found.updated_at_ms,
                started_from,
                annotation: found.annotation,
                history,
                active_ms: 0,
            });
        } else {
            suggestions = found.annotation;
        }
        each(SourceArticle {
            source: Arc::clone(&name),
            line: taken.line,
            article: found.article,
            content_hash: found.content_hash,
            kept: found.kept,
            suggestions,
            work,
        })?;
    }
    Ok(articles)
}
