//! Export: the dataset's records in any format, deterministic, streaming, whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::Result;

use super::import::put_started_from;
use crate::dataset::config::annotators::Annotators;
use crate::dataset::io::article_reader::{Batches, each_batch};
use crate::dataset::io::ordered::End;
use crate::dataset::io::progress::{CancelFlag, Progress};
use crate::dataset::maintenance::near_duplicates::{SplitOptions, split};
use crate::dataset::report::dataset_card::{CardFacts, card};
use crate::dataset::session::unopened::Suggester;
use crate::dataset::transfer::record_writer::{
    Destination, Encoded, Encoding, Outgoing, Strict, write_to,
};
use crate::formats::windows::outside::ENTITY_REGIONS;
use crate::formats::{
    EntityRegions, Format, Labels, Losses, OffsetUnit, Outside, Pages, Tokenizer, Windows,
    WriteOptions, native, windows,
};
use crate::model::{Annotation, Article, ArticleId, Label, StartedFrom, Status};
use crate::store::{ArticleKey, Filter, Store, StoredAnnotation};

/// So many articles go to a worker at once.
const BATCH_ARTICLES: usize = 64;

/// What is exported, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportOptions {
    /// The format.
    pub format: &'static dyn Format,
    /// Only articles whose annotation has one of these; empty: all, also those that nobody has touched.
    pub statuses: Vec<Status>,
    /// Whose work is taken where an article has several annotations.
    pub annotators: Annotators,
    /// Only regions with these labels, and entities inside them; `None`: all.
    pub regions: Option<Vec<Label>>,
    /// The unit in which the records count.
    pub offsets: OffsetUnit,
    /// Whether what no person has vouched for carries its score.
    pub scores: bool,
    /// How text is cut into tokens, where the format has tokens.
    pub tokenizer: Tokenizer,
    /// Where the pages of articles are found, for formats that write pages: [`crate::dataset::PageFolder`].
    pub pages: Option<Pages>,
    /// What becomes of text that nobody looked at for entities; `None`: what suits the format.
    pub outside: Option<Outside>,
    /// How large windows are; `None`: as suits the format.
    pub windows: Option<Windows>,
    /// How many tokens a window repeats of the one before.
    pub stride: usize,
    /// Whether to refuse where the format cannot hold all.
    pub strict: bool,
    /// Into which parts; `None`: all in one.
    pub split: Option<SplitOptions>,
    /// Whether to write the dataset's card, `README.md`, into the folder; where the format is none and nothing is split,
    /// there is no folder, and this is an error.
    pub card: bool,
    /// How many threads work; 0: one for each core.
    pub jobs: usize,
}

impl Default for ExportOptions {
    /// What is done, as training data.
    fn default() -> Self {
        Self {
            format: &native::Jsonl,
            statuses: vec![Status::Done],
            annotators: Annotators::default(),
            regions: None,
            offsets: OffsetUnit::default(),
            scores: false,
            tokenizer: Tokenizer::default(),
            pages: None,
            outside: None,
            windows: None,
            stride: 0,
            strict: false,
            split: None,
            card: false,
            jobs: 0,
        }
    }
}

impl ExportOptions {
    /// How the records are written. Each says itself where its entities are, if that is not as usual.
    pub(crate) fn write(&self) -> WriteOptions {
        WriteOptions {
            offsets: self.offsets,
            scores: self.scores,
            tokenizer: self.tokenizer.clone(),
            pages: self.pages.clone(),
            outside: self.outside,
            entity_regions: None,
            regions_chosen: self.regions.is_some(),
            windows: self.windows,
            stride: self.stride,
            labels: Labels::default(),
        }
    }
}

/// What an export did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportReport {
    /// Articles written.
    pub records: u64,
    /// Records of which they are made; more than articles where these are cut into windows.
    pub windows: u64,
    /// Articles that the options left out.
    pub left_out: u64,
    /// Articles of which one person's work was taken and another's passed over, though nobody decided between them.
    pub passed_over: u64,
    /// Entities that lay outside the regions that were asked for, and were left out.
    pub entities_left_out: u64,
    /// Bytes written, of what is one stream.
    pub bytes: u64,
    /// What the format cannot hold.
    pub losses: Losses,
    /// Articles that are in no part, because they are near-duplicates of articles in another.
    pub in_no_part: u64,
    /// What is in each part, if there are parts.
    pub parts: Vec<PartCount>,
    /// Files of the folder that are not from an export, or were changed since, and that were left as they are.
    pub left: Vec<String>,
}

/// What is in a part of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartCount {
    /// Its name.
    pub name: String,
    /// Its articles.
    pub articles: u64,
    /// Its regions, by label.
    pub regions: BTreeMap<Label, u64>,
    /// Its entities, by label.
    pub entities: BTreeMap<Label, u64>,
}

