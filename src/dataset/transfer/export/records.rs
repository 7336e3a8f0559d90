//! Reads the records of an export, on all cores.

use std::sync::Arc;

use anyhow::Result;

use super::options::{ExportOptions, ExportReport};
use crate::dataset::io::article_reader::{Batches, each_batch};
use crate::dataset::io::ordered::End;
use crate::dataset::io::progress::CancelFlag;
use crate::dataset::session::unopened::Suggester;
use crate::dataset::transfer::import::{put_decisions, put_started_from};
use crate::dataset::transfer::record_writer::Outgoing;
use crate::formats::windows::outside::ENTITY_REGIONS;
use crate::formats::{EntityRegions, Format as _, native};
use crate::model::{Annotation, Article, ArticleId, Label, StartedFrom};
use crate::store::{ArticleKey, Store};

/// How many articles go to a worker at once.
const BATCH_ARTICLES: usize = 64;

/// What a worker made of a batch.
#[derive(Default)]
pub(crate) struct Made<T> {
    pub(crate) value: T,
    pub(crate) report: ExportReport,
}

/// Reads each record that is asked for, on all cores, and gives what `work` makes of a batch to
/// `sink`, in order.
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
                // Labels that came with the article may have been made under a schema that tags
                // entities in fewer regions.
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

/// Reads the records of an article: one for each annotation that the options take.
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
    let persons = stored.iter().filter(|stored| stored.owner.is_person());
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
        if chosen.owner.is_person() && is_known && !from.is_independent() {
            put_started_from(&mut article.meta, from);
        }
        if from.is_adjudication() && options.format.spec().name == native::Jsonl.spec().name {
            let history = store.history(&article, key, chosen.owner.as_str())?;
            put_decisions(&mut article, from, &history);
        }
        // The records of the native format have a field for the annotator; others know a record by
        // its id alone.
        if several && !unites && options.format.spec().name != native::Jsonl.spec().name {
            article.id = id_of_one(store, &article.id, chosen.owner.as_str())?;
        }
        let mut annotation = chosen.annotation.clone();
        if let Some(suggester) = suggester.filter(|_| chosen.owner.is_nobody()) {
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
            annotator: chosen.owner.as_str().to_owned(),
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

/// Makes the id of one annotator's record, where an article has several: `id@annotator`.
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

/// Keeps only these regions and the entities inside them; returns how many entities were left out.
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
