//! The lexicon of the tagger: clusters of words that are used alike, how often a word is
//! capitalised, and lists of names.
//!
//! `scripts/tagger-lexicon` makes the file from openly licensed packages and describes its layout.

use std::sync::LazyLock;

use crate::model::hash::{StableHash, spread};

/// The lexicon that the program ships.
static SHIPPED: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::read(include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/tagger/lexicon.bin"
    )))
    .unwrap_or_default()
});

/// The first bytes of the file. The last one is the version.
const MAGIC: &[u8; 8] = b"cdlex\0\0\x04";

/// The lists of names, as bits.
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

/// Words, names and phrases, by their hashes.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    clusters: Vec<[u8; 2]>,
    words: Table<5>,
    names: Table<1>,
    phrases: Table<1>,
}

/// The entry of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LexiconEntry {
    /// Its cluster of 1,024, counted from 1; 0 if it has none.
    pub fine: u16,
    /// Its cluster of 256, counted from 1.
    pub middle: u16,
    /// Its cluster of 64, counted from 1.
    pub coarse: u16,
    /// How often it is capitalised, from 1 (hardly ever) to 7 (always); 0 if that is unknown.
    pub capital_rate: u8,
    /// How rare it is, from 1 (very common) to 8; 0 if it has no entry.
    pub rarity: u8,
    /// The nearest of 256 points in three views of its vector, counted from 1.
    pub codes: [u16; 3],
}

impl Lexicon {
    /// The lexicon that the program ships.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads the bytes of a file. `None` if they are no lexicon.
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

    /// The entry of a word, by the hash of its lower case.
    #[must_use]
    pub fn word(&self, hash: u64) -> LexiconEntry {
        let Some([low, high, codes @ ..]) = self.words.get(hash) else {
            return LexiconEntry::default();
        };
        let value = u16::from_le_bytes([low, high]);
        let fine = value & 1023;
        let [middle, coarse] = self
            .clusters
            .get(usize::from(fine))
            .copied()
            .unwrap_or_default();
        LexiconEntry {
            fine: fine + 1,
            middle: u16::from(middle) + 1,
            coarse: u16::from(coarse) + 1,
            capital_rate: (value >> 10 & 7) as u8,
            rarity: (value >> 13) as u8 + 1,
            codes: codes.map(|code| u16::from(code) + 1),
        }
    }

    /// The lists that a word is in, by the hash of its lower case: bits of [`part`].
    #[must_use]
    pub fn name(&self, hash: u64) -> u8 {
        self.names.get(hash).unwrap_or_default()[0]
    }

    /// The lists that a phrase is in, by the hash of its lower case with single spaces: bits of
    /// [`part`].
    #[must_use]
    pub fn phrase(&self, hash: u64) -> u8 {
        self.phrases.get(hash).unwrap_or_default()[0]
    }
}

/// A table from hashes to values. One unknown word in some 5,000 is taken for a known one.
#[derive(Clone, Debug, Default)]
struct Table<const BYTES: usize> {
    /// Keys plus one with their values; 0 is free. The length is a power of two, and collisions are
    /// probed one after another.
    slots: Vec<(u32, [u8; BYTES])>,
    /// The number of bits by which a hash is shifted to be a key.
    shift: u32,
}

impl<const BYTES: usize> Table<BYTES> {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (bits, rest) = bytes.split_first_chunk::<4>()?;
        let (count, mut rest) = rest.split_first_chunk::<4>()?;
        let bits = u32::from_le_bytes(*bits);
        let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
        // A key takes at least one byte, which bounds the memory that a damaged file can ask for.
        if !(1..=31).contains(&bits) || count > rest.len() {
            return None;
        }
        let mut keys = Vec::with_capacity(count);
        let mut key = 0_u32;
        for _ in 0..count {
            let (mut step, mut at) = (0_u32, 0);
            loop {
                let (&byte, after) = rest.split_first()?;
                rest = after;
                step |= u32::from(byte & 127).checked_shl(at)?;
                at += 7;
                if byte < 128 {
                    break;
                }
            }
            key = key.checked_add(step).filter(|key| key >> bits == 0)?;
            keys.push(key);
        }
        let (values, []) = rest.as_chunks::<BYTES>() else {
            return None;
        };
        if values.len() != count {
            return None;
        }
        let mut slots = vec![(0, [0; BYTES]); (count * 4 / 3 + 1).next_power_of_two()];
        let mask = slots.len() - 1;
        for (key, value) in keys.into_iter().zip(values) {
            let mut at = key as usize & mask;
            while slots[at].0 != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = (key + 1, *value);
        }
        Some(Self {
            slots,
            shift: 64 - bits,
        })
    }

    fn get(&self, hash: u64) -> Option<[u8; BYTES]> {
        let mask = self.slots.len().checked_sub(1)?;
        let key = (hash >> self.shift) as u32;
        let mut at = key as usize & mask;
        loop {
            match self.slots[at] {
                (0, _) => return None,
                (found, value) if found == key + 1 => return Some(value),
                _ => at = (at + 1) & mask,
            }
        }
    }
}

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

    /// Adds a string in lower case, with plain apostrophes.
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
    fn the_lexicon_knows_words_and_lists_of_names() {
        let lexicon = Lexicon::shipped();
        let name = |word: &str| lexicon.name(WordHash::lower(word));
        assert_ne!(name("Sergei") & part::FIRST, 0);
        assert_ne!(name("Smith") & part::LAST, 0);
        assert_ne!(name("France") & part::COUNTRY, 0);
        assert_ne!(
            lexicon.phrase(WordHash::lower("New York City")) & part::CITY,
            0
        );
        assert_eq!(name("zzqqxx"), 0);
        let (the, paris) = (
            lexicon.word(WordHash::lower("the")),
            lexicon.word(WordHash::lower("Paris")),
        );
        assert!(
            the.fine > 0 && the.rarity < paris.rarity,
            "{the:?} {paris:?}"
        );
        assert!(
            paris.capital_rate > 5 && the.capital_rate < 3,
            "{the:?} {paris:?}"
        );
        assert_eq!(
            lexicon.word(WordHash::lower("zzqqxx")),
            LexiconEntry::default()
        );
    }

    #[test]
    fn other_files_are_refused() {
        assert!(Lexicon::read(b"").is_none());
        assert!(Lexicon::read(b"cdlex\0\0\x04\xff\xff\xff\xff").is_none());
    }

    #[test]
    fn a_table_returns_its_values_and_damage_is_refused() {
        // Keys of 16 bits: 3, 3 + 300 and the last one there is; steps of 3, 300 and 65,232 in
        // groups of seven bits.
        let mut bytes = vec![16, 0, 0, 0, 3, 0, 0, 0];
        bytes.extend([3, 0xac, 0x02, 0xd0, 0xfd, 0x03, 7, 8, 9]);
        let table = Table::<1>::read(&bytes).unwrap();
        let get = |key: u64| table.get(key << 48 | 12_345);
        assert_eq!(
            [get(3), get(303), get(65_535), get(4)],
            [Some([7]), Some([8]), Some([9]), None]
        );
        for end in 0..bytes.len() {
            assert!(Table::<1>::read(&bytes[..end]).is_none(), "{end}");
        }
        bytes[11] += 1;
        assert!(Table::<1>::read(&bytes).is_none(), "a key of 17 bits");
    }
}
