//! Prelabels records as a filter: records in, native records with scores out, in input order, in
//! constant memory.
//!
//! One record in is one record out: a bad one gives a record that says why in `error`, so that no
//! engine that runs this can lose one without noticing.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};

use crate::dataset::io::article_builder;
use crate::dataset::io::inputs::{Batch, Input, Inputs, Item};
use crate::dataset::io::ordered::{End, ordered, workers};
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::dataset::suggesters::{NoAnswer, SuggesterProcess};
use crate::dataset::training::entities;
use crate::extract::RegionModel;
use crate::formats::metadata::suggested_by::{self, SuggestedBy, SuggestedTask};
use crate::formats::{Format, Problem, ReadOptions, RecordView, WriteOptions, native};
use crate::model::{Annotation, ArticleId, Schema, Status};
use crate::tag::{self, Models};

/// How to prelabel.
#[derive(Clone)]
pub struct PrelabelOptions {
    /// The format of all inputs; `None` finds out for each.
    pub format: Option<&'static dyn Format>,
    /// How records are read.
    pub read: ReadOptions,
    /// The unit in which the output counts.
    pub offsets: crate::formats::OffsetUnit,
    /// How many threads work; 0: one for each core.
    pub jobs: usize,
    /// What suggests regions.
    pub model: Arc<RegionModel>,
    /// Whether regions are suggested. If not, entities are looked for in the regions that came with
    /// a record, or in the whole text of a record without any; of a page, in what the extractor
    /// takes for the article.
    pub regions: bool,
    /// What suggests entities; `None`: nothing does.
    pub tagger: Option<Models>,
    /// Another program that suggests entities, in place of the tagger.
    pub helper: Option<Arc<Mutex<SuggesterProcess>>>,
    /// What the records name as the model of their regions.
    pub regions_by: SuggestedBy,
    /// What the records name as the model, or the other program, of their entities.
    pub entities_by: SuggestedBy,
}

