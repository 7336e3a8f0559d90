//! The hash of a word.

use super::arabic;
use crate::model::hash::{StableHash, spread};

/// The hash of a word in the lexicon's file and in features: [`StableHash`] with its bits spread,
/// so that the upper ones can be keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct WordHash(StableHash);

impl WordHash {
    /// Adds a byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.0 = self.0.unit(u64::from(byte));
    }

    /// Adds bytes.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0 = self.0.bytes(bytes);
    }

    /// The value.
    #[inline]
    #[must_use]
    pub fn finish(self) -> u64 {
        let hash = spread(self.0.finish());
        hash ^ (hash >> 29)
    }

    /// The hash of a string in lower case.
    #[must_use]
    pub fn lower(text: &str) -> u64 {
        let mut hash = Self::default();
        hash.push_lower(text);
        hash.finish()
    }

    /// Adds a string in lower case, with plain apostrophes and plain Arabic letters.
    pub fn push_lower(&mut self, text: &str) {
        if text.is_ascii() {
            for &byte in text.as_bytes() {
                self.byte(byte.to_ascii_lowercase());
            }
            return;
        }
        let mut buffer = [0; 4];
        for c in text.chars() {
            if c == '’' {
                self.byte(b'\'');
                continue;
            }
            let Some(c) = arabic::plain(c) else { continue };
            for c in c.to_lowercase() {
                self.bytes(c.encode_utf8(&mut buffer).as_bytes());
            }
        }
    }
}
