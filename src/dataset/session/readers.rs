//! The threads that read for the article list. Three, so that none waits for another: rows and first pages are there in
//! milliseconds, a whole list may take a second, and what stands around the words of a search something in between.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use super::text_languages::TextLanguages;
use super::{Answer, Reply, Request};
use crate::dataset::report::article_history::{Step, article_history};
use crate::model::{StartedFrom, Status};
use crate::store::{ArticleKey, Filter, Order, Store, StoreError};

/// How many rows of a list come first.
const FIRST_ROWS: usize = 60;

/// The window's end of these threads.
pub(super) struct Readers {
    rows: Sender<Request>,
    lists: Sender<Request>,
    words: Sender<Request>,
    /// Stops the list that is being made.
    stop: Box<dyn Fn() + Send>,
    closing: Arc<AtomicBool>,
}

type Spawn<'a> = dyn FnMut(&str, Box<dyn FnOnce() + Send>) -> anyhow::Result<()> + 'a;

/// Starts the threads, each with a reader of its own.
pub(super) fn start(
    store: &dyn Store,
    annotator: &str,
    answer: &Answer,
    spawn: &mut Spawn<'_>,
) -> anyhow::Result<Readers> {
    let closing = Arc::new(AtomicBool::new(false));
    let mut serve = |name, serve: fn(&dyn Store, &str, Queue, &Answer)| {
        let (send, requests) = mpsc::channel();
        let (mut reader, answer) = (store.reader()?, answer.clone());
        reader.view_as(annotator);
        let stop = reader.stopper();
        let queue = Queue {
            requests,
            waiting: VecDeque::new(),
            closing: closing.clone(),
        };
        let annotator = annotator.to_owned();
        spawn(
            name,
            Box::new(move || serve(&*reader, &annotator, queue, &answer)),
        )?;
        anyhow::Ok((send, stop))
    };
    let (rows, _) = serve("copydesk-rows", serve_rows)?;
    let (lists, stop) = serve("copydesk-lists", serve_lists)?;
    let (words, _) = serve("copydesk-words", serve_words)?;
    Ok(Readers {
        rows,
        lists,
        words,
        stop,
        closing,
    })
}

impl Readers {
    /// Takes what is theirs, and gives back what is not.
    pub(super) fn take(&self, request: Request) -> Option<Request> {
        let send = |to: &Sender<Request>, request| {
            let _gone = to.send(request);
            None
        };
        match request {
            Request::List(ticket, filter, order) => {
                let first = Request::List(ticket, filter.clone(), order);
                let _gone = self.rows.send(first);
                let _gone = self.lists.send(Request::List(ticket, filter, order));
                (self.stop)();
                None
            }
            Request::Rows(_) | Request::Counts => send(&self.rows, request),
            Request::Facets | Request::Unfinished { .. } => send(&self.lists, request),
            Request::Found(..)
            | Request::Hits(..)
            | Request::History(_)
            | Request::NextRemark(..) => send(&self.words, request),
            other => Some(other),
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        (self.stop)(); // who closes the window waits for no list
    }
}

/// Requests as they come, those that a later one has overtaken left out.
struct Queue {
    requests: Receiver<Request>,
    waiting: VecDeque<Request>,
    closing: Arc<AtomicBool>,
}

impl Queue {
    fn next(&mut self) -> Option<Request> {
        while !self.closing.load(Ordering::Relaxed) {
            let request = match self.waiting.pop_front() {
                Some(request) => request,
                None => self.requests.recv().ok()?,
            };
            if !self.is_overtaken(&request) {
                return Some(request);
            }
        }
        None
    }

