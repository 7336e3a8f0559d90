//! Hashes that are the same on every machine and in every version of the program.
//!
//! Datasets, exports and shipped models depend on the values, so none of these functions may ever
//! give another result. The tests hold them to published vectors. Three kinds of hashes live
//! elsewhere, because their values are fixed by something else:
//!
//! - `formats::spacy` needs the MurmurHash that spaCy numbers its strings with;
//! - `tag::features` and `extract` fold numbers into rows of shipped weights with one
//!   multiplication each, in their inner loops;
//! - BLAKE3 names the contents of files and models.

const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;
/// Two to the power of 64, divided by the golden ratio.
pub const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The 64-bit FNV-1a hash of some bytes (Fowler, Noll and Vo 1991).
#[must_use]
pub const fn stable_hash(bytes: &[u8]) -> u64 {
    StableHash::new().bytes(bytes).finish()
}

/// A 64-bit FNV-1a hash that takes its input piece by piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StableHash(u64);

impl StableHash {
    /// The hash of nothing.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self(OFFSET_BASIS)
    }

    /// Continues from the value of an earlier hash.
    #[inline]
    #[must_use]
    pub const fn resume(value: u64) -> Self {
        Self(value)
    }

    /// Adds one number as a whole; a byte for the published algorithm.
    #[inline]
    #[must_use]
    pub const fn unit(self, unit: u64) -> Self {
        Self((self.0 ^ unit).wrapping_mul(PRIME))
    }

    /// Adds bytes.
    #[inline]
    #[must_use]
    pub const fn bytes(mut self, bytes: &[u8]) -> Self {
        let mut at = 0;
        while at < bytes.len() {
            self = self.unit(bytes[at] as u64);
            at += 1;
        }
        self
    }

    /// The value. Inputs that differ in their last byte alone differ mostly in its lower bits: see
    /// [`spread`].
    #[inline]
    #[must_use]
    pub const fn finish(self) -> u64 {
        self.0
    }
}

impl Default for StableHash {
    fn default() -> Self {
        Self::new()
    }
}

/// Spreads the differences between hashes over their upper bits.
#[inline]
#[must_use]
pub const fn spread(hash: u64) -> u64 {
    (hash ^ hash >> 32).wrapping_mul(GOLDEN)
}

/// Mixes all bits of a number with each other (the finalizer of SplitMix64; Steele, Lea and Flood
/// 2014).
#[inline]
#[must_use]
pub const fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// Adds a number to a hash with one rotation and one multiplication, as FxHash does: fast, and good
/// enough for tables in memory.
#[inline]
#[must_use]
pub const fn fx_step(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        // http://www.isthe.com/chongo/src/fnv/test_fnv.c
        for (text, value) in [
            ("", 0xcbf2_9ce4_8422_2325),
            ("a", 0xaf63_dc4c_8601_ec8c),
            ("foobar", 0x8594_4171_f739_67e8),
            ("chongo was here!\n", 0x4681_0940_eff5_f915),
        ] {
            assert_eq!(stable_hash(text.as_bytes()), value, "{text:?}");
        }
    }

    #[test]
    fn pieces_hash_as_the_whole() {
        let first = StableHash::new().bytes(b"foo").finish();
        assert_eq!(
            StableHash::resume(first).bytes(b"bar").finish(),
            stable_hash(b"foobar")
        );
    }

    #[test]
    fn the_mixers_never_change() {
        // The first output of SplitMix64 with the seed 0.
        assert_eq!(mix(GOLDEN), 0xe220_a839_7b1d_cdaf);
        assert_eq!(spread(1), GOLDEN);
        assert_eq!(spread(1 << 32), 0x1d81_f5ce_7f4a_7c15);
        assert_eq!(fx_step(0, 1), 0x517c_c1b7_2722_0a95);
        assert_eq!(fx_step(1, 0), 0x2f98_36e4_e441_52a0);
    }
}
