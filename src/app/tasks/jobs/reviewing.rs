//! The review of all articles of a dataset.

use std::path::PathBuf;

use super::job::{JobKind, SessionTask};
use super::outcome::JobOutcome;
use crate::dataset::adjudication::{
    AdjudicationOptions, AdjudicationRule, adjudicate, review_rows,
};

/// Lists the articles that this adjudicator can decide.
#[must_use]
pub fn compare_annotators(dataset: PathBuf, adjudicator: String) -> SessionTask {
    SessionTask::new(JobKind::CompareAnnotators, move |store, meter, cancel| {
        let rows = review_rows(store, &adjudicator, meter, cancel)?;
        Ok(JobOutcome::AnnotatorsCompared(dataset, rows))
    })
}

/// Finishes the articles on which all annotators agree.
#[must_use]
pub fn finish_unanimous(dataset: PathBuf, adjudicator: String, now_ms: i64) -> SessionTask {
    SessionTask::new(JobKind::FinishUnanimous, move |store, meter, cancel| {
        let options = AdjudicationOptions {
            adjudicator,
            rule: Some(AdjudicationRule::Unanimous),
            list: false,
            now_ms,
        };
        let report = adjudicate(store, &options, meter, cancel)?;
        Ok(JobOutcome::UnanimousFinished(dataset, Box::new(report)))
    })
}
