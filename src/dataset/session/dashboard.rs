//! The thread that gathers the dashboard.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::messages::{DashboardRequest, Reply};
use super::replies::Replies;
use super::trace;
use crate::dataset::report::calendar::Calendar;
use crate::dataset::report::dashboard::Board;
use crate::store::Store;

/// How long gathering may take before progress is reported.
const REPORT_AFTER: Duration = Duration::from_secs(1);
/// How often progress is reported.
const REPORT_EVERY: Duration = Duration::from_millis(200);

/// Serves until the window closes.
pub(super) fn serve(store: &dyn Store, requests: &Receiver<DashboardRequest>, replies: &Replies) {
    let calendar = Calendar::of_the_system();
    let mut board = Board::default();
    while let Ok(request) = requests.recv() {
        let _span = trace::answering(&request);
        match request {
            DashboardRequest::Gather => {
                let begin = Instant::now();
                let mut reported = begin;
                let mut progress = |part: f32| {
                    if begin.elapsed() >= REPORT_AFTER && reported.elapsed() >= REPORT_EVERY {
                        reported = Instant::now();
                        replies.send(Reply::Gathering(part));
                    }
                };
                match board.gather(store, &calendar, &mut progress) {
                    Ok(dashboard) => replies.send(Reply::Dashboard(Arc::new(dashboard))),
                    Err(error) => replies.failure("Could not make the dashboard", &error),
                }
            }
            DashboardRequest::DrillDown(behind) => match board.behind(store, &calendar, &behind) {
                Ok(found) => replies.send(Reply::DrillDown(found)),
                Err(error) => replies.failure("Could not read the article list", &error),
            },
        }
    }
}
