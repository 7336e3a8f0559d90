//! The thread that writes: changes in the order in which they come, until the disk has them, and what other programs write.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SendError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::learner;
use super::learner::{Guess, Task, Written};
use super::messages::Copied;
use super::rescue::{self, AllOpened, Opened, Rescue};
use super::starting_point::{StartingPoint, start_entry, starting_point};
use super::{Answer, Loaded, NowMs, Reply, Request, Save};
use crate::dataset::config::work_mode::WorkMode;
use crate::dataset::session::outcomes::Ledger;
use crate::edit::{Edit, History, Session};
use crate::model::{Annotation, Schema, StartedFrom, Status};
use crate::quality::Effort;
use crate::store::{ArticleKey, ChangeSeq, Commit, Revision, Store, StoreError, StoredAnnotation};

/// How often the session looks for changes that other programs made.
const POLL: Duration = Duration::from_millis(1000);
/// How long the session waits before it tries again to save what the disk refused.
const RETRY: Duration = Duration::from_millis(1500);
/// How long nothing must have been asked before articles are prepared for the search.
const QUIET: Duration = Duration::from_millis(300);
/// How long to wait between two such pieces of work, so that other programs get their turn.
const INDEX_PAUSE: Duration = Duration::from_millis(20);
/// How often the window is told how that work gets on.
const INDEX_NEWS: Duration = Duration::from_millis(1000);

/// What reaches the writer.
pub(super) enum ToWriter {
    /// From the window.
    Window(Request),
    /// From the thread that learns.
    Learning(Written),
    /// The window is closing: nothing comes from it any more.
    Close,
}

pub(super) struct Writer {
    pub(super) store: Box<dyn Store>,
    pub(super) ledger: Ledger,
    pub(super) annotator: String,
    /// What the annotator starts from.
    pub(super) mode: WorkMode,
    pub(super) now_ms: NowMs,
    pub(super) answer: Answer,
    pub(super) export: Option<Sender<()>>,
    pub(super) learning: Sender<Task>,
    /// Changes not yet on disk, oldest first.
    pub(super) waiting: VecDeque<Save>,
    pub(super) retry_at: Option<Instant>,
    /// The revisions that this session brought about, so that it knows its own changes from another program's.
    pub(super) own: BTreeMap<ArticleKey, Revision>,
    pub(super) seen: ChangeSeq,
    /// When the window was last told how the full-text index gets on.
    pub(super) told_index: Option<Instant>,
    /// The store's data version when it was last looked at.
    pub(super) version: Option<i64>,
    /// The labels as the window knows them.
    pub(super) schema: Schema,
    /// Stretches of the stream of changes that are no news.
    pub(super) quiet: Vec<(ChangeSeq, ChangeSeq)>,
    /// Whether the dataset's file is no longer the one that was opened.
    pub(super) is_lost: bool,
    /// The copy that takes the changes since the dataset itself did not.
    pub(super) rescue: Option<Rescue>,
    /// What was opened in this sitting, should all else be lost.
    pub(super) opened: AllOpened,
    /// The threads that copy.
    pub(super) copies: Vec<JoinHandle<()>>,
}

/// What is left when the writer has ended.
pub(super) struct Ended {
    /// The dataset, to be closed last of all.
    pub(super) _store: Box<dyn Store>,
    /// How many changes could not be saved.
    pub(super) unsaved: usize,
}

impl Writer {
    /// Serves until the window closes.
    pub(super) fn serve(mut self, requests: &Receiver<ToWriter>) -> Ended {
        self.serve_until_closed(requests);
        for copy in self.copies.drain(..) {
            let _panicked = copy.join();
        }
        // Everything else goes here, above all the ends of channels that other threads wait on.
        Ended {
            unsaved: self.waiting.len(),
            _store: self.store,
        }
    }

