//! Fetches the articles of a team and everybody's work into a new dataset.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use super::link::Link;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::io::sources::SourceWork;
use crate::dataset::maintenance::merge::put_work;
use crate::dataset::{Dataset, EXTENSION};
use crate::edit::Entry;
use crate::formats::{Code, Fault, Problem};
use crate::model::{Annotation, Article, StartedFrom};
use crate::store::{Added, WorkFolder, codec};
use crate::team::{MemberWork, read_line};

/// The number of articles that are fetched at once.
const BATCH_ARTICLES: usize = 50;

/// What was fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FetchReport {
    /// Articles.
    pub articles: u64,
    /// Annotations of members.
    pub works: u64,
    /// Annotations that cannot be read; each was reported.
    pub refused: u64,
}

/// Fetches all articles, and all work that the login may see, into a new dataset at `out`; with
/// `replace`, also in place of a dataset that is there.
///
/// # Errors
/// If the server cannot be asked or the dataset cannot be written; or [`Cancelled`]. Then nothing
/// is at `out`, or what was there before.
pub fn fetch(
    link: &mut Link,
    out: &Path,
    replace: bool,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<FetchReport> {
    ensure!(
        out.extension()
            .is_some_and(|extension| extension == EXTENSION),
        "a dataset's name ends in .{EXTENSION}: {}",
        out.display()
    );
    ensure!(
        replace || !out.exists(),
        "{} is there already\nhint: name a new file, or add --replace",
        out.display()
    );
    let schema = link.call(cancel, |server| server.schema())?;
    let schema = schema.context("the team dataset is still being made\nhint: try again later")?;
    let temporary = WorkFolder::beside(out)
        .with_context(|| format!("cannot write beside {}", out.display()))?;
    let new = temporary.path().join(format!("fetched.{EXTENSION}"));
    let mut dataset = Dataset::create(&new, &schema)?;
    let mut report = FetchReport::default();
    let mut after = 0;
    loop {
        let keys = link.call(cancel, |server| server.article_keys_after(after))?;
        let Some(last) = keys.last() else {
            break;
        };
        after = *last;
        progress.expect(report.articles + keys.len() as u64);
        for some in keys.chunks(BATCH_ARTICLES) {
            if cancel.is_cancelled() {
                return Err(Cancelled.into());
            }
            fetch_some(link, &mut dataset, some, &mut report, progress, cancel)?;
            progress.advance(report.articles, 0);
        }
    }
    drop(dataset);
    Dataset::copy(&new, out, replace)?;
    Ok(report)
}

fn fetch_some(
    link: &mut Link,
    dataset: &mut Dataset,
    keys: &[i64],
    report: &mut FetchReport,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<()> {
    let articles = link.call(cancel, |server| server.articles(keys))?;
    let works = link.call(cancel, |server| server.works(keys, false))?;
    let store = dataset.store_mut();
    let new: Vec<_> = articles.iter().map(|one| one.article.clone()).collect();
    let added = store.add_articles(&new)?;
    for (article, added) in articles.iter().zip(added) {
        let Added::New(key) = added else {
            bail!("the article {} came twice", article.article.article.id);
        };
        report.articles += 1;
        for work in works.iter().filter(|work| work.article == article.key) {
            match whole_work(&article.article.article, work) {
                Ok(whole) => {
                    put_work(store, key, &article.article, &whole)?;
                    report.works += 1;
                }
                Err(error) => {
                    report.refused += 1;
                    progress.problem(&Problem {
                        source: link.address().location().to_string(),
                        line: None,
                        fault: Fault::new(Code::BadRecord, format!("{error:#}")),
                    });
                }
            }
        }
    }
    Ok(())
}

/// Reads a member's work, which is checked like any other input: a member may send what she likes.
/// If the history does not lead to the annotation, the annotation is taken without it.
///
/// # Errors
/// If the annotation cannot be read.
pub(super) fn whole_work(article: &Article, work: &MemberWork) -> Result<SourceWork> {
    let annotation = codec::read_annotation(&work.doc, &article.text).with_context(|| {
        format!(
            "the annotation of {} by {} cannot be read",
            article.id, work.annotator
        )
    })?;
    let entries: Result<Vec<Entry>, _> = work
        .lines
        .iter()
        .map(|line| read_line(line, &article.text))
        .collect();
    let history = entries.unwrap_or_default();
    let leads_there = replay(article, &history).is_some_and(|reached| reached == annotation);
    let history = if leads_there { history } else { Vec::new() };
    let started_from = history.first().map(|entry| entry.started_from.clone());
    Ok(SourceWork {
        annotator: work.annotator.clone(),
        at_ms: work.saved_at_ms,
        started_from: started_from.unwrap_or(StartedFrom::Import),
        annotation,
        history,
        active_ms: work.active_ms,
    })
}

/// The annotation to which history entries lead; `None` if they do not fit.
pub(super) fn replay(article: &Article, entries: &[Entry]) -> Option<Annotation> {
    let mut annotation = Annotation::default();
    for entry in entries {
        entry
            .transaction
            .apply(&article.text, &mut annotation)
            .ok()?;
    }
    Some(annotation)
}
