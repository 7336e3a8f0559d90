//! What is known of short lines, so that a line that many articles repeat is read once.
//!
//! Pages of one site share their menus, and all sites say `Share` and `Reply`: a third of the lines
//! of scraped pages is among the last two thousand short ones. What is stored depends on the line
//! alone, so that no result depends on what was read before.

use crate::model::hash::{GOLDEN, fx_step};

/// The longest line that is stored, in bytes.
const LONGEST: usize = 32;

/// The number of lines, as bits.
const SLOT_BITS: u32 = 11;

/// A table of short lines with a value for each. A new line takes the place of an older one.
pub(crate) struct LineCache<T>(Vec<Option<Slot<T>>>);

/// A line with zeros after its end.
type Padded = [u8; LONGEST];

struct Slot<T> {
    line: Padded,
    length: usize,
    /// What the value depends on besides the line.
    beside: u16,
    value: T,
}

impl<T> LineCache<T> {
    /// Returns an empty table.
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns the value of a line, which `read` makes if the line is new, or `None` for a line that
    /// is too long. `beside` is what else the value depends on.
    #[inline]
    pub(crate) fn get(&mut self, line: &str, beside: u16, read: impl FnOnce() -> T) -> Option<&T> {
        let length = line.len();
        let mut padded = [0; LONGEST];
        padded.get_mut(..length)?.copy_from_slice(line.as_bytes());
        if self.0.is_empty() {
            self.0.resize_with(1 << SLOT_BITS, || None);
        }
        let slot = self.0.get_mut(place(&padded, length, beside))?;
        let is_known = slot.as_ref().is_some_and(|slot| {
            slot.line == padded && slot.length == length && slot.beside == beside
        });
        if !is_known {
            *slot = Some(Slot {
                line: padded,
                length,
                beside,
                value: read(),
            });
        }
        slot.as_ref().map(|slot| &slot.value)
    }
}

/// Returns the number of the slot that a line belongs to.
fn place(padded: &Padded, length: usize, beside: u16) -> usize {
    let (words, _) = padded.as_chunks::<8>();
    let start = (u64::from(beside) << 8) + length as u64;
    let hash = words
        .iter()
        .fold(start, |hash, word| fx_step(hash, u64::from_le_bytes(*word)));
    (hash.wrapping_mul(GOLDEN) >> (64 - SLOT_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_once() {
        let mut cache = LineCache::new();
        assert_eq!(cache.get("Share", 0, || 1), Some(&1));
        assert_eq!(cache.get("Share", 0, || 2), Some(&1));
        assert_eq!(cache.get("Share", 5, || 3), Some(&3));
        assert_eq!(cache.get("Share\0", 0, || 4), Some(&4));
        assert_eq!(cache.get("", 0, || 5), Some(&5));
    }

    #[test]
    fn long_lines_are_left_alone() {
        let mut cache = LineCache::new();
        assert_eq!(cache.get(&"a".repeat(LONGEST + 1), 0, || 1), None);
        assert_eq!(cache.get(&"a".repeat(LONGEST), 0, || 1), Some(&1));
    }

    proptest::proptest! {
        #[test]
        fn no_line_gets_the_value_of_another(lines in proptest::collection::vec("[ab é\0]{0,17}", 0..200)) {
            let mut cache = LineCache::new();
            for line in &lines {
                let value = cache.get(line, 0, || line.clone());
                proptest::prop_assert!(value.is_none_or(|value| value == line));
            }
        }
    }
}
