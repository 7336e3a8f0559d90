//! Saves changes in the order in which they come, and holds what the disk refuses.

use std::time::Instant;

use super::{RETRY, Writer};
use crate::dataset::session::channels::ToLearner;
use crate::dataset::session::messages::{Reply, Save};
use crate::dataset::session::rescue;
use crate::edit::Edit;
use crate::model::Status;
use crate::store::{Commit, Revision, StoreError};

impl Writer {
    pub(super) fn save_waiting(&mut self) {
        self.retry_at = None;
        while let Some(save) = self.waiting.front() {
            let key = save.key;
            let commit = Commit {
                key,
                annotator: &self.annotator,
                expected: save.expected,
                entries: &save.entries,
                annotation: &save.annotation,
            };
            let store = match &mut self.rescue {
                // What has other articles numbers them otherwise, and has this change already.
                Some(copy) if copy.only.is_some() => {
                    self.replies.send(Reply::SaveWaits {
                        why: "this window still shows the dataset that is gone".to_owned(),
                        waiting: self.waiting.len(),
                    });
                    self.retry_at = Some(Instant::now() + RETRY);
                    return;
                }
                Some(copy) => &mut copy.store,
                None => &mut self.store,
            };
            let committed = match store.commit(&commit, (self.now_ms)()) {
                Err(StoreError::Conflict { .. })
                    if rescue::is_there(&**store, &self.annotator, save) =>
                {
                    Ok(Revision(save.expected.0 + 1))
                }
                other => other,
            };
            match committed {
                Ok(revision) => {
                    self.own.insert(key, revision);
                    self.replies.send(Reply::Saved { key, revision });
                    if belongs_in_export(save) {
                        self.export_due();
                        self.to_learner(ToLearner::Changed);
                    }
                    self.outcomes.saved(key, save.annotation.status());
                    self.waiting.pop_front();
                }
                Err(StoreError::Conflict { .. }) => {
                    if let Some(save) = self.waiting.pop_front() {
                        self.replies.send(Reply::Conflict {
                            key,
                            refused: save.entries,
                        });
                    }
                }
                Err(error @ StoreError::Moved { .. }) => {
                    self.report_lost(&error);
                    self.retry_at = Some(Instant::now() + RETRY);
                    return;
                }
                Err(error) => {
                    self.replies.send(Reply::SaveWaits {
                        why: error.to_string(),
                        waiting: self.waiting.len(),
                    });
                    self.retry_at = Some(Instant::now() + RETRY);
                    return;
                }
            }
        }
    }

    pub(super) fn report_lost(&mut self, error: &StoreError) {
        self.is_lost = true;
        self.replies.send(Reply::Lost {
            why: error.to_string(),
            waiting: self.waiting.len(),
        });
    }

    /// Checks whether the dataset's file is still there, and reports when that changes.
    pub(super) fn is_in_place(&mut self) -> bool {
        if self.rescue.is_some() {
            return false;
        }
        match self.store.check_place() {
            Ok(()) => {
                if std::mem::take(&mut self.is_lost) {
                    self.replies.send(Reply::BackInPlace);
                    self.save_waiting();
                }
                true
            }
            Err(error) => {
                if !self.is_lost {
                    self.report_lost(&error);
                }
                false
            }
        }
    }
}

/// Returns whether a change makes the export out of date: the article is done, or was until now.
fn belongs_in_export(save: &Save) -> bool {
    save.annotation.status() == Status::Done
        || save
            .entries
            .iter()
            .flat_map(|entry| &entry.transaction.edits)
            .any(|edit| {
                matches!(
                    edit,
                    Edit::SetStatus {
                        from: Status::Done,
                        ..
                    }
                )
            })
}
