//! Exports the records of a dataset in any format: deterministic, streaming, whole or not at all.

mod options;
mod records;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::Result;

pub use self::options::{ExportOptions, ExportReport};
pub(crate) use self::records::{Made, each};
use crate::dataset::config::annotators::Annotators;
use crate::dataset::io::ordered::End;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::maintenance::near_duplicates::{Split, split};
use crate::dataset::report::dataset_card::{CardFacts, card};
use crate::dataset::report::part_count::PartCount;
use crate::dataset::session::unopened::Suggester;
use crate::dataset::transfer::record_writer::{
    Destination, Encoded, Encoding, Outgoing, Strict, write_to,
};
use crate::formats::{Labels, Losses, windows};
use crate::model::Status;
use crate::store::{ArticleKey, Filter, Store};

/// Writes the records into a file or folder: beside it first, then over it, so that there is never
/// half of it. What is no file, such as a pipe or a device, is written to directly.
///
/// # Errors
/// As [`export`].
pub fn export_to_file(
    store: &dyn Store,
    path: &Path,
    options: &ExportOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<ExportReport> {
    export(store, Destination::Path(path), options, progress, cancel)
}

/// Writes the records into a stream.
///
/// # Errors
/// As [`export`].
pub fn export_to_stream(
    store: &dyn Store,
    out: &mut dyn Write,
    options: &ExportOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<ExportReport> {
    export(store, Destination::Stream(out), options, progress, cancel)
}

/// Writes the records, in the order in which the articles came into the dataset.
///
/// Losses of the format are counted before anything is written.
///
/// # Errors
/// If the dataset cannot be read or the target not be written, [`Cancelled`], or [`Strict`].
pub fn export(
    store: &dyn Store,
    destination: Destination<'_>,
    options: &ExportOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<ExportReport> {
    let keys = chosen_keys(store, options)?;
    let _span = tracing::info_span!("export", articles = keys.len()).entered();
    let schema = store.schema()?;
    let suggester = suggester(store, options, cancel)?;
    let mut encoding = Encoding::new(options.format, options.write());
    let mut losses = Losses::default();
    if !encoding.holds_all() {
        let (lost, labels) = count_losses(store, &keys, options, &suggester, &encoding, cancel)?;
        losses = lost;
        encoding = encoding.with_labels(labels);
        if options.strict && !losses.is_empty() {
            let format = options.format.spec().name;
            return Err(Strict { format, losses }.into());
        }
    }
    let (split, names) = match &options.split {
        Some(how) => (
            Some(split(store, how, progress, cancel)?),
            how.shares.names(),
        ),
        None => (None, vec![String::new()]),
    };
    progress.expect(keys.len() as u64);
    let counts_parts = options.split.is_some() || options.card;
    let parts = Arc::new(Parts {
        split,
        counted: if counts_parts { names.len() } else { 0 },
        languages: Mutex::default(),
    });
    let (mut report, put) = write_to(destination, &encoding, Some(&schema), &names, |sink| {
        let counted = names.get(..parts.counted).unwrap_or_default();
        let mut report = ExportReport::of_parts(counted);
        let (shared, encoding) = (Arc::clone(&parts), encoding.clone());
        let work = move |made: &mut Made<Encoded>, key, record: Outgoing| {
            if let Some(part) = shared.file(key, &record, &mut made.report) {
                made.value.add(&encoding, part, record);
            }
        };
        let add = |made: Made<Encoded>| {
            sink.take(made.value)?;
            report.add(made.report);
            progress.advance(report.records + report.left_out, sink.bytes);
            Ok(())
        };
        let end = each(store, &keys, options, &suggester, cancel, work, add)?;
        if end == End::Cancelled {
            return Err(Cancelled.into());
        }
        if options.card {
            let languages = parts.languages.lock();
            let words = card(&CardFacts {
                schema: &schema,
                parts: &report.parts,
                format: (
                    options.format.spec().name,
                    options.format.spec().extension(),
                ),
                languages: &languages.map(|all| all.clone()).unwrap_or_default(),
                annotators: None,
                agreement: None,
            });
            sink.add_file("README.md", words.into_bytes())?;
        }
        Ok(report)
    })?;
    report.records = put.records;
    report.windows = put.windows;
    report.bytes = put.bytes;
    report.left = put.left;
    report.losses = losses;
    Ok(report)
}

/// The parts into which an export is split, and what is counted of them.
struct Parts {
    split: Option<Split>,
    /// How many parts are counted; 0 if nobody asks for their counts.
    counted: usize,
    /// The languages of all articles that are counted.
    languages: Mutex<BTreeSet<String>>,
}

impl Parts {
    /// Counts a record in its part, which it returns; `None` if it is in no part.
    fn file(&self, key: ArticleKey, record: &Outgoing, report: &mut ExportReport) -> Option<usize> {
        let mut part = 0;
        if let Some(split) = &self.split {
            let Some(found) = split.parts.get(&key) else {
                report.records -= 1;
                report.in_no_part += 1;
                return None;
            };
            part = *found;
        }
        if self.counted > 0 {
            report.parts.resize_with(self.counted, PartCount::default);
            if let Some(count) = report.parts.get_mut(part) {
                count.count(&record.annotation);
            }
            let language = &record.article.meta.language;
            if let Ok(mut languages) = self.languages.lock()
                && !(language.is_empty() || languages.contains(language))
            {
                languages.insert(language.clone());
            }
        }
        Some(part)
    }
}

/// Returns the models for articles that nobody has opened; `None` if the export takes no such
/// articles.
pub(crate) fn suggester(
    store: &dyn Store,
    options: &ExportOptions,
    cancel: &CancelFlag,
) -> Result<Option<Arc<Suggester>>> {
    let takes_them = options.statuses.is_empty() || options.statuses.contains(&Status::Todo);
    let takes_them = takes_them
        && !matches!(
            options.annotators,
            Annotators::Named(_) | Annotators::Adjudicated
        );
    if !takes_them || store.counts()?.of(Status::Todo) == 0 {
        return Ok(None);
    }
    match Suggester::of(store, cancel)? {
        Some(suggester) => Ok(Some(Arc::new(suggester))),
        None => Err(Cancelled.into()),
    }
}

/// Lists the articles that an export may take; other options are checked for each.
pub(crate) fn chosen_keys(store: &dyn Store, options: &ExportOptions) -> Result<Vec<ArticleKey>> {
    match &*options.statuses {
        // A person's work or nobody's: what is done stays so while somebody else begins anew.
        [one] => Ok(store.with_status(*one)?),
        _ => Ok(store.keys(&Filter::default())?),
    }
}

fn count_losses(
    store: &dyn Store,
    keys: &[ArticleKey],
    options: &ExportOptions,
    suggester: &Option<Arc<Suggester>>,
    encoding: &Encoding,
    cancel: &CancelFlag,
) -> Result<(Losses, Labels)> {
    let mut losses = Losses::default();
    let mut labels = Labels::default();
    let shared = encoding.clone();
    let end = each(
        store,
        keys,
        options,
        suggester,
        cancel,
        move |made: &mut Made<(Losses, Labels)>, _key, record: Outgoing| {
            if shared.format.spec().numbers_labels {
                made.value.1.add(&record.annotation);
            }
            for one in std::iter::once(&record).chain(&record.others) {
                windows::count_losses(
                    shared.format,
                    &one.view(),
                    &shared.options,
                    &mut made.value.0,
                );
            }
        },
        |made: Made<(Losses, Labels)>| {
            losses.append(made.value.0);
            labels.append(made.value.1);
            Ok(())
        },
    )?;
    if end == End::Cancelled {
        return Err(Cancelled.into());
    }
    Ok((losses, labels))
}
