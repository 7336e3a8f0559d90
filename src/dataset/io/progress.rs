//! How long work tells how far it is, and how it is told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::formats::{Code, Problem};

/// Told how work goes on. Called often: an implementation draws when it has a mind to.
pub trait Progress {
    /// How many articles there will be, once that is known.
    fn expect(&mut self, _articles: u64) {}

    /// So many articles and bytes of input are behind us, counted from the start.
    fn advance(&mut self, _articles: u64, _bytes: u64) {}

    /// Something is wrong with the input; the work goes on.
    fn problem(&mut self, _problem: &Problem) {}
}

/// Stops at a record whose labels would be lost: it was read as the wrong format, and so is the rest.
///
/// # Errors
/// If the problem is that.
pub(crate) fn refuse_lost_labels(problem: &Problem) -> anyhow::Result<()> {
    anyhow::ensure!(problem.fault.code != Code::LabelsNotRead, "{problem}");
    Ok(())
}

/// Tells a problem and counts it: what kept a record out, and what was only said.
pub(crate) fn tell(
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

/// Listens to nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {}

/// Remembers every problem: for tests.
impl Progress for Vec<Problem> {
    fn problem(&mut self, problem: &Problem) {
        self.push(problem.clone());
    }
}

/// Stopped because somebody asked; the target is as it was.
#[derive(Debug, thiserror::Error)]
#[error("stopped; nothing was written")]
pub struct Cancelled;

/// A wish to stop, shared between who wishes and who works.
#[derive(Clone, Debug, Default)]
pub struct CancelFlag(Arc<AtomicBool>);

impl From<Arc<AtomicBool>> for CancelFlag {
    /// A flag that something else sets, such as a signal.
    fn from(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }
}

impl CancelFlag {
    /// Asks the work to stop at the next good moment.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
