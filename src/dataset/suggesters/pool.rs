//! The suggesters of an open dataset, shared by the threads that ask them.
//!
//! Each program is started once, when it is first asked, and serves one article at a time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::answer::SuggestedSpans;
use super::config::{SuggesterConfig, SuggesterSettings};
use super::consent::AllowedCommands;
use super::plan::KnownModel;
use super::supervisor::{SuggestError, SuggesterStatus, SupervisedSuggester};
use crate::dataset::config::settings::full_path;
use crate::dataset::io::progress::CancelFlag;
use crate::model::{Annotation, Article, Schema};

/// What a pool is made from.
pub struct PoolSetup {
    /// The path of the dataset.
    pub dataset: PathBuf,
    /// Its suggesters.
    pub settings: SuggesterSettings,
    /// Its labels.
    pub schema: Arc<Schema>,
    /// The commands that may run.
    pub allowed: AllowedCommands,
    /// Called after each answer and each failure.
    pub report: Box<dyn Fn(SuggesterStatus) + Send + Sync>,
}

/// The suggesters of an open dataset.
pub struct SuggesterPool {
    dataset: PathBuf,
    report: Box<dyn Fn(SuggesterStatus) + Send + Sync>,
    shared: Mutex<Shared>,
    closing: CancelFlag,
}

struct Shared {
    settings: SuggesterSettings,
    schema: Arc<Schema>,
    allowed: AllowedCommands,
    made: BTreeMap<String, Arc<Mutex<SupervisedSuggester>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SuggesterPool {
    /// Makes a pool. No program is started.
    #[must_use]
    pub fn new(setup: PoolSetup) -> Self {
        Self {
            dataset: setup.dataset,
            report: setup.report,
            shared: Mutex::new(Shared {
                settings: setup.settings,
                schema: setup.schema,
                allowed: setup.allowed,
                made: BTreeMap::new(),
            }),
            closing: CancelFlag::default(),
        }
    }

    /// Takes over other suggesters, labels or allowed commands. Programs that nothing was changed
    /// about go on.
    pub fn configure(
        &self,
        settings: SuggesterSettings,
        schema: Arc<Schema>,
        allowed: AllowedCommands,
    ) {
        let mut shared = lock(&self.shared);
        let gone: Vec<_> = shared
            .made
            .iter()
            .filter(|(name, made)| {
                let config = settings.get(name);
                let is_allowed =
                    config.is_some_and(|one| allowed.allows(&self.dataset, &one.command));
                // One that is being asked right now cannot be looked at; it is made again.
                let is_same = made
                    .try_lock()
                    .is_ok_and(|made| config.is_some_and(|config| made.is_of(config, &schema)));
                !is_allowed || !is_same
            })
            .map(|(name, _)| name.clone())
            .collect();
        for name in gone {
            shared.made.remove(&name);
        }
        shared.settings = settings;
        shared.schema = schema;
        shared.allowed = allowed;
    }

    /// Returns the suggesters of the dataset.
    #[must_use]
    pub fn settings(&self) -> SuggesterSettings {
        lock(&self.shared).settings.clone()
    }

    /// Returns the labels of the dataset.
    #[must_use]
    pub fn schema(&self) -> Arc<Schema> {
        Arc::clone(&lock(&self.shared).schema)
    }

    /// Whether the command of a suggester may run.
    #[must_use]
    pub fn is_allowed(&self, suggester: &SuggesterConfig) -> bool {
        let shared = lock(&self.shared);
        shared.allowed.allows(&self.dataset, &suggester.command)
    }

    /// Asks a suggester about an article, of which the regions are known. Returns its suggestions
    /// and the model that made them.
    ///
    /// # Errors
    /// If it has none for this article, has failed too often, may not run, or the work was
    /// cancelled.
    pub fn ask(
        &self,
        name: &str,
        article: &Article,
        known: &Annotation,
        cancel: &CancelFlag,
    ) -> Result<(SuggestedSpans, KnownModel), SuggestError> {
        let (suggester, schema) = self.suggester(name)?;
        let mut suggester = lock(&suggester);
        let is_cancelled = || cancel.is_cancelled() || self.closing.is_cancelled();
        let suggested = suggester.suggest(article, known, &schema, &is_cancelled);
        if is_cancelled() {
            suggester.end();
            return Err(SuggestError::Cancelled);
        }
        let (status, model) = (suggester.status(), suggester.model().clone());
        drop(suggester);
        (self.report)(status);
        suggested.map(|spans| (spans, model))
    }

    fn suggester(
        &self,
        name: &str,
    ) -> Result<(Arc<Mutex<SupervisedSuggester>>, Arc<Schema>), SuggestError> {
        let mut shared = lock(&self.shared);
        let Some(config) = shared.settings.get(name).cloned() else {
            return Err(SuggestError::Stopped(format!(
                "there is no suggester {name}"
            )));
        };
        if !shared.allowed.allows(&self.dataset, &config.command) {
            return Err(SuggestError::Stopped(format!(
                "the command of {name} has not been allowed on this machine: {}",
                config.command
            )));
        }
        let schema = Arc::clone(&shared.schema);
        let made = shared.made.entry(name.to_owned()).or_insert_with(|| {
            let folder = folder_of(&self.dataset);
            let made = SupervisedSuggester::new(config, folder.as_deref(), &schema);
            Arc::new(Mutex::new(made))
        });
        Ok((Arc::clone(made), schema))
    }

    /// Forgets the failures of a suggester, so that it starts again when it is asked.
    ///
    /// Waits while it is being asked.
    pub fn start_again(&self, name: &str) {
        let made = lock(&self.shared).made.get(name).cloned();
        if let Some(made) = made {
            lock(&made).start_again();
        }
    }

    /// Ends all programs and cancels whoever waits for one.
    pub fn close(&self) {
        self.closing.cancel();
        lock(&self.shared).made.clear();
    }
}

/// The folder of a dataset, if it is a file.
fn folder_of(dataset: &Path) -> Option<PathBuf> {
    if dataset.to_string_lossy().contains("://") {
        return None;
    }
    let folder = full_path(dataset).parent()?.to_path_buf();
    folder.is_dir().then_some(folder)
}
