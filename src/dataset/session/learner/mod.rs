//! The thread that trains the models and suggests.
//!
//! It reads through its own handle and sends what is to be written to the writer in small pieces,
//! so that no save waits for it. Requests come first. Work that can wait is done in between, in
//! steps of one article each: learning from what became done, forgetting what is no longer done,
//! and new suggestions for the articles that come next.

mod opening;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Duration, Instant};

use super::channels::{LearnerOutput, ToLearner, ToWriter};
use super::messages::{LearnerRequest, Reply};
use super::replies::{NowMs, Replies};
use super::trace;
use crate::dataset::suggesters::write_suggestions;
use crate::dataset::training::entities::online_trainer::OnlineEntityTrainer;
use crate::dataset::training::explain::Reasons;
use crate::dataset::training::learning;
use crate::dataset::training::learning::LEARN_AFTER;
use crate::dataset::training::regions::online_trainer::{OnlineRegionTrainer, TrainingStep};
use crate::extract::RegionModel;
use crate::model::{Region, Schema};
use crate::quality::word_facts::LexiconFacts;
use crate::store::{ArticleKey, ModelKind, Store, StoreError, Suggestions};

/// How long nothing must have been asked before articles that come next are looked at again.
const QUIET: Duration = Duration::from_millis(250);
/// The pause between two of these, so that the window has the processor most of the time.
const PAUSE: Duration = Duration::from_millis(20);
/// The time between the end of training and the storing of the model.
const KEEP_AFTER: Duration = Duration::from_millis(800);
/// An article that is being opened waits until what was just done is learnt, but for no more than
/// so many articles and no longer. Where it would take longer, it is shown with the suggestions of
/// the model before.
const WAITED_FOR: usize = 8;
const WAITED: Duration = Duration::from_millis(120);
/// How long one step of the training may take before requests are looked at again.
const SLICE: Duration = Duration::from_millis(3);
/// A longer text, in bytes, is opened with the suggestions it has, since renewing them takes too
/// long.
const AT_ONCE: usize = 256 << 10;
/// The message when an explanation fails.
const NO_REASONS: &str = "Could not find the reasons";
/// How long to wait after the disk refused.
const RETRY: Duration = Duration::from_millis(1500);

pub(super) struct LearnerSetup {
    pub(super) store: Box<dyn Store>,
    pub(super) schema: Arc<Schema>,
    pub(super) annotator: String,
    pub(super) learn: bool,
    pub(super) tag: bool,
    pub(super) now_ms: NowMs,
    pub(super) replies: Replies,
    pub(super) writer: Sender<ToWriter>,
}

/// Serves until the session ends.
pub(super) fn serve(setup: LearnerSetup, tasks: &Receiver<ToLearner>) {
    let mut learner = Learner {
        regions: OnlineRegionTrainer::new(Arc::new(RegionModel::shipped().clone())),
        entities: OnlineEntityTrainer::new(Arc::clone(&setup.schema), setup.tag),
        setup,
        is_stale: true,
        is_prepared: false,
        version: 0,
        keep_at: None,
        ahead: (Vec::new(), 0),
        fresh: BTreeMap::new(),
        quiet_until: Instant::now() + QUIET,
        retry_at: None,
        reported: 0,
    };
    // Hops from name to name want it at once, also where nothing is suggested.
    let _read = LexiconFacts::shipped();
    learner.begin();
    loop {
        let task = match learner.next_step() {
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
            Ok(task) => learner.serve(task),
            Err(TryRecvError::Empty) => learner.step(),
            Err(TryRecvError::Disconnected) => return,
        }
    }
}

struct Learner {
    setup: LearnerSetup,
    regions: OnlineRegionTrainer,
    entities: OnlineEntityTrainer,
    /// Whether the list of examples to learn from has to be read anew.
    is_stale: bool,
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
    /// The number of articles last reported to the window.
    reported: usize,
}

impl Learner {
    fn begin(&mut self) {
        // What cannot be read is learnt again.
        if let Ok(Some(model)) = self.setup.store.load_model(ModelKind::Regions) {
            self.regions.resume(model);
            self.version += 1;
        }
        self.report();
    }

    fn serve(&mut self, task: ToLearner) {
        match task {
            ToLearner::Window(request) => self.answer(request),
            ToLearner::Changed => self.is_stale = true,
            ToLearner::Open(loaded, update) => {
                let _span = trace::working("suggest for the article that opens");
                self.open(loaded, update);
            }
            ToLearner::Suggesters => {
                self.fresh.clear();
                self.renew();
            }
            ToLearner::Schema(schema) => {
                self.setup.schema = schema;
                self.restart_entities();
            }
        }
        self.quiet_until = Instant::now() + QUIET;
    }

    fn answer(&mut self, request: LearnerRequest) {
        let _span = trace::answering(&request);
        match request {
            LearnerRequest::Ahead(keys) => self.ahead = (keys, 0),
            LearnerRequest::SetLearning(learn) => {
                self.setup.learn = learn;
                self.is_stale = true;
            }
            LearnerRequest::Why(key, region) => self.explain(key, &region),
            LearnerRequest::Known(key, span, words) => {
                let verdict = self.entities.known(&words);
                self.setup.replies.send(Reply::Why(Box::new(Reasons {
                    key,
                    span,
                    verdict,
                    pros: Vec::new(),
                    cons: Vec::new(),
                    learnt: Vec::new(),
                })));
            }
            LearnerRequest::SuggestEntities(opened) => self.suggest_within(&opened),
            LearnerRequest::SetTagging(tag) => {
                self.setup.tag = tag;
                self.restart_entities();
            }
            LearnerRequest::ResetModels => self.reset_models(),
        }
    }

