//! Asking other programs for suggestions, and comparing them.

use std::sync::Arc;

use super::job::{JobKind, SessionTask};
use super::outcome::JobOutcome;
use crate::dataset::suggesters::{self, KnownModels, SuggesterPool};

/// Asks the suggesters that are used about all articles that nobody has opened.
#[must_use]
pub fn suggest_for_open(pool: Arc<SuggesterPool>) -> SessionTask {
    SessionTask::new(JobKind::SuggestForOpen, move |store, meter, cancel| {
        let report = suggesters::suggest_for_open(&pool, store, meter, cancel)?;
        let known = KnownModels::load(store)?;
        Ok(JobOutcome::SuggestedForOpen(Box::new(report), known))
    })
}

/// Compares all suggesters on the newest finished articles, up to a limit.
#[must_use]
pub fn compare_suggesters(pool: Arc<SuggesterPool>, most: usize) -> SessionTask {
    SessionTask::new(JobKind::CompareSuggesters, move |store, meter, cancel| {
        let comparison = suggesters::compare(&pool, store, most, meter, cancel)?;
        Ok(JobOutcome::SuggestersCompared(Box::new(comparison)))
    })
}
