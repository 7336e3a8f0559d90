//! The thread that learns. It reads through a handle of its own; what is to be written it sends to the writer, in small
//! pieces, so that no save waits for it.
//!
//! Whatever the window or the writer asks comes first; what can wait is done in steps of one article each, in between:
//! learning from what became done, forgetting what is no longer done, new suggestions for the articles that come next.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Duration, Instant};

use super::{Answer, Loaded, NowMs, Opened, Reply, ToWriter, start_entry};
use crate::dataset::session::unopened::Models;
use crate::dataset::training::entities::examples::OnlineEntityTrainer;
use crate::dataset::training::learning;
use crate::dataset::training::learning::{LEARN_AFTER, Reasons};
use crate::dataset::training::regions::online_trainer::{OnlineRegionTrainer, Step};
use crate::edit::{History, Session};
use crate::extract::RegionModel;
use crate::model::{Annotation, Article, Region, Schema, Span, StartedFrom};
use crate::quality::Effort;
use crate::quality::word_facts::LexiconFacts;
use crate::store::{ArticleKey, ModelKind, Revision, Store, StoreError, Suggestions};

/// How long nothing must have been asked before articles that come next are looked at again.
const QUIET: Duration = Duration::from_millis(250);
/// Between two of these, so that the window has the processor for itself most of the time.
const PAUSE: Duration = Duration::from_millis(20);
/// How long after the last lesson the model is written down.
const KEEP_AFTER: Duration = Duration::from_millis(800);
/// An article that is being opened waits until what was just done is learnt, but for no more than so many articles and no longer.
/// Where it would take longer, it is shown with the suggestions of the model before.
const WAITED_FOR: usize = 8;
const WAITED: Duration = Duration::from_millis(120);
/// How long one step of the training may take before requests are looked at again.
const SLICE: Duration = Duration::from_millis(3);
/// A longer text, in bytes, is shown with the suggestions that it has: making them anew would be felt.
const AT_ONCE: usize = 256 << 10;
/// What is said where it cannot be told why.
const NO_REASONS: &str = "Could not find the reasons";
/// How long to wait after the disk refused.
const RETRY: Duration = Duration::from_millis(1500);

/// What may become of the suggestions from which an annotator starts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Guess {
    /// The models may make better ones than this revision: no person has touched the article.
    Anew(Revision),
    /// They are what they were when the first annotator came.
    AsItIs,
}

/// What the thread is asked.
pub(super) enum Task {
    /// Something was done, changed or reopened: there may be something to learn or to forget.
    Changed,
    /// An article that no person has touched is being opened: the newest suggestions, then the answer to the window.
    /// With it the revision of the suggestions that it has.
    Open(Box<Loaded>, Guess),
    /// These articles are shown in the list or come next.
    Ahead(Vec<ArticleKey>),
    /// Why a region of an article has its label.
    Why(ArticleKey, Box<Region>),
    /// What is known of these words of an article, as an entity.
    Known(ArticleKey, Span, String),
    /// Text of an article was opened for entities: suggest some there.
    Suggest(Box<Opened>),
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
    pub(super) annotator: String,
    pub(super) learn: bool,
    pub(super) tag: bool,
    pub(super) now_ms: NowMs,
    pub(super) answer: Answer,
    pub(super) writer: Sender<ToWriter>,
}

/// Serves until nobody can ask any more.
pub(super) fn serve(setup: Setup, tasks: &Receiver<Task>) {
    let mut thread = Thread {
        regions: OnlineRegionTrainer::new(Arc::new(RegionModel::shipped().clone())),
        entities: OnlineEntityTrainer::new(Arc::clone(&setup.schema), setup.tag),
        setup,
        look: true,
        is_prepared: false,
        version: 0,
        keep_at: None,
        ahead: (Vec::new(), 0),
        fresh: BTreeMap::new(),
        quiet_until: Instant::now() + QUIET,
        retry_at: None,
        told: 0,
    };
    // Hops from name to name want it at once, also where nothing is suggested.
    let _read = LexiconFacts::shipped();
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
    regions: OnlineRegionTrainer,
    entities: OnlineEntityTrainer,
    /// Whether what there is to learn has to be looked up.
    look: bool,
    /// Whether what every training needs was read.
    is_prepared: bool,
    /// Grows with each model.
    version: u64,
    keep_at: Option<Instant>,
    /// Articles that come next, and how many of them were looked at with this model.
    ahead: (Vec<ArticleKey>, usize),
    /// By which version their suggestions are.
    fresh: BTreeMap<ArticleKey, u64>,
    quiet_until: Instant,
    retry_at: Option<Instant>,
    /// How many articles the window was told of.
    told: usize,
}

