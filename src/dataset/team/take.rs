//! Takes articles from the queue of a team into a dataset file.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use super::labels::{rename_suggestions, update_labels};
use super::link::Link;
use super::lock::SyncLock;
use super::pack::{PackArticle, TeamPack};
use super::works::whole_work;
use super::{random, uuid};
use crate::dataset::io::progress::{CancelFlag, Cancelled, Progress};
use crate::dataset::maintenance::merge::put_work;
use crate::dataset::{Dataset, EXTENSION};
use crate::store::{Added, ArticleKey, Store, WorkFolder};
use crate::team::{
    FIRST_SCHEMA, LEASE_SECONDS, Lease, MemberWork, ServerArticle, TeamSchemaChange,
};

/// The number of articles that are fetched at once.
const BATCH_ARTICLES: usize = 50;

/// What a file holds after articles were taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeReport {
    /// Articles that were taken now.
    pub new: usize,
    /// Articles that the file holds open, these among them.
    pub open: usize,
    /// When the first of the leases ends, in milliseconds since 1970 by the server's clock; 0 if
    /// there is none.
    pub until_ms: i64,
}

/// Takes articles from the queue until the dataset at `out` holds `wanted` open ones. The file is
/// made if it is not there. Interrupted and called again, it goes on where it was.
///
/// # Errors
/// If the server cannot be asked, the login is not an annotator, the file is not a pack of this
/// login, or it cannot be written; or [`Cancelled`].
pub fn take(
    link: &mut Link,
    out: &Path,
    wanted: u32,
    lease_seconds: i64,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<TakeReport> {
    let (mut dataset, mut pack) = open_pack(link, out, Joins::Annotators, cancel)?;
    let _lock = SyncLock::take(&pack.id)?;
    update_pack(link, &mut dataset, &mut pack, cancel)?;
    let (leases, new) = lease(link, &pack, wanted, lease_seconds, cancel)?;
    let store = dataset.store_mut();
    download(link, store, &mut pack, &leases, progress, cancel)?;
    pack.note_held(store, &leases)?;
    Ok(TakeReport {
        new,
        open: leases.len(),
        until_ms: leases.iter().map(|lease| lease.until_ms).min().unwrap_or(0),
    })
}

/// Leases articles until the pack holds `wanted`; returns all leases of the pack, and how many are
/// new.
///
/// # Errors
/// If the server cannot be asked.
pub(super) fn lease(
    link: &mut Link,
    pack: &TeamPack,
    wanted: u32,
    lease_seconds: i64,
    cancel: &CancelFlag,
) -> Result<(Vec<Lease>, usize)> {
    let mut new = 0;
    loop {
        let leases = link.call(cancel, |server| {
            server.take(&pack.id, i64::from(wanted), lease_seconds)
        })?;
        let is_new = |lease: &&Lease| lease.is_new || !pack.articles.contains_key(&lease.article);
        new += leases.iter().filter(is_new).count();
        // Rows that others held for a moment may be free now.
        let is_all = !leases.iter().any(|lease| lease.is_new);
        if is_all || leases.len() >= wanted as usize {
            return Ok((leases, new));
        }
    }
}

/// Gives back the open articles of a pack on which there is no work, and returns how many. They stay
/// in the file, which notes that they are no longer the member's.
///
/// # Errors
/// If the server cannot be asked, another program has the file, or it cannot be written.
pub fn give_back(link: &mut Link, dataset: &mut Dataset, cancel: &CancelFlag) -> Result<i64> {
    let pack = TeamPack::load(dataset.store())?;
    let mut pack = pack.context("the file was not taken from a team")?;
    let _lock = SyncLock::take(&pack.id)?;
    give_back_from(link, dataset.store_mut(), &mut pack, cancel)
}

/// As [`give_back`], from any store that has the pack. The caller has the lock.
pub(super) fn give_back_from(
    link: &mut Link,
    store: &mut dyn Store,
    pack: &mut TeamPack,
    cancel: &CancelFlag,
) -> Result<i64> {
    let mut untouched = Vec::new();
    for (number, noted) in &pack.articles {
        let Some(key) = store.find(&noted.id)? else {
            continue;
        };
        let article = store.article(key)?;
        if noted.sent == 0 && store.history(&article, key, &pack.member)?.is_empty() {
            untouched.push(*number);
        }
    }
    let returned = link.call(cancel, |server| {
        server.give_back(&pack.id, untouched.clone())
    })?;
    for number in &untouched {
        if let Some(noted) = pack.articles.get_mut(number) {
            noted.is_given_back = true;
        }
    }
    pack.save(store)?;
    Ok(returned)
}

/// Makes the file of a member if it is not there, and takes the first articles if the member is an
/// annotator.
///
/// # Errors
/// As [`take`].
pub fn join(
    link: &mut Link,
    out: &Path,
    wanted: u32,
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<()> {
    let head = link.call(cancel, |server| server.head())?;
    ensure!(
        !head.roles.is_empty(),
        "{} is not a member of the team at {}\nhint: the owner adds members with `copydesk team add`",
        link.address().user,
        link.address().location()
    );
    if head.roles.iter().any(|role| role == "annotator") {
        take(link, out, wanted, LEASE_SECONDS, progress, cancel)?;
    } else {
        let (mut dataset, mut pack) = open_pack(link, out, Joins::Members, cancel)?;
        update_pack(link, &mut dataset, &mut pack, cancel)?;
    }
    Ok(())
}

/// Gives the file of a member the labels that its team has now, if it was seen that these are newer.
/// Returns whether they changed.
///
/// # Errors
/// If the server cannot be asked, another program has the file, or it cannot be written. The file
/// can be used all the same.
pub fn update_due_labels(link: &mut Link, out: &Path, cancel: &CancelFlag) -> Result<bool> {
    let mut dataset = Dataset::open(out)?;
    let Some(mut pack) = TeamPack::load(dataset.store())? else {
        return Ok(false);
    };
    if !pack.awaits_labels(dataset.store())? {
        return Ok(false);
    }
    let _lock = SyncLock::take(&pack.id)?;
    let head = link.call(cancel, |server| server.head())?;
    pack.check(&head, &link.address().user)?;
    update_labels(link, dataset.store_mut(), &mut pack, &head, cancel)
}

/// Who may have a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joins {
    Annotators,
    Members,
}

/// Opens the file, or makes it with the labels of the team.
fn open_pack(
    link: &mut Link,
    out: &Path,
    who: Joins,
    cancel: &CancelFlag,
) -> Result<(Dataset, TeamPack)> {
    let head = link.call(cancel, |server| server.head())?;
    let member = link.address().user.clone();
    ensure!(
        who == Joins::Members || head.roles.iter().any(|role| role == "annotator"),
        "{member} is not an annotator of the team at {}\nhint: the owner gives roles with `copydesk team add`",
        link.address().location()
    );
    if out.exists() {
        let dataset = Dataset::open(out)?;
        let Some(pack) = TeamPack::load(dataset.store())? else {
            bail!(
                "{} was not taken from a team\nhint: name a new file",
                out.display()
            );
        };
        pack.check(&head, &member)?;
        return Ok((dataset, pack));
    }
    ensure!(
        out.extension()
            .is_some_and(|extension| extension == EXTENSION),
        "a dataset's name ends in .{EXTENSION}: {}",
        out.display()
    );
    let schema = link.call(cancel, |server| server.schema_with_version())?;
    let (schema, version) =
        schema.context("the team dataset is still being made\nhint: try again later")?;
    let pack = TeamPack::new(uuid(&random()?), &head, link.address(), version);
    // Beside it first, so that a program that is killed leaves no file without its pack.
    let temporary = WorkFolder::beside(out)
        .with_context(|| format!("cannot write beside {}", out.display()))?;
    let new = temporary.path().join(format!("taken.{EXTENSION}"));
    let mut dataset = Dataset::create(&new, &schema)?;
    pack.save(dataset.store_mut())?;
    drop(dataset);
    Dataset::copy(&new, out, false)?;
    let mut dataset = Dataset::open(out)?;
    dataset.store_mut().set_home()?;
    Ok((dataset, pack))
}

/// Gives the file the labels that the team has now.
fn update_pack(
    link: &mut Link,
    dataset: &mut Dataset,
    pack: &mut TeamPack,
    cancel: &CancelFlag,
) -> Result<()> {
    let head = link.call(cancel, |server| server.head())?;
    update_labels(link, dataset.store_mut(), pack, &head, cancel)?;
    Ok(())
}

/// Fetches the articles that the file lacks, with what the member did on them before.
pub(super) fn download(
    link: &mut Link,
    store: &mut dyn Store,
    pack: &mut TeamPack,
    leases: &[Lease],
    progress: &mut dyn Progress,
    cancel: &CancelFlag,
) -> Result<()> {
    let missing: Vec<i64> = leases
        .iter()
        .map(|lease| lease.article)
        .filter(|article| !pack.articles.contains_key(article))
        .collect();
    progress.expect(missing.len() as u64);
    let renames = link.call(cancel, |server| server.schema_changes_after(FIRST_SCHEMA))?;
    // The file has the labels of one version: later ones come with the next call.
    let labels = Labels {
        version: pack.schema_version,
        renames: renames
            .into_iter()
            .filter(|change| change.version <= pack.schema_version)
            .collect(),
    };
    let mut done = 0;
    for keys in missing.chunks(BATCH_ARTICLES) {
        if cancel.is_cancelled() {
            return Err(Cancelled.into());
        }
        let mut articles = link.call(cancel, |server| server.articles(keys))?;
        for article in &mut articles {
            rename_suggestions(article, &labels.renames)?;
        }
        let works = link.call(cancel, |server| server.works(keys, true))?;
        // In the order of the queue, which is the order in which the window shows them.
        for key in keys {
            let Some(article) = articles.iter().find(|article| article.key == *key) else {
                continue;
            };
            let work = works.iter().find(|work| work.article == *key);
            let noted = put_article(store, article, work, &pack.member, &labels)?;
            pack.articles.insert(*key, noted);
            done += 1;
        }
        pack.save(store)?;
        progress.advance(done, 0);
    }
    Ok(())
}

/// The version of the labels in a file, and the renames that led to it.
struct Labels {
    version: i64,
    renames: Vec<TeamSchemaChange>,
}

/// Adds an article to the file, with the member's earlier work.
fn put_article(
    store: &mut dyn Store,
    article: &ServerArticle,
    work: Option<&MemberWork>,
    member: &str,
    labels: &Labels,
) -> Result<PackArticle> {
    let new = &article.article;
    let added = store.add_articles(std::slice::from_ref(new))?;
    let key: ArticleKey = match added.first() {
        Some(Added::New(key) | Added::Known(key) | Added::NewWork(key)) => *key,
        _ => bail!(
            "the file has another article with the id {}\nhint: take articles into a new file",
            new.article.id
        ),
    };
    let mut noted = PackArticle::new(new.article.id.to_string(), labels.version);
    if let Some(work) = work {
        let whole = whole_work(&new.article, work, &labels.renames)?;
        // An earlier attempt may have put it there.
        if store.history(&new.article, key, member)?.is_empty() {
            put_work(store, key, new, &whole)?;
        }
        noted.revision = work.revision;
        // Entries that only rename labels follow those of the server, and are sent with the next
        // edit. There is one entry in all, if the server's do not lead to the annotation.
        let entries = store.history(&new.article, key, member)?.len();
        noted.sent = entries.min(match whole.history.is_empty() {
            true => entries,
            false => work.lines.len(),
        });
    }
    Ok(noted)
}
