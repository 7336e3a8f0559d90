//! Progress of long work, and the ways to stop it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::formats::{Code, Problem};

/// Receives the progress of work. It is called often; an implementation draws as often as it likes.
pub trait Progress {
    /// Announces how many articles there will be, once that is known.
    fn expect(&mut self, _articles: u64) {}

    /// Reports how many articles and bytes of input are done, counted from the start.
    fn advance(&mut self, _articles: u64, _bytes: u64) {}

    /// Reports a problem with the input; the work continues.
    fn problem(&mut self, _problem: &Problem) {}
}

/// Fails for a record whose labels would be lost: it was read as the wrong format, and so is the
/// rest.
///
/// # Errors
/// If the problem is that.
pub(crate) fn refuse_lost_labels(problem: &Problem) -> anyhow::Result<()> {
    anyhow::ensure!(problem.fault.code != Code::LabelsNotRead, "{problem}");
    Ok(())
}

/// Reports a problem and counts it: as a rejected record, or as a warning.
pub(crate) fn report_problem(
    problem: &Problem,
    progress: &mut dyn Progress,
    refused: &mut u64,
    warnings: &mut u64,
) {
    if problem.fault.code.is_fault() {
        *refused += 1;
    } else {
        *warnings += 1;
    }
    progress.problem(problem);
}

/// Ignores all progress.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {}

/// Collects every problem, for tests.
impl Progress for Vec<Problem> {
    fn problem(&mut self, problem: &Problem) {
        self.push(problem.clone());
    }
}

/// The error of work that was cancelled; the target is as it was.
#[derive(Debug, thiserror::Error)]
#[error("stopped; nothing was written")]
pub struct Cancelled;

/// A flag by which work is cancelled, shared between its caller and its threads.
#[derive(Clone, Debug, Default)]
pub struct CancelFlag(Arc<AtomicBool>);

impl From<Arc<AtomicBool>> for CancelFlag {
    /// Wraps a flag that is set elsewhere, such as by a signal.
    fn from(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }
}

impl CancelFlag {
    /// Asks the work to stop at the next opportunity.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns whether the work was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
