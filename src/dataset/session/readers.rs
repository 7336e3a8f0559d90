//! The threads that read for the article list.
//!
//! They are three, so that none waits for another: rows and first pages take milliseconds, a whole
//! list may take a second, and the text around the words of a search something in between.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use super::messages::{ListRequest, LookupRequest, Reply, RowRequest};
use super::rankings::{Rankings, is_ranked, sort};
use super::replies::Replies;
use super::text_languages::TextLanguages;
use super::trace;
use crate::dataset::adjudication;
use crate::dataset::config::review_settings::ReviewSettings;
use crate::dataset::report::article_history::{HistoryStep, article_history};
use crate::dataset::report::model_check;
use crate::edit::adjudication::AdjudicatedChange;
use crate::model::{StartedFrom, Status};
use crate::store::{ArticleKey, Filter, Order, Store, StoreError};

/// How many rows of a list come first.
const FIRST_ROWS: usize = 60;

/// The window's end of these threads.
pub(super) struct Readers {
    rows: Sender<RowRequest>,
    lists: Sender<ListRequest>,
    lookups: Sender<LookupRequest>,
    /// Stops the list that is being made.
    stop: Stop,
    closing: Arc<AtomicBool>,
}

type Spawn<'a> = dyn FnMut(&str, Box<dyn FnOnce() + Send>) -> anyhow::Result<()> + 'a;
type Stop = Box<dyn Fn() + Send>;

impl Readers {
    /// Starts the threads, each with its own reader.
    pub(super) fn start(
        store: &dyn Store,
        annotator: &str,
        replies: &Replies,
        spawn: &mut Spawn<'_>,
    ) -> anyhow::Result<Self> {
        let mut starter = Starter {
            store,
            annotator,
            replies,
            closing: Arc::new(AtomicBool::new(false)),
            spawn,
        };
        let (rows, _) = starter.start("copydesk-rows", serve_rows)?;
        let (lists, stop) = starter.start("copydesk-lists", serve_lists)?;
        let (lookups, _) = starter.start("copydesk-words", serve_lookups)?;
        Ok(Self {
            rows,
            lists,
            lookups,
            stop,
            closing: starter.closing,
        })
    }

    pub(super) fn rows(&self, request: RowRequest) {
        let _gone = self.rows.send(request);
    }

    /// Sends a request for a list. The first rows of a list are read at once by the thread that
    /// reads rows.
    pub(super) fn lists(&self, request: ListRequest) {
        let is_list = if let ListRequest::List(ticket, filter, order) = &request {
            self.rows(RowRequest::FirstRows(*ticket, filter.clone(), *order));
            true
        } else {
            false
        };
        let _gone = self.lists.send(request);
        if is_list {
            (self.stop)();
        }
    }

    pub(super) fn lookups(&self, request: LookupRequest) {
        let _gone = self.lookups.send(request);
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        (self.stop)(); // who closes the window waits for no list
    }
}

/// Starts one reader after the other.
struct Starter<'a, 's> {
    store: &'a dyn Store,
    annotator: &'a str,
    replies: &'a Replies,
    closing: Arc<AtomicBool>,
    spawn: &'a mut Spawn<'s>,
}

impl Starter<'_, '_> {
    fn start<R: Replaceable + Send + 'static>(
        &mut self,
        name: &str,
        serve: fn(&dyn Store, &str, Queue<R>, &Replies),
    ) -> anyhow::Result<(Sender<R>, Stop)> {
        let (send, requests) = mpsc::channel();
        let (mut reader, replies) = (self.store.reader()?, self.replies.clone());
        reader.view_as(self.annotator);
        let stop = reader.stopper();
        let queue = Queue {
            requests,
            waiting: VecDeque::new(),
            closing: self.closing.clone(),
        };
        let annotator = self.annotator.to_owned();
        (self.spawn)(
            name,
            Box::new(move || serve(&*reader, &annotator, queue, &replies)),
        )?;
        Ok((send, stop))
    }
}

/// A request that need not be answered once a newer one of the same kind waits.
trait Replaceable {
    fn is_replaced_by(&self, newer: &Self) -> bool;
}

impl Replaceable for RowRequest {
    fn is_replaced_by(&self, newer: &Self) -> bool {
        matches!(
            (self, newer),
            (Self::FirstRows(..), Self::FirstRows(..)) | (Self::Counts, Self::Counts)
        )
    }
}

impl Replaceable for ListRequest {
    fn is_replaced_by(&self, newer: &Self) -> bool {
        matches!((self, newer), (Self::List(..), Self::List(..)))
    }
}