    /// Begins with a new entity model, for another schema or because tagging was turned on or off.
    fn restart_entities(&mut self) {
        let schema = Arc::clone(&self.setup.schema);
        self.entities = OnlineEntityTrainer::new(schema, self.setup.tag);
        self.fresh.clear();
        self.ahead.1 = 0;
        self.is_stale = true;
    }

    /// Returns the time of the next step; `None` if there is none before the next task.
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
            && (self.is_stale || !self.regions.is_settled() || self.entities.has_to_learn())
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
                let model = self.regions.snapshot();
                self.write(LearnerOutput::Model(model));
            }
        } else if self.quiet_until <= Instant::now() && self.setup.learn && !self.is_prepared {
            self.is_prepared = !self.regions.prepare();
        } else if self.quiet_until <= Instant::now()
            && let Some(key) = self.ahead.0.get(self.ahead.1).copied()
        {
            self.ahead.1 += 1;
            if self.fresh.get(&key) != Some(&self.version) {
                // One that cannot be read says so when it is opened.
                let _reported_when_opened = self.refresh(key);
                self.quiet_until = Instant::now() + PAUSE;
            }
        }
    }

    /// Looks up what there is to learn, or does a short piece of the work.
    fn learn_next(&mut self) -> Result<(), StoreError> {
        let _span = trace::working("learn");
        if self.is_stale {
            let now = learning::finished_annotations(&*self.setup.store)?;
            let before = self.regions.articles();
            let has_forgotten = self.regions.catch_up(&now);
            if self.entities.catch_up(&now) || has_forgotten {
                self.renew();
            }
            if self.regions.is_settled() && self.regions.articles() != before {
                self.settled();
            }
            self.is_stale = false;
            return Ok(());
        }
        if self.entities.waiting() > 0 {
            let (entities, store) = (&mut self.entities, &*self.setup.store);
            match catch_unwind(AssertUnwindSafe(|| entities.take(store))) {
                Ok(taken) => taken?,
                // An article that this program cannot cope with must not be the end of all
                // learning.
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
        let mut work = || -> Result<TrainingStep, StoreError> {
            loop {
                let step = regions.step(store)?;
                if step != TrainingStep::Partly || Instant::now() >= until {
                    return Ok(step);
                }
            }
        };
        match catch_unwind(AssertUnwindSafe(&mut work)) {
            Ok(step) => {
                if step? == TrainingStep::Changed {
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

    /// Marks all suggestions as out of date.
    fn renew(&mut self) {
        self.version += 1;
        self.ahead.1 = 0;
    }

    fn settled(&mut self) {
        self.keep_at = Some(Instant::now() + KEEP_AFTER);
        self.report();
    }

    fn report(&mut self) {
        let count = self.regions.articles();
        if std::mem::replace(&mut self.reported, count) != count {
            self.setup.replies.send(Reply::ModelsTrained(count));
        }
    }

    fn reset_models(&mut self) {
        let now = (self.setup.now_ms)();
        self.regions.forget();
        self.entities.forget();
        self.keep_at = None;
        self.renew();
        // Looked up again once it is written: see `ToLearner::Changed`, which the writer sends
        // then.
        self.is_stale = false;
        self.write(LearnerOutput::Reset(now));
        self.report();
    }

    fn suggest(&self, suggestions: Suggestions) {
        let schema = Arc::clone(&self.setup.schema);
        self.write(LearnerOutput::Suggestions(schema, vec![suggestions]));
    }

    fn write(&self, what: LearnerOutput) {
        // The writer goes last: when it is gone, so is the window.
        let _closing = self.setup.writer.send(ToWriter::Learner(what));
    }

    fn explain(&self, key: ArticleKey, region: &Region) {
        let work = || self.regions.why(&*self.setup.store, key, region);
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(reasons)) => self.setup.replies.send(Reply::Why(Box::new(reasons))),
            Ok(Err(error)) => self.setup.replies.failure(NO_REASONS, &error),
            Err(_panic) => {
                let why = "internal error; please report this";
                self.setup.replies.failure(NO_REASONS, &why);
            }
        }
    }
}

/// Writes the output of the learner; returns the articles with new suggestions.
pub(super) fn write(
    store: &mut dyn Store,
    what: LearnerOutput,
) -> Result<Vec<ArticleKey>, StoreError> {
    match what {
        // Labels may have got other names since.
        LearnerOutput::Suggestions(schema, _) if *schema != store.schema()? => Ok(Vec::new()),
        LearnerOutput::Suggestions(_, suggestions) => store.suggest(&suggestions),
        LearnerOutput::OfPrograms(schema, suggestions, models) => {
            write_suggestions(store, &schema, &suggestions, &models)
        }
        LearnerOutput::Model(model) => {
            store.save_model(&model)?;
            Ok(Vec::new())
        }
        LearnerOutput::Reset(at_ms) => {
            store.set_setting(LEARN_AFTER, Some(&at_ms.to_string()))?;
            store.forget_models()?;
            Ok(Vec::new())
        }
    }
}
