//! The thread that asks the suggesters of the dataset about the articles that come next, and tries
//! one out for the window.

use std::collections::HashSet;
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
    AllowedCommands, PoolSetup, SuggestError, SuggesterPlan, SuggesterPool, ask_all,
};
use crate::model::Annotation;
use crate::store::{ArticleKey, Store, StoreError};

/// How many words of suggestions a test shows.
const SHOWN: usize = 40;

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
        asked: HashSet::new(),
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
    asked: HashSet<ArticleKey>,
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
        if !self.asked.insert(key) {
            return;
        }
        let _span = trace::working("ask suggesters");
        // One that cannot be read says so when it is opened.
        let _reported_when_opened = self.ask(key);
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
        if plan.settings.used().any(|one| !self.pool.is_allowed(one)) {
            self.asked.remove(&key);
            return Ok(());
        }
        let cancel = CancelFlag::default();
        let Some(asked) = ask_all(self.pool, &plan, self.store, key, &cancel)? else {
            return Ok(());
        };
        if asked
            .errors
            .iter()
            .any(|error| matches!(error, SuggestError::Stopped(_)))
        {
            self.ahead.clear();
        }
        if let Some(suggestions) = asked.suggestions {
            let output =
                LearnerOutput::OfPrograms(self.pool.schema(), vec![suggestions], asked.models);
            // The writer goes last: when it is gone, so is the window.
            let _closing = self.writer.send(ToWriter::Learner(output));
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
