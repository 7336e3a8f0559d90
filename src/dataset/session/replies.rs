//! Sends replies from the threads to the window.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use super::messages::Reply;

/// Called after each reply, from the thread that sent it: the window asks for a repaint.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Milliseconds since 1970, UTC.
pub type NowMs = fn() -> i64;

/// Sends replies to the window, and wakes it.
#[derive(Clone)]
pub(super) struct Replies {
    pub(super) to: Sender<Reply>,
    pub(super) wake: Wake,
}

impl Replies {
    pub(super) fn send(&self, reply: Reply) {
        let _window_closed = self.to.send(reply);
        (self.wake)();
    }

    /// Reports that `what` could not be done.
    pub(super) fn failure(&self, what: &str, error: &dyn std::fmt::Display) {
        self.send(Reply::Failed {
            what: what.to_owned(),
            why: error.to_string(),
        });
    }
}
