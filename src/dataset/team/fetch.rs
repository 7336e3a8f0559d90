//! Fetches the articles of a team and everybody's work into a new dataset.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use super::labels::rename_suggestions;
use super::link::Link;
use super::review::{self, ReviewNotes};
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::io::sources::SourceWork;
use crate::dataset::maintenance::merge::put_work;
use crate::dataset::{Dataset, EXTENSION};
use crate::edit::Entry;
use crate::formats::{Code, Fault, Problem};
use crate::model::{Annotation, Article, StartedFrom};
use crate::store::{Added, ArticleKey, WorkFolder, codec};
use crate::team::{
    FIRST_SCHEMA, MemberWork, ServerArticle, TeamSchemaChange, read_line, rename_labels,
};

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
    if out.exists() {
        check_sent(out)?;
    }
    let schema = link.call(cancel, |server| server.schema_with_version())?;
    let (schema, version) =
        schema.context("the team dataset is still being made\nhint: try again later")?;
    let mut renames = link.call(cancel, |server| server.schema_changes_after(FIRST_SCHEMA))?;
    renames.retain(|change| change.version <= version);
    let temporary = WorkFolder::beside(out)
        .with_context(|| format!("cannot write beside {}", out.display()))?;
    let new = temporary.path().join(format!("fetched.{EXTENSION}"));
    let mut fetching = Fetching {
        dataset: Dataset::create(&new, &schema)?,
        renames,
        review: review_notes(link, version, cancel)?,
        report: FetchReport::default(),
    };
    let mut after = 0;
    loop {
        let keys = link.call(cancel, |server| server.article_keys_after(after))?;
        let Some(last) = keys.last() else {
            break;
        };
        after = *last;
        progress.expect(fetching.report.articles + keys.len() as u64);
        for some in keys.chunks(BATCH_ARTICLES) {
            if cancel.is_cancelled() {
                return Err(Cancelled.into());
            }
            fetching.fetch_some(link, some, progress, cancel)?;
            progress.advance(fetching.report.articles, 0);
        }
    }
    let report = fetching.report;
    drop(fetching);
    Dataset::copy(&new, out, replace)?;
    Ok(report)
}

/// Refuses to replace a file whose decisions the team does not have.
fn check_sent(out: &Path) -> Result<()> {
    let unsent = review::unsent(Dataset::open_to_read(out)?.store())?;
    ensure!(
        unsent.is_empty(),
        "{} has decisions that the team does not have, on {}\nhint: `copydesk team send {}` first, or name a new file",
        out.display(),
        unsent.join(", "),
        out.display()
    );
    Ok(())
}

/// The notes for an adjudicator; `None` for others.
fn review_notes(link: &mut Link, version: i64, cancel: &CancelFlag) -> Result<Option<ReviewNotes>> {
    let head = link.call(cancel, |server| server.head())?;
    let adjudicates = head.roles.iter().any(|role| role == "adjudicator");
    adjudicates
        .then(|| ReviewNotes::new(&head, link.address(), version))
        .transpose()
}

/// A dataset that is being fetched.
struct Fetching {
    dataset: Dataset,
    renames: Vec<TeamSchemaChange>,
    review: Option<ReviewNotes>,
    report: FetchReport,
}

impl Fetching {
    fn fetch_some(
        &mut self,
        link: &mut Link,
        keys: &[i64],
        progress: &mut dyn Progress,
        cancel: &CancelFlag,
    ) -> Result<()> {
        let mut articles = link.call(cancel, |server| server.articles(keys))?;
        let works = link.call(cancel, |server| server.works(keys, false))?;
        let adjudications = link.call(cancel, |server| server.adjudications(keys))?;
        for article in &mut articles {
            rename_suggestions(article, &self.renames)?;
        }
        if let Some(review) = &self.review {
            review.save(self.dataset.store_mut())?;
        }
        let new: Vec<_> = articles.iter().map(|one| one.article.clone()).collect();
        let added = self.dataset.store_mut().add_articles(&new)?;
        for (article, added) in articles.iter().zip(added) {
            let Added::New(key) = added else {
                bail!("the article {} came twice", article.article.article.id);
            };
            self.report.articles += 1;
            let of_article = |work: &&MemberWork| work.article == article.key;
            let works: Vec<_> = works.iter().filter(of_article).collect();
            let adjudicated = adjudications.iter().find(of_article);
            for work in works.iter().copied().chain(adjudicated) {
                if let Err(error) = self.put(article, key, work) {
                    self.report.refused += 1;
                    progress.problem(&Problem {
                        source: link.address().location().to_string(),
                        line: None,
                        fault: Fault::new(Code::BadRecord, format!("{error:#}")),
                    });
                }
            }
            self.note_for_review(article, key, &works, adjudicated)?;
        }
        Ok(())
    }

    fn put(&mut self, article: &ServerArticle, key: ArticleKey, work: &MemberWork) -> Result<()> {
        let whole = whole_work(&article.article.article, work, &self.renames)?;
        put_work(self.dataset.store_mut(), key, &article.article, &whole)?;
        self.report.works += 1;
        Ok(())
    }

    /// Notes an article between whose annotations the adjudicator can decide.
    fn note_for_review(
        &mut self,
        article: &ServerArticle,
        key: ArticleKey,
        works: &[&MemberWork],
        adjudicated: Option<&MemberWork>,
    ) -> Result<()> {
        let Some(review) = &self.review else {
            return Ok(());
        };
        let me = &review.member;
        let is_mine = adjudicated.is_none_or(|one| one.annotator == *me);
        if works.len() < 2 || !is_mine || works.iter().any(|one| one.annotator == *me) {
            return Ok(());
        }
        let inputs = works.iter();
        let inputs = inputs.map(|one| (one.annotator.clone(), one.revision));
        let so_far = adjudicated.map_or((0, 0), |one| (one.revision, one.lines.len()));
        let id = article.article.article.id.to_string();
        let store = self.dataset.store_mut();
        review.add_article(store, key, (article.key, id), inputs.collect(), so_far)
    }
}

/// Reads a member's work, which is checked like any other input: a member may send what she likes.
/// If the history does not lead to the annotation, the annotation is taken without it. Labels get the
/// names that they have now.
///
/// # Errors
/// If the annotation cannot be read.
pub(super) fn whole_work(
    article: &Article,
    work: &MemberWork,
    renames: &[TeamSchemaChange],
) -> Result<SourceWork> {
    let mut annotation = codec::read_annotation(&work.doc, &article.text).with_context(|| {
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
    let mut history = if leads_there { history } else { Vec::new() };
    let version = work.schema_version;
    let renamed = rename_labels(
        renames,
        version,
        &article.text,
        &mut annotation,
        &work.lines,
    )
    .with_context(|| format!("the labels of {} cannot be renamed", article.id))?;
    if !history.is_empty() {
        history.extend(renamed);
    }
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
