//! Merges datasets and files of records, in which several annotators worked on the same articles
//! without a server.
//!
//! An article is known by its content, not by its file. The outcome depends on what the inputs hold
//! together, not on their order or on how often they are merged: everything is gathered first,
//! choices go by content (`contents`), and the dataset is written anew in the order of the
//! articles' ids.

mod contents;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use contents::{Gathered, MergeDraft, Merged};

use crate::dataset::config::work_mode::WorkMode;
use crate::dataset::config::{built_in_schemas, review_settings};
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::io::sources::{self, Depth, Faults, SourceWork, WorkSource};
use crate::dataset::suggesters::{KnownModels, SuggesterSettings};
use crate::dataset::{Dataset, EXTENSION, ImportOptions, Input};
use crate::formats::native;
use crate::model::{Owner, Schema};
use crate::store::{
    Added, ArticleKey, Commit, Imported, NewArticle, Revision, Store, TimeSpent, WorkFolder,
    write_atomically,
};

/// The number of articles that go into one transaction.
const BATCH_ARTICLES: usize = 500;

/// How to merge.
#[derive(Clone, Default)]
pub struct MergeOptions {
    /// How records are read.
    pub read: ImportOptions,
    /// The schema of a new dataset; `None`: that of the merged datasets, or the shipped one for
    /// news.
    pub schema: Option<Schema>,
    /// Whose the records of a file are that name no annotator, by the file as it was named.
    pub names: BTreeMap<String, String>,
}

/// What a merge did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergeReport {
    /// Articles in the dataset.
    pub articles: u64,
    /// Annotations in the dataset.
    pub annotations: u64,
    /// Work that gave way to newer work of the same annotator.
    pub set_aside: Vec<SetAside>,
    /// Articles that were refused because their id belongs to another text.
    pub refused: Vec<RefusedArticle>,
    /// How much could not be read.
    pub faults: Faults,
    /// Where everything is that was set aside or refused.
    pub beside: Option<PathBuf>,
}

/// Work of an annotator of whom there is newer work on the same article.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SetAside {
    /// The id of the article.
    pub article: String,
    /// Whose work.
    pub annotator: String,
    /// When it was done, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// When the work was done that is kept.
    pub kept_at_ms: i64,
}

/// An article whose id belongs to another text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefusedArticle {
    /// The id.
    pub article: String,
    /// The inputs that have it with this text.
    pub sources: Vec<String>,
}

