//! The thread that asks the suggesters of the dataset about the articles that come next, and tries
//! one out for the window.

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::time::{Duration, Instant};

use super::channels::{LearnerOutput, ToWriter};
use super::messages::{Reply, SuggesterRequest, SuggesterTest};
use super::replies::Replies;
use super::trace;
use crate::dataset::io::progress::CancelFlag;
use crate::dataset::suggesters::{
    AllowedCommands, Asked, PoolSetup, SuggestError, SuggesterPlan, SuggesterPool, ask_all,
};
use crate::model::{Annotation, Article, Provenance, Schema};
use crate::store::{ArticleKey, Store, StoreError, StoredAnnotation};
use crate::tag;

/// How many words of suggestions a test shows.
const SHOWN: usize = 40;

/// How often an article is asked about if its suggestions change meanwhile.
const MOST_TRIES: usize = 3;

/// What the suggesters of a session are started with.
pub struct SuggesterSetup {
    /// The path of the dataset: commands run in its folder.
    pub dataset: PathBuf,
    /// The commands that may run.
    pub allowed: AllowedCommands,
}

/// Makes the pool of a dataset, which reports to the window.
pub(super) fn pool(
    setup: SuggesterSetup,
    store: &dyn Store,
    replies: &Replies,
) -> Result<SuggesterPool, StoreError> {
    let plan = SuggesterPlan::load(store)?;
    let replies = replies.clone();
    Ok(SuggesterPool::new(PoolSetup {
        dataset: setup.dataset,
        settings: plan.settings,
        schema: Arc::new(store.schema()?),
        allowed: setup.allowed,
        report: Box::new(move |status| replies.send(Reply::SuggesterStatus(Box::new(status)))),
    }))
}

/// Serves until the session ends.
pub(super) fn serve(
    pool: &SuggesterPool,
    store: &dyn Store,
    requests: &Receiver<SuggesterRequest>,
    replies: &Replies,
    writer: &Sender<ToWriter>,
) {
    let mut server = Server {
        pool,
        store,
        replies,
        writer,
        ahead: Vec::new(),
        asked: HashMap::new(),
    };
    loop {
        let request = if server.ahead.is_empty() {
            requests.recv().map_err(TryRecvError::from)
        } else {
            requests.try_recv()
        };
        match request {
            Ok(request) => server.answer(request),
            Err(TryRecvError::Empty) => server.ask_next(),
            Err(TryRecvError::Disconnected) => return,
        }
    }
}

struct Server<'a> {
    pool: &'a SuggesterPool,
    store: &'a dyn Store,
    replies: &'a Replies,
    writer: &'a Sender<ToWriter>,
    /// The articles that come next, the next one last.
    ahead: Vec<ArticleKey>,
    /// The articles that were asked about with these suggesters.
    asked: HashMap<ArticleKey, LastAnswer>,
}

/// What an article was asked about last.
struct LastAnswer {
    /// The ranges of bytes in which entities were kept.
    pieces: Vec<Range<usize>>,
    /// Whether there was a suggestion to store.
    has_spans: bool,
}

impl LastAnswer {
    fn of(asked: &Asked) -> Self {
        let suggestions = asked.suggestions.as_ref();
        Self {
            pieces: asked.pieces.clone(),
            has_spans: suggestions.is_some_and(|new| has_spans_of_programs(&new.annotation)),
        }
    }

    /// Whether this answer is no longer in the dataset, or entities are kept in other places now,
    /// because the models that learn have suggested something else since.
    fn is_outdated(&self, article: &Article, stored: &Annotation, schema: &Schema) -> bool {
        self.has_spans && !has_spans_of_programs(stored)
            || tag::pieces(&article.text, stored.regions(), schema) != self.pieces
    }
}

fn has_spans_of_programs(annotation: &Annotation) -> bool {
    let regions = annotation.regions().iter().map(|one| one.provenance);
    let entities = annotation.entities().iter().map(|one| one.provenance);
    let mut all = regions.chain(entities);
    all.any(|one| matches!(one, Provenance::Suggester(..)))
}

