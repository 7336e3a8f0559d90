//! Several tasks at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;

use crate::dataset::io::ordered::threads;
use crate::dataset::io::progress::Progress;

/// Runs `count` tasks on several threads; the results are in order.
pub(crate) fn at_once<T: Send>(
    count: usize,
    jobs: usize,
    progress: &mut dyn Progress,
    work: impl Fn(usize) -> T + Sync,
) -> Result<Vec<T>> {
    let jobs = threads(jobs);
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<T>>> = (0..count).map(|_| Mutex::new(None)).collect();
    let (sender, done) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(count) {
            let (next, results, work, sender) = (&next, &results, &work, sender.clone());
            scope.spawn(move || {
                loop {
                    let task = next.fetch_add(1, Ordering::Relaxed);
                    let Some(slot) = results.get(task) else {
                        return;
                    };
                    let result = work(task);
                    if let Ok(mut slot) = slot.lock() {
                        *slot = Some(result);
                    }
                    // Nobody listens when the caller is gone.
                    let _ = sender.send(());
                }
            });
        }
        drop(sender);
        for (so_far, ()) in done.iter().enumerate() {
            progress.advance(so_far as u64 + 1, 0);
        }
    });
    results
        .into_iter()
        .map(|slot| {
            slot.into_inner().ok().flatten().ok_or_else(|| {
                anyhow::anyhow!(
                    "internal error: a training thread panicked\nhint: please report this"
                )
            })
        })
        .collect()
}
