//! Imports articles from files, folders, globs and standard input into a dataset.
//!
//! Reading, parsing and laying out run on all cores, writing on the caller's thread, a transaction
//! for some hundred articles. Bad records are reported and affect no others. Importing again adds
//! nothing twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;

use crate::dataset::io::article_builder;
use crate::dataset::io::article_builder::{Accepted, Built};
use crate::dataset::io::inputs::{Batch, Input, Inputs, Item};
use crate::dataset::io::ordered::{End, ordered, workers};
use crate::dataset::io::progress::{CancelFlag, Progress, refuse_lost_labels, report_problem};
use crate::dataset::training::learning;
use crate::edit::Entry;
use crate::edit::adjudication::{Decision, decisions_in};
use crate::extract::RegionModel;
use crate::formats::metadata::adjudication::{self, AdjudicationAccount};
use crate::formats::{Code, Fault, Format, Problem, ReadOptions};
use crate::model::{Annotation, Article, Label, Metadata, Owner, Schema, Span, StartedFrom};
use crate::store::{Added, ArticleKey, Imported, NewArticle, Store};

/// How many articles one transaction adds: more would save little time, and lose more in a power
/// cut.
const BATCH_ARTICLES: usize = 500;
/// A transaction is also closed at this many bytes of text.
const BATCH_BYTES: usize = 16 << 20;
/// How many different unknown labels are reported; a hostile file may have millions.
const MAX_UNKNOWN_LABELS: usize = 100;

/// How to import.
#[derive(Clone, Default)]
pub struct ImportOptions {
    /// The format of all inputs; `None` finds out for each.
    pub format: Option<&'static dyn Format>,
    /// How records are read.
    pub read: ReadOptions,
    /// How many threads parse; 0: one for each core.
    pub jobs: usize,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Articles that are new in the dataset.
    pub added: u64,
    /// Articles that were there already.
    pub known: u64,
    /// Articles that were there already, but not this annotator's work on them.
    pub new_work: u64,
    /// Records and files that were rejected, each reported.
    pub refused: u64,
    /// Warnings, each reported.
    pub warnings: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Whether it was cancelled; what is counted here is in the dataset.
    pub cancelled: bool,
}

/// Imports articles into a store.
///
/// # Errors
/// If the store cannot be written; what earlier transactions added stays.
pub fn import(
    store: &mut dyn Store,
    inputs: &[Input],
    options: &ImportOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<ImportReport> {
    let _span = tracing::info_span!("import", inputs = inputs.len()).entered();
    let schema = Arc::new(store.schema()?);
    let mut inputs = Inputs::new(inputs, options.format, options.read.bounds);
    let mut read = options.read.clone();
    if read.regions.is_none() {
        let labels = schema.regions().iter();
        read.regions = Some(labels.map(|region| region.label.clone()).collect());
    }
    let shared = Arc::clone(&schema);
    let workers = workers(options.jobs, move |item| work(item, &read, &shared));
    let mut writer = Writer {
        store,
        schema: Arc::clone(&schema),
        progress,
        report: ImportReport::default(),
        waiting: Vec::new(),
        waiting_bytes: 0,
        unknown: BTreeSet::new(),
    };
    let end = ordered(
        move || inputs.next(),
        workers,
        cancel,
        |worked| writer.take(worked),
    )?;
    writer.flush()?;
    writer.report.cancelled = end == End::Cancelled;
    Ok(writer.report)
}

/// The result of a worker.
enum Worked {
    Records {
        source: String,
        built: Vec<Built>,
        bytes_read: u64,
    },
    Problem(Problem),
}

fn work(item: Item, read: &ReadOptions, schema: &Schema) -> Worked {
    match item {
        Item::Problem(problem) => Worked::Problem(problem),
        Item::Batch(Batch {
            origin,
            pieces,
            bytes_read,
            ..
        }) => {
            let built = pieces
                .into_iter()
                .map(|piece| {
                    article_builder::build(
                        piece,
                        &origin.name,
                        origin.format,
                        read,
                        schema,
                        RegionModel::shipped(),
                    )
                })
                .collect();
            Worked::Records {
                source: origin.name.clone(),
                built,
                bytes_read,
            }
        }
    }
}

/// An article that waits for its transaction, and where it came from.
struct Waiting {
    source: Arc<str>,
    line: Option<u64>,
    id_is_derived: bool,
    new: NewArticle,
}

/// Adds the articles of the workers to the store.
struct Writer<'a> {
    store: &'a mut dyn Store,
    schema: Arc<Schema>,
    progress: &'a mut dyn Progress,
    report: ImportReport,
    waiting: Vec<Waiting>,
    waiting_bytes: usize,
    /// Labels that the schema lacks, and that were reported already.
    unknown: BTreeSet<Label>,
}