impl PartCount {
    pub(crate) fn count(&mut self, annotation: &Annotation) {
        self.articles += 1;
        for region in annotation.regions() {
            *self.regions.entry(region.label.clone()).or_default() += 1;
        }
        for entity in annotation.entities() {
            *self.entities.entry(entity.label.clone()).or_default() += 1;
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.articles += other.articles;
        for (label, count) in other.regions {
            *self.regions.entry(label).or_default() += count;
        }
        for (label, count) in other.entities {
            *self.entities.entry(label).or_default() += count;
        }
    }
}

/// Stopped because somebody asked; the target is as it was.
#[derive(Debug, thiserror::Error)]
#[error("stopped; nothing was written")]
pub struct Cancelled;

/// Writes the records into a file or folder: beside it first, then over it, so that there is never half of it.
/// What is no file, such as a pipe or a device, is written to directly.
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

/// Writes the records, in the order in which the articles came into the dataset. What the format cannot hold is counted
/// before anything is written.
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
    let schema = store.schema()?;
    let suggester = suggester(store, options, cancel)?;
    let mut encoding = Encoding::new(options.format, options.write());
    let mut losses = Losses::default();
    if !encoding.holds_all() {
        let (lost, labels) = count_losses(store, &keys, options, &suggester, &encoding, cancel)?;
        losses = lost;
        encoding = encoding.with_labels(labels);
        if options.strict && !losses.is_empty() {
            return Err(Strict {
                format: options.format.spec().name,
                losses,
            }
            .into());
        }
    }
    let split = match &options.split {
        Some(how) => Some(split(store, how, progress, cancel)?),
        None => None,
    };
    let names = match &options.split {
        Some(how) => how.shares.names(),
        None => vec![String::new()],
    };
    progress.expect(keys.len() as u64);
    let split = Arc::new(split);
    let parts = if options.split.is_some() || options.card {
        names.len()
    } else {
        0
    };
    let (mut report, put) = write_to(destination, &encoding, Some(&schema), &names, |sink| {
        let mut report = ExportReport {
            parts: names
                .iter()
                .take(parts)
                .map(|name| PartCount {
                    name: name.clone(),
                    ..PartCount::default()
                })
                .collect(),
            ..ExportReport::default()
        };
        let shared = Arc::new(encoding.clone());
        let languages = Arc::new(Mutex::new(BTreeSet::new()));
        let spoken = Arc::clone(&languages);
        let work = move |made: &mut Made<Encoded>, key, record: Outgoing| {
            let mut part = 0;
            if let Some(split) = &*split {
                let Some(found) = split.parts.get(&key) else {
                    made.report.records -= 1;
                    made.report.in_no_part += 1;
                    return;
                };
                part = *found;
            }
            if parts > 0 {
                made.report.parts.resize_with(parts, PartCount::default);
                if let Some(count) = made.report.parts.get_mut(part) {
                    count.count(&record.annotation);
                }
                let language = &record.article.meta.language;
                if let Ok(mut spoken) = spoken.lock()
                    && !(language.is_empty() || spoken.contains(language))
                {
                    spoken.insert(language.clone());
                }
            }
            made.value.add(&shared, part, record);
        };
        let end = each(
            store,
            &keys,
            options,
            &suggester,
            cancel,
            work,
            |made: Made<Encoded>| {
                sink.take(made.value)?;
                report.records += made.report.records;
                report.left_out += made.report.left_out;
                report.passed_over += made.report.passed_over;
                report.in_no_part += made.report.in_no_part;
                report.entities_left_out += made.report.entities_left_out;
                for (sum, part) in report.parts.iter_mut().zip(made.report.parts) {
                    sum.add(part);
                }
                progress.advance(report.records + report.left_out, sink.bytes);
                Ok(())
            },
        )?;
        if end == End::Cancelled {
            return Err(Cancelled.into());
        }
        if options.card {
            let languages = languages.lock().map(|all| all.clone()).unwrap_or_default();
            let words = card(&CardFacts {
                schema: &schema,
                parts: &report.parts,
                format: (
                    options.format.spec().name,
                    options.format.spec().extension(),
                ),
                languages: &languages,
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

/// What suggests for articles that nobody has opened, if the export takes such; `None` if it does not.
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

/// The articles that an export may take; the rest of what the options say is asked of each.
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

/// What a worker made of a batch.
#[derive(Default)]
pub(crate) struct Made<T> {
    pub(crate) value: T,
    pub(crate) report: ExportReport,
}

/// Reads each record that is asked for, on all cores, and gives what `work` makes of a batch to `sink`, in order.
pub(crate) fn each<T: Default + Send + 'static>(
    store: &dyn Store,
    keys: &[ArticleKey],
    options: &ExportOptions,
    suggester: &Option<Arc<Suggester>>,
    cancel: &CancelFlag,
    work: impl Fn(&mut Made<T>, ArticleKey, Outgoing) + Send + Sync + 'static,
    sink: impl FnMut(Made<T>) -> Result<()>,
) -> Result<End> {
    // A schema that differs from what is taken for granted travels with its records.
    let schema = store.schema()?;
    let entity_regions = (!EntityRegions::are_usual(&schema)).then(|| EntityRegions::of(&schema));
    let batches = Batches {
        articles: BATCH_ARTICLES,
        jobs: options.jobs,
    };
    let (options, suggester) = (options.clone(), suggester.clone());
    let make = move |store: &dyn Store, keys: &[ArticleKey]| {
        let mut made = Made::default();
        for key in keys {
            let suggester = suggester.as_deref();
            for mut record in read(store, *key, &options, suggester, &mut made.report)? {
                // Labels that came with the article may have been made under a schema that tags entities in fewer regions.
                if let Some(own) = &entity_regions {
                    let other = &mut record.article.meta.other;
                    let both = own.narrowed_by(other.get(ENTITY_REGIONS).map(String::as_str));
                    other.insert(ENTITY_REGIONS.to_owned(), both.print());
                }
                work(&mut made, *key, record);
            }
        }
        Ok(made)
    };
    each_batch(store, keys.to_vec(), batches, cancel, make, sink)
}

/// One article as it goes out: a record for each annotation that the options take.
fn read(
    store: &dyn Store,
    key: ArticleKey,
    options: &ExportOptions,
    suggester: Option<&Suggester>,
    report: &mut ExportReport,
) -> Result<Vec<Outgoing>> {
    let article = store.article(key)?;
    let stored = store.annotations(&article, key)?;
    let chosen = options.annotators.choose(&stored, &options.statuses);
    if chosen.is_empty() {
        report.left_out += 1;
    }
    if options.annotators.passes_over(&stored, &options.statuses) {
        report.passed_over += 1;
    }
    let persons = stored.iter().filter(|stored| !stored.annotator.is_empty());
    let is_shared = persons.count() > 1;
    let several = chosen.len() > 1;
    // A window is one annotator's.
    let unites = options.format.spec().unites_annotators
        && options.windows.is_none()
        && options.outside.is_none();
    let mut records = Vec::with_capacity(chosen.len());
    for chosen in chosen {
        let mut article = article.clone();
        let from = &chosen.started_from;
        let is_known = is_shared || *from != StartedFrom::Unknown;
        if !chosen.annotator.is_empty() && is_known && !from.is_independent() {
            put_started_from(&mut article.meta, from);
        }
        // The records of the native format have a field for the annotator; others know a record by its id alone.
        if several && !unites && options.format.spec().name != native::Jsonl.spec().name {
            article.id = id_of_one(store, &article.id, &chosen.annotator)?;
        }
        let mut annotation = chosen.annotation.clone();
        if let Some(suggester) = suggester.filter(|_| chosen.annotator.is_empty()) {
            suggester.renew(store, key, &mut article, &mut annotation, chosen.revision)?;
        }
        let annotation = match &options.regions {
            None => annotation,
            Some(labels) => {
                let (kept, left_out) = only_regions(&article, &annotation, labels);
                report.entities_left_out += left_out;
                kept
            }
        };
        report.records += 1;
        records.push(Outgoing {
            annotation,
            annotator: chosen.annotator.clone(),
            updated_at_ms: chosen.updated_at_ms,
            article,
            others: Vec::new(),
        });
    }
    if unites && several {
        let others = records.split_off(1);
        report.records -= others.len() as u64;
        if let Some(first) = records.first_mut() {
            first.others = others;
        }
    }
    Ok(records)
}

/// The id of one annotator's record of an article, where others' records of it are beside it: `id@annotator`.
fn id_of_one(store: &dyn Store, id: &ArticleId, annotator: &str) -> Result<ArticleId> {
    let mut between = "@".to_owned();
    loop {
        let made = format!("{id}{between}{annotator}");
        // What cannot be an id gives way to its hash, which keeps it apart from others.
        let made = ArticleId::new(&made).or_else(|| {
            let hash = blake3::hash(made.as_bytes()).to_hex();
            ArticleId::new(&hash)
        });
        match made {
            Some(made) if store.find(made.as_str())?.is_none() => return Ok(made),
            Some(_) => between.push('@'),
            None => return Ok(id.clone()), // no hash is refused
        }
    }
}

/// The annotation that speaks for an article: the adjudicated one, else the newest by a person, else the suggestions.
pub(crate) fn choose(stored: &[StoredAnnotation]) -> Option<&StoredAnnotation> {
    let chosen = Annotators::default().choose(stored, &[]);
    chosen.first().copied().or_else(|| stored.first())
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