impl Thread {
    fn begin(&mut self) {
        // What cannot be read is learnt again.
        if let Ok(Some(learnt)) = self.setup.store.learnt(ModelKind::Regions) {
            self.regions.resume(learnt);
            self.version += 1;
        }
        self.tell();
    }

    fn take(&mut self, task: Task) {
        match task {
            Task::Changed => self.look = true,
            Task::Open(loaded, guess) => self.open(loaded, guess),
            Task::Ahead(keys) => self.ahead = (keys, 0),
            Task::Learn(learn) => {
                self.setup.learn = learn;
                self.look = true;
            }
            Task::Why(key, region) => self.tell_why(key, &region),
            Task::Known(key, span, words) => {
                let verdict = self.entities.known(&words);
                self.setup.answer.say(Reply::Why(Box::new(Reasons {
                    key,
                    span,
                    verdict,
                    pros: Vec::new(),
                    cons: Vec::new(),
                    learnt: Vec::new(),
                })));
            }
            Task::Suggest(opened) => self.suggest_within(&opened),
            Task::Tag(tag) => {
                self.setup.tag = tag;
                self.entities = OnlineEntityTrainer::new(Arc::clone(&self.setup.schema), tag);
                self.look = true;
                self.fresh.clear();
                self.ahead.1 = 0;
            }
            Task::Forget => self.forget(),
            Task::Schema(schema) => {
                self.entities = OnlineEntityTrainer::new(Arc::clone(&schema), self.setup.tag);
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
        let prepare = (self.setup.learn && !self.is_prepared).then_some(self.quiet_until);
        [learn, self.keep_at, ahead, prepare]
            .into_iter()
            .flatten()
            .min()
    }

    fn has_to_learn(&self) -> bool {
        self.setup.learn
            && (self.look || !self.regions.is_settled() || self.entities.has_to_learn())
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
            if self.regions.is_settled() {
                let learnt = self.regions.learnt();
                self.write(Written::Learnt(learnt));
            }
        } else if self.quiet_until <= Instant::now() && self.setup.learn && !self.is_prepared {
            self.is_prepared = !self.regions.prepare();
        } else if self.quiet_until <= Instant::now()
            && let Some(key) = self.ahead.0.get(self.ahead.1).copied()
        {
            self.ahead.1 += 1;
            if self.fresh.get(&key) != Some(&self.version) {
                // One that cannot be read says so when it is opened.
                let _told_when_opened = self.second_pass_sequence(key);
                self.quiet_until = Instant::now() + PAUSE;
            }
        }
    }

    /// StackedModel up what there is to learn, or does a short piece of the work.
    fn learn_next(&mut self) -> Result<(), StoreError> {
        if self.look {
            let now = learning::lessons(&*self.setup.store)?;
            let before = self.regions.articles();
            let has_forgotten = self.regions.catch_up(&now);
            if self.entities.catch_up(&now) || has_forgotten {
                self.renew();
            }
            if self.regions.is_settled() && self.regions.articles() != before {
                self.settled();
            }
            self.look = false;
            return Ok(());
        }
        if self.entities.waiting() > 0 {
            let (entities, store) = (&mut self.entities, &*self.setup.store);
            match catch_unwind(AssertUnwindSafe(|| entities.take(store))) {
                Ok(taken) => taken?,
                // An article that this program cannot cope with must not be the end of all learning.
                Err(_panic) => self.entities.leave_out(),
            }
            return Ok(());
        }
        if !self.regions.is_settled() {
            return self.train_regions();
        }
        if self.entities.has_to_learn() {
            self.entities.refit();
            self.renew();
        }
        Ok(())
    }

    fn train_regions(&mut self) -> Result<(), StoreError> {
        let until = Instant::now() + SLICE;
        let (regions, store) = (&mut self.regions, &*self.setup.store);
        let mut work = || -> Result<Step, StoreError> {
            loop {
                let step = regions.step(store)?;
                if step != Step::Partly || Instant::now() >= until {
                    return Ok(step);
                }
            }
        };
        match catch_unwind(AssertUnwindSafe(&mut work)) {
            Ok(step) => {
                if step? == Step::Changed {
                    self.renew();
                }
            }
            Err(_panic) => self.regions.leave_out(),
        }
        if self.regions.is_settled() {
            self.settled();
        }
        Ok(())
    }

    /// Notes that suggestions made before now may be others.
    fn renew(&mut self) {
        self.version += 1;
        self.ahead.1 = 0;
    }

    fn settled(&mut self) {
        self.keep_at = Some(Instant::now() + KEEP_AFTER);
        self.tell();
    }

    fn tell(&mut self) {
        let count = self.regions.articles();
        if std::mem::replace(&mut self.told, count) != count {
            self.setup.answer.say(Reply::Learnt(count));
        }
    }

    fn forget(&mut self) {
        let now = (self.setup.now_ms)();
        self.regions.forget();
        self.entities.forget();
        self.keep_at = None;
        self.renew();
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
        let work = || self.regions.why(&*self.setup.store, key, region);
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(reasons)) => self.setup.answer.say(Reply::Why(Box::new(reasons))),
            Ok(Err(error)) => self.setup.answer.failed(NO_REASONS, &error),
            Err(_panic) => {
                let why = "internal error; please report this";
                self.setup.answer.failed(NO_REASONS, &why);
            }
        }
    }

    // -- suggestions -------------------------------------------------------------------------

    /// Learns what was just done, if it is not much, and gives the article with the newest suggestions.
    fn open(&mut self, mut loaded: Box<Loaded>, guess: Guess) {
        let key = loaded.key;
        let is_short = loaded.session.article().text.len() <= AT_ONCE;
        if let (Guess::Anew(revision), true) = (guess, is_short) {
            self.learn_before_opening();
            let article = Arc::clone(loaded.session.article());
            let guess = loaded.session.annotation();
            if let Ok(Some(better)) = self.better_guess(key, &article, guess, revision) {
                self.suggest(Suggestions {
                    key,
                    expected: revision,
                    annotation: better.clone(),
                });
                let from = StartedFrom::Suggestions {
                    revision: revision.0 + 1,
                };
                let start = start_entry(&article, &better, from.clone(), (self.setup.now_ms)());
                let history = History::replay([start]);
                loaded.begun_from = Some(from);
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
            let from = StartedFrom::Nothing;
            let start = start_entry(&article, &nothing, from.clone(), (self.setup.now_ms)());
            loaded.session = Session::new(article, nothing, History::replay([start]));
            loaded.effort = Effort::default();
            loaded.begun_from = Some(from);
            loaded.is_blind = true;
        }
        self.setup.answer.say(Reply::Loaded(loaded));
    }

    /// Suggests entities in text that was just opened for them. Where somebody else has worked on the article, the models may know
    /// that person's labels: there the shipped one is asked.
    fn suggest_within(&self, opened: &Opened) {
        let (me, store) = (&self.setup.annotator, &self.setup.store);
        let stored = store.annotations(&opened.article, opened.key);
        let is_mine_alone = stored.is_ok_and(|stored| {
            stored
                .iter()
                .all(|one| one.annotator.is_empty() || one.annotator == *me)
        });
        let work = || {
            let untaught;
            let model = if is_mine_alone {
                &self.entities
            } else {
                let schema = Arc::clone(&self.setup.schema);
                untaught = OnlineEntityTrainer::new(schema, self.setup.tag);
                &untaught
            };
            model.suggest_within(&opened.article, &opened.regions, &opened.within)
        };
        let entities = catch_unwind(AssertUnwindSafe(work)).unwrap_or_default();
        self.setup.answer.say(Reply::Tagged(opened.key, entities));
    }

    /// Learns what was just done, as far as it takes no longer than one can wait for.
    fn learn_before_opening(&mut self) {
        if !self.setup.learn {
            return;
        }
        let begin = Instant::now();
        // Names that were just confirmed are known at once; the tagger's weights follow when nobody waits.
        while (self.look || !self.regions.is_settled() || self.entities.waiting() > 0)
            && self.regions.to_read() <= WAITED_FOR
            && self.entities.waiting() <= WAITED_FOR
        {
            // What would not be ready in time is not waited for.
            let spent = begin.elapsed().as_secs_f64();
            let expected = spent / self.regions.progress().max(f64::MIN_POSITIVE);
            let is_slow =
                spent > 0.02 && self.regions.progress() > 0.0 && expected > WAITED.as_secs_f64();
            if is_slow || begin.elapsed() >= WAITED || self.learn_next().is_err() {
                break;
            }
        }
    }

    /// The suggestions that the model makes now, if they are others.
    fn better_guess(
        &self,
        key: ArticleKey,
        article: &Article,
        guess: &Annotation,
        revision: Revision,
    ) -> Result<Option<Annotation>, StoreError> {
        let (store, schema) = (&*self.setup.store, &*self.setup.schema);
        let models = Models {
            regions: self.setup.learn.then_some(&self.regions),
            entities: self.setup.tag.then_some(&self.entities),
            schema,
        };
        let work = || -> Result<Option<Annotation>, StoreError> {
            let suggested = models.suggest(store, key, article, guess, revision)?;
            Ok(suggested.map(|suggested| suggested.annotation))
        };
        let better = catch_unwind(AssertUnwindSafe(work)).unwrap_or(Ok(None))?;
        Ok(better.filter(|better| better != guess))
    }

    /// Makes the suggestions of an article anew, if nobody has touched it.
    fn second_pass_sequence(&mut self, key: ArticleKey) -> Result<(), StoreError> {
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