impl Replaceable for LookupRequest {
    fn is_replaced_by(&self, newer: &Self) -> bool {
        matches!(
            (self, newer),
            (Self::Found(..), Self::Found(..))
                | (Self::History(_), Self::History(_))
                | (Self::AdjudicatedChanges(_), Self::AdjudicatedChanges(_))
        )
    }
}

/// Requests in the order in which they come, without those that a later one replaces.
struct Queue<R> {
    requests: Receiver<R>,
    waiting: VecDeque<R>,
    closing: Arc<AtomicBool>,
}

impl<R: Replaceable> Queue<R> {
    fn next(&mut self) -> Option<R> {
        while !self.closing.load(Ordering::Relaxed) {
            let request = match self.waiting.pop_front() {
                Some(request) => request,
                None => self.requests.recv().ok()?,
            };
            self.waiting.extend(self.requests.try_iter());
            if !self
                .waiting
                .iter()
                .any(|newer| request.is_replaced_by(newer))
            {
                return Some(request);
            }
        }
        None
    }
}

fn serve_rows(store: &dyn Store, _: &str, mut queue: Queue<RowRequest>, replies: &Replies) {
    while let Some(request) = queue.next() {
        let _span = trace::answering(&request);
        match request {
            // Only the whole list is filtered and sorted by figures.
            RowRequest::FirstRows(_, filter, order) if is_ranked(&filter, order) => {}
            RowRequest::FirstRows(ticket, filter, order) => {
                // If this fails, so does the list, which says why.
                if let Ok(Some(rows)) = store.first_rows(&filter, order, FIRST_ROWS) {
                    replies.send(Reply::ListBegins(ticket, rows));
                }
            }
            RowRequest::Rows(keys) => match store.rows(&keys) {
                Ok(rows) => replies.send(Reply::Rows(rows)),
                Err(error) => replies.failure("Could not read the article list", &error),
            },
            RowRequest::Counts => match store.counts() {
                Ok(counts) => replies.send(Reply::Counts(counts)),
                Err(error) => replies.failure("Could not count the articles", &error),
            },
        }
    }
}

fn serve_lists(store: &dyn Store, _: &str, mut queue: Queue<ListRequest>, replies: &Replies) {
    let mut languages = TextLanguages::default();
    let mut rankings = Rankings::default();
    while let Some(request) = queue.next() {
        let _span = trace::answering(&request);
        match &request {
            ListRequest::List(ticket, filter, order) => match languages
                .complete(store, filter)
                .and_then(|filter| list(store, &rankings, filter, *order))
            {
                Ok(keys) => {
                    if filter.is_search() {
                        replies.send(Reply::Unindexed(store.unindexed().unwrap_or(0)));
                    }
                    replies.send(Reply::List(*ticket, Arc::new(keys)));
                }
                // Stopped for a newer list, which is in the queue, or by the stop for the list
                // before.
                Err(StoreError::Stopped) => queue.waiting.push_front(request),
                Err(error) => replies.failure("Could not read the article list", &error),
            },
            ListRequest::NextUnfinished {
                list,
                after,
                passed_over,
                go,
            } => match unfinished(store, list, *after, passed_over) {
                Ok((next, count)) => replies.send(Reply::Unfinished {
                    next,
                    count,
                    go: *go,
                }),
                Err(StoreError::Stopped) => queue.waiting.push_back(request),
                Err(error) => replies.failure("Could not look for unfinished articles", &error),
            },
            ListRequest::Rank(by, ranks) => rankings.set(*by, Arc::clone(ranks)),
            ListRequest::Facets => match store.facets().and_then(|mut facets| {
                languages.add_to(store, &mut facets)?;
                Ok(facets)
            }) {
                Ok(facets) => replies.send(Reply::Facets(facets)),
                Err(StoreError::Stopped) => queue.waiting.push_back(request),
                Err(error) => replies.failure("Could not read the sites and languages", &error),
            },
        }
    }
}

/// Lists the articles that match, in this order.
fn list(
    store: &dyn Store,
    rankings: &Rankings,
    filter: Filter,
    order: Order,
) -> Result<Vec<ArticleKey>, StoreError> {
    let filter = rankings.complete(filter);
    let (by_store, ranks) = rankings.order(order);
    let mut keys = store.list(&filter, by_store)?;
    if let Some(ranks) = ranks {
        sort(&mut keys, ranks, order.descending);
    }
    Ok(keys)
}