/// Merges sources into the dataset at `out`, which is made if it is not there and is one of the
/// inputs if it is. With the same inputs, in any order and any number of times, its export has the
/// same bytes.
///
/// Of two annotations by one annotator the newer is kept, and the other is written to a file beside
/// the dataset. An id with another text is refused, and that article is written to the same file.
/// The file is an input of the next merge.
///
/// # Errors
/// If a record with labels names no annotator, the schemas of the datasets differ, something cannot
/// be read or written, or [`Cancelled`]. Then nothing was changed.
pub fn merge(
    out: &Path,
    inputs: &[WorkSource],
    options: &MergeOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<MergeReport> {
    let is_there = out.exists();
    let aside = beside(out);
    let Chosen {
        inputs,
        schema,
        mode,
        articles,
        draft,
        faults,
    } = choose(out, inputs, options, progress, cancel)?;
    let temporary = WorkFolder::beside(out)
        .with_context(|| format!("cannot write beside {}", out.display()))?;
    let new = temporary.path().join(format!("merged.{EXTENSION}"));
    let mut dataset = Dataset::create(&new, &schema)?;
    mode.save(dataset.store_mut())?;
    keep_suggesters(out, &inputs, dataset.store_mut())?;
    let mut is_at_home = true;
    if is_there {
        let before = Dataset::open_to_read(out)?;
        is_at_home = before.store().is_at_home()?;
        let review = before.store().setting(review_settings::SETTING)?;
        dataset
            .store_mut()
            .set_setting(review_settings::SETTING, review.as_deref())?;
    }
    write(dataset.store_mut(), &articles, progress, cancel)?;
    drop(dataset);
    // First what is not in the dataset: should the disk be full after this, both files have it.
    let is_aside = !draft.lines.is_empty();
    if is_aside {
        write_atomically(&aside, |file| {
            let mut lines = draft.lines.iter();
            lines.try_for_each(|line| file.write_all(line.as_bytes()))
        })
        .with_context(|| format!("cannot write {}", aside.display()))?;
    }
    Dataset::copy(&new, out, is_there)?;
    if is_at_home {
        Dataset::open(out)?.store_mut().set_home()?;
    }
    if !is_aside && aside.exists() {
        fs::remove_file(&aside).with_context(|| format!("cannot remove {}", aside.display()))?;
    }
    Ok(MergeReport {
        beside: is_aside.then_some(aside),
        faults,
        ..draft.report
    })
}

/// Reports what [`merge`] would do, and writes nothing.
///
/// # Errors
/// As [`merge`], as far as that is known before anything is written.
pub fn preview_merge(
    out: &Path,
    inputs: &[WorkSource],
    options: &MergeOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<MergeReport> {
    let Chosen { draft, faults, .. } = choose(out, inputs, options, progress, cancel)?;
    Ok(MergeReport {
        beside: (!draft.lines.is_empty()).then(|| beside(out)),
        faults,
        ..draft.report
    })
}

/// What a merge is going to write.
struct Chosen {
    /// All inputs, the dataset that is there among them.
    inputs: Vec<WorkSource>,
    schema: Schema,
    mode: WorkMode,
    articles: Vec<Merged>,
    draft: MergeDraft,
    faults: Faults,
}

/// Reads everything, and chooses what is kept.
fn choose(
    out: &Path,
    inputs: &[WorkSource],
    options: &MergeOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Chosen> {
    if out
        .extension()
        .is_none_or(|extension| extension != EXTENSION)
    {
        bail!(
            "a dataset's name ends in .{EXTENSION}: {}\nhint: the dataset to make comes first, then what is merged",
            out.display()
        );
    }
    let is_there = out.exists();
    let mut inputs = inputs.to_vec();
    inputs.extend(is_there.then(|| WorkSource::Dataset(out.to_path_buf())));
    let (schema, mode) = schema_and_mode(out, &inputs, is_there, options)?;
    let (gathered, faults) = read_all(&inputs, &beside(out), options, progress, cancel)?;
    gathered.check_names()?;
    let (articles, draft) = gathered.choose();
    Ok(Chosen {
        inputs,
        schema,
        mode,
        articles,
        draft,
        faults,
    })
}

/// Reads the inputs, and what earlier merges set aside.
fn read_all(
    inputs: &[WorkSource],
    aside: &Path,
    options: &MergeOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<(Gathered, Faults)> {
    let earlier = [WorkSource::Records(Input::Path(aside.to_path_buf()))];
    let earlier = if aside.exists() { &earlier[..] } else { &[] };
    let own = ImportOptions {
        format: Some(&native::Jsonl),
        ..ImportOptions::default()
    };
    let mut gathered = Gathered::default();
    let mut faults = Faults::default();
    for (sources, options_of) in [(inputs, &options.read), (earlier, &own)] {
        let found = sources::read(
            sources,
            options_of,
            Depth::Histories,
            progress,
            cancel,
            &mut |found| {
                gathered.add(found, &options.names);
                Ok(())
            },
        )?;
        faults.refused += found.refused;
        faults.warnings += found.warnings;
    }
    Ok((gathered, faults))
}

/// The file beside a dataset that has what was set aside or refused.
fn beside(out: &Path) -> PathBuf {
    let mut name: OsString = out.file_stem().unwrap_or_default().to_owned();
    name.push(".set-aside.jsonl");
    out.with_file_name(name)
}

/// Keeps the suggesters of the dataset that is merged into, and the names of all models whose
/// suggestions may come along.
fn keep_suggesters(out: &Path, inputs: &[WorkSource], store: &mut dyn Store) -> Result<()> {
    for input in inputs {
        if let WorkSource::Dataset(path) = input {
            let source = Dataset::open_to_read(path)?;
            if path == out {
                SuggesterSettings::load(source.store())?.save(store)?;
            }
            KnownModels::copy(source.store(), store)?;
        }
    }
    Ok(())
}

/// The schema of the dataset, and how its annotators work.
fn schema_and_mode(
    out: &Path,
    inputs: &[WorkSource],
    is_there: bool,
    options: &MergeOptions,
) -> Result<(Schema, WorkMode)> {
    if is_there {
        let dataset = Dataset::open_to_read(out)?;
        let store = dataset.store();
        return Ok((store.schema()?, WorkMode::load(store)?));
    }
    if let Some(schema) = &options.schema {
        return Ok((schema.clone(), WorkMode::default()));
    }
    let mut found: Option<(Schema, &Path)> = None;
    for input in inputs {
        let WorkSource::Dataset(path) = input else {
            continue;
        };
        let schema = Dataset::open_to_read(path)?.store().schema()?;
        match &found {
            Some((first, of)) if *first != schema => bail!(
                "the labels or guidelines of {} and {} differ\nhint: compare them with `copydesk schema show`, and name the ones to use with --schema",
                of.display(),
                path.display()
            ),
            Some(_) => {}
            None => found = Some((schema, path)),
        }
    }
    let schema = match found {
        Some((schema, _)) => schema,
        None => built_in_schemas::news()?,
    };
    Ok((schema, WorkMode::default()))
}

/// Writes everything into a new dataset.
fn write(
    store: &mut dyn Store,
    articles: &[Merged],
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<()> {
    progress.expect(articles.len() as u64);
    let mut written = 0;
    for batch in articles.chunks(BATCH_ARTICLES) {
        let new: Vec<NewArticle> = batch.iter().map(|one| one.new.clone()).collect();
        let added = store.add_articles(&new)?;
        for (added, merged) in added.into_iter().zip(batch) {
            if cancel.is_cancelled() {
                return Err(Cancelled.into());
            }
            let Added::New(key) = added else {
                bail!("the article {} came twice", merged.new.article.id);
            };
            for work in &merged.work {
                put_work(store, key, &merged.new, work)?;
            }
            written += 1;
            progress.advance(written, 0);
        }
    }
    Ok(())
}

/// Adds one annotator's work on an article that is in a dataset and on which the annotator has
/// none: with its history, if it is known.
///
/// # Errors
/// If it cannot be written.
pub(in crate::dataset) fn put_work(
    store: &mut dyn Store,
    key: ArticleKey,
    article: &NewArticle,
    work: &SourceWork,
) -> Result<()> {
    if work.history.is_empty() {
        let imported = NewArticle {
            imported: Some(Imported {
                decisions: Vec::new(),
                owner: Owner::named(work.annotator.clone()),
                at_ms: work.at_ms,
                started_from: work.started_from.clone(),
                annotation: work.annotation.clone(),
            }),
            ..article.clone()
        };
        store.add_articles(&[imported])?;
    } else {
        let commit = Commit {
            key,
            annotator: &work.annotator,
            expected: Revision(0),
            entries: &work.history,
            annotation: &work.annotation,
        };
        store.commit(&commit, work.at_ms)?;
    }
    if work.active_ms > 0 {
        store.add_time(&[TimeSpent {
            key,
            annotator: work.annotator.clone(),
            at_ms: work.at_ms,
            active_ms: work.active_ms,
        }])?;
    }
    Ok(())
}
