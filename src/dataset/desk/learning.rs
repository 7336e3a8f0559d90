//! The thread that learns. It reads through a handle of its own; what is to be written it sends to the writer, in small
//! pieces, so that no save waits for it.
//!
//! Whatever the window or the writer asks comes first; what can wait is done in steps of one article each, in between:
//! learning from what became done, forgetting what is no longer done, new suggestions for the articles that come next.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Duration, Instant};

use super::{Answer, Loaded, NowMs, Reply, ToWriter, start_entry};
use crate::dataset::learning::{self, LEARN_AFTER, Reasons, RegionPupil};
use crate::dataset::tagging::EntityPupil;
use crate::edit::{History, Session};
use crate::extract::RegionModel;
use crate::model::{Annotation, Article, Region, Schema, Span};
use crate::quality::Effort;
use crate::store::{ArticleKey, Lesson, ModelKind, Revision, Store, StoreError, Suggestions};

/// How long nothing must have been asked before articles that come next are looked at again.
const QUIET: Duration = Duration::from_millis(250);
/// Between two of these, so that the window has the processor for itself most of the time.
const PAUSE: Duration = Duration::from_millis(20);
/// How long after the last lesson the model is written down.
const KEEP_AFTER: Duration = Duration::from_millis(800);
/// An article that is being opened waits for the lesson that was just done, and for a few more, but not for all: for no
/// more than so many, and no longer.
const WAITED_FOR: usize = 8;
const WAITED: Duration = Duration::from_millis(120);
/// While much is learnt at once, the model is made anew after so many lessons.
const PUBLISH: usize = 16;
/// A longer text, in bytes, is shown with the suggestions that it has: making them anew would be felt.
const AT_ONCE: usize = 256 << 10;
/// What is said where it cannot be told why.
const NO_REASONS: &str = "The reasons could not be found";
/// How long to wait after the disk refused.
const RETRY: Duration = Duration::from_millis(1500);

/// What the thread is asked.
pub(super) enum Task {
    /// Something was done, changed or reopened: there may be something to learn or to forget.
    Changed,
    /// An article that no person has touched is being opened: the newest suggestions, then the answer to the window.
    /// With it the revision of the suggestions that it has.
    Open(Box<Loaded>, Revision),
    /// These articles are shown in the list or come next.
    Ahead(Vec<ArticleKey>),
    /// Why a region of an article has its label.
    Why(ArticleKey, Box<Region>),
    /// What is known of these words of an article, as an entity.
    Known(ArticleKey, Span, String),
    /// Suggest entities from now on, or no more.
    Tag(bool),
    /// Learn from now on, or stop.
    Learn(bool),
    /// Forget what was learnt, for good.
    Forget,
    /// The dataset has other labels.
    Schema(Arc<Schema>),
}

/// What the writer is asked to write.
pub(super) enum Written {
    /// New suggestions, with the labels as they were made under.
    Suggestions(Arc<Schema>, Vec<Suggestions>),
    /// The dataset's own copy of a model.
    Learnt(crate::store::Learnt),
    /// Nothing of the models; and nothing is learnt from what was done before this time.
    Forgotten(i64),
}

pub(super) struct Setup {
    pub(super) store: Box<dyn Store>,
    pub(super) schema: Arc<Schema>,
    pub(super) learn: bool,
    pub(super) tag: bool,
    pub(super) now_ms: NowMs,
    pub(super) answer: Answer,
    pub(super) writer: Sender<ToWriter>,
}

/// Serves until nobody can ask any more.
pub(super) fn serve(setup: Setup, tasks: &Receiver<Task>) {
    let mut thread = Thread {
        pupil: RegionPupil::new(Arc::new(RegionModel::shipped().clone())),
        tagger: EntityPupil::new(Arc::clone(&setup.schema), setup.tag),
        setup,
        queue: VecDeque::new(),
        look: true,
        is_relearning: false,
        unpublished: 0,
        version: 0,
        keep_at: None,
        ahead: (Vec::new(), 0),
        fresh: BTreeMap::new(),
        quiet_until: Instant::now() + QUIET,
        retry_at: None,
        told: 0,
    };
    thread.begin();
    loop {
        let task = match thread.next_step() {
            None => tasks.recv().map_err(TryRecvError::from),
            Some(at) => match at.checked_duration_since(Instant::now()) {
                None => tasks.try_recv(),
                Some(wait) => tasks.recv_timeout(wait).map_err(|error| match error {
                    RecvTimeoutError::Timeout => TryRecvError::Empty,
                    RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
                }),
            },
        };
        match task {
            Ok(task) => thread.take(task),
            Err(TryRecvError::Empty) => thread.step(),
            Err(TryRecvError::Disconnected) => return,
        }
    }
}