/// Finds the first article of a list from a place on that is not finished, and counts all such
/// articles.
fn unfinished(
    store: &dyn Store,
    list: &[ArticleKey],
    after: usize,
    passed_over: &[ArticleKey],
) -> Result<(Option<ArticleKey>, usize), StoreError> {
    let mut open: HashSet<ArticleKey> = HashSet::new();
    for status in [Status::Todo, Status::Started] {
        let filter = Filter {
            status: Some(status),
            ..Filter::default()
        };
        open.extend(store.list(&filter, Order::default())?);
    }
    for key in passed_over {
        open.remove(key);
    }
    Ok(next_of(list, after, &open))
}

/// Returns the next article of a list among `wanted`, from a place on and wrapping round, and how
/// many there are.
fn next_of(
    list: &[ArticleKey],
    after: usize,
    wanted: &HashSet<ArticleKey>,
) -> (Option<ArticleKey>, usize) {
    let (before, rest) = list.split_at(after.min(list.len()));
    let mut found = rest.iter().chain(before).filter(|key| wanted.contains(key));
    let next = found.next().copied();
    (next, usize::from(next.is_some()) + found.count())
}

/// Reads the history of an article that an annotator may see: the annotator's, and that of whoever
/// it started from.
fn history(
    store: &dyn Store,
    annotator: &str,
    key: ArticleKey,
) -> Result<Vec<HistoryStep>, StoreError> {
    let article = store.article(key)?;
    let mut steps = article_history(store, &article, key, None)?;
    let own = steps.iter().find(|step| step.annotator == annotator);
    let mut seen: Vec<String> = match own.and_then(|step| step.started_from.as_ref()) {
        Some(StartedFrom::Person { annotator, .. }) => vec![annotator.clone()],
        Some(from @ StartedFrom::People { .. }) => from.people().map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    seen.push(annotator.to_owned());
    steps.retain(|step| seen.contains(&step.annotator));
    Ok(steps)
}

/// Reads what adjudication changed of an annotator's work on an article; nothing if the lead of the
/// dataset does not show that.
fn changes(
    store: &dyn Store,
    annotator: &str,
    key: ArticleKey,
) -> Result<Vec<AdjudicatedChange>, StoreError> {
    if !ReviewSettings::load(store)?.shows_changes {
        return Ok(Vec::new());
    }
    let article = Arc::new(store.article(key)?);
    let stored = store.annotations(&article, key)?;
    let changed = adjudication::of_article(store, key, &article, &stored, annotator)?;
    Ok(changed.map_or_else(Vec::new, |changed| changed.changes))
}

/// Finds the next article of a list that has an open remark, wrapping round, and counts all such
/// articles.
fn next_remark(
    store: &dyn Store,
    list: &[ArticleKey],
    after: usize,
) -> Result<(Option<ArticleKey>, usize), StoreError> {
    let filter = Filter {
        open_remark: true,
        ..Filter::default()
    };
    let open: HashSet<ArticleKey> = store.list(&filter, Order::default())?.into_iter().collect();
    Ok(next_of(list, after, &open))
}

fn serve_lookups(
    store: &dyn Store,
    annotator: &str,
    mut queue: Queue<LookupRequest>,
    replies: &Replies,
) {
    while let Some(request) = queue.next() {
        let _span = trace::answering(&request);
        match request {
            LookupRequest::Found(words, keys) => match store.found(&keys, &words) {
                Ok(found) => replies.send(Reply::Found(words, found)),
                Err(error) => replies.failure("Could not show the search results", &error),
            },
            LookupRequest::Hits(key, words) => match store.hits(key, &words) {
                Ok(hits) => replies.send(Reply::Hits(key, words, hits)),
                Err(error) => replies.failure("Could not search the article", &error),
            },
            LookupRequest::History(key) => match history(store, annotator, key) {
                Ok(steps) => replies.send(Reply::History(key, Arc::new(steps))),
                Err(error) => replies.failure("Could not read the history", &error),
            },
            LookupRequest::Doubts => match model_check::kept(store, annotator) {
                Ok(kept) => replies.send(Reply::Doubts(kept.map(Box::new))),
                Err(error) => replies.failure("Could not read the model check", &error),
            },
            LookupRequest::AdjudicatedChanges(key) => match changes(store, annotator, key) {
                Ok(changes) => replies.send(Reply::AdjudicatedChanges(key, Arc::new(changes))),
                Err(error) => replies.failure("Could not read the adjudication", &error),
            },
            LookupRequest::NextRemark(list, after) => match next_remark(store, &list, after) {
                Ok((next, count)) => replies.send(Reply::NextRemark(next, count)),
                Err(error) => replies.failure("Could not look for remarks", &error),
            },
        }
    }
}