impl Default for PrelabelOptions {
    fn default() -> Self {
        Self {
            format: None,
            read: ReadOptions::default(),
            offsets: crate::formats::OffsetUnit::default(),
            jobs: 0,
            model: Arc::new(RegionModel::shipped().clone()),
            regions: true,
            tagger: Some(Models::Shipped),
            helper: None,
            regions_by: SuggestedBy::shipped(SuggestedTask::Regions),
            entities_by: SuggestedBy::shipped(SuggestedTask::Entities),
        }
    }
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrelabelReport {
    /// Records read, good or bad.
    pub records: u64,
    /// Those that were bad and became error records.
    pub bad: u64,
    /// Files and folders that could not be read, of which there is no record.
    pub unreadable: u64,
    /// Somebody stopped it.
    pub cancelled: bool,
}

/// Reads articles, and writes records with suggestions.
///
/// # Errors
/// If `out` cannot be written, or, which is a fault of the program, if another number of records
/// came out than went in.
pub fn prelabel(
    inputs: &[Input],
    schema: &Schema,
    options: &PrelabelOptions,
    out: &mut dyn Write,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<PrelabelReport> {
    let _span = tracing::info_span!("prelabel", inputs = inputs.len()).entered();
    let mut inputs = Inputs::new(inputs, options.format, options.read.bounds);
    let jobs = match options.helper {
        Some(_) => 1, // one program, asked in the order of the input
        None => options.jobs,
    };
    let (schema, options) = (schema.clone(), options.clone());
    let workers = workers(jobs, move |item| work(item, &options, &schema));
    let mut report = PrelabelReport::default();
    let mut came_out = 0;
    let end = ordered(
        move || inputs.next(),
        workers,
        cancel,
        |worked| {
            for problem in &worked.problems {
                progress.problem(problem);
            }
            report.records += worked.records;
            report.bad += worked.bad;
            report.unreadable += worked.unreadable;
            came_out += memchr::memchr_iter(b'\n', &worked.lines).count() as u64;
            // Flushed each time: who waits at the other end of a pipe gets what is ready.
            out.write_all(&worked.lines)
                .and_then(|()| out.flush())
                .context("cannot write the records")?;
            progress.advance(report.records, worked.bytes_read);
            worked.over.map_or(Ok(()), Err)
        },
    )?;
    anyhow::ensure!(
        came_out == report.records,
        "internal error: {} records were read, but {came_out} written\nhint: please report this",
        report.records
    );
    report.cancelled = end == End::Cancelled;
    Ok(report)
}

#[derive(Default)]
struct Worked {
    lines: Vec<u8>,
    problems: Vec<Problem>,
    records: u64,
    bad: u64,
    unreadable: u64,
    bytes_read: u64,
    /// The other program is gone: nothing more can come.
    over: Option<anyhow::Error>,
}

impl Worked {
    /// Writes an error record in place of a record that could not be read.
    fn reject(&mut self, id: &ArticleId, problem: Problem) {
        self.bad += 1;
        native::write_error(id, &problem.source, &problem.fault, &mut self.lines);
        self.problems.push(problem);
    }
}

fn work(item: Item, options: &PrelabelOptions, schema: &Schema) -> Worked {
    let Batch {
        origin,
        pieces,
        bytes_read,
        ..
    } = match item {
        Item::Batch(batch) => batch,
        Item::Problem(problem) => {
            return Worked {
                unreadable: u64::from(problem.fault.code.is_fault()),
                problems: vec![problem],
                ..Worked::default()
            };
        }
    };
    let write = WriteOptions {
        offsets: options.offsets,
        scores: true,
        ..WriteOptions::default()
    };
    let mut worked = Worked {
        bytes_read,
        ..Worked::default()
    };
    for piece in pieces {
        let built = article_builder::build(
            piece,
            &origin.name,
            origin.format,
            &options.read,
            schema,
            &options.model,
        );
        worked.records += 1;
        let place = |fault| Problem {
            source: origin.name.clone(),
            line: built.line,
            fault,
        };
        worked
            .problems
            .extend(built.warnings.into_iter().map(place));
        match built.outcome {
            Ok(mut accepted) => {
                match suggest(&mut accepted, options, schema) {
                    Ok(()) => {}
                    Err(NoAnswer::Bad(fault)) => {
                        worked.reject(&accepted.article.id, place(fault));
                        continue;
                    }
                    Err(NoAnswer::Ended(error) | NoAnswer::Killed(error)) => {
                        worked.over = Some(error);
                        worked.records -= 1;
                        return worked;
                    }
                    // Nobody cancels a single request here.
                    Err(NoAnswer::Cancelled) => {
                        worked.records -= 1;
                        return worked;
                    }
                }
                let view = RecordView {
                    article: &accepted.article,
                    annotation: &accepted.annotation,
                    annotator: &accepted.annotator,
                    updated_at_ms: accepted.updated_at_ms,
                };
                native::Jsonl.write(&view, &write, &mut worked.lines);
            }
            Err(rejected) => worked.reject(&rejected.id, place(rejected.fault)),
        }
    }
    worked
}

/// Puts the suggestions that are asked for into an article, and the names of the models into its
/// metadata.
fn suggest(
    accepted: &mut article_builder::Accepted,
    options: &PrelabelOptions,
    schema: &Schema,
) -> Result<(), NoAnswer> {
    if let Some(tagged) = tagged(accepted, options, schema)? {
        let meta = &mut accepted.article.meta.other;
        if accepted.regions_suggested && options.regions {
            suggested_by::put(meta, options.regions_by.clone());
        }
        if let Some(by) = tagged.entities_by {
            suggested_by::put(meta, by);
        }
        accepted.annotation = tagged.annotation;
    }
    Ok(())
}

/// Removes the regions of an annotation.
fn without_regions(annotation: &Annotation, text: &crate::model::Text) -> Annotation {
    Annotation::from_parts(
        text,
        Vec::new(),
        annotation.entities().to_vec(),
        annotation.status(),
        annotation.remarks().to_vec(),
    )
    .unwrap_or_else(|_never| annotation.clone())
}

/// An annotation with suggestions.
struct Tagged {
    annotation: Annotation,
    /// The model that was asked for its entities.
    entities_by: Option<SuggestedBy>,
}

/// The annotation with entities, if none came with the record and nobody has touched it, and
/// without regions if none are wanted.
fn tagged(
    accepted: &article_builder::Accepted,
    options: &PrelabelOptions,
    schema: &Schema,
) -> Result<Option<Tagged>, NoAnswer> {
    let mut came = &accepted.annotation;
    let text = &accepted.article.text;
    // Menus and the like are part of a page's text, but not of what its record says.
    let unlimited;
    if accepted.regions_suggested && !options.regions && !accepted.is_page {
        unlimited = without_regions(came, text);
        came = &unlimited;
    }
    let mut entities = came.entities().to_vec();
    let mut entities_by = None;
    if entities.is_empty() && accepted.annotator.is_empty() && came.status() == Status::Todo {
        if let Some(helper) = &options.helper {
            let mut record = Vec::new();
            let view = RecordView {
                article: &accepted.article,
                annotation: came,
                annotator: "",
                updated_at_ms: accepted.updated_at_ms,
            };
            native::Jsonl.write(&view, &WriteOptions::default(), &mut record);
            let mut helper = helper.lock().unwrap_or_else(PoisonError::into_inner);
            entities = helper.suggest(&accepted.article, &record, schema)?;
            let mut by = options.entities_by.clone();
            // A program that has said its name goes by it.
            if let Some(hello) = helper.hello().filter(|hello| !hello.name.is_empty()) {
                by.name.clone_from(&hello.name);
                by.version.clone_from(&hello.version);
            }
            entities_by = Some(by);
        } else if let Some(models) = &options.tagger {
            let declared = &accepted.article.meta.language;
            let pieces = tag::pieces(text, came.regions(), schema);
            entities = models.suggest_in(schema, text, declared, &pieces);
            entities_by = Some(options.entities_by.clone());
        }
    }
    let regions = came
        .regions()
        .iter()
        .filter(|_| options.regions || !accepted.regions_suggested)
        .cloned()
        .collect();
    // Spans of one text that overlap nowhere are always sound.
    let annotation = Annotation::from_parts(
        text,
        regions,
        entities,
        came.status(),
        came.remarks().to_vec(),
    );
    Ok(annotation.ok().map(|annotation| Tagged {
        annotation,
        entities_by,
    }))
}

/// How records name the model in a file: by the file's name, and as version by the beginning of its
/// hash.
///
/// # Errors
/// If it cannot be read.
pub fn model_in_file(path: &Path) -> Result<SuggestedBy> {
    /// How many letters of a hash tell files apart.
    const LETTERS: usize = 12;

    let task = if entities::is_model(path)? {
        SuggestedTask::Entities
    } else {
        SuggestedTask::Regions
    };
    let mut hasher = blake3::Hasher::new();
    let file = std::fs::File::open(path);
    file.and_then(|file| hasher.update_reader(file).map(|_hasher| ()))
        .with_context(|| format!("cannot read {}", path.display()))?;
    let mut version = hasher.finalize().to_hex().to_string();
    version.truncate(LETTERS);
    Ok(SuggestedBy {
        task,
        name: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        version,
    })
}
