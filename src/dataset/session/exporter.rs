//! The thread that keeps the export beside the dataset up to date.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::messages::Reply;
use super::replies::Replies;
use super::trace;
use crate::model::Status;
use crate::store::{Store, StoreError};

/// The setting of a dataset that holds the last change its export contains.
pub const EXPORTED_SEQ: &str = "exported_seq";
/// How long the export waits for more articles to be done before it begins.
const PAUSE: Duration = Duration::from_millis(400);

/// Writes the export of the dataset through a reader; returns a message for people.
pub type Exporter = Box<dyn FnMut(&dyn Store) -> anyhow::Result<String> + Send>;

/// Serves until the writer ends.
pub(super) fn serve(
    store: &dyn Store,
    mut exporter: Exporter,
    due: &Receiver<()>,
    replies: &Replies,
) {
    let mut open = true;
    while open && due.recv().is_ok() {
        // Articles are often done in a row: wait a little, and export once for all of them.
        let until = Instant::now() + PAUSE;
        loop {
            match due.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => {
                    open = false;
                    break;
                }
            }
        }
        // Asked before the export begins: what changes meanwhile comes with the next one.
        let seq = store.change_seq().unwrap_or_default();
        let _span = trace::working("keep the export up to date");
        match exporter(store) {
            Ok(message) => replies.send(Reply::Exported { message, seq }),
            Err(error) => replies.failure("Could not write the export", &format!("{error:#}")),
        }
    }
}

/// Whether there is something to export that the last export did not have.
pub(super) fn is_overtaken(store: &dyn Store) -> Result<bool, StoreError> {
    let exported = store.setting(EXPORTED_SEQ)?;
    let now = store.change_seq()?.0.to_string();
    let is_old = exported.is_none_or(|exported| exported != now);
    // Somebody may have begun anew what another has finished.
    Ok(is_old
        && (store.counts()?.of(Status::Done) > 0 || !store.with_status(Status::Done)?.is_empty()))
}
