//! What the writer stores besides annotations: the time spent, and the outcomes of done
//! annotations.
//!
//! None of it may delay a save, so it is written while the writer is idle. A crash loses some
//! seconds of time, never an edit; outcomes that are missing are computed later.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use crate::dataset::report::outcome::compute_outcomes;
use crate::model::{Schema, Status};
use crate::store::outcome::SLOT_MS;
use crate::store::{
    ArticleKey, Change, Outcome, Revision, StaleOutcome, Store, StoreError, TimeSpent,
};

/// How long time waits to be written, so that many small pieces make one commit.
const TIME_WAITS: Duration = Duration::from_secs(3);
/// How long the writer must be idle before outcomes are computed.
const QUIET: Duration = Duration::from_millis(250);
/// The pause between two pieces of older work, so that other programs get their turn.
const PAUSE: Duration = Duration::from_millis(20);
/// How many annotations are computed at once.
const PIECE: usize = 16;
/// With more changes than these, the whole dataset is searched instead.
const MOST_DUE: usize = 500;
/// How long to wait after the disk refused.
const RETRY: Duration = Duration::from_millis(1500);

/// Times and outcomes that one writer has still to store.
pub(crate) struct OutcomeTracker {
    annotator: String,
    /// By article and quarter of an hour: milliseconds not yet written.
    times: BTreeMap<(ArticleKey, i64), i64>,
    write_times_at: Option<Instant>,
    /// Annotations whose outcome may be stale, with their annotators.
    due: VecDeque<(ArticleKey, String)>,
    /// How far the search for older ones has come; `None` if it is over.
    behind: Option<Option<(ArticleKey, String)>>,
    work_at: Option<Instant>,
}

impl OutcomeTracker {
    pub(crate) fn new(annotator: &str) -> Self {
        Self {
            annotator: annotator.to_owned(),
            times: BTreeMap::new(),
            write_times_at: None,
            due: VecDeque::new(),
            behind: Some(None),
            work_at: Some(Instant::now() + QUIET),
        }
    }

    /// Records time that was spent.
    pub(crate) fn add_time(&mut self, key: ArticleKey, at_ms: i64, active_ms: i64) {
        if active_ms > 0 {
            *self
                .times
                .entry((key, at_ms.div_euclid(SLOT_MS)))
                .or_default() += active_ms;
            self.write_times_at
                .get_or_insert(Instant::now() + TIME_WAITS);
        }
    }

    /// Returns the time on an article that is not stored yet.
    pub(crate) fn unwritten_time(&self, key: ArticleKey) -> i64 {
        let of_it = self.times.range((key, i64::MIN)..=(key, i64::MAX));
        of_it.map(|(_, ms)| ms).sum()
    }

    /// Records that an annotation was saved.
    pub(crate) fn saved(&mut self, key: ArticleKey, status: Status) {
        if status == Status::Done {
            self.due(key, self.annotator.clone());
        }
        self.postpone();
    }

    /// Records changes by other programs and by jobs.
    pub(crate) fn changed(&mut self, changes: &[Change]) {
        if changes.len() > MOST_DUE {
            self.behind = Some(None); // all are looked through
            self.work_at = Some(Instant::now() + QUIET);
            return;
        }
        for change in changes.iter().filter(|change| !change.annotator.is_empty()) {
            self.due(change.key, change.annotator.clone());
        }
    }

    fn due(&mut self, key: ArticleKey, annotator: String) {
        let one = (key, annotator);
        if !self.due.contains(&one) {
            self.due.push_back(one);
        }
        self.work_at.get_or_insert(Instant::now() + QUIET);
    }

    /// Postpones older work, since something else was asked for.
    pub(crate) fn postpone(&mut self) {
        if let Some(at) = &mut self.work_at {
            *at = (*at).max(Instant::now() + QUIET);
        }
    }

    /// Returns the time of the next work.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        [self.write_times_at, self.work_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// Does what is due; returns whether an outcome became known.
    pub(crate) fn run_due(&mut self, store: &mut dyn Store) -> bool {
        let now = Instant::now();
        if self.write_times_at.is_some_and(|at| at <= now) {
            self.write_times(store);
        }
        if self.work_at.is_none_or(|at| at > now) {
            return false;
        }
        match self.work(store) {
            Ok(has_news) => {
                let more = !self.due.is_empty() || self.behind.is_some();
                self.work_at = more.then(|| Instant::now() + PAUSE);
                has_news
            }
            Err(_reported_by_the_next_save) => {
                self.work_at = Some(Instant::now() + RETRY);
                false
            }
        }
    }

    /// Writes what can be written, since the window closes.
    pub(crate) fn close(&mut self, store: &mut dyn Store) {
        self.write_times(store);
        while !self.due.is_empty() {
            // What the disk refuses now is computed at the next start.
            if self.work(store).is_err() {
                return;
            }
        }
    }

    fn write_times(&mut self, store: &mut dyn Store) {
        self.write_times_at = None;
        let times: Vec<TimeSpent> = self
            .times
            .iter()
            .map(|(&(key, slot), &active_ms)| TimeSpent {
                key,
                annotator: self.annotator.clone(),
                at_ms: slot.saturating_mul(SLOT_MS),
                active_ms,
            })
            .collect();
        if times.is_empty() {
            return;
        }
        match store.add_time(&times) {
            Ok(()) => self.times.clear(),
            Err(_reported_by_the_next_save) => self.write_times_at = Some(Instant::now() + RETRY),
        }
    }

    fn work(&mut self, store: &mut dyn Store) -> Result<bool, StoreError> {
        let schema = &store.schema()?;
        if !self.due.is_empty() {
            let most = self.due.len().min(PIECE);
            let of: Vec<StaleOutcome> = self
                .due
                .iter()
                .take(most)
                .map(|(key, annotator)| StaleOutcome {
                    key: *key,
                    annotator: annotator.clone(),
                    revision: Revision(0),
                })
                .collect();
            let outcomes = outcomes_of(store, schema, &of);
            if !outcomes.is_empty() {
                store.write_outcomes(&outcomes)?;
            }
            self.due.drain(..most);
            return Ok(!outcomes.is_empty());
        }
        let Some(after) = self.behind.take() else {
            return Ok(false);
        };
        let from = after
            .as_ref()
            .map(|(key, annotator)| (*key, annotator.as_str()));
        let found = match store.stale_outcomes(from, PIECE) {
            Ok(found) => found,
            Err(error) => {
                self.behind = Some(after);
                return Err(error);
            }
        };
        let Some(last) = found.last() else {
            return Ok(false);
        };
        let next = (last.key, last.annotator.clone());
        let outcomes = outcomes_of(store, schema, &found);
        if let Err(error) = store.write_outcomes(&outcomes) {
            self.behind = Some(after);
            return Err(error);
        }
        self.behind = Some(Some(next));
        Ok(!outcomes.is_empty())
    }
}

/// Computes outcomes one by one, so that a damaged annotation affects no other. It is reported when
/// it is opened.
fn outcomes_of(store: &dyn Store, schema: &Schema, of: &[StaleOutcome]) -> Vec<Outcome> {
    of.iter()
        .flat_map(|one| {
            compute_outcomes(store, schema, std::slice::from_ref(one)).unwrap_or_default()
        })
        .collect()
}
