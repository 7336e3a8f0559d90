//! Work on all cores, in order and in constant memory.
//!
//! One thread reads, several work, and the caller takes the results in the order in which they were
//! read.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::Builder;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::progress::CancelFlag;

/// How often a waiting caller checks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(50);

/// How a pipeline ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Everything was read and taken.
    Finished,
    /// It was cancelled; what was taken is the beginning of the input.
    Cancelled,
}

/// Returns how many threads `jobs` asks for: 0 means one for each core.
pub(crate) fn threads(jobs: usize) -> usize {
    match jobs {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        jobs => jobs,
    }
}

/// Makes workers for [`ordered`] that all call `work`: `jobs` of them, or one for each core if it
/// is 0.
pub(crate) fn workers<T, U>(
    jobs: usize,
    work: impl Fn(T) -> U + Send + Sync + 'static,
) -> Vec<impl FnMut(T) -> U + Send + 'static> {
    let work = Arc::new(work);
    let one = |_| {
        let work = Arc::clone(&work);
        move |item| work(item)
    };
    (0..threads(jobs)).map(one).collect()
}

/// Reads with `source` until it gives `None`, works with one of `workers` each, and takes results
/// in order with `sink`.
///
/// At most a few items a worker are on their way at any time. When it is told to stop, this returns
/// soon, even if `source` hangs on the other end of a pipe; its thread ends with its next item.
///
/// # Errors
/// What `sink` returns, and if the system gives no thread or a worker panicked.
pub(crate) fn ordered<T, U, W>(
    mut source: impl FnMut() -> Option<T> + Send + 'static,
    workers: Vec<W>,
    cancel: &CancelFlag,
    mut sink: impl FnMut(U) -> Result<()>,
) -> Result<End>
where
    T: Send + 'static,
    U: Send + 'static,
    W: FnMut(T) -> U + Send + 'static,
{
    // Each item gets its own channel for the result; the channels are queued in the order of the
    // items.
    let ahead = workers.len() * 2;
    let (to_workers, work) = sync_channel::<(T, SyncSender<U>)>(ahead);
    let (to_caller, results) = sync_channel::<Receiver<U>>(ahead);
    let work = Arc::new(Mutex::new(work));
    let mut threads = Vec::with_capacity(workers.len() + 1);
    for mut worker in workers {
        let work = Arc::clone(&work);
        let turn = move || {
            loop {
                let next = match work.lock() {
                    Ok(work) => work.recv(),
                    Err(_) => return, // another worker died waiting: the caller notices
                };
                let Ok((item, result)) = next else { return };
                let _span = tracing::trace_span!("work").entered();
                // The caller may have gone; then nobody waits for the result.
                let _ = result.send(worker(item));
            }
        };
        threads.push(
            Builder::new()
                .name("copydesk-work".into())
                .spawn(turn)
                .context("cannot start a worker thread")?,
        );
    }
    drop(work);
    let read = move || {
        while let Some(item) = source() {
            let (sender, receiver) = sync_channel(1);
            if to_caller.send(receiver).is_err() || to_workers.send((item, sender)).is_err() {
                return;
            }
        }
    };
    threads.push(
        Builder::new()
            .name("copydesk-read".into())
            .spawn(read)
            .context("cannot start a reader thread")?,
    );

    loop {
        let result = match wait(&results, cancel) {
            Waited::Got(result) => result,
            Waited::Closed => break,
            Waited::Cancelled => return Ok(End::Cancelled),
        };
        match wait(&result, cancel) {
            Waited::Got(result) => sink(result)?,
            Waited::Closed => {
                bail!("internal error: a worker thread panicked\nhint: please report this")
            }
            Waited::Cancelled => return Ok(End::Cancelled),
        }
    }
    for thread in threads {
        if thread.join().is_err() {
            bail!("internal error: a worker thread panicked\nhint: please report this");
        }
    }
    Ok(End::Finished)
}

enum Waited<T> {
    Got(T),
    Closed,
    Cancelled,
}

fn wait<T>(channel: &Receiver<T>, cancel: &CancelFlag) -> Waited<T> {
    loop {
        if cancel.is_cancelled() {
            return Waited::Cancelled;
        }
        match channel.recv_timeout(LOOK) {
            Ok(value) => return Waited::Got(value),
            Err(RecvTimeoutError::Disconnected) => return Waited::Closed,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(count: u64, jobs: usize, cancel: &CancelFlag) -> (Result<End>, Vec<u64>) {
        let mut next = 0;
        let source = move || {
            next += 1;
            (next <= count).then_some(next)
        };
        // The first items are the slowest, so that a pipeline without order would mix them up.
        let worker = |n: u64| {
            std::thread::sleep(Duration::from_millis(20_u64.saturating_sub(n)));
            n * n
        };
        let mut out = Vec::new();
        let end = ordered(source, vec![worker; jobs], cancel, |n| {
            out.push(n);
            Ok(())
        });
        (end, out)
    }

    #[test]
    fn the_order_is_kept_however_many_work() {
        for jobs in [1, 2, 7] {
            let (end, out) = squares(50, jobs, &CancelFlag::default());
            assert_eq!(end.unwrap(), End::Finished);
            assert_eq!(out, (1..=50).map(|n| n * n).collect::<Vec<u64>>());
        }
        assert_eq!(squares(0, 2, &CancelFlag::default()).1, Vec::<u64>::new());
    }

    #[test]
    fn a_wish_to_stop_is_heard_even_while_the_source_hangs() {
        let cancel = CancelFlag::default();
        let (hold, held) = std::sync::mpsc::channel::<u64>();
        hold.send(1).unwrap();
        let asked = cancel.clone();
        let end = ordered(
            move || held.recv().ok(),
            vec![|n| n],
            &cancel,
            |n: u64| {
                asked.cancel();
                assert_eq!(n, 1);
                Ok(())
            },
        );
        assert_eq!(end.unwrap(), End::Cancelled);
        drop(hold);
    }

    #[test]
    fn what_the_sink_says_ends_it() {
        let mut next = 0_u64;
        let endless = move || {
            next += 1;
            Some(next)
        };
        let end = ordered(endless, vec![|n| n], &CancelFlag::default(), |n: u64| {
            if n == 3 {
                bail!("full")
            }
            Ok(())
        });
        assert_eq!(end.unwrap_err().to_string(), "full");
    }

    #[test]
    fn a_worker_that_dies_is_an_error_not_a_hang() {
        let mut left = 3;
        let source = move || {
            left -= 1;
            (left >= 0).then_some(left)
        };
        let worker = |n: i32| -> i32 {
            assert_ne!(n, 1, "on purpose");
            n
        };
        let end = ordered(source, vec![worker], &CancelFlag::default(), |_| Ok(()));
        assert!(end.is_err());
    }
}
