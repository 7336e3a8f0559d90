//! One rule for input that grows when it is read: compressed, encoded or packed.
//!
//! Up to [`FREE`] bytes nobody asks. Beyond that, what is made of an input may be [`FACTOR`] times as large as what was read of
//! it, and no larger. Whoever makes more of it stops there, before the memory is taken.

use std::fmt;
use std::io;

/// Up to here nobody asks by how much an input grows, in bytes.
pub const FREE: u64 = 64 << 20;
/// An input may grow by this factor. Text hardly ever grows by more than 20.
pub const FACTOR: u64 = 200;
/// Counted with each input, so that a first block that is read in advance does no harm.
const SLACK: u64 = 64 << 10;

/// How much was read of an input, and how much was made of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Growth {
    read: u64,
    made: u64,
}

impl Growth {
    /// Of an input of which so many bytes were read.
    #[must_use]
    pub fn of(read: u64) -> Self {
        Self { read, made: 0 }
    }

    /// Says how many bytes of the input were read by now.
    pub fn set_read(&mut self, read: u64) {
        self.read = read;
    }

    /// Counts what is about to be made of the input, in bytes.
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

/// An input grows beyond all reason.
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

/// Whether that is why reading ended.
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
