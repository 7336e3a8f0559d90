//! Export: the dataset's records as JSONL, deterministic, streaming, whole or not at all.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};

use super::pipeline::{End, all_cores, ordered};
use super::progress::{CancelFlag, Progress};
use crate::formats::{Format as _, OffsetUnit, RecordView, WriteOptions, native};
use crate::model::{Annotation, Article, Label, Status};
use crate::store::{ArticleKey, Filter, Store, StoredAnnotation, write_atomically};

/// So many articles go to a worker at once.
const BATCH_ARTICLES: usize = 64;

/// What is exported, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportOptions {
    /// Only articles whose annotation has one of these; empty: all, also those that nobody has touched.
    pub statuses: Vec<Status>,
    /// Only this annotator's work; `None`: the newest of each article.
    pub annotator: Option<String>,
    /// Only regions with these labels, and entities inside them; `None`: all.
    pub regions: Option<Vec<Label>>,
    /// The unit in which the records count.
    pub offsets: OffsetUnit,
    /// Whether what no person has vouched for carries its score.
    pub scores: bool,
    /// How many threads work; 0: one for each core.
    pub jobs: usize,
}

impl Default for ExportOptions {
    /// What is done, as training data.
    fn default() -> Self {
        Self {
            statuses: vec![Status::Done],
            annotator: None,
            regions: None,
            offsets: OffsetUnit::default(),
            scores: false,
            jobs: 0,
        }
    }
}

/// What an export did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportReport {
    /// Records written.
    pub records: u64,
    /// Articles that the options left out.
    pub left_out: u64,
    /// Entities that lay outside the regions that were asked for, and were left out.
    pub entities_left_out: u64,
    /// Bytes written.
    pub bytes: u64,
}

/// Stopped because somebody asked; the target is as it was.
#[derive(Debug, thiserror::Error)]
#[error("stopped; nothing was written")]
pub struct Cancelled;