struct Thread {
    setup: Setup,
    pupil: RegionPupil,
    tagger: EntityPupil,
    /// To be learnt, in order.
    queue: VecDeque<Lesson>,
    /// Whether what there is to learn has to be looked up.
    look: bool,
    /// Whether something was forgotten, so that the model is that of before until the queue is empty.
    is_relearning: bool,
    /// Lessons since the model was made.
    unpublished: usize,
    /// Grows with each model.
    version: u64,
    keep_at: Option<Instant>,
    /// Articles that come next, and how many of them were looked at with this model.
    ahead: (Vec<ArticleKey>, usize),
    /// By which version their suggestions are.
    fresh: BTreeMap<ArticleKey, u64>,
    quiet_until: Instant,
    retry_at: Option<Instant>,
    /// How many lessons the window was told of.
    told: usize,
}

impl Thread {
    fn begin(&mut self) {
        // What cannot be read is learnt again.
        if let Ok(Some(learnt)) = self.setup.store.learnt(ModelKind::Regions) {
            self.pupil.resume(learnt);
            self.version += 1;
        }
        self.tell();
    }

    fn take(&mut self, task: Task) {
        match task {
            Task::Changed => self.look = true,
            Task::Open(loaded, revision) => self.open(loaded, revision),
            Task::Ahead(keys) => self.ahead = (keys, 0),
            Task::Learn(learn) => {
                self.setup.learn = learn;
                self.look = true;
            }
            Task::Why(key, region) => self.tell_why(key, &region),
            Task::Known(key, span, words) => {
                let verdict = self.tagger.known(&words);
                self.setup.answer.say(Reply::Why(Box::new(Reasons {
                    key,
                    span,
                    verdict,
                    pros: Vec::new(),
                    cons: Vec::new(),
                    learnt: Vec::new(),
                })));
            }
            Task::Tag(tag) => {
                self.setup.tag = tag;
                self.tagger = EntityPupil::new(Arc::clone(&self.setup.schema), tag);
                self.look = true;
                self.fresh.clear();
                self.ahead.1 = 0;
            }
            Task::Forget => self.forget(),
            Task::Schema(schema) => {
                self.tagger = EntityPupil::new(Arc::clone(&schema), self.setup.tag);
                self.setup.schema = schema;
                self.fresh.clear();
                self.ahead.1 = 0;
                self.look = true;
            }
        }
        self.quiet_until = Instant::now() + QUIET;
    }

    /// When there is something to do; `None` if nothing before the next task.
    fn next_step(&self) -> Option<Instant> {
        if !self.setup.learn && !self.setup.tag {
            return None;
        }
        let now = Instant::now();
        let learn = self.has_to_learn().then(|| self.retry_at.unwrap_or(now));
        let ahead = (self.ahead.1 < self.ahead.0.len()).then_some(self.quiet_until);
        [learn, self.keep_at, ahead].into_iter().flatten().min()
    }

    fn has_to_learn(&self) -> bool {
        self.setup.learn
            && (self.look
                || !self.queue.is_empty()
                || self.pupil.to_recall() > 0
                || self.tagger.has_to_learn())
    }

    fn step(&mut self) {
        if self.retry_at.is_some_and(|at| at <= Instant::now()) {
            self.retry_at = None;
        }
        if self.has_to_learn() && self.retry_at.is_none() {
            if self.learn_next().is_err() {
                self.retry_at = Some(Instant::now() + RETRY);
            }
        } else if self.keep_at.is_some_and(|at| at <= Instant::now()) {
            self.keep_at = None;
            let learnt = self.pupil.learnt();
            self.write(Written::Learnt(learnt));
        } else if self.quiet_until <= Instant::now()
            && let Some(key) = self.ahead.0.get(self.ahead.1).copied()
        {
            self.ahead.1 += 1;
            if self.fresh.get(&key) != Some(&self.version) {
                // One that cannot be read says so when it is opened.
                let _told_when_opened = self.look_again(key);
                self.quiet_until = Instant::now() + PAUSE;
            }
        }
    }

