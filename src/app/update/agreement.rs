//! How far annotators agree: measured when the dashboard or the list needs it.

use std::path::Path;
use std::sync::Arc;

use crate::app::state::State;
use crate::app::tasks::jobs::{self, JobKind};
use crate::dataset::report::pair_agreement::MeasuredAgreement;
use crate::dataset::session::{ListRequest, RankedBy};
use crate::store::OrderBy;

impl State {
    /// Measures the agreement, unless that is under way.
    pub(super) fn measure_agreement(&mut self) {
        if self.job(JobKind::Agreement).is_some() {
            return;
        }
        if let Some(dataset) = &mut self.dataset {
            dataset.agreement.is_stale = false;
            let path = dataset.path.clone();
            self.start_in_session(jobs::measure_agreement(path));
        }
    }

    /// Measures the agreement if it was not measured or something changed since.
    pub(super) fn renew_agreement(&mut self) {
        let board = self.dataset.as_ref().map(|dataset| &dataset.agreement);
        if board.is_some_and(|board| board.made.is_none() || board.is_stale) {
            self.measure_agreement();
        }
    }

    /// Takes in the agreement of a dataset.
    pub(super) fn agreement_measured(&mut self, path: &Path, measured: MeasuredAgreement) {
        let Some(dataset) = self.dataset.as_mut().filter(|open| open.path == path) else {
            return;
        };
        let ranks = Arc::clone(&measured.disputed);
        dataset.agreement.made = Some(Arc::new(measured));
        dataset
            .session
            .send(ListRequest::Rank(RankedBy::Disagreement, ranks));
        if dataset.filter.disputed || dataset.order.by == OrderBy::Disagreement {
            dataset.reload_list();
        }
    }
}
