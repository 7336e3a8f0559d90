//! Checks of all finished work: by the models, and between annotators.

use std::path::PathBuf;

use super::job::{JobKind, SessionTask};
use super::outcome::JobOutcome;
use crate::dataset::report::model_check::{self, CheckOptions, KeptCheck};
use crate::dataset::report::pair_agreement;

/// Has the models check the finished work of this annotator, and keeps what they doubt.
#[must_use]
pub fn check_with_models(dataset: PathBuf, annotator: String, now_ms: i64) -> SessionTask {
    SessionTask::new(JobKind::ModelCheck, move |store, meter, cancel| {
        let options = CheckOptions {
            annotator: Some(annotator.clone()),
            ..CheckOptions::default()
        };
        let check = model_check::check(store, &options, meter, cancel)?;
        model_check::keep(store, &annotator, &check, now_ms)?;
        let check = KeptCheck {
            doubts: check.doubts,
            at_ms: now_ms,
            articles: check.articles,
        };
        Ok(JobOutcome::ModelChecked(dataset, Box::new(check)))
    })
}

/// Remembers that a label which the models doubt is right.
#[must_use]
pub fn dismiss_doubt(mark: u64) -> SessionTask {
    SessionTask::new(JobKind::DismissDoubt, move |store, _, _| {
        model_check::dismiss(store, mark)?;
        Ok(JobOutcome::DoubtDismissed)
    })
}

/// Measures how far the annotators agree.
#[must_use]
pub fn measure_agreement(dataset: PathBuf) -> SessionTask {
    SessionTask::new(JobKind::Agreement, move |store, meter, cancel| {
        let measured = pair_agreement::measure(store, meter, cancel)?;
        Ok(JobOutcome::AgreementMeasured(dataset, Box::new(measured)))
    })
}