    /// Looks up what there is to learn, and learns or recalls one lesson.
    fn learn_next(&mut self) -> Result<(), StoreError> {
        if self.look {
            let now = learning::lessons(&*self.setup.store)?;
            let (next, forgot) = self.pupil.catch_up(&now);
            self.queue = next.into();
            if self.tagger.catch_up(&now) {
                self.version += 1;
                self.ahead.1 = 0;
            }
            self.look = false;
            self.is_relearning |= forgot;
            if forgot {
                self.unpublished += 1;
            }
        }
        if self.pupil.to_recall() > 0 {
            let (pupil, store) = (&mut self.pupil, &*self.setup.store);
            match catch_unwind(AssertUnwindSafe(|| pupil.recall(store))) {
                Ok(recalled) => recalled?,
                // It has learnt from this before; a fault of this program now is no reason to stop.
                Err(_panic) => self.pupil.pass_over(),
            }
            if self.pupil.to_recall() == 0 {
                self.version += 1; // sites are known again
                self.ahead.1 = 0;
            }
            return Ok(());
        }
        if self.tagger.waiting() > 0 {
            let (tagger, store) = (&mut self.tagger, &*self.setup.store);
            match catch_unwind(AssertUnwindSafe(|| tagger.take(store))) {
                Ok(taken) => taken?,
                Err(_panic) => self.tagger.leave_out(),
            }
        } else if self.queue.is_empty() && self.tagger.has_to_learn() {
            self.tagger.refit();
            self.version += 1;
            self.ahead.1 = 0;
        }
        if let Some(lesson) = self.queue.front().cloned() {
            let (pupil, store) = (&mut self.pupil, &*self.setup.store);
            // An article that this program cannot cope with must not be the end of all learning.
            match catch_unwind(AssertUnwindSafe(|| pupil.learn(store, &lesson))) {
                Ok(learnt) => learnt?,
                Err(_panic) => self.pupil.skip(&lesson),
            }
            self.queue.pop_front();
            self.unpublished += 1;
        }
        let often = !self.is_relearning && self.unpublished >= PUBLISH;
        if self.unpublished > 0 && (self.queue.is_empty() || often) {
            self.publish();
        }
        Ok(())
    }

    fn publish(&mut self) {
        self.pupil.publish();
        self.version += 1;
        self.ahead.1 = 0;
        self.unpublished = 0;
        self.is_relearning &= !self.queue.is_empty();
        self.keep_at = Some(Instant::now() + KEEP_AFTER);
        self.tell();
    }

    fn tell(&mut self) {
        let count = self.pupil.lessons().len();
        if std::mem::replace(&mut self.told, count) != count {
            self.setup.answer.say(Reply::Learnt(count));
        }
    }

    fn forget(&mut self) {
        let now = (self.setup.now_ms)();
        self.pupil.forget();
        self.tagger.forget();
        self.queue.clear();
        self.unpublished = 0;
        self.keep_at = None;
        self.version += 1;
        self.ahead.1 = 0;
        // Looked up again once it is written: see `Task::Changed`, which the writer sends then.
        self.look = false;
        self.write(Written::Forgotten(now));
        self.tell();
    }

    fn suggest(&self, suggestions: Suggestions) {
        let schema = Arc::clone(&self.setup.schema);
        self.write(Written::Suggestions(schema, vec![suggestions]));
    }

    fn write(&self, what: Written) {
        // The writer goes last: when it is gone, so is the window.
        let _closing = self.setup.writer.send(ToWriter::Learning(what));
    }