impl Server<'_> {
    fn answer(&mut self, request: SuggesterRequest) {
        let _span = trace::answering(&request);
        match request {
            SuggesterRequest::Ahead(keys) => self.ahead = keys.into_iter().rev().collect(),
            SuggesterRequest::Configure(settings, allowed) => {
                match self.store.schema() {
                    Ok(schema) => self.pool.configure(*settings, Arc::new(schema), *allowed),
                    Err(error) => self.replies.failure("Could not read the labels", &error),
                }
                self.asked.clear();
            }
            SuggesterRequest::StartAgain(name) => {
                self.pool.start_again(&name);
                self.asked.clear();
            }
            SuggesterRequest::Test(name, key) => {
                let test = self.test(name, key);
                self.replies.send(Reply::SuggesterTested(Box::new(test)));
            }
        }
    }

    /// Asks about the next article that nobody has touched.
    fn ask_next(&mut self) {
        let Some(key) = self.ahead.pop() else { return };
        let _span = trace::working("ask suggesters");
        // One that cannot be read says so when it is opened.
        let _reported_when_opened = self.ask(key);
    }

    /// Whether an article has not been asked about, or has other regions than then.
    fn is_due(&self, key: ArticleKey) -> Result<bool, StoreError> {
        let Some(last) = self.asked.get(&key) else {
            return Ok(true);
        };
        let article = self.store.article(key)?;
        let stored = self.store.annotations(&article, key)?;
        let schema = self.pool.schema();
        Ok(matches!(&stored[..], [one] if last.is_outdated(&article, &one.annotation, &schema)))
    }

    fn ask(&mut self, key: ArticleKey) -> Result<(), StoreError> {
        // The window may have written other suggesters just now.
        let plan = SuggesterPlan {
            settings: self.pool.settings(),
            ..SuggesterPlan::load(self.store)?
        };
        if plan.settings.used().next().is_none() {
            return Ok(());
        }
        // An article is only asked about if all commands may run; the window asks for that.
        let mut used = plan.settings.used();
        if used.any(|one| !self.pool.is_allowed(one)) || !self.is_due(key)? {
            return Ok(());
        }
        for _ in 0..MOST_TRIES {
            // The learner keeps the suggestions of this article new. It knows regions better than
            // a model that was trained again here.
            let cancel = CancelFlag::default();
            let Some(asked) = ask_all(self.pool, &plan, self.store, key, None, &cancel)? else {
                return Ok(());
            };
            let mut errors = asked.errors.iter();
            if errors.any(|error| matches!(error, SuggestError::Stopped(_))) {
                self.ahead.clear();
            }
            self.asked.insert(key, LastAnswer::of(&asked));
            let Some(suggestions) = asked.suggestions else {
                break;
            };
            let stored = self.store.annotations(&asked.article, key)?;
            let is_current = |one: &StoredAnnotation| one.revision == suggestions.expected;
            if stored.len() == 1 && !stored.iter().all(is_current) {
                continue; // the learner was faster
            }
            let output =
                LearnerOutput::OfPrograms(self.pool.schema(), vec![suggestions], asked.models);
            // The writer goes last: when it is gone, so is the window.
            let _closing = self.writer.send(ToWriter::Learner(output));
            break;
        }
        Ok(())
    }

    /// Asks one suggester about an article, whoever works on it, and stores nothing.
    fn test(&self, name: String, key: ArticleKey) -> SuggesterTest {
        let begin = Instant::now();
        self.pool.start_again(&name);
        let outcome = self.try_out(&name, key);
        SuggesterTest {
            name,
            took: begin.elapsed(),
            outcome,
        }
    }

    fn try_out(&self, name: &str, key: ArticleKey) -> Result<(String, Vec<String>), String> {
        let article = self.store.article(key).map_err(|error| error.to_string())?;
        let stored = self.store.annotations(&article, key);
        let stored = stored.map_err(|error| error.to_string())?;
        let newest = stored.iter().max_by_key(|one| one.seq);
        let known = newest.map_or_else(Annotation::default, |one| one.annotation.clone());
        let asked = self
            .pool
            .ask(name, &article, &known, &CancelFlag::default());
        let (spans, model) = asked.map_err(|error| error.words().to_owned())?;
        let regions = spans.regions.iter().map(|one| (&one.label, one.span));
        let entities = spans.entities.iter().map(|one| (&one.label, one.span));
        let mut words: Vec<String> = regions
            .chain(entities)
            .map(|(label, span)| {
                let words: String = article.text.slice(span).chars().take(SHOWN).collect();
                format!("{label}: {}", crate::model::printable::line(&words))
            })
            .collect();
        for (why, count) in &spans.refused {
            words.push(match count {
                1 => format!("refused: {why}"),
                count => format!("refused {count} times: {why}"),
            });
        }
        Ok((model.in_words(), words))
    }
}

impl SuggesterTest {
    /// Returns the time that it took, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.took.max(Duration::from_millis(1)).as_secs_f64()
    }
}
