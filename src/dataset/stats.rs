//! Statistics over a whole dataset, on all cores.

use anyhow::Result;

use super::dashboard::Facts;
use super::day::Calendar;
use super::pipeline::{all_cores, ordered};
use super::progress::{CancelFlag, Progress};
use crate::quality::Statistics;
use crate::store::{ArticleKey, Filter, Store};

/// So many articles go to a worker at once.
const BATCH_ARTICLES: usize = 256;

/// Counts what the dataset holds. Each article counts by its newest annotation by a person, or else its suggestions.
///
/// # Errors
/// If the dataset cannot be read.
pub fn statistics(
    store: &dyn Store,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<Statistics> {
    let keys = store.keys(&Filter::default())?;
    progress.expect(keys.len() as u64);
    let mut workers = Vec::new();
    for _ in 0..all_cores().min(keys.len() / BATCH_ARTICLES + 1) {
        let store = store.reader()?;
        workers.push(move |keys: Vec<ArticleKey>| -> Result<Statistics> {
            let mut statistics = Statistics::default();
            for key in keys {
                count(&*store, key, &mut statistics)?;
            }
            Ok(statistics)
        });
    }
    let mut at = 0;
    let source = move || {
        let batch = keys.get(at..keys.len().min(at + BATCH_ARTICLES))?.to_vec();
        at += batch.len();
        (!batch.is_empty()).then_some(batch)
    };
    let mut sum = Statistics::default();
    ordered(source, workers, cancel, |statistics| {
        sum.merge(statistics?);
        progress.advance(sum.articles, 0);
        Ok(())
    })?;
    Ok(sum)
}

/// Time, edits, scores and days of what is done; what no outcome is stored of is worked out, and nothing is written.
///
/// # Errors
/// If the dataset cannot be read.
pub fn facts(store: &dyn Store, calendar: &Calendar, cancel: &CancelFlag) -> Result<Facts> {
    let schema = store.schema()?;
    Ok(Facts::gather(
        store,
        &schema,
        calendar,
        true,
        cancel,
        &mut |_| {},
    )?)
}

fn count(store: &dyn Store, key: ArticleKey, statistics: &mut Statistics) -> Result<()> {
    let article = store.article(key)?;
    let stored = store.annotations(&article, key)?;
    for stored in stored.iter().filter(|stored| !stored.annotator.is_empty()) {
        statistics.add_work(&stored.annotator, stored.annotation.status());
    }
    if let Some(chosen) = super::export::choose(&stored, None) {
        statistics.add_article(&article.text, &chosen.annotation);
    }
    Ok(())
}
