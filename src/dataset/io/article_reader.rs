//! Reads the articles of a dataset on all cores, with the results in the order of the articles.

use std::sync::Arc;

use anyhow::Result;

use super::ordered::{End, ordered, threads};
use super::progress::{CancelFlag, Cancelled, Progress};
use crate::store::{ArticleKey, Store};

/// How the work on articles is divided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batches {
    /// How many articles go to a thread at once.
    pub articles: usize,
    /// How many threads work; 0 for all cores.
    pub jobs: usize,
}

impl Batches {
    /// Batches of this many articles, on all cores.
    pub(crate) fn of(articles: usize) -> Self {
        Self { articles, jobs: 0 }
    }
}

/// Calls `work` with batches of `keys`, each thread with its own reader, and `sink` with the
/// results in the order of the keys.
///
/// # Errors
/// If a reader cannot be opened, what `work` and `sink` return, and as [`ordered`].
pub(crate) fn each_batch<T: Send + 'static>(
    store: &dyn Store,
    keys: Vec<ArticleKey>,
    batches: Batches,
    cancel: &CancelFlag,
    work: impl Fn(&dyn Store, &[ArticleKey]) -> Result<T> + Send + Sync + 'static,
    mut sink: impl FnMut(T) -> Result<()>,
) -> Result<End> {
    let size = batches.articles.max(1);
    let work = Arc::new(work);
    let workers = threads(batches.jobs).min(keys.len() / size + 1);
    let workers = (0..workers).map(|_| {
        let (store, work) = (store.reader()?, Arc::clone(&work));
        Ok(move |keys: Vec<ArticleKey>| work(&*store, &keys))
    });
    let workers = workers.collect::<Result<Vec<_>>>()?;
    let mut at = 0;
    let source = move || {
        let batch = keys.get(at..keys.len().min(at + size))?.to_vec();
        at += batch.len();
        (!batch.is_empty()).then_some(batch)
    };
    ordered(source, workers, cancel, |made: Result<T>| sink(made?))
}

/// Collects what `find` returns for each article of `keys`, in the order of the keys.
///
/// # Errors
/// As [`each_batch`], what `find` returns, or [`Cancelled`].
pub(crate) fn collect_articles<T: Send + 'static>(
    store: &dyn Store,
    keys: Vec<ArticleKey>,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
    find: impl Fn(&dyn Store, ArticleKey) -> Result<Option<T>> + Send + Sync + 'static,
) -> Result<Vec<T>> {
    progress.expect(keys.len() as u64);
    let work = move |store: &dyn Store, keys: &[ArticleKey]| {
        let found = keys.iter().filter_map(|key| find(store, *key).transpose());
        Ok((keys.len() as u64, found.collect::<Result<Vec<T>>>()?))
    };
    let (mut all, mut seen) = (Vec::new(), 0);
    let end = each_batch(
        store,
        keys,
        Batches::of(64),
        cancel,
        work,
        |(count, found)| {
            seen += count;
            all.extend(found);
            progress.advance(seen, 0);
            Ok(())
        },
    )?;
    match end {
        End::Cancelled => Err(Cancelled.into()),
        _ => Ok(all),
    }
}
