//! Makes a team dataset from a dataset file, or adds articles to one.

use anyhow::{Result, ensure};

use crate::dataset::Dataset;
use crate::dataset::io::article_builder::content_hash;
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::model::Annotation;
use crate::store::{ArticleKey, Filter, NewArticle, Store};
use crate::team::{
    Password, QueueOrder, QueuedArticle, Server, ServerAddress, ServerDataset, migrate,
};

/// The number of articles that are sent at once, and the bytes of text after which no more are
/// added.
const BATCH_ARTICLES: usize = 200;
const BATCH_BYTES: usize = 8 << 20;

/// How the work is organised.
#[derive(Clone, Copy, Debug)]
pub struct InitOptions {
    /// How many annotators each article gets.
    pub overlap: u32,
    /// Which articles come first.
    pub order: QueueOrder,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InitReport {
    /// Whether the team dataset was made now.
    pub is_new: bool,
    /// Articles that were added.
    pub added: u64,
    /// Articles that the server had.
    pub known: u64,
    /// Articles whose id belongs to another text there.
    pub id_taken: u64,
    /// Annotations of people, which stay in the file.
    pub works_left: u64,
}

/// Makes a team dataset in an empty database, as its owner: schema, articles and suggestions. If
/// there is one with the same labels and guidelines, adds the articles that it lacks.
///
/// # Errors
/// If the database cannot be written, or has a team dataset with other labels; or [`Cancelled`].
/// Articles may have been added then; calling it again adds the rest.
pub fn init(
    address: &ServerAddress,
    password: &Password,
    dataset: &Dataset,
    options: InitOptions,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<InitReport> {
    let store = dataset.store();
    let server = Server::connect(address, password)?;
    migrate(&server)?;
    let schema = store.schema()?;
    let mut report = InitReport::default();
    match server.schema()? {
        None => {
            server.create_dataset(&ServerDataset {
                schema: schema.clone(),
                overlap: i64::from(options.overlap),
                order: options.order,
            })?;
            report.is_new = true;
        }
        Some(there) => ensure!(
            there == schema,
            "{} has a team dataset with other labels or guidelines than {}\nhint: use another database, or give the file the labels of the team with `copydesk schema set`",
            server.location(),
            dataset.path().display()
        ),
    }
    progress.expect(store.counts()?.total());
    let mut done = 0;
    let mut after = None;
    loop {
        let rows = store.page(&Filter::default(), after, BATCH_ARTICLES)?;
        let Some(last) = rows.last() else {
            break;
        };
        after = Some(last.key);
        let mut batch: Vec<(NewArticle, bool)> = Vec::new();
        let mut bytes = 0;
        for row in &rows {
            if cancel.is_cancelled() {
                return Err(Cancelled.into());
            }
            let (article, works) = read(store, row.key)?;
            report.works_left += works;
            bytes += article.article.text.len();
            let is_blind = schema.is_blind(&article.article.id);
            batch.push((article, is_blind));
            if bytes >= BATCH_BYTES {
                upload(&server, &batch, &mut report)?;
                batch.clear();
                bytes = 0;
            }
        }
        if !batch.is_empty() {
            upload(&server, &batch, &mut report)?;
        }
        done += rows.len() as u64;
        progress.advance(done, 0);
    }
    if report.added > 0 && options.order != QueueOrder::Import {
        server.set_order(options.order)?;
    }
    Ok(report)
}

fn upload(server: &Server, batch: &[(NewArticle, bool)], report: &mut InitReport) -> Result<()> {
    let queued: Vec<QueuedArticle<'_>> = batch
        .iter()
        .map(|(article, is_blind)| QueuedArticle {
            article,
            is_blind: *is_blind,
        })
        .collect();
    let counts = server.add_articles(&queued)?;
    report.added += counts.added;
    report.known += counts.known;
    report.id_taken += counts.id_taken;
    Ok(())
}

/// An article with its suggestions, and the number of people's annotations.
fn read(store: &dyn Store, key: ArticleKey) -> Result<(NewArticle, u64)> {
    let article = store.article(key)?;
    let mut suggestions = Annotation::default();
    let mut works = 0;
    for stored in store.annotations(&article, key)? {
        if stored.owner.is_nobody() {
            suggestions = stored.annotation;
        } else {
            works += 1;
        }
    }
    let new = NewArticle {
        content_hash: content_hash(&article.id, &article.text),
        kept: store.kept(key)?.unwrap_or_default(),
        article,
        suggestions,
        imported: None,
    };
    Ok((new, works))
}