impl Writer<'_> {
    fn take(&mut self, worked: Worked) -> Result<()> {
        match worked {
            Worked::Problem(problem) => self.add_problem(&problem),
            Worked::Records {
                source,
                built,
                bytes_read,
            } => {
                let source: Arc<str> = source.into();
                self.report.bytes = bytes_read;
                for built in built {
                    for fault in built.warnings {
                        self.add_problem_at(&source, built.line, fault);
                    }
                    match built.outcome {
                        Err(rejected) => {
                            refuse_lost_labels(&Problem {
                                source: source.to_string(),
                                line: built.line,
                                fault: rejected.fault.clone(),
                            })?;
                            self.add_problem_at(&source, built.line, rejected.fault);
                        }
                        Ok(accepted) => self.keep(&source, built.line, *accepted),
                    }
                    if self.waiting.len() >= BATCH_ARTICLES || self.waiting_bytes >= BATCH_BYTES {
                        self.flush()?;
                    }
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, source: &Arc<str>, line: Option<u64>, mut accepted: Accepted) {
        let schema = Arc::clone(&self.schema);
        for label in unknown_labels(&schema, &accepted.annotation) {
            if self.unknown.len() < MAX_UNKNOWN_LABELS && self.unknown.insert(label.clone()) {
                let fault = Fault::new(
                    Code::UnknownLabel,
                    format!(
                        "the label {label} is not in the schema, here for the first time; it is kept"
                    ),
                );
                self.add_problem_at(source, line, fault);
            }
        }
        let (suggestions, imported) = if accepted.came_labelled {
            (
                Annotation::default(),
                Some(Imported {
                    started_from: take_started_from(&mut accepted.article.meta),
                    decisions: take_decisions(&mut accepted.article),
                    owner: Owner::named(accepted.annotator),
                    at_ms: accepted.updated_at_ms,
                    annotation: accepted.annotation,
                }),
            )
        } else {
            (accepted.annotation, None)
        };
        self.waiting_bytes += accepted.article.text.len();
        self.waiting.push(Waiting {
            source: Arc::clone(source),
            line,
            id_is_derived: accepted.id_is_derived,
            new: NewArticle {
                article: accepted.article,
                content_hash: accepted.content_hash,
                kept: accepted.kept,
                suggestions,
                imported,
            },
        });
    }

    /// Writes what waits, in one transaction.
    fn flush(&mut self) -> Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        self.waiting_bytes = 0;
        if !waiting.is_empty() {
            let mut places = Vec::with_capacity(waiting.len());
            let mut articles = Vec::with_capacity(waiting.len());
            for Waiting {
                source,
                line,
                id_is_derived,
                new,
            } in waiting
            {
                places.push((source, line, id_is_derived));
                articles.push(new);
            }
            let outcomes = self.store.add_articles(&articles)?;
            for ((added, (source, line, id_is_derived)), new) in
                outcomes.into_iter().zip(places).zip(&articles)
            {
                self.count(added, &source, line, id_is_derived, new)?;
            }
        }
        let report = &self.report;
        let seen = report.added + report.known + report.new_work + report.refused;
        self.progress.advance(seen, report.bytes);
        Ok(())
    }

    fn count(
        &mut self,
        added: Added,
        source: &str,
        line: Option<u64>,
        id_is_derived: bool,
        new: &NewArticle,
    ) -> Result<()> {
        match added {
            Added::New(_) => self.report.added += 1,
            Added::NewWork(key) => {
                self.report.new_work += 1;
                self.warn_if_under_another_id(
                    key,
                    source,
                    line,
                    new,
                    "these labels were added to it",
                )?;
            }
            // The same bytes gave another text: an earlier version of the extractor laid the page
            // out.
            Added::IdTaken(_) if id_is_derived => self.report.known += 1,
            Added::IdTaken(_) => {
                let id = &new.article.id;
                self.add_problem_at(
                    source,
                    line,
                    Fault::new(
                        Code::IdTaken,
                        format!("the id {id} belongs to another text already"),
                    ),
                );
            }
            Added::Known(key) => {
                self.report.known += 1;
                if !id_is_derived {
                    self.warn_if_under_another_id(
                        key,
                        source,
                        line,
                        new,
                        "it was not added again",
                    )?;
                }
                if let Some(Imported {
                    owner,
                    annotation: work,
                    ..
                }) = &new.imported
                    && !self.stands_already(key, owner, work)?
                {
                    let fault = Fault::new(
                        Code::LabelsNotImported,
                        format!(
                            "{} is in the dataset already, with other labels by {}; those of the record were not taken",
                            new.article.id, owner
                        ),
                    );
                    self.add_problem_at(source, line, fault);
                }
            }
        }
        Ok(())
    }

    /// Warns if the text of a record is in the dataset under another id.
    fn warn_if_under_another_id(
        &mut self,
        key: ArticleKey,
        source: &str,
        line: Option<u64>,
        new: &NewArticle,
        what_became: &str,
    ) -> Result<()> {
        let id = &new.article.id;
        if self.store.find(id.as_str())? == Some(key) {
            return Ok(());
        }
        let other = self.store.article(key)?.id;
        let message =
            format!("the text of {id} is in the dataset already, as {other}; {what_became}");
        self.add_problem_at(source, line, Fault::new(Code::SameText, message));
        Ok(())
    }

    /// Returns whether an annotator's work in the dataset equals that of a record, apart from
    /// provenance.
    fn stands_already(&self, key: ArticleKey, owner: &Owner, work: &Annotation) -> Result<bool> {
        let article = self.store.article(key)?;
        let stored = self.store.annotations(&article, key)?;
        // Suggestions are made anew, so that none are lost.
        let is_guess = owner.is_nobody() && learning::is_guess(work);
        Ok(stored.iter().any(|stored| {
            stored.owner == *owner
                && (are_equal_work(&stored.annotation, work)
                    || (is_guess && learning::is_guess(&stored.annotation)))
        }))
    }

    fn add_problem_at(&mut self, source: &str, line: Option<u64>, fault: Fault) {
        let problem = Problem {
            source: source.to_owned(),
            line,
            fault,
        };
        self.add_problem(&problem);
    }

    fn add_problem(&mut self, problem: &Problem) {
        let report = &mut self.report;
        let (refused, warnings) = (&mut report.refused, &mut report.warnings);
        report_problem(problem, self.progress, refused, warnings);
    }
}

/// The name in a record's metadata under which it says that a colleague's work was reviewed.
pub(crate) const STARTED_FROM: &str = "started_from";

/// Removes what a record's work started from from its metadata, and returns it.
pub(crate) fn take_started_from(meta: &mut Metadata) -> StartedFrom {
    let said = meta.other.get(STARTED_FROM);
    let said = said.and_then(|words| match words.as_str() {
        UNKNOWN => Some(StartedFrom::Unknown),
        words => StartedFrom::parse(words).filter(|from| !from.is_independent()),
    });
    match said {
        Some(said) => {
            meta.other.remove(STARTED_FROM);
            said
        }
        None => StartedFrom::Import,
    }
}

/// Writes what work started from into the metadata, as [`take_started_from`] reads it.
pub(crate) fn put_started_from(meta: &mut Metadata, from: &StartedFrom) {
    let words = match from {
        StartedFrom::Unknown => UNKNOWN.to_owned(),
        from => from.to_words(),
    };
    meta.other.insert(STARTED_FROM.to_owned(), words);
}

/// Removes the account of an adjudication from a record's metadata, and returns the decisions.
pub(crate) fn take_decisions(article: &mut Article) -> Vec<Decision> {
    let account = adjudication::take(&mut article.meta.other, &article.text);
    account.map(|account| account.decisions).unwrap_or_default()
}

/// Writes the account of an adjudication into the metadata, as [`take_decisions`] reads it.
pub(crate) fn put_decisions(article: &mut Article, from: &StartedFrom, history: &[Entry]) {
    let StartedFrom::People { inputs } = from else {
        return;
    };
    let account = AdjudicationAccount {
        inputs: inputs.clone(),
        decisions: decisions_in(history),
    };
    adjudication::put(&mut article.meta.other, &article.text, &account);
}

/// The value of a record for [`StartedFrom::Unknown`].
const UNKNOWN: &str = "unknown";

/// Returns whether two annotations are equal apart from provenance.
fn are_equal_work(one: &Annotation, other: &Annotation) -> bool {
    let regions = |annotation: &Annotation| -> Vec<(Span, Label)> {
        let said = annotation.regions().iter();
        said.map(|region| (region.span, region.label.clone()))
            .collect()
    };
    let entities = |annotation: &Annotation| -> Vec<(Span, Label)> {
        let said = annotation.entities().iter();
        said.map(|entity| (entity.span, entity.label.clone()))
            .collect()
    };
    one.status() == other.status()
        && regions(one) == regions(other)
        && entities(one) == entities(other)
}

/// Returns the labels of an annotation that a schema lacks.
pub(crate) fn unknown_labels<'a>(
    schema: &'a Schema,
    annotation: &'a Annotation,
) -> impl Iterator<Item = &'a Label> {
    let regions = annotation.regions().iter().map(|region| &region.label);
    let entities = annotation.entities().iter().map(|entity| &entity.label);
    regions
        .filter(|label| schema.region(label.as_str()).is_none())
        .chain(entities.filter(|label| schema.entity(label.as_str()).is_none()))
}