    fn tell_why(&self, key: ArticleKey, region: &Region) {
        let work = || self.pupil.why(&*self.setup.store, key, region);
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(reasons)) => self.setup.answer.say(Reply::Why(Box::new(reasons))),
            Ok(Err(error)) => self.setup.answer.failed(NO_REASONS, &error),
            Err(_panic) => {
                let why = "this program made a mistake; please report it";
                self.setup.answer.failed(NO_REASONS, &why);
            }
        }
    }

    // -- suggestions -------------------------------------------------------------------------

    /// Learns what was just done, if it is not much, and gives the article with the newest suggestions.
    fn open(&mut self, mut loaded: Box<Loaded>, revision: Revision) {
        let key = loaded.key;
        let is_short = loaded.session.article().text.len() <= AT_ONCE;
        if is_short {
            let until = Instant::now() + WAITED;
            // Names that were just confirmed are known at once; the tagger's weights follow when nobody waits.
            while self.setup.learn
                && (self.look
                    || !self.queue.is_empty()
                    || self.pupil.to_recall() + self.tagger.waiting() > 0)
                && self.queue.len() + self.pupil.to_recall() <= WAITED_FOR
                && self.tagger.waiting() <= WAITED_FOR
                && Instant::now() < until
                && self.learn_next().is_ok()
            {}
            let article = Arc::clone(loaded.session.article());
            let guess = loaded.session.annotation();
            if let Ok(Some(better)) = self.better_guess(key, &article, guess, revision) {
                self.suggest(Suggestions {
                    key,
                    expected: revision,
                    annotation: better.clone(),
                });
                let start = start_entry(&article, &better, (self.setup.now_ms)());
                let history = History::replay(start);
                loaded.effort = Effort::of(history.entries());
                loaded.session = Session::new(article, better, history);
            }
            self.fresh.insert(key, self.version);
        }
        let article = loaded.session.article();
        if self.setup.schema.is_blind(&article.id)
            && learning::is_guess(loaded.session.annotation())
        {
            let (article, nothing) = (Arc::clone(article), Annotation::default());
            loaded.session = Session::new(article, nothing, History::replay(None));
            loaded.effort = Effort::default();
            loaded.is_blind = true;
        }
        self.setup.answer.say(Reply::Loaded(loaded));
    }

    /// The suggestions that the model makes now, if they are others.
    fn better_guess(
        &self,
        key: ArticleKey,
        article: &Article,
        guess: &Annotation,
        revision: Revision,
    ) -> Result<Option<Annotation>, StoreError> {
        if !learning::is_guess(guess) {
            return Ok(None);
        }
        // Who has learnt nothing guesses as when the article came, unless somebody who had learnt guessed since.
        let is_news = !self.pupil.lessons().is_empty() || revision > Revision(0);
        let (store, schema) = (&*self.setup.store, &*self.setup.schema);
        let work = || -> Result<Option<Annotation>, StoreError> {
            let regions = if self.setup.learn && is_news {
                self.pupil.suggest(store, key, article, schema)?
            } else {
                None
            };
            let regions = regions.unwrap_or_else(|| guess.regions().to_vec());
            let entities = if self.setup.tag {
                self.tagger.suggest(article, &regions)
            } else {
                None
            };
            let entities = entities.unwrap_or_else(|| guess.entities().to_vec());
            Ok(learning::guess_of(article, regions, entities))
        };
        let better = catch_unwind(AssertUnwindSafe(work)).unwrap_or(Ok(None))?;
        Ok(better.filter(|better| better != guess))
    }

    /// Makes the suggestions of an article anew, if nobody has touched it.
    fn look_again(&mut self, key: ArticleKey) -> Result<(), StoreError> {
        let article = self.setup.store.article(key)?;
        let stored = self.setup.store.annotations(&article, key)?;
        self.fresh.insert(key, self.version);
        let [guess] = &stored[..] else {
            return Ok(()); // a person is at work
        };
        if let Some(annotation) =
            self.better_guess(key, &article, &guess.annotation, guess.revision)?
        {
            self.suggest(Suggestions {
                key,
                expected: guess.revision,
                annotation,
            });
        }
        Ok(())
    }
}

/// Writes what the learning thread made; the articles with new suggestions.
pub(super) fn write(store: &mut dyn Store, what: Written) -> Result<Vec<ArticleKey>, StoreError> {
    match what {
        // Labels may have got other names since.
        Written::Suggestions(schema, _) if *schema != store.schema()? => Ok(Vec::new()),
        Written::Suggestions(_, suggestions) => store.suggest(&suggestions),
        Written::Learnt(learnt) => {
            store.keep_learnt(&learnt)?;
            Ok(Vec::new())
        }
        Written::Forgotten(at_ms) => {
            store.set_setting(LEARN_AFTER, Some(&at_ms.to_string()))?;
            store.forget_learnt()?;
            Ok(Vec::new())
        }
    }
}