/// Writes the records into a file: beside it first, then over it, so that there is never half a file.
/// What is no file, such as a pipe or a device, is written to directly.
///
/// # Errors
/// If the dataset cannot be read or the file not be written, or [`Cancelled`].
pub fn export_to_file(
    store: &dyn Store,
    path: &Path,
    options: &ExportOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<ExportReport> {
    let special = fs::metadata(path).is_ok_and(|found| !found.is_file());
    if special {
        let file = fs::OpenOptions::new().write(true).open(path);
        let mut out =
            BufWriter::new(file.with_context(|| format!("cannot write {}", path.display()))?);
        let report = export_jsonl(store, &mut out, options, progress, cancel)?;
        out.flush()
            .with_context(|| format!("cannot write {}", path.display()))?;
        return Ok(report);
    }
    let mut why = None;
    let written = write_atomically(path, |out| {
        export_jsonl(store, out, options, progress, cancel).map_err(|error| {
            // Carried past the I/O error that this closure must give.
            why = Some(error);
            io::Error::other("the export stopped")
        })
    });
    match (written, why) {
        (Ok(report), _) => Ok(report),
        (Err(_), Some(why)) => {
            Err(why).with_context(|| format!("nothing was written to {}", path.display()))
        }
        (Err(error), None) => {
            Err(error).with_context(|| format!("cannot write {}; it is as it was", path.display()))
        }
    }
}

/// Writes the records, in the order in which the articles came into the dataset.
///
/// # Errors
/// If the dataset cannot be read or `out` not be written, or [`Cancelled`].
pub fn export_jsonl(
    store: &dyn Store,
    out: &mut dyn Write,
    options: &ExportOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<ExportReport> {
    // An article's own status is its newest annotation's, so it answers for that one.
    let status = match (&*options.statuses, &options.annotator) {
        ([one], None) => Some(*one),
        _ => None,
    };
    let keys = store.keys(&Filter {
        status,
        ..Filter::default()
    })?;
    progress.expect(keys.len() as u64);
    let jobs = if options.jobs == 0 {
        all_cores()
    } else {
        options.jobs
    }
    .min(keys.len() / BATCH_ARTICLES + 1);
    let shared = Arc::new(options.clone());
    let mut workers = Vec::with_capacity(jobs);
    for _ in 0..jobs {
        let store = store.reader()?;
        let options = Arc::clone(&shared);
        workers.push(move |keys: Vec<ArticleKey>| -> Result<Lines> {
            let mut lines = Lines::default();
            for key in keys {
                lines.add(&*store, key, &options)?;
            }
            Ok(lines)
        });
    }
    let mut at = 0;
    let source = move || {
        let batch = keys.get(at..keys.len().min(at + BATCH_ARTICLES))?.to_vec();
        at += batch.len();
        (!batch.is_empty()).then_some(batch)
    };
    let mut report = ExportReport::default();
    let end = ordered(source, workers, cancel, |lines| {
        let lines = lines?;
        out.write_all(&lines.bytes)?;
        report.records += lines.report.records;
        report.left_out += lines.report.left_out;
        report.entities_left_out += lines.report.entities_left_out;
        report.bytes += lines.bytes.len() as u64;
        progress.advance(report.records + report.left_out, report.bytes);
        Ok(())
    })?;
    if end == End::Cancelled {
        return Err(Cancelled.into());
    }
    Ok(report)
}

/// Records on their way out.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
    report: ExportReport,
}

impl Lines {
    fn add(&mut self, store: &dyn Store, key: ArticleKey, options: &ExportOptions) -> Result<()> {
        let article = store.article(key)?;
        let stored = store.annotations(&article, key)?;
        let Some(chosen) = choose(&stored, options.annotator.as_deref()) else {
            self.report.left_out += 1;
            return Ok(());
        };
        if !options.statuses.is_empty() && !options.statuses.contains(&chosen.annotation.status()) {
            self.report.left_out += 1;
            return Ok(());
        }
        let only;
        let annotation = match &options.regions {
            None => &chosen.annotation,
            Some(labels) => {
                let (kept, left_out) = only_regions(&article, &chosen.annotation, labels);
                self.report.entities_left_out += left_out;
                only = kept;
                &only
            }
        };
        let view = RecordView {
            article: &article,
            annotation,
            annotator: &chosen.annotator,
            updated_at_ms: chosen.updated_at_ms,
        };
        let write = WriteOptions {
            offsets: options.offsets,
            scores: options.scores,
        };
        native::Jsonl.write(&view, &write, &mut self.bytes);
        self.report.records += 1;
        Ok(())
    }
}

/// The newest annotation by a person, else the suggestions; or the one that is asked for.
pub(super) fn choose<'a>(
    stored: &'a [StoredAnnotation],
    annotator: Option<&str>,
) -> Option<&'a StoredAnnotation> {
    match annotator {
        Some(wanted) => stored.iter().find(|stored| stored.annotator == wanted),
        None => stored
            .iter()
            .filter(|stored| !stored.annotator.is_empty())
            .max_by_key(|stored| (stored.updated_at_ms, &stored.annotator))
            .or_else(|| stored.first()),
    }
}

/// The annotation with only these regions and the entities inside them, and how many entities were left out.
fn only_regions(article: &Article, annotation: &Annotation, labels: &[Label]) -> (Annotation, u64) {
    let regions: Vec<_> = annotation
        .regions()
        .iter()
        .filter(|region| labels.contains(&region.label))
        .cloned()
        .collect();
    let entities: Vec<_> = annotation
        .entities()
        .iter()
        .filter(|entity| {
            regions
                .iter()
                .any(|region| region.span.contains(entity.span))
        })
        .cloned()
        .collect();
    let left_out = (annotation.entities().len() - entities.len()) as u64;
    // A part of what is sound is sound.
    let kept = Annotation::from_parts(
        &article.text,
        regions,
        entities,
        annotation.status(),
        annotation.remarks().to_vec(),
    );
    (kept.unwrap_or_else(|_never| annotation.clone()), left_out)
}