    fn serve_until_closed(&mut self, requests: &Receiver<ToWriter>) {
        let mut next_poll = Instant::now() + POLL;
        let mut next_index = Some(Instant::now() + QUIET);
        loop {
            let deadline = [
                Some(next_poll),
                self.retry_at,
                next_index,
                self.ledger.next(),
            ]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(next_poll);
            match requests.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(request) => {
                    let mut open = self.take(request);
                    while open && let Ok(request) = requests.try_recv() {
                        open = self.take(request);
                    }
                    if !open {
                        break;
                    }
                    if self.retry_at.is_none() {
                        self.save_waiting();
                    }
                    next_index = next_index.map(|_| Instant::now() + QUIET);
                    self.ledger.disturbed();
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let now = Instant::now();
            if self.retry_at.is_some_and(|at| at <= now) {
                self.save_waiting();
            }
            if next_poll <= now {
                if self.look_elsewhere() {
                    next_index = next_index.or(Some(now + QUIET));
                }
                next_poll = now + POLL;
            }
            if next_index.is_some_and(|at| at <= now) {
                // What cannot be indexed now is indexed by the search that needs it.
                let before = self.store.unindexed().unwrap_or(0);
                let left = self.store.index_some().unwrap_or(0);
                next_index = (left > 0).then(|| Instant::now() + INDEX_PAUSE);
                let news = before > 0
                    && (left == 0 || self.told_index.is_none_or(|at| at + INDEX_NEWS <= now));
                if news {
                    self.told_index = Some(now);
                    self.answer.say(Reply::Unindexed(left));
                }
            }
            if self.ledger.tend(&mut *self.store) {
                self.answer.say(Reply::Settled);
            }
        }
        // The window is closing: one last try for what the disk refused.
        self.save_waiting();
        self.ledger.close(&mut *self.store);
    }

    /// Takes a request; false if it was the last.
    fn take(&mut self, request: ToWriter) -> bool {
        match request {
            ToWriter::Window(request) => self.take_from_window(request),
            ToWriter::Learning(what) => self.write_learnt(what),
            ToWriter::Close => return false,
        }
        true
    }

    fn take_from_window(&mut self, request: Request) {
        match request {
            Request::Save(save) => {
                if let Some(known) = self.opened.get_mut(&save.key) {
                    known.entries.extend(save.entries.iter().cloned());
                    known.annotation = (*save.annotation).clone();
                }
                self.waiting.push_back(save);
            }
            Request::Load(key) => {
                self.save_waiting();
                match self.load(key) {
                    Ok((loaded, None)) => self.answer.say(Reply::Loaded(Box::new(loaded))),
                    Ok((loaded, Some(guess))) => {
                        // The thread that learns answers, with the newest suggestions.
                        let task = Task::Open(Box::new(loaded), guess);
                        if let Err(SendError(Task::Open(loaded, _))) = self.learning.send(task) {
                            self.answer.say(Reply::Loaded(loaded));
                        }
                    }
                    Err(error) => self.answer.say(Reply::NotLoaded {
                        key,
                        why: error.to_string(),
                    }),
                }
            }
            Request::SetSetting(name, value) => {
                if let Err(error) = self.store.set_setting(&name, value.as_deref()) {
                    self.answer.failed("Could not save the setting", &error);
                }
            }
            Request::Mode(mode) => self.mode = mode,
            Request::Export => self.export_due(),
            Request::Copy(to) => self.copy(to),
            Request::SettleHere => match self.store.settle_here() {
                Ok(()) => self.answer.say(Reply::AtHome),
                Err(error) => self.answer.failed("Could not write the dataset", &error),
            },
            Request::Spent {
                key,
                at_ms,
                active_ms,
            } => self.ledger.spend(key, at_ms, active_ms),
            Request::OwnChanges(after, upto) => self.quiet.push((after, upto)),
            Request::List(..)
            | Request::Rows(_)
            | Request::Counts
            | Request::Facets
            | Request::Unfinished { .. }
            | Request::Found(..)
            | Request::Hits(..)
            | Request::History(_)
            | Request::NextRemark(..)
            | Request::Dashboard
            | Request::Ahead(_)
            | Request::Why(..)
            | Request::SuggestEntities(_)
            | Request::Known(..)
            | Request::Tag(_)
            | Request::Learn(_)
            | Request::ForgetLearnt
            | Request::Behind(..) => {} // not this thread's
        }
    }

    fn export_due(&self) {
        if let Some(export) = &self.export {
            let _closing = export.send(());
        }
    }

    fn write_learnt(&mut self, what: Written) {
        self.save_waiting();
        let forgets = matches!(what, Written::Forgotten(_));
        match learner::write(&mut *self.store, what) {
            Ok(keys) if !keys.is_empty() => self.answer.say(Reply::Suggested(keys)),
            Ok(_) => {}
            Err(error) if forgets => {
                self.answer.failed("Could not reset the models", &error);
            }
            // What the disk refuses now is made again later.
            Err(_told_by_the_next_save) => {}
        }
        if forgets {
            self.tell_learning(Task::Changed);
        }
    }

    fn tell_learning(&self, task: Task) {
        let _gone = self.learning.send(task);
    }

    /// An article for the window; with what may become of its suggestions if the annotator starts from them.
    fn load(&mut self, key: ArticleKey) -> Result<(Loaded, Option<Guess>), StoreError> {
        let store = match &self.rescue {
            Some(copy) if copy.only.is_none() => &*copy.store,
            _ => &*self.store,
        };
        let article = Arc::new(store.article(key)?);
        // What was only looked at need not be kept.
        self.opened.retain(|_, known| !known.entries.is_empty());
        let stored = store.annotations(&article, key)?;
        let active_ms = store.time_on(key, &self.annotator)? + self.ledger.unwritten(key);
        let own = stored
            .iter()
            .find(|stored| stored.annotator == self.annotator);
        // Changes that wait are the annotator's work as much as those that are saved.
        let mut waiting = self.waiting.iter().filter(|save| save.key == key);
        let newest = waiting.clone().next_back();
        if own.is_some() || newest.is_some() {
            let on_disk = own.map_or(Revision(0), |own| own.revision);
            let mut entries = match own {
                Some(_) => store.history(&article, key, &self.annotator)?,
                None => Vec::new(),
            };
            let begins = waiting.by_ref().filter(|save| save.expected >= on_disk);
            entries.extend(begins.flat_map(|save| save.entries.iter().cloned()));
            let annotation = match (newest, own) {
                (Some(save), _) => (*save.annotation).clone(),
                (None, own) => own.map(|own| own.annotation.clone()).unwrap_or_default(),
            };
            let revision = newest.map_or(on_disk, |save| Revision(save.expected.0 + 1));
            self.opened.insert(
                key,
                Opened {
                    article: Arc::clone(&article),
                    suggestions: suggestions_of(&stored),
                    entries: entries.clone(),
                    annotation: annotation.clone(),
                },
            );
            let history = History::replay(entries);
            let loaded = Loaded {
                key,
                is_blind: false,
                is_outdated: store.is_outdated(key, &self.annotator)?,
                effort: Effort::of(history.entries()),
                session: Session::new(article, annotation, history),
                revision,
                on_disk,
                begun_from: None,
                imported_by: Vec::new(),
                active_ms,
            };
            return Ok((loaded, None));
        }
        let StartingPoint {
            annotation,
            from,
            imported_by,
        } = starting_point(&article, &stored, &self.annotator, &self.mode);
        let start = start_entry(&article, &annotation, from.clone(), (self.now_ms)());
        let history = History::replay([start]);
        let to_guess = match (&from, stored.first()) {
            (StartedFrom::Person { .. }, _) => None,
            // Better suggestions might have learnt from what colleagues did here.
            (_, Some(suggestions)) if stored.len() == 1 => Some(Guess::Anew(suggestions.revision)),
            _ => Some(Guess::AsItIs),
        };
        self.opened.insert(
            key,
            Opened {
                article: Arc::clone(&article),
                suggestions: suggestions_of(&stored),
                entries: Vec::new(),
                annotation: Annotation::default(),
            },
        );
        let loaded = Loaded {
            key,
            is_blind: false,
            is_outdated: false,
            effort: Effort::of(history.entries()),
            session: Session::new(article, annotation, history),
            revision: Revision(0),
            on_disk: Revision(0),
            begun_from: Some(from),
            imported_by,
            active_ms,
        };
        Ok((loaded, to_guess))
    }

    fn save_waiting(&mut self) {
        self.retry_at = None;
        while let Some(save) = self.waiting.front() {
            let key = save.key;
            let commit = Commit {
                key,
                annotator: &self.annotator,
                expected: save.expected,
                entries: &save.entries,
                annotation: &save.annotation,
            };
            let store = match &mut self.rescue {
                // What has other articles numbers them otherwise, and has this change already.
                Some(copy) if copy.only.is_some() => {
                    self.answer.say(Reply::SaveWaits {
                        why: "this window still shows the dataset that is gone".to_owned(),
                        waiting: self.waiting.len(),
                    });
                    self.retry_at = Some(Instant::now() + RETRY);
                    return;
                }
                Some(copy) => &mut copy.store,
                None => &mut self.store,
            };
            let committed = match store.commit(&commit, (self.now_ms)()) {
                Err(StoreError::Conflict { .. })
                    if rescue::is_there(&**store, &self.annotator, save) =>
                {
                    Ok(Revision(save.expected.0 + 1))
                }
                other => other,
            };
            match committed {
                Ok(revision) => {
                    self.own.insert(key, revision);
                    self.answer.say(Reply::Saved { key, revision });
                    if belongs_in_export(save) {
                        self.export_due();
                        self.tell_learning(Task::Changed);
                    }
                    self.ledger.saved(key, save.annotation.status());
                    self.waiting.pop_front();
                }
                Err(StoreError::Conflict { .. }) => {
                    if let Some(save) = self.waiting.pop_front() {
                        self.answer.say(Reply::Conflict {
                            key,
                            refused: save.entries,
                        });
                    }
                }
                Err(error @ StoreError::Moved { .. }) => {
                    self.say_lost(&error);
                    self.retry_at = Some(Instant::now() + RETRY);
                    return;
                }
                Err(error) => {
                    self.answer.say(Reply::SaveWaits {
                        why: error.to_string(),
                        waiting: self.waiting.len(),
                    });
                    self.retry_at = Some(Instant::now() + RETRY);
                    return;
                }
            }
        }
    }

    fn say_lost(&mut self, error: &StoreError) {
        self.is_lost = true;
        self.answer.say(Reply::Lost {
            why: error.to_string(),
            waiting: self.waiting.len(),
        });
    }

    /// Whether the dataset's file is still there; tells the window when that changes.
    fn is_in_place(&mut self) -> bool {
        if self.rescue.is_some() {
            return false;
        }
        match self.store.check_place() {
            Ok(()) => {
                if std::mem::take(&mut self.is_lost) {
                    self.answer.say(Reply::BackInPlace);
                    self.save_waiting();
                }
                true
            }
            Err(error) => {
                if !self.is_lost {
                    self.say_lost(&error);
                }
                false
            }
        }
    }

    /// Copies the dataset with all changes. If it does not take them itself, the copy does from now on.
    fn copy(&mut self, to: PathBuf) {
        if self.rescue.is_none() && !self.is_lost {
            self.save_waiting();
        }
        if self.is_in_place() && self.waiting.is_empty() {
            self.copy_in_background(to);
            return;
        }
        let now_ms = (self.now_ms)();
        let about = (&self.schema, &*self.annotator, now_ms);
        let source = match &self.rescue {
            Some(copy) => &*copy.store,
            None => &*self.store,
        };
        let rescued = rescue::copy(source, &self.opened, about, &to).and_then(|mut rescue| {
            if rescue.only.is_none() {
                let copy = &mut *rescue.store;
                rescue::commit_all(copy, &self.annotator, now_ms, &self.waiting)?;
            }
            Ok(rescue)
        });
        match rescued {
            Ok(rescue) => {
                for save in self.waiting.drain(..) {
                    self.answer.say(Reply::Saved {
                        key: save.key,
                        revision: Revision(save.expected.0 + 1),
                    });
                }
                self.retry_at = None;
                self.answer.say(Reply::Copied(Copied {
                    to,
                    takes_over: true,
                    only: rescue.only,
                }));
                self.rescue = Some(rescue);
            }
            Err(error) => self.answer.say(Reply::NotCopied {
                to,
                why: format!("{error:#}"),
            }),
        }
    }

    /// Copying a large dataset takes a while, in which changes are to be saved.
    fn copy_in_background(&mut self, to: PathBuf) {
        let answer = self.answer.clone();
        let failed = |to, error: &dyn std::fmt::Display| Reply::NotCopied {
            to,
            why: error.to_string(),
        };
        let reader = match self.store.reader() {
            Ok(reader) => reader,
            Err(error) => return self.answer.say(failed(to, &error)),
        };
        let target = to.clone();
        let thread = std::thread::Builder::new()
            .name("copydesk-copy".to_owned())
            .spawn(move || match reader.copy_to(&to) {
                Ok(()) => answer.say(Reply::Copied(Copied {
                    to,
                    takes_over: false,
                    only: None,
                })),
                Err(error) => answer.say(failed(to, &error)),
            });
        match thread {
            Ok(thread) => self.copies.push(thread),
            Err(error) => self.answer.say(failed(target, &error)),
        }
    }

    /// Tells the window what others changed; true if they did.
    fn look_elsewhere(&mut self) -> bool {
        if !self.is_in_place() {
            return false;
        }
        // A poll that fails says nothing: the next save or load will, if it matters.
        let Ok(version) = self.store.data_version() else {
            return false;
        };
        if self.version.replace(version) == Some(version) {
            return false;
        }
        if let Ok(schema) = self.store.schema()
            && schema != self.schema
        {
            self.schema = schema.clone();
            self.tell_learning(Task::Schema(Arc::new(schema.clone())));
            self.answer.say(Reply::SchemaChanged(Box::new(schema)));
        }
        let Ok(mut changes) = self.store.changes_since(self.seen) else {
            return false;
        };
        // They come in portions; a schema that changes may touch more articles than one has.
        while let Some(last) = changes.last().map(|change| change.seq) {
            match self.store.changes_since(last) {
                Ok(more) if !more.is_empty() => changes.extend(more),
                _ => break,
            }
        }
        self.ledger.changed(&changes);
        if !changes.is_empty() {
            self.tell_learning(Task::Changed);
        }
        let newest = changes.last().map(|change| change.seq);
        let quiet = std::mem::take(&mut self.quiet);
        changes.retain(|change| {
            !quiet
                .iter()
                .any(|(after, upto)| *after < change.seq && change.seq <= *upto)
        });
        self.seen = newest.unwrap_or(self.seen);
        if changes.is_empty() {
            return false;
        }
        let mut keys: Vec<ArticleKey> = changes.iter().map(|change| change.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut own: Vec<ArticleKey> = changes
            .iter()
            .filter(|change| change.annotator == self.annotator)
            .map(|change| change.key)
            .collect();
        own.sort_unstable();
        own.dedup();
        let revision_of = |key: ArticleKey| -> Result<Option<Revision>, StoreError> {
            let article = self.store.article(key)?;
            let stored = self.store.annotations(&article, key)?;
            Ok(stored
                .iter()
                .find(|stored| stored.annotator == self.annotator)
                .map(|stored| stored.revision))
        };
        // What this session did itself is no news, unless somebody went on from there.
        own.retain(|key| match self.own.get(key) {
            Some(mine) => !matches!(revision_of(*key), Ok(Some(now)) if now == *mine),
            None => true,
        });
        let mine = |key: &ArticleKey| self.own.contains_key(key) && !own.contains(key);
        keys.retain(|key| {
            !mine(key)
                || changes
                    .iter()
                    .any(|change| change.key == *key && change.annotator != self.annotator)
        });
        let news = !keys.is_empty();
        if news {
            self.answer.say(Reply::ChangedElsewhere { keys, own });
        }
        news
    }
}

/// The suggestions among the annotations of an article.
fn suggestions_of(stored: &[StoredAnnotation]) -> Annotation {
    stored
        .iter()
        .find(|stored| stored.annotator.is_empty())
        .map(|stored| stored.annotation.clone())
        .unwrap_or_default()
}

/// Whether the export is no longer true after this change: the article is done, or was until now.
fn belongs_in_export(save: &Save) -> bool {
    save.annotation.status() == Status::Done
        || save
            .entries
            .iter()
            .flat_map(|entry| &entry.transaction.edits)
            .any(|edit| {
                matches!(
                    edit,
                    Edit::SetStatus {
                        from: Status::Done,
                        ..
                    }
                )
            })
}
