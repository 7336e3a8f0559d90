//! How long to wait after failures.

use std::time::Duration;

/// Waits that double, each up to a quarter longer or shorter, so that clients which lost the same
/// server do not come back at the same moment.
#[derive(Debug)]
pub(super) struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    pub(super) fn new((first, longest): (Duration, Duration)) -> Self {
        Self {
            first,
            longest,
            next: first,
        }
    }

    /// Returns the next wait; `random` decides how much longer or shorter it is.
    pub(super) fn wait(&mut self, random: u8) -> Duration {
        let wait = self.next.mul_f64(0.75 + f64::from(random) / 510.0);
        self.next = (self.next * 2).min(self.longest);
        wait.min(self.longest)
    }

    /// Begins anew after a success.
    pub(super) fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_begin_anew_after_a_success() {
        let limits = (Duration::from_secs(1), Duration::from_secs(60));
        let mut backoff = Backoff::new(limits);
        let waits: Vec<f64> = (0..8).map(|_| backoff.wait(128).as_secs_f64()).collect();
        for (wait, about) in waits
            .iter()
            .zip([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0])
        {
            assert!((wait - about).abs() < 0.3, "{waits:?}");
        }
        assert!(backoff.wait(0) < backoff.wait(255));
        assert!(backoff.wait(255) <= limits.1);
        backoff.reset();
        assert!(backoff.wait(255) < Duration::from_millis(1300));
    }
}
