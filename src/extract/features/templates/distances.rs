//! How far a block is from the next of some kind.

use super::log;

/// How far each block is from the last block of some kind before it and the next one after it.
pub(super) struct Distances {
    since: Vec<Option<usize>>,
    until: Vec<Option<usize>>,
}

impl Distances {
    pub(super) fn new(count: usize, is: impl Fn(usize) -> bool) -> Self {
        let mut since = vec![None; count];
        let mut until = vec![None; count];
        let mut last = None;
        for (at, slot) in since.iter_mut().enumerate() {
            *slot = last.map(|last| at - last);
            if is(at) {
                last = Some(at);
            }
        }
        let mut next: Option<usize> = None;
        for (at, slot) in until.iter_mut().enumerate().rev() {
            *slot = next.map(|next| next - at);
            if is(at) {
                next = Some(at);
            }
        }
        Self { since, until }
    }

    /// As a logarithm, from 1; 0 for none.
    pub(super) fn since(&self, at: usize) -> usize {
        self.since.get(at).copied().flatten().map_or(0, log)
    }

    pub(super) fn until(&self, at: usize) -> usize {
        self.until.get(at).copied().flatten().map_or(0, log)
    }
}
