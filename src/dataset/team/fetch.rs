//! Fetches the articles of a team and everybody's work into a new dataset.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use super::labels::rename_suggestions;
use super::link::Link;
use super::review_notes::{self, ReviewNotes};
use super::works::whole_work;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::maintenance::merge::put_work;
use crate::dataset::{Dataset, EXTENSION};
use crate::formats::{Code, Fault, Problem};
use crate::store::{Added, ArticleKey, WorkFolder};
use crate::team::{FIRST_SCHEMA, MemberWork, ServerArticle, TeamSchemaChange};

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
    let unsent = review_notes::unsent(Dataset::open_to_read(out)?.store())?;
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