    /// Whether the same kind of answer is wanted of something newer.
    fn is_overtaken(&mut self, request: &Request) -> bool {
        self.waiting.extend(self.requests.try_iter());
        let newer = |kind: fn(&Request) -> bool| self.waiting.iter().any(kind);
        match request {
            Request::List(..) => newer(|other| matches!(other, Request::List(..))),
            Request::Found(..) => newer(|other| matches!(other, Request::Found(..))),
            Request::Counts => newer(|other| matches!(other, Request::Counts)),
            Request::History(_) => newer(|other| matches!(other, Request::History(_))),
            _ => false,
        }
    }
}

fn serve_rows(store: &dyn Store, _: &str, mut queue: Queue, answer: &Answer) {
    while let Some(request) = queue.next() {
        match request {
            Request::List(ticket, filter, order) => {
                // If this fails, so does the list, which says why.
                if let Ok(Some(rows)) = store.first_rows(&filter, order, FIRST_ROWS) {
                    answer.say(Reply::ListBegins(ticket, rows));
                }
            }
            Request::Rows(keys) => match store.rows(&keys) {
                Ok(rows) => answer.say(Reply::Rows(rows)),
                Err(error) => answer.failed("Could not read the article list", &error),
            },
            Request::Counts => match store.counts() {
                Ok(counts) => answer.say(Reply::Counts(counts)),
                Err(error) => answer.failed("Could not count the articles", &error),
            },
            _ => {}
        }
    }
}

fn serve_lists(store: &dyn Store, _: &str, mut queue: Queue, answer: &Answer) {
    let mut languages = TextLanguages::default();
    while let Some(request) = queue.next() {
        match &request {
            Request::List(ticket, filter, order) => match languages
                .complete(store, filter)
                .and_then(|filter| store.list(&filter, *order))
            {
                Ok(keys) => {
                    if filter.is_search() {
                        answer.say(Reply::Unindexed(store.unindexed().unwrap_or(0)));
                    }
                    answer.say(Reply::List(*ticket, Arc::new(keys)));
                }
                // For a newer one, which stands in the queue; or by the stop that was meant for the one before.
                Err(StoreError::Stopped) => queue.waiting.push_front(request),
                Err(error) => answer.failed("Could not read the article list", &error),
            },
            Request::Unfinished {
                list,
                after,
                finished,
                go,
            } => match unfinished(store, list, *after, *finished) {
                Ok((next, count)) => answer.say(Reply::Unfinished {
                    next,
                    count,
                    go: *go,
                }),
                Err(StoreError::Stopped) => queue.waiting.push_back(request),
                Err(error) => answer.failed("Could not look for unfinished articles", &error),
            },
            Request::Facets => match store.facets().and_then(|mut facets| {
                languages.add_to(store, &mut facets)?;
                Ok(facets)
            }) {
                Ok(facets) => answer.say(Reply::Facets(facets)),
                Err(StoreError::Stopped) => queue.waiting.push_back(request),
                Err(error) => answer.failed("Could not read the sites and languages", &error),
            },
            _ => {}
        }
    }
}

/// The first article of a list from a place on that is not finished, and how many such there are.
fn unfinished(
    store: &dyn Store,
    list: &[ArticleKey],
    after: usize,
    finished: Option<ArticleKey>,
) -> Result<(Option<ArticleKey>, usize), StoreError> {
    let mut open: HashSet<ArticleKey> = HashSet::new();
    for status in [Status::Todo, Status::Started] {
        let filter = Filter {
            status: Some(status),
            ..Filter::default()
        };
        open.extend(store.list(&filter, Order::default())?);
    }
    if let Some(finished) = finished {
        open.remove(&finished);
    }
    let (before, rest) = list.split_at(after.min(list.len()));
    let mut wanted = rest.iter().chain(before).filter(|key| open.contains(key));
    let next = wanted.next().copied();
    Ok((next, usize::from(next.is_some()) + wanted.count()))
}

/// What the annotator sees of an article's history: the annotator's own, and that of whoever it started from.
fn history(store: &dyn Store, annotator: &str, key: ArticleKey) -> Result<Vec<Step>, StoreError> {
    let article = store.article(key)?;
    let mut steps = article_history(store, &article, key, None)?;
    let own = steps.iter().find(|step| step.annotator == annotator);
    let mut seen: Vec<String> = match own.and_then(|step| step.started_from.as_ref()) {
        Some(StartedFrom::Person { annotator, .. }) => vec![annotator.clone()],
        Some(StartedFrom::People { annotators }) => annotators.clone(),
        _ => Vec::new(),
    };
    seen.push(annotator.to_owned());
    steps.retain(|step| seen.contains(&step.annotator));
    Ok(steps)
}

/// The first article of a list after a place, round about, that has an open remark, and how many such there are.
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
    let (before, rest) = list.split_at(after.min(list.len()));
    let mut wanted = rest.iter().chain(before).filter(|key| open.contains(key));
    let next = wanted.next().copied();
    Ok((next, usize::from(next.is_some()) + wanted.count()))
}

fn serve_words(store: &dyn Store, annotator: &str, mut queue: Queue, answer: &Answer) {
    while let Some(request) = queue.next() {
        match request {
            Request::Found(words, keys) => match store.found(&keys, &words) {
                Ok(found) => answer.say(Reply::Found(words, found)),
                Err(error) => answer.failed("Could not show the search results", &error),
            },
            Request::Hits(key, words) => match store.hits(key, &words) {
                Ok(hits) => answer.say(Reply::Hits(key, words, hits)),
                Err(error) => answer.failed("Could not search the article", &error),
            },
            Request::History(key) => match history(store, annotator, key) {
                Ok(steps) => answer.say(Reply::History(key, Arc::new(steps))),
                Err(error) => answer.failed("Could not read the history", &error),
            },
            Request::NextRemark(list, after) => match next_remark(store, &list, after) {
                Ok((next, count)) => answer.say(Reply::NextRemark(next, count)),
                Err(error) => answer.failed("Could not look for remarks", &error),
            },
            _ => {}
        }
    }
}
