//! What the tagger knows of words before it has read anything: clusters of words that are used alike, how often a word is
//! written large, and lists of names and places.
//!
//! `scripts/tagger-lexicon` makes the file from openly licensed packages; it says how it is laid out.

use std::sync::LazyLock;

/// The lexicon that the program ships.
static SHIPPED: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::read(include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/tagger/lexicon.bin"
    )))
    .unwrap_or_default()
});

/// How the file begins; the last byte is its version.
const MAGIC: &[u8; 8] = b"cdlex\0\0\x03";

/// What a word is part of, as bits.
pub mod part {
    /// A person's first name.
    pub const FIRST: u8 = 1;
    /// A person's last name.
    pub const LAST: u8 = 2;
    /// A town.
    pub const CITY: u8 = 4;
    /// A country.
    pub const COUNTRY: u8 = 8;
    /// A state, county, continent or other place.
    pub const REGION: u8 = 16;
    /// A company or other organisation.
    pub const ORG: u8 = 32;
    /// A sports team.
    pub const TEAM: u8 = 64;
    /// A people, by its country.
    pub const DEMONYM: u8 = 128;
}

/// Words, names and phrases.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    clusters: Vec<[u8; 2]>,
    words: Table,
    names: Table,
    phrases: Table,
}

/// What is known of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Its cluster of 1,024, counted from 1; 0: it has none.
    pub fine: u16,
    /// Its cluster of 256, counted from 1.
    pub middle: u16,
    /// Its cluster of 64, counted from 1.
    pub coarse: u16,
    /// From 1, hardly ever, to 7, always written with a capital; 0: nobody knows.
    pub large: u8,
    /// From 1, very common, to 8; 0: not among the words.
    pub rare: u8,
}

impl Lexicon {
    /// The lexicon that the program ships.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads the bytes of a file; `None` if it is none.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let mut part = || {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            let (part, after) = after.split_at_checked(length)?;
            rest = after;
            Some(part)
        };
        Some(Self {
            clusters: part()?
                .chunks_exact(2)
                .map(|pair| [pair[0], pair[1]])
                .collect(),
            words: Table::read(part()?)?,
            names: Table::read(part()?)?,
            phrases: Table::read(part()?)?,
        })
    }

    /// What is known of the word with this hash of its small letters.
    #[must_use]
    pub fn word(&self, hash: u64) -> Known {
        let Some(value) = self.words.get(hash) else {
            return Known::default();
        };
        let fine = value & 1023;
        let [middle, coarse] = self
            .clusters
            .get(usize::from(fine))
            .copied()
            .unwrap_or_default();
        Known {
            fine: fine + 1,
            middle: u16::from(middle) + 1,
            coarse: u16::from(coarse) + 1,
            large: (value >> 10 & 7) as u8,
            rare: (value >> 13) as u8 + 1,
        }
    }

    /// What the word with this hash of its small letters is part of, as bits of [`part`].
    #[must_use]
    pub fn name(&self, hash: u64) -> u8 {
        self.names.get(hash).unwrap_or_default() as u8
    }

    /// What the phrase with this hash (of its words in small letters with single spaces) is, as bits of [`part`].
    #[must_use]
    pub fn phrase(&self, hash: u64) -> u8 {
        self.phrases.get(hash).unwrap_or_default() as u8
    }
}

/// A table from hashes to 16 bits. Another word passes for one in it once in some 50,000 times.
#[derive(Clone, Debug, Default)]
struct Table(Vec<u32>);

impl Table {
    fn read(bytes: &[u8]) -> Option<Self> {
        let slots: Vec<u32> = bytes
            .chunks_exact(4)
            .map(|slot| u32::from_le_bytes([slot[0], slot[1], slot[2], slot[3]]))
            .collect();
        // One slot must be free, so that every search ends.
        (slots.len().is_power_of_two() && slots.contains(&0)).then_some(Self(slots))
    }

    fn get(&self, hash: u64) -> Option<u16> {
        let mask = self.0.len().checked_sub(1)?;
        let mark = match (hash >> 48) as u32 {
            0 => 1,
            mark => mark,
        };
        let mut at = hash as usize & mask;
        loop {
            match self.0[at] {
                0 => return None,
                slot if slot >> 16 == mark => return Some(slot as u16),
                _ => at = (at + 1) & mask,
            }
        }
    }
}

/// The hash of a word, piece by piece: FNV-1a, with its bits stirred at the end so that the upper ones are as good as the lower.
#[derive(Clone, Copy, Debug)]
pub struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    /// Goes on with a byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }

    /// Goes on with bytes.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.byte(byte);
        }
    }

    /// The hash of what was given so far.
    #[inline]
    #[must_use]
    pub fn finish(self) -> u64 {
        let mut hash = self.0;
        hash ^= hash >> 32;
        hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^ (hash >> 29)
    }

    /// The hash of a string in small letters.
    #[must_use]
    pub fn lower(text: &str) -> u64 {
        let mut hash = Self::default();
        hash.push_lower(text);
        hash.finish()
    }

    /// Goes on with a string in small letters, a typographic apostrophe made a plain one.
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
            for c in c.to_lowercase() {
                self.bytes(c.encode_utf8(&mut buffer).as_bytes());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_words_are_known_as_what_they_are() {
        let lexicon = Lexicon::shipped();
        let name = |word: &str| lexicon.name(Hash::lower(word));
        assert_ne!(name("Sergei") & part::FIRST, 0);
        assert_ne!(name("Smith") & part::LAST, 0);
        assert_ne!(name("France") & part::COUNTRY, 0);
        assert_ne!(lexicon.phrase(Hash::lower("New York City")) & part::CITY, 0);
        assert_eq!(name("zzqqxx"), 0);
        let (the, paris) = (
            lexicon.word(Hash::lower("the")),
            lexicon.word(Hash::lower("Paris")),
        );
        assert!(the.fine > 0 && the.rare < paris.rare, "{the:?} {paris:?}");
        assert!(paris.large > 5 && the.large < 3, "{the:?} {paris:?}");
        assert_eq!(lexicon.word(Hash::lower("zzqqxx")), Known::default());
    }

    #[test]
    fn what_is_no_lexicon_is_refused() {
        assert!(Lexicon::read(b"").is_none());
        assert!(Lexicon::read(b"cdlex\0\0\x03\xff\xff\xff\xff").is_none());
        assert!(Table::read(&[1, 0, 0, 0]).is_none());
    }
}
