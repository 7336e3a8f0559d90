//! A limit for input that grows when it is decompressed or decoded.
//!
//! Up to [`FREE`] bytes are always allowed. Beyond that, output may be [`FACTOR`] times as large as
//! its input. Readers ask before they allocate.

use std::fmt;
use std::io;

/// Output of this size is always allowed, in bytes.
pub const FREE: u64 = 64 << 20;
/// The largest allowed growth. Text hardly ever grows by more than 20.
pub const FACTOR: u64 = 200;
/// Added to each input, so that reading ahead does not matter.
const SLACK: u64 = 64 << 10;

/// How much of an input was read, and how much output was made of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Growth {
    read: u64,
    made: u64,
}

impl Growth {
    /// Starts with the number of bytes that were read.
    #[must_use]
    pub fn of(read: u64) -> Self {
        Self { read, made: 0 }
    }

    /// Updates the number of bytes that were read.
    pub fn set_read(&mut self, read: u64) {
        self.read = read;
    }

    /// Counts output that is about to be made, in bytes.
    ///
    /// # Errors
    /// If it is too much.
    pub fn make(&mut self, bytes: u64) -> Result<(), TooLarge> {
        self.made = self.made.saturating_add(bytes);
        if self.made > FREE && self.made / FACTOR > self.read.saturating_add(SLACK) {
            return Err(TooLarge(self.made));
        }
        Ok(())
    }
}

/// The error of an input that grows too much.
#[derive(Clone, Copy, Debug)]
pub struct TooLarge(u64);

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the compressed data grows more than {FACTOR} times, to over {} MiB",
            self.0 >> 20
        )
    }
}

impl std::error::Error for TooLarge {}

impl From<TooLarge> for io::Error {
    fn from(error: TooLarge) -> Self {
        Self::other(error)
    }
}

/// Returns whether an I/O error is [`TooLarge`].
#[must_use]
pub fn is_too_large(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<TooLarge>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_things_may_grow_and_large_ones_by_a_factor() {
        assert!(Growth::of(10).make(FREE).is_ok());
        assert!(Growth::of(10).make(FREE * 2).is_err());
        assert!(Growth::of(FREE).make(FREE * FACTOR).is_ok());
        let mut growth = Growth::of(FREE);
        assert!((0..FACTOR).all(|_| growth.make(FREE).is_ok()));
        assert!(growth.make(SLACK * FACTOR * 2).is_err());
        assert!(Growth::of(u64::MAX).make(u64::MAX).is_ok());
    }
}
